"""Coverage: intervals that are right are called right, those that are too narrow are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mscape.atlas.load import load_atlas
from mscape.experiments.bind import bind_record
from mscape.experiments.interval import wilson_interval
from mscape.inference.coverage import (
    Coverage,
    Place,
    Replica,
    place_truth,
    simulate_replicas,
    total_coverage,
)
from mscape.inference.likelihood import list_scored


def _replica(index: int, places: list[float], width: float = 0.5) -> Replica:
    found = tuple(Place(f"k{i}", place, width) for i, place in enumerate(places))
    return Replica("a", index, ("o",), 3, found, ())


def _find(replicas: list[Replica], level: float) -> Coverage:
    (found,) = [c for c in total_coverage(replicas, (level,)) if c.what == "parameters"]
    return found


@settings(max_examples=10)
@given(level=st.floats(0.1, 0.95), seed=st.integers(0, 20))
def test_even_places_are_covered_as_promised(level: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    replicas = [_replica(i, list(random.uniform(size=4))) for i in range(1500)]
    assert _find(replicas, level).inside == pytest.approx(level, abs=0.04)


def test_intervals_that_are_too_narrow_hold_less_and_those_too_wide_hold_more() -> None:
    random = np.random.default_rng(1)
    narrow = [_replica(i, list(random.beta(0.5, 0.5, 4))) for i in range(300)]
    wide = [_replica(i, list(random.beta(3, 3, 4))) for i in range(300)]
    assert _find(narrow, 0.8).high < 0.8
    assert _find(wide, 0.8).low > 0.8


def test_truths_of_one_literature_that_stand_or_fall_together_count_as_one() -> None:
    random = np.random.default_rng(2)
    apart = [_replica(i, list(random.uniform(size=10))) for i in range(60)]
    together = [_replica(i, [place] * 10) for i, place in enumerate(random.uniform(size=60))]
    one, other = _find(apart, 0.8), _find(together, 0.8)
    assert other.high - other.low > 2 * (one.high - one.low)
    low, high = wilson_interval(other.inside, 60)
    assert (other.low, other.high) == pytest.approx((low, high), abs=0.02)


def test_what_is_narrow_in_the_other_replicas_counts_as_informed() -> None:
    """Not what is narrow in its own: that may be chance, and chance that is picked holds less."""
    replicas = [_replica(i, [0.5], width) for i, width in enumerate([0.4, 0.5, 1.9])]
    informed = [c.cases for c in total_coverage(replicas, (0.5,)) if c.what == "informed parameters"]
    assert informed == [1]
    alone = total_coverage([_replica(0, [0.5], 0.1)], (0.5,))
    assert [c.what for c in alone] == ["parameters"]


def test_samples_that_are_narrow_by_chance_are_not_called_informed() -> None:
    """Forty particles of the prior, whose widths vary by chance: those called informed are covered too."""
    random = np.random.default_rng(6)
    replicas = []
    for i in range(300):
        drawn, truth = random.normal(size=(5, 40)), random.normal(size=5)
        parts = zip(drawn, truth, strict=True)
        places = [Place(f"k{n}", place_truth(d, t, i), 0.93 * d.std()) for n, (d, t) in enumerate(parts)]
        replicas.append(Replica("a", i // 3, ("o",), 1, tuple(places), ()))
    replicas = [replace(one, mechanism=f"m{one.index}") for one in replicas]
    found = {(c.what, c.level): c for c in total_coverage(replicas)}
    assert found["informed parameters", 0.8].cases > 100
    assert found["informed parameters", 0.8].inside == pytest.approx(0.8, abs=0.05)


def test_a_truth_like_the_values_lies_anywhere_among_them_ties_included() -> None:
    random = np.random.default_rng(4)
    for tied in (False, True):
        drawn = random.integers(0, 3, (3000, 20)) if tied else random.normal(size=(3000, 20))
        places = [place_truth(row[1:], float(row[0]), seed) for seed, row in enumerate(drawn.astype(float))]
        counts = np.histogram(places, bins=10, range=(0, 1))[0]
        assert abs(counts - 300).max() < 5 * np.sqrt(300)


@pytest.mark.slow
def test_made_up_papers_repeat_bit_for_bit_and_their_truths_are_found() -> None:
    atlas = load_atlas()
    bound = bind_record(atlas.records["ji2015_gastric_exosome"], atlas)
    first = simulate_replicas(bound, seed=2, replicas=8, particles=100)
    assert simulate_replicas(bound, seed=2, replicas=2, particles=100) == first[:2]
    experiments = {row.observation for row in list_scored(bound)}
    assert all(set(one.left_out) < experiments for one in first)
    assert {len(one.left_out) for one in first} == {max(1, round(len(experiments) / 4))}
    assert len({one.left_out for one in first}) > 1
    assert all(one.heard for one in first)
    assert sum(bool(one.effects) for one in first) >= 4  # a truth without a readable dose has none
    covered = {(c.what, c.level): c for c in total_coverage(first)}
    assert covered["parameters", 0.8].low < 0.8 < covered["parameters", 0.8].high + 0.05
    assert covered["effects", 0.9].high > 0.85
