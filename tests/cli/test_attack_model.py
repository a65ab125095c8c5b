"""What an attack on ``mscape simulate MODEL.xml`` broke once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mscape.standards.zarr import read_ensemble
from tests.cli.conftest import Command
from tests.cli.test_simulate_model import DECAY

EMPTY = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model id="e"/></sbml>
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "decay.xml"
    path.write_text(DECAY, encoding="utf-8")
    return path


def test_model_of_nothing_is_simulated(mscape: Command, tmp_path: Path) -> None:
    path = tmp_path / "empty.xml"
    path.write_text(EMPTY, encoding="utf-8")
    ended = mscape("simulate", path, "--draws", 3)
    assert ended.code == 0, ended.err
    assert "3 done" in ended.out


def test_value_of_nothing_is_refused(mscape: Command, model: Path) -> None:
    ended = mscape("simulate", model, "--set", "=3")
    assert ended.code == 2
    assert "NAME=NUMBER" in ended.err


def test_advice_is_given_where_trajectories_fail(mscape: Command, model: Path) -> None:
    ended = mscape("simulate", model, "--vary", "k1=lognormal(1,1000)", "--draws", 50)
    assert ended.code == 0, ended.err
    assert "RuntimeWarning" not in ended.err
    assert "give every parameter a value" in " ".join(ended.out.split())


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_link_to_an_ensemble_stays_a_link(mscape: Command, model: Path, tmp_path: Path) -> None:
    out, link = tmp_path / "a.zarr", tmp_path / "b.zarr"
    mscape("simulate", model, "--draws", 2, "--out", out)
    link.symlink_to(out)
    ended = mscape("simulate", model, "--draws", 3, "--out", link)
    assert ended.code == 0, ended.err
    assert link.is_symlink()
    assert len(read_ensemble(out)[2].status) == 3
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a.zarr", "b.zarr", "decay.xml"]
