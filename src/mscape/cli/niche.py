"""``mscape niche``: every mechanism that is plausible for a tumour and a drug, at work together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
from mscape.cli.niche_text import Run, describe_niche, print_niche
from mscape.cli.output import print_json, say
from mscape.cli.pool import Plan, map_records
from mscape.cli.progress import open_progress
from mscape.cli.setting import warn_draws
from mscape.errors import OutputError, UsageError

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas, Record
    from mscape.experiments.arm import Arm
    from mscape.experiments.niche import Niche
    from mscape.experiments.prior import Source
    from mscape.inference.fit import Ensemble
    from mscape.inference.identify import Identified
    from mscape.inference.particle import Particles

EXAMPLE = """
Examples:
  mscape niche --tumour breast --drug cisplatin
  mscape niche --tumour CML --drug imatinib --line k562 --lacks ncadherin
  mscape niche --tumour breast --drug doxorubicin --mechanisms xu2018_breast_il6,tu2016_os_il6
  mscape niche --tumour gastric --drug 5-FU --fit routes --sbml niche.xml
"""


class MscState(StrEnum):
    """The pool MSC are seeded in."""

    NAIVE = "naive"
    PRIMED = "primed"


class FitOf(StrEnum):
    """What is conditioned on papers: each route by itself, or the niche as a whole."""

    ROUTES = "routes"
    WHOLE = "whole"


Tumour = Annotated[
    str, typer.Option(metavar="TUMOUR", help="Name, abbreviation or identifier, such as breast or CML.")
]
OfDrug = Annotated[
    str, typer.Option(metavar="DRUG", help="Name, synonym or identifier, such as cisplatin or 5-FU.")
]
Mechanisms = Annotated[
    str | None,
    typer.Option(metavar="ID,ID", help="These and no others; by default all that are plausible."),
]
OfLine = Annotated[
    str | None, typer.Option(metavar="LINE", help="The tumour line; by default one with a known IC50.")
]
Seeded = Annotated[MscState, typer.Option("--msc", help="Whether the MSC met a tumour or drug before.")]
Lacks = Annotated[
    str | None,
    typer.Option(metavar="NAME,NAME", help="Receptors or genes the cell lacks: what needs them is left out."),
]
Fitted = Annotated[
    FitOf | None,
    typer.Option(
        "--fit",
        help="Draw from ensembles: of each mechanism, stitched, or of the niche; else from the prior.",
    ),
]
Count = Annotated[int, typer.Option(metavar="N", min=10, max=100_000, help="With --fit: parameter sets.")]
Identify = Annotated[
    bool, typer.Option("--identify", help="With --fit whole: say which of its numbers are determined.")
]
Sbml = Annotated[
    Path | None, typer.Option("--sbml", metavar="FILE", help="Write the model as annotated SBML.")
]


@dataclass(frozen=True)
class Choice:
    """Which niche is asked for, as typed."""

    tumour: str
    drug: str
    mechanisms: str | None
    line: str | None
    msc: MscState
    lacks: str | None


@dataclass(frozen=True)
class Draw:
    """Where draws come from: how many, their seed, and the ensembles, if any."""

    number: int
    seed: int
    jobs: int
    fit: FitOf | None
    particles: int


@dataclass(frozen=True)
class Drawn:
    """Where draws come from, how many there are, whose ensembles they are of, and that of the niche."""

    source: Source
    count: int
    ensembles: tuple[str, ...] = ()
    whole: Ensemble | None = None


def niche(
    *,
    tumour: Tumour,
    drug: OfDrug,
    mechanisms: Mechanisms = None,
    line: OfLine = None,
    msc: Seeded = MscState.NAIVE,
    lacks: Lacks = None,
    culture: options.Cultures = options.CultureName.CONTACT,
    hours: options.Hours = "48",
    ratio: options.Ratio = None,
    fit: Fitted = None,
    particles: Count = 500,
    identify: Identify = False,
    sbml: Sbml = None,
    draws: options.Draws = 200,
    seed: options.Seed = 1,
    jobs: options.Jobs = 2,
    atlas: options.AtlasFolder = None,
    as_json: options.AsJson = False,
) -> None:
    """Compose what is plausible for a tumour and a drug.

    One tumour, one MSC population, one drug: every molecule is made once, and the routes add up at the ports
    with weights that are not known. Prints what is in and what is not, each with its reason; how much the MSC
    protect; what each route carries; and what blockers take away. All of it in a model of a culture.
    """
    if identify and fit != FitOf.WHOLE:
        raise UsageError("--identify", "no --fit whole", "both", "add --fit whole")
    shelf = options.open_atlas(atlas)
    found = _compose(shelf, Choice(tumour, drug, mechanisms, line, msc, lacks), sbml)
    arm = _choose_arm(found, culture, hours, ratio)
    from mscape.experiments.bench import Bench
    from mscape.experiments.rescue import measure_rescue

    drawn = _choose_source(found, shelf, Draw(draws, seed, jobs, fit, particles))
    bench = Bench(found.bound, drawn.source, drawn.count)
    rescue = measure_rescue(bench, found, arm)
    identified = _identify(found, drawn) if identify else None
    run = Run(arm, drawn.count, drawn.ensembles, bench.variant(arm).stand_ins, identified)
    if as_json:
        data = describe_niche(found, rescue, run)
        print_json("niche", options.describe_provenance(shelf, found.names, seed=seed), data)
    else:
        print_niche(found, rescue, run)


def _compose(shelf: Atlas, choice: Choice, sbml: Path | None) -> Niche:
    from mscape.experiments.niche import compose_niche

    named = None
    if choice.mechanisms is not None:
        named = [options.find_record(shelf, name).id for name in _split(choice.mechanisms)]
    found = compose_niche(
        shelf,
        choice.tumour,
        choice.drug,
        named,
        line=None if choice.line is None else options.fold_name(choice.line),
        msc="primed" if choice.msc == MscState.PRIMED else "naive",
        lacking=_split(choice.lacks or ""),
    )
    if sbml is not None:
        _write_sbml(found, sbml)
    return found


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _choose_arm(found: Niche, culture: options.CultureName | None, hours: str, ratio: str | None) -> Arm:
    time = options.read_quantity(hours, "time", "--hours")
    share = options.read_quantity(ratio, "ratio", "--ratio")
    return found.choose_arm(
        culture.culture if culture else "contact",  # type: ignore[arg-type]
        48.0 if time is None else time.value,
        ratio=None if share is None else share.value,
    )


def _choose_source(found: Niche, shelf: Atlas, draw: Draw) -> Drawn:
    warn_draws(draw.number)
    if draw.fit is None:
        return Drawn(draw.seed, draw.number)
    if draw.fit == FitOf.WHOLE:
        from mscape.standards.ensemble_cache import Progress, load_ensemble

        with open_progress("fitting", 1, unit="niches") as progress:
            told = Progress(solved=progress.count)
            ensemble = load_ensemble(found.bound, seed=draw.seed, particles=draw.particles, progress=told)
        source = ensemble.draw_source(found.bound, draw.number)
        return Drawn(source, source.count, (found.id,), ensemble)
    from mscape.experiments.spread import find_spread
    from mscape.inference.particle import foresee
    from mscape.inference.stitch import stitch_ensembles

    records = tuple(shelf.records[key] for key in found.names)
    parts = map_records(load_one, records, shelf, Plan(draw.seed, draw.particles, draw.jobs), label="fitting")
    known = {record.id: part for record, part in zip(records, parts, strict=True)}
    points = stitch_ensembles(found, known, seed=draw.seed, count=draw.number)
    return Drawn(foresee(points, find_spread(found.bound)), draw.number, tuple(known))


def _identify(found: Niche, drawn: Drawn) -> Identified | None:
    from mscape.inference.identify import identify_parameters

    return None if drawn.whole is None else identify_parameters(found.bound, drawn.whole)


def load_one(
    record: Record, atlas: Atlas, *, seed: int, draws: int, progress: Callable[[int], None]
) -> Particles:
    """Return the particles of one mechanism, reread or fitted: the task of ``mscape niche --fit routes``."""
    from mscape.experiments.bind import bind_record
    from mscape.standards.ensemble_cache import Progress, load_ensemble

    told = Progress(solved=progress)
    return load_ensemble(bind_record(record, atlas), seed=seed, particles=draws, progress=told).particles


def _write_sbml(found: Niche, path: Path) -> None:
    from mscape.standards.sbml import write_annotated_sbml
    from mscape.store import write_text_atomic

    if path.is_dir():
        advice = f"write it like {path / f'{found.id}.xml'}"
        raise OutputError(str(path), "it is a folder", "a file", advice)
    write_text_atomic(path, write_annotated_sbml(found.bound))
    say(f"wrote {path}")
