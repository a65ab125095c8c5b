"""SBML in and out of a `ReactionNetwork`, and the consistency checks of libSBML."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import libsbml

from mscape.errors import ModelError
from mscape.network.motif import expand_motifs
from mscape.network.network import Compartment, Parameter, Reaction, ReactionNetwork, Rule, Species
from mscape.network.translate import translate_antimony

MAX_CHARACTERS = 20_000_000


@dataclass(frozen=True)
class SbmlIssue:
    """One thing libSBML says of a model."""

    code: int
    severity: str
    message: str


def read_antimony(text: str, motifs: Mapping[str, str], model_id: str) -> ReactionNetwork:
    """Read a model written in Antimony with motifs.

    Parameters
    ----------
    text
        The model's own file.
    motifs
        File name to text of everything it may import.
    model_id
        SBML id to give the model.

    Raises
    ------
    ModelError
        Antimony or libSBML refuse it; an import or motif is unknown.
    """
    return read_sbml(_finished_sbml(model_id, expand_motifs(text, motifs, f"{model_id}/model.ant")))


@lru_cache(maxsize=128)
def _finished_sbml(model_id: str, flat: str) -> str:
    document = libsbml.readSBMLFromString(translate_antimony({model_id: flat})[model_id])
    model = document.getModel()
    laws = [model.getReaction(i).getKineticLaw() for i in range(model.getNumReactions())]
    maths = [law.getMath() for law in laws if law] + [
        model.getRule(i).getMath() for i in range(model.getNumRules())
    ]
    for formula in maths:
        _mark_dimensionless(formula)
    for index in range(model.getNumSpecies()):
        species = model.getSpecies(index)
        if not (species.isSetInitialAmount() or species.isSetInitialConcentration()):
            _start_at_zero(species)
    rated = [model.getRule(i).getVariable() for i in range(model.getNumRules()) if model.getRule(i).isRate()]
    for name in rated:
        parameter = model.getParameter(name)
        if parameter is not None and not parameter.isSetValue():
            parameter.setValue(0.0)
    return str(libsbml.writeSBMLToString(document))


def _mark_dimensionless(node: libsbml.ASTNode) -> None:
    """A bare number in a formula is a pure number: say so, or libSBML cannot check units."""
    if node.isNumber() and not node.hasUnits():
        node.setUnits("dimensionless")
    for index in range(node.getNumChildren()):
        _mark_dimensionless(node.getChild(index))


def _start_at_zero(species: libsbml.Species) -> None:
    if species.getHasOnlySubstanceUnits():
        species.setInitialAmount(0.0)
    else:
        species.setInitialConcentration(0.0)


def read_sbml(text: str) -> ReactionNetwork:
    """Read an SBML text into a network.

    Raises
    ------
    ModelError
        Too large, not SBML, without a model, or with something mscape does not support yet (refused by name).
    """
    if len(text) > MAX_CHARACTERS:
        raise ModelError(
            "SBML", f"{len(text)} characters", f"at most {MAX_CHARACTERS}", "give a smaller model"
        )
    try:
        document = libsbml.readSBMLFromString(text)
    except TypeError:  # half a character, which libSBML cannot take
        raise ModelError("SBML", "text that is not Unicode", "UTF-8", "save the file as UTF-8") from None
    model = document.getModel()
    errors = [document.getError(i) for i in range(document.getNumErrors())]
    fatal = [e for e in errors if e.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    if model is None or fatal:
        found = " ".join(fatal[0].getMessage().split())[:300] if fatal else "no model in the document"
        raise ModelError("SBML", found, "a valid SBML model", "check the file with libSBML's validator")
    _refuse_unsupported(model)
    return ReactionNetwork(
        id=model.getId(),
        compartments=tuple(_compartment(model.getCompartment(i)) for i in range(model.getNumCompartments())),
        species=tuple(_species(model.getSpecies(i)) for i in range(model.getNumSpecies())),
        parameters=tuple(_parameter(model.getParameter(i)) for i in range(model.getNumParameters())),
        reactions=tuple(_reaction(model.getReaction(i)) for i in range(model.getNumReactions())),
        rules=tuple(_rule(model.getRule(i)) for i in range(model.getNumRules())),
        sbml=text,
    )


def _refuse_unsupported(model: libsbml.Model) -> None:
    counts = {
        "events": model.getNumEvents(),
        "algebraic rules": sum(model.getRule(i).isAlgebraic() for i in range(model.getNumRules())),
        "constraints": model.getNumConstraints(),
        "fast reactions": sum(model.getReaction(i).getFast() for i in range(model.getNumReactions())),
    }
    found = [f"{count} {name}" for name, count in counts.items() if count]
    if found:
        raise ModelError(
            model.getId(),
            ", ".join(found),
            "a model without them",
            "rewrite the model; doses and washes are protocol periods",
        )


def _compartment(item: libsbml.Compartment) -> Compartment:
    return Compartment(item.getId(), item.getSize() if item.isSetSize() else 1.0, item.getConstant())


def _species(item: libsbml.Species) -> Species:
    amount = item.getHasOnlySubstanceUnits()
    initial = item.getInitialAmount() if item.isSetInitialAmount() else item.getInitialConcentration()
    start = 0.0 if math.isnan(initial) else initial
    return Species(
        item.getId(),
        item.getCompartment(),
        start,
        amount,
        item.getBoundaryCondition(),
        item.getConstant(),
        item.getSubstanceUnits(),
    )


def _parameter(item: libsbml.Parameter) -> Parameter:
    return Parameter(
        item.getId(), item.getValue() if item.isSetValue() else None, item.getUnits(), item.getConstant()
    )


def _reaction(item: libsbml.Reaction) -> Reaction:
    reactants = tuple(
        (r.getSpecies(), r.getStoichiometry())
        for r in (item.getReactant(i) for i in range(item.getNumReactants()))
    )
    products = tuple(
        (r.getSpecies(), r.getStoichiometry())
        for r in (item.getProduct(i) for i in range(item.getNumProducts()))
    )
    modifiers = tuple(item.getModifier(i).getSpecies() for i in range(item.getNumModifiers()))
    law = item.getKineticLaw()
    formula = libsbml.formulaToL3String(law.getMath()) if law else "0"
    return Reaction(item.getId(), reactants, products, modifiers, formula, item.getReversible())


def _rule(item: libsbml.Rule) -> Rule:
    return Rule(
        "rate" if item.isRate() else "assignment",
        item.getVariable(),
        libsbml.formulaToL3String(item.getMath()),
    )


def write_sbml(network: ReactionNetwork) -> str:
    """Write the network's SBML with the values it now has.

    Raises
    ------
    ModelError
        Its own text cannot be read back.
    """
    document = libsbml.readSBMLFromString(network.sbml)
    model = document.getModel()
    if model is None:
        raise ModelError(network.id, "its SBML text cannot be read", "valid SBML", "report this as a bug")
    for compartment in network.compartments:
        model.getCompartment(compartment.id).setSize(compartment.size)
    for species in network.species:
        item = model.getSpecies(species.id)
        if species.substance_only:
            item.setInitialAmount(species.initial)
        else:
            item.setInitialConcentration(species.initial)
    for parameter in network.parameters:
        if parameter.value is not None:
            model.getParameter(parameter.id).setValue(parameter.value)
    return str(libsbml.writeSBMLToString(document))


def check_sbml(text: str) -> tuple[SbmlIssue, ...]:
    """Run libSBML's consistency, unit and modelling-practice checks.

    Returns
    -------
    tuple[SbmlIssue, ...]
        Everything it says, warnings included; empty is what we ask of our own models.
    """
    document = libsbml.readSBMLFromString(text)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)  # noqa: FBT003
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, True)  # noqa: FBT003
    document.checkConsistency()
    errors = (document.getError(i) for i in range(document.getNumErrors()))
    return tuple(
        SbmlIssue(e.getErrorId(), e.getSeverityAsString(), " ".join(e.getMessage().split())) for e in errors
    )


def complete_sbml(text: str) -> str:
    """Return the SBML with 0 for every parameter without a value, for solvers that insist on one."""
    document = libsbml.readSBMLFromString(text)
    model = document.getModel()
    for index in range(model.getNumParameters()):
        parameter = model.getParameter(index)
        if not parameter.isSetValue():
            parameter.setValue(0.0)
    return str(libsbml.writeSBMLToString(document))
