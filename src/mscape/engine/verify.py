"""Compare our solver with another one, trajectory by trajectory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from mscape.engine.batch import Array, Period, Status, Tolerance, Trajectories
from mscape.engine.roadrunner import solve_with_roadrunner
from mscape.engine.simulate import simulate
from mscape.network.network import ReactionNetwork

SMALL = 1e-3  # of the largest value of an observable: what is smaller is compared with this


@dataclass(frozen=True)
class Difference:
    """How far two solvers are apart.

    Parameters
    ----------
    largest
        Of each observable: the largest difference, relative to the value; where that is smaller, to `SMALL`
        of the largest value or to ``least``.
    solved
        Number of trajectories both solved.
    alone
        Number of trajectories that only ours, and only the other solved.
    """

    largest: dict[str, float]
    solved: int
    alone: tuple[int, int]


def compare_solvers(
    network: ReactionNetwork,
    inputs: Mapping[str, Array | float],
    periods: tuple[Period, ...],
    observables: tuple[str, ...],
    *,
    tolerance: Tolerance,
    least: float | None = None,
    nothing: float = 0.0,
    progress: Callable[[int], None] | None = None,
) -> Difference:
    """Solve a batch with the compiled kernel and with libRoadRunner.

    Parameters
    ----------
    network, inputs, periods, observables, tolerance, progress
        As in `simulate`.
    least
        A smaller value is compared with this; None for where the tolerance turns absolute.
    nothing
        An observable that is nowhere more than this in either is not there.

    Raises
    ------
    ModelError
        An input or observable the network does not have.
    """
    least = tolerance.absolute / tolerance.relative if least is None else least
    mine = simulate(network, inputs, periods, observables, tolerance=tolerance, progress=progress)
    other = solve_with_roadrunner(
        network, inputs, periods, observables, tolerance=tolerance, progress=progress
    )
    return measure_difference(mine, other, least=least, nothing=nothing)


def measure_difference(
    mine: Trajectories, other: Trajectories, *, least: float, nothing: float = 0.0
) -> Difference:
    """Measure how far two solutions of one batch are apart; the rest as in `compare_solvers`."""
    done = [result.status == Status.DONE for result in (mine, other)]
    both = done[0] & done[1]
    largest = {}
    for name in mine.observables:
        a, b = mine.get(name)[both], other.get(name)[both]
        top = np.max(np.abs(b), initial=0.0)
        if max(top, np.max(np.abs(a), initial=0.0)) <= nothing:
            largest[name] = 0.0
            continue
        floor = max(SMALL * top, least, np.finfo(float).tiny)
        largest[name] = float(np.max(np.abs(a - b) / np.maximum(np.abs(b), floor), initial=0.0))
    return Difference(largest, int(both.sum()), (int((done[0] & ~both).sum()), int((done[1] & ~both).sum())))
