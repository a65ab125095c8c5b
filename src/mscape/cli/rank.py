"""``mscape rank``: what would give sensitivity back, in a model of a culture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
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
    read_hours,
    refuse_half,
)
from mscape.cli.progress import Progress, open_progress
from mscape.cli.rank_data import describe_fates, describe_matrix, describe_ranking
from mscape.cli.rank_draw import AskedDraws, choose_source
from mscape.cli.rank_text import print_fates, print_matrix, print_ranking
from mscape.cli.setting import warn_draws
from mscape.errors import UsageError

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas
    from mscape.experiments.niche import Niche
    from mscape.treatment.removal import Draws, When

EXAMPLE = """
Examples:
  mscape rank xu2018_breast_il6
  mscape rank --tumour CML --drug imatinib --ensemble
  mscape rank --tumour breast --drug cisplatin --when msc --json
  mscape rank --all --draws 500 --json > matrix.json
  mscape rank --outcomes
"""


Name = Annotated[
    str | None,
    typer.Argument(metavar="ID", help="A mechanism: the interventions that reach it, in the niche it is of."),
]
Every = Annotated[
    bool, typer.Option("--all", help="Every intervention in the model of every mechanism by itself.")
]
Outcomes = Annotated[
    bool,
    typer.Option("--outcomes", help="What came of interventions in animals and people, beside their ranks."),
]
Controls = Annotated[bool, typer.Option("--controls/--no-controls", help="Run the controls of a niche, too.")]


@dataclass(frozen=True)
class Asked:
    """What to rank, as typed."""

    name: str | None
    place: Place
    when: When
    controls: bool


def rank(
    name: Name = None,
    *,
    tumour: Tumour = None,
    drug: OfDrug = None,
    line: OfLine = None,
    every: Every = False,
    outcomes: Outcomes = False,
    culture: Cultures = None,
    hours: options.Hours = "48",
    ratio: options.Ratio = None,
    when: Added = WhenName.DRUG,
    ensemble: Ensemble = False,
    particles: Particles = 500,
    controls: Controls = True,
    draws: options.Draws = 200,
    seed: options.Seed = 1,
    jobs: options.Jobs = 2,
    atlas: options.AtlasFolder = None,
    as_json: options.AsJson = False,
) -> None:
    """Rank what would give sensitivity back, in culture model.

    By the share of the protection by MSC that an intervention takes at the free concentration a body reaches,
    where that is known; by the lower end of its interval over the draws, with what it kills without MSC taken
    off. Nothing here is about a person.
    """
    place = Place(tumour, drug, line, culture, hours, ratio)
    _refuse_mixed(name, place, every=every, outcomes=outcomes)
    if every or outcomes:
        _refuse_given({"--culture": culture, "--ratio": ratio, "--line": line}, every=every)
    shelf = options.open_atlas(atlas)
    asked = Asked(name, place, when.when, controls)
    plan = AskedDraws(draws, seed, ensemble, particles, jobs)
    warn_draws(draws)
    if every:
        _rank_all(shelf, asked, plan, as_json=as_json)
    elif outcomes:
        _compare_outcomes(shelf, asked, plan, as_json=as_json)
    else:
        _rank_one(shelf, asked, plan, as_json=as_json)


def _refuse_mixed(name: str | None, place: Place, *, every: bool, outcomes: bool) -> None:
    given = {
        "ID": name,
        "--tumour and --drug": place.tumour or place.drug,
        "--all": every,
        "--outcomes": outcomes,
    }
    found = [key for key, value in given.items() if value]
    if len(found) != 1:
        told = " with ".join(found) or "nothing to rank"
        raise UsageError(
            "rank", told, "an ID, --tumour with --drug, --all or --outcomes", "give one of these"
        )
    refuse_half(place, "rank")


def _refuse_given(given: dict[str, object], *, every: bool) -> None:
    found = [key for key, value in given.items() if value is not None]
    if found:
        where = "--all" if every else "--outcomes"
        raise UsageError(where, f"{', '.join(found)} with it", "one co-culture for all", "leave that out")


def _rank_one(shelf: Atlas, asked: Asked, plan: AskedDraws, *, as_json: bool) -> None:
    from mscape.treatment.control import control_routes
    from mscape.treatment.rank import measure_alone, rank_niche

    niche, candidates = _compose(shelf, asked)
    arm = choose_arm(niche, asked.place)
    source = choose_source(plan, shelf, niche.names)
    with open_progress("ranking", 1, unit="niches") as progress:
        draws = _make_draws(plan, source, progress)
        single = measure_alone(niche, arm, draws, candidates=candidates, when=asked.when)
        ranking = rank_niche(niche, arm, draws, candidates=candidates, when=asked.when, single=single)
        checked = control_routes(niche, arm, draws, when=asked.when) if asked.controls else ()
    if as_json:
        data = describe_ranking(ranking, checked, shelf, _name_ensembles(plan, niche.names))
        print_json("rank", options.describe_provenance(shelf, niche.names, seed=plan.seed), data)
    else:
        print_ranking(ranking, checked, shelf)


def _compose(shelf: Atlas, asked: Asked) -> tuple[Niche, list[tuple[str, ...]]]:
    """Return the niche, and the interventions to rank: of a mechanism those that reach it."""
    from mscape.treatment.effect import list_reaching
    from mscape.treatment.matrix import compose_alone, compose_own

    niche = compose_place(shelf, asked.place, asked.name, compose_own)
    reached = niche
    if asked.name is not None:
        reached = compose_alone(shelf, options.find_record(shelf, asked.name).id)
    return niche, [(name,) for name in list_reaching(reached)]


def _make_draws(plan: AskedDraws, source: object, progress: Progress) -> Draws:
    from mscape.treatment.removal import Draws

    return Draws(plan.number, source, progress.count)  # type: ignore[arg-type]


def _name_ensembles(plan: AskedDraws, mechanisms: object) -> list[str]:
    return list(mechanisms) if plan.ensemble else []  # type: ignore[call-overload]


def _rank_all(shelf: Atlas, asked: Asked, plan: AskedDraws, *, as_json: bool) -> None:
    from mscape.treatment.matrix import rank_all

    hours = read_hours(asked.place.hours, "--hours")
    source = choose_source(plan, shelf, shelf.records)
    with open_progress("ranking", len(shelf.records)) as progress:
        draws = _make_draws(plan, source, progress)
        done = progress.finish
        matrix = rank_all(shelf, shelf.records, draws, when=asked.when, hours=hours, finished=done)
    if as_json:
        data = describe_matrix(matrix, _name_ensembles(plan, shelf.records))
        print_json("rank", options.describe_provenance(shelf, shelf.records, seed=plan.seed), data)
    else:
        print_matrix(matrix)


def _compare_outcomes(shelf: Atlas, asked: Asked, plan: AskedDraws, *, as_json: bool) -> None:
    from mscape.treatment.fate import compare_outcomes, list_settings

    hours = read_hours(asked.place.hours, "--hours")
    source = choose_source(plan, shelf, shelf.records)
    with open_progress("ranking", len(list_settings(shelf)), unit="niches") as progress:
        draws = _make_draws(plan, source, progress)
        fates = compare_outcomes(shelf, draws, when=asked.when, hours=hours, finished=progress.finish)
    if as_json:
        data = describe_fates(fates, plan.number, _name_ensembles(plan, shelf.records))
        print_json("rank", options.describe_provenance(shelf, shelf.records, seed=plan.seed), data)
    else:
        print_fates(fates)
