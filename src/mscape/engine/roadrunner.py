"""Another solver to compare ours with: libRoadRunner (CVODE), one trajectory after another.

Only tests and ``mscape verify`` need it; it is not installed by default. Each period begins at time 0.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from mscape.engine.batch import Array, Change, Period, Status, Tolerance, Trajectories, count_batch
from mscape.network.network import ReactionNetwork
from mscape.network.sbml import complete_sbml


def solve_with_roadrunner(
    network: ReactionNetwork,
    inputs: Mapping[str, Array | float],
    periods: tuple[Period, ...],
    observables: tuple[str, ...],
    *,
    tolerance: Tolerance,
    progress: Callable[[int], None] | None = None,
) -> Trajectories:
    """Simulate every trajectory of a batch, as `mscape.engine.simulate.simulate` does, with libRoadRunner."""
    n = count_batch(network.id, inputs, periods)
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


@dataclass
class Solver:
    """One compiled network, and where each of its names lives in libRoadRunner's arrays."""

    runner: Any
    network: ReactionNetwork
    parameters: dict[str, int]
    species: dict[str, int]
    compartments: dict[str, int]
    amount_of: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> float:
        """Return a value in model units: a concentration unless the species has only substance units."""
        model = self.runner.model
        if name in self.parameters:
            return float(model.getGlobalParameterValues([self.parameters[name]])[0])
        if name in self.compartments:
            return float(model.getCompartmentVolumes([self.compartments[name]])[0])
        amount = float(model.getFloatingSpeciesAmounts([self.species[name]])[0])
        return amount / self.get(self.amount_of[name]) if name in self.amount_of else amount

    def set(self, name: str, value: float) -> None:
        """Set a value in the unit of the model."""
        model = self.runner.model
        if name in self.parameters:
            model.setGlobalParameterValues([self.parameters[name]], [value])
        elif name in self.compartments:
            self._resize(name, value)
        else:
            amount = value * self.get(self.amount_of[name]) if name in self.amount_of else value
            model.setFloatingSpeciesAmounts([self.species[name]], [amount])

    def _resize(self, name: str, value: float) -> None:
        """Change a compartment's size and keep the amounts in it."""
        model = self.runner.model
        amounts = model.getFloatingSpeciesAmounts()
        model.setCompartmentVolumes([self.compartments[name]], [value])
        model.setFloatingSpeciesAmounts(amounts)


@lru_cache(maxsize=64)
def _compile_text(sbml: str) -> Any:
    for level in ("ERROR", "WARNING"):  # CVODE writes to the terminal; a trajectory's status says it instead
        os.environ.setdefault(f"SUNLOGGER_{level}_FILENAME", os.devnull)
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    roadrunner.Config.setValue(roadrunner.Config.LOADSBMLOPTIONS_CONSERVED_MOIETIES, False)  # noqa: FBT003
    return roadrunner.RoadRunner(complete_sbml(sbml))


def compile_solver(network: ReactionNetwork, observables: tuple[str, ...], tolerance: Tolerance) -> Solver:
    """Compile a network for libRoadRunner; compiled code is kept for the process, keyed by the SBML text."""
    runner = _compile_text(network.sbml)
    integrator = runner.getIntegrator()
    integrator.setValue("relative_tolerance", tolerance.relative)
    integrator.setValue("stiff", True)  # noqa: FBT003 - its interface
    integrator.setValue("maximum_num_steps", 20000)
    amounts = {s.id for s in network.species if s.substance_only}
    concentrations = {s.id for s in network.species} - amounts
    runner.timeCourseSelections = [f"[{name}]" if name in concentrations else name for name in observables]
    model = runner.model
    sizes = {c.id: c.size for c in network.compartments}
    volume = {s.id: sizes[s.compartment] or 1.0 for s in network.species if not s.substance_only}
    for name in network.states:
        # libRoadRunner works in amounts; ours is a tolerance in each state's own unit
        integrator.setIndividualTolerance(name, tolerance.absolute * volume.get(name, 1.0))
    return Solver(
        runner,
        network,
        {name: i for i, name in enumerate(model.getGlobalParameterIds())},
        {name: i for i, name in enumerate(model.getFloatingSpeciesIds())},
        {name: i for i, name in enumerate(model.getCompartmentIds())},
        {s.id: s.compartment for s in network.species if not s.substance_only},
    )


def solve_trajectory(
    solver: Solver, start: dict[str, float], periods: tuple[Period, ...], index: int
) -> tuple[list[Array], Status]:
    """Solve one trajectory: read-outs of each period, and how it ended."""
    rows: list[Array] = []
    if not np.isfinite(np.fromiter(start.values(), float)).all():
        return rows, Status.NO_INPUT
    _set_start(solver, start)
    for period in periods:
        hours = _pick(period.hours, index)
        times = _pick_row(period.read, index)
        if not _is_possible(period, hours, times, index):
            return rows, Status.NO_INPUT
        for change in period.changes:
            _apply_change(solver, change, index)
        try:
            rows.extend(_integrate(solver, hours, times))
        except RuntimeError:
            return rows, Status.SOLVER_STOPPED
        if not np.isfinite(solver.runner.model.getFloatingSpeciesAmounts()).all():
            return rows, Status.NOT_FINITE
    return rows, Status.DONE


def _is_possible(period: Period, hours: float, times: Array, index: int) -> bool:
    changes = all(np.isfinite(_pick(change.values, index)) for change in period.changes)
    return bool(changes and 0 <= hours < np.inf and np.all((times >= 0) & (times <= hours)))


def _set_start(solver: Solver, start: dict[str, float]) -> None:
    model = solver.runner.model
    model.setTime(0.0)
    sizes = {name: start[name] for name in solver.compartments}
    model.setCompartmentVolumes(list(solver.compartments.values()), list(sizes.values()))
    names = [name for name in solver.parameters if name in start]
    model.setGlobalParameterValues(
        [solver.parameters[name] for name in names], [start[name] for name in names]
    )
    amounts = [start[name] * sizes.get(solver.amount_of.get(name, ""), 1.0) for name in solver.species]
    model.setFloatingSpeciesAmounts(list(solver.species.values()), amounts)


def _apply_change(solver: Solver, change: Change, index: int) -> None:
    value = _pick(change.values, index)
    if change.how == "add":
        value += solver.get(change.name)
    elif change.how == "scale":
        value *= solver.get(change.name)
    solver.set(change.name, value)


def _integrate(solver: Solver, hours: float, times: Array) -> list[Array]:
    """Integrate one period from time 0; rows of the wanted times only."""
    solver.runner.model.setTime(0.0)
    inside = sorted({0.0, *(float(t) for t in times), float(hours)})
    if len(inside) == 1:
        return [np.array(solver.runner.getSelectedValues()) for _ in times]
    result = np.asarray(solver.runner.simulate(times=inside))
    where = {t: i for i, t in enumerate(inside)}
    return [result[where[float(t)]].copy() for t in times]


def _pick(values: Array | float, index: int) -> float:
    return float(values) if np.ndim(values) == 0 else float(np.asarray(values)[index])


def _pick_row(read: Array | tuple[float, ...], index: int) -> Array:
    table = np.asarray(read, dtype=float)
    return table[index] if table.ndim == 2 else table
