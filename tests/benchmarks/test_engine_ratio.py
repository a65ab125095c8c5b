"""The arithmetic of benchmarks/engine: errors, times at equal error, ratios. Expected values are by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.engine.ratio import (
    Point,
    Ratio,
    average_ratios,
    compare_point,
    find_quantile,
    interpolate_time,
    measure_error,
)


def _point(relative: float, errors: list[float], seconds: list[float]) -> Point:
    return Point(relative, np.array(errors), np.array(seconds))


def test_error_is_relative_for_large_values_and_absolute_for_small_ones() -> None:
    reference = np.array([[[100.0], [0.0]]])
    assert measure_error(np.array([[[101.0], [0.0]]]), reference)[0] == pytest.approx(1 / 100.1)
    # 0.001 of the state's largest value stands in for a value of 0
    assert measure_error(np.array([[[100.0], [0.01]]]), reference)[0] == pytest.approx(0.1)


def test_error_is_the_worst_over_states_and_times() -> None:
    reference = np.ones((1, 3, 2))
    values = reference.copy()
    values[0, 0, 0], values[0, 2, 1] = 1.001, 0.9
    assert measure_error(values, reference)[0] == pytest.approx(0.1 / 1.001)


def test_a_trajectory_that_failed_has_an_infinite_error() -> None:
    reference = np.ones((2, 2, 1))
    values = reference.copy()
    values[1, 1, 0] = np.nan
    assert measure_error(values, reference).tolist() == [0.0, math.inf]


def test_a_state_that_stays_zero_does_not_count_for_round_off() -> None:
    reference = np.zeros((1, 2, 1))
    assert measure_error(reference + 1e-18, reference)[0] < 1e-5


def test_a_quantile_among_failures_is_never_an_average() -> None:
    errors = np.array([1.0] * 18 + [math.inf] * 2)
    assert find_quantile(errors, 0.5) == 1.0
    assert find_quantile(errors, 0.95) == math.inf


def test_interpolation_is_logarithmic_on_both_scales() -> None:
    # a tenth of the error costs four times the time, so half-way on the log scale costs twice
    seconds, inside = interpolate_time([1e-4, 1e-5], [1.0, 4.0], 10**-4.5)
    assert seconds == pytest.approx(2.0)
    assert inside


def test_an_error_larger_than_any_of_ours_costs_as_much_as_our_loosest() -> None:
    assert interpolate_time([1e-4, 1e-5], [1.0, 4.0], 1.0) == (1.0, False)
    assert interpolate_time([1e-4, 1e-5], [1.0, 4.0], math.inf) == (1.0, False)


def test_an_error_smaller_than_any_of_ours_is_not_reached() -> None:
    seconds, inside = interpolate_time([1e-4, 1e-5], [1.0, 4.0], 1e-6)
    assert math.isnan(seconds)
    assert not inside


def test_a_point_that_another_beats_in_both_does_not_count() -> None:
    # at 1e-4 it took 5 s, yet 1e-5 was had for 4 s
    assert interpolate_time([1e-3, 1e-4, 1e-5], [1.0, 5.0, 4.0], 1e-4)[0] == pytest.approx(2.0)
    assert interpolate_time([1e-4, 1e-5], [5.0, 4.0], 5e-5) == (4.0, True)  # spanned all the same


@given(
    st.lists(st.tuples(st.floats(1e-9, 1.0), st.floats(1e-6, 1.0)), min_size=1, max_size=8),
    st.floats(1e-9, 1.0),
    st.floats(1.0, 10.0),
)
def test_a_smaller_error_never_costs_less(
    curve: list[tuple[float, float]], target: float, times: float
) -> None:
    errors, seconds = zip(*curve, strict=True)
    near, far = (interpolate_time(errors, seconds, error)[0] for error in (target, target * times))
    assert math.isnan(near) or far <= near * (1 + 1e-9)


def test_the_ratio_is_the_smaller_of_median_and_tail() -> None:
    # 20 draws: the median error is 1e-5, the 95th percentile 1e-2
    other = _point(1e-6, [1e-5] * 11 + [1e-2] * 9, [1.0])
    ours = [
        _point(1e-4, [1e-4] * 11 + [1e-3] * 9, [0.01]),
        _point(1e-6, [1e-6] * 11 + [1e-5] * 9, [0.1]),
    ]
    # at 1e-5 in the median we take sqrt(0.01 * 0.1); at 1e-2 in the tail our loosest, 0.01
    ratio = compare_point(ours, other)
    assert ratio.middle == pytest.approx(1 / math.sqrt(0.001))
    assert not ratio.inside


def test_the_spread_is_over_rounds_each_against_its_own() -> None:
    # a round in which the machine was half as fast is so for both
    other = _point(1e-6, [1e-5] * 20, [1.0, 2.0, 1.2])
    ours = [_point(1e-6, [1e-5] * 20, [0.01, 0.02, 0.01])]
    ratio = compare_point(ours, other)
    assert (ratio.middle, ratio.low, ratio.high) == pytest.approx((100.0, 100.0, 120.0))
    assert ratio.inside


def test_our_errors_are_taken_over_the_draws_the_other_was_given() -> None:
    other = _point(1e-6, [1e-5] * 20, [1.0])
    ours = [_point(1e-6, [1e-5] * 20 + [math.inf] * 80, [0.01])]
    assert compare_point(ours, other).middle == pytest.approx(100.0)


def test_what_we_never_reach_has_no_ratio() -> None:
    other = _point(1e-6, [1e-9] * 20, [1.0])
    assert math.isnan(compare_point([_point(1e-6, [1e-5] * 20, [0.01])], other).middle)


def test_failures_of_ours_cost_us_the_ratio() -> None:
    other = _point(1e-6, [1e-5] * 20, [1.0])
    ours = [_point(1e-6, [1e-6] * 11 + [math.inf] * 9, [0.01])]
    assert math.isnan(compare_point(ours, other).middle)


def test_ratios_are_averaged_geometrically() -> None:
    ratio = average_ratios([Ratio(10.0, 5.0, 20.0, inside=True), Ratio(1000.0, 500.0, 2000.0, inside=False)])
    assert (ratio.middle, ratio.low, ratio.high) == pytest.approx((100.0, 50.0, 200.0))
    assert not ratio.inside
