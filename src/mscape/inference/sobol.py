"""Sobol indices: how much of a quantity's variance each input carries, alone and with all it interacts with.

Two independent sets of draws, and for each input a third that takes it from the second set and the rest from
the first. First-order index after Saltelli, total index after Jansen; their intervals from a bootstrap of
the draws. Inputs must be independent, so the draws are the prior's. Of an ensemble, whose inputs are not,
only the share of variance that an input explains by itself is given (`measure_explained`).

Source: Saltelli et al. 2010, doi 10.1016/j.cpc.2009.09.018, table 2 (b) and (f); Jansen 1999, doi
10.1016/S0010-4655(98)00154-4; Plischke, Borgonovo, Smith 2013, doi 10.1016/j.ejor.2012.11.047.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.engine.random import draw_uniform
from mscape.inference.particle import Particles

Array = NDArray[np.float64]
Interval = tuple[float, float, float]

BOOTSTRAPS = 200
_CHUNK = 8192  # draws simulated at a time: as many as leave memory alone
_MOST_BINS = 20


@dataclass(frozen=True)
class SobolIndex:
    """One input's share of the variance: 5th percentile, value, 95th percentile of the bootstrap.

    ``first`` is what the input explains by itself, ``total`` what would be left of the variance if all
    others were known.
    """

    name: str
    first: Interval
    total: Interval


@dataclass(frozen=True)
class Sensitivity:
    """Indices of all inputs, the largest total first.

    Parameters
    ----------
    indices
        One for each input.
    draws
        Of each set that have an answer.
    left_out
        Share of draws that have none: their dose cannot be had, or a solve failed.
    mean, deviation
        Of the quantity over the draws.
    """

    indices: tuple[SobolIndex, ...]
    draws: int
    left_out: float
    mean: float
    deviation: float


def measure_indices(
    evaluate: Callable[[Particles], Array], names: Sequence[str], *, count: int, seed: int
) -> Sensitivity:
    """Measure first-order and total indices of a quantity.

    Parameters
    ----------
    evaluate
        The quantity at points of the unit cube, shape (point,); NaN where it has none.
    names
        Axes that are varied: all that the quantity depends on.
    count
        Draws of each set; the quantity is evaluated ``count * (len(names) + 2)`` times.
    seed
        Of the draws and of the bootstrap.

    Examples
    --------
    >>> found = measure_indices(lambda p: p.take("x", p.count), ["x", "idle"], count=500, seed=1)
    >>> [(item.name, round(item.total[1], 1)) for item in found.indices]
    [('x', 1.0), ('idle', 0.0)]
    """
    first = {name: draw_uniform(seed, f"sobol:first:{name}", 0, count) for name in names}
    second = {name: draw_uniform(seed, f"sobol:second:{name}", 0, count) for name in names}
    ends = [evaluate(Particles(seed, count, dict(part))) for part in (first, second)]
    crossed = np.zeros((len(names), count))
    step = max(1, _CHUNK // count)
    for start in range(0, len(names), step):
        block = names[start : start + step]
        axes = {
            name: np.concatenate([second[name] if name == one else first[name] for one in block])
            for name in names
        }
        values = evaluate(Particles(seed, count * len(block), axes))
        crossed[start : start + step] = values.reshape(len(block), count)
    return _gather(names, (ends[0], ends[1], crossed), seed)


def _gather(names: Sequence[str], values: tuple[Array, Array, Array], seed: int) -> Sensitivity:
    first, second, crossed = values
    known = np.isfinite(first) & np.isfinite(second)
    left_out = 1.0 - float(known.mean())
    first, second, crossed = first[known], second[known], crossed[:, known]
    both = np.concatenate([first, second])
    mean, deviation = (float(both.mean()), float(both.std())) if len(both) else (0.0, 0.0)
    if len(first) < 2 or deviation < 1e-12:
        none = (0.0, 0.0, 0.0)
        return Sensitivity(
            tuple(SobolIndex(name, none, none) for name in names), len(first), left_out, mean, 0.0
        )
    alone, total = compute_indices(first, second, crossed)
    low, high = _bootstrap((first, second, crossed), seed)
    indices = [
        SobolIndex(
            name,
            (float(low[0, i]), float(alone[i]), float(high[0, i])),
            (float(low[1, i]), float(total[i]), float(high[1, i])),
        )
        for i, name in enumerate(names)
    ]
    indices.sort(key=lambda item: (-item.total[1], item.name))
    return Sensitivity(tuple(indices), len(first), left_out, mean, deviation)


def _bootstrap(values: tuple[Array, Array, Array], seed: int) -> tuple[Array, Array]:
    """Return the 5th and 95th percentile of both indices over draws drawn anew, shape (index, input) each."""
    first, second, crossed = values
    count = len(first)
    picks = (draw_uniform(seed, "sobol:bootstrap", 0, BOOTSTRAPS * count) * count).astype(np.int64)
    found = [compute_indices(first[p], second[p], crossed[:, p]) for p in picks.reshape(BOOTSTRAPS, count)]
    low, high = np.percentile(np.array(found), [5, 95], axis=0)
    return low, high


def compute_indices(first: Array, second: Array, crossed: Array) -> tuple[Array, Array]:
    """Compute first-order and total indices, shape (input,) each.

    Parameters
    ----------
    first, second
        The quantity over the two sets of draws, shape (draw,).
    crossed
        Over the first set with one input taken from the second, shape (input, draw); NaN is left out.
    """
    both = np.concatenate([first, second])
    variance = max(float(both.var()), 1e-300)
    known = np.isfinite(crossed)
    number = np.maximum(known.sum(axis=1), 1)
    change = np.where(known, crossed - first, 0.0)
    alone = ((second - both.mean()) * change).sum(axis=1) / number / variance
    total = (change**2).sum(axis=1) / number / (2 * variance)
    return np.asarray(alone), np.asarray(total)


def measure_explained(places: Array, values: Array) -> float:
    """Measure the share of a quantity's variance that one input explains, whatever it is tied to.

    Parameters
    ----------
    places
        The input, shape (draw,).
    values
        The quantity, shape (draw,), finite.

    Returns
    -------
    float
        Variance of the means of bins of equal number over the whole variance, less what chance gives; 0 or
        more.
    """
    count = len(values)
    bins = int(np.clip(np.sqrt(count) / 2, 2, _MOST_BINS))
    if count < 4 or float(values.std()) < 1e-12:
        return 0.0
    groups = np.array_split(values[np.argsort(places, kind="stable")], bins)
    between = sum(len(group) * (float(group.mean()) - float(values.mean())) ** 2 for group in groups)
    within = sum(float(((group - group.mean()) ** 2).sum()) for group in groups) / (count - bins)
    whole = float(((values - values.mean()) ** 2).sum())
    return float(np.clip((between - (bins - 1) * within) / whole, 0.0, 1.0))
