"""What differs from paper to paper: the MSC's parameters found in the equations, and their shares."""

from dataclasses import replace

import pytest

from mscape.atlas.load import Atlas
from mscape.experiments.bind import Bound, bind_record, make_variant
from mscape.experiments.spread import (
    DONOR_SD,
    MOST_BETWEEN_DONORS,
    find_spread,
    is_felt_at_rest,
    list_donor_parameters,
)

ALWAYS = {
    "msc_death",
    "msc_doubling_time",
    "msc_drug_sink",
    "factor_secretion",
    "residual_cells",
    "growth_medium",
}
NEVER = {"capacity", "factor_loss", "factor_half", "kill_max", "p5_max", "doubling_time", "death_basal"}


def test_what_msc_make_and_do_is_theirs_and_what_a_tumour_cell_makes_of_it_is_not(bound: Bound) -> None:
    found = set(list_donor_parameters(bound))
    assert found >= ALWAYS
    assert not found & NEVER
    signals = [label for label, motif in bound.uses.items() if motif == "soluble_signal"]
    for label in signals:
        assert {f"{label}_secretion", f"{label}_primed_fold"} <= found
    tumour = ("_Kd", "_loss", "_number", "_on", "_turnover", "_uptake_share", "_escape", "_own_secretion")
    assert not [name for name in found if name.endswith(tumour)]


def test_vesicles_and_mitochondria_are_the_donors(mitochondria: Bound, atlas: Atlas) -> None:
    assert "mito_msc_start" in list_donor_parameters(mitochondria)
    assert not {"mito_start", "mito_mitophagy", "mito_biogenesis"} & set(list_donor_parameters(mitochondria))
    vesicles = bind_record(atlas.records["bliss2016_breast_mir222"], atlas)
    ours = set(list_donor_parameters(vesicles))
    assert ours >= {"vesicles_secretion", "vesicles_cargo_copies", "mir_gap_rate", "tumour_priming"}


def test_shares_lie_within_0_and_1_and_name_what_has_a_range(bound: Bound) -> None:
    spread = find_spread(bound)
    assert all(0 < share <= 1 for share in spread.values())
    for name in spread:
        if name.startswith("ic50:"):
            _, drug, _ = name.split(":")
            assert drug in bound.atlas.drugs
        else:
            assert bound.priors[name].distribution != "fixed"


def test_the_wider_the_prior_the_less_of_it_is_between_donors(il6: Bound) -> None:
    spread = find_spread(il6)
    # a log-uniform range of two decades has a standard deviation of two over the root of twelve
    assert spread["il6_secretion"] == pytest.approx((DONOR_SD / (2 / 12**0.5)) ** 2)
    narrow = replace(il6.priors["il6_secretion"], low=5000.0, high=7000.0)
    known = replace(il6, priors={**il6.priors, "il6_secretion": narrow})
    assert find_spread(known)["il6_secretion"] == MOST_BETWEEN_DONORS
    assert spread["growth_cells"] == 1.0  # its prior is the spread between experiments


def test_a_laboratorys_ic50_is_its_own_the_more_the_more_sources_agree_on_a_mean(atlas: Atlas) -> None:
    bound = bind_record(atlas.records["scherzed2011_hnscc_paracrine"], atlas)
    potency = make_variant(bound, "paclitaxel", "fadu").potency
    assert potency is not None
    assert not potency.stand_in
    count = len(potency.sources)
    assert find_spread(bound)["ic50:paclitaxel:fadu"] == pytest.approx(count / (count + 1))
    assert find_spread(bound)["ic50:paclitaxel:larynx"] <= 0.5  # other lines stand in


def test_only_what_fills_an_msc_is_felt_before_there_are_any(bound: Bound) -> None:
    names = list_donor_parameters(bound)
    fills = {"mito_msc_start"} & set(names)
    assert is_felt_at_rest(bound.network, names) == bool(fills)
    assert not is_felt_at_rest(bound.network, set(names) - fills)
