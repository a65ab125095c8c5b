"""Matrices of a model: a drug with itself, an agent that does nothing, and two drugs on one chassis."""

from dataclasses import replace

import numpy as np
import pytest

from mscape.atlas.load import Atlas
from mscape.errors import ModelError, UsageError
from mscape.experiments.bench import Bench
from mscape.experiments.niche import Niche, compose_niche
from mscape.experiments.second_drug import add_drug, write_second_drug
from mscape.treatment.combination import (
    Combination,
    choose_drug_axis,
    choose_partner_axis,
    measure_combination,
)
from mscape.treatment.excess import choose_word, find_iso_line, summarise_excess
from mscape.treatment.removal import Draws, When, measure_taken
from tests.treatment.conftest import FEW, add_intervention, make_il6_niche

DOSES = [3000.0, 10_000.0, 30_000.0, 100_000.0]
FREE = {"total": 10, "unit": "nM", "unbound": 1}


@pytest.fixture(scope="module")
def niche(atlas: Atlas) -> Niche:
    return compose_niche(atlas, "breast", "cisplatin", ["xu2018_breast_il6"])


def measure(niche: Niche, partner: str, doses: list[float] | None = None, seed: int = 1) -> Combination:
    axes = choose_drug_axis(niche, niche.drug, DOSES), choose_partner_axis(niche, partner, doses)
    return measure_combination(niche, niche.choose_arm(), Draws(20, lambda _: seed), axes)


def test_a_drug_with_itself_is_additive_under_loewe_and_biased_under_the_others(niche: Niche) -> None:
    found = measure(niche, "cisplatin", DOSES)
    assert found.shares_target
    for surface in (found.alone, found.with_msc):
        np.testing.assert_allclose(surface.effect, np.swapaxes(surface.effect, 1, 2), atol=1e-3)
        score = surface.scores["Loewe"]
        assert np.isfinite(score).all()
        np.testing.assert_allclose(score, 0.0, atol=5e-3)
        assert np.abs(surface.scores["Bliss"]).max() > 0.1
        assert surface.scores["HSA"].max() > 0.1
    told = {item.null: item for item in summarise_excess(found)}
    assert str(told["Loewe"].told) == "at zero"
    assert str(told["HSA"].told) == "above"
    line = find_iso_line(found.alone, 0.5)
    known = np.isfinite(line.found[1]) & np.isfinite(line.expected) & (line.expected > 3000)
    np.testing.assert_allclose(line.found[1][known], line.expected[known], rtol=0.1)


def test_one_drug_on_either_axis_kills_the_same(niche: Niche) -> None:
    """A second drug alone is that drug alone: its own way through medium and cell is the first one's."""
    other = compose_niche(niche.bound.atlas, "breast", "paclitaxel", ["xu2018_breast_il6"], line=niche.line)
    doses = [3.0, 10.0, 30.0, 100.0]
    second = measure(niche, "paclitaxel", doses)
    assert not second.shares_target
    axes = choose_drug_axis(other, "paclitaxel", doses), choose_partner_axis(other, "cisplatin", DOSES)
    first = measure_combination(other, other.choose_arm(), Draws(20, lambda _: 1), axes)
    for one, two in ((first.alone, second.alone), (first.with_msc, second.with_msc)):
        np.testing.assert_allclose(one.effect, np.swapaxes(two.effect, 1, 2), atol=3e-3)


def test_no_second_drug_is_one_drug(niche: Niche) -> None:
    arm = niche.choose_arm(dose=10_000.0)
    for partner in ("carboplatin", "paclitaxel"):
        second = add_drug(niche.bound, "cisplatin", partner)
        plain, both = Bench(niche.bound, 1, 20), Bench(second.bound, 1, 20)
        read = [bench.measure(arm, "cells").end("living") for bench in (plain, both)]
        np.testing.assert_allclose(read[0], read[1], rtol=2e-3)


def test_drugs_of_two_classes_are_near_bliss(niche: Niche) -> None:
    found = measure(niche, "paclitaxel", [3.0, 10.0, 30.0, 100.0])
    median = np.nanmedian(found.alone.scores["Bliss"], axis=0)
    assert np.abs(median).max() < 0.05
    # under Bliss the excess over the better agent is the lesser effect times what the better one leaves
    drug, partner = found.alone.effect[:, 1:, :1], found.alone.effect[:, :1, 1:]
    expected = np.minimum(drug, partner) * (1 - np.maximum(drug, partner))
    apart = np.nanmedian(found.alone.scores["HSA"] - expected, axis=0)
    assert np.abs(apart).max() < 0.05
    assert np.nanmedian(expected, axis=0).max() > np.abs(median).max()  # HSA would not have stood


