"""Ensembles on disk: kept, reread, resumed after a kill, and refused where something is wrong with them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from mscape.atlas.load import load_atlas
from mscape.errors import DataError, OutputError
from mscape.experiments.bind import Bound, bind_record, rescale_priors
from mscape.experiments.prior import PriorWidth
from mscape.inference.fit import Ensemble, fit_mechanism
from mscape.inference.smc import State
from mscape.standards import ensemble_cache
from mscape.standards.ensemble_cache import (
    Checkpoint,
    Progress,
    find_folder,
    hash_bound,
    load_ensemble,
    make_key,
    read_ensemble,
    write_ensemble,
)
from mscape.standards.zarr_particles import read_particles

ATLAS = load_atlas()
ID = "ji2015_gastric_exosome"
COUNT = 24
# A run that is killed after its first stage, as by `kill -9` or a power cut.
_KILLED = """
import os, signal
from mscape.atlas.load import load_atlas
from mscape.experiments.bind import bind_record
from mscape.standards import ensemble_cache
from mscape.standards.ensemble_cache import Progress, load_ensemble

ensemble_cache.identify_code = lambda: "the code as it is"  # somebody may edit it meanwhile
atlas = load_atlas()
bound = bind_record(atlas.records["{id}"], atlas)
die = lambda power: os.kill(os.getpid(), signal.SIGKILL)
load_ensemble(bound, seed=3, particles={count}, progress=Progress(power=die))
"""


@pytest.fixture(scope="module")
def bound() -> Bound:
    return bind_record(ATLAS.records[ID], ATLAS)


@pytest.fixture(scope="module")
def ensemble(bound: Bound) -> Ensemble:
    return fit_mechanism(bound, seed=3, particles=COUNT)


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache folder for ensembles of its own; compiled code stays where it is."""
    folder = tmp_path / "ensembles"
    folder.mkdir()
    monkeypatch.setattr(ensemble_cache, "find_folder", lambda: folder)
    return folder


def _assert_same(first: Ensemble, second: Ensemble) -> None:
    assert sorted(first.particles.axes) == sorted(second.particles.axes)
    for name, axis in first.particles.axes.items():
        np.testing.assert_array_equal(axis, second.particles.axes[name])
    np.testing.assert_array_equal(first.margins, second.margins)
    np.testing.assert_array_equal(first.ancestors, second.ancestors)
    facts = ("mechanism", "seed", "contrasts", "log_evidence", "log_evidence_error", "stages", "width")
    assert [getattr(first, name) for name in facts] == [getattr(second, name) for name in facts]


def test_what_is_written_reads_back_exactly(tmp_path: Path, bound: Bound, ensemble: Ensemble) -> None:
    path = tmp_path / "e.zarr"
    write_ensemble(path, ensemble, bound)
    _assert_same(read_ensemble(path, bound), ensemble)
    write_ensemble(path, ensemble, bound)  # in its own place
    opened: Any = zarr.open_group(path, mode="r")
    assert opened["quantile"].metadata.dimension_names == ("particle", "axis")
    assert opened.attrs["provenance"]["mechanisms"] == [ID]
    assert [item.name for item in tmp_path.iterdir()] == ["e.zarr"]


def test_what_is_damaged_or_foreign_is_refused(tmp_path: Path, bound: Bound, ensemble: Ensemble) -> None:
    path = tmp_path / "e.zarr"
    write_ensemble(path, ensemble, bound)
    other = bind_record(ATLAS.records["xu2018_breast_il6"], ATLAS)
    with pytest.raises(DataError, match="xu2018"):
        read_ensemble(path, other)
    with pytest.raises(DataError, match="another state"):
        read_ensemble(path, rescale_priors(bound, PriorWidth.WIDE))
    for name in ("none.zarr", "."):
        with pytest.raises(DataError, match="no ensemble"):
            read_particles(tmp_path / name)
    facts = json.loads((path / "zarr.json").read_text("utf-8"))
    facts["attributes"]["log_evidence"] = "much"
    broken = shutil.copytree(path, tmp_path / "broken.zarr")
    (broken / "zarr.json").write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(DataError, match="damaged"):
        read_particles(broken)
    chunk = next(item for item in (path / "margin").rglob("*") if item.is_file() and item.name != "zarr.json")
    chunk.write_bytes(chunk.read_bytes()[::-1])
    with pytest.raises(DataError, match="damaged"):
        read_particles(path)


