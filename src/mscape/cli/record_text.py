"""A record as lines for a terminal: a paper's order, evidence below each step, counts of what it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from mscape.cli.output import clean_text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from mscape.atlas.load import Atlas, Record
    from mscape.atlas.record import Mechanism, Step

_COLOURS = {"supported": "green", "partly": "yellow", "contradicted": "red", "unverified": "yellow"}
_ARROWS = {"increases": "→", "decreases": "⊣"}


def format_record_page(record: Record, atlas: Atlas) -> Iterator[RenderableType]:
    """Yield a record's page, piece by piece.

    Parameters
    ----------
    record
        The record.
    atlas
        Where its paper and terms are.
    """
    mechanism = record.mechanism
    yield Text(clean_text(mechanism.title), style="bold")
    yield _line(f"{record.id} · {_cite(mechanism, atlas)}", style="dim")
    yield from _section("Claim, as printed", _list_claim(mechanism))
    yield from _section("Verdict", _list_verdict(mechanism))
    yield from _section("What was done", [_line(mechanism.summary)])
    yield from _section("Steps and their evidence", _list_steps(mechanism))
    yield from _section("What can be simulated", _list_uses(mechanism))
    yield from _section("Evidence carried", _list_counts(record))
    yield from _section("Rival explanations", (_item(f"{r.what}: {r.why}") for r in mechanism.rivals))
    yield from _section("Gaps", (_item(gap) for gap in mechanism.gaps))
    yield from _section("Record", _list_curation(mechanism))
    commands = (f"mscape {verb} {record.id}" for verb in ("simulate", "dose-response", "score"))
    yield from _section("Next", (_line(command) for command in commands))


def _list_claim(mechanism: Mechanism) -> Iterator[Text]:
    claim = mechanism.claim
    place = f"row {claim.row} of {claim.table}" if claim.row else claim.table
    yield _line(f"{claim.tumour} · {claim.drug} · {claim.reference} ({place})")
    yield _line(f"“{claim.mechanism}”")


def _list_verdict(mechanism: Mechanism) -> Iterator[RenderableType]:
    verdict = mechanism.verdict
    text = Text(verdict.verdict, style=f"bold {_COLOURS[verdict.verdict]}")
    yield text.append(f", judged from {_article(verdict.basis)}", style="default not bold")
    yield _line(verdict.reason)
    yield from (_item(difference) for difference in verdict.differs)


def _article(basis: str) -> str:
    return {"secondary": "secondary sources only", "full text": "the full text"}.get(basis, f"the {basis}")


def _list_steps(mechanism: Mechanism) -> Iterator[RenderableType]:
    labels = {entity.id: entity.label for entity in mechanism.entities}
    for step in mechanism.steps:
        source, target = (clean_text(labels.get(name, name)) for name in (step.source, step.target))
        link = f" —{clean_text(step.relation)}{_ARROWS[step.effect]} "
        yield Text.assemble((source, "bold"), link, (target, "bold"))
        yield Padding(_line(_describe_evidence(step), style="dim"), (0, 0, 0, 4), expand=False)


def _describe_evidence(step: Step) -> str:
    if not step.evidence:
        return "no evidence carried"
    told = []
    for direction in ("supports", "refutes"):
        kinds = Counter(item.directness for item in step.evidence if item.direction == direction)
        if kinds:
            told.append(f"{direction}: " + ", ".join(f"{number} {kind}" for kind, number in kinds.items()))
    papers = ", ".join(dict.fromkeys(item.paper for item in step.evidence))
    return f"{'implied; ' if step.implied else ''}{'; '.join(told)} ({papers})"


def _list_uses(mechanism: Mechanism) -> Iterator[RenderableType]:
    cells = {
        role: [cell.id for cell in mechanism.cells if cell.role == role]
        for role in ("tumour", "msc", "other")
    }
    named = {
        "cultures": dict.fromkeys(item.culture.replace(" ", "-") for item in mechanism.protocols),
        "drugs": mechanism.drugs,
        "tumour cells": cells["tumour"],
        "MSC": cells["msc"],
        "perturbations": [item.id for item in mechanism.perturbations if item.parameters],
        "read-outs": ["viability", "apoptosis", "count", *(item.id for item in mechanism.readouts)],
    }
    width = max(map(len, named))
    for name, values in named.items():
        yield _line(f"{name:<{width}}  {', '.join(values) or 'none'}")


def _list_counts(record: Record) -> Iterator[Text]:
    groups = Counter({row.observation: row.group for row in record.observations}.values())
    told = ", ".join(f"{groups[name]} {name}" for name in ("row paper", "same group", "other papers"))
    yield _line(f"{groups.total()} observations in {len(record.observations)} arms: {told}")
    scopes = Counter(row.scope for row in record.contrasts)
    reasons = Counter(row.reason for row in record.contrasts if row.scope == "out")
    out = ", ".join(f"{number} {reason}" for reason, number in reasons.most_common())
    yield _line(f"{len(record.contrasts)} contrasts: {scopes['in']} in scope, {scopes['out']} out")
    if out:
        yield _line(f"out of scope: {out}")


def _list_curation(mechanism: Mechanism) -> Iterator[Text]:
    curation = mechanism.curation
    reviewed = ", ".join(curation.reviewed_by)
    yield _line(
        f"curated {curation.curated} from {_article(curation.access)} by {', '.join(curation.curators)}"
    )
    yield _line(f"reviewed by {reviewed}" if reviewed else "not yet reviewed by a named person")
    if curation.deprecated:
        yield _line(f"deprecated: {curation.deprecated}; see {curation.successor or 'nothing else'}")


def _cite(mechanism: Mechanism, atlas: Atlas) -> str:
    paper = atlas.papers.get(mechanism.paper)
    if paper is None:
        return mechanism.paper
    first, _, more = paper.authors.partition(";")
    authors = f"{first} et al." if more else first
    parts = (f"{authors} {paper.year}", paper.journal, f"doi:{paper.doi}" if paper.doi else None)
    return ", ".join(part for part in parts if part)


def _section(title: str, lines: Iterable[RenderableType]) -> Iterator[RenderableType]:
    found = list(lines)
    if found:
        yield Text()
        yield Text(title, style="bold cyan")
        yield from (Padding(line, (0, 0, 0, 2), expand=False) for line in found)


def _line(text: str, *, style: str = "") -> Text:
    return Text(clean_text(text), style=style)


def _item(text: str) -> RenderableType:
    from rich.table import Table

    grid = Table.grid(padding=(0, 1))
    grid.add_row("-", _line(text))
    return grid
