"""Simulate a batch of trajectories of one network through ordered periods."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from mscape.engine.batch import Array, Period, Status, Tolerance, Trajectories, count_trajectories
from mscape.engine.roadrunner import compile_solver, solve_trajectory
from mscape.errors import ModelError
from mscape.ids import find_near_misses
from mscape.network.network import ReactionNetwork


def simulate(
    network: ReactionNetwork,
    inputs: Mapping[str, Array | float],
    periods: tuple[Period, ...],
    observables: tuple[str, ...],
    *,
    tolerance: Tolerance,
    progress: Callable[[int], None] | None = None,
) -> Trajectories:
    """Simulate every trajectory of a batch.

    Parameters
    ----------
    network
        The model.
    inputs
        Parameters, compartment sizes and starts that differ from the network's: one number, or one per
        trajectory.
    periods
        What is done and for how long, in order. States carry over from one period to the next.
    observables
        Names to read at each period's read-out times.
    tolerance
        Of the solver.
    progress
        Called with the number of trajectories finished since the last call.

    Returns
    -------
    Trajectories
        Values of shape (trajectory, time, observable); a trajectory that fails has a status and NaN, and
        never raises.

    Raises
    ------
    ModelError
        An input or observable the network does not have.
    """
    _refuse_unknown(network, inputs, periods, observables)
    n = max(count_trajectories(inputs), *(_count_period(p) for p in periods))
    reads = sum(np.shape(np.asarray(p.read))[-1] for p in periods if np.size(p.read))
    values = np.full((n, reads, len(observables)), np.nan)
    status = np.zeros(n, dtype=np.int64)
    solver = compile_solver(network, observables, tolerance)
    defaults = {name: np.nan if value is None else value for name, value in network.inputs.items()}
    columns = {
        name: np.broadcast_to(np.asarray(inputs.get(name, value), float), (n,))
        for name, value in defaults.items()
    }
    for index in range(n):
        start = {name: float(column[index]) for name, column in columns.items()}
        rows, ended = solve_trajectory(solver, start, periods, index)
        status[index] = ended
        if rows:
            values[index, : len(rows)] = rows
        if progress:
            progress(1)
    broken = (status == Status.DONE) & ~np.isfinite(values).all(axis=(1, 2))
    status[broken] = Status.NOT_FINITE
    return Trajectories(observables, values, status)


def _count_period(period: Period) -> int:
    sizes = [np.size(period.hours)] + [np.size(change.values) for change in period.changes]
    if np.ndim(period.read) == 2:
        sizes.append(len(period.read))
    return max(sizes)


def _refuse_unknown(
    network: ReactionNetwork,
    inputs: Mapping[str, Array | float],
    periods: tuple[Period, ...],
    observables: tuple[str, ...],
) -> None:
    known = network.inputs
    changed = [change.name for period in periods for change in period.changes]
    wrong = [name for name in (*inputs, *changed) if name not in known]
    wrong += [name for name in observables if name not in network.observables]
    if wrong:
        near = find_near_misses(wrong[0], sorted(network.observables))
        expected = " or ".join(near) if near else "a name the model has"
        raise ModelError(
            network.id, f"no {', '.join(dict.fromkeys(wrong))} in the model", expected, "correct the name"
        )
