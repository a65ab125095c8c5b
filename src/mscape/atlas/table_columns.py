"""Mechanism tables with column marks: CSV and TSV, columns in any order, further columns kept as notes."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mscape.atlas.footnote import parse_footnote
from mscape.atlas.reference import find_references
from mscape.atlas.table_row import RawTable, Row, place, split_drugs
from mscape.atlas.vocabulary import Vocabulary
from mscape.errors import FormatError

_HEADINGS = {
    "tumour": re.compile(r"(?:tumou?r|cancer)s?(?: types?)?"),
    "drugs": re.compile(r"(?:antitumou?r )?drugs?(?: resistance)?"),
    "mechanism": re.compile(r"mechanisms?(?: of .*)?"),
    "reference": re.compile(r"ref(?:erence)?s?"),
}
_DELIMITERS = {"\t": "tsv", ",": "csv", ";": "csv"}
_HEADER_WITHIN = 50  # lines of title and page furniture that may stand above the header


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table's header stands and which column is which.

    Parameters
    ----------
    line
        Line of the header, from 0, in the list of lines.
    delimiter
        What separates cells.
    names
        The header's cells.
    positions
        Column number of 'tumour', 'drugs', 'mechanism' and 'reference'.
    """

    line: int
    delimiter: str
    names: tuple[str, ...]
    positions: dict[str, int]

    @property
    def form(self) -> str:
        """'csv' or 'tsv'."""
        return _DELIMITERS[self.delimiter]


def find_columns(lines: Sequence[tuple[int, str]]) -> Columns | None:
    """Find a header with column marks; None if the table has none.

    Parameters
    ----------
    lines
        Number and text of each line.
    """
    for index, (_, line) in enumerate(lines[:_HEADER_WITHIN]):
        for delimiter in _DELIMITERS:
            if delimiter not in line:
                continue
            names = tuple(cell.strip().strip('"').strip() for cell in line.split(delimiter))
            positions: dict[str, int] = {}
            for column, heading in enumerate(names):
                for role, pattern in _HEADINGS.items():
                    if pattern.fullmatch(" ".join(heading.lower().replace("_", " ").split())):
                        positions.setdefault(role, column)
            if len(positions) == len(_HEADINGS):
                return Columns(index, delimiter, names, positions)
    return None


def read_columns(
    lines: Sequence[tuple[int, str]], columns: Columns, vocabulary: Vocabulary, name: str
) -> RawTable:
    """Read a table with column marks.

    Parameters
    ----------
    lines
        Number and text of each line.
    columns
        The header.
    vocabulary
        Words that tell a drug whose name holds a separator from a list.
    name
        The table's name in messages.
    """
    rows: list[Row] = []
    faults: list[FormatError] = []
    abbreviations: tuple[tuple[str, str], ...] = ()
    body = lines[columns.line + 1 :]
    try:
        for span, cells in _read_records(body, columns.delimiter):
            footnote = parse_footnote(_one_line(columns.delimiter.join(cells)), 0, vocabulary)
            if footnote is not None and not find_references(" ".join(cells)):
                abbreviations += footnote.abbreviations
            elif len(cells) != len(columns.names):
                found = f"{len(cells)} cells"
                advice = "complete the row, quote cells that hold the separator; the file may be cut off"
                where = place(name, len(rows) + len(faults) + 1, span)
                faults.append(FormatError(where, found, f"{len(columns.names)} as in the header", advice))
            else:
                rows.append(_read_cells(cells, columns, vocabulary, (len(rows) + len(faults) + 1, span)))
    except csv.Error as error:
        where = place(name, len(rows) + len(faults) + 1, (body[0][0], body[-1][0]))
        faults.append(FormatError(where, f"the row cannot be read: {error}", "closed quotes", "mend the row"))
    above = [" ".join(line.split()) for _, line in lines[: columns.line] if line.strip()]
    return RawTable(tuple(rows), abbreviations, above[-1] if above else "", faults=tuple(faults))


def _read_records(
    lines: Sequence[tuple[int, str]], delimiter: str
) -> Iterator[tuple[tuple[int, int], list[str]]]:
    """Cells of each record that has any, with its first and last line."""
    reader = csv.reader(
        io.StringIO("\n".join(line for _, line in lines), newline=""), delimiter=delimiter, strict=True
    )
    before = 0
    for cells in reader:
        first, last = before, min(reader.line_num, len(lines)) - 1
        before = reader.line_num
        if any(cell.strip() for cell in cells):
            yield (lines[min(first, last)][0], lines[last][0]), cells


def _read_cells(
    cells: Sequence[str], columns: Columns, vocabulary: Vocabulary, place_: tuple[int, tuple[int, int]]
) -> Row:
    texts = [_one_line(cell) for cell in cells]
    tumour, drugs, mechanism, reference = (texts[columns.positions[role]] for role in _HEADINGS)
    used = set(columns.positions.values())
    notes = tuple((columns.names[i], text) for i, text in enumerate(texts) if i not in used and text)
    references = tuple(found.reference for found in find_references(reference))
    number, lines = place_
    return Row(
        number, lines, tumour, split_drugs(drugs, vocabulary) if drugs else (), mechanism, references, notes
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
