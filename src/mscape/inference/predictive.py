"""What a mechanism says of each contrast before any is heard, and after: distributions, as arrays.

The prior predictive is the honest test of a prior. Where it is wide and on both sides of the threshold, the
contrast can teach; where all of it is on one side, the structure has answered already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.row import ContrastRow
from mscape.experiments.bind import Bound
from mscape.experiments.contrast import Judged
from mscape.experiments.score import describe_contrast
from mscape.inference.likelihood import CountedPoints, find_margin, judge_contrasts, list_scored
from mscape.inference.particle import Particles

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Predictive:
    """How one contrast comes out over parameter sets.

    Parameters
    ----------
    contrast, kind, words
        Which it is: its name, its kind and what it states.
    effect
        The simulated effect, shape (draw,), in ``unit``: a difference, points, a fold, or a share removed;
        NaN where a solve failed.
    margin
        By how many of the least effects that count the draw is on the reported side, shape (draw,): 0 and
        above is reproduced; NaN where a solve failed.
    """

    contrast: str
    kind: str
    words: str
    effect: Array
    unit: str
    margin: Array

    @property
    def share(self) -> float:
        """Share of the solved draws that reproduce it; NaN where none was solved."""
        solved = self.margin[np.isfinite(self.margin)]
        return float((solved >= 0).mean()) if len(solved) else float("nan")

    @property
    def solved(self) -> float:
        """Share of the draws that were solved."""
        return float(np.isfinite(self.margin).mean())

    def find_quantiles(self, shares: Sequence[float] = (0.05, 0.5, 0.95)) -> tuple[float, ...]:
        """Return quantiles of the margin over the solved draws; NaN where none was solved."""
        solved = self.margin[np.isfinite(self.margin)]
        if not len(solved):
            return tuple(float("nan") for _ in shares)
        return tuple(float(value) for value in np.quantile(solved, shares))


def predict_prior(
    bound: Bound,
    *,
    seed: int,
    draws: int = 500,
    contrasts: Sequence[ContrastRow] | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Predictive, ...]:
    """Return the prior predictive distribution of each contrast.

    Parameters
    ----------
    bound
        The record and its model; `mscape.experiments.bind.rescale_priors` gives one with other priors.
    seed, draws
        Of the draws, and how many.
    contrasts
        Which; None for all in scope.
    progress
        Called with the number of trajectories solved since the last call.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    return predict_contrasts(bound, Particles(seed, draws), contrasts=contrasts, progress=progress)


def predict_contrasts(
    bound: Bound,
    points: CountedPoints,
    *,
    contrasts: Sequence[ContrastRow] | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Predictive, ...]:
    """Return the distribution of each contrast over parameter sets, such as an ensemble's.

    Parameters
    ----------
    bound
        The record and its model.
    points
        An ensemble's particles, under the donors and conditions they were conditioned with; or
        `mscape.inference.particle.foresee` of them: a new donor.
    contrasts
        Which; None for all in scope.
    progress
        Called with the number of trajectories solved since the last call.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    rows = list_scored(bound) if contrasts is None else tuple(contrasts)
    judged = judge_contrasts(bound, points, rows, progress=progress)
    return tuple(_describe(row, each) for row, each in zip(rows, judged, strict=True))


def _describe(row: ContrastRow, judged: Judged) -> Predictive:
    words = describe_contrast(row)
    return Predictive(row.contrast, row.kind, words, judged.effect, judged.unit, find_margin(row, judged))
