"""Gates: arithmetic and nothing else, and a verdict from shares of draws."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.atlas.record import Gate
from mscape.engine.batch import Array
from mscape.errors import ModelError
from mscape.experiments.bind import Bound
from mscape.experiments.condition import RATIOS, WELL
from mscape.experiments.gate import GateResult, compute_gates, evaluate, list_names
from mscape.experiments.prior import Prior

VALUES: Mapping[str, Array] = {"a": np.array([1.0, 2.0, 3.0]), "b": np.array([4.0, 0.5, 2.0])}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", [1, 2, 3]),
        ("a + 2 * b", [9, 3, 7]),
        ("(a + 2) * b", [12, 2, 10]),
        ("a / b - 1", [-0.75, 3, 0.5]),
        ("-a ** 2", [-1, -4, -9]),
        ("2 ** a ** 0", [2, 2, 2]),
        ("1e3 * a", [1000, 2000, 3000]),
        ("a\n  * b", [4, 1, 6]),
    ],
)
def test_arithmetic_is_that_of_school(text: str, expected: list[float]) -> None:
    np.testing.assert_allclose(evaluate(text, VALUES, "here"), expected)


def test_a_number_alone_is_a_number() -> None:
    assert float(evaluate("3 * 2", VALUES, "here")) == 6


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a +",
        "__import__('os').system('true')",
        "a.__class__",
        "a[0]",
        "(lambda: 1)()",
        "open('x')",
        "[a]",
        "{a}",
        "a if b else a",
        "a < b",
        "a and b",
        "not a",
        "~a",
        "a % b",
        "a // b",
        "a @ b",
        "a << b",
        "'a'",
        "b'a'",
        "f'{a}'",
        "True",
        "None",
        "...",
        "1j",
        "x := 3",
        "(x := 3)",
        "c",
        "a; b",
        "a = b",
        "import os",
        "*a",
        "a \x00 b",
        "\ud800",
        "+a" * 300,
        "1" + "0" * 400,
        "a" * 501,
    ],
)
def test_anything_else_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(ModelError) as caught:
        evaluate(text, VALUES, "xu2018 gate occupancy")
    assert caught.value.where == "xu2018 gate occupancy"
    assert caught.value.expected


@pytest.mark.parametrize(
    "text", ["9 ** 9 ** 9", "9 ** 9 ** 9 ** 9 ** 9", "1e308 * 10", "1 / 0", "a / 0", "(0 - 1) ** 0.5"]
)
def test_what_no_number_can_hold_neither_hangs_nor_stops(text: str) -> None:
    assert not np.isfinite(evaluate(text, VALUES, "here")).any()


@pytest.mark.parametrize("text", ["(" * 200 + "a" + ")" * 200, "-" * 499 + "a", "-(" * 160 + "a" + ")" * 160])
def test_deep_nesting_gives_numbers_or_a_model_error(text: str) -> None:
    with suppress(ModelError):
        assert np.abs(evaluate(text, VALUES, "here")).tolist() == [1, 2, 3]


@given(st.text(alphabet="ab1e9.+-*/() \n_x[]'\"\\:,=<>@{}\x00é", max_size=40))
def test_any_text_gives_numbers_or_a_model_error(text: str) -> None:
    with suppress(ModelError):
        list_names(text, "here")
        assert evaluate(text, VALUES, "here").dtype == float


def test_names_are_found_wherever_they_stand() -> None:
    assert list_names("-(a + b) ** c / 3", "here") == {"a", "b", "c"}


def compute(bound: Bound, available: str, needed: str, draws: int = 2000) -> GateResult:
    gate = Gate(id="g", question="?", quantity="q", unit="nM", available=available, needed=needed)
    mechanism = bound.record.mechanism.model_copy(update={"gates": (gate,)})
    priors = bound.priors | {"spread": Prior(1.0, "", 0.0, 1.0, "uniform", "assumed: for a test")}
    (result,) = compute_gates(
        replace(bound, record=replace(bound.record, mechanism=mechanism), priors=priors), 1, draws
    )
    return result


@pytest.mark.parametrize(
    ("needed", "share", "verdict"),
    [
        ("0", 1.0, "plausible"),
        ("0.45", 0.55, "plausible"),
        ("0.55", 0.45, "demanding"),
        ("0.9", 0.1, "demanding"),
        ("0.98", 0.02, "beyond known numbers"),
        ("2", 0.0, "beyond known numbers"),
    ],
)
def test_the_verdict_follows_the_share_of_draws_with_enough(
    il6: Bound, needed: str, share: float, verdict: str
) -> None:
    result = compute(il6, "spread", needed)
    assert result.share == pytest.approx(share, abs=0.03)
    assert result.verdict == verdict
    assert result.available == pytest.approx((0.05, 0.5, 0.95), abs=0.03)
    assert result.assumed == ("spread",)


def test_conditions_have_names_of_their_own(il6: Bound) -> None:
    assert compute(il6, "volume", "1").available == pytest.approx((WELL, WELL, WELL))
    low, _, high = compute(il6, "hours", "1").available
    assert 24 <= low < high <= 72
    low, _, high = compute(il6, "msc_count / tumour_count", "1").available
    assert (low, high) == pytest.approx((RATIOS[0], RATIOS[-1]))
    low, _, high = compute(il6, "tumour_count", "1").available
    assert 3e3 <= low < high <= 1e4


def test_an_unknown_name_is_refused_with_its_nearest(il6: Bound) -> None:
    with pytest.raises(ModelError, match="no parameter il6_secretoin; expected il6_secretion"):
        compute(il6, "il6_secretoin * 2", "1")


def test_a_gate_does_not_change_with_more_draws_beyond_their_noise(il6: Bound) -> None:
    assert compute(il6, "spread", "0.5", 500).share == pytest.approx(0.5, abs=0.07)


def test_every_gate_of_the_atlas_can_be_computed(bound: Bound) -> None:
    results = compute_gates(bound, 1, 500)
    assert [result.id for result in results] == [gate.id for gate in bound.record.mechanism.gates]
    for result in results:
        assert np.isfinite([*result.available, *result.needed]).all()
        assert result.available == tuple(sorted(result.available))
        assert min(result.available) >= 0
        assert 0 <= result.share <= 1
