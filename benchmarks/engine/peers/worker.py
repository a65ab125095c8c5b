"""The other end of the pipe: a process that holds one engine and one model, and solves what it is told to.

Protocol, one JSON object a line. Started with a job folder (``job.json``, ``draws.npy``, ``model.xml``, and
``rates.py`` and ``rates.diffsl`` where they could be made) and options, it answers
``{"load": seconds, "version": text}``. Then for each request
``{"relative": r, "count": n, "repeat": k, "save": path or null}`` it solves the first n draws, k times over
as one batch, and answers ``{"wall": seconds, "cpu": seconds, "failed": n}``; the array saved has shape
(draw, time, state) with NaN where a trajectory failed. An error is answered as ``{"error": text}``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

CORES = "MSCAPE_BENCHMARK_CORES"


@dataclass(frozen=True)
class Job:
    """What is to be solved: the model's folder, and ``job.json`` in it."""

    folder: Path
    id: str
    states: tuple[str, ...]
    starts: tuple[float, ...]
    sizes: Mapping[str, float]
    amounts: tuple[str, ...]
    varied: tuple[str, ...]
    times: tuple[float, ...]
    absolute: float
    options: Mapping[str, Any]

    @property
    def concentrations(self) -> dict[str, float]:
        """States that are concentrations, and the size of what they are in."""
        return {name: size for name, size in self.sizes.items() if name not in self.amounts}

    @property
    def sbml(self) -> str:
        """Path of the model."""
        return str(self.folder / "model.xml")

    def scale_absolute(self, relative: float) -> float:
        """Return the absolute tolerance that goes with a relative one."""
        return self.absolute * relative / 1e-6


# Draws and relative tolerance to values, or to values and seconds where an engine times itself.
Solve = Callable[[Any, float], Any]


class Loaded(NamedTuple):
    """An engine with its model: how to solve, its version, and seconds spent on it in an earlier process."""

    solve: Solve
    version: str
    earlier: float = 0.0


Load = Callable[[Job], Loaded]


def serve(load: Load) -> None:
    """Answer requests from stdin until it ends."""
    pin_process()
    import numpy as np

    answers = _claim_stdout()
    job = read_job(Path(sys.argv[1]), json.loads(sys.argv[2]))
    draws = np.load(job.folder / "draws.npy")
    try:
        start = time.perf_counter()
        loaded = load(job)
        seconds = time.perf_counter() - start + loaded.earlier
    except Exception as error:  # whatever the engine raises is the answer
        _answer(answers, {"error": f"{type(error).__name__}: {error}"[:500]})
        return
    _answer(answers, {"load": seconds, "version": loaded.version})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = _solve(loaded.solve, draws, request, len(job.times) * len(job.states))
        except Exception as error:  # as above
            reply = {"error": f"{type(error).__name__}: {error}"[:500]}
        _answer(answers, reply)


def _solve(solve: Solve, draws: Any, request: Mapping[str, Any], answer: int) -> dict[str, Any]:
    """Solve and time; ``answer`` is how many numbers a trajectory has."""
    import numpy as np

    batch = np.ascontiguousarray(np.tile(draws[: request["count"]], (request["repeat"], 1)))
    _touch_memory(len(batch) * answer)
    wall, cpu = time.perf_counter(), time.process_time()
    values = solve(batch, request["relative"])
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    if isinstance(values, tuple):
        values, cpu = values
        wall = cpu
    solved = values[: request["count"]]
    if request["save"]:
        np.save(request["save"], solved)
    failed = int((~np.isfinite(solved)).any(axis=(1, 2)).sum())
    return {"wall": wall, "cpu": cpu, "failed": failed}


def _touch_memory(count: int) -> None:
    """Touch as much memory as the answer takes, and give it back.

    A virtual machine's host takes back what lies idle while other engines have their turn, and the first
    touch of such a page costs several times more than of one the guest still has. Whoever answers fastest
    would pay the largest part of it; this way nobody does.
    """
    import numpy as np

    np.ones(count)


def pin_process() -> None:
    """Keep to the cores this process was given."""
    cores = os.environ.get(CORES)
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {int(core) for core in cores.split(",")})


def _claim_stdout() -> Any:
    """Keep the real stdout for answers: some engines print on theirs."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _answer(answers: Any, reply: Mapping[str, Any]) -> None:
    answers.write(json.dumps(reply) + "\n")
    answers.flush()


def read_job(folder: Path, options: Mapping[str, Any] | None = None) -> Job:
    """Read a job folder."""
    data = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    return Job(
        folder=folder,
        id=data["id"],
        states=tuple(data["states"]),
        starts=tuple(data["starts"]),
        sizes=data["sizes"],
        amounts=tuple(data["amounts"]),
        varied=tuple(data["varied"]),
        times=tuple(data["times"]),
        absolute=data["absolute"],
        options=options or {},
    )
