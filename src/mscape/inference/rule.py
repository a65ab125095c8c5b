"""One or two inequalities that separate sets where something holds from sets where it fails.

Every feature and threshold is tried, then every pair of the best features with every pair of thresholds, by
balanced accuracy: the mean of the share of holding sets inside and of failing sets outside. Learnt on one
batch of draws, judged on another. Thresholds are rounded to two digits before they are judged: what is read
is what was tested.

Source: scenario discovery by boxes, Friedman and Fisher 1999, doi 10.1023/A:1008894516817, kept to two sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mscape.experiments.interval import wilson_interval

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_CASES = 15  # of either kind in each batch: fewer, and any rule is chance
WORTH = 0.03  # of balanced accuracy on the second batch: less is not worth a second inequality
_CUTS = 40  # thresholds tried of each feature, at equal shares of the draws
_BEST = 14  # features whose pairs are tried
_DIGITS = 2


@dataclass(frozen=True)
class Share:
    """A share of draws with its 90 % interval, and how many draws it is of."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Inequality:
    """A feature is at least a threshold, or below it."""

    feature: str
    at_least: bool
    threshold: float

    def holds(self, features: Mapping[str, Array]) -> Flags:
        """Return where it holds, shape (draw,)."""
        values = features[self.feature]
        return np.asarray(values >= self.threshold if self.at_least else values < self.threshold)


@dataclass(frozen=True)
class Rule:
    """Inequalities that must all hold, and how well they separate draws they were not learnt from.

    Parameters
    ----------
    inequalities
        One or two.
    accuracy
        Balanced: mean of the share of holding sets inside and of failing sets outside; a half is chance.
    inside, outside
        Share of sets in which the claim holds, where the inequalities do and where they do not.
    support
        Share of all sets that meet the inequalities.
    caught
        Share of the sets in which the claim holds that meet them.
    """

    inequalities: tuple[Inequality, ...]
    accuracy: float
    inside: Share
    outside: Share
    support: Share
    caught: Share

    def holds(self, features: Mapping[str, Array]) -> Flags:
        """Return where all its inequalities hold, shape (draw,)."""
        return np.asarray(np.all([item.holds(features) for item in self.inequalities], axis=0))


def learn_rule(features: Mapping[str, Array], holds: Flags) -> Rule | None:
    """Learn the rule of one or two inequalities that separates best.

    Parameters
    ----------
    features
        By name, shape (draw,), finite. The first half of the draws is learnt from, the second judges.
    holds
        Whether the claim holds, shape (draw,).

    Returns
    -------
    Rule or None
        None where either batch has fewer than fifteen sets of a kind, or nothing varies.

    Examples
    --------
    >>> x = np.linspace(0, 1, 400) * 97 % 1
    >>> rule = learn_rule({"x": x}, x > 0.7)
    >>> rule.inequalities[0].at_least, rule.inequalities[0].threshold, round(rule.accuracy, 1)
    (True, 0.7, 1.0)
    """
    half = len(holds) // 2
    first = {name: values[:half] for name, values in features.items()}
    second = {name: values[half:] for name, values in features.items()}
    cases = [flags.sum() for part in (holds[:half], holds[half:]) for flags in (part, ~part)]
    if min(cases) < LEAST_CASES or not features:
        return None
    cuts = {name: _find_cuts(values) for name, values in first.items()}
    names = [name for name in features if len(cuts[name])]
    singles = sorted(
        (_find_single(name, cuts[name], first[name], holds[:half]) for name in names), reverse=True
    )
    if not singles:
        return None
    one = _test((singles[0][1],), second, holds[half:])
    best = [item.feature for _, item in singles[:_BEST]]
    pairs = [_find_pair(pair, cuts, first, holds[:half]) for pair in combinations(best, 2)]
    if not pairs:
        return one
    two = _test(max(pairs)[1], second, holds[half:])
    return two if two.accuracy >= one.accuracy + WORTH else one


def estimate_share(flags: Flags) -> Share:
    """Estimate a share with its 90 % interval (Wilson 1927, doi 10.1080/01621459.1927.10502953)."""
    count = len(flags)
    if not count:
        return Share(0.0, 0.0, 1.0, 0)
    value = float(flags.mean())
    low, high = wilson_interval(value, count)
    return Share(value, max(low, 0.0), min(high, 1.0), count)