def test_an_intervention_that_does_nothing_is_at_zero_under_every_null(atlas: Atlas) -> None:
    weak = {"parameters": "stat3_jak", "how": "inhibition", "potency": 1e9, "unit": "nM", "left": 0.0}
    found = measure(
        make_il6_niche(add_intervention(atlas, "a", weak, exposure=FREE)), "a", [1.0, 10.0, 100.0]
    )
    for surface in (found.alone, found.with_msc):
        for null in ("Bliss", "Loewe"):
            np.testing.assert_allclose(surface.scores[null], 0.0, atol=2e-3)
        kills = surface.effect[:, 1:, :1] >= 0  # of a drug that saves cells, none is the better agent
        np.testing.assert_allclose(np.where(kills, surface.scores["HSA"], 0.0), 0.0, atol=2e-3)
        assert np.nanmedian(np.abs(surface.scores["ZIP"])) < 5e-3  # what is left is the fit's
        assert np.nanmax(np.abs(surface.scores["ZIP"])) < 0.03


def test_a_blocker_of_the_route_is_synergistic_with_msc_and_not_without(atlas: Atlas) -> None:
    """And at the free concentration the matrix holds what ranking holds."""
    block = {"parameters": "stat3_jak", "how": "inhibition", "potency": 10, "unit": "nM", "left": 0.0}
    exposure = {**FREE, "total": 100}
    niche = make_il6_niche(add_intervention(atlas, "a", block, exposure=exposure))
    found = measure(niche, "a", [1.0, 10.0, 100.0])
    bliss = {item.null: item for item in summarise_excess(found)}["Bliss"]
    assert bliss.alone is not None
    assert bliss.difference is not None
    assert abs(bliss.alone[1]) < 0.005
    assert bliss.difference[0] > 0.005
    # one dose of the drug, read by the bench of ranking
    arm = replace(niche.choose_arm(), dose=DOSES[2])
    taken = measure_taken(niche, arm, [("a",)], Draws(20, lambda _: 1))
    np.testing.assert_allclose(1 - taken.with_msc, found.with_msc.effect[:, 3, 0], atol=2e-3)
    ours = (1 - found.with_msc.effect[:, 3, 3]) / (1 - found.with_msc.effect[:, 0, 3])
    np.testing.assert_allclose(taken.blocked[:, 0], ours, atol=2e-3)


def test_same_seed_same_numbers(niche: Niche) -> None:
    one, again, other = (measure(niche, "tocilizumab", [1.0, 10.0, 100.0], seed) for seed in (1, 1, 2))
    for null, score in one.with_msc.scores.items():
        np.testing.assert_array_equal(score, again.with_msc.scores[null])
    assert (one.with_msc.effect != other.with_msc.effect).any()


def test_the_partner_may_come_with_the_msc(niche: Niche) -> None:
    axes = choose_drug_axis(niche, "cisplatin", DOSES), choose_partner_axis(niche, "tocilizumab")
    with_drug, with_msc = (
        measure_combination(niche, niche.choose_arm(), FEW, axes, when=when) for when in When
    )
    assert (with_drug.with_msc.effect[:, :, 0] == with_msc.with_msc.effect[:, :, 0]).all()
    assert (with_drug.with_msc.effect[:, :, -1] != with_msc.with_msc.effect[:, :, -1]).any()


def test_what_cannot_be_is_refused(niche: Niche, atlas: Atlas) -> None:
    with pytest.raises(UsageError, match="it has no concentration"):
        choose_partner_axis(niche, "si_stat3")
    with pytest.raises(UsageError, match="that it acts on"):
        choose_partner_axis(niche, "plerixafor")
    for wrong in ([1.0, 2.0], [0.0, 1.0, 2.0], [1.0, 1.0, 1.0]):
        with pytest.raises(UsageError, match="3 or more"):
            choose_drug_axis(niche, "cisplatin", wrong)
    with pytest.raises(UsageError, match="two drugs"):
        add_drug(add_drug(niche.bound, "cisplatin", "paclitaxel").bound, "cisplatin", "paclitaxel")
    with pytest.raises(ModelError, match="on the chassis"):
        write_second_drug("a := 1;\n", shares_target=True)


def test_words_follow_the_interval() -> None:
    cases: list[tuple[tuple[float, float, float] | None, str]]
    cases = [((0.02, 0.05, 0.1), "above"), ((-0.1, -0.05, -0.02), "below"), ((-0.005, 0, 0.005), "at zero")]
    cases += [((-0.02, 0.0, 0.005), "open"), ((0.005, 0.05, 0.1), "open"), (None, "too few draws")]
    for interval, word in cases:
        assert str(choose_word(interval)) == word
