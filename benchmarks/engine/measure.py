"""Measure engines on one model: errors once, then times in rounds in which every engine has its turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine.environment import NotRun
from benchmarks.engine.process import Engine, EngineError
from benchmarks.engine.ratio import Array, Point, measure_error

TOLERANCES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
_MOST_SECONDS = 1.5  # of one timing of a slow engine
_LEAST_DRAWS = 100  # however slow: a 95th percentile needs them


@dataclass(frozen=True)
class Plan:
    """How to measure: draws, rounds, least seconds of a timing, relative tolerances of ours and of others."""

    draws: int
    rounds: int
    seconds: float = 0.15
    ours: tuple[float, ...] = (1e-2, *TOLERANCES)
    others: tuple[float, ...] = TOLERANCES


@dataclass(frozen=True)
class Curve:
    """One engine on one model: its points, and what loading took.

    ``points`` hold seconds of the processor; ``wall`` the same by the wall clock, shape (point, round).
    """

    engine: str
    version: str
    load: float
    points: tuple[Point, ...]
    wall: Array
    failed: int

    def find(self, relative: float) -> Point | None:
        """Return the point at a tolerance."""
        return next((point for point in self.points if point.relative == relative), None)


@dataclass
class _Series:
    """One engine at one tolerance while it is being measured."""

    engine: Engine
    relative: float
    count: int
    repeat: int
    errors: NDArray[np.float64]
    failed: int
    cpu: list[float]
    wall: list[float]


def measure_engines(
    engines: Mapping[str, Engine],
    reference: Array,
    plan: Plan,
    *,
    ours: Sequence[str],
    tell: Callable[[str], None],
) -> dict[str, Curve | NotRun]:
    """Measure work-precision curves, interleaved.

    Parameters
    ----------
    engines
        Running, by name, in the order of their turns.
    reference
        Shape (draw, time, state).
    plan
        How much of it.
    ours
        Names of the engines that are ours.
    tell
        Told what goes on.
    """
    series: dict[str, list[_Series]] = {}
    broken: dict[str, NotRun] = {}
    for name, engine in engines.items():
        tolerances = plan.ours if name in ours else plan.others
        try:
            series[name] = [_prepare(engine, relative, reference, plan) for relative in tolerances]
        except EngineError as fault:
            broken[name] = NotRun(str(fault))
    for index in range(plan.rounds):
        tell(f"round {index + 1} of {plan.rounds}")
        _run_round(series, broken)
    curves = {name: _finish(name, engines[name], series[name]) for name in series if name not in broken}
    return curves | broken


def _prepare(engine: Engine, relative: float, reference: Array, plan: Plan) -> _Series:
    """Solve once for the errors, and see how much of it makes a timing."""
    trial = engine.run(relative, 20)
    count = int(np.clip(_MOST_SECONDS / trial.cpu, min(_LEAST_DRAWS, plan.draws), plan.draws))
    values, timing = engine.solve(relative, count)
    known = np.isfinite(reference[:count]).all(axis=(1, 2))
    errors = measure_error(values[known], reference[:count][known])
    repeat = _find_repeat(engine, relative, count, plan.seconds)
    return _Series(engine, relative, count, repeat, errors, timing.failed, [], [])


def _find_repeat(engine: Engine, relative: float, count: int, wanted: float) -> int:
    """Return how often to repeat the draws for a timing long enough; the first tries are cold."""
    repeat = 1
    for _ in range(4):
        seconds = engine.run(relative, count, repeat=repeat).cpu * count * repeat
        if seconds > 0.7 * wanted:
            break
        repeat = min(8 * repeat, max(repeat + 1, round(repeat * wanted / seconds)))
    return repeat


def _run_round(series: Mapping[str, list[_Series]], broken: dict[str, NotRun]) -> None:
    """Time the engines in turn at each tolerance, so that a slow minute of the machine is everybody's."""
    longest = max(len(items) for items in series.values())
    for index in range(longest):
        for name, items in series.items():
            if index >= len(items) or name in broken:
                continue
            item = items[index]
            try:
                timing = item.engine.run(item.relative, item.count, repeat=item.repeat)
            except EngineError as fault:
                broken[name] = NotRun(str(fault))
                continue
            item.cpu.append(timing.cpu)
            item.wall.append(timing.wall)


def _finish(name: str, engine: Engine, series: Sequence[_Series]) -> Curve:
    points = tuple(Point(item.relative, item.errors, np.array(item.cpu)) for item in series)
    wall = np.array([item.wall for item in series])
    return Curve(name, engine.version, engine.load, points, wall, sum(item.failed for item in series))
