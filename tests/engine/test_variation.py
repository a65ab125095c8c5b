"""Inputs vary as told, and a draw depends on seed, name and index alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.engine.random import draw_uniform
from mscape.engine.variation import Distribution, Variation, parse_variation
from mscape.errors import UsageError


@given(start=st.integers(0, 10_000), count=st.integers(0, 50), seed=st.integers(0, 2**40))
def test_a_stretch_of_a_stream_is_that_stretch(start: int, count: int, seed: int) -> None:
    whole = draw_uniform(seed, "k", 0, start + count)
    np.testing.assert_array_equal(draw_uniform(seed, "k", start, count), whole[start:])
    assert ((whole > 0) & (whole < 1)).all()


def test_streams_of_other_names_and_seeds_are_others() -> None:
    streams = [draw_uniform(seed, name, 0, 3) for seed in (0, 1) for name in ("a", "b", "1:a")]
    assert len({tuple(stream) for stream in streams}) == len(streams)


@pytest.mark.parametrize(
    ("distribution", "first", "second", "median", "upper"),
    [  # the median and the 97.5th percentile, by hand
        ("lognormal", 2.0, 0.5, 2.0, 2.0 * np.exp(0.5 * 1.959964)),
        ("loguniform", 0.1, 10.0, 1.0, 0.1 * 100**0.975),
        ("uniform", -1.0, 3.0, 1.0, 2.9),
        ("normal", 5.0, 2.0, 5.0, 5 + 2 * 1.959964),
    ],
)
def test_quantiles_are_those_of_the_distribution(
    distribution: Distribution, first: float, second: float, median: float, upper: float
) -> None:
    values = Variation("k", distribution, first, second).draw(3, 0, 200_000)
    found = np.quantile(values, [0.5, 0.975])
    spread = np.quantile(values, 0.75) - np.quantile(values, 0.25)
    np.testing.assert_allclose(found, [median, upper], atol=0.02 * spread + 0.01 * abs(upper))


def test_text_is_read() -> None:
    assert parse_variation(" k1 = lognormal( 1e-3 , .5 ) ") == Variation("k1", "lognormal", 1e-3, 0.5)


@pytest.mark.parametrize(
    "text",
    "k k=3 k=lognormal(1) k=lognormal(1,2,3) k=gamma(1,2) =uniform(0,1) k=uniform(a,1) k=lognormal(0,1) "
    "k=lognormal(1,-1) k=loguniform(0,1) k=uniform(2,1) k=normal(0,-1) "
    "k=uniform(nan,1) k=uniform(0,inf)".split(),
)
def test_what_is_no_variation_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_variation(text)
