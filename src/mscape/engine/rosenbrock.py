"""One step of Rodas5P for many trajectories at once, with plain NumPy, element by element."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.engine import rodas5p as method

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Step:
    """A step that was tried: arrays of shape (trajectory,) and (trajectory, state).

    Parameters
    ----------
    time, length
        Where it begins and how long it is.
    before, after
        State at its ends.
    error
        Estimate of the error of ``after``.
    bends
        What makes it more than a straight line between its ends.
    """

    time: Array
    length: Array
    before: Array
    after: Array
    error: Array
    bends: tuple[Array, ...]

    def at(self, time: Array, rows: NDArray[np.int64]) -> Array:
        """Return the state of some of the trajectories at a time within the step."""
        share = ((time - self.time[rows]) / self.length[rows])[:, None]
        bend = np.zeros_like(self.before[rows])
        for part in reversed(self.bends):
            bend = part[rows] + share * bend
        return np.asarray((1 - share) * self.before[rows] + share * (self.after[rows] + (1 - share) * bend))


def try_step(
    rates: Callable[[Array, Array], Array], jacobian: Array, drift: Array, start: tuple[Array, Array, Array]
) -> Step:
    """Take one step.

    Parameters
    ----------
    rates
        d state / dt of time and state.
    jacobian
        Of the rates at the start, shape (trajectory, state, state).
    drift
        Derivative of the rates by time at the start.
    start
        Time, state and step length.
    """
    time, state, length = start
    h = length[:, None]
    matrix = -jacobian
    diagonal = np.arange(state.shape[1])
    matrix[:, diagonal, diagonal] += 1 / (method.GAMMA * h)
    factors = factor(matrix)
    parts: list[Array] = []
    at = state
    for stage in range(method.STAGES):
        at = state + weigh(method.A[stage], parts, state)
        right = rates(time + method.C[stage] * length, at)
        right = right + weigh(method.G[stage], parts, state) / h + method.D[stage] * h * drift
        parts.append(solve(factors, right))
    bends = tuple(weigh(row, parts, state) for row in method.H)
    return Step(time, length, state, at + parts[-1], parts[-1], bends)


def weigh(weights: tuple[float, ...], parts: list[Array], like: Array) -> Array:
    """Return a weighted sum, added up in order."""
    total = np.zeros_like(like)
    for weight, part in zip(weights, parts, strict=True):
        total = total + weight * part
    return total


def factor(matrix: Array) -> tuple[Array, NDArray[np.int64]]:
    """Return L and U in one matrix, and the rows taken as pivots, of each matrix of a stack."""
    work = matrix.copy()
    count, size, _ = work.shape
    each = np.arange(count)
    order = np.tile(np.arange(size), (count, 1))
    for k in range(size):
        pivot = k + np.abs(work[:, k:, k]).argmax(axis=1)
        work[each, k], work[each, pivot] = work[each, pivot], work[each, k].copy()
        order[each, k], order[each, pivot] = order[each, pivot], order[each, k].copy()
        work[:, k + 1 :, k] /= work[:, k, k, None]
        work[:, k + 1 :, k + 1 :] -= work[:, k + 1 :, k, None] * work[:, None, k, k + 1 :]
    return work, order


def solve(factors: tuple[Array, NDArray[np.int64]], right: Array) -> Array:
    """Solve with what `factor` returned."""
    work, order = factors
    size = work.shape[1]
    result = np.take_along_axis(right, order, axis=1)
    for k in range(size):
        result[:, k + 1 :] -= work[:, k + 1 :, k] * result[:, k, None]
    for k in reversed(range(size)):
        result[:, k] /= work[:, k, k]
        result[:, :k] -= work[:, :k, k] * result[:, k, None]
    return result
