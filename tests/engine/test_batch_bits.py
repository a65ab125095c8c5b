"""What a trajectory is depends on nothing but itself: to the last bit."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from mscape.engine.batch import Array, Change, Period, Tolerance, Trajectories
from mscape.engine.simulate import LEAST_CHUNK, MOST_CHUNK, _Rest, simulate
from mscape.errors import DataError
from mscape.network.network import ReactionNetwork
from mscape.network.sbml import read_antimony

COUNT = 300
TEXT = """
A' = make * (1 + sin(time)) - k * A * B - B^1.7; B' = k * A * B - lose * B + exp(-A); A = 1; B = 0.1;
make = 1; k = 2; lose = 0.7; n = 0; dose = 0; A' = A';
at B > top: B = B / 2, n = n + 1;
at 0.3 after A > 1.5: A = A * 0.9;
top = 0.8;
""".replace("A' = A';", "")


@cache
def read_network() -> ReactionNetwork:
    return read_antimony(TEXT, {}, "bits")


@cache
def solve_whole() -> Trajectories:
    return run(np.arange(COUNT, dtype=float))


def run(rows: Array, *, threads: int = 1, kernel: str = "compiled") -> Trajectories:
    """Solve some of the trajectories, each with its own inputs, hours and read-outs."""
    share = rows / COUNT
    inputs: dict[str, Array | float] = {
        "k": 0.5 + 3 * share,
        "top": np.where(rows % 7 == 3, np.nan, 0.4 + share),
        "make": 10 ** (2 * share - 1),
    }
    read = np.stack([0.3 + share, 2 + share, np.where(rows % 2 == 0, 5.0, 4.0 + share)], axis=1)
    periods = (
        Period(5.0, read=read),
        Period(1 + share, (Change("A", "add", share),), read=(0.0,)),
    )
    tolerance = Tolerance(1e-5, 1e-8)
    return simulate(
        read_network(),
        inputs,
        periods,
        ("A", "B", "n"),
        tolerance=tolerance,
        threads=threads,
        kernel=kernel,  # type: ignore[arg-type]
    )


def test_chunks_and_threads_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.arange(COUNT, dtype=float)
    whole = solve_whole()
    assert (whole.status == 0).mean() > 0.8
    for threads in (2, 5):
        np.testing.assert_array_equal(run(rows, threads=threads).values, whole.values)
    for size in (1, 7, 100):
        monkeypatch.setattr("mscape.engine.simulate.LEAST_CHUNK", 1)
        monkeypatch.setattr("mscape.engine.simulate.MOST_CHUNK", size)
        np.testing.assert_array_equal(run(rows, threads=2).values, whole.values)


@settings(max_examples=50, deadline=None)
@drawn(st.integers(0, 20_000), st.integers(1, 9), st.floats(1e-7, 1e-2))
def test_threads_take_each_trajectory_once(count: int, threads: int, pace: float) -> None:
    rest, taken = _Rest(count, threads), []
    while rows := rest.take():
        taken.append(rows)
        rest.tell_pace(pace)
    assert [row for rows in taken for row in range(rows.start, rows.stop)] == list(range(count))
    assert all(rows.stop - rows.start <= MOST_CHUNK for rows in taken)
    assert all(rows.stop - rows.start >= LEAST_CHUNK for rows in taken[:-1])


def test_what_stops_a_thread_stops_all_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr("mscape.engine.simulate.run_chunk", fail)
    with pytest.raises(MemoryError, match="no room"):
        run(np.arange(COUNT, dtype=float), threads=2)


@settings(max_examples=10, deadline=None)
@drawn(st.lists(st.integers(0, COUNT - 1), min_size=1, max_size=20, unique=True))
def test_any_part_of_a_batch_in_any_order_is_the_same(chosen: list[int]) -> None:
    whole = solve_whole()
    part = run(np.array(chosen, dtype=float))
    np.testing.assert_array_equal(part.values, whole.values[chosen])
    np.testing.assert_array_equal(part.status, whole.status[chosen])


def test_reference_kernel_keeps_the_promise_too() -> None:
    rows = np.array([5.0, 3.0, 290.0, 141.0, 17.0])
    whole = run(rows, kernel="reference")
    for place in range(5):
        alone = run(rows[place : place + 1], kernel="reference")
        np.testing.assert_array_equal(alone.values[0], whole.values[place])


def test_kernels_agree() -> None:
    rows = np.array([5.0, 141.0, 290.0])
    mine, other = (run(rows, kernel=kernel) for kernel in ("compiled", "reference"))
    np.testing.assert_allclose(mine.values, other.values, rtol=1e-3)


def test_arrays_of_several_lengths_are_refused() -> None:
    with pytest.raises(DataError, match="values for 2 and 3 trajectories"):
        simulate(
            read_network(),
            {"k": np.ones(2), "top": np.ones(3)},
            (Period(1.0),),
            ("A",),
            tolerance=Tolerance(1e-6, 1e-9),
        )


@pytest.mark.parametrize("tolerance", [Tolerance(0.0, 1e-9), Tolerance(1e-6, -1.0), Tolerance(np.nan, 1e-9)])
def test_impossible_tolerance_is_refused(tolerance: Tolerance) -> None:
    with pytest.raises(DataError, match="tolerance"):
        simulate(read_network(), {}, (Period(1.0),), ("A",), tolerance=tolerance)
