"""A cohort as text: how protection spreads, in whom interventions work, and what tells beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from mscape.cli.cohort_data import NOT_PEOPLE, CohortRun
from mscape.cli.output import clean_text, open_console
from mscape.report.number import NONE, format_bits, format_dose, format_number, format_shares
from mscape.report.ranking_text import LACKS

if TYPE_CHECKING:
    from rich.console import Console

    from mscape.cohort.mutual import Bits
    from mscape.cohort.variance import Split
    from mscape.experiments.interval import Interval
    from mscape.treatment.predict import Predictor, Responders, Share, Summary

_MOST = 3  # readings shown of an outcome; JSON has all
_OUTCOMES = 6  # shown; JSON has all
_WIDE = 110  # columns a terminal needs for every column
_ALL = "MSC protect"
WORKS = (
    "works in: share of the members that MSC protect in which it takes a fifth of the protection or more, "
    "with 90 % interval; of all: of the whole cohort. takes: share of the protection, median and quartiles."
)
TELLS = (
    "bits: what a reading says of yes or no: 0 is nothing, and what there is to say stands beside the "
    "outcome. chance: what 19 of 20 readings that say nothing stay below. AUC: 0.5 is chance; above it high "
    "readings go with yes, below it low ones. Intervals: 90 %."
)
VARIANCE = (
    "Tumours hold all that is unknown as well, so theirs is the most it can be. pairing: of a tumour and a "
    "donor together, beyond both. 90 % intervals."
)
HELD = (
    "One experiment for all: conditions in the middle of their ranges. A donor's cytokines vary "
    "independently: no source says how much they go together."
)


def print_cohort(summary: Summary, run: CohortRun, stand_ins: Sequence[str]) -> None:
    """Print a cohort."""
    console = open_console()
    console.print(run.title)
    console.print(NOT_PEOPLE)
    for line in _tell_setting(summary, run):
        console.print(clean_text(line))
    _print_spread(console, summary)
    console.print(
        f"MSC protect (by 10 points or more) in {_format(summary.protected)} % of members, and sensitise (by "
        f"as many) in {_format(summary.sensitised)} %."
    )
    _print_responders(console, summary)
    _print_predictors(console, summary, run)
    _print_splits(console, summary, run)
    if any(item.doubts for item in summary.responders):
        console.print("hypothesis: its free exposure is not known, or a potency is assumed.")
    for text in (*(f"stand-in: {text}" for text in stand_ins), HELD, LACKS):
        console.print(clean_text(text))


def _tell_setting(summary: Summary, run: CohortRun) -> Iterator[str]:
    lines = run.lines
    hours = run.arm.protocol.periods[-1].hours
    shown = NONE if hours is None else f"{hours:g} h"
    yield "mechanisms: " + ", ".join(run.niche.names)
    yield (
        f"{summary.size:,} members, each a tumour with the MSC of a donor; {summary.solved:,} solved. "
        f"{run.arm.protocol.culture}, {shown}, interventions added {run.when}."
    )
    factor = format_number(lines.fold)
    spread = f"IC50 {format_dose(lines.median)}, times or over {factor} at one standard deviation"
    where = (
        f"as {len(lines.ic50)} lines differ" if len(lines.ic50) > 1 else f"as it is known of {lines.ic50[0]}"
    )
    where = where if lines.stand_in is None else "assumed"
    given = (
        "each tumour has the dose that kills half of it alone"
        if run.dose is None
        else f"{format_dose(run.dose)} for all"
    )
    yield f"Tumours: {spread}, {where}. Dose: {given}."


def _print_table(
    console: Console, names: Sequence[str], rows: Iterable[Sequence[str]], *, whole: int = 1
) -> None:
    """Print rows, numbers to the right; the first ``whole`` columns are never broken."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for place, name in enumerate(names):
        table.add_column(name, no_wrap=place < whole, justify="right" if place else "left")
    for row in rows:
        table.add_row(*(clean_text(cell) for cell in row))
    console.print(table)


def _print_spread(console: Console, summary: Summary) -> None:
    from mscape.treatment.predict import QUANTILES

    rows = [
        ("viability, drug alone", summary.alone),
        ("viability, drug and MSC", summary.with_msc),
        ("protection, points", summary.protection),
    ]
    names = ["% of the well without drug", *(f"{at} %" for at in QUANTILES)]
    cells = ((name, *_list_percents(values, len(QUANTILES))) for name, values in rows)
    _print_table(console, names, cells)


def _list_percents(values: Sequence[float] | None, count: int) -> list[str]:
    if values is None:
        return [NONE] * count
    return [f"{100 * each:.0f}".replace("-0", "0").replace("-", "−") for each in values]


