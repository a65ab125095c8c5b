"""What an intervention takes from the protection by one schedule and by another, draw by draw.

The share taken is that of `mscape.treatment.removal`: what it kills without MSC is taken off. The protection
it is a share of is that of wells handled alike, changes of medium included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from mscape.engine.batch import Array
from mscape.errors import UsageError
from mscape.experiments.arm import Arm
from mscape.experiments.niche import Niche
from mscape.treatment.effect import Effect, list_reaching, make_effect
from mscape.treatment.rank import COUNTS, FEW, Interval, make_interval
from mscape.treatment.removal import (
    Draws,
    Taken,
    Well,
    compare_living,
    measure_taken,
    prepare_well,
    simulate_group,
)
from mscape.treatment.schedule import CONTINUOUS, Clock, Handling, Schedule, cut_ranked, make_handlings

_NOTHING = Effect((), ())


class Against(StrEnum):
    """What may be said of a schedule beside the continuous one."""

    LESS = "takes less"
    SAME = "no difference"
    MORE = "takes more"
    UNCERTAIN = "uncertain"


class Order(StrEnum):
    """What may be said of an earlier and a later schedule."""

    EARLIER = "earlier better"
    SAME = "no difference"
    LATER = "later better"
    UNCERTAIN = "uncertain"


_AGAINST = {-1: Against.LESS, 0: Against.SAME, 1: Against.MORE, None: Against.UNCERTAIN}
_ORDER = {-1: Order.LATER, 0: Order.SAME, 1: Order.EARLIER, None: Order.UNCERTAIN}


@dataclass(frozen=True)
class Timed:
    """One intervention by one schedule; intervals are the 10th, 50th and 90th percentile over the draws.

    Parameters
    ----------
    names
        Keys of what was given.
    schedule
        By which.
    share
        Share of the protection that it takes, less what it kills without MSC; None where too few draws
        protect.
    kills
        Viability under the drug that it takes without MSC.
    difference
        Its share less that of the continuous schedule, in the same draw; None where it is that, or likewise.
    word
        What may be said of that; None where it is the continuous one, or nothing may.
    """

    names: tuple[str, ...]
    schedule: Schedule
    share: Interval | None
    kills: Interval | None
    difference: Interval | None
    word: Against | None

    @property
    def id(self) -> str:
        """The keys joined."""
        return " + ".join(self.names)


@dataclass(frozen=True)
class Ordered:
    """An earlier and a later schedule of one intervention.

    Parameters
    ----------
    names
        Keys of what was given.
    early, late
        The schedules.
    difference
        Share of the earlier less that of the later, in the same draw; None where too few draws protect.
    word
        What may be said of that; None likewise.
    """

    names: tuple[str, ...]
    early: Schedule
    late: Schedule
    difference: Interval | None
    word: Order | None

    @property
    def is_equal(self) -> bool:
        """Whether both give the same concentration times hours."""
        return bool(np.isclose(self.early.area, self.late.area))


@dataclass(frozen=True)
class Handled:
    """Schedules that were compared.

    Parameters
    ----------
    handling
        Which.
    alone, protection
        Viability under the drug without MSC, and what MSC add to it; no intervention.
    counted, solved
        Draws in which that counts; share of the draws with an answer.
    timed
        Each intervention by each schedule.
    orders
        Earlier against later.
    """

    handling: Handling
    alone: Interval | None
    protection: Interval | None
    counted: int
    solved: float
    timed: tuple[Timed, ...]
    orders: tuple[Ordered, ...]


@dataclass(frozen=True)
class Scheduled:
    """Interventions by schedules, in one niche.

    Parameters
    ----------
    effects
        What was given, at what concentration and with what doubts.
    handled
        One for each way of handling.
    off_rank
        The largest difference in viability between the ranking's wells and the same cut in periods: 0 but for
        the solver's tolerance; None where nothing was given.
    stand_ins
        What stood in for what no source gives.
    """

    effects: tuple[Effect, ...]
    handled: tuple[Handled, ...]
    off_rank: float | None
    stand_ins: tuple[str, ...] = ()


def judge_difference(difference: Interval | None) -> int | None:
    """Judge a difference of two shares: above (1), below (-1), none (0); None where that is uncertain.

    It is above where it is a fifth or more at the 10th percentile, below where it is minus a fifth or less at
    the 90th, none where both ends are nearer to 0 than a fifth.

    Examples
    --------
    >>> [judge_difference(d) for d in ((0.2, 0.3, 0.4), (-0.1, 0.0, 0.1), (-0.1, 0.2, 0.5), (-1, -0.5, -0.2))]
    [1, 0, None, -1]
    """
    if difference is None:
        return None
    low, _, high = difference
    if low >= COUNTS:
        return 1
    if high <= -COUNTS:
        return -1
    return 0 if low > -COUNTS and high < COUNTS else None


def measure_schedules(
    niche: Niche, arm: Arm, candidates: Sequence[tuple[str, ...]], draws: Draws, *, clock: Clock
) -> Scheduled:
    """Measure what interventions take by each of the standard schedules.

    Parameters
    ----------
    niche, arm
        The niche, and its arm with MSC and drug in a co-culture whose periods have the clock's hours before
        and under the drug (`choose_timed_arm`): from it comes the dose.
    candidates
        Each a group of interventions given together, by key.
    draws
        How many, and from where.
    clock
        The hours.

    Raises
    ------
    UsageError
        An intervention that cannot be scheduled, or a culture that has no source of signals.
    DataError
        A potency's or an exposure's unit is not a concentration.
    """
    refuse_unscheduled(niche, arm, candidates)
    well = prepare_well(niche, arm, draws)
    relay = any("relay" in item.contents for item in arm.protocol.periods)
    made = _make_effects(niche, candidates, well, 1.0)
    handled = tuple(_handle(niche, well, candidates, item) for item in make_handlings(clock, relay=relay))
    off = None
    if candidates:
        off = _measure_off(niche, arm, candidates, draws, (well, cut_ranked(clock, relay=relay)))
    return Scheduled(made, handled, off, well.bench.variant(arm).stand_ins)


def choose_timed_arm(niche: Niche, arm: Arm, clock: Clock) -> Arm:
    """Return an arm of the niche with the clock's hours before and under the drug."""
    hours = (clock.before, clock.drug)
    found = arm.protocol.periods
    periods = tuple(item.model_copy(update={"hours": h}) for item, h in zip(found, hours, strict=True))
    return replace(arm, protocol=arm.protocol.model_copy(update={"periods": periods}))


