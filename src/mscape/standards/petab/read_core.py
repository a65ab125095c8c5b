"""Read what PEtab v2 itself holds: parameters with priors, conditions, experiments, measurements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from mscape.errors import DataError, MscapeError
from mscape.experiments.prior import Z95, Prior
from mscape.standards.petab.experiment import Condition, list_names
from mscape.standards.petab.form import ProblemFile
from mscape.standards.petab.parameter import Open, PriorText, describe_prior
from mscape.store import Row, read_table

PARAMETER_COLUMNS = (
    "parameterId", "lowerBound", "upperBound", "nominalValue", "estimate", "priorDistribution",
    "priorParameters", "role", "axis",
)  # fmt: skip
CONDITION_COLUMNS = ("conditionId", "targetId", "targetValue")
EXPERIMENT_COLUMNS = ("experimentId", "time", "conditionId")
MEASUREMENT_COLUMNS = ("observableId", "experimentId", "measurement", "time", "noiseParameters")
_KINDS = {"log-normal": "lognormal", "log-uniform": "loguniform", "normal": "normal", "uniform": "uniform"}
_CLOSE = 1e-9  # relative: numbers of the same prior, printed and computed again
A = TypeVar("A")
T = TypeVar("T")


@dataclass(frozen=True)
class Core:
    """What the tables of PEtab hold.

    Parameters
    ----------
    parameters
        Open parameters by id.
    conditions
        Target to formula, by id.
    experiments
        Times and condition ids, in order of time, by id.
    measurements
        Observable, experiment, value, time, error.
    """

    parameters: Mapping[str, Open]
    conditions: Mapping[str, Condition]
    experiments: Mapping[str, tuple[tuple[float, str], ...]]
    measurements: tuple[tuple[str, str, float, float, float], ...]


def attempt(read: Callable[[], T], faults: list[MscapeError]) -> T | None:
    """Return what is read; where it cannot be, note the faults and return None."""
    try:
        return read()
    except MscapeError as error:
        faults += getattr(error, "errors", (error,))
        return None


def attempt_each(read: Callable[[A], T], items: Iterable[A], faults: list[MscapeError]) -> list[T]:
    """Return what is read of each; note the faults of those that cannot be, and leave them out."""
    found = [attempt(partial(read, item), faults) for item in items]
    return [each for each in found if each is not None]


def read_core(folder: Path, listed: ProblemFile, faults: list[MscapeError]) -> Core:
    """Read the tables that a problem file lists; what is wrong is added to the faults."""

    def rows(names: Sequence[str], required: tuple[str, ...]) -> list[tuple[str, Row]]:
        tables = attempt_each(lambda name: read_table(folder / name, required=required), names, faults)
        return [(f"{table.name} line {row.line}", row) for table in tables for row in table.rows]

    parameters = attempt_each(_read_parameter, rows(listed.parameter_files, PARAMETER_COLUMNS), faults)
    conditions: dict[str, dict[str, str]] = {}
    for place, row in rows(listed.condition_files, CONDITION_COLUMNS):
        name, target, text = (row.cells[key] for key in CONDITION_COLUMNS)
        if target in conditions.setdefault(name, {}):
            faults.append(DataError(place, f"{name} sets {target} twice", "once", "remove one of the lines"))
        conditions[name][target] = text
    experiments: dict[str, list[tuple[float, str]]] = {}
    told = rows(listed.experiment_files, EXPERIMENT_COLUMNS)
    for key, time, name in attempt_each(partial(_read_step, frozenset(conditions)), told, faults):
        experiments.setdefault(key, []).append((time, name))
    return Core(
        {each.id: each for each in parameters},
        conditions,
        {name: tuple(sorted(steps, key=lambda step: step[0])) for name, steps in experiments.items()},
        tuple(attempt_each(_read_measurement, rows(listed.measurement_files, MEASUREMENT_COLUMNS), faults)),
    )


def _read_step(conditions: frozenset[str], at: tuple[str, Row]) -> tuple[str, float, str]:
    place, row = at
    name = row.cells["conditionId"]
    if name and name not in conditions:
        expected = "one of the condition tables'"
        raise DataError(place, f"there is no condition '{name}'", expected, "correct the id")
    return row.cells["experimentId"], read_number(place, row, "time"), name


def _read_measurement(at: tuple[str, Row]) -> tuple[str, str, float, float, float]:
    place, row = at
    value, time, error = (read_number(place, row, name) for name in MEASUREMENT_COLUMNS[2:])
    return row.cells["observableId"], row.cells["experimentId"], value, time, error


def read_number(place: str, row: Row, column: str) -> float:
    """Return a cell as a finite number.

    Raises
    ------
    DataError
        It is none.
    """
    text = row.cells.get(column, "")
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise DataError(place, f"{column} '{text[:40]}' is no number", "a finite number", "write one")
    return value


def _read_parameter(at: tuple[str, Row]) -> Open:
    place, row = at
    cells = row.cells
    if cells["estimate"] != "true":
        raise DataError(
            place, f"estimate is '{cells['estimate']}'", "true", "leave parameters that are known out"
        )
    kind = _KINDS.get(cells["priorDistribution"])
    if kind is None:
        found = f"prior '{cells['priorDistribution']}' is not one of ours"
        raise DataError(place, found, ", ".join(_KINDS), "choose one of them")
    parts = cells["priorParameters"].split(";")
    numbers = [
        read_number(place, Row(row.line, {"priorParameters": part}), "priorParameters") for part in parts
    ]
    bounds = [read_number(place, row, name) for name in ("lowerBound", "upperBound")]
    if len(numbers) != 2 or not bounds[0] < bounds[1]:
        raise DataError(place, "a prior needs two numbers and bounds in order", "a;b", "correct them")
    told = PriorText(cells["priorDistribution"], (numbers[0], numbers[1]), (bounds[0], bounds[1]))
    prior = _choose_prior(place, row, kind, told)
    between = read_number(place, row, "betweenPapers") if cells.get("betweenPapers") else 0.0
    name = cells.get("parameterName") or cells["parameterId"]
    return Open(cells["parameterId"], name, prior, cells["axis"], cells["role"], between)


def _choose_prior(place: str, row: Row, kind: str, told: PriorText) -> Prior:
    """Return the prior that ``priorParameters`` say; digit for digit as it was, where nobody changed them."""
    unit, source = row.cells.get("unit", ""), row.cells.get("source") or "definition"
    value = read_number(place, row, "nominalValue")
    if row.cells.get("low") and row.cells.get("high"):
        low, high = (read_number(place, row, name) for name in ("low", "high"))
        prior = Prior(value, unit, low, high, kind, source)  # type: ignore[arg-type]
        if (low > 0 or kind not in ("lognormal", "loguniform")) and low < high and _agree(prior, told):
            return prior
    first, second = told.parameters
    if kind == "lognormal":
        ends = [float(np.exp(first + sign * Z95 * second)) for sign in (-1, 1)]
        prior = Prior(float(np.exp(first)), unit, ends[0], ends[1], "lognormal", source)
    elif kind == "normal":
        prior = Prior(first, unit, first - Z95 * second, first + Z95 * second, "normal", source)
    else:
        prior = Prior(value, unit, first, second, kind, source)  # type: ignore[arg-type]
    if second <= 0 or not _agree(prior, told):
        found = f"prior {told.distribution} {first!r};{second!r} and bounds do not belong together"
        expected = "bounds at 3 standard deviations, or at the ends"
        raise DataError(place, found, expected, "correct the bounds")
    return prior


def _agree(prior: Prior, told: PriorText) -> bool:
    ours = describe_prior(prior)
    numbers = zip((*ours.parameters, *ours.bounds), (*told.parameters, *told.bounds), strict=True)
    return all(abs(a - b) <= _CLOSE * max(abs(a), abs(b)) for a, b in numbers)


def list_unknown(conditions: Iterable[Condition], known: frozenset[str]) -> list[str]:
    """Return the names in formulas that nothing gives a value."""
    names = {name for condition in conditions for text in condition.values() for name in list_names(text)}
    return sorted(names - known)
