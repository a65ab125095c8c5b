"""SBML in and out: what is read is what is written, and what mscape lacks is refused by name."""

import math
from contextlib import suppress

import libsbml
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.errors import ModelError
from mscape.network.expression import Number, write_infix
from mscape.network.network import Compartment, ReactionNetwork
from mscape.network.read_document import MAX_CHARACTERS
from mscape.network.sbml import (
    check_sbml,
    complete_sbml,
    read_antimony,
    read_sbml,
    write_sbml,
)

MODEL = """
unit substance = item; unit extent = item; unit time_unit = 3600 second; unit volume = 1e-15 litre;
unit per_h = 1 / (3600 second);
compartment well; well = 2; well has volume;
species A in well, B in well, C in well;
substanceOnly species C;
A = 3; C = 5;
go: A -> B; (k * A - back * B) * well; k has per_h; back has per_h; k = 0.5;
level := A + B; level has item_per_volume; unit item_per_volume = item / (1e-15 litre);
heat' = -k * heat; heat has dimensionless; heat = 1;
"""


@pytest.fixture(scope="module")
def network() -> ReactionNetwork:
    return read_antimony(MODEL, {}, "tiny")


def test_a_model_is_read_as_written(network: ReactionNetwork) -> None:
    assert network.id == "tiny"
    assert network.compartments == (Compartment("well", 2.0, constant=True),)
    assert [(s.id, s.initial, s.substance_only) for s in network.species] == [
        ("A", 3.0, False),
        ("B", 0.0, False),
        ("C", 5.0, True),
    ]
    assert {p.id: p.value for p in network.parameters} == {
        "k": 0.5,
        "back": None,
        "level": None,
        "heat": 1.0,
    }
    (reaction,) = network.reactions
    assert (reaction.id, reaction.reactants, reaction.products) == ("go", (("A", 1.0),), (("B", 1.0),))
    assert {(rule.kind, rule.variable) for rule in network.rules} == {
        ("assignment", "level"),
        ("rate", "heat"),
    }


def test_states_are_what_the_solver_integrates(network: ReactionNetwork) -> None:
    assert network.states == ("A", "B", "C", "heat")


def test_inputs_leave_out_what_a_rule_sets(network: ReactionNetwork) -> None:
    assert network.inputs == {
        "well": 2.0,
        "A": 3.0,
        "B": 0.0,
        "C": 5.0,
        "k": 0.5,
        "back": None,
        "heat": 1.0,
    }


def test_units_of_every_parameter_are_kept(network: ReactionNetwork) -> None:
    assert {p.id: p.units for p in network.parameters}["k"] == "per_h"


def test_a_network_survives_sbml(network: ReactionNetwork) -> None:
    again = read_sbml(write_sbml(network))
    for part in ("id", "compartments", "species", "parameters", "reactions", "rules"):
        assert getattr(again, part) == getattr(network, part), part
    assert write_sbml(again) == write_sbml(network)


@given(st.floats(-1e300, 1e300), st.floats(1e-300, 1e300))
def test_numbers_survive_sbml_to_fifteen_digits(parameter: float, size: float) -> None:
    """LibSBML prints 15 significant digits: that is all that an SBML file of ours can promise."""
    parameter = 0.0 if abs(parameter) < 1e-300 else parameter
    again = read_sbml(write_sbml(_tiny().with_values({"k": parameter, "well": size, "A": parameter})))
    assert again.inputs["k"] == pytest.approx(parameter, rel=1e-14, abs=0)
    assert again.inputs["well"] == pytest.approx(size, rel=1e-14, abs=0)
    assert again.inputs["A"] == pytest.approx(parameter, rel=1e-14, abs=0)


def _tiny() -> ReactionNetwork:
    return read_antimony(MODEL, {}, "tiny")  # kept by text


def test_with_values_changes_only_what_it_names(network: ReactionNetwork) -> None:
    other = network.with_values({"back": 0.1, "C": 7.0})
    assert other.inputs == network.inputs | {"back": 0.1, "C": 7.0}
    assert network.inputs["back"] is None


@pytest.mark.parametrize("name", ["bakc", "level", "no_such"])
def test_with_values_refuses_what_is_no_input(network: ReactionNetwork, name: str) -> None:
    with pytest.raises(ModelError, match=f"no input named {name}"):
        network.with_values({name: 1.0})


def test_with_values_offers_the_nearest_name(network: ReactionNetwork) -> None:
    with pytest.raises(ModelError, match="expected back"):
        network.with_values({"bakc": 1.0})