def _find_cuts(values: Array) -> Array:
    """Return the thresholds to try of a feature: rounded quantiles, each once, the smallest value not."""
    levels = np.linspace(0, 1, _CUTS + 2)[1:-1]
    cuts = np.unique([_round(value) for value in np.quantile(values, levels, method="nearest")])
    return np.asarray(cuts[(cuts > values.min()) & (cuts <= values.max())])


def _round(value: float) -> float:
    return float(f"{value:.{_DIGITS - 1}e}")


def _find_single(name: str, cuts: Array, values: Array, holds: Flags) -> tuple[float, Inequality]:
    """Return the best inequality of one feature with its balanced accuracy."""
    places = np.searchsorted(cuts, values, side="right")
    right = _count_from(places[holds], len(cuts)) / holds.sum()
    wrong = _count_from(places[~holds], len(cuts)) / (~holds).sum()
    gain = right - wrong  # of "at least" each cut; "below" has the opposite
    at = int(np.abs(gain).argmax())
    return 0.5 + abs(float(gain[at])) / 2, _Sortable(name, bool(gain[at] > 0), float(cuts[at]))


class _Sortable(Inequality):
    """An inequality in a fixed order, so that ties go the same way every time."""

    def __lt__(self, other: Inequality) -> bool:
        return (self.feature, self.threshold) > (other.feature, other.threshold)


def _count_from(places: NDArray[np.int64], cuts: int) -> Array:
    """Return how many values lie at or above each cut, shape (cut,)."""
    counts = np.bincount(places, minlength=cuts + 1)
    return np.asarray(counts[::-1].cumsum()[::-1][1:], dtype=float)


def _find_pair(
    pair: tuple[str, str], cuts: Mapping[str, Array], features: Mapping[str, Array], holds: Flags
) -> tuple[float, tuple[Inequality, Inequality]]:
    """Return the best conjunction of inequalities of two features with its balanced accuracy."""
    one, other = pair
    shape = (len(cuts[one]) + 1, len(cuts[other]) + 1)
    flat = np.searchsorted(cuts[one], features[one], side="right") * shape[1]
    flat = flat + np.searchsorted(cuts[other], features[other], side="right")
    weight = np.where(holds, 1.0 / holds.sum(), -1.0 / (~holds).sum())
    grid = np.asarray(np.bincount(flat, weight, shape[0] * shape[1]), dtype=float).reshape(shape)
    best: tuple[float, tuple[int, int, bool, bool]] = (-np.inf, (0, 0, True, True))
    for first_up in (True, False):
        for second_up in (True, False):
            gain = _sum_corner(_sum_corner(grid, first_up, 0), second_up, 1)
            i, j = np.unravel_index(int(gain.argmax()), gain.shape)
            if gain[i, j] > best[0] + 1e-12:
                best = (float(gain[i, j]), (int(i), int(j), first_up, second_up))
    row, column, first_up, second_up = best[1]
    found = (
        _Sortable(one, first_up, float(cuts[one][row])),
        _Sortable(other, second_up, float(cuts[other][column])),
    )
    return 0.5 + best[0] / 2, found


def _sum_corner(grid: Array, upward: object, axis: int) -> Array:
    """Return sums of a grid at or above (below) each cut along an axis."""
    turned = np.flip(grid, axis) if upward else grid
    summed = np.cumsum(turned, axis)
    summed = np.flip(summed, axis) if upward else summed
    return np.take(summed, range(1, grid.shape[axis]) if upward else range(grid.shape[axis] - 1), axis)


def _test(inequalities: Sequence[Inequality], features: Mapping[str, Array], holds: Flags) -> Rule:
    plain = tuple(Inequality(item.feature, item.at_least, item.threshold) for item in inequalities)
    inside = np.all([item.holds(features) for item in plain], axis=0)
    accuracy = (float(inside[holds].mean()) + float((~inside[~holds]).mean())) / 2
    return Rule(
        plain,
        accuracy,
        estimate_share(holds[inside]),
        estimate_share(holds[~inside]),
        estimate_share(inside),
        estimate_share(inside[holds]),
    )
