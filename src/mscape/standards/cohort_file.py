"""Each member of a cohort in a file: one line of a table, or one place in every array of a Zarr folder.

A table holds the provenance above its header. A Zarr v3 folder opens in xarray as a dataset over ``member``;
units and provenance are attributes, and it appears under its name only when it is whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mscape.errors import UsageError
from mscape.standards.zarr_folder import replace_folder
from mscape.store import Provenance, to_plain, write_table

MARK = "mscape/cohort/1"
ENDINGS = (".tsv", ".csv", ".zarr")
_CHUNK = 65_536  # members
Column = tuple[str, NDArray[Any]]  # unit, values of shape (member,)


def refuse_ending(path: Path) -> None:
    """Refuse a file that is neither a table nor a Zarr folder by its name.

    Raises
    ------
    UsageError
        It has another ending.
    """
    if path.suffix not in ENDINGS:
        found = f"'{path.name}'"
        raise UsageError(
            "--out", found, f"a name that ends in {', '.join(ENDINGS)}", "write it like cohort.tsv"
        )


def write_cohort(path: Path, columns: Mapping[str, Column], *, provenance: Provenance) -> None:
    """Write the members of a cohort.

    Parameters
    ----------
    path
        Ends in ``.tsv``, ``.csv`` or ``.zarr``, which decides what is written.
    columns
        Name to unit and values, shape (member,); NaN is an empty cell of a table.
    provenance
        Stored with them.

    Raises
    ------
    UsageError
        The name has another ending.
    OutputError
        It cannot be written, or something else stands there.
    """
    refuse_ending(path)
    if path.suffix == ".zarr":
        _write_arrays(path, columns, provenance)
        return
    names = [f"{name} ({unit})" if unit else name for name, (unit, _) in columns.items()]
    listed = [_list_cells(values) for _, values in columns.values()]
    write_table(path, names, zip(*listed, strict=True), provenance=provenance)


def _list_cells(values: NDArray[Any]) -> list[object]:
    cells = values.tolist()
    return [None if isinstance(cell, float) and np.isnan(cell) else cell for cell in cells]


def _write_arrays(path: Path, columns: Mapping[str, Column], provenance: Provenance) -> None:
    import zarr

    with replace_folder(path, MARK) as part:
        group: Any = zarr.open_group(part, mode="w-")
        for name, (unit, values) in columns.items():
            array = group.create_array(
                name,
                shape=values.shape,
                chunks=(min(len(values), _CHUNK),),
                dtype=str(values.dtype),
                dimension_names=("member",),
            )
            array[:] = values
            array.attrs["units"] = unit
        group.attrs.update({"schema": MARK, "provenance": to_plain(provenance.to_json())})
