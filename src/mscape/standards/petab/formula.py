"""Formulas as text: what the laying down of an arm does to names instead of numbers.

An arm is laid down once, in `mscape.experiments.arm`. Given formulas where it expects arrays it says in the
notation of PEtab what each period sets, and nothing of it has to be said twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

_SUM, _PRODUCT, _ATOM = 1, 2, 3


@dataclass(frozen=True)
class Formula:
    """A formula as text; arithmetic on it gives longer ones, evaluated in the same order.

    Parameters
    ----------
    text
        Names, numbers, ``+ - * /`` and brackets.
    rank
        1 a sum, 2 a product, 3 a name or a number that needs no brackets.

    Examples
    --------
    >>> share = Formula("share")
    >>> (5000.0 * (1 - share)).text
    '5000.0 * (1.0 - share)'
    """

    text: str
    rank: int = _ATOM

    __array_ufunc__: ClassVar[None] = None  # NumPy leaves arithmetic with a formula to the formula

    def __add__(self, other: object) -> Formula:
        return _join(self, " + ", make_formula(other), _SUM)

    def __radd__(self, other: object) -> Formula:
        return _join(make_formula(other), " + ", self, _SUM)

    def __sub__(self, other: object) -> Formula:
        return _join(self, " - ", make_formula(other), _SUM)

    def __rsub__(self, other: object) -> Formula:
        return _join(make_formula(other), " - ", self, _SUM)

    def __mul__(self, other: object) -> Formula:
        right = make_formula(other)
        return self if right.text == "1.0" else _join(self, " * ", right, _PRODUCT)

    def __rmul__(self, other: object) -> Formula:
        left = make_formula(other)
        return self if left.text == "1.0" else _join(left, " * ", self, _PRODUCT)

    def __truediv__(self, other: object) -> Formula:
        return _join(self, " / ", make_formula(other), _PRODUCT)

    def __rtruediv__(self, other: object) -> Formula:
        return _join(make_formula(other), " / ", self, _PRODUCT)


def make_formula(value: object) -> Formula:
    """Return a formula for a formula, a number, or an array that holds one of either.

    Raises
    ------
    ValueError
        An array of several.
    """
    if isinstance(value, Formula):
        return value
    held = np.asarray(value, dtype=object).reshape(-1)
    if len(held) != 1:
        raise ValueError(f"{len(held)} values where one is expected")
    if isinstance(held[0], Formula):
        return held[0]
    number = float(held[0])
    return Formula(repr(number), _SUM if number < 0 else _ATOM)


def _join(left: Formula, sign: str, right: Formula, rank: int) -> Formula:
    """Join two formulas; a left one may be of the same rank, a right one not: bits depend on the order."""
    first = left.text if left.rank >= rank and not left.text.startswith("-") else f"({left.text})"
    second = right.text if right.rank > rank else f"({right.text})"
    return Formula(f"{first}{sign}{second}", rank)
