"""The way of a fit: kept with its ensemble, reread, and gone on with where it was cut off or damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mscape.atlas.load import load_atlas
from mscape.experiments.bind import Bound, bind_record
from mscape.inference.fit import fit_mechanism
from mscape.inference.smc import State
from mscape.standards import ensemble_cache, ensemble_path
from mscape.standards.ensemble_cache import Progress, load_ensemble
from mscape.standards.ensemble_path import load_path

ATLAS = load_atlas()
COUNT = 24


@pytest.fixture(scope="module")
def bound() -> Bound:
    return bind_record(ATLAS.records["ji2015_gastric_exosome"], ATLAS)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in (ensemble_cache, ensemble_path):
        monkeypatch.setattr(module, "find_folder", lambda: tmp_path)
    return tmp_path


def _assert_same(first: tuple[State, ...], second: tuple[State, ...]) -> None:
    assert [state.power for state in first] == [state.power for state in second]
    for one, two in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.terms, two.terms)
        np.testing.assert_array_equal(one.ancestors, two.ancestors)
        assert sorted(one.particles.axes) == sorted(two.particles.axes)
        assert all(np.array_equal(axis, two.particles.axes[n]) for n, axis in one.particles.axes.items())


def test_a_second_call_solves_nothing_and_the_ensemble_is_that_of_a_fit(bound: Bound, folder: Path) -> None:
    first, path = load_path(bound, seed=3, particles=COUNT)
    assert path[-1].power == 1
    solved: list[int] = []
    again, reread = load_path(bound, seed=3, particles=COUNT, progress=Progress(solved=solved.append))
    fitted = load_ensemble(bound, seed=3, particles=COUNT, progress=Progress(solved=solved.append))
    assert not solved
    _assert_same(path, reread)
    for other in (again, fitted, fit_mechanism(bound, seed=3, particles=COUNT)):
        np.testing.assert_array_equal(first.margins, other.margins)


@pytest.mark.slow
def test_what_is_cut_off_or_damaged_is_made_again_with_the_same_bits(folder: Path) -> None:
    bound = bind_record(ATLAS.records["vianello2010_cml_cxcl12"], ATLAS)  # takes more than one stage
    _, path = load_path(bound, seed=3, particles=COUNT)
    stages = sorted(folder.glob("*.path/*.state"))
    assert len(stages) == len(path) > 1
    stages[-1].unlink()
    _assert_same(load_path(bound, seed=3, particles=COUNT)[1], path)
    stages[0].write_bytes(b"half a stage")
    _assert_same(load_path(bound, seed=3, particles=COUNT)[1], path)


def test_without_a_folder_nothing_is_kept(bound: Bound, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ensemble_cache, ensemble_path):
        monkeypatch.setattr(module, "find_folder", lambda: None)
    ensemble, path = load_path(bound, seed=3, particles=COUNT)
    assert ensemble.particles.count == path[-1].particles.count == COUNT
