"""What a kernel has to compute: equations, their derivatives, and which of it stays the same all along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mscape.engine.llvm.factorise import Factors, plan_factors
from mscape.engine.llvm.simplify import Simplifier
from mscape.network.derivative import TIME, differentiate
from mscape.network.graph import Graph
from mscape.network.system import System

LARGE = 6000  # operations of a step's beginning
LONGEST = 300  # operations in one function of a large system


@dataclass(frozen=True)
class Plan:
    """Equations ready to be written as code.

    Parameters
    ----------
    graph
        Holds every node named below.
    rates, observables, switches, triggers
        Nodes.
    jacobian
        Row and column to a node.
    by_time
        State to the node of its rate's explicit slope in time.
    hoisted
        Nodes that depend on inputs alone and that the rest needs: computed once a trajectory, in this order.
    inputs
        Those that the hoisted nodes need.
    width
        How many inputs the system has.
    factors
        How the matrix of a step is factorised.
    """

    graph: Graph
    rates: tuple[int, ...]
    observables: tuple[int, ...]
    switches: tuple[int, ...]
    triggers: tuple[int, ...]
    jacobian: Mapping[tuple[int, int], int]
    by_time: Mapping[int, int]
    hoisted: tuple[int, ...]
    inputs: tuple[int, ...]
    width: int
    factors: Factors

    @property
    def turning(self) -> bool:
        """Whether anything can turn on the way."""
        return bool(self.switches or self.triggers)

    @property
    def large(self) -> bool:
        """Whether a function of all that a step begins with would be too long for a compiler."""
        factors = self.factors
        updates = sum(len(factors.below[k]) * len(factors.right[k]) for k in factors.order)
        return updates + len(self.graph.nodes) > LARGE

    def cut(self, roots: Sequence[int]) -> list[list[int]]:
        """Return the nodes that roots need, in an order of computation, in parts that are not too long."""
        hoisted, seen = set(self.hoisted), set[int]()
        order: list[int] = []
        for root in roots:
            stack = [(root, False)]
            while stack:
                node, ready = stack.pop()
                if ready:
                    order.append(node)
                elif node not in seen:
                    seen.add(node)
                    stack.append((node, True))
                    if node not in hoisted:
                        stack.extend((child, False) for child in self.graph.children(node))
        return [order[start : start + LONGEST] for start in range(0, len(order), LONGEST)]

    def find_shared(self, parts: Sequence[Sequence[int]]) -> dict[int, int]:
        """Return the nodes that a later part than their own needs, numbered."""
        part = {node: number for number, nodes in enumerate(parts) for node in nodes}
        shared = {
            child
            for node, number in part.items()
            for child in self.graph.children(node)
            if part.get(child, number) != number
        }
        return {node: slot for slot, node in enumerate(sorted(shared))}

    def count_shared(self) -> int:
        """Return how many numbers the parts of a large system hand on at most."""
        every = [*self.rates, *self.by_time.values(), *self.jacobian.values()]
        return max(len(self.find_shared(self.cut(roots))) for roots in (every, self.rates))


def plan_kernel(system: System, observables: Sequence[str]) -> Plan:
    """Differentiate a system's rates and sort out what is computed once."""
    triggers = tuple(event.trigger for event in system.events)
    read = tuple(system.readable[name] for name in observables)
    rewrite = Simplifier(system.graph, [*system.rates, *read, *system.switches, *triggers])
    graph = rewrite.lean
    # a model may consist of rules and events alone
    rates = tuple(rewrite.get(node) for node in system.rates) or (graph.number(0.0),)
    slopes = differentiate(graph, rates)
    jacobian = {
        (i, j): slope
        for i, rate in enumerate(rates)
        for j, slope in sorted(slopes[rate].items())
        if j != TIME
    }
    by_time = {i: slopes[rate][TIME] for i, rate in enumerate(rates) if TIME in slopes[rate]}
    read, switches, triggers = (
        tuple(rewrite.get(node) for node in nodes) for nodes in (read, system.switches, triggers)
    )
    wanted = [*rates, *jacobian.values(), *by_time.values(), *read, *switches, *triggers]
    hoisted = find_hoisted(graph, wanted)
    return Plan(
        graph=graph,
        rates=rates,
        observables=read,
        switches=switches,
        triggers=triggers,
        jacobian=jacobian,
        by_time=by_time,
        hoisted=hoisted,
        inputs=find_inputs(graph, hoisted),
        width=len(system.inputs),
        factors=plan_factors(len(rates), jacobian),
    )


def find_hoisted(graph: Graph, wanted: Iterable[int]) -> tuple[int, ...]:
    """Return the nodes made of inputs alone that are wanted, or that a node made of more needs directly."""
    outputs = set(wanted)
    moving: dict[int, bool] = {}
    result: set[int] = set()
    order = graph.reach(outputs)
    for node in order:
        operation, _ = graph.nodes[node]
        children = graph.children(node)
        moving[node] = operation in ("state", "time", "switch") or any(moving[child] for child in children)
        if moving[node]:
            result.update(child for child in children if not moving[child])
    result.update(node for node in outputs if not moving[node])
    return tuple(sorted(node for node in result if graph.value_of(node) is None))


def find_inputs(graph: Graph, nodes: Iterable[int]) -> tuple[int, ...]:
    """Return the inputs that some nodes need, in order."""
    symbols = (graph.nodes[node] for node in graph.reach(nodes))
    return tuple(sorted(int(arguments[0]) for operation, arguments in symbols if operation == "input"))
