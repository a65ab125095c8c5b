"""The page of one mechanism: from its record and what was computed of it to plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mscape.atlas.load import Atlas, Record
from mscape.atlas.record import Mechanism, Protocol, Step
from mscape.experiments.nominal import list_moved
from mscape.report.diagram import lay_out
from mscape.report.diagram_svg import draw_pathway
from mscape.report.evidence import EvidenceText
from mscape.report.evidence_page import Evidence, add_bits, count_figures, make_evidence
from mscape.report.page import (
    ClaimText,
    CurationText,
    CurveLine,
    DoseFigure,
    Download,
    EvidenceLine,
    ExperimentFigure,
    Foot,
    GateLine,
    GrantText,
    MechanismPage,
    ParameterLine,
    PeriodColumn,
    PortsText,
    RivalLine,
    StandInLine,
    Statement,
    StepLine,
    Tally,
    Timeline,
)
from mscape.report.panel import list_statements, make_figures
from mscape.report.wording import cite, name_cell, name_drug, name_papers

if TYPE_CHECKING:
    from mscape.experiments.dose_response import DoseResponse
    from mscape.experiments.gate import GateResult
    from mscape.experiments.grant import Granted
    from mscape.experiments.score import Scored
    from mscape.inference.skill import Skill

_CONTENTS = {
    "tumour": "tumour cells",
    "msc": "MSC",
    "medium": "conditioned medium",
    "vesicles": "purified vesicles",
    "drug": "drug",
    "perturbation": "perturbation",
}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Computed:
    """What was computed of one mechanism: scores, their tally, gates, dose-response curves, its ensemble."""

    scored: Sequence[Scored]
    tally: Tally
    gates: Sequence[GateResult] = ()
    granted: Granted | None = None
    doses: Sequence[DoseResponse] = ()
    evidence: Evidence | None = None
    skills: Sequence[Skill] = ()


def make_mechanism_page(record: Record, atlas: Atlas, computed: Computed, foot: Foot) -> MechanismPage:
    """Make the page of one mechanism."""
    record = name_papers_in(record, atlas)
    mechanism = record.mechanism
    steps = list_steps(mechanism, atlas)
    statements = list_statements(record, atlas, computed.scored)
    evidence, figures = _number_figures(record, atlas, computed, statements)
    first_dose = _first_figure(computed) + count_figures(evidence) + len(figures)
    return MechanismPage(
        id=record.id,
        title=mechanism.title,
        summary=mechanism.summary,
        claim=_quote_claim(mechanism),
        ports=_name_ports(mechanism),
        curation=_name_curation(mechanism, atlas),
        pathway=draw_pathway(lay_out(mechanism), {step.id: step for step in steps}),
        pathway_text=_describe(steps),
        steps=steps,
        gates=_list_gates(computed.gates),
        grant=_make_grant(computed.granted),
        moved=list_moved(record.id),
        evidence=evidence,
        tally=computed.tally,
        figures=figures,
        unscored=tuple(item for item in statements if not item.in_scope),
        timelines=_list_timelines(record, figures),
        doses=tuple(
            _dose_figure(record, atlas, dose, number)
            for number, dose in enumerate(computed.doses, first_dose)
        ),
        parameters=_list_parameters(record),
        rivals=tuple(RivalLine(item.what, item.why, ", ".join(item.ports)) for item in mechanism.rivals),
        stand_ins=tuple(
            StandInLine(item.stands_for, item.uses, item.matters) for item in mechanism.stand_ins
        ),
        gaps=mechanism.gaps,
        paper=cite(atlas.papers.get(mechanism.paper), mechanism.paper),
        papers=tuple(cite(atlas.papers.get(key), key) for key in _list_papers(record)),
        downloads=_list_downloads(record.id),
        foot=foot,
    )


def _first_figure(computed: Computed) -> int:
    """Return the number of the first figure after those of pathway and gates."""
    return 3 if computed.gates else 2


def _number_figures(
    record: Record, atlas: Atlas, computed: Computed, statements: Sequence[Statement]
) -> tuple[EvidenceText | None, tuple[ExperimentFigure, ...]]:
    """Make what ensembles say and the figures of experiments, numbered in this order."""
    number = _first_figure(computed)
    if computed.evidence is None:
        return None, make_figures(record, atlas, computed.scored, number)
    asked = _name_cells(record, atlas, computed.evidence)
    evidence = make_evidence(record.id, asked, statements, computed.skills, number)
    figures = make_figures(record, atlas, computed.scored, number + count_figures(evidence))
    return evidence, add_bits(figures, asked.information)


def _name_cells(record: Record, atlas: Atlas, evidence: Evidence) -> Evidence:
    """Return the evidence with labels of drug and cells in place of their keys."""
    found: dict[str, Any] = {}
    for name in ("requirements", "depends"):
        item = getattr(evidence, name)
        if item is not None:
            line = name_cell(record.mechanism, item.line) if item.line else None
            drug = name_drug(atlas, item.drug) if item.drug else None
            found[name] = replace(item, line=line, drug=drug)
    return replace(evidence, **found)


def _quote_claim(mechanism: Mechanism) -> ClaimText:
    claim, verdict = mechanism.claim, mechanism.verdict
    return ClaimText(
        row=claim.row,
        table=claim.table,
        tumour=claim.tumour,
        drug=claim.drug,
        mechanism=claim.mechanism,
        reference=claim.reference,
        verdict=verdict.verdict,
        basis=verdict.basis,
        reason=verdict.reason,
        differs=verdict.differs,
    )


def _name_ports(mechanism: Mechanism) -> PortsText:
    ports = mechanism.ports
    return PortsText(", ".join(ports.used), ", ".join(ports.alternatives), ports.reason)


def _name_curation(mechanism: Mechanism, atlas: Atlas) -> CurationText:
    curation = mechanism.curation
    return CurationText(
        access=curation.access,
        curated=curation.curated,
        curators=_name_people(atlas, curation.curators),
        reviewed_by=_name_people(atlas, curation.reviewed_by),
        deprecated=curation.deprecated,
    )


def name_papers_in(record: Record, atlas: Atlas) -> Record:
    """Return the record with paper keys of its running text put into words.

    Keys that are references stay keys.
    """

    def say(text: str) -> str:
        return name_papers(atlas, text)

    m = record.mechanism
    changed = {
        "summary": say(m.summary),
        "gaps": tuple(say(gap) for gap in m.gaps),
        "rivals": tuple(
            item.model_copy(update={"what": say(item.what), "why": say(item.why)}) for item in m.rivals
        ),
        "stand_ins": tuple(
            item.model_copy(
                update={key: say(getattr(item, key)) for key in ("stands_for", "uses", "matters")}
            )
            for item in m.stand_ins
        ),
        "misses": {key: say(text) for key, text in m.misses.items()},
        "verdict": m.verdict.model_copy(
            update={
                "reason": say(m.verdict.reason),
                "differs": tuple(say(text) for text in m.verdict.differs),
            }
        ),
    }
    rows = tuple(
        row.model_copy(update={"source": say(row.source), "note": say(row.note) if row.note else None})
        for row in record.parameters
    )
    return replace(record, mechanism=m.model_copy(update=changed), parameters=rows)


def list_steps(mechanism: Mechanism, atlas: Atlas) -> tuple[StepLine, ...]:
    """Number the steps and put them and their evidence into words."""
    labels = {entity.id: entity.label for entity in mechanism.entities}
    return tuple(
        StepLine(
            number,
            step.id,
            labels.get(step.source, step.source),
            step.relation,
            labels.get(step.target, step.target),
            step.effect,
            find_style(step),
            name_papers(atlas, step.note) if step.note else None,
            tuple(
                EvidenceLine(
                    cite(atlas.papers.get(item.paper), item.paper).label,
                    name_papers(atlas, item.where),
                    item.assay,
                    ": ".join(part for part in (item.perturbation_kind, item.perturbation) if part) or None,
                    item.direction,
                    item.directness,
                    item.system,
                    item.standing,
                    name_papers(atlas, item.note) if item.note else None,
                )
                for item in step.evidence
            ),
        )
        for number, step in enumerate(mechanism.steps, 1)
    )


def find_style(step: Step) -> str:
    """Return how a step's line is drawn.

    Disputed if any evidence refutes it, implied if the record says so, else supported.
    """
    if any(item.direction == "refutes" for item in step.evidence):
        return "disputed"
    return "implied" if step.implied or not step.evidence else "supported"


def _describe(steps: Sequence[StepLine]) -> str:
    counts = [
        f"{sum(step.style == style for step in steps)} {style}"
        for style in ("supported", "implied", "disputed")
    ]
    return f"{len(steps)} steps: {', '.join(counts)}. The table below lists the same steps in words."


def _name_people(atlas: Atlas, keys: Sequence[str]) -> str:
    people = [(atlas.curators.get(key), key) for key in keys]
    return ", ".join(
        (f"{row.name} (ORCID {row.orcid})" if row.orcid else row.name) if row else key for row, key in people
    )


def _make_grant(granted: Granted | None) -> GrantText | None:
    if granted is None:
        return None
    from mscape.experiments.grant import ENOUGH

    moves = tuple(
        (m.parameter, m.middle, m.nominal, m.low, m.high, m.unit, m.is_at_end) for m in granted.moves
    )
    return GrantText(granted.before, granted.after, granted.is_enough, ENOUGH, moves)


def _list_gates(gates: Sequence[GateResult]) -> tuple[GateLine, ...]:
    return tuple(
        GateLine(
            _LETTERS[index % 26],
            g.question,
            g.quantity,
            g.unit,
            g.available,
            g.needed,
            g.share,
            g.verdict,
            g.assumed,
        )
        for index, g in enumerate(gates)
    )


def _list_timelines(record: Record, figures: Sequence[ExperimentFigure]) -> tuple[Timeline, ...]:
    protocol_of = {row.observation: row.protocol for row in record.observations}
    shown: dict[str, list[str]] = {}
    for figure in figures:
        for panel in figure.panels:
            key = protocol_of.get(panel.observation)
            if key:
                shown.setdefault(key, []).append(f"{figure.number}{panel.letter}")
    return tuple(
        _make_timeline(item, shown[item.id]) for item in record.mechanism.protocols if item.id in shown
    )


def _make_timeline(protocol: Protocol, panels: Sequence[str]) -> Timeline:
    present = [key for key in _CONTENTS if any(key in period.contents for period in protocol.periods)]
    periods = tuple(
        PeriodColumn(
            period.period,
            "hours not reported" if period.hours is None else f"{period.hours:g} h",
            period.hours is None,
            tuple(key in period.contents for key in present),
        )
        for period in protocol.periods
    )
    rows = tuple(_CONTENTS[key] for key in present)
    return Timeline(protocol.id, protocol.culture, rows, periods, protocol.note, ", ".join(panels))


def _dose_figure(record: Record, atlas: Atlas, dose: DoseResponse, number: int) -> DoseFigure:
    curves = tuple(
        CurveLine(name, _nested(curve.viability), _nested(curve.gr), dict(curve.summary))
        for name, curve in dose.curves.items()
    )
    return DoseFigure(
        number=number,
        drug=name_drug(atlas, dose.drug),
        line=name_cell(record.mechanism, dose.line),
        culture=dose.culture,
        hours=dose.hours,
        dose=tuple(float(value) for value in dose.dose),
        curves=curves,
        fold_shift=dose.fold_shift,
        stand_ins=tuple(dose.stand_ins),
        file=f"figures/{record.id}/dose_response_{dose.drug}.svg",
    )


def _nested(values: Iterable[Iterable[float]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in values)


def _list_parameters(record: Record) -> tuple[ParameterLine, ...]:
    return tuple(
        ParameterLine(
            row.parameter,
            row.value,
            row.unit.replace("_", " "),
            row.low,
            row.high,
            row.source.startswith("assumed"),
            row.source,
            row.note,
        )
        for row in record.parameters
    )


def _list_papers(record: Record) -> list[str]:
    keys = [record.mechanism.paper, record.mechanism.claim.table]
    keys += [item.paper for step in record.mechanism.steps for item in step.evidence]
    keys += [row.paper for row in record.contrasts]
    return list(dict.fromkeys(keys))


def _list_downloads(key: str) -> tuple[Download, ...]:
    return (
        Download("Model", f"{key}.xml", "SBML Level 3, with annotations"),
        Download("Model source", f"tables/{key}/model.ant", "Antimony"),
        Download("Observations", f"tables/{key}/observations.tsv", "one line per arm, as printed"),
        Download("Contrasts", f"tables/{key}/contrasts.tsv", "one line per statement"),
        Download("Parameters", f"tables/{key}/parameters.tsv", "value, unit, range, source"),
        Download("Record", f"tables/{key}/mechanism.yaml", "claim, verdict, steps, evidence"),
        Download("Scores", f"{key}.csv", "every statement with its result"),
        Download("Interventions", f"{key}_ranking.csv", "ranked in culture model"),
        Download("Pathway", f"figures/{key}/pathway.svg", "SVG"),
        Download("This page as data", f"{key}.json", "JSON"),
    )


def with_files(page: MechanismPage, known: set[str]) -> MechanismPage:
    """Return the page without downloads whose file is not in the report."""
    return replace(page, downloads=tuple(item for item in page.downloads if item.href in known))
