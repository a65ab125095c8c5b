"""`mscape list` of mechanisms, interventions and outcomes: tables for a person, envelopes for a program."""

import json
from importlib import resources
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from mscape.atlas.load import load_atlas
from tests.cli.conftest import Command

SCHEMA = json.loads((resources.files("mscape.cli") / "schema" / "list.json").read_text(encoding="utf-8"))


def _list(mscape: Command, what: str) -> Any:
    ended = mscape("list", what, "--json")
    assert ended.code == 0, ended.err
    answer = json.loads(ended.out)
    jsonschema.validate(answer, SCHEMA)
    return answer["data"]


@pytest.mark.slow
def test_interventions_name_the_mechanisms_they_reach(mscape: Command) -> None:
    data = {row["id"]: row for row in _list(mscape, "interventions")}
    assert set(data) == set(load_atlas().interventions.reagents)
    assert data["plerixafor"]["mechanisms"] == ["vianello2010_cml_cxcl12", "wang2020_all_cxcl12"]
    assert "plerixafor_cml_mice" in data["plerixafor"]["outcomes"]
    assert data["gw4869"]["multiple"] is None


def test_outcomes_stand_with_their_paper(mscape: Command) -> None:
    data = {row["outcome"]: row for row in _list(mscape, "outcomes")}
    assert data["siltuximab_bortezomib"]["result"] == "failure"
    assert data["siltuximab_bortezomib"]["paper"] == "orlowski2015"


def test_outcomes_are_printed_with_their_counts(mscape: Command) -> None:
    ended = mscape("list", "outcomes")
    assert ended.code == 0
    assert "failure" in ended.out
    assert "none of these is a result of a model" in ended.out


def test_what_the_atlas_does_not_hold_is_refused(mscape: Command) -> None:
    assert mscape("list", "patients").code == 2
