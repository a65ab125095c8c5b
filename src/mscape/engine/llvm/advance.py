"""The main loop of a kernel: fill free lanes, try a step, accept or not, put down what is finished."""

from __future__ import annotations

import math

from mscape.engine.llvm.arguments import load_argument
from mscape.engine.llvm.builder import Code, Module
from mscape.engine.llvm.layout import Layout, Slots
from mscape.engine.llvm.plan import Plan
from mscape.engine.llvm.refill import copy_slots
from mscape.engine.llvm.shape import BYTE, NUMBER, POINTER, WORD, Value
from mscape.engine.llvm.step import write_root
from mscape.engine.pool import Stop

SAFETY = 0.9
SHRINK = 0.2
GROW = 6.0
NEAR = 0.1  # of a step: a read-out nearer than that is not landed on
TIGHT = 4e-16  # a step that much smaller than the time does not move it


def write_take(module: Module, layout: Layout) -> None:
    """Write ``take(table, cursor, block, lane)``: the next that can start into a lane; whether there was one.

    The cursor holds: how many of the queue have been staged, the next staged lane, how many lanes are staged.
    """
    with module.function("take", [POINTER, POINTER, POINTER, WORD], WORD) as code:
        table, cursor, block, lane = code.arguments
        begin, stage, none, look, go, fault = (code.label() for _ in range(6))
        code.jump(begin)
        code.place(begin)
        following = code.load(WORD, code.at(cursor, 1))
        code.branch(code.compare("eq", following, code.load(WORD, code.at(cursor, 2))), stage, look)
        code.place(stage)
        _stage_more(code, (table, cursor), (none, begin))
        code.place(none)
        code.finish(code.word(0))
        code.place(look)
        staging = load_argument(code, table, "staging")
        code.store(code.binary("add", following, code.word(1)), code.at(cursor, 1))
        why = code.load(NUMBER, layout.lane(code, staging, "why", following))
        code.branch(code.compare("oeq", why, code.number(0.0)), go, fault)
        code.place(fault)
        row = code.load(WORD, layout.lane(code, staging, "row", following))
        stop = code.select(code.compare("oeq", why, code.number(1.0)), code.word(0), code.word(5))
        code.store(stop, code.at(load_argument(code, table, "why"), row))
        code.jump(begin)
        code.place(go)
        code.call("refill", staging, following, block, lane)
        code.finish(code.word(1))


def _stage_more(code: Code, where: tuple[Value, Value], labels: tuple[str, str]) -> None:
    table, cursor = where
    none, begin = labels
    more = code.label()
    done = code.load(WORD, cursor)
    queued = load_argument(code, table, "queued")
    code.branch(code.compare("uge", done, queued), none, more)
    code.place(more)
    code.call("prepare", table, done)
    left = code.binary("sub", queued, done)
    lanes = code.word(code.shape.lanes)
    count = code.select(code.compare("ult", left, lanes), left, lanes)
    code.store(code.binary("add", done, count), cursor)
    code.store(code.word(0), code.at(cursor, 1))
    code.store(count, code.at(cursor, 2))
    code.jump(begin)


def write_put_down(module: Module, plan: Plan, layout: Layout) -> None:
    """Write ``put_down(table, block, lane)``: a lane's trajectory back into the pool."""
    with module.function("put_down", [POINTER, POINTER, WORD]) as code:
        table, block, lane = code.arguments
        row = code.load(WORD, layout.lane(code, block, "row", lane))
        size = len(plan.rates)
        target = code.at(load_argument(code, table, "state"), code.binary("mul", row, code.word(size)))
        source = layout.lane(code, block, "state", lane)
        with code.loop(size) as index:
            value = code.load(NUMBER, code.at(source, index, code.shape.bytes))
            code.store(value, code.at(target, index))
        _put_switches(code, plan, layout, (table, block, row, lane))
        for name in ("time", "step"):
            value = code.load(NUMBER, layout.lane(code, block, name, lane))
            code.store(value, code.at(load_argument(code, table, name), row))
        following = code.load(WORD, layout.lane(code, block, "next", lane))
        code.store(following, code.at(load_argument(code, table, "next_read"), row))
        why = code.cast("fptosi", code.load(NUMBER, layout.lane(code, block, "why", lane)), WORD)
        code.store(why, code.at(load_argument(code, table, "why"), row))
        steps = code.at(load_argument(code, table, "steps"), row, 16)
        for place, name in enumerate(("accepted", "rejected")):
            count = code.cast("fptosi", code.load(NUMBER, layout.lane(code, block, name, lane)), WORD)
            where = code.at(steps, place)
            code.store(code.binary("add", count, code.load(WORD, where)), where)
        code.finish()


