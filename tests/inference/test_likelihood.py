"""Contrasts heard by a fit: averages over what is not reported, floors of error, donors of papers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.atlas.load import load_atlas
from mscape.atlas.row import ContrastRow
from mscape.experiments.bind import BETWEEN_SETS_SD, Bound, bind_record
from mscape.experiments.contrast import Judged
from mscape.experiments.outcome import measure_value_margin
from mscape.inference.likelihood import (
    LAPSE,
    NOISE,
    find_margin,
    judge_contrasts,
    list_scored,
    measure_log_likelihood,
    measure_margins,
)
from mscape.inference.particle import OwnConditions, Particles, foresee

MANY = 40_000
COUNT = 12


@pytest.fixture(scope="module")
def bound() -> Bound:
    atlas = load_atlas()
    return bind_record(atlas.records["ji2015_gastric_exosome"], atlas)


def _make_row(**change: object) -> ContrastRow:
    row = {"contrast": "c", "observation": "o", "kind": "value", "readout": "ic50", "arm": "a", "versus": "b"}
    return ContrastRow.model_validate({**row, "value": 0.5, "paper": "p", "scope": "in", **change})


def _judge(ratio: np.ndarray, value: float, error: float | None) -> Judged:
    margin = measure_value_margin(ratio, value, error)
    return Judged(np.full(len(ratio), "different"), ratio, "fold", margin)


def test_particles_average_over_what_is_not_reported_once_for_an_experiment() -> None:
    """Drawn with the particle, the nuisance is integrated out: against a sum over its grid."""
    points = Particles(3, MANY)
    theta = points.take("theta", MANY)
    levels = np.array([0.2, 1.0, 1.8])  # an unreported dose
    margins = []
    for experiment in ("first", "second"):
        own = OwnConditions(points, experiment)
        dose = levels[(own.take("condition:dose", MANY) * 3).astype(int)]
        margins += [3 * theta * dose - 1, 1 - 2 * theta * dose]  # two contrasts of one experiment
    weights = np.exp(measure_log_likelihood(np.stack(margins, axis=1)).sum(axis=1))

    grid = (np.arange(2000) + 0.5) / 2000
    each = [
        np.exp(measure_log_likelihood(np.stack([3 * grid * d - 1, 1 - 2 * grid * d], axis=1)).sum(axis=1))
        for d in levels
    ]
    exact = np.mean(each, axis=0) ** 2  # two experiments, each averaged over its own dose
    assert weights.mean() == pytest.approx(exact.mean(), rel=0.02)
    assert np.average(theta, weights=weights) == pytest.approx(np.average(grid, weights=exact), abs=0.005)
    # one average a contrast, or the best dose for each parameter, would be other answers
    best = np.max(each, axis=0) ** 2
    assert weights.mean() < 0.9 * best.mean()


@given(ratio=st.floats(0.01, 20), reported=st.floats(0.1, 5), error=st.none() | st.floats(0.001, 2))
def test_a_ratio_of_ic50s_is_never_known_better_than_an_ic50(
    ratio: float, reported: float, error: float | None
) -> None:
    judged = _judge(np.array([ratio]), reported, error)
    found = find_margin(_make_row(value=reported, error=error), judged)[0]
    assert found >= judged.margin[0]
    assert found >= 2 - abs(np.log10(ratio / reported)) / BETWEEN_SETS_SD - 1e-9
    other = find_margin(_make_row(value=reported, error=error, readout="viability"), judged)[0]
    assert other == judged.margin[0]


def test_a_plate_that_says_nothing_says_nothing_of_an_ic50_either() -> None:
    judged = _judge(np.array([0.5, 0.5]), 0.5, 0.1)
    judged = Judged(
        judged.outcomes, judged.effect, "fold", np.array([-0.5, np.nan]), (), np.array([-0.5, 1.0])
    )
    assert find_margin(_make_row(), judged)[0] == -0.5
    assert np.isnan(find_margin(_make_row(), judged)[1])  # a failed solve stays one


def test_a_probability_is_never_below_the_lapse_and_half_at_the_threshold() -> None:
    found = np.exp(measure_log_likelihood(np.array([-99.0, 0.0, 99.0])))
    assert found == pytest.approx([LAPSE, 0.5, 1 - LAPSE])
    half = np.exp(measure_log_likelihood(np.array([NOISE, -NOISE])))
    assert half.sum() == pytest.approx(1)  # a report and its opposite


def test_papers_have_donors_and_experiments_conditions_of_their_own(bound: Bound) -> None:
    rows = list_scored(bound)
    points = Particles(1, COUNT)
    measure_margins(bound, points, rows)
    papers, experiments = ({getattr(row, name) for row in rows} for name in ("paper", "observation"))
    assert {f"{paper}:vesicles_secretion" for paper in papers} <= set(points.axes)
    assert {f"{name}:condition:hours" for name in experiments} <= set(points.axes)
    assert not [name for name in points.axes if name.startswith(("ji2015:mapk", "ji2015:kill"))]


@pytest.mark.parametrize(
    "name",
    [
        "ji2015_gastric_exosome",
        pytest.param("wang2018_all_mitochondria", marks=pytest.mark.slow),
        pytest.param("xu2018_breast_il6", marks=pytest.mark.slow),
    ],
)
def test_a_contrast_is_the_same_heard_alone_or_with_others(name: str) -> None:
    """Bit for bit, though papers share the tumour cell's rest and its assay, and not their donors."""
    atlas = load_atlas()
    bound = bind_record(atlas.records[name], atlas)
    rows = list_scored(bound)
    whole = measure_margins(bound, Particles(1, COUNT), rows)
    for index, row in enumerate(rows):
        alone = measure_margins(bound, Particles(1, COUNT), [row])
        np.testing.assert_array_equal(alone[:, 0], whole[:, index])


def test_a_prediction_is_for_one_new_experiment(bound: Bound) -> None:
    points = Particles(1, COUNT)
    new = foresee(points, {"vesicles_secretion": 0.3})
    judged = judge_contrasts(bound, new, list_scored(bound))
    assert len(judged) == len(list_scored(bound))
    assert all(len(each.margin) == COUNT for each in judged)
    assert not [name for name in points.axes if ":" in name and not name.startswith("perturbation:")]
