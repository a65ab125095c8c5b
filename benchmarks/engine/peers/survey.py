"""Our engine on a very large batch: how long, and how every trajectory ended.

``python -m benchmarks.engine.peers.survey FOLDER COUNT RELATIVE OPTIONS`` prints wall time (``seconds``),
trajectories by status (``ended``), and how many say that they are done and hold a value that is not finite
(``silent``).
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.engine.peers.worker import pin_process, read_job


def main() -> None:
    """Solve and print."""
    pin_process()
    import numpy as np

    from mscape.engine.batch import Period, Status, Tolerance
    from mscape.engine.simulate import simulate
    from mscape.network.sbml import read_sbml

    job = read_job(Path(sys.argv[1]))
    count, relative, options = int(sys.argv[2]), float(sys.argv[3]), json.loads(sys.argv[4])
    network = read_sbml((job.folder / "model.xml").read_text(encoding="utf-8"))
    draws = np.resize(np.load(job.folder / "draws.npy"), (count, len(job.varied)))
    inputs = {name: np.ascontiguousarray(draws[:, index]) for index, name in enumerate(job.varied)}
    periods = (Period(hours=job.times[-1], read=job.times),)
    tolerance = Tolerance(relative, job.scale_absolute(relative))
    start = time.perf_counter()
    result = simulate(network, inputs, periods, job.states, tolerance=tolerance, kernel="compiled", **options)
    seconds = time.perf_counter() - start
    finite = np.array([np.isfinite(rows).all() for rows in result.values])
    done = result.status == Status.DONE
    ended = Counter(Status(code).name for code in result.status.tolist())
    print(json.dumps({"seconds": seconds, "ended": ended, "silent": int((done & ~finite).sum())}))


if __name__ == "__main__":
    main()
