"""Thresholds as laid down before any model was run, and judgements on arrays made by hand."""

import numpy as np
import pytest
from numpy.typing import ArrayLike

from mscape.experiments.outcome import (
    MAKES_NO_DIFFERENCE,
    PARTIAL,
    READABLE,
    THRESHOLDS,
    Outcome,
    Threshold,
    classify,
    judge_direction,
    judge_order,
    judge_partial,
    judge_value,
    measure_effect,
)

REPRODUCED, TOO_SMALL, OPPOSITE, DIFFERENT = (
    Outcome.REPRODUCED,
    Outcome.TOO_SMALL,
    Outcome.OPPOSITE,
    Outcome.DIFFERENT,
)


def measure(arm: ArrayLike, versus: ArrayLike, readout: str) -> list[float]:
    effect = measure_effect(np.asarray(arm, float), np.asarray(versus, float), THRESHOLDS[readout])
    return [float(value) for value in np.atleast_1d(effect)]


@pytest.mark.parametrize(
    ("readout", "scale", "least"),
    [
        ("viability", "difference", 0.10),
        ("viability_well", "difference", 0.10),
        ("gr", "difference", 0.10),
        ("apoptosis", "points", 5.0),
        ("ic50", "ratio", 1.5),
        ("phospho", "ratio", 1.5),
        ("protein", "ratio", 1.5),
        ("rna", "ratio", 2.0),
        ("cytokine", "ratio", 2.0),
    ],
)
def test_thresholds_are_those_laid_down(readout: str, scale: str, least: float) -> None:
    assert THRESHOLDS[readout] == Threshold(scale, least)  # type: ignore[arg-type]


def test_shares_are_those_laid_down() -> None:
    assert (MAKES_NO_DIFFERENCE, PARTIAL, READABLE) == (0.5, (0.2, 0.8), (0.1, 0.9))


@pytest.mark.parametrize(
    ("readout", "arm", "versus", "effect"),
    [
        ("viability", 0.6, 0.5, 1.0),
        ("viability", 0.5, 0.6, -1.0),
        ("viability", 0.55, 0.5, 0.5),
        ("ic50", 1.5, 1.0, 1.0),
        ("ic50", 1.0, 1.5, -1.0),
        ("ic50", 2.25, 1.0, 2.0),
        ("rna", 4.0, 1.0, 2.0),
        ("count", 1.1, 1.0, 1.0),
    ],
)
def test_effects_are_counted_in_thresholds(readout: str, arm: float, versus: float, effect: float) -> None:
    assert measure(arm, versus, readout) == pytest.approx([effect], abs=1e-9)


@pytest.mark.parametrize(
    ("arm", "versus", "counts"),
    [
        (25.0, 20.0, True),  # 5 points, 1.25 x
        (24.9, 19.9, True),
        (24.9, 20.0, False),  # too few points
        (45.0, 40.0, False),  # 5 points, 1.125 x
        (2.0, 1.0, False),  # 2 x, 1 point
        (5.0, 0.0, True),
        (0.0, 0.0, False),
    ],
)
def test_apoptosis_needs_points_and_fold(arm: float, versus: float, *, counts: bool) -> None:
    (effect,) = measure(arm, versus, "apoptosis")
    assert (effect >= 1 - 1e-9) == counts


@pytest.mark.parametrize("readout", THRESHOLDS)
def test_an_effect_turns_its_sign_with_its_arms(readout: str) -> None:
    pairs = np.random.Generator(np.random.Philox(1)).uniform(0.01, 60, (2, 50))
    forward, backward = measure(pairs[0], pairs[1], readout), measure(pairs[1], pairs[0], readout)
    assert forward == pytest.approx([-value for value in backward])
    assert measure(3.0, 3.0, readout) == [0.0]


def test_direction_counts_from_one_threshold() -> None:
    effects = np.array([1.0, 0.999, 0.0, -0.999, -1.0, np.inf, -np.inf])
    assert judge_direction(effects, "up").tolist() == [
        REPRODUCED, TOO_SMALL, TOO_SMALL, TOO_SMALL, OPPOSITE, REPRODUCED, OPPOSITE,
    ]  # fmt: skip
    assert judge_direction(-effects, "down").tolist() == judge_direction(effects, "up").tolist()


def test_no_change_lies_within_half_a_threshold() -> None:
    effects = np.array([0.0, 0.5, -0.5, 0.501, -0.501, 3.0])
    assert judge_direction(effects, "no change").tolist() == [REPRODUCED] * 3 + [DIFFERENT] * 3


@pytest.mark.parametrize("kind", ["up", "down", "no change"])
def test_what_is_not_a_number_is_never_reproduced(kind: str) -> None:
    assert judge_direction(np.array([np.nan]), kind)[0] != REPRODUCED  # type: ignore[arg-type]


def test_an_order_needs_every_step_and_its_ends() -> None:
    effects = np.array([[0.5, 0.5, 3.0, 0.6, -0.6, -3.0], [0.5, 0.49, 0.4, 0.3, -0.5, 1.0]])
    assert judge_order(effects).tolist() == [
        REPRODUCED, TOO_SMALL, TOO_SMALL, TOO_SMALL, OPPOSITE, OPPOSITE,
    ]  # fmt: skip


def test_an_order_with_something_that_is_no_number_is_not_reproduced() -> None:
    assert judge_order(np.array([[np.nan], [2.0]]))[0] != REPRODUCED


def test_partial_is_a_fifth_to_four_fifths_of_a_protection_that_is_there() -> None:
    removed = np.array([0.2, 0.8, 0.19, 0.81, 1.5, -0.01, 0.5, 0.5])
    protection = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.99, 1.0])
    assert judge_partial(protection, removed).tolist() == [
        REPRODUCED, REPRODUCED, DIFFERENT, DIFFERENT, DIFFERENT, OPPOSITE, TOO_SMALL, REPRODUCED,
    ]  # fmt: skip


def test_a_value_is_met_within_two_errors() -> None:
    values = np.array([2.0, 1.41, 2.59, 1.39, 2.61, 0.9])
    assert judge_value(values, 2.0, 0.3).tolist() == [
        REPRODUCED, REPRODUCED, REPRODUCED, DIFFERENT, DIFFERENT, OPPOSITE,
    ]  # fmt: skip


def test_a_value_without_error_is_met_within_a_factor() -> None:
    values = np.array([0.5, 0.749, 0.334, 0.751, 0.333, 1.2, 0.0])
    assert judge_value(values, 0.5, None).tolist() == [
        REPRODUCED, REPRODUCED, REPRODUCED, DIFFERENT, DIFFERENT, OPPOSITE, DIFFERENT,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("share", "name"),
    [
        (1.0, "built in"),
        (0.95, "built in"),
        (0.9499, "informative"),
        (0.5, "informative"),
        (0.05, "informative"),
        (0.0499, "against"),
        (0.0, "against"),
    ],
)
def test_classes_begin_at_95_and_at_5_percent(share: float, name: str) -> None:
    assert classify(share) == name