def test_the_same_text_under_another_id_is_another_model() -> None:
    assert read_antimony(MODEL, {}, "other").id == "other"
    assert read_antimony(MODEL, {}, "tiny").id == "tiny"
    assert read_antimony(MODEL.replace("0.5", "0.25"), {}, "tiny").inputs["k"] == 0.25


def test_a_motif_that_changes_changes_the_model() -> None:
    text = 'import "a.ant"\n'
    first, second = (read_antimony(text, {"a.ant": f"x = {value};"}, "m") for value in (1, 2))
    assert (first.inputs["x"], second.inputs["x"]) == (1.0, 2.0)


def test_a_sound_model_with_all_values_has_no_issue(network: ReactionNetwork) -> None:
    assert check_sbml(write_sbml(network.with_values({"back": 0.1}))) == ()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (" k has per_h;", " k has item_per_volume;", "unit"),
        ("A + B; level", "A + well; level", "unit"),
        (" k has per_h;", "", "does not have a 'units' attribute"),
        ("heat has dimensionless;", "", "does not have a 'units' attribute"),
    ],
)
def test_a_wrong_or_missing_unit_is_an_issue(before: str, after: str, words: str) -> None:
    assert before in MODEL
    broken = read_antimony(MODEL.replace(before, after), {}, "tiny").with_values({"back": 0.1})
    issues = check_sbml(write_sbml(broken))
    assert issues
    assert any(words in issue.message for issue in issues)


def test_events_of_antimony_are_read() -> None:
    text = "A = 2; A' = 1; at 1.5 after (A > 3), priority = 2, persistent = false, t0 = false: A = 1;"
    (event,) = read_antimony(text, {}, "m").events
    assert (write_infix(event.trigger), event.initial, event.persistent) == ("A > 3", False, False)
    assert (event.delay, event.priority) == (Number(1.5), Number(2.0))
    assert event.assignments == (("A", Number(1.0)),)


def _document(version: int = 2) -> libsbml.SBMLDocument:
    document = libsbml.SBMLDocument(3, version)
    model = document.createModel()
    model.setId("m")
    parameter = model.createParameter()
    parameter.setId("x")
    parameter.setConstant(False)
    return document


def test_algebraic_rules_are_refused_by_name() -> None:
    document = _document()
    document.getModel().createAlgebraicRule().setMath(libsbml.parseL3Formula("x - 3"))
    with pytest.raises(ModelError, match="1 algebraic rules"):
        read_sbml(libsbml.writeSBMLToString(document))


def test_constraints_are_refused_by_name() -> None:
    document = _document()
    document.getModel().createConstraint().setMath(libsbml.parseL3Formula("x > 3"))
    with pytest.raises(ModelError, match="1 constraints"):
        read_sbml(libsbml.writeSBMLToString(document))


def test_fast_reactions_are_refused_by_name() -> None:
    text = write_sbml(_tiny()).replace('version="2"', 'version="1"', 1)
    text = text.replace("level3/version2", "level3/version1")
    text = text.replace('reversible="true"', 'reversible="true" fast="true"')
    with pytest.raises(ModelError, match="fast"):
        read_sbml(text)


@pytest.mark.parametrize("text", ["", "x", "<sbml/>", "<html></html>", "<sbml", "\x00", "\ud800"])
def test_what_is_not_sbml_is_a_model_error(text: str) -> None:
    with pytest.raises(ModelError):
        read_sbml(text)


def test_too_large_a_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(ModelError, match="at most"):
        read_sbml(" " * (MAX_CHARACTERS + 1))


@given(st.text(max_size=200))
def test_any_text_is_a_network_or_a_model_error(text: str) -> None:
    with suppress(ModelError):
        read_sbml(text)


@given(st.data())
def test_a_cut_or_changed_model_is_a_network_or_a_model_error(data: st.DataObject) -> None:
    text = write_sbml(_tiny())
    at = data.draw(st.integers(0, len(text)))
    with suppress(ModelError):
        read_sbml(text[:at] + data.draw(st.text(max_size=5)) + text[at + data.draw(st.integers(0, 50)) :])


def test_a_parameter_without_value_is_completed_for_solvers_only(network: ReactionNetwork) -> None:
    completed = libsbml.readSBMLFromString(complete_sbml(network.sbml)).getModel()
    assert completed.getParameter("back").getValue() == 0
    assert math.isnan(libsbml.readSBMLFromString(network.sbml).getModel().getParameter("back").getValue())
