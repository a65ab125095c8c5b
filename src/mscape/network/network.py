"""What a model is: species, reactions, rules, events and the rest, as in SBML. Typed, immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from mscape.errors import ModelError
from mscape.ids import find_near_misses
from mscape.network.expression import Expression, write_infix


@dataclass(frozen=True)
class Compartment:
    """A compartment and its size, in the model's volume unit."""

    id: str
    size: float | None
    constant: bool


@dataclass(frozen=True)
class Species:
    """A species.

    Parameters
    ----------
    initial
        At the start, in its own unit; None where the model gives none.
    substance_only
        Whether its own unit is an amount; else a concentration.
    boundary, constant
        Whether reactions leave it alone; whether nothing ever changes it.
    conversion
        Parameter that converts the extent of reactions to its amount.
    other_initial
        The start in the other unit (amount of a concentration, or the reverse), where the model gives that:
        it then follows the size of the compartment.
    """

    id: str
    compartment: str
    initial: float | None
    substance_only: bool
    boundary: bool
    constant: bool
    units: str
    conversion: str | None = None
    other_initial: float | None = None


@dataclass(frozen=True)
class Parameter:
    """A parameter; not constant if something sets it. ``value`` is None where the model gives none."""

    id: str
    value: float | None
    units: str
    constant: bool


@dataclass(frozen=True)
class Participant:
    """A species in a reaction: how many are made (``sign`` 1) or used (``sign`` -1) each time.

    ``stoichiometry`` is None where the model gives none; ``id`` names it where rules and events may set it;
    ``math`` is its formula where it has one (Level 2).
    """

    species: str
    sign: Literal[-1, 1]
    stoichiometry: float | None
    id: str = ""
    math: Expression | None = None


@dataclass(frozen=True)
class Reaction:
    """A reaction: who takes part, modifiers, and its rate (extent per time), None where the model gives none.

    ``locals`` are the parameters of its own, named ``reaction__parameter`` in ``rate`` and everywhere.
    """

    id: str
    participants: tuple[Participant, ...]
    modifiers: tuple[str, ...]
    rate: Expression | None
    reversible: bool
    locals: tuple[Parameter, ...] = ()

    @property
    def reactants(self) -> tuple[tuple[str, float | None], ...]:
        """Species used and how many each time."""
        return tuple((p.species, p.stoichiometry) for p in self.participants if p.sign < 0)

    @property
    def products(self) -> tuple[tuple[str, float | None], ...]:
        """Species made and how many each time."""
        return tuple((p.species, p.stoichiometry) for p in self.participants if p.sign > 0)

    @property
    def law(self) -> str:
        """The rate as infix text, for people."""
        return write_infix(self.rate) if self.rate is not None else ""


@dataclass(frozen=True)
class Rule:
    """An assignment (``variable`` equals) or a rate (``variable`` changes by, per time unit)."""

    kind: Literal["assignment", "rate"]
    variable: str
    math: Expression

    @property
    def formula(self) -> str:
        """The formula as infix text, for people."""
        return write_infix(self.math)


@dataclass(frozen=True)
class InitialAssignment:
    """A value at the start, computed."""

    variable: str
    math: Expression


@dataclass(frozen=True)
class Function:
    """A function that formulas may apply."""

    id: str
    arguments: tuple[str, ...]
    body: Expression


@dataclass(frozen=True)
class Event:
    """When ``trigger`` turns true, after ``delay``, each of ``assignments`` is done; as in SBML."""

    id: str
    trigger: Expression
    delay: Expression | None
    priority: Expression | None
    initial: bool
    persistent: bool
    from_trigger_time: bool
    assignments: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True)
