"""A cohort in few numbers: how protection spreads, in whom interventions work, and what tells beforehand.

An intervention *works* in a member if it takes a fifth of the protection or more, as in every ranking. It is
asked of members that MSC protect by ten points or more: where there is nothing to take, nothing works. A
reading *tells* if its bits lie above their null. One pair in twenty does so by chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.cohort.discriminate import Direction, find_direction, measure_area
from mscape.cohort.mutual import Bits, measure_bits
from mscape.cohort.state import State
from mscape.cohort.variance import Split, split_variance
from mscape.engine.batch import Array
from mscape.experiments.interval import Interval, find_interval, wilson_interval
from mscape.experiments.rescue import LEAST
from mscape.treatment.cohort import Crossed, MeasuredCohort
from mscape.treatment.rank import COUNTS, FEW

QUANTILES = (5, 25, 50, 75, 95)
PROTECTION = "protection"
READABLE_RANGE = 0.1  # of the median, from the 5th to the 95th percentile: assays repeat to that (assumed)
_MIDDLE = (25.0, 50.0, 75.0)

Quantiles = tuple[float, ...]
Classes = NDArray[np.bool_]


@dataclass(frozen=True)
class Share:
    """A share of a cohort: low, value, high of its 90 % interval, and of how many it is."""

    value: Interval
    count: int

    @property
    def entropy(self) -> float:
        """Bits that there are to say of who is in it: the most that any reading can."""
        parts = [part for part in (self.value[1], 1.0 - self.value[1]) if part > 0]
        return float(-sum(part * np.log2(part) for part in parts)) + 0.0


@dataclass(frozen=True)
class Predictor:
    """What one reading says of one outcome.

    Parameters
    ----------
    state
        The reading.
    of_works
        Bits it has of yes and no; None where one of them is too rare.
    of_share
        Bits it has of the number behind: the share taken, or the protection; likewise.
    area
        Area under the curve, with its 90 % interval; likewise.
    direction
        Which end of the reading goes with yes.
    with_yes, with_no
        The reading's quartiles in members with yes and with no, in its unit; None where there are too few.
    """

    state: State
    of_works: Bits | None
    of_share: Bits | None
    area: Interval | None
    direction: Direction
    with_yes: Interval | None
    with_no: Interval | None

    @property
    def is_told(self) -> bool:
        """Whether it says more of the outcome than chance does in 19 of 20 cases."""
        return any(bits is not None and bits.is_told for bits in (self.of_works, self.of_share))


@dataclass(frozen=True)
class Responders:
    """In whom an intervention works.

    Parameters
    ----------
    names, mechanisms, doubts
        Its keys; on whose routes it acts; why it is no more than a hypothesis.
    works
        Share of the members that MSC protect in which it takes `COUNTS` or more; None where too few are.
    of_all
        The same of the whole cohort.
    share
        Share of the protection that it takes, at `QUANTILES` of the members that MSC protect; likewise.
    predictors
        What tells beforehand, the most bits of yes and no first.
    split
        Of the viability that it takes, in points; None where no table was asked for.
    """

    names: tuple[str, ...]
    mechanisms: tuple[str, ...]
    doubts: tuple[str, ...]
    works: Share | None
    of_all: Share
    share: Quantiles | None
    predictors: tuple[Predictor, ...]
    split: Split | None

    @property
    def id(self) -> str:
        """The keys joined."""
        return " + ".join(self.names)


@dataclass(frozen=True)
class Summary:
    """A cohort in few numbers.

    Parameters
    ----------
    size, solved
        Members, and those with an answer: shares are of these.
    alone, with_msc, protection
        Viability under the drug without MSC and with them, and their difference, at `QUANTILES`.
    protected, sensitised
        Members whom MSC give ten points of viability or more, and from whom they take as many.
    predictors
        What tells beforehand whether MSC protect, the most bits first.
    splits
        How the variance of ``alone`` and of the protection splits; empty where no table was asked for.
    responders
        Each intervention, the one that works in most first.
    constant
        States that differ too little between members to be read.
    """

    size: int
    solved: int
    alone: Quantiles | None
    with_msc: Quantiles | None
    protection: Quantiles | None
    protected: Share
    sensitised: Share
    predictors: tuple[Predictor, ...]
    splits: Mapping[str, Split]
    responders: tuple[Responders, ...]
    constant: tuple[State, ...]


def summarise_cohort(measured: MeasuredCohort, *, seed: int) -> Summary:
    """Summarise a measured cohort.

    Parameters
    ----------
    measured
        As `mscape.treatment.cohort.measure_cohort` gives it.
    seed
        Of ties, halves, nulls and resamples.
    """
    taken = measured.taken
    protection = taken.protection
    known = np.isfinite(protection)
    constant = find_constant(measured)
    varying = [place for place, state in enumerate(measured.states) if state not in constant]
    split = _split_crossed(measured.crossed, seed)
    looked = _Look(measured, varying, seed)
    responders = (_describe(looked, place, split) for place in range(len(taken.effects)))
    return Summary(
        size=len(known),
        solved=int(known.sum()),
        alone=find_quantiles(taken.alone[known]),
        with_msc=find_quantiles(taken.with_msc[known]),
        protection=find_quantiles(protection),
        protected=count_share(taken.counted[known]),
        sensitised=count_share(protection[known] <= -LEAST),
        predictors=_rank_predictors(looked, known, protection, protection >= LEAST),
        splits={name: found for name, found in split.items() if name in ("alone", PROTECTION)},
        responders=tuple(sorted(responders, key=_order)),
        constant=constant,
    )


def _order(item: Responders) -> tuple[float, str]:
    return (np.inf if item.works is None else -item.works.value[1]), item.id


def find_quantiles(values: Array) -> Quantiles | None:
    """Return values at `QUANTILES` of what is finite; None if that is fewer than ten."""
    finite = values[np.isfinite(values)]
    return tuple(float(each) for each in np.percentile(finite, QUANTILES)) if finite.size >= FEW else None


def count_share(is_yes: Classes) -> Share:
    """Return the share of yes with its 90 % interval.

    Examples
    --------
    >>> count_share(np.array([True, False])).value[1]
    0.5
    """
    count = len(is_yes)
    if not count:
        return Share((0.0, 0.0, 1.0), 0)
    share = float(is_yes.mean())
    low, high = wilson_interval(share, count)
    return Share((max(low, 0.0), share, min(high, 1.0)), count)


def find_constant(measured: MeasuredCohort) -> tuple[State, ...]:
    """Return the states that differ too little between members to be read: `READABLE_RANGE` at most."""
    found = []
    for place, state in enumerate(measured.states):
        ends = find_interval(measured.levels[:, place])
        if ends is None or ends[2] - ends[0] <= READABLE_RANGE * abs(ends[1]):
            found.append(state)
    return tuple(found)


def order_waterfall(protection: Array) -> NDArray[np.int64]:
    """Return members from the most protected to the least; those without an answer come last.

    Parameters
    ----------
    protection
        Shape (member,).
    """
    return np.argsort(np.where(np.isfinite(protection), -protection, np.inf), kind="stable")


def _split_crossed(crossed: Crossed | None, seed: int) -> dict[str, Split]:
    if crossed is None:
        return {}
    tables = {"alone": crossed.alone, PROTECTION: crossed.protection, **crossed.points}
    found = {name: split_variance(table, seed=seed) for name, table in tables.items()}
    return {name: split for name, split in found.items() if split is not None}


@dataclass(frozen=True)
class _Look:
    """What is looked at: the cohort, the places of its states that differ, and the seed."""

    measured: MeasuredCohort
    varying: list[int]
    seed: int


def _describe(looked: _Look, place: int, split: Mapping[str, Split]) -> Responders:
    taken = looked.measured.taken
    effect, share = taken.effects[place], taken.share[:, place]
    known = np.isfinite(share)
    works = known & (np.nan_to_num(share, nan=-1.0) >= COUNTS)
    enough = int(known.sum()) >= FEW
    return Responders(
        names=effect.names,
        mechanisms=effect.mechanisms,
        doubts=effect.doubts,
        works=count_share(works[known]) if enough else None,
        of_all=count_share(works[np.isfinite(taken.protection)]),
        share=find_quantiles(share),
        predictors=_rank_predictors(looked, known, share, works) if enough else (),
        split=split.get(effect.id),
    )


def _rank_predictors(looked: _Look, among: Classes, number: Array, is_yes: Classes) -> tuple[Predictor, ...]:
    """Return what each state says of an outcome among some members, the most bits first."""
    levels, yes, amount = looked.measured.levels[among], is_yes[among], number[among]
    found = [
        predict(looked.measured.states[place], levels[:, place], (amount, yes), seed=looked.seed)
        for place in looked.varying
    ]
    return tuple(
        sorted(found, key=lambda item: (-_bits(item.of_works), -_bits(item.of_share), item.state.id))
    )


def _bits(bits: Bits | None) -> float:
    return -1.0 if bits is None else bits.value[1]


def predict(state: State, reading: Array, outcome: tuple[Array, Classes], *, seed: int) -> Predictor:
    """Say what one reading tells of one outcome.

    Parameters
    ----------
    state, reading
        What is read, and its values, shape (member,).
    outcome
        The number, and yes or no, shape (member,) each.
    seed
        Of ties, halves and nulls.
    """
    number, is_yes = outcome
    area = measure_area(reading, is_yes)
    return Predictor(
        state=state,
        of_works=measure_bits(reading, is_yes, seed=seed),
        of_share=measure_bits(reading, number, seed=seed),
        area=area,
        direction=find_direction(area),
        with_yes=find_interval(reading[is_yes], ends=_MIDDLE, few=FEW),
        with_no=find_interval(reading[~is_yes], ends=_MIDDLE, few=FEW),
    )
