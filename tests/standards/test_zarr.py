"""Ensembles written to Zarr are whole or not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mscape.engine.batch import Array, Trajectories
from mscape.errors import DataError, OutputError
from mscape.standards.zarr import read_ensemble, write_ensemble
from mscape.store import Provenance

TIMES = np.linspace(0, 1, 5)


def make_chunks(sizes: tuple[int, ...]) -> Iterator[tuple[dict[str, Array], Trajectories]]:
    start = 0
    for size in sizes:
        index = np.arange(start, start + size, dtype=float)
        values = index[:, None, None] + np.zeros((size, 5, 2)) + [0.0, 0.5]
        status = np.where(index == 1, 2, 0).astype(np.int64)
        values[status != 0] = np.nan
        yield {"k1": index * 2}, Trajectories(("a", "time"), values, status)
        start += size


def test_an_ensemble_reads_back_as_written(tmp_path: Path) -> None:
    path = tmp_path / "runs.zarr"
    tally = write_ensemble(path, TIMES, make_chunks((4, 4, 1)), count=9, provenance=Provenance(seed=7))
    times, inputs, found = read_ensemble(path)
    assert np.array_equal(times, TIMES)
    assert np.array_equal(inputs["k1"], np.arange(9) * 2.0)
    assert found.observables == ("a", "time")
    assert found.status.tolist() == [0, 2, 0, 0, 0, 0, 0, 0, 0]
    assert np.isnan(found.values[1]).all()
    assert found.values[8, 0].tolist() == [8.0, 8.5]
    assert tally["done"] == 8
    assert sum(tally.values()) == 9


def test_its_metadata_is_what_xarray_needs(tmp_path: Path) -> None:
    path = tmp_path / "runs.zarr"
    write_ensemble(path, TIMES, make_chunks((2,)), count=2, provenance=Provenance(seed=7))
    meta = json.loads((path / "a" / "zarr.json").read_text("utf-8"))
    assert meta["dimension_names"] == ["trajectory", "time"]
    attributes = json.loads((path / "zarr.json").read_text("utf-8"))["attributes"]
    assert attributes["provenance"]["seed"] == 7
    flags = json.loads((path / "status" / "zarr.json").read_text("utf-8"))["attributes"]
    assert len(flags["flag_values"]) == len(flags["flag_meanings"].split())


def test_an_older_ensemble_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "runs.zarr"
    for count in (4, 2):
        write_ensemble(path, TIMES, make_chunks((count,)), count=count, provenance=Provenance())
    assert len(read_ensemble(path)[2].status) == 2
    assert [item.name for item in tmp_path.iterdir()] == ["runs.zarr"]


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_something_else_is_never_replaced(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "thesis"
    if kind == "folder":
        path.mkdir()
        (path / "chapter.txt").write_text("years of work", encoding="utf-8")
    else:
        path.write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError, match="something else"):
        write_ensemble(path, TIMES, make_chunks((2,)), count=2, provenance=Provenance())
    assert path.exists()


def test_a_run_that_breaks_off_leaves_nothing_that_reads_as_whole(tmp_path: Path) -> None:
    path = tmp_path / "runs.zarr"

    def breaks() -> Iterator[tuple[dict[str, Array], Trajectories]]:
        yield from make_chunks((4,))
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left"):
        write_ensemble(path, TIMES, breaks(), count=8, provenance=Provenance())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [None, "{}", "no json"])
def test_what_is_not_an_ensemble_is_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "runs.zarr"
    if content is not None:
        path.mkdir()
        (path / "zarr.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="no ensemble"):
        read_ensemble(path)
