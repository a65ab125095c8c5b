"""How trajectories come into lanes: prepared side by side in the staging block, then moved one by one."""

from __future__ import annotations

import math

from mscape.engine.llvm.arguments import load_argument
from mscape.engine.llvm.builder import Code, Module
from mscape.engine.llvm.layout import Layout
from mscape.engine.llvm.plan import Plan
from mscape.engine.llvm.shape import BYTE, NUMBER, POINTER, WORD, Value
from mscape.engine.llvm.step import write_root


def write_prepare(module: Module, plan: Plan, layout: Layout) -> None:
    """Write ``prepare(table, first)``: the next trajectories of the queue, ready, into the staging block."""
    with module.function("prepare", [POINTER, WORD]) as code:
        table, first = code.arguments
        block = load_argument(code, table, "staging")
        last = code.binary("sub", load_argument(code, table, "queued"), code.word(1))
        with code.loop(code.shape.lanes) as lane:
            place = code.binary("add", first, lane)
            place = code.select(code.compare("ult", place, last), place, last)
            row = code.load(WORD, code.at(load_argument(code, table, "queue"), place))
            code.store(row, layout.lane(code, block, "row", lane))
            _gather(code, plan, layout, (table, block, row, lane))
        _set_controls(code, layout, block)
        code.call("hoist", block)
        _choose_step(code, plan, layout, (table, block))
        code.finish()


def _gather(code: Code, plan: Plan, layout: Layout, what: tuple[Value, Value, Value, Value]) -> None:
    """Copy one row of the pool into one lane."""
    table, block, row, lane = what
    for name in ("time", "stop", "step"):
        value = code.load(NUMBER, code.at(load_argument(code, table, name), row))
        code.store(value, layout.lane(code, block, name, lane))
    following = code.load(WORD, code.at(load_argument(code, table, "next_read"), row))
    code.store(following, layout.lane(code, block, "next", lane))
    code.store(find_read(code, table, (row, following)), layout.lane(code, block, "read", lane))
    _gather_row(code, layout, what, ("state", "state", len(plan.rates)))
    _gather_truths(code, layout, what, ("switches", "switch", len(plan.switches)))
    _gather_truths(code, layout, what, ("triggers", "trigger", len(plan.triggers)))
    if plan.inputs:
        base = _row_of(code, load_argument(code, table, "inputs"), row, plan.width)
        numbers = code.module.words(plan.inputs)
        target = layout.lane(code, block, "input", lane)
        with code.loop(len(plan.inputs)) as slot:
            index = code.load(WORD, code.at(numbers, slot))
            code.store(code.load(NUMBER, code.at(base, index)), code.at(target, slot, code.shape.bytes))


def _row_of(code: Code, base: Value, row: Value, width: int) -> Value:
    return code.at(base, code.binary("mul", row, code.word(width)))


def _gather_row(
    code: Code, layout: Layout, what: tuple[Value, Value, Value, Value], which: tuple[str, str, int]
) -> None:
    table, block, row, lane = what
    argument, group, width = which
    base = _row_of(code, load_argument(code, table, argument), row, width)
    target = layout.lane(code, block, group, lane)
    with code.loop(width) as index:
        code.store(code.load(NUMBER, code.at(base, index)), code.at(target, index, code.shape.bytes))


def _gather_truths(
    code: Code, layout: Layout, what: tuple[Value, Value, Value, Value], which: tuple[str, str, int]
) -> None:
    """Copy bytes as numbers."""
    table, block, row, lane = what
    argument, group, width = which
    if not width:
        return
    base = code.at(load_argument(code, table, argument), code.binary("mul", row, code.word(width)), 1)
    target = layout.lane(code, block, group, lane)
    with code.loop(width) as index:
        value = code.cast("uitofp", code.load(BYTE, code.at(base, index, 1)), NUMBER)
        code.store(value, code.at(target, index, code.shape.bytes))


def find_read(code: Code, table: Value, what: tuple[Value, Value]) -> Value:
    """Return the time of a row's read-out, infinite after the last."""
    row, following = what
    count = load_argument(code, table, "reads_each")
    more = code.compare("slt", following, count)
    # without another the first is loaded, and not used; the table has a spare word for an empty one
    index = code.binary("add", code.binary("mul", row, count), following)
    index = code.select(more, index, code.word(0))
    value = code.load(NUMBER, code.at(load_argument(code, table, "reads"), index))
    return code.select(more, value, code.number(math.inf))


def _set_controls(code: Code, layout: Layout, block: Value) -> None:
    for name, value in (
        ("root", 1.0),
        ("before", 0.0),
        ("limit", 10.0),
        ("accepted", 0.0),
        ("rejected", 0.0),
    ):
        code.store(code.real(value), layout.address(code, block, name))


