"""Comparisons of what moves, taken out of rates: a rate must be smooth while a step is taken.

Each comparison is a switch of its own, those inside an event's trigger too if it holds several: of
``x > 4 and x < 5`` a long step may see neither end, but it sees ``x > 4`` turn.
"""

from __future__ import annotations

from collections.abc import Iterable

from mscape.network.graph import CONNECTIVES, Graph


def hold_comparisons(
    graph: Graph, rates: tuple[int, ...], triggers: tuple[int, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Replace every comparison of state or time in some rates by a switch.

    Parameters
    ----------
    graph
        Grows.
    rates, triggers
        Nodes; triggers stay as they are, only what they compare is watched.

    Returns
    -------
    tuple[tuple[int, ...], tuple[int, ...]]
        The rates, and the boolean node of each switch; the same rates where they compare nothing.
    """
    moving = _find_moving(graph, (*rates, *triggers))
    reached, held = _find_comparisons(graph, rates, moving)
    switches = {node: index for index, node in enumerate(held)}
    new: dict[int, int] = {}
    for node in sorted(reached) if switches else ():
        operation, arguments = graph.nodes[node]
        if node in switches:
            new[node] = graph.add("switch", switches[node])
        elif operation == "powi":
            new[node] = graph.add("powi", new[int(arguments[0])], arguments[1])
        elif graph.children(node):
            new[node] = graph.add(operation, *(new[int(a)] for a in arguments))
        else:
            new[node] = node
    for trigger in triggers:
        _, parts = _find_comparisons(graph, (trigger,), moving)
        if len(parts) > 1:
            held.extend(part for part in parts if part not in held)
    return tuple(new.get(rate, rate) for rate in rates), tuple(held)


def _find_comparisons(graph: Graph, outputs: Iterable[int], moving: set[int]) -> tuple[set[int], list[int]]:
    """Return what is reached down to comparisons of what moves, and these comparisons."""
    reached: set[int] = set()
    found: list[int] = []
    stack = list(outputs)[::-1]
    while stack:
        node = stack.pop()
        if node in reached:
            continue
        reached.add(node)
        if node in moving and graph.is_boolean(node) and not _is_connective(graph, node):
            found.append(node)
        else:
            stack.extend(graph.children(node))
    return reached, found


def _is_connective(graph: Graph, node: int) -> bool:
    return graph.nodes[node][0] in CONNECTIVES


def _find_moving(graph: Graph, outputs: tuple[int, ...]) -> set[int]:
    """Return the nodes that depend on state or time."""
    moving: set[int] = set()
    for node in graph.reach(outputs):
        if graph.nodes[node][0] in ("state", "time") or any(c in moving for c in graph.children(node)):
            moving.add(node)
    return moving
