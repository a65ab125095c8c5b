"""Log-logistic curves through effects, many at a time: the same fit whatever stands beside it.

    effect(x) = start + (top - start) · x^h / (m^h + x^h)

``start`` is given, so that three numbers are free. The top has a closed form where m and h are known; these
two are looked for on a grid, and from its best point on by steps that are kept where they help.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mscape.engine.batch import Array

HILLS = (0.3, 8.0)  # slopes looked at
TOPS = (-2.0, 1.0)  # effects a curve may end at: all cells killed, or three times as many
_BEYOND = 10.0  # how far beyond the doses the middle may lie
_GRID, _STEPS = (41, 13), 40

Bounds = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class LogLogistic:
    """Fitted curves.

    Parameters
    ----------
    start, top
        Effect at dose 0 and without end of dose, shape (curve,).
    middle
        Dose in between, in the unit of the doses, shape (curve,).
    hill
        Slope, shape (curve,).
    """

    start: Array
    top: Array
    middle: Array
    hill: Array

    def read(self, dose: Array) -> Array:
        """Return effects at doses of shape (dose,), shape (curve, dose)."""
        share = _rise(dose, np.log(self.middle), self.hill)
        return np.asarray(self.start[:, None] + (self.top - self.start)[:, None] * share)


def fit_log_logistic(dose: Array, effect: Array, start: Array) -> LogLogistic:
    """Fit a curve to each row of effects by least squares.

    Parameters
    ----------
    dose
        Above 0, rising, any one unit, shape (dose,).
    effect
        Share of cells killed, shape (curve, dose); a row that is not all finite gives NaN.
    start
        Effect at dose 0, shape (curve,).

    Examples
    --------
    >>> dose = np.array([0.1, 0.3, 1.0, 3.0, 10.0])
    >>> found = fit_log_logistic(dose, 0.8 * (dose / (2 + dose))[None, :], np.zeros(1))
    >>> bool(np.abs(found.read(dose) - 0.8 * dose / (2 + dose)).max() < 1e-3)
    True
    """
    low, high = np.log(dose[0] / _BEYOND), np.log(dose[-1] * _BEYOND)
    bounds = (low, high), (np.log(HILLS[0]), np.log(HILLS[1]))
    grid = np.stack(
        np.meshgrid(*(np.linspace(*pair, n) for pair, n in zip(bounds, _GRID, strict=True))), axis=-1
    )
    tried = np.broadcast_to(grid.reshape(1, -1, 2), (len(effect), _GRID[0] * _GRID[1], 2))
    best = np.nan_to_num(_miss(dose, effect, start, tried), nan=np.inf).argmin(axis=1)
    place = _improve(dose, effect, start, tried[np.arange(len(effect)), best], bounds)
    middle, hill = place[:, 0], np.exp(place[:, 1])
    top = _find_top(_rise(dose, middle, hill), effect, start)
    lost = ~(np.isfinite(effect).all(axis=1) & np.isfinite(start))
    parts = (start, top, np.exp(middle), hill)
    return LogLogistic(*(np.where(lost, np.nan, part) for part in parts))


def _improve(dose: Array, effect: Array, start: Array, place: Array, bounds: Bounds) -> Array:
    """Return better places, log of middle and of slope, by damped least squares in these two.

    Source: Levenberg 1944, doi 10.1090/qam/10666; with the top projected out, Kaufman 1975, doi
    10.1007/BF01932995.
    """
    damping = np.full(len(place), 1e-2)
    least = _miss(dose, effect, start, place[:, None, :])[:, 0]
    for _ in range(_STEPS):
        step = _find_step(dose, effect, start, place, damping)
        moved = np.stack([np.clip(place[:, i] + step[:, i], *bounds[i]) for i in (0, 1)], axis=1)
        miss = _miss(dose, effect, start, moved[:, None, :])[:, 0]
        better = miss < least
        place, least = np.where(better[:, None], moved, place), np.where(better, miss, least)
        damping = np.clip(np.where(better, damping / 5, damping * 4), 1e-12, 1e8)
    return place


def _find_step(dose: Array, effect: Array, start: Array, place: Array, damping: Array) -> Array:
    hill = np.exp(place[:, 1])
    rise = _rise(dose, place[:, 0], hill)
    top = _find_top(rise, effect, start)
    height = (top - start)[:, None]
    slope = height * rise * (1 - rise) * hill[:, None]
    columns = np.stack([-slope, slope * (np.log(dose) - place[:, :1])], axis=1)  # by log middle, log slope
    free = ((top > TOPS[0]) & (top < TOPS[1]))[:, None, None]
    along = (columns * rise[:, None, :]).sum(axis=2, keepdims=True) / np.maximum(
        (rise**2).sum(axis=1), 1e-12
    )[:, None, None]
    columns = columns - np.where(free, along * rise[:, None, :], 0.0)
    left = effect - (start[:, None] + height * rise)
    pull = np.einsum("nij,nj->ni", columns, left)
    square = np.einsum("nij,nkj->nik", columns, columns)
    a, b, c = square[:, 0, 0], square[:, 0, 1], square[:, 1, 1]
    a, c = a * (1 + damping) + 1e-14, c * (1 + damping) + 1e-14
    scale = a * c - b * b
    return np.stack(
        [(c * pull[:, 0] - b * pull[:, 1]) / scale, (a * pull[:, 1] - b * pull[:, 0]) / scale], axis=1
    )


def _rise(dose: Array, middle: Array, hill: Array) -> Array:
    """Return the share of the way to the top; a last axis of doses is added."""
    power = hill[..., None] * (np.log(dose) - middle[..., None])
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(power, -500, 500))))


def _find_top(rise: Array, effect: Array, start: Array) -> Array:
    squares = np.maximum((rise**2).sum(axis=-1), 1e-12)
    height = (rise * (effect - start[..., None])).sum(axis=-1) / squares
    return np.asarray(np.clip(start + height, *TOPS))


def _miss(dose: Array, effect: Array, start: Array, tried: Array) -> Array:
    """Return the sum of squares at each place tried, shape (curve, place)."""
    rise = _rise(dose, tried[..., 0], np.exp(tried[..., 1]))
    begin = np.broadcast_to(start[:, None], tried.shape[:2])
    top = _find_top(rise, effect[:, None, :], begin)
    fitted = begin[..., None] + (top - begin)[..., None] * rise
    return np.asarray(((effect[:, None, :] - fitted) ** 2).sum(axis=-1))
