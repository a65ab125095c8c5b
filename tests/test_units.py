import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.errors import DataError
from mscape.units import Quantity, convert_value, format_quantity, parse_quantity

IL6 = parse_quantity("21 kDa")  # UniProt P05231, rounded
FINITE = st.floats(min_value=1e-6, max_value=1e8, allow_nan=False)


@pytest.mark.parametrize(
    ("text", "value", "unit", "dimension"),
    [
        ("10uM", 10_000.0, "nanomolar", "concentration"),
        ("10 µM", 10_000.0, "nanomolar", "concentration"),  # U+00B5
        ("10 μM", 10_000.0, "nanomolar", "concentration"),  # U+03BC
        ("0.1 nmol/mL", 100.0, "nanomolar", "concentration"),
        ("72h", 72.0, "hour", "time"),
        ("30 min", 0.5, "hour", "time"),
        ("3 days", 72.0, "hour", "time"),
        ("3e5/mL", 3e8, "1/litre", "number density"),
        ("3e5 cells/ml", 3e8, "cell/litre", "cell density"),
        ("1:3", 1 / 3, "1", "ratio"),
        ("50%", 0.5, "1", "ratio"),
        ("0.5", 0.5, "1", "ratio"),
        ("2 / min", 120.0, "1/hour", "rate"),
        ("2 min^-1", 120.0, "1/hour", "rate"),
        ("2 per minute", 120.0, "1/hour", "rate"),
        ("0.384/(nM h)", 0.384, "1/(nanomolar hour)", "association rate"),
        ("21 kDa", 21_000.0, "gram/mole", "molar mass"),
        ("1e9 exosomes", 1e9, "particle", "particle count"),
        ("0 nM", 0.0, "nanomolar", "concentration"),
    ],
)
def test_quantities_as_people_write_them(text: str, value: float, unit: str, dimension: str) -> None:
    assert parse_quantity(text) == Quantity(value, unit, dimension)


def test_mass_becomes_amount_by_molar_mass() -> None:
    assert parse_quantity("21 ng/mL", molar_mass=IL6).value == 1.0
    assert parse_quantity("5 ug/mL", molar_mass=parse_quantity("150 kDa")).value == pytest.approx(
        100 / 3, rel=1e-15
    )
    secreted = parse_quantity("21 pg/cell/day", molar_mass=IL6)
    assert secreted == Quantity(1 / 24e6, "nanomole/(cell hour)", "secretion rate")


def test_mass_without_molar_mass_is_refused_with_what_to_give() -> None:
    with pytest.raises(DataError, match="molar mass in kDa"):
        parse_quantity("5 ug/mL", dimension="concentration")
    assert parse_quantity("5 ug/mL", dimension="mass concentration").value == 0.005


def test_wrong_unit_says_what_to_write() -> None:
    with pytest.raises(DataError) as caught:
        parse_quantity("5 uM/L", dimension="concentration", where="observations.tsv line 7")
    assert str(caught.value) == (
        "observations.tsv line 7: 'uM/L' is not a concentration; expected nM, uM, mM, ng/mL, ug/mL; "
        "write 'uM' if the paper says µM"
    )


@pytest.mark.parametrize(
    "text",
    ["", "uM", "nan", "NaN uM", "inf", "-1 uM", "−1 uM", "-1:3", "1:0", "1e999 nM", "1,5 uM", "1,000 nM",
     "3 um", "3 parsec", "3 (nM", "3 //", "3 nM/", "3 h/h/h/h", "1" * 200, "3 nM^9999", "1.2.3 nM",
     "1e5000 nM", "3 nM;", "١ nM"],
)  # fmt: skip
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        parse_quantity(text)


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.5])
def test_numbers_from_tables_are_checked_too(value: float) -> None:
    with pytest.raises(DataError):
        convert_value(value, "nM")


def test_another_dimension_than_wanted_is_refused() -> None:
    with pytest.raises(DataError, match="'h' is not a concentration"):
        parse_quantity("5 h", dimension="concentration")
    with pytest.raises(DataError, match="is not an amount"):
        parse_quantity("5 %", dimension="amount")


def test_molar_mass_must_be_one() -> None:
    with pytest.raises(DataError, match="positive one in g/mol or kDa"):
        parse_quantity("5 ng/mL", molar_mass=Quantity(0.0, "gram/mole", "molar mass"))


@given(FINITE)
def test_bare_number_is_in_model_units(value: float) -> None:
    assert parse_quantity(repr(value), dimension="concentration") == Quantity(
        value, "nanomolar", "concentration"
    )
    assert parse_quantity(repr(value), dimension="time") == Quantity(value, "hour", "time")


@given(st.integers(0, 10**6))
def test_prefixes_agree_exactly(count: int) -> None:
    molar = [
        convert_value(count, "mM"),
        convert_value(count * 1000, "µM"),
        convert_value(count * 10**6, "nM"),
    ]
    assert len(set(molar)) == 1
    assert convert_value(count, "d") == convert_value(count * 24, "h") == convert_value(count * 1440, "min")


@given(
    FINITE,
    st.sampled_from(["concentration", "time", "volume", "ratio", "rate", "cell density", "secretion rate"]),
)
def test_what_is_shown_reads_back(value: float, dimension: str) -> None:
    start = parse_quantity(repr(value), dimension=dimension)
    assert parse_quantity(format_quantity(start, digits=17), dimension=dimension).value == pytest.approx(
        value
    )


@given(st.text(max_size=30))
def test_any_text_is_a_quantity_or_a_data_error(text: str) -> None:
    try:
        quantity = parse_quantity(text)
    except DataError:
        return
    assert math.isfinite(quantity.value)
    assert quantity.value >= 0


@pytest.mark.parametrize(
    ("value", "dimension", "text"),
    [
        (12_300, "concentration", "12.3 µM"),
        (999.96, "concentration", "1 µM"),
        (0, "concentration", "0 nM"),
        (0.0125, "concentration", "12.5 pM"),
        (72, "time", "72 h"),
        (0.5, "time", "30 min"),
        (240, "time", "10 d"),
        (3e8, "number density", "3e8/litre"),
        (123_456, "cell count", "123000 cell"),
        (1 / 3, "ratio", "0.333"),
    ],
)
def test_people_are_shown_handy_units(value: float, dimension: str, text: str) -> None:
    quantity = parse_quantity(repr(float(value)), dimension=dimension)
    assert format_quantity(quantity) == text
