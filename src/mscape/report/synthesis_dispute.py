"""Where the table's papers disagree, and what nobody tested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mscape.atlas.load import Atlas, Record
from mscape.atlas.row import ContrastRow
from mscape.experiments.score import Scored
from mscape.experiments.total import name_kind
from mscape.experiments.transplant import CELL_READOUTS
from mscape.report.page import Statement
from mscape.report.synthesis_read import list_arm_facts
from mscape.report.wording import cite, name_cell, name_drug, name_papers

_TURNED = {"protects": "sensitises", "sensitises": "protects"}


@dataclass(frozen=True)
class Contradicted:
    """A claim whose own source says something else."""

    id: str
    basis: str
    reason: str


@dataclass(frozen=True)
class RefutedStep:
    """A step with evidence against it: the papers, what they found, and how many support it."""

    id: str
    step: str
    source: str
    relation: str
    target: str
    papers: tuple[tuple[str, str], ...]
    supporting: int


@dataclass(frozen=True)
class Opposed:
    """A record whose papers say that MSC protect under drug, and that they sensitise."""

    id: str
    protects: tuple[Statement, ...]
    sensitises: tuple[Statement, ...]


@dataclass(frozen=True)
class NoPotency:
    """A drug of a row whose potency in the row's lines has no source; ``elsewhere``: lines that have one."""

    id: str
    drug: str
    lines: tuple[str, ...]
    elsewhere: int


def list_contradicted(records: Sequence[Record], atlas: Atlas) -> tuple[Contradicted, ...]:
    """Return the claims with the verdict *contradicted*."""
    verdicts = ((record.id, record.mechanism.verdict) for record in records)
    return tuple(
        Contradicted(key, verdict.basis, name_papers(atlas, verdict.reason))
        for key, verdict in verdicts
        if verdict.verdict == "contradicted"
    )


def list_refuted(records: Sequence[Record], atlas: Atlas) -> tuple[RefutedStep, ...]:
    """Return the steps with refuting evidence."""
    return tuple(step for record in records for step in _list_refuted_of(record, atlas))


def _list_refuted_of(record: Record, atlas: Atlas) -> Iterator[RefutedStep]:
    labels = {entity.id: entity.label for entity in record.mechanism.entities}
    for step in record.mechanism.steps:
        against = [item for item in step.evidence if item.direction == "refutes"]
        if against:
            papers = tuple(
                (cite(atlas.papers.get(e.paper), e.paper).label, name_papers(atlas, e.note or e.assay or ""))
                for e in against
            )
            supporting = {e.paper for e in step.evidence if e.direction == "supports"}
            ends = labels.get(step.source, step.source), labels.get(step.target, step.target)
            yield RefutedStep(record.id, step.id, ends[0], step.relation, ends[1], papers, len(supporting))


def list_opposed(
    records: Sequence[Record],
    scored: Mapping[str, Sequence[Scored]],
    statements: Mapping[str, Sequence[Statement]],
) -> tuple[Opposed, ...]:
    """Return the records whose papers say opposite things of MSC under the same drug."""
    found = []
    for record in records:
        said: dict[str, list[Statement]] = {"protects": [], "sensitises": []}
        texts = {item.contrast: item for item in statements.get(record.id, ())}
        rows = {row.contrast: row for row in record.contrasts}
        for item in scored.get(record.id, ()):
            row = rows.get(item.contrast)
            kind = _name_effect(record, row, item) if row else None
            text = texts.get(item.contrast)
            if (
                kind in said
                and text
                and all((o.text, o.paper) != (text.text, text.paper) for o in said[kind])
            ):
                said[kind].append(text)
        if all(said.values()):
            found.append(Opposed(record.id, tuple(said["protects"]), tuple(said["sensitises"])))
    return tuple(found)


def _name_effect(record: Record, row: ContrastRow, item: Scored) -> str | None:
    """Say what MSC do under drug, if the two arms of a statement on cells differ in MSC alone."""
    arms = list_arm_facts(record, row)
    if row.kind not in ("up", "down") or row.readout not in CELL_READOUTS or len(arms) != 2:
        return None
    one, other = arms
    same = one.drug and one.drug == other.drug and one.perturbation == other.perturbation
    if not same or bool(one.msc) == bool(other.msc):
        return None
    kind = name_kind(item)
    return kind if one.msc else _TURNED.get(kind)


def list_without_potency(
    records: Sequence[Record], atlas: Atlas, classes: Mapping[str, frozenset[str]]
) -> tuple[NoPotency, ...]:
    """Return the drugs of the rows' claims without a potency source in the lines they were used on."""
    known = {(row.line, row.drug) for row in atlas.potency}
    found = []
    for record in records:
        for drug in record.mechanism.drugs:
            row = atlas.drugs.get(drug)
            lines = dict.fromkeys(o.tumour for o in record.observations if o.drug == drug and o.tumour)
            named = row is not None and row.drug_class in classes[record.id]
            if named and lines and not any((line, drug) in known for line in lines):
                labels = tuple(name_papers(atlas, name_cell(record.mechanism, line)) for line in lines)
                elsewhere = len({line for line, each in known if each == drug})
                found.append(NoPotency(record.id, name_drug(atlas, drug), labels, elsewhere))
    return tuple(found)
