"""Every equation of a network by name, still as formulas: rules, rates of reactions, rates of states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from mscape.errors import ModelError
from mscape.network.expression import Call, Expression, Name, Number
from mscape.network.lowering import name_rate
from mscape.network.network import Function, Participant, ReactionNetwork, Species
from mscape.network.order import check_functions

_NOTHING = Number(0.0)


@dataclass(frozen=True)
class Definitions:
    """What is computed from what.

    Parameters
    ----------
    states, inputs, readable
        Names, in order.
    amounts
        States kept as amounts though their unit is a concentration, and their compartment: its size moves.
    always
        Name to formula: what rules assign, rates of reactions, fixed stoichiometries, rates of states
        (`rate_name`: of what is integrated, `name_rate`: of what is read).
    initial
        Name to formula: inputs that the model computes at the start.
    functions
        The model's, by id.
    """

    states: tuple[str, ...]
    inputs: tuple[str, ...]
    readable: tuple[str, ...]
    amounts: Mapping[str, str]
    always: dict[str, Expression]
    initial: dict[str, Expression]
    functions: Mapping[str, Function]


def amount_name(species: str) -> str:
    """Return the name of a state that is an amount though the species is read as a concentration."""
    return f"amount({species})"


def rate_name(state: str) -> str:
    """Return the name of the rate of what is integrated."""
    return f"d({state})"


def collect_definitions(network: ReactionNetwork) -> Definitions:
    """Collect the equations of a network.

    Raises
    ------
    ModelError
        Two things of one name, a function that applies itself, an assignment of what does not exist.
    """
    functions = {function.id: function for function in network.functions}
    check_functions({f.id: f.body for f in network.functions}, network.id)
    readable = (
        *(c.id for c in network.compartments),
        *(s.id for s in network.species),
        *(p.id for p in network.parameters),
        *(p.id for reaction in network.reactions for p in reaction.locals),
        *(reaction.id for reaction in network.reactions),
        *(p.id for reaction in network.reactions for p in reaction.participants if p.id),
    )
    _refuse_twice([*readable, *functions], network.id)
    amounts = _find_amounts(network)
    fixed = {name: s for name, s in amounts.items() if name not in network.states}
    states = (*network.states, *fixed)
    _refuse_unknown([rule.variable for rule in network.rules], readable, "rule", network.id)
    assigned = {rule.variable: rule.math for rule in network.rules if rule.kind == "assignment"}
    inputs = tuple(network.inputs)
    always = assigned | {r.id: r.rate if r.rate is not None else _NOTHING for r in network.reactions}
    always |= {
        p.id: Number(_value(p)) if p.math is None else p.math
        for reaction in network.reactions
        for p in reaction.participants
        if p.id and p.id not in inputs and p.id not in assigned
    }
    stored = _collect_rates(network, amounts)
    always |= {rate_name(name): stored.get(name, _NOTHING) for name in states}
    for name in (*inputs, *states):
        always[name_rate(name)] = _rate_of(name, states, amounts)
    return Definitions(states, inputs, readable, amounts, always, _collect_initial(network), functions)


def _refuse_twice(names: list[str], where: str) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ModelError(where, f"{twice[0]} stands for two things", "one thing of a name", "rename one")


def _refuse_unknown(names: list[str], known: tuple[str, ...], kind: str, where: str) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ModelError(where, f"{kind} of {unknown[0]}", "a variable the model has", "correct the name")


def _value(participant: Participant) -> float:
    return float("nan") if participant.stoichiometry is None else participant.stoichiometry


def _find_amounts(network: ReactionNetwork) -> dict[str, str]:
    """Return the species to keep as amounts: concentrations in a compartment whose size moves."""
    kinds = {rule.variable: rule.kind for rule in network.rules}
    jumping = {name for event in network.events for name, _ in event.assignments}
    moving = {c.id for c in network.compartments if c.id in kinds or c.id in jumping}
    return {
        s.id: s.compartment
        for s in network.species
        if s.compartment in moving
        and not s.substance_only
        and kinds.get(s.id) != "assignment"
        and (kinds.get(s.id) != "rate" or s.compartment in jumping)
    }


def _collect_rates(network: ReactionNetwork, amounts: Mapping[str, str]) -> dict[str, Expression]:
    """Return the rate of what is integrated, for everything that rules or reactions change."""
    rates: dict[str, Expression] = {}
    for rule in network.rules:
        if rule.kind == "rate":
            rates[rule.variable] = rule.math
            if rule.variable in amounts:  # d(c V) = V dc + c dV
                size = amounts[rule.variable]
                grown = Call("times", (Name(rule.variable), Name(name_rate(size))))
                rates[rule.variable] = Call("plus", (Call("times", (rule.math, Name(size))), grown))
    terms = _collect_terms(network)
    for species in network.species:
        if terms.get(species.id) and species.id in network.states and species.id not in rates:
            rates[species.id] = _sum_terms(species, terms[species.id], network, amounts)
    return rates


def _collect_terms(network: ReactionNetwork) -> dict[str, list[Expression]]:
    """Return species to what each reaction adds to it; a catalyst's parts cancel exactly."""
    terms: dict[str, list[Expression]] = {}
    for reaction in network.reactions:
        net: dict[str, float] = {}
        for item in reaction.participants:
            own = terms.setdefault(item.species, [])
            if item.id or item.math is not None:
                many = Name(item.id) if item.math is None else item.math
                product = Call("times", (many, Name(reaction.id)))
                own.append(product if item.sign > 0 else Call("minus", (product,)))
            else:
                net[item.species] = net.get(item.species, 0.0) + item.sign * _value(item)
        for species, total in net.items():
            if total != 0:
                terms[species].append(Call("times", (Number(total), Name(reaction.id))))
    return terms


def _sum_terms(
    species: Species, terms: list[Expression], network: ReactionNetwork, amounts: Mapping[str, str]
) -> Expression:
    total: Expression = Call("plus", tuple(terms))
    conversion = species.conversion or network.conversion
    if conversion:
        total = Call("times", (Name(conversion), total))
    if species.substance_only or species.id in amounts:
        return total
    return Call("divide", (total, Name(species.compartment)))


def _rate_of(name: str, states: tuple[str, ...], amounts: Mapping[str, str]) -> Expression:
    """Return the rate of what is read: of a concentration kept as an amount, (dn - c dV) / V."""
    if name in amounts:
        size = Name(amounts[name])
        lost = Call("times", (Name(name), Name(name_rate(amounts[name]))))
        return Call("divide", (Call("minus", (Name(rate_name(name)), lost)), size))
    return Name(rate_name(name)) if name in states else _NOTHING


def _collect_initial(network: ReactionNetwork) -> dict[str, Expression]:
    initial: dict[str, Expression] = {}
    inputs = network.inputs
    for species in network.species:
        if species.other_initial is not None and species.id in inputs:
            operation = "times" if species.substance_only else "divide"
            initial[species.id] = Call(operation, (Number(species.other_initial), Name(species.compartment)))
    for item in network.initial_assignments:
        if item.variable not in inputs:
            found = f"initial assignment of {item.variable}"
            raise ModelError(network.id, found, "a variable that no rule sets", "correct the name")
        initial[item.variable] = item.math
    return initial
