"""Combinations of parameters that change nothing, from derivatives made to have them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mscape.inference.identify import describe_combination, gather_groups
from mscape.inference.null_space import Combination, find_combinations

RNG = np.random.default_rng(3)


@given(power=st.sampled_from([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0]), seed=st.integers(0, 50))
def test_two_columns_that_tell_the_same_are_a_pair_with_their_powers(power: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    first, other = rng.normal(size=(2, 12))
    found = find_combinations(np.stack([first, other, power * first], axis=1), ["a", "b", "c"])
    assert found == (Combination(("a", "c"), (1.0, -1 / power)),)


def test_three_that_cancel_only_together_are_found() -> None:
    a, b = RNG.normal(size=(2, 20))
    found = find_combinations(np.stack([a, b, -(a + 2 * b)], axis=1), ["a", "b", "c"])
    (only,) = found
    powers = dict(zip(only.parameters, only.powers, strict=True))
    assert powers["a"] / powers["c"] == 1.0
    assert powers["b"] / powers["c"] == 2.0


def test_independent_columns_have_no_combination_even_if_small() -> None:
    columns = RNG.normal(size=(30, 4)) * np.array([1.0, 1e-3, 1.0, 1e-2])
    assert find_combinations(columns, ["a", "b", "c", "d"]) == ()


def test_fewer_read_outs_than_parameters_are_no_sentence_of_many_members() -> None:
    columns = RNG.normal(size=(3, 14))
    assert all(len(item.parameters) <= 8 for item in find_combinations(columns, [*"abcdefghijklmn"]))


def test_pairs_with_a_common_member_are_one_group_of_what_is_seen() -> None:
    pairs = [Combination(("k", "K"), (1.0, 1.0)), Combination(("k", "n"), (1.0, -1.0))]
    (group,) = gather_groups(pairs)
    assert describe_combination(group.parameters, group.powers) == "k × n / K"
