"""From nodes of a graph to instructions, each node once a function."""

from __future__ import annotations

from collections.abc import Callable

from mscape.engine.llvm.builder import Code
from mscape.engine.llvm.elementary import call_function
from mscape.engine.llvm.shape import NUMBER, Value
from mscape.network.graph import Graph

Leaf = Callable[[int], Value | None]


class Expressions:
    """Nodes of a graph as values in one function.

    Parameters
    ----------
    code
        Where instructions go.
    graph
        Holds the nodes.
    leaf
        Gives the value of a node that need not be computed here (symbols, hoisted nodes), None of others.
    """

    def __init__(self, code: Code, graph: Graph, leaf: Leaf) -> None:
        self._code = code
        self._graph = graph
        self._leaf = leaf
        self._values: dict[int, Value] = {}

    def get(self, node: int) -> Value:
        """Return the value of a node, after what it needs; a boolean node gives a mask."""
        stack = [node]
        while stack:
            current = stack[-1]
            if current in self._values:
                stack.pop()
                continue
            value = self._get_leaf(current)
            if value is None:
                missing = [child for child in self._graph.children(current) if child not in self._values]
                if missing:
                    stack.extend(reversed(missing))
                    continue
                value = self._compute(current)
            self._values[current] = value
            stack.pop()
        return self._values[node]

    def get_real(self, node: int) -> Value:
        """Return the value of a node as a number: true is 1."""
        value = self.get(node)
        if self._graph.is_boolean(node):
            return self._code.select(value, self._code.real(1.0), self._code.real(0.0))
        return value

    def _get_leaf(self, node: int) -> Value | None:
        operation, arguments = self._graph.nodes[node]
        if operation == "number":
            return self._code.real(arguments[0])
        if operation == "boolean":
            return self._code.truth(int(arguments[0]))
        value = self._leaf(node)
        if value is not None and self._graph.is_boolean(node) and NUMBER in value.type:
            return self._code.compare("une", value, self._code.real(0.0))
        return value

    def _compute(self, node: int) -> Value:
        operation, arguments = self._graph.nodes[node]
        if operation == "powi":
            return _power(self._code, self._values[int(arguments[0])], int(arguments[1]))
        values = [self._values[int(a)] for a in arguments]
        if operation in _OPERATIONS:
            return _OPERATIONS[operation](self._code, *values)
        return call_function(self._code, operation, *values)


def _power(code: Code, base: Value, exponent: int) -> Value:
    """Return a constant integer power by repeated squaring, never through a logarithm."""
    result, left = None, abs(exponent)
    while left:
        if left & 1:
            result = base if result is None else code.mul(result, base)
        left >>= 1
        if left:
            base = code.mul(base, base)
    if result is None:
        return code.real(1.0)
    return code.div(code.real(1.0), result) if exponent < 0 else result


def _extreme(code: Code, relation: str, a: Value, b: Value) -> Value:
    """Return the smaller or larger of two, NaN if either is."""
    better = code.binary("or", code.compare(relation, b, a), code.compare("uno", b, b))
    return code.select(better, b, a)


def _not(code: Code, a: Value) -> Value:
    return code.binary("xor", a, code.truth(1))


_OPERATIONS: dict[str, Callable[..., Value]] = {
    "add": Code.add,
    "sub": Code.sub,
    "mul": Code.mul,
    "div": Code.div,
    "neg": Code.neg,
    "sqrt": lambda code, a: code.intrinsic("sqrt", a),
    "abs": lambda code, a: code.intrinsic("fabs", a),
    "floor": lambda code, a: code.intrinsic("floor", a),
    "ceil": lambda code, a: code.intrinsic("ceil", a),
    "min": lambda code, a, b: _extreme(code, "olt", a, b),
    "max": lambda code, a, b: _extreme(code, "ogt", a, b),
    "lt": lambda code, a, b: code.compare("olt", a, b),
    "le": lambda code, a, b: code.compare("ole", a, b),
    "eq": lambda code, a, b: code.compare("oeq", a, b),
    "and": lambda code, a, b: code.binary("and", a, b),
    "or": lambda code, a, b: code.binary("or", a, b),
    "not": _not,
    "select": Code.select,
    "as_number": lambda code, a: code.select(a, code.real(1.0), code.real(0.0)),
    "as_boolean": lambda code, a: code.compare("une", a, code.real(0.0)),
}
