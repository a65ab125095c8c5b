"""The reference kernel, called as the driver calls it."""

import numpy as np
import pytest

from mscape.engine.breakpoint import find_breakpoints, locate_breakpoints, needs_looks
from mscape.engine.pool import Control, Pool, Stop
from mscape.engine.reference import interpret
from mscape.network.equations import derive_system
from mscape.network.sbml import read_antimony
from mscape.network.system import System
from tests.engine.conftest import MODELS


def derive(text: str) -> System:
    return derive_system(read_antimony(text, {}, "small"))


def fill(system: System, rows: list[dict[str, float]], stop: float, reads: tuple[float, ...] = ()) -> Pool:
    """Put trajectories at their start, waiting."""
    count = len(rows)
    pool = Pool(
        time=np.zeros(count),
        stop=np.full(count, stop),
        step=np.zeros(count),
        state=np.zeros((count, len(system.states))),
        inputs=np.array([[row[name] for name in system.inputs] for row in rows], dtype=float),
        switches=np.zeros((count, len(system.switches)), dtype=np.uint8),
        triggers=np.zeros((count, len(system.events)), dtype=np.uint8),
        reads=np.tile(np.array(reads, dtype=float), (count, 1)),
        next_read=np.zeros(count, dtype=np.int64),
        values=np.full((count, len(reads), len(system.states)), np.nan),
        why=np.full(count, Stop.WAITING, dtype=np.int64),
        steps=np.zeros((count, 2), dtype=np.int64),
    )
    pool.state[:] = interpret(system, ()).evaluate("starts", pool)
    return pool


def test_robertson_has_its_published_values() -> None:
    system = derive(MODELS["robertson"])
    times = (0.4, 40.0, 4e5)
    pool = fill(system, [{"y1": 1, "y2": 0, "y3": 0}], 4e5, times)
    control = Control(1e-9, np.full(3, 1e-14))
    interpret(system, system.states).advance(pool, control)
    # Mazzia and Magherini, Test Set for IVP Solvers 2.4: y1, y2 at 0.4 and 40; the CVODE manual: y1 at 4e5
    np.testing.assert_allclose(pool.values[0, 0, :2], [9.851721e-1, 3.386395e-5], rtol=1e-6)
    np.testing.assert_allclose(pool.values[0, 1, :2], [7.158271e-1, 9.185535e-6], rtol=1e-6)
    assert pool.values[0, 2, 0] == pytest.approx(4.938e-3, rel=1e-3)
    assert pool.why.tolist() == [Stop.REACHED]
    assert pool.next_read.tolist() == [3]


def test_only_what_waits_is_taken_up() -> None:
    system = derive("x' = k; x = 0; k = 1;")
    pool = fill(system, [{"x": 0, "k": 1}, {"x": 0, "k": 2}], 3.0)
    pool.why[0] = Stop.REACHED
    interpret(system, ()).advance(pool, Control(1e-6, np.ones(1)))
    assert pool.time.tolist() == [0, 3]
    np.testing.assert_allclose(pool.state[:, 0], [0, 6], rtol=1e-12)


def test_trigger_stops_just_after_it_turns_and_is_left_as_it_was() -> None:
    system = derive("x' = 1; x = 0; level = 1.5; at x > level: x = 0;")
    pool = fill(system, [{"x": 0, "level": 1.5}, {"x": 0, "level": 9}], 3.0)
    interpret(system, ()).advance(pool, Control(1e-6, np.ones(1)))
    assert pool.why.tolist() == [Stop.TRIGGERED, Stop.REACHED]
    assert 1.5 < pool.state[0, 0] < 1.5 + 1e-10
    assert pool.triggers.tolist() == [[0], [0]]


def test_what_was_cut_in_two_is_as_exact_as_the_whole() -> None:
    system = derive("x' = -x * k; x = 1; k = 1;")
    whole, halves = fill(system, [{"x": 1, "k": 1}], 4.0), fill(system, [{"x": 1, "k": 1}], 1.7)
    kernel, control = interpret(system, ()), Control(1e-9, np.full(1, 1e-12))
    kernel.advance(whole, control)
    kernel.advance(halves, control)
    halves.stop[:], halves.why[:] = 4.0, Stop.WAITING
    kernel.advance(halves, control)
    np.testing.assert_allclose([whole.state[0, 0], halves.state[0, 0]], np.exp(-4), rtol=1e-8)


def test_rate_with_an_infinite_slope_at_the_start_is_solved() -> None:
    system = derive("x' = x^0.5 + 1; x = 0;")
    pool = fill(system, [{"x": 0}], 2.0)
    interpret(system, ()).advance(pool, Control(1e-8, np.full(1, 1e-12)))
    x = pool.state[0, 0]
    assert 2 * np.sqrt(x) - 2 * np.log1p(np.sqrt(x)) == pytest.approx(2.0, rel=1e-5)


def test_clock_comparisons_are_told_from_the_expression() -> None:
    clocks = "at b * (time - a) >= 4: x = 1; at a - time < 0: x = 2; at s > a: x = 3;"
    system = derive("x = 0; a = 3; b = 2; s' = 1; s = 1;" + clocks)
    points = find_breakpoints(system)
    rows = [{"x": 0.0, "a": 3.0, "b": 2.0, "s": 1.0}, {"x": 0.0, "a": 5.0, "b": 4.0, "s": 1.0}]
    pool = fill(system, rows, 1.0)
    found = np.sort(locate_breakpoints(system.graph, points, pool), axis=1)
    np.testing.assert_allclose(found, [[3, 5], [5, 6]], rtol=1e-15)
    assert not needs_looks(system)
    assert needs_looks(derive("x = 0; at sin(time) > 0.5: x = 1;"))
    assert needs_looks(derive("x = 0; s' = 1; s = 0; at s > 1 && s < 1.1: x = 1;"))
