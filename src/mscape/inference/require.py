"""What would have to be true: the conditions under which a record's claim holds in its model, as
inequalities.

The claim is the record's protection in its main experiment: MSC raise viability under the drug by a
threshold, and shutting the pathway's ports takes as much back. Parameter sets are drawn from the prior, not
from the ensemble: the question is what would have to be true, not what is left once it is believed. Sets
whose plate could not show it (saturated, unsolved) are left out. Each rule is then held against the ranges
it was drawn from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.experiments.bench import Bench
from mscape.experiments.bind import Bound
from mscape.experiments.gate import DEMANDING, PLAUSIBLE
from mscape.experiments.interval import find_interval
from mscape.experiments.prior import Prior
from mscape.experiments.protection import (
    WANTED,
    MainExperiment,
    add_block,
    find_main,
    measure_protection,
)
from mscape.inference.quantity import (
    Quantity,
    list_numbers,
    list_observables,
    list_open_conditions,
    list_quantities,
    measure_quantities,
)
from mscape.inference.rule import LEAST_CASES, Flags, Inequality, Rule, Share, estimate_share, learn_rule

Array = NDArray[np.float64]
Interval = tuple[float, float, float]

TELLING = 0.65  # balanced accuracy below which a rule says too little to be told; a half is chance
FEW = 4 * LEAST_CASES  # sets with the claim below which four times as many are drawn, once
VERDICTS = ("plausible", "demanding", "beyond known numbers")


@dataclass(frozen=True)
class Required:
    """One inequality, and how it stands to what is known.

    Parameters
    ----------
    id, text, unit
        What is compared.
    at_least, threshold
        Whether it must be at least the threshold, or below it; in ``unit``.
    prior
        5th, 50th and 95th percentile over the prior sets.
    met
        Share of the prior sets that meet it: where the threshold lies in the range.
    sourced, assumed
        Parameters it is computed from that have a source, and those that are assumed.
    note
        What a gate asks, if it is one.
    """

    id: str
    text: str
    unit: str
    at_least: bool
    threshold: float
    prior: Interval
    met: float
    sourced: tuple[str, ...]
    assumed: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Requirement:
    """One or two inequalities under which the claim holds.

    ``told_in`` is ``quantities`` (read at the end of the main experiment) or ``numbers`` (parameters and
    what the paper leaves open). ``verdict`` is by the share of prior sets that meet it: half or more
    ``plausible``, a twentieth or more ``demanding``, else ``beyond known numbers``.
    """

    told_in: str
    inequalities: tuple[Required, ...]
    rule: Rule
    verdict: str


@dataclass(frozen=True)
class Requirements:
    """What would have to be true for a record's claim to hold.

    Parameters
    ----------
    mechanism, contrast, drug, line, culture
        Whose claim, and in which experiment; no contrast where the record's usual culture stands in.
    seed, sets, readable
        Of the prior sets, how many were drawn, and in how many of them the plate can show a difference.
    holds
        Share of the readable sets in which the claim holds.
    protects
        Share in which MSC protect by a threshold, through whatever route.
    protection
        5th, 50th and 95th percentile of the protection, difference in viability.
    through_pathway
        Likewise of its part that the pathway carries.
    requirements
        None where too few sets hold or fail, or nothing told them apart.
    """

    mechanism: str
    contrast: str | None
    drug: str | None
    line: str | None
    culture: str
    seed: int
    sets: int
    readable: int
    holds: Share
    protects: Share
    protection: Interval | None
    through_pathway: Interval | None
    requirements: tuple[Requirement, ...]


def find_requirements(
    bound: Bound,
    *,
    seed: int,
    draws: int = 8000,
    main: MainExperiment | None = None,
    progress: Callable[[int], None] | None = None,
) -> Requirements:
    """Find under which conditions a record's claim holds in its model.

    Parameters
    ----------
    bound
        The record and its model.
    seed, draws
        Of the prior sets; four times as many where the claim holds in few.
    main
        Another experiment than the record's own (`find_main`), such as a niche's.
    progress
        Called with the number of trajectories solved since the last call.

    Raises
    ------
    ModelError
        The model lacks something the experiment asks for.
    """
    main = main or find_main(bound)
    found = _draw(bound, main, (seed, draws), progress)
    if found.holds.sum() < FEW:
        draws *= 4
        found = _draw(bound, main, (seed, draws), progress)
    holds = found.holds
    told = [_require(name, listed, found) for name, listed in found.listed.items()]
    arm = main.arm
    return Requirements(
        bound.id,
        main.contrast,
        arm.drug,
        arm.tumour,
        arm.protocol.culture,
        seed,
        draws,
        len(holds),
        estimate_share(holds),
        estimate_share(found.total >= WANTED),
        find_interval(found.total),
        find_interval(found.through_pathway),
        tuple(item for item in told if item is not None),
    )


@dataclass(frozen=True)
class _Drawn:
    """The readable sets: whether the claim holds in each, its protections, and what it may depend on."""

    holds: Flags
    total: Array
    through_pathway: Array
    listed: dict[str, tuple[Quantity, ...]]
    features: dict[str, Array]
    priors: dict[str, Prior]


def _draw(
    bound: Bound, main: MainExperiment, stream: tuple[int, int], progress: Callable[[int], None] | None
) -> _Drawn:
    seed, draws = stream
    quantities = list_quantities(bound)
    known = add_block(bound, list_observables(bound, quantities))
    bench = Bench(known, seed, draws, progress=progress)
    protection = measure_protection(bench, main)
    variant = bench.variant(main.arm)
    values = bench.values(variant, draws)
    numbers = list_numbers(variant.priors, values) + list_open_conditions(main.arm, main.vehicle)
    features = measure_quantities(bench, main.arm, main.vehicle, (*quantities, *numbers))
    usable = protection.is_readable & np.isfinite(protection.total) & np.isfinite(protection.through_pathway)
    return _Drawn(
        protection.judge_claim()[usable],
        protection.total[usable],
        protection.through_pathway[usable],
        {"quantities": quantities, "numbers": numbers},
        {name: column[usable] for name, column in features.items()},
        variant.priors,
    )


def _require(told_in: str, listed: Sequence[Quantity], drawn: _Drawn) -> Requirement | None:
    by_id = {item.id: item for item in listed if _is_usable(drawn.features[item.id])}
    rule = learn_rule({name: drawn.features[name] for name in by_id}, drawn.holds)
    if rule is None or rule.accuracy < TELLING:
        return None
    told = tuple(_describe(by_id[item.feature], item, drawn) for item in rule.inequalities)
    return Requirement(told_in, told, rule, judge_support(rule.support.value))


def _is_usable(values: Array) -> bool:
    return bool(len(values) and np.isfinite(values).all() and np.ptp(values) > 0)


def judge_support(share: float) -> str:
    """Return the verdict on a share of prior sets: the limits are those of the gates.

    Examples
    --------
    >>> judge_support(0.6), judge_support(0.2), judge_support(0.01)
    ('plausible', 'demanding', 'beyond known numbers')
    """
    if share >= PLAUSIBLE:
        return VERDICTS[0]
    return VERDICTS[1] if share >= DEMANDING else VERDICTS[2]


def _describe(item: Quantity, inequality: Inequality, drawn: _Drawn) -> Required:
    ranged = [name for name in item.parameters if drawn.priors[name].low is not None]
    return Required(
        item.id,
        item.text,
        item.unit,
        inequality.at_least,
        inequality.threshold,
        find_interval(drawn.features[item.id]) or (0.0, 0.0, 0.0),
        float(inequality.holds(drawn.features).mean()),
        tuple(name for name in ranged if not drawn.priors[name].assumed),
        tuple(name for name in ranged if drawn.priors[name].assumed),
        item.note,
    )