def refuse_unscheduled(niche: Niche, arm: Arm, candidates: Sequence[tuple[str, ...]]) -> None:
    """Refuse what cannot be scheduled, before any work.

    Raises
    ------
    UsageError
        An intervention that finds nothing to act on, a silencing, or a culture in which MSC do not stay.
    """
    _refuse_without_source(arm)
    reaching = list_reaching(niche)
    shelf = niche.bound.atlas.interventions
    silencing = {row.intervention for row in shelf.actions if row.how == "silencing"}
    fitting = ", ".join(name for name in reaching if name not in silencing)
    for name in dict.fromkeys(key for group in candidates for key in group):
        if name not in reaching:
            found = f"{name} finds nothing to act on in {niche.tumour} under {niche.drug}: it takes nothing"
            raise UsageError("schedule", found, f"one of {fitting}", "name one of these")
        if name in silencing:
            found = f"{name} is a silencing: it holds from the beginning and does not leave with the medium"
            raise UsageError(
                "schedule", found, f"one of {fitting}", "name one of these, or use 'mscape rank'"
            )


def _refuse_without_source(arm: Arm) -> None:
    carried = {"medium", "vesicles"} & {name for item in arm.protocol.periods for name in item.contents}
    if carried or not arm.msc:
        found = f"{arm.protocol.culture}: fresh medium takes the MSC's signals with it for good"
        raise UsageError("schedule", found, "contact, transwell or relay", "choose a co-culture")


