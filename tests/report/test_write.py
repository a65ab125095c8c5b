"""The folder: offline, whole or not at all, the same bytes for the same data, with twins for programs."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mscape.errors import OutputError
from mscape.report import write
from mscape.report.build import ReportData
from mscape.report.write import draw_figures, list_files, write_report
from tests.report.conftest import ID


def test_report_is_complete_and_links_lead_to_files(data: ReportData, out: Path) -> None:
    assert write_report(data, out) == out / "index.html"
    for name in (
        "index.html",
        "scores.json",
        "scores.csv",
        f"{ID}.html",
        f"{ID}.json",
        f"{ID}.xml",
        f"{ID}.csv",
    ):
        assert (out / name).is_file()
    for page in out.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r'(?:href|src)="([^"#]+)', text):
            assert target == "data:," or (out / target).is_file(), target


def test_nothing_points_out_of_the_folder(data: ReportData) -> None:
    for name, text in list_files(data):
        if name.endswith((".html", ".css")):
            assert not re.search(r"(?:src|href)=\"(?:https?:)?//|url\(|@import|<script", text), name


def test_twins_hold_every_statement(data: ReportData, out: Path) -> None:
    write_report(data, out)
    scores = json.loads((out / "scores.json").read_text(encoding="utf-8"))
    assert scores["schema"] == "mscape/score/1"
    contrasts = scores["data"]["contrasts"]
    rows = list(csv.DictReader((out / "scores.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["contrast"] for row in rows] == [item["contrast"] for item in contrasts]
    wanted = {
        "mechanism",
        "contrast",
        "reported",
        "simulated",
        "effect",
        "outcome",
        "class",
        "bits",
        "in_scope",
        "reason",
        "baselines",
    }
    assert wanted <= set(contrasts[0])
    assert scores["data"]["totals"]["overall"]["contrasts"] == len(rows)
    page = json.loads((out / f"{ID}.json").read_text(encoding="utf-8"))
    assert page["data"]["id"] == ID


def test_same_data_give_the_same_bytes(data: ReportData) -> None:
    one, two = dict(draw_figures(data.mechanisms[0])), dict(draw_figures(data.mechanisms[0]))
    assert one == two
    assert not any("<dc:date>" in text for text in one.values())


def test_older_report_is_replaced(data: ReportData, out: Path) -> None:
    write_report(data, out)
    (out / "stale.html").write_text("old", encoding="utf-8")
    write_report(data, out)
    assert not (out / "stale.html").exists()
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_foreign_folder_is_left_alone(data: ReportData, out: Path) -> None:
    out.mkdir()
    (out / "thesis.docx").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="not a report"):
        write_report(data, out)
    assert [path.name for path in out.iterdir()] == ["thesis.docx"]


def test_file_in_the_way_is_an_output_error(data: ReportData, out: Path) -> None:
    out.write_text("a file", encoding="utf-8")
    for folder in (out, out / "below"):
        with pytest.raises(OutputError):
            write_report(data, folder)
    assert out.read_text(encoding="utf-8") == "a file"


def test_failure_half_way_leaves_the_old_report(
    data: ReportData, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_report(data, out)
    before = (out / "index.html").read_bytes()

    def fail(_: ReportData, *, jobs: int) -> Iterator[tuple[str, str]]:
        del jobs
        yield "index.html", "half"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write, "list_files", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_report(data, out)
    assert (out / "index.html").read_bytes() == before
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_csv_holds_no_formula(data: ReportData) -> None:
    text = write._format_csv(("a", "b"), [("=HYPERLINK(1)", -1.5)])
    assert text == "a,b\n'=HYPERLINK(1),-1.5\n"
