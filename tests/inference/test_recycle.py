"""Points of a fit's way, weighted: what they say without a term is what is known without it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from scipy.special import ndtri

from mscape.atlas.load import load_atlas
from mscape.experiments.bind import bind_record
from mscape.inference.fit import fit_mechanism
from mscape.inference.forecast import Said
from mscape.inference.leave_out import Trust, predict_left_out
from mscape.inference.particle import Particles
from mscape.inference.recycle import measure_mixture, pool_points, predict_papers, weigh_without
from mscape.inference.smc import State, Target, sample_posterior

_TERMS = ((2.0, 0.3), (-0.5, 0.5))  # where each normal term wants z to be, and how much; the prior is N(0, 1)


def _hear(points: Particles, least: np.ndarray) -> np.ndarray:
    del least
    z = ndtri(points.take("x", points.count))
    return np.stack([-0.5 * ((z - place) / width) ** 2 for place, width in _TERMS], axis=1)


def _walk(count: int) -> tuple[list[State], Particles, Said]:
    path: list[State] = []
    sample_posterior(Target(_hear), count=count, seed=1, keep=path.append)
    pool = pool_points(path)
    rows = tuple(cast(Any, SimpleNamespace(contrast=name)) for name in "ab")
    heard = _hear(pool, np.zeros(pool.count))
    return path, pool, Said(rows, (), heard, np.ones_like(heard, dtype=bool))


@pytest.mark.parametrize(
    ("left", "mean", "spread"), [({"a"}, -0.4, 0.447), ({"b"}, 1.835, 0.287), ({"a", "b"}, 0.0, 1.0)]
)
def test_what_is_known_without_a_term_is_the_posterior_of_the_others(
    left: set[str], mean: float, spread: float
) -> None:
    path, pool, said = _walk(1000)
    weights = weigh_without(said, measure_mixture(said.log_likelihood.sum(axis=1), path), left)
    z = ndtri(pool.axes["x"])
    middle = weights.weights @ z
    assert middle == pytest.approx(mean, abs=0.06)
    assert np.sqrt(weights.weights @ (z - middle) ** 2) == pytest.approx(spread, rel=0.1)


def test_the_last_population_alone_would_not_do() -> None:
    path, pool, said = _walk(1000)
    every = weigh_without(said, measure_mixture(said.log_likelihood.sum(axis=1), path), {"a"})
    last = np.arange(pool.count) >= pool.count - 1000
    rest = np.exp(-said.log_likelihood[last, 0] + said.log_likelihood[last, 0].min())
    assert every.effective > 10 * rest.sum() ** 2 / (rest**2).sum()


def test_the_first_block_of_the_pool_is_the_prior() -> None:
    _, pool, _ = _walk(50)
    fresh = Particles(1, 50)
    assert np.array_equal(pool.axes["x"][:50], fresh.take("x", 50))


@pytest.mark.slow
def test_predictions_agree_with_those_of_new_fits() -> None:
    atlas = load_atlas()
    bound = bind_record(atlas.records["wang2020_all_cxcl12"], atlas)
    path: list[State] = []
    ensemble = fit_mechanism(bound, seed=1, particles=200, keep=path.append)
    ours = predict_papers(bound, ensemble, path)
    anew = predict_left_out(bound, ensemble, schemes=("paper",), trust=Trust(-np.inf))
    known = {row.contrast: row for row in anew}
    assert [row.contrast for row in ours] == list(ensemble.contrasts)
    apart = []
    for row in ours:
        other = known[row.contrast]
        assert row.prior.chances == pytest.approx(other.prior.chances)
        assert row.baselines == other.baselines
        apart.append(abs(row.ensemble.chances[row.reported] - other.ensemble.chances[row.reported]))
    assert np.median(apart) < 0.08
    assert max(apart) < 0.25