def _put_switches(code: Code, plan: Plan, layout: Layout, what: tuple[Value, Value, Value, Value]) -> None:
    table, block, row, lane = what
    if not plan.switches:
        return
    count = len(plan.switches)
    target = code.at(load_argument(code, table, "switches"), code.binary("mul", row, code.word(count)), 1)
    source = layout.lane(code, block, "switch", lane)
    with code.loop(count) as index:
        value = code.load(NUMBER, code.at(source, index, code.shape.bytes))
        code.store(code.cast("fptoui", value, BYTE), code.at(target, index, 1))


def write_advance(module: Module, plan: Plan, layout: Layout, blocks: int) -> None:
    """Write ``advance(table)``: the kernel itself.

    Several blocks take their steps in turn: while one waits for a chain of operations the next can go on.
    """
    _write_begin(module, layout)
    _write_conclude(module, plan, layout)
    with module.function("advance", [POINTER], how="public") as code:
        (table,) = code.arguments
        first = load_argument(code, table, "block")
        places = [code.at(first, number * layout.slots, code.shape.bytes) for number in range(blocks)]
        cursor = code.reserve(3)
        for place in range(3):
            code.store(code.word(0), code.at(cursor, place))
        for block in places:
            code.store(code.word(0), layout.address(code, block, "active"))
            code.store(code.word((1 << code.shape.lanes) - 1), layout.address(code, block, "free"))
        with code.forever() as done:
            going = [code.call("begin", table, cursor, block, result=WORD) for block in places]
            _attempt(code, (table, places, going), done)
        code.finish()


def _attempt(code: Code, what: tuple[Value, list[Value], list[Value]], done: str) -> None:
    """Write a step of the blocks that hold something; the last of the queue may be all in one."""
    table, places, going = what
    if len(places) > 1:
        both = code.compare("ne", going[0], code.word(0))
        for word in going[1:]:
            both = code.binary("and", both, code.compare("ne", word, code.word(0)))
        together, apart, after = code.label(), code.label(), code.label()
        code.branch(both, together, apart)
        code.place(together)
        code.call("attempt_together", *places)
        for block in places:
            code.call("conclude", table, block)
        code.jump(after)
        code.place(apart)
    some = code.word(0)
    for block, word in zip(places, going, strict=True):
        with code.when(code.compare("ne", word, code.word(0))):
            code.call("attempt", block)
            code.call("conclude", table, block)
        some = code.binary("or", some, word)
    go = code.label()
    code.branch(code.compare("ne", some, code.word(0)), go, done)
    code.place(go)
    if len(places) > 1:
        code.jump(after)
        code.place(after)


def _write_begin(module: Module, layout: Layout) -> None:
    """Write ``begin(table, cursor, block)``: fill free lanes, choose steps; the lanes under way."""
    with module.function("begin", [POINTER, POINTER, POINTER], WORD) as code:
        table, cursor, block = code.arguments
        free, active = layout.address(code, block, "free"), layout.address(code, block, "active")
        with code.each(code.load(WORD, free)) as lane:
            got = code.call("take", table, cursor, block, lane, result=WORD)
            code.store(code.binary("or", code.load(WORD, active), code.binary("shl", got, lane)), active)
        code.store(code.word(0), free)
        _choose_length(code, Slots(code, layout, block))
        code.finish(code.load(WORD, active))


