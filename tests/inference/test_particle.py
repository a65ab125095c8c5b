"""Particles seen by experiments: what is shared, what is a paper's own, what is a prediction's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import kstest

from mscape.inference.particle import OwnConditions, Particles, foresee, mix_places

COUNT = 4000
SPREAD = {"il6_secretion": 0.3, "growth_cells": 1.0}


def _see(points: Particles, experiment: str, paper: str) -> OwnConditions:
    return OwnConditions(points, experiment, paper, SPREAD)


def _correlate(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.corrcoef(ndtri(first), ndtri(second))[0, 1])


@settings(max_examples=20)
@given(share=st.floats(0.0, 1.0), seed=st.integers(0, 2**32))
def test_a_mixture_keeps_the_prior_whatever_the_share(share: float, seed: int) -> None:
    points = Particles(seed, COUNT)
    mixed = mix_places(points.take("a", COUNT), points.take("b", COUNT), share)
    assert kstest(mixed, "uniform").pvalue > 1e-5
    assert _correlate(mixed, points.axes["a"]) == pytest.approx(np.sqrt(1 - share), abs=0.07)


def test_arms_of_a_paper_share_their_donor_and_papers_do_not() -> None:
    points = Particles(1, COUNT)
    first, again = (_see(points, name, "xu2018").take("il6_secretion", COUNT) for name in ("o1", "o2"))
    other = _see(points, "o3", "tu2016").take("il6_secretion", COUNT)
    np.testing.assert_array_equal(first, again)
    assert _correlate(first, other) == pytest.approx(0.7, abs=0.05)
    assert kstest(other, "uniform").pvalue > 1e-3


def test_the_tumours_numbers_are_the_same_for_all_papers_and_conditions_for_none() -> None:
    points = Particles(1, 20)
    first, other = _see(points, "o1", "xu2018"), _see(points, "o2", "xu2018")
    np.testing.assert_array_equal(first.take("il6r_Kd", 20), other.take("il6r_Kd", 20))
    assert not np.array_equal(first.take("condition:hours", 20), other.take("condition:hours", 20))


def test_what_is_all_the_papers_own_leaves_no_idle_axis() -> None:
    points = Particles(1, 5)
    _see(points, "o1", "xu2018").take("growth_cells", 5)
    assert list(points.axes) == ["xu2018:growth_cells"]


def test_a_new_donor_is_none_of_the_papers_and_leaves_the_points_alone() -> None:
    points = Particles(1, COUNT)
    heard = _see(points, "o1", "xu2018")
    heard.take("il6_secretion", COUNT)
    high = points.select(np.flatnonzero(heard.take("il6_secretion", COUNT) > 0.8))
    known = set(high.axes)
    new = foresee(high, SPREAD)
    found = new.take("il6_secretion", high.count)
    assert set(high.axes) == known
    # conditioned on a donor who secretes much, the next one secretes more than the prior says, and less
    # than that donor
    assert 0.5 < np.median(found) < np.median(_see(high, "o1", "xu2018").take("il6_secretion", high.count))
    assert _correlate(found, high.axes["xu2018:il6_secretion"]) < 0.3
    assert not np.array_equal(found, foresee(high, SPREAD, "another").take("il6_secretion", high.count))


@settings(max_examples=20)
@given(few=st.integers(1, 10), more=st.integers(0, 30), seed=st.integers(0, 2**32))
def test_draws_do_not_depend_on_how_many_there_are(few: int, more: int, seed: int) -> None:
    short, long = (foresee(Particles(seed, count), SPREAD) for count in (few, few + more))
    for name in ("il6_secretion", "growth_cells", "condition:hours", "other"):
        np.testing.assert_array_equal(long.take(name, few + more)[:few], short.take(name, few))


def test_a_count_that_is_not_the_points_is_refused() -> None:
    with pytest.raises(ValueError, match="3 points asked of 5"):
        _see(Particles(1, 5), "o", "p").take("il6_secretion", 3)


def _cover(spread: dict[str, float], share: float) -> float:
    """Return how often a 90 % interval holds the next donor's value, over simulated papers."""
    count, error, papers, hits = 3000, 0.5, ("a", "b", "c"), []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        common = rng.normal()
        donors = np.sqrt(1 - share) * common + np.sqrt(share) * rng.normal(size=len(papers) + 1)
        points = Particles(seed, count)
        weights = np.ones(count)
        for paper, value in zip(papers, donors, strict=False):
            told = value + error * rng.normal()
            z = ndtri(OwnConditions(points, paper, paper, spread).take("k", count))
            weights *= np.exp(-0.5 * ((told - z) / error) ** 2)
        new = ndtri(foresee(points, spread).take("k", count))
        order = np.argsort(new)
        cumulated = np.cumsum(weights[order]) / weights.sum()
        low, high = (new[order][np.searchsorted(cumulated, level)] for level in (0.05, 0.95))
        hits.append(low <= donors[-1] <= high)
    return float(np.mean(hits))


def test_intervals_cover_the_next_donor_and_would_not_if_donors_were_one() -> None:
    assert _cover({"k": 0.5}, 0.5) == pytest.approx(0.9, abs=0.05)
    assert _cover({}, 0.5) < 0.75
    assert _cover({}, 0.0) == pytest.approx(0.9, abs=0.05)  # where donors are one, nothing is lost
