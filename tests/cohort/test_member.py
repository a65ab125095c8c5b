"""Whose number is whose: tumours keep theirs beside any donor, donors theirs beside any tumour."""

import numpy as np
import pytest
from scipy.special import ndtri

from mscape.atlas.load import load_atlas
from mscape.cohort.line import spread_lines
from mscape.cohort.member import choose_members, cross_members, make_cohort, split_members
from mscape.cohort.state import list_states
from mscape.experiments.bind import make_variant
from mscape.experiments.niche import compose_niche
from mscape.experiments.prior import draw_uniform
from mscape.experiments.spread import find_spread
from mscape.inference.particle import Particles

ATLAS = load_atlas()
NICHE = compose_niche(ATLAS, "breast", "cisplatin", ["xu2018_breast_il6"])
DONORS, TUMOURS = "il6_secretion", "il6r_number"


def test_numbers_of_a_member_depend_on_seed_and_place_alone() -> None:
    cohort = make_cohort(NICHE, seed=5)
    whole = choose_members(cohort, 0, 100)
    for name in (DONORS, TUMOURS, "ic50:cisplatin:mcf7", "exposure:siltuximab"):
        parts = [part.take(name, len(part.tumours)) for part in split_members(whole, 33)]
        assert np.array_equal(np.concatenate(parts), whole.take(name, 100))
        assert np.array_equal(choose_members(cohort, 40, 7).take(name, 7), whole.take(name, 100)[40:47])
        assert not np.array_equal(
            make_cohort(NICHE, seed=6).take(name, whole.tumours, whole.donors), parts[0]
        )


def test_tumours_keep_their_numbers_beside_any_donor_and_donors_only_their_own_part() -> None:
    cohort = make_cohort(NICHE, seed=5)
    crossed = cross_members(cohort, 40, 30)
    receptors = crossed.take(TUMOURS, 1200).reshape(40, 30)
    assert (receptors == receptors[:, :1]).all()
    made = ndtri(crossed.take(DONORS, 1200)).reshape(40, 30)
    share = find_spread(NICHE.bound)[DONORS]
    assert 0 < share < 0.5
    # z = sqrt(1 - w) of the tumour + sqrt(w) of the donor: additive, with the stated variances
    rest = made - made.mean(1, keepdims=True) - made.mean(0) + made.mean()
    assert np.abs(rest).max() < 1e-9
    own = ndtri(draw_uniform(f"donor:{DONORS}", 5, 30))
    assert made.mean(0) - made.mean() == pytest.approx(np.sqrt(share) * (own - own.mean()))
    diagonal = crossed.take(DONORS, 1200).reshape(40, 30)[range(30), range(30)]
    assert np.array_equal(diagonal, choose_members(cohort, 0, 30).take(DONORS, 30))


def test_a_cohort_has_the_stated_priors_and_one_experiment() -> None:
    members = choose_members(make_cohort(NICHE, seed=5), 0, 4000)
    for name in (DONORS, TUMOURS):
        drawn = np.sort(members.take(name, 4000))
        assert np.abs(drawn - (np.arange(4000) + 0.5) / 4000).max() < 0.026  # Kolmogorov, 1 in 100
    assert (members.take("condition:effect", 4000) == 0.5).all()


def test_numbers_of_an_ensemble_go_together_but_for_those_of_its_lines() -> None:
    places = np.linspace(0.01, 0.99, 50)
    names = ("il6r_Kd", TUMOURS, "ic50:cisplatin:mcf7", "doubling_time")
    particles = Particles(1, 50, dict.fromkeys(names, places))
    members = choose_members(make_cohort(NICHE, {"xu2018_breast_il6": particles}, seed=5), 0, 300)
    kd, number = members.take("il6r_Kd", 300), members.take(TUMOURS, 300)
    assert set(kd) <= set(places)
    assert np.array_equal(kd, number)
    assert not set(members.take("doubling_time", 300)) & set(places)
    assert not set(members.take("ic50:cisplatin:mcf7", 300)) & set(places)


def test_tumours_are_spread_as_the_lines_of_their_kind() -> None:
    niche, lines = spread_lines(NICHE)
    assert set(lines.ic50) == {"bt474", "mcf7", "mda_mb_231", "mda_mb_468", "t47d"}
    own = make_variant(NICHE.bound, NICHE.drug, NICHE.line).potency
    assert own is not None
    assert lines.log10_sd >= own.log10_sd
    spread, single = (make_variant(each.bound, each.drug, each.line) for each in (niche, NICHE))
    wide, narrow = spread.priors["doubling_time"], single.priors["doubling_time"]
    assert (wide.high or 0) / (wide.low or 1) > (narrow.high or 0) / (narrow.low or 1)
    few = compose_niche(ATLAS, "AML", "cytarabine", ["wang2020_all_cxcl12"], line="hl60")
    assert spread_lines(few)[1].ic50 == ("hl60",)


def test_states_are_told_once_each_with_their_unit() -> None:
    whole = compose_niche(ATLAS, "breast", "cisplatin")
    for niche in (NICHE, whole, compose_niche(ATLAS, "gastric", "5-FU")):
        states = list_states(niche)
        seen = [(state.observable, state.is_ratio) for state in states]
        assert len(set(seen)) == len(seen)
        known = {*niche.bound.network.states, *(rule.variable for rule in niche.bound.network.rules)}
        assert {state.observable for state in states} <= known
    units = {state.id: state.unit for state in list_states(NICHE)}
    assert units["il6"] == "pM"
    assert units["il6r_open"] == "per cell"
    assert units["pstat3_fold"] == "fold"
