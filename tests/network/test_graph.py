"""The graph: equal expressions are one node, and simplifying changes no value."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.network.graph import BINARY, Graph
from mscape.network.switch import hold_comparisons
from tests.network.evaluation import evaluate

NUMBERS = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 3.0, 1e300, math.inf, -math.inf, math.nan]


def test_equal_expressions_are_one_node() -> None:
    graph = Graph()
    x, y = graph.add("state", 0), graph.add("input", 0)
    assert graph.add("add", x, y) == graph.add("add", y, x)
    assert graph.add("sub", x, y) != graph.add("sub", y, x)
    assert graph.number(0.0) != graph.number(-0.0)
    assert graph.add("mul", graph.number(2.0), graph.number(3.0)) == graph.number(6.0)


@pytest.mark.parametrize("operation", [*BINARY])
def test_simplifying_with_constants_changes_no_value(operation: str) -> None:
    plain = Graph()
    node = plain.add(operation, plain.add("input", 0), plain.add("input", 1))
    for a, b in itertools.product(NUMBERS, NUMBERS):
        (expected,) = evaluate(plain, [node], {"input": [a, b]})
        for known in ((True, False), (False, True), (True, True)):
            graph = Graph()
            ends = [
                graph.number(value) if is_known else graph.add("input", index)
                for index, (value, is_known) in enumerate(zip((a, b), known, strict=True))
            ]
            (value,) = evaluate(graph, [graph.add(operation, *ends)], {"input": [a, b]})
            if operation == "mul" and 0 in (a, b):  # a rate that is switched off stays off
                assert value == 0 or math.isnan(value)
            elif operation == "pow" and (a, b) == (-math.inf, 0.5):  # a square root, which is NaN below 0
                assert value == expected or math.isnan(value)
            else:
                assert value == pytest.approx(expected, rel=1e-15, nan_ok=True), (a, b, known)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_signs_are_moved_without_rounding(a: float, b: float) -> None:
    graph = Graph()
    x, y = graph.add("input", 0), graph.add("input", 1)
    nodes = [
        graph.add("add", x, graph.add("neg", y)),
        graph.add("add", graph.add("neg", x), y),
        graph.add("sub", x, graph.add("neg", y)),
        graph.add("neg", graph.add("sub", x, y)),
    ]
    assert evaluate(graph, nodes, {"input": [a, b]}) == [a - b, b - a, a + b, b - a]


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, -3.0, 64.0, 65.0, 0.5, 1.7, math.inf, math.nan])
def test_powers_with_a_constant_exponent(exponent: float) -> None:
    graph = Graph()
    node = graph.add("pow", graph.add("input", 0), graph.number(exponent))
    value = evaluate(graph, [node], {"input": [1.1]})[0]
    assert value == pytest.approx(1.1**exponent, rel=1e-12, nan_ok=True)


def test_truths_are_simplified() -> None:
    graph = Graph()
    x = graph.add("lt", graph.add("state", 0), graph.number(1.0))
    yes, no = graph.boolean(True), graph.boolean(False)
    assert graph.add("and", x, yes) == x == graph.add("or", no, x) == graph.add("and", x, x)
    assert graph.add("and", no, x) == no
    assert graph.add("or", x, yes) == yes
    assert graph.add("not", graph.add("not", x)) == x
    assert graph.add("select", yes, graph.number(1.0), graph.number(2.0)) == graph.number(1.0)
    assert graph.add("as_boolean", graph.number(3.0)) == yes
    assert graph.add("as_number", no) == graph.number(0.0)


def test_what_is_reached_comes_in_an_order_of_computation() -> None:
    graph = Graph()
    x = graph.add("state", 0)
    graph.add("exp", x)
    node = graph.add("mul", graph.add("sin", x), graph.add("time"))
    order = graph.reach([node])
    assert order == sorted(order)
    assert len(order) == 4
    assert all(child in order for item in order for child in graph.children(item))


def test_a_comparison_of_constants_is_no_switch() -> None:
    graph = Graph()
    still = graph.add("lt", graph.add("input", 0), graph.number(1.0))
    rate = graph.add("select", still, graph.add("state", 0), graph.number(0.0))
    assert hold_comparisons(graph, (rate,), ()) == ((rate,), ())


def test_what_lies_inside_a_held_comparison_is_not_held() -> None:
    graph = Graph()
    inner = graph.add(
        "select",
        graph.add("lt", graph.add("time"), graph.number(1.0)),
        graph.add("state", 0),
        graph.number(2.0),
    )
    outer = graph.add("lt", inner, graph.number(3.0))
    (rate,), switches = hold_comparisons(graph, (graph.add("as_number", outer),), ())
    assert switches == (outer,)
    assert graph.nodes[rate][0] == "as_number"
    assert graph.reach([rate])[0] not in (inner, outer)
