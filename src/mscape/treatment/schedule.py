"""Schedules: when an intervention is in the well, when the drug is, and when the medium is changed.

What is compared is handled alike: the same hours, the same drug, the same changes of medium, the same hour of
read-out. A reagent leaves only with the medium, so each moment at which one of the compared schedules takes
it out is a change of medium in all of them, with MSC and without.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from mscape.atlas import record as form
from mscape.errors import UsageError
from mscape.experiments.arm import Arm

CONTINUOUS = "continuous"  # what every schedule is held against
SHORTER = 4.0  # a short drug pulse takes a quarter of the hours, at four times the concentration
MOST_PULSES = 6
MOST_HOURS = 2000.0

Window = tuple[float, float]


@dataclass(frozen=True)
class Clock:
    """Hours of an experiment with MSC in the well throughout.

    Parameters
    ----------
    before
        Co-culture before the drug.
    drug
        Under the drug.
    after
        From the wash-out of the drug to the read-out.
    pulses
        Pulses of the intervention under the drug; as long as the breaks that follow them.

    Raises
    ------
    UsageError
        Hours that cannot be, or fewer than one or too many pulses.
    """

    before: float = 24.0
    drug: float = 48.0
    after: float = 24.0
    pulses: int = 2

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for name in ("before", "drug", "after"):
            value = getattr(self, name)
            if not 0 < value <= MOST_HOURS:
                raise UsageError(f"hours {name}", f"{value:g} h", f"more than 0 and at most {MOST_HOURS:g} h")
        if not 1 <= self.pulses <= MOST_PULSES:
            raise UsageError("pulses", str(self.pulses), f"1 to {MOST_PULSES}")

    @property
    def end(self) -> float:
        """Hour of the read-out, from the seeding."""
        return self.before + self.drug + self.after


@dataclass(frozen=True)
class Schedule:
    """What is in the well, period by period.

    Parameters
    ----------
    name
        What it is called.
    periods
        In order, each with its hours and contents; ``perturbation`` stands for the intervention.
    fresh
        Places of the periods that begin with fresh medium; what is in their contents is given anew.
    strength
        The intervention's concentration, as a multiple of the one it is ranked at.
    dose
        The drug's concentration, as a multiple of the dose of a whole exposure.

    Examples
    --------
    >>> around = make_handlings(Clock())[0]
    >>> [item.name for item in around.schedules][:3], around.schedules[0].area
    (['before', 'with', 'after'], 24.0)
    """

    name: str
    periods: tuple[form.Period, ...]
    fresh: tuple[int, ...] = ()
    strength: float = 1.0
    dose: float = 1.0

    @property
    def hours(self) -> float:
        """How long the intervention is in the well."""
        return sum(item.hours or 0.0 for item in self.periods if "perturbation" in item.contents)

    @property
    def area(self) -> float:
        """Hours in the well times the multiple of its concentration, h."""
        return self.strength * self.hours

    @property
    def drug_area(self) -> float:
        """Hours of the drug times the multiple of its dose, h."""
        return self.dose * sum(item.hours or 0.0 for item in self.periods if "drug" in item.contents)

    def list_windows(self, content: form.Content) -> tuple[Window, ...]:
        """Return when something is in the well: begin and end, h from the seeding; what touches is joined."""
        windows: list[Window] = []
        now = 0.0
        for item in self.periods:
            end = now + (item.hours or 0.0)
            if content in item.contents:
                begin = windows.pop()[0] if windows and windows[-1][1] == now else now
                windows.append((begin, end))
            now = end
        return tuple(windows)

    @property
    def washes(self) -> tuple[float, ...]:
        """When the medium is changed, h from the seeding."""
        return tuple(sum(item.hours or 0.0 for item in self.periods[:place]) for place in self.fresh)

    def fill_arm(self, arm: Arm) -> Arm:
        """Return an arm that runs by this schedule; its cells, drug and culture stay."""
        protocol = arm.protocol.model_copy(update={"id": "schedule", "periods": self.periods})
        return Arm(protocol, arm.tumour, arm.msc, arm.drug, arm.perturbation, arm.dose, fresh=self.fresh)


@dataclass(frozen=True)
class Handling:
    """Schedules whose wells are handled alike, and can so be compared.

    Parameters
    ----------
    name, told
        What it is called, and in words.
    schedules
        The one called `CONTINUOUS` is what the others are held against.
    orders
        Pairs of names, the earlier first, of which it is asked which is better.
    """

    name: str
    told: str
    schedules: tuple[Schedule, ...]
    orders: tuple[tuple[str, str], ...]


def make_handlings(clock: Clock, *, relay: bool = False) -> tuple[Handling, ...]:
    """Make the standard schedules: around the drug, in pulses under it, around a short pulse of it.

    Parameters
    ----------
    clock
        The hours.
    relay
        Whether other cells that a route needs are in the well.
    """
    bench = ("tumour", "msc", *(("relay",) if relay else ()))
    return _lay_around(clock, bench), _lay_pulses(clock, bench), _lay_short(clock, bench)


def _lay_around(clock: Clock, bench: tuple[str, ...]) -> Handling:
    start, stop, end = clock.before, clock.before + clock.drug, clock.end
    wells = _Wells((0.0, start, stop, end), (start, stop), bench)
    return Handling(
        "around the drug",
        f"fresh medium in every well when the drug comes ({start:g} h) and when it goes ({stop:g} h)",
        (
            wells.give("before", (0.0, start)),
            wells.give("with", (start, stop)),
            wells.give("after", (stop, end)),
            wells.give("before + with", (0.0, stop)),
            wells.give("with + after", (start, end)),
            wells.give(CONTINUOUS, (0.0, end)),
        ),
        (("before", "with"), ("with", "after"), ("before", "after")),
    )


def _lay_pulses(clock: Clock, bench: tuple[str, ...]) -> Handling:
    start, stop, slots = clock.before, clock.before + clock.drug, 2 * clock.pulses
    cuts = [start + clock.drug * place / slots for place in range(slots + 1)]
    wells = _Wells((0.0, *cuts, clock.end), (start, stop), bench)
    pulses = [(cuts[place], cuts[place + 1]) for place in range(0, slots, 2)]
    middle, each = cuts[clock.pulses], clock.drug / slots
    told = "pulse" if clock.pulses == 1 else "pulses"
    name = f"{clock.pulses} {told}"
    return Handling(
        "pulses under the drug",
        f"pulses of {each:g} h at the level of the continuous schedule or, at equal area, twice it; fresh "
        f"medium in every well each {each:g} h from when the drug comes to when it goes",
        (
            wells.give(CONTINUOUS, (start, stop)),
            wells.give(f"{name}, equal level", *pulses),
            wells.give(f"{name}, equal area", *pulses, strength=2.0),
            wells.give("first half", (start, middle)),
            wells.give("second half", (middle, stop)),
        ),
        (("first half", "second half"),),
    )


def _lay_short(clock: Clock, bench: tuple[str, ...]) -> Handling:
    start, stop = clock.before, clock.before + clock.drug / SHORTER
    wells = _Wells((0.0, start, stop, clock.end), (start, stop), bench, SHORTER)
    return Handling(
        "short drug pulse",
        f"the drug for {clock.drug / SHORTER:g} h at {SHORTER:g} times the dose (equal area), washed out; "
        f"fresh medium in every well when it comes ({start:g} h) and when it goes ({stop:g} h)",
        (
            wells.give("before", (0.0, start)),
            wells.give("with", (start, stop)),
            wells.give("after", (stop, clock.end)),
            wells.give(CONTINUOUS, (0.0, clock.end)),
        ),
        (("before", "with"), ("with", "after"), ("before", "after")),
    )


@dataclass(frozen=True)
class _Wells:
    """Wells that are handled alike: edges of their periods and when the drug is there, h; what always is."""

    edges: tuple[float, ...]
    drug: Window
    bench: tuple[str, ...]
    dose: float = 1.0

    def give(self, name: str, *windows: Window, strength: float = 1.0) -> Schedule:
        """Return the schedule that gives the intervention within some windows."""
        periods = []
        for begin, end in pairwise(self.edges):
            contents = list(self.bench)
            contents += ["drug"] if _is_within(begin, end, [self.drug]) else []
            contents += ["perturbation"] if _is_within(begin, end, windows) else []
            told = f"{begin:g} to {end:g} h"
            periods.append(form.Period(period=told, contents=tuple(contents), hours=end - begin))  # type: ignore[arg-type]
        return Schedule(name, tuple(periods), tuple(range(1, len(periods))), strength, self.dose)


def _is_within(begin: float, end: float, windows: Iterable[Window]) -> bool:
    return any(first <= begin and end <= last for first, last in windows)


def cut_ranked(clock: Clock, *, relay: bool = False) -> Schedule:
    """Return what `mscape.treatment.removal.measure_taken` does, cut in as many periods as the pulses need.

    No change of medium, read when the drug's hours are over: its figures must be the same.
    """
    bench = ("tumour", "msc", *(("relay",) if relay else ()))
    start, stop, slots = clock.before, clock.before + clock.drug, 2 * clock.pulses
    cuts = tuple(start + clock.drug * place / slots for place in range(slots + 1))
    wells = _Wells((0.0, *cuts), (start, stop), bench)
    found = wells.give("as ranked", (start, stop))
    return Schedule(found.name, found.periods)
