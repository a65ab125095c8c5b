"""Particles: points in the unit cube of everything assumed or not reported, one axis a name.

A parameter's prior maps its axis to its values, so that the prior is the uniform distribution on the cube
and, seen through the normal quantile, a standard normal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mscape.engine.random import draw_uniform

Array = NDArray[np.float64]
EDGE = 1e-9  # keeps a quantile finite


@dataclass
class Particles:
    """Points in the cube; an axis nobody asked for before is drawn from the prior.

    Parameters
    ----------
    seed, count
        Of the prior's draws, and how many points there are.
    axes
        Coordinates within (0, 1) by name, shape (point,) each.
    """

    seed: int
    count: int
    axes: dict[str, Array] = field(default_factory=dict)

    def take(self, name: str, count: int) -> Array:
        """Return the coordinate of each point on one axis, shape (point,)."""
        if count != self.count:
            raise ValueError(f"{count} points asked of {self.count}")
        if name not in self.axes:
            self.axes[name] = draw_uniform(self.seed, name, 0, count)
        return self.axes[name]

    def select(self, rows: NDArray[np.int64]) -> Particles:
        """Return some of the points, in that order."""
        return Particles(self.seed, len(rows), {name: axis[rows] for name, axis in self.axes.items()})

    def to_normal(self) -> Array:
        """Return the points with every axis standard normal under the prior, shape (point, axis)."""
        from scipy.special import ndtri

        stacked = np.stack(list(self.axes.values()), axis=1) if self.axes else np.zeros((self.count, 0))
        return np.asarray(ndtri(np.clip(stacked, EDGE, 1 - EDGE)))

    def from_normal(self, places: Array) -> Particles:
        """Return points at other places, given as `to_normal` gives them."""
        from scipy.special import ndtr

        axes = {name: np.asarray(ndtr(places[:, i])) for i, name in enumerate(self.axes)}
        return Particles(self.seed, self.count, axes)


@dataclass(frozen=True)
class OwnConditions:
    """The same points seen by one experiment: some axes are its own, or in part its paper's own.

    What the experiment leaves unreported is its own: others may differ. What differs from paper to paper
    (donors of MSC, a laboratory's IC50) is a sum in the space where the prior is a standard normal,
    z = √(1 - w) z_shared + √w z_own, so that each paper's numbers have the stated prior, and two papers'
    correlate by 1 - w.

    Parameters
    ----------
    points
        The points.
    experiment, paper
        Whose conditions, and whose donor and laboratory.
    spread
        Share w of the variance that is the paper's own, by name of the axis
        (`mscape.experiments.spread.find_spread`); what is not named is shared.
    """

    points: Particles
    experiment: str
    paper: str = ""
    spread: Mapping[str, float] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many points there are."""
        return self.points.count

    def take(self, name: str, count: int) -> Array:
        """Return the coordinate of each point on one axis, shape (point,)."""
        if name.startswith("condition:"):
            return self._take_own(f"{self.experiment}:{name}", count)
        share = self.spread.get(name, 0.0)
        if share == 0:
            return self.points.take(name, count)
        own = self._take_own(f"{self.paper}:{name}", count)
        return own if share == 1 else mix_places(self.points.take(name, count), own, share)

    def _take_own(self, name: str, count: int) -> Array:
        return self.points.take(name, count)


@dataclass(frozen=True)
class NewExperiment(OwnConditions):
    """The same points seen by an experiment no paper has reported: a new donor, laboratory and conditions.

    What is its own is drawn from the prior, whatever the points were conditioned on, and leaves the points as
    they are: intervals of a prediction are for the next donor, not for those of the papers.

    Examples
    --------
    >>> new = foresee(Particles(1, 3), {"il6_secretion": 0.3})
    >>> new.take("il6_secretion", 3).shape
    (3,)
    """

    def _take_own(self, name: str, count: int) -> Array:
        return draw_uniform(self.points.seed, name, 0, count)


def foresee(points: Particles, spread: Mapping[str, float], name: str = "new") -> NewExperiment:
    """Let points see an experiment that was not reported.

    Parameters
    ----------
    points
        Parameter sets: an ensemble's, or of the prior.
    spread
        What differs between papers (`mscape.experiments.spread.find_spread`).
    name
        Of the experiment; another name has another donor.
    """
    return NewExperiment(points, name, name, spread)


def mix_places(shared: Array, own: Array, share: float) -> Array:
    """Mix two uniform coordinates to one that is uniform, ``share`` of whose normal variance is ``own``."""
    from scipy.special import ndtr, ndtri

    z = np.sqrt(1 - share) * ndtri(np.clip(shared, EDGE, 1 - EDGE))
    return np.asarray(ndtr(z + np.sqrt(share) * ndtri(np.clip(own, EDGE, 1 - EDGE))))
