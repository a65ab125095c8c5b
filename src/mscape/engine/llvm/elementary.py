"""exp, log and powers for all lanes at once, from +, −, ·, / and bit patterns: the same bits in any lane.

Each function is written into a module when first asked for. Polynomials are our own fits (Chebyshev
interpolation in extended precision); the reductions are classical (Cody and Waite 1980; Tang 1989, 1990).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from mscape.engine.llvm.builder import Code, Module
from mscape.engine.llvm.shape import Value

_EXP = (  # (exp(r) - 1 - r) / r², |r| <= ln 2 / 2
    0.5000000000000001,
    0.16666666666666669,
    0.04166666666662413,
    0.008333333333330037,
    0.001388888891721228,
    0.00019841269863093804,
    2.480152129883684e-05,
    2.755726844064513e-06,
    2.7620086826115166e-07,
    2.5100385876560258e-08,
)
_LOG = (  # (log((1 + s) / (1 - s)) - 2 s) / s³ in s², for (1 + s) / (1 - s) within sqrt(1/2) and sqrt(2)
    0.6666666666666666,
    0.40000000000000857,
    0.2857142857081079,
    0.22222222390569674,
    0.18181795730026717,
    0.15386235984261792,
    0.1326885085512813,
    0.13085979226356442,
)
_NORMAL = 2.2250738585072014e-308  # the smallest number with all its digits
_LN2_HIGH = 0.693147180369123816490  # ends in 21 zero bits, so that its product with an exponent is exact
_LN2_LOW = 1.90821492927058770002e-10
ROUNDER = 6755399441055744.0  # 1.5 · 2^52: adding it rounds to a whole number, which its last bits then hold


def call_function(code: Code, name: str, *arguments: Value) -> Value:
    """Append a call of a function of this file, which its module gets if it lacks it."""
    _ensure(code.module, name)
    return code.call(name, *arguments, result=code.shape.real)


def _ensure(module: Module, name: str) -> None:
    if name in module.defined:
        return
    module.defined.add(name)
    from mscape.engine.llvm.trigonometry import FUNCTIONS  # built upon this file

    write, count, how = (_FUNCTIONS | FUNCTIONS)[name]
    with module.function(name, [module.shape.real] * count, module.shape.real, how=how) as code:
        code.finish(write(code, *code.arguments))


def polynomial(code: Code, x: Value, coefficients: Sequence[float]) -> Value:
    """Return Σ c_i x^i, in pairs so that the chain is half as long as Horner's."""
    terms = [code.real(c) for c in coefficients]
    square = x
    while len(terms) > 1:
        paired = [code.fma(terms[i + 1], square, terms[i]) for i in range(0, len(terms) - 1, 2)]
        terms = paired + terms[len(paired) * 2 :]
        if len(terms) > 1:
            square = code.mul_exactly(square, square)
    return terms[0]


def _times_power_of_two(code: Code, x: Value, n: Value) -> Value:
    """x · 2^n, |n| < 2000, in two steps so that neither factor overflows before the product does."""
    half = code.binary("lshr", code.binary("add", n, code.integer(4096)), code.integer(1))
    half = code.binary("sub", half, code.integer(2048))
    for part in (half, code.binary("sub", n, half)):
        raised = code.binary("shl", code.binary("add", part, code.integer(1023)), code.integer(52))
        x = code.mul_exactly(x, code.cast("bitcast", raised, code.shape.real))
    return x


def _exp_of_sum(code: Code, x: Value, rest: Value | None) -> Value:
    """exp(x + rest), where rest is a rounding error of x."""
    x = code.select(code.compare("ogt", x, code.real(720.0)), code.real(720.0), x)
    x = code.select(code.compare("olt", x, code.real(-750.0)), code.real(-750.0), x)
    return _times_power_of_two(code, *_exp_parts(code, x, rest))


