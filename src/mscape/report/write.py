"""Write a report to a folder: all of it or nothing, no network needed to read it."""

from __future__ import annotations

import csv
import io
import multiprocessing
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import resources
from pathlib import Path

import numpy as np

from mscape.errors import OutputError
from mscape.report.build import ReportData
from mscape.report.evidence import DependsText, EvidenceText, PinnedText, PredictiveLine
from mscape.report.evidence_page import list_known
from mscape.report.figure_dose_response import make_dose_response
from mscape.report.figure_gate import make_gates
from mscape.report.figure_panel import make_panel
from mscape.report.figure_prior import PredictiveRow, make_predictive
from mscape.report.figure_sensitivity import make_sensitivity
from mscape.report.figure_style import STYLE, write_svg
from mscape.report.figure_verdict import make_verdicts
from mscape.report.mechanism_page import with_files
from mscape.report.page import MechanismPage
from mscape.report.ranking import InterventionPage, NichePage, RankingText
from mscape.report.ranking_table import list_intervention_sheets, list_niche_sheets, list_ranking
from mscape.report.render import isolate, render_page
from mscape.report.synthesis_page import SynthesisPage
from mscape.store import format_cell, format_json

Page = MechanismPage | SynthesisPage | InterventionPage | NichePage
MARKER = "scores.json"  # a folder that holds it was written by mscape and may be replaced


def write_report(
    data: ReportData, folder: Path, progress: Callable[[str], None] | None = None, *, jobs: int = 1
) -> Path:
    """Write a report; return the path of its front page.

    Everything is written beside the folder first and then renamed, so that a reader sees the old report or
    the new one.

    Parameters
    ----------
    data
        What `make_report_data` made.
    folder
        New, empty, or an older report, which is replaced.
    progress
        Called with the name of each file written.
    jobs
        Processes that draw figures, at most.

    Raises
    ------
    OutputError
        The folder holds something else, or cannot be written.
    """
    folder = Path(folder)
    _refuse_foreign(folder)
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        temporary.mkdir(parents=True)
        for name, text in list_files(data, jobs=jobs):
            path = temporary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            if progress:
                progress(name)
        _swap(temporary, folder)
    except OSError as error:
        found = f"cannot be written ({error.strerror or error})"
        raise OutputError(str(folder), found, "a writable folder", "choose another with --out") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder / "index.html"


