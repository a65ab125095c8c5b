"""Expressions as a value-numbered graph: equal expressions are one node, so nothing is computed twice.

A node is an operation and the numbers of its arguments; a node is always added after what it depends on, so
that ascending order is an order of computation. Nodes are numbers or booleans, never mixed: ``as_number`` and
``as_boolean`` convert.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

SYMBOLS = ("state", "input", "time", "switch")
COMPARISONS = ("lt", "le", "eq")
CONNECTIVES = ("and", "or", "not")
UNARY = (
    "neg exp log sqrt abs floor ceil sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh as_number"
).split()
BINARY = ("add", "sub", "mul", "div", "pow", "min", "max")
BOOLEAN = frozenset({*COMPARISONS, *CONNECTIVES, "switch", "as_boolean", "boolean"})

_LEAVES = frozenset({"number", "boolean", *SYMBOLS})
Node = tuple[str, tuple[float, ...]]


class Graph:
    """A growing list of nodes; each method returns the number of a node that means what it says.

    Operations: ``number`` (its value), ``boolean`` (0 or 1), the symbols ``state`` i, ``input`` i, ``time``
    and ``switch`` i (a condition held while a step is taken), those of `UNARY` and `BINARY`, ``powi`` (node,
    a constant integer exponent stored as it is), the comparisons ``lt le eq`` and the connectives ``and or
    not`` of booleans, ``as_number``, ``as_boolean``, and ``select`` (boolean, if true, if false).
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._children: list[tuple[int, ...]] = []
        self._known: dict[Node, int] = {}

    def add(self, operation: str, *arguments: float) -> int:
        """Return the node of an operation on nodes (or on an index, or a value), simplified where exact."""
        if operation in ("add", "mul", "min", "max", "and", "or", "eq") and arguments[0] > arguments[1]:
            arguments = (arguments[1], arguments[0])
        simple = self._simplify(operation, arguments)
        return self._intern((operation, arguments)) if simple is None else simple

    def number(self, value: float) -> int:
        """Return the node of a number."""
        return self._intern(("number", (float(value),)))

    def boolean(self, value: float) -> int:
        """Return the node of true, or of false for 0."""
        return self._intern(("boolean", (float(value != 0),)))

    def value_of(self, node: int) -> float | None:
        """Return the value of a constant node, None of any other."""
        operation, arguments = self.nodes[node]
        return arguments[0] if operation in ("number", "boolean") else None

    def children(self, node: int) -> tuple[int, ...]:
        """Return the nodes a node depends on directly."""
        return self._children[node]

    def reach(self, outputs: Iterable[int]) -> list[int]:
        """Return every node that the outputs need, in an order of computation."""
        seen: set[int] = set()
        stack = list(outputs)
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                stack.extend(self.children(node))
        return sorted(seen)

    def is_boolean(self, node: int) -> bool:
        """Return whether a node is true or false rather than a number."""
        return self.nodes[node][0] in BOOLEAN

    def _intern(self, key: Node) -> int:
        # 0.0 and -0.0 compare equal but are not the same number; NaN is never equal to itself
        operation, arguments = key
        if operation == "number":
            key = (operation, (math.copysign(1.0, arguments[0]), arguments[0]))
        if key not in self._known:
            self._known[key] = len(self.nodes)
            self.nodes.append((operation, arguments))
            self._children.append(_list_children(operation, arguments))
        return self._known[key]

    def _simplify(self, operation: str, arguments: tuple[float, ...]) -> int | None:
        if operation in SYMBOLS:
            return None
        if operation == "powi":
            return self._simplify_integer_power(int(arguments[0]), int(arguments[1]))
        nodes = tuple(int(a) for a in arguments)
        if operation == "select":
            return self._simplify_select(*nodes)
        values = [self.value_of(node) for node in nodes]
        if operation in _IDENTITIES:
            return _IDENTITIES[operation](self, nodes, values)
        return None

    def _simplify_integer_power(self, base: int, exponent: int) -> int | None:
        if exponent == 0:
            return self.number(1.0)
        return base if exponent == 1 else None

    def _simplify_select(self, condition: int, yes: int, no: int) -> int | None:
        value = self.value_of(condition)
        if value is not None:
            return yes if value else no
        return yes if yes == no else None


def _list_children(operation: str, arguments: tuple[float, ...]) -> tuple[int, ...]:
    if operation in _LEAVES:
        return ()
    return (int(arguments[0]),) if operation == "powi" else tuple(int(a) for a in arguments)


