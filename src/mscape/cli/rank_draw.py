"""Where the draws of a ranking come from: the priors of a niche, or the ensembles of its mechanisms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
    return stitch_source(load_particles(asked, atlas, mechanisms), seed=asked.seed, count=asked.number)


def load_particles(asked: AskedDraws, atlas: Atlas, mechanisms: Iterable[str]) -> dict[str, Particles]:
    """Return the particles of mechanisms' ensembles, reread or fitted; parameters as for `choose_source`."""
    records = tuple(atlas.records[key] for key in mechanisms)
    plan = Plan(asked.seed, asked.particles, asked.jobs)
    parts = map_records(load_one, records, atlas, plan, label="fitting")
    return {record.id: part for record, part in zip(records, parts, strict=True)}


def stitch_source(known: Mapping[str, Particles], *, seed: int, count: int) -> Callable[[Niche], Source]:
    """Return what gives a niche its draws from ensembles at hand.

    Parameters
    ----------
    known
        Mechanism to its particles; the numbers of one that is not there come from its priors.
    seed, count
        Of the draws.
    """
    return partial(_stitch, known, seed, count)


def _stitch(known: Mapping[str, Particles], seed: int, count: int, niche: Niche) -> Source:
    from mscape.experiments.spread import find_spread
    from mscape.inference.particle import foresee
    from mscape.inference.stitch import stitch_ensembles

    own = {key: known[key] for key in niche.names if key in known}
    points = stitch_ensembles(niche, own, seed=seed, count=count)
    return foresee(points, find_spread(niche.bound))
