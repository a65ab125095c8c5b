"""The equations of a network: from what SBML says to what is integrated, computed, switched and read.

Every state has an input of the same name, which is its value at the start in its own unit; while integrating
it stays what it was at the start. So what a condition sets is always an input, by the names of
`ReactionNetwork.inputs`. A value that a condition gives takes the place of ``derived`` (initial assignments).
A change later on means the state where there is one of that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mscape.errors import ModelError
from mscape.network.definition import Definitions, amount_name, collect_definitions, rate_name
from mscape.network.expression import Call, Expression, Name
from mscape.network.graph import Graph
from mscape.network.lowering import Lowering
from mscape.network.network import Event, ReactionNetwork
from mscape.network.order import list_needs, order_definitions
from mscape.network.switch import hold_comparisons
from mscape.network.system import Assignment, EventEquations, System


@dataclass(frozen=True)
class _Places:
    """Where each name lives."""

    states: Mapping[str, int]
    inputs: Mapping[str, int]


def derive_system(network: ReactionNetwork) -> System:
    """Derive the equations of a network.

    Raises
    ------
    ModelError
        A name the model lacks, definitions in a circle, or a formula nested out of all bounds.
    """
    try:
        return _derive(network)
    except RecursionError:
        found = "a formula nested too deeply"
        raise ModelError(network.id, found, "some hundred levels", "split it by assignment rules") from None


def _derive(network: ReactionNetwork) -> System:
    definitions = collect_definitions(network)
    graph = Graph()
    places = _Places(_number(definitions.states), _number(definitions.inputs))
    current = _lower_current(network, definitions, graph, places)
    starts, derived = _lower_start(network, definitions, graph, places)
    events = tuple(_lower_event(event, definitions, current, places) for event in network.events)
    rates, switches = hold_comparisons(
        graph,
        tuple(current.values[rate_name(name)] for name in definitions.states),
        tuple(event.trigger for event in events),
    )
    return System(
        id=network.id,
        graph=graph,
        states=definitions.states,
        inputs=definitions.inputs,
        starts=starts,
        derived=derived,
        rates=rates,
        switches=switches,
        readable={name: current.values[name] for name in definitions.readable},
        events=events,
        rescale=_find_rescaled(network, definitions, places),
        amounts={places.states[name]: current.values[size] for name, size in definitions.amounts.items()},
    )


def _number(names: tuple[str, ...]) -> dict[str, int]:
    return {name: index for index, name in enumerate(names)}


def _lower_current(
    network: ReactionNetwork, definitions: Definitions, graph: Graph, places: _Places
) -> Lowering:
    """Lower everything that holds at any time."""
    values = {name: graph.add("input", index) for name, index in places.inputs.items()}
    for name, index in places.states.items():
        stored = amount_name(name) if name in definitions.amounts else name
        values[stored] = graph.add("state", index)
    current = Lowering(graph, definitions.functions, values, network.id)
    table = definitions.always | {
        name: Call("divide", (Name(amount_name(name)), Name(compartment)))
        for name, compartment in definitions.amounts.items()
    }
    wanted = [
        *(rate_name(name) for name in definitions.states),
        *definitions.readable,
        *(
            need
            for event in network.events
            for formula in _list_formulas(event)
            for need in list_needs(formula)
        ),
    ]
    for name in order_definitions(table, wanted, network.id):
        values[name] = current.number(table[name])
    return current


def _lower_start(
    network: ReactionNetwork, definitions: Definitions, graph: Graph, places: _Places
) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Lower the values at the start: of states, and of inputs that others give."""
    values = {name: graph.add("input", index) for name, index in places.inputs.items()}
    start = Lowering(graph, definitions.functions, values, network.id)
    table = definitions.always | definitions.initial
    derived: list[tuple[int, int]] = []
    for name in order_definitions(table, [*definitions.initial, *definitions.amounts.values()], network.id):
        node = start.number(table[name])
        if name in definitions.initial:
            derived.append((places.inputs[name], node))
        else:
            values[name] = node
    starts = tuple(
        graph.add("mul", values[name], values[definitions.amounts[name]])
        if name in definitions.amounts
        else values[name]
        for name in definitions.states
    )
    return starts, tuple(derived)


def _list_formulas(event: Event) -> list[Expression]:
    given = (event.trigger, event.delay, event.priority, *(formula for _, formula in event.assignments))
    return [formula for formula in given if formula is not None]


def _lower_event(
    event: Event, definitions: Definitions, current: Lowering, places: _Places
) -> EventEquations:
    return EventEquations(
        id=event.id,
        trigger=current.boolean(event.trigger),
        delay=None if event.delay is None else current.number(event.delay),
        priority=None if event.priority is None else current.number(event.priority),
        initial=event.initial,
        persistent=event.persistent,
        from_trigger_time=event.from_trigger_time,
        assignments=tuple(_lower_assignments(event, definitions, current, places)),
    )


def _lower_assignments(
    event: Event, definitions: Definitions, current: Lowering, places: _Places
) -> list[Assignment]:
    assignments = []
    for name, formula in event.assignments:
        if name in definitions.amounts:
            # what is assigned is a concentration in the compartment as it is before the event
            formula = Call("times", (formula, Name(definitions.amounts[name])))  # noqa: PLW2901
        if name in places.states:
            target = ("state", places.states[name])
        elif name in places.inputs:
            target = ("input", places.inputs[name])
        else:
            raise ModelError(
                event.id, f"it assigns {name}", "a variable that no rule sets", "correct the name"
            )
        assignments.append(Assignment(target, current.number(formula)))
    return assignments


def _find_rescaled(network: ReactionNetwork, definitions: Definitions, places: _Places) -> dict[int, int]:
    return {
        places.states[s.id]: places.inputs[s.compartment]
        for s in network.species
        if s.id in places.states
        and s.id not in definitions.amounts
        and not s.substance_only
        and s.compartment in places.inputs
        and s.compartment not in places.states
    }