def _norm(code: Code, layout: Layout, what: tuple[Value, Value, str], size: int) -> Value:
    """Return the mean square of a group of slots of the staging block, weighted by its states' tolerances."""
    block, relative, group = what
    real = code.shape.real

    def add(index: Value, total: Value) -> Value:
        state = code.load(real, layout.element(code, block, "state", index))
        absolute = code.load(NUMBER, code.at(layout.address(code, block, "absolute"), index))
        scale = code.fma(relative, code.intrinsic("fabs", state), code.spread(absolute))
        value = code.div(code.load(real, layout.element(code, block, group, index)), scale)
        return code.fma(value, value, total)

    return code.mul(code.fold(size, code.real(0.0), add), code.real(1.0 / size))


def _choose_step(code: Code, plan: Plan, layout: Layout, what: tuple[Value, Value]) -> None:
    """Choose the first step where none is given, from the rates here and a little further on.

    Source: Hairer, Nørsett, Wanner, Solving Ordinary Differential Equations I, section II.4.
    """
    table, block = what
    real, size = code.shape.real, len(plan.rates)
    relative = code.spread(load_argument(code, table, "relative"))
    time = code.load(real, layout.address(code, block, "time"))
    stop = code.load(real, layout.address(code, block, "stop"))
    copy_slots(code, layout, block, ("state", "inner", size))
    code.call("rates", block, time)
    d0 = _norm(code, layout, (block, relative, "state"), size)
    d1 = _norm(code, layout, (block, relative, "sum"), size)
    trial = code.mul(code.intrinsic("sqrt", code.div(d0, d1)), code.real(0.01))
    small = code.binary(
        "or", code.compare("olt", d0, code.real(1e-10)), code.compare("olt", d1, code.real(1e-10))
    )
    span = code.sub(stop, time)
    trial = code.select(small, code.smaller(code.mul(span, code.real(1e-6)), code.real(1e-3)), trial)
    trial = code.smaller(trial, span)
    _move_along(code, layout, block, (trial, size))
    code.call("rates", block, code.add(time, trial))
    _subtract(code, layout, block, size)
    d2 = code.div(_norm(code, layout, (block, relative, "sum"), size), code.mul(trial, trial))
    largest = code.larger(code.larger(d1, d2), code.real(1e-30))
    chosen = write_root(code, code.smaller(code.mul(largest, code.real(1e4)), code.real(1e200)))
    chosen = code.smaller(chosen, code.mul(trial, code.real(100.0)))
    if all(plan.graph.value_of(node) == 0 for node in plan.rates):
        chosen = span  # nothing to follow
    given = code.load(real, layout.address(code, block, "step"))
    chosen = code.select(code.compare("ogt", given, code.real(0.0)), given, chosen)
    code.store(chosen, layout.address(code, block, "step"))
    _judge_start(code, layout, block, (d0, d1))


def copy_slots(code: Code, layout: Layout, block: Value, which: tuple[str, str, int]) -> None:
    """Write a copy from one group of slots to another."""
    source, target, size = which
    with code.loop(size) as index:
        value = code.load(code.shape.real, layout.element(code, block, source, index))
        code.store(value, layout.element(code, block, target, index))


def _move_along(code: Code, layout: Layout, block: Value, what: tuple[Value, int]) -> None:
    trial, size = what
    real = code.shape.real
    with code.loop(size) as index:
        state = code.load(real, layout.element(code, block, "state", index))
        rate = code.load(real, layout.element(code, block, "sum", index))
        code.store(code.fma(trial, rate, state), layout.element(code, block, "inner", index))
        code.store(rate, layout.element(code, block, "new", index))


def _subtract(code: Code, layout: Layout, block: Value, size: int) -> None:
    with code.loop(size) as index:
        further = code.load(code.shape.real, layout.element(code, block, "sum", index))
        here = code.load(code.shape.real, layout.element(code, block, "new", index))
        code.store(code.sub(further, here), layout.element(code, block, "sum", index))


def _judge_start(code: Code, layout: Layout, block: Value, norms: tuple[Value, Value]) -> None:
    """Note which lanes can start at all: 0 go, 1 nowhere to go, 2 something is not finite."""
    time = code.load(code.shape.real, layout.address(code, block, "time"))
    stop = code.load(code.shape.real, layout.address(code, block, "stop"))
    sum_of_all = code.add(code.add(*norms), code.intrinsic("fabs", time))
    finite = code.compare("olt", sum_of_all, code.real(math.inf))
    named = code.compare("oeq", stop, stop)
    ahead = code.compare("ogt", stop, time)
    fault = code.select(ahead, code.real(0.0), code.real(1.0))
    fault = code.select(code.binary("and", finite, named), fault, code.real(2.0))
    code.store(fault, layout.address(code, block, "why"))


def write_refill(module: Module, layout: Layout) -> None:
    """Write ``refill(staging, source, block, target)``: move from a staged lane to one under way."""
    with module.function("refill", [POINTER, WORD, POINTER, WORD]) as code:
        staging, source, block, target = code.arguments
        start = code.at(staging, source)
        end = code.at(block, target)
        with code.loop(layout.carried) as index:
            value = code.load(WORD, code.at(start, index, code.shape.bytes))
            code.store(value, code.at(end, index, code.shape.bytes))
        code.finish()
