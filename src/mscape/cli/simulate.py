"""``mscape simulate``: one experiment on one mechanism, every arm with its range over the draws."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from mscape.cli import options
from mscape.cli.numbers import make_interval
from mscape.cli.output import clean_text, open_console, print_json
from mscape.cli.setting import Asked, list_remarks, read_setting, warn_draws
from mscape.cli.simulate_model import AskedEnsemble, is_model, refuse_foreign, simulate_model
from mscape.errors import SolveError, UsageError
from mscape.report.number import format_dose, format_number, format_percent, format_range

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas, Record
    from mscape.experiments.bind import Bound
    from mscape.experiments.prior import Source
    from mscape.experiments.simulate import SimulatedExperiment

EXAMPLE = """
Examples:
  mscape simulate xu2018_breast_il6
  mscape simulate xu2018_breast_il6 --dose cisplatin=10uM --hours 48
  mscape simulate xu2018_breast_il6 --culture transwell --ratio 1:3 --perturb anti-IL6
  mscape simulate xu2018_breast_il6 --dose doxorubicin=200nM --line mda_mb_231 --json
  mscape simulate xu2018_breast_il6 --ensemble auto
  mscape simulate MODEL.xml --vary 'k1=lognormal(1,0.5)' --draws 100000 --out runs.zarr
"""
Dose = Annotated[
    str | None,
    typer.Option(metavar="DRUG=DOSE", help="Such as cisplatin=10uM; without it, doses of 30 to 75 % effect."),
]


Name = Annotated[
    str, typer.Argument(metavar="ID|MODEL.xml", help="A mechanism ('mscape list' names all) or an SBML file.")
]
Hours = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="How long under the drug, such as 48, 48h or 2d; else 48 h."),
]
Vary = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=DIST(A,B)", help="Of a model: an input that varies, as k1=lognormal(1,0.5)."),
]
Fix = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=NUMBER", help="Of a model: an input's value.")
]
Until = Annotated[
    float | None, typer.Option(metavar="TIME", help="Of a model: its end, in its own unit; 100.")
]
Points = Annotated[
    int | None,
    typer.Option(metavar="N", min=2, max=100_000, help="Of a model: read-outs from 0 to the end; 101."),
]
Observe = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Of a model: what is read; else every state.")
]
Relative = Annotated[float | None, typer.Option(metavar="X", help="Of a model: relative tolerance; 1e-6.")]
Absolute = Annotated[float | None, typer.Option(metavar="X", help="Of a model: absolute tolerance; 1e-9.")]
Out = Annotated[
    Path | None, typer.Option(metavar="DIR.zarr", help="Of a model: a Zarr folder for all trajectories.")
]
Draws = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        max=100_000_000,
        help="Draws; 100 for a mechanism, 1000 for a model, all of an ensemble.",
    ),
]
Fitted = Annotated[
    str | None,
    typer.Option(
        "--ensemble",
        metavar="auto|DIR",
        help="Of a mechanism: over its ensemble instead of its priors; one that mscape fit wrote, or auto.",
    ),
]


def simulate_mechanism(
    name: Name,
    *,
    culture: options.Cultures = None,
    dose: Dose = None,
    hours: Hours = None,
    msc: options.Msc = None,
    ratio: options.Ratio = None,
    share: options.Share = None,
    perturb: options.Perturb = None,
    drug: options.Drug = None,
    line: options.Line = None,
    vary: Vary = None,
    fix: Fix = None,
    until: Until = None,
    points: Points = None,
    observe: Observe = None,
    relative: Relative = None,
    absolute: Absolute = None,
    out: Out = None,
    ensemble: Fitted = None,
    draws: Draws = None,
    seed: options.Seed = 1,
    atlas: options.AtlasFolder = None,
    as_json: options.AsJson = False,
) -> int:
    """Simulate an experiment, or draws of any SBML model.

    Of a mechanism, every arm is printed: untreated, drug, MSC, both, and both with the perturbations, each
    over draws of what is assumed or not reported, or over its ensemble. Of a model, trajectories over draws
    of the inputs that vary, into a Zarr folder or as a summary; ends with 5 if none was solved.
    """
    asked = Asked(
        culture=culture, drug=drug, dose=dose, line=line, msc=msc, hours=hours or "48", ratio=ratio,
        share=share, perturb=perturb,
    )  # fmt: skip
    varied = AskedEnsemble(vary, fix, until, points, observe, relative, absolute, out)
    if is_model(name):
        given = {**vars(asked), "hours": hours, "ensemble": ensemble, "atlas": atlas}
        refuse_foreign(given, name, "a mechanism")
        solved = simulate_model(Path(name), varied, draws=draws or 1000, seed=seed, as_json=as_json)
        return 0 if solved else SolveError.exit_code
    refuse_foreign(vars(varied), name, "an SBML file")
    shelf, draw = options.open_atlas(atlas), Draw(draws, seed, ensemble)
    _simulate(shelf, options.find_record(shelf, name), asked, draw, as_json=as_json)
    return 0


class Draw(NamedTuple):
    """How many draws, their seed, and the ensemble they are from; None for the priors."""

    number: int | None
    seed: int
    ensemble: str | None


def _simulate(shelf: Atlas, record: Record, asked: Asked, draw: Draw, *, as_json: bool) -> None:
    from mscape.experiments.bind import bind_record
    from mscape.experiments.simulate import simulate_experiment

    if draw.number is not None and not 2 <= draw.number <= 100_000:
        raise UsageError("--draws", str(draw.number), "2 to 100000 for a mechanism")
    setting, amount = read_setting(asked, record, shelf)
    bound = bind_record(record, shelf)
    source, draws = _find_source(bound, draw)
    warn_draws(draws)
    done = simulate_experiment(bound, setting, dose=amount, seed=source, draws=draws)
    if as_json:
        provenance = options.describe_provenance(shelf, [record.id], seed=draw.seed)
        described = _describe(record.id, done, draws)
        print_json("simulate", provenance, described | {"source": "ensemble" if draw.ensemble else "prior"})
        return
    over = "particles, a new donor each" if draw.ensemble else "draws of what is assumed or not reported"
    _print(record, done, f"{draws} {over}")


def _find_source(bound: Bound, draw: Draw) -> tuple[Source, int]:
    """Return what is drawn from, and how many draws: an ensemble's particles, or a seed."""
    from mscape.cli.progress import open_progress
    from mscape.standards.ensemble_cache import Progress, load_ensemble, read_ensemble

    if draw.ensemble is None:
        return draw.seed, draw.number or 100
    if draw.ensemble == "auto":
        with open_progress("fitting", 1) as progress:
            ensemble = load_ensemble(bound, seed=draw.seed, progress=Progress(solved=progress.count))
    else:
        ensemble = read_ensemble(Path(draw.ensemble), bound)
    source = ensemble.draw_source(bound, draw.number)
    return source, source.count


