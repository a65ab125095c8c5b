"""SBML in and out of a `ReactionNetwork`, and the consistency checks of libSBML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import libsbml

from mscape.errors import ModelError
from mscape.network.motif import expand_motifs
from mscape.network.network import Reaction, ReactionNetwork, Species
from mscape.network.read_document import flatten_document, open_document, refuse_unsupported
from mscape.network.read_model import read_model
from mscape.network.translate import translate_antimony


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
    return _read_flat(model_id, expand_motifs(text, motifs, f"{model_id}/model.ant"))


@lru_cache(maxsize=128)
def _read_flat(model_id: str, flat: str) -> ReactionNetwork:
    return read_sbml(_finish_sbml(model_id, flat))


def _finish_sbml(model_id: str, flat: str) -> str:
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
    """Read an SBML text, of any level and version, into a network; submodels become part of it.

    Raises
    ------
    ModelError
        Too large, not SBML, without a model, or with something mscape does not support (refused by name).
    """
    document = open_document(text)
    flat = flatten_document(document)
    refuse_unsupported(flat)
    try:
        return read_model(flat.getModel(), text if flat is document else str(libsbml.writeSBMLToString(flat)))
    except RecursionError:
        found = "a formula nested too deeply"
        raise ModelError("SBML", found, "some hundred levels", "split it by assignment rules") from None


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
        if compartment.size is not None:
            model.getCompartment(compartment.id).setSize(compartment.size)
    for species in network.species:
        _write_start(model.getSpecies(species.id), species)
    for parameter in network.parameters:
        if parameter.value is not None:
            model.getParameter(parameter.id).setValue(parameter.value)
    for reaction in network.reactions:
        _write_reaction(model.getReaction(reaction.id), reaction)
    computed = {item.variable for item in network.initial_assignments}
    for index in reversed(range(model.getNumInitialAssignments())):
        if model.getInitialAssignment(index).getSymbol() not in computed:
            model.removeInitialAssignment(index)
    return str(libsbml.writeSBMLToString(document))


def _write_start(item: libsbml.Species, species: Species) -> None:
    in_amount = species.substance_only == (species.other_initial is None)
    value = species.initial if species.other_initial is None else species.other_initial
    if value is None:
        return
    if in_amount:
        item.setInitialAmount(value)
    elif item.getLevel() > 1:
        item.setInitialConcentration(value)
    else:  # Level 1 knows amounts only
        size = item.getModel().getCompartment(item.getCompartment()).getVolume()
        item.setInitialAmount(value * size)


def _write_reaction(item: libsbml.Reaction, reaction: Reaction) -> None:
    for index, parameter in enumerate(reaction.locals):
        if parameter.value is not None:
            item.getKineticLaw().getParameter(index).setValue(parameter.value)
    for part in reaction.participants:
        reference = item.getModel().getElementBySId(part.id) if part.id else None
        if reference is not None and part.stoichiometry is not None:
            reference.setStoichiometry(part.stoichiometry)


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
