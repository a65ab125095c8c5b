"""Particles: points in the unit cube of everything assumed or not reported, one axis a name.

A parameter's prior maps its axis to its values, so that the prior is the uniform distribution on the cube
and, seen through the normal quantile, a standard normal.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mscape.engine.random import draw_uniform

Array = NDArray[np.float64]
_EDGE = 1e-9  # keeps a quantile finite


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
        return np.asarray(ndtri(np.clip(stacked, _EDGE, 1 - _EDGE)))

    def from_normal(self, places: Array) -> Particles:
        """Return points at other places, given as `to_normal` gives them."""
        from scipy.special import ndtr

        axes = {name: np.asarray(ndtr(places[:, i])) for i, name in enumerate(self.axes)}
        return Particles(self.seed, self.count, axes)


@dataclass(frozen=True)
class OwnConditions:
    """The same points, but what one experiment leaves unreported is its own: others may differ."""

    points: Particles
    experiment: str

    def take(self, name: str, count: int) -> Array:
        """Return the coordinate of each point on one axis, shape (point,)."""
        own = f"{self.experiment}:{name}" if name.startswith("condition:") else name
        return self.points.take(own, count)
