"""Interventions meet the models: targets resolve, reach follows from names, exposures are free and in nM."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.atlas.intervention import ActionRow, ExposureRow, InterventionRow, Interventions
from mscape.atlas.load import Atlas
from mscape.experiments.intervention import (
    check_actions_reach_a_model,
    compute_free_exposure,
    compute_multiple,
    find_reach,
    make_potency,
    read_names,
)

NAMES = {"il6_row": frozenset({"il6_antibody", "il6_antibody_Kd"}), "other_row": frozenset({"stat3_jak"})}
FEWEST = 3  # interventions a mechanism should have


def make_shelf(action: dict[str, Any], exposure: dict[str, Any]) -> Interventions:
    reagent = InterventionRow(
        intervention="a", label="a", kind="neutralising antibody", standing="approved", molar_mass=150000,
        source="x",
    )  # fmt: skip
    acts = {"intervention": "a", "parameters": "il6_antibody", "how": "concentration", "source": "x"} | action
    reached = {"intervention": "a", "regimen": "r", "measure": "trough", "source": "x", "unbound_source": "x"}
    return Interventions(
        reagents={"a": reagent},
        actions=(ActionRow.model_validate(acts),),
        exposures=(ExposureRow.model_validate(reached | exposure),),
    )


@pytest.fixture(scope="module")
def names(atlas: Atlas) -> dict[str, frozenset[str]]:
    return read_names(atlas)


@pytest.mark.slow
def test_every_action_of_the_atlas_reaches_a_model(atlas: Atlas, names: dict[str, frozenset[str]]) -> None:
    assert [str(issue) for issue in check_actions_reach_a_model(atlas, names)] == []


@pytest.mark.slow
def test_every_mechanism_has_at_least_three_interventions(
    atlas: Atlas, names: dict[str, frozenset[str]]
) -> None:
    reach = find_reach(atlas, names)
    counts = {mechanism: sum(mechanism in found for found in reach.values()) for mechanism in names}
    assert {mechanism: count for mechanism, count in counts.items() if count < FEWEST} == {}


@pytest.mark.slow
def test_an_intervention_is_shared_where_the_target_is(
    atlas: Atlas, names: dict[str, frozenset[str]]
) -> None:
    reach = find_reach(atlas, names)
    assert set(reach["plerixafor"]) == {"vianello2010_cml_cxcl12", "wang2020_all_cxcl12"}
    assert {"xu2018_breast_il6", "zhang2019_cml_il7"} <= set(reach["ruxolitinib"])
    assert "zhang2019_cml_il7" not in reach["siltuximab"]


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ({"parameters": "il6_antybody", "affinity": "il6_antibody_Kd"}, "il6_antybody is in no model"),
        ({"affinity": "il6_antibody_Ki"}, "il6_antibody_Ki is in no model"),
        ({"affinity": "stat3_jak"}, "il6_row has il6_antibody and not stat3_jak"),
    ],
)
def test_a_target_that_no_model_has_is_an_issue(action: dict[str, Any], said: str, atlas: Atlas) -> None:
    shelf = make_shelf(action, {})
    issues = check_actions_reach_a_model(replace(atlas, interventions=shelf), NAMES)
    assert any(said in str(issue) for issue in issues)


def test_antibody_of_the_label_is_in_nanomolar_and_free(atlas: Atlas) -> None:
    exposure = {"total": 15, "unit": "ug/mL", "low": 3, "high": 30, "unbound": 1}
    shelf = make_shelf({"potency": 0.05, "unit": "nM"}, exposure)
    made = replace(atlas, interventions=shelf)
    free = compute_free_exposure(made, shelf.exposures[0])
    assert free is not None
    assert (free.value, free.low, free.high) == pytest.approx((100.0, 20.0, 200.0))
    assert compute_multiple(made, "a") == pytest.approx(2000.0)


@pytest.mark.parametrize("lacks", ["total", "unbound"])
def test_exposure_with_a_part_unknown_is_unknown(lacks: str, atlas: Atlas) -> None:
    known = {"total": 15, "unit": "ug/mL", "unbound": 0.5}
    known.pop(lacks)
    shelf = make_shelf({"potency": 1, "unit": "nM"}, known)
    made = replace(atlas, interventions=shelf)
    assert compute_free_exposure(made, shelf.exposures[0]) is None
    assert compute_multiple(made, "a") is None


def test_trough_counts_before_peak(atlas: Atlas) -> None:
    shelf = make_shelf({"potency": 1, "unit": "nM"}, {"total": 15, "unit": "ug/mL", "unbound": 1})
    peak = shelf.exposures[0].model_copy(update={"measure": "Cmax", "total": 300.0})
    made = replace(atlas, interventions=replace(shelf, exposures=(peak, *shelf.exposures)))
    assert compute_multiple(made, "a") == pytest.approx(100.0)


@given(potency=st.floats(0.01, 1e5), total=st.floats(0.01, 1e5), unbound=st.floats(0.001, 1.0))
def test_multiple_does_not_depend_on_the_unit(
    potency: float, total: float, unbound: float, atlas: Atlas
) -> None:
    multiples = []
    for unit, scale in (("nM", 1.0), ("uM", 1e-3)):
        shelf = make_shelf(
            {"potency": potency * scale, "unit": unit},
            {"total": total * scale, "unit": unit, "unbound": unbound},
        )
        multiples.append(compute_multiple(replace(atlas, interventions=shelf), "a"))
    assert multiples[0] == pytest.approx(multiples[1], rel=1e-9)


def test_potency_with_a_range_is_a_distribution(atlas: Atlas) -> None:
    shelf = make_shelf({"potency": 2, "low": 1, "high": 4, "unit": "uM", "potency_kind": "Ki"}, {})
    prior = make_potency(replace(atlas, interventions=shelf), shelf.actions[0])
    assert prior is not None
    assert (prior.value, prior.low, prior.high, prior.unit) == (2000.0, 1000.0, 4000.0, "nM")
    assert prior.distribution == "lognormal"
