"""Read-outs of a step: states at each lane's next read-out, observables of them, into the pool."""

from __future__ import annotations

from mscape.engine.llvm.arguments import load_argument
from mscape.engine.llvm.builder import Code, Module
from mscape.engine.llvm.layout import Layout
from mscape.engine.llvm.plan import Plan
from mscape.engine.llvm.refill import find_read
from mscape.engine.llvm.shape import NUMBER, POINTER, WORD, Value

MOST_UNROLLED = 64  # observables; above, a loop copies them


def write_read_out(module: Module, plan: Plan, layout: Layout, slots: list[int]) -> None:
    """Write ``read_out(table, block, bits)``: every read-out of some lanes up to where the step goes."""
    real, size = module.shape.real, len(plan.rates)
    _write_copy(module, layout, slots)
    with module.function("read_out", [POINTER, POINTER, WORD]) as code:
        table, block, bits = code.arguments
        left = code.reserve(1)
        code.store(bits, left)
        with code.forever() as after:
            some, go = code.load(WORD, left), code.label()
            code.branch(code.compare("ne", some, code.word(0)), go, after)
            code.place(go)
            read = code.load(real, layout.address(code, block, "read"))
            source = _find_source(code, plan, layout, (block, read, some))
            if any(slot >= size for slot in slots):
                code.call("observe", block, read)
            code.call("copy", table, block, some, source)
            later = code.load(real, layout.address(code, block, "read"))
            until = code.load(real, layout.address(code, block, "until"))
            again = code.bits(code.compare("ole", later, until))
            code.store(code.binary("and", some, again), left)
        code.finish()


def _find_source(code: Code, plan: Plan, layout: Layout, what: tuple[Value, Value, Value]) -> Value:
    """Write the states at each lane's read-out; return where they are: the new ones if all lanes land."""
    block, read, some = what
    size = len(plan.rates)
    until = code.load(code.shape.real, layout.address(code, block, "until"))
    inside = code.compare("one", read, until)
    if plan.turning:
        cut = code.load(code.shape.real, layout.address(code, block, "cut"))
        inside = code.binary("or", inside, code.compare("une", cut, code.real(0.0)))
    between = code.binary("and", some, code.bits(inside))
    new, output = (layout.address(code, block, group) for group in ("new", "output"))

    def interpolate() -> Value:
        time = code.load(code.shape.real, layout.address(code, block, "time"))
        share = code.div(
            code.sub(read, time), code.load(code.shape.real, layout.address(code, block, "used"))
        )
        share = code.smaller(code.larger(share, code.real(0.0)), code.real(1.0))
        share = code.select(inside, share, code.real(1.0))
        code.call("interpolate", block, share)
        return output

    def take_new() -> Value:
        with code.loop(size) as index:
            value = code.load(code.shape.real, code.at(new, index, code.shape.bytes))
            code.store(value, code.at(output, index, code.shape.bytes))
        return output

    plain = all(plan.graph.nodes[node][0] == "state" for node in plan.observables)
    source = code.choose(code.compare("ne", between, code.word(0)), interpolate, new)
    if plain:
        return source
    return code.choose(code.compare("eq", between, code.word(0)), take_new, output)


def _write_copy(module: Module, layout: Layout, slots: list[int]) -> None:
    """Write ``copy(table, block, bits, source)``: observables of some lanes into the pool, and go on."""
    with module.function("copy", [POINTER, POINTER, WORD, POINTER]) as code:
        table, block, bits, source = code.arguments
        values = load_argument(code, table, "values")
        reads = load_argument(code, table, "reads_each")
        width = code.binary("mul", reads, code.word(8 * len(slots)))
        with code.each(bits) as lane:
            row = code.load(WORD, layout.lane(code, block, "row", lane))
            place = layout.lane(code, block, "next", lane)
            following = code.load(WORD, place)
            target = code.at(code.at(values, code.binary("mul", row, width), 1), following, 8 * len(slots))
            _copy_column(code, (code.at(source, lane), target), slots)
            following = code.binary("add", following, code.word(1))
            code.store(following, place)
            code.store(find_read(code, table, (row, following)), layout.lane(code, block, "read", lane))
        code.finish()


def _copy_column(code: Code, ends: tuple[Value, Value], slots: list[int]) -> None:
    source, target = ends
    if len(slots) <= MOST_UNROLLED:
        for number, slot in enumerate(slots):
            code.store(code.load(NUMBER, code.at(source, slot, code.shape.bytes)), code.at(target, number))
        return
    numbers = code.module.words(slots)
    with code.loop(len(slots)) as index:
        place = code.load(WORD, code.at(numbers, index))
        code.store(code.load(NUMBER, code.at(source, place, code.shape.bytes)), code.at(target, index))
