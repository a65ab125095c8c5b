"""Identify: which numbers of a mechanism the data determine, which only together, which not at all.

Two questions, asked apart. *Structure*: could the record's read-outs tell it if they had no error?
*Practice*: what does the ensemble, conditioned on what papers really say, know of it beyond the prior? A
verdict in words comes from both. Products and ratios are sought where the structure names them, and among
all pairs whose places are tied together in the ensemble.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.row import ContrastRow
from mscape.experiments.bind import Bound
from mscape.inference.axis import Axis, list_axes
from mscape.inference.fit import Ensemble
from mscape.inference.likelihood import list_scored, measure_margins
from mscape.inference.marginal import (
    LEAST_BITS,
    Marginal,
    Verdict,
    count_effective,
    judge_marginal,
    to_normal,
)
from mscape.inference.null_space import Combination
from mscape.inference.particle import Particles
from mscape.inference.structure import Structure, measure_structure

Array = NDArray[np.float64]
Interval = tuple[float, float, float]

POINTS = 4  # of the ensemble, at which the structure is looked at
TOGETHER = (Verdict.RATIO, Verdict.PRODUCT, Verdict.COMBINATION)
_HARDLY = 0.03  # thresholds per standard deviation: a tenth of a threshold over the whole range
_PRIOR_DRAWS = 8192  # that place a combination in its prior
_TIED = 0.5  # correlation of places below which a pair is not looked at
_PLAIN = 1.5  # powers that differ by no more than this factor are called a plain product or ratio


@dataclass(frozen=True)
class ParameterVerdict:
    """What is known of one number.

    Parameters
    ----------
    parameter, label, kind, unit, source
        Which number: its axis, its name in words, ``parameter``, ``potency`` or ``reagent``, and the prior's
        unit and source.
    prior, ensemble
        5th, 50th and 95th percentile before and after the contrasts were heard.
    spread
        Standard deviation after, in those before, on the scale on which the prior is normal.
    bits
        Information gained on this number alone.
    verdict
        In words.
    combination
        Of which product or ratio it is part, if that is what is known.
    reason
        Why not more is known, or what was seen, in words.
    """

    parameter: str
    label: str
    kind: str
    unit: str
    source: str
    prior: Interval
    ensemble: Interval
    spread: float
    bits: float
    verdict: Verdict
    combination: str | None
    reason: str


@dataclass(frozen=True)
class CombinationVerdict:
    """A product or ratio of which more is known than of what it is made of.

    ``verdict`` says that only it is determined, or on which side it is bounded. ``powers`` are those of what
    *is* seen. ``prior`` and ``ensemble`` are 5th, 50th and 95th percentile of the combination; ``exact``
    says that no error-free read-out could tell its members apart.
    """

    text: str
    parameters: tuple[str, ...]
    powers: tuple[float, ...]
    exact: bool
    prior: Interval
    ensemble: Interval
    spread: float
    bits: float
    verdict: Verdict


@dataclass(frozen=True)
class Identified:
    """Everything that is known of a mechanism's numbers.

    Parameters
    ----------
    mechanism, seed, particles, contrasts
        Of the ensemble.
    effective
        Of how many independent draws it is worth (`count_effective`).
    structure
        What error-free read-outs could tell.
    parameters
        A verdict each, the best known first.
    combinations
        Products and ratios that are determined where their members are not, or that alone could be seen.
    """

    mechanism: str
    seed: int
    particles: int
    contrasts: int
    effective: float
    structure: Structure
    parameters: tuple[ParameterVerdict, ...]
    combinations: tuple[CombinationVerdict, ...]


def identify_parameters(
    bound: Bound, ensemble: Ensemble, *, progress: Callable[[int], None] | None = None
) -> Identified:
    """Say of every number of a mechanism how well it is determined.

    Parameters
    ----------
    bound
        The record and its model.
    ensemble
        Of `fit_mechanism`.
    progress
        Called with the number of trajectories solved since the last call.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    known = set(ensemble.contrasts)
    rows = [row for row in list_scored(bound) if row.contrast in known]
    particles = _draw_idle(bound, ensemble, rows)
    axes = list_axes(bound, particles.axes)
    chosen = np.linspace(0, particles.count - 1, min(POINTS, particles.count)).astype(np.int64)
    structure = measure_structure(bound, particles.select(chosen), axes, rows, progress=progress)
    seen = [name for name in structure.parameters if name not in structure.unseen]
    places = [particles.axes[name] for name in seen or structure.parameters]
    effective = count_effective(np.stack(places, axis=1), ensemble.ancestors)
    parameters, found = judge_axes(particles, axes, structure, effective)
    return Identified(
        ensemble.mechanism, ensemble.seed, particles.count, len(rows), effective, structure, parameters, found
    )


