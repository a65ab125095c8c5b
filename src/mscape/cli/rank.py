"""``mscape rank``: what would give sensitivity back, in a model of a culture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
from mscape.cli.output import print_json
from mscape.cli.progress import Progress, open_progress
from mscape.cli.rank_data import describe_fates, describe_matrix, describe_ranking
from mscape.cli.rank_draw import AskedDraws, choose_source
from mscape.cli.rank_text import print_fates, print_matrix, print_ranking
from mscape.cli.setting import warn_draws
from mscape.errors import UsageError

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas
    from mscape.experiments.arm import Arm
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


class WhenName(StrEnum):
    """When interventions are added, as typed."""

    DRUG = "drug"
    MSC = "msc"


Cultures = Annotated[
    options.CultureName | None,
    typer.Option(
        "--culture", help="How tumour cells meet the MSC; by default a co-culture, as in the papers."
    ),
]
Name = Annotated[
    str | None,
    typer.Argument(metavar="ID", help="A mechanism: the interventions that reach it, in the niche it is of."),
]
Tumour = Annotated[str | None, typer.Option(metavar="TUMOUR", help="With --drug: a niche.")]
OfDrug = Annotated[str | None, typer.Option(metavar="DRUG", help="With --tumour: a niche.")]
OfLine = Annotated[
    str | None,
    typer.Option(metavar="LINE", help="Of a niche: the tumour line, by default one with a known IC50."),
]
Every = Annotated[
    bool, typer.Option("--all", help="Every intervention in the model of every mechanism by itself.")
]
Outcomes = Annotated[
    bool,
    typer.Option("--outcomes", help="What came of interventions in animals and people, beside their ranks."),
]
Added = Annotated[
    WhenName, typer.Option("--when", help="Whether interventions come with the drug or the MSC.")
]
Ensemble = Annotated[
    bool,
    typer.Option("--ensemble", help="Draw from the mechanisms' ensembles ('mscape fit'), not from priors."),
]
Particles = Annotated[
    int, typer.Option(metavar="N", min=10, max=100_000, help="With --ensemble: parameter sets of each.")
]
Controls = Annotated[bool, typer.Option("--controls/--no-controls", help="Run the controls of a niche, too.")]


@dataclass(frozen=True)
class Asked:
    """Where to rank, as typed."""

    name: str | None
    tumour: str | None
    drug: str | None
    line: str | None
    culture: options.CultureName | None
    hours: str
    ratio: str | None
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
    from mscape.treatment.removal import When

    _refuse_mixed(name, (tumour, drug), every=every, outcomes=outcomes)
    if every or outcomes:
        _refuse_given({"--culture": culture, "--ratio": ratio, "--line": line}, every=every)
    shelf = options.open_atlas(atlas)
    added = When.MSC if when == WhenName.MSC else When.DRUG
    asked = Asked(name, tumour, drug, line, culture, hours, ratio, added, controls)
    plan = AskedDraws(draws, seed, ensemble, particles, jobs)
    warn_draws(draws)
    if every:
        _rank_all(shelf, asked, plan, as_json=as_json)
    elif outcomes:
        _compare_outcomes(shelf, asked, plan, as_json=as_json)
    else:
        _rank_one(shelf, asked, plan, as_json=as_json)


def _refuse_mixed(
    name: str | None, setting: tuple[str | None, str | None], *, every: bool, outcomes: bool
) -> None:
    tumour, drug = setting
    given = {"ID": name, "--tumour and --drug": tumour or drug, "--all": every, "--outcomes": outcomes}
    found = [key for key, value in given.items() if value]
    if len(found) != 1:
        told = " with ".join(found) or "nothing to rank"
        raise UsageError(
            "rank", told, "an ID, --tumour with --drug, --all or --outcomes", "give one of these"
        )
    if (tumour is None) != (drug is None):
        missing = "--drug" if drug is None else "--tumour"
        raise UsageError("rank", f"no {missing}", "--tumour and --drug together", f"add {missing}")


def _refuse_given(given: dict[str, object], *, every: bool) -> None:
    found = [key for key, value in given.items() if value is not None]
    if found:
        where = "--all" if every else "--outcomes"
        raise UsageError(where, f"{', '.join(found)} with it", "one co-culture for all", "leave that out")


def _rank_one(shelf: Atlas, asked: Asked, plan: AskedDraws, *, as_json: bool) -> None:
    from mscape.treatment.control import control_routes
    from mscape.treatment.rank import measure_alone, rank_niche

    niche, candidates = _compose(shelf, asked)
    arm = choose_arm(niche, asked)
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
    from mscape.experiments.niche import compose_niche
    from mscape.treatment.effect import list_reaching
    from mscape.treatment.matrix import compose_alone, compose_own

    if asked.name is None:
        line = None if asked.line is None else options.fold_name(asked.line)
        niche = compose_niche(shelf, str(asked.tumour), str(asked.drug), line=line)
        return niche, [(name,) for name in list_reaching(niche)]
    if asked.line is not None:
        raise UsageError("--line", "a line for an ID", "--tumour and --drug beside it", "leave it out")
    key = options.find_record(shelf, asked.name).id
    return compose_own(shelf, key), [(name,) for name in list_reaching(compose_alone(shelf, key))]


def choose_arm(niche: Niche, asked: Asked) -> Arm:
    """Return the arm with MSC and drug that is asked for: in a co-culture, if no culture is.

    Raises
    ------
    UsageError
        A monoculture, or hours or a ratio that cannot be.
    """
    from mscape.treatment.matrix import choose_coculture

    ratio = options.read_quantity(asked.ratio, "ratio", "--ratio")
    culture = choose_coculture(niche).protocol.culture if asked.culture is None else asked.culture.culture
    if culture == "monoculture":
        raise UsageError("--culture", "a monoculture: no MSC, no protection to take", "a culture with MSC")
    return niche.choose_arm(culture, _read_hours(asked), ratio=None if ratio is None else ratio.value)  # type: ignore[arg-type]


def _read_hours(asked: Asked) -> float:
    time = options.read_quantity(asked.hours, "time", "--hours")
    return 48.0 if time is None else time.value


def _make_draws(plan: AskedDraws, source: object, progress: Progress) -> Draws:
    from mscape.treatment.removal import Draws

    return Draws(plan.number, source, progress.count)  # type: ignore[arg-type]


def _name_ensembles(plan: AskedDraws, mechanisms: object) -> list[str]:
    return list(mechanisms) if plan.ensemble else []  # type: ignore[call-overload]


def _rank_all(shelf: Atlas, asked: Asked, plan: AskedDraws, *, as_json: bool) -> None:
    from mscape.treatment.matrix import rank_all

    hours = _read_hours(asked)
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

    hours = _read_hours(asked)
    source = choose_source(plan, shelf, shelf.records)
    with open_progress("ranking", len(list_settings(shelf)), unit="niches") as progress:
        draws = _make_draws(plan, source, progress)
        fates = compare_outcomes(shelf, draws, when=asked.when, hours=hours, finished=progress.finish)
    if as_json:
        data = describe_fates(fates, plan.number, _name_ensembles(plan, shelf.records))
        print_json("rank", options.describe_provenance(shelf, shelf.records, seed=plan.seed), data)
    else:
        print_fates(fates)