def test_something_else_is_not_replaced(tmp_path: Path, bound: Bound, ensemble: Ensemble) -> None:
    (tmp_path / "photos").mkdir()
    with pytest.raises(OutputError, match="something else"):
        write_ensemble(tmp_path / "photos", ensemble, bound)


@pytest.mark.slow
def test_an_ensemble_is_computed_once_and_anew_where_it_is_damaged(
    own_cache: Path, bound: Bound, ensemble: Ensemble
) -> None:
    solved: list[int] = []

    def load(**options: object) -> Ensemble:
        solved.clear()
        told = Progress(solved=solved.append)
        return load_ensemble(bound, seed=3, particles=COUNT, progress=told, **options)  # type: ignore[arg-type]

    _assert_same(load(), ensemble)
    assert solved
    assert [item.suffix for item in own_cache.iterdir()] == [".zarr"]
    _assert_same(load(), ensemble)
    assert not solved
    load(again=True)
    assert solved
    (next(own_cache.iterdir()) / "zarr.json").write_text("{", encoding="utf-8")
    _assert_same(load(), ensemble)
    assert solved
    _assert_same(load(), ensemble)
    assert not solved


def test_another_prior_seed_or_number_is_another_ensemble(bound: Bound) -> None:
    key = make_key(bound, seed=1, particles=10)
    assert key == make_key(bind_record(ATLAS.records[ID], ATLAS), seed=1, particles=10)
    others = [make_key(bound, seed=2, particles=10), make_key(bound, seed=1, particles=11)]
    others.append(make_key(rescale_priors(bound, PriorWidth.NARROW), seed=1, particles=10))
    assert len({key, *others}) == 4


@pytest.mark.slow
def test_the_digest_of_a_record_does_not_depend_on_the_process() -> None:
    code = (
        "from mscape.atlas.load import load_atlas; from mscape.experiments.bind import bind_record; "
        "from mscape.standards.ensemble_cache import hash_bound; atlas = load_atlas(); "
        f"print(hash_bound(bind_record(atlas.records['{ID}'], atlas)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == hash_bound(bind_record(ATLAS.records[ID], ATLAS))


@pytest.mark.slow
def test_a_fit_that_was_killed_goes_on_and_ends_bit_for_bit_the_same(
    bound: Bound, ensemble: Ensemble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ensemble_cache, "identify_code", lambda: "the code as it is")
    folder = find_folder()
    assert folder is not None
    run = subprocess.run(
        [sys.executable, "-c", _KILLED.format(id=ID, count=COUNT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == -9, run.stderr
    state = Checkpoint(folder / f"{make_key(bound, seed=3, particles=COUNT)}.state")
    held = state.load(3, COUNT)
    assert held is not None
    assert len(held.stages) == 1
    done: list[float] = []
    resumed = load_ensemble(bound, seed=3, particles=COUNT, progress=Progress(power=done.append))
    assert len(done) == len(ensemble.stages) - 1
    _assert_same(resumed, ensemble)
    assert not state.path.exists()


@pytest.mark.slow
def test_a_state_that_cannot_be_trusted_counts_as_absent(tmp_path: Path, bound: Bound) -> None:
    kept = Checkpoint(tmp_path / "a.state")
    states: list[State] = []
    fit_mechanism(bound, seed=1, particles=COUNT, keep=states.append)
    kept.keep(states[0])
    held = kept.load(1, COUNT)
    assert held is not None
    assert held.stages == states[0].stages
    assert kept.load(1, COUNT + 1) is None
    whole = kept.path.read_bytes()
    for broken in (b"", b"nonsense", whole[: len(whole) // 2]):
        kept.path.write_bytes(broken)
        assert kept.load(1, COUNT) is None
    kept.drop()
    assert kept.load(1, COUNT) is None
    kept.drop()


@pytest.mark.slow
def test_without_a_folder_an_ensemble_is_computed_all_the_same(
    bound: Bound, ensemble: Ensemble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ensemble_cache, "find_folder", lambda: None)
    _assert_same(load_ensemble(bound, seed=3, particles=COUNT), ensemble)
