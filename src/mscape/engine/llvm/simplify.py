"""A graph rewritten so that less is computed at every step: what depends on inputs alone is gathered.

Products are taken apart into factors, equal inputs above and below the line cancel, and what is left is put
together again with the inputs first, so that they become one number computed once a trajectory. A size that
divides a sum goes into its terms where that cancels. The value changes by rounding only, but where an input
is 0 or infinite and cancels; and a power of a base below zero with a fractional exponent, which would be no
number, counts as that of zero: a concentration may fall below zero by rounding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mscape.network.graph import Graph

MOST_POWER = 16  # products of higher integer powers are not taken apart


class LeanGraph(Graph):
    """A graph that knows which nodes move (with state or time) and multiplies what does not move first."""

    def __init__(self) -> None:
        super().__init__()
        self.moving: list[bool] = []

    def add(self, operation: str, *arguments: float) -> int:
        """Return the node of an operation, inputs gathered."""
        if operation == "mul":
            return self._multiply(int(arguments[0]), int(arguments[1]))
        if operation == "add":
            return self._add(int(arguments[0]), int(arguments[1]))
        if operation == "sub" and self.nodes[int(arguments[1])][0] == "neg":
            return self.add("add", arguments[0], self.nodes[int(arguments[1])][1][0])
        return super().add(operation, *arguments)

    def moves(self, node: int) -> bool:
        """Return whether a node depends on more than inputs."""
        while len(self.moving) <= node:
            new = len(self.moving)
            symbol = self.nodes[new][0] in ("state", "time", "switch")
            self.moving.append(symbol or any(self.moving[child] for child in self.children(new)))
        return self.moving[node]

    def _multiply(self, a: int, b: int) -> int:
        for mine, other in ((a, b), (b, a)):
            if self.nodes[mine][0] == "neg":
                return self.add("neg", self.add("mul", self.nodes[mine][1][0], other))
        if self.moves(a):
            a, b = b, a
        operation, arguments = self.nodes[b]
        if not self.moves(a) and self.moves(b) and operation == "mul":
            first, second = (int(argument) for argument in arguments)
            if self.moves(first):
                first, second = second, first
            if not self.moves(first):
                return super().add("mul", self.add("mul", a, first), second)
        return super().add("mul", a, b)

    def _add(self, a: int, b: int) -> int:
        if self.nodes[b][0] == "neg":
            return self.add("sub", a, self.nodes[b][1][0])
        if self.nodes[a][0] == "neg":
            return self.add("sub", b, self.nodes[a][1][0])
        return super().add("add", a, b)


@dataclass(frozen=True)
class _Product:
    """A number times powers: of lean nodes, or of sums not put together yet (below zero: −1 − place)."""

    number: float = 1.0
    factors: Mapping[int, int] = field(default_factory=dict)

    @property
    def key(self) -> tuple[tuple[int, int], ...]:
        return tuple(sorted(self.factors.items()))


_Sum = tuple[_Product, ...]


class Simplifier:
    """Rewrites nodes of a graph into a `LeanGraph`."""

    def __init__(self, graph: Graph, nodes: Iterable[int]) -> None:
        self.lean = LeanGraph()
        self._graph = graph
        self._order = graph.reach(nodes)
        self._uses = [0] * len(graph.nodes)
        for node in self._order:
            for child in graph.children(node):
                self._uses[child] += 1
        self._sums: list[_Sum] = []
        self._made: dict[tuple[int, float, tuple[tuple[int, int], ...]], int] = {}
        self._products: dict[int, _Product] = {}
        self._booleans: dict[int, int] = {}
        for node in self._order:
            if graph.is_boolean(node):
                self._booleans[node] = self._rewrite(node)
            else:
                self._products[node] = self._take_apart(node)

    def get(self, node: int) -> int:
        """Return the lean node of a node."""
        return self._booleans[node] if node in self._booleans else self._put_together(self._products[node])

    # taking apart ------------------------------------------------------------------------------------------

    def _take_apart(self, node: int) -> _Product:
        operation, arguments = self._graph.nodes[node]
        if operation == "number":
            return _Product(arguments[0])
        children = [self._products.get(child, _Product()) for child in self._graph.children(node)]
        if operation == "neg":
            return _Product(-children[0].number, children[0].factors)
        if operation in ("add", "sub"):
            return self._take_sum(node)
        if operation == "mul":
            return self._multiply(children[0], children[1])
        if operation == "div" and children[1].number != 0:
            return self._multiply(children[0], _raise(children[1], -1))
        if (
            operation == "powi"
            and abs(arguments[1]) <= MOST_POWER
            and (arguments[1] > 0 or children[0].number)
        ):
            return _raise(children[0], int(arguments[1]))
        return _Product(1.0, {self._rewrite(node): 1})

    def _take_sum(self, node: int) -> _Product:
        terms: dict[tuple[tuple[int, int], ...], _Product] = {}
        for product in self._list_terms(node, 1.0):
            known = terms.get(product.key)
            number = product.number + (known.number if known else 0.0)
            terms[product.key] = _Product(number, product.factors)
        kept = tuple(product for product in terms.values() if product.number != 0)
        if not kept:
            return _Product(0.0)
        if len(kept) == 1:
            return kept[0]
        self._sums.append(kept)
        return _Product(1.0, {-len(self._sums): 1})

    def _list_terms(self, node: int, sign: float) -> list[_Product]:
        """Return the terms of a sum, and of sums within it that nothing else uses."""
        operation, _ = self._graph.nodes[node]
        first, second = self._graph.children(node)
        result = []
        for child, its in ((first, sign), (second, -sign if operation == "sub" else sign)):
            inner, flip = child, its
            while self._graph.nodes[inner][0] == "neg" and self._uses[inner] == 1:
                inner, flip = self._graph.children(inner)[0], -flip
            if self._graph.nodes[inner][0] in ("add", "sub") and self._uses[inner] == 1:
                result += self._list_terms(inner, flip)
            else:
                product = self._products[child]
                result.append(_Product(product.number * its, product.factors))
        return result

    def _multiply(self, a: _Product, b: _Product) -> _Product:
        factors = dict(a.factors)
        for base, power in b.factors.items():
            total = factors.get(base, 0) + power
            if base in factors and (factors[base] > 0) != (power > 0) and self._moves(base):
                # x / x is 1 but where x is 0 or infinite
                return _Product(1.0, self._merge(self._put_together(a), self._put_together(b)))
            factors[base] = total
            if total == 0:
                del factors[base]
        return _Product(a.number * b.number, factors)

    def _merge(self, a: int, b: int) -> dict[int, int]:
        return {self.lean.add("mul", a, b): 1}

    def _moves(self, base: int) -> bool:
        if base >= 0:
            return self.lean.moves(base)
        return any(self._moves(inner) for term in self._sums[-base - 1] for inner in term.factors)

    # putting together --------------------------------------------------------------------------------------

    def _put_together(self, product: _Product) -> int:
        sums = [base for base, power in product.factors.items() if base < 0 and power == 1]
        rest = {base: power for base, power in product.factors.items() if base not in sums}
        if len(sums) == 1 and not any(self._moves(base) for base in rest):
            return self._distribute(sums[0], _Product(product.number, rest))
        return self._chain(product)

    def _distribute(self, base: int, scale: _Product) -> int:
        """Return a sum times something that does not move, multiplied out if that costs nothing."""
        terms = self._sums[-base - 1]
        scaled = [self._multiply(scale, term) for term in terms]
        plain = sum(self._is_plain(term) for term in terms) - sum(self._is_plain(term) for term in scaled)
        if not self._is_plain(scale) and plain > 1:
            whole = self._add_up(base, _Product(), terms)
            return self.lean.add("mul", self._chain(scale), whole)
        return self._add_up(base, scale, tuple(scaled))

    def _is_plain(self, product: _Product) -> bool:
        return abs(product.number) == 1 and all(self._moves(base) for base in product.factors)

    def _add_up(self, base: int, scale: _Product, terms: _Sum) -> int:
        key = (base, scale.number, scale.key)
        if key not in self._made:
            still = [term for term in terms if not any(self._moves(b) for b in term.factors)]
            moving = [term for term in terms if any(self._moves(b) for b in term.factors)]
            result = None
            for term in [*still, *moving]:
                result = self._add_term(result, term)
            assert result is not None
            self._made[key] = result
        return self._made[key]

    def _add_term(self, total: int | None, term: _Product) -> int:
        if total is None:
            return self._put_together(term)
        if term.number < 0:
            return self.lean.add("sub", total, self._put_together(_Product(-term.number, term.factors)))
        return self.lean.add("add", total, self._put_together(term))

    def _chain(self, product: _Product) -> int:
        """Return factors multiplied: number and inputs first, then what moves, then its reciprocals."""
        lean = self.lean
        still = [(b, p) for b, p in sorted(product.factors.items()) if not self._moves(b)]
        moving = [(b, p) for b, p in sorted(product.factors.items()) if self._moves(b)]
        result = lean.number(abs(product.number))
        for base, power in still:
            operation = "mul" if power > 0 else "div"
            result = lean.add(operation, result, self._power(base, abs(power)))
        for base, power in moving:
            if power > 0:
                result = lean.add("mul", result, self._power(base, power))
        for base, power in moving:
            if power < 0:
                reciprocal = lean.add("div", lean.number(1.0), self._power(base, -power))
                result = lean.add("mul", result, reciprocal)
        return lean.add("neg", result) if product.number < 0 else result

    def _power(self, base: int, power: int) -> int:
        node = self._put_together(_Product(1.0, {base: 1})) if base < 0 else base
        return self.lean.add("powi", node, power)

    # everything else ---------------------------------------------------------------------------------------

    def _rewrite(self, node: int) -> int:
        """Return the same operation on lean nodes."""
        operation, arguments = self._graph.nodes[node]
        lean = self.lean
        if operation == "boolean":
            return lean.boolean(bool(arguments[0]))
        if operation in ("state", "input", "switch", "time"):
            return lean.add(operation, *arguments)
        children = [self.get(child) for child in self._graph.children(node)]
        if operation == "powi":
            return lean.add("powi", children[0], arguments[1])
        if operation == "pow":
            return lean.add("pow", self._guard(children[0], children[1]), children[1])
        if operation == "sqrt" and lean.moves(children[0]):
            return lean.add("sqrt", lean.add("max", children[0], lean.number(0.0)))
        return lean.add(operation, *children)

    def _guard(self, base: int, exponent: int) -> int:
        """Return a base that is not below zero where the exponent is no whole number."""
        lean = self.lean
        if not lean.moves(base):
            return base
        above = lean.add("max", base, lean.number(0.0))
        value = lean.value_of(exponent)
        if value is not None:
            return above
        whole = lean.add("eq", exponent, lean.add("floor", exponent))
        return lean.add("select", whole, base, above)


def _raise(product: _Product, power: int) -> _Product:
    return _Product(float(product.number) ** power, {base: p * power for base, p in product.factors.items()})
