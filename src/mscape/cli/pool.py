"""Work on several mechanisms at once, each in a process of its own, with progress as it comes."""

from __future__ import annotations

import multiprocessing
import queue
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from mscape.cli.progress import Progress, open_progress
from mscape.errors import MscapeError, SolveError, raise_faults

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas, Record
    from mscape.experiments.score import Scored

_BATCH = 50  # trajectories told of at once: a message each would cost more than it shows
# What a worker process was started with; empty in the main process. A queue reaches a worker in no other way.
_WORKER: dict[str, Any] = {}
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Task(Protocol[R_co]):
    """Work on one mechanism: a function of a module, so that a worker process finds it by name."""

    def __call__(
        self, record: Record, atlas: Atlas, *, seed: int, draws: int, progress: Callable[[int], None]
    ) -> R_co:
        """Do the work; ``progress`` is told of trajectories solved."""


@dataclass(frozen=True)
class Plan:
    """How work is done: seed and number of draws, and worker processes at most."""

    seed: int
    draws: int
    jobs: int = 1


def map_records(
    task: Task[R], records: Sequence[Record], atlas: Atlas, plan: Plan, *, label: str = "scoring"
) -> tuple[R, ...]:
    """Do a task for each mechanism and return the results in the order given.

    Parameters
    ----------
    task
        What is done for each.
    records, atlas
        What it is done for.
    plan
        Seed, draws and worker processes; none is started for one mechanism or one job.
    label
        What the progress bar says.

    Raises
    ------
    ModelError
        A model cannot be bound; those of all mechanisms are told at once.
    SolveError
        A worker process died.
    """
    with open_progress(label, len(records)) as progress:
        work = _Work(task, records, atlas, plan, progress)
        if min(plan.jobs, len(records)) <= 1:
            _work_here(work)
        else:
            _work_in_pool(work)
    raise_faults(work.faults)
    return tuple(work.results[record.id] for record in records)


def score_one(
    record: Record, atlas: Atlas, *, seed: int, draws: int, progress: Callable[[int], None]
) -> tuple[Scored, ...]:
    """Score one mechanism: the task of ``mscape score``."""
    from mscape.experiments.score import score_record

    return score_record(record, atlas, seed=seed, draws=draws, progress=progress)


@dataclass
class _Work:
    task: Any
    records: Sequence[Record]
    atlas: Atlas
    plan: Plan
    progress: Progress
    results: dict[str, Any] = field(default_factory=dict)
    faults: list[MscapeError] = field(default_factory=list)

    def keep(self, record: Record, get: Callable[[], Any]) -> None:
        """Keep a result or its fault, and say that one more is done."""
        try:
            self.results[record.id] = get()
        except MscapeError as error:
            self.faults.append(error)
        self.progress.finish(record.id)


def _work_here(work: _Work) -> None:
    plan = work.plan
    for record in work.records:
        do = partial(
            work.task, record, work.atlas, seed=plan.seed, draws=plan.draws, progress=work.progress.count
        )
        work.keep(record, do)


def _work_in_pool(work: _Work) -> None:
    context = multiprocessing.get_context("spawn")  # the same on every system, and no threads copied
    counts = context.Queue()
    workers = min(work.plan.jobs, len(work.records))
    executor = ProcessPoolExecutor(workers, context, _start_worker, (work.atlas, counts))
    try:
        longest_first = sorted(work.records, key=lambda record: -len(record.contrasts))
        futures = {executor.submit(_work_there, work.task, r, work.plan): r for r in longest_first}
        _gather(work, futures, counts)
    except BrokenProcessPool as error:
        found = "a worker process ended before its work was done"
        raise SolveError(work.progress.label, found, "memory for each", "run with --jobs 1") from error
    except BaseException:
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        counts.close()


def _gather(work: _Work, futures: dict[Future[Any], Record], counts: Any) -> None:
    waiting = set(futures)
    while waiting:
        _drain(counts, work.progress.count)
        done, waiting = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
        for future in done:
            work.keep(futures[future], future.result)
    _drain(counts, work.progress.count)


def _drain(counts: Any, tell: Callable[[int], None]) -> None:
    while True:
        try:
            tell(counts.get_nowait())
        except queue.Empty:
            return


def _start_worker(atlas: Atlas, counts: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides what an interrupt means
    _WORKER.update(atlas=atlas, counts=counts, unsaid=0)


def _work_there(task: Any, record: Record, plan: Plan) -> Any:
    result = task(record, _WORKER["atlas"], seed=plan.seed, draws=plan.draws, progress=_count)
    _say_counted()
    return result


def _count(number: int) -> None:
    _WORKER["unsaid"] += number
    if _WORKER["unsaid"] >= _BATCH:
        _say_counted()


def _say_counted() -> None:
    _WORKER["counts"].put(_WORKER["unsaid"])
    _WORKER["unsaid"] = 0
