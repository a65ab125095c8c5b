"""What two agents do together beyond what each does alone: four nulls, one sign.

Effects are shares of cells killed, 1 less viability, of shape (draw, dose of a, dose of b), whose first doses
are 0. A score is the effect less what the null expects, so that above 0 more cells die than that: synergy.
Scores are for pairs of doses above 0, shape (draw, dose of a - 1, dose of b - 1); NaN where an effect is NaN.

``docs/explanation/combinations.md`` says what each null claims, and what it does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from mscape.engine.batch import Array
from mscape.treatment.log_logistic import fit_log_logistic

INERT = 0.01  # share of cells: an agent that moves no more alone, at any dose, has no effect
_FINE = 16  # points between two doses of a curve
_HALVINGS = 50
_LEAST, _ALL = 1e-6, 1e-12  # no effect, and what is left of all cells, where log odds are taken


class Null(IntEnum):
    """Why a cell has no expected effect under Loewe's null, or that it has one."""

    FOUND = 0
    NOT_SOLVED = 1
    BEYOND_REACH = 2
    SAVES = 3

    @property
    def words(self) -> str:
        """The reason in words."""
        return (
            "found",
            "not solved",
            "the weaker agent alone does not reach the effect at any dose",
            "an agent alone leaves more cells alive than there were without it",
        )[self]


@dataclass(frozen=True)
class Curve:
    """An agent alone, at many doses.

    Parameters
    ----------
    dose
        Above 0, rising, in the unit of the matrix, shape (dose,).
    effect
        Share of cells killed, shape (draw, dose).
    """

    dose: Array
    effect: Array

    @property
    def is_inert(self) -> NDArray[np.bool_]:
        """Where it moves nothing at any dose, shape (draw,)."""
        return np.asarray(np.abs(self.effect).max(axis=1) < INERT)

    @property
    def saves(self) -> NDArray[np.bool_]:
        """Where some dose leaves more cells alive than none, shape (draw,)."""
        return np.asarray(self.effect.min(axis=1) <= -INERT)


@dataclass(frozen=True)
class Expected:
    """What a null expects of pairs of doses, shape (draw, dose of a, dose of b) each, and why it does not."""

    effect: Array
    null: NDArray[np.int64]


def score_bliss(effect: Array) -> Array:
    """Return the excess over independence: E(a, b) - (E(a) + E(b) - E(a) E(b)).

    Source: Bliss 1939, doi 10.1111/j.1744-7348.1939.tb06990.x.

    Examples
    --------
    >>> score_bliss(np.array([[[0.0, 0.5], [0.5, 0.9]]])).round(3).tolist()
    [[[0.15]]]
    """
    alone_a, alone_b = effect[:, 1:, :1], effect[:, :1, 1:]
    return np.asarray(effect[:, 1:, 1:] - (alone_a + alone_b - alone_a * alone_b))


def score_hsa(effect: Array) -> Array:
    """Return the excess over the better agent alone: E(a, b) - max(E(a), E(b)).

    Source: highest single agent, Berenbaum 1989, PMID 2692037.

    Examples
    --------
    >>> score_hsa(np.array([[[0.0, 0.5], [0.5, 0.9]]])).round(3).tolist()
    [[[0.4]]]
    """
    return np.asarray(effect[:, 1:, 1:] - np.maximum(effect[:, 1:, :1], effect[:, :1, 1:]))


def score_loewe(effect: Array, expected: Expected) -> Array:
    """Return the excess over dose additivity, as `expect_loewe` has it; NaN where it expects nothing."""
    return np.asarray(effect[:, 1:, 1:] - expected.effect)


