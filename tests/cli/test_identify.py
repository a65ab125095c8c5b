"""``mscape identify`` and ``mscape require``: what they print, and their JSON."""

from __future__ import annotations

import json

import jsonschema  # type: ignore[import-untyped]
import pytest

from tests.cli.answer import read_schema
from tests.cli.conftest import Command

ID = "ji2015_gastric_exosome"


@pytest.mark.slow
def test_identify_gives_a_verdict_for_every_number(mscape: Command) -> None:
    ended = mscape("identify", ID, "--particles", 60, "--sobol", 16, "--json")
    assert ended.code == 0, ended.err
    answer = json.loads(ended.out)
    jsonschema.validate(answer, read_schema("identify"))
    found = answer["data"][ID]
    assert {item["parameter"] for item in found["parameters"]} == set(found["structure"]["parameters"])
    assert found["particles"] == 60
    names = {item["name"] for item in found["protection"]["prior"]["indices"]}
    assert {"vesicles_cargo_copies", "condition:vesicles"} <= names


@pytest.mark.slow
def test_identify_says_in_words_what_is_not_known(mscape: Command) -> None:
    ended = mscape("identify", ID, "--particles", 60, "--sobol", 16)
    assert ended.code == 0, ended.err
    assert "Not informed by these data" in ended.out
    assert "no read-out of the record depends on it" in ended.out
    assert "What the protection against fluorouracil" in ended.out


@pytest.mark.slow
def test_require_tells_the_condition_with_its_unit_and_verdict(mscape: Command) -> None:
    ended = mscape("require", ID, "--draws", 1500, "--json")
    assert ended.code == 0, ended.err
    answer = json.loads(ended.out)
    jsonschema.validate(answer, read_schema("require"))
    found = answer["data"][ID]
    assert 0 < found["readable"] <= found["sets"]
    for item in found["requirements"]:
        assert item["verdict"] in item["sentence"]
        assert all(part["text"] in item["sentence"] for part in item["inequalities"])
    text = mscape("require", ID, "--draws", 1500)
    assert found["requirements"][0]["sentence"] in text.out.replace("\n", " ")


def test_an_unknown_mechanism_is_told(mscape: Command) -> None:
    assert mscape("require", "nobody2026_x_y").code == 4
    assert mscape("identify").code == 2
