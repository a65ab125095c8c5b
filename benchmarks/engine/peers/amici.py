"""AMICI: CVODES on C++ that it generates from SBML and compiles, kept in the job folder once built."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.engine.peers.worker import Job, Loaded, serve

_MAX_STEPS = 200_000


def load(job: Job) -> Loaded:
    """Build the model if it is not there yet, and set up its solver."""
    import amici
    import numpy as np
    from amici.sim import sundials

    folder, name = job.folder / "amici", f"amici_{job.id}"
    built = folder / "built.txt"
    start = time.perf_counter()
    earlier = float(built.read_text(encoding="utf-8")) if built.exists() else 0.0
    if not built.exists():
        importer = amici.SbmlImporter(job.sbml)
        importer.sbml2amici(name, folder, generate_sensitivity_code=False)
        built.write_text(str(time.perf_counter() - start), encoding="utf-8")
    model = amici.import_model_module(name, folder).get_model()
    model.set_timepoints(list(job.times))
    solver = model.create_solver()
    solver.set_max_steps(_MAX_STEPS)
    names = list(model.get_free_parameter_ids())
    places = [names.index(each) for each in job.varied]
    parameters = np.array(model.get_free_parameters())
    known = list(model.get_state_ids())
    columns = [known.index(each) for each in job.states]

    def solve(draws: Any, relative: float) -> Any:
        solver.set_relative_tolerance(relative)
        solver.set_absolute_tolerance(job.scale_absolute(relative))
        values = np.full((len(draws), len(job.times), len(job.states)), np.nan)
        milliseconds = 0.0
        for index, draw in enumerate(draws):
            parameters[places] = draw
            model.set_free_parameters(parameters)
            found = sundials.run_simulation(model, solver)
            milliseconds += found.cpu_time
            values[index] = np.asarray(found.x)[:, columns]
        return (values, milliseconds / 1000) if job.options.get("clock") == "solver" else values

    return Loaded(solve, str(amici.__version__), earlier)


if __name__ == "__main__":
    serve(load)
