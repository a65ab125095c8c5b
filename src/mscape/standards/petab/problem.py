"""A mechanism as a PEtab problem, before it is written in either version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mscape.atlas.row import ContrastRow, ObservationRow
from mscape.experiments.arm import Arm
from mscape.experiments.bind import Bound
from mscape.experiments.outcome import THRESHOLDS
from mscape.experiments.score import group_arms
from mscape.standards.petab.arm import (
    Assay,
    ContrastUse,
    Use,
    find_assays,
    list_contrast_uses,
)
from mscape.standards.petab.experiment import (
    Experiment,
    Laid,
    Symbols,
    is_ranged,
    lay_assay,
    lay_use,
    make_symbols,
    rename,
)
from mscape.standards.petab.parameter import Open, list_open

_PRINTED = {"apoptosis": "%"}  # read-outs that an experiment gives by itself, and the unit their numbers have


@dataclass(frozen=True)
class Observable:
    """Something read: its id, what it is, its formula, its unit."""

    id: str
    name: str
    formula: str
    unit: str


@dataclass(frozen=True)
class Measurement:
    """A number that a paper printed, and its error; the threshold of the read-out where it printed none."""

    observable: str
    experiment: str
    value: float
    time: float
    error: float
    printed_error: bool
    paper: str
    where: str


@dataclass(frozen=True)
class Problem:
    """A mechanism as a PEtab problem.

    Parameters
    ----------
    bound
        The record and its model.
    contrasts
        The statements, and the arms each needs.
    ids
        Observation and arm to the id of the experiment.
    experiments
        All, assays last.
    parameters, observables, measurements
        As in PEtab.
    """

    bound: Bound
    contrasts: tuple[ContrastUse, ...]
    ids: Mapping[tuple[str, Use], str]
    experiments: tuple[Experiment, ...]
    parameters: tuple[Open, ...]
    observables: tuple[Observable, ...]
    measurements: tuple[Measurement, ...]

    @property
    def measured(self) -> frozenset[str]:
        """Ids of the experiments that a paper gives a number of."""
        return frozenset(each.experiment for each in self.measurements)


def make_problem(bound: Bound, contrasts: Sequence[ContrastRow] | None = None) -> Problem:
    """Tell a mechanism's model, priors, experiments and contrasts as a PEtab problem.

    Parameters
    ----------
    bound
        The record and its model.
    contrasts
        Those to tell; None for all in scope.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    rows = contrasts
    if rows is None:
        rows = tuple(row for row in bound.record.contrasts if row.scope == "in")
    uses = list_contrast_uses(bound, rows)
    needed = _list_uses(uses)
    ids = _name_uses(bound, needed)
    assays = find_assays(bound, (use for _, use in needed))
    symbols = make_symbols(bound, _list_pairs(needed, assays.values()))
    told = [_tell(symbols, ids, key) for key in needed]
    told += [lay_assay(symbols, assay) for assay in assays.values()]
    bases = _name_bases(symbols, told)
    told = [_rebase(each, bases) for each in told]
    return Problem(
        bound,
        uses,
        ids,
        tuple(told),
        list_open(symbols, told, assays.values(), bases),
        list_observables(bound),
        _list_measurements(bound, told),
    )


Key = tuple[str, Use]  # an observation, and an arm in it


def _list_uses(contrasts: Iterable[ContrastUse]) -> list[Key]:
    """Return each arm of each observation, and the monocultures that doses are found in, once."""
    found: dict[Key, None] = {}
    for contrast in contrasts:
        for use in contrast.uses:
            found[contrast.row.observation, use] = None
            if use.finding:
                found[contrast.row.observation, Use(use.finding.alone, use.finding)] = None
    return list(found)


def _name_uses(bound: Bound, needed: Iterable[Key]) -> dict[Key, str]:
    """Name experiments by observation and arm; an arm that only serves others by what is in it."""
    names: dict[Key, str] = {}
    taken: set[str] = set()
    for observation, use in needed:
        known = _name_arms(bound, observation)
        arm = use.arm
        parts = (arm.protocol.id, arm.tumour, arm.msc, arm.drug, *arm.perturbation)
        plain = f"{observation}__{known.get(arm) or '_'.join(part for part in parts if part)}"
        name, further = plain, 2
        while name in taken:
            name, further = f"{plain}__{further}", further + 1
        taken.add(name)
        names[observation, use] = name
    return names


