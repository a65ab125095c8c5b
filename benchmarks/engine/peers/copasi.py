"""COPASI through its Python bindings: LSODA on a model it reads from SBML itself."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from benchmarks.engine.peers.worker import Job, Loaded, serve

_MAX_STEPS = 200_000


def load(job: Job) -> Loaded:
    """Load the model and set up its time course; series are read cell by cell, as its bindings allow."""
    import basico
    import COPASI
    import numpy as np

    data = basico.load_model(job.sbml)
    model = data.getModel()
    quantities = {item.getSBMLId(): item for item in model.getModelValues()}
    varied = [quantities[name] for name in job.varied]
    references = COPASI.ObjectStdVector()
    for item in varied:
        references.append(item.getInitialValueReference())
    task = _prepare_task(data, job)
    count = len(job.times)

    def solve(draws: Any, relative: float) -> Any:
        method = task.getMethod()
        method.getParameter("Relative Tolerance").setDblValue(relative)
        method.getParameter("Absolute Tolerance").setDblValue(job.scale_absolute(relative))
        values = np.full((len(draws), count, len(job.states)), np.nan)
        for index, draw in enumerate(draws):
            for item, value in zip(varied, draw, strict=True):
                item.setInitialValue(float(value))
            model.updateInitialValues(references)
            task.process(True)  # noqa: FBT003 - its interface
            series = task.getTimeSeries()
            if series.getRecordedSteps() > count:
                values[index] = _read_series(series, data, job)
        return values

    return Loaded(solve, f"{version('python-copasi')} (basico {version('copasi-basico')})")


def _prepare_task(data: Any, job: Job) -> Any:
    task = data.getTask("Time-Course")
    problem = task.getProblem()
    problem.setStepNumber(len(job.times))
    problem.setDuration(job.times[-1])
    problem.setTimeSeriesRequested(True)
    problem.setAutomaticStepSize(False)
    problem.setOutputStartTime(0.0)
    task.getMethod().getParameter("Max Internal Steps").setUIntValue(_MAX_STEPS)
    return task


def _read_series(series: Any, data: Any, job: Job) -> list[list[float]]:
    names = [series.getSBMLId(index, data) for index in range(series.getNumVariables())]
    columns = [names.index(name) for name in job.states]
    # its amounts are in its own unit, so they are made of concentrations
    factors = [job.sizes[name] if name in job.amounts else 1.0 for name in job.states]
    read = series.getConcentrationData
    return [
        [read(row, column) * factor for column, factor in zip(columns, factors, strict=True)]
        for row in range(1, len(job.times) + 1)
    ]


if __name__ == "__main__":
    serve(load)
