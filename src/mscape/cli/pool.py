"""Score several mechanisms at once, each in a process of its own, with progress as it comes."""

from __future__ import annotations

import multiprocessing
import queue
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any

from mscape.cli.progress import Progress, open_progress
from mscape.errors import MscapeError, SolveError, raise_faults

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas, Record
    from mscape.experiments.score import Scored

_BATCH = 50  # trajectories told of at once: a message each would cost more than it shows
_WORKER: dict[str, Any] = {}  # what a worker process was started with; empty in the main process


def score_records(
    records: Sequence[Record], atlas: Atlas, *, seed: int, draws: int, jobs: int
) -> tuple[Scored, ...]:
    """Score mechanisms, in the order given, with a progress bar on a terminal.

    Parameters
    ----------
    records, atlas
        What to score.
    seed, draws
        Of the joint draws.
    jobs
        Worker processes at most; none is started for one mechanism or one job.

    Raises
    ------
    ModelError
        A model cannot be bound; those of all mechanisms are told at once.
    SolveError
        A worker process died.
    """
    workers = min(jobs, len(records))
    with open_progress("scoring", len(records)) as progress:
        score = _score_here if workers <= 1 else _score_in_pool
        results, faults = score(records, atlas, (seed, draws, workers), progress)
    raise_faults(faults)
    return tuple(row for record in records for row in results[record.id])


Results = tuple[dict[str, tuple["Scored", ...]], list[MscapeError]]


def _score_here(
    records: Sequence[Record], atlas: Atlas, how: tuple[int, int, int], progress: Progress
) -> Results:
    from mscape.experiments.score import score_record

    seed, draws, _ = how
    results: dict[str, tuple[Scored, ...]] = {}
    faults: list[MscapeError] = []
    for record in records:
        try:
            results[record.id] = score_record(record, atlas, seed=seed, draws=draws, progress=progress.count)
        except MscapeError as error:
            faults.append(error)
        progress.finish(record.id)
    return results, faults


def _score_in_pool(
    records: Sequence[Record], atlas: Atlas, how: tuple[int, int, int], progress: Progress
) -> Results:
    seed, draws, workers = how
    context = multiprocessing.get_context("spawn")  # the same on every system, and no threads copied
    counts = context.Queue()
    executor = ProcessPoolExecutor(workers, context, _start_worker, (atlas, counts))
    try:
        futures = {executor.submit(_score_one, record, seed, draws): record for record in records}
        return _gather(futures, counts, progress)
    except BrokenProcessPool as error:
        found = "a worker process ended before its work was done"
        raise SolveError("scoring", found, "enough memory for each", "run again with --jobs 1") from error
    except KeyboardInterrupt:
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        counts.close()


def _gather(futures: dict[Future[Any], Record], counts: Any, progress: Progress) -> Results:
    results: dict[str, tuple[Scored, ...]] = {}
    faults: list[MscapeError] = []
    waiting = set(futures)
    while waiting:
        _drain(counts, progress.count)
        try:
            done = next(as_completed(waiting, timeout=0.2))
        except TimeoutError:
            continue
        waiting.remove(done)
        record = futures[done]
        try:
            results[record.id] = done.result()
        except MscapeError as error:
            faults.append(error)
        progress.finish(record.id)
    _drain(counts, progress.count)
    return results, faults


def _drain(counts: Any, tell: Callable[[int], None]) -> None:
    while True:
        try:
            tell(counts.get_nowait())
        except queue.Empty:
            return


def _start_worker(atlas: Atlas, counts: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides what an interrupt means
    _WORKER.update(atlas=atlas, counts=counts, unsaid=0)


def _score_one(record: Record, seed: int, draws: int) -> tuple[Scored, ...]:
    from mscape.experiments.score import score_record

    scored = score_record(record, _WORKER["atlas"], seed=seed, draws=draws, progress=_count)
    _WORKER["counts"].put(_WORKER["unsaid"])
    _WORKER["unsaid"] = 0
    return scored


def _count(number: int) -> None:
    _WORKER["unsaid"] += number
    if _WORKER["unsaid"] >= _BATCH:
        _WORKER["counts"].put(_WORKER["unsaid"])
        _WORKER["unsaid"] = 0
