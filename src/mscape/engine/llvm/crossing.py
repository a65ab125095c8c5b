"""Where in an accepted step a switch or a trigger first turns: looked for at a few places, then halved down.

Only kernels of systems that have switches or events hold any of this.
"""

from __future__ import annotations

from mscape.engine.llvm.builder import Code, Module
from mscape.engine.llvm.equation import make_leaf
from mscape.engine.llvm.expression import Expressions
from mscape.engine.llvm.layout import Layout, Slots
from mscape.engine.llvm.plan import Plan
from mscape.engine.llvm.shape import POINTER, WORD, Value

LOOKS = (0.25, 0.5, 0.75, 1.0)
NEAR = 2.0**-52


def write_crossing(module: Module, plan: Plan, layout: Layout) -> None:
    """Write ``turned(block, time)``, ``locate(block, bits)`` and ``turn(block)``."""
    _write_turned(module, plan, layout)
    _write_locate(module, layout)
    _write_turn(module, plan, layout)


def _write_conditions(code: Code, plan: Plan, layout: Layout, where: tuple[Value, Value]) -> list[Value]:
    """Return switches and triggers, as numbers, of the states in the outputs."""
    block, time = where
    leaf = make_leaf(code, plan, layout, state=(block, "output"), time=time)
    expressions = Expressions(code, plan.graph, leaf)
    return [expressions.get_real(node) for node in (*plan.switches, *plan.triggers)]


def _load_held(code: Code, plan: Plan, layout: Layout, block: Value) -> list[Value]:
    groups = [("switch", len(plan.switches)), ("trigger", len(plan.triggers))]
    return [
        code.load(code.shape.real, layout.address(code, block, group, index))
        for group, count in groups
        for index in range(count)
    ]


def _write_turned(module: Module, plan: Plan, layout: Layout) -> None:
    """Write ``turned(block, time)``: lanes in which the states in the outputs have turned something."""
    with module.function("turned", [POINTER, module.shape.real], WORD) as code:
        block, time = code.arguments
        conditions = _write_conditions(code, plan, layout, (block, time))
        result = code.truth(0)
        for now, held in zip(conditions, _load_held(code, plan, layout, block), strict=True):
            result = code.binary("or", result, code.compare("une", now, held))
        code.finish(code.bits(result))


def _look(code: Code, slots: Slots, at: Value) -> Value:
    """Return which lanes have turned at some times of their steps."""
    share = code.div(code.sub(at, slots.load("time")), slots.load("used"))
    share = code.select(code.compare("oeq", at, slots.load("until")), code.real(1.0), share)
    code.call("interpolate", slots.block, share)
    return code.mask(code.call("turned", slots.block, at, result=WORD))


def _write_locate(module: Module, layout: Layout) -> None:
    """Write ``locate(block, bits)``: end the step of lanes where something turns just after it does."""
    with module.function("locate", [POINTER, WORD]) as code:
        block, bits = code.arguments
        slots = Slots(code, layout, block)
        looked = code.mask(bits)
        time, end = slots.load("time"), slots.load("until")
        low, high, found = time, end, code.truth(0)
        for share in LOOKS:
            at = end if share == 1 else code.fma(code.real(share), code.sub(end, time), time)
            turned = code.binary("and", _look(code, slots, at), looked)
            first = code.binary("and", turned, code.binary("xor", found, code.truth(1)))
            high = code.select(first, at, high)
            found = code.binary("or", found, first)
            low = code.select(found, low, at)
        slots.store("low", low)
        slots.store("high", high)
        slots.store("cut", code.select(found, code.real(1.0), code.real(0.0)))
        with code.when(code.compare("ne", code.bits(found), code.word(0))):
            _halve(code, slots, found)
        slots.store("until", slots.load("high"))
        code.finish()


def _halve(code: Code, slots: Slots, found: Value) -> None:
    with code.forever() as after:
        low, high = slots.load("low"), slots.load("high")
        middle = code.mul(code.add(low, high), code.real(0.5))
        size = code.larger(code.intrinsic("fabs", high), slots.load("used"))
        wide = code.compare("ogt", code.sub(high, low), code.mul(size, code.real(NEAR)))
        inside = code.binary("and", code.compare("ogt", middle, low), code.compare("olt", middle, high))
        going = code.binary("and", code.binary("and", wide, inside), found)
        go = code.label()
        code.branch(code.compare("ne", code.bits(going), code.word(0)), go, after)
        code.place(go)
        turned = _look(code, slots, middle)
        past = code.binary("and", going, turned)
        short = code.binary("and", going, code.binary("xor", turned, code.truth(1)))
        slots.store("high", code.select(past, middle, high))
        slots.store("low", code.select(short, middle, low))


def _write_turn(module: Module, plan: Plan, layout: Layout) -> None:
    """Write ``turn(block)``: move cut lanes to where they end, flip switches; lanes with a trigger turned."""
    with module.function("turn", [POINTER], WORD) as code:
        (block,) = code.arguments
        slots = Slots(code, layout, block)
        real, until = code.shape.real, slots.load("until")
        cut = code.compare("une", slots.load("cut"), code.real(0.0))
        code.call("interpolate", block, code.div(code.sub(until, slots.load("time")), slots.load("used")))
        conditions = _write_conditions(code, plan, layout, (block, until))
        for index in range(len(plan.rates)):
            new = layout.address(code, block, "new", index)
            there = code.load(real, layout.address(code, block, "output", index))
            code.store(code.select(cut, there, code.load(real, new)), new)
        held = _load_held(code, plan, layout, block)
        for index in range(len(plan.switches)):
            place = layout.address(code, block, "switch", index)
            code.store(code.select(cut, conditions[index], held[index]), place)
        result = code.truth(0)
        for now, before in list(zip(conditions, held, strict=True))[len(plan.switches) :]:
            result = code.binary("or", result, code.compare("une", now, before))
        code.finish(code.bits(code.binary("and", result, cut)))
