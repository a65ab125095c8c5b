"""What a parameter may be: a nominal value and a distribution, sampled by name and counter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from mscape.engine import random

Array = NDArray[np.float64]
Z95 = 1.6448536269514722  # the 95th percentile of a standard normal
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
    uniform); a fixed one has neither. The median of a log-normal or normal prior is its nominal value; where
    that is not in the middle of the range, the two halves have a standard deviation of their own.
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


class PriorWidth(StrEnum):
    """How wide to take what is assumed: the switch of a sensitivity analysis.

    What a source gives is never touched. A conclusion that a factor of 1.5 in the standard deviation of our
    guesses turns round is a conclusion about our guesses.
    """

    NARROW = "narrow"
    STATED = "stated"
    WIDE = "wide"

    @property
    def factor(self) -> float:
        """By what the standard deviation of an assumed prior is multiplied."""
        return {"narrow": 2 / 3, "stated": 1.0, "wide": 1.5}[self.value]


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


def rescale_prior(prior: Prior, width: PriorWidth) -> Prior:
    """Return a prior whose standard deviation is multiplied if it is assumed; a sourced one as it is.

    The nominal value stays, and stays at its quantile. A range that lies within 0 to 1, within -1 to 1, or
    above 0 does not leave that: shares stay shares.

    Examples
    --------
    >>> rescale_prior(Prior(2.0, "nM", 1.0, 4.0, "lognormal", "assumed"), PriorWidth.WIDE).high
    5.656854249492381
    """
    low, high, factor = prior.low, prior.high, width.factor
    if not prior.assumed or prior.distribution == "fixed" or low is None or high is None or factor == 1.0:
        return prior
    if prior.distribution in ("lognormal", "loguniform"):
        return replace(
            prior,
            low=prior.value * (low / prior.value) ** factor,
            high=prior.value * (high / prior.value) ** factor,
        )
    ends = (prior.value + (low - prior.value) * factor, prior.value + (high - prior.value) * factor)
    if prior.distribution == "normal":
        return replace(prior, low=ends[0], high=ends[1])
    least = 0.0 if low >= 0 else -1.0 if low >= -1 and high <= 1 else -np.inf
    most = 1.0 if least > -np.inf and high <= 1 else np.inf
    return replace(prior, low=max(ends[0], least), high=min(ends[1], most))


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
        below, above = prior.value - prior.low, prior.high - prior.value
        return np.asarray(prior.value + z / Z95 * np.where(z < 0, below, above))
    below, above = float(np.log(prior.value / prior.low)), float(np.log(prior.high / prior.value))
    return np.asarray(prior.value * np.exp(z / Z95 * np.where(z < 0, below, above)))


def draw_uniform(name: str, source: Source, count: int) -> Array:
    """Draw uniform numbers in (0, 1) by name and index, shape (draw,)."""
    if isinstance(source, int):
        return random.draw_uniform(source, name, 0, count)
    return source.take(name, count)


def locate_quantiles(prior: Prior, values: Array) -> Array:
    """Return the quantiles of values under a prior with a range: the inverse of `place_quantiles`."""
    assert prior.low is not None
    assert prior.high is not None
    if prior.distribution == "uniform":
        return np.asarray((values - prior.low) / (prior.high - prior.low))
    if prior.distribution == "loguniform":
        return np.asarray(np.log(values / prior.low) / np.log(prior.high / prior.low))
    from scipy.special import ndtr

    if prior.distribution == "normal":
        apart, below, above = values - prior.value, prior.value - prior.low, prior.high - prior.value
    else:
        apart = np.log(values / prior.value)
        below, above = float(np.log(prior.value / prior.low)), float(np.log(prior.high / prior.value))
    return np.asarray(ndtr(Z95 * apart / np.where(apart < 0, below, above)))


def locate_value(prior: Prior, value: float) -> float:
    """Return the quantile of a value under a prior, kept off the ends; a half of a fixed one."""
    if prior.distribution == "fixed" or prior.low is None or prior.low == prior.high:
        return 0.5
    return float(np.clip(locate_quantiles(prior, np.asarray(value)), 0.01, 0.99))


def _inverse_normal(uniform: Array) -> Array:
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(uniform, 1e-12, 1 - 1e-12)))