def _format(share: Share | None) -> str:
    if share is None:
        return NONE
    low, middle, high = share.value
    if 0 < middle < 0.01:
        return "<1"
    return format_shares((low, middle, high))


def _print_responders(console: Console, summary: Summary) -> None:
    if not summary.responders:
        console.print("No intervention reaches what is at work here.")
        return
    if all(item.works is None for item in summary.responders):
        console.print("Too few members are protected to say what works: try a larger --size, or --matched.")
        return
    rows = ((item.id, *_list_responder(item)) for item in summary.responders)
    _print_table(console, ["intervention", "works in, %", "of all, %", "takes, %", "word"], rows)
    console.print(WORKS)


def _list_responder(item: Responders) -> tuple[str, str, str, str]:
    takes = NONE
    if item.share is not None:
        low, middle, high = (f"{100 * item.share[at]:.0f}".replace("-0", "0") for at in (1, 2, 3))
        takes = f"{middle} ({low} to {high})".replace("-", "−")
    return _format(item.works), _format(item.of_all), takes, "hypothesis" if item.doubts else ""


def _print_predictors(console: Console, summary: Summary, run: CohortRun) -> None:
    """Print for each outcome the readings that tell most; those that stay below chance are counted."""
    from mscape.cohort.mutual import MOST
    from mscape.cohort.state import WHEN, WHEN_AFTER, is_read_before

    outcomes: list[tuple[str, Share | None, tuple[Predictor, ...]]] = [
        (_ALL, summary.protected, summary.predictors),
        *((f"{item.id} works", item.works, item.predictors) for item in summary.responders),
    ]
    outcomes = [item for item in outcomes if any(each.of_works for each in item[2])]
    if not outcomes:
        return
    wide = console.width >= _WIDE
    names = ["outcome and reading", "bits", "chance", "AUC", *(["if yes", "if no"] if wide else [])]
    rows: list[tuple[str, ...]] = []
    pairs = [
        item.of_works is not None and item.of_works.is_told for _, _, found in outcomes for item in found
    ]
    for name, share, found in outcomes[:_OUTCOMES]:
        telling = [item for item in found if item.of_works is not None and item.of_works.is_told]
        to_say = "" if share is None else f"{format_bits(share.entropy)} to say"
        rows.append((name, to_say, *[""] * (len(names) - 2)))
        rows += [_list_predictor(item, wide=wide) for item in telling[:_MOST]]
        rows += [] if telling else [("  nothing above chance", *[""] * (len(names) - 1))]
    _print_table(console, names, rows, whole=0)
    console.print(
        f"Read {WHEN if is_read_before(run.arm) else WHEN_AFTER}; bits from {MOST} members at most."
    )
    console.print(TELLS)
    console.print(
        f"{sum(pairs)} of {len(pairs)} pairs of outcome and reading lie above chance; one in 20 would if "
        "none said anything." + (" if yes, if no: median of the reading." if wide else "")
    )
    if summary.constant:
        named = ", ".join(state.label for state in summary.constant)
        console.print(clean_text(f"Differs too little between members to be read: {named}."))


def _list_predictor(item: Predictor, *, wide: bool) -> tuple[str, ...]:
    bits = item.of_works
    cells = (
        f"  {_name_reading(item)}",
        _format_bits(bits, wide=wide),
        NONE if bits is None else format_bits(bits.null),
        _format_area(item.area),
    )
    middles = (NONE if each is None else format_number(each[1]) for each in (item.with_yes, item.with_no))
    return (*cells, *middles) if wide else cells


def _name_reading(item: Predictor) -> str:
    unit = "" if item.state.unit in ("model unit", "fold") else f", {item.state.unit}"
    return f"{item.state.label}{unit}"


def _format_bits(bits: Bits | None, *, wide: bool) -> str:
    if bits is None:
        return NONE
    low, middle, high = (format_bits(each) for each in bits.value)
    return f"{middle} ({low} to {high})" if wide else middle


def _format_area(area: Interval | None) -> str:
    if area is None:
        return NONE
    low, middle, high = (format_bits(each) for each in area)
    return f"{middle} ({low} to {high})"


def _print_splits(console: Console, summary: Summary, run: CohortRun) -> None:
    splits = [(name, split) for name, split in summary.splits.items() if name != "alone"]
    splits += [(f"taken by {item.id}", item.split) for item in summary.responders if item.split is not None]
    if not splits:
        return
    tumours, donors = run.table
    console.print(f"Variance over {tumours} tumours, each with {donors} donors, %:")
    rows = ((name, *_list_split(split)) for name, split in splits)
    _print_table(console, ["of, in points of viability", "tumours", "donors", "pairing"], rows)
    console.print(VARIANCE)


def _list_split(split: Split) -> tuple[str, str, str]:
    return format_shares(split.tumours), format_shares(split.donors), format_shares(split.pairing)
