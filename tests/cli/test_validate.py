"""``mscape validate``: misses first, totals beside baselines, JSON as its schema says."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema  # type: ignore[import-untyped]
import pytest

from mscape.cli.validate_text import choose_scheme, list_misses, list_shortfalls
from mscape.experiments.graph import BASELINES
from mscape.inference.forecast import Forecast
from mscape.inference.leave_out import LeftOut
from mscape.inference.skill import validate_predictions
from tests.cli.answer import read_schema
from tests.cli.conftest import Command

ID = "ji2015_gastric_exosome"


def _row(chance: float, scheme: str = "paper", mechanism: str = "a") -> LeftOut:
    said = Forecast({"up": chance, "no change": 0.9 - chance, "down": 0.1}, chance)
    return LeftOut(
        mechanism, f"c{chance}", "p", "", scheme, "p", "up", said, said, dict.fromkeys(BASELINES, "up"),
        0.1, 100.0, False,
    )  # fmt: skip


def test_the_surest_misses_come_first_and_hits_do_not() -> None:
    rows = [_row(0.8), _row(0.3), _row(0.1), _row(0.05, "experiment")]
    assert [row.contrast for row in list_misses(rows)] == ["c0.1", "c0.3"]
    assert choose_scheme([]) is None


def test_where_a_baseline_is_better_it_is_said() -> None:
    behind = validate_predictions([_row(0.2), _row(0.2, mechanism="b")])
    (line, *_) = list_shortfalls(behind)
    assert line.startswith("behind, paper left out, in all: ")
    assert "signed graph (log score, calibrated, answers)" in line
    ahead = validate_predictions([replace(_row(0.85), baselines=dict.fromkeys(BASELINES, "down"))] * 2)
    assert list_shortfalls(ahead) == ["behind no baseline anywhere"]


@pytest.mark.slow
def test_the_command_tells_misses_first_and_its_json_fits_the_schema(mscape: Command) -> None:
    ended = mscape("validate", ID, "--particles", 30, "--coverage", 1, "--json")
    assert ended.code == 0, ended.err
    answer = json.loads(ended.out)
    jsonschema.validate(answer, read_schema("validate"))
    data = answer["data"]
    assert {row["leave_out"] for row in data["left_out"]} == {"experiment", "paper"}
    assert {skill["predictor"] for skill in data["totals"][0]["overall"]} >= {"ensemble", "prior", *BASELINES}
    assert set(data["information"]) == {ID}
    assert data["coverage"]
    text = mscape("validate", ID, "--particles", 30, "--leave-out", "paper")
    assert text.out.startswith("Missed with the paper left out")
    assert "signed graph" in text.out
