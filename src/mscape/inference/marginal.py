"""What an ensemble says of one number against its prior, both seen as places in the prior: verdicts in words.

A coordinate within (0, 1) is the share of the prior below it, so that the prior is uniform and, through the
normal quantile, a standard normal, whatever the number. The thresholds below are written here once. They
were chosen before any record was looked at and are held by tests on problems whose answer is known; how many
independent draws particles are worth is counted as was found right after the first records were seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DETERMINED = 0.5  # of the prior's standard deviation: the interval is half as wide as what was assumed
EXCLUDED = (
    0.25  # of its prior share: an outer quarter of the prior that keeps no more is all but ruled out ...
)
KEPT = 0.5  # ... and if the twentieth at the other end keeps as much, nothing holds the number on that side
LEAST_BITS = 0.1  # as much as a shift by 0.37 standard deviations: less is not worth a word
_BINS = 8  # of equal share of the prior: 3 bits at most, enough draws in each
# 99.9th percentile of chi-squared with one degree less than there are bins, over 2 n ln 2: what chance gives
_CHANCE = 24.32 / (2 * np.log(2))
ENOUGH = _CHANCE / LEAST_BITS  # independent draws, with which as little as counts is told from chance
_EDGE = 1e-9


class Verdict(StrEnum):
    """How well the data determine one number."""

    DETERMINED = "determined"
    RATIO = "only a ratio is determined"
    PRODUCT = "only a product is determined"
    COMBINATION = "only a combination is determined"
    BELOW = "one-sided: bounded below"
    ABOVE = "one-sided: bounded above"
    NARROWED = "narrowed"
    UNINFORMED = "not informed by these data"


@dataclass(frozen=True)
class Marginal:
    """One number's ensemble against its prior.

    Parameters
    ----------
    spread
        Standard deviation of the ensemble, in those of the prior.
    bits
        Information gained on this number alone: a lower bound of the divergence from the prior.
    lowest, highest
        Share of the ensemble in the lowest and in the highest quarter of the prior.
    verdict
        In words, from this number alone.
    """

    spread: float
    bits: float
    lowest: float
    highest: float
    verdict: Verdict


def judge_marginal(places: Array, effective: float) -> Marginal:
    """Judge one number from its places in its prior.

    Parameters
    ----------
    places
        Within (0, 1), shape (particle,).
    effective
        Of how many independent draws the ensemble is worth.

    Examples
    --------
    >>> even = (np.arange(400) + 0.5) / 400
    >>> judge_marginal(even, 400).verdict.value, judge_marginal(0.5 + even / 2, 400).verdict.value
    ('not informed by these data', 'one-sided: bounded below')
    """
    normal = to_normal(places)
    spread = float(normal.std())
    bits = measure_gain(places, effective)
    quarters = float((places < 0.25).mean()), float((places > 0.75).mean())
    if bits < max(LEAST_BITS, _CHANCE / effective):
        return Marginal(spread, bits, *quarters, Verdict.UNINFORMED)
    verdict = _find_side(places, quarters)
    if verdict is None:
        verdict = Verdict.DETERMINED if spread <= DETERMINED else Verdict.NARROWED
    return Marginal(spread, bits, *quarters, verdict)


def _find_side(places: Array, quarters: tuple[float, float]) -> Verdict | None:
    """Return on which side alone a number is bounded, if it is."""
    ends = float((places < 0.05).mean()) / 0.05, float((places > 0.95).mean()) / 0.05
    if quarters[0] / 0.25 <= EXCLUDED and ends[1] >= KEPT:
        return Verdict.BELOW
    if quarters[1] / 0.25 <= EXCLUDED and ends[0] >= KEPT:
        return Verdict.ABOVE
    return None


def measure_gain(places: Array, effective: float) -> float:
    """Measure the divergence of an ensemble from its prior on one axis, in bits, never below 0.

    The larger of two lower bounds: over eight bins of equal share (corrected for the number of draws), and
    of the normal distribution with the ensemble's mean and spread, which has the largest entropy of all with
    those two.
    """
    counts = np.histogram(places, bins=_BINS, range=(0.0, 1.0))[0] / len(places)
    kept = counts[counts > 0]
    binned = float(np.log2(_BINS) + (kept * np.log2(kept)).sum()) - (_BINS - 1) / (2 * np.log(2) * effective)
    normal = to_normal(places)
    variance = max(float(normal.var()), _EDGE)
    gaussian = (variance + float(normal.mean()) ** 2 - 1 - np.log(variance)) / (2 * np.log(2)) - 1 / (
        np.log(2) * effective
    )
    return float(max(binned, gaussian, 0.0))


def to_normal(places: Array) -> Array:
    """Return places in a prior as standard normal ones, shape as given."""
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(places, _EDGE, 1 - _EDGE)))


def count_effective(places: Array, families: NDArray[np.int64]) -> float:
    """Count of how many independent draws an ensemble is worth.

    Particles of one family (descendants of one of the first particles) are alike unless they have been moved
    apart. How alike they still are is the intra-class correlation of their places, over axes the median; n
    particles of families of mean size m (of the particle, not of the family) are worth n / (1 + (m - 1) r).

    Parameters
    ----------
    places
        Within (0, 1), shape (particle, axis).
    families
        Number of each particle's family, shape (particle,).

    Source: design effect, Kish 1965, *Survey Sampling*, section 5.4; correlation by analysis of variance,
    Donner 1986, doi 10.2307/1403259.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> founders = rng.random((50, 30))
    >>> round(count_effective(np.repeat(founders, 10, axis=0), np.repeat(np.arange(50), 10)))
    50
    """
    count = len(families)
    sizes = np.bincount(np.unique(families, return_inverse=True)[1])
    mean_size = float((sizes**2).sum()) / count
    if places.shape[1] == 0 or len(sizes) == count:
        return float(count)
    if len(sizes) == 1:
        return 1.0  # nothing to compare with
    alike = np.median(_correlate_families(to_normal(places), families, sizes))
    return float(count / (1 + (mean_size - 1) * np.clip(alike, 0.0, 1.0)))


def _correlate_families(normal: Array, families: NDArray[np.int64], sizes: NDArray[np.int64]) -> Array:
    """Return the intra-class correlation of families on each axis, shape (axis,)."""
    count, groups = len(families), len(sizes)
    rows = np.unique(families, return_inverse=True)[1]
    means = np.zeros((groups, normal.shape[1]))
    np.add.at(means, rows, normal)
    means /= sizes[:, None]
    between = (sizes[:, None] * (means - normal.mean(axis=0)) ** 2).sum(axis=0) / (groups - 1)
    within = ((normal - means[rows]) ** 2).sum(axis=0) / (count - groups)
    typical = (count - float((sizes**2).sum()) / count) / (groups - 1)
    return np.asarray((between - within) / np.maximum(between + (typical - 1) * within, _EDGE))
