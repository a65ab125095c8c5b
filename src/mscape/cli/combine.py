"""``mscape combine``: dose by dose, a drug beside an intervention or a second drug, in culture model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import figure, options
from mscape.cli.combine_data import describe_combination
from mscape.cli.combine_text import print_combination
from mscape.cli.output import print_json
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
from mscape.cli.rank_draw import AskedDraws, choose_source
from mscape.cli.setting import warn_draws
from mscape.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Drawing

    from mscape.atlas.load import Atlas
    from mscape.experiments.arm import Arm
    from mscape.experiments.niche import Niche
    from mscape.treatment.combination import Axis, Combination
    from mscape.treatment.removal import When

EXAMPLE = """
Examples:
  mscape combine xu2018_breast_il6 tocilizumab
  mscape combine --tumour CML --drug imatinib plerixafor --ensemble --svg combined.svg
  mscape combine --tumour breast --drug cisplatin paclitaxel --partner-doses 1nM,5nM,25nM,100nM
  mscape combine xu2018_breast_il6 cisplatin --json
"""

Names = Annotated[
    list[str],
    typer.Argument(
        metavar="[ID] PARTNER",
        help="A mechanism, unless --tumour and --drug say the niche; then an intervention or a second drug.",
    ),
]
Doses = Annotated[
    str | None,
    typer.Option(
        metavar="DOSE,DOSE", help="Of the drug, such as 1uM,10uM,50uM; by default around the line's IC50."
    ),
]
PartnerDoses = Annotated[
    str | None,
    typer.Option(metavar="DOSE,DOSE", help="Of the partner; by default up to what a body reaches."),
]


def combine(
    names: Names,
    *,
    tumour: Tumour = None,
    drug: OfDrug = None,
    line: OfLine = None,
    doses: Doses = None,
    partner_doses: PartnerDoses = None,
    culture: Cultures = None,
    hours: options.Hours = "48",
    ratio: options.Ratio = None,
    when: Added = WhenName.DRUG,
    ensemble: Ensemble = False,
    particles: Particles = 500,
    draws: options.Draws = 200,
    seed: options.Seed = 1,
    jobs: options.Jobs = 2,
    atlas: options.AtlasFolder = None,
    svg: figure.Svg = None,
    png: figure.Png = None,
    as_json: options.AsJson = False,
) -> None:
    """Combine a drug with another agent, in culture model.

    Without MSC and with them: how many cells die of each pair of doses, and how many more than Bliss, HSA,
    Loewe and ZIP expect, over the draws. Above 0 is synergy. Nothing here is about a person.
    """
    figure.refuse_folders(svg, png)
    shelf = options.open_atlas(atlas)
    place = Place(tumour, drug, line, culture, hours, ratio)
    niche, partner = _compose(shelf, names, place)
    axes = _choose_axes(niche, partner, doses, partner_doses)
    warn_draws(draws)
    plan = AskedDraws(draws, seed, ensemble, particles, jobs)
    found = _measure(niche, axes, (choose_arm(niche, place), when.when), plan)
    figure.write_figures(lambda: _draw(found), svg, png)
    if as_json:
        data = describe_combination(found, tuple(niche.names) if ensemble else ())
        print_json("combine", options.describe_provenance(shelf, niche.names, seed=seed), data)
    else:
        print_combination(found)


def _measure(niche: Niche, axes: tuple[Axis, Axis], well: tuple[Arm, When], plan: AskedDraws) -> Combination:
    from mscape.treatment.combination import measure_combination
    from mscape.treatment.removal import Draws

    arm, when = well
    source = choose_source(plan, niche.bound.atlas, niche.names)
    with open_progress("combining", 1, unit="matrices") as progress:
        draws = Draws(plan.number, source, progress.count)
        return measure_combination(niche, arm, draws, axes, when=when)


def _draw(found: Combination) -> Drawing:
    from mscape.report.figure_combination import draw_combination

    return draw_combination(found)


def _compose(shelf: Atlas, names: list[str], place: Place) -> tuple[Niche, str]:
    """Return the niche, and the partner's key."""
    from mscape.treatment.matrix import compose_own

    refuse_half(place, "combine")
    if len(names) != (1 if place.is_niche else 2):
        expected = "one partner with --tumour and --drug" if place.is_niche else "an ID and one partner"
        raise UsageError("combine", " ".join(names)[:80], expected, "see 'mscape combine --help'")
    known = (*shelf.interventions.reagents, *shelf.drugs)
    partner = options.find_key(names[-1], known, kind="drug or intervention")
    return compose_place(shelf, place, names[0], compose_own), partner


def _choose_axes(niche: Niche, partner: str, doses: str | None, second: str | None) -> tuple[Axis, Axis]:
    from mscape.treatment.combination import choose_drug_axis, choose_partner_axis

    atlas = niche.bound.atlas
    first = _read_doses(doses, atlas, niche.drug, "--doses")
    other = _read_doses(second, atlas, partner, "--partner-doses")
    return choose_drug_axis(niche, niche.drug, first), choose_partner_axis(niche, partner, other)


def _read_doses(text: str | None, atlas: Atlas, name: str, option: str) -> list[float] | None:
    """Return concentrations in nM of a list such as ``1uM,10uM``."""
    from mscape.units import convert_value, parse_quantity

    if text is None:
        return None
    weight = (
        atlas.drugs[name].molar_mass if name in atlas.drugs else atlas.interventions.reagents[name].molar_mass
    )
    mass = None if weight is None else convert_value(weight, "g/mol")
    parts = [part for part in text.split(",") if part.strip()]
    return [
        parse_quantity(part, dimension="concentration", molar_mass=mass, where=option).value for part in parts
    ]
