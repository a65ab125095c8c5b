"""Make a report's data from the atlas, the table's claims and what was computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mscape.atlas.load import RECORD_FILES, Atlas, Record
from mscape.atlas.match import Match
from mscape.errors import DataError
from mscape.report.ensemble_table import make_ensemble_table, validate_papers
from mscape.report.evidence_page import Evidence
from mscape.report.index_page import IndexPage, make_index_page, make_tally
from mscape.report.intervention_page import make_intervention_page
from mscape.report.mechanism_page import Computed, make_mechanism_page
from mscape.report.niche_page import make_niche_page
from mscape.report.page import Foot, MechanismPage
from mscape.report.panel import list_statements
from mscape.report.ranking import InterventionPage, NichePage
from mscape.report.ranking_page import ComputedRanks, make_ranking
from mscape.report.synthesis_page import SynthesisPage, make_synthesis_page
from mscape.report.twin import COLUMNS, list_rows, make_scores
from mscape.store import Provenance, read_text

if TYPE_CHECKING:
    from mscape.experiments.dose_response import DoseResponse
    from mscape.experiments.gate import GateResult
    from mscape.experiments.grant import Granted
    from mscape.experiments.score import Scored
    from mscape.experiments.total import Totals


@dataclass(frozen=True)
class ReportData:
    """Everything a report holds: pages, and the twins that programs read.

    Parameters
    ----------
    scores
        The envelope of ``scores.json``.
    score_columns, score_rows
        The same as a table.
    sbml
        SBML text by mechanism id.
    tables
        Further text files by path inside the report: the record's own tables.
    interventions, niches
        Pages of what would give sensitivity back, where it was computed.
    """

    index: IndexPage
    mechanisms: tuple[MechanismPage, ...]
    synthesis: SynthesisPage
    scores: Mapping[str, object]
    score_columns: tuple[str, ...]
    score_rows: tuple[tuple[object, ...], ...]
    sbml: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    interventions: InterventionPage | None = None
    niches: NichePage | None = None


def make_report_data(
    atlas: Atlas,
    matches: Sequence[Match],
    scored: Mapping[str, Sequence[Scored]],
    totals: Totals,
    *,
    provenance: Provenance,
    draws: int,
    gates: Mapping[str, Sequence[GateResult]] | None = None,
    grants: Mapping[str, Granted] | None = None,
    doses: Mapping[str, Sequence[DoseResponse]] | None = None,
    sbml: Mapping[str, str] | None = None,
    evidence: Mapping[str, Evidence] | None = None,
    ranks: ComputedRanks | None = None,
) -> ReportData:
    """Make everything a report shows.

    Parameters
    ----------
    atlas
        Holds a record for every id of ``scored``.
    matches
        The table's claims, each with the record it belongs to.
    scored
        Scored contrasts by mechanism id; these get a page.
    totals
        Over all of them.
    provenance, draws
        What the numbers depend on; stands at the foot of each page.
    gates, grants, doses, sbml, evidence
        By mechanism id, where they were computed.
    ranks
        Interventions, where they were ranked.
    """
    foot = _make_foot(provenance, draws)
    records = {key: atlas.records[key] for key in scored}
    validation = validate_papers(evidence or {})
    pages = []
    for key, record in records.items():
        tally = make_tally(key, totals.by_mechanism[key])
        asked = (gates or {}).get(key, ()), (grants or {}).get(key), (doses or {}).get(key, ())
        skills = validation.by_mechanism.get(key, ()) if validation else ()
        computed = Computed(scored[key], tally, *asked, (evidence or {}).get(key), skills)
        pages.append(make_mechanism_page(record, atlas, computed, foot))
    table = make_ensemble_table(evidence or {}, validation)
    statements = {key: list_statements(record, atlas, scored[key]) for key, record in records.items()}
    report = ReportData(
        index=make_index_page(
            atlas, matches, totals, pages, statements=statements, foot=foot, ensembles=table
        ),
        mechanisms=tuple(pages),
        synthesis=make_synthesis_page(atlas, scored, totals, statements=statements, foot=foot),
        scores=make_scores(scored, totals, provenance),
        score_columns=COLUMNS,
        score_rows=tuple(row for items in scored.values() for row in list_rows(items)),
        sbml=dict(sbml or {}),
        tables={path: text for record in records.values() for path, text in _read_tables(record)},
    )
    return report if ranks is None else _add_ranks(report, atlas, ranks, foot)


def _add_ranks(report: ReportData, atlas: Atlas, ranks: ComputedRanks, foot: Foot) -> ReportData:
    """Return the report with rankings on the mechanisms' pages, and the pages of interventions and niches."""
    known = {page.id for page in report.mechanisms}
    pages = tuple(
        replace(page, ranking=make_ranking(page.id, atlas, ranks, known)) for page in report.mechanisms
    )
    return replace(
        report,
        mechanisms=pages,
        interventions=make_intervention_page(atlas, ranks, known, foot),
        niches=make_niche_page(atlas, ranks, known, foot),
    )


def _make_foot(provenance: Provenance, draws: int) -> Foot:
    return Foot(
        provenance.version,
        provenance.atlas_hash or "",
        provenance.seed,
        draws,
        provenance.relative_tolerance,
        provenance.absolute_tolerance,
    )


def _read_tables(record: Record) -> list[tuple[str, str]]:
    found = [(f"tables/{record.id}/model.ant", record.model)]
    for name in RECORD_FILES:
        path = record.folder / name
        if name == "model.ant" or not path.is_file():
            continue
        try:
            found.append((f"tables/{record.id}/{name}", read_text(path)))
        except (
            DataError
        ):  # the record was loaded; a file that went away since is no reason to lose the report
            continue
    return found
