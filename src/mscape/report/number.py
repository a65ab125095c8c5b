"""How numbers are printed.

Two or three significant digits, true minus signs, no exponent a reader has to decode.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_THIN = "\u202f"  # narrow no-break space between thousands
NONE = "–"

Interval = tuple[float, float, float]


def format_number(value: float | None, digits: int = 2) -> str:
    """Return a number with so many significant digits.

    Parameters
    ----------
    value
        None and NaN become a dash.
    digits
        Significant digits.

    Examples
    --------
    >>> format_number(0.012345), format_number(-3.0), format_number(1.3e9)
    ('0.012', '−3', '1.3 × 10⁹')
    """
    if value is None or math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    exponent = int(power)
    if -5 < exponent < 5:
        text = f"{float(f'{mantissa}e{exponent}'):,.{max(0, digits - 1 - exponent)}f}".replace(",", _THIN)
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        short = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        text = f"{short} × 10{str(exponent).translate(_SUPERSCRIPT)}"
    return text.replace("-", "−")


def format_percent(share: float | None) -> str:
    r"""Return a share as a whole percentage that never rounds to none or all.

    Examples
    --------
    >>> format_percent(0.004), format_percent(0.5)
    ('<1\xa0%', '50\xa0%')
    """
    if share is None or math.isnan(share):
        return NONE
    if 0 < share < 0.01:
        return "<1\u00a0%"
    if 0.99 < share < 1:
        return ">99\u00a0%"
    return f"{share * 100:.0f}\u00a0%"


def format_range(low: float | None, high: float | None) -> str:
    """Return the two ends of a range, or a dash.

    Examples
    --------
    >>> format_range(-1.0, 2.5)
    '−1 to 2.5'
    """
    if low is None or high is None:
        return NONE
    return f"{format_number(low)} to {format_number(high)}"


def format_bits(value: float | None) -> str:
    """Return bits to a hundredth, so that scores stand under each other.

    Examples
    --------
    >>> format_bits(-0.5), format_bits(None)
    ('−0.50', '–')
    """
    return NONE if value is None or math.isnan(value) else f"{value:.2f}".replace("-", "−")


def format_shares(interval: Interval) -> str:
    """Return a share with its interval in whole percent, without the sign; what is below 0 by chance is 0.

    Examples
    --------
    >>> format_shares((-0.02, 0.25, 0.41))
    '25 (0 to 41)'
    """
    low, middle, high = (f"{max(value, 0.0) * 100:.0f}" for value in interval)
    return f"{middle} ({low} to {high})"


def format_signed(interval: Sequence[float] | None) -> str:
    """Return a share with its interval in whole percent, each with its sign.

    Examples
    --------
    >>> format_signed((-0.014, 0.132, 0.81)), format_signed(None)
    ('13 (−1 to 81)', '–')
    """
    if interval is None:
        return NONE
    low, middle, high = (f"{100 * value:.0f}".replace("-0", "0") for value in interval)
    return f"{middle} ({low} to {high})".replace("-", "−")


def format_share(interval: Sequence[float] | None) -> str:
    """Return a share as whole percents, with its range.

    Examples
    --------
    >>> format_share((-0.014, 0.132, 0.81))
    '13 (−1 to 81) %'
    """
    return NONE if interval is None else f"{format_signed(interval)} %"


def format_dose(nanomolar: float) -> str:
    """Return a concentration in the unit people would write.

    Examples
    --------
    >>> [format_dose(value) for value in (0.05, 12.0, 25_000.0, 3e6)]
    ['0.05 nM', '12 nM', '25 uM', '3 mM']
    """
    for unit, size in (("mM", 1e6), ("uM", 1e3)):
        if nanomolar >= size:
            return f"{nanomolar / size:.3g} {unit}"
    return f"{nanomolar:.3g} nM"


def format_interval(interval: Interval | str | None) -> str:
    """Return a median with its 5th and 95th percentile, or the words that stand instead.

    Examples
    --------
    >>> format_interval((1.0, 2.0, 4.0))
    '2 (1 to 4)'
    """
    if interval is None:
        return NONE
    if isinstance(interval, str):
        return interval
    low, middle, high = interval
    if low == high:
        return format_number(middle)
    return f"{format_number(middle)} ({format_range(low, high)})"


_EFFECTS = {
    "difference": (100.0, "points"),
    "points": (1.0, "points"),
    "fold": (1.0, "-fold"),
    "share removed": (100.0, "% removed"),
}


def scale_effect(effect: Interval | None, unit: str) -> tuple[Interval | None, str]:
    """Return an effect in the unit it is printed in.

    A difference of shares in percentage points, a share in percent.

    Examples
    --------
    >>> scale_effect((0.0, 0.1, 0.2), "difference")
    ((0.0, 10.0, 20.0), 'points')
    """
    factor, words = _EFFECTS.get(unit, (1.0, unit))
    if effect is None:
        return None, words
    low, middle, high = (value * factor for value in effect)
    return (low, middle, high), words


def format_effect(effect: Interval | None, unit: str) -> str:
    r"""Return an effect with its unit and its 5th and 95th percentile.

    Examples
    --------
    >>> format_effect((0.0, 0.1, 0.2), "difference"), format_effect((1.0, 1.6, 3.0), "fold")
    ('10\xa0points (0 to 20)', '1.60-fold (1.00 to 3)')
    """
    scaled, words = scale_effect(effect, unit)
    if scaled is None:
        return NONE
    if words == "points" or words.startswith("%"):
        low, middle, high = (_format_points(value) for value in scaled)
        return f"{middle}\u00a0{words} ({low} to {high})"
    low, middle, high = (_format_fold(value) for value in scaled)
    return f"{middle}{words} ({low} to {high})"


def _format_points(value: float) -> str:
    """Tenths below ten, else whole: a plate shows no more."""
    text = f"{value:.1f}" if abs(value) < 9.95 else f"{value:.0f}"
    return ("0" if text in ("0.0", "-0.0") else text).replace("-", "−")


def _format_fold(value: float) -> str:
    """Near one, the digits behind the point are what matters."""
    return f"{value:.2f}" if 0.1 < value < 2 else format_number(value)
