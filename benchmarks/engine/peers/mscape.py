"""Our engine, as a user calls it: `simulate` on a network read from SBML, all states as observables."""

from __future__ import annotations

from typing import Any

from benchmarks.engine.peers.target import set_target
from benchmarks.engine.peers.worker import Job, Loaded, serve


def load(job: Job) -> Loaded:
    """Read the model and compile it by a first trajectory."""
    import numpy as np

    from mscape.engine.batch import Period, Tolerance
    from mscape.engine.simulate import simulate
    from mscape.network.sbml import read_sbml

    version = set_target(job)
    network = read_sbml((job.folder / "model.xml").read_text(encoding="utf-8"))
    threads = job.options.get("threads", 1)
    periods = (Period(hours=job.times[-1], read=job.times),)

    def solve(draws: Any, relative: float) -> Any:
        inputs = {name: np.ascontiguousarray(draws[:, index]) for index, name in enumerate(job.varied)}
        tolerance = Tolerance(relative, job.scale_absolute(relative))
        return simulate(
            network, inputs, periods, job.states, tolerance=tolerance, threads=threads, kernel="compiled"
        ).values

    solve(np.load(job.folder / "draws.npy")[:1], 1e-3)  # compiles
    return Loaded(solve, version)


if __name__ == "__main__":
    serve(load)