def _draw_idle(bound: Bound, ensemble: Ensemble, rows: Sequence[ContrastRow]) -> Particles:
    """Return an ensemble's particles with the axes that a fit leaves out: no contrast depends on them."""
    dry = Particles(ensemble.seed, 2)
    measure_margins(bound, dry, rows)
    particles = Particles(ensemble.seed, ensemble.particles.count, dict(ensemble.particles.axes))
    for name in dry.axes:
        particles.take(name, particles.count)
    return particles


def judge_axes(
    particles: Particles, axes: Sequence[Axis], structure: Structure, effective: float
) -> tuple[tuple[ParameterVerdict, ...], tuple[CombinationVerdict, ...]]:
    """Judge every axis of an ensemble, and the products and ratios of those not determined alone."""
    marginals = {axis.name: judge_marginal(particles.axes[axis.name], effective) for axis in axes}
    single = [_describe(axis, particles, marginals[axis.name], structure) for axis in axes]
    open_ = [axis for axis in axes if axis.is_log and marginals[axis.name].verdict != Verdict.DETERMINED]
    found = _judge_structural(particles, open_, structure, effective)
    taken = {name for item in found for name in item.parameters}
    left = [axis for axis in open_ if axis.name not in taken]
    found += _judge_pairs(particles, left, marginals, effective)
    told = tuple(_add_combination(item, found) for item in single)
    return tuple(sorted(told, key=lambda item: (_ORDER[item.verdict], -item.bits, item.parameter))), tuple(
        found
    )


_ORDER = {verdict: place for place, verdict in enumerate(Verdict)}


def _describe(axis: Axis, particles: Particles, marginal: Marginal, structure: Structure) -> ParameterVerdict:
    places = np.array([0.05, 0.5, 0.95])
    return ParameterVerdict(
        parameter=axis.name,
        label=axis.label,
        kind=axis.kind,
        unit=axis.prior.unit,
        source=axis.prior.source,
        prior=_interval(axis.place(places)),
        ensemble=_interval(axis.place(np.quantile(particles.axes[axis.name], places))),
        spread=marginal.spread,
        bits=marginal.bits,
        verdict=marginal.verdict,
        combination=None,
        reason=_find_reason(axis, marginal, structure),
    )


def _interval(values: Array) -> Interval:
    low, middle, high = sorted(float(value) for value in values)
    return low, middle, high


def _find_reason(axis: Axis, marginal: Marginal, structure: Structure) -> str:
    if axis.name in structure.unseen:
        return "no read-out of the record depends on it"
    if axis.name in structure.parameters and marginal.verdict == Verdict.UNINFORMED:
        seen = structure.sensitivity[structure.parameters.index(axis.name)]
        if seen <= _HARDLY:
            return "its whole range changes no read-out by a tenth of what counts"
        if marginal.bits >= LEAST_BITS:
            return "the ensemble is worth too few draws to tell this from chance"
        sizes = [len(item.parameters) for item in structure.combinations if axis.name in item.parameters]
        if sizes and max(sizes) == 2:
            return "only its product or ratio with others could be seen, and that is not informed either"
        if sizes:
            return "it can be scaled together with others without any read-out changing"
        return "read-outs depend on it; what papers report of them does not settle it"
    return ""


def _add_combination(item: ParameterVerdict, found: Sequence[CombinationVerdict]) -> ParameterVerdict:
    """Return a verdict that names the combination a number is part of, if it is not determined alone."""
    for each in found:
        if item.parameter not in each.parameters or item.verdict == Verdict.DETERMINED:
            continue
        if each.verdict in TOGETHER:
            return replace(item, verdict=each.verdict, combination=each.text, reason="")
        reason = f"only {each.text} could be seen ({each.verdict.value})" if item.reason else ""
        return replace(item, combination=each.text, reason=reason)
    return item


def _judge_structural(
    particles: Particles, axes: Sequence[Axis], structure: Structure, effective: float
) -> list[CombinationVerdict]:
    """Judge the products and ratios that error-free read-outs would see in place of their members."""
    known = {axis.name: axis for axis in axes}
    found = []
    for group in gather_groups(structure.combinations):
        if all(name in known for name in group.parameters):
            members = [known[name] for name in group.parameters]
            verdict = _judge_combination(particles, members, group.powers, effective)
            if verdict.verdict != Verdict.UNINFORMED:
                found.append(replace(verdict, exact=True))
    return found


def gather_groups(found: Sequence[Combination]) -> tuple[Combination, ...]:
    """Gather pairs that share a member into what is seen of them all.

    Of ``a`` with ``b`` to the power 1 (they change nothing together) what is seen is ``a / b``; with ``c``
    to the power -1 too, it is ``a * c / b``. Larger sets leave more than one number to be seen and are left
    out.

    Examples
    --------
    >>> gather_groups([Combination(("a", "b"), (1.0, 1.0)), Combination(("a", "c"), (1.0, -1.0))])
    (Combination(parameters=('a', 'b', 'c'), powers=(1.0, -1.0, 1.0)),)
    """
    groups: dict[str, dict[str, float]] = {}
    for item in found:
        if len(item.parameters) == 2:
            first, second = item.parameters
            group = groups.setdefault(first, {first: 1.0})
            group[second] = -item.powers[0] / item.powers[1]
    blocked = {name for item in found if len(item.parameters) > 2 for name in item.parameters}
    return tuple(
        Combination(tuple(group), tuple(group.values()))
        for group in groups.values()
        if not blocked & set(group)
    )


