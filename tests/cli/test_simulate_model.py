"""``mscape simulate MODEL.xml``: an ensemble of any SBML model."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import numpy as np
import pytest

from mscape.standards.zarr import read_ensemble
from tests.cli.answer import read_schema
from tests.cli.conftest import Command

DECAY = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">
<model id="decay"><listOfCompartments><compartment id="c" size="1" constant="true"/></listOfCompartments>
<listOfSpecies>
<species id="S" compartment="c" initialConcentration="10" hasOnlySubstanceUnits="false" constant="false"
 boundaryCondition="false"/></listOfSpecies>
<listOfParameters><parameter id="k1" value="1" constant="true"/></listOfParameters>
<listOfReactions><reaction id="fall" reversible="false">
<listOfReactants><speciesReference species="S" stoichiometry="1" constant="true"/></listOfReactants>
<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><ci>c</ci><ci>k1</ci><ci>S</ci></apply>
</math></kineticLaw></reaction></listOfReactions></model></sbml>
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "decay.xml"
    path.write_text(DECAY, encoding="utf-8")
    return path


def test_an_ensemble_goes_into_a_folder(mscape: Command, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs.zarr"
    ended = mscape(
        "simulate",
        model,
        "--vary",
        "k1=loguniform(0.5,2)",
        "--until",
        2,
        "--points",
        5,
        "--draws",
        50,
        "--out",
        out,
    )
    assert ended.code == 0, ended.err
    assert "50 done" in ended.out
    times, inputs, found = read_ensemble(out)
    assert inputs["k1"].min() >= 0.5
    assert inputs["k1"].max() <= 2
    expected = 10 * np.exp(-np.outer(inputs["k1"], times))
    np.testing.assert_allclose(found.get("S"), expected, rtol=1e-5)


def test_without_a_folder_the_last_read_out_is_told(mscape: Command, model: Path) -> None:
    ended = mscape("simulate", model, "--set", "k1=0.5", "--until", 2, "--draws", 3, "--json")
    assert ended.code == 0, ended.err
    answer = json.loads(ended.out)
    jsonschema.validate(answer, read_schema("simulate"))
    assert answer["data"]["final"]["S"]["median"] == pytest.approx(10 * np.exp(-1), rel=1e-5)
    assert answer["data"]["status"] == {"done": 3}


def test_draws_are_the_same_whatever_their_number(mscape: Command, model: Path, tmp_path: Path) -> None:
    found = []
    for number in (5, 12):
        out = tmp_path / f"{number}.zarr"
        mscape("simulate", model, "--vary", "k1=normal(1,0.1)", "--draws", number, "--seed", 4, "--out", out)
        found.append(read_ensemble(out)[2].values[:5])
    np.testing.assert_array_equal(found[0], found[1])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--vary", "k1=gauss(1,2)"], 2, ["lognormal(MEDIAN"]),
        (["--vary", "k9=uniform(1,2)"], 5, ["no k9"]),
        (["--vary", "k1=uniform(1,2)", "--set", "k1=3"], 2, ["more than once"]),
        (["--set", "k1"], 2, ["NAME=NUMBER"]),
        (["--observe", "T"], 5, ["no T"]),
        (["--until", "-1", "--relative", "0"], 2, ["--until", "--relative"]),
        (["--absolute", "nan"], 2, ["--absolute"]),
        (["--culture", "contact"], 2, ["--culture", "mechanism"]),
        (["--draws", "10000000", "--points", "1000"], 2, ["--out"]),
    ],
)
def test_mistakes_are_told(
    mscape: Command, model: Path, arguments: list[str], code: int, words: list[str]
) -> None:
    ended = mscape("simulate", model, *arguments)
    assert ended.code == code, ended.err
    assert ended.out == ""
    for word in words:
        assert word in ended.err


def test_options_of_a_model_mean_nothing_for_a_mechanism(mscape: Command) -> None:
    ended = mscape("simulate", "xu2018_breast_il6", "--vary", "k1=uniform(1,2)")
    assert ended.code == 2
    assert "SBML" in ended.err


@pytest.mark.parametrize("text", ["", "<sbml/>", "no xml", DECAY[:400]])
def test_a_file_that_is_no_model_is_refused(mscape: Command, tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.xml"
    path.write_text(text, encoding="utf-8")
    ended = mscape("simulate", path)
    assert ended.code in (3, 5)
    assert "Traceback" not in ended.err


def test_a_missing_file_is_told(mscape: Command, tmp_path: Path) -> None:
    ended = mscape("simulate", tmp_path / "none.xml")
    assert ended.code == 3
    assert "missing" in ended.err


def test_if_nothing_is_solved_the_exit_code_says_so(mscape: Command, model: Path) -> None:
    ended = mscape("simulate", model, "--set", "k1=nan", "--draws", 3)
    assert ended.code == 5
    assert "3 no input" in ended.out
