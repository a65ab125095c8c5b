"""The engine against closed forms, and what a batch promises: order, neighbours, status."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mscape.engine.batch import Array, Change, Period, Status, Tolerance, Trajectories
from mscape.engine.simulate import simulate
from mscape.errors import ModelError
from mscape.network.network import ReactionNetwork
from mscape.network.sbml import read_antimony

Read = Callable[[str], ReactionNetwork]
TIGHT = Tolerance(1e-10, 1e-13)
NEAR = pytest.approx
TIMES = (0.0, 0.3, 1.0, 2.5, 7.0)


def run(
    network: ReactionNetwork, inputs: dict[str, Array | float], *periods: Period, read: tuple[str, ...]
) -> Trajectories:
    return simulate(network, inputs, periods, read, tolerance=TIGHT)


def test_decay_follows_its_exponential(read_network: Read) -> None:
    rates = np.array([0.0, 0.1, 1.0, 20.0])
    found = run(read_network("decay"), {"k": rates}, Period(7.0, read=TIMES), read=("A", "lost"))
    exact = 3 * np.exp(-rates[:, None] * np.array(TIMES))
    np.testing.assert_allclose(found.get("A"), exact, rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(found.get("lost"), 3 - exact, rtol=1e-7, atol=1e-10)
    assert (found.status == Status.DONE).all()


def test_reversible_reaction_reaches_its_equilibrium_at_its_rate(read_network: Read) -> None:
    forward, back = np.array([2.0, 0.3]), np.array([0.5, 4.0])
    found = run(
        read_network("reversible"), {"f": forward, "b": back}, Period(7.0, read=TIMES), read=("A", "B")
    )
    rest = (back / (forward + back))[:, None]
    exact = rest + (1 - rest) * np.exp(-(forward + back)[:, None] * np.array(TIMES))
    np.testing.assert_allclose(found.get("A"), exact, rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(found.get("A") + found.get("B"), 1.0, rtol=1e-9)


def test_two_compartments_share_amounts_by_their_sizes(read_network: Read) -> None:
    found = run(read_network("exchange"), {}, Period(7.0, read=TIMES), read=("A", "B"))
    rate = 0.7 * (1 / 1 + 1 / 4)
    exact = 0.2 + 0.8 * np.exp(-rate * np.array(TIMES))
    np.testing.assert_allclose(found.get("A")[0], exact, rtol=1e-7)
    np.testing.assert_allclose(found.get("A") * 1 + found.get("B") * 4, 1.0, rtol=1e-9)


def test_logistic_growth_follows_its_closed_form(read_network: Read) -> None:
    start = np.array([0.01, 1.0, 2.0, 3.0])
    found = run(read_network("logistic"), {"n": start}, Period(7.0, read=TIMES), read=("n",))
    growth = np.exp(0.8 * np.array(TIMES))
    exact = 2 * start[:, None] * growth / (2 + start[:, None] * (growth - 1))
    np.testing.assert_allclose(found.get("n"), exact, rtol=1e-7)


def test_amounts_of_a_species_with_only_substance_units_do_not_see_the_volume(read_network: Read) -> None:
    for size in (0.5, 2.0):
        found = run(read_network("count"), {"well": size}, Period(5.0, read=(5.0,)), read=("N",))
        assert found.get("N")[0, 0] == NEAR(8 * np.exp(-0.5), rel=1e-8)


def test_decay_does_not_depend_on_the_size_of_its_compartment(read_network: Read) -> None:
    sizes = np.array([0.01, 1.0, 1e10])
    found = run(read_network("decay"), {"well": sizes}, Period(4.0, read=(4.0,)), read=("A",))
    np.testing.assert_allclose(found.get("A")[:, 0], 3 * np.exp(-2.0), rtol=1e-7)


def test_tolerance_is_respected(read_network: Read) -> None:
    def measure_error(relative: float) -> float:
        found = simulate(
            read_network("logistic"),
            {},
            (Period(20.0, read=(6.0, 20.0)),),
            ("n",),
            tolerance=Tolerance(relative, relative * 1e-3),
        )
        growth = np.exp(0.8 * 6.0)
        return float(abs(found.get("n")[0, 0] / (0.02 * growth / (2 + 0.01 * (growth - 1))) - 1))

    errors = [measure_error(relative) for relative in (1e-3, 1e-5, 1e-7, 1e-9)]
    assert errors == sorted(errors, reverse=True)
    for error, relative in zip(errors, (1e-3, 1e-5, 1e-7, 1e-9), strict=True):
        assert error < 100 * relative


# ---- periods ---------------------------------------------------------------------------------------------


def test_states_carry_over_and_changes_are_done_when_a_period_begins(read_network: Read) -> None:
    found = run(
        read_network("decay"),
        {"k": 1.0},
        Period(1.0, read=(1.0,)),
        Period(2.0, (Change("A", "add", 5.0),), read=(0.0, 2.0)),
        Period(1.0, (Change("A", "scale", 0.5), Change("k", "set", 0.0)), read=(0.0, 1.0)),
        read=("A", "k"),
    )
    first = 3 * np.exp(-1)
    second = (first + 5) * np.exp(-2)
    np.testing.assert_allclose(
        found.get("A")[0], [first, first + 5, second, second / 2, second / 2], rtol=1e-8
    )
    np.testing.assert_array_equal(found.get("k")[0], [1, 1, 1, 0, 0])


def test_changes_of_one_period_are_done_in_order(read_network: Read) -> None:
    both = (Change("A", "add", 1.0), Change("A", "scale", 10.0))
    for changes, expected in ((both, 40.0), (both[::-1], 31.0)):
        found = run(read_network("decay"), {"k": 0.0}, Period(1.0, changes, read=(1.0,)), read=("A",))
        assert found.get("A")[0, 0] == NEAR(expected, rel=1e-12)


def test_a_change_may_differ_between_trajectories(read_network: Read) -> None:
    doses = np.array([0.0, 1.0, 7.0])
    found = run(
        read_network("decay"), {"k": 1.0}, Period(1.0, (Change("A", "set", doses),), read=(1.0,)), read=("A",)
    )
    np.testing.assert_allclose(found.get("A")[:, 0], doses * np.exp(-1), rtol=1e-8, atol=1e-12)


def test_hours_and_read_outs_may_differ_between_trajectories(read_network: Read) -> None:
    hours = np.array([1.0, 2.0, 4.0])
    times = np.stack([hours / 2, hours], axis=1)
    found = run(
        read_network("decay"), {"k": 1.0}, Period(hours, read=times), Period(1.0, read=(1.0,)), read=("A",)
    )
    np.testing.assert_allclose(found.get("A")[:, :2], 3 * np.exp(-times), rtol=1e-8)
    np.testing.assert_allclose(found.get("A")[:, 2], 3 * np.exp(-hours - 1), rtol=1e-8)


def test_one_long_period_equals_many_short_ones(read_network: Read) -> None:
    network = read_network("logistic")
    one = run(network, {}, Period(6.0, read=(6.0,)), read=("n",))
    many = run(network, {}, *[Period(0.5)] * 11, Period(0.5, read=(0.5,)), read=("n",))
    np.testing.assert_allclose(many.values, one.values, rtol=1e-7)


def test_a_period_of_no_hours_does_its_changes(read_network: Read) -> None:
    found = run(
        read_network("decay"),
        {"k": 1.0},
        Period(0.0, (Change("A", "set", 6.0),)),
        Period(1.0, read=(0.0, 1.0)),
        read=("A",),
    )
    np.testing.assert_allclose(found.get("A")[0], [6.0, 6 * np.exp(-1)], rtol=1e-8)


def test_a_read_out_of_a_period_of_no_hours_is_its_start(read_network: Read) -> None:
    at_once = Period(np.array([0.0, 1.0]), (Change("A", "set", 6.0),), read=(0.0, 0.0))
    found = run(read_network("decay"), {"k": 1.0}, at_once, Period(2.0, read=(2.0,)), read=("A",))
    np.testing.assert_array_equal(found.get("A")[:, :2], 6.0)
    np.testing.assert_allclose(found.get("A")[:, 2], 6 * np.exp([-2.0, -3.0]), rtol=1e-8)


def test_read_outs_need_not_be_in_order(read_network: Read) -> None:
    found = run(read_network("decay"), {"k": 1.0}, Period(3.0, read=(2.0, 0.0, 2.0)), read=("A",))
    np.testing.assert_allclose(found.get("A")[0], 3 * np.exp([-2.0, 0.0, -2.0]), rtol=1e-8)


def test_resizing_a_compartment_keeps_its_amounts(read_network: Read) -> None:
    found = run(
        read_network("decay"),
        {"k": 0.0},
        Period(1.0, read=(1.0,)),
        Period(1.0, (Change("well", "set", 8.0),), read=(0.0, 1.0)),
        Period(1.0, (Change("well", "scale", 0.5),), read=(0.0,)),
        read=("A", "well"),
    )
    np.testing.assert_allclose(found.get("A") * found.get("well"), 6.0, rtol=1e-12)
    np.testing.assert_array_equal(found.get("well")[0], [2, 8, 8, 4])


def test_a_change_of_one_period_is_forgotten_by_the_next_trajectory(read_network: Read) -> None:
    change = (Change("k", "set", np.array([5.0, 1.0])), Change("well", "set", np.array([9.0, 2.0])))
    found = run(
        read_network("decay"), {"k": 1.0}, Period(1.0, read=(1.0,)), Period(1.0, change), read=("A", "well")
    )
    np.testing.assert_allclose(found.get("A")[:, 0], 3 * np.exp(-1), rtol=1e-8)
    np.testing.assert_array_equal(found.get("well")[:, 0], 2.0)


# ---- batches -----------------------------------------------------------------------------------------------


@settings(max_examples=15)
@given(st.permutations(range(6)))
def test_order_of_a_batch_does_not_matter_to_the_last_bit(order: list[int]) -> None:
    network = read_antimony("n' = r * n * (1 - n / most); n = 0.01; r = 0.8; most = 2;", {}, "logistic")
    rates = np.array([0.1, 0.5, 1.0, 2.0, np.nan, 30.0])
    whole = run(network, {"r": rates}, Period(5.0, read=(1.0, 5.0)), read=("n",))
    shuffled = run(network, {"r": rates[order]}, Period(5.0, read=(1.0, 5.0)), read=("n",))
    np.testing.assert_array_equal(shuffled.values, whole.values[order])
    np.testing.assert_array_equal(shuffled.status, whole.status[order])


def test_neighbours_do_not_matter_to_the_last_bit(read_network: Read) -> None:
    rates = np.array([0.1, np.nan, 1e9, 2.0])
    starts = np.array([0.01, 0.5, 1.0, 1.9])
    period = Period(5.0, (Change("n", "scale", 2.0),), read=(0.5, 5.0))
    network = read_network("logistic")
    whole = run(network, {"r": rates, "n": starts}, period, read=("n",))
    for index in range(4):
        alone = run(network, {"r": rates[index], "n": starts[index]}, period, read=("n",))
        np.testing.assert_array_equal(alone.values[0], whole.values[index])


def test_other_models_between_two_runs_do_not_matter_to_the_last_bit(read_network: Read) -> None:
    period = Period(5.0, read=(0.5, 5.0))
    first = run(read_network("logistic"), {}, period, read=("n",))
    simulate(read_network("logistic"), {"r": 3.0}, (Period(1.0),), ("r",), tolerance=Tolerance(1e-2, 1e-2))
    run(read_network("robertson"), {}, period, read=("y1",))
    again = run(read_network("logistic"), {}, period, read=("n",))
    np.testing.assert_array_equal(first.values, again.values)


def test_an_input_that_is_not_a_number_costs_only_its_own_trajectory(read_network: Read) -> None:
    found = run(
        read_network("decay"), {"k": np.array([1.0, np.nan, 1.0])}, Period(1.0, read=(1.0,)), read=("A",)
    )
    assert found.status.tolist() == [Status.DONE, Status.NO_INPUT, Status.DONE]
    assert np.isnan(found.get("A")[1]).all()
    np.testing.assert_allclose(found.get("A")[[0, 2], 0], 3 * np.exp(-1), rtol=1e-8)


def test_a_parameter_without_value_is_no_input() -> None:
    network = read_antimony("x' = -k * x; x = 1; k has per_h; unit per_h = 1 / (3600 second);", {}, "open")
    found = run(network, {}, Period(1.0, read=(1.0,)), read=("x",))
    assert found.status.tolist() == [Status.NO_INPUT]
    assert run(network, {"k": 1.0}, Period(1.0, read=(1.0,)), read=("x",)).status.tolist() == [Status.DONE]


def test_a_change_that_is_not_a_number_is_a_status(read_network: Read) -> None:
    doses = np.array([1.0, np.nan])
    found = run(
        read_network("decay"), {}, Period(1.0, (Change("A", "set", doses),), read=(1.0,)), read=("A",)
    )
    assert found.status.tolist() == [Status.DONE, Status.NO_INPUT]
    assert np.isnan(found.get("A")[1]).all()


@pytest.mark.parametrize(
    "period",
    [
        Period(np.array([1.0, -1.0]), read=(0.5,)),
        Period(np.array([1.0, np.nan]), read=(0.5,)),
        Period(np.array([1.0, np.inf]), read=(0.5,)),
        Period(1.0, read=np.array([[0.5], [1.5]])),
        Period(1.0, read=np.array([[0.5], [-0.5]])),
        Period(1.0, read=np.array([[0.5], [np.nan]])),
    ],
)
def test_a_time_that_cannot_be_is_a_status(read_network: Read, period: Period) -> None:
    found = run(read_network("decay"), {"k": 1.0}, period, Period(1.0, read=(1.0,)), read=("A",))
    assert found.status.tolist() == [Status.DONE, Status.NO_INPUT]
    assert found.get("A")[0, 0] == NEAR(3 * np.exp(-0.5), rel=1e-8)
    assert np.isnan(found.get("A")[1]).all()


def test_a_solution_that_leaves_every_bound_is_a_status(read_network: Read) -> None:
    starts = np.array([0.001, 10.0, 0.002])  # the second is infinite after 0.1
    found = run(read_network("blow_up"), {"x": starts}, Period(1.0, read=(0.05, 1.0)), read=("x",))
    assert found.status[[0, 2]].tolist() == [Status.DONE] * 2
    assert found.status[1] in (Status.STEP_TOO_SMALL, Status.NOT_FINITE)
    assert np.isnan(found.get("x")[1, 1])
    np.testing.assert_allclose(found.get("x")[[0, 2], 1], [0.001 / 0.999, 0.002 / 0.998], rtol=1e-7)
    assert Status(found.status[1]).advice


def test_a_read_out_that_is_not_finite_is_a_status(read_network: Read) -> None:
    found = run(
        read_network("not_finite"), {"low": np.array([3.0, 1.5])}, Period(1.0, read=(1.0,)), read=("side",)
    )
    assert found.status.tolist() == [Status.DONE, Status.NOT_FINITE]


def test_progress_counts_every_trajectory(read_network: Read) -> None:
    seen: list[int] = []
    simulate(
        read_network("decay"),
        {"k": np.array([1.0, np.nan, 2.0])},
        (Period(1.0),),
        ("A",),
        tolerance=TIGHT,
        progress=seen.append,
    )
    assert sum(seen) == 3


@pytest.mark.parametrize(
    ("inputs", "change", "observable"),
    [
        ({"lst": 1.0}, "A", "A"),
        ({}, "lst", "A"),
        ({}, "A", "lst"),
    ],
)
def test_an_unknown_name_is_refused_with_its_nearest(
    read_network: Read, inputs: dict[str, Array | float], change: str, observable: str
) -> None:
    with pytest.raises(ModelError, match="no lst in the model; expected lost") as caught:
        run(read_network("decay"), inputs, Period(1.0, (Change(change, "set", 1.0),)), read=(observable,))
    assert caught.value.where == "decay"
    assert caught.value.advice


def test_a_name_that_a_rule_sets_cannot_be_set(read_network: Read) -> None:
    with pytest.raises(ModelError, match="side"):
        run(read_network("not_finite"), {"side": 1.0}, Period(1.0), read=("x",))


def test_too_many_steps_are_a_status(read_network: Read) -> None:
    network = read_antimony("x' = y; y' = -w^2 * x; x = 1; y = 0; w = 1;", {}, "swing")
    found = run(
        network,
        {"w": np.array([1.0, 1e7])},
        Period(1.0, read=(1e-9, 1.0)),
        Period(1.0, read=(1.0,)),
        read=("x",),
    )
    assert found.status.tolist() == [Status.DONE, Status.TOO_MANY_STEPS]
    assert found.get("x")[1, 0] == NEAR(np.cos(1e-2), rel=1e-8)
    assert np.isnan(found.get("x")[1, 1:]).all()
    assert Status.TOO_MANY_STEPS.advice


def test_what_one_kernel_gives_up_on_another_solves(
    read_network: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mscape.engine import compiled
    from mscape.engine.pool import Control, Pool, Stop

    def give_up(self: object, pool: Pool, control: Control) -> None:
        pool.why[pool.why == Stop.WAITING] = Stop.STEP_TOO_SMALL

    monkeypatch.setattr(compiled.CompiledKernel, "advance", give_up)
    found = run(read_network("decay"), {"k": 1.0}, Period(1.0, read=(0.5, 1.0)), read=("A",))
    assert found.status.tolist() == [Status.DONE]
    np.testing.assert_allclose(found.get("A")[0], 3 * np.exp([-0.5, -1.0]), rtol=1e-8)


def test_every_status_but_done_has_advice() -> None:
    assert [bool(status.advice) for status in Status] == [status != Status.DONE for status in Status]


def test_start_that_a_period_finds_infinite_is_a_status(read_network: Read) -> None:
    change = Change("A", "scale", np.array([1.0, 1e308]))
    found = run(read_network("decay"), {"A": 1e5}, Period(1.0, (change,), read=(1.0,)), read=("A",))
    assert found.status.tolist() == [Status.DONE, Status.NOT_FINITE]


def test_initial_assignment_follows_what_it_is_computed_from_unless_it_is_given() -> None:
    network = read_antimony("a = 1; b = 2 * a; x' = 0; x = b + 1; c = x * 2;", {}, "assigned")
    period = Period(1.0, read=(0.0,))
    for inputs, expected in (
        ({}, [1, 2, 3, 6]),
        ({"a": 5.0}, [5, 10, 11, 22]),
        ({"b": 7.0}, [1, 7, 8, 16]),
        ({"x": 0.5}, [1, 2, 0.5, 1]),
    ):
        found = run(network, dict(inputs), period, read=("a", "b", "x", "c"))
        assert found.values[0, 0].tolist() == expected


def test_species_in_a_compartment_that_grows_is_diluted_and_dosed_as_a_concentration() -> None:
    network = read_antimony(
        "compartment well; well' = 1; well = 2; species A in well; A = 3; A' = 0;".replace(" A' = 0;", ""),
        {},
        "growing",
    )
    periods = (Period(2.0, read=(0.0, 2.0)), Period(4.0, (Change("A", "add", 1.0),), read=(0.0, 4.0)))
    found = run(network, {}, *periods, read=("A", "well"))
    np.testing.assert_allclose(found.get("A")[0], [3, 1.5, 2.5, 1.25], rtol=1e-8)
    np.testing.assert_allclose(found.get("well")[0], [2, 4, 4, 8], rtol=1e-8)


@pytest.mark.parametrize(("exponent", "expected"), [("0.5", 1.843286), ("0.3", 1.904074), ("p", 1.843286)])
def test_rate_with_an_infinite_slope_at_the_start_does_not_freeze(exponent: str, expected: float) -> None:
    network = read_antimony(f"p = 0.5; x' = x^{exponent} + 1; x = 0;", {}, "slope")
    assert run(network, {}, Period(1.0, read=(1.0,)), read=("x",)).get("x")[0, 0] == NEAR(expected, rel=1e-6)


def test_clock_goes_on_from_period_to_period() -> None:
    network = read_antimony("x' = time; x = 0;", {}, "clock")
    found = run(network, {}, Period(1.0), Period(np.array([1.0, 3.0]), read=(1.0,)), read=("x",))
    np.testing.assert_allclose(found.get("x")[:, 0], 2.0, rtol=1e-9)
