"""Arms as PEtab tells them: experiments of periods, each period beginning with a condition.

Time is in hours; 0 is the beginning of the protocol. Before it, cells that are not there yet come to rest, as
in `mscape.experiments.arm`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, cast

import numpy as np

from mscape.engine.batch import Change, Period
from mscape.experiments.arm import REST_HOURS, Arm, make_periods, make_strength
from mscape.experiments.bind import Bound, Variant, make_variant
from mscape.experiments.condition import Conditions
from mscape.experiments.prior import NOMINAL, Prior
from mscape.standards.petab.arm import Assay, Use, middle_conditions
from mscape.standards.petab.formula import Formula, make_formula

Condition = Mapping[str, str]  # target to formula
_OPEN_HOURS = ("hours", "before", "conditioning")


@dataclass(frozen=True)
class Laid:
    """One period as laid down.

    Parameters
    ----------
    start, hours
        Hours since the beginning of the protocol; length. Where a length is not reported, the middle.
    open
        The unreported quantity that is its length: ``hours``, ``before``, ``conditioning``; empty if it is
        known.
    condition
        What is set when it begins.
    """

    start: float
    hours: float
    open: str
    condition: Condition


@dataclass(frozen=True)
class Experiment:
    """An arm of one observation, told as an experiment.

    Parameters
    ----------
    id, observation, name
        Of the experiment; the observation it belongs to and its arm's name there (empty for an assay).
    arm
        The arm.
    dose
        The parameter that is its dose, in units of the potency, or by which its dose in nM is divided.
    alone
        Id of the experiment in which an unreported dose has its effect, and what the effect is on.
    rest
        What holds from the beginning of the rest.
    periods
        Those of the protocol.
    """

    id: str
    observation: str
    name: str
    arm: Arm
    dose: str
    alone: tuple[str, str] | None
    rest: Condition
    periods: tuple[Laid, ...]


@dataclass(frozen=True)
class Symbols:
    """Parameters as formulas name them.

    Parameters
    ----------
    bound
        The record and its model.
    labels
        Of each parameter whose prior differs between drugs or lines: drug and line to the label of its own.
    """

    bound: Bound
    labels: Mapping[str, Mapping[tuple[str | None, str | None], str]]

    def name(self, parameter: str, drug: str | None, line: str | None) -> str:
        """Return the id of a parameter under a drug and a line."""
        label = self.labels.get(parameter, {}).get((drug, line), "")
        return f"{parameter}__{label}" if label else parameter


def is_ranged(prior: Prior) -> bool:
    """Return whether a prior leaves a parameter open."""
    return prior.distribution != "fixed" and prior.low is not None and prior.high is not None


def make_symbols(bound: Bound, pairs: Iterable[tuple[str | None, str | None]]) -> Symbols:
    """Name the parameters of a model under several drugs and lines."""
    variants = {pair: make_variant(bound, *pair).priors for pair in dict.fromkeys(pairs)}
    labels: dict[str, dict[tuple[str | None, str | None], str]] = {}
    for name in bound.priors:
        found = {pair: priors[name] for pair, priors in variants.items()}
        if len(set(found.values())) > 1:
            labels[name] = _label(found)
    return Symbols(bound, labels)


def _label(found: Mapping[tuple[str | None, str | None], Prior]) -> dict[tuple[str | None, str | None], str]:
    """Label priors by the drug where that says them apart, by the line, or by both."""
    for parts in ((0,), (1,), (0, 1)):
        by_label: dict[str, set[Prior]] = {}
        labels = {pair: "_".join(str(pair[i] or "none") for i in parts) for pair in found}
        for pair, prior in found.items():
            by_label.setdefault(labels[pair], set()).add(prior)
        if all(len(priors) == 1 for priors in by_label.values()):
            break
    return labels


def lay_use(
    symbols: Symbols, key: tuple[str, str, str], use: Use, alone: tuple[str, str] | None
) -> Experiment:
    """Tell an arm of an observation as an experiment.

    Parameters
    ----------
    symbols
        How parameters are named.
    key
        Id of the experiment, its observation, its arm's name.
    use
        The arm and how its dose is found.
    alone
        Id of the monoculture that its dose is found in, and what the effect is on.
    """
    arm = use.arm
    dose, amount = "", Formula("0.0")
    if arm.drug and arm.dose is not None:
        dose = name_potency(arm.drug, arm.tumour)
        amount = make_formula(arm.dose) / Formula(dose)
    elif arm.drug and alone:
        dose = f"dose__{alone[0]}" + ("__apoptosis" if alone[1] == "apoptosis" else "")
        amount = Formula(dose)
    rest, periods = _lay_down(symbols, arm, _open_conditions(key[1]), amount)
    return Experiment(*key, arm, dose, alone if not arm.dose else None, rest, periods)


def lay_assay(symbols: Symbols, assay: Assay) -> Experiment:
    """Tell a calibrating assay at the dose that is the line's IC50: there, half of the cells are left."""
    arm = assay.arm
    potency = name_potency(arm.drug, arm.tumour)
    amount = Formula(name_ic50(arm.drug, arm.tumour)) / Formula(potency)
    rest, periods = _lay_down(symbols, arm, assay.conditions, amount)
    return Experiment(name_assay(arm.drug, arm.tumour), "", "", arm, potency, None, rest, periods)


