"""Combinations of parameters that change nothing: sparse vectors of a null space of derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_NULL = 1e-5  # of the largest singular value: what differences of second order leave of a true zero
_ALIKE = 1e-4  # of a column's length: how far two columns that tell the same may differ
_SMALL = 0.02  # of the largest power: what rounding leaves in a member that is none
_POWERS = 4  # powers are multiples of a quarter
_ROUND = 0.05
_MOST_MEMBERS = 8  # more than that is no sentence


@dataclass(frozen=True)
class Combination:
    """Parameters that change no read-out if multiplied together by the same factor, each to its power.

    Two with powers of one sign: only their ratio is seen. Two of opposite sign: only their product.
    """

    parameters: tuple[str, ...]
    powers: tuple[float, ...]

    @property
    def is_ratio(self) -> bool:
        """Whether two move together: what is seen is their ratio."""
        return len(self.powers) == 2 and self.powers[0] * self.powers[1] > 0

    @property
    def is_product(self) -> bool:
        """Whether one falls as the other rises: what is seen is their product."""
        return len(self.powers) == 2 and self.powers[0] * self.powers[1] < 0


def find_combinations(derivatives: Array, names: Sequence[str]) -> tuple[Combination, ...]:
    """Find what moves of log parameters change nothing anywhere.

    Parameters
    ----------
    derivatives
        Of read-outs at all points by log parameters, shape (reading, parameter), none of the columns 0.
    names
        Of the parameters.

    Returns
    -------
    tuple
        Pairs first: all but one of each set of columns that are multiples of one another. Then what is left
        of the null space, in reduced form. Proposals: derivatives by differences are not exact.

    Examples
    --------
    >>> a = np.array([1.0, 2.0, 5.0])
    >>> find_combinations(np.stack([a, -a, np.array([0.0, 1.0, 0.0])], axis=1), ["k", "K", "n"])
    (Combination(parameters=('k', 'K'), powers=(1.0, 1.0)),)
    """
    pairs, leaders = _find_pairs(derivatives)
    found = [Combination((names[i], names[j]), (1.0, power)) for i, j, power in pairs]
    found += _find_larger(derivatives[:, leaders], [names[i] for i in leaders])
    return tuple(found)


def _find_pairs(derivatives: Array) -> tuple[list[tuple[int, int, float]], list[int]]:
    """Return columns that are multiples of an earlier one (earlier, later, power), and those that are not."""
    leaders: list[int] = []
    pairs = []
    for j, column in enumerate(derivatives.T):
        length = float(np.linalg.norm(column))
        for i in leaders:
            first = derivatives[:, i]
            factor = float(first @ column / (first @ first))
            if np.linalg.norm(column - factor * first) <= _ALIKE * length:
                pairs.append((i, j, _round_power(-1.0 / factor)))
                break
        else:
            leaders.append(j)
    return pairs, leaders


def _find_larger(derivatives: Array, names: Sequence[str]) -> list[Combination]:
    """Return what is left of the null space once columns that tell the same are one."""
    if not len(names):
        return []
    scale = np.linalg.norm(derivatives, axis=0)
    _, values, rows = np.linalg.svd(derivatives / scale, full_matrices=True)
    padded = np.concatenate([values, np.zeros(len(names) - len(values))])
    null = rows[padded <= _NULL * padded.max(initial=_NULL)] / scale
    found = []
    for vector in _reduce(null):
        members = [int(i) for i in np.flatnonzero(np.abs(vector) > _SMALL * np.abs(vector).max())]
        if 2 < len(members) <= _MOST_MEMBERS:
            powers = tuple(_round_power(value) for value in vector[members])
            found.append(Combination(tuple(names[i] for i in members), powers))
    return found


def _reduce(rows: Array) -> Array:
    """Return the reduced row echelon form, pivots chosen by size, each row's largest member 1."""
    rows = rows.copy()
    for k in range(len(rows)):
        pivot = int(np.abs(rows[k:]).max(axis=0).argmax())
        best = k + int(np.abs(rows[k:, pivot]).argmax())
        rows[[k, best]] = rows[[best, k]]
        rows[k] /= rows[k, pivot]
        for other in range(len(rows)):
            if other != k:
                rows[other] -= rows[other, pivot] * rows[k]
    return rows


def _round_power(power: float) -> float:
    """Return a power rounded to a quarter where it is close to one."""
    near = round(power * _POWERS) / _POWERS
    return near if near and abs(near - power) <= _ROUND else float(power)
