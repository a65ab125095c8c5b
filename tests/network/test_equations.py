"""From SBML to equations, one feature at a time; expectations are worked out by hand."""

import math

import pytest

from mscape.errors import ModelError
from mscape.network.equations import derive_system
from mscape.network.sbml import read_sbml
from tests.network.evaluation import Running
from tests.network.sbml_text import (
    SPACE,
    assignment_rule,
    compartment,
    initial_assignment,
    listing,
    make_sbml,
    parameter,
    rate_rule,
    reaction,
    run,
    species,
)
from tests.network.sbml_text import math as mathml

AMOUNT = 'hasOnlySubstanceUnits="true"'
BOUNDARY = 'boundaryCondition="true"'


def _rates(running: Running) -> dict[str, float]:
    return dict(zip(running.system.states, running.rates(), strict=True))


def test_a_reaction_changes_concentrations_by_the_size() -> None:
    running = run(
        make_sbml(
            listing("Compartments", compartment(size=2)),
            listing("Species", species("A", 'initialConcentration="3"'), species("B")),
            listing("Parameters", parameter("k", 0.5, constant=True)),
            listing("Reactions", reaction("go", "2*A", "B", "k * A * c")),
        )
    )
    assert running.system.states == ("A", "B")
    assert _rates(running) == {"A": -2 * 0.5 * 3, "B": 0.5 * 3}
    assert running.read("go") == 0.5 * 3 * 2
    assert running.system.rescale == {
        0: running.system.inputs.index("c"),
        1: running.system.inputs.index("c"),
    }


def test_a_species_of_substance_only_is_an_amount() -> None:
    running = run(
        make_sbml(
            listing("Compartments", compartment(size=2)),
            listing("Species", species("A", 'initialAmount="3"', more=AMOUNT)),
            listing("Reactions", reaction("go", "A", "", "A")),
        )
    )
    assert (running.read("A"), _rates(running)) == (3, {"A": -3})
    assert not running.system.rescale


@pytest.mark.parametrize(
    ("initial", "more", "expected"),
    [('initialAmount="6"', "", 3.0), ('initialConcentration="6"', AMOUNT, 12.0), ("", "", math.nan)],
)
def test_a_start_in_the_other_unit_follows_the_size(initial: str, more: str, expected: float) -> None:
    text = make_sbml(
        listing("Compartments", compartment(size=2)), listing("Species", species("A", initial, more=more))
    )
    assert run(text).read("A") == pytest.approx(expected, nan_ok=True)
    if initial:
        network = read_sbml(text)
        assert network.inputs["A"] == expected
        system = derive_system(network)
        wider = Running(system, network.inputs | {"c": 4.0})
        assert wider.read("A") == (expected / 2 if not more else expected * 2)
        assert network.with_values({"A": 5.0}).inputs["A"] == 5.0
        fixed = network.with_values({"A": 5.0})
        assert Running(derive_system(fixed), fixed.inputs).read("A") == 5.0


def test_what_a_reaction_uses_and_makes_cancels() -> None:
    running = run(
        make_sbml(
            listing("Compartments", compartment()),
            listing("Species", species("E"), species("A")),
            listing("Reactions", reaction("go", "E A", "E", "E * A")),
        )
    )
    graph = running.system.graph
    assert graph.value_of(running.system.rates[0]) == 0
    assert _rates(running) == {"E": 0, "A": -1}


def test_boundary_and_constant_species_are_left_alone() -> None:
    running = run(
        make_sbml(
            listing("Compartments", compartment()),
            listing("Species", species("A", more=BOUNDARY), species("B", more='constant="true" ' + BOUNDARY)),
            listing("Reactions", reaction("go", "A", "B", "A")),
        )
    )
    assert running.system.states == ()
    assert {"A", "B"} <= set(running.system.inputs)


def test_conversion_factors_turn_extents_into_amounts() -> None:
    running = run(
        make_sbml(
            listing("Compartments", compartment(size=2)),
            listing("Species", species("A"), species("B", more='conversionFactor="own"')),
            listing("Parameters", parameter("all", 3, constant=True), parameter("own", 5, constant=True)),
            listing("Reactions", reaction("go", "A", "B", "8")),
            attributes='conversionFactor="all"',
        )
    )
    assert _rates(running) == {"A": -3 * 8 / 2, "B": 5 * 8 / 2}