def name_potency(drug: str | None, line: str | None) -> str:
    """Return the id of the potency of a drug in a line, nM."""
    return f"potency__{drug}__{line or 'none'}"


def name_ic50(drug: str | None, line: str | None) -> str:
    """Return the id of the IC50 of a drug in a line, nM."""
    return f"ic50__{drug}__{line or 'none'}"


def name_assay(drug: str | None, line: str | None) -> str:
    """Return the id of the experiment that calibrates a potency."""
    return f"assay__{drug}__{line or 'none'}"


def _open_conditions(observation: str) -> Conditions:
    """Return unreported conditions as names of an observation's own; times as their middles."""
    middle = middle_conditions()
    named: dict[str, Any] = {
        item.name: Formula(f"{item.name}__{observation}")
        for item in fields(middle)
        if item.name not in (*_OPEN_HOURS, "effect")
    }
    return replace(middle, **named)


def _lay_down(
    symbols: Symbols, arm: Arm, conditions: Conditions, dose: Formula
) -> tuple[Condition, tuple[Laid, ...]]:
    bound = symbols.bound
    variant = make_variant(bound, arm.drug, arm.tumour)
    values = _name_values(symbols, variant, arm)
    inputs, laid = make_periods(variant, arm, cast(Any, values), conditions, cast(Any, dose), source=NOMINAL)
    rest = {}
    for name, amount in inputs.items():
        text = make_formula(amount).text
        plain = (
            name if is_ranged(variant.priors.get(name, Prior(0.0))) else repr(bound.network.inputs.get(name))
        )
        if not name.startswith("perturbation:") and text != plain:
            rest[name] = text
    periods, start, filled = [], 0.0, False
    for period in laid:
        hours = float(np.asarray(period.hours)[0])
        token = next((name for name in _OPEN_HOURS if period.hours is getattr(conditions, name)), "")
        periods.append(Laid(start, hours, token, _compose(bound, period, filled=filled)))
        start += hours
        filled = filled or bool(period.changes)
    return rest, tuple(periods)


def _name_values(symbols: Symbols, variant: Variant, arm: Arm) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, prior in variant.priors.items():
        open_ = is_ranged(prior)
        values[name] = Formula(symbols.name(name, arm.drug, arm.tumour)) if open_ else np.array([prior.value])
    for item in variant.bound.record.mechanism.perturbations:
        if item.id in arm.perturbation and item.value is not None and is_ranged(make_strength(item)):
            values[f"perturbation:{item.id}"] = Formula(f"perturbation__{item.id}")
    return values


def _compose(bound: Bound, period: Period, *, filled: bool) -> Condition:
    """Say a period's changes, done one after another, as one formula a target, all done at once.

    Setting a compartment keeps the amounts in it here and the concentrations in PEtab: so those are set, too,
    where anything may be in it.
    """
    found: dict[str, str] = {}
    sizes = {c.id for c in bound.network.compartments}
    for change in period.changes:
        if change.name in sizes and filled:
            _resize(bound, change, found)
        amount = make_formula(change.values)
        if change.how == "set":
            found[change.name] = amount.text
        else:
            before = found.get(change.name, change.name)
            if before != "0.0":
                sign = {"scale": Formula.__mul__, "add": Formula.__add__}[change.how]
                found[change.name] = sign(Formula(before, 1 if " " in before else 3), amount).text
    return found


def _resize(bound: Bound, change: Change, found: dict[str, str]) -> None:
    size = make_formula(change.values)
    for species in bound.network.species:
        if species.compartment == change.name and not species.substance_only:
            before = found.get(species.id, species.id)
            if before != "0.0":
                held = Formula(before, 1 if " " in before else 3)
                found[species.id] = (held * Formula(change.name) / size).text


def rename(text: str, names: Mapping[str, str]) -> str:
    """Return a formula with some names replaced.

    Examples
    --------
    >>> rename("2.0 * kd / kd2", {"kd": "base__kd"})
    '2.0 * base__kd / kd2'
    """
    return re.sub(r"[A-Za-z_]\w*", lambda found: names.get(found[0], found[0]), text)


def list_names(text: str) -> set[str]:
    """Return the names in a formula."""
    return set(re.findall(r"(?<![\w.])[A-Za-z_]\w*", text))


def start_of(experiment: Experiment) -> float:
    """Return when an experiment's rest begins, hours."""
    return -REST_HOURS if experiment.periods else 0.0
