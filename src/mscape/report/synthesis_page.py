"""What only the whole table can show: signal against drug class, shared nodes, disputes, holes, one plate.

Read from the records and their scores; nothing is simulated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mscape.atlas.load import Atlas, Record
from mscape.atlas.record import Mechanism
from mscape.atlas.vocabulary import load_vocabulary
from mscape.report.page import Foot, Statement
from mscape.report.synthesis_dispute import (
    Contradicted,
    NoPotency,
    Opposed,
    RefutedStep,
    list_contradicted,
    list_opposed,
    list_refuted,
    list_without_potency,
)
from mscape.report.synthesis_plate import Plate, rank_plates
from mscape.report.synthesis_read import (
    SignalGroup,
    find_classes,
    group_signals,
    list_arm_facts,
    name_class,
    sort_records,
)
from mscape.report.wording import cite

if TYPE_CHECKING:
    from mscape.experiments.score import Scored
    from mscape.experiments.total import Totals

PORTS: Mapping[str, str] = {
    "P1": "loss of drug from the medium",
    "P2": "efflux from the cell",
    "P3": "target engagement, or a bypass",
    "P4": "damage per drug",
    "P5": "damage a cell survives",
    "P6": "entry into rest, and waking",
    "P7": "growth without drug",
    "P8": "entry into the tolerant pool",
}
_COMMON = 0.5  # a node in more than this share of the rows is the chassis', not a meeting of signals
_PLAIN_KINDS = frozenset({"cell", "drug"})


@dataclass(frozen=True)
class RowName:
    """A mechanism as the page names it: row of the table, its paper, its title, and what it reproduces."""

    id: str
    row: int | None
    paper: str
    title: str
    tumour: str
    in_scope: int
    reproduced: int


@dataclass(frozen=True)
class Standing:
    """Where a claim stands: verdict, ports, papers that support it with own results, papers that refute."""

    id: str
    verdict: str
    basis: str
    ports: tuple[str, ...]
    supporting: int
    refuting: int


@dataclass(frozen=True)
class Cell:
    """A signal under a drug class: rows that claim it, and rows whose papers tested it beside their claim
    (id and number of statements).
    """

    drug_class: str
    claims: tuple[Standing, ...]
    beside: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class MatrixRow:
    """One signal against every drug class."""

    signal: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class PortLine:
    """Which ports a mechanism uses, and which it could: ``used``, ``alternative`` or nothing for each."""

    id: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class SharedNode:
    """A thing, by its term, that two or more mechanisms run through; ``name`` is the term's own."""

    term: str
    name: str
    label: str
    kind: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class ClassHole:
    """Signals tested under a drug class: by a claim, only beside one, and by nobody."""

    drug_class: str
    claimed: int
    beside: int
    nobody: tuple[str, ...]


@dataclass(frozen=True)
class SynthesisPage:
    """The whole table on a page."""

    names: Mapping[str, RowName]
    ports: Mapping[str, str]
    classes: tuple[str, ...]
    matrix: tuple[MatrixRow, ...]
    port_lines: tuple[PortLine, ...]
    common: tuple[SharedNode, ...]
    shared: tuple[SharedNode, ...]
    contradicted: tuple[Contradicted, ...]
    refuted: tuple[RefutedStep, ...]
    opposed: tuple[Opposed, ...]
    holes: tuple[ClassHole, ...]
    unused_ports: tuple[str, ...]
    no_potency: tuple[NoPotency, ...]
    plates: tuple[Plate, ...]
    foot: Foot

    @property
    def combinations(self) -> tuple[int, int, int]:
        """Combinations of signal and drug class: claimed, tested only beside a claim, tested by nobody."""
        holes = self.holes
        nobody = sum(len(hole.nobody) for hole in holes)
        return sum(hole.claimed for hole in holes), sum(hole.beside for hole in holes), nobody


def make_synthesis_page(
    atlas: Atlas,
    scored: Mapping[str, Sequence[Scored]],
    totals: Totals,
    *,
    statements: Mapping[str, Sequence[Statement]],
    foot: Foot,
) -> SynthesisPage:
    """Make the page of the whole table.

    Parameters
    ----------
    atlas, scored, totals
        The records, their scored contrasts by mechanism id (these are on the page), and the counts.
    statements
        Every statement in words, by mechanism id.
    foot
        What the numbers depend on.
    """
    records = sort_records(atlas.records[key] for key in scored)
    vocabulary = load_vocabulary()
    classes = {record.id: find_classes(record.mechanism, atlas, vocabulary) for record in records}
    matrix = _make_matrix(group_signals(records, vocabulary), records, atlas, classes)
    common, shared = _find_shared(records, atlas)
    used = {port for record in records for port in record.mechanism.ports.used}
    return SynthesisPage(
        names={record.id: _name_row(record, atlas, totals) for record in records},
        ports=PORTS,
        classes=tuple(cell.drug_class for cell in matrix[0].cells) if matrix else (),
        matrix=matrix,
        port_lines=tuple(_mark_ports(record.mechanism) for record in records),
        common=common,
        shared=shared,
        contradicted=list_contradicted(records, atlas),
        refuted=list_refuted(records, atlas),
        opposed=list_opposed(records, scored, statements),
        holes=_find_holes(matrix),
        unused_ports=tuple(port for port in PORTS if port not in used),
        no_potency=list_without_potency(records, atlas, classes),
        plates=rank_plates(records, atlas),
        foot=foot,
    )


