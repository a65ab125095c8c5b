"""The tables PEtab has no place for: contrasts, what their arms are, and what papers leave unreported.

The form is documented in ``docs/reference/petab.md``.
"""

from __future__ import annotations

from mscape.atlas.record import Period
from mscape.atlas.row_text import list_columns
from mscape.experiments.outcome import THRESHOLDS
from mscape.inference.likelihood import LAPSE, NOISE
from mscape.standards.petab import form
from mscape.standards.petab.arm import ContrastUse, Use
from mscape.standards.petab.experiment import Experiment
from mscape.standards.petab.parameter import describe_conditions
from mscape.standards.petab.problem import Problem
from mscape.standards.petab.table import Rows, Sheet, plain

NAME, VERSION = "mscape-contrasts", "1.0.0"


def make_extension_sheets(problem: Problem) -> dict[str, Sheet]:
    """Make the tables of the extension, by name."""
    return {
        "contrasts": Sheet(
            list_columns(form.ContrastLine), [_list_contrast(problem, each) for each in problem.contrasts]
        ),
        "arms": Sheet(list_columns(form.ArmLine), [_list_arm(each) for each in problem.experiments]),
        "protocols": Sheet(list_columns(form.ProtocolLine), _list_protocols(problem)),
        "readouts": Sheet(list_columns(form.ReadoutLine), _list_readouts(problem)),
        "cells": Sheet(list_columns(form.CellLine), _list_cells(problem)),
        "perturbations": Sheet(list_columns(form.PerturbationLine), _list_perturbations(problem)),
        "unreported": Sheet(list_columns(form.UnreportedLine), _list_unreported()),
    }


def describe_extension(problem: Problem) -> dict[str, object]:
    """Return what a problem file says of the extension."""
    return {
        "version": VERSION,
        # without it, what remains is a whole problem: the numbers that papers print
        "required": False,
        "description": (
            "Statements that papers make about arms (up, down, no change, ordered, partial, value), each "
            "with a likelihood of its own, lapse + (1 - 2 lapse) * Phi(margin / noise), "
            "and every arm they need. See README.md."
        ),
        "noise": NOISE,
        "lapse": LAPSE,
        "files": {name: f"{name}.tsv" for name in make_extension_sheets(problem)},
    }


def _list_contrast(problem: Problem, use: ContrastUse) -> tuple[object, ...]:
    row = use.row

    def name(arm: Use | None) -> str:
        return problem.ids[row.observation, arm] if arm else ""

    first = use.read[: len(row.arm)]
    untreated = [name(arm) for arm in use.untreated]
    rest = dict(zip(_later_arms(use), use.read[len(row.arm) :], strict=True))
    threshold = THRESHOLDS[_find_kind(problem, row.readout.partition(";")[0])]
    paper = problem.bound.atlas.papers.get(row.paper)
    return (
        *(row.contrast, row.observation, row.kind, row.readout, ";".join(name(arm) for arm in first)),
        *(name(rest.get("versus")), name(rest.get("unprotected")), row.value, row.error),
        *(";".join(untreated) if any(untreated) else "", ";".join(name(arm) for arm in use.alone)),
        *(threshold.scale, threshold.least, row.paper, paper.doi if paper else None, row.step),
        plain(row.note or ""),
    )


def _later_arms(use: ContrastUse) -> list[str]:
    return [name for name in ("versus", "unprotected") if getattr(use.row, name)]


def _find_kind(problem: Problem, readout: str) -> str:
    kinds = {item.id: item.kind for item in problem.bound.record.mechanism.readouts}
    return readout if readout in THRESHOLDS else kinds[readout]


def _list_arm(each: Experiment) -> tuple[object, ...]:
    arm = each.arm
    hours = ";".join(period.open or repr(period.hours) for period in each.periods)
    found_in, effect_on = each.alone or ("", "")
    return (
        *(each.id, each.observation, each.name, arm.protocol.id, arm.tumour, arm.msc, arm.drug),
        *(";".join(arm.perturbation), arm.dose, arm.time_h, hours, each.dose, found_in, effect_on),
    )


def _list_protocols(problem: Problem) -> Rows:
    rows: Rows = []
    for protocol in dict.fromkeys(each.arm.protocol for each in problem.experiments):
        head = (protocol.id, protocol.culture, protocol.msc_per_tumour, protocol.medium_share)
        rows += [(*head, *_list_period(period), plain(protocol.note or "")) for period in protocol.periods]
    return rows


def _list_period(period: Period) -> tuple[object, ...]:
    return plain(period.period), ";".join(period.contents), period.hours


def _list_readouts(problem: Problem) -> Rows:
    rows: Rows = []
    for item in problem.bound.record.mechanism.readouts:
        threshold = THRESHOLDS[_find_kind(problem, item.id)]
        head = (item.id, plain(item.label), item.kind, item.entity, item.observable, item.sign)
        rows.append((*head, threshold.scale, threshold.least))
    return rows


def _list_cells(problem: Problem) -> Rows:
    return [
        (c.id, c.role, plain(c.label), c.term, c.state, c.growth, c.tissue, plain(c.note or ""))
        for c in problem.bound.record.mechanism.cells
    ]


def _list_perturbations(problem: Problem) -> Rows:
    return [
        (
            *(p.id, plain(p.label), p.kind, p.target, ";".join(p.parameters), p.how),
            *(p.value, p.low, p.high, plain(p.source)),
        )
        for p in problem.bound.record.mechanism.perturbations
    ]


def _list_unreported() -> Rows:
    return [
        (
            *(name, each.prior.unit, each.prior.distribution, each.prior.low, each.prior.high),
            *(";".join(repr(level) for level in each.levels), each.prior.value),
        )
        for name, each in describe_conditions().items()
    ]
