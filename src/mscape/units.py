"""Units as people print them, turned into model units: the only place in mscape that converts.

Model units are hour, nanomolar, nanomole, litre, gram, cell, particle; a bare number is always in them. A
unit is read as a product of powers of the atoms below, so ``ng/mL``, ``1/(nM h)`` and ``pg/cell/day`` need no
entry of their own. Arithmetic is exact up to one final rounding: ``30 min`` is 0.5 h, not nearly 0.5 h.
"""

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from mscape.errors import DataError

# Powers of (hour, litre, nanomole, gram, cell, particle).
_Powers = tuple[int, int, int, int, int, int]
_NONE: _Powers = (0, 0, 0, 0, 0, 0)

_DIMENSIONS: dict[str, tuple[str, _Powers]] = {
    "ratio": ("1", _NONE),
    "time": ("hour", (1, 0, 0, 0, 0, 0)),
    "rate": ("1/hour", (-1, 0, 0, 0, 0, 0)),
    "volume": ("litre", (0, 1, 0, 0, 0, 0)),
    "amount": ("nanomole", (0, 0, 1, 0, 0, 0)),
    "mass": ("gram", (0, 0, 0, 1, 0, 0)),
    "molar mass": ("gram/mole", (0, 0, -1, 1, 0, 0)),
    "concentration": ("nanomolar", (0, -1, 1, 0, 0, 0)),
    "mass concentration": ("gram/litre", (0, -1, 0, 1, 0, 0)),
    "concentration rate": ("nanomolar/hour", (-1, -1, 1, 0, 0, 0)),
    "association rate": ("1/(nanomolar hour)", (-1, 1, -1, 0, 0, 0)),
    "cell count": ("cell", (0, 0, 0, 0, 1, 0)),
    "cell density": ("cell/litre", (0, -1, 0, 0, 1, 0)),
    "particle count": ("particle", (0, 0, 0, 0, 0, 1)),
    "particle density": ("particle/litre", (0, -1, 0, 0, 0, 1)),
    "number density": ("1/litre", (0, -1, 0, 0, 0, 0)),
    "per cell": ("1/cell", (0, 0, 0, 0, -1, 0)),
    "per particle": ("1/particle", (0, 0, 0, 0, 0, -1)),
    "particles per cell": ("particle/cell", (0, 0, 0, 0, -1, 1)),
    "amount per cell": ("nanomole/cell", (0, 0, 1, 0, -1, 0)),
    "secretion rate": ("nanomole/(cell hour)", (-1, 0, 1, 0, -1, 0)),
    "shedding rate": ("particle/(cell hour)", (-1, 0, 0, 0, -1, 1)),
}
_BY_POWERS = {powers: name for name, (_, powers) in _DIMENSIONS.items()}
# A gram per mole is 1e-9 gram per nanomole: the one model unit that is not the plain product of its atoms.
_MODEL_SCALE = {"molar mass": Fraction(10**9)}

# What to suggest where a unit of that dimension was expected.
_EXAMPLES = {
    "ratio": "1:3, 50%, 0.5",
    "time": "s, min, h, d",
    "rate": "1/h, 1/min, 1/s, 1/d",
    "volume": "uL, mL, L",
    "molar mass": "g/mol, Da, kDa",
    "concentration": "nM, uM, mM, ng/mL, ug/mL",
    "cell density": "cells/mL",
    "particle density": "particles/mL",
    "number density": "1/mL",
}


