"""How well parameters agree with what papers report: each contrast as a soft constraint.

A contrast that a trajectory reproduces by a margin of m thresholds (those of the score) has likelihood
Φ(m / `NOISE`), a half at the threshold itself. `LAPSE` is what it keeps however badly it is missed: a paper,
a curator or the structure may be wrong, and one contrast must not decide alone. So a direction, an order, "no
change", "partial" and a printed value have one form: the probability that an experiment with the error usual
in the field would be reported as it was.

Kin of ours: Mitra et al. 2018 add a weight times how far a constraint is violated, which orders parameter
sets and is no probability; Mitra and Hlavacek 2020 give the probability that a noisy measurement falls where
it was reported, with a constant chance of error besides, which is our form (there tolerance and chance of
error are set for each constraint; here they are two numbers for all). pyPESTO's ordinal data (Schmiester et
al. 2020, 2021) fit hidden bounds of categories by optimal scaling: for many points of one read-out on one
unknown scale. Our contrasts are pairs and triples whose bounds were fixed before any run, and so leave
nothing to scale.

What a paper leaves unreported (dose, ratio, time) is an axis of each particle and experiment, drawn from its
grid and moved with the parameters. The mean over such particles *is* the likelihood averaged over the grid,
∫ p(c) Π p(contrast | θ, c) dc, once for an experiment and not once for each of its contrasts: all arms of an
experiment had the same dose. A maximum over the grid would let each parameter set choose what suits it.

A ratio of IC50s is known no better than public sets agree on an IC50: its error is never below
`mscape.experiments.bind.BETWEEN_SETS_SD`.

Source: Mitra et al. 2018, doi 10.1038/s41467-018-06439-z; Mitra and Hlavacek 2020, doi
10.1093/bioinformatics/btaa084; Schmiester et al. 2020, doi 10.1007/s00285-020-01522-w, and 2021, doi
10.1093/bioinformatics/btab512.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.row import ContrastRow
from mscape.experiments.arm import Arm
from mscape.experiments.bench import Bench
from mscape.experiments.bind import BETWEEN_SETS_SD, Bound
from mscape.experiments.contrast import Judged, judge_contrast
from mscape.experiments.prior import Points
from mscape.experiments.score import group_arms
from mscape.experiments.spread import find_spread, is_felt_at_rest
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

    Returns
    -------
    Array
        Shape (particle, contrast); NaN where a solve failed.
    """
    judged = judge_contrasts(bound, points, contrasts, progress=progress)
    return stack_margins(contrasts, judged, points.count)


def stack_margins(contrasts: Sequence[ContrastRow], judged: Sequence[Judged], count: int) -> Array:
    """Return the margins of judged contrasts as a fit hears them, shape (particle, contrast)."""
    columns = [find_margin(row, each) for row, each in zip(contrasts, judged, strict=True)]
    return np.stack(columns, axis=1) if columns else np.zeros((count, 0))


def judge_contrasts(
    bound: Bound,
    points: CountedPoints,
    contrasts: Sequence[ContrastRow],
    *,
    progress: Callable[[int], None] | None = None,
) -> tuple[Judged, ...]:
    """Judge contrasts for each point, one trajectory a point.

    Where the points are particles, what an experiment leaves unreported is its own, and a paper has donors of
    MSC and IC50s of its own (`mscape.inference.particle.OwnConditions`): where something is not known, no
    particle may choose what works for all.
    """
    shared = Bench(bound, points, points.count, progress=progress)
    spread = find_spread(bound) if isinstance(points, Particles) else {}
    return judge_on_bench(shared, contrasts, group_arms(bound), spread)


def judge_on_bench(
    shared: Bench,
    contrasts: Sequence[ContrastRow],
    arms: Mapping[str, Mapping[str, Arm]],
    spread: Mapping[str, float],
) -> tuple[Judged, ...]:
    """Judge contrasts on a bench, as `judge_contrasts` does.

    Parameters
    ----------
    shared
        The bench; particles of a fit are its source of draws.
    contrasts
        The contrasts.
    arms
        Observation to the names of its arms to these.
    spread
        What differs between papers (`mscape.experiments.spread.find_spread`).
    """
    points = shared.seed
    own_rests = is_felt_at_rest(shared.bound.network, spread)
    papers: dict[str, Bench] = {}
    benches: dict[str, Bench] = {}
    judged = []
    for row in contrasts:
        if row.observation not in benches:
            benches[row.observation] = shared
            if isinstance(points, Particles):
                own = OwnConditions(points, row.observation, row.paper, spread)
                rests = {} if own_rests else shared._rests
                paper = papers.setdefault(
                    row.paper, replace(shared, calibrated_by=shared, _rests=rests, _values={})
                )
                benches[row.observation] = replace(paper, seed=own, _arms={}, _doses={})
        judged.append(judge_contrast(benches[row.observation], row, arms[row.observation]))
    return tuple(judged)


def find_margin(row: ContrastRow, judged: Judged) -> Array:
    """Return the margin by which trajectories reproduce a contrast, as a fit hears it; shape as judged.

    That of the score, but for a ratio of IC50s, whose printed error may be below what is known of any IC50.
    """
    if row.kind != "value" or row.readout != "ic50" or row.value is None:
        return judged.margin
    apart = np.abs(np.log10(np.maximum(judged.effect, 1e-12) / row.value))
    return np.maximum(judged.margin, np.minimum(2 - apart / BETWEEN_SETS_SD, judged.readable))


def measure_log_likelihood(margins: Array) -> Array:
    """Return the log likelihood of each contrast, shape as given; a failed solve counts as missed."""
    from scipy.special import ndtr

    known = np.nan_to_num(margins, nan=-np.inf, neginf=-np.inf)
    return np.asarray(np.log(LAPSE + (1 - 2 * LAPSE) * ndtr(known / NOISE)))
