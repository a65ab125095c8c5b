"""Moves of particles: axes in groups, each accepted for itself, and proposals that know the population.

Given the parameters that all experiments share, what one experiment leaves unreported has nothing to do with
what another does. So the axes of all experiments can be moved at once, at the cost of one likelihood, and
accepted experiment by experiment. Proposals keep a normal distribution fitted to the population and shrunk
towards the prior (preconditioned Crank-Nicolson about it), so that only what is left decides.

Source: Cotter et al. 2013, doi 10.1214/13-STS421; proposals about a fitted normal distribution as in Rudolf
and Sprungk 2018, doi 10.1007/s10208-016-9340-x; shrinkage as in Ledoit and Wolf 2004, doi
10.1016/S0047-259X(03)00096-4.

Sums run in NumPy's own loops, never in a linear algebra library, whose order of summation depends on the
number of threads: the same seed gives the same bits on any number of cores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_LEAST_PIVOT = 1e-12  # of a covariance: along an axis of which others say all


@dataclass(frozen=True)
class Group:
    """Axes that are accepted or refused together, by the terms of the likelihood that depend on them."""

    axes: tuple[str, ...]
    terms: tuple[int, ...]


@dataclass(frozen=True)
class Layer:
    """Groups that are moved at once: no axis and no term is in two of them."""

    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Reference:
    """A normal distribution in the space where the prior is a standard normal.

    Parameters
    ----------
    middle
        Mean, shape (axis,).
    root
        Lower triangular root of the covariance, shape (axis, axis).
    """

    middle: Array
    root: Array

    def whiten(self, places: Array) -> Array:
        """Return where places lie in units of this distribution, shape (point, axis)."""
        rest = places - self.middle
        found = np.empty_like(rest)
        for i in range(rest.shape[1]):
            done = np.einsum("nj,j->n", found[:, :i], self.root[i, :i])
            found[:, i] = (rest[:, i] - done) / self.root[i, i]
        return found

    def colour(self, whitened: Array) -> Array:
        """Return places from units of this distribution, shape (point, axis)."""
        return np.asarray(self.middle + np.einsum("nj,ij->ni", whitened, self.root))


def fit_reference(places: Array) -> Reference:
    """Fit a normal distribution to a population, shrunk towards the prior by what its size leaves in doubt.

    Parameters
    ----------
    places
        Shape (point, axis), standard normal under the prior.
    """
    count, axes = places.shape
    middle = places.mean(axis=0)
    rest = places - middle
    covariance = np.einsum("ni,nj->ij", rest, rest) / count
    target = np.eye(axes)
    apart = float(((covariance - target) ** 2).sum())
    lengths = (rest**2).sum(axis=1)
    doubt = float((lengths**2).mean() - (covariance**2).sum()) / count
    alike = apart <= 0 or not lengths.any()  # all in one place say nothing of how far they may go
    share = 1.0 if alike else min(max(doubt / apart, 0.0), 1.0)
    return Reference((1 - share) * middle, _find_root(share * target + (1 - share) * covariance))


def _find_root(covariance: Array) -> Array:
    """Return the lower triangular root of a covariance (Cholesky), shape (axis, axis)."""
    root = np.zeros_like(covariance)
    for i in range(len(covariance)):
        left = covariance[i:, i] - np.einsum("ij,j->i", root[i:, :i], root[i, :i])
        root[i:, i] = left / np.sqrt(max(float(left[0]), _LEAST_PIVOT))
        if left[0] < _LEAST_PIVOT:
            root[i, i] = np.sqrt(_LEAST_PIVOT)
    return root


@dataclass(frozen=True)
class Proposal:
    """Where the points of a group may go.

    Parameters
    ----------
    places
        Shape (point, axis).
    gain
        Log of prior over reference there, less the same where the points are, shape (point,): what the
        likelihood need not pay.
    """

    places: Array
    gain: Array


def propose(here: Array, noise: Array, step: float) -> Proposal:
    """Propose places by a step that keeps the population's reference.

    Each half of the points is moved about a reference fitted to the other half: a point has no say in
    where it may go.

    Parameters
    ----------
    here, noise
        Where the points are, and standard normal numbers, shape (point, axis) each.
    step
        Share of the place that is new, within (0, 1].
    """
    middle = len(here) // 2
    halves = (slice(0, middle), slice(middle, len(here)))
    parts = [
        _step_about(fit_reference(here[other]), here[half], noise[half], step)
        for half, other in (halves, halves[::-1])
    ]
    return Proposal(
        np.concatenate([part.places for part in parts]), np.concatenate([part.gain for part in parts])
    )


def _step_about(reference: Reference, here: Array, noise: Array, step: float) -> Proposal:
    before = reference.whiten(here)
    after = np.sqrt(1 - step**2) * before + step * noise
    there = reference.colour(after)
    gain = ((after**2).sum(axis=1) - (before**2).sum(axis=1)) / 2
    gain -= ((there**2).sum(axis=1) - (here**2).sum(axis=1)) / 2
    return Proposal(there, gain)
