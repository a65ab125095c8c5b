"""Smoothed weights: against distributions whose tail and answer are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mscape.inference.pareto import fit_pareto, limit_shape, smooth_weights

LOGS = arrays(float, st.integers(10, 80), elements=st.floats(-40, 40))


@pytest.mark.parametrize("shape", [-0.3, 0.2, 0.8])
def test_the_tail_of_a_pareto_distribution_is_found(shape: float) -> None:
    uniform = np.random.default_rng(3).uniform(size=20_000)
    excess = np.sort(2.0 * np.expm1(-shape * np.log(uniform)) / shape)
    found, scale = fit_pareto(excess)
    assert found == pytest.approx(shape, abs=0.05)
    assert scale == pytest.approx(2.0, rel=0.1)


@given(logs=LOGS)
def test_weights_add_up_and_keep_their_order(logs: np.ndarray) -> None:
    found = smooth_weights(logs)
    assert found.weights.sum() == pytest.approx(1)
    assert 1 - 1e-9 <= found.effective <= len(logs) + 1e-9
    order = np.argsort(logs, kind="stable")
    assert (np.diff(found.weights[order]) >= -1e-7).all()  # equal weights may part by rounding


@given(logs=LOGS, shift=st.floats(-100, 100))
def test_a_common_factor_changes_nothing(logs: np.ndarray, shift: float) -> None:
    np.testing.assert_allclose(smooth_weights(logs + shift).weights, smooth_weights(logs).weights, atol=1e-6)


def test_a_measurement_left_out_of_a_normal_mean_gives_the_exact_mean_without_it() -> None:
    """Ten measurements of a mean, flat prior: without one its posterior is known."""
    rng = np.random.default_rng(5)
    measured = rng.normal(size=10)
    drawn = rng.normal(measured.mean(), 1 / np.sqrt(10), size=4000)
    found = smooth_weights(0.5 * (drawn - measured[0]) ** 2)
    assert found.shape < limit_shape(4000)
    assert found.weights @ drawn == pytest.approx(measured[1:].mean(), abs=0.03)


def test_weights_that_few_particles_carry_are_called_so() -> None:
    heavy = np.log(np.abs(np.random.default_rng(1).standard_cauchy(1000)))
    assert smooth_weights(heavy).shape > limit_shape(1000)
    light = np.random.default_rng(1).uniform(-0.5, 0.5, 1000)
    assert smooth_weights(light).shape < limit_shape(1000)


def test_one_that_stands_out_among_equals_keeps_its_weight() -> None:
    """What all particles but one say alike: the one is a finding, not a tail to be smoothed."""
    logs = np.append(np.zeros(99), np.log(19.0))
    assert smooth_weights(logs).weights[-1] == pytest.approx(19 / 118, rel=1e-6)


def test_copies_of_particles_do_no_harm() -> None:
    logs = np.repeat([0.0, -1.0, -2.0], 40)
    found = smooth_weights(logs)
    assert np.isfinite(found.weights).all()
    assert found.weights[0] == pytest.approx(found.weights[39])
