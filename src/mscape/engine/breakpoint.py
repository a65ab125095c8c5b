"""Times at which a comparison turns because of the clock alone: a solver must stop there, not look for them.

``time >= dose_at`` is told from the expression; a pulse shorter than a step is not missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mscape.engine.interpret import Symbols, evaluate_nodes
from mscape.engine.pool import Array, Pool
from mscape.network.graph import Graph
from mscape.network.system import System

LOOKS = 64  # parts of a period with a stop at the end of each, where a trigger may hold for a moment only
TURN = 0.5  # radians of a sine of the clock that steps may pass at once


@dataclass(frozen=True)
class Breakpoint:
    """A time that solves an equation of the clock and inputs.

    Parameters
    ----------
    value
        Node that time, after the steps, is compared with.
    steps
        What was done to time, last first: operation, the other node, and whether time came first.
    """

    value: int
    steps: tuple[tuple[str, int, bool], ...]


def find_breakpoints(system: System) -> tuple[Breakpoint, ...]:
    """Find the comparisons of switches and triggers that only time and inputs decide."""
    graph = system.graph
    outputs = (*system.switches, *(event.trigger for event in system.events))
    moving = _depend(graph, outputs, ("state", "time", "switch"))
    found = []
    for node in graph.reach(outputs):
        operation, arguments = graph.nodes[node]
        if operation not in ("lt", "le", "eq"):
            continue
        for mine, other in ((0, 1), (1, 0)):
            side, value = int(arguments[mine]), int(arguments[other])
            steps = _undo(graph, side, moving) if value not in moving else None
            if steps is not None:
                found.append(Breakpoint(value, steps))
    return tuple(dict.fromkeys(found))


def needs_looks(system: System) -> bool:
    """Return whether a trigger or switch may hold for a moment that no solver's steps would resolve.

    It may where it compares a function of the clock, or where it is made of several comparisons: the steps
    resolve states, not what is made of them.
    """
    graph = system.graph
    outputs = (*system.switches, *(event.trigger for event in system.events))
    moving = _depend(graph, outputs, ("state", "time"))
    clocks = _depend(graph, outputs, ("time",))
    for output in outputs:
        found = [node for node in graph.reach([output]) if _is_open(graph, node, moving)]
        if len(found) > 1 or any(node in clocks for node in found):
            return True
    return False


def find_turning(system: System) -> tuple[int, ...]:
    """Return the arguments of sines, cosines and tangents that only clock and inputs move.

    Steps must not outrun them: what is sampled once a turn, or where nothing happens, looks constant.
    """
    graph = system.graph
    outputs = (*system.rates, *system.switches, *(event.trigger for event in system.events))
    clocks = _depend(graph, outputs, ("time",)) - _depend(graph, outputs, ("state", "switch"))
    turning = [
        graph.children(n)[0] for n in graph.reach(outputs) if graph.nodes[n][0] in ("sin", "cos", "tan")
    ]
    return tuple(dict.fromkeys(node for node in turning if node in clocks))


def measure_turning(graph: Graph, turning: tuple[int, ...], pool: Pool, end: Array) -> Array:
    """Return the fastest change of any of the arguments from now to the end, shape (trajectory,)."""
    columns = list(np.ascontiguousarray(pool.inputs.T))
    fastest = np.zeros(len(end))
    for share in np.linspace(0.0, 1.0, 9):
        time = pool.time + share * (end - pool.time)
        later = time + 1e-6 * (end - pool.time)
        here, there = (evaluate_nodes(graph, turning, Symbols([], columns, t, [])) for t in (time, later))
        with np.errstate(all="ignore"):
            for a, b in zip(here, there, strict=True):
                fastest = np.fmax(fastest, np.abs(b - a) / (later - time))
    return fastest


def cut_period(graph: Graph, turning: tuple[int, ...], pool: Pool, end: Array, looks: int) -> Array:
    """Return how long the parts of a period are, with a stop at the end of each, shape (trajectory,).

    So short that no sine of the clock turns by more than `TURN` in one, and, if ``looks`` is not 0, at most a
    `LOOKS`-th of the period.
    """
    hours = end - pool.time
    turns = np.ceil(hours * measure_turning(graph, turning, pool, end) / TURN)
    return np.asarray(hours / np.fmax(turns, LOOKS if looks else 1))


def _is_open(graph: Graph, node: int, moving: set[int]) -> bool:
    """Return whether a node is a comparison that moves, and not by a known time."""
    operation, arguments = graph.nodes[node]
    if operation not in ("lt", "le", "eq") or node not in moving:
        return False
    sides = (int(arguments[0]), int(arguments[1]))
    pairs = (sides, sides[::-1])
    return not any(other not in moving and _undo(graph, side, moving) is not None for side, other in pairs)


def _depend(graph: Graph, outputs: Sequence[int], symbols: tuple[str, ...]) -> set[int]:
    depending: set[int] = set()
    for node in graph.reach(outputs):
        if graph.nodes[node][0] in symbols or any(c in depending for c in graph.children(node)):
            depending.add(node)
    return depending


def _undo(graph: Graph, node: int, moving: set[int]) -> tuple[tuple[str, int, bool], ...] | None:
    """Return the steps from time to a node, last first; None if time is not all that moves in it."""
    steps: list[tuple[str, int, bool]] = []
    while graph.nodes[node][0] != "time":
        operation, arguments = graph.nodes[node]
        if operation == "neg":
            steps.append(("neg", -1, True))
            node = int(arguments[0])
            continue
        inside = [int(a) in moving for a in arguments] if operation in ("add", "sub", "mul", "div") else []
        if sum(inside) != 1 or (operation == "div" and inside[1]):
            return None
        steps.append((operation, int(arguments[inside[0]]), inside[0]))
        node = int(arguments[not inside[0]])
    return tuple(steps)


def locate_breakpoints(graph: Graph, breakpoints: tuple[Breakpoint, ...], pool: Pool) -> Array:
    """Return the time of each breakpoint for each trajectory, shape (trajectory, breakpoint)."""
    nodes = [n for b in breakpoints for n in (b.value, *(other for _, other, _ in b.steps if other >= 0))]
    columns = list(np.ascontiguousarray(pool.inputs.T))
    values = dict(zip(nodes, evaluate_nodes(graph, nodes, Symbols([], columns, pool.time, [])), strict=True))
    times = np.empty((len(pool.time), len(breakpoints)))
    with np.errstate(all="ignore"):
        for column, point in enumerate(breakpoints):
            time = values[point.value] + np.zeros(len(pool.time))
            for operation, other, first in point.steps:
                time = _invert(operation, time, values.get(other, time), time_first=first)
            times[:, column] = time
    return times


def _invert(operation: str, target: Array, other: Array, *, time_first: bool) -> Array:
    if operation == "neg":
        return -target
    if operation == "add":
        return np.asarray(target - other)
    if operation == "sub":
        return np.asarray(target + other if time_first else other - target)
    return np.asarray(target / other if operation == "mul" else target * other)