class ReactionNetwork:
    """A model as a value: every change is a new network.

    ``sbml`` is the text it was read from; everything else is what it says, in order. ``conversion`` is the
    parameter that converts extents to amounts where a species names none of its own.
    """

    id: str
    compartments: tuple[Compartment, ...]
    species: tuple[Species, ...]
    parameters: tuple[Parameter, ...]
    reactions: tuple[Reaction, ...]
    rules: tuple[Rule, ...]
    sbml: str
    initial_assignments: tuple[InitialAssignment, ...] = ()
    functions: tuple[Function, ...] = ()
    events: tuple[Event, ...] = ()
    conversion: str | None = None

    @property
    def states(self) -> tuple[str, ...]:
        """Ids of what the solver integrates: species changed by reactions, and variables of rate rules."""
        rated = tuple(rule.variable for rule in self.rules if rule.kind == "rate")
        assigned = {rule.variable for rule in self.rules if rule.kind == "assignment"}
        free = tuple(
            s.id
            for s in self.species
            if not (s.constant or s.boundary) and s.id not in assigned and s.id not in rated
        )
        return free + rated

    @property
    def inputs(self) -> dict[str, float | None]:
        """What a condition may set, and its value: sizes, starts, parameters, those of reactions included."""
        ruled = {rule.variable for rule in self.rules if rule.kind == "assignment"}
        values: dict[str, float | None] = {c.id: c.size for c in self.compartments}
        values |= {s.id: self._start(s) for s in self.species}
        values |= {p.id: p.value for p in self.parameters}
        values |= {p.id: p.value for reaction in self.reactions for p in reaction.locals}
        set_up = self._assigned_anywhere()
        parts = (p for reaction in self.reactions for p in reaction.participants)
        values |= {p.id: p.stoichiometry for p in parts if p.id in set_up}
        return {name: value for name, value in values.items() if name not in ruled}

    @property
    def observables(self) -> frozenset[str]:
        """Every name a trajectory can be read at."""
        parts = (p.id for reaction in self.reactions for p in reaction.participants if p.id)
        own = (p.id for reaction in self.reactions for p in reaction.locals)
        things: tuple[Compartment | Species | Parameter | Reaction, ...]
        things = (*self.compartments, *self.species, *self.parameters, *self.reactions)
        return frozenset((*(thing.id for thing in things), *own, *parts))

    def _assigned_anywhere(self) -> frozenset[str]:
        events = (name for event in self.events for name, _ in event.assignments)
        starts = (item.variable for item in self.initial_assignments)
        return frozenset((*events, *starts, *(rule.variable for rule in self.rules)))

    def _start(self, species: Species) -> float | None:
        if species.other_initial is None:
            return species.initial
        size = next((c.size for c in self.compartments if c.id == species.compartment), None)
        if not size:
            return None
        return species.other_initial * size if species.substance_only else species.other_initial / size

    def with_values(self, values: Mapping[str, float]) -> ReactionNetwork:
        """Return the network with other parameter values and starts; its SBML text follows when written out.

        A value given takes the place of an initial assignment.

        Raises
        ------
        ModelError
            A name the network does not have as an input.
        """
        unknown = sorted(set(values) - set(self.inputs))
        if unknown:
            near = find_near_misses(unknown[0], tuple(self.inputs))
            raise ModelError(
                self.id, f"no input named {', '.join(unknown)}", " or ".join(near), "correct the name"
            )
        return replace(
            self,
            compartments=tuple(replace(c, size=values.get(c.id, c.size)) for c in self.compartments),
            species=tuple(
                replace(s, initial=values[s.id], other_initial=None) if s.id in values else s
                for s in self.species
            ),
            parameters=_with_parameters(self.parameters, values),
            reactions=tuple(_with_locals(r, values) for r in self.reactions),
            initial_assignments=tuple(a for a in self.initial_assignments if a.variable not in values),
        )


def _with_parameters(parameters: tuple[Parameter, ...], values: Mapping[str, float]) -> tuple[Parameter, ...]:
    return tuple(replace(p, value=values[p.id]) if p.id in values else p for p in parameters)


def _with_locals(reaction: Reaction, values: Mapping[str, float]) -> Reaction:
    named = (*(p.id for p in reaction.locals), *(p.id for p in reaction.participants))
    if not any(name in values for name in named):
        return reaction
    participants = tuple(
        replace(p, stoichiometry=values[p.id]) if p.id in values else p for p in reaction.participants
    )
    return replace(reaction, participants=participants, locals=_with_parameters(reaction.locals, values))
