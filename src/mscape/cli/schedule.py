"""``mscape schedule``: an intervention before, with and after the drug, in pulses; and how long protection
lasts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import figure, options
from mscape.cli.output import print_json
from mscape.cli.place import (
    Ensemble,
    OfDrug,
    OfLine,
    Particles,
    Place,
    Tumour,
    choose_arm,
    compose_place,
    read_hours,
    refuse_half,
)
from mscape.cli.progress import open_progress
from mscape.cli.rank_draw import AskedDraws, choose_source
from mscape.cli.schedule_data import Asked, describe_schedules
from mscape.cli.schedule_text import print_schedules
from mscape.cli.setting import warn_draws
from mscape.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mscape.atlas.load import Atlas
    from mscape.experiments.arm import Arm
    from mscape.experiments.niche import Niche
    from mscape.treatment.persistence import Persistence
    from mscape.treatment.removal import Draws
    from mscape.treatment.schedule import Clock
    from mscape.treatment.timing import Scheduled

EXAMPLE = """
Examples:
  mscape schedule wang2014_mm_exosome gw4869
  mscape schedule --tumour CML --drug imatinib plerixafor olaptesed --ensemble
  mscape schedule xu2018_breast_il6 siltuximab --hours 24 --pulses 3 --svg schedule.svg
  mscape schedule tu2016_os_il6 --gaps 0,6,24,72
"""

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID] [INTERVENTION]...",
        help="A mechanism, unless --tumour and --drug say the niche; then interventions. "
        "None: how long protection lasts, alone.",
    ),
]
Cultures = Annotated[
    options.CultureName | None,
    typer.Option(
        "--culture", help="A co-culture; by default as in the papers. MSC are removed in transwell."
    ),
]
Before = Annotated[str, typer.Option(metavar="TIME", help="Co-culture before the drug, such as 24h.")]
After = Annotated[str, typer.Option(metavar="TIME", help="From the wash-out of the drug to the read-out.")]
Pulses = Annotated[int, typer.Option(metavar="N", min=1, max=6, help="Pulses of it under the drug.")]
Gaps = Annotated[
    str, typer.Option(metavar="H,H", help="Hours from the removal of the MSC to the drug; the first is 0.")
]
Persist = Annotated[
    bool, typer.Option("--persistence/--no-persistence", help="Run the removal of the MSC, too.")
]


def schedule(
    names: Names = None,
    *,
    tumour: Tumour = None,
    drug: OfDrug = None,
    line: OfLine = None,
    culture: Cultures = None,
    before: Before = "24",
    hours: options.Hours = "48",
    after: After = "24",
    pulses: Pulses = 2,
    gaps: Gaps = "0,2,6,12,24,48",
    persistence: Persist = True,
    ratio: options.Ratio = None,
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
    """Compare schedules of an intervention, in culture model.

    Before, with or after the drug; continuous or in pulses; around a short pulse of the drug: what each takes
    from the protection by MSC, in wells that are handled alike. And how much protection is left when MSC are
    taken away some hours before the drug. Nothing here is about a person.
    """
    figure.refuse_folders(svg, png)
    clock = _read_clock({"--before": before, "--hours": hours, "--after": after}, pulses)
    shelf = options.open_atlas(atlas)
    place = Place(tumour, drug, line, culture, hours, ratio)
    niche, candidates = _compose(shelf, list(names or ()), place)
    waits = _read_gaps(gaps) if persistence else ()
    arm = _choose_arm(niche, place, clock)
    plan = AskedDraws(draws, seed, ensemble, particles, jobs)
    asked = Asked(niche, arm.protocol.culture, clock, draws, tuple(niche.names) if ensemble else ())
    found, lasting = _measure(niche, arm, (candidates, waits), plan, asked)
    figure.write_figures(lambda: _draw(found, lasting, asked), svg, png)
    if as_json:
        data = describe_schedules(found, lasting, asked)
        print_json("schedule", options.describe_provenance(shelf, niche.names, seed=seed), data)
    else:
        print_schedules(found, lasting, asked)


def _measure(
    niche: Niche,
    arm: Arm,
    wanted: tuple[list[tuple[str, ...]], tuple[float, ...]],
    plan: AskedDraws,
    asked: Asked,
) -> tuple[Scheduled | None, Persistence | None]:
    """Measure schedules, if there are interventions, and the removal of the MSC, if there are gaps."""
    from mscape.treatment.persistence import measure_persistence
    from mscape.treatment.removal import Draws
    from mscape.treatment.timing import measure_schedules, refuse_unscheduled

    candidates, gaps = wanted
    warn_draws(plan.number)
    if not candidates and not gaps:
        raise UsageError("schedule", "no intervention and no gaps", "one of these", "name an intervention")
    refuse_unscheduled(niche, arm, candidates)
    source = choose_source(plan, niche.bound.atlas, niche.names)
    found = lasting = None
    with open_progress("scheduling", 1, unit="niches") as progress:
        draws: Draws = Draws(plan.number, source, progress.count)
        if candidates:
            found = measure_schedules(niche, arm, candidates, draws, clock=asked.clock)
        if gaps:
            clock, ratio = asked.clock, arm.protocol.msc_per_tumour
            lasting = measure_persistence(
                niche, draws, met=clock.before, drug=clock.drug, gaps=gaps, ratio=ratio
            )
    return found, lasting


def _draw(found: Scheduled | None, lasting: Persistence | None, asked: Asked) -> Axes:
    from mscape.report.figure_schedule import draw_schedules

    return draw_schedules(found, lasting, asked.title)


def _read_clock(times: dict[str, str], pulses: int) -> Clock:
    """Return the clock of three options' texts, in its order."""
    from mscape.treatment.schedule import Clock

    before, drug, after = (read_hours(text, option) for option, text in times.items())
    return Clock(before, drug, after, pulses)


def _read_gaps(text: str) -> tuple[float, ...]:
    return tuple(read_hours(part, "--gaps") for part in text.split(",") if part.strip())


def _compose(shelf: Atlas, names: list[str], place: Place) -> tuple[Niche, list[tuple[str, ...]]]:
    """Return the niche, and the interventions, each by itself; joined by ``+`` are given together."""
    from mscape.treatment.matrix import compose_own

    refuse_half(place, "schedule")
    if not (names or place.is_niche):
        raise UsageError(
            "schedule", "nothing to schedule", "an ID, or --tumour with --drug", "give one of these"
        )
    niche = compose_place(shelf, place, next(iter(names), None), compose_own)
    return niche, _find_groups(shelf, names if place.is_niche else names[1:])


def _find_groups(shelf: Atlas, names: list[str]) -> list[tuple[str, ...]]:
    known = shelf.interventions.reagents
    found = [
        tuple(options.find_key(part, known, kind="intervention") for part in name.split("+"))
        for name in names
    ]
    return list(dict.fromkeys(found))


def _choose_arm(niche: Niche, place: Place, clock: Clock) -> Arm:
    from mscape.treatment.timing import choose_timed_arm

    return choose_timed_arm(niche, choose_arm(niche, place), clock)