def _judge_pairs(
    particles: Particles, axes: Sequence[Axis], marginals: dict[str, Marginal], effective: float
) -> list[CombinationVerdict]:
    """Judge pairs whose places are tied together in the ensemble, the tightest first, each number once."""
    if len(axes) < 2:
        return []
    normal = to_normal(np.stack([particles.axes[axis.name] for axis in axes], axis=1))
    tied = np.atleast_2d(np.nan_to_num(np.corrcoef(normal, rowvar=False)))
    noise = 4.0 / np.sqrt(effective)  # beyond what chance ties among some thousand pairs
    pairs = [
        (abs(tied[i, j]), i, j)
        for i, j in combinations(range(len(axes)), 2)
        if abs(tied[i, j]) >= max(_TIED, noise)
    ]
    found: list[CombinationVerdict] = []
    taken: set[str] = set()
    for _, i, j in sorted(pairs, reverse=True):
        names = {axes[i].name, axes[j].name}
        if taken & names:
            continue
        powers = _fit_powers(axes[i], axes[j], normal[:, [i, j]])
        verdict = _judge_combination(particles, (axes[i], axes[j]), powers, effective)
        alone = min(marginals[name].spread for name in names)
        if verdict.verdict in TOGETHER and verdict.spread <= alone / np.sqrt(2):
            found.append(verdict)
            taken |= names
    return found


def _fit_powers(first: Axis, second: Axis, normal: Array) -> tuple[float, float]:
    """Return the powers of the direction in which two numbers vary least; 1 where it is a plain one."""
    spreads = np.array([float(axis.find_slope(np.array(0.5))) for axis in (first, second)])
    _, vectors = np.linalg.eigh(np.cov(normal, rowvar=False))
    power = vectors[:, 0] / spreads
    ratio = float(power[1] / power[0])
    if 1 / _PLAIN <= abs(ratio) <= _PLAIN:
        return 1.0, float(np.sign(ratio))
    return 1.0, round(ratio, 1) or float(np.sign(ratio)) * 0.1


def _judge_combination(
    particles: Particles, axes: Sequence[Axis], powers: Sequence[float], effective: float
) -> CombinationVerdict:
    """Judge a product of powers against its own prior, as one number is judged."""
    after = _combine([axis.place(particles.axes[axis.name]) for axis in axes], powers)
    drawn = Particles(particles.seed, _PRIOR_DRAWS)
    before = np.sort(_combine([axis.place(drawn.take(axis.name, _PRIOR_DRAWS)) for axis in axes], powers))
    places = (np.searchsorted(before, after) + 0.5) / (_PRIOR_DRAWS + 1)
    marginal = judge_marginal(places, effective)
    levels = [0.05, 0.5, 0.95]
    return CombinationVerdict(
        text=describe_combination([axis.label for axis in axes], powers),
        parameters=tuple(axis.name for axis in axes),
        powers=tuple(float(power) for power in powers),
        exact=False,
        prior=_interval(np.exp(np.quantile(before, levels))),
        ensemble=_interval(np.exp(np.quantile(after, levels))),
        spread=marginal.spread,
        bits=marginal.bits,
        verdict=_name_kind(powers) if marginal.verdict == Verdict.DETERMINED else marginal.verdict,
    )


def _name_kind(powers: Sequence[float]) -> Verdict:
    if all(power > 0 for power in powers):
        return Verdict.PRODUCT
    return Verdict.RATIO if len(powers) == 2 else Verdict.COMBINATION


def _combine(values: Sequence[Array], powers: Sequence[float]) -> Array:
    """Return the logarithm of a product of powers, shape (draw,)."""
    return np.asarray(sum(power * np.log(value) for value, power in zip(values, powers, strict=True)))


def describe_combination(labels: Sequence[str], powers: Sequence[float]) -> str:
    """Say which product or ratio is meant.

    Examples
    --------
    >>> describe_combination(["k", "K", "n"], [1.0, -1.0, 0.5])
    'k × n^0.5 / K'
    """

    def write(label: str, power: float) -> str:
        return label if abs(power) == 1 else f"{label}^{abs(power):g}"

    pairs = list(zip(labels, powers, strict=True))
    above = " × ".join(write(label, power) for label, power in pairs if power > 0)
    below = [write(label, power) for label, power in pairs if power < 0]
    return " / ".join([above or "1", *below])
