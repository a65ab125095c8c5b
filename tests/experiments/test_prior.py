"""Draws: each by its name and its index, with the percentiles that a table states."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mscape.experiments.prior import (
    Prior,
    PriorWidth,
    draw_uniform,
    locate_quantiles,
    locate_value,
    place_quantiles,
    rescale_prior,
    sample_prior,
)

PRIORS = {
    "lognormal": Prior(2.0, "nM", 0.5, 8.0, "lognormal", "assumed"),
    "loguniform": Prior(1.0, "nM", 0.01, 100.0, "loguniform", "assumed"),
    "normal": Prior(0.2, "", -0.2, 0.6, "normal", "assumed"),
    "uniform": Prior(0.5, "", 0.1, 0.9, "uniform", "xu2018"),
}
SLOW_COUNT = 40_000


@pytest.mark.parametrize("name", PRIORS)
def test_more_draws_keep_the_first_ones(name: str) -> None:
    few, many = (sample_prior(PRIORS[name], "il6r_Kd", 7, count) for count in (5, 500))
    np.testing.assert_array_equal(many[:5], few)


def test_draws_of_a_name_do_not_depend_on_what_else_is_drawn() -> None:
    alone = draw_uniform("il6r_Kd", 7, 10)
    for name in ("il6r_on", "il6r_Kd2", "kd"):
        draw_uniform(name, 7, 3)
    np.testing.assert_array_equal(draw_uniform("il6r_Kd", 7, 10), alone)


def test_names_and_seeds_give_draws_of_their_own() -> None:
    draws = [draw_uniform(name, seed, 4) for name in ("a", "b", "1:a", "A") for seed in (0, 1, 2**63)]
    assert len({tuple(draw) for draw in draws}) == len(draws)


@settings(max_examples=30)
@given(st.text(max_size=20), st.integers(0, 2**64), st.integers(0, 40))
def test_uniform_draws_lie_between_0_and_1_for_any_name(name: str, seed: int, count: int) -> None:
    draws = draw_uniform(name, seed, count)
    assert draws.shape == (count,)
    assert ((draws >= 0) & (draws < 1)).all()


@pytest.mark.parametrize("name", ["lognormal", "normal"])
def test_low_and_high_are_the_5th_and_95th_percentile(name: str) -> None:
    prior = PRIORS[name]
    low, middle, high = np.percentile(sample_prior(prior, "x", 1, SLOW_COUNT), [5, 50, 95])
    assert prior.low is not None
    assert prior.high is not None
    scale = prior.high - prior.low
    assert (low, middle, high) == pytest.approx((prior.low, prior.value, prior.high), abs=0.02 * scale)


@pytest.mark.parametrize("name", ["loguniform", "uniform"])
def test_low_and_high_are_the_ends(name: str) -> None:
    prior = PRIORS[name]
    draws = sample_prior(prior, "x", 1, SLOW_COUNT)
    assert prior.low is not None
    assert prior.high is not None
    assert prior.low <= draws.min() < draws.max() <= prior.high
    middle = np.sqrt(prior.low * prior.high) if name == "loguniform" else (prior.low + prior.high) / 2
    assert np.median(draws) == pytest.approx(middle, rel=0.1)


def test_no_draw_is_further_out_than_three_standard_deviations() -> None:
    draws = sample_prior(PRIORS["lognormal"], "x", 1, SLOW_COUNT)
    one = (8.0 / 0.5) ** (1 / (2 * 1.6448536))
    assert draws.min() >= 2 / one**3.0001
    assert draws.max() <= 2 * one**3.0001


@pytest.mark.parametrize(
    "prior", [Prior(3.0), Prior(3.0, low=1.0, distribution="lognormal"), Prior(3.0, "", 1.0, 9.0, "fixed")]
)
def test_a_fixed_prior_never_varies(prior: Prior) -> None:
    np.testing.assert_array_equal(sample_prior(prior, "x", 1, 5), 3.0)


def test_what_has_no_source_is_assumed() -> None:
    assert Prior(1.0, source="assumed: wide").assumed
    assert not Prior(1.0, source="taga1987").assumed


@settings(max_examples=60)
@given(
    low=st.floats(0.0, 0.4),
    high=st.floats(0.6, 1.0),
    signed=st.booleans(),
    width=st.sampled_from([PriorWidth.WIDE, PriorWidth.NARROW]),
)
def test_a_share_stays_a_share_however_wide_its_prior(
    low: float, high: float, signed: bool, width: PriorWidth
) -> None:
    prior = Prior(0.5, "", -high if signed else low, high, "uniform", "assumed")
    found = rescale_prior(prior, width)
    assert prior.low is not None
    assert found.low is not None
    assert found.high is not None
    assert (-1 if signed else 0) <= found.low <= 0.5 <= found.high <= 1
    wider = found.high - found.low >= high - prior.low
    assert wider if width == PriorWidth.WIDE else not wider


@given(st.floats(0.01, 1.0), st.floats(1.01, 50), st.sampled_from(["lognormal", "loguniform"]))
def test_the_nominal_value_keeps_its_quantile(share: float, fold: float, kind: str) -> None:
    prior = Prior(3.0, "nM", 3.0 / fold, 3.0 * fold**share, kind, "assumed")  # type: ignore[arg-type]
    wide = rescale_prior(prior, PriorWidth.WIDE)
    assert locate_value(wide, 3.0) == pytest.approx(locate_value(prior, 3.0))
    assert np.log((wide.high or 1) / (wide.low or 1)) == pytest.approx(1.5 * np.log(fold * fold**share))


def test_what_a_source_gives_is_not_rescaled() -> None:
    assert rescale_prior(PRIORS["uniform"], PriorWidth.WIDE) == PRIORS["uniform"]
    fixed = Prior(1.0, source="assumed")
    assert rescale_prior(fixed, PriorWidth.WIDE) == fixed


@given(
    fold=st.tuples(st.floats(1.01, 50), st.floats(1.01, 50)),
    kind=st.sampled_from(["lognormal", "normal", "loguniform", "uniform"]),
    share=st.floats(0.01, 0.99),
)
def test_quantiles_and_values_are_inverse_and_the_range_is_kept(
    fold: tuple[float, float], kind: str, share: float
) -> None:
    prior = Prior(3.0, "nM", 3.0 / fold[0], 3.0 * fold[1], kind, "assumed")  # type: ignore[arg-type]
    places = np.array([share])
    assert locate_quantiles(prior, place_quantiles(prior, places))[0] == pytest.approx(share)
    if "normal" in kind:
        ends = place_quantiles(prior, np.array([0.05, 0.5, 0.95]))
        np.testing.assert_allclose(ends, [3.0 / fold[0], 3.0, 3.0 * fold[1]])
