"""Bits, against what a normal distribution gives exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from mscape.inference.fit import Ensemble
from mscape.inference.information import measure_bits, measure_information
from mscape.inference.particle import Particles


def test_a_measurement_of_a_normal_number_tells_what_theory_says() -> None:
    """Prior N(0, 1), one measurement y of error s: probability and divergence are known."""
    y, s, count = 0.8, 1.2, 400_000
    variance = 1 / (1 + s**-2)
    mean = variance * y / s**2
    drawn = np.random.default_rng(2).normal(mean, np.sqrt(variance), count)
    surprise, learned = measure_bits(norm.logpdf(y, drawn, s))
    assert surprise == pytest.approx(-norm.logpdf(y, 0, np.sqrt(1 + s**2)) / np.log(2), abs=0.02)
    exact = 0.5 * (variance + mean**2 - 1 - np.log(variance)) / np.log(2)
    assert learned == pytest.approx(exact, abs=0.02)


@given(logs=arrays(float, st.integers(1, 50), elements=st.floats(np.log(0.05), np.log(0.95))))
def test_nothing_is_unlearned_and_surprise_lies_between_the_particles(logs: np.ndarray) -> None:
    surprise, learned = measure_bits(logs)
    assert learned >= 0
    assert -logs.max() / np.log(2) - 1e-9 <= surprise <= -logs.min() / np.log(2) + 1e-9


def test_shares_add_up_and_a_report_that_all_particles_give_adds_nothing() -> None:
    margins = np.column_stack([np.linspace(-2, 2, 60), np.full(60, 3.0), np.linspace(0, 1, 60)])
    names = ("x", "y", "z")
    ensemble = Ensemble("a", 1, Particles(1, 60), names, margins, -1.0, (), 0.1, np.arange(60))
    found = measure_information(ensemble)
    assert [item.contrast for item in found] == ["x", "y", "z"]
    assert sum(item.share for item in found) == pytest.approx(1)
    assert found[1].learned == pytest.approx(0, abs=1e-9)
    assert found[0].learned > found[2].learned > 0
