"""``mscape identify``: which numbers the data determine, and what the protection depends on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mscape.cli import options
from mscape.cli.numbers import make_interval
from mscape.cli.output import open_console, print_json
from mscape.cli.pool import Plan, map_records
from mscape.report.number import format_interval, format_number, format_percent

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from mscape.atlas.load import Atlas, Record
    from mscape.inference.identify import Identified, ParameterVerdict
    from mscape.inference.sensitivity import ProtectionSensitivity

EXAMPLE = """
Examples:
  mscape identify ji2015_gastric_exosome
  mscape identify xu2018_breast_il6 tu2016_os_il6 --json > identified.json
"""
MOST_SHOWN = 12  # of the numbers the protection depends on
LEAST_TOTAL = 0.01  # of the variance: less is not worth a line
Names = Annotated[
    list[str], typer.Argument(metavar="ID", help="Mechanisms; 'mscape list' names all.", show_default=False)
]
Particles = Annotated[
    int, typer.Option("--particles", metavar="N", min=50, max=100_000, help="Parameter sets of the ensemble.")
]
Sobol = Annotated[
    int,
    typer.Option("--sobol", metavar="N", min=16, max=16_384, help="Draws for each number's Sobol indices."),
]


@dataclass(frozen=True)
class Answer:
    """What is known of a mechanism's numbers, and what its protection depends on."""

    identified: Identified
    protection: ProtectionSensitivity


def identify(
    names: Names,
    *,
    particles: Particles = 2000,
    sobol: Sobol = 512,
    seed: options.Seed = 1,
    jobs: options.Jobs = 2,
    atlas: options.AtlasFolder = None,
    as_json: options.AsJson = False,
) -> None:
    """Say which numbers of a mechanism the data determine.

    The ensemble is that of mscape fit, reread where it was kept. Each number gets a verdict in words:
    determined, only a product or a ratio is determined, bounded on one side, narrowed, or not informed, with
    the reason. Then which of them the protection by MSC depends on (Sobol indices).
    """
    shelf = options.open_atlas(atlas)
    records = options.find_records(shelf, names)
    task = partial(identify_one, sobol=sobol)
    parts = map_records(task, records, shelf, Plan(seed, particles, jobs), label="identifying")
    if as_json:
        provenance = options.describe_provenance(shelf, [record.id for record in records], seed=seed)
        print_json("identify", provenance, {part.identified.mechanism: plain_answer(part) for part in parts})
        return
    console = open_console()
    for part in parts:
        print_identified(console, part.identified)
        print_protection(console, part.protection)


def identify_one(
    record: Record, atlas: Atlas, *, seed: int, draws: int, progress: Callable[[int], None], sobol: int
) -> Answer:
    """Identify one mechanism: the task of ``mscape identify``; ``draws`` is the number of particles."""
    from mscape.experiments.bind import bind_record
    from mscape.inference.identify import identify_parameters
    from mscape.inference.sensitivity import explain_protection
    from mscape.standards.ensemble_cache import Progress, load_ensemble

    bound = bind_record(record, atlas)
    ensemble = load_ensemble(bound, seed=seed, particles=draws, progress=Progress(solved=progress))
    found = identify_parameters(bound, ensemble, progress=progress)
    explained = explain_protection(
        bound, seed=seed, count=sobol, ensemble=ensemble.particles, progress=progress
    )
    return Answer(found, explained)


def plain_answer(answer: Answer) -> dict[str, Any]:
    """Return an answer as ``--json`` gives it: intervals as objects, verdicts in words."""
    found, protection = asdict(answer.identified), asdict(answer.protection)
    for item in (*found["parameters"], *found["combinations"]):
        for name in ("prior", "ensemble"):
            item[name] = make_interval(item[name])
    for item in protection["prior"]["indices"]:
        for name in ("first", "total"):
            item[name] = dict(zip(("low", "value", "high"), item[name], strict=True))
    return {**found, "protection": protection}


def print_identified(console: Console, found: Identified) -> None:
    """Print verdicts: what is known first, what is not by reason."""
    from mscape.inference.marginal import Verdict
    from mscape.report.identify_text import (
        count_verdicts,
        describe_structure,
        describe_worth,
        gather_uninformed,
    )

    console.print(found.mechanism, style="bold")
    console.print(describe_worth(found), soft_wrap=True)
    console.print(describe_structure(found), soft_wrap=True)
    counts = count_verdicts(found)
    for verdict in Verdict:
        chosen = [item for item in found.parameters if item.verdict == verdict]
        if chosen and verdict != Verdict.UNINFORMED:
            console.print()
            console.print(f"{verdict.value.capitalize()} ({len(chosen)})", style="cyan")
            console.print(_make_table(chosen))
    for item in found.combinations:
        also = "no read-out could tell more" if item.exact else "tied together in the ensemble"
        known = (
            f"{item.verdict.value}, {format_interval(item.ensemble)}, assumed {format_interval(item.prior)}"
        )
        console.print(f"  {item.text}: {known} ({also})", soft_wrap=True)
    console.print()
    console.print(f"Not informed by these data ({counts.get(Verdict.UNINFORMED.value, 0)})", style="cyan")
    for reason, names in gather_uninformed(found).items():
        console.print(f"  {reason}: {', '.join(names)}", soft_wrap=True)
    console.print()


def _make_table(chosen: list[ParameterVerdict]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False)
    table.add_column("number", overflow="fold")
    for name in ("assumed", "now", "unit", "spread", "bits"):
        table.add_column(name, justify="left" if name == "unit" else "right", no_wrap=True)
    for item in chosen:
        numbers = (format_interval(item.prior), format_interval(item.ensemble))
        unit = "" if item.unit == "dimensionless" else item.unit
        table.add_row(item.label, *numbers, unit, format_number(item.spread), f"{item.bits:.1f}")
    return table


def print_protection(console: Console, found: ProtectionSensitivity) -> None:
    """Print what the protection depends on: Sobol indices over the prior, shares over the ensemble."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from mscape.report.identify_text import name_axis

    drug = f"{found.drug} in {found.line}" if found.line else str(found.drug)
    console.print(f"What the protection against {drug} depends on ({found.culture})", style="cyan")
    mean, deviation = format_number(found.prior.mean * 100), format_number(found.prior.deviation * 100)
    console.print(f"Over the prior it is {mean} ± {deviation} points of viability.", soft_wrap=True)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False)
    table.add_column("number", overflow="fold")
    for name in ("alone", "in all", "after the data"):
        table.add_column(name, justify="right", no_wrap=True)
    after = {item.name: item.share for item in found.ensemble}
    for item in found.prior.indices[:MOST_SHOWN]:
        if item.total[1] >= LEAST_TOTAL:
            alone, total = (_format_index(values) for values in (item.first, item.total))
            table.add_row(name_axis(item.name), alone, total, format_percent(after.get(item.name)))
    console.print(table)
    console.print()


def _format_index(values: tuple[float, float, float]) -> str:
    low, middle, high = (max(round(value * 100), 0) for value in values)
    return f"{middle} % ({low} to {high})"
