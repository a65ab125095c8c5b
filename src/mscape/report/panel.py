"""Panels of experiments: what each arm reads, what each arm has, and what the paper says of pairs of arms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING

from mscape.atlas.load import Atlas, Record
from mscape.atlas.row import ContrastRow, ObservationRow
from mscape.report.number import format_number
from mscape.report.page import Bar, Bracket, ExperimentFigure, Panel, Statement
from mscape.report.wording import (
    BRACKETS,
    RESULTS,
    SHARES,
    cite,
    name_arms,
    name_cell,
    name_culture,
    name_drug,
    name_papers,
    name_perturbation,
    name_readout,
    say_contrast,
)

if TYPE_CHECKING:
    from mscape.experiments.score import ArmReading, Scored

GROUPS: Mapping[str, str] = {
    "row paper": "Experiments of the row’s own paper",
    "same group": "Experiments of the same group",
    "other papers": "Experiments of other papers",
}
HAS, LACKS = "+", "−"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def list_statements(record: Record, atlas: Atlas, scored: Sequence[Scored]) -> tuple[Statement, ...]:
    """Put every scored contrast of a record into words, in the record's order."""
    rows = {row.contrast: row for row in record.contrasts}
    arms = {key: name_arms(record, atlas, group) for key, group in _by_observation(record).items()}
    return tuple(
        _state(record, atlas, item, (rows[item.contrast], arms.get(item.observation, {}))) for item in scored
    )


def _state(
    record: Record, atlas: Atlas, item: Scored, what: tuple[ContrastRow, Mapping[str, str]]
) -> Statement:
    row, arms = what
    return Statement(
        mechanism=record.id,
        contrast=item.contrast,
        text=say_contrast(record.mechanism, row, arms),
        readout=item.readout,
        paper=cite(atlas.papers.get(item.paper), item.paper).label,
        group=item.group,
        in_scope=item.in_scope,
        reason=item.reason,
        outcome=item.outcome,
        result=RESULTS.get(item.outcome, item.outcome),
        class_=item.class_,
        bits=item.bits,
        grid_share=item.grid_share,
        share=item.share,
        effect=item.effect,
        effect_unit=item.effect_unit,
        baselines=dict(item.baselines),
        why=record.mechanism.misses.get(item.contrast),
        note=name_papers(atlas, item.note) if item.note else None,
    )


def make_figures(
    record: Record, atlas: Atlas, scored: Sequence[Scored], start: int = 1
) -> tuple[ExperimentFigure, ...]:
    """Make one figure for each group of papers.

    A panel per observation and readout, and the statements it shows; numbered from ``start``.
    """
    statements = {item.contrast: item for item in list_statements(record, atlas, scored)}
    figures: list[ExperimentFigure] = []
    for group, title in GROUPS.items():
        inside = [item for item in scored if item.in_scope and item.group == group]
        if not inside:
            continue
        panels, lettered = [], []
        for index, items in enumerate(_by_panel(inside)):
            letter = _letter(index)
            panels.append(_make_panel(record, atlas, items, letter))
            lettered += [replace(statements[item.contrast], panel=letter) for item in items]
        number = len(figures) + start
        figures.append(ExperimentFigure(number, group, title, tuple(panels), tuple(lettered)))
    return tuple(figures)


