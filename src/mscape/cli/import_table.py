"""``mscape import-table``: a review's mechanism table into claims, each matched to a record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mscape.cli import options
from mscape.cli.output import clean_text, open_console, print_json, say

if TYPE_CHECKING:
    from mscape.atlas.claim import Claim, Table
    from mscape.atlas.load import Atlas
    from mscape.atlas.match import Match

EXAMPLE = """
Examples:
  mscape import-table my-table.csv
  mscape import-table my-table.txt --json

A row that is not curated yet becomes a record with
  mscape atlas new mechanisms/<id> --table my-table.csv --row <row>
"""
WIDE = 110  # columns a terminal needs for the whole table
TableFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="The table as printed text, CSV or TSV; told apart by content.")
]


def import_table(
    file: TableFile, *, atlas: options.AtlasFolder = None, as_json: options.AsJson = False
) -> None:
    """Match the rows of a mechanism table to the atlas.

    Each is matched, disagrees with its record, or is not curated yet.
    """
    from mscape.atlas.table import read_claims

    shelf = options.open_atlas(atlas)
    table = read_claims(file)
    matches = match_table(table, shelf)
    for warning in table.warnings:
        say(f"note: {warning}")
    if as_json:
        print_json("import-table", options.describe_provenance(shelf), [describe_match(m) for m in matches])
        return
    print_matches(matches)


def match_table(table: Table, atlas: Atlas) -> tuple[Match, ...]:
    """Match the rows of a table to the records of an atlas."""
    from mscape.atlas.match import match_claims

    mechanisms: list[Any] = [record.mechanism for record in atlas.records.values()]
    return match_claims(table.claims, mechanisms)


def describe_match(match: Match) -> dict[str, object]:
    """Return a row and its record in plain values."""
    return {
        "row": match.claim.row,
        "claim": describe_claim(match.claim),
        "match": match.status.value,
        "id": match.id,
        "differences": match.differences,
        "skeleton": match.skeleton,
    }


def describe_claim(claim: Claim) -> dict[str, object]:
    """Return a row as printed, and as terms, in plain values."""
    return {
        "tumour": claim.tumour.printed,
        "drugs": [drug.printed for drug in claim.drugs],
        "mechanism": claim.mechanism,
        "references": [reference.printed for reference in claim.references],
        "tumour_term": claim.tumour.id,
        "drug_terms": claim.drug_ids,
        "signal_terms": claim.signal_ids,
    }


def print_matches(matches: tuple[Match, ...]) -> None:
    """Print rows and their records as a table, and how many of each kind there are."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid

    console = open_console()
    grid = Grid(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    grid.add_column("row", justify="right", no_wrap=True)
    # Tumour and reference are part of the id: on a narrow terminal the others need their room.
    names = ("tumour", "drug", "reference") if console.width >= WIDE else ("drug",)
    for name in names:
        grid.add_column(name)
    grid.add_column("match", no_wrap=True)
    grid.add_column("record, or the id it would get", overflow="fold")
    for match in matches:
        claim = match.claim
        told = {
            "tumour": claim.tumour.printed,
            "drug": ", ".join(drug.printed for drug in claim.drugs),
            "reference": claim.reference.printed,
        }
        cells = (claim.row, *(told[name] for name in names), match.status, match.id)
        grid.add_row(*(clean_text(str(cell)) for cell in cells))
    console.print(grid)
    for match in matches:
        for difference in match.differences:
            console.print(clean_text(f"row {match.claim.row} disagrees with {match.id}: {difference}"))
    console.print(count_matches(matches))


def count_matches(matches: tuple[Match, ...]) -> str:
    """Say how many rows there are and what became of them."""
    from mscape.atlas.match import Status

    status = [match.status for match in matches]
    parts = ", ".join(f"{status.count(kind)} {kind.value}" for kind in Status)
    return f"{len(matches)} claims: {parts}."