def test_parameters_of_a_reaction_hide_those_of_the_model() -> None:
    own = '<listOfLocalParameters><localParameter id="k" value="7"/></listOfLocalParameters>'
    running = run(
        make_sbml(
            listing("Compartments", compartment()),
            listing("Species", species("A")),
            listing("Parameters", parameter("k", 2, constant=True), parameter("go__k", 1, constant=True)),
            listing("Reactions", reaction("go", "A", "", "k", own), reaction("come", "", "A", "k + go__k")),
        )
    )
    assert "go__k_" in running.system.inputs
    assert _rates(running) == {"A": -7 + 3}
    assert running.read("go__k_") == 7


def test_a_stoichiometry_may_have_a_name_a_rule_and_a_rate() -> None:
    running = run(
        make_sbml(
            listing("Compartments", compartment()),
            listing("Species", species("A"), species("B"), species("C")),
            listing("Parameters", parameter("p", 4)),
            listing("InitialAssignments", initial_assignment("third", "p + 1")),
            listing("Rules", assignment_rule("first", "p * 2"), rate_rule("second", "0.5")),
            listing("Reactions", reaction("go", "first:1*A", "second:2*B third:?*C fourth:3*A", "10")),
        )
    )
    assert running.system.states == ("A", "B", "C", "second")
    assert _rates(running) == {"A": -8 * 10 + 3 * 10, "B": 2 * 10, "C": 5 * 10, "second": 0.5}
    assert [running.read(name) for name in ("first", "second", "third", "fourth")] == [8, 2, 5, 3]


def test_stoichiometry_math_of_level_two() -> None:
    formula = f"<stoichiometryMath>{mathml('p * 3')}</stoichiometryMath>"
    part = f'<speciesReference species="A">{formula}</speciesReference>'
    running = run(
        make_sbml(
            listing("Compartments", '<compartment id="c" size="1"/>'),
            listing("Species", '<species id="A" compartment="c" initialConcentration="1"/>'),
            listing("Parameters", '<parameter id="p" value="2"/>'),
            listing(
                "Reactions",
                f'<reaction id="go"><listOfProducts>{part}</listOfProducts>'
                f"<kineticLaw>{mathml('A')}</kineticLaw></reaction>",
            ),
            version=(2, 4),
        )
    )
    assert _rates(running) == {"A": 6}


def test_level_one_is_read() -> None:
    running = run(
        make_sbml(
            listing("Compartments", '<compartment name="c" volume="2"/>'),
            listing("Species", '<species name="A" compartment="c" initialAmount="6"/>'),
            listing("Parameters", '<parameter name="k" value="2"/><parameter name="half"/>'),
            listing("Rules", '<parameterRule name="half" formula="pow(A, 2) / 2"/>'),
            listing(
                "Reactions",
                '<reaction name="go"><listOfReactants><speciesReference species="A" stoichiometry="3" '
                'denominator="2"/></listOfReactants><kineticLaw formula="k * A"/></reaction>',
            ),
            version=(1, 2),
        )
    )
    assert running.read("A") == 3
    assert running.read("half") == 4.5
    assert _rates(running) == {"A": -1.5 * 2 * 3 / 2}


@pytest.mark.parametrize("version", list(SPACE)[1:])
def test_an_initial_assignment_follows_what_it_needs(version: tuple[int, int]) -> None:
    running = run(
        make_sbml(
            listing("Parameters", *(parameter(name, 1) for name in ("x", "y", "z", "rule"))),
            listing("InitialAssignments", initial_assignment("z", "y * 2"), initial_assignment("y", "rule")),
            listing("Rules", assignment_rule("rule", "x + 1 + time")),
            version=version,
        )
    )
    assert [running.read(name) for name in ("x", "rule", "y", "z")] == [1, 2, 2, 4]
    assert running.read("rule", time=5.0) == 7


def test_an_initial_assignment_may_need_a_rate() -> None:
    running = run(
        make_sbml(
            listing("Compartments", compartment()),
            listing("Species", species("A", 'initialConcentration="4"')),
            listing("Parameters", parameter("p"), parameter("q")),
            listing(
                "InitialAssignments", initial_assignment("p", "go"), initial_assignment("q", "rateOf(A)")
            ),
            listing("Reactions", reaction("go", "A", "", "A / 2")),
        )
    )
    assert (running.read("p"), running.read("q")) == (2, -2)


def test_rules_are_put_in_order() -> None:
    rules = [assignment_rule(f"p{i}", f"p{i + 1} + 1") for i in range(2000)]
    text = make_sbml(
        listing("Parameters", *(parameter(f"p{i}", 0.0) for i in range(2001))), listing("Rules", *rules)
    )
    assert run(text).read("p0") == 2000