def _simplify_add(graph: Graph, nodes: tuple[int, ...], values: list[float | None]) -> int | None:
    a, b = values
    if a is not None and b is not None:
        return graph.number(a + b)
    if a == 0:
        return nodes[1]
    if b == 0:
        return nodes[0]
    for mine, other in ((1, 0), (0, 1)):
        operation, arguments = graph.nodes[nodes[mine]]
        if operation == "neg":
            return graph.add("sub", nodes[other], arguments[0])
    return None


def _simplify_sub(graph: Graph, nodes: tuple[int, ...], values: list[float | None]) -> int | None:
    a, b = values
    if a is not None and b is not None:
        return graph.number(a - b)
    if b == 0:
        return nodes[0]
    if a == 0:
        return graph.add("neg", nodes[1])
    operation, arguments = graph.nodes[nodes[1]]
    return graph.add("add", nodes[0], arguments[0]) if operation == "neg" else None


def _simplify_mul(graph: Graph, nodes: tuple[int, ...], values: list[float | None]) -> int | None:
    for mine, other in ((0, 1), (1, 0)):
        value = values[mine]
        if value is None:
            continue
        if values[other] is not None:
            return graph.number(value * float(values[other] or 0.0))
        if value == 1:
            return nodes[other]
        if value == 0:
            return graph.number(0.0)
        if value == -1:
            return graph.add("neg", nodes[other])
    return None


def _simplify_div(graph: Graph, nodes: tuple[int, ...], values: list[float | None]) -> int | None:
    a, b = values
    if b == 1:
        return nodes[0]
    if a is not None and b:
        return graph.number(a / b)
    if b and math.frexp(b)[0] == 0.5 and math.isfinite(1 / b):  # a power of two: the product is exact
        return graph.add("mul", nodes[0], graph.number(1 / b))
    return None


def _simplify_pow(graph: Graph, nodes: tuple[int, ...], values: list[float | None]) -> int | None:
    exponent = values[1]
    if exponent is not None and abs(exponent) <= 64 and exponent == int(exponent):
        return graph.add("powi", nodes[0], int(exponent))
    return graph.add("sqrt", nodes[0]) if exponent == 0.5 else None


def _simplify_neg(graph: Graph, nodes: tuple[int, ...], values: list[float | None]) -> int | None:
    if values[0] is not None:
        return graph.number(-values[0])
    operation, arguments = graph.nodes[nodes[0]]
    if operation == "neg":
        return int(arguments[0])
    return graph.add("sub", arguments[1], arguments[0]) if operation == "sub" else None


def _simplify_not(graph: Graph, nodes: tuple[int, ...], values: list[float | None]) -> int | None:
    if values[0] is not None:
        return graph.boolean(not values[0])
    operation, arguments = graph.nodes[nodes[0]]
    return int(arguments[0]) if operation == "not" else None


def _simplify_and(graph: Graph, nodes: tuple[int, ...], values: list[float | None]) -> int | None:
    for mine, other in ((0, 1), (1, 0)):
        if values[mine] is not None:
            return nodes[other] if values[mine] else graph.boolean(False)  # noqa: FBT003
    return nodes[0] if nodes[0] == nodes[1] else None


def _simplify_or(graph: Graph, nodes: tuple[int, ...], values: list[float | None]) -> int | None:
    for mine, other in ((0, 1), (1, 0)):
        if values[mine] is not None:
            return graph.boolean(True) if values[mine] else nodes[other]  # noqa: FBT003
    return nodes[0] if nodes[0] == nodes[1] else None


def _simplify_cast(graph: Graph, nodes: tuple[int, ...], values: list[float | None]) -> int | None:
    del values
    operation, arguments = graph.nodes[nodes[0]]
    if operation == "boolean":
        return graph.number(arguments[0])
    if operation == "number":
        return graph.boolean(arguments[0] != 0)
    return None


_IDENTITIES = {
    "add": _simplify_add,
    "sub": _simplify_sub,
    "mul": _simplify_mul,
    "div": _simplify_div,
    "pow": _simplify_pow,
    "neg": _simplify_neg,
    "not": _simplify_not,
    "and": _simplify_and,
    "or": _simplify_or,
    "as_number": _simplify_cast,
    "as_boolean": _simplify_cast,
}