def _describe(name: str, done: SimulatedExperiment, draws: int) -> dict[str, object]:
    return {
        "mechanism": name,
        "culture": done.culture,
        "drug": done.drug,
        "dose_nM": done.dose,
        "line": done.line,
        "hours": done.hours,
        "draws": draws,
        "arms": {
            arm: {key: make_interval(value) for key, value in readings.items()}
            for arm, readings in done.arms.items()
        },
        "units": done.units,
        "solved": done.solved,
        "extrapolated": done.extrapolated,
        "needs": done.needs,
        "stand_ins": done.stand_ins,
    }


def _print(record: Record, done: SimulatedExperiment, over: str) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    console = open_console()
    dose = "30, 50 and 75 % effect alone" if done.dose is None else format_dose(done.dose)
    console.print(f"{record.id}: {done.culture}, {done.line}, {done.drug} at {dose}, {done.hours:g} h")
    labels = {item.id: item.label for item in record.mechanism.readouts}
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in ("read-out and arm", "median", "5 to 95 %"):
        table.add_column(name, justify="right" if name == "median" else "left")
    for key, unit in done.units.items():
        label = clean_text(labels.get(key, key)) + ("" if unit == "1" else f", {unit}")
        table.add_row(Text(label, style="bold"))
        for arm, readings in done.arms.items():
            low, middle, high = readings.get(key) or (None, None, None)
            spread = format_range(low, high) if low != high else ""
            table.add_row(f"  {arm}", format_number(middle), spread)
        table.add_section()
    console.print(table)
    console.print(f"Over {over}; {format_percent(done.solved)} solved.")
    for remark in list_remarks(done):
        console.print(clean_text(remark))
