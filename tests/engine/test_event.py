"""Events, each point of what SBML says of them on its own, in both kernels."""

from collections.abc import Callable

import numpy as np
import pytest

from mscape.engine.batch import Array, Change, Period, Status, Tolerance, Trajectories
from mscape.engine.simulate import simulate
from mscape.network.sbml import read_antimony

TOLERANCE = Tolerance(1e-8, 1e-10)
Run = Callable[..., Trajectories]


@pytest.fixture(params=["compiled", "reference"])
def run(request: pytest.FixtureRequest) -> Run:
    """Run a model written in Antimony for some time, with a read-out at each whole time."""

    def run_model(
        text: str,
        hours: float,
        *observables: str,
        inputs: dict[str, Array | float] | None = None,
        read: tuple[float, ...] | None = None,
        seed: int = 0,
    ) -> Trajectories:
        read = tuple(np.arange(hours + 1)) if read is None else read
        period = Period(hours, read=read)
        network = read_antimony(text, {}, "events")
        kernel = request.param
        return simulate(
            network, inputs or {}, (period,), observables, tolerance=TOLERANCE, kernel=kernel, seed=seed
        )

    return run_model


def test_event_fires_where_its_trigger_turns_true(run: Run) -> None:
    found = run("x' = 1; x = 0; back: at x > 2.4: x = 0;", 6, "x")
    np.testing.assert_allclose(found.get("x")[0], [0, 1, 2, 0.6, 1.6, 0.2, 1.2], atol=1e-9)


def test_trigger_that_is_true_from_the_start_fires_only_if_told_so(run: Run) -> None:
    for option, expected in (("", 1.0), (", t0=false", 7.0)):
        found = run(f"x = 1; at time >= 0{option}: x = 7;", 1, "x")
        assert found.get("x")[0].tolist() == [expected, expected]


def test_trigger_must_turn_false_before_it_fires_again(run: Run) -> None:
    found = run("x' = 1; x = 0; n = 0; at x > 2.5: n = n + 1;", 6, "n")
    assert found.get("n")[0].tolist() == [0, 0, 0, 1, 1, 1, 1]


def test_read_out_at_the_time_of_an_event_is_after_it(run: Run) -> None:
    found = run("x = 1; at time >= 2: x = 5;", 3, "x")
    assert found.get("x")[0].tolist() == [1, 1, 5, 5]


def test_event_at_the_end_of_a_period_is_read_there(run: Run) -> None:
    found = run("x = 1; at time >= 2: x = 5;", 2, "x", read=(2.0,))
    assert found.get("x")[0].tolist() == [5]


def test_clock_that_must_be_beyond_a_time_is_not_yet_at_it(run: Run) -> None:
    found = run("x = 1; at time > 2: x = 5;", 3, "x")
    assert found.get("x")[0].tolist() == [1, 1, 1, 5]


def test_delay_puts_the_assignment_off(run: Run) -> None:
    found = run("x = 1; at 1.5 after time >= 2: x = 5;", 5, "x")
    assert found.get("x")[0].tolist() == [1, 1, 1, 1, 5, 5]


def test_delay_is_computed_when_the_event_is_triggered(run: Run) -> None:
    found = run("x = 1; d = 1.5; at d after time >= 2: x = 5; at time > 2.2: d = 0;", 5, "x")
    assert found.get("x")[0].tolist() == [1, 1, 1, 1, 5, 5]


def test_values_are_those_when_triggered_or_when_fired(run: Run) -> None:
    for option, expected in (("", 2.0), (", fromTrigger=false", 4.0)):
        found = run(f"x' = 1; x = 0; kept = 0; at 2 after time >= 2{option}: kept = x;", 5, "kept")
        np.testing.assert_allclose(found.get("kept")[0, -1], expected, atol=1e-9)


def test_event_that_waits_is_given_up_if_not_persistent(run: Run) -> None:
    for option, expected in (("", 5.0), (", persistent=false", 1.0)):
        text = f"x = 1; y' = 1; y = 0; at 2 after y > 2.5{option}: x = 5; at time > 3: y = 0;"
        assert run(text, 6, "x", read=(5.5,)).get("x")[0, 0] == expected


def test_several_may_wait_of_one_event(run: Run) -> None:
    text = "n = 0; y' = 1; y = 0; at y > 0.5: y = 0; at 2.2 after y > 0.4, fromTrigger=false: n = n + 1;"
    found = run(text, 5, "n")  # triggered at 0.4, 0.9, 1.4 ..
    assert found.get("n")[0].tolist() == [0, 0, 0, 1, 3, 5]


def test_assignments_of_one_event_are_done_at_once(run: Run) -> None:
    found = run("a = 1; b = 2; at time >= 0.5: a = b, b = a;", 1, "a", "b")
    assert found.values[0, 1].tolist() == [2, 1]


def test_higher_priority_goes_first(run: Run) -> None:
    for first, last in ((1, 2), (2, 1)):
        text = (
            f"x = 1; at time >= 1, priority={first}, fromTrigger=false: x = x + 1;"
            f"at time >= 1, priority={last}, fromTrigger=false: x = x * 10;"
        )
        expected = 20.0 if first > last else 11.0
        assert run(text, 2, "x").get("x")[0, -1] == expected


