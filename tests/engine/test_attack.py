"""What an attack on the engine broke once: ensembles without variation, wide distributions, pipes."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from mscape.engine.batch import Array, Period, Status, Tolerance, Trajectories
from mscape.engine.ensemble import simulate_ensemble
from mscape.engine.llvm.cache import load_entry
from mscape.engine.simulate import simulate
from mscape.engine.variation import Variation, parse_variation
from mscape.errors import ModelError
from mscape.network.network import ReactionNetwork
from mscape.network.sbml import read_antimony

TIMES = np.array([0.0, 1.0])


def run(network: ReactionNetwork, observables: tuple[str, ...], *vary: str, seed: int = 1) -> Trajectories:
    varied = tuple(parse_variation(text) for text in vary)
    chunks = simulate_ensemble(
        network, varied, TIMES, observables, draws=64, seed=seed, tolerance=Tolerance(1e-8, 1e-10)
    )
    ((_, found),) = chunks
    return found


def test_what_does_not_vary_keeps_its_initial_assignment() -> None:
    network = read_antimony("p = 2 * s; s = 1; x' = -p * x; x = 10;", {}, "assigned")
    found = run(network, ("x", "p"))
    assert (found.status == Status.DONE).all()
    np.testing.assert_allclose(found.values[:, 1], np.tile([10 * np.exp(-2), 2], (64, 1)), rtol=1e-6)


def test_model_without_inputs_has_trajectories_too() -> None:
    found = run(read_antimony("x := time^2;", {}, "rules"), ("x",))
    np.testing.assert_array_equal(found.get("x"), np.tile([0.0, 1.0], (64, 1)))


def test_order_of_tied_events_differs_between_trajectories_and_seeds() -> None:
    text = "x = 0; at time > 0.5, priority = 1: x = 1; at time > 0.5, priority = 1: x = 2;"
    network = read_antimony(text, {}, "tie")
    first, other = (run(network, ("x",), seed=seed).get("x")[:, 1] for seed in (1, 2))
    assert set(first) == {1.0, 2.0}
    assert (first != other).any()


@pytest.mark.parametrize("text", ["loguniform(1e-300,1e300)", "uniform(-1e308,1e308)"])
def test_wide_distribution_does_not_overflow(text: str) -> None:
    varied = parse_variation(f"k={text}")
    values = varied.draw(1, 0, 1000)
    assert np.isfinite(values).all()
    assert len(np.unique(values)) == 1000


def test_distribution_of_one_value_is_that_value() -> None:
    values: list[Array] = [
        Variation("k", "uniform", 0.3, 0.3).draw(1, 0, 100),
        Variation("k", "loguniform", 0.3, 0.3).draw(1, 0, 100),
    ]
    np.testing.assert_array_equal(values, 0.3)


def test_infinite_draw_is_no_warning() -> None:
    assert np.isinf(Variation("k", "lognormal", 1.0, 1000.0).draw(1, 0, 100)).any()


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in folders there")
def test_pipe_in_place_of_code_does_not_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setenv("MSCAPE_CACHE", str(tmp_path))
    os.mkfifo(tmp_path / "key", 0o600)
    assert load_entry("key") is None


def test_what_a_rule_computes_cannot_vary_and_is_told_so() -> None:
    network = read_antimony("q := 2 * k; k = 1; x' = -q * x; x = 1;", {}, "ruled")
    with pytest.raises(ModelError, match=r"no input q: the model computes it"):
        run(network, ("x",), "q=uniform(1,2)")


def test_fast_clock_that_turns_a_rate_is_followed() -> None:
    network = read_antimony("x' = piecewise(1, sin(20 * time) > 0.9, 0); x = 0;", {}, "clock")
    found = simulate(network, {}, (Period(100.0, read=(100.0,)),), ("x",), tolerance=Tolerance())
    share = np.arccos(0.9) / np.pi
    assert found.get("x")[0, 0] == pytest.approx(100 * share, rel=0.02)
