"""sin, cos, tan, their inverses and the hyperbolic ones, built as in `elementary`."""

from __future__ import annotations

import math
from collections.abc import Callable

from mscape.engine.llvm.builder import Code, Module
from mscape.engine.llvm.elementary import ROUNDER, call_function, polynomial
from mscape.engine.llvm.shape import POINTER, WORD, Value

_SIN = (  # (sin r - r) / r³ in r², |r| <= pi / 4
    -0.16666666666666666,
    0.008333333333333331,
    -0.00019841269841265363,
    2.755731921930282e-06,
    -2.505210616612358e-08,
    1.605851613866214e-10,
    -7.585612223355339e-13,
)
_COS = (  # (cos r - 1 + r² / 2) / r⁴ in r²
    0.041666666666666664,
    -0.001388888888888889,
    2.4801587301586787e-05,
    -2.7557319222356774e-07,
    2.0876755967416866e-09,
    -1.1470472255917345e-11,
    4.745859617063186e-14,
)
_ATAN = (  # (atan t - t) / t³ in t², |t| <= tan(pi / 8)
    -0.3333333333333333,
    0.19999999999999807,
    -0.14285714285660328,
    0.11111111105208381,
    -0.09090908756113296,
    0.07692296446818073,
    -0.06666426082716462,
    0.058789415935674105,
    -0.05230538384407785,
    0.045519389092728874,
    -0.03457853654653745,
    0.016293659502533926,
)
_ASIN = (  # (asin x - x) / x³ in x², |x| <= 1 / 2
    0.16666666666666669,
    0.07499999999998433,
    0.044642857146356366,
    0.030381944138452487,
    0.02237217294540842,
    0.017352392644575183,
    0.013971214072851006,
    0.011479167211594149,
    0.010322876527089825,
    0.005457259424824403,
    0.017401497641046766,
    -0.014852768841340711,
    0.028758398690180376,
)
_SINH = (  # (sinh x - x) / x³ in x², |x| <= 1
    0.16666666666666666,
    0.008333333333333333,
    0.00019841269841270722,
    2.755731922345055e-06,
    2.505210853228136e-08,
    1.6059024052639468e-10,
    7.648367683121132e-13,
    2.7954997830585883e-15,
)
_HALF_PI = (
    1.5707963267341256,
    6.077100506303966e-11,
    2.0222662487959506e-21,
)  # the first two of 33 bits each
_HALF_PI_TAIL = 6.123233995736766e-17  # pi / 2 less the double nearest to it
_LARGE = 800_000.0  # above, pi in three pieces is not exact enough
_TWO_OVER_PI = (  # its first 1280 bits
    "a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e0"
    "06492eea09d1921cfe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f4"
    "9c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d"
    "7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b6babf0cfbc209af4361d"
)


def _reduce(code: Code, x: Value) -> tuple[Value, Value, Value]:
    """Return x less a multiple of pi / 2, in two parts, and the multiple as an integer."""
    shifted = code.fma(x, code.real(2 / math.pi), code.real(ROUNDER))
    whole = code.binary("fsub", shifted, code.real(ROUNDER))
    n = code.cast("bitcast", shifted, code.shape.integer)
    first = code.fma(whole, code.real(-_HALF_PI[0]), x)
    product = code.mul_exactly(whole, code.real(_HALF_PI[1]))
    second = code.binary("fsub", first, product)
    lost = code.binary("fsub", code.binary("fsub", first, second), product)
    lost = code.fma(whole, code.real(-_HALF_PI[2]), lost)
    high = code.binary("fadd", second, lost)
    return high, code.binary("fadd", code.binary("fsub", second, high), lost), n


