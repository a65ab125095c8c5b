"""How well a reading tells two outcomes apart: the area under the curve that biologists read, with interval.

0.5 is chance; 1, a reading above some value always means yes; 0, always no. It sees order only: a reading
that counts in the middle has bits, and no area.

Source: DeLong, DeLong, Clarke-Pearson 1988, doi 10.2307/2531595.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mscape.experiments.interval import Interval
from mscape.experiments.prior import Z95

Array = NDArray[np.float64]
CHANCE = 0.5


class Direction(StrEnum):
    """Which end of a reading goes with yes."""

    HIGH = "high"
    LOW = "low"
    NEITHER = "neither"


def measure_area(reading: Array, outcome: NDArray[np.bool_]) -> Interval | None:
    """Measure the area under the receiver operating characteristic: low, value, high of its 90 % interval.

    Parameters
    ----------
    reading
        Shape (member,), any unit; NaN where there is none.
    outcome
        Shape (member,).

    Returns
    -------
    tuple or None
        None where fewer than two members have either outcome.

    Examples
    --------
    >>> measure_area(np.array([1.0, 2.0, 3.0, 4.0]), np.array([False, False, True, True]))
    (1.0, 1.0, 1.0)
    """
    from scipy.stats import rankdata

    known = np.isfinite(reading)
    x, is_yes = reading[known], outcome[known]
    yes, no = int(is_yes.sum()), int((~is_yes).sum())
    if min(yes, no) < 2:
        return None
    ranks = rankdata(x)  # ties share the middle
    above = (ranks[is_yes] - rankdata(x[is_yes])) / no  # share of the others below each yes
    below = 1.0 - (ranks[~is_yes] - rankdata(x[~is_yes])) / yes  # share of yes above each other
    area = float(above.mean())
    wide = Z95 * float(np.sqrt(above.var(ddof=1) / yes + below.var(ddof=1) / no))
    return max(area - wide, 0.0), area, min(area + wide, 1.0)


def find_direction(area: Interval | None) -> Direction:
    """Return which end of a reading goes with yes; neither where the interval holds a half.

    Examples
    --------
    >>> find_direction((0.2, 0.3, 0.4)).value
    'low'
    """
    if area is None or area[0] <= CHANCE <= area[2]:
        return Direction.NEITHER
    return Direction.HIGH if area[1] > CHANCE else Direction.LOW
