"""PEtab v1: the arms that one simulation condition can tell.

Version 1 has no periods and no formulas in conditions. The rest before an experiment is therefore simulated
with it, and an event of the model ends it: each thing it sets is the sum of what it keeps (``keep_*``), an
amount (``start_*``) and formulas that hold or do not (``way_*``), all of them columns of the condition table.
Nothing is approximated; an arm of several periods is left out by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import libsbml
import numpy as np

from mscape.errors import ModelError
from mscape.experiments.arm import REST_HOURS
from mscape.experiments.bind import Bound
from mscape.standards.petab.experiment import Condition, Experiment, Laid, list_names
from mscape.standards.petab.extension import make_extension_sheets
from mscape.standards.petab.parameter import Open, describe_prior
from mscape.standards.petab.problem import Problem, make_problem
from mscape.standards.petab.readme import describe_folder
from mscape.standards.petab.table import Rows, Sheet, plain
from mscape.standards.petab.version2 import PROBLEM, Written, format_yaml, head_yaml, write_folder
from mscape.standards.sbml import write_annotated_sbml

_PLAIN = re.compile(r"-?[\w.]+(?:e[-+]?\d+)?")  # a number or a name
_KINDS = {"log-normal": "logNormal", "normal": "normal", "uniform": "uniform"}
_PARAMETER_COLUMNS = (
    "parameterId", "parameterName", "parameterScale", "lowerBound", "upperBound", "nominalValue", "estimate",
    "objectivePriorType", "objectivePriorParameters", "unit", "role", "axis", "source",
)  # fmt: skip
_MEASUREMENT_COLUMNS = (
    "observableId", "simulationConditionId", "measurement", "time", "noiseParameters", "paper", "where",
)  # fmt: skip


@dataclass(frozen=True)
class Ways:
    """How something is set in one experiment or another.

    Parameters
    ----------
    target
        What is set.
    formulas
        The formulas that are neither a number nor a name, each with a column of its own.
    """

    target: str
    formulas: tuple[str, ...]


def write_petab1(bound: Bound, folder: Path) -> Written:
    """Write a mechanism as a PEtab v1 problem, a folder; arms of several periods are left out and listed.

    Parameters
    ----------
    bound
        The record and its model.
    folder
        One that does not exist, is empty, or was written by this function before.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    OutputError
        Something else stands there, or it cannot be written.
    """
    whole = make_problem(bound)
    left_out = {each.id: why for each in whole.experiments if (why := refuse_periods(each))}
    problem = _keep(whole, frozenset(left_out))
    rests = _list_ways(each.rest for each in problem.experiments)
    starts = _list_ways(_find_beginning(each).condition for each in problem.experiments)
    sheets = {
        "conditions": _make_conditions(problem, rests, starts),
        "parameters": Sheet(_PARAMETER_COLUMNS, [_list_parameter(each) for each in problem.parameters]),
        "observables": _make_observables(problem),
        "measurements": _make_measurements(problem),
    }
    told = make_extension_sheets(problem)
    sheets |= {name: told[name] for name in ("contrasts", "arms", "protocols", "readouts", "unreported")}
    texts = {
        f"{bound.id}.xml": _write_model(problem, rests, starts),
        PROBLEM: head_yaml(problem) + format_yaml(_describe(problem)),
        "README.md": describe_folder(problem, 1, left_out),
    }
    write_folder(folder, texts, sheets)
    counts = (len(problem.experiments), len(problem.measured), len(problem.contrasts))
    return Written(folder, *counts, left_out)


def refuse_periods(experiment: Experiment) -> str:
    """Say why an experiment cannot be told in version 1; empty if it can."""
    acting = [number for number, period in enumerate(experiment.periods, 1) if period.condition]
    return f"something is set at the beginning of periods {', '.join(map(str, acting))}" if acting[1:] else ""


def _find_beginning(experiment: Experiment) -> Laid:
    """Return the one period that begins with anything; the last where none does."""
    return next((period for period in experiment.periods if period.condition), experiment.periods[-1])


def _keep(problem: Problem, left_out: frozenset[str]) -> Problem:
    """Return a problem without some experiments, and without what only they need."""
    experiments = tuple(each for each in problem.experiments if each.id not in left_out)
    texts = [
        text
        for each in experiments
        for one in (each.rest, _find_beginning(each).condition)
        for text in one.values()
    ]
    used = {name for text in texts for name in list_names(text)} | set(problem.bound.network.inputs)
    return replace(
        problem,
        experiments=experiments,
        contrasts=tuple(
            each
            for each in problem.contrasts
            if not left_out & {problem.ids[each.row.observation, use] for use in each.uses}
        ),
        parameters=tuple(each for each in problem.parameters if each.id in used),
        measurements=tuple(each for each in problem.measurements if each.experiment not in left_out),
    )


def _list_ways(conditions: Iterable[Condition]) -> tuple[Ways, ...]:
    found: dict[str, dict[str, None]] = {}
    for condition in conditions:
        for target, text in condition.items():
            ways = found.setdefault(target, {})
            if not _PLAIN.fullmatch(text):
                ways[text] = None
    return tuple(Ways(target, tuple(formulas)) for target, formulas in sorted(found.items()))


def _columns(ways: Ways, prefix: str) -> dict[str, str]:
    """Return the column of each formula of a target."""
    return {text: f"way_{prefix}{ways.target}_{k}" for k, text in enumerate(ways.formulas, 1)}


def _make_conditions(problem: Problem, rests: Sequence[Ways], starts: Sequence[Ways]) -> Sheet:
    rows = [_fill(each, rests, starts) for each in problem.experiments]
    names = list(dict.fromkeys(name for row in rows for name in row))
    filled: Rows = [
        (each.id, *(row.get(name, "") for name in names))
        for each, row in zip(problem.experiments, rows, strict=True)
    ]
    return Sheet(("conditionId", *names), filled)


def _fill(each: Experiment, rests: Sequence[Ways], starts: Sequence[Ways]) -> dict[str, str]:
    """Return an experiment's row of the condition table: column to a number or the name of a parameter."""
    begins = _find_beginning(each)
    row = {"begins": repr(REST_HOURS + begins.start)}
    for ways in rests:
        text = each.rest.get(ways.target, "")
        if ways.formulas:
            row[f"start_rest_{ways.target}"] = text if text and text not in ways.formulas else "0.0"
            row |= {name: str(float(text == one)) for one, name in _columns(ways, "rest_").items()}
        elif text:
            row[ways.target] = text
    condition = begins.condition
    for ways in starts:
        text = condition.get(ways.target, "")
        row[f"keep_{ways.target}"] = "0.0" if text else "1.0"
        row[f"start_{ways.target}"] = text if text and text not in ways.formulas else "0.0"
        row |= {name: str(float(text == one)) for one, name in _columns(ways, "").items()}
    return row


