"""``mscape run``: the table from end to end: claims, matches, scores, report."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
from mscape.cli.import_table import count_matches, match_table
from mscape.cli.output import clean_text, open_console, print_json, say
from mscape.cli.pool import Plan, map_records
from mscape.cli.score import print_totals
from mscape.cli.score_text import list_counts, split_classes
from mscape.cli.setting import warn_draws
from mscape.errors import OutputError

if TYPE_CHECKING:
    from mscape.atlas.claim import Table
    from mscape.atlas.load import Atlas, Record
    from mscape.atlas.match import Match
    from mscape.experiments.dose_response import DoseResponse
    from mscape.experiments.gate import GateResult
    from mscape.experiments.grant import Granted
    from mscape.experiments.score import Scored
    from mscape.experiments.total import Totals
    from mscape.report.build import ReportData
    from mscape.report.evidence_page import Evidence
    from mscape.report.ranking_page import ComputedRanks
    from mscape.store import Provenance

EXAMPLE = """
Examples:
  mscape run
  mscape run my-table.csv --out my-report --draws 500 --jobs 4
  mscape run --particles 1000 --seed 2
  mscape run --no-open --json > run.json
"""
RANK_DRAWS = 200  # as in `mscape rank`, which gives the same numbers
DOSE_DRAWS = 100  # per curve; a curve has 17 doses, so more would take most of the run
SHOWN_MISSES = 12
TableFile = Annotated[
    Path | None,
    typer.Argument(metavar="TABLE", help="A mechanism table; by default that of the 2021 review."),
]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Where the report goes; an older report is replaced.")]
Particles = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=0,
        max=100_000,
        help="Parameter sets of each mechanism's ensemble, kept and reread; 0 leaves out what ensembles say.",
    ),
]
RankDraws = Annotated[
    int,
    typer.Option(
        metavar="N", min=0, max=100_000, help="Draws behind the ranks of interventions; 0 leaves these out."
    ),
]
Open = Annotated[
    bool | None,
    typer.Option("--open/--no-open", help="Open the report in a browser; by default on a terminal."),
]


@dataclass(frozen=True)
class Computed:
    """What is computed of one mechanism."""

    scored: tuple[Scored, ...]
    gates: tuple[GateResult, ...]
    granted: Granted
    doses: tuple[DoseResponse, ...]
    sbml: str
    evidence: Evidence | None


def run(
    table: TableFile = None,
    *,
    out: Out = Path("mscape-report"),
    seed: options.Seed = 1,
    draws: options.Draws = 100,
    particles: Particles = 200,
    rank_draws: RankDraws = RANK_DRAWS,
    jobs: options.Jobs = 2,
    browse: Open = None,
    atlas: options.AtlasFolder = None,
    as_json: options.AsJson = False,
) -> None:
    """Simulate and score a mechanism table and write a report.

    Parses the claims, matches each to its record, simulates and scores what the papers reported, asks an
    ensemble of each what is known and what it predicts, ranks interventions in culture model, and writes
    pages that need no network.
    """
    folder = require_folder(out)
    shelf = options.open_atlas(atlas)
    matches = match_table(_read_table(table), shelf)
    records = _choose_records(matches, shelf)
    warn_draws(draws)
    say(count_matches(matches))
    task = partial(compute_record, particles=particles)
    parts = map_records(task, records, shelf, Plan(seed, draws, jobs))
    results = {record.id: part for record, part in zip(records, parts, strict=True)}
    provenance = options.describe_provenance(shelf, results, seed=seed)
    ranks = _rank(records, shelf, results, Plan(seed, rank_draws, jobs), particles=particles)
    totals, report = _make_report(shelf, matches, results, provenance, (draws, ranks))
    page = _write(report, folder, jobs)
    if as_json:
        print_json("run", provenance, _describe(matches, results, totals, page))
    else:
        _print_summary(matches, results, totals, page)
    if browse or (browse is None and not as_json and _has_browser()):
        webbrowser.open(page.resolve().as_uri())


def compute_record(
    record: Record,
    atlas: Atlas,
    *,
    seed: int,
    draws: int,
    progress: Callable[[int], None],
    particles: int = 0,
) -> Computed:
    """Compute all that a mechanism's page shows: the task of ``mscape run``."""
    from mscape.cli.run_evidence import compute_evidence
    from mscape.experiments.bind import bind_record
    from mscape.experiments.dose_response import Setting, simulate_dose_response
    from mscape.experiments.gate import compute_gates
    from mscape.experiments.grant import grant_claim
    from mscape.experiments.score import score_record
    from mscape.standards.sbml import write_annotated_sbml

    bound = bind_record(record, atlas)
    granted = grant_claim(bound)
    scored = score_record(
        record, atlas, seed=seed, draws=draws, progress=progress, bound=bound, granted=granted
    )
    doses = simulate_dose_response(bound, Setting(), seed=seed, draws=min(draws, DOSE_DRAWS))
    gates = compute_gates(bound, seed)
    evidence = None
    if particles:
        evidence = compute_evidence(bound, seed=seed, particles=particles, progress=progress)
    return Computed(scored, gates, granted, (doses,), write_annotated_sbml(bound), evidence)


