"""Read a PEtab v2 problem of ours back: the model, priors, arms and contrasts that its folder tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import ValidationError

from mscape.atlas.form_fault import Place, list_faults
from mscape.atlas.load import Atlas, Record
from mscape.atlas.record import Cell, Form, Mechanism, Period, Perturbation, Protocol, Readout
from mscape.atlas.row import ContrastRow
from mscape.atlas.row_text import read_rows
from mscape.atlas.yaml_text import read_yaml
from mscape.errors import AtlasError, DataError, MscapeError, raise_faults
from mscape.experiments.arm import REST_HOURS, Arm
from mscape.experiments.bind import Bound
from mscape.experiments.outcome import THRESHOLDS
from mscape.network.network import ReactionNetwork
from mscape.network.sbml import read_sbml
from mscape.standards.petab import form
from mscape.standards.petab.experiment import Condition
from mscape.standards.petab.parameter import Open, describe_conditions
from mscape.standards.petab.read_core import Core, attempt, attempt_each, list_unknown, read_core
from mscape.standards.petab.version2 import WHOLE
from mscape.store import read_text

_FORMS: Mapping[str, type[Form]] = {
    "contrasts": form.ContrastLine, "arms": form.ArmLine, "protocols": form.ProtocolLine,
    "readouts": form.ReadoutLine, "cells": form.CellLine, "perturbations": form.PerturbationLine,
    "unreported": form.UnreportedLine,
}  # fmt: skip
F = TypeVar("F", bound=Form)


@dataclass(frozen=True)
class TableExperiment:
    """An experiment as the tables tell it.

    Parameters
    ----------
    id, observation, arm
        Its id, the observation it belongs to (empty for an assay), and the arm it is.
    hours
        Of each period: a number, or the unreported quantity that it is.
    conditions
        Target to formula: those of the rest, then of each period.
    """

    id: str
    observation: str
    arm: Arm
    hours: tuple[float | str, ...]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class ReadProblem:
    """A problem as read.

    Parameters
    ----------
    bound
        The model, and of the record what its tables hold.
    contrasts, arms
        The statements, and the arms of each observation by name.
    experiments, parameters
        By id.
    measurements
        Observable, experiment, value, time (h), error.
    """

    bound: Bound
    contrasts: tuple[ContrastRow, ...]
    arms: Mapping[str, Mapping[str, Arm]]
    experiments: Mapping[str, TableExperiment]
    parameters: Mapping[str, Open]
    measurements: tuple[tuple[str, str, float, float, float], ...]


@dataclass(frozen=True)
class Bare:
    """A folder, the atlas it is read beside, and the model in it."""

    folder: Path
    atlas: Atlas
    network: ReactionNetwork


def read_petab2(folder: Path, atlas: Atlas) -> ReadProblem:
    """Read a folder that `mscape.standards.petab.write_petab2` wrote.

    Parameters
    ----------
    folder
        The folder.
    atlas
        Where its papers stand; no number is taken from it.

    Raises
    ------
    DataError, FormatError, ModelError
        A file is missing or cannot be read, or what it holds does not fit together. All faults are raised at
        once.
    """
    if not (folder / WHOLE).is_file():
        found = f"it holds no {WHOLE}"
        raise DataError(str(folder), found, "a folder that 'mscape export --petab' wrote", "check the path")
    listed = _read_problem_file(folder)
    faults: list[MscapeError] = []
    core = read_core(folder, listed, faults)
    (model,) = listed.model_files.values()
    network = attempt(lambda: read_sbml(read_text(folder / model.location)), faults)
    files = listed.extensions.contrasts.files
    tables = {name: _read_lines(folder / getattr(files, name), each, faults) for name, each in _FORMS.items()}
    raise_faults(faults)
    if network is None:
        raise AssertionError("None comes with a fault")
    return _assemble(Bare(folder, atlas, network), core, tables)


def _read_problem_file(folder: Path) -> form.ProblemFile:
    """Read which files a problem lists.

    Raises
    ------
    DataError, FormatError
        It is no YAML, or lacks what a problem of ours has.
    """
    document = read_yaml(folder / WHOLE, name=WHOLE)
    if not isinstance(document.value, dict):
        raise DataError(WHOLE, "it holds no fields", "lines 'name: value'", "write it anew")

    def locate(place: Place) -> str:
        return f"{WHOLE} line {document.find_line(place)}"

    try:
        return form.ProblemFile.model_validate(document.value)
    except ValidationError as error:
        _raise_faults(error, form.ProblemFile, locate)


def _read_lines(path: Path, each: type[F], faults: list[MscapeError]) -> tuple[F, ...]:
    found: list[MscapeError] = []
    rows = attempt(lambda: read_rows(path, each).rows, found)
    faults += [
        DataError(f.where, f.found, f.expected, f.advice) if isinstance(f, AtlasError) else f for f in found
    ]
    return rows or ()


def _assemble(bare: Bare, core: Core, tables: Mapping[str, tuple[Any, ...]]) -> ReadProblem:
    faults: list[MscapeError] = []
    _check_numbers(tables, faults)
    protocols = attempt(lambda: _make_protocols(tables["protocols"]), faults) or {}
    raise_faults(faults)
    told = attempt_each(lambda line: _make_experiment(line, protocols, core), tables["arms"], faults)
    experiments = {each.id: each for each in told}
    names = {line.experiment: line.arm for line in tables["arms"] if line.arm and line.observation}
    arms: dict[str, dict[str, Arm]] = {}
    for each in told:
        if each.id in names:
            arms.setdefault(each.observation, {})[names[each.id]] = each.arm
    _check_formulas(told, bare.network, core, faults)
    contrasts = attempt_each(lambda line: _make_contrast(line, names), tables["contrasts"], faults)
    mechanism = _make_mechanism(bare.network.id, tables, tuple(protocols.values()))
    raise_faults(faults)
    kept = tuple(contrasts)
    record = Record(mechanism, (), (), kept, "", bare.folder)
    priors = {each.axis: each.prior for each in core.parameters.values() if each.role == "model"}
    bound = Bound(record, bare.atlas, bare.network, {}, priors)
    return ReadProblem(bound, kept, arms, experiments, core.parameters, core.measurements)


def _check_numbers(tables: Mapping[str, tuple[Any, ...]], faults: list[MscapeError]) -> None:
    """Refuse thresholds and ranges other than this version's: it would judge by its own."""
    kinds = {line.readout: line.kind for line in tables["readouts"]}
    for line in tables["contrasts"]:
        readout = line.readout.partition(";")[0]
        ours = THRESHOLDS.get(readout) or THRESHOLDS.get(kinds.get(readout, ""))
        if ours is None or (ours.scale, ours.least) != (line.scale, line.threshold):
            found = f"{line.contrast}: threshold {line.scale} {line.threshold:g} of {readout}"
            expected = f"{ours.scale} {ours.least:g}" if ours else "a read-out of readouts.tsv"
            faults.append(DataError("contrasts.tsv", found, expected, "write it anew with this version"))
    ours_open = describe_conditions()
    for line in tables["unreported"]:
        known = ours_open.get(line.quantity)
        if known is None or (known.prior.low, known.prior.high, known.levels) != (
            line.low,
            line.high,
            line.levels,
        ):
            found = f"the range of {line.quantity} is not this version's"
            faults.append(DataError("unreported.tsv", found, "", "write it anew with this version"))