def _name_row(record: Record, atlas: Atlas, totals: Totals) -> RowName:
    mechanism, counts = record.mechanism, totals.by_mechanism.get(record.id)
    return RowName(
        record.id,
        mechanism.claim.row,
        cite(atlas.papers.get(mechanism.paper), mechanism.paper).label,
        mechanism.title,
        mechanism.claim.tumour,
        counts.in_scope if counts else 0,
        counts.reproduced if counts else 0,
    )


def _make_matrix(
    groups: Sequence[SignalGroup],
    records: Sequence[Record],
    atlas: Atlas,
    classes: Mapping[str, frozenset[str]],
) -> tuple[MatrixRow, ...]:
    known = {record.id: record for record in records}
    used = {record.id: _count_by_class(record, atlas) for record in records}
    columns = sorted({row.drug_class for row in atlas.drugs.values()}, key=name_class)
    return tuple(
        MatrixRow(
            group.label,
            tuple(
                Cell(
                    name_class(column),
                    tuple(_judge(known[key].mechanism) for key in group.ids if column in classes[key]),
                    tuple(
                        (key, used[key][column])
                        for key in group.ids
                        if column in used[key] and column not in classes[key]
                    ),
                )
                for column in columns
            ),
        )
        for group in groups
    )


def _count_by_class(record: Record, atlas: Atlas) -> dict[str, int]:
    """Count, by drug class, the statements with an arm that holds MSC and a drug of that class."""
    counts: dict[str, int] = {}
    for row in record.contrasts:
        drugs = {arm.drug for arm in list_arm_facts(record, row) if arm.msc and arm.drug}
        for key in {atlas.drugs[drug].drug_class for drug in drugs if drug in atlas.drugs}:
            counts[key] = counts.get(key, 0) + 1
    return counts


def _judge(mechanism: Mechanism) -> Standing:
    evidence = [item for step in mechanism.steps for item in step.evidence]
    supporting = {e.paper for e in evidence if e.direction == "supports" and e.standing == "own result"}
    refuting = {e.paper for e in evidence if e.direction == "refutes"} - {mechanism.claim.table}
    verdict, ports = mechanism.verdict, mechanism.ports.used
    return Standing(mechanism.id, verdict.verdict, verdict.basis, ports, len(supporting), len(refuting))


def _mark_ports(mechanism: Mechanism) -> PortLine:
    used, other = mechanism.ports.used, mechanism.ports.alternatives
    marks = tuple("used" if p in used else "alternative" if p in other else "" for p in PORTS)
    return PortLine(mechanism.id, marks)


def _find_shared(
    records: Sequence[Record], atlas: Atlas
) -> tuple[tuple[SharedNode, ...], tuple[SharedNode, ...]]:
    """Return the nodes of most rows, and those where some rows meet, the most shared first."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for record in records:
        for entity in record.mechanism.entities:
            if entity.term and entity.kind not in _PLAIN_KINDS:
                found.setdefault(entity.term, {}).setdefault(record.id, (entity.label, entity.kind))
    nodes = [
        SharedNode(
            term, _name_term(term, atlas), *min(rows.values(), key=lambda item: len(item[0])), tuple(rows)
        )
        for term, rows in found.items()
        if len(rows) > 1
    ]
    nodes.sort(key=lambda node: (-len(node.ids), node.label.casefold()))
    common = tuple(node for node in nodes if len(node.ids) > max(2, _COMMON * len(records)))
    return common, tuple(node for node in nodes if node not in common)


def _name_term(term: str, atlas: Atlas) -> str:
    row = atlas.terms.get(term)
    return row.label if row else term


def _find_holes(matrix: Sequence[MatrixRow]) -> tuple[ClassHole, ...]:
    holes = []
    for column in zip(*(row.cells for row in matrix), strict=True):
        claimed = sum(bool(cell.claims) for cell in column)
        beside = sum(bool(cell.beside) and not cell.claims for cell in column)
        nobody = tuple(
            row.signal
            for row, cell in zip(matrix, column, strict=True)
            if not cell.claims and not cell.beside
        )
        holes.append(ClassHole(column[0].drug_class, claimed, beside, nobody))
    return tuple(holes)
