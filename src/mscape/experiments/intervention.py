"""Interventions meet the models: which mechanisms each bears on, how strongly, at what free exposure.

Nothing here is written in the atlas: a mechanism is reached because its model has a parameter that the
intervention acts on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mscape.atlas.intervention import ActionRow, ExposureRow
from mscape.atlas.issue import Check, Issue, make_check
from mscape.atlas.load import Atlas
from mscape.experiments.bind import Bound, bind_record
from mscape.experiments.prior import Prior
from mscape.ids import find_near_misses
from mscape.units import convert_value

# Names of parameters and species of each model, by mechanism.
Names = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class FreeExposure:
    """What a body reaches of a reagent, unbound, in nM: middle, low and high, and how it was measured."""

    value: float
    low: float
    high: float
    measure: str
    regimen: str


def list_names(bounds: Iterable[Bound]) -> dict[str, frozenset[str]]:
    """Return the names each model can be acted on by, by mechanism.

    Parameters
    ----------
    bounds
        Records with their models.
    """
    return {bound.id: frozenset(bound.network.inputs) for bound in bounds}


def read_names(atlas: Atlas) -> dict[str, frozenset[str]]:
    """Return the names each model of an atlas can be acted on by; reads every model.

    Raises
    ------
    ModelError
        A model cannot be read.
    """
    return list_names(bind_record(record, atlas) for record in atlas.records.values())


def find_reach(atlas: Atlas, names: Names) -> dict[str, dict[str, tuple[ActionRow, ...]]]:
    """Return for each intervention the mechanisms it bears on, and by which of its actions.

    Parameters
    ----------
    atlas
        Holds the interventions.
    names
        As `list_names` returns them.
    """
    shelf = atlas.interventions
    reach: dict[str, dict[str, tuple[ActionRow, ...]]] = {}
    for intervention in shelf.reagents:
        rows = shelf.find_actions(intervention)
        found = {
            mechanism: tuple(row for row in rows if known.intersection(row.parameters))
            for mechanism, known in names.items()
        }
        reach[intervention] = {mechanism: acting for mechanism, acting in found.items() if acting}
    return reach


def make_potency(atlas: Atlas, row: ActionRow) -> Prior | None:
    """Return the potency of an action as a distribution in nM, log-normal; None for a silencing.

    Parameters
    ----------
    atlas
        Holds the reagent's molar mass.
    row
        An action. A potency without a range is fixed.

    Raises
    ------
    DataError
        The unit is not a concentration.
    """
    if row.potency is None or row.unit is None:
        return None
    parts = (row.potency, row.low, row.high)
    value, low, high = (_to_nanomolar(atlas, row.intervention, part, row.unit) for part in parts)
    if value is None or low is None or high is None:
        return Prior(value or 0.0, "nM", source=row.source)
    return Prior(value, "nM", low, high, "lognormal", row.source)


def compute_free_exposure(atlas: Atlas, row: ExposureRow) -> FreeExposure | None:
    """Return total times unbound share, in nM; None where either is unknown.

    Parameters
    ----------
    atlas
        Holds the reagent's molar mass.
    row
        An exposure. Without a range its ends are the value itself.

    Raises
    ------
    DataError
        The unit is not a concentration.
    """
    if row.total is None or row.unit is None or row.unbound is None:
        return None
    totals = (row.total, *_fill(row.low, row.high, row.total))
    shares = (row.unbound, *_fill(row.unbound_low, row.unbound_high, row.unbound))
    free = [
        (_to_nanomolar(atlas, row.intervention, total, row.unit) or 0.0) * share
        for total, share in zip(totals, shares, strict=True)
    ]
    return FreeExposure(free[0], free[1], free[2], row.measure, row.regimen)


def compute_multiple(atlas: Atlas, name: str) -> float | None:
    """Return the free exposure of an intervention over its smallest potency, both at their middle.

    The trough counts where there is one, as it does for an antibody, else the largest that is known. None
    where an exposure is not known or no concentration is asked. Above 1 the reagent can hold more than half
    of its target; an antibody must besides outnumber what the source goes on making.

    Raises
    ------
    DataError
        A unit is not a concentration.
    """
    shelf = atlas.interventions
    rows = shelf.find_exposures(name)
    rows = tuple(row for row in rows if row.measure == "trough") or rows
    free = [compute_free_exposure(atlas, row) for row in rows]
    strengths = [make_potency(atlas, row) for row in shelf.find_actions(name)]
    reached = [exposure.value for exposure in free if exposure is not None]
    asked = [prior.value for prior in strengths if prior is not None]
    return max(reached) / min(asked) if reached and asked else None


def check_actions_reach_a_model(atlas: Atlas, names: Names) -> Iterator[Issue]:
    """Everything an intervention acts on is a name of some model, and each such model has its affinity."""
    every = frozenset().union(*names.values()) if names else frozenset()
    for row in atlas.interventions.actions:
        where = f"interventions/actions.tsv '{row.intervention}'"
        for name in (*row.parameters, *row.affinity):
            if name not in every:
                expected = " or ".join(find_near_misses(name, sorted(every)))
                yield Issue(where, f"{name} is in no model", expected, "correct the name")
        for mechanism, known in names.items():
            if row.affinity and known.intersection(row.parameters) and not known.intersection(row.affinity):
                found = f"{mechanism} has {row.parameters[0]} and not {', '.join(row.affinity)}"
                yield Issue(where, found, "both in one model", "name the affinity of that model too")


INTERVENTION_CHECKS: tuple[Check[Atlas, Names], ...] = (make_check(check_actions_reach_a_model),)


def _fill(low: float | None, high: float | None, value: float) -> tuple[float, float]:
    return (value if low is None else low), (value if high is None else high)


def _to_nanomolar(atlas: Atlas, name: str, value: float | None, unit: str) -> float | None:
    if value is None:
        return None
    mass = atlas.interventions.reagents[name].molar_mass
    return convert_value(
        value,
        unit,
        dimension="concentration",
        molar_mass=None if mass is None else convert_value(mass, "g/mol"),
        where=f"concentration of {name}",
    ).value
