"""``mscape list interventions`` and ``mscape list outcomes``: what could be added, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mscape.cli.list_table import Cells, print_table
from mscape.cli.output import open_console

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas

_WIDE = 120  # columns a terminal needs for every column


def describe_interventions(atlas: Atlas) -> list[dict[str, object]]:
    """Return what a list says of each intervention, in plain values; mechanisms follow from the models."""
    from mscape.experiments.intervention import compute_multiple, find_reach, read_names

    shelf = atlas.interventions
    reach = find_reach(atlas, read_names(atlas))
    return [
        {
            "id": name,
            "label": row.label,
            "term": row.term,
            "kind": row.kind,
            "standing": row.standing,
            "source": row.source,
            "note": row.note,
            "mechanisms": sorted(reach[name]),
            "actions": [action.model_dump(mode="json") for action in shelf.find_actions(name)],
            "exposures": [exposure.model_dump(mode="json") for exposure in shelf.find_exposures(name)],
            "multiple": compute_multiple(atlas, name),
            "cautions": [caution.model_dump(mode="json") for caution in shelf.find_cautions(name)],
            "outcomes": [outcome.outcome for outcome in shelf.find_outcomes(name)],
        }
        for name, row in shelf.reagents.items()
    ]


def describe_outcomes(atlas: Atlas) -> list[dict[str, object]]:
    """Return every reported outcome in plain values, leads included and marked."""
    return [row.model_dump(mode="json") for row in atlas.interventions.outcomes]


def print_interventions(rows: list[dict[str, object]]) -> None:
    """Print the table of interventions and how many numbers in it have a source."""
    console = open_console()
    names = ["intervention", "kind", "standing", "free exposure / potency", "mechanisms", "outcomes"]
    if console.width < _WIDE:
        names = [name for name in names if name not in ("kind", "outcomes")]
    print_table(console, names, [_pick(_cells(row), names) for row in rows])
    known = sum(row["multiple"] is not None for row in rows)
    console.print(f"{len(rows)} interventions; for {known} of them the free exposure is known.")
    console.print("'mscape list interventions --json' has targets, potencies, sources and cautions.")


def print_outcomes(rows: list[dict[str, object]]) -> None:
    """Print what came of interventions in animals and people."""
    console = open_console()
    names = ["interventions", "species", "tumour", "drug", "endpoint", "result", "paper"]
    if console.width < _WIDE:
        names = [name for name in names if name not in ("drug", "endpoint", "paper")]
    cells: list[Cells] = []
    for row in rows:
        told: Cells = {name: str(row[name]) for name in names}
        told["interventions"] = ", ".join(_list_of(row["interventions"]))
        told["result"] += " (lead)" if row["read"] == "unverified" else ""
        cells.append(told)
    print_table(console, names, cells)
    counts = {word: sum(row["result"] == word for row in rows) for word in ("success", "failure", "mixed")}
    console.print(", ".join(f"{count} {word}" for word, count in counts.items()) + ".")
    console.print("A success is what its paper calls one; none of these is a result of a model.")


def _cells(row: dict[str, object]) -> Cells:
    multiple = row["multiple"]
    return {
        "intervention": str(row["id"]),
        "kind": str(row["kind"]),
        "standing": str(row["standing"]),
        "free exposure / potency": f"{multiple:.2g}" if isinstance(multiple, float) else "unknown",
        "mechanisms": ", ".join(_list_of(row["mechanisms"])),
        "outcomes": str(len(_list_of(row["outcomes"])) or ""),
    }


def _pick(cells: Cells, names: list[str]) -> Cells:
    return {name: cells[name] for name in names}


def _list_of(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
