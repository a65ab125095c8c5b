"""``mscape score``: the atlas, or a folder of experiments from outside, against the models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
from mscape.cli.output import clean_text, open_console, print_json
from mscape.cli.pool import Plan, map_records, score_one
from mscape.cli.progress import open_progress
from mscape.cli.score_text import (
    describe_control,
    describe_effect,
    describe_score,
    list_counts,
    split_classes,
)
from mscape.cli.setting import warn_draws
from mscape.report.number import format_percent

if TYPE_CHECKING:
    from rich.console import Console

    from mscape.atlas.load import Atlas, Record
    from mscape.experiments.control import Control
    from mscape.experiments.score import Scored

EXAMPLE = """
Examples:
  mscape score xu2018_breast_il6
  mscape score --draws 500 --json > scores.json
  mscape score --observations my-experiments
  mscape score xu2018_breast_il6 --controls
"""
Names = Annotated[
    list[str] | None, typer.Argument(metavar="[ID]...", help="Mechanisms to score; by default all.")
]
Observations = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Score the experiments of this folder instead of the record's own."),
]
Controls = Annotated[
    bool, typer.Option("--controls", help="Also score models that should fail; ends with 1 if one does not.")
]


def score(
    names: Names = None,
    *,
    observations: Observations = None,
    controls: Controls = False,
    draws: options.Draws = 200,
    seed: options.Seed = 1,
    jobs: options.Jobs = 2,
    atlas: options.AtlasFolder = None,
    as_json: options.AsJson = False,
) -> int:
    """Score the models against what papers reported.

    Misses come first; informative contrasts and those that hold whatever is assumed are never added up.
    """
    from mscape.experiments.total import total_scores

    shelf = options.open_atlas(atlas)
    records = _choose_records(shelf, names or [], observations)
    warn_draws(draws)
    parts = map_records(score_one, records, shelf, Plan(seed, draws, jobs))
    scored = tuple(row for part in parts for row in part)
    checked = _run_controls(shelf, records, seed, draws) if controls else ()
    totals = total_scores(scored)
    if as_json:
        data = {"contrasts": [describe_score(row) for row in scored], "totals": totals}
        if controls:
            data["controls"] = checked
        provenance = options.describe_provenance(shelf, [record.id for record in records], seed=seed)
        print_json("score", provenance, data)
    else:
        print_scores(scored)
        print_totals(open_console(), list(list_counts(totals.overall)))
        for control in checked:
            open_console().print(clean_text(describe_control(control)), soft_wrap=True)
    return 1 if any(control.ok is False for control in checked) else 0


def _choose_records(atlas: Atlas, names: list[str], observations: Path | None) -> tuple[Record, ...]:
    if observations is None:
        return options.find_records(atlas, names)
    from mscape.atlas.experiment_folder import load_experiments

    chosen = [record.id for record in options.find_records(atlas, names)] if names else []
    return load_experiments(observations, atlas, chosen)


def _run_controls(
    atlas: Atlas, records: tuple[Record, ...], seed: int, draws: int
) -> tuple[Control, ...]:
    from mscape.experiments.control import run_controls

    found: list[Control] = []
    with open_progress("controls", len(records)) as progress:
        for record in records:
            found += run_controls(atlas, [record.id], seed=seed, draws=draws, progress=progress.count)
            progress.finish(record.id)
    return tuple(found)


def print_scores(scored: tuple[Scored, ...]) -> None:
    """Print every contrast in scope, by class, the misses first."""
    console = open_console()
    titles = {
        "against": "Against the model",
        "informative": "Informative",
        "built in": "Built in: holds whatever is assumed",
        "unsolved": "Unsolved",
    }
    for name, rows in split_classes(scored).items():
        if rows:
            console.print(f"{titles[name]} ({len(rows)})", style="bold red" if name == "against" else "bold")
        for id_ in dict.fromkeys(row.mechanism for row in rows):
            console.print()
            console.print(f"  {id_}", style="cyan")
            _print_rows(console, [row for row in rows if row.mechanism == id_])
        if rows:
            console.print()


def _print_rows(console: Console, rows: list[Scored]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.padding import Padding
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False, expand=True)
    for name, ratio in (("contrast", 6), ("reported", 6), ("simulated", 5)):
        table.add_column(name, overflow="fold", ratio=ratio)
    table.add_column("draws", justify="right", width=5)
    table.add_column("outcome", width=10)
    for row in rows:
        cells = (row.contrast, row.reported, describe_effect(row) or "-", format_percent(row.share), row.outcome)
        table.add_row(*(clean_text(cell) for cell in cells))
    console.print(Padding(table, (0, 0, 0, 2)))


def print_totals(console: Console, lines: list[tuple[str, str]]) -> None:
    width = max(len(label) for label, _ in lines)
    for label, text in lines:
        console.print(f"{label:<{width}}  {clean_text(text)}", soft_wrap=True)
