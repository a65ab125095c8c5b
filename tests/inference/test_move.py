"""Proposals about a population: what they keep, and what its size leaves in doubt."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.inference.move import fit_reference, propose


def _draw(count: int, axes: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    mixed = rng.normal(size=(axes, axes)) / np.sqrt(axes)
    return np.asarray(rng.normal(size=(count, axes)) @ mixed + rng.normal(size=axes) / 2)


@given(axes=st.integers(1, 6), seed=st.integers(0, 50))
def test_whitening_and_colouring_undo_each_other(axes: int, seed: int) -> None:
    places = _draw(40, axes, seed)
    reference = fit_reference(places)
    np.testing.assert_allclose(reference.colour(reference.whiten(places)), places, atol=1e-9)


@given(axes=st.integers(1, 6), seed=st.integers(0, 50), step=st.floats(0.05, 1.0))
def test_what_a_move_gains_is_lost_on_the_way_back(axes: int, seed: int, step: float) -> None:
    """Detailed balance: the gain is a difference of one function of place, so that it changes its sign."""
    here = _draw(60, axes, seed)
    noise = np.random.default_rng(seed + 1).normal(size=here.shape)
    found = propose(here, noise, step)
    first = fit_reference(here[30:])

    def weigh(places: np.ndarray) -> np.ndarray:
        return np.asarray((first.whiten(places) ** 2).sum(axis=1) / 2 - (places**2).sum(axis=1) / 2)

    np.testing.assert_allclose(found.gain[:30], (weigh(found.places) - weigh(here))[:30], atol=1e-8)


def test_few_points_are_shrunk_to_the_prior_and_many_speak_for_themselves() -> None:
    rng = np.random.default_rng(3)
    root = np.diag([0.1, 1.0, 1.0])
    few, many = (fit_reference(rng.normal(size=(count, 3)) @ root) for count in (6, 5000))
    assert many.root[0, 0] == pytest.approx(0.1, rel=0.1)
    assert few.root[0, 0] > 2 * many.root[0, 0]
    alike = fit_reference(rng.normal(size=(500, 3)))
    np.testing.assert_allclose(alike.root, np.eye(3), atol=0.15)


def test_a_point_has_no_say_in_where_it_may_go() -> None:
    here = _draw(40, 3, 1)
    noise = np.zeros_like(here)
    before = propose(here, noise, 1.0).places
    here[5] += 10
    after = propose(here, noise, 1.0).places
    np.testing.assert_array_equal(before[:20], after[:20])
    assert not np.array_equal(before[20:], after[20:])


@pytest.mark.parametrize("places", [np.full((4, 3), 0.4), np.outer(np.arange(5.0), [1, 2, 0])])
def test_a_population_in_one_place_or_on_one_line_has_finite_proposals(places: np.ndarray) -> None:
    """After a resampling few particles may all be copies of one; a run of two once ended in a traceback."""
    reference = fit_reference(places)
    proposal = propose(np.concatenate([places, places]), np.ones((2 * len(places), 3)), 0.5)
    assert np.isfinite(reference.root).all()
    assert (np.diag(reference.root) > 0).all()
    assert np.isfinite(proposal.places).all()
    assert np.isfinite(proposal.gain).all()
