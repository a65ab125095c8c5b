"""Read a mechanism table, whatever its form, into claims."""

import os
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from mscape.atlas.claim import Table
from mscape.atlas.table_columns import find_columns, read_columns
from mscape.atlas.table_print import read_print
from mscape.atlas.table_row import build_claims, find_row_faults
from mscape.atlas.vocabulary import Vocabulary, load_vocabulary
from mscape.errors import DataError, FormatError, raise_faults

MAX_BYTES = 1_000_000  # a review's table has a few kB; more is another file


def read_claims(source: str | bytes | os.PathLike[str], *, vocabulary: Vocabulary | None = None) -> Table:
    """Read a mechanism table: print without column marks, CSV or TSV, told apart by content.

    Parameters
    ----------
    source
        Text or bytes of the table, or the path of its file. A `str` is always text.
    vocabulary
        Known tumours, drugs and signals; by default those that ship with mscape.

    Raises
    ------
    DataError
        The file cannot be read.
    FormatError
        It is empty, binary, too large, no mechanism table, or a row is incomplete.
    Faults
        Several rows are faulty: all of them at once.

    Examples
    --------
    >>> text = 'Tumor,Drug,Mechanism,Reference\\nHCC,Cisplatin,MSCs secreting IL-6.,"Xu et al., 2018"'
    >>> read_claims(text).claims[0].reference.author
    'Xu'
    """
    content, name = _read_source(source)
    lines = _split_lines(_decode(content, name), name)
    words = load_vocabulary() if vocabulary is None else vocabulary
    columns = find_columns(lines)
    raw = read_print(lines, words, name) if columns is None else read_columns(lines, columns, words, name)
    raise_faults((*raw.faults, *find_row_faults(raw.rows, name)))
    if not raw.rows:
        raise FormatError(name, "a header but no row", "at least one row", "give the whole table")
    claims = build_claims(raw, words, name)
    warnings = (*raw.warnings, *(issue for claim in claims for issue in claim.issues))
    form = "print" if columns is None else columns.form
    return Table(claims, raw.abbreviations, raw.title, raw.citation, form, warnings)


def read_seed_table() -> Table:
    """Read the table that ships with mscape, the one its mechanisms were curated from.

    Source: Front Cell Dev Biol 2021;9:637675, doi 10.3389/fcell.2021.637675.

    Examples
    --------
    >>> len(read_seed_table().claims)
    17
    """
    return read_claims(files("mscape.atlas").joinpath("seed_table.txt").read_bytes())


def _read_source(source: str | bytes | os.PathLike[str]) -> tuple[bytes, str]:
    if isinstance(source, str):
        return source.encode("utf-8", "surrogatepass"), "table"
    if isinstance(source, bytes):
        return source, "table"
    path = Path(source)
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1), path.name
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(str(path), f"cannot be read: {reason}", "a text file", "check the path") from error


def _decode(content: bytes, name: str) -> str:
    if len(content) > MAX_BYTES:
        raise FormatError(name, "the file is too large", f"at most {MAX_BYTES} bytes", "give the table alone")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        found = f"byte {error.start} is not {encoding.removesuffix('-sig').upper()} text"
        raise FormatError(name, found, "a text file in UTF-8", "save the table as UTF-8 text") from error
    if "\0" in text:
        raise FormatError(name, "the file is binary", "text, CSV or TSV", "save the table as UTF-8 text")
    if not text.strip():
        raise FormatError(name, "the file is empty", "a mechanism table", "give a table as text, CSV or TSV")
    return text


def _split_lines(text: str, name: str) -> Sequence[tuple[int, str]]:
    """Number and text of each line, comment lines left out."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = [(number, line) for number, line in enumerate(lines, start=1) if not line.startswith("#")]
    if not any(line.strip() for _, line in kept):
        raise FormatError(name, "only comment lines", "a mechanism table", "give a table as text, CSV or TSV")
    return kept
