"""The engines: each takes a case and returns values (time, variable), or says by name why not."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.sbml_suite.case import Case
from mscape.engine.batch import Period, Status, Tolerance
from mscape.engine.model import KernelName
from mscape.engine.simulate import simulate
from mscape.errors import ModelError
from mscape.network.network import ReactionNetwork
from mscape.network.sbml import read_sbml

Values = NDArray[np.float64]
Kind = Literal["pass", "refused", "failed", "wrong"]
RELATIVE, ABSOLUTE = 1e-8, 1e-12


@dataclass(frozen=True)
class Outcome:
    """What came of a case: ``failed`` is an error or a status, ``wrong`` other values than expected."""

    kind: Kind
    detail: str = ""


class RefusedError(Exception):
    """The engine says that it cannot do a case."""


def judge_case(case: Case, engine: str) -> Outcome:
    """Run a case through an engine and compare."""
    try:
        fault = case.find_fault(ENGINES[engine](case))
    except RefusedError as error:
        return Outcome("refused", str(error))
    except Exception as error:  # an engine may raise anything; the run goes on
        return Outcome("failed", f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")
    return Outcome("wrong", fault) if fault else Outcome("pass")


def run_mscape(case: Case, kernel: KernelName = "compiled") -> Values:
    """Simulate a case with mscape."""
    try:
        network = read_sbml(case.model.read_text(encoding="utf-8"))
        if not case.time_course:
            raise ValueError("not a time course, and not refused")
        names = _list_names(network, case)
        period = Period(hours=float(case.times[-1]), read=tuple(case.times))
        done = simulate(
            network, {}, (period,), names, tolerance=Tolerance(RELATIVE, ABSOLUTE), threads=1, kernel=kernel
        )
    except ModelError as error:
        raise RefusedError(f"{error.found}; expected {error.expected}") from None
    read = {name: done.values[0, :, index] for index, name in enumerate(names)}
    values = np.column_stack([_convert(network, case, name, read) for name in case.variables])
    status = Status(int(done.status[0]))
    as_meant = status == Status.NOT_FINITE and not case.find_fault(values)  # the model itself says INF or NaN
    if status != Status.DONE and not as_meant:
        raise ValueError(f"{status.name}: {status.advice}")
    return values


def _list_names(network: ReactionNetwork, case: Case) -> tuple[str, ...]:
    where = {species.id: species.compartment for species in network.species}
    sizes = [where[name] for name in case.variables if name in where]
    return tuple(dict.fromkeys([*case.variables, *sizes]))


def _convert(network: ReactionNetwork, case: Case, name: str, read: dict[str, Values]) -> Values:
    species = {item.id: item for item in network.species}.get(name)
    if species is None:
        return read[name]
    if name in case.amounts and not species.substance_only:
        return read[name] * read[species.compartment]
    if name in case.concentrations and species.substance_only:
        return read[name] / read[species.compartment]
    return read[name]


def run_roadrunner(case: Case) -> Values:
    """Simulate a case with libRoadRunner."""
    if not case.time_course:
        raise RefusedError("not a time course")
    for level in ("ERROR", "WARNING"):
        os.environ.setdefault(f"SUNLOGGER_{level}_FILENAME", os.devnull)
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    try:
        runner: Any = roadrunner.RoadRunner(str(case.model))
    except RuntimeError as error:
        raise RefusedError(" ".join(str(error).split())[:200]) from None
    runner.integrator.setValue("relative_tolerance", RELATIVE)
    runner.integrator.setValue("absolute_tolerance", ABSOLUTE)
    runner.integrator.setValue("maximum_num_steps", 100_000)
    runner.timeCourseSelections = [
        f"[{name}]" if name in case.concentrations else name for name in case.variables
    ]
    return np.array(runner.simulate(float(case.times[0]), float(case.times[-1]), len(case.times)))


def run_reference(case: Case) -> Values:
    """Simulate a case with the slow kernel that compiled ones are compared with."""
    return run_mscape(case, "reference")


ENGINES: dict[str, Callable[[Case], Values]] = {
    "mscape": run_mscape,
    "reference": run_reference,
    "roadrunner": run_roadrunner,
}
