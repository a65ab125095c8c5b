"""Four nulls: each is met by the surfaces that it claims; an agent without effect is none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mscape.treatment.log_logistic import fit_log_logistic
from mscape.treatment.synergy import (
    Curve,
    Null,
    expect_iso_dose,
    expect_loewe,
    find_iso_dose,
    score_bliss,
    score_hsa,
    score_loewe,
    score_zip,
)

DOSE = np.concatenate([[0.0], np.geomspace(0.03, 30, 7)])
DENSE = np.geomspace(3e-3, 3e3, 45)
HILLS = st.floats(0.7, 4.0)
MIDDLES = st.floats(0.2, 5.0)


def kill(dose: np.ndarray, middle: float, hill: float, top: float = 1.0) -> np.ndarray:
    return np.asarray(top * dose**hill / (middle**hill + dose**hill))


def make_curve(middle: float, hill: float, top: float = 1.0) -> Curve:
    return Curve(DENSE, kill(DENSE, middle, hill, top)[None, :])


@settings(max_examples=20)
@given(HILLS, HILLS, MIDDLES, MIDDLES)
def test_independent_agents_are_at_zero_under_bliss_and_zip(h: float, k: float, m: float, n: float) -> None:
    first, second = kill(DOSE, m, h), kill(DOSE, n, k)
    effect = (1 - (1 - first[:, None]) * (1 - second[None, :]))[None]
    np.testing.assert_allclose(score_bliss(effect), 0.0, atol=1e-12)
    np.testing.assert_allclose(score_zip((DOSE, DOSE), effect), 0.0, atol=5e-3)
    assert (score_hsa(effect) >= 0).all()


@settings(max_examples=20)
@given(HILLS, st.floats(0.5, 3.0), st.floats(0.25, 4.0))
def test_an_agent_diluted_is_additive_under_loewe(hill: float, middle: float, dilution: float) -> None:
    """b is a at another strength: what Loewe claims; Bliss and HSA claim otherwise."""
    effect = kill(DOSE[:, None] + dilution * DOSE[None, :], middle, hill)[None]
    curves = make_curve(middle, hill), make_curve(middle / dilution, hill)
    expected = expect_loewe((DOSE, DOSE), effect, curves)
    found = score_loewe(effect, expected)
    assert (expected.null == Null.FOUND).mean() > 0.9
    np.testing.assert_allclose(found[np.isfinite(found)], 0.0, atol=2e-3)
    assert score_hsa(effect).max() > 0.05
    if hill > 2:
        assert score_bliss(effect).max() > 0.02  # a steep drug looks synergistic with itself
    if hill < 0.9:
        assert score_bliss(effect).min() < -0.02  # and a shallow one antagonistic


@settings(max_examples=20)
@given(HILLS, MIDDLES)
def test_an_agent_without_effect_is_at_zero_under_every_null(hill: float, middle: float) -> None:
    effect = np.repeat(kill(DOSE, middle, hill)[:, None], len(DOSE), axis=1)[None]
    curves = make_curve(middle, hill), make_curve(1.0, 1.0, top=0.0)
    for turned in (False, True):
        one = np.swapaxes(effect, 1, 2) if turned else effect
        pair = curves[::-1] if turned else curves
        np.testing.assert_allclose(score_bliss(one), 0.0, atol=1e-12)
        np.testing.assert_allclose(score_hsa(one), 0.0, atol=1e-12)
        np.testing.assert_allclose(score_loewe(one, expect_loewe((DOSE, DOSE), one, pair)), 0.0, atol=1e-12)
        np.testing.assert_allclose(score_zip((DOSE, DOSE), one), 0.0, atol=5e-3)


@settings(max_examples=20)
@given(HILLS, MIDDLES, st.sampled_from([1e-3, 1e3, 1e6]))
def test_scores_do_not_depend_on_the_unit(hill: float, middle: float, unit: float) -> None:
    effect = kill(DOSE[:, None] + 2 * DOSE[None, :], middle, hill)[None] ** 1.2
    curves = make_curve(middle, hill), make_curve(middle / 2, hill)
    moved = tuple(Curve(curve.dose * unit, curve.effect) for curve in curves)
    both = score_loewe(effect, expect_loewe((DOSE, DOSE), effect, curves))
    again = score_loewe(effect, expect_loewe((DOSE * unit, DOSE * unit), effect, (moved[0], moved[1])))
    np.testing.assert_allclose(again, both, atol=1e-9)
    zipped = score_zip((DOSE * unit, DOSE * unit), effect)
    np.testing.assert_allclose(zipped, score_zip((DOSE, DOSE), effect), atol=1e-6)


def test_above_zero_is_synergy_under_every_null() -> None:
    alone = kill(DOSE, 1.0, 1.5)
    plain = 1 - (1 - alone[:, None]) * (1 - alone[None, :])
    more = np.where((DOSE[:, None] > 0) & (DOSE[None, :] > 0), 1 - (1 - plain) ** 1.8, plain)[None]
    curves = make_curve(1.0, 1.5), make_curve(1.0, 1.5)
    expected = expect_loewe((DOSE, DOSE), more, curves)
    for score in (
        score_bliss(more),
        score_hsa(more),
        score_loewe(more, expected),
        score_zip((DOSE, DOSE), more),
    ):
        assert np.nanmean(score) > 0.03


def test_loewe_says_why_it_expects_nothing() -> None:
    first, weak = kill(DOSE, 1.0, 2.0), kill(DOSE, 1.0, 2.0, top=0.2)
    effect = np.stack([1 - (1 - first[:, None]) * (1 - weak[None, :])] * 3)
    effect[2, 3, 3] = np.nan
    strong, part = kill(DENSE, 1.0, 2.0), kill(DENSE, 1.0, 2.0, top=0.2)
    saving = np.where(DENSE < 1, -0.1, part)
    curves = Curve(DENSE, np.stack([strong] * 3)), Curve(DENSE, np.stack([part, saving, part]))
    expected = expect_loewe((DOSE, DOSE), effect, curves)
    reach = first[1:, None] + 0 * weak[None, 1:] >= 0.2
    assert (expected.null[0][reach] == Null.BEYOND_REACH).all()
    assert (expected.null[0][:2, :2] == Null.FOUND).all()
    assert (expected.null[1] == Null.SAVES).all()
    assert expected.null[2, 2, 2] == Null.NOT_SOLVED
    assert (np.isnan(expected.effect) == (expected.null != Null.FOUND)).all()


def test_lines_of_equal_effect_are_straight_for_an_agent_with_itself() -> None:
    dose = np.concatenate([[0.0], np.geomspace(0.03, 30, 25)])
    partner = np.array([0.0, 0.2, 0.5, 0.9, 1.5])
    effect = kill(dose[:, None] + partner[None, :], 1.0, 2.0)
    found = [find_iso_dose(dose, effect[None, :, place], 0.5)[0] for place in range(len(partner))]
    np.testing.assert_allclose(found, [1.0, 0.8, 0.5, 0.1, 0.0], atol=5e-3)
    curve = make_curve(1.0, 2.0)
    line = expect_iso_dose(partner, (curve, curve), 0.5)[0]
    np.testing.assert_allclose(line, [1.0, 0.8, 0.5, 0.1, 0.0], atol=1e-3)
    assert np.isinf(find_iso_dose(dose[:5], effect[None, :5, 0], 0.5)[0])


@settings(max_examples=20)
@given(HILLS, MIDDLES, st.floats(0.05, 1.0), st.floats(0.0, 0.4))
def test_a_log_logistic_curve_is_found_again(hill: float, middle: float, top: float, start: float) -> None:
    dose = DOSE[1:]
    effect = start + (top - start) * kill(dose, middle, hill)
    fit = fit_log_logistic(dose, effect[None, :], np.array([start]))
    np.testing.assert_allclose(fit.read(dose)[0], effect, atol=3e-3)


def test_a_row_that_was_not_solved_has_no_curve_and_disturbs_no_other() -> None:
    dose = DOSE[1:]
    rows = np.stack([kill(dose, 1.0, 1.5), kill(dose, 1.0, 1.5)])
    rows[1, 2] = np.nan
    fit = fit_log_logistic(dose, rows, np.zeros(2))
    assert np.isnan(fit.read(dose)[1]).all()
    lone = fit_log_logistic(dose, rows[:1], np.zeros(1))
    assert fit.top[0] == pytest.approx(lone.top[0], abs=0)
