"""How much of an intervention is in the well, draw by draw, and on what ground.

What a body reaches of it unbound, where that is known. If not: the dose that papers gave, where a record has
the reagent itself or an antibody to the same ligand; else ten times its potency. The last two are no ground
for more than a hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from mscape.atlas.intervention import ActionRow
from mscape.atlas.load import Atlas
from mscape.atlas.record import Perturbation
from mscape.engine.batch import Array
from mscape.experiments.intervention import compute_free_exposure, make_potency
from mscape.experiments.prior import Source, draw_uniform, sample_prior

TENFOLD = 10.0  # times the potency: nine tenths of what an inhibitor can do
_LEAST_SHARE = 1e-3  # of the middle: where a range ends at 0, which has no logarithm
_ANTIBODY = "neutralising antibody"


class Basis(StrEnum):
    """On what ground a concentration stands."""

    REACHED = "free exposure"
    PAPERS = "dose of papers"
    TENFOLD = "ten times its potency"
    NONE = "no concentration"


@dataclass(frozen=True)
class Span:
    """A concentration in nM: middle, low, high, its ground, and the regimen or reagent it is of."""

    value: float
    low: float
    high: float
    basis: Basis
    told: str


def find_span(atlas: Atlas, name: str, mechanisms: Iterable[str] = ()) -> Span | None:
    """Find the concentration of an intervention; None where it has none, as a silencing.

    Of several exposures the trough counts, as it must for an antibody; else the largest.

    Parameters
    ----------
    atlas
        Holds the intervention.
    name
        Its key.
    mechanisms
        Where to look for the dose that papers gave.

    Raises
    ------
    DataError
        A unit is not a concentration.

    Examples
    --------
    >>> from mscape.atlas.load import load_atlas
    >>> find_span(load_atlas(), "ruxolitinib").basis.value
    'free exposure'
    """
    reached = _find_reached(atlas, name)
    if reached is not None:
        return reached
    actions = atlas.interventions.find_actions(name)
    given = [item for key in mechanisms for item in _find_given(atlas, key, name, actions)]
    if given:
        values = [item.value for item in given if item.value]
        ends = [end for item in given for end in (item.low, item.high, item.value) if end]
        middle = float(np.exp(np.mean(np.log(values))))
        return Span(middle, min(ends), max(ends), Basis.PAPERS, given[0].label)
    strengths = [prior.value for prior in (make_potency(atlas, row) for row in actions) if prior]
    if not strengths:
        return None
    most = TENFOLD * min(strengths)
    return Span(most, most, most, Basis.TENFOLD, "")


def _find_reached(atlas: Atlas, name: str) -> Span | None:
    rows = atlas.interventions.find_exposures(name)
    known = [(row.measure, compute_free_exposure(atlas, row)) for row in rows]
    spans = [(measure, free) for measure, free in known if free is not None]
    spans = [item for item in spans if item[0] == "trough"] or spans
    if not spans:
        return None
    measure, free = max(spans, key=lambda item: item[1].value)
    return Span(free.value, free.low, free.high, Basis.REACHED, f"{measure}, {free.regimen}")


def _find_given(atlas: Atlas, mechanism: str, name: str, actions: Iterable[ActionRow]) -> list[Perturbation]:
    """Return what a record's papers gave: the reagent itself, or an antibody to what it binds."""
    sets = [set(row.parameters) for row in actions if row.how == "concentration"]
    items = atlas.records[mechanism].mechanism.perturbations
    levels = [item for item in items if item.how == "level" and item.value and item.parameters]
    return [
        item
        for item in levels
        if any(set(item.parameters) <= names for names in sets)
        and (item.id == name or item.kind == _ANTIBODY)
    ]


def sample_span(span: Span, name: str, source: Source, count: int) -> Array:
    """Draw concentrations within a span, nM, shape (draw,): half of them below the middle."""
    return place_within((span.low, span.value, span.high), draw_uniform(f"exposure:{name}", source, count))


def place_within(ends: tuple[float, float, float], uniform: Array) -> Array:
    """Return values between the ends of a range: its middle at 0.5, the logarithm linear on either side.

    Parameters
    ----------
    ends
        Low, middle, high; middle above 0.
    uniform
        Within (0, 1), any shape.

    Examples
    --------
    >>> place_within((1.0, 10.0, 1000.0), np.array([0.0, 0.5, 1.0])).round(6).tolist()
    [1.0, 10.0, 1000.0]
    """
    low, middle, high = ends
    low = max(low, _LEAST_SHARE * middle)
    below = np.log(low / middle) * np.clip(1 - 2 * uniform, 0, 1)
    above = np.log(max(high, middle) / middle) * np.clip(2 * uniform - 1, 0, 1)
    return np.asarray(middle * np.exp(below + above))


def sample_potency(atlas: Atlas, row: ActionRow, place: int, source: Source, count: int) -> Array | None:
    """Draw the potency of an action, nM, shape (draw,); None for a silencing.

    Parameters
    ----------
    atlas, row
        The action.
    place
        Which of the intervention's actions it is: each has its own stream.
    source, count
        Where draws come from, and how many.
    """
    prior = make_potency(atlas, row)
    if prior is None:
        return None
    return sample_prior(prior, f"strength:{row.intervention}:{place}", source, count)


def sample_left(row: ActionRow, place: int, source: Source, count: int) -> Array:
    """Draw what an inhibition or a silencing leaves at saturation, a share, shape (draw,)."""
    left = row.left or 0.0
    if row.left_low is None or row.left_high is None:
        return np.full(count, left)
    uniform = draw_uniform(f"left:{row.intervention}:{place}", source, count)
    below = (left - row.left_low) * np.clip(1 - 2 * uniform, 0, 1)
    above = (row.left_high - left) * np.clip(2 * uniform - 1, 0, 1)
    return np.asarray(left - below + above)
