"""Schedules as they are laid down: what is compared is handled alike."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mscape.errors import UsageError
from mscape.treatment.schedule import CONTINUOUS, MOST_PULSES, Clock, cut_ranked, make_handlings

HOURS = st.sampled_from([1.0, 6.0, 24.0, 25.5, 48.0, 72.0])
CLOCKS = st.builds(Clock, HOURS, HOURS, HOURS, st.integers(1, MOST_PULSES))


@given(CLOCKS, st.booleans())
@settings(max_examples=60, deadline=None)
def test_what_is_compared_differs_only_in_the_intervention(clock: Clock, relay: bool) -> None:
    for handling in make_handlings(clock, relay=relay):
        first, *others = handling.schedules
        assert CONTINUOUS in {item.name for item in handling.schedules}
        assert len({item.name for item in handling.schedules}) == len(handling.schedules)
        ((begin, end),) = first.list_windows("msc")
        assert begin == 0.0
        assert end == pytest.approx(clock.end)
        assert first.list_windows("relay") == (first.list_windows("msc") if relay else ())
        assert first.drug_area == pytest.approx(clock.drug)  # equal exposure, short pulse or not
        for item in others:
            assert item.washes == first.washes
            assert item.list_windows("drug") == first.list_windows("drug")
            assert (item.dose, item.drug_area) == (first.dose, first.drug_area)
            assert [p.hours for p in item.periods] == [p.hours for p in first.periods]


@given(CLOCKS)
@settings(max_examples=60, deadline=None)
def test_a_reagent_leaves_only_with_the_medium(clock: Clock) -> None:
    for handling in make_handlings(clock):
        for item in handling.schedules:
            ends = [end for content in ("perturbation", "drug") for _, end in item.list_windows(content)]
            for end in ends:
                assert any(end == pytest.approx(hour) for hour in (*item.washes, clock.end))


@given(CLOCKS)
@settings(max_examples=60, deadline=None)
def test_areas_are_what_their_names_say(clock: Clock) -> None:
    around, pulses, _ = make_handlings(clock)
    area = {item.name: item.area for item in around.schedules}
    assert area["before"] + area["with"] + area["after"] == pytest.approx(area[CONTINUOUS])
    assert area["before + with"] == pytest.approx(area["before"] + area["with"])
    whole, level, equal, first, second = pulses.schedules
    assert equal.area == pytest.approx(whole.area) == pytest.approx(clock.drug)
    assert level.area == pytest.approx(whole.area / 2)
    assert first.area == pytest.approx(second.area) == pytest.approx(whole.area / 2)
    assert len(level.list_windows("perturbation")) == clock.pulses
    assert first.list_windows("perturbation")[0][1] == second.list_windows("perturbation")[0][0]


def test_the_ranking_s_own_wells_have_no_change_of_medium() -> None:
    ranked = cut_ranked(Clock())
    assert ranked.fresh == ()
    assert ranked.list_windows("perturbation") == ranked.list_windows("drug") == ((24.0, 72.0),)


@pytest.mark.parametrize("hours", [(0.0, 48.0, 24.0), (24.0, -1.0, 24.0), (24.0, 48.0, 2001.0)])
def test_hours_that_cannot_be_are_refused(hours: tuple[float, float, float]) -> None:
    with pytest.raises(UsageError, match="more than 0"):
        Clock(*hours)


@pytest.mark.parametrize("pulses", [0, MOST_PULSES + 1])
def test_pulses_that_cannot_be_are_refused(pulses: int) -> None:
    with pytest.raises(UsageError, match="pulses"):
        Clock(pulses=pulses)
