"""Scores in words and plain values: misses first, classes apart, baselines beside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mscape.cli.numbers import make_interval
from mscape.report.number import format_effect, format_number

if TYPE_CHECKING:
    from mscape.experiments.control import Control
    from mscape.experiments.score import Scored
    from mscape.experiments.total import Counts


def describe_score(row: Scored) -> dict[str, object]:
    """Return one scored contrast in plain values, as ``mscape score --json`` prints it."""
    effect = make_interval(row.effect)
    return {
        "mechanism": row.mechanism,
        "contrast": row.contrast,
        "observation": row.observation,
        "kind": row.kind,
        "readout": row.readout,
        "paper": row.paper,
        "group": row.group,
        "step": row.step,
        "reported": row.reported,
        "simulated": describe_effect(row),
        "effect": effect | {"unit": row.effect_unit} if isinstance(effect, dict) else None,
        "outcome": row.outcome,
        "class": row.class_,
        "share": row.share,
        "grid_share": row.grid_share,
        "bits": row.bits,
        "in_scope": row.in_scope,
        "reason": row.reason,
        "baselines": row.baselines,
        "arms": row.arms,
        "tally": row.tally,
        "note": row.note,
    }


def describe_effect(row: Scored) -> str | None:
    """Say what the model does on a contrast; None out of scope."""
    if row.effect is None:
        return "not solved" if row.in_scope else None
    return format_effect(row.effect, row.effect_unit)


def split_classes(rows: Iterable[Scored]) -> dict[str, list[Scored]]:
    """Return scored contrasts in scope by class, the misses first; nothing is in two classes."""
    classes: dict[str, list[Scored]] = {"against": [], "informative": [], "built in": [], "unsolved": []}
    for row in rows:
        if row.in_scope:
            classes[row.class_ or "unsolved"].append(row)
    return classes


def list_counts(counts: Counts) -> Iterator[tuple[str, str]]:
    """Yield what became of a set of contrasts, as label and text."""
    yield "in scope", f"{counts.in_scope} of {counts.contrasts} contrasts"
    yield "against the model", f"{counts.classes.get('against', 0)}"
    informative = counts.classes.get("informative", 0)
    yield "informative", f"{informative}, worth {format_number(counts.bits)} bits"
    yield "built in", f"{counts.classes.get('built in', 0)} (consistency, not evidence)"
    if counts.classes.get("unsolved"):
        yield "unsolved", f"{counts.classes['unsolved']}"
    yield "reproduced", f"{counts.reproduced} of {counts.in_scope} at nominal parameters"
    told = ", ".join(f"{name} {number}" for name, number in counts.baselines.items())
    yield "baselines", f"{told} of {counts.in_scope}"
    if counts.out_of_scope:
        yield "out of scope", ", ".join(f"{number} {reason}" for reason, number in counts.out_of_scope.items())


def describe_control(control: Control) -> str:
    """Say what a control should show and what it did."""
    mark = {True: "holds", False: "FAILS", None: "nothing to look at"}[control.ok]
    shares = f"{control.intact:.0%} intact, {control.altered:.0%} altered"
    return (
        f"{mark}: {control.name} of {control.mechanism} ({control.subject}): {shares} on "
        f"{control.contrasts} contrasts; expected {control.expected}"
    )
