"""What a matrix of doses says, over the draws: excess by each null, lines of equal effect, words by rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from mscape.engine.batch import Array
from mscape.treatment.combination import NULLS, Combination, Surface
from mscape.treatment.rank import ENDS, FEW, Interval, make_interval
from mscape.treatment.synergy import (
    INERT,
    Null,
    expect_iso_dose,
    find_iso_dose,
    interpolate_effect,
    refine_doses,
)

LEVELS = (0.25, 0.5, 0.75)  # effects whose lines are drawn
# Share of the draws that must have a number for the middle of a line, and of an expected one, to be one.
_MOST, _NEARLY_ALL = 0.5, 0.99


class Word(StrEnum):
    """What may be said of an excess by one null."""

    MORE = "above"
    LESS = "below"
    AS_EXPECTED = "at zero"
    OPEN = "open"
    NONE = "too few draws"


@dataclass(frozen=True)
class Excess:
    """The excess over one null, mean over the wells with both agents, in share of cells killed.

    Parameters
    ----------
    null
        One of `mscape.treatment.combination.NULLS`.
    alone, with_msc
        Without MSC and with them: 10th, 50th and 90th percentile over the draws; None if too few have one.
    difference
        With MSC less without, draw by draw.
    told, told_with_msc
        What may be said of it, without MSC and with them.
    """

    null: str
    alone: Interval | None
    with_msc: Interval | None
    difference: Interval | None
    told: Word
    told_with_msc: Word


@dataclass(frozen=True)
class Peak:
    """The pair of doses whose median excess is furthest from 0.

    Parameters
    ----------
    doses
        nM, of the drug and of its partner.
    excess
        10th, 50th and 90th percentile over the draws.
    """

    doses: tuple[float, float]
    excess: Interval


@dataclass(frozen=True)
class IsoLine:
    """Doses of the drug that, beside each dose of the partner, kill a share of the cells.

    Parameters
    ----------
    level
        The share.
    dose
        Of the partner, nM, the first 0, shape (dose,).
    found
        Of the drug, nM: 10th, 50th and 90th percentile, shape (3, dose); 0 where none is needed, infinite
        where none tried is enough, NaN where fewer than half of the draws say.
    expected
        Median of what Loewe's null expects (`expect_line`), shape (dose,).
    """

    level: float
    dose: Array
    found: Array
    expected: Array


def choose_word(excess: Interval | None) -> Word:
    """Choose what may be said of an excess.

    Parameters
    ----------
    excess
        10th, 50th and 90th percentile; None where too few draws have one.

    Examples
    --------
    >>> choose_word((0.02, 0.05, 0.1)).value, choose_word((-0.005, 0.0, 0.004)).value
    ('above', 'at zero')
    """
    if excess is None:
        return Word.NONE
    if excess[0] > INERT:
        return Word.MORE
    if excess[2] < -INERT:
        return Word.LESS
    return Word.AS_EXPECTED if excess[0] >= -INERT and excess[2] <= INERT else Word.OPEN


def summarise_excess(found: Combination) -> tuple[Excess, ...]:
    """Summarise the excess over each null.

    A draw counts by the mean over its wells of two doses above 0; wells that a null expects nothing of are
    left out of it, in the matrix without MSC and in that with them each by itself.
    """
    summaries = []
    for null in NULLS:
        alone, with_msc = (_mean(surface.scores[null]) for surface in (found.alone, found.with_msc))
        intervals = [make_interval(values, few=FEW) for values in (alone, with_msc, with_msc - alone)]
        words = choose_word(intervals[0]), choose_word(intervals[1])
        summaries.append(Excess(null, intervals[0], intervals[1], intervals[2], *words))
    return tuple(summaries)


def find_peak(surface: Surface, null: str) -> Peak | None:
    """Find the pair of doses with the largest median excess, above or below 0; None if none has one."""
    cells = take_percentiles(surface.scores[null])
    if not np.isfinite(cells[1]).any():
        return None
    row, column = np.unravel_index(np.nanargmax(np.abs(cells[1])), cells[1].shape)
    low, middle, high = (float(value) for value in cells[:, row, column])
    drug, partner = surface.doses
    return Peak((float(drug[row + 1]), float(partner[column + 1])), (low, middle, high))


def count_unexpected(surface: Surface) -> dict[Null, float]:
    """Return each reason for which Loewe's null expects nothing, to the share of wells where it holds."""
    null = surface.expected.null
    return {reason: float((null == reason).mean()) for reason in Null if reason != Null.FOUND}


def take_percentiles(values: Array) -> Array:
    """Return the 10th, 50th and 90th percentile over draws of each well, shape (3, …).

    NaN where fewer than `FEW` draws have a number.

    Parameters
    ----------
    values
        Shape (draw, …).
    """
    enough = np.isfinite(values).sum(axis=0) >= FEW
    kept = np.where(enough, values, 0.0)
    return np.where(enough, np.nanpercentile(kept, ENDS, axis=0), np.nan)


def find_iso_line(surface: Surface, level: float, *, finer: int = 1) -> IsoLine:
    """Find the line of one effect in a matrix, and what Loewe's null expects it to be.

    Parameters
    ----------
    surface
        The matrix.
    level
        Share of cells killed.
    finer
        Into how many steps each step of the partner's doses is cut; in between, effects are interpolated
        (`mscape.treatment.synergy.interpolate_effect`).
    """
    drug, partner = surface.doses
    dose, effect = _refine(partner, surface.effect, finer)
    columns = [find_iso_dose(drug, effect[:, :, place], level) for place in range(len(dose))]
    found = _take_order(np.stack(columns, axis=1), _MOST)
    return IsoLine(level, dose, found, expect_line(surface, level, dose))


def _refine(partner: Array, effect: Array, finer: int) -> tuple[Array, Array]:
    """Return the partner's doses and the effects at more of them; draws not solved stay NaN."""
    if finer == 1:
        return partner, effect
    fine = refine_doses(partner[1:], finer)
    solved = np.isfinite(effect).all(axis=(1, 2))
    between = np.full((*effect.shape[:2], len(fine)), np.nan)
    between[solved] = interpolate_effect(partner[1:], effect[solved][:, :, 1:], fine)
    return np.concatenate([[0.0], fine]), np.concatenate([effect[:, :, :1], between], axis=2)


def expect_line(surface: Surface, level: float, dose: Array) -> Array:
    """Return the median of what Loewe's null expects of the drug beside doses of the partner, shape (dose,).

    0 and infinite as in `IsoLine`; NaN everywhere unless nearly all draws say, as the median of some draws is
    no match for the line of all.
    """
    found = expect_iso_dose(dose, surface.curves, level)
    defined = np.logical_not(np.isnan(found).any(axis=1))
    return np.asarray(_take_order(np.where(defined[:, None], found, np.nan), _NEARLY_ALL)[1])


def _take_order(values: Array, least: float) -> Array:
    """Return percentiles over draws as values that occur: infinite ones have their place, too.

    NaN where less than a least share of the draws has a number.
    """
    result = np.full((3, values.shape[1]), np.nan)
    for place, column in enumerate(values.T):
        kept = column[~np.isnan(column)]
        if kept.size >= max(FEW, least * len(column)):
            result[:, place] = np.percentile(kept, ENDS, method="nearest")
    return result


def _mean(score: Array) -> Array:
    """Return the mean over wells that have a score, shape (draw,); NaN where none has."""
    known = np.isfinite(score)
    count = known.sum(axis=(1, 2))
    total = np.where(known, score, 0.0).sum(axis=(1, 2))
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