def test_event_that_is_put_out_by_one_before_it_does_not_fire_if_not_persistent(run: Run) -> None:
    for option, expected in (("false", 0.0), ("true", 1.0)):
        text = (
            "gate = 1; n = 0; at time >= 1, priority=2: gate = 0;"
            f"at time >= 1 && gate > 0, priority=1, persistent={option}: n = 1;"
        )
        assert run(text, 2, "n").get("n")[0, -1] == expected


def test_event_may_trigger_another_at_the_same_time(run: Run) -> None:
    found = run("a = 0; b = 0; at time >= 1: a = 1; at a > 0.5: b = 1;", 1, "b", read=(1.0,))
    assert found.get("b")[0, 0] == 1


def test_ties_are_broken_at_random_by_seed_and_trajectory_alone(run: Run) -> None:
    text = "w = 0; at time >= 1, priority=1: w = 1; at time >= 1, priority=1: w = 2;"
    ones = {"w": np.zeros(200)}
    found = run(text, 2, "w", inputs=ones).get("w")[:, -1]
    assert 60 < (found == 1).sum() < 140
    np.testing.assert_array_equal(run(text, 2, "w", inputs=ones).get("w")[:, -1], found)
    assert (run(text, 2, "w", inputs=ones, seed=1).get("w")[:, -1] != found).any()
    assert run(text, 2, "w", inputs={"w": np.zeros(3)}).get("w")[:, -1].tolist() == found[:3].tolist()


def test_short_pulse_of_the_clock_is_not_missed(run: Run) -> None:
    found = run(
        "x' = 0; x = 0; n = 0; at time > 31.7 && time < 31.70001: n = n + 1;", 1000, "n", read=(1000.0,)
    )
    assert found.get("n")[0, 0] == 1


def test_rates_turn_exactly_when_the_clock_says(run: Run) -> None:
    text = "x' = piecewise(1, time < start, 3, time < start + 0.25, 0); x = 0; start = 2;"
    starts = np.array([0.3, 2.0, 7.25])
    found = run(text, 9, "x", inputs={"start": starts}, read=(9.0,))
    np.testing.assert_allclose(found.get("x")[:, 0], starts + 0.75, rtol=1e-9)


def test_rates_turn_where_a_state_says(run: Run) -> None:
    found = run("x' = piecewise(1, x < 2, 0.5, x < 3, 0); x = 0;", 6, "x")
    np.testing.assert_allclose(found.get("x")[0], [0, 1, 2, 2.5, 3, 3, 3], atol=1e-9)


def test_events_without_end_are_a_status(run: Run) -> None:
    text = "a = 0; go = 1; at time >= 1 && a < 0.5: a = 1; at go > 0 && a > 0.5: a = 0;"
    found = run(text, 2, "a", inputs={"go": np.array([0.0, 1.0])})
    assert found.status.tolist() == [Status.DONE, Status.EVENT_LIMIT]
    assert found.get("a")[:, 0].tolist() == [0, 0]
    assert np.isnan(found.get("a")[1, 2])
    assert Status(found.status[1]).advice


def test_each_trajectory_has_events_of_its_own(run: Run) -> None:
    levels = np.array([1.0, 2.5, 100.0])
    found = run(
        "x' = 1; x = 0; level = 1; at x > level: x = 0;", 3, "x", inputs={"level": levels}, read=(2.75,)
    )
    np.testing.assert_allclose(found.get("x")[:, 0], [0.75, 0.25, 2.75], atol=1e-9)


def test_change_of_a_period_may_trigger_an_event() -> None:
    network = read_antimony("x = 0; n = 0; at x > 1: n = n + 1;", {}, "dosed")
    dose = Change("x", "set", np.array([0.5, 5.0]))
    periods = (Period(1.0), Period(1.0, (dose,), read=(0.0, 1.0)))
    found = simulate(network, {}, periods, ("n",), tolerance=TOLERANCE)
    assert found.get("n").tolist() == [[0, 0], [1, 1]]


def test_what_waits_is_carried_over_to_the_next_period() -> None:
    network = read_antimony("x = 0; at 2 after time >= 0.5: x = 1;", {}, "late")
    periods = (Period(1.0, read=(1.0,)), Period(1.0, read=(1.0,)), Period(1.0, read=(0.25, 0.5)))
    found = simulate(network, {}, periods, ("x",), tolerance=TOLERANCE)
    assert found.get("x")[0].tolist() == [0, 0, 0, 1]


def test_compartment_that_an_event_resizes_keeps_its_amounts(run: Run) -> None:
    text = ("compartment well; well = 2; species A in well; A = 3; A' = 0;at time >= 1: well = 8;").replace(
        "A' = 0;", ""
    )
    found = run(text, 2, "A", "well")
    np.testing.assert_allclose(found.get("A")[0], [3, 0.75, 0.75], rtol=1e-12)