def expect_loewe(dose: tuple[Array, Array], effect: Array, curves: tuple[Curve, Curve]) -> Expected:
    """Find the effect at which the doses are fractions of equally strong ones that add up to 1.

    a / D_a(E) + b / D_b(E) = 1, where D(E) is the least dose of an agent alone that kills E. The curves are
    those of the model, interpolated, and no fit: an agent with itself is then additive. If the weaker agent
    reaches no such effect nothing is expected, nor where an agent alone saves cells; an agent without effect
    (`INERT`) is no dose of anything, and what the other does alone is expected.

    Parameters
    ----------
    dose
        Of a and of b, each beginning with 0, in the unit of its curve.
    effect
        Shape (draw, dose of a, dose of b).
    curves
        Of a and of b alone.

    Source: Loewe 1953, PMID 13081480.
    """
    wells = np.broadcast_arrays(effect[:, 1:, 1:], dose[0][1:, None], dose[1][None, 1:])
    at_a, at_b = wells[1], wells[2]
    inverse_a, inverse_b = (_Inverse.make(curve) for curve in curves)

    def spare(level: Array) -> Array:
        return at_a / inverse_a.find(level) + at_b / inverse_b.find(level) - 1.0

    high = np.broadcast_to(np.minimum(inverse_a.most, inverse_b.most)[:, None, None], at_a.shape)
    low = np.zeros_like(high)
    beyond = spare(high) > 0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        more = spare(middle) > 0
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    inert_a, inert_b = (curve.is_inert[:, None, None] for curve in curves)
    both = np.maximum(effect[:, 1:, :1], effect[:, :1, 1:])
    alone = np.where(inert_a & inert_b, both, np.where(inert_b, effect[:, 1:, :1], effect[:, :1, 1:]))
    null = np.where(beyond, Null.BEYOND_REACH, Null.FOUND)
    saves = (curves[0].saves | curves[1].saves)[:, None, None]
    null = np.where(saves, Null.SAVES, null)
    null = np.where(inert_a | inert_b, Null.FOUND, null)
    known = np.isfinite(inverse_a.most + inverse_b.most)[:, None, None] & np.isfinite(wells[0])
    null = np.where(known, null, Null.NOT_SOLVED)
    level = np.where(inert_a | inert_b, alone, (low + high) / 2)
    return Expected(np.where(null == Null.FOUND, level, np.nan), null.astype(np.int64))


def score_zip(dose: tuple[Array, Array], effect: Array) -> Array:
    """Return the excess over zero interaction potency: delta of the fitted surface.

    Each agent alone, and each at every dose of the other, is a log-logistic curve; the null is that the other
    changes neither its middle nor its slope, which with all cells killed at the top is Bliss' independence of
    the fitted curves. What is scored is the mean of both fits of a well, less that.

    Parameters
    ----------
    dose
        Of a and of b, each beginning with 0.
    effect
        Shape (draw, dose of a, dose of b); at least three doses above 0 of each.

    Source: Yadav et al. 2015, doi 10.1016/j.csbj.2015.09.001.
    """
    draws = len(effect)
    at_a, at_b = dose[0][1:], dose[1][1:]
    none = np.zeros(draws)
    alone_a = fit_log_logistic(at_a, effect[:, 1:, 0], none).read(at_a)
    alone_b = fit_log_logistic(at_b, effect[:, 0, 1:], none).read(at_b)
    inner = effect[:, 1:, 1:]
    along_a = _fit_rows(at_a, np.moveaxis(inner, 1, 2), alone_b)
    along_b = _fit_rows(at_b, inner, alone_a)
    fitted = (np.moveaxis(along_a, 2, 1) + along_b) / 2
    first, second = alone_a[:, :, None], alone_b[:, None, :]
    return np.asarray(fitted - (first + second - first * second))


def _fit_rows(dose: Array, effect: Array, start: Array) -> Array:
    """Return fitted effects, shape (draw, row, dose), of rows that begin at an effect each, (draw, row)."""
    flat = fit_log_logistic(dose, effect.reshape(-1, len(dose)), start.reshape(-1))
    return flat.read(dose).reshape(effect.shape)


def refine_doses(dose: Array, finer: int) -> Array:
    """Return doses above 0 with each step cut into so many equal ones of the logarithm."""
    steps = np.arange((len(dose) - 1) * finer + 1) / finer
    return np.exp(np.interp(steps, np.arange(len(dose)), np.log(dose)))


def interpolate_effect(dose: Array, effect: Array, fine: Array) -> Array:
    """Interpolate effects by monotone cubics of their log odds over log dose, which are nearly straight.

    Parameters
    ----------
    dose
        Above 0, rising, shape (dose,).
    effect
        Finite, shape (…, dose); below `_LEAST` they count as that.
    fine
        Doses within those, shape (fine,).
    """
    from scipy.interpolate import PchipInterpolator
    from scipy.special import expit, logit

    if not effect.size:
        return np.zeros((*effect.shape[:-1], len(fine)))
    odds = logit(np.clip(effect, _LEAST, 1 - _ALL))
    return np.asarray(expit(PchipInterpolator(np.log(dose), odds, axis=-1)(np.log(fine))))


