"""From formulas to the graph: every operation of MathML in terms of the few that a graph has."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import pairwise

from mscape.errors import ModelError
from mscape.network.expression import Apply, Call, Expression, Name, Number, Truth
from mscape.network.graph import Graph
from mscape.network.network import Function

MAX_NODES = 1_000_000
_FACTORIALS = tuple(float(math.factorial(n)) for n in range(171))


def as_number(graph: Graph, node: int) -> int:
    """Return a node as a number: 1 for true, 0 for false."""
    return graph.add("as_number", node) if graph.is_boolean(node) else node


def as_boolean(graph: Graph, node: int) -> int:
    """Return a node as a boolean: false for 0, else true."""
    return node if graph.is_boolean(node) else graph.add("as_boolean", node)


class Lowering:
    """Adds formulas to a graph, given what names mean there.

    Parameters
    ----------
    graph
        Grows.
    functions
        The model's, by id.
    values
        Name to node; may be added to between formulas.
    where
        The model, for messages.
    """

    def __init__(
        self, graph: Graph, functions: Mapping[str, Function], values: dict[str, int], where: str
    ) -> None:
        self.graph = graph
        self.values = values
        self._functions = functions
        self._where = where
        self._work = 0

    def number(self, expression: Expression) -> int:
        """Return the node of a formula's value as a number.

        Raises
        ------
        ModelError
            A name or function the model does not have, or a formula out of all bounds.
        """
        return as_number(self.graph, self._lower(expression, {}))

    def boolean(self, expression: Expression) -> int:
        """Return the node of a formula's value as a boolean; raises as `number`."""
        return as_boolean(self.graph, self._lower(expression, {}))

    def _lower(self, expression: Expression, arguments: Mapping[str, int]) -> int:
        self._work += 1
        if self._work > MAX_NODES:
            raise ModelError(self._where, "formulas that never end", f"at most {MAX_NODES} terms", "split it")
        if isinstance(expression, Number):
            return self.graph.number(expression.value)
        if isinstance(expression, Truth):
            return self.graph.boolean(expression.value)
        if isinstance(expression, Name):
            return self._look_up(expression.id, arguments)
        if isinstance(expression, Call):
            if expression.function == "time":
                return self.graph.add("time")
            if expression.function == "rateOf":
                (target,) = expression.arguments
                assert isinstance(target, Name)
                return self._look_up_rate(target.id)
            nodes = [self._lower(item, arguments) for item in expression.arguments]
            return _OPERATIONS[expression.function](self.graph, nodes)
        return self._apply(expression, [self._lower(item, arguments) for item in expression.arguments])

    def _look_up(self, name: str, arguments: Mapping[str, int]) -> int:
        if name in arguments:
            return arguments[name]
        if name not in self.values:
            raise ModelError(self._where, f"{name} in a formula", "a name the model has", "correct the name")
        return self.values[name]

    def _look_up_rate(self, name: str) -> int:
        if name_rate(name) not in self.values:
            expected = "a species, compartment or parameter that no assignment rule sets"
            raise ModelError(self._where, f"rateOf({name})", expected, "write its rate as a formula")
        return self.values[name_rate(name)]

    def _apply(self, expression: Apply, nodes: list[int]) -> int:
        function = self._functions.get(expression.function)
        if function is None:
            raise ModelError(
                self._where, f"function {expression.function}", "one that the model defines", "define it"
            )
        if len(nodes) != len(function.arguments):
            found = f"{function.id} with {len(nodes)} arguments"
            raise ModelError(self._where, found, str(len(function.arguments)), "give one for each")
        return self._lower(function.body, dict(zip(function.arguments, nodes, strict=True)))


def name_rate(name: str) -> str:
    """Return the name under which the rate of a variable is known."""
    return f"rateOf({name})"


_Operation = Callable[[Graph, Sequence[int]], int]


def _fold(operation: str, empty: float) -> _Operation:
    def lower(graph: Graph, nodes: Sequence[int]) -> int:
        numbers = [as_number(graph, node) for node in nodes]
        return reduce(lambda a, b: graph.add(operation, a, b), numbers) if numbers else graph.number(empty)

    return lower


def _fold_truths(operation: str, *, empty: bool) -> _Operation:
    def lower(graph: Graph, nodes: Sequence[int]) -> int:
        truths = [as_boolean(graph, node) for node in nodes]
        return reduce(lambda a, b: graph.add(operation, a, b), truths) if truths else graph.boolean(empty)

    return lower


def _direct(operation: str) -> _Operation:
    return lambda graph, nodes: graph.add(operation, *(as_number(graph, node) for node in nodes))


def _chain(operation: str, *, swap: bool = False) -> _Operation:
    """A comparison of neighbours: a < b < c is a < b and b < c."""

    def lower(graph: Graph, nodes: Sequence[int]) -> int:
        numbers = [as_number(graph, node) for node in nodes]
        pairs = [(b, a) if swap else (a, b) for a, b in pairwise(numbers)]
        return reduce(lambda a, b: graph.add("and", a, b), [graph.add(operation, *pair) for pair in pairs])

    return lower


def _lower_minus(graph: Graph, nodes: Sequence[int]) -> int:
    numbers = [as_number(graph, node) for node in nodes]
    return graph.add("neg", *numbers) if len(numbers) == 1 else graph.add("sub", *numbers)


