"""``mscape cohort``: virtual donors and tumours under one drug, and in whom an intervention works."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import figure, options
from mscape.cli.cohort_data import CohortRun, describe_cohort, list_columns
from mscape.cli.cohort_text import print_cohort
from mscape.cli.output import print_json, say
from mscape.cli.place import (
    Added,
    Cultures,
    Ensemble,
    OfDrug,
    OfLine,
    Particles,
    Place,
    Tumour,
    WhenName,
    choose_arm,
    compose_place,
    refuse_half,
)
from mscape.cli.progress import open_progress
from mscape.cli.rank_draw import AskedDraws, load_particles
from mscape.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from mscape.atlas.load import Atlas
    from mscape.cohort.member import Cohort
    from mscape.experiments.niche import Niche
    from mscape.treatment.cohort import MeasuredCohort
    from mscape.treatment.predict import Summary
    from mscape.treatment.removal import When

EXAMPLE = """
Examples:
  mscape cohort xu2018_breast_il6
  mscape cohort xu2018_breast_il6 --size 100000 --out cohort.tsv --svg cohort.svg
  mscape cohort --tumour CML --drug imatinib --intervention plerixafor --ensemble
  mscape cohort wang2020_all_cxcl12 --matched --tumours 100 --donors 100 --json
"""

Name = Annotated[
    str | None, typer.Argument(metavar="ID", help="A mechanism by itself, in its first tumour and drug.")
]
Size = Annotated[
    int,
    typer.Option(metavar="N", min=20, max=1_000_000, help="Members: each a tumour and a donor of its own."),
]
Interventions = Annotated[
    list[str] | None,
    typer.Option(
        "--intervention", metavar="NAME", help="Such as siltuximab; repeat for several. All, without it."
    ),
]
Dose = Annotated[
    str | None, typer.Option(metavar="DRUG=DOSE", help="For all tumours; without it, their median IC50.")
]
Matched = Annotated[bool, typer.Option("--matched", help="Each tumour at the dose that kills half of it.")]
Tumours = Annotated[
    int, typer.Option(metavar="N", min=0, max=1000, help="Tumours that meet every donor, for the variance.")
]
Donors = Annotated[int, typer.Option(metavar="N", min=0, max=1000, help="Donors that meet every tumour.")]
Out = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Every member's values: FILE.tsv, FILE.csv or DIR.zarr.")
]


@dataclass(frozen=True)
class _Dose:
    """How much of the drug, as typed."""

    text: str | None
    matched: bool


def cohort(
    name: Name = None,
    *,
    tumour: Tumour = None,
    drug: OfDrug = None,
    line: OfLine = None,
    size: Size = 10_000,
    intervention: Interventions = None,
    dose: Dose = None,
    matched: Matched = False,
    tumours: Tumours = 50,
    donors: Donors = 50,
    culture: Cultures = None,
    hours: options.Hours = "48",
    ratio: options.Ratio = None,
    when: Added = WhenName.DRUG,
    ensemble: Ensemble = False,
    particles: Particles = 500,
    seed: options.Seed = 1,
    jobs: options.Jobs = 2,
    out: Out = None,
    svg: figure.Svg = None,
    png: figure.Png = None,
    atlas: options.AtlasFolder = None,
    as_json: options.AsJson = False,
) -> None:
    """Spread donors and tumours in a cohort, in culture model.

    How protection by MSC spreads, in what share an intervention works, and which reading before the drug says
    so, in bits. A virtual cohort is a spread of model parameters, not of people.
    """
    place = Place(tumour, drug, line, culture, hours, ratio)
    given = _Dose(dose, matched)
    _refuse(name, place, given, out)
    figure.refuse_folders(svg, png)
    plan = AskedDraws(size, seed, ensemble, particles, jobs)
    run, population = _compose(
        options.open_atlas(atlas), (name, place, given), (when.when, tumours, donors), plan
    )
    measured = _measure((run, population), _choose_interventions(run.niche, intervention), plan)
    _finish(run, measured, plan, (out, svg, png), as_json=as_json)


def _refuse(name: str | None, place: Place, dose: _Dose, out: Path | None) -> None:
    from mscape.standards.cohort_file import refuse_ending

    if (name is None) == (place.tumour is None and place.drug is None):
        found = "an ID and a niche" if name else "nothing to make it of"
        raise UsageError("cohort", found, "an ID, or --tumour with --drug", "give one of these")
    refuse_half(place, "cohort")
    if dose.matched and dose.text is not None:
        raise UsageError("--matched", "a --dose with it", "one of them", "leave one out")
    if out is not None:
        refuse_ending(out)


def _compose(
    shelf: Atlas,
    what: tuple[str | None, Place, _Dose],
    how: tuple[When, int, int],
    plan: AskedDraws,
) -> tuple[CohortRun, Cohort]:
    """Return what is asked for, and the cohort it is asked of."""
    from mscape.cohort.line import spread_lines
    from mscape.cohort.member import make_cohort
    from mscape.treatment.matrix import compose_alone

    name, place, dose = what
    when, tumours, donors = how
    drug, amount = options.read_dose(dose.text, shelf)
    niche = compose_place(shelf, place, name, compose_alone)
    if drug is not None and drug != niche.drug:
        raise UsageError("--dose", drug, f"a dose of {niche.drug}", "give that, or --tumour and --drug")
    niche, lines = spread_lines(niche)
    arm = choose_arm(niche, place)
    if not dose.matched:
        arm = replace(arm, dose=lines.median if amount is None else amount.value)
    known = load_particles(plan, shelf, niche.names) if plan.ensemble else {}
    run = CohortRun(niche, arm, lines, when, (tumours, donors), tuple(known))
    return run, make_cohort(niche, known, seed=plan.seed)


def _choose_interventions(niche: Niche, asked: Sequence[str] | None) -> list[tuple[str, ...]]:
    """Return the interventions asked for; all that act on something in the niche, if none is.

    Raises
    ------
    UnknownIdError
        The atlas has no such intervention.
    UsageError
        One finds nothing to act on.
    """
    from mscape.treatment.effect import list_reaching

    reaching = list_reaching(niche)
    known = niche.bound.atlas.interventions.reagents
    wanted = tuple(dict.fromkeys(options.find_key(name, known, kind="intervention") for name in asked or ()))
    idle = [name for name in wanted if name not in reaching]
    if idle:
        found = f"{', '.join(idle)} finds nothing to act on in {niche.id}"
        raise UsageError(
            "--intervention", found, ", ".join(reaching) or "none acts here", "choose one of these"
        )
    return [(name,) for name in wanted or reaching]


def _measure(
    asked: tuple[CohortRun, Cohort], candidates: list[tuple[str, ...]], plan: AskedDraws
) -> MeasuredCohort:
    from mscape.treatment.cohort import CohortPlan, measure_cohort

    run, population = asked
    tumours, donors = run.table
    with open_progress("cohort", plan.number + tumours * donors, unit="members") as progress:
        how = CohortPlan(
            candidates,
            plan.number,
            tumours,
            donors,
            run.when,
            solved=progress.count,
            finished=progress.advance,
        )
        return measure_cohort(run.niche, run.arm, population, how)


def _finish(
    run: CohortRun,
    measured: MeasuredCohort,
    plan: AskedDraws,
    files: tuple[Path | None, Path | None, Path | None],
    *,
    as_json: bool,
) -> None:
    """Write the files that are asked for, and print."""
    from mscape.treatment.predict import summarise_cohort

    out, svg, png = files
    provenance = options.describe_provenance(run.niche.bound.atlas, run.niche.names, seed=plan.seed)
    if out is not None:
        from mscape.standards.cohort_file import write_cohort

        write_cohort(out, list_columns(measured), provenance=provenance)
        say(f"wrote {out}")
    summary = summarise_cohort(measured, seed=plan.seed)
    figure.write_figures(lambda: _draw(run, measured, summary), svg, png)
    if as_json:
        print_json("cohort", provenance, describe_cohort(summary, run, measured.taken.stand_ins))
    else:
        print_cohort(summary, run, measured.taken.stand_ins)


def _draw(run: CohortRun, measured: MeasuredCohort, summary: Summary) -> Axes:
    from mscape.report.figure_cohort import make_cohort_figure

    return make_cohort_figure(run.title, measured.taken.protection, summary)
