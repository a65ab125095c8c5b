"""A job folder: everything an engine's process reads, written once a model."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from benchmarks.engine.environment import NotRun
from benchmarks.engine.problem import Problem, draw_parameters


def write_job(problem: Problem, cache: Path, *, draws: int, fold: float = 3.0) -> Path:
    """Write a job folder, keyed by its content, and return it."""
    data = {
        "id": problem.id,
        "states": problem.states,
        "starts": problem.starts,
        "sizes": problem.sizes,
        "amounts": problem.amounts,
        "varied": list(problem.varied),
        "times": problem.times.tolist(),
        "absolute": problem.absolute,
    }
    text = json.dumps(data, indent=1)
    table = draw_parameters(problem, draws, fold=fold)
    key = hashlib.sha256(text.encode() + problem.sbml.encode() + table.tobytes()).hexdigest()[:16]
    folder = cache / "jobs" / f"{problem.id}-{key}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "job.json").write_text(text, encoding="utf-8")
    (folder / "model.xml").write_text(problem.sbml, encoding="utf-8")
    np.save(folder / "draws.npy", table)
    return folder


def write_rates(problem: Problem, folder: Path) -> NotRun | None:
    """Write our right-hand side for the peers that do not read SBML; return why it could not be made."""
    try:
        from benchmarks.engine.rates import write_diffsl, write_python
        from mscape.network.equations import derive_system
        from mscape.network.sbml import read_sbml

        network = read_sbml(problem.sbml)
        system = derive_system(network)
        values = {name: float("nan") if value is None else value for name, value in network.inputs.items()}
        (folder / "rates.py").write_text(write_python(system, problem, values), encoding="utf-8")
        (folder / "rates.diffsl").write_text(write_diffsl(system, problem, values), encoding="utf-8")
    except Exception as error:  # a benchmark goes on with the peers it has
        return NotRun(f"our right-hand side could not be made: {type(error).__name__}: {error}"[:200])
    return None