def _name_arms(bound: Bound, observation: str) -> dict[Arm, str]:
    """Return the name of each arm of an observation; of two that are the same, the first."""
    return {arm: name for name, arm in reversed(group_arms(bound)[observation].items())}


def _list_pairs(needed: Iterable[Key], assays: Iterable[Assay]) -> list[tuple[str | None, str | None]]:
    arms = [use.arm for _, use in needed] + [assay.arm for assay in assays]
    return list(dict.fromkeys((arm.drug, arm.tumour) for arm in arms))


def _tell(symbols: Symbols, ids: Mapping[Key, str], key: Key) -> Experiment:
    observation, use = key
    known = _name_arms(symbols.bound, observation)
    alone = None
    if use.finding:
        at = ids[observation, Use(use.finding.alone, use.finding)]
        alone = (at, use.finding.effect_on)
    return lay_use(symbols, (ids[key], observation, known.get(use.arm, "")), use, alone)


def _name_bases(symbols: Symbols, experiments: Iterable[Experiment]) -> dict[str, str]:
    """Return what conditions change although it is open itself: its own value needs another name."""
    # PEtab takes the size of a compartment from a condition only
    targets = {compartment.id for compartment in symbols.bound.network.compartments}
    for each in experiments:
        targets |= set(each.rest).union(*(period.condition for period in each.periods))
    priors = symbols.bound.priors
    open_ = {name for name in targets & set(priors) if is_ranged(priors[name]) and name not in symbols.labels}
    return {name: f"base__{name}" for name in sorted(open_)}


def _rebase(experiment: Experiment, bases: Mapping[str, str]) -> Experiment:
    rest = {name: rename(text, bases) for name, text in experiment.rest.items()}
    rest = {**{name: base for name, base in bases.items() if name not in rest}, **rest}
    periods = tuple(
        Laid(p.start, p.hours, p.open, {name: rename(text, bases) for name, text in p.condition.items()})
        for p in experiment.periods
    )
    return replace(experiment, rest=dict(sorted(rest.items())), periods=periods)


def list_observables(bound: Bound) -> tuple[Observable, ...]:
    """Return what is read of the chassis and of the record's molecules."""
    chassis = (
        Observable("obs_living", "living tumour cells", "living", "item"),
        Observable("obs_apoptosis", "apoptotic tumour cells", "100 * annexin_positive", "percent"),
        Observable("obs_well", "signal of the whole well, MSC included", "well_signal", "dimensionless"),
        Observable("obs_drug_cell", "drug in the tumour cell", "drug_cell", "nM"),
    )
    molecules = tuple(
        Observable(f"obs_{item.id}", item.label, item.observable, "unit of the model")
        for item in bound.record.mechanism.readouts
    )
    return tuple({item.id: item for item in (*chassis, *molecules)}.values())


def _list_measurements(bound: Bound, experiments: Iterable[Experiment]) -> tuple[Measurement, ...]:
    """Return the numbers papers print of arms that an experiment gives by itself."""
    by_arm: dict[tuple[str, str], Experiment] = {}
    for each in experiments:
        if each.alone is None or each.alone[1] == "apoptosis":
            by_arm.setdefault((each.observation, each.name), each)
    found = []
    for row in bound.record.observations:
        told = by_arm.get((row.observation, row.arm))
        if told and row.value is not None and row.unit and _PRINTED.get(row.readout) == row.unit:
            found.append(_measure(row, told, row.value))
    return tuple(found)


def _measure(row: ObservationRow, told: Experiment, value: float) -> Measurement:
    last = told.periods[-1]
    error = row.error or THRESHOLDS[row.readout].least
    return Measurement(
        f"obs_{row.readout}",
        told.id,
        value,
        last.start + last.hours,
        error,
        row.error is not None,
        row.paper,
        row.where,
    )
