"""Prior predictive distributions: those of the draws a score makes, and of what a fit hears."""

from __future__ import annotations

import numpy as np
import pytest

from mscape.atlas.load import load_atlas
from mscape.experiments.bind import Bound, bind_record, rescale_priors
from mscape.experiments.prior import PriorWidth
from mscape.inference.likelihood import list_scored, measure_margins
from mscape.inference.particle import Particles, foresee
from mscape.inference.predictive import Predictive, predict_contrasts, predict_prior

DRAWS = 24


@pytest.fixture(scope="module")
def bound() -> Bound:
    atlas = load_atlas()
    return bind_record(atlas.records["ji2015_gastric_exosome"], atlas)


def test_what_is_shown_is_what_a_fit_hears(bound: Bound) -> None:
    shown = predict_prior(bound, seed=3, draws=DRAWS)
    heard = measure_margins(bound, Particles(3, DRAWS), list_scored(bound))
    assert [each.contrast for each in shown] == [row.contrast for row in list_scored(bound)]
    np.testing.assert_array_equal(np.stack([each.margin for each in shown], axis=1), heard)
    assert all(each.effect.shape == (DRAWS,) for each in shown)


def test_more_draws_keep_the_first_and_another_seed_has_others(bound: Bound) -> None:
    rows = list_scored(bound)[:1]
    few, many = (predict_prior(bound, seed=3, draws=count, contrasts=rows)[0] for count in (DRAWS, 2 * DRAWS))
    np.testing.assert_allclose(many.effect[:DRAWS], few.effect, rtol=1e-6)
    other = predict_prior(bound, seed=4, draws=DRAWS, contrasts=rows)[0]
    assert not np.array_equal(other.effect, few.effect)


def test_the_width_of_priors_reaches_predictions(bound: Bound) -> None:
    stated, same, wide = (
        predict_prior(one, seed=3, draws=DRAWS)
        for one in (bound, *(rescale_priors(bound, width) for width in (PriorWidth.STATED, PriorWidth.WIDE)))
    )
    for one, other in zip(stated, same, strict=True):
        np.testing.assert_array_equal(one.effect, other.effect)
    assert any(not np.array_equal(one.effect, other.effect) for one, other in zip(stated, wide, strict=True))


def test_a_new_donor_is_another_prediction_of_the_same_points(bound: Bound) -> None:
    points = Particles(3, DRAWS)
    rows = list_scored(bound)[:1]
    ours = predict_contrasts(bound, points, contrasts=rows)[0]
    theirs = predict_contrasts(bound, foresee(points, {"vesicles_secretion": 0.5}), contrasts=rows)[0]
    assert not np.array_equal(ours.margin, theirs.margin)


def test_failed_solves_are_counted_and_left_out() -> None:
    margin = np.array([1.0, -1.0, np.nan, 3.0])
    shown = Predictive("c", "up", "words", margin, "fold", margin)
    assert shown.share == pytest.approx(2 / 3)
    assert shown.solved == 0.75
    assert shown.find_quantiles((0.5,)) == (1.0,)
    none = Predictive("c", "up", "words", margin[2:3], "fold", margin[2:3])
    assert np.isnan(none.share)
    assert np.isnan(none.find_quantiles()).all()
