"""From libSBML's objects to a `ReactionNetwork`, part by part."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import libsbml

from mscape.network.expression import Expression
from mscape.network.network import (
    Compartment,
    Event,
    Function,
    InitialAssignment,
    Parameter,
    Participant,
    Reaction,
    ReactionNetwork,
    Rule,
    Species,
)
from mscape.network.read_math import read_math


def read_model(model: libsbml.Model, sbml: str) -> ReactionNetwork:
    """Read every part of a model that holds nothing we refuse.

    Raises
    ------
    ModelError
        A formula that mscape does not support.
    """
    return ReactionNetwork(
        id=model.getId(),
        compartments=tuple(_compartment(item) for item in _items(model.getListOfCompartments())),
        species=tuple(_species(item) for item in _items(model.getListOfSpecies())),
        parameters=tuple(_parameter(item) for item in _items(model.getListOfParameters())),
        reactions=tuple(_reaction(item, model) for item in _items(model.getListOfReactions())),
        rules=tuple(rule for item in _items(model.getListOfRules()) if (rule := _rule(item))),
        sbml=sbml,
        initial_assignments=tuple(
            InitialAssignment(item.getSymbol(), formula)
            for item in _items(model.getListOfInitialAssignments())
            if (formula := read_math(item.getMath(), f"initial assignment of {item.getSymbol()}"))
        ),
        functions=tuple(
            function for item in _items(model.getListOfFunctionDefinitions()) if (function := _function(item))
        ),
        events=tuple(
            event
            for number, item in enumerate(_items(model.getListOfEvents()), 1)
            if (event := _event(item, number))
        ),
        conversion=model.getConversionFactor() or None,
    )


def _items(listing: libsbml.ListOf) -> list[libsbml.SBase]:
    return [listing.get(i) for i in range(listing.size())]


def _compartment(item: libsbml.Compartment) -> Compartment:
    return Compartment(item.getId(), item.getSize() if item.isSetSize() else 1.0, item.getConstant())


def _species(item: libsbml.Species) -> Species:
    amount = item.getInitialAmount() if item.isSetInitialAmount() else None
    concentration = item.getInitialConcentration() if item.isSetInitialConcentration() else None
    own, other = (amount, concentration) if item.getHasOnlySubstanceUnits() else (concentration, amount)
    return Species(
        item.getId(),
        item.getCompartment(),
        _finite(own),
        item.getHasOnlySubstanceUnits(),
        item.getBoundaryCondition(),
        item.getConstant(),
        item.getSubstanceUnits(),
        conversion=item.getConversionFactor() or None,
        other_initial=_finite(other),
    )


def _finite(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def _parameter(item: libsbml.Parameter, name: str = "") -> Parameter:
    value = item.getValue() if item.isSetValue() else None
    return Parameter(name or item.getId(), value, item.getUnits(), item.getConstant())


def _reaction(item: libsbml.Reaction, model: libsbml.Model) -> Reaction:
    law = item.getKineticLaw()
    renamed = _name_locals(item.getId(), law, model) if law else {}
    reactants, products = _items(item.getListOfReactants()), _items(item.getListOfProducts())
    where = f"reaction {item.getId()}"
    return Reaction(
        item.getId(),
        (
            *(_participant(part, -1, where) for part in reactants),
            *(_participant(part, 1, where) for part in products),
        ),
        tuple(part.getSpecies() for part in _items(item.getListOfModifiers())),
        read_math(law.getMath(), where, renamed) if law else None,
        item.getReversible(),
        tuple(_parameter(law.getParameter(i), name) for i, name in enumerate(renamed.values())),
    )


def _name_locals(reaction: str, law: libsbml.KineticLaw, model: libsbml.Model) -> Mapping[str, str]:
    """Return the name that each parameter of a law has outside it: one that nothing else has."""
    names: dict[str, str] = {}
    for item in _items(law.getListOfParameters()):
        name = f"{reaction}__{item.getId()}"
        while model.getElementBySId(name) is not None:
            name += "_"
        names[item.getId()] = name
    return names


def _participant(item: libsbml.SpeciesReference, sign: Literal[-1, 1], where: str) -> Participant:
    formula = (
        read_math(item.getStoichiometryMath().getMath(), where) if item.isSetStoichiometryMath() else None
    )
    level3 = item.getLevel() > 2
    value = item.getStoichiometry() if item.isSetStoichiometry() or not level3 else math.nan
    if not level3 and item.getDenominator() != 1:
        value /= item.getDenominator()
    return Participant(item.getSpecies(), sign, _finite(value), item.getId(), formula)


def _rule(item: libsbml.Rule) -> Rule | None:
    formula = read_math(item.getMath(), f"rule of {item.getVariable()}")
    if formula is None:  # Level 3 Version 2: as if there were no rule
        return None
    return Rule("rate" if item.isRate() else "assignment", item.getVariable(), formula)


def _function(item: libsbml.FunctionDefinition) -> Function | None:
    body = read_math(item.getBody(), f"function {item.getId()}")
    if body is None:
        return None
    arguments = tuple(item.getArgument(i).getName() for i in range(item.getNumArguments()))
    return Function(item.getId(), arguments, body)


def _event(item: libsbml.Event, number: int) -> Event | None:
    name = item.getId() or f"event_{number}"
    trigger, delay, priority = item.getTrigger(), item.getDelay(), item.getPriority()
    condition = read_math(trigger.getMath(), f"trigger of {name}") if trigger else None
    if condition is None:  # Level 3 Version 2: an event without trigger never happens
        return None
    assignments: list[tuple[str, Expression]] = []
    for part in _items(item.getListOfEventAssignments()):
        formula = read_math(part.getMath(), f"event {name}")
        if formula is not None:
            assignments.append((part.getVariable(), formula))
    modern = item.getLevel() > 2
    return Event(
        name,
        condition,
        read_math(delay.getMath(), f"delay of {name}") if delay else None,
        read_math(priority.getMath(), f"priority of {name}") if priority else None,
        initial=trigger.getInitialValue() if modern else True,
        persistent=trigger.getPersistent() if modern else True,
        from_trigger_time=item.getUseValuesFromTriggerTime(),
        assignments=tuple(assignments),
    )