def _make_protocols(lines: Iterable[form.ProtocolLine]) -> dict[str, Protocol]:
    """Return the protocols of the table's lines.

    Raises
    ------
    DataError, FormatError
        One has too many periods, or a number that no protocol can have.
    """
    grouped: dict[str, list[form.ProtocolLine]] = {}
    for line in lines:
        grouped.setdefault(line.protocol, []).append(line)
    return {key: _make_protocol(key, group) for key, group in grouped.items()}


def _make_protocol(key: str, lines: list[form.ProtocolLine]) -> Protocol:
    first = lines[0]
    try:
        return Protocol(
            id=key,
            culture=first.culture,
            periods=tuple(Period(period=p.period, contents=p.contents, hours=p.hours) for p in lines),
            msc_per_tumour=first.msc_per_tumour,
            medium_share=first.medium_share,
            note=first.note,
        )
    except ValidationError as error:
        _raise_faults(error, Protocol, lambda _: f"protocols.tsv, {key}")


def _raise_faults(error: ValidationError, of: type[Form], locate: Callable[[Place], str]) -> NoReturn:
    faults = list_faults(error, of, locate)
    raise_faults(DataError(f.where, f.found, f.expected, f.advice) for f in faults)
    raise AssertionError("there is at least one fault")


def _make_experiment(line: form.ArmLine, protocols: Mapping[str, Protocol], core: Core) -> TableExperiment:
    """Return an arm as the tables tell it.

    Raises
    ------
    DataError
        Its protocol or experiment is missing, or its periods are not those of the experiment.
    """
    where = f"arms.tsv {line.experiment}"
    if line.protocol not in protocols or line.experiment not in core.experiments:
        missing = (
            f"protocol '{line.protocol}'" if line.protocol not in protocols else "experiment of that name"
        )
        raise DataError(where, f"there is no {missing}", "one of the tables'", "correct the id")
    steps = core.experiments[line.experiment]
    hours = tuple(_read_hours(text, where) for text in line.hours)
    middles = {name: item.prior.value for name, item in describe_conditions().items()}
    starts = [-REST_HOURS, 0.0]
    for each in hours[:-1]:
        starts.append(starts[-1] + (middles[each] if isinstance(each, str) else each))
    if [time for time, _ in steps] != starts:
        found = f"its periods begin at {', '.join(f'{time:g}' for time, _ in steps)}"
        raise DataError(where, found, ", ".join(f"{time:g}" for time in starts), "make hours and times agree")
    arm = Arm(
        protocols[line.protocol], line.tumour, line.msc, line.drug, line.perturbation, line.dose, line.time_h
    )
    conditions = tuple(core.conditions.get(name, {}) for _, name in steps)
    return TableExperiment(line.experiment, line.observation or "", arm, hours, conditions)


