"""What pages say of ensembles: verdicts, conditions, what is below said first, why something is missing."""

import html
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mscape.atlas.load import load_atlas
from mscape.cli.run_evidence import compute_evidence
from mscape.errors import ModelError
from mscape.experiments.bind import bind_record
from mscape.inference import require
from mscape.inference.skill import Skill
from mscape.report.build import ReportData
from mscape.report.evidence import DependsText, EvidenceText, PinnedText, RequiredText, UnheardText
from mscape.report.evidence_page import Evidence, name_statements
from mscape.report.render import render_page
from mscape.report.unheard_page import summarise_skills
from mscape.report.write import draw_figures, write_report
from tests.report.conftest import ID, Made
from tests.report.ensemble import make_evidence

SECTIONS = ("pinned", "required", "unheard", "depends")


def _render(data: ReportData) -> str:
    return html.unescape(render_page("mechanism", data.mechanisms[0]))


def _score(name: str, right: float, log_score: float, behind: float | None) -> Skill:
    gap = None if behind is None else (behind, behind, behind)
    return Skill(name, 10, 4, (log_score,) * 3, (right,) * 3, gap, None, None, None)


def test_sections_stand_in_order_with_their_verdicts_and_conditions(informed: ReportData) -> None:
    text = _render(informed)
    places = [text.index(f'id="{name}"') for name in (*SECTIONS, "experiments")]
    assert places == sorted(places)
    for words in (
        "Only a ratio is determined (2)",
        "il6_kd / il6_loss",
        "One-sided: bounded below (1)",
        "Not informed by these data (1)",
        "No read-out of the record depends on it",
        "IL-6 at the receptor ≥ 0.3 Kd",
        "demanding",
        "the experiment of “",
        "MCF-7",
        "2 further numbers carry less",
    ):
        assert words in text
    assert "tumour_msc_protect)" not in text  # a contrast's key is no sentence


def test_figures_are_numbered_in_the_order_they_stand_and_drawn(informed: ReportData) -> None:
    page = informed.mechanisms[0]
    found = page.evidence
    assert isinstance(found, EvidenceText)
    assert isinstance(found.pinned, PinnedText)
    assert isinstance(found.depends, DependsText)
    numbers = [found.pinned.numbers_number, found.pinned.number, found.depends.number]
    numbers += [figure.number for figure in page.figures] + [figure.number for figure in page.doses]
    assert numbers == list(range(3, 3 + len(numbers)))
    drawn = dict(draw_figures(page))
    for name in (found.pinned.numbers_file, found.pinned.file, found.depends.file):
        assert "<svg" in drawn[name]


def test_twin_holds_what_the_page_says(informed: ReportData, out: Path) -> None:
    write_report(informed, out)
    twin = json.loads((out / f"{ID}.json").read_text(encoding="utf-8"))["data"]["evidence"]
    text = html.unescape((out / f"{ID}.html").read_text(encoding="utf-8"))
    assert set(twin) == set(SECTIONS)
    pinned = twin["pinned"]
    assert {item["verdict"]: len(item["numbers"]) for item in pinned["known"]} == {
        "determined": 1,
        "only a ratio is determined": 2,
        "one-sided: bounded below": 1,
    }
    shown = [number["label"] for group in pinned["known"] for number in group["numbers"]]
    shown += [line["met"] for line in twin["required"]["lines"]]
    shown += [line["text"] for line in twin["unheard"]["misses"]] + twin["depends"]["names"]
    shown += [line["words"] for line in pinned["predictive"]] + [twin["unheard"]["summary"]]
    assert all(words in text for words in shown)
    assert all(abs(value) <= 99 for line in pinned["predictive"] for value in line["prior"])
    statements = twin_statements(out)
    assert all(item["learned"] == 0.25 for item in statements)


def twin_statements(out: Path) -> list[dict[str, float]]:
    page = json.loads((out / f"{ID}.json").read_text(encoding="utf-8"))["data"]
    return [item for figure in page["figures"] for item in figure["statements"]]


def test_too_small_an_ensemble_is_not_blamed_on_the_data(made: Made) -> None:
    scored = [item for item in made.scored if item.in_scope]
    text = _render(made.build(evidence=make_evidence(scored, effective=9.0)))
    assert "Too small an ensemble" in text
    assert "Not informed by these data (" not in text


