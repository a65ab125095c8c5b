"""A network as equations: what the engine solves, with every expression a node of one graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mscape.network.graph import Graph


@dataclass(frozen=True)
class Assignment:
    """An event sets a state or an input to the value of a node."""

    target: tuple[str, int]
    value: int


@dataclass(frozen=True)
class EventEquations:
    """An event: when its trigger turns true, after its delay, it assigns.

    Parameters
    ----------
    id
        As in the model.
    trigger
        Boolean node.
    delay, priority
        Nodes, None where the event has none.
    initial
        Value of the trigger before the start; false lets it fire at the start.
    persistent
        Whether it still fires if the trigger turns false while it waits.
    from_trigger_time
        Whether the values assigned are computed when it triggers rather than when it fires.
    assignments
        All done at once.
    """

    id: str
    trigger: int
    delay: int | None
    priority: int | None
    initial: bool
    persistent: bool
    from_trigger_time: bool
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True)
class System:
    """Equations of one network: d state / dt = rates(state, inputs, time, switches).

    Parameters
    ----------
    id
        The network's.
    graph
        Holds every node named below.
    states
        Names of what is integrated, in order (symbol ``state`` i).
    inputs
        Names of what stays the same while integrating, in order (symbol ``input`` i): parameters, sizes and
        species that nothing changes, or that only events and periods change.
    starts
        Node of each state's value at the start, in terms of inputs and time.
    derived
        Inputs that an initial assignment gives: index to node in terms of other inputs, in an order of
        computation.
    rates
        Node of each state's rate; comparisons of state or time in them are held as ``switch`` i.
    switches
        Boolean node of each switch, in terms of state, inputs and time. A step ends where one of them turns.
    readable
        Node of every name a trajectory can be read at, in the unit the model reads it in. Comparisons in them
        are not held.
    events
        In the model's order.
    rescale
        State index to the input index of a compartment it is a concentration in: setting the size from
        outside keeps the amount.
    amounts
        State index to the node of the size that its amount is divided by to be read as a concentration.
    """

    id: str
    graph: Graph
    states: tuple[str, ...]
    inputs: tuple[str, ...]
    starts: tuple[int, ...]
    derived: tuple[tuple[int, int], ...]
    rates: tuple[int, ...]
    switches: tuple[int, ...]
    readable: Mapping[str, int]
    events: tuple[EventEquations, ...]
    rescale: Mapping[int, int]
    amounts: Mapping[int, int] = field(default_factory=dict)
