"""Files in and out, with where they came from: provenance, atomic writes, bounded reads, tables, JSON.

Knows no content: what a column or a record means is decided by those who call.
"""

import contextlib
import csv
import hashlib
import io
import json
import math
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from pathlib import Path

from mscape.errors import DataError, FormatError, OutputError, raise_faults

VERSION = "0.1.0"

MAX_BYTES = 8_000_000  # far above any curated file or plate, far below what would hurt a laptop


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a result depends on besides its inputs; stored with every result.

    Parameters
    ----------
    version
        The mscape version that computed it.
    atlas_hash
        Content hash of the curated records, None where none were used.
    seed
        Seed of the random draws, None where nothing was drawn.
    relative_tolerance, absolute_tolerance
        Of the solver, None where nothing was solved; the absolute one in model units.
    mechanisms
        Ids of the mechanisms involved, sorted.
    """

    version: str = VERSION
    atlas_hash: str | None = None
    seed: int | None = None
    relative_tolerance: float | None = None
    absolute_tolerance: float | None = None
    mechanisms: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the record in the shape every ``--json`` output carries."""
        record = asdict(self)
        record["tolerances"] = {
            "relative": record.pop("relative_tolerance"),
            "absolute": record.pop("absolute_tolerance"),
        }
        return record


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    Parameters
    ----------
    line
        Line number in the file, from 1, for messages.
    cells
        Text by column name, stripped of surrounding blanks.
    """

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text as read from a file.

    Parameters
    ----------
    name
        File name, for messages.
    columns
        Column names in file order.
    rows
        The lines below the header, blank ones left out.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_text(path: Path, *, max_bytes: int = MAX_BYTES) -> str:
    """Read a UTF-8 text file of bounded size; a byte-order mark is dropped and line ends become ``\\n``.

    Parameters
    ----------
    path
        The file.
    max_bytes
        Larger files are refused before they are decoded.

    Raises
    ------
    DataError
        The file is missing, unreadable or too large.
    FormatError
        It is not UTF-8 text.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError as error:
        reason = (
            "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read ({error.strerror})"
        )
        raise DataError(str(path), f"the file {reason}", "a readable file", "check the path") from error
    if len(data) > max_bytes:
        raise DataError(
            str(path), "the file is too large", f"at most {max_bytes} bytes", "split it or cut columns"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        advice = "save it as UTF-8 (in a spreadsheet: 'CSV UTF-8')"
        raise FormatError(f"{path.name} line {line}", "the text is not UTF-8", "UTF-8", advice) from error
    if "\0" in text:
        raise FormatError(path.name, "the file holds NUL bytes", "text", "save it as UTF-8 text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_table(path: Path, *, required: Sequence[str] = (), max_bytes: int = MAX_BYTES) -> Table:
    """Read a table of text: tab-separated for ``.tsv`` and ``.txt``, comma-separated for ``.csv``.

    Tab-separated cells are taken literally, so a quotation mark is only a character. Lines that start with
    ``#`` above the header are comments.

    Parameters
    ----------
    path
        The file.
    required
        Columns that must be there, in any order, among any others.
    max_bytes
        As in `read_text`.

    Raises
    ------
    DataError
        As in `read_text`; or a required column is missing, a name stands twice, or a line has too many or too
        few cells. All faults of a file are raised together.
    FormatError
        As in `read_text`, or a quotation mark never closes.
    """
    numbered = _split_lines(read_text(path, max_bytes=max_bytes), path)
    if not numbered:
        raise DataError(
            path.name, "the table is empty", "a header line", "write the column names in the first line"
        )
    header_line, header = numbered[0]
    columns = tuple(cell.strip() for cell in header)
    where = f"{path.name} line {header_line}"
    faults: list[DataError] = []
    faults += [
        DataError(where, f"column '{name}' stands twice", "each name once", "rename one of them")
        for name in sorted({name for name in columns if columns.count(name) > 1})
    ]
    missing = ", ".join(f"'{name}'" for name in required if name not in columns)
    if missing:
        faults.append(
            DataError(where, f"there is no column {missing}", ", ".join(required), "add it to the header")
        )
    rows = []
    for line, cells in numbered[1:]:
        if len(cells) != len(columns):
            found = f"{len(cells)} cells"
            advice = "check for a missing or stray separator"
            faults.append(
                DataError(f"{path.name} line {line}", found, f"{len(columns)} as in the header", advice)
            )
        else:
            rows.append(Row(line, dict(zip(columns, (cell.strip() for cell in cells), strict=True))))
    raise_faults(faults)
    return Table(path.name, columns, tuple(rows))


def write_bytes_atomic(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old content or all of the new, never a part.

    Parameters
    ----------
    path
        Where to write; missing parent folders are made.
    data
        The whole content.

    Raises
    ------
    OutputError
        The folder is read-only, the disk is full, or a file stands where a folder is needed.
    """
    # A sibling, because a rename is only atomic within one file system; open("xb") keeps the user's umask.
    temporary = path.with_name(f".{path.name[:100]}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as stream:
            stream.write(data)
        temporary.replace(path)
    except OSError as error:
        found = f"cannot be written ({error.strerror or error})"
        raise OutputError(str(path), found, "a writable folder", "choose another with --out") from error
    finally:
        with contextlib.suppress(OSError):  # the folder itself is the problem, and that is being raised
            temporary.unlink(missing_ok=True)


def write_text_atomic(path: Path, text: str) -> None:
    """Write UTF-8 text with ``\\n`` line ends on every system, as `write_bytes_atomic` does.

    Parameters
    ----------
    path, text
        Where, and the whole content.

    Raises
    ------
    OutputError
        As in `write_bytes_atomic`.
    """
    write_bytes_atomic(path, text.encode("utf-8"))


def write_table(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    provenance: Provenance | None = None,
) -> None:
    """Write a table that `read_table` reads back; numbers keep every digit, None becomes an empty cell.

    Parameters
    ----------
    path
        Ends in ``.csv`` or ``.tsv``, which decides the separator.
    columns
        Names for the header.
    rows
        One sequence of cells a line.
    provenance
        If given, written as a ``#`` comment above the header.

    Raises
    ------
    ValueError
        A row has another length than the header, or a tab-separated cell holds a tab or line break.
    OutputError
        As in `write_bytes_atomic`.
    """
    tabs = path.suffix != ".csv"
    stream = io.StringIO()
    if provenance is not None:
        stream.write(f"# {json.dumps(to_plain(provenance.to_json()), ensure_ascii=False)}\n")
    if tabs:
        writer = csv.writer(
            stream, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None
        )
    else:
        writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = [format_cell(cell) for cell in row]
        if len(cells) != len(columns) or (tabs and any(set(cell) & set("\t\n\r") for cell in cells)):
            raise ValueError(f"row {cells} does not fit columns {list(columns)}")
        writer.writerow(cells)
    write_text_atomic(path, stream.getvalue())


def format_cell(value: object) -> str:
    """Return the text of a table cell: shortest digits that read back exactly, empty for None."""
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(float(value))  # float() so that a NumPy scalar prints as a plain number
    return str(value)


def make_envelope(command: str, provenance: Provenance, data: object) -> dict[str, object]:
    """Return what a ``--json`` output holds: schema name, provenance, data.

    Parameters
    ----------
    command
        Name of the command, such as ``score``.
    provenance
        What the data depends on.
    data
        Anything `to_plain` takes.

    Examples
    --------
    >>> make_envelope("list", Provenance(), [])["schema"]
    'mscape/list/1'
    """
    plain = {"provenance": provenance.to_json(), "data": data}
    return {"schema": f"mscape/{command}/1"} | {name: to_plain(value) for name, value in plain.items()}


def format_json(value: object) -> str:
    """Return a value as indented, strictly valid JSON text ending in a newline."""
    return json.dumps(to_plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_plain(value: object) -> object:
    """Turn a value into what JSON can hold: dataclasses into objects, arrays into lists, NaN into null.

    Parameters
    ----------
    value
        Nested dataclasses, mappings, sequences, paths, NumPy arrays and scalars, text, numbers, None.

    Raises
    ------
    TypeError
        Something else.

    Examples
    --------
    >>> to_plain((1, float("nan")))
    [1, None]
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None  # JSON has no NaN and no infinity
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [to_plain(item) for item in value]
    if isinstance(value, os.PathLike):
        return Path(value).as_posix()
    if hasattr(value, "tolist"):  # NumPy, without importing it
        return to_plain(value.tolist())
    raise TypeError(f"{type(value).__name__} has no JSON form")


def hash_folder(folder: Path, *, suffixes: Sequence[str] = ()) -> str:
    """Return a hash of a folder's files by relative path and content, the same on every system.

    Parameters
    ----------
    folder
        Searched through all levels; hidden files and ``__pycache__`` are left out.
    suffixes
        If given, only files ending so count, such as ``.yaml``.

    Examples
    --------
    >>> hash_folder(Path("no-such-folder"))[:8]
    'e3b0c442'
    """
    digest = hashlib.sha256()
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for name in sorted(files):
        parts = name.split("/")
        if any(part.startswith(".") or part == "__pycache__" for part in parts):
            continue
        if suffixes and not name.endswith(tuple(suffixes)):
            continue
        content = files[name].read_bytes().replace(b"\r\n", b"\n")
        # Lengths keep "ab" + "c" apart from "a" + "bc".
        digest.update(f"{len(name.encode())} {name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _split_lines(text: str, path: Path) -> list[tuple[int, list[str]]]:
    """Return (line number, cells) of every line that is not blank nor a comment above the header."""
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    if path.suffix != ".csv":
        return [(i, line.split("\t")) for i, line in enumerate(lines[first:], first + 1) if line.strip()]
    reader = csv.reader(io.StringIO("\n".join(lines[first:])), strict=True)
    found: list[tuple[int, list[str]]] = []
    start = first + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((start, cells))
            start = first + reader.line_num + 1
    except csv.Error as error:
        raise FormatError(
            f"{path.name} line {start}", f"not CSV ({error})", "", "close the quotation mark"
        ) from error
    return found
