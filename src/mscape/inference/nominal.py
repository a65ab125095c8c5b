"""The most plausible parameter set: few assumed numbers, moved within their ranges, against all contrasts.

Starts in the middle of the ranges, and moves the number whose move raises the posterior most, again and
again, until none does. A move costs what the prior says (half its squared distance in standard deviations),
so that few are made and each is worth it. What is unreported is never chosen: a contrast counts by the margin
that four fifths of the grid of conditions reach, which is what *reproduced* asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.row import ContrastRow
from mscape.experiments.bind import Bound, make_variant
from mscape.experiments.grant import Move, grant_claim
from mscape.experiments.prior import Prior, locate_value, place_quantiles
from mscape.experiments.score import REPRODUCED_SHARE
from mscape.inference.likelihood import list_scored, measure_log_likelihood, measure_margins

Array = NDArray[np.float64]

PLACES = (
    -1.645,
    -0.8225,
    0.8225,
    1.645,
)  # of a number, in standard deviations: ends and quarters of its range
LEAST_GAIN = 0.05  # of log posterior: a smaller one is not worth a move
MOST_MOVES = 40
IDLE = 0.01  # of log likelihood: a number that changes less does not matter to any contrast
# The unreported conditions in thirds of their range (effect, hours, amount of MSC help): a Latin square.
_SQUARE = tuple((i, j, (i + j) % 3) for i, j in product(range(3), range(3)))
_AMOUNTS = ("condition:ratio", "condition:share", "condition:vesicles")


@dataclass(frozen=True)
class Candidates:
    """Parameter sets side by side, each under every condition of the square; a source of draws for a bench.

    Parameters
    ----------
    start
        Axis of each number where it is nominal.
    places
        Axes that differ, shape (candidate,) each.
    count
        Number of trajectories: candidates times conditions.
    """

    start: Mapping[str, float]
    places: Mapping[str, Array]
    count: int

    def take(self, name: str, count: int) -> Array:
        """Return the coordinate of every trajectory on one axis, shape (trajectory,)."""
        if count != self.count:
            raise ValueError(f"{count} trajectories asked of {self.count}")
        copies = len(_SQUARE)
        if name in self.places:
            return np.repeat(self.places[name], copies)
        column = 0 if name.endswith("effect") else 1 if name.endswith("hours") else 2
        if name in ("condition:effect", "condition:hours", *_AMOUNTS):
            thirds = np.array([(row[column] + 0.5) / 3 for row in _SQUARE])
            return np.tile(thirds, count // copies)
        return np.full(count, self.start.get(name, 0.5))


def list_movable(bound: Bound) -> dict[str, Prior]:
    """Return the numbers that may move: all with a range, but those that a drug or a line gives."""
    given: set[str] = {"doubling_time"}
    for drug in bound.record.mechanism.drugs:
        variant = make_variant(bound, drug, None)
        given |= {name for name, prior in variant.priors.items() if prior != bound.priors.get(name)}
    return {
        name: prior
        for name, prior in bound.priors.items()
        if prior.distribution != "fixed" and prior.low is not None and name not in given
    }


def find_nominal(
    bound: Bound,
    *,
    contrasts: Sequence[ContrastRow] | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Move, ...]:
    """Find the most plausible parameter set of a mechanism.

    The search starts from the middle of all ranges, and from where the claim is granted; the better end
    counts.

    Parameters
    ----------
    bound
        The record and its model.
    contrasts
        Those to hear; None for all in scope.
    progress
        Called with the number of trajectories solved since the last call.

    Returns
    -------
    tuple
        What moved, most telling first.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    rows = list_scored(bound) if contrasts is None else tuple(contrasts)
    search = Search(bound, rows, list_movable(bound), progress)
    starts = [dict[str, float]()]
    granted = search.find_places(grant_claim(bound).values)
    starts += [granted] if granted else []
    return search.describe(max((search.climb(start) for start in starts), key=lambda end: end.reached))


