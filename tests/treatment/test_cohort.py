"""A cohort: the same numbers however it is grouped, and summaries of made-up cohorts that are known."""

from dataclasses import replace

import numpy as np
import pytest

from mscape.atlas.load import Atlas
from mscape.cohort.line import spread_lines
from mscape.cohort.member import make_cohort
from mscape.cohort.state import State
from mscape.engine import simulate
from mscape.engine.random import draw_uniform
from mscape.experiments.niche import Niche
from mscape.treatment.cohort import CohortPlan, MeasuredCohort, measure_cohort
from mscape.treatment.effect import Effect
from mscape.treatment.matrix import choose_coculture
from mscape.treatment.predict import Summary, order_waterfall, summarise_cohort
from mscape.treatment.rank import COUNTS
from mscape.treatment.removal import Taken
from tests.treatment.conftest import make_il6_niche

COUNT = 600
SILTUXIMAB = [("siltuximab",)]


def _measure(niche: Niche, plan: CohortPlan, *, seed: int = 1) -> MeasuredCohort:
    spread, lines = spread_lines(niche)
    arm = replace(choose_coculture(spread), dose=lines.median)
    return measure_cohort(spread, arm, make_cohort(spread, seed=seed), plan)


def test_groups_and_cores_change_no_number(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    niche = make_il6_niche(atlas)
    seen: list[int] = []
    whole = _measure(niche, CohortPlan(SILTUXIMAB, 60, 4, 5, finished=seen.append))
    assert sum(seen) == 60 + 4 * 5
    monkeypatch.setattr(simulate, "count_cores", lambda: 1)
    parts = _measure(niche, CohortPlan(SILTUXIMAB, 60, 4, 5, group=7))
    for name in ("alone", "with_msc", "blocked", "blocked_alone", "bare"):
        assert np.array_equal(getattr(whole.taken, name), getattr(parts.taken, name), equal_nan=True), name
    assert np.array_equal(whole.levels, parts.levels, equal_nan=True)
    assert whole.crossed is not None
    assert parts.crossed is not None
    assert np.array_equal(whole.crossed.protection, parts.crossed.protection, equal_nan=True)
    # donor and tumour i meet in the table as they do in member i; a donor is nothing to tumours alone
    assert np.array_equal(np.diag(whole.crossed.protection), whole.taken.protection[:4])
    assert (whole.crossed.alone == whole.crossed.alone[:, :1]).all()
    other = _measure(niche, CohortPlan(SILTUXIMAB, 60), seed=2)
    assert not np.array_equal(other.taken.alone, whole.taken.alone)


def _draw(name: str) -> np.ndarray:
    return draw_uniform(11, name, 0, COUNT)


def _summarise(share: np.ndarray, levels: np.ndarray) -> Summary:
    """Summarise a cohort in which an intervention takes a share of 40 points of protection."""
    alone, with_msc = np.full(COUNT, 0.3), np.full(COUNT, 0.7)
    taken = Taken(
        effects=(Effect(("made_up",), ("x",)),),
        alone=alone,
        with_msc=with_msc,
        blocked_alone=alone[:, None],
        blocked=(with_msc - 0.4 * share)[:, None],
        bare=np.ones((COUNT, 1)),
    )
    states = tuple(State(f"s{place}", f"state {place}", "x", "pM") for place in range(levels.shape[1]))
    return summarise_cohort(MeasuredCohort(taken, states, levels), seed=1)


def test_the_state_that_decides_is_found_and_the_other_is_not() -> None:
    decides, says_nothing, flat = 1 - _draw("share"), _draw("other"), np.full(COUNT, 7.0)
    share = _draw("share")
    summary = _summarise(share, np.stack([says_nothing, 100 * decides, flat], axis=1))
    (found,) = summary.responders
    assert [state.id for state in summary.constant] == ["s2"]
    assert found.works is not None
    assert found.works.value[1] == pytest.approx((share >= COUNTS).mean())
    first, second = found.predictors
    assert first.state.id == "s1"
    assert first.of_works is not None
    assert first.of_works.value[1] == pytest.approx(found.works.entropy, abs=0.03)
    assert first.direction == "low"
    assert first.with_yes is not None
    assert first.with_no is not None
    assert first.with_yes[1] < first.with_no[1]
    assert second.of_works is not None
    assert not second.of_works.is_told
    assert second.direction == "neither"


def test_a_cohort_that_nothing_is_taken_from_says_so() -> None:
    summary = _summarise(np.zeros(COUNT), _draw("x")[:, None])
    (found,) = summary.responders
    assert found.works is not None
    assert found.works.value[1] == 0.0
    assert found.works.entropy == 0.0
    assert found.predictors[0].of_works is None
    assert summary.protected.value[1] == 1.0
    assert summary.protection == pytest.approx((0.4,) * 5)


def test_the_waterfall_falls_and_puts_what_has_no_answer_last() -> None:
    protection = np.array([0.1, np.nan, 0.5, -0.2])
    assert order_waterfall(protection).tolist() == [2, 0, 3, 1]
