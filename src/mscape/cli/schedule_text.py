"""Schedules and the removal of MSC as text: what takes how much when, and what no model here holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from mscape.cli.output import clean_text, open_console
from mscape.report.number import NONE, format_share
from mscape.report.ranking_text import explain, format_span
from mscape.report.schedule_text import LACKS_IN_TIME, ORDERS, TERMS, WORDS, tell_half_times

if TYPE_CHECKING:
    from rich.console import Console

    from mscape.cli.schedule_data import Asked
    from mscape.treatment.persistence import Persistence
    from mscape.treatment.schedule import Schedule
    from mscape.treatment.timing import Handled, Ordered, Scheduled, Timed

_WIDE = 100  # columns a terminal needs for the strips
_STRIP = 16  # characters of a strip
_ALL_BUT_NONE = 1e-3


def print_schedules(found: Scheduled | None, lasting: Persistence | None, asked: Asked) -> None:
    """Print what was measured: each way of handling, then the removal of the MSC."""
    console = open_console()
    console.print(asked.title)
    niche, clock = asked.niche, asked.clock
    stop = clock.before + clock.drug
    if found is not None:
        console.print(
            f"{niche.line}, {asked.culture}, MSC in the well throughout; drug from {clock.before:g} to "
            f"{stop:g} h, read at {clock.end:g} h; {asked.draws} draws"
        )
    console.print("mechanisms: " + ", ".join(niche.names))
    if found is not None:
        _print_handled(console, found)
    if lasting is not None:
        _print_persistence(console, lasting)
    console.print(LACKS_IN_TIME)


def _print_handled(console: Console, found: Scheduled) -> None:
    from mscape.treatment.rank import FEW

    for effect in found.effects:
        given = ", ".join(format_span(span) for span in effect.spans)
        doubts = f"; {'; '.join(effect.doubts)}: a hypothesis at most" if effect.doubts else ""
        console.print(clean_text(f"{effect.id}: given at {given}{doubts}"))
    for item in found.handled:
        console.print()
        console.print(f"{item.handling.name.capitalize()}: {item.handling.told}.")
        few = " Too few draws protect to tell shares." if item.counted < FEW else ""
        console.print(
            f"Protection by MSC {format_share(item.protection)} of viability; it counts (10 or more) in "
            f"{item.counted} draws: shares are over these.{few}"
        )
        for effect in found.effects:
            if len(found.effects) > 1:
                console.print(f"\n{effect.id}, {item.handling.name}")
            _print_table(console, item, effect.names)
    console.print()
    for terms in (TERMS, WORDS, ORDERS):
        console.print(explain(terms))
    if found.off_rank is not None:
        console.print(_tell_control(found.off_rank))
    for text in found.stand_ins:
        console.print(clean_text(f"stand-in: {text}"))


def _tell_control(off: float) -> str:
    """Say whether a schedule that is the ranking's own gives the ranking's figures."""
    held = "as they should" if off <= _ALL_BUT_NONE else "more than a solver's tolerance explains"
    return (
        "Control: with the drug, no change of medium, read when the drug's hours are over, is what "
        f"'mscape rank' runs; viabilities differ by at most {off:.1g}, {held}."
    )


def _print_table(console: Console, item: Handled, names: tuple[str, ...]) -> None:
    """Print one intervention by each schedule, and its earlier against its later."""
    from mscape.treatment.rank import FEW

    strips = console.width >= _WIDE
    columns = ["schedule", *(["when"] if strips else []), "area, h", "takes", "minus continuous", "word"]
    rows = [_list_drug_cells(item.handling.schedules[0])] if strips else []
    rows += [_list_cells(timed) for timed in item.timed if timed.names == names]
    _print_rows(console, columns, rows)
    for order in item.orders if item.counted >= FEW else ():
        if order.names == names:
            console.print(_tell_order(order))


def _print_rows(console: Console, names: Sequence[str], rows: Iterable[dict[str, str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for name in names:
        right = name in ("area, h", "MSC gone for")
        table.add_column(name, no_wrap=name != "schedule", justify="right" if right else "left")
    for row in rows:
        table.add_row(*(clean_text(row.get(name, "")) for name in names))
    console.print(table)


def _list_drug_cells(schedule: Schedule) -> dict[str, str]:
    return {
        "schedule": "(the drug)",
        "when": draw_strip(schedule, "drug", "d"),
        "area, h": f"{schedule.drug_area:g}",
    }


def _list_cells(item: Timed) -> dict[str, str]:
    from mscape.treatment.schedule import CONTINUOUS

    whole = item.schedule.name == CONTINUOUS
    return {
        "schedule": item.schedule.name,
        "when": draw_strip(item.schedule, "perturbation", "#"),
        "area, h": f"{item.schedule.area:g}",
        "takes": format_share(item.share),
        "minus continuous": "" if whole else format_share(item.difference),
        "word": "reference" if whole else NONE if item.word is None else str(item.word),
    }


def draw_strip(schedule: Schedule, content: str, mark: str) -> str:
    """Return a line of characters, marked while something is in the well.

    Examples
    --------
    >>> from mscape.treatment.schedule import Clock, make_handlings
    >>> draw_strip(make_handlings(Clock())[0].schedules[1], "perturbation", "#")
    '....########....'
    """
    end = sum(item.hours or 0.0 for item in schedule.periods)
    windows = schedule.list_windows(content)  # type: ignore[arg-type]
    middles = [(place + 0.5) * end / _STRIP for place in range(_STRIP)]
    return "".join(mark if any(low <= hour < high for low, high in windows) else "." for hour in middles)


def _tell_order(item: Ordered) -> str:
    early, late = (f"{each.name} ({each.area:g} h)" for each in (item.early, item.late))
    unequal = "" if item.is_equal else ", unequal areas"
    word = "too few draws" if item.word is None else str(item.word)
    return f"{early} minus {late}: {format_share(item.difference)}{unequal}: {word}"


def _print_persistence(console: Console, item: Persistence) -> None:
    console.print()
    for line in _tell_persistence(item):
        console.print(line)
    rows = [{"MSC gone for": "they stay", "protection": format_share(item.stay), "left": "100 %"}]
    rows += [
        {"MSC gone for": f"{gap:g} h", "protection": format_share(protection), "left": format_share(left)}
        for gap, protection, left in zip(item.gaps, item.protection, item.left, strict=True)
    ]
    _print_rows(console, ["MSC gone for", "protection", "left"], rows)
    for line in tell_half_times(item):
        console.print(line)


def _tell_persistence(item: Persistence) -> Iterator[str]:
    yield "When the MSC are gone: how much protection is left."
    yield (
        "Transwell: a contact culture cannot be un-mixed, and a route that needs touch carries nothing here. "
        f"MSC for {item.met:g} h, then the insert is lifted and the medium changed, so many hours before the "
        f"drug ({item.drug:g} h). All wells are equally old when the drug comes."
    )
    yield (
        f"Protection by MSC that stay {format_share(item.whole)} of viability; it counts (10 or more) in "
        f"{item.counted} draws: the table is over these."
    )