def _read_hours(text: str, where: str) -> float | str:
    if text in ("hours", "before", "conditioning"):
        return text
    try:
        return float(text)
    except ValueError:
        expected = "a number, hours, before or conditioning"
        raise DataError(where, f"'{text[:40]}' is no length of a period", expected, "correct it") from None


def _check_formulas(
    experiments: Iterable[TableExperiment], network: ReactionNetwork, core: Core, faults: list[MscapeError]
) -> None:
    readable = frozenset((*network.inputs, *core.parameters))
    settable = {*network.inputs, *network.states}
    for each in experiments:
        unknown = list_unknown(each.conditions, readable)
        strange = sorted({target for condition in each.conditions for target in condition} - settable)
        if unknown or strange:
            found = f"nothing is called {', '.join((*unknown, *strange))}"
            expected = "a parameter of the tables, or a name of the model that may be set"
            faults.append(DataError(f"conditions of {each.id}", found, expected, "correct the name"))


def _make_contrast(line: form.ContrastLine, names: Mapping[str, str]) -> ContrastRow:
    """Return a contrast with the names of its arms.

    Raises
    ------
    DataError
        An experiment of it is no arm of an observation.
    """
    used = [each for each in (*line.arm, line.versus, line.unprotected) if each]
    missing = sorted({each for each in used if each not in names})
    if missing:
        found = f"{line.contrast} names {', '.join(missing)}"
        raise DataError("contrasts.tsv", found, "arms of arms.tsv", "correct the ids")
    return ContrastRow(
        contrast=line.contrast,
        observation=line.observation,
        kind=line.kind,
        readout=line.readout,
        arm=tuple(names[each] for each in line.arm),
        versus=names[line.versus] if line.versus else None,
        unprotected=names[line.unprotected] if line.unprotected else None,
        value=line.value,
        error=line.error,
        step=line.step,
        paper=line.paper,
        scope="in",
        note=line.note,
    )


def _make_mechanism(
    key: str, tables: Mapping[str, tuple[Any, ...]], protocols: tuple[Protocol, ...]
) -> Mechanism:
    """Return of a mechanism what experiments need of it; claim and verdict stay in the record."""

    def make(
        of: Callable[..., Any], lines: Iterable[Any], key: str, left_out: tuple[str, ...] = ()
    ) -> tuple[Any, ...]:
        fields = [{n: v for n, v in line if n not in (key, *left_out)} for line in lines]
        return tuple(of(id=getattr(line, key), **rest) for line, rest in zip(lines, fields, strict=True))

    return Mechanism.model_construct(
        id=key,
        protocols=protocols,
        readouts=make(Readout, tables["readouts"], "readout", ("scale", "threshold")),
        cells=make(Cell, tables["cells"], "cell"),
        perturbations=make(Perturbation, tables["perturbations"], "perturbation"),
    )
