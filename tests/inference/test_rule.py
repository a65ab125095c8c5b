"""Rules learnt from draws whose rule is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mscape.inference.rule import LEAST_CASES, estimate_share, learn_rule

COUNT = 4000


def _features(seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {f"x{i}": 10 ** rng.uniform(-2, 2, COUNT) for i in range(12)}


@settings(max_examples=20)
@given(seed=st.integers(0, 100), at=st.sampled_from([0.1, 1.0, 10.0]), up=st.booleans())
def test_one_inequality_is_found_with_its_threshold(seed: int, at: float, up: bool) -> None:
    features = _features(seed)
    holds = (features["x3"] >= at) == up
    rule = learn_rule(features, holds)
    assert rule is not None
    (only,) = rule.inequalities
    assert (only.feature, only.at_least) == ("x3", up)
    assert only.threshold == pytest.approx(at, rel=0.35)  # to the next of forty cuts over four decades
    assert rule.accuracy > 0.96


def test_two_inequalities_are_found_where_one_does_not_do() -> None:
    features = _features(1)
    holds = (features["x1"] >= 0.5) & (features["x7"] < 5)
    rule = learn_rule(features, holds)
    assert rule is not None
    assert {(item.feature, item.at_least) for item in rule.inequalities} == {("x1", True), ("x7", False)}
    assert rule.inside.value > 0.9
    assert rule.outside.value < 0.05
    assert rule.support.value == pytest.approx(holds.mean(), abs=0.05)


def test_noise_alone_is_told_to_be_chance() -> None:
    accuracies = []
    for seed in range(10):
        rule = learn_rule(_features(seed), np.random.default_rng(seed + 99).random(COUNT) < 0.3)
        assert rule is not None
        accuracies.append(rule.accuracy)
    assert np.mean(accuracies) == pytest.approx(0.5, abs=0.01)
    assert max(accuracies) < 0.55


def test_a_rule_is_judged_on_draws_it_was_not_learnt_from() -> None:
    """Where the second half obeys another rule, the accuracy must say so."""
    features = _features(2)
    half = COUNT // 2
    holds = np.concatenate([features["x0"][:half] >= 1, features["x0"][half:] < 1])
    rule = learn_rule(features, holds)
    assert rule is not None
    assert rule.accuracy < 0.1


def test_too_few_cases_are_no_rule() -> None:
    holds = np.zeros(COUNT, dtype=bool)
    holds[: LEAST_CASES - 1] = True
    holds[-LEAST_CASES + 1 :] = True
    assert learn_rule(_features(0), holds) is None
    assert learn_rule({}, np.arange(COUNT) % 2 == 0) is None


def test_levels_are_cut_between_and_not_at_random() -> None:
    levels = np.array([0.1, 1 / 3, 1.0])
    x = levels[np.arange(COUNT) % 3]
    rule = learn_rule({"ratio": x}, x > 0.2)
    assert rule is not None
    assert rule.inequalities[0].threshold == 0.33
    assert rule.accuracy == 1.0


@given(hits=st.integers(0, 50))
def test_a_share_lies_within_its_interval(hits: int) -> None:
    share = estimate_share(np.arange(50) < hits)
    assert 0 <= share.low <= share.value <= share.high <= 1
