"""Events and switches: what the engine watches while it steps, and what it then does."""

import pytest

from mscape.errors import ModelError
from tests.network.evaluation import evaluate
from tests.network.sbml_text import (
    assignment_rule,
    compartment,
    event,
    listing,
    make_sbml,
    parameter,
    rate_rule,
    run,
    species,
)
from tests.network.sbml_text import math as mathml

AMOUNT = 'hasOnlySubstanceUnits="true"'


def test_comparisons_in_rates_become_switches_and_nothing_else_does() -> None:
    running = run(
        make_sbml(
            listing("Parameters", parameter("x", 1), parameter("y"), parameter("k", 2)),
            listing(
                "Rules",
                rate_rule("x", "piecewise(1, time > 3 && x < 5, 0) + piecewise(10, k > 1, 20)"),
                assignment_rule("y", "piecewise(1, x > 2, 0)"),
            ),
        )
    )
    system = running.system
    assert len(system.switches) == 2
    for time, x, expected in ((0.0, 1.0, 10), (4.0, 1.0, 11), (4.0, 6.0, 10)):
        assert running.rates([x], time) == [expected]
    held = evaluate(system.graph, system.rates, {"state": [9.0], "input": running.inputs, "switch": [1, 1]})
    assert held == [11]
    assert running.read("y", [3.0]) == 1


def test_an_event_keeps_all_that_it_says() -> None:
    delay, order = f"<delay>{mathml('k')}</delay>", f"<priority>{mathml('k + 1')}</priority>"
    running = run(
        make_sbml(
            listing("Compartments", compartment(size=2)),
            listing("Species", species("A", more=AMOUNT)),
            listing("Parameters", parameter("k", 2), parameter("x", 1)),
            listing("Rules", rate_rule("x", "1")),
            listing(
                "Events",
                event("one", "x > 3", "A = 4", "k = x * 2", "x = 0", more=order + delay),
                event("two", "time > 1", flags='initialValue="false" persistent="false"').replace(
                    'TriggerTime="true"', 'TriggerTime="false"'
                ),
            ),
        )
    )
    one, two = running.system.events
    assert (one.id, one.initial, one.persistent, one.from_trigger_time) == ("one", True, True, True)
    assert (two.initial, two.persistent, two.from_trigger_time) == (False, False, False)
    assert (two.delay, two.priority, two.assignments) == (None, None, ())
    places = {a.target for a in one.assignments}
    system = running.system
    assert places == {
        ("state", system.states.index("A")),
        ("input", system.inputs.index("k")),
        ("state", system.states.index("x")),
    }
    symbols = {"input": running.inputs, "state": [0.0, 5.0]}
    nodes = [one.trigger, one.delay or 0, one.priority or 0, *(a.value for a in one.assignments)]
    assert evaluate(system.graph, nodes, symbols) == [1, 2, 3, 4, 10, 0]


def test_parts_of_a_trigger_are_watched_one_by_one() -> None:
    window = event("window", "x > 3 && x < 3.1", "k = 1")
    single = event("single", "x > 7", "k = 1")
    running = run(
        make_sbml(
            listing("Parameters", parameter("k", 2), parameter("x", 1)),
            listing("Rules", rate_rule("x", "1")),
            listing("Events", window, single),
        )
    )
    system = running.system
    symbols = {"input": running.inputs, "state": [3.05]}
    assert evaluate(system.graph, system.switches, symbols) == [1, 1]
    assert len(system.switches) == 2


def test_an_event_that_sets_a_concentration_in_a_jumping_compartment() -> None:
    running = run(
        make_sbml(
            listing("Compartments", compartment(size=2, constant=False)),
            listing("Species", species("A", 'initialConcentration="3"')),
            listing("Events", event("jump", "time > 1", "A = 5", "c = 8")),
        )
    )
    system = running.system
    assert (running.start, running.read("A")) == ([6], 3)
    values = evaluate(
        system.graph,
        [a.value for a in system.events[0].assignments],
        {"input": running.inputs, "state": [6.0]},
    )
    assert values == [10, 8]


def test_an_event_may_not_set_what_a_rule_sets() -> None:
    text = make_sbml(
        listing("Parameters", parameter("x")),
        listing("Rules", assignment_rule("x", "time")),
        listing("Events", event("e", "time > 1", "x = 1")),
    )
    with pytest.raises(ModelError, match="assigns x"):
        run(text)
