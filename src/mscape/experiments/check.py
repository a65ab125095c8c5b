"""Checks of records against their models: what a record names exists in the model, and the model is sound.
Run with those of the atlas.
"""

from __future__ import annotations

from collections.abc import Iterator

from mscape.atlas.issue import Check, Issue, make_check
from mscape.atlas.load import Atlas, Record
from mscape.errors import MscapeError
from mscape.experiments.bind import Bound, bind_record, make_variant
from mscape.experiments.gate import compute_gates
from mscape.experiments.intervention import INTERVENTION_CHECKS, list_names
from mscape.experiments.outcome import THRESHOLDS
from mscape.experiments.score import resolve_arms
from mscape.ids import find_near_misses
from mscape.network.sbml import check_sbml, write_sbml

SHARED_PRIORS = frozenset(
    {*(f"p{digit}_max" for digit in range(1, 9)), "residual_cells", "residual_medium"}
    | {"growth_cells", "growth_medium", "factor_secretion", "factor_primed_fold", "factor_half"}
)


def check_parameters_exist(bound: Bound, atlas: Atlas) -> Iterator[Issue]:
    """Every line of parameters.tsv names a parameter, species or compartment of the model, in the model's
    unit.
    """
    units = {p.id: p.units for p in bound.network.parameters}
    for index, row in enumerate(bound.record.parameters):
        where = bound.record.find_place("parameters.tsv", index)
        if row.parameter not in bound.network.inputs:
            yield _unknown(bound, where, row.parameter)
        elif row.parameter in units and units[row.parameter] != row.unit:
            yield Issue(
                where,
                f"{row.parameter} is in {row.unit}",
                units[row.parameter],
                "give the value in the model's unit",
            )


def check_shared_units_agree(bound: Bound, atlas: Atlas) -> Iterator[Issue]:
    """Values that chassis, motif, drug or line give are in the unit the model declares."""
    own = {row.parameter for row in bound.record.parameters}
    for parameter in bound.network.parameters:
        prior = bound.priors.get(parameter.id)
        if prior is not None and parameter.id not in own and prior.unit != parameter.units:
            yield Issue(
                f"{bound.id}/model.ant",
                f"{parameter.id} is declared in {parameter.units}",
                prior.unit,
                "mend the unit in the motif or its table",
            )


def check_entities_name_species(bound: Bound, atlas: Atlas) -> Iterator[Issue]:
    """Every species or observable that an entity names exists in the model."""
    for index, entity in enumerate(bound.record.mechanism.entities):
        for name in entity.species:
            if name not in bound.network.observables:
                yield _unknown(bound, bound.record.find_place("mechanism.yaml", "entities", index), name)


def check_readouts_are_observables(bound: Bound, atlas: Atlas) -> Iterator[Issue]:
    """Every molecular readout can be read in the model, and its kind has a threshold."""
    for index, readout in enumerate(bound.record.mechanism.readouts):
        where = bound.record.find_place("mechanism.yaml", "readouts", index)
        if readout.observable not in bound.network.observables:
            yield _unknown(bound, where, readout.observable)
        if readout.kind not in THRESHOLDS:
            yield Issue(
                where, f"kind {readout.kind} has no threshold", ", ".join(THRESHOLDS), "choose another kind"
            )


def check_perturbations_act(bound: Bound, atlas: Atlas) -> Iterator[Issue]:
    """Everything a perturbation sets or scales exists in the model."""
    for index, item in enumerate(bound.record.mechanism.perturbations):
        for name in item.parameters:
            if name not in bound.network.inputs:
                yield _unknown(bound, bound.record.find_place("mechanism.yaml", "perturbations", index), name)


def check_steps_switch_off(bound: Bound, atlas: Atlas) -> Iterator[Issue]:
    """The parameter that switches a step off exists in the model and is not at that value already."""
    for index, step in enumerate(bound.record.mechanism.steps):
        where = bound.record.find_place("mechanism.yaml", "steps", index)
        if step.ablate is None:
            continue
        name, value = step.ablate
        if name not in bound.network.inputs:
            yield _unknown(bound, where, name)
        elif bound.priors.get(name) and bound.priors[name].value == value:
            yield Issue(
                where,
                f"{name} is {value:g} already",
                "another value",
                "name the parameter that carries the step",
            )