def _build_atoms() -> dict[str, tuple[Fraction, _Powers]]:
    hour, litre, nmol, gram, cell, particle = (tuple(int(i == j) for j in range(6)) for i in range(6))
    one = Fraction(1)
    plain: dict[str, tuple[Fraction, tuple[int, ...]]] = {"%": (one / 100, _NONE), "fold": (one, _NONE)}
    for names, size in (
        ("s sec second seconds", one / 3600),
        ("min mins minute minutes", one / 60),
        ("h hr hrs hour hours", one),
        ("d day days", one * 24),
        ("wk week weeks", one * 168),
    ):
        plain |= dict.fromkeys(names.split(), (size, hour))
    molar = tuple(n - v for n, v in zip(nmol, litre, strict=True))
    for prefix, exponent in {"": 0, "m": 3, "u": 6, "n": 9, "p": 12, "f": 15}.items():
        scale = one / 10**exponent
        plain |= {f"{prefix}L": (scale, litre), f"{prefix}l": (scale, litre), f"{prefix}g": (scale, gram)}
        plain |= {f"{prefix}mol": (scale * 10**9, nmol), f"{prefix}M": (scale * 10**9, molar)}
    plain |= {"litre": (one, litre), "nanomolar": (one, molar), "nanomole": (one, nmol), "gram": (one, gram)}
    plain |= {"mole": (one * 10**9, nmol)}
    molar_mass = tuple(g - n for g, n in zip(gram, nmol, strict=True))
    plain |= {"Da": (one / 10**9, molar_mass), "kDa": (one / 10**6, molar_mass)}
    plain |= dict.fromkeys(("cell", "cells"), (one, cell))
    plain |= dict.fromkeys(("particle", "particles", "vesicle", "vesicles"), (one, particle))
    plain |= dict.fromkeys(("exosome", "exosomes"), (one, particle))
    return {name: (size, _add(_NONE, powers, 1)) for name, (size, powers) in plain.items()}


def _add(left: tuple[int, ...], right: tuple[int, ...], times: int) -> _Powers:
    a, b, c, d, e, f = (p + times * q for p, q in zip(left, right, strict=True))
    return a, b, c, d, e, f


