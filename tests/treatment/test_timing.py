"""What interventions take by schedule: against the ranking, blockers of nothing, and each other."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mscape.atlas.load import Atlas
from mscape.errors import UsageError
from mscape.experiments.niche import Niche
from mscape.treatment.control import leave_route
from mscape.treatment.effect import Effect
from mscape.treatment.rank import COUNTS
from mscape.treatment.removal import Taken, prepare_well
from mscape.treatment.schedule import Clock, make_handlings
from mscape.treatment.timing import (
    Scheduled,
    choose_timed_arm,
    judge_difference,
    measure_handling,
    measure_schedules,
    run_schedule,
)
from tests.treatment.conftest import FEW, add_intervention, make_il6_niche

CLOCK = Clock()
NOTHING = Effect((), ())
TEN = {"total": 10, "unit": "nM", "unbound": 1}
HALF = {"parameters": "stat3_jak", "how": "inhibition", "potency": 10, "unit": "nM", "left": 0.0}
STRONG = HALF | {"potency": 0.01}
FROM_CONTACT = {
    "parameters": "il6_silencing",
    "how": "inhibition",
    "potency": 0.01,
    "unit": "nM",
    "left": 0.0,
}
BESIDE = {
    "parameters": "gp130_jak;msc_read_weight",
    "how": "inhibition",
    "potency": 0.01,
    "unit": "nM",
    "left": 0,
}


def schedule(niche: Niche, *names: str, clock: Clock = CLOCK) -> Scheduled:
    arm = choose_timed_arm(niche, niche.choose_arm(), clock)
    return measure_schedules(niche, arm, [(name,) for name in names], FEW, clock=clock)


def take(niche: Niche, name: str, which: int) -> dict[str, Taken]:
    well = prepare_well(niche, choose_timed_arm(niche, niche.choose_arm(), CLOCK), FEW)
    return measure_handling(niche, well, [(name,)], make_handlings(CLOCK)[which])


def middles(found: Scheduled, handling: int, name: str) -> dict[str, float]:
    timed = [item for item in found.handled[handling].timed if item.id == name]
    assert all(item.share is not None for item in timed)
    return {item.schedule.name: item.share[1] for item in timed if item.share is not None}


def test_the_ranking_is_one_of_the_schedules(atlas: Atlas) -> None:
    """Cut into the pulses' periods, an antibody and an inhibitor: the same wells but for the solver."""
    found = schedule(make_il6_niche(atlas), "siltuximab", "ruxolitinib")
    assert found.off_rank is not None
    assert found.off_rank < 2e-3


def test_a_blocker_of_nothing_takes_nothing_by_any_schedule(atlas: Atlas) -> None:
    shelf = add_intervention(atlas, "a", BESIDE, exposure=TEN)
    for which in range(3):
        for name, taken in take(make_il6_niche(shelf), "a", which).items():
            assert taken.counted.sum() >= 10, name
            np.testing.assert_allclose(taken.share[taken.counted], 0.0, atol=5e-3, err_msg=name)
            np.testing.assert_allclose(taken.kills, 0.0, atol=1e-3, err_msg=name)


def test_a_blocker_of_another_route_takes_nothing_by_any_schedule(breast: Niche) -> None:
    """As in the controls of a ranking: IL-6 at work and no other route, and ozagrel's is another."""
    niche = leave_route(breast, "xu2018_breast_il6")
    for name, taken in take(niche, "ozagrel", 0).items():
        assert taken.counted.any(), name
        np.testing.assert_allclose(taken.share[taken.counted], 0.0, atol=5e-3, err_msg=name)


def test_all_schedules_of_a_handling_share_one_protection(atlas: Atlas) -> None:
    shelf = add_intervention(atlas, "a", HALF, exposure=TEN)
    found = list(take(make_il6_niche(shelf), "a", 0).values())
    for taken in found[1:]:
        np.testing.assert_array_equal(taken.protection, found[0].protection)
    assert len({float(np.nanmedian(taken.share)) for taken in found}) == len(found)


