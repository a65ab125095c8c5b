"""diffsol: BDF in Rust on our right-hand side, written in its language and compiled by its own LLVM."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.engine.peers.worker import Job, Loaded, Solve, serve

_TRIALS = 20


def load(job: Job) -> Loaded:
    """Compile for dense and for sparse matrices; keep what is faster on a few draws."""
    import numpy as np
    import pydiffsol

    code = (job.folder / "rates.diffsl").read_text(encoding="utf-8")
    trial = np.load(job.folder / "draws.npy")[:_TRIALS]
    times = np.array(job.times)
    best: tuple[float, str, Solve] | None = None
    for kind in ("nalgebra_dense", "faer_sparse"):
        ode = pydiffsol.Ode(
            code,
            matrix_type=getattr(pydiffsol, kind),
            linear_solver=pydiffsol.lu,
            ode_solver=pydiffsol.bdf,
        )
        solve = _make_solve(ode, job, times)
        solve(trial[:1], 1e-6)
        start = time.perf_counter()
        solve(trial, 1e-6)
        taken = time.perf_counter() - start
        if best is None or taken < best[0]:
            best = (taken, kind, solve)
    assert best
    return Loaded(best[2], f"{pydiffsol.version()} {best[1].replace('_', ' ')}")


def _make_solve(ode: Any, job: Job, times: Any) -> Solve:
    import numpy as np

    def solve(draws: Any, relative: float) -> Any:
        ode.rtol, ode.atol = relative, job.scale_absolute(relative)
        values = np.full((len(draws), len(times), len(job.states)), np.nan)
        for index, draw in enumerate(draws):
            try:
                values[index] = ode.solve_dense(draw, times).ys.T
            except RuntimeError:
                continue
            except ValueError:
                continue
        return values

    return solve


if __name__ == "__main__":
    serve(load)
