"""The runner of the SBML Test Suite, on cases of our own: a right one, a wrong one, one to refuse."""

import json
from pathlib import Path

import pytest

from benchmarks.sbml_suite.__main__ import write_json, write_table
from benchmarks.sbml_suite.case import find_cases, read_case
from benchmarks.sbml_suite.engine import Outcome, judge_case
from benchmarks.sbml_suite.worker import Worker
from tests.network.sbml_text import compartment, listing, make_sbml, parameter, rate_rule, reaction, species

SETTINGS = """start: 0
duration: 2
steps: 2
variables: A, x
absolute: 1e-4
relative: 1e-4
amount: A
concentration:
"""
ABOUT = """(*
category:      Test
componentTags: Species, Reaction
testTags:      Amount{tag}
testType:      TimeCourse
*)
"""
DECAY = make_sbml(
    listing("Compartments", compartment(size=2)),
    listing("Species", species("A")),
    listing("Parameters", parameter("x", 0)),
    listing("Rules", rate_rule("x", "1")),
    listing("Reactions", reaction("go", "A", "", "A * c")),
)
ALGEBRAIC = DECAY.replace(
    "<listOfRules>",
    "<listOfRules><algebraicRule><math xmlns='http://www.w3.org/1998/Math/"
    "MathML'><ci>x</ci></math></algebraicRule>",
)
RIGHT = "time,A,x\n0,2,0\n1,0.735758882,1\n2,0.270670566,2\n"


def _write(folder: Path, name: str, model: str, results: str, tag: str = "") -> None:
    place = folder / name
    place.mkdir()
    (place / f"{name}-settings.txt").write_text(SETTINGS, encoding="utf-8")
    (place / f"{name}-model.m").write_text(ABOUT.format(tag=tag), encoding="utf-8")
    (place / f"{name}-results.csv").write_text(results, encoding="utf-8")
    (place / f"{name}-sbml-l3v1.xml").write_text("not this one", encoding="utf-8")
    (place / f"{name}-sbml-l3v2.xml").write_text(model, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _write(tmp_path, "00001", DECAY, RIGHT)
    _write(tmp_path, "00002", DECAY, RIGHT.replace("0.735", "0.745"))
    _write(tmp_path, "00003", ALGEBRAIC, RIGHT, tag=", AlgebraicRule")
    _write(tmp_path, "00004", "nonsense", RIGHT)
    return tmp_path


def test_a_case_is_judged(folder: Path) -> None:
    cases = [read_case(path) for path in find_cases(folder)]
    outcomes = [judge_case(case, "reference") for case in cases]
    assert [outcome.kind for outcome in outcomes] == ["pass", "wrong", "refused", "refused"]
    assert outcomes[1].detail == "A at 1: 0.73575888, expected 0.74575888"
    assert "1 algebraic rules" in outcomes[2].detail
    assert [case.core for case in cases] == [True, True, False, True]
    assert cases[0].model.name == "00001-sbml-l3v2.xml"


def test_an_error_of_an_engine_is_a_failure_of_the_case(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(case: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr("benchmarks.sbml_suite.engine.ENGINES", {"reference": broken})
    assert judge_case(read_case(folder / "00001"), "reference") == Outcome("failed", "KeyError: 'oops'")


def test_results_are_counted_by_tag_and_listed(folder: Path) -> None:
    cases = [read_case(path) for path in find_cases(folder)]
    results = {
        case.id: {"mscape": Outcome("wrong" if case.id == "00002" else "pass", "off")} for case in cases
    }
    lines = write_table(cases, results, ("mscape",)).splitlines()
    (core,) = [line.split() for line in lines if line.startswith("core")]
    assert core == ["core", "3", "2", "0", "0", "1"]
    assert lines[-1] == "00002 mscape wrong (core): off"
    assert json.loads(write_json(cases, results))["00002"]["engines"]["mscape"]["kind"] == "wrong"


@pytest.mark.slow
def test_a_case_that_takes_too_long_costs_only_itself(folder: Path) -> None:
    with Worker("reference", 0.0) as hasty:
        assert hasty.judge(folder / "00001") == Outcome("failed", "no answer in 0 s")
    with Worker("reference", 120.0) as patient:
        assert patient.judge(folder / "00001") == Outcome("pass")
        assert patient.judge(folder / "00002").kind == "wrong"
        assert patient.judge(folder / "no_such").kind == "failed"
        assert patient.judge(folder / "00001") == Outcome("pass")