def _write_conclude(module: Module, plan: Plan, layout: Layout) -> None:
    """Write ``conclude(table, block)``: accept or reject the step tried, and put down what is finished."""
    with module.function("conclude", [POINTER, POINTER]) as code:
        table, block = code.arguments
        place = layout.address(code, block, "active")
        lanes, active = Slots(code, layout, block), code.load(WORD, place)
        accepted = code.compare("ole", lanes.load("error"), code.real(1.0))
        bits = code.binary("and", code.bits(accepted), active)
        _set_step(code, lanes, accepted)
        if plan.turning:
            code.call("locate", block, bits)
        crossed = code.bits(code.compare("ole", lanes.load("read"), lanes.load("until")))
        crossed = code.binary("and", crossed, bits)
        with code.when(code.compare("ne", crossed, code.word(0))):
            code.call("read_out", table, block, crossed)
        triggered = _turn(code, lanes, bits) if plan.turning else code.word(0)
        lanes.store("time", code.select(accepted, lanes.load("until"), lanes.load("time")))
        _commit(code, layout, (block, accepted), len(plan.rates))
        finished = _find_finished(code, lanes, (table, accepted, triggered))
        finished = code.binary("or", finished, _find_resting(code, layout, plan, (table, block, finished)))
        finished = code.binary("and", finished, active)
        with code.each(finished) as lane:
            code.call("put_down", table, block, lane)
        code.store(code.binary("and", active, code.binary("xor", finished, code.word(-1))), place)
        code.store(finished, layout.address(code, block, "free"))
        code.finish()


def _turn(code: Code, lanes: Slots, bits: Value) -> Value:
    """Write what happens to lanes in which something turned; return those with a trigger among it."""
    cut = code.bits(code.compare("une", lanes.load("cut"), code.real(0.0)))

    def turn() -> Value:
        # the steps before say nothing about those to come
        lanes.store("before", code.select(code.mask(cut), code.real(0.0), lanes.load("before")))
        return code.call("turn", lanes.block, result=WORD)

    cut = code.binary("and", cut, bits)
    return code.choose(code.compare("ne", cut, code.word(0)), turn, code.word(0))


def _choose_length(code: Code, lanes: Slots) -> None:
    """Choose the steps to try: what control asks for, or so as to land on a read-out or the stop.

    At the end of a step, quickly decaying parts of the state are where they belong; between its ends they are
    less exact. So a read-out ahead is landed on, unless it is so near that the step would be wasted.
    """
    time, step = lanes.load("time"), lanes.load("step")
    read = lanes.load("read")
    near = code.compare("olt", code.sub(read, time), code.mul(step, code.real(NEAR)))
    stop = lanes.load("stop")
    goal = code.smaller(code.select(near, stop, read), stop)
    left = code.sub(goal, time)
    half = code.select(
        code.compare("olt", left, code.mul(step, code.real(2.0))), code.mul(left, code.real(0.5)), step
    )
    used = code.select(code.compare("ole", left, code.mul(step, code.real(1.001))), left, half)
    lanes.store("used", used)
    lanes.store("until", code.select(code.compare("oeq", used, left), goal, code.add(time, used)))


def _set_step(code: Code, lanes: Slots, accepted: Value) -> None:
    """Set the next steps by the predictive control of Gustafsson (ACM TOMS 20:496, 1994)."""
    used, error = lanes.load("used"), lanes.load("error")
    bounded = code.select(code.compare("olt", error, code.real(1e20)), error, code.real(1e20))
    root = write_root(code, code.larger(bounded, code.real(1e-20)))
    simple = code.mul(root, code.real(SAFETY))
    before = lanes.load("before")
    trend = code.div(code.mul(used, root), code.mul(before, lanes.load("root")))
    predicted = code.select(code.compare("ogt", before, code.real(0.0)), code.mul(simple, trend), simple)
    limit = lanes.load("limit")
    factor = code.smaller(code.smaller(simple, predicted), limit)
    factor = code.select(accepted, factor, simple)
    following = code.mul(used, code.larger(factor, code.real(SHRINK)))
    asked = lanes.load("step")
    calm = code.binary("and", accepted, code.compare("oge", factor, code.real(1.0)))
    following = code.select(calm, code.larger(following, asked), following)
    lanes.store("step", following)
    lanes.store("limit", code.select(accepted, code.real(GROW), code.real(1.0)))
    lanes.store("before", code.select(accepted, used, before))
    lanes.store("root", code.select(accepted, root, lanes.load("root")))