def _letter(index: int) -> str:
    return _LETTERS[index] if index < 26 else _LETTERS[index // 26 - 1] + _LETTERS[index % 26]


def _by_observation(record: Record) -> dict[str, list[ObservationRow]]:
    found: dict[str, list[ObservationRow]] = {}
    for row in record.observations:
        found.setdefault(row.observation, []).append(row)
    return found


def _by_panel(scored: Iterable[Scored]) -> list[list[Scored]]:
    found: dict[tuple[str, str], list[Scored]] = {}
    for item in scored:
        found.setdefault((item.observation, item.readout), []).append(item)
    return list(found.values())


def _make_panel(record: Record, atlas: Atlas, items: Sequence[Scored], letter: str) -> Panel:
    first = items[0]
    rows = {row.arm: row for row in _by_observation(record)[first.observation]}
    readings: dict[str, ArmReading] = {}
    for item in items:
        for reading in item.arms:
            readings.setdefault(reading.arm, reading)
    labels = name_arms(record, atlas, list(rows.values()))
    shown = [arm for arm in rows if arm in readings]  # in the order of observations.tsv
    title, axis = name_readout(record.mechanism, first.readout)
    factor = 100.0 if first.readout in SHARES else 1.0
    contrasts = {row.contrast: row for row in record.contrasts}
    return Panel(
        letter=letter,
        observation=first.observation,
        title=title,
        axis=axis,
        caption=_caption(record, atlas, [rows[arm] for arm in shown] or list(rows.values())),
        paper=cite(atlas.papers.get(first.paper), first.paper).label,
        factors=list_factors(record, atlas, [rows[arm] for arm in shown]),
        bars=tuple(_bar(rows[arm], readings[arm], labels[arm], (factor, axis)) for arm in shown),
        brackets=tuple(_brackets(items, contrasts, shown)),
        file=f"figures/{record.id}/{first.group.replace(' ', '_')}_{letter}.svg",
    )


def _bar(row: ObservationRow, reading: ArmReading, label: str, scale: tuple[float, str]) -> Bar:
    factor, axis = scale

    def scaled(value: float | None) -> float | None:
        return None if value is None or not isfinite(value) else value * factor

    comparable = (
        row.value is not None and row.unit is not None and row.unit.split(" ")[0] == axis.split(" ")[0] == "%"
    )
    printed = "" if row.value is None else f"{format_number(row.value, 4)} {row.unit or ''}".strip()
    if printed and row.error is not None:
        printed += f" ± {format_number(row.error, 3)}"
    return Bar(
        arm=row.arm,
        label=label,
        nominal=scaled(reading.nominal),
        low=scaled(reading.low),
        median=scaled(reading.median),
        high=scaled(reading.high),
        reported=row.value if comparable else None,
        reported_error=row.error if comparable else None,
        as_printed=printed,
    )


def _caption(record: Record, atlas: Atlas, rows: Sequence[ObservationRow]) -> str:
    cells = _unique(name_cell(record.mechanism, row.tumour) for row in rows if row.tumour)
    cultures = _unique(name_culture(record.mechanism, row.protocol) for row in rows if row.protocol)
    hours = _unique(f"{row.time_h:g} h" for row in rows if row.time_h is not None)
    doses = _unique(
        f"{name_drug(atlas, row.drug)} {row.dose:g} {row.dose_unit or ''}".strip()
        for row in rows
        if row.drug and row.dose is not None
    )
    places = _unique(name_papers(atlas, row.where) for row in rows)
    return "; ".join(", ".join(part) for part in (cells, cultures, doses, hours, places) if part)


def _unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(item for item in items if item))


def list_factors(
    record: Record, atlas: Atlas, rows: Sequence[ObservationRow]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """List what sets the arms apart, with a mark for each arm.

    Drugs, MSC, perturbations, tumours and hours that differ.
    """
    mechanism = record.mechanism
    found: list[tuple[str, tuple[str, ...]]] = []

    def mark(name: str, has: Iterable[bool]) -> None:
        found.append((name, tuple(HAS if item else LACKS for item in has)))

    for drug in _unique(row.drug or "" for row in rows):
        mark(name_drug(atlas, drug), (row.drug == drug for row in rows))
    for msc in _unique(row.msc or "" for row in rows):
        mark(name_cell(mechanism, msc), (row.msc == msc for row in rows))
    for key in _unique(key for row in rows for key in row.perturbation):
        mark(name_perturbation(mechanism, key), (key in row.perturbation for row in rows))
    for values in (
        [name_cell(mechanism, row.tumour) for row in rows],
        [name_culture(mechanism, row.protocol) for row in rows],
    ):
        for value in _unique(values) if len(set(values)) > 1 else ():
            mark(value, (item == value for item in values))
    differing = {
        "hours": ["" if row.time_h is None else f"{row.time_h:g}" for row in rows],
        "dose": ["" if row.dose is None else f"{row.dose:g}" for row in rows],
    }
    found += [(name, tuple(marks)) for name, marks in differing.items() if len(set(marks)) > 1 and all(marks)]
    return tuple(found)


def _brackets(
    items: Sequence[Scored], contrasts: Mapping[str, ContrastRow], shown: Sequence[str]
) -> Iterable[Bracket]:
    for item in items:
        row = contrasts[item.contrast]
        pairs = list(pairwise(row.arm))[:1] if row.kind == "ordered" else [(row.versus or "", row.arm[0])]
        if row.kind == "ordered":
            pairs = [(row.arm[0], row.arm[-1])]
        for one, two in pairs:
            if one in shown and two in shown:
                yield Bracket(
                    shown.index(one),
                    shown.index(two),
                    BRACKETS[row.kind],
                    item.grid_share,
                    item.outcome == "reproduced",
                )
