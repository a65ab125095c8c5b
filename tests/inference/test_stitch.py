"""Draws for a niche from its mechanisms' ensembles: whose number each is, and that it stays that number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.atlas.load import Atlas, load_atlas
from mscape.engine.random import draw_uniform
from mscape.errors import UsageError
from mscape.experiments.bench import Bench
from mscape.experiments.bind import bind_record
from mscape.experiments.niche import Niche, compose_niche
from mscape.experiments.prior import Prior, place_quantiles, sample_prior
from mscape.experiments.protection import read_protection
from mscape.inference.likelihood import list_scored
from mscape.inference.particle import Particles
from mscape.inference.stitch import move_quantiles, stitch_ensembles

XU, TU = "xu2018_breast_il6", "tu2016_os_il6"


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_atlas()


@pytest.fixture(scope="module")
def niche(atlas: Atlas) -> Niche:
    return compose_niche(atlas, "breast", "cisplatin", [XU, TU])


def test_without_ensembles_a_draw_is_the_priors(niche: Niche) -> None:
    points = stitch_ensembles(niche, {}, seed=3, count=20)
    np.testing.assert_array_equal(points.take("il6_secretion", 20), draw_uniform(3, "il6_secretion", 0, 20))
    with pytest.raises(ValueError, match="21 points asked of 20"):
        points.take("il6_secretion", 21)


def test_a_number_of_one_route_comes_from_its_ensemble_with_one_row_for_all(niche: Niche) -> None:
    axes = {"to_growth": np.array([0.2, 0.4, 0.8]), "bax_repression": np.array([0.21, 0.41, 0.81])}
    points = stitch_ensembles(niche, {XU: Particles(1, 3, axes)}, seed=3, count=50)
    growth, bax = points.take("to_growth", 50), points.take("bax_repression", 50)
    assert set(growth.round(9)) == {0.2, 0.4, 0.8}
    np.testing.assert_allclose(bax - growth, 0.01)


def test_a_shared_number_comes_from_the_ensemble_that_says_most(niche: Niche) -> None:
    wide, narrow = np.linspace(0.05, 0.95, 40), np.linspace(0.6, 0.7, 30)
    ensembles = {
        XU: Particles(1, 40, {"il6_secretion": wide}),
        TU: Particles(1, 30, {"il6_secretion": narrow}),
    }
    drawn = stitch_ensembles(niche, ensembles, seed=3, count=100).take("il6_secretion", 100)
    assert drawn.min() >= 0.6
    assert drawn.max() <= 0.7


def test_a_number_stays_the_same_where_the_niches_range_is_wider(niche: Niche, atlas: Atlas) -> None:
    own = bind_record(atlas.records[XU], atlas).priors["il6_own_secretion"]
    wider = niche.bound.priors["il6_own_secretion"]
    assert (own.low, own.high) != (wider.low, wider.high)
    axis = np.linspace(0.02, 0.98, 25)
    points = stitch_ensembles(niche, {XU: Particles(1, 25, {"il6_own_secretion": axis})}, seed=3, count=80)
    values = sample_prior(wider, "il6_own_secretion", points, 80)
    possible = place_quantiles(own, axis)
    assert all(np.isclose(possible, value, rtol=1e-6).any() for value in values)


def test_an_ensemble_of_another_mechanism_is_refused(niche: Niche) -> None:
    with pytest.raises(UsageError, match="wu2020"):
        stitch_ensembles(niche, {"wu2020_gastric_hcp5": Particles(1, 2)}, seed=1, count=2)


@given(
    st.sampled_from(["lognormal", "loguniform", "uniform", "normal"]),
    st.floats(0.01, 10),
    st.floats(1.1, 1e4),
    st.floats(0.01, 0.99),
)
def test_a_value_stays_when_its_prior_is_another(kind: str, low: float, fold: float, place: float) -> None:
    """The wider prior holds the narrower one, whatever it is."""
    high = low * fold
    old = Prior(float(np.sqrt(low * high)), "nM", low, high, "loguniform")
    wider = Prior(float(np.sqrt(low * high)), "nM", low / 9, high * 9, kind)  # type: ignore[arg-type]
    moved = move_quantiles(np.array([place]), old, wider)
    value = place_quantiles(old, np.array([place]))
    np.testing.assert_allclose(place_quantiles(wider, moved), value, rtol=1e-5)
    np.testing.assert_array_equal(move_quantiles(np.array([place]), old, old), [place])


@pytest.mark.slow
def test_a_niche_is_fitted_like_a_mechanism_and_runs_on_what_was_fitted(atlas: Atlas) -> None:
    from mscape.inference.fit import fit_mechanism

    niche = compose_niche(atlas, "CML", "imatinib", ["vianello2010_cml_cxcl12", "zhang2019_cml_il7"])
    rows = list_scored(niche.bound)
    some = [
        next(row for row in rows if row.contrast.startswith(key)) for key in ("vianello2010", "zhang2019")
    ]
    whole = fit_mechanism(niche.bound, seed=1, particles=12, contrasts=some)
    assert whole.margins.shape == (12, 2)
    own = bind_record(atlas.records["zhang2019_cml_il7"], atlas)
    part = fit_mechanism(own, seed=1, particles=12, contrasts=list_scored(own)[:2])
    points = stitch_ensembles(niche, {own.id: part.particles}, seed=2, count=16)
    assert np.isfinite(read_protection(Bench(niche.bound, points, 16), niche.choose_arm())).any()
