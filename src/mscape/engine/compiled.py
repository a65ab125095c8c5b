"""A system compiled to machine code: several trajectories side by side, from the pool and back into it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from mscape.engine.llvm.arguments import ARGUMENTS, REALS
from mscape.engine.llvm.batch import TABLE, list_symbols, write_batch
from mscape.engine.llvm.cache import keep_entry, load_entry, make_key
from mscape.engine.llvm.kernel import count_blocks, write_kernel
from mscape.engine.llvm.layout import lay_out
from mscape.engine.llvm.machine import Loaded, Machine, Target, find_target
from mscape.engine.llvm.plan import plan_kernel
from mscape.engine.pool import Array, Control, Pool, Stop, list_groups
from mscape.network.system import System

FEW_STATES = 100  # above, level 1 takes thrice as long as 0 and gains a tenth; 2 gains nothing anywhere
FEW = 64  # trajectories of a kernel up to which it is not worth the longer wait for level 1 either


def compile_kernel(
    system: System, observables: Sequence[str], *, target: Target | None = None
) -> CompiledKernel:
    """Compile a system, or load it from the cache.

    Parameters
    ----------
    system
        Equations.
    observables
        Names from ``system.readable`` to read out, in this order.
    target
        The processor to compile for; the one this runs on if not given.
    """
    return CompiledKernel(system, tuple(observables), Machine(target or find_target()))


@dataclass(frozen=True)
class _Unit:
    """Compiled code in memory, and what is to be known about it."""

    loaded: Loaded
    run: Callable[[int], None]
    facts: Mapping[str, Any]


class CompiledKernel:
    """A `Kernel` in machine code. May be used by several threads at once, on pools of their own.

    The first trajectories are solved by code that is quick to compile, all others by code that is quick to
    run. Both do the same operations in the same order, so that their numbers have the same bits.
    """

    def __init__(self, system: System, observables: tuple[str, ...], machine: Machine) -> None:
        self._system = system
        self._machine = machine
        self._groups = list_groups(system, observables)
        self._plain = frozenset(
            name
            for name, nodes in self._groups.items()
            if all(system.graph.nodes[node][0] in ("number", "state", "input") for node in nodes)
        )
        self._observables = observables
        self._evaluators: dict[str, _Unit] = {}
        self._lock = Lock()
        self._seen = 0  # trajectories so far
        self._levels = (0, 1) if len(system.states) <= FEW_STATES else (0, 0)
        self._advances: dict[int, _Unit] = {}

    @property
    def levels(self) -> tuple[int, ...]:
        """The levels at which the stepping code has been compiled or loaded so far."""
        return tuple(sorted(self._advances))

    def advance(self, pool: Pool, control: Control) -> None:
        """Take every waiting trajectory of the pool to its stop or first event, in place."""
        queue = np.flatnonzero(pool.why == Stop.WAITING).astype(np.int64)
        if not len(queue):
            return
        unit = self._get_advance(len(queue))
        arrays = {name: getattr(pool, name) for name in _POOLED}
        arrays["queue"] = queue
        arrays["block"] = self._make_blocks(control, unit.facts, unit.facts["blocks"])
        arrays["staging"] = self._make_blocks(control, unit.facts, 1)
        if not pool.reads.size:  # one number is looked at even then
            arrays["reads"] = np.full(1, np.inf)
        if not self._system.states:  # rules and events alone: a state that does nothing takes the steps
            arrays["state"] = np.zeros((len(pool.time), 1))
        table = np.zeros(len(ARGUMENTS), np.int64)
        for name, array in arrays.items():
            table[ARGUMENTS.index(name)] = array.ctypes.data
        table[ARGUMENTS.index("queued")] = len(queue)
        table[ARGUMENTS.index("reads_each")] = pool.reads.shape[1]
        for name in REALS:
            table.view(np.float64)[ARGUMENTS.index(name)] = getattr(control, name)
        unit.run(table.ctypes.data)

    def evaluate(self, group: str, pool: Pool) -> Array:
        """Return the nodes of a named group for each trajectory of the pool as it stands."""
        nodes = self._groups[group]
        result = np.empty((len(pool.time), len(nodes)))
        if not result.size:
            return result
        if group in self._plain:
            return _pick_columns(self._system, nodes, pool, result)
        unit = self._get_evaluator(group)
        block = _allocate(self._machine.target.lanes * unit.facts["slots"])
        arrays = {
            "time": pool.time,
            "state": pool.state,
            "input": pool.inputs,
            "switch": pool.switches.astype(float),
            "result": result,
            "block": block,
        }
        entries = [arrays[name].ctypes.data if name in arrays else len(result) for name in TABLE]
        table = np.array(entries, np.int64)
        unit.run(table.ctypes.data)
        return result

    def _get_advance(self, count: int) -> _Unit:
        """Return the code for so many trajectories more; what is there already, if it is as quick to run."""
        quick, good = self._levels
        with self._lock:
            self._seen += count
            level = quick if self._seen <= FEW and good not in self._advances else good
            if level not in self._advances:
                self._advances[level] = self._compile_advance(level, better=good)
            return self._advances[level]

    def _compile_advance(self, level: int, *, better: int) -> _Unit:
        system, shape = self._system, self._machine.target.shape

        def write() -> tuple[str, Mapping[str, Any]]:
            plan = plan_kernel(system, self._observables)
            layout = lay_out(plan)
            blocks = count_blocks(layout, shape)
            places = {name: layout.start[name] for name in ("relative", "absolute")}
            return write_kernel(plan, layout, shape, blocks), {
                "slots": layout.slots,
                "blocks": blocks,
                **places,
            }

        graph = system.graph
        groups = [
            system.rates,
            system.switches,
            *(self._groups[name] for name in ("observables", "triggers")),
        ]
        nodes = [node for group in groups for node in group]
        content = [(node, graph.nodes[node]) for node in graph.reach(nodes)]
        what = ("advance", groups, content, len(system.inputs))
        return self._build("advance", what, write, (better, level))

    def _get_evaluator(self, group: str) -> _Unit:
        with self._lock:
            if group not in self._evaluators:
                system, nodes = self._system, self._groups[group]
                widths = {
                    "state": len(system.states),
                    "input": len(system.inputs),
                    "switch": len(system.switches),
                }

                def write() -> tuple[str, Mapping[str, Any]]:
                    slots = len(list_symbols(system.graph, nodes)) + len(nodes)
                    return write_batch(system.graph, nodes, self._machine.target.shape, widths), {
                        "slots": slots
                    }

                content = [(node, system.graph.nodes[node]) for node in system.graph.reach(nodes)]
                self._evaluators[group] = self._build(
                    "evaluate", ("evaluate", nodes, content, widths), write, (1,)
                )
            return self._evaluators[group]

    def _build(
        self,
        name: str,
        content: tuple[Any, ...],
        write: Callable[[], tuple[str, Mapping[str, Any]]],
        levels: tuple[int, ...],
    ) -> _Unit:
        """Load code of the first level that is in the cache, or write and compile it at the last."""
        target = self._machine.target
        keys = [make_key(target.cpu, target.features, target.lanes, level, content) for level in levels]
        entry = next(filter(None, map(load_entry, keys)), None)
        if entry is None:
            text, facts = write()
            entry = facts, self._machine.compile(text, levels[-1])
            keep_entry(keys[-1], *entry)
        loaded = self._machine.load(entry[1])
        return _Unit(loaded, ctypes.CFUNCTYPE(None, ctypes.c_void_p)(loaded.address(name)), entry[0])

    def _make_blocks(self, control: Control, facts: Mapping[str, Any], count: int) -> Array:
        lanes = self._machine.target.lanes
        blocks = _allocate(facts["slots"] * lanes * count).reshape(count, -1)
        at = facts["relative"] * lanes
        blocks[:, at : at + lanes] = control.relative
        at = facts["absolute"] * lanes
        absolute = control.absolute if len(control.absolute) else np.ones(1)
        blocks[:, at : at + len(absolute)] = absolute
        return blocks


_POOLED = "time stop step state inputs switches triggers reads next_read values why steps".split()


def _pick_columns(system: System, nodes: Sequence[int], pool: Pool, result: Array) -> Array:
    """Fill in nodes that are symbols or numbers."""
    for column, node in enumerate(nodes):
        operation, arguments = system.graph.nodes[node]
        if operation == "number":
            result[:, column] = arguments[0]
        else:
            source = pool.state if operation == "state" else pool.inputs
            result[:, column] = source[:, int(arguments[0])]
    return result


def _allocate(count: int) -> Array:
    """Return zeros that begin on a cache line."""
    memory = np.zeros(count + 8)
    skip = -memory.ctypes.data // 8 % 8
    return memory[skip : skip + count]
