"""Predictions: what a mechanism says of papers' contrasts when it has not heard them.

Papers are dealt into halves, in the order in which a record names them; each half is predicted by a fit to
the other. One paper at a time would leave more to learn from, and takes as many fits as there are papers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mscape.atlas.row import ContrastRow
from mscape.experiments.bench import Bench
from mscape.experiments.bind import Bound
from mscape.experiments.contrast import judge_contrast
from mscape.experiments.grant import Move
from mscape.experiments.nominal import find_values
from mscape.experiments.prior import NOMINAL
from mscape.experiments.score import group_arms, share_reproduced
from mscape.inference.likelihood import list_scored
from mscape.inference.nominal import find_nominal


@dataclass(frozen=True)
class HeldOut:
    """A contrast, and the share of the grid in which a fit without its paper predicts it."""

    contrast: str
    paper: str
    share: float | None


def predict_held_out(bound: Bound, *, progress: Callable[[int], None] | None = None) -> tuple[HeldOut, ...]:
    """Leave out the contrasts of half of the papers, fit to the others, and predict those left out.

    A mechanism of a single paper has nothing to be fitted to: its assumed numbers stay where they are.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    rows = list_scored(bound)
    papers = list(dict.fromkeys(row.paper for row in rows))
    found: list[HeldOut] = []
    for half in (papers[::2], papers[1::2]):
        heard = [row for row in rows if row.paper not in half]
        moved = find_nominal(bound, contrasts=heard, progress=progress) if heard else ()
        found += predict_contrasts(bound, moved, [row for row in rows if row.paper in half])
    return tuple(found)


def predict_contrasts(bound: Bound, moved: Sequence[Move], contrasts: Sequence[ContrastRow]) -> list[HeldOut]:
    """Predict contrasts over the grid at a parameter set, with the usual donors and laboratories."""
    bench = Bench(bound, NOMINAL, nominal=find_values(moved))
    arms = group_arms(bound)
    return [
        HeldOut(row.contrast, row.paper, share_reproduced(judge_contrast(bench, row, arms[row.observation])))
        for row in contrasts
    ]
