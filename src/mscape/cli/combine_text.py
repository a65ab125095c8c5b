"""A matrix of doses as text: effects and excesses, a summary by each null, and what limits it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mscape.cli.output import clean_text, open_console
from mscape.report.combination_text import (
    SAYS,
    SIGN,
    tell_meeting,
    tell_setting,
    tell_unexpected,
    title_combination,
)
from mscape.report.number import NONE, format_dose
from mscape.report.ranking_text import LACKS, explain, format_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table

    from mscape.treatment.combination import Combination, Surface

SHOWN = "Bliss"  # the null whose excess stands in the matrix: it has a number in every well


def print_combination(found: Combination) -> None:
    """Print one matrix without MSC and with them, and what the nulls say of it."""
    console = open_console()
    console.print(title_combination(found))
    console.print(tell_setting(found))
    for name, surface in (("Without MSC", found.alone), ("With MSC", found.with_msc)):
        console.print()
        told = f"{name}: cells killed, %, and excess over {SHOWN}, points; medians over the draws"
        console.print(told)
        console.print(_lay_matrix(found, surface))
    console.print(f"Rows: {found.partner.name}. Columns: {found.drug.name}. Concentrations in the well.")
    console.print()
    _print_summary(console, found)
    console.print(SIGN)
    console.print(f"says: {explain(SAYS)}")
    for line in _list_remarks(found):
        console.print(clean_text(line))
    console.print(LACKS)


def _make_table() -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    return Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)


def _lay_matrix(found: Combination, surface: Surface) -> Table:
    from mscape.treatment.excess import take_percentiles

    effect = take_percentiles(surface.effect)[1]
    excess = take_percentiles(surface.scores[SHOWN])[1]
    table = _make_table()
    table.add_column("")
    for dose in found.drug.dose:
        table.add_column(_tell_dose(dose), justify="right")
    for column, dose in enumerate(found.partner.dose):
        cells = []
        for row in range(len(found.drug.dose)):
            inner = row > 0 and column > 0
            cells.append(_tell_cell(effect[row, column], excess[row - 1, column - 1] if inner else None))
        table.add_row(_tell_dose(dose), *cells)
    return table


def _tell_dose(dose: float) -> str:
    return "0" if dose == 0 else format_dose(dose).replace(" ", "\u00a0")


def _tell_cell(effect: float, excess: float | None) -> str:
    """Return an effect in percent and an excess in points, with its sign."""
    if not math.isfinite(effect):
        return NONE
    told = _round(effect)
    if excess is None or not math.isfinite(excess):
        return told
    points = _round(excess)
    return f"{told}\u00a0{points if points.startswith(('−', '0')) else '+' + points}"


def _round(share: float) -> str:
    return f"{100 * share:.0f}".replace("-0", "0").replace("-", "−")


def _print_summary(console: Console, found: Combination) -> None:
    from mscape.treatment.excess import summarise_excess

    console.print("Excess, points: mean over wells with both; median (10 to 90 %) over the draws")
    table = _make_table()
    for name in ("null", "culture", "excess", "says", "with MSC less without"):
        table.add_column(name, no_wrap=True)
    for item in summarise_excess(found):
        table.add_row(item.null, "without MSC", _tell_points(item.alone), str(item.told), "")
        told, change = _tell_points(item.with_msc), _tell_points(item.difference)
        table.add_row("", "with MSC", told, str(item.told_with_msc), change)
    console.print(table)


def _tell_points(interval: Sequence[float] | None) -> str:
    """Return an excess in points, to a tenth, with its interval."""
    if interval is None:
        return NONE
    low, middle, high = (f"{100 * value + 0.0:.1f}".replace("-0.0", "0.0") for value in interval)
    return f"{middle} ({low} to {high})".replace("-", "−")


def _tell_peak(found: Combination, surface: Surface, name: str) -> str | None:
    """Say which pair of doses is furthest from what `SHOWN` expects."""
    from mscape.treatment.excess import find_peak

    peak = find_peak(surface, SHOWN)
    if peak is None:
        return None
    pair = (
        f"{found.drug.name} {format_dose(peak.doses[0])} + {found.partner.name} {format_dose(peak.doses[1])}"
    )
    return f"Furthest from {SHOWN} {name}: {_tell_points(peak.excess)} at {pair}."


def _list_remarks(found: Combination) -> list[str]:
    from mscape.treatment.excess import count_unexpected

    axis = found.partner
    remarks = list(tell_meeting(found))
    for name, surface in (("without MSC", found.alone), ("with MSC", found.with_msc)):
        told = _tell_peak(found, surface, name), tell_unexpected(count_unexpected(surface), name)
        remarks += [each for each in told if each]
    if not axis.is_drug:
        what = "no concentration known" if axis.reached is None else format_span(axis.reached)
        remarks.append(f"{axis.label}: concentrations are free ones in the well. Ranked at: {what}.")
    remarks += [f"doubt: {doubt}." for doubt in axis.doubts]
    return remarks + [f"stand-in: {text}" for text in found.stand_ins]
