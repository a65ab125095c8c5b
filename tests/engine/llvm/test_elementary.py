"""Functions of vectors against NumPy's extended precision, with their special values, on all lane widths."""

import ctypes

import numpy as np
import pytest

from mscape.engine.llvm.batch import write_batch
from mscape.engine.llvm.machine import Machine, find_target
from mscape.engine.llvm.shape import Shape
from mscape.engine.pool import Array
from mscape.network.graph import Graph

SPECIAL = np.array(
    [
        0.0,
        -0.0,
        np.inf,
        -np.inf,
        np.nan,
        5e-324,
        1e-310,
        -1e-310,
        1.0,
        -1.0,
        2.0,
        0.5,
        1e308,
        -1e308,
        709.7,
        -746.0,
    ]
)
WIDE = np.finfo(np.longdouble).nmant > 52
NAMES = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
}
# a range, and the largest error in units of the last place
CASES = {
    "exp": ((-745, 709.5), 1.5),
    "log": ((1e-300, 10), 1.5),
    "sin": ((-800_000, 800_000), 1.5),
    "cos": ((-800_000, 800_000), 1.5),
    "tan": ((-1000, 1000), 3),
    "asin": ((-1, 1), 3),
    "acos": ((-1, 1), 3),
    "atan": ((-20, 20), 3),
    "sinh": ((-710, 710), 3.5),
    "cosh": ((-710, 710), 3.5),
    "tanh": ((-20, 20), 3.5),
    "asinh": ((-1e3, 1e3), 3),
    "acosh": ((1, 1e3), 3),
    "atanh": ((-1, 1), 3),
}


def run(operation: str, *arguments: Array, lanes: int | None = None) -> Array:
    graph = Graph()
    node = graph.add(operation, *(graph.add("state", i) for i in range(len(arguments))))
    target = find_target()
    lanes = lanes or target.lanes
    text = write_batch(graph, [node], Shape(lanes), {"state": len(arguments), "input": 0, "switch": 0})
    machine = Machine(target)
    loaded = machine.load(machine.compile(text, 1))
    state = np.ascontiguousarray(np.stack(arguments, 1))
    result, memory = np.empty(len(state)), np.zeros(8 * lanes + 8)
    block = memory[-memory.ctypes.data // 8 % 8 :]
    table = [0, state.ctypes.data, 0, 0, result.ctypes.data, block.ctypes.data, len(state)]
    ctypes.CFUNCTYPE(None, ctypes.c_void_p)(loaded.address("evaluate"))(np.array(table, np.int64).ctypes.data)
    return result


def count_places(found: Array, exact: np.ndarray) -> float:
    """Return the largest error in units of the last place, of values that are neither huge nor tiny."""
    rounded = exact.astype(float)
    ordinary = np.isfinite(rounded) & (np.abs(rounded) > 1e-300)
    error = np.abs(found.astype(np.longdouble) - exact)[ordinary]
    return float((error / np.spacing(np.abs(rounded[ordinary])).astype(np.longdouble)).max())


@pytest.mark.skipif(not WIDE, reason="not run: no extended precision here to compare with")
@pytest.mark.parametrize("name", CASES)
def test_a_function_is_right_to_the_last_places(name: str) -> None:
    (low, high), places = CASES[name]
    draw = np.random.default_rng(1)
    x = np.concatenate([draw.uniform(low, high, 20_000), draw.uniform(max(low, -1), min(high, 2), 20_000)])
    exact = getattr(np, NAMES.get(name, name))(x.astype(np.longdouble))
    assert count_places(run(name, x), exact) < places


@pytest.mark.parametrize("name", CASES)
def test_special_values_are_numpys(name: str) -> None:
    x = SPECIAL[np.abs(SPECIAL) < 1e300] if name in ("sin", "cos", "tan") else SPECIAL
    with np.errstate(all="ignore"):
        wanted = getattr(np, NAMES.get(name, name))(x)
    np.testing.assert_allclose(run(name, x), wanted, rtol=1e-15, atol=5e-324)


def test_angles_far_out_are_reduced_exactly() -> None:
    x = np.array([1e6, 1e22, -3e155, 1.7e308, 8e15, np.pi * 1e9, 6381956970095103 * 2.0**797])
    # computed with 1,000 decimal digits of pi
    np.testing.assert_allclose(run("sin", x[1:2]), [-0.8522008497671888], rtol=1e-15)
    np.testing.assert_allclose(run("cos", x[1:2]), [0.5232147853951389], rtol=1e-15)
    np.testing.assert_allclose(run("cos", x[-1:]), [-4.6871659242546277e-19], rtol=1e-14)
    np.testing.assert_allclose(run("sin", x) ** 2 + run("cos", x) ** 2, 1.0, rtol=1e-15)
    assert np.isnan(run("sin", np.array([np.inf, -np.inf, np.nan]))).all()


@pytest.mark.skipif(not WIDE, reason="not run: no extended precision here to compare with")
def test_powers() -> None:
    draw = np.random.default_rng(2)
    x, h = 10 ** draw.uniform(-30, 30, 40_000), draw.uniform(-4, 4, 40_000)
    assert count_places(run("pow", x, h), x.astype(np.longdouble) ** h.astype(np.longdouble)) < 2
    base, exponent = (
        grid.ravel()
        for grid in np.meshgrid(np.r_[SPECIAL, 3, -3, -0.5], np.r_[SPECIAL, 3, -3, 2.5, -2.5, 16, 17, -16])
    )
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(run("pow", base, exponent), base**exponent, rtol=1e-15, atol=5e-324)


def test_whole_powers_of_negative_numbers_are_exact() -> None:
    np.testing.assert_array_equal(
        run("pow", np.array([-3.0, -2.0, -5.0]), np.array([3.0, 10.0, 0.0])), [-27, 1024, 1]
    )


@pytest.mark.parametrize("name", ["exp", "log", "sin", "pow"])
def test_bits_do_not_depend_on_the_company(name: str) -> None:
    draw = np.random.default_rng(5)
    x = draw.uniform(-2, 3, 100)
    x[::9] *= 1e7
    arguments = (x, draw.choice([2.0, 1.7, -1.0], 100)) if name == "pow" else (x,)
    together = run(name, *arguments)
    for row in range(0, 100, 11):
        alone = run(name, *(argument[row : row + 1] for argument in arguments))
        np.testing.assert_array_equal(alone, together[row : row + 1])
