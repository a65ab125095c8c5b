"""Read a tab-separated table into rows of a form, each with its line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from mscape.atlas.form_fault import list_faults
from mscape.atlas.record import Form
from mscape.errors import AtlasError, FormatError, MscapeError, raise_faults
from mscape.ids import find_near_misses
from mscape.store import Table, read_table

MAX_BYTES = 2_000_000  # terms.tsv, the longest, has some 50 kB
F = TypeVar("F", bound=Form)


@dataclass(frozen=True, slots=True)
class Rows(Generic[F]):
    """The rows of a table and the line each stands on."""

    rows: tuple[F, ...]
    lines: tuple[int, ...]

    def index(self) -> dict[tuple[str | int, ...], int]:
        """Return the line of each row by its place, counted from 0."""
        return {(place,): line for place, line in enumerate(self.lines)}


def list_columns(form: type[Form]) -> tuple[str, ...]:
    """Return the columns of a form's table, in canonical order."""
    return tuple(form.model_fields)


def read_rows(path: Path, form: type[F], *, name: str | None = None) -> Rows[F]:
    """Read a table into rows; columns that may be empty may also be left out.

    Parameters
    ----------
    path
        A ``.tsv`` file.
    form
        What a row holds.
    name
        What messages call the file; by default its file name.

    Raises
    ------
    DataError, FormatError
        The file cannot be read as a table.
    AtlasError
        A column or value does not fit the form. All faults of a file are raised together.
    """
    called = name or path.name
    table = _read(path, form, called)
    faults: list[AtlasError] = list(_find_strange_columns(table, form, called))
    rows: list[F] = []
    lines: list[int] = []
    for line in table.rows:
        # An empty cell is a field left out, so that each form's own default says what empty means.
        cells: dict[str, Any] = {
            key: text for key, text in line.cells.items() if text and key in form.model_fields
        }
        try:
            rows.append(form.model_validate(cells))
            lines.append(line.line)
        except ValidationError as error:
            where = f"{called} line {line.line}"
            faults += list_faults(error, form, lambda _, where=where: where)  # type: ignore[misc]
    raise_faults(faults)
    return Rows(tuple(rows), tuple(lines))


def rename_fault(error: MscapeError, path: Path, name: str) -> list[MscapeError]:
    """Return the errors of a file with its place in the atlas instead of its bare name or its whole path."""
    faults: list[MscapeError] = []
    for one in getattr(error, "errors", (error,)):
        where = one.where
        for known in (str(path), path.name):
            if where.startswith(known):
                where = name + where[len(known) :]
                break
        faults.append(type(one)(where, one.found, one.expected, one.advice))
    return faults


def _read(path: Path, form: type[Form], name: str) -> Table:
    required = [key for key, field in form.model_fields.items() if field.is_required()]
    try:
        table = read_table(path, required=required, max_bytes=MAX_BYTES)
    except MscapeError as error:
        raise_faults(rename_fault(error, path, name))
        raise  # not reached: there is at least one fault
    if "" in table.columns:
        raise FormatError(
            name, "a column has no name", "a name for each column", "remove the stray tab in the header"
        )
    return table


def _find_strange_columns(table: Table, form: type[Form], name: str) -> list[AtlasError]:
    known = list_columns(form)
    faults = []
    for column in table.columns:
        if column not in known:
            near = find_near_misses(column, known)
            expected = " or ".join(near) if near else ", ".join(known)
            advice = f"write '{near[0]}'" if near else "remove it"
            faults.append(
                AtlasError(f"{name} header", f"'{column[:60]}' is no column of it", expected, advice)
            )
    return faults