def check_gates_compute(bound: Bound, atlas: Atlas) -> Iterator[Issue]:
    """Every gate can be computed from the model's parameters."""
    try:
        compute_gates(bound, seed=1, draws=10)
    except MscapeError as error:
        yield Issue(error.where, error.found, error.expected, error.advice)


def check_arms_have_models(bound: Bound, atlas: Atlas) -> Iterator[Issue]:
    """Every arm of a contrast in scope has a drug and a line that the model can be given."""
    inside = {row.observation for row in bound.record.contrasts if row.scope == "in"}
    rows = [row for row in bound.record.observations if row.observation in inside]
    for row in rows:
        where = bound.record.find_place("observations.tsv", bound.record.observations.index(row))
        try:
            for arm in resolve_arms(bound, [row]).values():
                make_variant(bound, arm.drug, arm.tumour)
        except MscapeError as error:
            yield Issue(where, error.found, error.expected, error.advice)


def check_ports_are_wired(bound: Bound, atlas: Atlas) -> Iterator[Issue]:
    """The model wires a signal into every port that the record says it uses."""
    wired = {
        rule.variable[1]
        for rule in bound.network.rules
        if rule.variable.endswith("_signal") and rule.variable.startswith("p")
    }
    wired = {f"P{digit}" for digit in wired}
    said = set(bound.record.mechanism.ports.used)
    if not said <= wired:
        where = bound.record.find_place("mechanism.yaml", "ports")
        yield Issue(
            where,
            f"ports used: {', '.join(sorted(said))}",
            f"those wired in model.ant: {', '.join(sorted(wired))}",
            "wire or name them",
        )


def check_ports_share_priors(bound: Bound, atlas: Atlas) -> Iterator[Issue]:
    """Largest folds of the ports, and what MSC give besides the row's signal, have one prior in all models.

    So that none buys its protection with a wider port.
    """
    for index, row in enumerate(bound.record.parameters):
        if row.parameter in SHARED_PRIORS:
            yield Issue(
                bound.record.find_place("parameters.tsv", index),
                f"a prior of its own for {row.parameter}",
                "the chassis' prior, the same in all models",
                "delete the line; a signal that does less is a parameter of the signal",
            )


def check_sbml_is_consistent(bound: Bound, atlas: Atlas) -> Iterator[Issue]:
    """libSBML finds no inconsistency, no unit fault and no bad practice in the model."""
    for issue in check_sbml(write_sbml(bound.network)):
        yield Issue(
            f"{bound.id}/model.ant",
            f"libSBML {issue.severity.lower()} {issue.code}: {issue.message[-240:]}",
            "none",
            "mend the model",
        )


MODEL_CHECKS: tuple[Check[Bound, Atlas], ...] = tuple(
    make_check(function)
    for function in (
        check_parameters_exist,
        check_shared_units_agree,
        check_entities_name_species,
        check_readouts_are_observables,
        check_perturbations_act,
        check_steps_switch_off,
        check_gates_compute,
        check_arms_have_models,
        check_ports_are_wired,
        check_ports_share_priors,
        check_sbml_is_consistent,
    )
)


def check_models(atlas: Atlas) -> tuple[Issue, ...]:
    """Check every record against its model, and the interventions against all models.

    A model that cannot be read is an issue like another; then interventions are left for the next pass.
    """
    bounds: list[Bound] = []
    issues = [issue for record in atlas.records.values() for issue in _check_record(record, atlas, bounds)]
    if len(bounds) == len(atlas.records):
        names = list_names(bounds)
        issues += [issue for check in INTERVENTION_CHECKS for issue in check.find_issues(atlas, names)]
    return tuple(issues)


def _check_record(record: Record, atlas: Atlas, bounds: list[Bound]) -> Iterator[Issue]:
    try:
        bound = bind_record(record, atlas)
    except MscapeError as error:
        yield Issue(error.where, error.found, error.expected, error.advice, "model can be read")
        return
    bounds.append(bound)
    for check in MODEL_CHECKS:
        yield from check.find_issues(bound, atlas)


def _unknown(bound: Bound, where: str, name: str) -> Issue:
    near = find_near_misses(name, sorted(bound.network.observables))
    return Issue(
        where, f"{name} is not in the model", " or ".join(near), "correct the name, or add it to model.ant"
    )