def _exp_parts(code: Code, x: Value, rest: Value | None) -> tuple[Value, Value]:
    """exp(x + rest) as a number near 1 and a power of two."""
    shifted = code.fma(x, code.real(1 / math.log(2)), code.real(ROUNDER))
    whole = code.binary("fsub", shifted, code.real(ROUNDER))
    n = code.binary(
        "sub", code.cast("bitcast", shifted, code.shape.integer), code.integer(0x4338000000000000)
    )
    r = code.fma(whole, code.real(-_LN2_HIGH), x)
    r = code.fma(whole, code.real(-_LN2_LOW), r)
    if rest is not None:
        r = code.binary("fadd", r, rest)
    square = code.mul_exactly(r, r)
    tail = code.fma(square, polynomial(code, r, _EXP), r)
    return code.binary("fadd", tail, code.real(1.0)), n


def _exp(code: Code, x: Value) -> Value:
    return _exp_of_sum(code, x, None)


def _log_parts(code: Code, x: Value) -> tuple[Value, Value]:
    """log x of a positive finite x as a sum of two, the second much the smaller."""
    small = code.compare("olt", x, code.real(_NORMAL))
    x = code.select(small, code.mul_exactly(x, code.real(2.0**54)), x)
    return _log_of_normal(code, x, code.select(small, code.real(54.0), code.real(0.0)))


def _log_of_normal(code: Code, x: Value, excess: Value | None) -> tuple[Value, Value]:
    """log(x / 2^excess) as a sum of two."""
    bits = code.cast("bitcast", x, code.shape.integer)
    offset = code.binary("sub", bits, code.integer(0x3FE6A09E667F3BCD))
    # the exponent as a double: its bits in the last places of 2^52
    raised = code.binary("add", offset, code.integer(0x4000000000000000))
    exponent = code.binary("lshr", raised, code.integer(52))
    packed = code.binary("or", exponent, code.integer(0x4330000000000000))
    e = code.binary("fsub", code.cast("bitcast", packed, code.shape.real), code.real(2.0**52 + 1024.0))
    if excess is not None:
        e = code.binary("fsub", e, excess)
    top = code.binary("and", offset, code.integer(-(1 << 52)))
    m = code.cast("bitcast", code.binary("sub", bits, top), code.shape.real)
    f = code.binary("fsub", m, code.real(1.0))
    s = code.div(f, code.binary("fadd", f, code.real(2.0)))
    z = code.mul_exactly(s, s)
    half = code.mul_exactly(code.mul_exactly(f, f), code.real(0.5))
    tail = code.fma(code.mul_exactly(z, polynomial(code, z, _LOG)), code.real(1.0), half)
    # log m = f - half + s (half + z R)
    low = code.fma(s, tail, code.fma(e, code.real(_LN2_LOW), code.neg(half)))
    high = code.mul_exactly(e, code.real(_LN2_HIGH))
    total = code.binary("fadd", high, f)
    lost = code.binary("fsub", f, code.binary("fsub", total, high))
    low = code.binary("fadd", lost, low)
    result = code.binary("fadd", total, low)
    return result, code.binary("fsub", low, code.binary("fsub", result, total))


def _log(code: Code, x: Value) -> Value:
    result, _ = _log_parts(code, x)
    result = code.select(code.compare("olt", x, code.real(math.inf)), result, x)
    result = code.select(code.compare("oeq", x, code.real(0.0)), code.real(-math.inf), result)
    return code.select(code.compare("olt", x, code.real(0.0)), code.real(math.nan), result)


def _pow_of_positive(code: Code, x: Value, h: Value) -> Value:
    """x^h for x >= 0."""
    high, low = _log_parts(code, x)
    ordinary = code.binary(
        "and", code.compare("ogt", x, code.real(0.0)), code.compare("olt", x, code.real(math.inf))
    )
    edge = code.select(code.compare("oeq", x, code.real(0.0)), code.real(-math.inf), x)
    high = code.select(ordinary, high, edge)
    low = code.select(ordinary, low, code.real(0.0))
    product = code.mul_exactly(h, high)
    rest = code.fma(h, low, code.fma(h, high, code.neg(product)))
    bounded = code.compare("olt", code.intrinsic("fabs", product), code.real(800.0))
    rest = code.select(bounded, rest, code.real(0.0))
    result = _exp_of_sum(code, product, rest)
    one = code.binary("or", code.compare("oeq", h, code.real(0.0)), code.compare("oeq", x, code.real(1.0)))
    return code.select(one, code.real(1.0), result)