def test_what_is_below_is_said_first() -> None:
    own = _score("ensemble", 0.5, -1.5, None)
    ahead, behind = _score("signed graph", 0.6, -1.2, -0.3), _score("prior", 0.4, -1.7, 0.2)
    said = summarise_skills([own, behind, ahead], papers=4, who="the ensemble")
    begin = "Simpler models do better: in directions the signed graph; in log score the signed graph. The"
    assert said.startswith(begin)
    said = summarise_skills([own, behind], papers=4, who="ensembles")
    assert said.startswith("Ensembles name 50\u00a0% of 10 directions")
    assert said.endswith("Nothing simpler does better.")
    tied = [own, _score("prior", 0.6, -1.9, 0.4), _score("signed graph", 0.3, -1.0, -0.5)]
    said = summarise_skills(tied, papers=4, who="the ensemble")
    assert said.startswith(
        "Simpler models do better: in directions its prior; in log score the signed graph."
    )
    assert "one paper" in summarise_skills([own], papers=1, who="the ensemble")


def test_papers_are_totalled_and_few_sets_are_told(informed: ReportData, evidence: Evidence) -> None:
    found = informed.mechanisms[0].evidence
    assert isinstance(found, EvidenceText)
    assert isinstance(found.unheard, UnheardText)
    told = [row for row in evidence.left_out if row.reported in ("up", "no change", "down")]
    assert sum(line.directions for line in found.unheard.papers) == found.unheard.directions == len(told)
    right = sum(row.ensemble.predicted == row.reported for row in told)
    assert sum(line.right for line in found.unheard.papers) == right
    missed = sum(row.ensemble.predicted != row.reported for row in evidence.left_out)
    assert len(found.unheard.misses) == missed
    assert [line.few for line in found.unheard.papers].count(True) == 1
    assert "fits anew without the paper" in _render(informed)


def test_what_is_missing_says_why_and_the_rest_stands(made: Made, evidence: Evidence) -> None:
    broken = replace(evidence, identified=None, faults={"identified": "It could not be computed: too stiff"})
    page = made.build(evidence=broken).mechanisms[0]
    assert page.evidence is not None
    assert page.evidence.pinned == "It could not be computed: too stiff"
    assert isinstance(page.evidence.required, RequiredText)
    page = made.build(evidence=Evidence()).mechanisms[0]
    text = html.unescape(render_page("mechanism", page))
    assert text.count("no statement of this record is in scope") == len(SECTIONS)


def test_without_ensembles_nothing_is_said_of_them(data: ReportData) -> None:
    text = _render(data)
    assert not any(f'id="{name}"' in text for name in SECTIONS)
    assert 'id="ensembles"' not in render_page("index", data.index)


def test_front_page_has_a_line_and_totals(informed: ReportData, made: Made) -> None:
    text = html.unescape(render_page("index", informed.index))
    assert "ensembles that have not heard the paper" in text
    assert "−12.2 ± 0.5" in text or "−12.3 ± 0.5" in text
    assert '4<span class="range"> of 5' in text
    none = made.build(evidence=Evidence(faults={"ensemble": "It could not be computed: no drug"}))
    assert "It could not be computed: no drug" in render_page("index", none.index)


def test_statements_with_the_same_words_are_told_apart(informed: ReportData) -> None:
    names = name_statements([item for item in informed.index.statements if item.in_scope])
    assert len(set(names.values())) == len(names)


@pytest.mark.slow
def test_a_real_mechanism_gets_verdicts_and_a_failing_part_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    atlas = load_atlas()
    bound = bind_record(atlas.records["ji2015_gastric_exosome"], atlas)

    def fail(*_: object, **__: object) -> None:
        raise ModelError("ji2015", "no well", "a well", "add one")

    monkeypatch.setattr(require, "find_requirements", fail)
    found = compute_evidence(bound, seed=1, particles=60, progress=lambda _: None)
    assert found.requirements is None
    assert "no well" in found.explain("requirements")
    assert found.identified
    assert found.identified.parameters
    assert found.depends
    assert {row.contrast for row in found.left_out} == {item.contrast for item in found.prior}
    assert np.isfinite([item.learned for item in found.information]).all()