def _make_effects(
    niche: Niche, candidates: Sequence[tuple[str, ...]], well: Well, times: float
) -> tuple[Effect, ...]:
    return tuple(make_effect(niche, names, well.values, well.bench.seed, times=times) for names in candidates)


def run_schedule(well: Well, schedule: Schedule, effects: Sequence[Effect]) -> Array:
    """Return living cells at the read-out of a schedule, shape (effect, MSC, drug, draw)."""
    scheduled = replace(well, arm=schedule.fill_arm(well.arm), dose=well.dose * schedule.dose)
    return simulate_group(scheduled, effects)


def measure_handling(
    niche: Niche, well: Well, candidates: Sequence[tuple[str, ...]], handling: Handling
) -> dict[str, Taken]:
    """Measure what interventions take by each schedule of a handling: name of the schedule to that.

    All are shares of one protection: that of the wells without intervention, handled as they are.

    Parameters
    ----------
    niche, well
        The niche, and what its wells share (`mscape.treatment.removal.prepare_well`).
    candidates
        Groups of interventions.
    handling
        The schedules.
    """
    plain = run_schedule(well, handling.schedules[0], [_NOTHING])[0]
    found = {}
    for schedule in handling.schedules:
        effects = _make_effects(niche, candidates, well, schedule.strength)
        each = run_schedule(well, schedule, effects) if effects else np.zeros((0, *plain.shape))
        living = {item.id: each[place] for place, item in enumerate(effects)}
        found[schedule.name] = compare_living(effects, plain, living)
    return found


def _handle(niche: Niche, well: Well, candidates: Sequence[tuple[str, ...]], handling: Handling) -> Handled:
    taken = measure_handling(niche, well, candidates, handling)
    whole = taken[CONTINUOUS]
    places = range(len(candidates))
    return Handled(
        handling=handling,
        alone=make_interval(whole.alone),
        protection=make_interval(whole.protection),
        counted=int(whole.counted.sum()),
        solved=float(np.isfinite(whole.protection).mean()),
        timed=tuple(_time(taken, place, item) for place in places for item in handling.schedules),
        orders=tuple(_order(taken, place, handling, pair) for place in places for pair in handling.orders),
    )


def _time(taken: Mapping[str, Taken], place: int, schedule: Schedule) -> Timed:
    mine = taken[schedule.name]
    share = mine.share[:, place]
    is_whole = schedule.name == CONTINUOUS
    difference = None if is_whole else make_interval(share - taken[CONTINUOUS].share[:, place], few=FEW)
    return Timed(
        names=mine.effects[place].names,
        schedule=schedule,
        share=make_interval(share, few=FEW),
        kills=make_interval(mine.kills[:, place]),
        difference=difference,
        word=None if difference is None else _AGAINST[judge_difference(difference)],
    )


def _order(taken: Mapping[str, Taken], place: int, handling: Handling, pair: tuple[str, str]) -> Ordered:
    early, late = (next(item for item in handling.schedules if item.name == name) for name in pair)
    shares = [taken[item.name].share[:, place] for item in (early, late)]
    difference = make_interval(shares[0] - shares[1], few=FEW)
    word = None if difference is None else _ORDER[judge_difference(difference)]
    return Ordered(taken[early.name].effects[place].names, early, late, difference, word)


def _measure_off(
    niche: Niche,
    arm: Arm,
    candidates: Sequence[tuple[str, ...]],
    draws: Draws,
    own: tuple[Well, Schedule],
) -> float:
    """Return the largest difference in viability between the ranking's wells and their cut in periods."""
    ranked = measure_taken(niche, arm, candidates, draws)
    well, schedule = own
    effects = _make_effects(niche, candidates, well, 1.0)
    living = run_schedule(well, schedule, [_NOTHING, *effects])
    cut = compare_living(effects, living[0], {item.id: living[1 + at] for at, item in enumerate(effects)})
    pairs = ((ranked.with_msc, cut.with_msc), (ranked.alone, cut.alone), (ranked.blocked, cut.blocked))
    return max(float(np.nanmax(np.abs(one - other), initial=0.0)) for one, other in pairs)
