"""``mscape fit``: what the evidence leaves possible, as an ensemble of parameters of each mechanism."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
from mscape.cli.fit_point import AskedPoint, find_points
from mscape.cli.output import open_console, print_json, say
from mscape.cli.pool import Plan, map_records
from mscape.errors import UsageError
from mscape.report.number import format_percent

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas, Record
    from mscape.inference.fit import Ensemble

EXAMPLE = """
Examples:
  mscape fit xu2018_breast_il6
  mscape fit --particles 500 --seed 2 --json > fit.json
  mscape fit xu2018_breast_il6 --prior wide --out ensembles
  mscape fit --point --hold-out --out fitted
"""


class WidthName(StrEnum):
    """How wide to take what is assumed, as typed."""

    NARROW = "narrow"
    STATED = "stated"
    WIDE = "wide"


Names = Annotated[list[str] | None, typer.Argument(metavar="ID", help="Mechanisms; by default all.")]
Count = Annotated[int, typer.Option(metavar="N", min=10, max=100_000, help="Parameter sets of an ensemble.")]
Width = Annotated[
    WidthName,
    typer.Option("--prior", help="Standard deviations of what is assumed: by 2/3, as stated, or by 3/2."),
]
Again = Annotated[bool, typer.Option("--again", help="Compute ensembles anew, though they are kept.")]
Point = Annotated[bool, typer.Option("--point", help="Find the most plausible parameter set instead.")]
HoldOut = Annotated[
    bool, typer.Option("--hold-out", help="With --point: leave out half of the papers and predict them.")
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Also write ID.zarr there; with --point, nominal.tsv and held_out.tsv."),
]


@dataclass(frozen=True)
class FitSummary:
    """How the fit of a mechanism went.

    Parameters
    ----------
    seconds
        Wall time, of rereading where it was kept.
    reread
        Whether it was.
    particles, stages
        Parameter sets, and rises of the likelihood's power.
    log_evidence, log_evidence_error
        Marginal likelihood of the contrasts, and its standard deviation over seeds.
    effective_sample, unique_ancestors
        How diverse the particles' families are.
    met
        Share of particles that reproduce each contrast.
    """

    seconds: float
    reread: bool
    particles: int
    stages: int
    log_evidence: float
    log_evidence_error: float
    effective_sample: float
    unique_ancestors: int
    met: dict[str, float]


def fit(
    names: Names = None,
    *,
    particles: Count = 2000,
    prior: Width = WidthName.STATED,
    point: Point = False,
    hold_out: HoldOut = False,
    again: Again = False,
    out: Out = None,
    seed: options.Seed = 1,
    jobs: options.Jobs = 2,
    atlas: options.AtlasFolder = None,
    as_json: options.AsJson = False,
) -> None:
    """Condition mechanisms' parameters on what papers report.

    Each mechanism gets an ensemble: parameter sets that its sourced ranges and its contrasts allow. It is
    kept, and reread where nothing changed; a run that was stopped goes on where it was. With --point, assumed
    numbers move to the one most plausible set instead.
    """
    if hold_out and not point:
        raise UsageError("--hold-out", "no --point", "both", "add --point, or see mscape validate")
    shelf = options.open_atlas(atlas)
    records = options.find_records(shelf, names or [])
    if point:
        find_points(shelf, records, AskedPoint(hold_out, out, as_json), jobs=jobs)
        return
    task = partial(fit_one, width=str(prior), again=again, out=out)
    # those with most to hear first, so that workers end together
    ordered = sorted(records, key=lambda record: -len(record.contrasts))
    parts = map_records(task, ordered, shelf, Plan(seed, particles, jobs), label="fitting")
    found = {record.id: part for record, part in zip(ordered, parts, strict=True)}
    found = {record.id: found[record.id] for record in records}
    if out is not None:
        say(f"in {out}: " + ", ".join(f"{key}.zarr" for key in found))
    if as_json:
        print_json("fit", options.describe_provenance(shelf, list(found), seed=seed), found)
    else:
        _print(found)


def fit_one(
    record: Record,
    atlas: Atlas,
    *,
    seed: int,
    draws: int,
    progress: Callable[[int], None],
    width: str,
    again: bool,
    out: Path | None,
) -> FitSummary:
    """Fit one mechanism: the task of ``mscape fit``; ``draws`` is the number of particles."""
    from mscape.experiments.bind import bind_record, rescale_priors
    from mscape.experiments.prior import PriorWidth
    from mscape.standards.ensemble_cache import Progress, load_ensemble, write_ensemble

    began, solved = time.perf_counter(), [0]

    def count(number: int) -> None:
        solved[0] += number
        progress(number)

    bound = rescale_priors(bind_record(record, atlas), PriorWidth(width))
    ensemble = load_ensemble(bound, seed=seed, particles=draws, again=again, progress=Progress(solved=count))
    if out is not None:
        write_ensemble(out / f"{bound.id}.zarr", ensemble, bound)
    return summarise_fit(ensemble, seconds=time.perf_counter() - began, reread=not solved[0])


def summarise_fit(ensemble: Ensemble, *, seconds: float, reread: bool) -> FitSummary:
    """Return what a table shows of an ensemble."""
    return FitSummary(
        seconds=seconds,
        reread=reread,
        particles=ensemble.particles.count,
        stages=len(ensemble.stages),
        log_evidence=ensemble.log_evidence,
        log_evidence_error=ensemble.log_evidence_error,
        effective_sample=ensemble.effective_sample,
        unique_ancestors=ensemble.unique_ancestors,
        met=dict(zip(ensemble.contrasts, ensemble.met.tolist(), strict=True)),
    )


def _print(found: Mapping[str, FitSummary]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=0, header_style="dim")
    for name in ("mechanism", "s", "stages", "log evidence", "met", "sample", "ancestors"):
        table.add_column(name, justify="left" if name == "mechanism" else "right", no_wrap=True)
    for key, part in found.items():
        table.add_row(
            key,
            "kept" if part.reread else f"{part.seconds:.0f}",
            str(part.stages),
            f"{part.log_evidence:.2f} ± {part.log_evidence_error:.2f}",
            _mean(list(part.met.values())),
            f"{part.effective_sample:.0f}",
            str(part.unique_ancestors),
        )
    console = open_console()
    console.print(table)
    console.print("met: mean share of the ensemble that reproduces a contrast it was fitted to")
    console.print("sample: families of equal size that would be as diverse; ancestors: families in all")


def _mean(shares: Sequence[float]) -> str:
    return format_percent(sum(shares) / len(shares)) if shares else ""