def _write_huge(module: Module) -> None:
    """Write ``reduce_huge(x, where to)``: a huge number less a multiple of pi / 2, and the multiple.

    Source: M. Payne and R. Hanek, SIGNUM Newsletter 18:19 (1983), doi 10.1145/1057600.1057602.
    """
    digits = int("".join(_TWO_OVER_PI), 16)
    mask = (1 << 64) - 1
    table = module.words([digits >> (64 * place) & mask for place in range(24)])
    with module.function("reduce_huge", [WORD, POINTER]) as code:
        bits, target = code.arguments
        exponent = code.binary("and", code.binary("lshr", bits, code.word(52)), code.word(2047))
        m = code.binary("or", code.binary("and", bits, code.word((1 << 52) - 1)), code.word(1 << 52))
        # the bits of 2 / pi from 192 places below the point of the product on
        low = code.binary("sub", code.word(1280 + 1075 - 192), exponent)
        address = code.at(table, code.binary("lshr", low, code.word(3)), 1)
        window = code.emit("i256", f"load i256, ptr {address.name}, align 1")
        shift = code.cast("zext", code.binary("and", low, code.word(7)), "i256")
        window = code.binary("lshr", window, shift)
        product = code.binary("mul", window, code.cast("zext", m, "i256"))
        # rounded to the nearest multiple: what is left lies between -1/2 and 1/2
        rounded = code.binary("add", product, Value(str(1 << 191), "i256"))
        multiple = code.cast("trunc", code.binary("lshr", rounded, Value("192", "i256")), WORD)
        left = code.binary(
            "sub", code.binary("lshr", rounded, Value("64", "i256")), Value(str(1 << 127), "i256")
        )
        high = code.cast("trunc", code.binary("lshr", left, Value("64", "i256")), WORD)
        parts = (
            (code.cast("sitofp", code.binary("ashr", high, code.word(32)), "double"), 2.0**-32),
            (code.cast("uitofp", code.binary("and", high, code.word(0xFFFFFFFF)), "double"), 2.0**-64),
            (code.cast("uitofp", code.cast("trunc", left, WORD), "double"), 2.0**-128),
        )
        first, second, third = (code.mul_exactly(part, code.number(scale)) for part, scale in parts)
        total = code.binary("fadd", first, second)
        rest = code.binary("fadd", code.binary("fsub", second, code.binary("fsub", total, first)), third)
        _store_angle(code, target, (total, rest, multiple), code.compare("slt", bits, code.word(0)))
        code.finish()


def _store_angle(code: Code, target: Value, what: tuple[Value, Value, Value], negative: Value) -> None:
    total, rest, multiple = what
    high = code.mul_exactly(total, code.number(math.pi / 2))
    low = code.fma(total, code.number(math.pi / 2), code.neg(high))
    low = code.fma(total, code.number(_HALF_PI_TAIL), low)
    low = code.fma(rest, code.number(math.pi / 2), low)
    summed = code.binary("fadd", high, low)
    low = code.binary("fadd", code.binary("fsub", high, summed), low)
    opposite = code.binary("sub", code.word(0), multiple)
    code.store(code.select(negative, code.neg(summed), summed), target)
    code.store(code.select(negative, code.neg(low), low), code.at(target, 1))
    code.store(code.select(negative, opposite, multiple), code.at(target, 2))


def _write_reduce_all(module: Module) -> None:
    """Write ``reduce_all(x, where to)``: as `_reduce`, lanes with huge arguments one by one."""
    _write_huge(module)
    real, lanes = module.shape.real, module.shape.lanes
    with module.function("reduce_all", [real, POINTER]) as code:
        x, target = code.arguments
        high, low, n = _reduce(code, x)
        for place, value in enumerate((high, low, n)):
            code.store(value, code.at(target, place, code.shape.bytes))
        magnitude = code.intrinsic("fabs", x)
        huge = code.binary(
            "and",
            code.compare("ogt", magnitude, code.real(_LARGE)),
            code.compare("olt", magnitude, code.real(math.inf)),
        )
        given, one = code.reserve(lanes + 8, aligned=True), code.reserve(3)
        code.store(x, given)
        with code.each(code.bits(huge)) as lane:
            code.call("reduce_huge", code.load(WORD, code.at(given, lane)), one)
            column = code.at(target, lane)
            for place in range(3):
                code.store(code.load(WORD, code.at(one, place)), code.at(column, place, code.shape.bytes))
        code.finish()


def _sine_cosine(code: Code, x: Value) -> tuple[Value, Value, Value]:
    """Return sin and cos of x less n quarters, and n."""
    if "reduce_all" not in code.module.defined:
        code.module.defined.add("reduce_all")
        _write_reduce_all(code.module)
    parts = code.reserve(3 * code.shape.lanes + 8, aligned=True)
    code.call("reduce_all", x, parts)
    r = code.load(code.shape.real, parts)
    low = code.load(code.shape.real, code.at(parts, 1, code.shape.bytes))
    n = code.load(code.shape.integer, code.at(parts, 2, code.shape.bytes))
    z = code.mul_exactly(r, r)
    cube = code.mul_exactly(z, r)
    sine = code.fma(cube, polynomial(code, z, _SIN), low)
    # the slope of the sine, for the low part
    sine = code.fma(code.mul_exactly(z, code.real(-0.5)), low, sine)
    sine = code.binary("fadd", r, sine)
    half = code.mul_exactly(z, code.real(0.5))
    top = code.binary("fsub", code.real(1.0), half)
    lost = code.binary("fsub", code.binary("fsub", code.real(1.0), top), half)
    tail = code.fma(code.mul_exactly(z, z), polynomial(code, z, _COS), lost)
    tail = code.binary("fsub", tail, code.mul_exactly(r, low))
    return sine, code.binary("fadd", top, tail), n