def find_iso_dose(dose: Array, effect: Array, level: float) -> Array:
    """Return the least dose at which a row of wells reaches an effect, shape (draw,).

    0 where it is reached without any, infinite where no dose tried reaches it, NaN where a well was not
    solved.

    Parameters
    ----------
    dose
        Of the agent that varies, beginning with 0, shape (dose,).
    effect
        Share of cells killed, shape (draw, dose).
    level
        Above 0.
    """
    inverse = _Inverse.make(Curve(dose[1:], effect[:, 1:]), effect[:, 0])
    found = inverse.find(np.full((len(effect), 1), level))[:, 0]
    found = np.where(effect[:, 0] >= level, 0.0, found)
    return np.where(np.isfinite(inverse.most), found, np.nan)


def expect_iso_dose(dose: Array, curves: tuple[Curve, Curve], level: float) -> Array:
    """Return the dose of a that, by Loewe's null, reaches an effect beside each dose of b.

    Parameters
    ----------
    dose
        Of b, shape (dose,).
    curves
        Of a and of b alone.
    level
        Above 0.

    Returns
    -------
    Array
        Shape (draw, dose): 0 where b alone is enough, infinite where a alone is never; NaN where b has an
        effect and never this one.
    """
    wanted = np.full((len(curves[0].effect), 1), level)
    alone_a, alone_b = (_Inverse.make(curve).find(wanted) for curve in curves)
    with np.errstate(invalid="ignore"):
        left = np.maximum(1.0 - dose[None, :] / alone_b, 0.0)
        line = np.where(left > 0, alone_a * left, 0.0)
    inert = curves[1].is_inert[:, None]
    line = np.where(inert, alone_a, line)
    unknown = ~np.isfinite(alone_b) & ~inert & (dose[None, :] > 0)
    effects = np.concatenate([curve.effect for curve in curves], axis=1)
    solved = np.isfinite(effects.sum(axis=1, keepdims=True))
    return np.where(unknown | ~solved, np.nan, line)


@dataclass(frozen=True)
class _Inverse:
    """Least dose that reaches an effect, of many curves: finely interpolated, and never falling."""

    dose: Array
    effect: Array

    @classmethod
    def make(cls, curve: Curve, begin: Array | None = None) -> _Inverse:
        """Interpolate curves, from no dose and an effect there (0) on."""
        fine = refine_doses(curve.dose, _FINE)
        solved = np.isfinite(curve.effect).all(axis=1)
        effect = np.full((len(curve.effect), len(fine)), np.nan)
        effect[solved] = interpolate_effect(curve.dose, curve.effect[solved], fine)
        start = np.where(solved, 0.0 if begin is None else begin, np.nan)[:, None]
        rising = np.maximum.accumulate(np.concatenate([start, effect], axis=1), axis=1)
        return cls(np.concatenate([[0.0], fine]), rising)

    @property
    def most(self) -> Array:
        """The largest effect, shape (draw,)."""
        return self.effect[:, -1]

    def find(self, level: Array) -> Array:
        """Return the dose for each level, shape (draw, …); infinite where no dose reaches it."""
        count = self.effect.shape[1]
        known = np.nan_to_num(self.effect)
        apart = (np.abs(known).max() + 2.0) * 2 * np.arange(len(known))  # one sorted row of all draws
        flat = (known + apart[:, None]).reshape(-1)
        shift = apart.reshape(-1, *(1,) * (level.ndim - 1))
        first = np.searchsorted(flat, level + shift) - (np.arange(len(known)) * count).reshape(shift.shape)
        at = np.clip(first, 1, count - 1)
        rows = np.arange(len(known)).reshape(shift.shape)
        under, over = known[rows, at - 1], known[rows, at]
        share = np.clip((level - under) / np.where(over > under, over - under, 1.0), 0.0, 1.0)
        found = self.dose[at - 1] + share * (self.dose[at] - self.dose[at - 1])
        return np.where(level > self.most.reshape(shift.shape), np.inf, np.maximum(found, 1e-300))
