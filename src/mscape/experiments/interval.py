"""Intervals: of what draws give, and of a share that was counted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mscape.experiments.prior import Z95

Interval = tuple[float, float, float]
ENDS = (5.0, 50.0, 95.0)


def find_interval(
    values: NDArray[Any], *, ends: tuple[float, float, float] = ENDS, few: int = 1
) -> Interval | None:
    """Return percentiles of what is finite; None if that is fewer than ``few``.

    Examples
    --------
    >>> find_interval(np.array([0.0, 1.0, 2.0, np.nan]), ends=(0, 50, 100))
    (0.0, 1.0, 2.0)
    """
    finite = values[np.isfinite(values)]
    if finite.size < few:
        return None
    low, middle, high = np.percentile(finite, ends)
    return float(low), float(middle), float(high)


def wilson_interval(share: float, count: float) -> tuple[float, float]:
    """Return the 90 % interval of a share seen in so many cases.

    Source: Wilson 1927, doi 10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> [round(end, 2) for end in wilson_interval(0.8, 100)]
    [0.73, 0.86]
    """
    z = Z95**2 / count
    middle = (share + z / 2) / (1 + z)
    half = float(np.sqrt(share * (1 - share) * z + z**2 / 4) / (1 + z))
    return float(middle - half), float(middle + half)