def _lower_piecewise(graph: Graph, nodes: Sequence[int]) -> int:
    pairs = list(zip(nodes[::2], nodes[1::2], strict=False))
    truths = all(graph.is_boolean(node) for node in nodes[::2])
    value = as_number(graph, nodes[-1]) if len(nodes) % 2 else graph.number(math.nan)
    for yes, condition in reversed(pairs):
        value = graph.add("select", as_boolean(graph, condition), as_number(graph, yes), value)
    return graph.add("as_boolean", value) if truths and len(nodes) % 2 else value


def _lower_xor(graph: Graph, nodes: Sequence[int]) -> int:
    def pair(a: int, b: int) -> int:
        either, both = graph.add("or", a, b), graph.add("and", a, b)
        return graph.add("and", either, graph.add("not", both))

    return reduce(pair, [as_boolean(graph, node) for node in nodes], graph.boolean(False))  # noqa: FBT003


def _lower_implies(graph: Graph, nodes: Sequence[int]) -> int:
    first, second = (as_boolean(graph, node) for node in nodes)
    return graph.add("or", graph.add("not", first), second)


def _lower_not(graph: Graph, nodes: Sequence[int]) -> int:
    return graph.add("not", as_boolean(graph, nodes[0]))


def _lower_log(graph: Graph, nodes: Sequence[int]) -> int:
    base, value = (as_number(graph, node) for node in nodes)
    known = graph.value_of(base)
    below = graph.number(math.log(known)) if known is not None and known > 0 else graph.add("log", base)
    return graph.add("div", graph.add("log", value), below)


def _lower_root(graph: Graph, nodes: Sequence[int]) -> int:
    degree, value = (as_number(graph, node) for node in nodes)
    return graph.add("pow", value, graph.add("div", graph.number(1.0), degree))


def _lower_quotient(graph: Graph, nodes: Sequence[int]) -> int:
    a, b = (as_number(graph, node) for node in nodes)
    return graph.add("floor", graph.add("div", a, b))


def _lower_rem(graph: Graph, nodes: Sequence[int]) -> int:
    a, b = (as_number(graph, node) for node in nodes)
    return graph.add("sub", a, graph.add("mul", b, _lower_quotient(graph, (a, b))))


def _lower_factorial(graph: Graph, nodes: Sequence[int]) -> int:
    node = as_number(graph, nodes[0])
    value = graph.value_of(node)
    if value is not None:
        whole = value >= 0 and value == math.floor(value)
        return graph.number(_FACTORIALS[int(value)] if whole and value <= 170 else math.nan)
    return _search_table(graph, node, 0, len(_FACTORIALS))


def _search_table(graph: Graph, node: int, low: int, high: int) -> int:
    if high - low == 1:
        return graph.number(_FACTORIALS[low])
    middle = (low + high) // 2
    below = graph.add("lt", node, graph.number(middle - 0.5))
    return graph.add(
        "select", below, _search_table(graph, node, low, middle), _search_table(graph, node, middle, high)
    )


def _turned(operation: _Operation) -> _Operation:
    """One over the function: sec is 1 / cos."""
    return lambda graph, nodes: graph.add("div", graph.number(1.0), operation(graph, nodes))


def _of_turned(operation: _Operation) -> _Operation:
    """The function of one over: arcsec x is arccos 1 / x."""

    def lower(graph: Graph, nodes: Sequence[int]) -> int:
        return operation(graph, [graph.add("div", graph.number(1.0), as_number(graph, nodes[0]))])

    return lower


def _trigonometry() -> dict[str, _Operation]:
    table: dict[str, _Operation] = {}
    for hyperbolic in ("", "h"):
        for plain, other in (("sin", "csc"), ("cos", "sec"), ("tan", "cot")):
            direct, inverse = _direct(plain + hyperbolic), _direct(f"a{plain}{hyperbolic}")
            table[plain + hyperbolic], table[other + hyperbolic] = direct, _turned(direct)
            table[f"arc{plain}{hyperbolic}"] = inverse
            table[f"arc{other}{hyperbolic}"] = _of_turned(inverse)
    return table


_OPERATIONS: Mapping[str, _Operation] = {
    **_trigonometry(),
    **{name: _direct(name) for name in ("abs", "exp", "floor")},
    "ln": _direct("log"),
    "ceiling": _direct("ceil"),
    "plus": _fold("add", 0.0),
    "times": _fold("mul", 1.0),
    "max": _fold("max", math.nan),
    "min": _fold("min", math.nan),
    "minus": _lower_minus,
    "divide": _direct("div"),
    "power": _direct("pow"),
    "and": _fold_truths("and", empty=True),
    "or": _fold_truths("or", empty=False),
    "xor": _lower_xor,
    "not": _lower_not,
    "implies": _lower_implies,
    "eq": _chain("eq"),
    "neq": lambda graph, nodes: graph.add("not", _chain("eq")(graph, nodes)),
    "lt": _chain("lt"),
    "leq": _chain("le"),
    "gt": _chain("lt", swap=True),
    "geq": _chain("le", swap=True),
    "piecewise": _lower_piecewise,
    "log": _lower_log,
    "root": _lower_root,
    "quotient": _lower_quotient,
    "rem": _lower_rem,
    "factorial": _lower_factorial,
}
