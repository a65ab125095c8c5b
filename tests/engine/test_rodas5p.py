"""Rodas5P: its coefficients against the conditions a method of its order must meet."""

import numpy as np
import pytest

from mscape.engine import rodas5p as method
from mscape.engine.pool import Array
from mscape.engine.rosenbrock import Step, factor, solve, try_step


def take(state: Array, time: float, length: float) -> Step:
    """Take one step of a forced van der Pol oscillator."""

    def rates(at: Array, y: Array) -> Array:
        return np.stack([y[:, 1], (1 - y[:, 0] ** 2) * y[:, 1] - y[:, 0] + np.sin(at)], axis=1)

    x, v = state
    jacobian = np.array([[[0.0, 1.0], [-2 * x * v - 1, 1 - x**2]]])
    drift = np.array([[0.0, np.cos(time)]])
    return try_step(rates, jacobian, drift, (np.array([time]), state[None, :], np.array([length])))


def exact(time: float) -> Array:
    from scipy.integrate import solve_ivp

    def rates(t: float, y: Array) -> list[float]:
        return [y[1], (1 - y[0] ** 2) * y[1] - y[0] + np.sin(t)]

    found = solve_ivp(rates, (0, time), [1.2, 0.3], rtol=1e-13, atol=1e-14, method="DOP853")
    return np.asarray(found.y[:, -1])


def march(count: int) -> tuple[Array, Step]:
    """Go from 0 to 2 in equal steps: the end, and the first step."""
    state = np.array([1.2, 0.3])
    first = step = take(state, 0.0, 2 / count)
    for index in range(count):
        step = take(state, index * 2 / count, 2 / count)
        state = step.after[0]
    return state, first


def slope(sizes: list[float], errors: list[float]) -> float:
    return float(np.polyfit(np.log(sizes), np.log(errors), 1)[0])


def test_converges_with_order_five() -> None:
    counts = [20, 40, 80]
    end = exact(2.0)
    errors = [float(np.abs(march(count)[0] - end).max()) for count in counts]
    assert slope([2 / count for count in counts], errors) > 4.4


def test_is_exact_for_polynomials_in_time_up_to_order_five() -> None:
    for power in range(1, 6):

        def rates(at: Array, y: Array, power: int = power) -> Array:
            return power * at[:, None] ** (power - 1) + 0 * y

        drift = np.array([[power * (power - 1) * 0.7 ** (power - 2) if power > 1 else 0.0]])
        start = np.array([0.7]), np.array([[0.7**power]]), np.array([0.9])
        step = try_step(rates, np.zeros((1, 1, 1)), drift, start)
        assert step.after[0, 0] == pytest.approx(1.6**power, rel=1e-13)


def test_dense_output_has_order_four_and_meets_the_ends() -> None:
    sizes, errors = [0.4, 0.2, 0.1], []
    for size in sizes:
        step = take(np.array([1.2, 0.3]), 0.0, size)
        rows = np.zeros(1, dtype=np.int64)
        np.testing.assert_array_equal(step.at(np.zeros(1), rows), step.before)
        np.testing.assert_array_equal(step.at(np.array([size]), rows), step.after)
        found = [
            step.at(np.array([share * size]), rows)[0] - exact(share * size) for share in (0.3, 0.6, 0.8)
        ]
        errors.append(float(np.abs(found).max()))
    assert slope(sizes, errors) > 4.4  # the local error: one order more than the global one


def test_error_estimate_has_order_five() -> None:
    sizes = [0.2, 0.1, 0.05]
    errors = [float(np.abs(take(np.array([1.2, 0.3]), 0.0, size).error).max()) for size in sizes]
    assert slope(sizes, errors) > 4.5


def test_stiff_decay_is_forgotten_in_one_step() -> None:
    def rates(at: Array, y: Array) -> Array:
        return -1e12 * y + 0 * at[:, None]

    start = np.zeros(1), np.ones((1, 1)), np.ones(1)
    step = try_step(rates, np.full((1, 1, 1), -1e12), np.zeros((1, 1)), start)
    assert abs(step.after[0, 0]) < 1e-9


def test_tableau_has_the_shape_of_a_stiffly_accurate_method() -> None:
    assert [len(row) for row in method.A] == [len(row) for row in method.G] == list(range(method.STAGES))
    assert method.A[6] == (*method.A[5], 1.0)
    assert method.A[7] == (*method.A[6], 1.0)
    assert method.C[5:] == (1.0, 1.0, 1.0)
    assert method.D[5:] == (0.0, 0.0, 0.0)


def test_linear_solver_pivots_and_agrees_with_numpy() -> None:
    matrices = np.random.default_rng(1).normal(size=(5, 7, 7))
    matrices[0] = np.roll(np.eye(7), 3, axis=0)  # cannot be done without exchanging rows
    right = np.random.default_rng(2).normal(size=(5, 7))
    found = solve(factor(matrices), right)
    np.testing.assert_allclose(found, np.linalg.solve(matrices, right[:, :, None])[:, :, 0], rtol=1e-10)
