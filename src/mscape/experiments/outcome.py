"""When does a simulated contrast say what the paper says? Thresholds, fixed before any model was run.

An effect is the arm's reading against its reference: a difference (viability, GR), points (apoptosis) or a
ratio (IC50, molecules, count).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Scale = Literal["difference", "points", "ratio"]

MAKES_NO_DIFFERENCE = 0.5  # "no change" lies within this share of a threshold
PARTIAL = (0.2, 0.8)  # share of the protection that a "partial" perturbation removes
READABLE = (0.1, 0.9)  # loss of viability of the reference arm outside which a plate says nothing
_POINTS_FOLD = 1.25  # a change in apoptosis must also be this many times


class Outcome(StrEnum):
    """How one trajectory did on one contrast."""

    REPRODUCED = "reproduced"
    TOO_SMALL = "too small"
    OPPOSITE = "opposite"
    DIFFERENT = "different"
    SATURATED = "saturated"
    FAILED = "failed"


@dataclass(frozen=True)
class Threshold:
    """The least effect that counts, and on which scale it is measured."""

    scale: Scale
    least: float


THRESHOLDS: dict[str, Threshold] = {
    "viability": Threshold("difference", 0.10),
    "viability_well": Threshold("difference", 0.10),
    "colonies": Threshold("difference", 0.10),
    "gr": Threshold("difference", 0.10),
    "count": Threshold("ratio", 1.10),
    "apoptosis": Threshold("points", 5.0),
    "ic50": Threshold("ratio", 1.5),
    "drug_cell": Threshold("ratio", 1.5),
    "phospho": Threshold("ratio", 1.5),
    "protein": Threshold("ratio", 1.5),
    "fraction": Threshold("ratio", 1.5),
    "level": Threshold("ratio", 1.5),
    "rna": Threshold("ratio", 2.0),
    "cytokine": Threshold("ratio", 2.0),
}


def measure_effect(arm: Array, versus: Array, threshold: Threshold) -> Array:
    """Return the effect in thresholds, shape as given: 1 is the least that counts, -1 the same other way.

    A ratio is measured on a log scale; points (apoptosis, percent) also need the fold, so that the smaller of
    the two speaks.
    """
    if threshold.scale == "difference":
        return (arm - versus) / threshold.least
    tiny = 1e-12
    # a level a solver's rounding below 0 is 0
    fold = np.log((np.maximum(arm, 0.0) + tiny) / (np.maximum(versus, 0.0) + tiny))
    if threshold.scale == "ratio":
        return np.asarray(fold / np.log(threshold.least))
    points = (arm - versus) / threshold.least
    folds = fold / np.log(_POINTS_FOLD)
    return np.where(np.abs(points) < np.abs(folds), points, folds)


def judge_direction(effect: Array, kind: Literal["up", "down", "no change"]) -> NDArray[np.str_]:
    """Judge effects (in thresholds) against a reported direction."""
    if kind == "no change":
        return np.where(np.abs(effect) <= MAKES_NO_DIFFERENCE, Outcome.REPRODUCED, Outcome.DIFFERENT)
    signed = effect if kind == "up" else -effect
    return np.where(
        signed >= 1, Outcome.REPRODUCED, np.where(signed <= -1, Outcome.OPPOSITE, Outcome.TOO_SMALL)
    )


def judge_order(effects: Array) -> NDArray[np.str_]:
    """Judge effects of neighbours, shape (pair, trajectory): half a threshold each, a whole for the ends."""
    whole = effects.sum(axis=0)
    ordered = (effects >= MAKES_NO_DIFFERENCE).all(axis=0) & (whole >= 1)
    return np.where(ordered, Outcome.REPRODUCED, np.where(whole <= -1, Outcome.OPPOSITE, Outcome.TOO_SMALL))


def measure_margin(effect: Array, kind: Literal["up", "down", "no change"]) -> Array:
    """Return by how many thresholds effects are on the right side of what counts: 0 or more is reproduced."""
    if kind == "no change":
        return np.asarray(MAKES_NO_DIFFERENCE - np.abs(effect))
    return np.asarray((effect if kind == "up" else -effect) - 1)


def measure_order_margin(effects: Array) -> Array:
    """Return the margin of an order: of its narrowest pair or of its ends, whichever is less."""
    return np.asarray(np.minimum(effects.min(axis=0) - MAKES_NO_DIFFERENCE, effects.sum(axis=0) - 1))


def measure_partial_margin(protection: Array, removed: Array) -> Array:
    """Return the margin of a partial reversal, the width of its range counting as two thresholds."""
    middle, half = sum(PARTIAL) / 2, (PARTIAL[1] - PARTIAL[0]) / 2
    return np.asarray(np.minimum(protection - 1, (half - np.abs(removed - middle)) / half))


def measure_value_margin(value: Array, reported: float, error: float | None) -> Array:
    """Return the margin of a reported ratio in errors, or in factors of 1.5 where no error is given."""
    if error:
        return np.asarray(2 - np.abs(value - reported) / error)
    return np.asarray(1 - np.abs(np.log(np.maximum(value, 1e-12) / reported)) / np.log(1.5))


def judge_partial(protection: Array, removed: Array) -> NDArray[np.str_]:
    """Judge a partial reversal: protection (in thresholds) is there, a fifth to four fifths of it removed."""
    inside = (removed >= PARTIAL[0]) & (removed <= PARTIAL[1])
    verdict = np.where(inside, Outcome.REPRODUCED, np.where(removed < 0, Outcome.OPPOSITE, Outcome.DIFFERENT))
    return np.where(protection < 1, Outcome.TOO_SMALL, verdict)


def judge_value(value: Array, reported: float, error: float | None) -> NDArray[np.str_]:
    """Judge a reported ratio: within two errors, or within a factor of 1.5 where no error is given."""
    if error:
        inside = np.abs(value - reported) <= 2 * error
    else:
        inside = np.abs(np.log(np.maximum(value, 1e-12) / reported)) <= np.log(1.5)
    wrong_way = (value - 1) * (reported - 1) < 0
    return np.where(inside, Outcome.REPRODUCED, np.where(wrong_way, Outcome.OPPOSITE, Outcome.DIFFERENT))


def classify(share: float) -> str:
    """Class of a contrast by the share of draws that reproduce it: built in, informative or against."""
    if share >= 0.95:
        return "built in"
    return "informative" if share >= 0.05 else "against"