def test_rules_in_a_circle_are_refused_by_name() -> None:
    rules = listing("Rules", *(assignment_rule(a, b) for a, b in (("x", "y"), ("y", "z"), ("z", "x"))))
    text = make_sbml(listing("Parameters", *(parameter(name) for name in "xyz")), rules)
    with pytest.raises(ModelError, match="x needs y needs z needs x"):
        run(text)


def test_initial_assignments_in_a_circle_are_refused() -> None:
    starts = listing("InitialAssignments", initial_assignment("x", "y"), initial_assignment("y", "x"))
    with pytest.raises(ModelError, match="x needs y needs x"):
        run(make_sbml(listing("Parameters", parameter("x"), parameter("y")), starts))


def _moving(*rules: str, **kinds: str) -> Running:
    return run(
        make_sbml(
            listing("Compartments", compartment(size=2, constant=False)),
            listing("Species", species("A", 'initialConcentration="3"', **kinds)),
            listing("Rules", *rules),
            listing("Reactions", reaction("go", "A", "", "A * c")) if not kinds else "",
        )
    )


def test_in_a_growing_compartment_the_amount_is_the_state() -> None:
    running = _moving(rate_rule("c", "0.25"))
    assert running.system.states == ("A", "c")
    assert running.start == [6, 2]
    assert _rates(running) == {"A": -6, "c": 0.25}
    assert running.read("A", [6, 4]) == 1.5
    assert not running.system.rescale


def test_what_nothing_changes_is_still_thinned() -> None:
    running = _moving(rate_rule("c", "0.25"), more=BOUNDARY)
    assert set(running.system.states) == {"A", "c"}
    state = [6.0, 4.0] if running.system.states[0] == "A" else [4.0, 6.0]
    assert (running.read("A"), running.read("A", state)) == (3, 1.5)


def test_a_compartment_that_a_rule_sets() -> None:
    running = _moving(assignment_rule("c", "2 + time"))
    assert running.system.states == ("A",)
    assert running.start == [6]
    assert running.read("A", [6.0], time=1.0) == 2


def test_a_rate_rule_of_a_concentration_is_of_the_concentration() -> None:
    running = _moving(rate_rule("c", "0.25"), rate_rule("A", "0.5"), more=BOUNDARY)
    assert _rates(running) == {"A": 0.5, "c": 0.25}


def test_the_rate_of_a_concentration_in_a_growing_compartment() -> None:
    running = run(
        make_sbml(
            listing("Compartments", compartment(size=2, constant=False)),
            listing("Species", species("A", 'initialConcentration="3"')),
            listing("Parameters", parameter("p")),
            listing("Rules", rate_rule("c", "0.25"), assignment_rule("p", "rateOf(A) + 10 * rateOf(c)")),
            listing("Reactions", reaction("go", "A", "", "A * c")),
        )
    )
    assert running.read("p") == pytest.approx((-6 - 3 * 0.25) / 2 + 2.5)


def test_rate_of_what_does_not_change_is_zero() -> None:
    rules = listing("Rules", assignment_rule("p", "rateOf(k) + rateOf(x)"), rate_rule("x", "k"))
    running = run(
        make_sbml(listing("Parameters", parameter("k", 3), parameter("x", 0), parameter("p")), rules)
    )
    assert running.read("p") == 3


def test_a_smooth_model_has_no_switches() -> None:
    assert _moving(rate_rule("c", "0.25")).system.switches == ()


def test_mathematics_may_be_missing() -> None:
    running = run(
        make_sbml(
            listing("Compartments", compartment()),
            listing("Species", species("A")),
            listing("Parameters", parameter("x", 3)),
            listing("InitialAssignments", '<initialAssignment symbol="x"/>'),
            listing("Rules", '<rateRule variable="x"/>', "<algebraicRule/>"),
            listing("Reactions", reaction("go", "A", "", None)),
            listing("Events", '<event id="e" useValuesFromTriggerTime="true"/>'),
        )
    )
    assert (running.read("x"), _rates(running), running.system.events) == (3, {"A": 0}, ())


def test_every_name_of_the_model_can_be_read() -> None:
    running = _moving(rate_rule("c", "0.25"))
    network = read_sbml(make_sbml(listing("Parameters", parameter("k", 1))))
    assert set(running.system.readable) == {"A", "c", "go"}
    assert set(derive_system(network).readable) == network.observables == {"k"}


def test_two_things_of_one_name_are_refused() -> None:
    text = make_sbml(listing("Parameters", parameter("x", 1), parameter("x2", 1)))
    with pytest.raises(ModelError):
        run(text.replace('"x2"', '"x"'))