def _find_finished(code: Code, lanes: Slots, what: tuple[Value, Value, Value]) -> Value:
    """Return the lanes that end here as bits, and note why."""
    table, accepted, triggered = what
    one, zero = code.real(1.0), code.real(0.0)
    good = code.add(lanes.load("accepted"), code.select(accepted, one, zero))
    bad = code.add(lanes.load("rejected"), code.select(accepted, zero, one))
    lanes.store("accepted", good)
    lanes.store("rejected", bad)
    most = code.spread(load_argument(code, table, "max_steps"))
    many = code.compare("oge", code.add(good, bad), most)
    least = code.fma(code.intrinsic("fabs", lanes.load("time")), code.real(TIGHT), code.real(1e-290))
    rejected = code.binary("xor", accepted, code.truth(1))
    # also true of a step that is not a number
    tiny = code.binary("and", rejected, code.compare("ule", lanes.load("used"), least))
    finite = code.compare("olt", lanes.load("error"), code.real(math.inf))
    reached = code.binary("and", accepted, code.compare("oge", lanes.load("time"), lanes.load("stop")))
    why = code.real(Stop.TOO_MANY_STEPS)
    small = code.select(finite, code.real(Stop.STEP_TOO_SMALL), code.real(Stop.NOT_FINITE))
    why = code.select(tiny, small, why)
    why = code.select(reached, code.real(Stop.REACHED), why)
    why = code.select(code.mask(triggered), code.real(Stop.TRIGGERED), why)
    lanes.store("why", why)
    ended = code.bits(code.binary("or", reached, code.binary("or", tiny, many)))
    return code.binary("or", ended, triggered)


def _find_resting(code: Code, layout: Layout, plan: Plan, what: tuple[Value, Value, Value]) -> Value:
    """Return the lanes in which nothing changes any more as bits, if asked for."""
    table, block, finished = what
    steady = load_argument(code, table, "steady")

    def look() -> Value:
        lanes, real = Slots(code, layout, block), code.shape.real
        copy_slots(code, layout, block, ("state", "inner", len(plan.rates)))
        code.call("rates", block, lanes.load("time"))
        relative, share = lanes.load("relative"), code.spread(steady)

        def keep(index: Value, still: Value) -> Value:
            state = code.load(real, layout.element(code, block, "state", index))
            rate = code.load(real, layout.element(code, block, "sum", index))
            absolute = code.load(NUMBER, code.at(layout.address(code, block, "absolute"), index))
            allowed = code.fma(relative, code.intrinsic("fabs", state), code.spread(absolute))
            rests = code.compare("ole", code.intrinsic("fabs", rate), code.mul(share, allowed))
            return code.binary("and", still, rests)

        still = code.fold(len(plan.rates), code.truth(1), keep)
        still = code.binary("and", still, code.mask(code.binary("xor", finished, code.word(-1))))
        lanes.store("why", code.select(still, code.real(Stop.STEADY), lanes.load("why")))
        return code.bits(still)

    return code.choose(code.compare("ogt", steady, code.number(0.0)), look, code.word(0))


def _commit(code: Code, layout: Layout, what: tuple[Value, Value], size: int) -> None:
    block, accepted = what
    real = code.shape.real
    with code.loop(size) as index:
        place = layout.element(code, block, "state", index)
        new = code.load(real, layout.element(code, block, "new", index))
        code.store(code.select(accepted, new, code.load(real, place)), place)