def _pick(code: Code, what: tuple[Value, Value], n: Value) -> Value:
    """Return the first in even quarters and the second in odd ones, with the sign of the quarter."""
    first, second = what
    odd = code.compare("ne", code.binary("and", n, code.integer(1)), code.integer(0))
    value = code.select(odd, second, first)
    negative = code.compare("ne", code.binary("and", n, code.integer(2)), code.integer(0))
    return code.select(negative, code.neg(value), value)


def _sin(code: Code, x: Value) -> Value:
    sine, cosine, n = _sine_cosine(code, x)
    # the sine of ±0 is ±0
    return code.select(code.compare("oeq", x, code.real(0.0)), x, _pick(code, (sine, cosine), n))


def _cos(code: Code, x: Value) -> Value:
    sine, cosine, n = _sine_cosine(code, x)
    return _pick(
        code, (cosine, sine), code.select(_is_odd(code, n), code.binary("add", n, code.integer(2)), n)
    )


def _is_odd(code: Code, n: Value) -> Value:
    return code.compare("ne", code.binary("and", n, code.integer(1)), code.integer(0))


def _tan(code: Code, x: Value) -> Value:
    sine, cosine, n = _sine_cosine(code, x)
    odd = _is_odd(code, n)
    above, below = code.select(odd, code.neg(cosine), sine), code.select(odd, sine, cosine)
    return code.select(code.compare("oeq", x, code.real(0.0)), x, code.div(above, below))


def _odd_series(code: Code, x: Value, coefficients: tuple[float, ...]) -> Value:
    z = code.mul_exactly(x, x)
    return code.fma(code.mul_exactly(z, x), polynomial(code, z, coefficients), x)


def _atan(code: Code, x: Value) -> Value:
    one, a = code.real(1.0), code.intrinsic("fabs", x)
    far = code.compare("ogt", a, code.real(math.tan(3 * math.pi / 8)))
    middle = code.compare("ogt", a, code.real(math.tan(math.pi / 8)))
    above = code.select(far, code.real(-1.0), code.select(middle, code.binary("fsub", a, one), a))
    below = code.select(far, a, code.select(middle, code.binary("fadd", a, one), one))
    reduced = _odd_series(code, code.div(above, below), _ATAN)
    base = code.select(
        far, code.real(math.pi / 2), code.select(middle, code.real(math.pi / 4), code.real(0.0))
    )
    tail = code.select(
        far, code.real(_HALF_PI_TAIL), code.select(middle, code.real(_HALF_PI_TAIL / 2), code.real(0.0))
    )
    return code.intrinsic("copysign", code.binary("fadd", base, code.binary("fadd", reduced, tail)), x)


def _asin_parts(code: Code, x: Value) -> tuple[Value, Value, Value]:
    """Return |x|, whether it is above a half, and asin of it or of sqrt((1 - |x|) / 2)."""
    a = code.intrinsic("fabs", x)
    large = code.compare("ogt", a, code.real(0.5))
    rest = code.mul_exactly(code.binary("fsub", code.real(1.0), a), code.real(0.5))
    return a, large, _odd_series(code, code.select(large, code.intrinsic("sqrt", rest), a), _ASIN)


def _asin(code: Code, x: Value) -> Value:
    _, large, inner = _asin_parts(code, x)
    far = code.binary("fsub", code.real(math.pi / 2), code.binary("fadd", inner, inner))
    far = code.binary("fadd", far, code.real(_HALF_PI_TAIL))
    return code.intrinsic("copysign", code.select(large, far, inner), x)


def _acos(code: Code, x: Value) -> Value:
    _, large, inner = _asin_parts(code, x)
    negative = code.compare("olt", x, code.real(0.0))
    double = code.binary("fadd", inner, inner)
    tail = code.binary("fsub", double, code.real(2 * _HALF_PI_TAIL))
    far = code.select(negative, code.binary("fsub", code.real(math.pi), tail), double)
    signed = code.intrinsic("copysign", inner, x)
    near = code.binary("fsub", signed, code.real(_HALF_PI_TAIL))
    return code.select(large, far, code.binary("fsub", code.real(math.pi / 2), near))


