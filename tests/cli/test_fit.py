"""``mscape fit`` and ``simulate --ensemble`` as the shell sees them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from mscape.standards.zarr_particles import read_particles
from tests.cli.answer import read_schema
from tests.cli.conftest import Command

ID = "ji2015_gastric_exosome"


@pytest.mark.slow
def test_an_ensemble_is_fitted_kept_written_and_simulated_over(mscape: Command, tmp_path: Path) -> None:
    options = ("--particles", 12, "--seed", 5)
    ended = mscape("fit", ID, *options, "--out", tmp_path, "--json")
    assert ended.code == 0, ended.err
    answer = json.loads(ended.out)
    jsonschema.validate(answer, read_schema("fit"))
    told = answer["data"][ID]
    stored = read_particles(tmp_path / f"{ID}.zarr").ensemble
    assert told["particles"] == stored.particles.count == 12
    assert told["log_evidence"] == stored.log_evidence
    assert set(told["met"]) == set(stored.contrasts)
    assert f"{ID}.zarr" in ended.err
    again = mscape("fit", ID, *options)
    assert " kept " in again.out
    assert f"{stored.log_evidence:.2f}" in again.out
    wide = json.loads(mscape("fit", ID, *options, "--prior", "wide", "--json").out)["data"][ID]
    assert wide["log_evidence"] != told["log_evidence"]

    over = mscape("simulate", ID, "--ensemble", tmp_path / f"{ID}.zarr", "--json")
    assert over.code == 0, over.err
    simulated = json.loads(over.out)
    jsonschema.validate(simulated, read_schema("simulate"))
    assert simulated["data"]["draws"] == 12
    assert simulated["data"]["source"] == "ensemble"
    few = mscape("simulate", ID, "--ensemble", tmp_path / f"{ID}.zarr", "--draws", 5)
    assert "Over 5 particles" in few.out


def test_what_cannot_be_an_ensemble_is_refused(mscape: Command, tmp_path: Path) -> None:
    ended = mscape("simulate", ID, "--ensemble", tmp_path)
    assert ended.code == 3
    assert "mscape fit" in ended.err
    assert mscape("simulate", "model.xml", "--ensemble", "auto").code == 2
    assert mscape("fit", ID, "--hold-out").code == 2
    assert mscape("fit", ID, "--particles", 2).code == 2
    assert mscape("fit", "nobody2026_some_signal").code == 4
