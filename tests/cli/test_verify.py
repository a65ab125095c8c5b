"""``mscape verify``: two solvers side by side."""

from __future__ import annotations

import json

import jsonschema  # type: ignore[import-untyped]
import numpy as np
import pytest

from mscape.engine.batch import Array, Trajectories
from mscape.engine.verify import measure_difference
from mscape.experiments import verify as module
from mscape.experiments.verify import NOTHING, Verified
from tests.cli.answer import read_schema
from tests.cli.conftest import Command

ID = "ji2015_gastric_exosome"


@pytest.mark.slow
def test_solvers_agree_on_a_mechanism(mscape: Command) -> None:
    ended = mscape("verify", ID, "--draws", 3)
    assert ended.code == 0, ended.out + ended.err
    assert "3 of 3" in ended.out
    assert "all agree" in ended.out


@pytest.mark.slow
def test_json_is_as_its_schema_says(mscape: Command) -> None:
    ended = mscape("verify", ID, "--draws", 2, "--json")
    answer = json.loads(ended.out)
    jsonschema.validate(answer, read_schema("verify"))
    assert answer["data"][0]["agrees"] is True


def _verified(difference: float, only_theirs: int) -> Verified:
    return Verified(ID, 3, 5, 5 - only_theirs, 0, only_theirs, difference, "drug")


@pytest.mark.parametrize(
    ("difference", "only_theirs", "code"), [(1e-7, 0, 0), (1e-3, 0, 1), (1e-7, 1, 1), (float("nan"), 0, 1)]
)
def test_a_difference_ends_with_1(
    mscape: Command, monkeypatch: pytest.MonkeyPatch, difference: float, only_theirs: int, code: int
) -> None:
    monkeypatch.setattr(module, "verify_mechanism", lambda *_, **__: _verified(difference, only_theirs))
    ended = mscape("verify", ID)
    assert ended.code == code
    assert ("all agree" in ended.out) == (code == 0)


def test_without_the_other_solver_the_extra_is_named(
    mscape: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    ended = mscape("verify", ID)
    assert ended.code == 6
    assert "mscape[verify]" in ended.err


def test_distance_is_relative_and_forgives_what_is_tiny() -> None:
    theirs = np.array([[[1.0, 1e-12], [1e-9, 1e-10], [100.0, 0.0]]])
    ours = theirs * [[[1.001, 3.0], [2.0, 3.0], [1.0, 3.0]]]

    def measure(values: Array) -> dict[str, float]:
        mine, other = (Trajectories(("a", "b"), v, np.zeros(1, np.int64)) for v in (values, theirs))
        return measure_difference(mine, other, least=0.0, nothing=NOTHING).largest

    found = measure(ours)
    assert found["a"] == pytest.approx(0.001, rel=0.01)
    assert found["b"] == 0.0  # a state that is not there
    assert measure(ours * [1.0, 1e6])["b"] > 1
    assert measure(theirs * [1.0, 1.0] + [1e-9, 0.0])["a"] == pytest.approx(1e-8, rel=0.01)
