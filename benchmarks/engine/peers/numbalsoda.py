"""numbalsoda: LSODA in C++ on our right-hand side, compiled by numba; the loop over draws is compiled too."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from benchmarks.engine.peers.worker import Job, Loaded, serve

_MAX_STEPS = 200_000


def load(job: Job) -> Loaded:
    """Compile the right-hand side and the loop."""
    import numba
    import numpy as np
    from numbalsoda import lsoda, lsoda_sig

    namespace: dict[str, Any] = {}
    exec((job.folder / "rates.py").read_text(encoding="utf-8"), namespace)
    # NumPy's rules for division spare it the check for zero
    rates = numba.njit(error_model="numpy")(namespace["rates"])
    states, inputs = len(job.states), len(job.varied)

    def callback(time: Any, state: Any, rate: Any, values: Any) -> None:
        u = numba.carray(state, (states,))
        p = numba.carray(values, (inputs,))
        rates(time, u, p, numba.carray(rate, (states,)))

    address = numba.cfunc(lsoda_sig, error_model="numpy")(callback).address

    def solve_all(draws: Any, start: Any, times: Any, tolerances: Any, values: Any) -> None:
        for index in range(len(draws)):
            rows, good = lsoda(address, start, times, draws[index], tolerances[0], tolerances[1], _MAX_STEPS)
            if good:
                values[index] = rows[1:]

    run = numba.njit(solve_all)
    start, times = np.array(job.starts), np.array([0.0, *job.times])

    def solve(draws: Any, relative: float) -> Any:
        values = np.full((len(draws), len(job.times), states), np.nan)
        run(draws, start, times, (relative, job.scale_absolute(relative)), values)
        return values

    solve(np.load(job.folder / "draws.npy")[:1], 1e-3)  # compiles
    return Loaded(solve, version("numbalsoda"))


if __name__ == "__main__":
    serve(load)
