"""From curves to tables, verdict and page: what was not run is said, what was measured is not changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.engine.environment import NotRun
from benchmarks.engine.gate import Gate, list_gates
from benchmarks.engine.measure import Curve
from benchmarks.engine.page import rewrite_page
from benchmarks.engine.problem import load_problem
from benchmarks.engine.ratio import Point
from benchmarks.engine.result import average_over, describe_model, find_fastest, find_ratio
from benchmarks.engine.table import find_headline, format_table, list_missing, make_speed_table, make_verdict


def _curve(name: str, factor: float) -> Curve:
    """Return an engine whose error is 10 times its tolerance and whose time grows fourfold a decade."""
    points = tuple(
        Point(
            relative,
            np.full(20, 10 * relative),
            np.array([1.0, 2.0, 1.1]) * factor * 4.0 ** -np.log10(relative) / 4.0**6,
        )
        for relative in (1e-4, 1e-5, 1e-6, 1e-7)
    )
    return Curve(name, "1.0", 0.1, points, np.array([point.seconds for point in points]), 0)


def _result(**others: Curve | NotRun) -> dict[str, Any]:
    problem = load_problem("boehm")
    curves: dict[str, Curve | NotRun] = {"mscape": _curve("mscape", 0.01), **others}
    return {
        "machine": {"processor": "p", "system": "s", "python": "3"},
        "rounds": 3,
        "gated": ["boehm", "fujita"],
        "ours": ["mscape"],
        "missing": {"AMICI": "its installation needs g++ on the path"},
        "models": {"boehm": describe_model(problem, curves, ("mscape",))},
    }


def test_a_result_survives_being_written_and_read() -> None:
    result = _result(libRoadRunner=_curve("libRoadRunner", 1.0))
    assert make_verdict(json.loads(json.dumps(result))) == make_verdict(result)


def test_the_fastest_peer_is_the_one_we_beat_least() -> None:
    result = _result(
        libRoadRunner=_curve("libRoadRunner", 1.0), diffsol=_curve("diffsol", 0.5), numbalsoda=NotRun("no")
    )
    model = result["models"]["boehm"]
    assert find_ratio(model, "libRoadRunner") == find_ratio(model, "libRoadRunner", clock="wall")
    fastest = find_fastest(model)
    assert fastest
    assert fastest[0] == "diffsol"
    assert fastest[1].middle == pytest.approx(50.0)
    mean = average_over(result, ["boehm"], None)
    assert mean
    assert mean.middle == pytest.approx(50.0)


def test_the_verdict_is_the_mean_over_the_models_that_were_asked_for() -> None:
    result = _result(libRoadRunner=_curve("libRoadRunner", 1.0))
    headline = find_headline(result)
    assert headline
    assert headline.middle == pytest.approx(100.0)
    assert "×100" in make_verdict(result)


def test_no_mean_without_all_of_its_models() -> None:
    result = _result(libRoadRunner=_curve("libRoadRunner", 1.0))
    result["models"]["fujita"] = {"not_run": "no reference solution"}
    assert find_headline(result) is None
    assert "none" in make_verdict(result)


def test_what_did_not_run_is_named_with_the_reason() -> None:
    failing = replace(_curve("COPASI", 1.0), failed=3)
    result = _result(libRoadRunner=NotRun("its process ended: x"), COPASI=failing)
    said = "\n".join(list_missing(result))
    assert "AMICI: its installation needs g++" in said
    assert "libRoadRunner on boehm: its process ended: x" in said
    assert "3 trajectories failed" in said
    assert "not run" in make_speed_table(result)


def test_tables_are_aligned() -> None:
    lines = format_table(("a", "b"), [("long name", "1"), ("x", "1,000")]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[2].endswith("|     1 |")


def test_a_page_is_rewritten_between_its_marks_only(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- measured: summary -->\nold\n<!-- end -->\nafter\n", encoding="utf-8")
    rewrite_page(page, _result(libRoadRunner=_curve("libRoadRunner", 1.0)))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n<!-- measured: summary -->\n| ")
    assert text.endswith("|\n<!-- end -->\nafter\n")
    assert "old" not in text
    assert "×100" in text


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (59.9, "missed"),
        (60.0, "met"),
        (80.0, "met, goal too"),
        (120.0, "met, stretch too"),
        (None, "not measured"),
    ],
)
def test_a_promise_is_met_at_its_bound_and_missed_below(value: float | None, verdict: str) -> None:
    assert Gate("x", value, least=60.0, above=(("goal", 80.0), ("stretch", 110.0))).verdict == verdict


def test_promises_not_measured_are_not_met() -> None:
    assert Gate("x", float("nan"), least=60.0).verdict == "not measured"
    assert Gate("x", 0.31, most=0.3).verdict == "missed"
    # one of the two models of the gate is missing
    result = _result(libRoadRunner=_curve("libRoadRunner", 1.0))
    assert {gate.verdict for gate in list_gates(result) if "geometric" in gate.name} == {"not measured"}


def test_the_least_of_the_models_is_held_against_its_own_bound() -> None:
    result = _result(libRoadRunner=_curve("libRoadRunner", 0.3), diffsol=_curve("diffsol", 0.2))
    found = {gate.name: gate.verdict for gate in list_gates(result)}
    assert found["least of the models, times libRoadRunner"] == "missed"  # 30 < 40
    assert found["least of the models, times fastest peer"] == "missed"  # 20 < 25