def _list_parameter(each: Open) -> tuple[object, ...]:
    text = describe_prior(each.prior)
    scale, kind, numbers = "lin", _KINDS.get(text.distribution, ""), text.parameters
    if not kind:  # log-uniform: uniform on the scale
        scale, kind = "log10", "parameterScaleUniform"
        numbers = (float(np.log10(numbers[0])), float(np.log10(numbers[1])))
    prior = ";".join(repr(number) for number in numbers)
    return (
        *(each.id, plain(each.name), scale, *text.bounds, each.prior.value, 1, kind, prior),
        *(each.prior.unit, each.role, each.axis, plain(each.prior.source)),
    )


def _make_observables(problem: Problem) -> Sheet:
    measured = {each.observable for each in problem.measurements}
    rows: Rows = [
        (
            each.id,
            plain(each.name),
            each.formula,
            f"noiseParameter1_{each.id}" if each.id in measured else 1.0,
        )
        for each in problem.observables
    ]
    return Sheet(("observableId", "observableName", "observableFormula", "noiseFormula"), rows)


def _make_measurements(problem: Problem) -> Sheet:
    rows: Rows = [
        (m.observable, m.experiment, m.value, REST_HOURS + m.time, m.error, m.paper, plain(m.where))
        for m in problem.measurements
    ]
    return Sheet(_MEASUREMENT_COLUMNS, rows)


