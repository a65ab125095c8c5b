"""The sampler against posteriors that are known exactly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import kstest

from mscape.inference.particle import Particles
from mscape.inference.smc import Array, sample_posterior

COUNT = 4000


def _normal(particles: Particles, name: str) -> Array:
    return np.asarray(ndtri(particles.take(name, particles.count)))


def _gaussian(y: float, sd: float) -> object:
    def log_likelihood(particles: Particles) -> Array:
        z = _normal(particles, "z")
        return np.asarray(-0.5 * ((y - z) / sd) ** 2 - np.log(sd * np.sqrt(2 * np.pi)))

    return log_likelihood


@pytest.mark.parametrize(("y", "sd"), [(0.5, 1.0), (2.0, 0.3), (-1.0, 0.05)])
def test_a_gaussian_posterior_and_its_evidence_are_found(y: float, sd: float) -> None:
    found = sample_posterior(_gaussian(y, sd), count=COUNT, seed=3, moves=5)  # type: ignore[arg-type]
    z = _normal(found.particles, "z")
    variance = 1 / (1 + 1 / sd**2)
    assert z.mean() == pytest.approx(variance * y / sd**2, abs=5 * np.sqrt(variance / COUNT) * 3)
    assert z.std() == pytest.approx(np.sqrt(variance), rel=0.1)
    exact = -0.5 * y**2 / (1 + sd**2) - 0.5 * np.log(2 * np.pi * (1 + sd**2))
    assert found.log_evidence == pytest.approx(exact, abs=0.1)


def test_an_axis_the_likelihood_does_not_know_keeps_its_prior() -> None:
    def log_likelihood(particles: Particles) -> Array:
        particles.take("idle", particles.count)
        return np.asarray(-0.5 * ((_normal(particles, "z") - 2) / 0.2) ** 2)

    found = sample_posterior(log_likelihood, count=COUNT, seed=5, moves=5)
    assert kstest(found.particles.axes["idle"], "uniform").pvalue > 1e-3


def test_where_only_a_sum_is_known_each_term_stays_wide() -> None:
    def log_likelihood(particles: Particles) -> Array:
        total = _normal(particles, "a") + _normal(particles, "b")
        return np.asarray(-0.5 * ((total - 1) / 0.1) ** 2)

    found = sample_posterior(log_likelihood, count=COUNT, seed=5, moves=8)
    a, b = _normal(found.particles, "a"), _normal(found.particles, "b")
    assert (a + b).std() == pytest.approx(0.1, rel=0.2)
    assert a.std() == pytest.approx(np.sqrt(0.5), rel=0.2)  # each alone: as wide as the prior allows
    assert np.corrcoef(a, b)[0, 1] < -0.9


@pytest.mark.slow
def test_ranks_of_the_truth_are_uniform() -> None:
    """Simulation-based calibration (Talts et al. 2018): draw a truth, draw data, rank the truth."""
    rng = np.random.default_rng(1)
    ranks = []
    for index in range(100):
        truth = rng.normal()
        y = truth + 0.5 * rng.normal()
        found = sample_posterior(_gaussian(y, 0.5), count=199, seed=index, moves=4)  # type: ignore[arg-type]
        ranks.append((_normal(found.particles, "z") < truth).mean())
    assert kstest(ranks, "uniform").pvalue > 0.01


def test_the_same_seed_gives_the_same_ensemble_and_another_does_not() -> None:
    first, again, other = (
        sample_posterior(_gaussian(1.0, 0.3), count=100, seed=seed)  # type: ignore[arg-type]
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.particles.axes["z"], again.particles.axes["z"])
    assert not np.array_equal(first.particles.axes["z"], other.particles.axes["z"])


def test_a_likelihood_that_says_nothing_takes_one_rise_and_has_evidence_one() -> None:
    found = sample_posterior(lambda p: 0 * p.take("x", p.count), count=50, seed=1)
    assert len(found.stages) == 1
    assert found.log_evidence == 0
