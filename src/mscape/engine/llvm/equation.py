"""The functions of a kernel that know the equations: rates, a stage, factors, hoisted values, observables."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mscape.engine.llvm.builder import Code, Module
from mscape.engine.llvm.expression import Expressions, Leaf
from mscape.engine.llvm.factorise import write_factorisation, write_solution
from mscape.engine.llvm.layout import Layout
from mscape.engine.llvm.plan import Plan
from mscape.engine.llvm.shape import POINTER, Value
from mscape.engine.rodas5p import GAMMA, STAGES, A, C, D, G


def make_leaf(code: Code, plan: Plan, layout: Layout, *, state: tuple[Value, str], time: Value) -> Leaf:
    """Return how symbols and hoisted nodes are loaded from a block, states from one of its groups."""
    block, group = state
    hoisted = {node: index for index, node in enumerate(plan.hoisted)}

    def leaf(node: int) -> Value | None:
        if node in hoisted:
            return code.load(code.shape.real, layout.address(code, block, "hoisted", hoisted[node]))
        operation, arguments = plan.graph.nodes[node]
        if operation == "state":
            return code.load(code.shape.real, layout.address(code, block, group, int(arguments[0])))
        if operation == "switch":
            return code.load(code.shape.real, layout.address(code, block, "switch", int(arguments[0])))
        return time if operation == "time" else None

    return leaf


def write_hoist(module: Module, plan: Plan, layout: Layout) -> None:
    """Write ``hoist(block)``: from the inputs of a block to its hoisted values."""
    with module.function("hoist", [POINTER]) as code:
        (block,) = code.arguments
        code.inlines = False  # once a trajectory: quick to compile counts for more
        slots = {number: slot for slot, number in enumerate(plan.inputs)}

        def leaf(node: int) -> Value | None:
            operation, arguments = plan.graph.nodes[node]
            if operation != "input":
                return None
            return code.load(code.shape.real, layout.address(code, block, "input", slots[int(arguments[0])]))

        expressions = Expressions(code, plan.graph, leaf)
        for index, node in enumerate(plan.hoisted):
            code.store(expressions.get_real(node), layout.address(code, block, "hoisted", index))
        code.finish()


def write_rates(module: Module, plan: Plan, layout: Layout) -> None:
    """Write ``rates(block, time)``: from the inner states of a block to rates in its sums."""
    with module.function("rates", [POINTER, module.shape.real]) as code:
        block, time = code.arguments
        leaf = make_leaf(code, plan, layout, state=(block, "inner"), time=time)
        expressions = Expressions(code, plan.graph, leaf)
        for index, node in enumerate(plan.rates):
            code.store(expressions.get_real(node), layout.address(code, block, "sum", index))
        code.finish()


def _solve_into(
    code: Code, plan: Plan, layout: Layout, block: Value, sides: tuple[list[Value], Value]
) -> None:
    right, stage = sides

    def entry(place: int) -> Value:
        return code.load(code.shape.real, layout.address(code, block, "factor", place))

    for index, value in enumerate(write_solution(code, plan.factors, right, entry)):
        code.store(value, code.at(stage, index, code.shape.bytes))


def write_stage(module: Module, plan: Plan, layout: Layout) -> None:
    """Write ``stage(block, where to, time, 1 / h, h d)``: a later stage, from inner states and sums."""
    real = module.shape.real
    with module.function("stage", [POINTER, POINTER, real, real, real]) as code:
        block, target, time, inverse, slope = code.arguments
        leaf = make_leaf(code, plan, layout, state=(block, "inner"), time=time)
        expressions = Expressions(code, plan.graph, leaf)
        right = []
        for index, node in enumerate(plan.rates):
            rate = expressions.get(node)
            if index in plan.by_time:
                by_time = code.load(real, layout.address(code, block, "by_time", index))
                rate = code.fma(slope, by_time, rate)
            past = code.load(real, layout.address(code, block, "sum", index))
            right.append(code.fma(past, inverse, rate))
        _solve_into(code, plan, layout, block, (right, target))
        code.finish()


def write_whole_stage(module: Module, plan: Plan, layout: Layout, number: int) -> None:
    """Write ``stage<number>(block, time, step, 1 / step)``: a later stage and its sums, of few states."""
    real = module.shape.real
    with module.function(f"stage{number}", [POINTER, real, real, real]) as code:
        block, time, step, inverse = code.arguments
        size = len(plan.rates)
        points: dict[int, Value] = {}

        def get_stage(j: int, index: int) -> Value:
            return code.load(real, layout.address(code, block, "stage", j * size + index))

        def get_point(index: int) -> Value:
            if index not in points:
                points[index] = _write_point(code, layout, block, (number, index, get_stage))
            return points[index]

        at = code.fma(step, code.real(C[number]), time) if C[number] else time
        inner = make_leaf(code, plan, layout, state=(block, "inner"), time=at)

        def leaf(node: int) -> Value | None:
            operation, arguments = plan.graph.nodes[node]
            return get_point(int(arguments[0])) if operation == "state" else inner(node)

        expressions = Expressions(code, plan.graph, leaf)
        right = []
        for index, node in enumerate(plan.rates):
            total = code.mul(code.real(G[number][0]), get_stage(0, index))
            for j in range(1, number):
                total = code.fma(code.real(G[number][j]), get_stage(j, index), total)
            rate = expressions.get(node)
            if index in plan.by_time and D[number]:
                by_time = code.load(real, layout.address(code, block, "by_time", index))
                rate = code.fma(code.mul(step, code.real(D[number])), by_time, rate)
            right.append(code.fma(total, inverse, rate))
        target = layout.address(code, block, "stage", number * size)
        _solve_into(code, plan, layout, block, (right, target))
        for index in range(size) if number >= STAGES - 3 else ():
            code.store(get_point(index), layout.address(code, block, "inner", index))
        code.finish()


def _write_point(
    code: Code, layout: Layout, block: Value, what: tuple[int, int, Callable[[int, int], Value]]
) -> Value:
    """Write where a stage evaluates, for one state."""
    number, index, get_stage = what
    real = code.shape.real
    if A[number][:-1] == A[number - 1] and A[number][-1] == 1.0:
        before = code.load(real, layout.address(code, block, "inner", index))
        return code.add(before, get_stage(number - 1, index))
    point = code.load(real, layout.address(code, block, "state", index))
    for j, weight in enumerate(A[number]):
        point = code.fma(code.real(weight), get_stage(j, index), point)
    return point


def write_first_stage(module: Module, plan: Plan, layout: Layout) -> None:
    """Write ``first(block, where to, time, h, 1 / h)``: rates, Jacobian, factors and the first stage."""
    real = module.shape.real
    with module.function("first", [POINTER, POINTER, real, real, real]) as code:
        block, target, time, step, inverse = code.arguments
        leaf = make_leaf(code, plan, layout, state=(block, "state"), time=time)
        expressions = Expressions(code, plan.graph, leaf)
        right = []
        for index, node in enumerate(plan.rates):
            rate = expressions.get(node)
            if index in plan.by_time:
                by_time = expressions.get(plan.by_time[index])
                code.store(by_time, layout.address(code, block, "by_time", index))
                rate = code.fma(code.mul(step, code.real(D[0])), by_time, rate)
            right.append(rate)

        def keep(place: int, value: Value) -> None:
            code.store(value, layout.address(code, block, "factor", place))

        diagonal = code.mul(inverse, code.real(1.0 / GAMMA))
        write_factorisation(code, plan.factors, _matrix(code, plan, expressions, diagonal), keep)
        _solve_into(code, plan, layout, block, (right, target))
        code.finish()


def _matrix(
    code: Code, plan: Plan, expressions: Expressions, diagonal: Value
) -> Callable[[int, int], Value | None]:
    def start(i: int, j: int) -> Value | None:
        node = plan.jacobian.get((i, j))
        if i == j:
            return diagonal if node is None else code.sub(diagonal, expressions.get(node))
        return None if node is None else expressions.get(node)

    return start


def write_outputs(module: Module, plan: Plan, layout: Layout) -> None:
    """Write ``observe(block, time)``: observables but plain states, behind the states in the outputs."""
    with module.function("observe", [POINTER, module.shape.real]) as code:
        block, time = code.arguments
        leaf = make_leaf(code, plan, layout, state=(block, "output"), time=time)
        expressions = Expressions(code, plan.graph, leaf)
        for index, node in enumerate(plan.observables):
            if plan.graph.nodes[node][0] != "state":
                where = layout.address(code, block, "output", len(plan.rates) + index)
                code.store(expressions.get_real(node), where)
        code.finish()


def list_output_slots(plan: Plan) -> list[int]:
    """Return for each observable the slot of the outputs it is found in."""
    graph, size = plan.graph, len(plan.rates)
    return [
        int(graph.nodes[node][1][0]) if graph.nodes[node][0] == "state" else size + index
        for index, node in enumerate(plan.observables)
    ]


def list_needed_states(plan: Plan, nodes: Iterable[int]) -> list[int]:
    """Return the states that some nodes need, in order."""
    reached = plan.graph.reach(nodes)
    hoisted = set(plan.hoisted)
    return sorted(
        {
            int(plan.graph.nodes[n][1][0])
            for n in reached
            if n not in hoisted and plan.graph.nodes[n][0] == "state"
        }
    )
