"""The rules of a ranking: words, order, shared ranks; and what a niche ranks."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.atlas.load import Atlas
from mscape.experiments.niche import Niche, compose_niche
from mscape.treatment.rank import (
    COUNTS,
    Interval,
    Ranked,
    Word,
    choose_word,
    make_interval,
    measure_alone,
    order_ranked,
    rank_niche,
)
from tests.treatment.conftest import FEW, make_il6_niche

STRENGTH = {Word.REMOVES: 0, Word.UNCERTAIN: 0, Word.HYPOTHESIS: 1, Word.NO_EFFECT: 2}


def make_ranked(key: str, share: Interval | None, *doubts: str) -> Ranked:
    word = choose_word(share, grounded=not doubts)
    nothing: Mapping[str, Interval | None] = {}
    return Ranked((key,), key, "", "", 0, word, share, share, None, None, None, nothing, (), (), doubts)


@pytest.mark.parametrize(
    ("share", "grounded", "word"),
    [
        ((COUNTS, 0.5, 0.9), True, "removes"),
        ((COUNTS - 0.01, 0.5, 0.9), True, "uncertain"),
        ((-0.5, 0.0, COUNTS), True, "uncertain"),
        ((-0.5, 0.0, COUNTS - 0.01), True, "no effect"),
        ((-0.5, 0.0, COUNTS - 0.01), False, "no effect"),
        ((0.9, 0.95, 1.0), False, "hypothesis"),
        (None, True, "uncertain"),
        (None, False, "hypothesis"),
    ],
)
def test_the_word_follows_from_the_interval_and_its_ground(
    share: Interval | None, grounded: bool, word: str
) -> None:
    assert choose_word(share, grounded=grounded) == word


def test_intervals_that_overlap_share_a_rank_and_others_do_not() -> None:
    found = [
        make_ranked("low", (-0.1, 0.1, 0.25)),
        make_ranked("high", (0.6, 0.7, 0.9)),
        make_ranked("wide", (0.3, 0.6, 0.8)),
        make_ranked("guess", (0.8, 0.9, 1.0), "potency assumed"),
        make_ranked("nothing", (0.0, 0.0, 0.1)),
    ]
    ranks = {item.id: item.rank for item in order_ranked(found)}
    assert ranks == {"high": 1, "wide": 1, "low": 3, "guess": 4, "nothing": 5}


shares = st.lists(st.floats(-1, 1), min_size=3, max_size=3).map(lambda ends: tuple(sorted(ends)))


@given(st.lists(st.tuples(st.none() | shares, st.booleans()), max_size=8))
def test_a_rank_never_lifts_a_guess_above_what_is_sourced(
    drawn: list[tuple[Interval | None, bool]],
) -> None:
    found = [make_ranked(f"i{place}", share, *(["x"] * doubt)) for place, (share, doubt) in enumerate(drawn)]
    ordered = order_ranked(found)
    assert {item.id for item in ordered} == {item.id for item in found}
    tiers = [STRENGTH[item.word] for item in ordered]
    assert tiers == sorted(tiers)
    for place, item in enumerate(ordered):
        assert item.rank <= place + 1
        if place and item.rank > ordered[place - 1].rank:
            assert item.rank == place + 1  # counts all that stand above
    for one in ordered:
        for other in ordered:
            if STRENGTH[one.word] == STRENGTH[other.word] and one.share and other.share:
                overlap = one.share[0] <= other.share[2] and other.share[0] <= one.share[2]
                assert not overlap or one.rank == other.rank


def test_an_interval_is_the_tenth_to_ninetieth_percentile_of_what_is_known() -> None:
    values = np.concatenate([np.linspace(0, 1, 101), [np.nan]])
    assert make_interval(values) == pytest.approx((0.1, 0.5, 0.9))
    assert make_interval(values, few=200) is None


def test_in_one_mechanism_the_niche_is_its_own_upper_bound(atlas: Atlas) -> None:
    niche = make_il6_niche(atlas)
    ranking = rank_niche(niche, niche.choose_arm(), FEW)
    assert measure_alone(niche, niche.choose_arm(), FEW) == {}
    names = {item.id for item in ranking.ranked}
    assert {"siltuximab", "ruxolitinib", "si_stat3"} <= names
    assert names.isdisjoint(ranking.not_reaching)
    assert len(names) + len(ranking.not_reaching) == len(atlas.interventions.reagents)
    for item in ranking.ranked:
        assert item.bound == item.share
        assert item.doubts == () or item.word in (Word.HYPOTHESIS, Word.NO_EFFECT)
        assert item.share is not None
        assert item.share[2] <= 1.0
    gone = next(item for item in ranking.ranked if item.id == "si_stat3")
    assert gone.share is not None
    assert gone.share[1] > COUNTS


@pytest.mark.slow
def test_in_a_niche_one_mechanism_alone_says_more_than_the_niche(atlas: Atlas) -> None:
    """Other routes stand in for what is blocked: the single figure is an upper bound in the middle."""
    niche: Niche = compose_niche(atlas, "CML", "imatinib")
    arm = niche.choose_arm()
    names = [("plerixafor",), ("ruxolitinib",)]
    single = measure_alone(niche, arm, FEW, candidates=names)
    ranking = rank_niche(niche, arm, FEW, candidates=names, single=single)
    assert {key: len(taken.effects) for key, taken in single.items()} == {
        "vianello2010_cml_cxcl12": 1,
        "zhang2013_cml_ncadherin": 0,
        "zhang2019_cml_il7": 1,
    }
    found = next(item for item in ranking.ranked if item.id == "plerixafor")
    assert set(found.single) == {"vianello2010_cml_cxcl12"}
    assert found.bound is not None
    assert found.share is None or found.bound[1] > found.share[1]