def _refuse_foreign(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise OutputError(
            str(folder),
            "the folder holds something that is not a report",
            "a new or empty folder",
            "choose another with --out",
        )
    if folder.is_dir() and not os.access(folder, os.W_OK):
        raise OutputError(
            str(folder), "the folder is read-only", "a writable folder", "choose another with --out"
        )
    if folder.exists() and not folder.is_dir():
        raise OutputError(str(folder), "is a file", "a folder", "choose another with --out")


def _swap(new: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.old")
    replaced = folder.exists()
    if replaced:
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        if replaced:
            old.rename(folder)
        raise
    if replaced:
        shutil.rmtree(old, ignore_errors=True)


def list_files(data: ReportData, *, jobs: int = 1) -> Iterator[tuple[str, str]]:
    """Yield every file of a report: its path inside the folder and its text."""
    yield (
        "static/report.css",
        (resources.files("mscape.report") / "static" / "report.css").read_text(encoding="utf-8"),
    )
    yield from data.tables.items()
    known = set(data.tables)
    for key, text in data.sbml.items():
        yield f"{key}.xml", text
        known.add(f"{key}.xml")
    header, links = data.score_columns, list_links(data)
    yield "scores.csv", _format_csv(header, data.score_rows)
    for page, drawn in zip(data.mechanisms, _draw_pages(data.mechanisms, jobs), strict=True):
        yield f"{page.id}.csv", _format_csv(header, [row for row in data.score_rows if row[0] == page.id])
        here = known | set(drawn) | {f"{page.id}.csv", f"{page.id}.json"}
        if isinstance(page.ranking, RankingText):
            here.add(f"{page.id}_ranking.csv")
            yield f"{page.id}_ranking.csv", _format_csv(*list_ranking(page.ranking))
        yield from drawn.items()
        shown = with_files(page, here)
        yield f"{page.id}.html", render_page("mechanism", shown, links)
        yield f"{page.id}.json", _format_twin("page", data, shown)
    yield "synthesis.html", render_page("synthesis", data.synthesis, links)
    yield "synthesis.json", _format_twin("synthesis", data, data.synthesis)
    yield from _list_ranking_files(data, links)
    yield "index.html", render_page("index", data.index, links)
    yield MARKER, format_json(data.scores)


def list_links(data: ReportData) -> tuple[tuple[str, str], ...]:
    """Return the addresses and names of a report's pages that are not of one mechanism."""
    more = (
        ("interventions.html", "Interventions", data.interventions),
        ("niches.html", "Niches", data.niches),
    )
    found = [(address, name) for address, name, page in more if page is not None]
    return ("index.html", "Scoreboard"), ("synthesis.html", "The whole table"), *found


def _list_ranking_files(data: ReportData, links: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    if data.interventions is not None:
        yield "interventions.html", render_page("interventions", data.interventions, links)
        yield "interventions.json", _format_twin("interventions", data, data.interventions)
        for name, sheet in list_intervention_sheets(data.interventions).items():
            yield name, _format_csv(*sheet)
    if data.niches is not None:
        yield "niches.html", render_page("niches", data.niches, links)
        yield "niches.json", _format_twin("niches", data, data.niches)
        for name, sheet in list_niche_sheets(data.niches).items():
            yield name, _format_csv(*sheet)


def _draw_pages(pages: Sequence[MechanismPage], jobs: int) -> Iterator[dict[str, str]]:
    """Yield the figures of each page; drawing them is most of the work of a report."""
    if min(jobs, len(pages)) <= 1:
        yield from map(_draw_page, pages)
        return
    context = multiprocessing.get_context("spawn")  # the same on every system, and no threads copied
    with ProcessPoolExecutor(min(jobs, len(pages)), mp_context=context) as pool:
        yield from pool.map(_draw_page, pages)


def _draw_page(page: MechanismPage) -> dict[str, str]:
    return {name: isolate(text) for name, text in draw_figures(page)}


def _format_twin(name: str, data: ReportData, page: Page) -> str:
    """Return a page's data for programs."""
    return format_json({"schema": f"mscape/{name}/1", "provenance": data.scores["provenance"], "data": page})


def draw_figures(page: MechanismPage) -> Iterator[tuple[str, str]]:
    """Yield the figures of a page: path inside the report and SVG text, the same bytes for the same data."""
    import matplotlib

    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]
        yield f"figures/{page.id}/pathway.svg", page.pathway
        if page.gates:
            yield f"figures/{page.id}/gates.svg", write_svg(make_gates(page.gates))
        if page.evidence:
            yield from _draw_evidence(page.evidence)
        for figure in page.figures:
            for panel in figure.panels:
                yield panel.file, write_svg(make_panel(panel))
        for dose in page.doses:
            yield dose.file, write_svg(make_dose_response(dose))
            yield dose.file.replace(".svg", "_gr.svg"), write_svg(make_dose_response(dose, "gr"))


def _draw_evidence(found: EvidenceText) -> Iterator[tuple[str, str]]:
    if isinstance(found.pinned, PinnedText):
        if found.pinned.numbers_file:
            known = list_known(found.pinned.known, found.pinned)
            yield found.pinned.numbers_file, write_svg(make_verdicts(known))
        rows = [_make_row(line) for line in found.pinned.predictive]
        yield found.pinned.file, write_svg(make_predictive(rows))
    if isinstance(found.depends, DependsText):
        yield found.depends.file, write_svg(make_sensitivity(found.depends.indices))


def _make_row(line: PredictiveLine) -> PredictiveRow:
    prior_share, fitted_share = (
        float("nan") if share is None else share for share in (line.prior_share, line.fitted_share)
    )
    fitted = np.array(line.fitted) if line.fitted else None
    return PredictiveRow(line.words, np.array(line.prior), prior_share, fitted, fitted_share, line.no_effect)


def _format_csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_guard(format_cell(cell)) for cell in row] for row in rows)
    return stream.getvalue()


def _guard(cell: str) -> str:
    """A text that a spreadsheet would run as a formula is quoted; a number is not a text."""
    if cell[:1] in ("=", "+", "@", "\t") or (cell[:1] == "-" and not cell[1:2].isdigit()):
        return f"'{cell}"
    return cell
