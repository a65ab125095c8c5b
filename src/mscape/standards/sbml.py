"""SBML to take away: nominal values, MIRIAM and SBO annotations, where each number comes from."""

from __future__ import annotations

from html import escape

import libsbml

from mscape.errors import ModelError
from mscape.experiments.bind import Bound
from mscape.network.sbml import write_sbml

_RESOURCE = "https://identifiers.org/"
_ENTITY_SBO = {
    "cell": 240,
    "protein": 252,
    "rna": 250,
    "complex": 253,
    "small molecule": 247,
    "drug": 247,
    "vesicle": 240,
    "organelle": 240,
    "process": 240,
}
_UNIT_SBO = {
    "per_h": 35,
    "per_nM_h": 36,
    "nM": 196,
    "item": 360,
    "item_per_h": 46,
    "volume_per_h": 9,
    "dimensionless": 2,
}
_CELL = {"tumour": "cl:0001063", "msc": "cl:0000134"}  # neoplastic cell, mesenchymal stem cell
_BINDING, _MADE, _LOST, _MOVED, _TURNED = 177, 393, 179, 185, 182


def write_annotated_sbml(bound: Bound) -> str:
    """Write a mechanism's SBML at nominal values with annotations.

    Species carry the identifiers of the record's entities, parameters an SBO term, their source and
    range; reactions an SBO term by what they do; the model its paper.

    Raises
    ------
    ModelError
        libSBML refuses what was written.
    """
    document = libsbml.readSBMLFromString(write_sbml(bound.network))
    model = document.getModel()
    _annotate_model(model, bound)
    _annotate_species(model, bound)
    for index in range(model.getNumParameters()):
        _annotate_parameter(model.getParameter(index), bound)
    for index in range(model.getNumReactions()):
        reaction = model.getReaction(index)
        reaction.setSBOTerm(_name_reaction(model, reaction))
    for index in range(model.getNumCompartments()):
        model.getCompartment(index).setSBOTerm(290)
    text = str(libsbml.writeSBMLToString(document))
    back = libsbml.readSBMLFromString(text)
    if back.getNumErrors(libsbml.LIBSBML_SEV_ERROR):
        raise ModelError(
            bound.id,
            " ".join(back.getError(0).getMessage().split())[:200],
            "SBML that libSBML accepts",
            "report this as a bug",
        )
    return text


def _annotate_model(model: libsbml.Model, bound: Bound) -> None:
    mechanism = bound.record.mechanism
    paper = bound.atlas.papers.get(mechanism.paper)
    model.setName(mechanism.title)
    model.setSBOTerm(293)  # non-spatial continuous framework
    if paper and (paper.doi or paper.pmid):
        link = f"{_RESOURCE}doi:{paper.doi}" if paper.doi else f"{_RESOURCE}pubmed:{paper.pmid}"
        _add_term(model, link, model_qualifier=libsbml.BQM_IS_DESCRIBED_BY)
    for curie in (*mechanism.claim.tumour_terms, *mechanism.claim.drug_terms):
        if not curie.startswith("mscape."):
            _add_term(model, _RESOURCE + curie, qualifier=libsbml.BQB_HAS_PROPERTY)
    verdict = f"Verdict on the table's claim: {mechanism.verdict.verdict} ({mechanism.verdict.basis})."
    note = f"{mechanism.summary} {verdict}"
    origin = f"mscape mechanism {bound.id}, atlas {bound.atlas.hash[:12]}. Content CC BY 4.0."
    licence = f"{origin} Nominal values: many are assumed, see each parameter."
    model.setNotes(_paragraphs(note, licence))


def _annotate_species(model: libsbml.Model, bound: Bound) -> None:
    entities = {name: entity for entity in bound.record.mechanism.entities for name in entity.species}
    for index in range(model.getNumSpecies()):
        species = model.getSpecies(index)
        name = species.getId()
        entity = entities.get(name)
        role = name.partition("_")[0]
        species.setSBOTerm(_ENTITY_SBO[entity.kind] if entity else 240 if role in _CELL else 245)
        if entity:
            species.setName(
                entity.label if len(entity.species) == 1 else f"{entity.label}: {name.replace('_', ' ')}"
            )
        curie = (entity.term if entity else None) or (_CELL.get(role) if "factor" not in name else None)
        if curie and not curie.startswith("mscape."):
            exact = entity is not None and len(entity.species) == 1
            _add_term(
                species, _RESOURCE + curie, qualifier=libsbml.BQB_IS if exact else libsbml.BQB_IS_VERSION_OF
            )


def _annotate_parameter(parameter: libsbml.Parameter, bound: Bound) -> None:
    name, unit = parameter.getId(), parameter.getUnits()
    term = 282 if name.endswith(("_Kd", "_Ki")) else 190 if name.endswith("hill") else _UNIT_SBO.get(unit, 2)
    parameter.setSBOTerm(term)
    prior = bound.priors.get(name)
    if prior is not None:
        spread = (
            f"; {prior.low:g} to {prior.high:g} ({prior.distribution})"
            if prior.low is not None and prior.high is not None
            else ""
        )
        parameter.setNotes(_paragraphs(f"source: {prior.source}{spread}"))


def _name_reaction(model: libsbml.Model, reaction: libsbml.Reaction) -> int:
    made, used = reaction.getNumProducts(), reaction.getNumReactants()
    if used == 0:
        return _MADE
    if made == 0:
        return _LOST
    if used > made:
        return _BINDING
    places = {
        model.getSpecies(part.getSpecies()).getCompartment()
        for part in (reaction.getReactant(0), reaction.getProduct(0))
    }
    return _MOVED if len(places) > 1 else _TURNED


def _add_term(
    item: libsbml.SBase, link: str, *, qualifier: int | None = None, model_qualifier: int | None = None
) -> None:
    if not item.isSetMetaId():
        item.setMetaId(f"meta_{item.getId()}")
    term = libsbml.CVTerm(libsbml.BIOLOGICAL_QUALIFIER if qualifier is not None else libsbml.MODEL_QUALIFIER)
    if qualifier is not None:
        term.setBiologicalQualifierType(qualifier)
    else:
        term.setModelQualifierType(model_qualifier)
    term.addResource(link)
    item.addCVTerm(term)


def _paragraphs(*texts: str) -> str:
    body = "".join(f"<p>{escape(text)}</p>" for text in texts)
    return f'<body xmlns="http://www.w3.org/1999/xhtml">{body}</body>'
