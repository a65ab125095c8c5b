"""Slopes of graphs against complex steps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.engine.interpret import Symbols, evaluate_nodes
from mscape.network.derivative import TIME, differentiate
from mscape.network.graph import Graph

STEP = 1e-100


def check_slopes(graph: Graph, node: int, state: list[float], time: float = 0.7) -> None:
    """Compare slopes by two states and time with complex steps."""
    slopes = differentiate(graph, [node])[node]

    def evaluate(nodes: list[int], moved: int | None) -> list[np.ndarray]:
        values = [np.array([x], complex if moved == i else float) for i, x in enumerate(state)]
        at = np.array([time], complex if moved == TIME else float)
        if moved == TIME:
            at = at + STEP * 1j
        elif moved is not None:
            values[moved] = values[moved] + STEP * 1j
        return evaluate_nodes(graph, nodes, Symbols(values, [np.array([1.3])], at, [np.array([True])]))

    for symbol in (0, 1, TIME):
        wanted = np.imag(evaluate([node], symbol)[0]) / STEP
        found = evaluate([slopes[symbol]], None)[0] if symbol in slopes else np.zeros(1)
        np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-13)


UNARY = "neg exp log sqrt abs floor ceil sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh".split()


@pytest.mark.parametrize("operation", UNARY)
def test_functions(operation: str) -> None:
    graph = Graph()
    x = graph.add("mul", graph.add("state", 0), graph.add("add", graph.number(1.0), graph.add("state", 1)))
    if operation == "acosh":
        x = graph.add("add", x, graph.number(2.0))
    check_slopes(graph, graph.add(operation, x), [0.3, 0.4])
    if operation == "abs":
        check_slopes(graph, graph.add(operation, x), [-0.3, 0.4])


@pytest.mark.parametrize("operation", ["add", "sub", "mul", "div", "pow", "min", "max"])
@pytest.mark.parametrize("values", [[0.3, 1.7], [1.7, 0.3], [2.0, 3.0]])
def test_operations_of_two(operation: str, values: list[float]) -> None:
    graph = Graph()
    x, y = graph.add("state", 0), graph.add("state", 1)
    check_slopes(
        graph, graph.add(operation, graph.add("mul", x, graph.add("time")), graph.add("exp", y)), values
    )


@given(st.integers(-6, 12), st.floats(0.1, 3))
def test_integer_powers(exponent: int, value: float) -> None:
    graph = Graph()
    check_slopes(graph, graph.add("powi", graph.add("state", 0), exponent), [value, 0.0])
    check_slopes(graph, graph.add("powi", graph.add("state", 0), exponent), [-value, 0.0])


def test_choices_slope_on_the_side_taken() -> None:
    graph = Graph()
    x, y = graph.add("state", 0), graph.add("state", 1)
    below = graph.add("lt", x, y)
    node = graph.add("select", below, graph.add("mul", x, x), graph.add("sin", y))
    check_slopes(graph, node, [0.3, 0.4])
    check_slopes(graph, node, [0.5, 0.4])
    held = graph.add("select", graph.add("switch", 0), graph.add("mul", x, x), y)
    check_slopes(graph, held, [0.5, 0.4])
    assert differentiate(graph, [graph.add("as_number", below)]) == {graph.add("as_number", below): {}}


def test_a_power_at_zero_has_a_finite_slope() -> None:
    graph = Graph()
    node = graph.add("pow", graph.add("state", 0), graph.number(1.7))
    slope = differentiate(graph, [node])[node][0]
    symbols = Symbols([np.array([0.0, 1e-40, 2.0])], [], np.zeros(3), [])
    found = evaluate_nodes(graph, [slope], symbols)[0]
    np.testing.assert_allclose(found, [0.0, 0.0, 1.7 * 2**0.7], rtol=1e-12, atol=1e-30)


def test_what_does_not_depend_has_no_slopes() -> None:
    graph = Graph()
    node = graph.add("exp", graph.add("input", 0))
    assert differentiate(graph, [node]) == {node: {}}
