"""The sampler against posteriors that are known exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import chisquare, kstest

from mscape.inference.move import Group, Layer
from mscape.inference.particle import Particles
from mscape.inference.smc import Array, State, Target, advance, begin, sample_posterior

COUNT = 4000


def _normal(particles: Particles, name: str) -> Array:
    return np.asarray(ndtri(particles.take(name, particles.count)))


def _aim(log_likelihood: Callable[[Particles], Array]) -> Target:
    return Target(lambda particles, least: log_likelihood(particles)[:, None])


def _gaussian(y: float, sd: float) -> Target:
    def log_likelihood(particles: Particles) -> Array:
        z = _normal(particles, "z")
        return np.asarray(-0.5 * ((y - z) / sd) ** 2 - np.log(sd * np.sqrt(2 * np.pi)))

    return _aim(log_likelihood)


@pytest.mark.parametrize(("y", "sd"), [(0.5, 1.0), (2.0, 0.3), (-1.0, 0.05)])
def test_a_gaussian_posterior_and_its_evidence_are_found(y: float, sd: float) -> None:
    found = sample_posterior(_gaussian(y, sd), count=COUNT, seed=3, moves=5)
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

    found = sample_posterior(_aim(log_likelihood), count=COUNT, seed=5, moves=5)
    assert kstest(found.particles.axes["idle"], "uniform").pvalue > 1e-3


def test_where_only_a_sum_is_known_each_term_stays_wide() -> None:
    def log_likelihood(particles: Particles) -> Array:
        total = _normal(particles, "a") + _normal(particles, "b")
        return np.asarray(-0.5 * ((total - 1) / 0.1) ** 2)

    found = sample_posterior(_aim(log_likelihood), count=COUNT, seed=5, moves=8)
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
        found = sample_posterior(_gaussian(y, 0.5), count=199, seed=index, moves=4)
        ranks.append((_normal(found.particles, "z") < truth).mean())
    assert kstest(ranks, "uniform").pvalue > 0.01


def test_the_same_seed_gives_the_same_ensemble_and_another_does_not() -> None:
    first, again, other = (sample_posterior(_gaussian(1.0, 0.3), count=100, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.particles.axes["z"], again.particles.axes["z"])
    assert not np.array_equal(first.particles.axes["z"], other.particles.axes["z"])


def test_a_likelihood_that_says_nothing_takes_one_rise_and_has_evidence_one() -> None:
    found = sample_posterior(_aim(lambda p: 0 * p.take("x", p.count)), count=50, seed=1)
    assert len(found.stages) == 1
    assert found.log_evidence == 0


def _experiments(sd: float, count: int) -> Target:
    """A number that experiments share, and one of its own in each; what is seen is their sum."""
    seen = np.linspace(-1, 1, count)

    def measure(particles: Particles, least: Array) -> Array:
        sums = [_normal(particles, "z") + _normal(particles, f"own{i}") for i in range(count)]
        return np.asarray(-0.5 * ((np.stack(sums, axis=1) - seen) / sd) ** 2)

    own = tuple(Group((f"own{i}",), (i,)) for i in range(count))
    return Target(measure, (Layer((Group(("z",), tuple(range(count))),)), Layer(own)))


def test_what_is_of_one_experiment_moves_by_itself_and_the_posterior_is_the_same() -> None:
    target = _experiments(0.3, 6)
    found = sample_posterior(target, count=COUNT, seed=2)
    joint = sample_posterior(replace(target, layers=()), count=COUNT, seed=2, moves=20)
    # each sum has variance 1 + 0.3² about z: the posterior of z is normal
    exact = np.sqrt(1 / (1 + 6 / 1.09))
    for state in (found, joint):
        z = _normal(state.particles, "z")
        assert z.mean() == pytest.approx(0, abs=0.08)
        assert z.std() == pytest.approx(exact, rel=0.1)
    assert found.log_evidence == pytest.approx(joint.log_evidence, abs=0.15)


def test_the_error_of_the_evidence_is_its_spread_over_seeds() -> None:
    target = _experiments(0.2, 4)
    states = [sample_posterior(target, count=400, seed=seed) for seed in range(30)]
    spread = np.std([state.log_evidence for state in states], ddof=1)
    told = np.sqrt(np.mean([state.log_evidence_error**2 for state in states]))
    assert 0.5 < told / spread < 2


def test_a_stage_needs_nothing_but_the_state_before_it() -> None:
    target = _experiments(0.1, 5)
    kept: list[State] = []
    whole = sample_posterior(target, count=200, seed=4, keep=kept.append)
    assert len(kept) > 2
    for state in kept:
        again = sample_posterior(target, count=200, seed=4, start=state)
        np.testing.assert_array_equal(again.particles.axes["z"], whole.particles.axes["z"])
        assert again.log_evidence == whole.log_evidence
        assert again.stages == whole.stages


def test_a_point_that_is_not_wanted_may_be_left_out() -> None:
    """What cannot be accepted need not be measured: the same particles, whether it is or not."""

    def measure(particles: Particles, least: Array) -> Array:
        z = _normal(particles, "z")[:, None]
        terms = np.concatenate([-((z - 1) ** 2) * 9, -((z - 1.2) ** 2) * 9], axis=1)
        left_out.append(int((terms.sum(axis=1) < least).sum()))
        return np.where((terms.sum(axis=1) < least)[:, None], -np.inf, terms)

    left_out: list[int] = []
    lazy = sample_posterior(Target(measure), count=300, seed=1)
    assert sum(left_out) > 30
    eager = sample_posterior(
        Target(lambda p, least: measure(p, np.full(p.count, -np.inf))), count=300, seed=1
    )
    np.testing.assert_array_equal(lazy.particles.axes["z"], eager.particles.axes["z"])
    assert lazy.log_evidence == eager.log_evidence


def test_ancestors_name_the_first_particles() -> None:
    target = _gaussian(2.0, 0.1)
    state = begin(target, count=300, seed=1)
    first = state.particles.count
    assert state.unique_ancestors == first > 300
    assert state.log_evidence_error == pytest.approx(0, abs=1e-6)
    later = advance(target, state, moves=1)
    assert later.particles.count == 300
    assert later.unique_ancestors < 300
    assert set(later.ancestors) <= set(range(first))


@pytest.mark.slow
def test_ranks_are_uniform_where_experiments_have_numbers_of_their_own() -> None:
    """Simulation-based calibration (Talts et al. 2018, arXiv 1804.06788) in the shape of our problems."""
    rng = np.random.default_rng(7)
    ranks = []
    for index in range(120):
        z = rng.normal()
        seen = z + rng.normal(size=5) + 0.3 * rng.normal(size=5)
        target = _experiments(0.3, 5)

        def measure(particles: Particles, least: Array, seen: Array = seen) -> Array:
            sums = [_normal(particles, "z") + _normal(particles, f"own{i}") for i in range(5)]
            return np.asarray(-0.5 * ((np.stack(sums, axis=1) - seen) / 0.3) ** 2)

        found = sample_posterior(replace(target, measure=measure), count=200, seed=index)
        ranks.append((_normal(found.particles, "z") < z).mean())
    counts = np.histogram(ranks, bins=6, range=(0, 1))[0]
    assert chisquare(counts).pvalue > 0.01
