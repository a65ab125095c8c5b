"""``mscape require``: what would have to be true for a mechanism's claim to hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mscape.cli import options
from mscape.cli.numbers import make_interval
from mscape.cli.output import open_console, print_json
from mscape.cli.pool import Plan, map_records

if TYPE_CHECKING:
    from rich.console import Console

    from mscape.atlas.load import Atlas, Record
    from mscape.inference.require import Requirements

EXAMPLE = """
Examples:
  mscape require vianello2010_cml_cxcl12
  mscape require --json > required.json
"""
_TOLD_IN = {"quantities": "In quantities one could measure", "numbers": "In numbers of the model"}
Names = Annotated[list[str] | None, typer.Argument(metavar="ID", help="Mechanisms; by default all.")]
Sets = Annotated[
    int,
    typer.Option("--draws", metavar="N", min=100, max=1_000_000, help="Parameter sets drawn from the prior."),
]


def require(
    names: Names = None,
    *,
    draws: Sets = 8000,
    seed: options.Seed = 1,
    jobs: options.Jobs = 2,
    atlas: options.AtlasFolder = None,
    as_json: options.AsJson = False,
) -> None:
    """Say what would have to be true for a claim to hold.

    Parameter sets are drawn from what is assumed and sourced, not from what fits. Where the claim holds is
    told as one or two inequalities on quantities one could measure, learnt on half of the sets and judged on
    the other, and held against the ranges: plausible, demanding, or beyond known numbers.
    """
    shelf = options.open_atlas(atlas)
    records = options.find_records(shelf, names or [])
    parts = map_records(require_one, records, shelf, Plan(seed, draws, jobs), label="asking")
    if as_json:
        provenance = options.describe_provenance(shelf, [record.id for record in records], seed=seed)
        print_json("require", provenance, {part.mechanism: plain_requirements(part) for part in parts})
        return
    console = open_console()
    for part in parts:
        print_requirements(console, part)


def require_one(
    record: Record, atlas: Atlas, *, seed: int, draws: int, progress: Callable[[int], None]
) -> Requirements:
    """Ask what one mechanism's claim requires: the task of ``mscape require``."""
    from mscape.experiments.bind import bind_record
    from mscape.inference.require import find_requirements

    return find_requirements(bind_record(record, atlas), seed=seed, draws=draws, progress=progress)


def plain_requirements(found: Requirements) -> dict[str, Any]:
    """Return requirements as ``--json`` gives them, each with its sentence."""
    from mscape.report.identify_text import describe_requirement

    plain = asdict(found)
    for name in ("protection", "through_pathway"):
        plain[name] = make_interval(plain[name])
    for item, source in zip(plain["requirements"], found.requirements, strict=True):
        item["sentence"] = describe_requirement(source)
        rule = item.pop("rule")
        item |= {name: rule[name] for name in ("accuracy", "inside", "outside", "support", "caught")}
        for part in item["inequalities"]:
            part["prior"] = make_interval(part["prior"])
    return plain


def print_requirements(console: Console, found: Requirements) -> None:
    """Print the claim, how often it holds, and the sentences."""
    from rich.text import Text

    from mscape.report.identify_text import describe_claim, describe_range, describe_requirement

    console.print(found.mechanism, style="bold")
    for line in describe_claim(found):
        console.print(f"  {line}", soft_wrap=True)
    told = {item.told_in: item for item in found.requirements}
    for key, words in _TOLD_IN.items():
        item = told.get(key)
        sentence = describe_requirement(item) if item else "no one or two tell the sets apart."
        if told:
            console.print(Text.assemble("  ", (f"{words}:", "cyan"), f" {sentence}"), soft_wrap=True)
        for part in item.inequalities if item else ():
            console.print(f"    {describe_range(part)}", style="dim", soft_wrap=True)
    if not told:
        console.print(f"  {_explain_none(found)}", soft_wrap=True)
    console.print()


def _explain_none(found: Requirements) -> str:
    if not found.holds.value:
        return "No set holds, so nothing can be said of what would be needed: beyond known numbers."
    return "Too few sets hold, or nothing of one or two numbers tells them from the others."
