"""What a parameter may be: a nominal value and a distribution, sampled by name and counter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from mscape.engine import random

Array = NDArray[np.float64]
_Z95 = 1.6448536269514722  # the 95th percentile of a standard normal
_TRUNCATED = 3.0  # standard deviations at which normal and log-normal priors end


class _Row(Protocol):
    """The columns of a parameter table that make a prior."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def distribution(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def unit(self) -> str: ...


@dataclass(frozen=True)
class Prior:
    """A nominal value, the range around it, and where it comes from.

    ``low`` and ``high`` are the 5th and 95th percentile (log-normal, normal) or the ends (log-uniform,
    uniform); a fixed one has neither.
    """

    value: float
    unit: str = "dimensionless"
    low: float | None = None
    high: float | None = None
    distribution: Literal["lognormal", "loguniform", "normal", "uniform", "fixed"] = "fixed"
    source: str = "definition"

    @property
    def assumed(self) -> bool:
        """Whether no source gives it."""
        return self.source.startswith("assumed")


class Points(Protocol):
    """Places in the unit cube, one axis a name, chosen by somebody else than chance: particles of a fit."""

    def take(self, name: str, count: int) -> Array:
        """Return the coordinate of each point on one axis, within (0, 1), shape (point,)."""
        ...


Source = int | Points  # where draws come from: the seed of a stream for each name, or points

NOMINAL = -1  # the seed that stands for nominal parameters: nothing is drawn


def make_prior(row: _Row) -> Prior:
    """Make the prior that a line of a parameter table describes."""
    distribution = row.distribution if row.low is not None and row.high is not None else "fixed"
    return Prior(row.value, row.unit, row.low, row.high, distribution, row.source)  # type: ignore[arg-type]


def sample_prior(prior: Prior, name: str, source: Source, count: int) -> Array:
    """Draw values of one parameter, shape (draw,), in the prior's unit.

    Of a stream, the key is (seed, name), the counter the index: a draw does not depend on how many others are
    made, or of what.
    """
    if prior.distribution == "fixed" or prior.low is None or prior.high is None:
        return np.full(count, prior.value)
    if isinstance(source, int):
        return _sample_stream(prior, name, source, count)
    return place_quantiles(prior, draw_uniform(name, source, count))


@lru_cache(maxsize=4096)
def _sample_stream(prior: Prior, name: str, seed: int, count: int) -> Array:
    values = place_quantiles(prior, draw_uniform(name, seed, count))
    values.flags.writeable = False  # shared by all who ask again
    return values


def place_quantiles(prior: Prior, uniform: Array) -> Array:
    """Return the values at quantiles of a prior with a range, shape as given."""
    assert prior.low is not None
    assert prior.high is not None
    if prior.distribution == "uniform":
        return np.asarray(prior.low + uniform * (prior.high - prior.low))
    if prior.distribution == "loguniform":
        return np.asarray(np.exp(np.log(prior.low) + uniform * np.log(prior.high / prior.low)))
    z = np.clip(_inverse_normal(uniform), -_TRUNCATED, _TRUNCATED)
    if prior.distribution == "normal":
        return np.asarray(prior.value + z * (prior.high - prior.low) / (2 * _Z95))
    return np.asarray(prior.value * np.exp(z * np.log(prior.high / prior.low) / (2 * _Z95)))


def draw_uniform(name: str, source: Source, count: int) -> Array:
    """Draw uniform numbers in (0, 1) by name and index, shape (draw,)."""
    if isinstance(source, int):
        return random.draw_uniform(source, name, 0, count)
    return source.take(name, count)


def locate_value(prior: Prior) -> float:
    """Return the quantile of a prior's nominal value, within (0, 1): the inverse of `sample_prior`."""
    low, high = prior.low, prior.high
    if prior.distribution in ("fixed", "normal", "lognormal") or low is None or high is None or low == high:
        return 0.5
    if prior.distribution == "uniform":
        share = (prior.value - low) / (high - low)
    else:
        share = float(np.log(prior.value / low) / np.log(high / low))
    return float(np.clip(share, 0.01, 0.99))


def _inverse_normal(uniform: Array) -> Array:
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(uniform, 1e-12, 1 - 1e-12)))
