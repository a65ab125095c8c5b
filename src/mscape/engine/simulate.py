"""Simulate a batch of trajectories of one network through ordered periods."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from queue import SimpleQueue
from threading import Lock
from time import perf_counter

import numpy as np

from mscape.engine.batch import Array, Batch, Period, Tolerance, Trajectories, make_batch
from mscape.engine.drive import run_chunk
from mscape.engine.model import KernelName, Model, list_names, prepare_model
from mscape.errors import ModelError
from mscape.ids import find_near_misses
from mscape.network.network import ReactionNetwork

LEAST_CHUNK, MOST_CHUNK = 64, 4096  # trajectories: worth a thread of their own; few enough to share out
LEAST_SECONDS = 0.002  # what a chunk should take, so that what comes with each is a small part of it
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

    def run(rows: slice) -> None:
        values[rows] = np.nan  # here, so that each thread is given the memory it fills
        status[rows] = run_chunk(model, batch, rows, values[rows])

    for done in _run_all(run, _Rest(batch.count, threads)):
        if progress:
            progress(done)
    return Trajectories(model.observables, values, status)


class _Rest:
    """What is left of a batch: threads take large chunks first, then ever smaller ones, and end together.

    A chunk costs time whatever its size; by the pace so far, none is taken that is too small to be worth it.
    """

    def __init__(self, count: int, threads: int) -> None:
        self.count, self.threads = count, max(1, min(threads, -(-count // LEAST_CHUNK)))
        self._start = 0
        self._pace = 0.0  # seconds a trajectory, as last seen
        self._lock = Lock()

    def take(self) -> slice | None:
        """Return the next chunk."""
        with self._lock:
            left = self.count - self._start
            size = min(max(self._share(left), LEAST_CHUNK), MOST_CHUNK, left)
            self._start += size
            return slice(self._start - size, self._start) if size else None

    def _share(self, left: int) -> int:
        if self.threads == 1:
            return left
        if self.count <= self.threads * FEW:  # one for each
            return -(-self.count // self.threads)
        least = LEAST_SECONDS / self._pace if self._pace else FEW / 4
        return int(max(left / (1.5 * self.threads), least))

    def run(self, run: Callable[[slice], None], tell: Callable[[int], None]) -> None:
        """Take chunks and run them until nothing is left; tell the size of each, and 0 in the end."""
        try:
            while rows := self.take():
                began, size = perf_counter(), rows.stop - rows.start
                run(rows)
                self.tell_pace((perf_counter() - began) / size)
                tell(size)
        finally:
            self.drop()
            tell(0)

    def tell_pace(self, pace: float) -> None:
        """Say how many seconds a trajectory took."""
        self._pace = pace

    def drop(self) -> None:
        """Leave nothing to take."""
        with self._lock:
            self._start = self.count


def _run_all(run: Callable[[slice], None], rest: _Rest) -> Iterable[int]:
    """Run all chunks; yield the size of each that is done."""
    if rest.threads <= 1:
        while rows := rest.take():
            run(rows)
            yield rows.stop - rows.start
        return
    told: SimpleQueue[int] = SimpleQueue()
    pool = _open_pool(rest.threads)
    tasks = [pool.submit(rest.run, run, told.put) for _ in range(rest.threads)]
    try:
        for _ in tasks:
            yield from iter(told.get, 0)
        for task in tasks:
            task.result()
    finally:
        rest.drop()
        wait(tasks)


@cache
def _open_pool(threads: int) -> ThreadPoolExecutor:
    """Return threads that stay: what a new one takes from the system, it has to take anew each time."""
    return ThreadPoolExecutor(threads, thread_name_prefix="mscape")


if hasattr(os, "register_at_fork"):  # threads do not come along
    os.register_at_fork(after_in_child=_open_pool.cache_clear)


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
