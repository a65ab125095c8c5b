"""SBML to take away: libSBML and libRoadRunner read it, every species and parameter says what it is."""

from dataclasses import replace

import libsbml
import pytest

from mscape.atlas.load import Atlas, load_atlas
from mscape.experiments.bind import bind_record
from mscape.network.sbml import check_sbml, read_sbml
from mscape.standards.sbml import write_annotated_sbml

ROWS = sorted(load_atlas().records)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_atlas()


@pytest.mark.parametrize("row", ROWS)
def test_nothing_is_found_by_libsbml(atlas: Atlas, row: str) -> None:
    assert [
        issue.message for issue in check_sbml(write_annotated_sbml(bind_record(atlas.records[row], atlas)))
    ] == []


@pytest.mark.parametrize("row", ROWS)
def test_every_species_and_parameter_carries_its_terms(atlas: Atlas, row: str) -> None:
    model = libsbml.readSBMLFromString(
        write_annotated_sbml(bind_record(atlas.records[row], atlas))
    ).getModel()
    groups = (
        model.getListOfSpecies(),
        model.getListOfParameters(),
        model.getListOfReactions(),
        model.getListOfCompartments(),
    )
    assert all(item.isSetSBOTerm() for group in groups for item in group)
    cells = [
        item
        for item in model.getListOfSpecies()
        if item.getId().startswith(("tumour_", "msc_naive", "msc_primed"))
    ]
    assert all(item.getNumCVTerms() for item in cells)
    assert model.getSpecies("drug").getNumCVTerms()


def test_values_are_those_of_the_record_and_say_their_source(atlas: Atlas) -> None:
    bound = bind_record(atlas.records["xu2018_breast_il6"], atlas)
    text = write_annotated_sbml(bound)
    assert read_sbml(text).inputs["il6r_Kd"] == pytest.approx(bound.priors["il6r_Kd"].value)
    document = libsbml.readSBMLFromString(text)
    parameter = document.getModel().getParameter("il6r_Kd")
    assert "taga1987" in parameter.getNotesString()
    assert parameter.getSBOTermID() == "SBO:0000282"  # dissociation constant


def test_hostile_text_of_a_record_stays_text(atlas: Atlas) -> None:
    bound = bind_record(atlas.records["xu2018_breast_il6"], atlas)
    hostile = bound.record.mechanism.model_copy(
        update={"summary": "<script>alert(1)</script> & ]]>", "title": "a < b"}
    )
    text = write_annotated_sbml(replace(bound, record=replace(bound.record, mechanism=hostile)))
    assert "<script>" not in text
    assert check_sbml(text) == ()
