"""Verdicts on numbers whose answer is known: what chance gives is never called knowledge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from mscape.inference.marginal import (
    DETERMINED,
    EXCLUDED,
    KEPT,
    LEAST_BITS,
    Verdict,
    count_effective,
    judge_marginal,
    measure_gain,
    to_normal,
)
from mscape.inference.particle import Particles
from mscape.inference.smc import Target, sample_posterior
from tests.house import rules


def _draw(mean: float, spread: float, count: int, seed: int = 0) -> np.ndarray:
    return np.asarray(ndtr(np.random.default_rng(seed).normal(mean, spread, count)))


@pytest.mark.parametrize("count", [60, 300, 2000])
def test_draws_of_the_prior_are_not_informed(count: int) -> None:
    """Calibration: of a thousand idle numbers at most a few in a thousand may be called anything else."""
    rng = np.random.default_rng(count)
    verdicts = [judge_marginal(rng.random(count), count).verdict for _ in range(1000)]
    assert sum(verdict != Verdict.UNINFORMED for verdict in verdicts) <= 5


@pytest.mark.parametrize(
    ("mean", "spread", "expected"),
    [
        (0.0, 0.35, Verdict.DETERMINED),
        (1.0, 0.2, Verdict.DETERMINED),
        (0.0, 0.7, Verdict.NARROWED),
        (2.5, 0.3, Verdict.BELOW),
        (-2.5, 0.3, Verdict.ABOVE),
    ],
)
def test_a_known_ensemble_gets_its_verdict(mean: float, spread: float, expected: Verdict) -> None:
    hits = [judge_marginal(_draw(mean, spread, 500, seed), 500).verdict == expected for seed in range(40)]
    assert np.mean(hits) >= 0.95


@pytest.mark.parametrize("cut", [0.3, 0.5, 0.8])
def test_a_prior_cut_off_on_one_side_is_bounded_there_and_not_determined(cut: float) -> None:
    places = cut + (1 - cut) * np.random.default_rng(1).random(400)
    assert judge_marginal(places, 400).verdict == Verdict.BELOW
    assert judge_marginal(1 - places, 400).verdict == Verdict.ABOVE


def test_two_peaks_are_information_though_no_narrower() -> None:
    rng = np.random.default_rng(2)
    places = ndtr(rng.choice([-1.3, 1.3], 400) + 0.3 * rng.normal(size=400))
    found = judge_marginal(places, 400)
    assert found.verdict == Verdict.NARROWED
    assert found.bits > 0.5


@given(share=st.floats(0.05, 1.0), seed=st.integers(0, 30))
def test_bits_are_those_of_a_cut_prior_and_never_more(share: float, seed: int) -> None:
    found = measure_gain(share * np.random.default_rng(seed).random(4000), 4000)
    assert min(-np.log2(share), 3.0) - 0.5 <= found <= -np.log2(share) + 0.1


def test_relatives_that_moves_have_parted_count_in_full() -> None:
    rng = np.random.default_rng(4)
    families = np.repeat(np.arange(40), 10)
    founders = rng.normal(size=(40, 25))[families]
    own = rng.normal(size=(400, 25))
    worth = [
        count_effective(ndtr(np.sqrt(alike) * founders + np.sqrt(1 - alike) * own), families)
        for alike in (0.0, 0.3, 1.0)
    ]
    assert worth == pytest.approx([400, 400 / (1 + 9 * 0.3), 40], rel=0.15)


def test_the_page_tells_the_thresholds_that_the_code_has() -> None:
    page = (rules.ROOT / "docs" / "explanation" / "identifiability.md").read_text(encoding="utf-8")
    for told in (
        f"at most {DETERMINED:g} of the prior's",
        f"keeps at most {EXCLUDED:g} of its share",
        f"at least {KEPT:g} of its own",
        f"less than {LEAST_BITS:g} bits",
    ):
        assert told in page


@pytest.mark.slow
@pytest.mark.parametrize("count", [200, 600])
def test_of_a_sampled_ensemble_idle_numbers_are_not_called_known(count: int) -> None:
    """Relatives drift together: without counting them, chance looks like knowledge."""
    idle = [f"idle{place}" for place in range(12)]

    def log_likelihood(points: Particles, least: object) -> np.ndarray:
        for name in idle:
            points.take(name, points.count)
        known = to_normal(points.take("known", points.count))
        return np.asarray(-0.5 * ((known - 0.5) / 0.3) ** 2)[:, None]

    wrong = 0
    for seed in range(10):
        found = sample_posterior(Target(log_likelihood), count=count, seed=seed, moves=2)
        axes = found.particles.axes
        worth = count_effective(np.stack([axes[name] for name in idle], axis=1), found.ancestors)
        assert judge_marginal(axes["known"], worth).verdict == Verdict.DETERMINED
        wrong += sum(judge_marginal(axes[name], worth).verdict != Verdict.UNINFORMED for name in idle)
    assert wrong <= 1