@dataclass(frozen=True)
class End:
    """Where a search ended: standard deviations moved by name, and the log posterior there."""

    places: Mapping[str, float]
    reached: float


@dataclass(frozen=True)
class Search:
    """One search: whose parameters move, against which contrasts."""

    bound: Bound
    rows: Sequence[ContrastRow]
    movable: Mapping[str, Prior]
    progress: Callable[[int], None] | None = None

    @cached_property
    def start(self) -> dict[str, float]:
        """Axis of every number at its nominal value."""
        return {name: locate_value(prior, prior.value) for name, prior in self.movable.items()}

    def find_places(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return how many standard deviations from the middle values are."""
        from scipy.special import ndtri

        return {
            name: float(ndtri(locate_value(self.movable[name], value)) - ndtri(self.start[name]))
            for name, value in values.items()
            if name in self.movable
        }

    def _find_axis(self, name: str, places: Sequence[float]) -> Array:
        """Return the coordinates of a number so many standard deviations from its nominal value."""
        from scipy.special import ndtr, ndtri

        return np.asarray(ndtr(ndtri(self.start[name]) + np.asarray(places)))

    def climb(self, start: Mapping[str, float]) -> End:
        """Move one number at a time, always the most telling, until no move is worth it."""
        places = dict(start)
        reached = float(self.measure([places])[0])
        left = set(self.movable)
        for _ in range(MOST_MOVES):
            tries = [
                {**places, name: place}
                for name in sorted(left)
                for place in (0.0, *PLACES)
                if place != places.get(name, 0.0)
            ]
            found = self.measure(tries)
            best = int(found.argmax())
            if found[best] - reached < LEAST_GAIN:
                break
            left = self._drop_idle(tries, found, places, reached)
            places, reached = tries[best], float(found[best])
        return End({name: place for name, place in places.items() if place}, reached)

    def _drop_idle(
        self, tries: Sequence[Mapping[str, float]], found: Array, places: Mapping[str, float], reached: float
    ) -> set[str]:
        """Return the numbers that matter to a contrast: for the others a move only costs."""
        kept = set()
        for one, value in zip(tries, found, strict=True):
            name = next(key for key in one if one[key] != places.get(key, 0.0))
            cost = (one[name] ** 2 - places.get(name, 0.0) ** 2) / 2
            if abs(value + cost - reached) > IDLE:
                kept.add(name)
        return kept

    def measure(self, tries: Sequence[Mapping[str, float]]) -> Array:
        """Return the log posterior of parameter sets, shape (set,)."""
        names = sorted({name for one in tries for name in one})
        axes = {name: self._find_axis(name, [one.get(name, 0.0) for one in tries]) for name in names}
        candidates = Candidates(self.start, axes, len(tries) * len(_SQUARE))
        margins = measure_margins(self.bound, candidates, self.rows, progress=self.progress)
        known = np.nan_to_num(margins, nan=-np.inf).reshape(len(tries), len(_SQUARE), -1)
        held = np.sort(known, axis=1)[:, round((1 - REPRODUCED_SHARE) * len(_SQUARE)) - 1, :]
        cost = np.array([sum(place**2 for place in one.values()) / 2 for one in tries])
        return np.asarray(measure_log_likelihood(held).sum(axis=1) - cost)

    def describe(self, end: End) -> tuple[Move, ...]:
        """Return what moved, with what each move is worth where the search ended."""
        names = list(end.places)
        without = [{key: place for key, place in end.places.items() if key != name} for name in names]
        gains = end.reached - self.measure(without) if names else np.zeros(0)
        moved = []
        for index in np.argsort(-gains):
            name, prior = names[index], self.movable[names[index]]
            value = float(place_quantiles(prior, self._find_axis(name, [end.places[name]]))[0])
            low, high = float(prior.low or 0.0), float(prior.high or 0.0)
            value = min(max(value, low), high)  # the 5th percentile of a lopsided range may lie outside it
            moved.append(Move(name, prior.value, value, low, high, prior.unit, float(gains[index])))
        return tuple(moved)
