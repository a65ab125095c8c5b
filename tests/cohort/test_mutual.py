"""Mutual information against what is known: Gaussians, a state that decides, one that says nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from mscape.cohort.discriminate import Direction, find_direction, measure_area
from mscape.cohort.mutual import LEAST, measure_bits, score_normal
from mscape.engine.random import draw_uniform

COUNT = 1500


def _draw(name: str, count: int = COUNT) -> np.ndarray:
    return np.asarray(ndtri(draw_uniform(7, name, 0, count)))


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.6, 0.9])
def test_gaussians_have_the_bits_of_theory(correlation: float) -> None:
    x = _draw("x")
    y = correlation * x + np.sqrt(1 - correlation**2) * _draw("y")
    found = measure_bits(x, y, seed=1)
    assert found is not None
    known = -0.5 * np.log2(1 - correlation**2)
    assert found.value[1] == pytest.approx(known, abs=0.07)
    assert found.is_told == (correlation > 0)


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_state_that_decides_says_all_there_is(share: float) -> None:
    x = _draw("x")
    yes = x > np.quantile(x, 1 - share)
    found = measure_bits(x, yes, seed=1)
    assert found is not None
    entropy = -share * np.log2(share) - (1 - share) * np.log2(1 - share)
    assert found.value[1] == pytest.approx(entropy, abs=0.03)
    area = measure_area(x, yes)
    assert area is not None
    assert area[1] == 1.0
    assert find_direction(area) == Direction.HIGH


def test_states_that_say_nothing_exceed_chance_in_one_of_twenty() -> None:
    yes = _draw("yes", 400) > 0.3
    found = [measure_bits(_draw(f"x{i}", 400), yes, seed=1) for i in range(100)]
    told = sum(each is not None and each.is_told for each in found)
    assert 1 <= told <= 12  # 5 expected; beyond by chance in 1 of 300


def test_a_reading_that_counts_in_the_middle_has_bits_and_no_area() -> None:
    x = _draw("x")
    yes = np.abs(x) < 0.6745
    found, area = measure_bits(x, yes, seed=1), measure_area(x, yes)
    assert found is not None
    assert area is not None
    assert found.value[1] > 0.9
    assert area[1] == pytest.approx(0.5, abs=0.05)


@given(st.floats(0.1, 5.0), st.floats(-3.0, 3.0))
@settings(max_examples=15, deadline=None)
def test_bits_do_not_depend_on_the_unit(scale: float, shift: float) -> None:
    x, y = _draw("x", 200), _draw("y", 200)
    y = y + 0.5 * x
    assert measure_bits(x, y, seed=1) == measure_bits(np.exp(scale * x + shift), y, seed=1)


def test_ties_are_broken_the_same_way_and_add_nothing() -> None:
    flat = np.zeros(300)
    assert np.array_equal(score_normal(flat, 1, "a"), score_normal(flat, 1, "a"))
    found = measure_bits(flat, _draw("x", 300) > 0, seed=1)
    assert found is not None
    assert not found.is_told


def test_too_few_members_or_too_rare_an_answer_is_not_told() -> None:
    x = _draw("x", LEAST)
    assert measure_bits(x[:-1], x[:-1], seed=1) is None
    assert measure_bits(x, x > np.sort(x)[-5], seed=1) is None


def test_the_area_is_the_share_of_pairs_in_order_and_its_interval_holds_it() -> None:
    x, yes = _draw("x", 300), _draw("y", 300) > 0.5
    x = x + yes
    pairs = (x[yes][:, None] > x[~yes][None, :]).mean()
    area = measure_area(x, yes)
    assert area is not None
    assert area[1] == pytest.approx(pairs)
    turned = measure_area(-x, yes)
    assert turned is not None
    assert turned[1] == pytest.approx(1 - pairs)
    assert area[0] < 0.7602 < area[2]  # Phi(1 / sqrt 2), two Gaussians one deviation apart
