"""Protection by MSC that are gone: against wells in which they stay, and what is known of its fall."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mscape.atlas.load import Atlas
from mscape.errors import UsageError
from mscape.experiments.bench import Bench
from mscape.experiments.protection import read_protection
from mscape.treatment.persistence import (
    find_censored,
    find_half_time,
    lay_removals,
    measure_left,
    measure_persistence,
)
from mscape.treatment.removal import prepare_well
from tests.treatment.conftest import FEW, make_il6_niche

GAPS = np.array([0.0, 2.0, 6.0, 12.0, 24.0, 48.0])


def test_wells_differ_only_in_when_the_msc_were_there() -> None:
    *gone, stay = lay_removals(24.0, 48.0, (0.0, 6.0, 24.0))
    for item in (*gone, stay):
        assert sum(period.hours or 0 for period in item.periods) == 24 + 24 + 48
        assert item.list_windows("drug") == ((48.0, 96.0),)
    assert [item.list_windows("msc") for item in gone] == [((24.0, 48.0),), ((18.0, 42.0),), ((0.0, 24.0),)]
    assert [item.washes for item in gone] == [(48.0,), (42.0,), (24.0,)]
    assert stay.list_windows("msc") == ((24.0, 96.0),)
    assert stay.washes == ()


def test_msc_that_stay_give_the_protection_of_the_arm_that_is_not_washed(atlas: Atlas) -> None:
    """The same arm by the bench that scores papers."""
    niche = make_il6_niche(atlas)
    stay = lay_removals(24.0, 48.0, (0.0, 24.0))[-1]
    arm = stay.fill_arm(niche.choose_arm("transwell", 48.0))
    found = measure_left(prepare_well(niche, arm, FEW), stay)
    assert np.isfinite(found).mean() > 0.9
    np.testing.assert_allclose(found, read_protection(Bench(niche.bound, 1, FEW.number), arm), atol=2e-3)


def test_a_removal_as_the_drug_comes_is_the_limit_of_a_removal_before_it(atlas: Atlas) -> None:
    niche = make_il6_niche(atlas)
    at_once, shortly, *_, stay = lay_removals(24.0, 48.0, (0.0, 1e-4, 24.0))
    well = prepare_well(niche, stay.fill_arm(niche.choose_arm("transwell", 48.0)), FEW)
    np.testing.assert_allclose(measure_left(well, at_once), measure_left(well, shortly), atol=2e-3)


def test_what_is_left_falls_with_the_gap_and_a_slower_programme_keeps_more(atlas: Atlas) -> None:
    left = {}
    for turnover in (0.01, 0.3):
        niche = make_il6_niche(atlas, stat3_programme_turnover=turnover)
        found = measure_persistence(niche, FEW, gaps=(0.0, 12.0, 48.0))
        assert found.counted >= 10
        left[turnover] = [item[1] for item in found.left if item is not None]
        assert left[turnover] == sorted(left[turnover], reverse=True)
        assert found.stay is not None
        assert found.protection[0] is not None
        assert found.stay[1] > found.protection[0][1]
    assert left[0.01][1] > left[0.3][1] + 0.1
    assert left[0.3][2] < 0.05


def test_msc_that_give_nothing_leave_nothing_to_tell(atlas: Atlas) -> None:
    found = measure_persistence(make_il6_niche(atlas, il6_secretion=0.0), FEW, gaps=(0.0, 24.0))
    assert found.counted == found.lasting == 0
    assert found.whole is not None
    assert np.abs(found.whole).max() < 0.02
    assert (found.stay, found.left, found.half_time, found.fading) == (None, (None, None), None, None)


@given(st.floats(0.5, 200.0), st.floats(0.1, 1.0))
@settings(max_examples=60, deadline=None)
def test_a_half_time_is_found_again(half: float, first: float) -> None:
    """Of an exponential fall, within the grid's coarseness: never outside the gaps around it."""
    fall = first * 2.0 ** (-GAPS / half)
    found = float(find_half_time(GAPS, fall[None, :], np.array([first]))[0])
    if half > GAPS[-1]:
        assert found == np.inf
    else:
        at = int(np.searchsorted(GAPS, half))
        assert GAPS[at - 1] - 1e-9 <= found <= GAPS[at] + 1e-9


def test_times_beyond_the_gaps_stay_so_and_failed_draws_do_not_count() -> None:
    hours = np.array([1.0] * 6 + [np.inf] * 6 + [np.nan] * 5)
    assert find_censored(hours) == (1.0, 1.0, np.inf)
    assert find_censored(hours[:9]) is None
    failed = find_half_time(GAPS, np.full((1, 6), np.nan), np.ones(1))
    assert np.isnan(failed).all()


@pytest.mark.parametrize("gaps", [(), (0.0,), (1.0, 2.0), (0.0, 6.0, 6.0), (0.0, 3000.0)])
def test_gaps_that_cannot_be_are_refused(atlas: Atlas, gaps: tuple[float, ...]) -> None:
    with pytest.raises(UsageError, match="gaps"):
        measure_persistence(make_il6_niche(atlas), FEW, gaps=gaps)
