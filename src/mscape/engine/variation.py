"""How inputs vary over an ensemble: a distribution each, drawn by seed, name and index alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np

from mscape.engine.batch import Array
from mscape.engine.random import draw_uniform
from mscape.errors import UsageError

Distribution = Literal["lognormal", "loguniform", "uniform", "normal"]
_PATTERN = re.compile(r"\s*([^=\s]+)\s*=\s*(\w+)\s*\(([^,()]+),([^,()]+)\)\s*")
_MEANING = {
    "lognormal": "lognormal(MEDIAN,SD of ln)",
    "loguniform": "loguniform(LOW,HIGH)",
    "uniform": "uniform(LOW,HIGH)",
    "normal": "normal(MEAN,SD)",
}


@dataclass(frozen=True)
class Variation:
    """One input and how it varies.

    Parameters
    ----------
    name
        A parameter, compartment size or start of the network.
    distribution
        ``lognormal`` (median, standard deviation of the natural logarithm), ``loguniform`` (low, high),
        ``uniform`` (low, high) or ``normal`` (mean, standard deviation).
    first, second
        Its two numbers, in the input's own unit.

    Raises
    ------
    UsageError
        The numbers do not make a distribution.
    """

    name: str
    distribution: Distribution
    first: float
    second: float

    def __post_init__(self) -> None:
        a, b = self.first, self.second
        right = {
            "lognormal": a > 0 and b >= 0,
            "loguniform": 0 < a <= b,
            "uniform": a <= b,
            "normal": b >= 0,
        }[self.distribution]
        if not (np.isfinite([a, b]).all() and right):
            found = f"{self.distribution}({a:g},{b:g}) is no distribution"
            raise UsageError(f"--vary {self.name}", found, _MEANING[self.distribution], "mend the numbers")

    def draw(self, seed: int, start: int, count: int) -> Array:
        """Return values for trajectories ``start`` to ``start + count``, shape (count,)."""
        from scipy.special import ndtri

        share = draw_uniform(seed, self.name, start, count)
        if self.distribution == "uniform":
            values = self.first * (1 - share) + self.second * share
            return np.asarray(np.clip(values, self.first, self.second))
        if self.distribution == "loguniform":
            ends = np.log(self.first), np.log(self.second)
            values = np.exp(ends[0] * (1 - share) + ends[1] * share)
            return np.asarray(np.clip(values, self.first, self.second))
        deviate = np.asarray(ndtri(share))
        with np.errstate(over="ignore"):  # what is infinite costs its own trajectory, not a warning
            if self.distribution == "normal":
                return np.asarray(self.first + self.second * deviate)
            return np.asarray(self.first * np.exp(self.second * deviate))


def parse_variation(text: str) -> Variation:
    """Read a variation as typed.

    Parameters
    ----------
    text
        Such as ``k1=lognormal(1,0.5)``.

    Raises
    ------
    UsageError
        It is not written so, or the numbers do not make a distribution.

    Examples
    --------
    >>> parse_variation("k1=loguniform(0.1,10)")
    Variation(name='k1', distribution='loguniform', first=0.1, second=10.0)
    """
    match = _PATTERN.fullmatch(text)
    expected = "NAME=" + " or NAME=".join(_MEANING.values())
    if match is None or match[2] not in get_args(Distribution):
        raise UsageError("--vary", f"cannot read '{text}'", expected, "write for example k1=lognormal(1,0.5)")
    try:
        first, second = float(match[3]), float(match[4])
    except ValueError:
        found = f"'{match[3]}' or '{match[4]}' is not a number"
        raise UsageError(
            f"--vary {match[1]}", found, expected, "write for example k1=lognormal(1,0.5)"
        ) from None
    return Variation(match[1], cast(Distribution, match[2]), first, second)
