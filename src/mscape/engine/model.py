"""A model ready to run: its equations, a kernel that solves them, and where its names live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from mscape.engine.breakpoint import Breakpoint, find_breakpoints, find_turning, needs_looks
from mscape.engine.pool import Array, Kernel, list_groups
from mscape.engine.reference import Reference, interpret
from mscape.network.equations import derive_system
from mscape.network.network import ReactionNetwork
from mscape.network.system import System

KernelName = Literal["compiled", "reference"]


@dataclass(frozen=True)
class Model:
    """What a batch is run on.

    Parameters
    ----------
    system
        The equations.
    observables
        What is read.
    kernel_name
        What solves them.
    values
        Inputs where no batch gives them; None or absent if it must.
    """

    system: System
    observables: tuple[str, ...]
    kernel_name: KernelName
    values: Mapping[str, float | None]

    @cached_property
    def kernel(self) -> Kernel:
        """Solves, and reads on the way."""
        return _build(_Same(self.system), self.observables, self.kernel_name)

    @cached_property
    def bare(self) -> Kernel:
        """Solves and reads nothing: one such kernel serves all observables, and compiling takes longest."""
        return _build(_Same(self.system), (), self.kernel_name)

    @cached_property
    def reference(self) -> Reference:
        """The reference kernel: evaluates what is needed now and then, takes what others give up on."""
        return interpret(self.system, self.observables)

    @cached_property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """Where the clock alone turns a switch or a trigger."""
        return find_breakpoints(self.system)

    @cached_property
    def looks(self) -> bool:
        """Whether steps must be kept short for the sake of switches and triggers."""
        return needs_looks(self.system)

    @cached_property
    def turning(self) -> tuple[int, ...]:
        """What turns with the clock and must not be outrun."""
        return find_turning(self.system)

    @cached_property
    def defaults(self) -> Array:
        """The inputs in order, NaN where there is none."""
        found = [self.values.get(name) for name in self.system.inputs]
        return np.array([np.nan if value is None else value for value in found], dtype=float)

    @cached_property
    def state_index(self) -> dict[str, int]:
        """Where each state is."""
        return {name: index for index, name in enumerate(self.system.states)}

    @cached_property
    def input_index(self) -> dict[str, int]:
        """Where each input is."""
        return {name: index for index, name in enumerate(self.system.inputs)}

    @cached_property
    def used(self) -> NDArray[np.bool_]:
        """Which inputs anything depends on, directly or through others."""
        graph = self.system.graph
        groups = list_groups(self.system, self.observables)
        nodes = {node for name, group in groups.items() if name != "derived" for node in group}
        used = self._inputs_of(graph.reach(nodes))
        for index, node in reversed(self.system.derived):
            if index in used:
                used |= self._inputs_of(graph.reach([node]))
        return np.isin(np.arange(len(self.system.inputs)), sorted(used))

    @cached_property
    def computed(self) -> NDArray[np.bool_]:
        """Which inputs the model computes from others."""
        return np.isin(np.arange(len(self.system.inputs)), [index for index, _ in self.system.derived])

    def _inputs_of(self, nodes: list[int]) -> set[int]:
        found = (self.system.graph.nodes[node] for node in nodes)
        return {int(arguments[0]) for operation, arguments in found if operation == "input"}

    @cached_property
    def resized(self) -> dict[int, list[int]]:
        """Input that is a size to the states that are concentrations in it."""
        found: dict[int, list[int]] = {}
        for state, size in self.system.rescale.items():
            found.setdefault(size, []).append(state)
        return found


T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class _Same(Generic[T]):
    """Equal only to what holds the same object: hashing a whole network takes longer than solving it."""

    item: T

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.item is self.item

    def __hash__(self) -> int:
        return id(self.item)


@lru_cache(maxsize=64)
def _prepare(network: _Same[ReactionNetwork], observables: tuple[str, ...], kernel: KernelName) -> Model:
    return prepare_system(_derive(network), observables, kernel, network.item.inputs)


def list_names(network: ReactionNetwork) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of a network that can be set, and those that can be read."""
    return _list_names(_Same(network))


@lru_cache(maxsize=64)
def _list_names(network: _Same[ReactionNetwork]) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(network.item.inputs), network.item.observables


def prepare_model(network: ReactionNetwork, observables: tuple[str, ...], kernel: KernelName) -> Model:
    """Return a network's model; the last ones are kept for the process.

    Raises
    ------
    ModelError
        The network is inconsistent.
    """
    return _prepare(_Same(network), observables, kernel)


def prepare_system(
    system: System, observables: tuple[str, ...], kernel: KernelName, values: Mapping[str, float | None]
) -> Model:
    """Return the model of equations that come from elsewhere."""
    return Model(system, observables, kernel, values)


@lru_cache(maxsize=64)
def _derive(network: _Same[ReactionNetwork]) -> System:
    return derive_system(network.item)


@lru_cache(maxsize=64)
def _build(system: _Same[System], observables: tuple[str, ...], kernel: KernelName) -> Kernel:
    if kernel == "reference":
        return interpret(system.item, observables)
    from mscape.engine.compiled import compile_kernel

    return compile_kernel(system.item, observables)
