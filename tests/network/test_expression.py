"""Formulas: what people see of them, and what is in them."""

import libsbml
import pytest

from mscape.network.expression import Call, Name, Number, Truth, list_names, walk, write_infix
from mscape.network.read_math import read_math


def _read(formula: str) -> object:
    return read_math(libsbml.parseL3Formula(formula), "test")


@pytest.mark.parametrize(
    "text",
    [
        "a + b * c",
        "(a + b) * c",
        "a - (b - c)",
        "a - b - c",
        "a - b + c - 2",
        "a / (b * c)",
        "a / b / c",
        "(a^b)^c",
        "a^(b^c)",
        "(-a)^2",
        "-a^2",
        "-(a + b)",
        "a && b || c",
        "(a || b) && c",
        "a < b",
        "piecewise(1, x > 2, 3)",
        "exp(-k * time)",
        "rateOf(x) + f(1.5, INF)",
        "1e-05 * x",
        "log(10, x)",
        "root(2, x)",
    ],
)
def test_infix_means_what_was_read(text: str) -> None:
    first = _read(text)
    again = _read(write_infix(first))  # type: ignore[arg-type]
    assert write_infix(again) == write_infix(first)  # type: ignore[arg-type]
    assert again == first


def test_infix_of_a_sum_shows_differences() -> None:
    assert write_infix(_read("a - b + c - d * e")) == "a - b + c - d * e"  # type: ignore[arg-type]


def test_names_come_once_and_in_order() -> None:
    assert list_names(_read("b + a * b - rateOf(c)")) == ("b", "a", "c")  # type: ignore[arg-type]


def test_walk_starts_outside() -> None:
    tree = Call("not", (Truth(value=True),))
    assert list(walk(tree)) == [tree, Truth(value=True)]


@pytest.mark.parametrize(("value", "text"), [(3.0, "3"), (-0.5, "-0.5"), (1e300, "1e+300"), (-2.0, "-2")])
def test_numbers_are_written_short(value: float, text: str) -> None:
    assert write_infix(Number(value)) == text


def test_a_negative_number_is_bracketed_where_it_must_be() -> None:
    assert write_infix(Call("power", (Number(-2.0), Name("n")))) == "(-2)^n"


def test_a_long_sum_or_product_is_not_deep() -> None:
    for sign in ("+", "-", "*"):
        tree = _read(f" {sign} ".join(["x"] * 3000))
        assert isinstance(tree, Call)
        assert len(tree.arguments) == 3000