def test_a_source_that_is_shut_counts_while_it_is_shut(atlas: Atlas) -> None:
    """IL-6 acts while it is there: shut throughout it takes all, before the drug little, after it least."""
    shelf = add_intervention(atlas, "a", FROM_CONTACT, exposure=TEN)
    found = schedule(make_il6_niche(shelf), "a")
    around = middles(found, 0, "a")
    assert around["continuous"] == pytest.approx(1.0, abs=0.05)
    assert around["with"] > around["before"] + 0.2
    assert around["before"] > around["after"] + 0.02
    assert around["before + with"] >= around["with"]
    words = {item.schedule.name: item.word for item in found.handled[0].timed}
    assert words["continuous"] is None
    assert words["after"] == "takes less"
    orders = {(item.early.name, item.late.name): item.word for item in found.handled[0].orders}
    assert orders["with", "after"] == "earlier better"
    pulses = middles(found, 1, "a")
    assert pulses["2 pulses, equal level"] < pulses["continuous"] - 0.1


def test_twice_the_level_is_twice_only_where_it_is_not_already_enough(atlas: Atlas) -> None:
    shelf = add_intervention(add_intervention(atlas, "low", HALF, exposure=TEN), "high", STRONG, exposure=TEN)
    found = schedule(make_il6_niche(shelf), "low", "high")
    low, high = (middles(found, 1, name) for name in ("low", "high"))
    assert low["2 pulses, equal area"] > low["2 pulses, equal level"] + 0.02
    assert high["2 pulses, equal area"] == pytest.approx(high["2 pulses, equal level"], abs=0.01)


def test_a_short_pulse_has_the_dose_it_says(atlas: Atlas) -> None:
    """At four times the dose more cells die than at the same dose for as long; no drug, no difference."""
    niche = make_il6_niche(atlas)
    well = prepare_well(niche, choose_timed_arm(niche, niche.choose_arm(), CLOCK), FEW)
    schedule = make_handlings(CLOCK)[2].schedules[0]
    assert schedule.dose == 4
    high, low = (run_schedule(well, each, [NOTHING])[0] for each in (schedule, replace(schedule, dose=1.0)))
    np.testing.assert_allclose(high[:, 0], low[:, 0], rtol=1e-3)
    assert (high[:, 1] < 0.98 * low[:, 1]).mean() > 0.9


def test_same_seed_same_numbers_and_not_touched_by_others(atlas: Atlas) -> None:
    niche = make_il6_niche(atlas)
    alone, beside = schedule(niche, "siltuximab"), schedule(niche, "ruxolitinib", "siltuximab")
    for one, other in zip(alone.handled, beside.handled, strict=True):
        assert one.timed == tuple(item for item in other.timed if item.id == "siltuximab")
        assert one.protection == other.protection


@given(st.lists(st.floats(-2, 1), min_size=3, max_size=3).map(sorted))
@settings(max_examples=100, deadline=None)
def test_a_difference_and_its_opposite_get_opposite_words(ends: list[float]) -> None:
    low, middle, high = ends
    word, opposite = judge_difference((low, middle, high)), judge_difference((-high, -middle, -low))
    assert opposite == (None if word is None else -word)
    if low < -COUNTS and high > COUNTS:
        assert word is None


def test_what_cannot_be_scheduled_is_refused(atlas: Atlas) -> None:
    niche = make_il6_niche(atlas)
    with pytest.raises(UsageError, match="finds nothing to act on"):
        schedule(niche, "plerixafor")
    with pytest.raises(UsageError, match="si_stat3 is a silencing"):
        schedule(niche, "si_stat3")
    for culture in ("conditioned medium", "monoculture"):
        arm = niche.choose_arm(culture)
        with pytest.raises(UsageError, match="contact, transwell or relay"):
            measure_schedules(niche, arm, [("siltuximab",)], FEW, clock=CLOCK)


def test_nothing_is_told_where_too_few_draws_protect(atlas: Atlas) -> None:
    niche = make_il6_niche(atlas, il6_secretion=0.0)
    found = schedule(niche, "siltuximab")
    for handled in found.handled:
        assert handled.counted == 0
        assert {(item.share, item.difference, item.word) for item in handled.timed} == {(None, None, None)}
        assert {item.word for item in handled.orders} == {None}
    assert replace(found, handled=()).off_rank is not None
