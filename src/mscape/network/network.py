"""What a model is: compartments, species, parameters, reactions, rules, as in SBML. Typed, immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from mscape.errors import ModelError
from mscape.ids import find_near_misses


@dataclass(frozen=True)
class Compartment:
    """A compartment and its size, in the model's volume unit."""

    id: str
    size: float
    constant: bool


@dataclass(frozen=True)
class Species:
    """A species. ``initial`` is a concentration, or an amount where ``substance_only``."""

    id: str
    compartment: str
    initial: float
    substance_only: bool
    boundary: bool
    constant: bool
    units: str


@dataclass(frozen=True)
class Parameter:
    """A global parameter; not constant if a rule sets it. ``value`` is None where the model gives none."""

    id: str
    value: float | None
    units: str
    constant: bool


@dataclass(frozen=True)
class Reaction:
    """A reaction: stoichiometry of reactants and products, modifiers, law as infix text (items per hour)."""

    id: str
    reactants: tuple[tuple[str, float], ...]
    products: tuple[tuple[str, float], ...]
    modifiers: tuple[str, ...]
    law: str
    reversible: bool


@dataclass(frozen=True)
class Rule:
    """An assignment (``variable`` equals) or a rate (``variable`` changes by, per hour)."""

    kind: Literal["assignment", "rate"]
    variable: str
    formula: str


@dataclass(frozen=True)
class ReactionNetwork:
    """A model as a value: every change is a new network.

    ``sbml`` is the text the engine compiles; ``compartments`` … ``rules`` are what it says, in order.
    """

    id: str
    compartments: tuple[Compartment, ...]
    species: tuple[Species, ...]
    parameters: tuple[Parameter, ...]
    reactions: tuple[Reaction, ...]
    rules: tuple[Rule, ...]
    sbml: str

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
        """What a condition may set, and its value: compartment sizes, starts, constant parameters."""
        sizes: dict[str, float | None] = {c.id: c.size for c in self.compartments}
        starts = {s.id: s.initial for s in self.species}
        ruled = {rule.variable for rule in self.rules if rule.kind == "assignment"}
        return sizes | starts | {p.id: p.value for p in self.parameters if p.id not in ruled}

    @property
    def observables(self) -> frozenset[str]:
        """Every name a trajectory can be read at."""
        groups = (self.compartments, self.species, self.parameters)
        return frozenset(item.id for group in groups for item in group)

    def with_values(self, values: Mapping[str, float]) -> ReactionNetwork:
        """Return the network with other parameter values and starts; its SBML text follows when written out.

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
            species=tuple(replace(s, initial=values.get(s.id, s.initial)) for s in self.species),
            parameters=tuple(
                replace(p, value=values[p.id]) if p.id in values else p for p in self.parameters
            ),
        )
