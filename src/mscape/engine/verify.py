"""Compare our solver with another one, trajectory by trajectory."""

from __future__ import annotations

from collections.abc import Mapping
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
        of the largest value or to where the tolerance turns absolute.
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
) -> Difference:
    """Solve a batch with the compiled kernel and with libRoadRunner.

    Raises
    ------
    ModelError
        An input or observable the network does not have.
    """
    mine = simulate(network, inputs, periods, observables, tolerance=tolerance)
    other = solve_with_roadrunner(network, inputs, periods, observables, tolerance=tolerance)
    return measure_difference(mine, other, tolerance)


def measure_difference(mine: Trajectories, other: Trajectories, tolerance: Tolerance) -> Difference:
    """Measure how far two solutions of the same batch are apart."""
    done = [result.status == Status.DONE for result in (mine, other)]
    both = done[0] & done[1]
    largest = {}
    for name in mine.observables:
        a, b = mine.get(name)[both], other.get(name)[both]
        least = max(SMALL * np.max(np.abs(b), initial=0.0), tolerance.absolute / tolerance.relative)
        largest[name] = float(np.max(np.abs(a - b) / np.maximum(np.abs(b), least), initial=0.0))
    return Difference(largest, int(both.sum()), (int((done[0] & ~both).sum()), int((done[1] & ~both).sum())))
