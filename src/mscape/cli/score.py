"""``mscape score``: the atlas, or a folder of experiments from outside, against the models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
from mscape.cli.output import clean_text, open_console, print_json
from mscape.cli.pool import Plan, map_records, score_one
from mscape.cli.score_text import (
    describe_effect,
    list_counts,
    split_classes,
)
from mscape.cli.setting import warn_draws
from mscape.errors import UsageError
from mscape.report.number import format_percent
from mscape.report.twin import plain_score

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
CONTROL_DRAWS = 100  # a control compares shares over many contrasts: a share's error is 5 points at most
Names = Annotated[list[str] | None, typer.Argument(metavar="ID", help="Mechanisms to score; by default all.")]
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

    if controls and observations:
        advice = "leave one of the two out"
        raise UsageError("--controls", "it is for the atlas' own experiments", "no --observations", advice)
    shelf = options.open_atlas(atlas)
    records = _choose_records(shelf, names or [], observations)
    warn_draws(draws)
    plan = Plan(seed, draws, jobs)
    parts = map_records(score_one, records, shelf, plan)
    scored = tuple(row for part in parts for row in part)
    checked: tuple[Control, ...] = ()
    if controls:
        found = map_records(control_one, records, shelf, plan, label="controls")
        checked = tuple(control for part in found for control in part)
    totals = total_scores(scored)
    if as_json:
        data = {"contrasts": [plain_score(row) for row in scored], "totals": totals}
        if controls:
            data["controls"] = checked
        provenance = options.describe_provenance(shelf, [record.id for record in records], seed=seed)
        print_json("score", provenance, data)
    else:
        print_scores(scored)
        print_totals(open_console(), list(list_counts(totals.overall)))
        print_controls(checked)
    return 1 if any(control.ok is False for control in checked) else 0


def _choose_records(atlas: Atlas, names: list[str], observations: Path | None) -> tuple[Record, ...]:
    if observations is None:
        return options.find_records(atlas, names)
    from mscape.atlas.experiment_folder import load_experiments

    chosen = [record.id for record in options.find_records(atlas, names)] if names else []
    return load_experiments(observations, atlas, chosen)


def control_one(
    record: Record, atlas: Atlas, *, seed: int, draws: int, progress: Callable[[int], None]
) -> tuple[Control, ...]:
    """Run the controls of one mechanism: the task of ``mscape score --controls``."""
    from mscape.experiments.control import run_controls

    return run_controls(atlas, [record.id], seed=seed, draws=min(draws, CONTROL_DRAWS), progress=progress)


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
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False, expand=True)
    table.add_column("reported (and the contrast's name)", ratio=5)
    table.add_column("simulated", ratio=3)
    table.add_column("draws", justify="right", width=5)
    table.add_column("outcome", width=10)
    for row in rows:
        reported = Text.assemble(clean_text(row.reported), "\n", (row.contrast, "dim"))
        table.add_row(reported, describe_effect(row) or "-", format_percent(row.share), row.outcome)
    console.print(Padding(table, (0, 0, 0, 2)))


def print_totals(console: Console, lines: list[tuple[str, str]]) -> None:
    width = max(len(label) for label, _ in lines)
    for label, text in lines:
        console.print(f"{label:<{width}}  {clean_text(text)}", soft_wrap=True)


def print_controls(controls: tuple[Control, ...]) -> None:
    """Print what each control should show and what it did, by mechanism, the failures first."""
    if not controls:
        return
    console = open_console()
    console.print()
    console.print("Controls: models that should do worse", style="bold")
    for id_ in dict.fromkeys(control.mechanism for control in controls):
        console.print()
        console.print(f"  {id_}", style="cyan")
        _print_controls_of(console, [control for control in controls if control.mechanism == id_])
    held = sum(control.ok is True for control in controls)
    failed = sum(control.ok is False for control in controls)
    console.print()
    console.print(
        f"{held} hold, {failed} fail; intact and altered: share of draws that reproduce the contrasts."
    )


def _print_controls_of(console: Console, controls: list[Control]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.padding import Padding
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False, expand=True)
    table.add_column("", width=5)
    table.add_column("control", ratio=1)
    for name in ("contrasts", "intact", "altered"):
        table.add_column(name, justify="right", no_wrap=True)
    marks = {False: "FAILS", True: "holds", None: "-"}
    for control in sorted(controls, key=lambda item: (item.ok is not False, item.name)):
        told = clean_text(f"{control.name}: {control.subject}")
        shares = (format_percent(control.intact), format_percent(control.altered))
        table.add_row(marks[control.ok], told, str(control.contrasts), *shares)
    console.print(Padding(table, (0, 0, 0, 2)))
