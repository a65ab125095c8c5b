"""The solution that errors are measured against: CVODE at its tightest, kept in the cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine.environment import NotRun
from benchmarks.engine.problem import Problem
from benchmarks.engine.process import EngineError, start_engine

_TOLERANCES = (1e-11, 1e-15)
_LARGE = 100  # states; beyond, the tightest tolerances take hours or fail
_LARGE_TOLERANCES = (1e-9, 1e-10)


def find_reference(problem: Problem, folder: Path, count: int, python: Path) -> NDArray[np.float64] | NotRun:
    """Return the reference solution of a job's first draws, shape (draw, time, state); NaN where it failed.

    It is libRoadRunner's CVODE. That the others, which read the model by themselves, converge to it is what
    shows that all solve the same problem.
    """
    relative, absolute = _LARGE_TOLERANCES if len(problem.states) > _LARGE else _TOLERANCES
    path = folder / f"reference-{relative:g}-{absolute:g}.npy"
    if path.exists():
        known: NDArray[np.float64] = np.load(path)
        if len(known) >= count:
            return known[:count]
    engine = start_engine("roadrunner", folder, python=python, options={"absolute": absolute})
    if isinstance(engine, NotRun):
        return NotRun(f"no reference solution: {engine.reason}")
    try:
        values, _ = engine.solve(relative, count)
    except EngineError as fault:
        return NotRun(f"no reference solution: {fault}")
    finally:
        engine.close()
    partial = path.with_suffix(".partial.npy")
    np.save(partial, values)
    partial.replace(path)
    return values
