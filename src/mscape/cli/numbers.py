"""Doses as people write them, and intervals for JSON; other numbers are printed as the report prints them."""

from __future__ import annotations

from collections.abc import Sequence

from mscape.report.number import format_dose


def format_dose_interval(interval: Sequence[float] | str | None) -> str:
    """Return a median concentration with its range, or the words that stand instead.

    Examples
    --------
    >>> format_dose_interval((4300.0, 13_000.0, 120_000.0))
    '13 uM (4.3 uM to 120 uM)'
    """
    if interval is None or isinstance(interval, str):
        return interval or "-"
    low, middle, high = (format_dose(value) for value in interval)
    return f"{middle} ({low} to {high})"


def make_interval(values: Sequence[float] | str | None) -> dict[str, float] | str | None:
    """Return an interval for JSON: an object with low, median and high; words and None stay."""
    if values is None or isinstance(values, str):
        return values
    low, middle, high = values
    return {"low": low, "median": middle, "high": high}
