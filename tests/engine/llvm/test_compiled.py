"""Compiled kernels against reference solutions, the interpreter, and themselves in other company."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mscape.engine import compiled
from mscape.engine.compiled import CompiledKernel, compile_kernel
from mscape.engine.llvm.machine import Target, find_target
from mscape.engine.pool import Control, Pool, Stop
from mscape.engine.reference import interpret
from mscape.network.graph import Graph
from mscape.network.system import System
from tests.engine.llvm.systems import (
    hires,
    make_pool,
    make_system,
    oscillator,
    robertson,
    thermostat,
    van_der_pol,
)

FIELDS = ("time", "step", "state", "switches", "next_read", "values", "why", "steps")


LESSER = [Target("haswell", "", 4, fused=True), Target("x86-64-v2", "", 2)]
LESSER = LESSER if find_target().lanes == 8 else []  # what a processor with all of these can run


def compile_all(system: System, target: Target | None = None) -> CompiledKernel:
    return compile_kernel(system, list(system.readable), target=target)


def make_control(
    system: System, relative: float, absolute: float, *, max_steps: int = 100_000, steady: float = 0.0
) -> Control:
    return Control(relative, np.full(len(system.states), absolute), max_steps, steady)


# Source: Test Set for IVP Solvers (Mazzia and Magherini, Bari), problems ROBER, HIRES and VDPOL.
STIFF = {
    "robertson": (robertson(), (1, 0, 0), (0.04, 1e4, 3e7), 1e11, 1e-20),
    "hires": (hires(), (1, 0, 0, 0, 0, 0, 0, 0.0057), (), 321.8122, 1e-12),
    "van_der_pol": (van_der_pol(), (2, -0.66), (1e-6,), 2.0, 1e-10),
}
ENDS = {
    "robertson": (0.2083340149701255e-07, 0.8333360770334713e-13, 0.9999999791665050),
    "hires": (
        0.7371312573325668e-3,
        0.1442485726316185e-3,
        0.5888729740967575e-4,
        0.1175651343283149e-2,
        0.2386356198831331e-2,
        0.6238968252742796e-2,
        0.2849998395185769e-2,
        0.2850001604814231e-2,
    ),
    "van_der_pol": (0.1706167732170483e1, -0.8928097010247975e0),
}


@pytest.mark.parametrize("name", STIFF)
def test_a_stiff_problem_ends_where_the_test_set_says(name: str) -> None:
    system, start, inputs, end, absolute = STIFF[name]
    pool = make_pool(system, start, [inputs], [end / 3, end])
    compile_all(system).advance(pool, make_control(system, 1e-9, absolute))
    assert pool.why[0] == Stop.REACHED
    assert pool.time[0] == end
    np.testing.assert_allclose(pool.state[0], ENDS[name], rtol=2e-6)
    np.testing.assert_array_equal(pool.values[0, 1], pool.state[0])


def test_order_five_at_the_ends_of_steps_and_four_between() -> None:
    system = oscillator()
    kernel = compile_all(system)
    exact = make_pool(system, (1, 0.5), [[1.3]], [0.9, 1.6])
    kernel.advance(exact, make_control(system, 1e-13, 1e-14))
    ends, between = [], []
    for step in (0.2, 0.1, 0.05):
        # a tolerance that accepts anything, and steps as long as they are asked for
        pool = make_pool(system, (1, 0.5), [[1.3]], [])
        for target in np.arange(step, 1.6 + step / 2, step):
            pool.stop[:], pool.step[:], pool.why[:] = min(target, 1.6), step, Stop.WAITING
            kernel.advance(pool, make_control(system, 1e6, 1e6))
        ends.append(np.abs(pool.state - exact.state).max())
        near = make_pool(system, (1, 0.5), [[1.3]], [0.09 * step, step])
        fine = make_pool(system, (1, 0.5), [[1.3]], [0.09 * step, step])
        near.step[:] = step
        kernel.advance(near, make_control(system, 1e6, 1e6))
        kernel.advance(fine, make_control(system, 1e-13, 1e-14))
        assert near.steps[0, 0] == 1
        between.append(np.abs(near.values - fine.values)[0, 0, :2].max())
    orders = np.log2(np.array(ends[:-1]) / ends[1:])
    assert np.all(orders > 4.6)
    assert np.all(np.log2(np.array(between[:-1]) / between[1:]) > 4.4)


@pytest.mark.parametrize("lanes", [1, 2, 4, 8])
def test_the_interpreter_gives_the_same(lanes: int) -> None:
    target = find_target()
    if lanes > target.lanes:
        pytest.skip("the processor takes fewer numbers at once")
    for system, start, inputs in (
        (robertson(), (1, 0, 0), [[0.04, 1e4, 3e7], [0.02, 2e4, 1e7], [0.1, 1e3, 3e7]]),
        (oscillator(), (1, 0.5), [[1.3], [0.2], [2.0]]),
    ):
        control = make_control(system, 1e-8, 1e-13)
        mine, other = (make_pool(system, start, inputs, np.linspace(1, 9, 9)) for _ in range(2))
        compile_all(system, replace(target, lanes=lanes)).advance(mine, control)
        interpret(system, list(system.readable)).advance(other, control)
        assert (mine.why == other.why).all()
        np.testing.assert_allclose(mine.values, other.values, rtol=1e-6, atol=1e-10)


def make_crowd(system: System, count: int = 61) -> Pool:
    """Return many different trajectories, some of which cannot start, some of which have fewer read-outs."""
    draw = np.random.default_rng(3)
    inputs = np.array([0.04, 1e4, 3e7]) * 10 ** draw.uniform(-1, 1, (count, 3))
    pool = make_pool(system, (1, 0, 0), inputs, np.geomspace(0.01, 1000, 12))
    pool.reads *= draw.uniform(0.5, 2, (count, 1))
    pool.stop[:] = pool.reads[:, -1]
    pool.reads[::7, 8:] = np.inf
    pool.inputs[5, 1] = np.nan
    pool.stop[11] = 0.0
    return pool


def check_same(found: Pool, wanted: Pool) -> None:
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name), err_msg=name)


def test_bits_depend_on_nothing_but_the_trajectory() -> None:
    system = robertson()
    kernel, control = compile_all(system), make_control(system, 1e-6, 1e-10)
    whole = make_crowd(system)
    kernel.advance(whole, control)
    draw = np.random.default_rng(0)
    order = draw.permutation(len(whole.time))
    for rows in (order, order[:17], np.arange(61)[::-1], np.array([30]), np.arange(9)):
        part = make_crowd(system).take(rows)
        kernel.advance(part, control)
        check_same(part, whole.take(rows))
    for size in (1, 5, 16, 40):
        pieces = make_crowd(system)
        for start in range(0, 61, size):
            kernel.advance(pieces.take(slice(start, start + size)), control)
        check_same(pieces, whole)


def test_only_what_waits_is_taken_up() -> None:
    system = robertson()
    pool = make_crowd(system)
    pool.why[::2] = Stop.REACHED
    before = pool.take(np.arange(0, 61, 2))
    compile_all(system).advance(pool, make_control(system, 1e-6, 1e-10))
    check_same(pool.take(np.arange(0, 61, 2)), before)
    assert (pool.why[1::2] != Stop.WAITING).all()


def test_what_cannot_start_says_so() -> None:
    system = robertson()
    pool = make_crowd(system)
    pool.state[20, 0] = np.inf
    pool.stop[21] = np.nan
    compile_all(system).advance(pool, make_control(system, 1e-6, 1e-10))
    assert pool.why[[5, 20, 21]].tolist() == [Stop.NOT_FINITE] * 3
    assert pool.why[11] == Stop.REACHED
    assert pool.steps[[5, 11, 20, 21]].sum() == 0
    assert np.isnan(pool.values[[5, 11]]).all()


def test_a_value_that_blows_up_ends_with_a_reason() -> None:
    g = Graph()
    x = g.add("state", 0)
    system = make_system(g, (g.add("mul", x, x),))
    pool = make_pool(system, [[1.0], [0.001], [-1.0]], np.zeros((3, 0)), [0.5, 2.0])
    compile_all(system).advance(pool, make_control(system, 1e-6, 1e-9))
    assert pool.why[0] in (Stop.STEP_TOO_SMALL, Stop.NOT_FINITE)
    assert 0.9 < pool.time[0] < 1.001
    assert pool.values[0, 0, 0] == pytest.approx(2.0, rel=1e-5)
    assert pool.why[1:].tolist() == [Stop.REACHED] * 2


def test_steps_are_counted_and_limited() -> None:
    system = van_der_pol()
    pool = make_pool(system, (2, -0.66), [[1e-6]], [2.0])
    compile_all(system).advance(pool, make_control(system, 1e-6, 1e-9, max_steps=50))
    assert pool.why[0] == Stop.TOO_MANY_STEPS
    assert pool.steps[0].sum() == 50
    assert 0 < pool.time[0] < 2


def test_a_resumed_trajectory_goes_on() -> None:
    system = robertson()
    kernel, control = compile_all(system), make_control(system, 1e-8, 1e-12)
    straight, halted = (make_pool(system, (1, 0, 0), [[0.04, 1e4, 3e7]], [1.0, 10, 40.0]) for _ in range(2))
    kernel.advance(straight, control)
    for stop in (5.0, 40.0):
        halted.stop[:], halted.why[:] = stop, Stop.WAITING
        kernel.advance(halted, control)
        assert halted.time[0] == stop
    np.testing.assert_allclose(halted.values, straight.values, rtol=1e-6)
    assert halted.next_read[0] == 3


def test_it_rests_when_nothing_changes() -> None:
    g = Graph()
    x, p = g.add("state", 0), g.add("input", 0)
    system = make_system(g, (g.add("mul", p, g.add("sub", g.number(3), x)),), inputs=1)
    pool = make_pool(system, [0.0], [[1.0], [0.5], [0.0]], [1e6])
    compile_all(system).advance(pool, make_control(system, 1e-6, 1e-9, steady=1.0))
    assert (pool.why == Stop.STEADY).all()
    np.testing.assert_allclose(pool.state[:, 0], [3, 3, 0], rtol=1e-5)
    assert (pool.time[:2] > 5).all()


def temperature(rate: float, time: float) -> float:
    """Return what the thermostat shows: heated to 2, then decaying to 1, again and again."""
    first, round_trip = 2 / rate, np.log(2) + 1 / rate
    if time <= first:
        return rate * time
    past = (time - first) % round_trip
    return float(2 * np.exp(-past) if past < np.log(2) else 1 + rate * (past - np.log(2)))


@pytest.mark.parametrize("kind", ["compiled", "interpreted"])
def test_switches_turn_on_the_way_and_triggers_stop(kind: str) -> None:
    system = thermostat()
    kernel = compile_all(system) if kind == "compiled" else interpret(system, list(system.readable))
    pool = make_pool(system, [0.0], [[1.0], [2.0], [0.1]], [1.0, 2.5, 2.9, 4.0])
    kernel.advance(pool, make_control(system, 1e-9, 1e-12))
    assert pool.why.tolist() == [Stop.TRIGGERED] * 3
    np.testing.assert_allclose(pool.time, 3.0, rtol=1e-11)
    assert (pool.time >= 3.0).all()
    assert pool.triggers.sum() == 0  # the caller compares
    assert pool.next_read.tolist() == [3, 3, 3]
    for row, rate in enumerate((1.0, 2.0, 0.1)):
        wanted = [temperature(rate, t) for t in (1.0, 2.5, 2.9, 3.0)]
        np.testing.assert_allclose([*pool.values[row, :3, 0], pool.state[row, 0]], wanted, rtol=1e-7)
    assert pool.switches[:, 0].tolist() == [0, 0, 0]


def test_switches_keep_bits_from_depending_on_neighbours() -> None:
    system = thermostat()
    kernel, control = compile_all(system), make_control(system, 1e-7, 1e-10)
    inputs = np.linspace(0.3, 4, 23)[:, None]
    whole = make_pool(system, [0.0], inputs, np.arange(1, 7) * 0.45)
    kernel.advance(whole, control)
    for rows in (np.arange(23)[::-1], np.array([7]), np.arange(3, 20, 2)):
        part = make_pool(system, [0.0], inputs[rows], np.arange(1, 7) * 0.45)
        kernel.advance(part, control)
        check_same(part, whole.take(rows))


def test_a_system_without_states_only_reads() -> None:
    g = Graph()
    system = make_system(g, (), inputs=1, readable={"line": g.add("mul", g.add("input", 0), g.add("time"))})
    pool = make_pool(system, [], [[2.0], [3.0]], [1.0, 2.0])
    compile_all(system).advance(pool, make_control(system, 1e-6, 1e-9))
    np.testing.assert_array_equal(pool.values[:, :, 0], [[2, 4], [3, 6]])


def test_many_states_solve_as_few_do() -> None:
    g = Graph()
    size = 40
    y = [g.add("state", i) for i in range(size)]
    k = g.add("input", 0)
    rates = [g.add("neg", g.add("mul", k, y[0]))]
    rates += [g.add("mul", k, g.add("sub", y[i - 1], y[i])) for i in range(1, size)]
    system = make_system(g, rates, inputs=1)
    pool = make_pool(system, [1.0] + [0.0] * (size - 1), [[0.5], [2.0]], [1.0, 3.0])
    compile_all(system).advance(pool, make_control(system, 1e-8, 1e-12))
    x = np.array([1.5, 6.0])
    np.testing.assert_allclose(
        pool.state[:, :4], np.exp(-x)[:, None] * np.stack([x**0, x, x**2 / 2, x**3 / 6], 1), rtol=1e-6
    )


def test_powers_of_what_falls_below_zero_by_rounding() -> None:
    g = Graph()
    x, h = g.add("state", 0), g.add("input", 0)
    power = g.add("pow", x, h)
    system = make_system(g, (g.add("neg", g.add("div", power, g.add("add", g.number(1), power))),), inputs=1)
    pool = make_pool(system, [[0.5], [0.5], [0.5], [-1e-13]], [[1.7], [0.6], [2.0], [1.7]], [1.0, 50.0])
    compile_all(system).advance(pool, make_control(system, 1e-7, 1e-10))
    assert (pool.why == Stop.REACHED).all()
    assert (pool.state[:, 0] > -1e-7).all()


def test_groups_evaluate_as_the_interpreter_does() -> None:
    system = thermostat()
    pool = make_pool(system, [0.0], np.linspace(0, 1, 11)[:, None], [5.0])
    pool.state[:, 0], pool.time[:] = np.linspace(0, 4, 11), np.linspace(2, 4, 11)
    pool.switches[::2] = 1
    mine, other = compile_all(system), interpret(system, list(system.readable))
    for group in (
        "starts",
        "derived",
        "rates",
        "switches",
        "observables",
        "triggers",
        "delays",
        "assignments",
    ):
        np.testing.assert_allclose(mine.evaluate(group, pool), other.evaluate(group, pool), rtol=1e-14)


def make_ring(size: int) -> System:
    """Return species that turn into their neighbours and one far off, by mass action and saturation."""
    g = Graph()
    y = [g.add("state", i) for i in range(size)]
    k, t = g.add("input", 0), g.add("time")
    flows = []
    for i in range(size):
        pair = g.add("mul", y[i], y[(7 * i + 3) % size])
        level = g.add("add", g.number(1.0), g.add("mul", pair, g.add("cos", t)))
        flows.append(g.add("div", g.add("mul", k, g.add("mul", g.number(i + 1), pair)), level))
    rates = [g.add("sub", flows[i - 1], flows[i]) for i in range(size)]
    return make_system(g, rates, inputs=1)


def test_a_system_cut_in_parts_gives_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    system = make_ring(30)
    start = np.linspace(0.1, 1, 30)
    control = make_control(system, 1e-7, 1e-10)
    whole, cut = (make_pool(system, start, [[1.0], [0.3], [5.0]], [0.5, 2.0]) for _ in range(2))
    compile_all(system).advance(whole, control)
    monkeypatch.setenv("MSCAPE_CACHE", str(tmp_path))
    monkeypatch.setattr("mscape.engine.llvm.plan.LARGE", 0)
    monkeypatch.setattr("mscape.engine.llvm.plan.LONGEST", 50)
    monkeypatch.setattr("mscape.engine.llvm.large.LONGEST", 50)
    compile_all(system).advance(cut, control)
    assert (whole.why == Stop.REACHED).all()
    np.testing.assert_allclose(cut.values, whole.values, rtol=1e-9)
    np.testing.assert_allclose(whole.values.sum(axis=2), start.sum(), rtol=1e-12)  # nothing is lost


@pytest.mark.parametrize("target", [find_target(), *LESSER], ids=lambda target: f"{target.lanes} lanes")
@pytest.mark.parametrize("name", STIFF)
def test_code_that_is_quick_to_compile_gives_the_bits_of_code_that_is_quick_to_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, target: Target
) -> None:
    system, start, inputs, end, absolute = STIFF[name]
    pools, levels = [], []
    for few in (1000, 0):
        monkeypatch.setattr(compiled, "FEW", few)
        monkeypatch.setenv("MSCAPE_CACHE", str(tmp_path / str(few)))  # none has been compiled before
        kernel = compile_all(system, target)
        pool = make_pool(system, start, [inputs] * 3, [end / 3, end])
        pool.inputs *= np.array([[0.5], [1.0], [1.7]])
        kernel.advance(pool, make_control(system, 1e-6, absolute))
        pools.append(pool)
        levels.append([*kernel.levels])
    assert levels == [[0], [1]]
    for field in FIELDS:
        np.testing.assert_array_equal(getattr(pools[0], field), getattr(pools[1], field), err_msg=field)


def test_more_trajectories_are_worth_the_better_code() -> None:
    system, start, inputs, end, absolute = STIFF["hires"]
    kernel = compile_all(system)
    for count, level in ((compiled.FEW, [0]), (1, [0, 1]), (1, [0, 1])):
        pool = make_pool(system, start, [inputs] * count, [end])
        kernel.advance(pool, make_control(system, 1e-3, absolute))
        assert [*kernel.levels] == level
