"""The tables of a PEtab v2 problem: conditions, experiments, observables, measurements, parameters.

Each comes in two: what papers give a number of, and the rest. An estimation problem without data for most of
its experiments is none, so the first is a problem of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mscape.experiments.arm import REST_HOURS
from mscape.standards.petab.experiment import Condition, Experiment, list_names
from mscape.standards.petab.parameter import Open, describe_prior
from mscape.standards.petab.problem import Problem

Rows = list[tuple[object, ...]]
PARAMETER_COLUMNS = (
    "parameterId", "parameterName", "lowerBound", "upperBound", "nominalValue", "estimate",
    "priorDistribution", "priorParameters", "unit", "low", "high", "role", "axis", "betweenPapers", "source",
)  # fmt: skip
CONDITION_COLUMNS = ("conditionId", "targetId", "targetValue")
EXPERIMENT_COLUMNS = ("experimentId", "time", "conditionId")
OBSERVABLE_COLUMNS = (
    "observableId", "observableName", "observableFormula", "noiseFormula", "noisePlaceholders", "unit",
)  # fmt: skip
MEASUREMENT_COLUMNS = (
    "observableId", "experimentId", "measurement", "time", "noiseParameters", "noiseFrom", "paper", "where",
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """A table: columns and rows."""

    columns: tuple[str, ...]
    rows: Rows


def name_conditions(problem: Problem) -> dict[str, tuple[str, ...]]:
    """Return the ids of each experiment's conditions, rest first; empty where nothing changes.

    Experiments that set the same share a condition.
    """
    ids: dict[tuple[tuple[str, str], ...], str] = {}
    found = {}
    # those with a number first, so that their conditions are not named for others
    for each in sorted(problem.experiments, key=lambda each: each.id not in problem.measured):
        rest = f"rest__{each.arm.tumour or 'none'}__{each.arm.drug or 'none'}"
        names = [_name(ids, each.rest, rest)]
        names += [_name(ids, one.condition, f"{each.id}__{i}") for i, one in enumerate(each.periods, 1)]
        found[each.id] = tuple(names)
    return found


def _name(ids: dict[tuple[tuple[str, str], ...], str], condition: Condition, wish: str) -> str:
    if not condition:
        return ""
    key = tuple(condition.items())
    if key not in ids:
        further = sum(name == wish or name.startswith(f"{wish}___") for name in ids.values())
        ids[key] = f"{wish}___{further + 1}" if further else wish
    return ids[key]


def list_conditions(each: Experiment) -> tuple[Condition, ...]:
    """Return an experiment's conditions, rest first."""
    return (each.rest, *(period.condition for period in each.periods))


def make_sheets(problem: Problem) -> dict[str, Sheet]:
    """Make the tables; those of what has no number end in ``_unmeasured``."""
    names = name_conditions(problem)
    measured = [each for each in problem.experiments if each.id in problem.measured]
    others = [each for each in problem.experiments if each.id not in problem.measured]
    known = {name for each in measured for name in names[each.id]}
    in_use = {
        name
        for each in measured
        for one in list_conditions(each)
        for text in one.values()
        for name in list_names(text)
    }
    in_use |= set(problem.bound.network.inputs)
    told = [each for each in problem.parameters if each.id in in_use]
    untold = [each for each in problem.parameters if each.id not in in_use]
    return {
        "parameters": Sheet(PARAMETER_COLUMNS, _list_parameters(told)),
        "parameters_unmeasured": Sheet(PARAMETER_COLUMNS, _list_parameters(untold)),
        "conditions": Sheet(CONDITION_COLUMNS, _list_conditions(measured, names, set())),
        "conditions_unmeasured": Sheet(CONDITION_COLUMNS, _list_conditions(others, names, known)),
        "experiments": Sheet(EXPERIMENT_COLUMNS, _list_experiments(measured, names)),
        "experiments_unmeasured": Sheet(EXPERIMENT_COLUMNS, _list_experiments(others, names)),
        "observables": Sheet(OBSERVABLE_COLUMNS, _list_observables(problem)),
        "measurements": Sheet(MEASUREMENT_COLUMNS, _list_measurements(problem)),
    }


def _list_parameters(parameters: Iterable[Open]) -> Rows:
    rows: Rows = []
    for each in parameters:
        prior, text = each.prior, describe_prior(each.prior)
        numbers = ";".join(repr(value) for value in text.parameters)
        rows.append(
            (
                *(each.id, plain(each.name), *text.bounds, prior.value, "true", text.distribution, numbers),
                *(prior.unit, prior.low, prior.high, each.role, each.axis, each.between, plain(prior.source)),
            )
        )
    return rows


def _list_conditions(
    experiments: Iterable[Experiment], names: dict[str, tuple[str, ...]], known: set[str]
) -> Rows:
    told = set(known)
    rows: Rows = []
    for each in experiments:
        for name, condition in zip(names[each.id], list_conditions(each), strict=True):
            if name and name not in told:
                told.add(name)
                rows += [(name, target, text) for target, text in condition.items()]
    return rows


def _list_experiments(experiments: Iterable[Experiment], names: dict[str, tuple[str, ...]]) -> Rows:
    rows: Rows = []
    for each in experiments:
        starts = (-REST_HOURS, *(period.start for period in each.periods))
        rows += [(each.id, start, name) for start, name in zip(starts, names[each.id], strict=True)]
    return rows


def _list_observables(problem: Problem) -> Rows:
    measured = {each.observable for each in problem.measurements}
    rows: Rows = []
    for each in problem.observables:
        noise = f"noise_{each.id}" if each.id in measured else ""
        rows.append((each.id, plain(each.name), each.formula, noise or "1.0", noise, each.unit))
    return rows


def _list_measurements(problem: Problem) -> Rows:
    return [
        (
            *(each.observable, each.experiment, each.value, each.time, each.error),
            "printed" if each.printed_error else "threshold of the read-out",
            *(each.paper, plain(each.where)),
        )
        for each in problem.measurements
    ]


def plain(text: str) -> str:
    """Return text that any reader of tables takes as it stands: one line, no quotation marks."""
    return " ".join(text.replace('"', "'").split())
