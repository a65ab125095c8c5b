"""Numbers: few digits, never none or all by rounding, nothing lost for odd values."""

import math

from hypothesis import given
from hypothesis import strategies as st

from mscape.report.number import format_interval, format_number, format_percent


def test_odd_values_have_words() -> None:
    assert [format_number(value) for value in (None, math.nan, math.inf, -math.inf, 0.0)] == [
        "–",
        "–",
        "∞",
        "−∞",
        "0",
    ]
    assert format_interval("above the top dose") == "above the top dose"
    assert format_interval((2.0, 2.0, 2.0)) == "2"


@given(st.floats(min_value=1e-4, max_value=9e4), st.integers(min_value=2, max_value=3))
def test_printed_number_is_near_the_number(value: float, digits: int) -> None:
    text = format_number(value, digits).replace("\u202f", "")
    assert math.isclose(float(text), value, rel_tol=0.5 * 10 ** (1 - digits) * 1.01)


@given(st.floats(min_value=0.0, max_value=1.0))
def test_percent_says_all_or_none_only_if_so(share: float) -> None:
    text = format_percent(share)
    assert (text == "100\u00a0%") == (share == 1 or (share >= 0.995 and share == 1))
    assert (text == "0\u00a0%") == (share == 0)