_ATOMS = _build_atoms()
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
_QUANTITY = re.compile(rf"(?P<number>{_NUMBER}) ?(?P<unit>(?![,.:\d]).*)")
_RATIO = re.compile(rf"(?P<left>{_NUMBER}) ?: ?(?P<right>{_NUMBER})")
_FACTOR = re.compile(r"(?P<name>[A-Za-z]+|%)(?:\^?(?P<power>-?[1-9]))?|1")
_TEXT_MAX = 80


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in model units.

    Parameters
    ----------
    value
        The number, 0 or more.
    unit
        The model unit, spelt out, such as ``nanomolar``; ``1`` for a ratio.
    dimension
        What is measured, such as ``concentration`` or ``time``.
    """

    value: float
    unit: str
    dimension: str


def parse_quantity(
    text: str, *, dimension: str | None = None, molar_mass: Quantity | None = None, where: str = "quantity"
) -> Quantity:
    """Read a quantity as a person or a paper writes it.

    Parameters
    ----------
    text
        Number and unit, such as ``10uM``, ``1.5 ng/mL``, ``72h``, ``3e5/mL``, ``1:3`` or ``50%``. A bare
        number is in model units.
    dimension
        What must be measured, such as ``concentration``; None takes any that mscape knows.
    molar_mass
        Molar mass of the substance; needed to turn a mass into an amount (ng/mL into nM).
    where
        Place named in the error.

    Raises
    ------
    DataError
        The number is missing, negative or not finite, the unit is unknown or of another dimension, or a mass
        came without a molar mass.

    Examples
    --------
    >>> parse_quantity("10uM")
    Quantity(value=10000.0, unit='nanomolar', dimension='concentration')
    >>> parse_quantity("21 ng/mL", molar_mass=parse_quantity("21 kDa"))
    Quantity(value=1.0, unit='nanomolar', dimension='concentration')
    """
    cleaned = " ".join(text[: _TEXT_MAX + 1].replace("−", "-").split())
    if len(text) > _TEXT_MAX:
        raise DataError(where, f"'{cleaned}…' is too long", f"at most {_TEXT_MAX} characters")
    if ratio := _RATIO.fullmatch(cleaned):
        return _convert(_divide(ratio["left"], ratio["right"], where), "1", dimension, molar_mass, where)
    match = _QUANTITY.fullmatch(cleaned)
    if match is None:
        advice = "write a point for decimals and nothing between thousands" if "," in cleaned else ""
        raise DataError(
            where, f"'{cleaned}' does not start with a number", "number and unit, such as 10uM", advice
        )
    unit = match["unit"] or ("1" if dimension is None else _DIMENSIONS[dimension][0])
    return _convert(Fraction(match["number"]), unit, dimension, molar_mass, where)


def convert_value(
    value: float,
    unit: str,
    *,
    dimension: str | None = None,
    molar_mass: Quantity | None = None,
    where: str = "quantity",
) -> Quantity:
    """Turn a number and its printed unit, as tables keep them in two columns, into model units.

    Parameters
    ----------
    value
        The number in *unit*.
    unit
        The unit as printed, such as ``ng/mL``; ``1`` for a ratio.
    dimension, molar_mass, where
        As in `parse_quantity`.

    Raises
    ------
    DataError
        As in `parse_quantity`.

    Examples
    --------
    >>> convert_value(30, "min").value
    0.5
    """
    if not math.isfinite(value):
        raise DataError(
            where, f"{value} is not a finite number", "a number", "leave the cell empty if it is not known"
        )
    return _convert(Fraction(value), unit, dimension, molar_mass, where)


def format_quantity(quantity: Quantity, *, digits: int = 3) -> str:
    """Write a quantity for a person: 12300 nanomolar as ``12.3 µM``.

    Parameters
    ----------
    quantity
        Any quantity in model units.
    digits
        Significant digits.

    Examples
    --------
    >>> format_quantity(Quantity(12300, "nanomolar", "concentration"))
    '12.3 µM'
    """
    scales = _DISPLAY.get(quantity.dimension)
    if scales is None:
        number = _format_number(quantity.value, digits)
        if quantity.unit == "1" or quantity.unit.startswith("1/"):
            return number + quantity.unit[1:]  # 0.5, 3e8/litre
        return f"{number} {quantity.unit}"
    rounded = float(
        f"{quantity.value:.{digits - 1}e}"
    )  # first, so that 999.96 nM becomes 1 µM and not 1000 nM
    usable = (
        [scale for scale in scales if rounded >= scale[0]] if rounded else [s for s in scales if s[1] == 1]
    )
    _, size, unit = usable[0] if usable else scales[-1]
    return f"{_format_number(quantity.value / size, digits)} {unit}"


# (used from, size, name), largest first. Cultures are told in hours up to ten days.
_DISPLAY: dict[str, tuple[tuple[float, float, str], ...]] = {
    "concentration": ((1e9, 1e9, "M"), (1e6, 1e6, "mM"), (1e3, 1e3, "µM"), (1, 1, "nM"), (1e-3, 1e-3, "pM")),
    "time": ((240, 24, "d"), (1, 1, "h"), (1 / 60, 1 / 60, "min"), (1 / 3600, 1 / 3600, "s")),
    "volume": ((1, 1, "L"), (1e-3, 1e-3, "mL"), (1e-6, 1e-6, "µL")),
}


def _format_number(value: float, digits: int) -> str:
    """Shortest text of so many digits: 12.3, 300000, 3.5e8."""
    text = f"{value:.{digits}g}"
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return f"{float(text):.0f}" if 0 <= int(exponent) < 6 else f"{mantissa}e{int(exponent)}"


def _divide(left: str, right: str, where: str) -> Fraction:
    if Fraction(right) == 0:
        raise DataError(
            where, f"ratio '{left}:{right}' divides by zero", "two positive numbers", "write it like 1:3"
        )
    return Fraction(left) / Fraction(right)


def _convert(
    number: Fraction, unit: str, dimension: str | None, molar_mass: Quantity | None, where: str
) -> Quantity:
    if number < 0:
        raise DataError(where, f"{float(number):g} is negative", "0 or more", "check the sign")
    parsed = _parse_unit(unit)
    wanted = "a unit mscape knows" if dimension is None else dimension
    if parsed is None:
        raise _unit_error(unit, wanted, dimension, where)
    size, powers = parsed
    if (
        molar_mass is not None
        and powers[3] == 1
        and dimension not in ("mass", "mass concentration", "molar mass")
    ):
        if molar_mass.dimension != "molar mass" or molar_mass.value <= 0:
            raise DataError(
                where,
                f"molar mass is {molar_mass.value:g} {molar_mass.unit}",
                "a positive one in g/mol or kDa",
            )
        size *= 10**9 / Fraction(molar_mass.value)
        powers = _add(powers, (0, 0, 1, -1, 0, 0), 1)
    found = _BY_POWERS.get(powers)
    if found == "mass concentration" and dimension in (None, "concentration"):
        advice = "give its molar mass in kDa or g/mol, or write the amount in nM"
        raise DataError(
            where, f"'{unit}' is a mass and the molar mass of the substance is not known", "", advice
        )
    if found is None or dimension not in (None, found):
        raise _unit_error(unit, wanted, dimension, where)
    return _finish(number * size * _MODEL_SCALE.get(found, 1), found, where)


@lru_cache(maxsize=1024)
def _parse_unit(unit: str) -> tuple[Fraction, _Powers] | None:
    """Return size in model atoms and powers, or None if a part of the unit is unknown."""
    text = _spell(unit)
    size, powers = Fraction(1), _NONE
    for place, part in enumerate(re.split(r"/(?![^(]*\))", text)):
        inner = part.strip()
        if place and inner.startswith("(") and inner.endswith(")"):
            inner = inner[1:-1]
        factors = [factor for factor in re.split(r"[ *·]+", inner) if factor]
        if place and not factors:
            return None
        for factor in factors:
            atom = _parse_factor(factor)
            if atom is None:
                return None
            sign = -1 if place else 1
            size *= atom[0] ** sign
            powers = _add(powers, atom[1], sign)
    return size, powers


def _parse_factor(factor: str) -> tuple[Fraction, _Powers] | None:
    """Return size and powers of an atom to a power, such as ``h^-1``, or of the number 1."""
    match = _FACTOR.fullmatch(factor)
    if match is None or (match["name"] and match["name"] not in _ATOMS):
        return None
    size, powers = _ATOMS[match["name"]] if match["name"] else (Fraction(1), _NONE)
    times = int(match["power"] or 1)
    return size**times, _add(_NONE, powers, times)


def _spell(unit: str) -> str:
    """One spelling for what print has several of: micro signs, minus signs, dots, "per"."""
    text = unit.strip().translate({0xB5: "u", 0x3BC: "u", 0x2212: "-", 0x22C5: "·", 0x207B: "^-", 0xB9: "1"})
    return re.sub(r"(?:^|\s+)per\s+", "/", text)


def _unit_error(unit: str, wanted: str, dimension: str | None, where: str) -> DataError:
    article = "" if dimension is None else "an " if dimension[0] in "aeiou" else "a "
    swapped = {"um": "uM", "nm": "nM", "mm": "mM", "pm": "pM", "MM": "mM", "NM": "nM", "UM": "uM", "H": "h"}
    spelt = _spell(unit)
    near = swapped.get(spelt) or spelt.split("/")[0]
    expected = _EXAMPLES.get(
        dimension or "concentration", "" if dimension is None else _DIMENSIONS[dimension][0]
    )
    if dimension is None:
        expected += ", h, cells/mL, 1:3, 50%"
    known = near and near != spelt and _parse_unit(near) is not None
    advice = f"write '{near}' if the paper says {near.replace('u', 'µ', 1)}" if known else ""
    return DataError(where, f"'{unit[:_TEXT_MAX]}' is not {article}{wanted}", expected, advice)


def _finish(number: Fraction, dimension: str, where: str) -> Quantity:
    try:
        value = float(number)
    except OverflowError:
        value = math.inf
    if math.isinf(value):
        raise DataError(where, "the number is too large", "a finite number", "check the exponent")
    return Quantity(value, _DIMENSIONS[dimension][0], dimension)
