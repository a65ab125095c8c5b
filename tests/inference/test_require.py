"""What would have to be true, in the atlas' models: the inequality must be the one it is built around."""

from __future__ import annotations

import numpy as np
import pytest

from mscape.atlas.load import load_atlas
from mscape.experiments.bench import Bench
from mscape.experiments.bind import Bound, bind_record, with_values
from mscape.experiments.protection import WANTED, Protection, add_block, find_main, measure_protection
from mscape.inference.quantity import (
    list_observables,
    list_open_conditions,
    list_quantities,
    measure_quantities,
)
from mscape.inference.require import Requirements, find_requirements, judge_support
from mscape.report.identify_text import describe_claim, describe_requirement

ATLAS = load_atlas()


def _bind(key: str) -> Bound:
    return bind_record(ATLAS.records[key], ATLAS)


FIRST = ("ji2015_gastric_exosome", "wang2018_all_mitochondria", "xu2018_breast_il6")  # three unlike rows
VESICLES = _bind("ji2015_gastric_exosome")


@pytest.fixture(scope="module")
def vesicles() -> Requirements:
    return find_requirements(VESICLES, seed=1, draws=3000)


def test_a_vesicle_claim_asks_for_copies_in_the_cell(vesicles: Requirements) -> None:
    first = vesicles.requirements[0]
    assert first.told_in == "quantities"
    assert {item.id.partition("_")[0] for item in first.inequalities} <= {
        "vesicles",
        "gate:cargo",
        "gate:vesicles",
    }
    assert all(item.at_least for item in first.inequalities)
    assert first.rule.inside.low > first.rule.outside.high
    assert "cargo" in describe_requirement(first) or "vesicles" in describe_requirement(first)


def test_the_verdict_is_the_share_of_prior_sets_that_meet_it(vesicles: Requirements) -> None:
    for item in vesicles.requirements:
        assert item.verdict == judge_support(item.rule.support.value)
        assert all(0 < part.met < 1 for part in item.inequalities)


def test_numbers_without_a_source_are_told_as_assumed(vesicles: Requirements) -> None:
    told = [part for item in vesicles.requirements for part in item.inequalities]
    known = VESICLES.priors
    for part in told:
        assert all(known[name].assumed for name in part.assumed)
        assert not any(known[name].assumed for name in part.sourced)


@pytest.mark.slow
def test_a_transfer_claim_asks_for_mitochondria_to_leave() -> None:
    found = find_requirements(_bind("wang2018_all_mitochondria"), seed=1, draws=2000)
    assert found.sets == 8000  # few sets hold, so four times as many were drawn
    quantities = {part.id for part in found.requirements[0].inequalities}
    assert quantities & {"mito_0", "gate:export_share"}
    assert found.requirements[0].rule.caught.value > 0.7


@pytest.mark.slow
def test_where_no_set_holds_that_is_said_and_nothing_learnt() -> None:
    found = find_requirements(_bind("bliss2016_breast_mir222"), seed=1, draws=200)
    assert found.holds.value == 0
    assert found.requirements == ()
    assert "0" in " ".join(describe_claim(found))


@pytest.mark.parametrize("key", FIRST)
def test_the_main_experiment_is_the_papers_own_and_clean(key: str) -> None:
    bound = _bind(key)
    main = find_main(bound)
    assert main.paper == bound.record.mechanism.paper
    assert main.arm.msc
    assert main.arm.drug
    assert main.alone.msc is None
    assert not main.arm.perturbation


def test_with_the_ports_shut_vesicles_do_nothing() -> None:
    """What purified vesicles bring goes through the pathway, all of it: nothing else is in them."""
    found = measure_protection(Bench(add_block(VESICLES), 1, 60), find_main(VESICLES))
    known = np.isfinite(found.total)
    np.testing.assert_allclose(found.through_pathway[known], found.total[known], atol=2e-4)
    assert (found.total[known] > WANTED).any()


def test_what_msc_give_besides_is_not_counted_as_the_pathways() -> None:
    bound = _bind("xu2018_breast_il6")
    besides = dict.fromkeys(("residual_medium", "residual_cells"), 0.5)
    mute = with_values(bound, besides | {"il6_secretion": 0.0, "stat3_other_ligands": 0.0})
    found = measure_protection(Bench(add_block(mute), 1, 40), find_main(mute))
    known = np.isfinite(found.total)
    assert (found.total[known] > WANTED).any()
    assert not found.judge_claim().any()


def test_a_claim_needs_a_plate_that_can_show_it() -> None:
    alone = np.array([0.5, 0.02, 0.5, np.nan])
    found = Protection(alone, np.array([0.8, 0.9, 0.8, 0.9]), alone, np.array([0.5, 0.0, 0.75, 0.1]))
    assert found.judge_claim().tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    "key", [pytest.param(key, marks=[pytest.mark.slow] * (key not in FIRST)) for key in sorted(ATLAS.records)]
)
def test_every_model_has_quantities_that_can_be_read(key: str) -> None:
    bound = _bind(key)
    quantities = list_quantities(bound)
    main = find_main(bound)
    known = add_block(bound, list_observables(bound, quantities))
    listed = (*quantities, *list_open_conditions(main.arm, main.vehicle))
    found = measure_quantities(Bench(known, 1, 8), main.arm, main.vehicle, listed)
    assert len(found) == len(listed) >= 1
    assert len({item.id for item in listed}) == len(listed)
    for item in quantities:
        assert np.isfinite(found[item.id]).any(), item
        assert "{" not in item.text + item.formula