def _whole_power(code: Code, x: Value, h: Value) -> Value:
    """x^h for whole h from 0 to 15, by repeated squaring."""
    n = code.cast("bitcast", code.binary("fadd", h, code.real(ROUNDER)), code.shape.integer)
    result = code.real(1.0)
    for bit in range(4):
        taken = code.binary("and", n, code.integer(1 << bit))
        chosen = code.compare("ne", taken, code.integer(0))
        result = code.select(chosen, code.mul_exactly(result, x) if bit else x, result)
        if bit < 3:
            x = code.mul_exactly(x, x)
    return result


def _pow(code: Code, x: Value, h: Value) -> Value:
    """x^h: whole powers never by the logarithm. A branch no lane needs is not run, and changes no bits."""
    square = code.mul_exactly(x, x)  # far the commonest of all
    two = code.bits(code.compare("oeq", h, code.real(2.0)))
    varied = code.compare("ne", two, code.word((1 << code.shape.lanes) - 1))
    return code.choose(varied, lambda: _pow_of_varied(code, x, h), square)


def _pow_of_varied(code: Code, x: Value, h: Value) -> Value:
    small = code.binary(
        "and", code.compare("oge", h, code.real(0.0)), code.compare("ole", h, code.real(15.0))
    )
    small = code.binary("and", small, code.compare("oeq", code.intrinsic("floor", h), h))
    bits, full = code.bits(small), code.word((1 << code.shape.lanes) - 1)
    whole = code.choose(
        code.compare("ne", bits, code.word(0)), lambda: _whole_power(code, x, h), code.real(0.0)
    )
    others = code.compare("ne", bits, full)
    real = code.choose(others, lambda: call_function(code, "pow_of_real", x, h), code.real(0.0))
    return code.select(small, whole, real)


def _pow_of_real(code: Code, x: Value, h: Value) -> Value:
    """x^h: the same bits by a short way, if it will do for all lanes, or the long one."""
    high, low = _log_of_normal(code, x, None)
    product = code.mul_exactly(h, high)
    usual = code.compare("olt", code.intrinsic("fabs", product), code.real(700.0))
    for relation, bound in (("oge", _NORMAL), ("olt", math.inf)):
        usual = code.binary("and", usual, code.compare(relation, x, code.real(bound)))
    rest = code.fma(h, low, code.fma(h, high, code.neg(product)))
    near_one, n = _exp_parts(code, product, rest)
    raised = code.binary("shl", code.binary("add", n, code.integer(1023)), code.integer(52))
    result = code.mul_exactly(near_one, code.cast("bitcast", raised, code.shape.real))
    unusual = code.compare("ne", code.bits(usual), code.word((1 << code.shape.lanes) - 1))
    other = code.choose(unusual, lambda: call_function(code, "pow_of_any", x, h), result)
    return code.select(usual, result, other)


def _pow_of_any(code: Code, x: Value, h: Value) -> Value:
    """x^h for all arguments, as IEEE 754 has it."""
    magnitude = code.intrinsic("fabs", x)
    result = call_function(code, "pow_of_positive", magnitude, h)
    whole = code.compare("oeq", code.intrinsic("floor", h), h)
    half = code.mul_exactly(h, code.real(0.5))
    odd = code.binary("and", whole, code.compare("une", code.intrinsic("floor", half), half))
    signed = code.select(odd, code.intrinsic("copysign", result, x), result)
    below = code.compare("olt", x, code.real(0.0))
    finite = code.compare("olt", magnitude, code.real(math.inf))
    broken = code.binary("and", below, code.binary("xor", whole, code.truth(1)))
    infinite = code.compare("oeq", code.intrinsic("fabs", h), code.real(math.inf))
    broken = code.binary("and", broken, code.binary("xor", infinite, code.truth(1)))
    return code.select(code.binary("and", broken, finite), code.real(math.nan), signed)


_FUNCTIONS: dict[str, tuple[Callable[..., Value], int, str]] = {
    "exp": (_exp, 1, "inline"),
    "log": (_log, 1, "inline"),
    "pow": (_pow, 2, "inline"),
    "pow_of_real": (_pow_of_real, 2, "inline"),
    "pow_of_any": (_pow_of_any, 2, "internal"),
    "pow_of_positive": (_pow_of_positive, 2, "inline"),
}