def _describe(problem: Problem) -> dict[str, object]:
    files = {
        "sbml_files": [f"{problem.bound.id}.xml"],
        "condition_files": ["conditions.tsv"],
        "observable_files": ["observables.tsv"],
        "measurement_files": ["measurements.tsv"],
    }
    return {"format_version": 1, "parameter_file": "parameters.tsv", "problems": [files]}


def _write_model(problem: Problem, rests: Sequence[Ways], starts: Sequence[Ways]) -> str:
    """Write the model with the event that ends the rest, and a parameter for each column."""
    document = libsbml.readSBMLFromString(write_annotated_sbml(problem.bound))
    model = document.getModel()
    _add_parameter(model, "begins", REST_HOURS, "h")
    named = {name for ways in (*rests, *starts) for text in ways.formulas for name in list_names(text)}
    for each in problem.parameters:
        # one that only stands in the condition table is no part of the model
        if each.id in named and model.getElementBySId(each.id) is None:
            target = each.id.removeprefix("base__").partition("__")[0]
            _add_parameter(model, each.id, each.prior.value, _find_unit(model, target, each.prior.unit))
    for ways in rests:
        if ways.formulas:
            text = _add_columns(model, ways, "rest_", "")
            assignment = model.createInitialAssignment()
            assignment.setSymbol(ways.target)
            assignment.setMath(_parse(problem.bound.id, text))
    event = model.createEvent()
    event.setId("experiment_begins")
    event.setUseValuesFromTriggerTime(True)
    trigger = event.createTrigger()
    trigger.setInitialValue(False)
    trigger.setPersistent(True)
    trigger.setMath(_parse(problem.bound.id, "time >= begins"))
    for ways in starts:
        text = _add_columns(model, ways, "", f"keep_{ways.target} * {ways.target} + ")
        changed = event.createEventAssignment()
        changed.setVariable(ways.target)
        changed.setMath(_parse(problem.bound.id, text))
        _make_variable(model, ways.target)
    return str(libsbml.writeSBMLToString(document))


def _add_columns(model: libsbml.Model, ways: Ways, prefix: str, kept: str) -> str:
    """Add a parameter for each column of a target, and return the formula that they make."""
    target, columns = ways.target, _columns(ways, prefix)
    unit = _find_unit(model, target, "")
    if kept:
        _add_parameter(model, f"keep_{target}", 1.0, "dimensionless")
    _add_parameter(model, f"start_{prefix}{target}", 0.0, unit)
    for name in columns.values():
        _add_parameter(model, name, 0.0, "dimensionless")
    parts = [f"{name} * ({text})" for text, name in columns.items()]
    return kept + " + ".join([f"start_{prefix}{target}", *parts])


def _add_parameter(model: libsbml.Model, name: str, value: float, unit: str) -> None:
    parameter = model.createParameter()
    parameter.setId(name)
    parameter.setValue(value)
    parameter.setConstant(True)
    known = (
        libsbml.UnitKind_forName(unit) != libsbml.UNIT_KIND_INVALID
        or model.getUnitDefinition(unit) is not None
    )
    parameter.setUnits(unit if known else "dimensionless")


def _find_unit(model: libsbml.Model, target: str, unit: str) -> str:
    """Return the unit of what is set: of a parameter its own, of a species an item or nM."""
    parameter, species = model.getParameter(target), model.getSpecies(target)
    if parameter is not None:
        return str(parameter.getUnits())
    if species is not None:
        return "item" if species.getHasOnlySubstanceUnits() else "nM"
    return "volume" if model.getCompartment(target) is not None else unit


def _make_variable(model: libsbml.Model, target: str) -> None:
    for thing in (model.getParameter(target), model.getCompartment(target)):
        if thing is not None:
            thing.setConstant(False)


def _parse(where: str, text: str) -> libsbml.ASTNode:
    node = libsbml.parseL3Formula(text)
    if node is None:
        raise ModelError(
            where, f"'{text[:60]}' cannot be read by libSBML", "a formula", "report this as a bug"
        )
    return node
