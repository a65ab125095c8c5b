"""Zarr v3: an ensemble of trajectories, chunk by chunk, in a folder that xarray opens as a dataset.

One array per observable over (trajectory, time), ``time``, one array ``input.NAME`` per varied input,
``status`` with its meanings, and the provenance as attributes. The folder appears under its name only when it
is whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mscape.engine.batch import Array, Status, Trajectories
from mscape.errors import DataError
from mscape.standards.zarr_folder import replace_folder
from mscape.store import Provenance, to_plain

MARK = "mscape/ensemble/1"


def write_ensemble(
    path: Path,
    times: Array,
    chunks: Iterable[tuple[Mapping[str, Array], Trajectories]],
    *,
    count: int,
    provenance: Provenance,
) -> dict[str, int]:
    """Write an ensemble as it is computed, and return how many trajectories ended in each status.

    Parameters
    ----------
    path
        A folder that does not exist yet, or an ensemble written before, which is replaced.
    times
        Read-out times, shape (time,).
    chunks
        Varied inputs (one value per trajectory) and trajectories, one after another.
    count
        Number of trajectories in all.
    provenance
        Stored with the arrays.

    Raises
    ------
    OutputError
        The folder cannot be written, the disk is full, or something else stands there; nothing is left.
    """
    with replace_folder(path, MARK) as part:
        return _write_chunks(part, times, chunks, count, provenance)


def read_ensemble(path: Path) -> tuple[Array, dict[str, Array], Trajectories]:
    """Read an ensemble: times, varied inputs by name, trajectories.

    Raises
    ------
    DataError
        There is no whole ensemble at this path.
    """
    import zarr

    try:
        group: Any = zarr.open_group(path, mode="r")
        whole = group.attrs.get("schema") == MARK
    except (OSError, ValueError):
        whole = False
    if not whole:
        raise DataError(str(path), "no ensemble of mscape", "a folder that mscape wrote", "check the path")
    names = tuple(str(name) for name in _list_names(group, "observables"))
    values = [np.asarray(group[_name_array(name)][:]) for name in names]
    inputs = {str(name): np.asarray(group[f"input.{name}"][:]) for name in _list_names(group, "inputs")}
    status = np.asarray(group["status"][:], dtype=np.int64)
    return np.asarray(group["time"][:]), inputs, Trajectories(names, np.stack(values, axis=2), status)


def _name_array(observable: str) -> str:
    return f"observable.{observable}" if observable in ("time", "status") else observable


def _list_names(group: Any, key: str) -> list[object]:
    return list(group.attrs[key])


def _write_chunks(
    part: Path,
    times: Array,
    chunks: Iterable[tuple[Mapping[str, Array], Trajectories]],
    count: int,
    provenance: Provenance,
) -> dict[str, int]:
    import zarr

    group: Any = zarr.open_group(part, mode="w-")
    done = 0
    tally = dict.fromkeys((status.name.lower() for status in Status), 0)
    for inputs, trajectories in chunks:
        size = len(trajectories.status)
        if not done:
            _create_arrays(group, times, (inputs, trajectories), count)
        rows = slice(done, done + size)
        for index, name in enumerate(trajectories.observables):
            group[_name_array(name)][rows] = trajectories.values[:, :, index]
        for name, column in inputs.items():
            group[f"input.{name}"][rows] = column
        group["status"][rows] = trajectories.status
        for status in Status:
            tally[status.name.lower()] += int((trajectories.status == status).sum())
        done += size
    if done != count:
        raise ValueError(f"{done} trajectories came of {count}")
    group.attrs.update({"schema": MARK, "provenance": to_plain(provenance.to_json())})
    return tally


def _create_arrays(
    group: Any, times: Array, first: tuple[Mapping[str, Array], Trajectories], count: int
) -> None:
    inputs, trajectories = first
    size = max(len(trajectories.status), 1)
    make = group.create_array
    held = make("time", shape=times.shape, dtype="float64", dimension_names=("time",))
    held[:] = times
    for name in trajectories.observables:
        make(
            _name_array(name),
            shape=(count, len(times)),
            chunks=(size, len(times)),
            dtype="float64",
            fill_value=float("nan"),
            dimension_names=("trajectory", "time"),
        )
    flat = {"shape": (count,), "chunks": (size,), "dimension_names": ("trajectory",)}
    for name in inputs:
        make(f"input.{name}", dtype="float64", **flat)
    status = make("status", dtype="int8", **flat)
    status.attrs["flag_values"] = [int(item) for item in Status]
    status.attrs["flag_meanings"] = " ".join(item.name.lower() for item in Status)
    group.attrs.update({"observables": list(trajectories.observables), "inputs": list(inputs)})
