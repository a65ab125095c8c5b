"""What is left out is not heard: groups, weights against new fits, and the answers of baselines."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from mscape.atlas.load import load_atlas
from mscape.experiments.bind import Bound, bind_record
from mscape.experiments.graph import predict_baselines
from mscape.experiments.score import group_arms
from mscape.inference import forecast
from mscape.inference.fit import Ensemble, fit_mechanism
from mscape.inference.forecast import DIRECTIONS, ask_particles, list_answers, name_answer
from mscape.inference.leave_out import (
    SCHEMES,
    Trust,
    group_contrasts,
    list_baseline_answers,
    predict_left_out,
)
from mscape.inference.likelihood import list_scored
from mscape.inference.particle import Particles

ATLAS = load_atlas()
NEVER, ALWAYS = Trust(np.inf, 0.0), Trust(-np.inf)


@pytest.fixture(scope="module")
def bound() -> Bound:
    return bind_record(ATLAS.records["ji2015_gastric_exosome"], ATLAS)


@pytest.fixture(scope="module")
def ensemble(bound: Bound) -> Ensemble:
    return fit_mechanism(bound, seed=1, particles=60)


def test_groups_hold_every_contrast_once_and_perturbations_those_that_carry_them() -> None:
    bound = bind_record(ATLAS.records["zhang2019_cml_il7"], ATLAS)
    rows = list_scored(bound)
    for scheme in ("experiment", "paper"):
        grouped = [row for part in group_contrasts(bound, rows, scheme).values() for row in part]
        assert sorted(row.contrast for row in grouped) == sorted(row.contrast for row in rows)
    types = group_contrasts(bound, rows, "perturbation")
    assert set(types) == {"mimic", "inhibitor"}
    both = set(types["mimic"]) & set(types["inhibitor"])
    assert both
    assert len(set(types["mimic"]) | set(types["inhibitor"])) < len(rows)


@pytest.mark.parametrize("key", ["zhang2019_cml_il7", "wang2018_all_mitochondria"])
def test_a_baseline_is_right_where_the_score_says_it_reproduces(key: str) -> None:
    bound = bind_record(ATLAS.records[key], ATLAS)
    arms = group_arms(bound)
    for row in list_scored(bound):
        right = {n: a == name_answer(row) for n, a in list_baseline_answers(bound, row, arms).items()}
        assert right == predict_baselines(bound.record, row, arms[row.observation]), row.contrast


def test_a_plate_that_says_nothing_gives_a_third_to_each_answer(
    bound: Bound, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = list_scored(bound)[0].model_copy(update={"kind": "up"})
    margins = np.array([[np.nan, np.nan, np.nan], [-9.0, -9.0, -9.0], [3.0, -4.0, -6.0]])
    monkeypatch.setattr(forecast, "measure_margins", lambda *_, **__: margins)
    said = ask_particles(bound, Particles(1, 3), [row])
    np.testing.assert_allclose(said.chances[0][:2], 1 / 3)
    assert said.chances[0][2].argmax() == 0
    assert said.reproduced[:, 0].tolist() == [False, False, True]
    assert said.log_likelihood[2, 0] == pytest.approx(np.log(0.95), abs=1e-3)


def test_answers_are_probabilities(bound: Bound, ensemble: Ensemble) -> None:
    said = ask_particles(bound, ensemble.particles, list_scored(bound))
    for row, chances in zip(said.contrasts, said.chances, strict=True):
        assert chances.shape == (60, len(list_answers(row)))
        np.testing.assert_allclose(chances.sum(axis=1), 1)
        assert (chances > 0).all()


def test_a_paper_that_is_all_there_is_leaves_the_prior(bound: Bound) -> None:
    rows = [row for row in list_scored(bound) if row.paper == list_scored(bound)[0].paper]
    heard = fit_mechanism(bound, seed=1, particles=40, contrasts=rows)
    for row in predict_left_out(bound, heard, schemes=("paper",), trust=ALWAYS):
        assert row.refitted
        assert row.ensemble == row.prior


def test_every_way_of_leaving_out_is_answered_and_repeats(bound: Bound, ensemble: Ensemble) -> None:
    found = predict_left_out(bound, ensemble, trust=NEVER)
    assert found == predict_left_out(bound, ensemble, trust=NEVER)
    assert {row.scheme for row in found} <= set(SCHEMES)
    assert not any(row.refitted for row in found)
    for row in found:
        assert row.reported in DIRECTIONS
        assert sum(row.ensemble.chances.values()) == pytest.approx(1)
        assert row.ensemble.score(row.reported) < 0


@pytest.mark.slow
def test_weights_agree_with_new_fits_where_they_are_trusted() -> None:
    """Chances of the report by weights against those of a fit without the group, on two mechanisms."""
    apart = []
    for key in ("ji2015_gastric_exosome", "wang2020_all_cxcl12"):
        bound = bind_record(ATLAS.records[key], ATLAS)
        whole = fit_mechanism(bound, seed=1, particles=200)
        schemes = ("experiment",)
        weighted = predict_left_out(bound, whole, schemes=schemes, trust=NEVER)
        fitted = predict_left_out(bound, replace(whole, seed=2), schemes=schemes, trust=ALWAYS)
        sizes = Counter(row.group for row in weighted)
        apart += [
            one.ensemble.chances[one.reported] - two.ensemble.chances[two.reported]
            for one, two in zip(weighted, fitted, strict=True)
            if Trust().holds(one.shape, one.effective, contrasts=sizes[one.group], particles=200)
        ]
    assert len(apart) >= 5
    assert np.abs(apart).max() < 0.25  # three standard errors of 50 effective particles
    assert abs(np.mean(apart)) < 0.08
