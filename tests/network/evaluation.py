"""A graph's nodes as plain Python numbers: slow, obvious, and independent of every kernel."""

import math
from collections.abc import Callable, Mapping, Sequence

from mscape.network.graph import Graph
from mscape.network.system import System


def _divide(a: float, b: float) -> float:
    if b != 0:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1.0, b)


def _guard(function: Callable[..., float]) -> Callable[..., float]:
    def safe(*values: float) -> float:
        try:
            result = function(*values)
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf
        except ZeroDivisionError:
            return math.inf
        return math.nan if isinstance(result, complex) else float(result)

    return safe


def _log(value: float) -> float:
    return -math.inf if value == 0 else math.log(value)


_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    **{
        name: _guard(getattr(math, name))
        for name in "exp sqrt sin cos tan asin acos atan sinh cosh tanh".split()
    },
    **{name: _guard(getattr(math, name)) for name in "asinh acosh atanh".split()},
    "log": _guard(_log),
    "abs": abs,
    "floor": lambda a: float(math.floor(a)) if math.isfinite(a) else a,
    "ceil": lambda a: float(math.ceil(a)) if math.isfinite(a) else a,
    "neg": lambda a: -a,
    "as_number": float,
    "as_boolean": lambda a: float(a != 0),
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": _divide,
    "pow": _guard(lambda a, b: a**b),
    "powi": _guard(lambda a, b: a**b),
    "min": min,
    "max": max,
    "lt": lambda a, b: float(a < b),
    "le": lambda a, b: float(a <= b),
    "eq": lambda a, b: float(a == b),
    "and": lambda a, b: float(a and b),
    "or": lambda a, b: float(a or b),
    "not": lambda a: float(not a),
    "select": lambda c, a, b: a if c else b,
}


def evaluate(
    graph: Graph, outputs: Sequence[int], symbols: Mapping[str, Sequence[float]], time: float = 0.0
) -> list[float]:
    """Return the values of some nodes, given values of ``state``, ``input`` and ``switch``."""
    values: dict[int, float] = {}
    for node in graph.reach(outputs):
        operation, arguments = graph.nodes[node]
        if operation in ("number", "boolean"):
            values[node] = arguments[0]
        elif operation == "time":
            values[node] = time
        elif operation in ("state", "input", "switch"):
            values[node] = symbols[operation][int(arguments[0])]
        elif operation == "powi":
            values[node] = _FUNCTIONS["powi"](values[int(arguments[0])], int(arguments[1]))
        else:
            values[node] = _FUNCTIONS[operation](*(values[int(a)] for a in arguments))
    return [values[output] for output in outputs]


class Running:
    """A system with values: what any of its names is, at any state and time."""

    def __init__(self, system: System, inputs: Mapping[str, float | None]) -> None:
        self.system = system
        given = [inputs[name] for name in system.inputs]
        self.inputs = [math.nan if value is None else value for value in given]
        for index, node in system.derived:
            (self.inputs[index],) = evaluate(system.graph, [node], {"input": self.inputs})
        self.start = evaluate(system.graph, system.starts, {"input": self.inputs})

    def read(self, name: str, state: Sequence[float] | None = None, time: float = 0.0) -> float:
        """Return what a name stands for."""
        symbols = {"input": self.inputs, "state": self.start if state is None else state}
        return evaluate(self.system.graph, [self.system.readable[name]], symbols, time)[0]

    def rates(self, state: Sequence[float] | None = None, time: float = 0.0) -> list[float]:
        """Return the rates of the states, switches as they are there."""
        symbols = {"input": self.inputs, "state": self.start if state is None else state}
        switches = evaluate(self.system.graph, self.system.switches, symbols, time)
        return evaluate(self.system.graph, self.system.rates, symbols | {"switch": switches}, time)
