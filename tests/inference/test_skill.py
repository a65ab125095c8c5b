"""Totals of predictions: rates learned elsewhere, papers drawn whole, and who is behind whom."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mscape.experiments.graph import BASELINES
from mscape.inference.forecast import DIRECTIONS, Forecast
from mscape.inference.leave_out import LeftOut
from mscape.inference.skill import (
    ENSEMBLE,
    PRIOR,
    Answered,
    Skill,
    apply_calibration,
    average_papers,
    fit_calibration,
    validate_predictions,
)

SURE = Forecast({"up": 0.9, "no change": 0.05, "down": 0.05}, 1.0)
BLANK = Forecast(dict.fromkeys(DIRECTIONS, 1 / 3), 0.3)


def _row(mechanism: str, reported: str = "up", paper: str = "p", baseline: str | None = "up") -> LeftOut:
    return LeftOut(
        mechanism, f"{mechanism}_{paper}", paper, "", "paper", paper, reported, SURE, BLANK,
        dict.fromkeys(BASELINES, baseline), 0.1, 100.0, False,
    )  # fmt: skip


def _find(rows: list[LeftOut], predictor: str, others: tuple[Answered, ...] = ()) -> Skill:
    (total,) = validate_predictions(rows, others)
    return next(skill for skill in total.overall if skill.predictor == predictor)


def test_a_guess_among_three_costs_log2_of_3_bits() -> None:
    found = _find([_row("a"), _row("b")], PRIOR)
    assert found.log_score[0] == pytest.approx(-np.log2(3))
    assert found.behind is not None
    assert found.behind[0] == pytest.approx(np.log2(0.9 * 3))


def test_a_baseline_has_the_hit_rate_of_the_other_mechanisms() -> None:
    """Four hits elsewhere, one hit and two misses added: 5 of 7; what it does on its own does not count."""
    others = tuple(Answered("b", BASELINES[0], "up", "up") for _ in range(4))
    hit = _find([_row("a")], BASELINES[0], others)
    assert hit.log_score[0] == pytest.approx(np.log2(5 / 7))
    missed = _find([_row("a", reported="down")], BASELINES[0], others)
    assert missed.log_score[0] == pytest.approx(np.log2(1 / 7))
    assert missed.right[0] == 0


def test_once_calibrated_a_baseline_that_is_always_wrong_is_informative() -> None:
    others = tuple(Answered("b", BASELINES[0], "up", "down") for _ in range(97))
    found = _find([_row("a", reported="down")], BASELINES[0], others)
    assert found.calibrated is not None
    assert found.calibrated[0] == pytest.approx(np.log2(98 / 100))
    assert found.log_score[0] == pytest.approx(np.log2(0.99 / 2))


def test_calibration_learns_that_no_change_is_seldom_reported_and_how_sure_to_be() -> None:
    """Reports drawn from a known power and weight are met again, and scored better than as they stand."""
    random = np.random.default_rng(7)
    chances = random.dirichlet(np.ones(3), 3000)
    truth = apply_calibration(chances, (0.5, -1.5))
    reported = np.array([random.choice(3, p=p) for p in truth])
    power, weight = fit_calibration(chances, reported)
    assert power == pytest.approx(0.5, abs=0.08)
    assert weight == pytest.approx(-1.5, abs=0.2)
    np.testing.assert_allclose(apply_calibration(chances, (1.0, 0.0)), chances)


def test_a_mechanism_is_calibrated_by_the_others_alone() -> None:
    """Ensembles that are right elsewhere make this one surer of its answer, right or wrong."""
    others = [_row("b", paper=str(i)) for i in range(40)]
    for reported, surer in (("up", True), ("down", False)):
        (total,) = validate_predictions([_row("a", reported), *others])
        found = next(s for s in total.by_mechanism["a"] if s.predictor == ENSEMBLE)
        assert found.calibrated is not None
        assert (found.calibrated[0] > found.log_score[0]) == surer


def test_what_cannot_say_has_a_third_each_and_is_not_right() -> None:
    others = tuple(Answered("b", name, "up", "up") for name in BASELINES)
    found = _find([_row("a", baseline=None)], BASELINES[1], others)
    assert found.log_score[0] == pytest.approx(-np.log2(3))
    assert found.right[0] == 0


def test_with_one_mechanism_and_no_other_nothing_can_be_learned() -> None:
    (total,) = validate_predictions([_row("a")])
    assert [skill.predictor for skill in total.overall] == [ENSEMBLE, PRIOR]


def test_orders_and_parts_do_not_count() -> None:
    order = replace(_row("a"), reported="as reported", ensemble=Forecast({"as reported": 0.5}, 0.5))
    assert _find([_row("a"), order], ENSEMBLE).contrasts == 1


def test_an_interval_draws_whole_papers() -> None:
    """Many contrasts of one paper are one paper: nothing can vary; two papers that disagree vary fully."""
    weights = np.array([[1.0], [2.0]])
    assert average_papers(np.array([0.0, 1.0, 0.5]), np.zeros(3, int), weights) == (0.5, 0.5, 0.5)
    rows = [_row("a", paper="p")] * 50 + [_row("a", "down", paper="q")] * 50
    _, low, high = _find(rows, ENSEMBLE).right
    assert (low, high) == (0.0, 1.0)