def _exp_pair(code: Code, a: Value) -> tuple[Value, Value, Value]:
    """Return exp a and exp(-a) for a up to 700, and exp(a) / 2 by way of its root for those above."""
    bounded = code.select(code.compare("ogt", a, code.real(700.0)), code.real(700.0), a)
    e = call_function(code, "exp", bounded)
    root = call_function(code, "exp", code.mul_exactly(a, code.real(0.5)))
    return e, code.div(code.real(1.0), e), code.mul_exactly(code.mul_exactly(root, code.real(0.5)), root)


def _sinh(code: Code, x: Value) -> Value:
    a = code.intrinsic("fabs", x)
    e, inverse, huge = _exp_pair(code, a)
    result = code.mul_exactly(code.binary("fsub", e, inverse), code.real(0.5))
    result = code.select(code.compare("ogt", a, code.real(700.0)), huge, result)
    result = code.select(code.compare("olt", a, code.real(1.0)), _odd_series(code, a, _SINH), result)
    return code.intrinsic("copysign", result, x)


def _cosh(code: Code, x: Value) -> Value:
    a = code.intrinsic("fabs", x)
    e, inverse, huge = _exp_pair(code, a)
    result = code.mul_exactly(code.binary("fadd", e, inverse), code.real(0.5))
    return code.select(code.compare("ogt", a, code.real(700.0)), huge, result)


def _tanh(code: Code, x: Value) -> Value:
    a, one = code.intrinsic("fabs", x), code.real(1.0)
    sinh = _odd_series(code, a, _SINH)
    near = code.div(sinh, code.intrinsic("sqrt", code.fma(sinh, sinh, one)))
    e = call_function(code, "exp", code.binary("fadd", a, a))
    far = code.binary("fsub", one, code.div(code.real(2.0), code.binary("fadd", e, one)))
    return code.intrinsic("copysign", code.select(code.compare("olt", a, one), near, far), x)


def _log_of_one_plus(code: Code, x: Value) -> Value:
    """log(1 + x) of x >= 0, exact near 0."""
    one = code.real(1.0)
    total = code.binary("fadd", x, one)
    lost = code.binary("fsub", x, code.binary("fsub", total, one))
    correction = code.select(
        code.compare("olt", total, code.real(1e300)), code.div(lost, total), code.real(0.0)
    )
    return code.binary("fadd", call_function(code, "log", total), correction)


def _asinh(code: Code, x: Value) -> Value:
    a, one = code.intrinsic("fabs", x), code.real(1.0)
    square = code.mul_exactly(a, a)
    root = code.binary("fadd", one, code.intrinsic("sqrt", code.binary("fadd", square, one)))
    near = _log_of_one_plus(code, code.binary("fadd", a, code.div(square, root)))
    far = code.binary("fadd", call_function(code, "log", a), code.real(math.log(2)))
    return code.intrinsic("copysign", code.select(code.compare("olt", a, code.real(1e9)), near, far), x)


def _acosh(code: Code, x: Value) -> Value:
    t = code.binary("fsub", x, code.real(1.0))
    inside = code.fma(t, t, code.binary("fadd", t, t))
    near = _log_of_one_plus(code, code.binary("fadd", t, code.intrinsic("sqrt", inside)))
    far = code.binary("fadd", call_function(code, "log", x), code.real(math.log(2)))
    result = code.select(code.compare("olt", x, code.real(1e9)), near, far)
    return code.select(code.compare("olt", x, code.real(1.0)), code.real(math.nan), result)


def _atanh(code: Code, x: Value) -> Value:
    a, one = code.intrinsic("fabs", x), code.real(1.0)
    ratio = code.div(code.binary("fadd", a, a), code.binary("fsub", one, a))
    result = code.mul_exactly(_log_of_one_plus(code, ratio), code.real(0.5))
    result = code.select(code.compare("ogt", a, one), code.real(math.nan), result)
    return code.intrinsic("copysign", result, x)


FUNCTIONS: dict[str, tuple[Callable[..., Value], int, str]] = {
    name: (write, 1, "internal")
    for name, write in {
        "sin": _sin,
        "cos": _cos,
        "tan": _tan,
        "asin": _asin,
        "acos": _acos,
        "atan": _atan,
        "sinh": _sinh,
        "cosh": _cosh,
        "tanh": _tanh,
        "asinh": _asinh,
        "acosh": _acosh,
        "atanh": _atanh,
    }.items()
}
