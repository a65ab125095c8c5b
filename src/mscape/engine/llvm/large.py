"""Large systems: the same functions of a kernel, cut into parts that hand values on through memory.

The time a compiler takes grows faster than the length of a function; some hundred operations each bound it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from mscape.engine.llvm.builder import Code, Module
from mscape.engine.llvm.equation import make_leaf
from mscape.engine.llvm.expression import Expressions
from mscape.engine.llvm.layout import Layout
from mscape.engine.llvm.plan import LONGEST, Plan
from mscape.engine.llvm.shape import POINTER, Value
from mscape.engine.rodas5p import GAMMA, D

Sink = Callable[[Code, Value], None]
Operation = tuple[int, int, int]


def write_large(module: Module, plan: Plan, layout: Layout) -> None:
    """Write ``rates``, ``stage`` and ``first`` of `equation` in parts."""
    for group in ("inner", "state"):
        _write_evaluation(module, plan, layout, group)
    _write_elimination(module, plan, layout)
    _write_substitution(module, plan, layout)
    _write_callers(module, plan, layout)


def _write_evaluation(module: Module, plan: Plan, layout: Layout, group: str) -> None:
    """Write ``evaluate_inner(block, time, 1 / γh)``: rates; ``evaluate_state``: slopes too, as factors."""
    sinks: dict[int, list[Sink]] = {}

    def keep(node: int, name: str, index: int) -> None:
        def sink(code: Code, value: Value) -> None:
            code.store(value, layout.address(code, code.arguments[0], name, index))

        sinks.setdefault(node, []).append(sink)

    for index, node in enumerate(plan.rates):
        keep(node, "rate", index)
    if group == "state":
        for index, node in plan.by_time.items():
            keep(node, "by_time", index)
        for (i, j), node in plan.jacobian.items():
            sinks.setdefault(node, []).append(
                _subtract_from(layout, plan.factors.place[i, j], diagonal=i == j)
            )
    parts = plan.cut(list(sinks))
    slots = plan.find_shared(parts)
    names = []
    for number, nodes in enumerate(parts):
        names.append(f"evaluate_{group}{number}")
        _write_part(module, plan, layout, (names[-1], group, nodes, slots, sinks))
    arguments = [POINTER, module.shape.real, module.shape.real]
    with module.function(f"evaluate_{group}", arguments) as code:
        for name in names:
            code.call(name, *code.arguments)
        code.finish()


def _subtract_from(layout: Layout, place: int, *, diagonal: bool) -> Sink:
    def sink(code: Code, value: Value) -> None:
        value = code.sub(code.arguments[2], value) if diagonal else code.neg(value)
        code.store(value, layout.address(code, code.arguments[0], "factor", place))

    return sink


def _write_part(
    module: Module,
    plan: Plan,
    layout: Layout,
    what: tuple[str, str, Sequence[int], dict[int, int], dict[int, list[Sink]]],
) -> None:
    name, group, nodes, slots, sinks = what
    mine = set(nodes)
    with module.function(name, [POINTER, module.shape.real, module.shape.real]) as code:
        block, time, _ = code.arguments
        symbol = make_leaf(code, plan, layout, state=(block, group), time=time)

        def leaf(node: int) -> Value | None:
            if node in slots and node not in mine:
                return code.load(code.shape.real, layout.address(code, block, "shared", slots[node]))
            return symbol(node)

        expressions = Expressions(code, plan.graph, leaf)
        for node in nodes:
            for sink in sinks.get(node, ()):
                sink(code, expressions.get_real(node))
            if node in slots:
                code.store(expressions.get_real(node), layout.address(code, block, "shared", slots[node]))
        code.finish()


def _in_parts(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    rest = iter(operations)
    while part := list(islice(rest, LONGEST)):
        yield part


class _Memory:
    """Values of one array, loaded when first asked for and stored at the end."""

    def __init__(self, code: Code, base: Value) -> None:
        self._code, self._base = code, base
        self._values: dict[int, Value] = {}
        self._changed: set[int] = set()

    def __getitem__(self, index: int) -> Value:
        if index not in self._values:
            address = self._code.at(self._base, index, self._code.shape.bytes)
            self._values[index] = self._code.load(self._code.shape.real, address)
        return self._values[index]

    def __setitem__(self, index: int, value: Value) -> None:
        self._values[index] = value
        self._changed.add(index)

    def flush(self) -> None:
        for index in sorted(self._changed):
            self._code.store(self._values[index], self._code.at(self._base, index, self._code.shape.bytes))


def _list_elimination(plan: Plan) -> Iterator[Operation]:
    """List the elimination as: entry, entry, entry (a less b c), or −1 in places for inverse and scaling."""
    factors = plan.factors
    for k in factors.order:
        pivot = factors.place[k, k]
        yield pivot, -1, -1
        for i in factors.below[k]:
            yield factors.place[i, k], pivot, -1
        for j in factors.right[k]:
            for i in factors.below[k]:
                yield factors.place[i, j], factors.place[i, k], factors.place[k, j]
            yield factors.place[k, j], pivot, -1


def _write_elimination(module: Module, plan: Plan, layout: Layout) -> None:
    """Write ``eliminate(factors)``: the matrix in its place becomes its factors."""
    names = []
    for number, part in enumerate(_in_parts(_list_elimination(plan))):
        names.append(f"eliminate{number}")
        with module.function(names[-1], [POINTER]) as code:
            memory = _Memory(code, code.arguments[0])
            for target, a, b in part:
                if a < 0:
                    memory[target] = code.div(code.real(1.0), memory[target])
                elif b < 0:
                    memory[target] = code.mul(memory[target], memory[a])
                else:
                    memory[target] = code.fma(code.neg(memory[a]), memory[b], memory[target])
            memory.flush()
            code.finish()
    _write_caller(module, "eliminate", names, [POINTER])


def _list_substitution(plan: Plan) -> Iterator[Operation]:
    """List the two substitutions as: changed entry of x, factor, other entry of x, or −1 for scaling."""
    factors = plan.factors
    for k in factors.order:
        for i in factors.below[k]:
            yield i, factors.place[i, k], k
    for k in factors.order:
        yield k, factors.place[k, k], -1
    for k in reversed(factors.order):
        for j in factors.right[k]:
            yield k, factors.place[k, j], j


def _write_substitution(module: Module, plan: Plan, layout: Layout) -> None:
    """Write ``substitute(factors, x)``: the right side in x becomes the solution."""
    names = []
    for number, part in enumerate(_in_parts(_list_substitution(plan))):
        names.append(f"substitute{number}")
        with module.function(names[-1], [POINTER, POINTER]) as code:
            entries, x = _Memory(code, code.arguments[0]), _Memory(code, code.arguments[1])
            for target, factor, other in part:
                if other < 0:
                    x[target] = code.mul_exactly(x[target], entries[factor])
                else:
                    x[target] = code.fma(code.neg(entries[factor]), x[other], x[target])
            x.flush()
            code.finish()
    _write_caller(module, "substitute", names, [POINTER, POINTER])


def _write_caller(module: Module, name: str, names: Sequence[str], arguments: Sequence[str]) -> None:
    with module.function(name, arguments) as code:
        for part in names:
            code.call(part, *code.arguments)
        code.finish()


def _write_callers(module: Module, plan: Plan, layout: Layout) -> None:
    real, size = module.shape.real, len(plan.rates)
    zero = "rates", "stage", "first"
    with module.function(zero[0], [POINTER, real]) as code:
        block, time = code.arguments
        code.call("evaluate_inner", block, time, time)
        with code.loop(size) as index:
            rate = code.load(real, layout.element(code, block, "rate", index))
            code.store(rate, layout.element(code, block, "sum", index))
        code.finish()
    with module.function(zero[1], [POINTER, POINTER, real, real, real]) as code:
        block, target, time, inverse, slope = code.arguments
        code.call("evaluate_inner", block, time, time)
        _write_right_side(code, plan, layout, (block, target, slope, inverse))
        code.call("substitute", layout.address(code, block, "factor"), target)
        code.finish()
    with module.function(zero[2], [POINTER, POINTER, real, real, real]) as code:
        block, target, time, step, inverse = code.arguments
        diagonal = code.mul(inverse, code.real(1.0 / GAMMA))
        factor = layout.address(code, block, "factor")
        with code.loop(len(plan.factors.place)) as index:
            code.store(code.real(0.0), code.at(factor, index, code.shape.bytes))
        with code.loop(size) as index:  # the pivots come first
            code.store(diagonal, code.at(factor, index, code.shape.bytes))
        code.call("evaluate_state", block, time, diagonal)
        code.call("eliminate", factor)
        _write_right_side(code, plan, layout, (block, target, code.mul(step, code.real(D[0])), None))
        code.call("substitute", factor, target)
        code.finish()


def _write_right_side(
    code: Code, plan: Plan, layout: Layout, what: tuple[Value, Value, Value, Value | None]
) -> None:
    """Write rates, plus their slopes in time, plus what the stages before give."""
    block, target, slope, inverse = what
    real = code.shape.real
    with code.loop(len(plan.rates)) as index:
        value = code.load(real, layout.element(code, block, "rate", index))
        if plan.by_time:
            value = code.fma(slope, code.load(real, layout.element(code, block, "by_time", index)), value)
        if inverse is not None:
            value = code.fma(code.load(real, layout.element(code, block, "sum", index)), inverse, value)
        code.store(value, code.at(target, index, code.shape.bytes))
