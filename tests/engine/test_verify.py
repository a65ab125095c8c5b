"""Our solver against libRoadRunner: curated mechanisms, and networks nobody made up beforehand."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mscape.atlas.load import Atlas, load_atlas
from mscape.engine.batch import Array, Change, Period, Status, Tolerance, Trajectories
from mscape.engine.roadrunner import solve_with_roadrunner
from mscape.engine.simulate import simulate
from mscape.engine.verify import compare_solvers, measure_difference
from mscape.experiments.bind import bind_record
from mscape.network.network import ReactionNetwork
from mscape.network.sbml import read_antimony

TIGHT, LOOSE = Tolerance(1e-9, 1e-12), Tolerance(1e-7, 1e-10)


@cache
def get_atlas() -> Atlas:
    return load_atlas()


@pytest.mark.parametrize("id_", ["wang2014_mm_exosome", "tu2016_os_il6", "zhang2013_cml_ncadherin"])
def test_mechanism_is_solved_as_by_libroadrunner(id_: str) -> None:
    atlas = get_atlas()
    network = bind_record(atlas.records[id_], atlas).network
    sizes = {item.id for item in network.compartments}
    random = np.random.default_rng(7)
    inputs: dict[str, Array | float] = {
        name: value * np.exp(random.normal(0, 0.3, 6))
        for name, value in network.inputs.items()
        if value and name not in sizes
    }
    inputs |= {name: 1.0 for name, value in network.inputs.items() if value is None}
    inputs |= {"tumour_cycling": 5000.0, "msc_naive": 2000.0}
    periods = (Period(24.0, read=(5.0, 24.0)), Period(48.0, (Change("drug", "set", 1.0),), read=(0.0, 48.0)))
    found = compare_solvers(network, inputs, periods, tuple(network.states), tolerance=TIGHT)
    assert (found.solved, found.alone) == (6, (0, 0))
    assert max(found.largest.values()) < 1e-4, found.largest


# ---- random mass-action networks ---------------------------------------------------------------------------


@st.composite
def draw_network(draw: st.DrawFn) -> tuple[ReactionNetwork, list[str]]:
    """Draw a closed network in which every reaction keeps the number of molecules.

    Nothing makes more of itself: from a start of 0 that is an unstable rest, and rounding would decide.
    """
    count = draw(st.integers(2, 6))
    names = [f"S{i}" for i in range(count)]
    which = st.sampled_from(names)
    lines = ["compartment cell; cell = 2;", f"species {', '.join(f'{name} in cell' for name in names)};"]
    lines += [f"{name} = {draw(st.sampled_from([0, 0.1, 1, 30]))};" for name in names]
    for number in range(draw(st.integers(1, 8))):
        order = draw(st.integers(1, 2))
        left = [draw(which) for _ in range(order)]
        right = [draw(which) for _ in range(order)]
        if any(right.count(name) > left.count(name) > 0 for name in left):
            right = left[::-1]
        rate = draw(st.sampled_from([1e-3, 0.2, 1, 7, 1e3, 1e5]))
        lines.append(f"{' + '.join(left)} -> {' + '.join(right)}; k{number} * {' * '.join(left)} * cell;")
        lines.append(f"k{number} = {rate};")
    return read_antimony("\n".join(lines), {}, "drawn"), names


def solve(network: ReactionNetwork, names: list[str], kernel: str) -> Trajectories:
    period = (Period(3.0, read=(1e-3, 0.1, 1.0, 3.0)),)
    inputs: dict[str, Array | float] = {"S0": np.array([0.3, 2.0])}
    if kernel == "roadrunner":
        return solve_with_roadrunner(network, inputs, period, tuple(names), tolerance=LOOSE)
    return simulate(network, inputs, period, tuple(names), tolerance=LOOSE, kernel=kernel)  # type: ignore[arg-type]


@settings(max_examples=12, deadline=None)
@given(draw_network())
def test_random_network_is_solved_alike_by_all_kernels(drawn: tuple[ReactionNetwork, list[str]]) -> None:
    network, names = drawn
    mine, slow, other = (solve(network, names, kernel) for kernel in ("compiled", "reference", "roadrunner"))
    assert (mine.status == Status.DONE).all()
    np.testing.assert_allclose(mine.values, slow.values, rtol=1e-4, atol=1e-7)
    assert max(measure_difference(mine, other, least=LOOSE.absolute / LOOSE.relative).largest.values()) < 1e-2
    total = mine.values.sum(axis=2)
    np.testing.assert_allclose(total, np.repeat(total[:, :1], 4, axis=1), rtol=1e-7)
    assert mine.values.min() > -1e-8
