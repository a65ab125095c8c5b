"""How the variance of an outcome splits between tumours, donors and what only their pairing gives.

Tumours and donors are crossed: each tumour beside the MSC of each donor, once. Mean squares of a two-way
table with random effects give the three parts; a model has no noise, so that what is left is interaction.
Intervals: tumours and donors are drawn again, both with replacement, which is a little too wide.

Source: Searle, Casella, McCulloch 1992, doi 10.1002/9780470316856, chapter 4 (components); Owen 2007, doi
10.1214/07-AOAS122 (drawing rows and columns again).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.engine.random import draw_uniform
from mscape.experiments.interval import Interval, find_interval

Array = NDArray[np.float64]

RESAMPLES = 200
LEAST_GROUPS = 3  # tumours and donors that a split needs


@dataclass(frozen=True)
class Split:
    """Shares of the variance: 5th percentile, value, 95th percentile. The three values add up to 1.

    Parameters
    ----------
    tumours
        Between tumours: the intraclass share of wells of one tumour. It holds all that is unknown, too.
    donors
        Between donors of MSC.
    pairing
        Of a tumour and a donor together, beyond both.
    deviation
        Standard deviation of the outcome, in its own unit.
    table
        How many tumours and donors there were; tumours with a well that has no answer are left out.
    """

    tumours: Interval
    donors: Interval
    pairing: Interval
    deviation: float
    table: tuple[int, int]


def split_variance(values: Array, *, seed: int) -> Split | None:
    """Split the variance of an outcome.

    Parameters
    ----------
    values
        Shape (tumour, donor), in any unit; NaN where a well has no answer.
    seed
        Of the resamples.

    Returns
    -------
    Split or None
        None where fewer than three tumours or donors are left, or nothing varies.

    Examples
    --------
    >>> tumours, donors = np.arange(4.0)[:, None], np.zeros((1, 5))
    >>> split_variance(tumours + donors, seed=1).tumours[1]
    1.0
    """
    whole = values[np.isfinite(values).all(axis=1)]
    if min(whole.shape) < LEAST_GROUPS or np.ptp(whole) == 0:
        return None
    parts = _measure_parts(whole)
    again = zip(
        _draw_again(seed, "row", len(whole)), _draw_again(seed, "column", whole.shape[1]), strict=True
    )
    drawn = np.array([_measure_parts(whole[np.ix_(rows, columns)]) for rows, columns in again])
    total = drawn.sum(axis=1, keepdims=True)
    shares = drawn / np.where(total > 0, total, np.nan)
    tumours, donors, pairing = (
        _surround(value, shares[:, place]) for place, value in enumerate(parts / parts.sum())
    )
    deviation = float(np.sqrt(parts.sum()))
    return Split(tumours, donors, pairing, deviation, (len(whole), whole.shape[1]))


def _surround(value: float, drawn: Array) -> Interval:
    """Return a value with the ends of what was drawn again, which it may lie beyond."""
    low, _, high = find_interval(drawn) or (value, value, value)
    return min(low, float(value)), float(value), max(high, float(value))


def _draw_again(seed: int, name: str, size: int) -> NDArray[np.int64]:
    drawn = draw_uniform(seed, f"variance:{name}", 0, RESAMPLES * size)
    return np.minimum((drawn * size).astype(np.int64), size - 1).reshape(RESAMPLES, size)


def _measure_parts(table: Array) -> Array:
    """Return the variance between rows, between columns and of the rest; what is below 0 by chance is 0."""
    t, d = table.shape
    mean, rows, columns = table.mean(), table.mean(axis=1), table.mean(axis=0)
    rest = table - rows[:, None] - columns[None, :] + mean
    left = float((rest**2).sum()) / ((t - 1) * (d - 1))
    between = d * float(((rows - mean) ** 2).sum()) / (t - 1)
    across = t * float(((columns - mean) ** 2).sum()) / (d - 1)
    return np.array([max((between - left) / d, 0.0), max((across - left) / t, 0.0), left])
