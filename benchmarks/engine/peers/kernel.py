"""Our kernel alone, without the driver around it: what `simulate` has to give up to be convenient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.engine.peers.target import set_target
from benchmarks.engine.peers.worker import Job, Loaded, serve

if TYPE_CHECKING:
    from mscape.engine.pool import Pool
    from mscape.network.system import System


def load(job: Job) -> Loaded:
    """Compile the kernel and find where the varied inputs are."""
    import numpy as np

    from mscape.engine.compiled import compile_kernel
    from mscape.engine.pool import Control
    from mscape.network.equations import derive_system
    from mscape.network.sbml import read_sbml

    network = read_sbml((job.folder / "model.xml").read_text(encoding="utf-8"))
    system = derive_system(network)
    version = set_target(job)
    kernel = compile_kernel(system, job.states)
    inputs = np.array([network.inputs.get(name) or 0.0 for name in system.inputs])
    columns = [system.inputs.index(name) for name in job.varied]

    def solve(draws: Any, relative: float) -> Any:
        table = np.tile(inputs, (len(draws), 1))
        table[:, columns] = draws
        pool = _make_pool(job, system, table)
        kernel.advance(pool, Control(relative, np.full(len(system.states), job.scale_absolute(relative))))
        return pool.values

    solve(np.load(job.folder / "draws.npy")[:1], 1e-3)
    return Loaded(solve, version)


def _make_pool(job: Job, system: System, inputs: Any) -> Pool:
    import numpy as np

    from mscape.engine.pool import Pool, Stop

    count, reads = len(inputs), len(job.times)
    starts = np.array([job.starts[job.states.index(name)] for name in system.states])
    return Pool(
        time=np.zeros(count),
        stop=np.full(count, job.times[-1]),
        step=np.zeros(count),
        state=np.tile(starts, (count, 1)),
        inputs=inputs,
        switches=np.zeros((count, len(system.switches)), np.uint8),
        triggers=np.zeros((count, len(system.events)), np.uint8),
        reads=np.tile(np.array(job.times), (count, 1)),
        next_read=np.zeros(count, np.int64),
        values=np.full((count, reads, len(job.states)), np.nan),
        why=np.full(count, Stop.WAITING, np.int64),
        steps=np.zeros((count, 2), np.int64),
    )


if __name__ == "__main__":
    serve(load)
