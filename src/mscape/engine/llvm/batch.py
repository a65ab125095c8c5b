"""Nodes of a graph computed for every trajectory of a pool as it stands, whatever stands beside it."""

from __future__ import annotations

from collections.abc import Sequence

from mscape.engine.llvm.builder import Code, Module
from mscape.engine.llvm.expression import Expressions
from mscape.engine.llvm.shape import NUMBER, POINTER, WORD, Shape, Value
from mscape.network.graph import Graph

TABLE = ("time", "state", "input", "switch", "result", "block", "count")

Symbol = tuple[str, int]


def list_symbols(graph: Graph, nodes: Sequence[int]) -> list[Symbol]:
    """Return the symbols that some nodes need, in order; time as one of width 1."""
    found = set()
    for node in graph.reach(nodes):
        operation, arguments = graph.nodes[node]
        if operation in ("state", "input", "switch"):
            found.add((operation, int(arguments[0])))
        elif operation == "time":
            found.add((operation, 0))
    return sorted(found)


def write_batch(graph: Graph, nodes: Sequence[int], shape: Shape, widths: dict[str, int]) -> str:
    """Return the LLVM IR whose public function ``evaluate(table)`` computes nodes row by row.

    Parameters
    ----------
    graph
        Holds the nodes.
    nodes
        What to compute.
    shape
        Lanes.
    widths
        How many states, inputs and switches a row has.
    """
    module = Module(shape)
    symbols = list_symbols(graph, nodes)
    _write_compute(module, graph, nodes, symbols)
    with module.function("evaluate", [POINTER], how="public") as code:
        (table,) = code.arguments
        entries = {
            name: code.load(WORD if name == "count" else POINTER, code.at(table, place))
            for place, name in enumerate(TABLE)
        }
        last = code.binary("sub", entries["count"], code.word(1))
        groups = code.binary("udiv", code.binary("add", last, code.word(shape.lanes)), code.word(shape.lanes))
        with code.loop(groups) as group:
            first = code.binary("mul", group, code.word(shape.lanes))
            with code.loop(shape.lanes) as lane:
                row = code.binary("add", first, lane)
                row = code.select(code.compare("ult", row, last), row, last)
                _gather(code, symbols, {**widths, "time": 1}, (entries, row, lane))
            code.call("compute", entries["block"])
            with code.loop(shape.lanes) as lane:
                row = code.binary("add", first, lane)
                with code.when(code.compare("ule", row, last)):
                    _scatter(code, (len(symbols), len(nodes)), (entries, row, lane))
        code.finish()
    return module.text()


def _write_compute(module: Module, graph: Graph, nodes: Sequence[int], symbols: list[Symbol]) -> None:
    slots = {symbol: slot for slot, symbol in enumerate(symbols)}
    with module.function("compute", [POINTER]) as code:
        (block,) = code.arguments

        def leaf(node: int) -> Value | None:
            operation, arguments = graph.nodes[node]
            slot = slots.get((operation, int(arguments[0]) if arguments else 0))
            return (
                None if slot is None else code.load(code.shape.real, code.at(block, slot, code.shape.bytes))
            )

        expressions = Expressions(code, graph, leaf)
        for place, node in enumerate(nodes):
            where = code.at(block, len(symbols) + place, code.shape.bytes)
            code.store(expressions.get_real(node), where)
        code.finish()


def _gather(
    code: Code, symbols: list[Symbol], widths: dict[str, int], what: tuple[dict[str, Value], Value, Value]
) -> None:
    entries, row, lane = what
    column = code.at(entries["block"], lane)
    for kind in ("input", "state", "switch", "time"):
        slots = [slot for slot, symbol in enumerate(symbols) if symbol[0] == kind]
        if not slots:
            continue
        base = code.at(entries[kind], code.binary("mul", row, code.word(widths[kind])))
        numbers = code.module.words([symbols[slot][1] for slot in slots])
        target = code.at(column, slots[0], code.shape.bytes)
        with code.loop(len(slots)) as place:
            value = code.load(NUMBER, code.at(base, code.load(WORD, code.at(numbers, place))))
            code.store(value, code.at(target, place, code.shape.bytes))


def _scatter(code: Code, counts: tuple[int, int], what: tuple[dict[str, Value], Value, Value]) -> None:
    entries, row, lane = what
    symbols, nodes = counts
    target = code.at(entries["result"], code.binary("mul", row, code.word(nodes)))
    source = code.at(code.at(entries["block"], lane), symbols, code.shape.bytes)
    with code.loop(nodes) as place:
        code.store(code.load(NUMBER, code.at(source, place, code.shape.bytes)), code.at(target, place))
