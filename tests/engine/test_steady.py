"""Periods that last until nothing changes: pre-equilibration and rests."""

import numpy as np
import pytest

from mscape.engine.batch import Change, Period, Status, Tolerance
from mscape.engine.simulate import simulate
from mscape.network.sbml import read_antimony

TOLERANCE = Tolerance(1e-8, 1e-10)
TURNOVER = "x' = make - lose * x; x = 0; make = 3; lose = 0.5;"


@pytest.mark.parametrize("kernel", ["compiled", "reference"])
def test_pre_equilibration_ends_at_rest_and_takes_no_time(kernel: str) -> None:
    network = read_antimony(TURNOVER + "t := time;", {}, "turnover")
    rest = Period(np.inf, steady=1e-3)
    after = Period(2.0, (Change("make", "set", 0.0),), read=(0.0, 2.0))
    rates = np.array([0.01, 0.5, 20.0])
    found = simulate(
        network,
        {"lose": rates},
        (rest, after),
        ("x", "t"),
        tolerance=TOLERANCE,
        kernel=kernel,  # type: ignore[arg-type]
    )
    assert (found.status == Status.DONE).all()
    np.testing.assert_allclose(found.get("x")[:, 0], 3 / rates, rtol=1e-6)
    np.testing.assert_allclose(found.get("x")[:, 1], 3 / rates * np.exp(-2 * rates), rtol=1e-6, atol=1e-10)
    np.testing.assert_array_equal(found.get("t"), [[0, 2]] * 3)


def test_rest_of_some_hours_ends_early_and_is_read_as_it_was() -> None:
    network = read_antimony(TURNOVER + "t := time;", {}, "turnover")
    rest = Period(1e5, read=(5e4, 1e5), steady=1e-3)
    found = simulate(network, {}, (rest,), ("x", "t"), tolerance=TOLERANCE)
    np.testing.assert_allclose(found.get("x")[0], 6.0, rtol=1e-6)
    assert found.get("t")[0, 1] == 1e5


def test_what_never_rests_is_a_status() -> None:
    network = read_antimony("x' = y; y' = -w * x; x = 1; y = 0; w = 1;", {}, "swing")
    period = (Period(np.inf, steady=1e-3), Period(1.0, read=(1.0,)))
    found = simulate(network, {"w": np.array([1.0, 0.0])}, period, ("x",), tolerance=Tolerance(1e-4, 1e-6))
    assert found.status.tolist() == [Status.NOT_STEADY, Status.DONE]
    assert np.isnan(found.get("x")[0, 0])
    assert Status.NOT_STEADY.advice


def test_infinite_period_that_is_not_to_end_at_rest_is_impossible() -> None:
    found = simulate(
        read_antimony(TURNOVER, {}, "turnover"), {}, (Period(np.inf),), ("x",), tolerance=TOLERANCE
    )
    assert found.status.tolist() == [Status.NO_INPUT]
