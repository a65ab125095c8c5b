"""The most plausible parameter set: few assumed numbers, moved within their ranges, against all contrasts.

Starts in the middle of the ranges, and moves the number whose move raises the posterior most, again and
again, until none does. A move costs what the prior says (half its squared distance in standard deviations),
so that few are made and each is worth it. What is unreported is never chosen: a contrast counts by the margin
that four fifths of the grid of conditions reach, which is what *reproduced* asks for.

What differs from paper to paper (donors of MSC, a laboratory's IC50: `mscape.experiments.spread`) may move
for one paper alone, at the same cost: the shared part is what the usual donor has, and what a new experiment
gets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.row import ContrastRow
from mscape.experiments.bind import Bound, make_ic50_prior, make_variant
from mscape.experiments.grant import Move, grant_claim
from mscape.experiments.nominal import IC50
from mscape.experiments.prior import Prior, locate_value, place_quantiles
from mscape.experiments.score import REPRODUCED_SHARE
from mscape.experiments.spread import find_spread
from mscape.inference.likelihood import list_scored, measure_log_likelihood, measure_margins

Array = NDArray[np.float64]

PLACES = (
    -1.645,
    -0.8225,
    0.8225,
    1.645,
)  # of a number, in standard deviations: ends and quarters of its range
LEAST_GAIN = 0.05  # of log posterior: a smaller one is not worth a move
MOST_MOVES = 60
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
    """Return the numbers that may move: all with a range, but those that a drug or a line gives; and IC50s.

    An IC50 is named ``ic50:drug:line``, and moves only if a dose is reported: any other is of its own effect.
    """
    given: set[str] = {"doubling_time"}
    for drug in bound.record.mechanism.drugs:
        variant = make_variant(bound, drug, None)
        given |= {name for name, prior in variant.priors.items() if prior != bound.priors.get(name)}
    numbers = {
        name: prior
        for name, prior in bound.priors.items()
        if prior.distribution != "fixed" and prior.low is not None and name not in given
    }
    return numbers | _list_potencies(bound)


def _list_potencies(bound: Bound) -> dict[str, Prior]:
    found = {}
    for name in find_spread(bound):
        if name.startswith(IC50):
            drug, line = name.removeprefix(IC50).split(":")
            potency = make_variant(bound, drug, None if line == "None" else line).potency
            assert potency is not None
            found[name] = make_ic50_prior(potency)
    return found


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
    search = Search(bound, rows, list_movable(bound), progress, find_spread(bound))
    starts = [dict[str, float]()]
    granted = search.find_places(grant_claim(bound).values)
    starts += [granted] if granted else []
    return search.describe(max((search.climb(start) for start in starts), key=lambda end: end.reached))


@dataclass(frozen=True)
class End:
    """Where a search ended: standard deviations moved by key, and the log posterior there."""

    places: Mapping[str, float]
    reached: float


@dataclass(frozen=True)
class Search:
    """One search: whose parameters move, against which contrasts.

    What moves has a key: the name of a number, or ``name@paper`` for the part of it that is a paper's own, of
    which ``spread`` gives the share of the prior's variance.
    """

    bound: Bound
    rows: Sequence[ContrastRow]
    movable: Mapping[str, Prior]
    progress: Callable[[int], None] | None = None
    spread: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def start(self) -> dict[str, float]:
        """Axis of every number at its nominal value."""
        return {name: locate_value(prior, prior.value) for name, prior in self.movable.items()}

    def find_places(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return how many standard deviations from the middle values are."""
        from scipy.special import ndtri

        return {
            name: float(ndtri(locate_value(self.movable[name], value)) - ndtri(self.start[name]))
            / np.sqrt(1 - self.spread.get(name, 0.0))
            for name, value in values.items()
            if name in self.movable and self.spread.get(name, 0.0) < 1
        }

    @cached_property
    def papers(self) -> dict[str, list[int]]:
        """Places of each paper's contrasts among the rows."""
        found: dict[str, list[int]] = {}
        for place, row in enumerate(self.rows):
            found.setdefault(row.paper, []).append(place)
        return found

    def list_keys(self) -> set[str]:
        """Return the keys of all that may move."""
        own = {f"{name}@{paper}" for name in self.spread if name in self.movable for paper in self.papers}
        return own | {name for name in self.movable if self.spread.get(name, 0.0) < 1}

    def see(self, places: Mapping[str, float], paper: str) -> dict[str, float]:
        """Return how many standard deviations from nominal numbers are in a paper; empty: the usual donor."""
        found: dict[str, float] = {}
        for key, place in places.items():
            name, _, of = key.partition("@")
            if of in ("", paper) and place:
                share = self.spread.get(name, 0.0)
                found[name] = found.get(name, 0.0) + place * float(np.sqrt(share if of else 1 - share))
        return {name: float(np.clip(place, PLACES[0], PLACES[-1])) for name, place in found.items()}

    def _find_axis(self, name: str, places: Sequence[float]) -> Array:
        """Return the coordinates of a number so many standard deviations from its nominal value."""
        from scipy.special import ndtr, ndtri

        return np.asarray(ndtr(ndtri(self.start[name]) + np.asarray(places)))

    def climb(self, start: Mapping[str, float]) -> End:
        """Move one number at a time, always the most telling, until no move of any is worth it."""
        places = dict(start)
        reached = float(self.measure([places])[0])
        everything = self.list_keys()
        left = everything
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
                if left == everything:
                    break
                left = everything  # what was idle at first may matter by now
                continue
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
        found = -np.array([sum(place**2 for place in one.values()) / 2 for one in tries])
        for paper in self.papers:
            seen = [tuple(sorted(self.see(one, paper).items())) for one in tries]
            sets = {one: index for index, one in enumerate(dict.fromkeys(seen))}
            known = self._measure_paper([dict(one) for one in sets], self.papers[paper])
            found += known[[sets[one] for one in seen]]
        return found

    def _measure_paper(self, tries: Sequence[Mapping[str, float]], places: Sequence[int]) -> Array:
        """Return the log likelihood of a paper's contrasts, numbers as they are in that paper."""
        names = sorted({name for one in tries for name in one})
        axes = {name: self._find_axis(name, [one.get(name, 0.0) for one in tries]) for name in names}
        candidates = Candidates(self.start, axes, len(tries) * len(_SQUARE))
        rows = [self.rows[place] for place in places]
        margins = measure_margins(self.bound, candidates, rows, progress=self.progress)
        known = np.nan_to_num(margins, nan=-np.inf).reshape(len(tries), len(_SQUARE), -1)
        held = np.sort(known, axis=1)[:, round((1 - REPRODUCED_SHARE) * len(_SQUARE)) - 1, :]
        return np.asarray(measure_log_likelihood(held).sum(axis=1))

    def describe(self, end: End) -> tuple[Move, ...]:
        """Return what moved, with what each move is worth where the search ended."""
        names = list(end.places)
        without = [{key: place for key, place in end.places.items() if key != name} for name in names]
        gains = end.reached - self.measure(without) if names else np.zeros(0)
        moved = []
        for index in np.argsort(-gains):
            name, _, paper = names[index].partition("@")
            prior, place = self.movable[name], self.see(end.places, paper).get(name, 0.0)
            value = float(place_quantiles(prior, self._find_axis(name, [place]))[0])
            low, high = float(prior.low or 0.0), float(prior.high or 0.0)
            value = min(max(value, low), high)  # the 5th percentile of a lopsided range may lie outside it
            moved.append(Move(name, prior.value, value, low, high, prior.unit, float(gains[index]), paper))
        return tuple(moved)
