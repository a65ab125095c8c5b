"""Time from the text of a model to its first trajectory, in a new process with everything imported.

``python -m benchmarks.engine.peers.first FOLDER ENGINE`` prints ``{"seconds": s}``; ENGINE is
mscape or roadrunner.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.engine.peers.worker import Job, pin_process, read_job


def main() -> None:
    """Import, start the clock, solve one trajectory, print."""
    pin_process()
    job = read_job(Path(sys.argv[1]), options={})
    run = {"mscape": _prepare_mscape, "roadrunner": _prepare_roadrunner}[sys.argv[2]](job)
    start = time.perf_counter()
    run()
    print(json.dumps({"seconds": time.perf_counter() - start}))


def _prepare_mscape(job: Job) -> Callable[[], None]:
    from mscape.engine.batch import Period, Tolerance
    from mscape.engine.simulate import simulate
    from mscape.network.sbml import read_sbml

    def run() -> None:
        network = read_sbml((job.folder / "model.xml").read_text(encoding="utf-8"))
        periods = (Period(hours=job.times[-1], read=job.times),)
        simulate(network, {}, periods, job.states, tolerance=Tolerance(1e-6, job.absolute), kernel="compiled")

    return run


def _prepare_roadrunner(job: Job) -> Callable[[], None]:
    os.environ.setdefault("SUNLOGGER_WARNING_FILENAME", os.devnull)
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)

    def run() -> None:
        runner = roadrunner.RoadRunner(job.sbml)
        runner.timeCourseSelections = list(job.states)
        runner.simulate(0, job.times[-1], len(job.times) + 1)

    return run


if __name__ == "__main__":
    main()
