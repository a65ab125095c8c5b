"""The arithmetic of the comparison: error of a trajectory, time at equal error, ratio and its spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

QUANTILES = (0.5, 0.95)
_SMALL_SHARE = 1e-3  # of a state's largest value: below it an error is absolute
_NOTHING = 1e-12  # a state that never reaches 1e-9 is compared absolutely: no tolerance here resolves it


@dataclass(frozen=True)
class Point:
    """One engine at one tolerance: error of each draw, and seconds a trajectory in each round."""

    relative: float
    errors: Array
    seconds: Array

    def error_at(self, quantile: float, count: int | None = None) -> float:
        """Return a quantile of the error over the first draws."""
        return find_quantile(self.errors[:count], quantile)


@dataclass(frozen=True)
class Ratio:
    """How many times faster: the middle of the rounds, the least and the most of them.

    ``inside`` is False where our curve had to be continued flat, to our disadvantage, because the other's
    error is larger than any of ours; a NaN means that we never reach it.
    """

    middle: float
    low: float
    high: float
    inside: bool


def measure_error(values: Array, reference: Array) -> Array:
    """Return the error of each trajectory, shape (trajectory,).

    It is the largest over states and times of |value - reference| / (|reference| + 0.001 of the state's
    largest reference value over time); infinite where a value is not finite.

    Parameters
    ----------
    values, reference
        Shape (trajectory, time, state).
    """
    size = np.abs(reference)
    scale = size + _SMALL_SHARE * size.max(axis=1, keepdims=True) + _NOTHING
    error = np.abs(values - reference) / scale
    return np.asarray(np.where(np.isfinite(values).all(axis=(1, 2)), error.max(axis=(1, 2)), np.inf))


def find_quantile(errors: Array, quantile: float) -> float:
    """Return a quantile of errors of which some may be infinite: the nearest one above, never an average."""
    return float(np.quantile(errors, quantile, method="higher"))


def interpolate_time(errors: Sequence[float], seconds: Sequence[float], target: float) -> tuple[float, bool]:
    """Return the time at which a work-precision curve reaches an error, and whether the curve spans it.

    Only points that no other beats in both error and time count. Between them both scales are logarithmic. An
    error larger than the curve's largest costs as much as that one; one below its smallest is NaN.
    """
    points = _keep_best(errors, seconds)
    if not points or target < points[0][0]:
        return float("nan"), False
    spanned = target <= max(error for error in errors if np.isfinite(error))
    if target >= points[-1][0]:
        return points[-1][1], spanned
    logs = np.log(np.array(points))
    return float(np.exp(np.interp(np.log(target), logs[:, 0], logs[:, 1]))), True


def _keep_best(errors: Sequence[float], seconds: Sequence[float]) -> list[tuple[float, float]]:
    """Return the points that none beats, by rising error, so by falling time."""
    kept: list[tuple[float, float]] = []
    finite = [(e, s) for e, s in zip(errors, seconds, strict=True) if 0 < e < np.inf]
    for error, second in sorted(finite):
        if not kept or second < kept[-1][1]:
            kept.append((error, second))
    return kept


def compare_point(ours: Sequence[Point], other: Point) -> Ratio:
    """Return how many times faster we are than another engine at one of its tolerances.

    In each round the ratio is the smaller of those at equal median and at equal 95th-percentile error, both
    over the draws that the other engine was given.
    """
    count = len(other.errors)
    per_quantile = []
    inside = True
    for quantile in QUANTILES:
        target = other.error_at(quantile)
        errors = [point.error_at(quantile, count) for point in ours]
        rounds = []
        for index, theirs in enumerate(other.seconds):
            mine, spanned = interpolate_time(errors, [float(p.seconds[index]) for p in ours], target)
            rounds.append(theirs / mine)
            inside = inside and spanned
        per_quantile.append(rounds)
    smaller = np.min(np.array(per_quantile), axis=0)  # NaN stays NaN
    return Ratio(float(np.median(smaller)), float(smaller.min()), float(smaller.max()), inside)


def average_ratios(ratios: Sequence[Ratio]) -> Ratio:
    """Return the geometric mean over models, of the middles and of the ends."""
    logs = np.log(np.array([[r.middle, r.low, r.high] for r in ratios]))
    middle, low, high = (float(value) for value in np.exp(logs.mean(axis=0)))
    return Ratio(middle, low, high, all(r.inside for r in ratios))
