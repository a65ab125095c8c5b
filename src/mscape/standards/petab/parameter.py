"""Parameters of a PEtab problem: what is open, as which prior, and on which axis of a fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache

import numpy as np

from mscape.engine.batch import Array
from mscape.experiments.arm import make_strength
from mscape.experiments.bench import SCAN, Bench
from mscape.experiments.bind import Bound, make_variant
from mscape.experiments.condition import draw_conditions
from mscape.experiments.prior import NOMINAL, Z95, Prior
from mscape.experiments.spread import find_spread
from mscape.standards.petab.arm import Assay, middle_conditions
from mscape.standards.petab.experiment import (
    Experiment,
    Symbols,
    is_ranged,
    list_names,
    name_ic50,
    name_potency,
)

_TRUNCATED = 3.0  # standard deviations at which normal and log-normal priors end
_LEVELS = 10  # an unreported condition with no more values than this has levels
_UNITS = {"seeding": "of 5000 (adherent) or 30000 (suspension) cells", "msc_density": "item in 0.1 mL"}
FOUND = "found"  # the role of a parameter that follows from others


@dataclass(frozen=True)
class Open:
    """One open parameter.

    Parameters
    ----------
    id, name
        Its id in the problem; what it is.
    prior
        Nominal value, range and distribution.
    axis
        Its axis in a fit: parameters of one axis are at the same quantile. Empty where it follows from
        others.
    role
        ``model``, ``strength`` of a perturbation, ``condition`` left unreported, ``ic50``, or ``found``.
    between
        Share of the variance that differs from paper to paper (donors, laboratories).
    """

    id: str
    name: str
    prior: Prior
    axis: str
    role: str
    between: float = 0.0


@dataclass(frozen=True)
class PriorText:
    """A prior as PEtab has it: type, its two numbers, bounds."""

    distribution: str
    parameters: tuple[float, float]
    bounds: tuple[float, float]


def describe_prior(prior: Prior) -> PriorText:
    """Return a prior with a range as PEtab has it.

    Normal and log-normal priors end at three standard deviations, where ours do; PEtab cuts what is beyond
    off, ours holds it at the end: 0.3 % of the draws. Where the value is not in the middle of the range ours
    have two halves, which PEtab has no type for: its standard deviation is then the mean of theirs.

    Examples
    --------
    >>> describe_prior(Prior(2.0, "nM", 1.0, 4.0, "loguniform")).parameters
    (1.0, 4.0)
    """
    low, high = float(prior.low or 0.0), float(prior.high or 0.0)
    if prior.distribution == "lognormal":
        spread = float(np.log(high / low) / (2 * Z95))
        reach = _TRUNCATED / Z95
        ends = (prior.value * (low / prior.value) ** reach, prior.value * (high / prior.value) ** reach)
        return PriorText("log-normal", (float(np.log(prior.value)), spread), ends)
    if prior.distribution == "normal":
        spread = (high - low) / (2 * Z95)
        below, above = (_TRUNCATED / Z95 * side for side in (prior.value - low, high - prior.value))
        return PriorText("normal", (prior.value, spread), (prior.value - below, prior.value + above))
    kind = "log-uniform" if prior.distribution == "loguniform" else "uniform"
    return PriorText(kind, (low, high), (low, high))


@dataclass(frozen=True)
class Unreported:
    """What a protocol may leave open: its prior, and its levels where it has no more than a few."""

    prior: Prior
    levels: tuple[float, ...]


class _Probe:
    """Points along each axis, from 0 to just below 1."""

    def take(self, name: str, count: int) -> Array:
        """Return the points, shape (point,)."""
        del name
        return np.linspace(0.0, 1.0 - 2.0**-53, count)


@cache
def describe_conditions() -> Mapping[str, Unreported]:
    """Return what each unreported condition may be, as it is drawn."""
    drawn, middle = draw_conditions(_Probe(), 1001), middle_conditions()
    found = {}
    for item in fields(drawn):
        values = np.array([float(f"{value:.12g}") for value in getattr(drawn, item.name)])
        levels = tuple(float(level) for level in np.unique(values))
        low, half, high = levels[0], float(values[500]), levels[-1]
        is_log = low > 0 and abs(half - np.sqrt(low * high)) < abs(half - (low + high) / 2)
        unit = (
            "h"
            if item.name in ("hours", "before", "conditioning")
            else _UNITS.get(item.name, "dimensionless")
        )
        value = float(getattr(middle, item.name)[0])
        kind = "loguniform" if is_log else "uniform"
        prior = Prior(value, unit, low, high, kind, "assumed: not reported")  # type: ignore[arg-type]
        found[item.name] = Unreported(prior, levels if len(levels) <= _LEVELS else ())
    return found


def list_open(
    symbols: Symbols, experiments: Iterable[Experiment], assays: Iterable[Assay], bases: Mapping[str, str]
) -> tuple[Open, ...]:
    """List every open parameter that a model or its experiments have.

    Parameters
    ----------
    symbols
        How parameters are named.
    experiments
        All, with assays.
    assays
        What calibrates potencies.
    bases
        Parameters that conditions change, to the id of their unchanged value.
    """
    told = tuple(experiments)
    spread = find_spread(symbols.bound)
    found = [*_list_model(symbols, told, bases, spread), *_list_strengths(symbols.bound)]
    for observation in dict.fromkeys(experiment.observation for experiment in told):
        for name, item in describe_conditions().items():
            what = f"{name} of {observation}, not reported"
            found.append(Open(f"{name}__{observation}", what, item.prior, f"condition:{name}", "condition"))
    found += _list_doses(told)
    for assay in assays:
        found += _list_potency(symbols.bound, assay, spread)
    used = {
        name
        for each in told
        for one in (each.rest, *(p.condition for p in each.periods))
        for name in _names(one)
    }
    own = set(symbols.bound.network.inputs)
    return tuple(each for each in {each.id: each for each in found}.values() if each.id in used | own)


def _names(condition: Mapping[str, str]) -> set[str]:
    return set().union(*(list_names(text) for text in condition.values()))


def _list_model(
    symbols: Symbols,
    experiments: tuple[Experiment, ...],
    bases: Mapping[str, str],
    spread: Mapping[str, float],
) -> list[Open]:
    pairs = dict.fromkeys((each.arm.drug, each.arm.tumour) for each in experiments) or {(None, None): None}
    found = []
    for drug, line in pairs:
        for name, prior in make_variant(symbols.bound, drug, line).priors.items():
            if is_ranged(prior):
                plain = symbols.name(name, drug, line)
                label = plain.partition("__")[2].replace("_", " ")
                what = name.replace("_", " ") + (f" ({label})" if label else "")
                found.append(Open(bases.get(plain, plain), what, prior, name, "model", spread.get(name, 0.0)))
    return found


def _list_strengths(bound: Bound) -> list[Open]:
    found = []
    for item in bound.record.mechanism.perturbations:
        prior = make_strength(item) if item.value is not None else None
        if prior is not None and is_ranged(prior):
            what = f"{item.label}: {'share left' if item.how == 'factor' else 'level'}"
            given = Prior(prior.value, prior.unit, prior.low, prior.high, prior.distribution, item.source)
            found.append(Open(f"perturbation__{item.id}", what, given, f"perturbation:{item.id}", "strength"))
    return found


def _list_doses(experiments: Iterable[Experiment]) -> list[Open]:
    prior = Prior(1.0, "potencies", float(SCAN[0]), float(SCAN[-1]), "loguniform", "assumed: not reported")
    return [
        Open(each.dose, f"dose of {each.arm.drug} in {each.observation}, not reported", prior, "", FOUND)
        for each in experiments
        if each.alone
    ]


def _list_potency(bound: Bound, assay: Assay, spread: Mapping[str, float]) -> list[Open]:
    """Return a line's IC50, and the potency at which the assay has it."""
    arm = assay.arm
    potency = make_variant(bound, arm.drug, arm.tumour).potency
    if potency is None:
        return []
    reach = 10 ** (Z95 * potency.log10_sd)
    source = potency.stand_in or "; ".join(potency.sources)
    ic50 = Prior(potency.ic50, "nM", potency.ic50 / reach, potency.ic50 * reach, "lognormal", source)
    value = float(Bench(bound, NOMINAL).potency(arm, 1)[0])
    calibrated = Prior(value, "nM", value / reach, value * reach, "lognormal", f"calibrated: {source}")
    axis = f"ic50:{arm.drug}:{arm.tumour}"
    what = f"{arm.drug} in {arm.tumour or 'the tumour cell'}"
    return [
        Open(name_ic50(arm.drug, arm.tumour), f"IC50 of {what}", ic50, axis, "ic50", spread.get(axis, 0.0)),
        Open(name_potency(arm.drug, arm.tumour), f"potency of {what}", calibrated, "", FOUND),
    ]
