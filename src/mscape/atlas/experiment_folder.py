"""Read experiments from outside the atlas: a folder in the record's own format, laid over a mechanism.

The folder holds ``observations.tsv`` and ``contrasts.tsv`` and, if it needs them, ``experiment.yaml`` with
the mechanism it is about and the cells, protocols, perturbations and readouts the record lacks. Nothing of
the atlas is changed: what comes back is the record with these experiments instead of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from mscape.atlas import check_name, check_table
from mscape.atlas.form_fault import list_faults
from mscape.atlas.issue import Check, make_check
from mscape.atlas.load import Atlas, Place, Record
from mscape.atlas.record import Cell, Form, Key, Mechanism, Perturbation, Protocol, Readout, Text
from mscape.atlas.row import ContrastRow, ObservationRow, Provenance
from mscape.atlas.row_text import Rows, read_rows, rename_fault
from mscape.atlas.yaml_text import read_yaml
from mscape.errors import AtlasError, DataError, MscapeError, UsageError, raise_faults
from mscape.ids import require_known

OWN = "own_experiment"
EXPERIMENT, OBSERVATIONS, CONTRASTS = "experiment.yaml", "observations.tsv", "contrasts.tsv"
_CHECKS: tuple[Check[Record, Atlas], ...] = tuple(
    make_check(function)
    for function in (
        check_name.check_ids_are_unique,
        check_table.check_arms_name_what_exists,
        check_table.check_arms_of_an_observation_agree,
        check_table.check_doses_have_units,
        check_table.check_every_observation_has_a_contrast,
        check_table.check_contrasts_name_arms,
        check_table.check_contrasts_have_their_parts,
        check_table.check_contrasts_read_what_arms_read,
        check_table.check_scope_has_its_reason,
        check_table.check_readouts_in_scope_exist,
        check_table.check_arms_in_scope_can_be_run,
    )
)
T = TypeVar("T")
F = TypeVar("F", bound=Form)


class OutsideExperiment(Form):
    """A whole ``experiment.yaml``: the mechanism it is about, and what the record lacks.

    A cell, protocol, perturbation or readout of the record's own name replaces the record's.
    """

    mechanism: Key | None = None
    title: Text | None = None
    cells: tuple[Cell, ...] = ()
    protocols: tuple[Protocol, ...] = ()
    perturbations: tuple[Perturbation, ...] = ()
    readouts: tuple[Readout, ...] = ()


class OutsideObservation(ObservationRow):
    """A line of ``observations.tsv`` from outside: where it was published may be left out."""

    paper: Key = OWN
    where: Text = "own experiment"
    provenance: Provenance = "related"
    group: Any = "other papers"


class OutsideContrast(ContrastRow):
    """A line of ``contrasts.tsv`` from outside: paper and scope may be left out."""

    paper: Key = OWN
    scope: Any = "in"


def load_experiments(folder: Path, atlas: Atlas, names: Sequence[str] = ()) -> tuple[Record, ...]:
    """Load a folder of experiments and lay it over mechanisms.

    Parameters
    ----------
    folder
        Holds ``observations.tsv``, ``contrasts.tsv`` and, if needed, ``experiment.yaml``.
    atlas
        Where the mechanisms are.
    names
        Mechanisms to lay it over; by default the one that ``experiment.yaml`` names.

    Raises
    ------
    DataError, FormatError
        A file is missing, cannot be read, does not fit its form, or names what neither it nor the record has.
        Several faults are raised together.
    UnknownIdError
        A mechanism is not in the atlas.
    UsageError
        No mechanism is named.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(str(folder), "there is no such folder", "a folder of experiments", "check the path")
    label = folder.resolve().name
    faults: list[MscapeError] = []
    experiment = _read_experiment(folder / EXPERIMENT, f"{label}/{EXPERIMENT}", faults)
    observations = _read_table(folder / OBSERVATIONS, OutsideObservation, label, faults)
    contrasts = _read_table(folder / CONTRASTS, OutsideContrast, label, faults)
    raise_faults(_as_data(faults))
    if observations is None or contrasts is None:
        raise AssertionError("each None above comes with a fault")
    wanted = tuple(names) or ((experiment.mechanism,) if experiment.mechanism else ())
    if not wanted:
        found = "neither the command nor experiment.yaml names a mechanism"
        raise UsageError(str(folder), found, "a mechanism", "write 'mechanism: ID' into experiment.yaml")
    records = tuple(
        _lay_over(atlas.records[require_known(name, atlas.records)], experiment, observations, contrasts)
        for name in wanted
    )
    raise_faults(fault for record in records for fault in _check(record, atlas, label))
    return records


def _read_table(path: Path, form: type[F], label: str, faults: list[MscapeError]) -> Rows[F] | None:
    return _attempt(lambda: read_rows(path, form, name=f"{label}/{path.name}"), faults)


def _read_experiment(path: Path, name: str, faults: list[MscapeError]) -> OutsideExperiment:
    if not path.exists():
        return OutsideExperiment()
    try:
        document = read_yaml(path, name=name)
    except MscapeError as error:
        faults += rename_fault(error, path, name)
        return OutsideExperiment()
    if not isinstance(document.value, dict):
        faults.append(DataError(name, "it holds no fields", "lines 'name: value'", "see the example"))
        return OutsideExperiment()

    def locate(place: Place) -> str:
        return f"{name} line {document.find_line(place)}"

    try:
        return OutsideExperiment.model_validate(document.value)
    except ValidationError as error:
        faults += list_faults(error, OutsideExperiment, locate)
        return OutsideExperiment()


def _attempt(read: Callable[[], T], faults: list[MscapeError]) -> T | None:
    try:
        return read()
    except MscapeError as error:
        faults += getattr(error, "errors", (error,))
        return None


def _as_data(faults: Iterable[MscapeError]) -> list[MscapeError]:
    """Return faults as faults of a user's file: the atlas itself is not to blame."""
    return [
        DataError(f.where, f.found, f.expected, f.advice) if isinstance(f, AtlasError) else f for f in faults
    ]


def _lay_over(
    record: Record,
    experiment: OutsideExperiment,
    observations: Rows[OutsideObservation],
    contrasts: Rows[OutsideContrast],
) -> Record:
    mechanism = record.mechanism
    merged: Mechanism = mechanism.model_copy(
        update={
            name: _merge(getattr(mechanism, name), getattr(experiment, name))
            for name in ("cells", "protocols", "perturbations", "readouts")
        }
        | {"misses": {}}
    )
    foreign = experiment.mechanism not in (None, record.id)  # then its steps are another record's
    kept = tuple(row.model_copy(update={"step": None}) if foreign else row for row in contrasts.rows)
    lines = {OBSERVATIONS: observations.index(), CONTRASTS: contrasts.index()}
    return replace(record, mechanism=merged, observations=observations.rows, contrasts=kept, lines=lines)


def _merge(own: Sequence[Any], further: Sequence[Any]) -> tuple[Any, ...]:
    return tuple({item.id: item for item in (*own, *further)}.values())


def _check(record: Record, atlas: Atlas, folder: str) -> list[MscapeError]:
    found: list[MscapeError] = []
    for check in _CHECKS:
        for issue in check.find_issues(record, atlas):
            where = issue.where.replace(f"{record.id}/", f"{folder}/", 1)
            advice = issue.advice.replace("mechanism.yaml", EXPERIMENT)
            found.append(DataError(where, issue.found, issue.expected, advice))
    return found
