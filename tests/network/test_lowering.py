"""Every function of MathML, read from SBML and worked out, against Python's own mathematics."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.errors import ModelError
from tests.network.sbml_text import assignment_rule, listing, make_sbml, parameter, run

ONE: dict[str, Callable[[float], float]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sec": lambda x: 1 / math.cos(x),
    "csc": lambda x: 1 / math.sin(x),
    "cot": lambda x: 1 / math.tan(x),
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "sech": lambda x: 1 / math.cosh(x),
    "csch": lambda x: 1 / math.sinh(x),
    "coth": lambda x: 1 / math.tanh(x),
    "arcsin": math.asin,
    "arccos": math.acos,
    "arctan": math.atan,
    "arcsinh": math.asinh,
    "arctanh": math.atanh,
    "arcsech": lambda x: math.acosh(1 / x),
    "arccsch": lambda x: math.asinh(1 / x),
    "arccot": lambda x: math.atan(1 / x),
    "abs": abs,
    "exp": math.exp,
    "ln": math.log,
    "log10": math.log10,
    "floor": math.floor,
    "ceil": math.ceil,
    "sqrt": math.sqrt,
}
ABOVE: dict[str, Callable[[float], float]] = {
    "arccosh": math.acosh,
    "arcsec": lambda x: math.acos(1 / x),
    "arccsc": lambda x: math.asin(1 / x),
    "arccoth": lambda x: math.atanh(1 / x),
}


def _value(formula: str, **values: float) -> float:
    names = [parameter(name, value) for name, value in values.items()]
    text = make_sbml(
        listing("Parameters", parameter("out"), *names), listing("Rules", assignment_rule("out", formula))
    )
    return run(text).read("out")


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("x", [0.125, 0.9])
def test_a_function_of_one_argument(name: str, x: float) -> None:
    assert _value(f"{name}(x)", x=x) == pytest.approx(ONE[name](x), rel=1e-14)


@pytest.mark.parametrize("name", ABOVE)
def test_a_function_of_what_is_above_one(name: str) -> None:
    assert _value(f"{name}(x)", x=1.75) == pytest.approx(ABOVE[name](1.75), rel=1e-14)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("x + y * 2 - 1", 3 + 2 * 2 - 1),
        ("-x", -3),
        ("x / y", 1.5),
        ("x^y", 9),
        ("x^-2", 1 / 9),
        ("x^0.5", math.sqrt(3)),
        ("root(3, x)", 3 ** (1 / 3)),
        ("log(y, 8)", 3),
        ("max(x, 1, y)", 3),
        ("min(x, 1, y)", 1),
        ("quotient(7, y)", 3),
        ("rem(7, y)", 1),
        ("factorial(x)", 6),
        ("factorial(5)", 120),
        ("factorial(x + y)", 120),
        ("pi + exponentiale", math.pi + math.e),
        ("avogadro / 6.02214179e23", 1),
        ("piecewise(1, x > 5, 2, x > 2, 3)", 2),
        ("piecewise(1, x > 5, 2, x > 4, 3)", 3),
        ("piecewise(1, x > 5, 2)", 2),
        ("plus()", 0),
        ("times()", 1),
        ("and()", 1),
        ("or()", 0),
        ("xor()", 0),
    ],
)
def test_an_operation(formula: str, expected: float) -> None:
    assert _value(formula, x=3, y=2) == pytest.approx(expected, rel=1e-14)


def test_a_piecewise_without_a_case_is_not_a_number() -> None:
    assert math.isnan(_value("piecewise(1, x > 5)", x=3))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("x < y", False),
        ("x <= 3", True),
        ("x > y", True),
        ("x >= 4", False),
        ("x == 3", True),
        ("x != 3", False),
        ("lt(1, y, x)", True),
        ("gt(x, y, 2)", False),
        ("geq(x, y, 2)", True),
        ("leq(1, x, y)", False),
        ("eq(x, 3, 3)", True),
        ("x > 2 && y > 2", False),
        ("x > 2 || y > 2", True),
        ("xor(x > 2, y > 1, true)", True),
        ("xor(x > 2, y > 1)", False),
        ("!(x > 2)", False),
        ("implies(x > 2, y > 2)", False),
        ("implies(x > 5, y > 2)", True),
        ("true", True),
    ],
)
def test_a_truth_is_one_or_zero_as_a_number(formula: str, expected: bool) -> None:
    assert _value(formula, x=3, y=2) == float(expected)
    assert _value(f"({formula}) + 1", x=3, y=2) == float(expected) + 1
    assert _value(f"piecewise(5, {formula}, 7)", x=3, y=2) == (5 if expected else 7)


def test_a_number_is_true_unless_it_is_zero() -> None:
    assert _value("piecewise(5, x, 7)", x=3) == 5
    assert _value("piecewise(5, x, 7)", x=0) == 7
    assert _value("piecewise(5, piecewise(true, x > 1, false), 7)", x=3) == 5


@given(st.integers(0, 170))
def test_the_factorial_of_a_variable(n: int) -> None:
    assert _value("factorial(x)", x=n) == float(math.factorial(n))


@given(st.floats(-50, 50, allow_subnormal=False), st.floats(0.5, 20))
def test_quotient_and_remainder_make_the_whole(x: float, y: float) -> None:
    whole = _value("quotient(x, y) * y + rem(x, y)", x=x, y=y)
    assert whole == pytest.approx(x, abs=1e-12)


_X = st.floats(-2, 2, allow_subnormal=False)
_LEAVES = st.one_of(st.sampled_from(["x", "y"]), st.floats(0.5, 3).map(lambda value: repr(round(value, 3))))


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(
        lambda part: f"({part[0]} {part[1]} {part[2]})"
    )
    chosen = st.tuples(inner, inner, inner, inner).map(
        lambda part: f"piecewise({part[0]}, {part[1]} < {part[2]}, {part[3]})"
    )
    return st.one_of(
        pair, chosen, inner.map(lambda part: f"(-{part})"), inner.map(lambda part: f"abs({part})")
    )


@given(st.recursive(_LEAVES, _grow, max_leaves=12), _X, _X)
def test_any_formula_is_what_python_makes_of_it(formula: str, x: float, y: float) -> None:
    piecewise: Callable[[float, bool, float], float] = lambda a, c, b: a if c else b  # noqa: E731
    try:
        expected = eval(formula, {"x": x, "y": y, "piecewise": piecewise, "abs": abs})
    except (ZeroDivisionError, OverflowError):
        return
    assert _value(formula, x=x, y=y) == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


def test_a_function_of_the_model_is_put_in_place() -> None:
    functions = listing(
        "FunctionDefinitions",
        _function("mm", "lambda(s, k, s / (k + s))"),
        _function("twice", "lambda(s, mm(s, 1) + mm(s, s))"),
    )
    text = make_sbml(
        functions,
        listing("Parameters", parameter("s", 3), parameter("out")),
        listing("Rules", assignment_rule("out", "twice(s + 1)")),
    )
    assert run(text).read("out") == pytest.approx(4 / 5 + 4 / 8)


def _function(name: str, formula: str) -> str:
    from tests.network.sbml_text import math as mathml

    return f'<functionDefinition id="{name}">{mathml(formula)}</functionDefinition>'


@pytest.mark.parametrize(
    ("functions", "formula", "words"),
    [
        (("lambda(s, f(s))",), "f(1)", "f needs f"),
        (("lambda(s, s)",), "f(1, 2)", "f with 2 arguments"),
        (("lambda(s, s)",), "g(1)", "function g"),
        (("lambda(s, s + z)",), "f(1)", "z in a formula"),
        ((), "nobody + 1", "nobody in a formula"),
        ((), "out + 1", "out needs out"),
        ((), "delay(x, 2)", "csymbol delay"),
        ((), "rateOf(out)", "rateOf"),
    ],
)
def test_a_formula_that_makes_no_sense_is_refused_by_name(
    functions: tuple[str, ...], formula: str, words: str
) -> None:
    definitions = "".join(_function("f", item) for item in functions)
    text = make_sbml(
        listing("FunctionDefinitions", definitions) if functions else "",
        listing("Parameters", parameter("out"), parameter("x", 1)),
        listing("Rules", assignment_rule("out", formula)),
    )
    with pytest.raises(ModelError, match=words):
        run(text)


def test_functions_that_grow_without_end_are_refused() -> None:
    functions = [_function("f0", "lambda(x, x + 1)")]
    functions += [_function(f"f{i}", f"lambda(x, f{i - 1}(x) + f{i - 1}(x + 1))") for i in range(1, 40)]
    text = make_sbml(
        listing("FunctionDefinitions", *functions),
        listing("Parameters", parameter("out")),
        listing("Rules", assignment_rule("out", "f39(time)")),
    )
    with pytest.raises(ModelError, match="never end"):
        run(text)
