"""Contrasts as soft constraints, and a mechanism conditioned on them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.atlas.load import load_atlas
from mscape.experiments.bind import Bound, bind_record, make_variant, sample_values
from mscape.experiments.outcome import (
    Outcome,
    judge_direction,
    judge_order,
    judge_partial,
    judge_value,
    measure_margin,
    measure_order_margin,
    measure_partial_margin,
    measure_value_margin,
)
from mscape.inference.fit import fit_mechanism
from mscape.inference.likelihood import LAPSE, list_scored, measure_log_likelihood, measure_margins
from mscape.inference.particle import OwnConditions, Particles

REAL = st.floats(-5, 5)
COUNT = 24


@pytest.fixture(scope="module")
def bound() -> Bound:
    atlas = load_atlas()
    return bind_record(atlas.records["ji2015_gastric_exosome"], atlas)


@given(effect=REAL, kind=st.sampled_from(["up", "down", "no change"]))
def test_a_margin_of_0_or_more_is_reproduced(effect: float, kind: str) -> None:
    effects = np.array([effect])
    judged = judge_direction(effects, kind)[0] == Outcome.REPRODUCED  # type: ignore[arg-type]
    assert judged == (measure_margin(effects, kind)[0] >= 0)  # type: ignore[arg-type]


@given(first=REAL, second=REAL)
def test_so_for_an_order(first: float, second: float) -> None:
    effects = np.array([[first], [second]])
    assert (judge_order(effects)[0] == Outcome.REPRODUCED) == (measure_order_margin(effects)[0] >= 0)


@given(protection=REAL, removed=REAL)
def test_so_for_a_partial_reversal(protection: float, removed: float) -> None:
    arrays = np.array([protection]), np.array([removed])
    margin = measure_partial_margin(*arrays)[0]
    if abs(margin) > 1e-12:  # the ends themselves round either way
        assert (judge_partial(*arrays)[0] == Outcome.REPRODUCED) == (margin > 0)


@given(value=st.floats(0.01, 10), reported=st.floats(0.1, 5), error=st.none() | st.floats(0.01, 2))
def test_so_for_a_value(value: float, reported: float, error: float | None) -> None:
    margin = measure_value_margin(np.array([value]), reported, error)[0]
    if abs(margin) > 1e-9:
        assert (judge_value(np.array([value]), reported, error)[0] == Outcome.REPRODUCED) == (margin > 0)


def test_likelihood_rises_with_the_margin_and_never_ends() -> None:
    margins = np.array([-np.inf, np.nan, -3.0, 0.0, 3.0])
    found = np.exp(measure_log_likelihood(margins))
    assert found[:2].tolist() == pytest.approx([LAPSE, LAPSE])
    assert found[3] == pytest.approx(0.5)
    assert found[4] == pytest.approx(1 - LAPSE, abs=1e-6)
    assert (np.diff(found[1:]) > 0).all()


def test_particles_from_the_prior_are_the_draws_of_a_bench(bound: Bound) -> None:
    particles = Particles(7, COUNT)
    one = make_variant(bound, bound.record.mechanism.drugs[0], None)
    ours, theirs = sample_values(one, particles, COUNT), sample_values(one, 7, COUNT)
    for name, values in theirs.items():
        np.testing.assert_array_equal(ours[name], values)


def test_experiments_have_conditions_of_their_own_and_share_parameters() -> None:
    particles = Particles(1, COUNT)
    first, second = (OwnConditions(particles, name) for name in ("a", "b"))
    assert not np.array_equal(first.take("condition:hours", COUNT), second.take("condition:hours", COUNT))
    np.testing.assert_array_equal(first.take("kill_max", COUNT), second.take("kill_max", COUNT))


@given(seed=st.integers(0, 100))
def test_places_in_the_cube_and_normal_places_are_one(seed: int) -> None:
    particles = Particles(seed, 5)
    for name in ("a", "b"):
        particles.take(name, 5)
    back = particles.from_normal(particles.to_normal())
    np.testing.assert_allclose(back.axes["b"], particles.axes["b"], rtol=1e-9)


@pytest.mark.slow
def test_a_fit_agrees_better_than_the_prior_and_repeats_bit_for_bit(bound: Bound) -> None:
    rows = list_scored(bound)
    prior = measure_margins(bound, Particles(1, COUNT), rows)
    fits = [fit_mechanism(bound, seed=1, particles=COUNT, moves=1) for _ in range(2)]
    np.testing.assert_array_equal(fits[0].margins, fits[1].margins)
    assert (fits[0].margins >= 0).mean() > (prior >= 0).mean()
    assert fits[0].contrasts == tuple(row.contrast for row in rows)
