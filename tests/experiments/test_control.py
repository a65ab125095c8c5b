"""Controls, transplants and checks of records against models."""

from dataclasses import replace

import numpy as np
import pytest

from mscape.atlas.issue import Check
from mscape.atlas.load import Atlas
from mscape.experiments.bind import Bound, bind_record
from mscape.experiments.check import MODEL_CHECKS, check_models
from mscape.experiments.control import VANISHED, run_controls
from mscape.experiments.transplant import (
    can_transplant,
    measure_specificity,
    name_role,
    transplant_experiments,
)

IL6, MITO = "xu2018_breast_il6", "wang2018_all_mitochondria"


def test_every_model_passes_every_check(atlas: Atlas) -> None:
    assert [str(issue) for issue in check_models(atlas)] == []


@pytest.mark.parametrize(
    ("name", "part", "change"),
    [
        ("check_readouts_are_observables", "readouts", {"observable": "no_such_thing"}),
        ("check_perturbations_act", "perturbations", {"parameters": ("no_such_thing",)}),
        ("check_entities_name_species", "entities", {"species": ("no_such_thing",)}),
        ("check_steps_switch_off", "steps", {"ablate": ("no_such_thing", 0.0)}),
        ("check_gates_compute", "gates", {"available": "no_such_thing * 2"}),
    ],
)
def test_a_name_the_model_lacks_is_found(
    atlas: Atlas, name: str, part: str, change: dict[str, object]
) -> None:
    record = atlas.records[IL6]
    items = list(getattr(record.mechanism, part))
    items[0] = items[0].model_copy(update=change)
    mechanism = record.mechanism.model_copy(update={part: tuple(items)})
    bound = bind_record(record, atlas)
    broken = replace(bound, record=replace(record, mechanism=mechanism))
    check = next(check for check in MODEL_CHECKS if check.name == name)
    assert list(check.find_issues(broken, atlas))
    assert not list(check.find_issues(bound, atlas))


def test_a_unit_that_is_not_the_models_is_found(atlas: Atlas) -> None:
    record = atlas.records[IL6]
    rows = (record.parameters[0].model_copy(update={"unit": "nM"}), *record.parameters[1:])
    broken = replace(bind_record(record, atlas), record=replace(record, parameters=rows))
    check = next(check for check in MODEL_CHECKS if check.name == "check_parameters_exist")
    assert list(check.find_issues(broken, atlas))


def find_check(name: str) -> Check[Bound, Atlas]:
    return next(check for check in MODEL_CHECKS if check.name == name)


def test_a_shared_unit_that_is_not_the_models_is_found(atlas: Atlas) -> None:
    bound = bind_record(atlas.records[IL6], atlas)
    wrong = replace(bound.priors["g0_exit"], unit="h")
    broken = replace(bound, priors={**bound.priors, "g0_exit": wrong})
    assert list(find_check("check_shared_units_agree").find_issues(broken, atlas))
    assert not list(find_check("check_shared_units_agree").find_issues(bound, atlas))


def test_a_port_of_its_own_width_is_found(atlas: Atlas) -> None:
    record = atlas.records[IL6]
    rows = (*record.parameters, record.parameters[0].model_copy(update={"parameter": "p5_max"}))
    bound = bind_record(record, atlas)
    found = list(
        find_check("check_ports_share_priors").find_issues(
            replace(bound, record=replace(record, parameters=rows)), atlas
        )
    )
    assert [issue.found for issue in found] == ["a prior of its own for p5_max"]
    assert not list(find_check("check_ports_share_priors").find_issues(bound, atlas))


def test_an_arm_with_a_line_nobody_knows_is_found(atlas: Atlas) -> None:
    bound = bind_record(atlas.records[IL6], atlas)
    inside = {row.observation for row in bound.record.contrasts if row.scope == "in"}
    rows = [row for row in bound.record.observations if row.observation in inside and row.tumour]
    lost = rows[0].model_copy(update={"tumour": "no_such_line"})
    observations = tuple(lost if row is rows[0] else row for row in bound.record.observations)
    broken = replace(bound, record=replace(bound.record, observations=observations))
    assert list(find_check("check_arms_have_models").find_issues(broken, atlas))


def test_a_port_that_no_line_of_the_model_wires_is_found(atlas: Atlas) -> None:
    bound = bind_record(atlas.records[IL6], atlas)
    ports = bound.record.mechanism.ports.model_copy(update={"used": ("P5", "P8")})
    mechanism = bound.record.mechanism.model_copy(update={"ports": ports})
    broken = replace(bound, record=replace(bound.record, mechanism=mechanism))
    assert list(find_check("check_ports_are_wired").find_issues(broken, atlas))


def test_a_model_with_units_that_do_not_fit_is_found(atlas: Atlas) -> None:
    record = atlas.records[IL6]
    text = record.model + "\nodd := il6_seen + stat3_phospho; odd has nM;\n"
    broken = bind_record(replace(record, model=text), atlas)
    assert list(find_check("check_sbml_is_consistent").find_issues(broken, atlas))


def test_a_row_on_its_own_model_is_itself(atlas: Atlas) -> None:
    bound = bind_record(atlas.records[IL6], atlas)
    moved = transplant_experiments(bound, bound)
    assert moved.contrasts == bound.record.contrasts
    assert all(can_transplant(bound, bound, row) for row in bound.record.contrasts if row.scope == "in")


def test_roles_follow_the_steps(atlas: Atlas) -> None:
    mechanism = atlas.records[IL6].mechanism
    antibody = next(item for item in mechanism.perturbations if item.id == "anti_il6")
    assert name_role(mechanism, antibody) == "blocks signal"


@pytest.mark.slow
def test_a_step_switched_off_takes_its_contrasts_with_it(atlas: Atlas) -> None:
    small = replace(atlas, records={key: atlas.records[key] for key in (IL6, MITO)})
    controls = run_controls(small, [IL6], seed=1, draws=20)
    ablations = [control for control in controls if control.name == "ablation"]
    assert ablations
    assert all(control.altered <= VANISHED < control.intact for control in ablations)
    assert {control.name for control in controls} == {
        "ablation",
        "sign-flipped",
        "edge-permuted",
        "other rows",
    }


@pytest.mark.slow
def test_specificity_has_the_rows_own_share_on_its_diagonal(atlas: Atlas) -> None:
    table = measure_specificity(atlas, [IL6, MITO], seed=1, draws=10)
    np.testing.assert_allclose(np.diag(table.share), np.diag(table.own))
    assert table.contrasts.shape == (2, 2)
