"""Scores of a record: deterministic, in the order of its contrasts, and complete."""

from dataclasses import replace

import numpy as np
import pytest

from mscape.atlas.load import Atlas, Record
from mscape.experiments.bind import bind_record
from mscape.experiments.outcome import Outcome, classify
from mscape.experiments.score import REPRODUCED_SHARE, describe_contrast, resolve_arms, score_record

DRAWS = 4


@pytest.fixture(scope="module")
def record(atlas: Atlas) -> Record:
    """The first in-scope contrasts of a record, and one out of scope."""
    full = atlas.records["xu2018_breast_il6"]
    inside = [row for row in full.contrasts if row.scope == "in"][:4]
    outside = [row for row in full.contrasts if row.scope == "out"][:1]
    return replace(full, contrasts=(*inside, *outside))


def test_scores_stand_in_the_order_of_the_contrasts(record: Record, atlas: Atlas) -> None:
    scored = score_record(record, atlas, seed=1, draws=DRAWS)
    assert [row.contrast for row in scored] == [row.contrast for row in record.contrasts]
    assert {row.mechanism for row in scored} == {record.mechanism.id}


def test_the_same_seed_gives_the_same_score_to_the_last_bit(record: Record, atlas: Atlas) -> None:
    first, second = (score_record(record, atlas, seed=1, draws=DRAWS) for _ in range(2))
    assert first == second


def test_a_contrast_scores_the_same_alone(record: Record, atlas: Atlas) -> None:
    alone = replace(record, contrasts=record.contrasts[2:3])
    assert (
        score_record(alone, atlas, seed=1, draws=DRAWS)[0]
        == score_record(record, atlas, seed=1, draws=DRAWS)[2]
    )


def test_the_nominal_outcome_does_not_depend_on_the_seed(record: Record, atlas: Atlas) -> None:
    first, second = (score_record(record, atlas, seed=seed, draws=DRAWS) for seed in (1, 2))
    assert [(row.outcome, row.grid_share) for row in first] == [
        (row.outcome, row.grid_share) for row in second
    ]


def test_what_is_out_of_scope_is_not_simulated_and_keeps_its_reason(record: Record, atlas: Atlas) -> None:
    solved: list[int] = []
    outside = replace(record, contrasts=record.contrasts[-1:])
    (row,) = score_record(outside, atlas, seed=1, draws=DRAWS, progress=solved.append)
    assert not solved
    assert (row.in_scope, row.outcome, row.share, row.class_, row.bits) == (
        False,
        "out of scope",
        None,
        None,
        0.0,
    )
    assert row.reason
    assert row.baselines == {}


def test_a_score_agrees_with_its_shares(record: Record, atlas: Atlas) -> None:
    for row in score_record(record, atlas, seed=1, draws=DRAWS):
        if not row.in_scope:
            continue
        assert row.share is not None
        assert row.grid_share is not None
        assert row.class_ == classify(row.share)
        assert (row.outcome == Outcome.REPRODUCED) == (row.grid_share >= REPRODUCED_SHARE)
        assert row.bits == (pytest.approx(-np.log2(row.share)) if row.class_ == "informative" else 0.0)
        assert sum(row.tally.values()) == pytest.approx(1.0)
        assert row.tally.get("reproduced", 0.0) == pytest.approx(row.share, abs=0.5)
        assert row.effect is not None
        assert row.effect == tuple(sorted(row.effect))


def test_a_model_given_from_outside_is_the_one_that_is_scored(record: Record, atlas: Atlas) -> None:
    bound = bind_record(record, atlas)
    off = ("il6_secretion", "stat3_other_ligands", "residual_cells", "residual_medium")
    priors = bound.priors | {
        name: replace(bound.priors[name], value=0.0, distribution="fixed") for name in off
    }
    silent = score_record(record, atlas, seed=1, draws=DRAWS, bound=replace(bound, priors=priors))
    shares = {row.contrast: row.share for row in silent}
    assert shares["tumour_msc_protect"] == 0.0
    assert shares["cisplatin_kills"] == 1.0


def test_arms_have_the_dose_their_table_prints_in_nanomolar(record: Record, atlas: Atlas) -> None:
    bound = bind_record(record, atlas)
    row = next(row for row in record.observations if row.drug == "cisplatin" and row.protocol)
    printed = row.model_copy(update={"dose": 5.0, "dose_unit": "uM"})
    blank = row.model_copy(update={"dose": None, "dose_unit": None})
    assert resolve_arms(bound, [printed])[row.arm].dose == pytest.approx(5000.0)
    assert resolve_arms(bound, [blank])[row.arm].dose is None
    assert resolve_arms(bound, [row.model_copy(update={"protocol": None})]) == {}


def test_every_contrast_can_be_said_in_words(atlas: Atlas) -> None:
    for record in atlas.records.values():
        for row in record.contrasts:
            words = describe_contrast(row)
            assert words
            assert "None" not in words
