"""Scores in words and plain values: misses first, classes apart, baselines beside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mscape.report.number import format_effect, format_number

if TYPE_CHECKING:
    from mscape.experiments.score import Scored
    from mscape.experiments.total import Counts


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
    left = counts.measurable - counts.in_scope
    yield "left out", f"{left} of {counts.measurable} seen in vitro on quantities the models have"
    yield "in scope", f"{counts.in_scope} of {counts.contrasts} contrasts"
    yield "against the model", f"{counts.classes.get('against', 0)}"
    informative = counts.classes.get("informative", 0)
    yield "informative", f"{informative}, worth {format_number(counts.bits)} bits"
    yield "built in", f"{counts.classes.get('built in', 0)} (consistency, not evidence)"
    if counts.classes.get("unsolved"):
        yield "unsolved", f"{counts.classes['unsolved']}"
    yield "reproduced", f"{counts.reproduced} of {counts.in_scope} at nominal parameters"
    if counts.held_out[1]:
        right, asked = counts.held_out
        yield "predicted", f"{right} of {asked} fitted to the other half of the papers"
    yield "blind", f"{counts.blind} of {counts.in_scope} with the claim granted and no contrast heard"
    told = ", ".join(f"{name} {number}" for name, number in counts.baselines.items())
    yield "baselines", f"{told} of {counts.in_scope}"
    if counts.out_of_scope:
        yield (
            "out of scope",
            ", ".join(f"{number} {reason}" for reason, number in counts.out_of_scope.items()),
        )
