"""Evaluate nodes of a graph for many trajectories at once, with plain NumPy: slow, and easy to believe.

Every operation works element by element, so that no trajectory sees its neighbours. Complex arguments give
derivatives: the imaginary part of f(x + i e) / e is f'(x) to the last digit for tiny e.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mscape.network.graph import SYMBOLS, Graph

Values = NDArray[Any]
TINY = 1e-100  # of a complex step: its square vanishes against 1


@dataclass(frozen=True)
class Symbols:
    """What the symbols of a graph stand for.

    Parameters
    ----------
    state, inputs, switches
        One array of shape (trajectory,) for each of them.
    time
        Shape (trajectory,).
    """

    state: Sequence[Values]
    inputs: Sequence[Values]
    time: Values
    switches: Sequence[Values]


@dataclass(frozen=True)
class Plan:
    """How some nodes of a graph are computed: what to do in order, and which results are wanted.

    Parameters
    ----------
    steps
        The function of each step and the earlier steps it takes.
    wanted
        The step that gives each node.
    """

    steps: tuple[tuple[Callable[..., Values], tuple[int, ...]], ...]
    wanted: tuple[int, ...]

    def evaluate(self, symbols: Symbols) -> list[Values]:
        """Return the value of each node: shape (trajectory,), or a number where it is the same for all."""
        done: list[Values] = []
        with np.errstate(all="ignore"):
            for function, arguments in self.steps:
                done.append(function(*[done[a] for a in arguments]) if arguments else function(symbols))
        return [done[step] for step in self.wanted]

    def stack(self, symbols: Symbols) -> NDArray[np.float64]:
        """Return the values of the nodes side by side as numbers, shape (trajectory, node)."""
        result = np.empty((len(symbols.time), len(self.wanted)))
        for column, values in enumerate(self.evaluate(symbols)):
            result[:, column] = values
        return result


def plan_nodes(graph: Graph, nodes: Sequence[int]) -> Plan:
    """Plan how to compute some nodes."""
    order = graph.reach(nodes)
    place = {node: index for index, node in enumerate(order)}
    moving: set[int] = set()  # what depends on more than inputs
    steps = []
    for node in order:
        operation, arguments = graph.nodes[node]
        children = graph.children(node)
        if operation in ("state", "time", "switch") or not moving.isdisjoint(children):
            moving.add(node)
        guarded = operation in _OF_STATE and children[0] in moving
        function = _OF_STATE[operation] if guarded else _get_function(operation, arguments)
        steps.append((function, tuple(place[child] for child in children)))
    return Plan(tuple(steps), tuple(place[node] for node in nodes))


def evaluate_nodes(graph: Graph, nodes: Sequence[int], symbols: Symbols) -> list[Values]:
    """Return the value of each node: shape (trajectory,), or a number where it is the same for all."""
    return plan_nodes(graph, nodes).evaluate(symbols)


def _get_function(operation: str, arguments: tuple[float, ...]) -> Callable[..., Values]:
    """Return what computes a node from its children, or from the symbols where it has none."""
    first = arguments[0] if arguments else 0.0
    index = int(first) if operation in SYMBOLS else 0
    special: dict[str, Callable[..., Any]] = {
        "number": lambda _: np.float64(first),
        "boolean": lambda _: np.bool_(first),
        "time": lambda symbols: symbols.time,
        "state": lambda symbols: symbols.state[index],
        "input": lambda symbols: symbols.inputs[index],
        "switch": lambda symbols: symbols.switches[index],
        "powi": lambda base: raise_to(base, int(arguments[1])),
    }
    return special.get(operation) or _OPERATIONS[operation]


def raise_to(base: Values, exponent: int) -> Values:
    """Return a constant integer power by repeated squaring; a negative one is a division."""
    result, factor, left = np.ones_like(base), base, abs(exponent)
    while left:
        if left & 1:
            result = result * factor
        factor = factor * factor
        left >>= 1
    return 1.0 / result if exponent < 0 else result


def _real(values: Values) -> Values:
    return np.ascontiguousarray(values.real) if np.iscomplexobj(values) else values


def _choose(condition: Values, yes: Values, no: Values) -> Values:
    return np.where(condition, yes, no)


def _abs(x: Values) -> Values:
    return np.where(_real(x) < 0, -x, x)


def _power(base: Values, exponent: Values) -> Values:
    """Return a power as IEEE 754 has it: of a negative base only for a whole exponent."""
    if not np.iscomplexobj(base) and not np.iscomplexobj(exponent):
        return np.asarray(np.power(base, exponent))
    value = np.power(_real(base), _real(exponent))
    below = _real(exponent) * np.power(_real(base), _real(exponent) - 1.0)
    log = np.where(value == 0, 0.0, value * np.log(_real(base)))
    by_base = np.where(np.imag(base) == 0, 0.0, below * np.imag(base))
    by_exponent = np.where(np.imag(exponent) == 0, 0.0, log * np.imag(exponent))
    return np.asarray(value + 1j * (by_base + by_exponent))


def _power_of_state(base: Values, exponent: Values) -> Values:
    """Return a power; unless the exponent is whole, a base below 0, there by rounding, counts as 0."""
    whole = _real(exponent) == np.floor(_real(exponent))
    return _power(np.where((_real(base) < 0) & ~whole, 0.0, base), exponent)


def _root_of_state(x: Values) -> Values:
    """Return a square root; of what is below 0, there by rounding, it is 0."""
    below = _real(x) < 0
    return np.where(below, 0.0, np.sqrt(np.where(below, 0.0, x)))


_OF_STATE: dict[str, Callable[..., Values]] = {"pow": _power_of_state, "sqrt": _root_of_state}


def _real_only(function: Callable[[Values], Values]) -> Callable[[Values], Values]:
    """Let a function that is only defined on part of the real line be NaN elsewhere, as it is for reals."""

    def apply(x: Values) -> Values:
        result = function(x)
        return np.where(np.isnan(function(_real(x))), np.nan, result) if np.iscomplexobj(x) else result

    return apply


_OPERATIONS: dict[str, Callable[..., Values]] = {
    "neg": np.negative,
    "exp": np.exp,
    "log": _real_only(np.log),
    "sqrt": _real_only(np.sqrt),
    "abs": _abs,
    "floor": lambda x: np.floor(_real(x)),
    "ceil": lambda x: np.ceil(_real(x)),
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": _real_only(np.arcsin),
    "acos": _real_only(np.arccos),
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": _real_only(np.arccosh),
    "atanh": _real_only(np.arctanh),
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": _power,
    "min": lambda a, b: _choose((_real(b) < _real(a)) | np.isnan(_real(b)), b, a),
    "max": lambda a, b: _choose((_real(b) > _real(a)) | np.isnan(_real(b)), b, a),
    "lt": lambda a, b: _real(a) < _real(b),
    "le": lambda a, b: _real(a) <= _real(b),
    "eq": lambda a, b: _real(a) == _real(b),
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "select": _choose,
    "as_number": lambda x: x.astype(float),
    "as_boolean": lambda x: _real(x) != 0,
}
