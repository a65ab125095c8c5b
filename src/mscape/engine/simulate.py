"""Simulate a batch of trajectories of one network through ordered periods."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from functools import cache

import numpy as np

from mscape.engine.batch import Array, Batch, Period, Tolerance, Trajectories, make_batch
from mscape.engine.drive import run_chunk
from mscape.engine.model import KernelName, Model, list_names, prepare_model
from mscape.errors import ModelError
from mscape.ids import find_near_misses
from mscape.network.network import ReactionNetwork

LEAST_CHUNK, MOST_CHUNK = 64, 4096  # trajectories: worth a thread of their own; few enough to share out
FEW = 1024  # trajectories a thread of which it takes one chunk: cutting them up costs more than it evens out


def simulate(
    network: ReactionNetwork,
    inputs: Mapping[str, Array | float],
    periods: tuple[Period, ...],
    observables: tuple[str, ...],
    *,
    tolerance: Tolerance,
    progress: Callable[[int], None] | None = None,
    threads: int | None = None,
    kernel: KernelName = "compiled",
    seed: int = 0,
    first: int = 0,
) -> Trajectories:
    """Simulate every trajectory of a batch.

    Parameters
    ----------
    network
        The model.
    inputs
        Parameters, compartment sizes and starts that differ from the network's: one number, or one per
        trajectory. What is given takes the place of an initial assignment.
    periods
        What is done and for how long, in order. States and the clock carry over from one period to the next.
    observables
        Names to read at each period's read-out times.
    tolerance
        Of the solver.
    progress
        Called with the number of trajectories finished since the last call.
    threads
        At most so many at a time; None for as many as there are cores.
    kernel
        ``compiled``, or ``reference`` for the slow one that compiled ones are compared with.
    seed, first
        Of the order of events of equal priority; number of the first trajectory.

    Returns
    -------
    Trajectories
        Values of shape (trajectory, time, observable); a trajectory that fails has a status and NaN, and
        never raises. A trajectory's values do not depend on its neighbours, its place or the threads.

    Raises
    ------
    ModelError
        An input or observable the network does not have.
    DataError
        Values for different numbers of trajectories, or a tolerance that is not above 0.
    """
    known, readable = list_names(network)
    _refuse_unknown(network.id, known, readable, _list_names(inputs, periods), observables)
    model = prepare_model(network, observables, kernel)
    batch = make_batch(network.id, inputs, periods, tolerance, seed=seed, first=first)
    return run_batch(model, batch, threads=threads, progress=progress)


def run_batch(
    model: Model,
    batch: Batch,
    *,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Trajectories:
    """Run a batch in chunks, on several threads."""
    threads = threads or count_cores()
    reads = sum(np.shape(np.asarray(p.read))[-1] for p in batch.periods if np.size(p.read))
    values = np.empty((batch.count, reads, len(model.observables)))
    status = np.zeros(batch.count, dtype=np.int64)

    def run(rows: slice) -> int:
        values[rows] = np.nan  # here, so that each thread is given the memory it fills
        status[rows] = run_chunk(model, batch, rows, values[rows])
        return len(status[rows])

    for done in _run_all(run, _cut(batch.count, threads), threads):
        if progress:
            progress(done)
    return Trajectories(model.observables, values, status)


def _run_all(run: Callable[[slice], int], chunks: list[slice], threads: int) -> Iterable[int]:
    if threads == 1 or len(chunks) == 1:
        yield from map(run, chunks)
        return
    pool = _open_pool(threads)
    tasks = [pool.submit(run, rows) for rows in chunks]
    try:
        for task in as_completed(tasks):
            yield task.result()
    finally:
        for task in tasks:
            task.cancel()
        wait(tasks)


@cache
def _open_pool(threads: int) -> ThreadPoolExecutor:
    """Return threads that stay: what a new one takes from the system, it has to take anew each time."""
    return ThreadPoolExecutor(threads, thread_name_prefix="mscape")


if hasattr(os, "register_at_fork"):  # threads do not come along
    os.register_at_fork(after_in_child=_open_pool.cache_clear)


def _cut(count: int, threads: int) -> list[slice]:
    """Cut a batch into chunks: large ones first, then ever smaller ones, so that threads end together."""
    if count <= threads * FEW:  # one for each
        size = max(-(-count // threads), LEAST_CHUNK)
        return [slice(start, min(start + size, count)) for start in range(0, count, size)]
    chunks, start = [], 0
    while start < count:
        share = -(-(count - start) // (threads if threads == 1 else 2 * threads))
        size = min(max(share, FEW // 4), MOST_CHUNK)
        chunks.append(slice(start, min(start + size, count)))
        start += size
    return chunks


def count_cores() -> int:
    """Return the number of cores this process may use: one for a worker that others work beside."""
    if multiprocessing.parent_process() is not None:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _list_names(inputs: Mapping[str, Array | float], periods: tuple[Period, ...]) -> list[str]:
    return [*inputs, *(change.name for period in periods for change in period.changes)]


def _refuse_unknown(
    where: str,
    inputs: frozenset[str],
    readable: frozenset[str],
    names: list[str],
    observables: tuple[str, ...],
) -> None:
    wrong = [name for name in names if name not in inputs]
    ruled = [name for name in wrong if name in readable]
    if ruled:
        found = f"no input {', '.join(dict.fromkeys(ruled))}: the model computes it"
        raise ModelError(where, found, "a parameter, size or start", "set what it is computed from")
    wrong += [name for name in observables if name not in readable]
    if wrong:
        near = find_near_misses(wrong[0], sorted({*readable, *inputs}))
        expected = " or ".join(near) if near else "a name the model has"
        found = f"no {', '.join(dict.fromkeys(wrong))} in the model"
        raise ModelError(where, found, expected, "correct the name")
