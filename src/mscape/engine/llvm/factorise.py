"""LU factors of 1 / (gamma h) − J as straight-line instructions; the order is chosen once.

Symbolic and without pivoting: with a step small enough the diagonal dominates, and a step for which it does
not fails its error test. Rows of U and columns of L are both scaled by the pivots, so that each link of the
chains in the two substitutions is one multiply-add. What is off the diagonal is kept with its sign turned:
the elimination then only adds there, and few signs are left to be turned.

Source of the order: H. M. Markowitz, Management Science 3:255 (1957), doi 10.1287/mnsc.3.3.255.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mscape.engine.llvm.builder import Code
from mscape.engine.llvm.shape import Value

Place = tuple[int, int]


@dataclass(frozen=True)
class Factors:
    """Where the factors have entries, and the order of elimination.

    Parameters
    ----------
    order
        States in the order they are eliminated.
    below, right
        For each state the rows below and the columns right of its pivot that are not zero.
    place
        Where each entry is kept.
    """

    order: tuple[int, ...]
    below: Mapping[int, tuple[int, ...]]
    right: Mapping[int, tuple[int, ...]]
    place: Mapping[Place, int]


def plan_factors(size: int, entries: Iterable[Place]) -> Factors:
    """Choose the order that Markowitz's rule gives for a Jacobian with these entries."""
    rows: list[set[int]] = [set() for _ in range(size)]
    columns: list[set[int]] = [set() for _ in range(size)]
    for i, j in entries:
        if i != j:
            rows[i].add(j)
            columns[j].add(i)
    left = set(range(size))
    level = [0] * size
    order, below, right = [], {}, {}
    while left:
        pivot = min(left, key=lambda k: (len(rows[k]) * len(columns[k]), level[k], k))
        left.remove(pivot)
        order.append(pivot)
        below[pivot], right[pivot] = tuple(sorted(columns[pivot])), tuple(sorted(rows[pivot]))
        for i in below[pivot]:
            rows[i].discard(pivot)
            rows[i].update(j for j in right[pivot] if j != i)
            level[i] = max(level[i], level[pivot] + 1)
        for j in right[pivot]:
            columns[j].discard(pivot)
            columns[j].update(i for i in below[pivot] if i != j)
    places = [(k, k) for k in order]
    places += [(i, k) for k in order for i in below[k]] + [(k, j) for k in order for j in right[k]]
    return Factors(tuple(order), below, right, {place: n for n, place in enumerate(places)})


def write_factorisation(
    code: Code,
    factors: Factors,
    start: Callable[[int, int], Value | None],
    keep: Callable[[int, Value], None],
) -> None:
    """Append the elimination.

    Parameters
    ----------
    code
        Where instructions go.
    factors
        The plan.
    start
        Gives the matrix' entry at row and column, off the diagonal its negative; None where it is zero.
    keep
        Stores an entry of the factors at its place.
    """
    current: dict[Place, Value | None] = {}

    def get(i: int, j: int) -> Value | None:
        # asked for when first needed, so that few values are alive at a time
        if (i, j) not in current:
            current[i, j] = start(i, j)
        return current[i, j]

    def get_known(i: int, j: int) -> Value:
        value = get(i, j)
        assert value is not None
        return value

    for k in factors.order:
        inverse = code.div(code.real(1.0), get_known(k, k))
        keep(factors.place[k, k], inverse)
        scaled = {}
        for i in factors.below[k]:
            scaled[i] = code.mul(get_known(i, k), inverse)
            keep(factors.place[i, k], scaled[i])
        for j in factors.right[k]:
            entry = get_known(k, j)
            for i in factors.below[k]:
                known, more = get(i, j), code.neg(scaled[i]) if i == j else scaled[i]
                current[i, j] = code.mul(more, entry) if known is None else code.fma(more, entry, known)
            keep(factors.place[k, j], code.mul(entry, inverse))


def write_solution(
    code: Code, factors: Factors, right_side: list[Value], entry: Callable[[int], Value]
) -> list[Value]:
    """Append the two substitutions and return the solution; *entry* loads a factor from its place."""
    x = list(right_side)
    for k in factors.order:
        for i in factors.below[k]:
            x[i] = code.fma(entry(factors.place[i, k]), x[k], x[i])
    for k in factors.order:
        x[k] = code.mul_exactly(x[k], entry(factors.place[k, k]))
    for k in reversed(factors.order):
        for j in factors.right[k]:
            x[k] = code.fma(entry(factors.place[k, j]), x[j], x[k])
    return x