def require_folder(out: Path) -> Path:
    """Return the folder a report goes to, if one can be written there: asked before any work is done.

    Raises
    ------
    OutputError
        It holds something else, is a file, is where the user stands, or cannot be written to.
    """
    from mscape.report.write import MARKER

    folder = out.resolve()
    advice = "choose another with --out"
    if folder.exists() and not folder.is_dir():
        raise OutputError(str(out), "it is a file", "a folder", advice)
    if folder == Path.cwd():
        raise OutputError(str(out), "it is the folder you stand in", "a folder of its own", advice)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        found = "the folder holds something that is not an mscape report"
        raise OutputError(str(out), found, "a new or empty folder, or an older report", advice)
    parent = next(path for path in folder.parents if path.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise OutputError(str(out), f"nothing can be written in {parent}", "a writable folder", advice)
    return folder


def _read_table(table: Path | None) -> Table:
    from mscape.atlas.table import read_claims, read_seed_table

    read = read_seed_table() if table is None else read_claims(table)
    for warning in read.warnings:
        say(f"note: {warning}")
    return read


def _choose_records(matches: tuple[Match, ...], atlas: Atlas) -> tuple[Record, ...]:
    """Return the records the table's rows have, in the order of the rows, each once."""
    ids = dict.fromkeys(match.id for match in matches if match.id in atlas.records)
    return tuple(atlas.records[id_] for id_ in ids)


def _rank(
    records: tuple[Record, ...], atlas: Atlas, results: dict[str, Computed], plan: Plan, *, particles: int
) -> ComputedRanks | None:
    if not plan.draws:
        return None
    from mscape.cli.run_rank import compute_ranks

    ensembles = {key: result.evidence.ensemble for key, result in results.items() if result.evidence}
    known = {key: ensemble.particles for key, ensemble in ensembles.items() if ensemble}
    return compute_ranks(records, atlas, known, plan, particles=particles)


def _make_report(
    atlas: Atlas,
    matches: tuple[Match, ...],
    results: dict[str, Computed],
    provenance: Provenance,
    asked: tuple[int, ComputedRanks | None],
) -> tuple[Totals, ReportData]:
    from mscape.experiments.total import total_scores
    from mscape.report.build import make_report_data

    totals = total_scores(row for result in results.values() for row in result.scored)
    report = make_report_data(
        atlas,
        matches,
        {key: result.scored for key, result in results.items()},
        totals,
        provenance=provenance,
        draws=asked[0],
        gates={key: result.gates for key, result in results.items()},
        grants={key: result.granted for key, result in results.items()},
        doses={key: result.doses for key, result in results.items()},
        sbml={key: result.sbml for key, result in results.items()},
        evidence={key: result.evidence for key, result in results.items() if result.evidence},
        ranks=asked[1],
    )
    return totals, report


def _write(report: ReportData, folder: Path, jobs: int) -> Path:
    from mscape.report.write import write_report

    say("writing the report")
    return write_report(report, folder, jobs=jobs)


def _describe(
    matches: tuple[Match, ...], results: dict[str, Computed], totals: Totals, page: Path
) -> dict[str, object]:
    rows = [row for result in results.values() for row in result.scored]
    misses = [row for row in rows if row.in_scope and row.outcome != "reproduced"]
    return {
        "report": page,
        "claims": [{"row": m.claim.row, "match": m.status.value, "id": m.id} for m in matches],
        "mechanisms": list(results),
        "misses": [
            {"mechanism": m.mechanism, "contrast": m.contrast, "outcome": m.outcome, "class": m.class_}
            for m in misses
        ],
        "totals": totals,
    }


def _print_summary(
    matches: tuple[Match, ...], results: dict[str, Computed], totals: Totals, page: Path
) -> None:
    console = open_console()
    misses = split_classes(row for result in results.values() for row in result.scored)["against"]
    if misses:
        console.print(f"Against the model ({len(misses)})", style="bold red")
    for row in misses[:SHOWN_MISSES]:
        console.print(clean_text(f"  {row.mechanism} {row.contrast}: {row.outcome}"), soft_wrap=True)
    if len(misses) > SHOWN_MISSES:
        console.print(f"  and {len(misses) - SHOWN_MISSES} more, all in the report")
    lines = [("table", count_matches(matches)), *list_counts(totals.overall)]
    if misses:
        console.print()
    print_totals(console, [*lines, ("report", str(page))])


def _has_browser() -> bool:
    """Whether somebody sits at a screen: a terminal, and a display where the system needs one named."""
    if os.environ.get("CI") or not (sys.stdout.isatty() and sys.stderr.isatty()):
        return False
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True
