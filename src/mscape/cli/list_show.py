"""``mscape list`` and ``mscape show``: what the atlas holds, and one record on a page."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
from mscape.cli.output import clean_text, open_console, print_json
from mscape.cli.record_text import format_record_page

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas, Record

LIST_EXAMPLE = """
Examples:
  mscape list
  mscape list interventions
  mscape list outcomes --json
"""
SHOW_EXAMPLE = """
Examples:
  mscape show xu2018_breast_il6
  mscape show xu2018_breast_il6 --json
"""
WIDE = 110  # columns a terminal needs for the whole list


class Shelf(StrEnum):
    """What the atlas holds and `mscape list` prints."""

    MECHANISMS = "mechanisms"
    INTERVENTIONS = "interventions"
    OUTCOMES = "outcomes"


def list_mechanisms(
    what: Annotated[Shelf, typer.Argument(help="What to list.")] = Shelf.MECHANISMS,
    *,
    atlas: options.AtlasFolder = None,
    as_json: options.AsJson = False,
) -> None:
    """List the curated mechanisms and the verdict on each.

    Or the interventions that bear on them, or what came of interventions in animals and people.
    """
    shelf = options.open_atlas(atlas)
    if what is not Shelf.MECHANISMS:
        _list_other(what, shelf, as_json=as_json)
        return
    rows = [describe_record(record, shelf) for record in shelf.records.values()]
    rows.sort(key=lambda row: (row["row"] is None, row["row"] or 0, row["id"]))
    if as_json:
        print_json("list", options.describe_provenance(shelf, shelf.records), rows)
        return
    _print_list(rows)


def _list_other(what: Shelf, atlas: Atlas, *, as_json: bool) -> None:
    from mscape.cli import list_intervention as show

    if what is Shelf.INTERVENTIONS:
        rows, write = show.describe_interventions(atlas), show.print_interventions
    else:
        rows, write = show.describe_outcomes(atlas), show.print_outcomes
    if as_json:
        print_json("list", options.describe_provenance(atlas, atlas.records), rows)
    else:
        write(rows)


def show_mechanism(
    name: options.Id, *, atlas: options.AtlasFolder = None, as_json: options.AsJson = False
) -> None:
    """Show the record of one mechanism.

    Claim and verdict, steps with their evidence, what can be simulated, counts, rivals and gaps.
    """
    shelf = options.open_atlas(atlas)
    record = options.find_record(shelf, name)
    if as_json:
        data = describe_record(record, shelf) | {"mechanism": record.mechanism.model_dump(mode="json")}
        print_json("show", options.describe_provenance(shelf, [record.id]), data)
        return
    console = open_console()
    for line in format_record_page(record, shelf):
        console.print(line)


def describe_record(record: Record, atlas: Atlas) -> dict[str, object]:
    """Return what a list says of one mechanism, in plain values."""
    mechanism = record.mechanism
    claim = mechanism.claim
    return {
        "id": record.id,
        "row": claim.row if claim.table == "review2021" else None,
        "title": mechanism.title,
        "tumour": claim.tumour,
        "drug": claim.drug,
        "signal": describe_signal(record, atlas),
        "reference": claim.reference,
        "verdict": mechanism.verdict.verdict,
        "basis": mechanism.verdict.basis,
        "reviewed": bool(mechanism.curation.reviewed_by),
        "observations": len({row.observation for row in record.observations}),
        "contrasts": {
            "in": sum(row.scope == "in" for row in record.contrasts),
            "out": sum(row.scope == "out" for row in record.contrasts),
        },
    }


def describe_signal(record: Record, atlas: Atlas) -> str:
    """Return the signals of a record's claim: names of the vocabulary, else of the record."""
    from mscape.atlas.vocabulary import load_vocabulary

    vocabulary = load_vocabulary()
    own = {entity.term: entity.label for entity in record.mechanism.entities if entity.term}
    found = []
    for curie in record.mechanism.claim.signal_terms:
        known, term = vocabulary.get(curie), atlas.terms.get(curie)
        label = term.label if term else curie
        found.append(known.label if known and "_HUMAN" not in known.label else own.get(curie, label))
    return ", ".join(dict.fromkeys(found)) or "not identified"


def _print_list(rows: list[dict[str, object]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    console = open_console()
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("row", justify="right", no_wrap=True)
    table.add_column("mechanism", no_wrap=True)
    # The signal is part of the id: on a narrow terminal the others need its room.
    names = ("tumour", "drug", "signal") if console.width >= WIDE else ("tumour", "drug")
    for name in names:
        table.add_column(name, overflow="fold")
    table.add_column("verdict", no_wrap=True)
    for row in rows:
        cells = [row["row"] or "", *(row[key] for key in ("id", *names, "verdict"))]
        table.add_row(*(clean_text(str(cell)) for cell in cells))
    console.print(table)
    unread = sum(not row["reviewed"] for row in rows)
    console.print(f"{len(rows)} mechanisms, {unread} of them not yet reviewed by a named person.")
    console.print("A verdict says what the row's own source says of the table's claim.")
