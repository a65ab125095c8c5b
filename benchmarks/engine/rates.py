"""Our equations as source text for the peers that read no SBML: Python for numba, DiffSL for diffsol.

Parameters that do not vary are folded in as numbers, equal expressions are computed once, and what depends on
parameters alone stands by itself, so that diffsol computes it once a trajectory. It is what our own engine
starts from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.engine.problem import Problem
from mscape.network.graph import SYMBOLS, Graph
from mscape.network.system import System

_LONGEST = 1500  # characters of one expression, so that no parser runs out of stack
_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
_PLAIN = ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh")


@dataclass(frozen=True)
class _Dialect:
    """How a language writes symbols and functions."""

    symbol: Mapping[str, Callable[[int], str]]
    function: Mapping[str, str]
    has_choice: bool


def write_python(system: System, problem: Problem, values: Mapping[str, float]) -> str:
    """Write ``rates(t, u, p, du)``, with p the varied parameters in order."""
    dialect = _Dialect(
        symbol={"state": "u[{}]".format, "input": "p[{}]".format, "time": lambda _: "t"},
        function={name: f"math.{name}" for name in _PLAIN}
        | {"asin": "math.asin", "acos": "math.acos", "atan": "math.atan", "floor": "math.floor"}
        | {"ceil": "math.ceil", "abs": "abs", "min": "min", "max": "max"},
        has_choice=True,
    )
    lines, rates = _write_lines(*fold_inputs(system, problem, values), dialect)
    body = [f"    {name} = {text}" for name, text in lines]
    body += [f"    du[{index}] = {text}" for index, text in enumerate(rates)]
    return "\n".join(["import math", "", "", "def rates(t, u, p, du):", *body, ""])


def write_diffsl(system: System, problem: Problem, values: Mapping[str, float]) -> str:
    """Write a DiffSL model; its inputs are the varied parameters in order."""
    dialect = _Dialect(
        symbol={"state": "x{}".format, "input": "p{}".format, "time": lambda _: "t"},
        function={name: name for name in (*_PLAIN, "abs", "min", "max")},
        has_choice=False,
    )
    lines, rates = _write_lines(*fold_inputs(system, problem, values), dialect)
    inputs = ", ".join(f"p{index} = {value!r}" for index, value in enumerate(problem.varied.values()))
    starts = ",\n".join(f"  x{index} = {value!r}" for index, value in enumerate(problem.starts))
    is_early = _find_constants(lines)
    early = [f"{name} {{ {text} }}" for name, text in lines if is_early[name]]
    late = [f"{name} {{ {text} }}" for name, text in lines if not is_early[name]]
    body = ",\n".join(f"  {text}" for text in rates)
    return "\n".join(
        [f"in_i {{ {inputs} }}", *early, f"u_i {{\n{starts}\n}}", *late, f"F_i {{\n{body}\n}}", ""]
    )


def fold_inputs(system: System, problem: Problem, values: Mapping[str, float]) -> tuple[Graph, list[int]]:
    """Return the rates in the problem's order as a graph whose inputs are the varied parameters in order."""
    place = {name: index for index, name in enumerate(problem.varied)}
    new: dict[int, int] = {}
    graph = Graph()
    rank = {name: index for index, name in enumerate(problem.states)}
    for node in system.graph.reach(system.rates):
        operation, arguments = system.graph.nodes[node]
        if operation == "number":
            new[node] = graph.number(arguments[0])
        elif operation == "boolean":
            new[node] = graph.boolean(bool(arguments[0]))
        elif operation == "input":
            name = system.inputs[int(arguments[0])]
            new[node] = graph.add("input", place[name]) if name in place else graph.number(values[name])
        elif operation == "state":
            new[node] = graph.add("state", rank[system.states[int(arguments[0])]])
        elif operation in SYMBOLS:
            new[node] = graph.add(operation, *arguments)
        elif operation == "powi":
            new[node] = graph.add("powi", new[int(arguments[0])], int(arguments[1]))
        else:
            new[node] = graph.add(operation, *(new[int(argument)] for argument in arguments))
    rates = dict(zip(system.states, system.rates, strict=True))
    return graph, [new[rates[name]] for name in problem.states]


def _write_lines(
    graph: Graph, outputs: list[int], dialect: _Dialect
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return assignments in an order of computation, and the text of each output."""
    reached = graph.reach(outputs)
    uses = Counter(child for node in reached for child in graph.children(node)) + Counter(outputs)
    changing = _find_changing(graph, reached)
    leaving = {child for node in reached if node in changing for child in graph.children(node)} - changing
    text: dict[int, str] = {}
    lines: list[tuple[str, str]] = []
    for node in reached:
        operation, arguments = graph.nodes[node]
        if operation == "number":
            text[node] = repr(arguments[0]) if arguments[0] >= 0 else f"({arguments[0]!r})"
        elif operation in dialect.symbol:
            text[node] = dialect.symbol[operation](int(arguments[0]) if arguments else 0)
        else:
            written = _write_operation(graph, node, text, dialect)
            if uses[node] > 1 or node in leaving or len(written) > _LONGEST:
                lines.append((f"v{node}", written))
                written = f"v{node}"
            text[node] = written
    return lines, [text[node] for node in outputs]


def _find_changing(graph: Graph, reached: list[int]) -> set[int]:
    """Return the nodes that depend on state or time."""
    changing: set[int] = set()
    for node in reached:
        if graph.nodes[node][0] in ("state", "time") or changing.intersection(graph.children(node)):
            changing.add(node)
    return changing


def _write_operation(graph: Graph, node: int, text: Mapping[int, str], dialect: _Dialect) -> str:
    operation, arguments = graph.nodes[node]
    values = [text[child] for child in graph.children(node)]
    if operation in _INFIX:
        return f"({values[0]} {_INFIX[operation]} {values[1]})"
    if operation == "neg":
        return f"(-{values[0]})"
    if operation == "pow":
        return f"({values[0]} ** {values[1]})" if dialect.has_choice else f"pow({values[0]}, {values[1]})"
    if operation == "powi":
        return _write_integer_power(values[0], int(arguments[1]))
    if operation in dialect.function:
        return f"{dialect.function[operation]}({', '.join(values)})"
    if dialect.has_choice:
        return _write_choice(operation, values)
    raise NotImplementedError(f"'{operation}' cannot be written in this language")


def _write_integer_power(base: str, exponent: int) -> str:
    product = f"({' * '.join([base] * abs(exponent))})"
    return product if exponent > 0 else f"(1.0 / {product})"


def _write_choice(operation: str, values: list[str]) -> str:
    if operation == "select":
        return f"({values[1]} if {values[0]} else {values[2]})"
    if operation == "as_number":
        return f"(1.0 if {values[0]} else 0.0)"
    if operation == "as_boolean":
        return f"({values[0]} != 0.0)"
    if operation == "not":
        return f"(not {values[0]})"
    sign = {"lt": "<", "le": "<=", "eq": "==", "and": "and", "or": "or"}
    if operation in sign:
        return f"({values[0]} {sign[operation]} {values[1]})"
    raise NotImplementedError(f"'{operation}' cannot be written in this language")


def _find_constants(lines: list[tuple[str, str]]) -> dict[str, bool]:
    """Return for each assignment whether it needs neither state nor time, from the names it reads."""
    import re

    constant: dict[str, bool] = {}
    for name, written in lines:
        names = re.findall(r"\b(?:[xv]\d+|t)\b", written)
        constant[name] = all(each[0] == "v" and constant[each] for each in names)
    return constant
