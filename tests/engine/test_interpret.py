"""The interpreter of graphs: every operation, and derivatives by complex steps."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from mscape.engine.interpret import TINY, Symbols, evaluate_nodes, raise_to
from mscape.network.graph import Graph

REAL: dict[str, tuple[Callable[[float], float], float]] = {
    "neg": (lambda x: -x, 0.7),
    "exp": (math.exp, 0.7),
    "log": (math.log, 0.7),
    "sqrt": (math.sqrt, 0.7),
    "abs": (abs, -0.7),
    "sin": (math.sin, 0.7),
    "cos": (math.cos, 0.7),
    "tan": (math.tan, 0.7),
    "asin": (math.asin, 0.7),
    "acos": (math.acos, 0.7),
    "atan": (math.atan, 0.7),
    "sinh": (math.sinh, 0.7),
    "cosh": (math.cosh, 0.7),
    "tanh": (math.tanh, 0.7),
    "asinh": (math.asinh, 0.7),
    "acosh": (math.acosh, 1.7),
    "atanh": (math.atanh, 0.7),
}
PAIRS: dict[str, Callable[[float, float], float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "min": min,
    "max": max,
}


def compute(operation: str, *values: complex) -> complex:
    graph = Graph()
    node = graph.add(operation, *(graph.add("state", i) for i in range(len(values))))
    states = [np.array([value]) for value in values]
    return complex(evaluate_nodes(graph, [node], Symbols(states, [], np.zeros(1), []))[0][0])


@pytest.mark.parametrize("operation", REAL)
def test_function_of_one_number_and_its_derivative(operation: str) -> None:
    function, x = REAL[operation]
    assert compute(operation, x).real == pytest.approx(function(x), rel=1e-14)
    slope = (function(x + 1e-6) - function(x - 1e-6)) / 2e-6
    assert compute(operation, x + TINY * 1j).imag / TINY == pytest.approx(slope, rel=1e-7)


@pytest.mark.parametrize("operation", PAIRS)
def test_function_of_two_numbers_and_its_derivatives(operation: str) -> None:
    function, (a, b) = PAIRS[operation], (1.3, 0.6)
    assert compute(operation, a, b).real == pytest.approx(function(a, b), rel=1e-14)
    by_first = (function(a + 1e-6, b) - function(a - 1e-6, b)) / 2e-6
    by_second = (function(a, b + 1e-6) - function(a, b - 1e-6)) / 2e-6
    assert compute(operation, a + TINY * 1j, b).imag / TINY == pytest.approx(by_first, rel=1e-7, abs=1e-12)
    assert compute(operation, a, b + TINY * 1j).imag / TINY == pytest.approx(by_second, rel=1e-7, abs=1e-12)


@pytest.mark.parametrize("operation", ["log", "asin", "acosh", "atanh"])
def test_outside_its_domain_a_function_is_not_a_number_even_for_complex_steps(operation: str) -> None:
    x = -2.0
    assert math.isnan(compute(operation, x).real)
    assert math.isnan(compute(operation, x + TINY * 1j).real)


def test_power_of_a_negative_number_is_one_only_for_whole_exponents() -> None:
    assert compute("pow", -2.0, 3.0).real == -8.0
    assert compute("pow", -2.0, 0.5).real == 0.0  # of a state: there by rounding
    assert compute("pow", -2.0 + TINY * 1j, 0.5) == 0.0


@pytest.mark.parametrize("exponent", [-3, -1, 2, 7, 13])
def test_whole_power_is_a_product(exponent: int) -> None:
    base = np.array([1.7, -0.3])
    np.testing.assert_allclose(raise_to(base, exponent), base ** float(exponent), rtol=1e-14)


def test_conditions_choose_and_convert() -> None:
    graph = Graph()
    x = graph.add("state", 0)
    less = graph.add("lt", x, graph.number(1.0))
    nodes = [
        graph.add("select", less, graph.number(5.0), x),
        graph.add("as_number", graph.add("not", less)),
        graph.add("as_number", graph.add("or", less, graph.add("as_boolean", graph.add("time")))),
        graph.add("floor", x),
    ]
    symbols = Symbols([np.array([0.5, 1.5])], [], np.array([0.0, 0.0]), [])
    found = [values.tolist() for values in evaluate_nodes(graph, nodes, symbols)]
    assert found == [[5.0, 1.5], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]


def test_a_power_of_a_state_just_below_zero_is_zero_and_of_a_parameter_is_not_a_number() -> None:
    graph = Graph()
    powers = [graph.add("pow", graph.add(kind, 0), graph.number(1.5)) for kind in ("state", "input")]
    symbols = Symbols([np.array([-1e-12, 4.0])], [np.array([-1.0, 4.0])], np.zeros(2), [])
    of_state, of_input = evaluate_nodes(graph, powers, symbols)
    assert of_state.tolist() == [0.0, 8.0]
    assert np.isnan(of_input[0])
