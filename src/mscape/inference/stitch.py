"""Draws for a niche from the ensembles of its mechanisms: each route's numbers from its own ensemble.

Particle i of one mechanism has nothing to do with particle i of another: their rows are drawn apart. A number
that several mechanisms share (a pool's, the tumour cell's) comes from the ensemble that says most about it,
with that ensemble's row; the others' word on it is lost. So a stitched draw is an approximation of what all
papers say of the niche together. To have that, fit the niche itself: ``fit_mechanism(niche.bound, …)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from mscape.engine.random import draw_uniform
from mscape.errors import UsageError
from mscape.experiments.bind import bind_record
from mscape.experiments.niche import Niche
from mscape.experiments.prior import Prior, locate_quantiles, place_quantiles
from mscape.inference.particle import EDGE, Particles

Array = NDArray[np.float64]


def stitch_ensembles(niche: Niche, ensembles: Mapping[str, Particles], *, seed: int, count: int) -> Particles:
    """Stitch ensembles of mechanisms to points for their niche.

    Parameters
    ----------
    niche
        The niche.
    ensembles
        Mechanism to the particles of its ensemble; mechanisms without one are drawn from their priors, and so
        are the weights of the routes.
    seed
        Of everything that is drawn.
    count
        How many points.

    Returns
    -------
    Particles
        Points in the niche's cube. `mscape.inference.particle.foresee` lets a new experiment see them.

    Raises
    ------
    UsageError
        An ensemble of a mechanism that is not in the niche.
    """
    axes: dict[str, Array] = {}
    rows: dict[str, NDArray[np.int64]] = {}
    for name, (key, places) in choose_axes(niche, ensembles).items():
        if key not in rows:
            rows[key] = draw_rows(seed, key, 0, count, of=ensembles[key].count)
        axes[name] = places[rows[key]]
    return Particles(seed, count, axes)


def choose_axes(niche: Niche, ensembles: Mapping[str, Particles]) -> dict[str, tuple[str, Array]]:
    """Choose for each number of a niche the ensemble that says most about it.

    Parameters
    ----------
    niche, ensembles
        As in `stitch_ensembles`.

    Returns
    -------
    dict
        Name of the axis, sorted, to the mechanism and its particles' places in the niche's prior, shape
        (particle,).

    Raises
    ------
    UsageError
        An ensemble of a mechanism that is not in the niche.
    """
    foreign = sorted(set(ensembles) - set(niche.names))
    if foreign:
        found = f"an ensemble of {', '.join(foreign)}"
        raise UsageError("niche", found, f"ensembles of {', '.join(niche.names)}", "leave it out")
    chosen: dict[str, tuple[str, Array]] = {}
    widths: dict[str, float] = {}
    for key, particles in sorted(ensembles.items()):
        for ours, places in _list_axes(niche, key, particles):
            width = _measure_width(places)
            if width < widths.get(ours, np.inf):
                chosen[ours], widths[ours] = (key, places), width
    return dict(sorted(chosen.items()))


def draw_rows(seed: int, mechanism: str, first: int, count: int, *, of: int) -> NDArray[np.int64]:
    """Draw which of a mechanism's particles draws ``first`` to ``first + count`` take, shape (draw,)."""
    drawn = draw_uniform(seed, f"row:{mechanism}", first, count)
    return np.minimum((drawn * of).astype(np.int64), of - 1)


def _list_axes(niche: Niche, mechanism: str, particles: Particles) -> Iterator[tuple[str, Array]]:
    """Yield the axes of an ensemble that the niche has, under its names and in its priors' quantiles.

    What belongs to one of the mechanism's papers (its donor, what it leaves unreported) is not the niche's.
    """
    names = niche.names[mechanism]
    reagents = {
        f"perturbation:{own}": f"perturbation:{ours}" for own, ours in niche.perturbations[mechanism].items()
    }
    atlas = niche.bound.atlas
    theirs, mine = bind_record(atlas.records[mechanism], atlas).priors, niche.bound.priors
    for name, places in particles.axes.items():
        ours = names.get(name, name)
        if name in reagents or name.startswith("ic50:"):
            yield reagents.get(name, name), places
        elif ours in mine:
            yield ours, move_quantiles(places, theirs.get(name), mine[ours])


def move_quantiles(places: Array, old: Prior | None, new: Prior) -> Array:
    """Return the quantiles under another prior of the values at some quantiles, shape as given.

    A value beyond the new prior's range lies at its end. Where one of them has no range, or both are the
    same, the quantiles stay: the prior is then another's (the drug's, the line's), and the same for both.
    """
    if old is None or "fixed" in (old.distribution, new.distribution):
        return places
    parts = ("value", "low", "high", "distribution")
    if all(getattr(old, part) == getattr(new, part) for part in parts):
        return places
    return _locate(new, place_quantiles(old, places))


def _measure_width(places: Array) -> float:
    """Return the standard deviation of an axis where its prior is a standard normal."""
    from scipy.special import ndtri

    return float(np.std(ndtri(np.clip(places, EDGE, 1 - EDGE))))


def _locate(prior: Prior, values: Array) -> Array:
    return np.clip(locate_quantiles(prior, values), EDGE, 1 - EDGE)
