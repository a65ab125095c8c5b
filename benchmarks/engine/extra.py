"""What is reported beside the curves: first results, two cores, wide draws, absolute times."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engine.environment import NotRun
from benchmarks.engine.job import write_job
from benchmarks.engine.problem import Problem
from benchmarks.engine.process import ROOT, Engine, EngineError, make_settings, start_engine

RELATIVE = 1e-6
_SECONDS = 900
_WIDE_DRAWS, _WIDE_FOLD = 10_000, 10.0
_CACHE_VARIABLE = "XDG_CACHE_HOME"


def time_first_results(folder: Path, rounds: int, core: int) -> dict[str, Any]:
    """Return seconds from SBML to the first trajectory: ours with an empty cache and with a filled one."""
    found: dict[str, list[float]] = {"mscape, cold": [], "mscape, cached": [], "libRoadRunner": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as empty:
            place = {_CACHE_VARIABLE: empty}
            for name, engine in (("cold", "mscape"), ("cached", "mscape")):
                found[f"mscape, {name}"].append(
                    _ask("first", [str(folder), engine], [core], place)["seconds"]
                )
        found["libRoadRunner"].append(_ask("first", [str(folder), "roadrunner"], [core], {})["seconds"])
    return {name: summarise(values) for name, values in found.items()}


def time_two_cores(folder: Path, cores: Sequence[int], rounds: int, count: int) -> dict[str, Any]:
    """Return how many times faster two threads on two cores are than one on one, by the wall clock.

    ``processes`` is the same for two processes that share nothing: what the machine's cores give at most.
    """
    plans = {"one": (cores[:1], 1), "other": (cores[1:2], 1), "two": (cores[:2], 2)}
    started = {
        name: start_engine("mscape", folder, cores=where, options={"threads": threads})
        for name, (where, threads) in plans.items()
    }
    running = {name: engine for name, engine in started.items() if not isinstance(engine, NotRun)}
    try:
        for engine in started.values():
            if isinstance(engine, NotRun):
                return {"not_run": engine.reason}
        return _time_pairs(running, rounds, count)
    except EngineError as fault:
        return {"not_run": str(fault)}
    finally:
        for engine in running.values():
            engine.close()


def _time_pairs(running: Mapping[str, Engine], rounds: int, count: int) -> dict[str, Any]:
    one, other, two = (running[name] for name in ("one", "other", "two"))
    speed = one.run(RELATIVE, count, repeat=1).wall
    half = max(1, round(0.25 / (speed * count)))
    threads, processes = [], []
    for _ in range(rounds):
        alone = _run_twice(one, count, 2 * half)
        threads.append(alone / _run_twice(two, count, 2 * half))
        with ThreadPoolExecutor(2) as pool:
            both = list(pool.map(lambda engine: _run_twice(engine, count, half), (one, other)))
        processes.append(2 * alone / max(both))
    return summarise(threads) | {"processes": summarise(processes)}


def _run_twice(engine: Engine, count: int, repeat: int) -> float:
    """Return seconds a trajectory of a second run: each core has touched its memory in the first."""
    engine.run(RELATIVE, count, repeat=repeat)
    return engine.run(RELATIVE, count, repeat=repeat).wall


def survey_wide_draws(problem: Problem, cache: Path, cores: Sequence[int]) -> dict[str, Any]:
    """Return how each of many draws within a factor of ten ended."""
    folder = write_job(problem, cache, draws=_WIDE_DRAWS, fold=_WIDE_FOLD)
    return survey_batch(folder, _WIDE_DRAWS, cores)


def survey_batch(folder: Path, count: int, cores: Sequence[int]) -> dict[str, Any]:
    """Return wall time and ends of a batch of so many trajectories, on the given cores."""
    options = json.dumps({"threads": len(cores)})
    return {"count": count, "cores": len(cores)} | _ask(
        "survey", [str(folder), str(count), str(RELATIVE), options], cores, {}
    )


def summarise(values: Sequence[float]) -> dict[str, float]:
    """Return the middle and the ends."""
    return {"middle": float(np.median(values)), "low": min(values), "high": max(values)}


def _ask(module: str, arguments: list[str], cores: Sequence[int], extra: Mapping[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", f"benchmarks.engine.peers.{module}", *arguments]
    settings = make_settings(None, cores) | dict(extra)
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=settings, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise EngineError(f"no answer within {_SECONDS} s") from None
    if done.returncode:
        raise EngineError(done.stderr.strip().splitlines()[-1][:200] if done.stderr.strip() else "no message")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
