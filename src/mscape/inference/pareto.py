"""Importance weights whose largest are smoothed, and a number that says whether they can be trusted.

The largest weights are replaced by the expected order statistics of a generalised Pareto distribution fitted
to them. Its shape k is the diagnosis: above `limit_shape`, more particles are asked for than there are. The
weights then stay as they are: a distribution that does not fit would lose the one that stands out.

Source: Vehtari, Simpson, Gelman, Yao, Gabry 2024, Pareto smoothed importance sampling, Journal of Machine
Learning Research 25(72); its use for what is left out: Vehtari, Gelman, Gabry 2017, doi
10.1007/s11222-016-9696-4. The fit: Zhang and Stephens 2009, doi 10.1198/tech.2009.08017.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_LEAST_TAIL = 5  # weights to which a distribution can be fitted
_PRIOR_COUNT, _PRIOR_SHAPE = 10, 0.5  # the shape of few weights is drawn to a half, as the source does


_TIED = 1e-9  # of the largest excess: what equal weights, of particles that are copies, count as


@dataclass(frozen=True)
class Weights:
    """Weights of particles.

    Parameters
    ----------
    weights
        Shape (particle,), of sum 1.
    shape
        k of the tail: 0 or less for bounded weights, above a half of infinite variance; -inf where all are
        alike.
    effective
        How many equally weighted particles are worth as much.
    """

    weights: Array
    shape: float
    effective: float


def limit_shape(count: int) -> float:
    """Return the largest k at which so many particles are enough: 0.7, and less for fewer than 2,200.

    Source: Vehtari et al. 2024, equation 13.

    Examples
    --------
    >>> round(limit_shape(300), 2), limit_shape(10_000)
    (0.6, 0.7)
    """
    return float(min(1 - 1 / np.log10(max(count, 11)), 0.7))


def smooth_weights(log_weights: Array) -> Weights:
    """Smooth importance weights.

    Parameters
    ----------
    log_weights
        Natural logarithms up to a constant, finite, shape (particle,).

    Examples
    --------
    >>> smooth_weights(np.zeros(100)).effective
    100.0
    """
    count = len(log_weights)
    weights = np.exp(log_weights - log_weights.max())
    length = int(np.ceil(min(0.2 * count, 3 * np.sqrt(count))))
    order = np.argsort(weights, kind="stable")
    tail = order[count - length :]
    cut = weights[order[count - length - 1]] if length < count else 0.0
    shape = -np.inf if length >= _LEAST_TAIL else np.inf
    if np.ptp(weights) <= 1e-12:
        shape = -np.inf
    elif length >= _LEAST_TAIL and weights[tail[-1]] > cut:
        excess = weights[tail] - cut
        shape, scale = fit_pareto(np.maximum(excess, _TIED * excess[-1]))
        if shape <= limit_shape(count):
            share = (np.arange(length) + 0.5) / length
            weights[tail] = np.minimum(cut + _place_quantiles(share, shape, scale), 1.0)
    weights /= weights.sum()
    return Weights(weights, float(shape), float(1 / (weights**2).sum()))


def fit_pareto(excess: Array) -> tuple[float, float]:
    """Fit a generalised Pareto distribution to what exceeds a threshold.

    Parameters
    ----------
    excess
        Above 0, ascending, shape (value,).

    Returns
    -------
    tuple
        Shape k and scale.
    """
    count = len(excess)
    trials = np.arange(1, 31 + int(np.sqrt(count)))
    quartile = excess[max(int(count / 4 + 0.5) - 1, 0)]
    # a profile over theta = -k/scale, each weighted by its likelihood
    theta = 1 / excess[-1] + (1 - np.sqrt(len(trials) / (trials - 0.5))) / (3 * quartile)
    with np.errstate(divide="ignore", invalid="ignore"):
        shapes = np.log1p(-theta[:, None] * excess[None, :]).mean(axis=1)
        profile = count * (np.log(-theta / shapes) - shapes - 1)
    profile = np.where(np.isfinite(profile), profile, -np.inf)
    share = np.exp(profile - profile.max())
    best = float((theta * share).sum() / share.sum())
    shape = float(np.log1p(-best * excess).mean())
    scale = -shape / best
    drawn = (count * shape + _PRIOR_COUNT * _PRIOR_SHAPE) / (count + _PRIOR_COUNT)
    return drawn, scale


def _place_quantiles(share: Array, shape: float, scale: float) -> Array:
    """Return quantiles of a generalised Pareto distribution."""
    if abs(shape) < 1e-9:
        return np.asarray(-scale * np.log1p(-share))
    return np.asarray(scale * np.expm1(-shape * np.log1p(-share)) / shape)
