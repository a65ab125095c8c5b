"""Where the draws of a ranking come from: the priors of a niche, or the ensembles of its mechanisms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mscape.cli.niche import load_one
from mscape.cli.pool import Plan, map_records

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas
    from mscape.experiments.niche import Niche
    from mscape.experiments.prior import Source
    from mscape.inference.particle import Particles


@dataclass(frozen=True)
class AskedDraws:
    """How many draws, their seed; whether from ensembles, of how many particles, in how many processes."""

    number: int
    seed: int
    ensemble: bool
    particles: int
    jobs: int


def choose_source(asked: AskedDraws, atlas: Atlas, mechanisms: Iterable[str]) -> Callable[[Niche], Source]:
    """Return what gives a niche its draws; ensembles are reread, or fitted once and kept.

    Parameters
    ----------
    asked
        As typed.
    atlas
        The mechanisms.
    mechanisms
        Ids of all that may be in a niche.

    Raises
    ------
    ModelError
        A model lacks something an arm asks for.
    """
    if not asked.ensemble:
        return lambda _: asked.seed
    records = tuple(atlas.records[key] for key in mechanisms)
    plan = Plan(asked.seed, asked.particles, asked.jobs)
    parts = map_records(load_one, records, atlas, plan, label="fitting")
    known = {record.id: part for record, part in zip(records, parts, strict=True)}
    return partial(_stitch, known, asked)


def _stitch(known: dict[str, Particles], asked: AskedDraws, niche: Niche) -> Source:
    from mscape.experiments.spread import find_spread
    from mscape.inference.particle import foresee
    from mscape.inference.stitch import stitch_ensembles

    own = {key: known[key] for key in niche.names}
    points = stitch_ensembles(niche, own, seed=asked.seed, count=asked.number)
    return foresee(points, find_spread(niche.bound))
