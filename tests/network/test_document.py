"""What is refused before any work, and submodels put in place."""

import libsbml
import pytest

from mscape.errors import ModelError
from mscape.network.read_document import MAX_DEPTH, MAX_FORMULA
from mscape.network.sbml import read_sbml, write_sbml
from tests.network.sbml_text import (
    assignment_rule,
    compartment,
    initial_assignment,
    listing,
    make_sbml,
    parameter,
    reaction,
    run,
    species,
)

COMP = "http://www.sbml.org/sbml/level3/version1/comp/version1"
L3V1 = "http://www.sbml.org/sbml/level3/version1/core"
INNER = (
    '<model id="inner"><listOfParameters><parameter id="p" value="2" constant="true"/>'
    '<parameter id="q" value="5" constant="true"/></listOfParameters></model>'
)


def _with_submodel(definition: str) -> str:
    return (
        f'<sbml xmlns="{L3V1}" xmlns:comp="{COMP}" level="3" version="1" comp:required="true">'
        f'<model id="outer"><listOfParameters><parameter id="p" value="7" constant="true">'
        f'<comp:listOfReplacedElements><comp:replacedElement comp:submodelRef="sub" comp:idRef="p"/>'
        f"</comp:listOfReplacedElements></parameter></listOfParameters>"
        f'<comp:listOfSubmodels><comp:submodel comp:id="sub" comp:modelRef="inner"/></comp:listOfSubmodels>'
        f"</model>{definition}</sbml>"
    )


def test_submodels_become_part_of_the_model() -> None:
    inner = INNER.replace("<model ", "<comp:modelDefinition ").replace("</model>", "</comp:modelDefinition>")
    text = _with_submodel(f"<comp:listOfModelDefinitions>{inner}</comp:listOfModelDefinitions>")
    network = read_sbml(text)
    assert network.inputs == {"p": 7.0, "sub__q": 5.0}
    again = read_sbml(write_sbml(network.with_values({"sub__q": 6.0})))
    assert again.inputs == {"p": 7.0, "sub__q": 6.0}


def test_submodels_in_other_files_are_refused_and_not_looked_for() -> None:
    outside = '<comp:externalModelDefinition comp:id="inner" comp:source="file:///other.xml"/>'
    text = _with_submodel(
        f"<comp:listOfExternalModelDefinitions>{outside}</comp:listOfExternalModelDefinitions>"
    )
    with pytest.raises(ModelError, match="submodels in other files"):
        read_sbml(text)


def test_submodels_that_multiply_are_refused() -> None:
    def definition(index: int) -> str:
        uses = "".join(
            f'<comp:submodel comp:id="s{i}" comp:modelRef="m{index - 1}"/>' for i in range(10) if index
        )
        subs = f"<comp:listOfSubmodels>{uses}</comp:listOfSubmodels>" if uses else ""
        return f'<comp:modelDefinition id="m{index}">{subs}</comp:modelDefinition>'

    models = "".join(definition(index) for index in range(9))
    text = _with_submodel(f"<comp:listOfModelDefinitions>{models}</comp:listOfModelDefinitions>")
    with pytest.raises(ModelError, match="submodels"):
        read_sbml(text.replace('modelRef="inner"', 'modelRef="m8"'))


@pytest.mark.parametrize("package", ["multi", "distrib", "spatial", "arrays"])
def test_a_package_that_is_required_is_refused_by_name(package: str) -> None:
    space = f"http://www.sbml.org/sbml/level3/version1/{package}/version1"
    text = f'<sbml xmlns="{L3V1}" xmlns:{package}="{space}" level="3" version="1" {package}:required="true">'
    with pytest.raises(ModelError, match=package):
        read_sbml(f'{text}<model id="m"/></sbml>')


def test_a_package_that_is_not_required_is_not_in_the_way() -> None:
    space = "http://www.sbml.org/sbml/level3/version1/layout/version1"
    text = f'<sbml xmlns="{L3V1}" xmlns:layout="{space}" level="3" version="1" layout:required="false">'
    assert read_sbml(f'{text}<model id="m"/></sbml>').id == "m"


def test_flux_balance_is_refused_by_name() -> None:
    space = "http://www.sbml.org/sbml/level3/version1/fbc/version2"
    document = libsbml.readSBMLFromString(
        f'<sbml xmlns="{L3V1}" xmlns:fbc="{space}" level="3" version="1" fbc:required="false">'
        '<model id="m" fbc:strict="false"><fbc:listOfObjectives fbc:activeObjective="o"><fbc:objective '
        'fbc:id="o" fbc:type="maximize"/></fbc:listOfObjectives></model></sbml>'
    )
    with pytest.raises(ModelError, match="flux balance"):
        read_sbml(libsbml.writeSBMLToString(document))


def test_everything_that_is_missing_is_named_at_once() -> None:
    text = make_sbml(
        listing("Parameters", parameter("x")),
        listing(
            "Rules",
            assignment_rule("x", "1")
            .replace('assignmentRule variable="x"', "algebraicRule")
            .replace("assignmentRule", "algebraicRule"),
        ),
        listing("Constraints", "<constraint/>"),
    )
    with pytest.raises(ModelError, match="1 algebraic rules, 1 constraints") as caught:
        read_sbml(text)
    assert caught.value.where == "m"
    assert caught.value.advice


def test_formulas_nested_without_end_are_refused() -> None:
    for depth, words in ((MAX_DEPTH - 50, "nested too deeply"), (MAX_DEPTH * 30, "elements nested")):
        rule = assignment_rule("x", "y").replace(
            "<ci> y </ci>", "<apply><sin/>" * depth + "1" + "</apply>" * depth
        )
        text = make_sbml(listing("Parameters", parameter("x")), listing("Rules", rule))
        text = text.replace("<sin/>1", "<sin/><cn>1</cn>")
        with pytest.raises(ModelError, match=words):
            read_sbml(text)


def test_formulas_of_level_one_without_end_are_refused() -> None:
    rule = f'<parameterRule name="x" formula="{"1-" * MAX_FORMULA}1"/>'
    listed = listing("Parameters", '<parameter name="x"/>')
    with pytest.raises(ModelError, match="a formula of"):
        read_sbml(make_sbml(listed, listing("Rules", rule), version=(1, 2)))


def test_entities_are_refused() -> None:
    text = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]>' + make_sbml().partition("?>")[2]
    with pytest.raises(ModelError, match="entity"):
        read_sbml(text)


def test_what_is_written_is_what_was_read() -> None:
    own = '<listOfLocalParameters><localParameter id="k" value="7"/></listOfLocalParameters>'
    text = make_sbml(
        listing("Compartments", compartment(size=2)),
        listing("Species", species("A", 'initialAmount="6"'), species("B")),
        listing("Parameters", parameter("x")),
        listing("InitialAssignments", initial_assignment("x", "A"), initial_assignment("B", "3")),
        listing("Reactions", reaction("go", "A", "B", "k", own)),
    )
    network = read_sbml(text)
    again = read_sbml(write_sbml(network))
    for part in ("species", "parameters", "reactions", "initial_assignments"):
        assert getattr(again, part) == getattr(network, part), part
    changed = run(write_sbml(network.with_values({"A": 5.0, "B": 4.0, "go__k": 1.0})))
    assert [changed.read(name) for name in ("A", "B", "x", "go")] == [5, 4, 5, 1]
