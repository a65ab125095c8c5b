"""``mscape verify``: our engine beside libRoadRunner on every mechanism."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
from mscape.cli.output import open_console, print_json
from mscape.cli.pool import Plan, map_records

if TYPE_CHECKING:
    from mscape.experiments.verify import Verified

EXAMPLE = """
Examples:
  mscape verify
  mscape verify xu2018_breast_il6 --draws 50 --json
"""
Names = Annotated[list[str] | None, typer.Argument(metavar="ID", help="Mechanisms; by default all.")]


def verify(
    names: Names = None,
    *,
    draws: options.Draws = 20,
    seed: options.Seed = 1,
    jobs: options.Jobs = 2,
    atlas: options.AtlasFolder = None,
    as_json: options.AsJson = False,
) -> int:
    """Solve mechanisms with libRoadRunner too, and compare.

    Every state of each mechanism's own co-culture, at tight tolerances; ends with 1 if they differ by more
    than two solvers may. Needs the extra 'verify'.
    """
    shelf = options.open_atlas(atlas)
    records = options.find_records(shelf, names or [])
    from mscape.experiments.verify import verify_mechanism

    found = map_records(verify_mechanism, records, shelf, Plan(seed, draws, jobs), label="verifying")
    if as_json:
        provenance = options.describe_provenance(shelf, [record.id for record in records], seed=seed)
        print_json("verify", provenance, [asdict(item) | {"agrees": item.agrees} for item in found])
    else:
        _print(found)
    return 0 if all(item.agrees for item in found) else 1


def _print(found: Sequence[Verified]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    console = open_console()
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in ("mechanism", "states", "solved", "apart by", "at"):
        table.add_column(name, justify="left" if name in ("mechanism", "at") else "right", no_wrap=True)
    for item in found:
        solved = f"{item.solved} of {item.trajectories}"
        table.add_row(item.mechanism, str(item.states), solved, f"{item.difference:.1e}", item.at)
    console.print(table)
    for item in found:
        for count, solver in ((item.only_ours, "mscape"), (item.only_theirs, "libRoadRunner")):
            if count:
                console.print(f"{item.mechanism}: {count} trajectories solved by {solver} alone")
    apart = [item.mechanism for item in found if not item.agrees]
    worst = max(item.difference for item in found)
    told = f"apart: {', '.join(apart)}" if apart else f"all agree: at most {worst:.1e} apart"
    console.print(told)
