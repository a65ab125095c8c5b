"""Mutual information between a reading and an outcome, in bits, by nearest neighbours.

0 bits: the reading says nothing of the outcome. 1 bit: it halves what is possible, as knowing a coin. No
curve is assumed, so that a reading which counts only in the middle counts. Each quantity is first put on
normal scores by its rank, ties in an order drawn at random: that changes no information, and gives every
reading the same null.

Neighbours of a point that is there twice are no neighbours, so that no bootstrap can be drawn. Intervals are
from halves of the points without replacement, whose spread is that of the whole estimate.

Source: Kraskov, Stögbauer, Grassberger 2004, doi 10.1103/PhysRevE.69.066138, equation 8 (two numbers); Ross
2014, doi 10.1371/journal.pone.0087357 (a number and a class); Shao and Wu 1989, doi 10.1214/aos/1176347263
(halves).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mscape.engine.random import draw_uniform
from mscape.experiments.interval import Interval
from mscape.experiments.prior import Z95

Array = NDArray[np.float64]
Classes = NDArray[np.bool_]

NEIGHBOURS = 3
MOST = 2000  # points: more make an estimate finer than a hundredth of a bit, and slow
LEAST = 40  # points, below which nothing is told
FEWEST = 10  # points in each class, likewise
_HALVES, _SHUFFLES = 40, 200
_NULL = 95.0  # percentile


@dataclass(frozen=True)
class Bits:
    """Mutual information and what of it could be chance.

    Parameters
    ----------
    value
        Bits with the ends of its 90 % interval around it: low, value, high. Below 0 by chance is 0.
    null
        95th percentile of what the estimate is where outcomes are dealt out at random.
    points
        How many the estimate is of.
    """

    value: Interval
    null: float
    points: int

    @property
    def is_told(self) -> bool:
        """Whether it lies above its null."""
        return self.value[1] > self.null


def measure_bits(reading: Array, outcome: Array | Classes, *, seed: int) -> Bits | None:
    """Measure what a reading says of an outcome.

    Parameters
    ----------
    reading
        Shape (member,), any unit.
    outcome
        A number, or yes and no, shape (member,).
    seed
        Of ties, halves and the null.

    Returns
    -------
    Bits or None
        None where there are too few members, or one of the answers is too rare. Of many members the first
        2000 are taken.

    Examples
    --------
    >>> x = draw_uniform(1, "x", 0, 500)
    >>> bits = measure_bits(x, x > 0.5, seed=1)
    >>> round(bits.value[1], 1), bits.null < 0.1
    (1.0, True)
    """
    known = np.isfinite(reading) & np.isfinite(outcome)
    x, y = reading[known][:MOST], outcome[known][:MOST]
    n = len(x)
    if n < LEAST:
        return None
    scores = score_normal(x, seed, "reading")
    if y.dtype == np.bool_:
        if min(int(y.sum()), n - int(y.sum())) < FEWEST:
            return None
        return _summarise(estimate_with_class, scores, y, (_find_class_null(n, int(y.sum()), seed), seed))
    target = score_normal(np.asarray(y, dtype=np.float64), seed, "outcome")
    return _summarise(estimate_of_numbers, scores, target, (_find_number_null(n, seed), seed))


def _summarise(
    estimate: Callable[..., float], x: Array, y: NDArray[np.generic], how: tuple[float, int]
) -> Bits:
    null, seed = how
    n = len(x)
    value = estimate(x, y)
    halves = [_shuffle(n, seed, f"half:{index}")[: n // 2] for index in range(_HALVES)]
    found = np.array([estimate(x[rows], y[rows]) for rows in halves])
    wide = Z95 * float(found.std(ddof=1))
    low, middle, high = (max(end, 0.0) for end in (value - wide, value, value + wide))
    return Bits((low, middle, high), null, n)


def estimate_of_numbers(x: Array, y: Array) -> float:
    """Estimate the mutual information of two numbers, bits; chance can put it below 0.

    Parameters
    ----------
    x, y
        Shape (point,), on scales of about the same width, without ties.
    """
    from scipy.spatial import cKDTree
    from scipy.special import digamma

    n = len(x)
    points = np.stack([x, y], axis=1)
    reach = cKDTree(points).query(points, k=NEIGHBOURS + 1, p=np.inf)[0][:, -1]
    near = [_count_within(axis, reach) - 1 for axis in (x, y)]
    shared = np.mean(digamma(near[0] + 1) + digamma(near[1] + 1))
    return float((digamma(NEIGHBOURS) + digamma(n) - shared) / np.log(2))


def estimate_with_class(x: Array, is_in: Classes) -> float:
    """Estimate the mutual information of a number and a class of two, bits; chance can put it below 0.

    Parameters
    ----------
    x
        Shape (point,), without ties.
    is_in
        Shape (point,); each class holds more points than there are neighbours.
    """
    from scipy.special import digamma

    n = len(x)
    reach = np.empty(n)
    for member in (True, False):
        reach[is_in == member] = _find_reach(x[is_in == member])
    near = _count_within(x, reach)
    size = np.where(is_in, is_in.sum(), n - is_in.sum())
    bits = digamma(n) + digamma(NEIGHBOURS) - np.mean(digamma(size) + digamma(near))
    return float(bits / np.log(2))


def _find_reach(x: Array) -> Array:
    """Return the distance of each point to its neighbour of number `NEIGHBOURS`, in the points' order."""
    order = np.argsort(x)
    pad = np.full(NEIGHBOURS, np.inf)
    line = np.concatenate([-pad, x[order], pad])
    n, k = len(x), NEIGHBOURS
    here = line[k : k + n]
    sides = [
        np.maximum(here - line[k - i : k - i + n], line[2 * k - i : 2 * k - i + n] - here)
        for i in range(k + 1)
    ]
    reach = np.empty(n)
    reach[order] = np.min(sides, axis=0)
    return reach


def _count_within(x: Array, reach: Array) -> NDArray[np.int64]:
    """Return how many points lie nearer to each than its reach, itself among them."""
    line = np.sort(x)
    inside = np.searchsorted(line, x + reach, "left") - np.searchsorted(line, x - reach, "right")
    return np.maximum(np.asarray(inside, dtype=np.int64), 1)


def score_normal(values: Array, seed: int, name: str) -> Array:
    """Return normal scores of the ranks, shape as given; ties stand in an order drawn by seed and name."""
    from scipy.special import ndtri

    n = len(values)
    order = np.lexsort((draw_uniform(seed, f"ties:{name}", 0, n), values))
    ranks = np.empty(n)
    ranks[order] = np.arange(n)
    return np.asarray(ndtri((ranks + 0.5) / n))


def _shuffle(n: int, seed: int, name: str) -> NDArray[np.int64]:
    return np.asarray(np.argsort(draw_uniform(seed, f"order:{name}", 0, n)), dtype=np.int64)


@lru_cache(maxsize=64)
def _find_number_null(n: int, seed: int) -> float:
    scores = score_normal(np.arange(float(n)), seed, "null")
    drawn = [estimate_of_numbers(scores, scores[_shuffle(n, seed, f"null:{i}")]) for i in range(_SHUFFLES)]
    return max(float(np.percentile(drawn, _NULL)), 0.0)


@lru_cache(maxsize=256)
def _find_class_null(n: int, count: int, seed: int) -> float:
    scores = score_normal(np.arange(float(n)), seed, "null")
    shuffled = [_shuffle(n, seed, f"null:{i}") < count for i in range(_SHUFFLES)]
    return max(float(np.percentile([estimate_with_class(scores, each) for each in shuffled], _NULL)), 0.0)
