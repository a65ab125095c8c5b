"""Sobol indices against a function whose indices are known, and what they must be of any function."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.inference.particle import Particles
from mscape.inference.sobol import measure_explained, measure_indices

# First-order and total indices of Ishigami's function with a = 7, b = 0.1.
# Source: Ishigami and Homma 1990, doi 10.1109/ISUMA.1990.151285; closed forms from its variances.
A, B = 7.0, 0.1
VARIANCE = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
ONE = 0.5 * (1 + B * np.pi**4 / 5) ** 2
TOGETHER = 8 * B**2 * np.pi**8 / 225
KNOWN = {
    "a": (ONE / VARIANCE, (ONE + TOGETHER) / VARIANCE),
    "b": (A**2 / 8 / VARIANCE, A**2 / 8 / VARIANCE),
    "c": (0.0, TOGETHER / VARIANCE),
    "idle": (0.0, 0.0),
}


def _ishigami(points: Particles) -> np.ndarray:
    a, b, c = (np.pi * (2 * points.take(name, points.count) - 1) for name in "abc")
    return np.asarray(np.sin(a) + A * np.sin(b) ** 2 + B * c**4 * np.sin(a))


@pytest.mark.parametrize("seed", range(2))
def test_indices_of_ishigamis_function_are_found(seed: int) -> None:
    found = {item.name: item for item in measure_indices(_ishigami, [*KNOWN], count=4000, seed=seed).indices}
    for name, (first, total) in KNOWN.items():
        assert found[name].first[1] == pytest.approx(first, abs=0.08)
        assert found[name].total[1] == pytest.approx(total, abs=0.08)


def test_intervals_hold_the_known_index_about_as_often_as_they_say() -> None:
    hits = []
    for seed in range(40):
        found = {i.name: i for i in measure_indices(_ishigami, [*"abc"], count=300, seed=seed).indices}
        hits += [found[name].total[0] <= KNOWN[name][1] <= found[name].total[2] for name in "abc"]
    assert 0.8 <= np.mean(hits) <= 1.0


def test_draws_without_an_answer_are_left_out_and_told() -> None:
    def sometimes(points: Particles) -> np.ndarray:
        return np.where(points.take("gap", points.count) < 0.2, np.nan, points.take("x", points.count))

    found = measure_indices(sometimes, ["x", "gap"], count=2000, seed=1)
    assert found.left_out == pytest.approx(1 - 0.8**2, abs=0.04)
    assert found.indices[0].name == "x"
    assert found.indices[0].total[1] == pytest.approx(1.0, abs=0.1)
    assert found.indices[1].total[1] == pytest.approx(0.0, abs=0.02)


def test_a_constant_depends_on_nothing() -> None:
    found = measure_indices(lambda p: 0 * p.take("x", p.count), ["x"], count=50, seed=1)
    assert found.deviation == 0
    assert found.indices[0].total == (0.0, 0.0, 0.0)


@given(weight=st.floats(0.1, 0.9), seed=st.integers(0, 20))
def test_explained_share_of_a_sum_is_that_of_its_variance(weight: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.random((2, 4000))
    share = measure_explained(x, weight * x + (1 - weight) * y)
    assert share == pytest.approx(weight**2 / (weight**2 + (1 - weight) ** 2), abs=0.06)
    assert measure_explained(rng.random(4000), y) < 0.02


def test_the_same_seed_gives_the_same_indices_in_any_order_of_work() -> None:
    first = measure_indices(_ishigami, [*"abc"], count=200, seed=4)
    again = measure_indices(_ishigami, [*"cba"], count=200, seed=4)
    assert first == again
