"""Derivatives of a graph's nodes by states and time: sparse, exact, and new nodes of the same graph.

Forward: every node gets a short table from what it depends on to the node of its slope, so that what two
slopes share is one node. Truth values do not slope; at a kink either side's slope is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from mscape.network.graph import BOOLEAN, Graph

TIME = -1
SMALLEST_BASE = 1e-30  # below it the slope of x^h is that of a straight line: h x^h / x would be 0 / 0

Slopes = dict[int, int]


def differentiate(graph: Graph, nodes: Iterable[int]) -> dict[int, Slopes]:
    """Return for each node its slopes: index of a state, or `TIME`, to a node; zeros are left out.

    Examples
    --------
    >>> graph = Graph()
    >>> product = graph.add("mul", graph.add("state", 0), graph.add("input", 0))
    >>> differentiate(graph, [product])[product] == {0: graph.add("input", 0)}
    True
    """
    wanted = list(nodes)
    slopes: dict[int, Slopes] = {}
    for node in graph.reach(wanted):
        slopes[node] = _slope(graph, node, slopes)
    return {node: slopes[node] for node in wanted}


def _slope(graph: Graph, node: int, slopes: Mapping[int, Slopes]) -> Slopes:
    operation, arguments = graph.nodes[node]
    if operation == "state":
        return {int(arguments[0]): graph.number(1.0)}
    if operation == "time":
        return {TIME: graph.number(1.0)}
    if operation in BOOLEAN or operation in _FLAT:
        return {}
    children = graph.children(node)
    if not any(slopes[child] for child in children):
        return {}
    if operation == "select":
        return _slope_select(graph, children, slopes)
    if operation == "powi":
        return _slope_integer_power(graph, node, slopes)
    if operation in _LINEAR:
        factors = tuple(_constant_factor(graph, sign) for sign in _LINEAR[operation])
    else:
        children = _find_quotient(graph, node) or children
        factors = _FACTORS["div" if children != graph.children(node) else operation](graph, node, children)
    return _combine(
        graph, [(f, slopes[child]) for f, child in zip(factors, children, strict=True) if slopes[child]]
    )


def _find_quotient(graph: Graph, node: int) -> tuple[int, int] | None:
    """Return a and b of a product a · (1 / b): sloped as a quotient, its slope by b is half known."""
    if graph.nodes[node][0] != "mul":
        return None
    first, second = graph.children(node)
    for rest, reciprocal in ((first, second), (second, first)):
        if graph.nodes[reciprocal][0] == "div" and graph.value_of(graph.children(reciprocal)[0]) == 1:
            return rest, graph.children(reciprocal)[1]
    return None


def _constant_factor(graph: Graph, sign: float) -> Callable[[], int]:
    return lambda: graph.number(sign)


def _combine(graph: Graph, terms: Iterable[tuple[Callable[[], int], Slopes]]) -> Slopes:
    """Return the sum of factor · slope; a factor is made only if it is needed."""
    result: Slopes = {}
    for factor, slopes in terms:
        for symbol, slope in slopes.items():
            term = graph.add("mul", factor(), slope)
            result[symbol] = _add_signed(graph, result[symbol], term) if symbol in result else term
    return {symbol: slope for symbol, slope in result.items() if graph.value_of(slope) != 0}


def _add_signed(graph: Graph, total: int, term: int) -> int:
    operation, arguments = graph.nodes[term]
    if operation == "neg":
        return graph.add("sub", total, arguments[0])
    return graph.add("add", total, term)


def _slope_select(graph: Graph, children: tuple[int, ...], slopes: Mapping[int, Slopes]) -> Slopes:
    condition, yes, no = children
    zero = graph.number(0.0)
    symbols = sorted({*slopes[yes], *slopes[no]})
    return {
        symbol: graph.add("select", condition, slopes[yes].get(symbol, zero), slopes[no].get(symbol, zero))
        for symbol in symbols
    }


def _slope_integer_power(graph: Graph, node: int, slopes: Mapping[int, Slopes]) -> Slopes:
    base, exponent = int(graph.nodes[node][1][0]), int(graph.nodes[node][1][1])

    def factor() -> int:
        return graph.add("mul", graph.number(exponent), graph.add("powi", base, exponent - 1))

    return _combine(graph, [(factor, slopes[base])])


Factors = tuple[Callable[[], int], ...]


def _factors_mul(graph: Graph, node: int, children: tuple[int, ...]) -> Factors:
    del graph, node
    return (lambda: children[1], lambda: children[0])


def _factors_div(graph: Graph, node: int, children: tuple[int, ...]) -> Factors:
    reciprocal = graph.add("div", graph.number(1.0), children[1])
    return (
        lambda: reciprocal,
        lambda: graph.add("neg", graph.add("mul", node, reciprocal)),
    )


def _factors_pow(graph: Graph, node: int, children: tuple[int, ...]) -> Factors:
    base, exponent = children

    def by_base() -> int:
        magnitude = graph.add("max", graph.add("abs", base), graph.number(SMALLEST_BASE))
        negative = graph.add("lt", base, graph.number(0.0))
        divisor = graph.add("select", negative, graph.add("neg", magnitude), magnitude)
        return graph.add("mul", exponent, graph.add("div", node, divisor))

    def by_exponent() -> int:
        positive = graph.add("max", base, graph.number(SMALLEST_BASE))
        return graph.add("mul", node, graph.add("log", positive))

    return (by_base, by_exponent)


def _factors_extreme(graph: Graph, node: int, children: tuple[int, ...]) -> Factors:
    smaller = (
        graph.add("le", *children) if graph.nodes[node][0] == "min" else graph.add("le", *children[::-1])
    )
    first = graph.add("as_number", smaller)
    return (lambda: first, lambda: graph.add("sub", graph.number(1.0), first))


def _factors_unary(graph: Graph, node: int, children: tuple[int, ...]) -> Factors:
    return (lambda: _UNARY[graph.nodes[node][0]](graph, children[0], node),)


def _one_over(graph: Graph, node: int) -> int:
    return graph.add("div", graph.number(1.0), node)


def _one_plus(graph: Graph, node: int) -> int:
    return graph.add("add", graph.number(1.0), node)


def _one_minus(graph: Graph, node: int) -> int:
    return graph.add("sub", graph.number(1.0), node)


def _square(graph: Graph, node: int) -> int:
    return graph.add("mul", node, node)


def _sign(graph: Graph, node: int) -> int:
    below = graph.add("lt", node, graph.number(0.0))
    return graph.add("select", below, graph.number(-1.0), graph.number(1.0))


_FLAT = frozenset({"number", "input", "floor", "ceil", "as_number"})
_LINEAR = {"add": (1.0, 1.0), "sub": (1.0, -1.0), "neg": (-1.0,)}
_UNARY: dict[str, Callable[[Graph, int, int], int]] = {  # graph, argument, node itself
    "exp": lambda g, x, y: y,
    "log": lambda g, x, y: _one_over(g, x),
    # sqrt(x) / 2x rather than 1 / 2 sqrt(x): 0 at 0, where an infinite slope would freeze whatever leaves it
    "sqrt": lambda g, x, y: g.add(
        "div", g.add("mul", g.number(0.5), y), g.add("max", x, g.number(SMALLEST_BASE))
    ),
    "abs": lambda g, x, y: _sign(g, x),
    "sin": lambda g, x, y: g.add("cos", x),
    "cos": lambda g, x, y: g.add("neg", g.add("sin", x)),
    "tan": lambda g, x, y: _one_plus(g, _square(g, y)),
    "asin": lambda g, x, y: _one_over(g, g.add("sqrt", _one_minus(g, _square(g, x)))),
    "acos": lambda g, x, y: g.add("neg", _one_over(g, g.add("sqrt", _one_minus(g, _square(g, x))))),
    "atan": lambda g, x, y: _one_over(g, _one_plus(g, _square(g, x))),
    "sinh": lambda g, x, y: g.add("cosh", x),
    "cosh": lambda g, x, y: g.add("sinh", x),
    "tanh": lambda g, x, y: _one_minus(g, _square(g, y)),
    "asinh": lambda g, x, y: _one_over(g, g.add("sqrt", _one_plus(g, _square(g, x)))),
    "acosh": lambda g, x, y: _one_over(g, g.add("sqrt", g.add("sub", _square(g, x), g.number(1.0)))),
    "atanh": lambda g, x, y: _one_over(g, _one_minus(g, _square(g, x))),
}
_FACTORS: dict[str, Callable[[Graph, int, tuple[int, ...]], Factors]] = {
    "mul": _factors_mul,
    "div": _factors_div,
    "pow": _factors_pow,
    "min": _factors_extreme,
    "max": _factors_extreme,
    **dict.fromkeys(_UNARY, _factors_unary),
}
