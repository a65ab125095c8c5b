"""libRoadRunner: CVODE on a model it compiles from SBML itself. Also gives the reference solution."""

from __future__ import annotations

import os
from typing import Any

from benchmarks.engine.peers.worker import Job, Loaded, serve

_MAX_STEPS = 200_000


def load(job: Job) -> Loaded:
    """Load the model; parameters are set through the model's arrays, the fastest way it offers."""
    for level in ("ERROR", "WARNING"):  # CVODE would write to the terminal
        os.environ.setdefault(f"SUNLOGGER_{level}_FILENAME", os.devnull)
    import numpy as np
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    runner = roadrunner.RoadRunner(job.sbml)
    names = list(runner.model.getGlobalParameterIds())
    indices = [names.index(name) for name in job.varied]
    concentrations = job.concentrations
    runner.timeCourseSelections = [f"[{name}]" if name in concentrations else name for name in job.states]
    integrator = runner.getIntegrator()
    integrator.setValue("stiff", True)  # noqa: FBT003 - its interface
    integrator.setValue("maximum_num_steps", _MAX_STEPS)
    end, points = job.times[-1], len(job.times) + 1

    def solve(draws: Any, relative: float) -> Any:
        _set_tolerances(runner, job, relative)
        values = np.full((len(draws), len(job.times), len(job.states)), np.nan)
        for index, draw in enumerate(draws):
            runner.reset()
            runner.model.setGlobalParameterValues(indices, draw)
            try:
                values[index] = runner.simulate(0, end, points)[1:]
            except RuntimeError:
                continue
        return values

    return Loaded(solve, roadrunner.__version__)


def _set_tolerances(runner: Any, job: Job, relative: float) -> None:
    """Give each state the absolute tolerance in its own unit; libRoadRunner wants it for amounts."""
    absolute = job.options.get("absolute") or job.scale_absolute(relative)
    integrator = runner.getIntegrator()
    integrator.setValue("relative_tolerance", relative)
    integrator.setValue("absolute_tolerance", absolute)
    for name, size in job.concentrations.items():
        if size != 1.0:
            integrator.setIndividualTolerance(name, absolute * size)


if __name__ == "__main__":
    serve(load)
