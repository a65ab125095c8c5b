"""How well parameters agree with what papers report: each contrast as a soft constraint.

A contrast that a trajectory reproduces by a margin of m thresholds has likelihood Φ(m / `NOISE`), a half at
the threshold itself. `LAPSE` is what it keeps however badly it is missed: a paper, a curator or the
structure may be wrong, and one contrast must not decide alone.

Source: constraints as in Mitra et al. 2018, doi 10.1038/s41467-018-06439-z, made smooth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.row import ContrastRow
from mscape.experiments.bench import Bench
from mscape.experiments.bind import Bound
from mscape.experiments.contrast import judge_contrast
from mscape.experiments.prior import Points
from mscape.experiments.score import group_arms
from mscape.inference.particle import OwnConditions, Particles

Array = NDArray[np.float64]

NOISE = 0.5  # thresholds: a viability's threshold is 0.10, its usual error between repeats about 0.05
LAPSE = 0.05


class CountedPoints(Points, Protocol):
    """Points that know how many they are."""

    @property
    def count(self) -> int: ...


def list_scored(bound: Bound) -> tuple[ContrastRow, ...]:
    """Return the contrasts of a record that are in scope."""
    return tuple(row for row in bound.record.contrasts if row.scope == "in")


def measure_margins(
    bound: Bound,
    points: CountedPoints,
    contrasts: Sequence[ContrastRow],
    *,
    progress: Callable[[int], None] | None = None,
) -> Array:
    """Measure by how many thresholds each point reproduces each contrast.

    What experiments leave unreported is drawn for each of them anew where the points are particles: where it
    is not known, no particle may choose what works for all.

    Returns
    -------
    Array
        Shape (particle, contrast); NaN where a solve failed.
    """
    shared = Bench(bound, points, points.count, progress=progress)
    arms = group_arms(bound)
    benches: dict[str, Bench] = {}
    columns = []
    for row in contrasts:
        if row.observation not in benches:
            benches[row.observation] = shared
            if isinstance(points, Particles):
                own = OwnConditions(points, row.observation)
                benches[row.observation] = replace(shared, seed=own, _arms={}, _doses={})
        columns.append(judge_contrast(benches[row.observation], row, arms[row.observation]).margin)
    return np.stack(columns, axis=1) if columns else np.zeros((points.count, 0))


def measure_log_likelihood(margins: Array) -> Array:
    """Return the log likelihood of each contrast, shape as given; a failed solve counts as missed."""
    from scipy.special import ndtr

    known = np.nan_to_num(margins, nan=-np.inf, neginf=-np.inf)
    return np.asarray(np.log(LAPSE + (1 - 2 * LAPSE) * ndtr(known / NOISE)))
