"""What MSC give under a drug, what each route carries of it, and what a perturbation takes from it.

*Protection* is the difference in viability under the drug, with MSC less without them, both wells alike in
all else. Each viability is relative to the untreated well of the same culture, and the dose is the same in
all of them. A perturbation *takes* of it what viability with MSC falls, less what it falls without them: what
kills tumour cells by itself takes nothing from the MSC. Neither does what saves them, though it leaves the
MSC less to give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mscape.atlas.record import Perturbation
from mscape.engine.batch import Array
from mscape.experiments.arm import Arm
from mscape.experiments.bench import Bench
from mscape.experiments.graph import LOWERS
from mscape.experiments.interval import find_interval
from mscape.experiments.niche import Niche, Route
from mscape.experiments.outcome import PARTIAL, THRESHOLDS
from mscape.experiments.protection import read_both
from mscape.experiments.unite import NONE, ONLY, WITHOUT

Interval = tuple[float, float, float]
LEAST = THRESHOLDS["viability"].least  # a protection of this much can be shared out
ROLES = ("carries it", "shares it", "replaceable", "silent")
_FEW = 10  # draws with a protection to share out, below which no share is told


@dataclass(frozen=True)
class RouteShare:
    """What a route carries, as shares of the protection: 5th, 50th and 95th percentile over the draws.

    Parameters
    ----------
    mechanism
        Whose route.
    lost
        Share of the protection that goes when it is cut; None where there are too few draws to say.
    alone
        Share that it gives by itself, beyond what MSC give without any route; None likewise.
    roles
        Share of the draws in which it ``carries it`` (cut, most goes), ``shares it`` (some goes), is
        ``replaceable`` (little goes, though alone it gives some) or ``silent`` (neither); empty likewise.
    """

    mechanism: str
    lost: Interval | None
    alone: Interval | None
    roles: Mapping[str, float]


@dataclass(frozen=True)
class Removal:
    """A perturbation, and what it takes.

    Parameters
    ----------
    perturbation, label, kind
        Its id, and what it is.
    routes
        Mechanisms whose records have it.
    share
        Share of the protection that it takes: 5th, 50th and 95th percentile; None where there are too few
        draws to say.
    works
        Share of the draws in which it takes a fifth or more; None likewise.
    kills
        Viability that it takes from tumour cells under the drug without MSC, likewise, and not in ``share``;
        below 0 where it saves them.
    """

    perturbation: str
    label: str
    kind: str
    routes: tuple[str, ...]
    share: Interval | None
    works: float | None
    kills: Interval | None


@dataclass(frozen=True)
class Rescue:
    """The protection in a niche and who carries it.

    Parameters
    ----------
    drug_alone, with_msc
        Viability under the drug: 5th, 50th and 95th percentile over the draws.
    protection
        Their difference, likewise.
    protects
        Share of the draws with an answer in which it counts as an effect (`LEAST`).
    counted
        Number of those draws: shares are over them.
    solved
        Share of the draws that have an answer; the others' dose cannot be had, or a solve failed.
    residual
        Share of the protection that is left when every route is cut.
    routes
        What each route carries.
    removals
        What takes most first.
    """

    drug_alone: Interval | None
    with_msc: Interval | None
    protection: Interval | None
    protects: float
    counted: int
    solved: float
    residual: Interval | None
    routes: tuple[RouteShare, ...]
    removals: tuple[Removal, ...]


def measure_removed(bench: Bench, arm: Arm, *perturbation: str) -> Array:
    """Measure the share of the protection that perturbations take together.

    Parameters
    ----------
    bench
        The model and its draws.
    arm
        With MSC and drug, unperturbed.
    perturbation
        Ids of perturbations of the bench's record.

    Returns
    -------
    Array
        1 where they take all, 0 where they take nothing, below 0 where they add; NaN where the protection is
        below `LEAST` or a solve failed. One per draw.
    """
    with_msc, alone = read_both(bench, arm)
    blocked, blocked_alone = read_both(bench, replace(arm, perturbation=(*arm.perturbation, *perturbation)))
    fall, kills = with_msc - blocked, alone - blocked_alone
    return (fall - np.maximum(kills, 0.0)) / _keep_counted(with_msc - alone)


def list_blockers(niche: Niche) -> tuple[Perturbation, ...]:
    """Return what an experimenter could do in a niche to take protection away: what lowers something of a
    route. What changes only the tumour cell, the MSC or what MSC give besides is no blocker.
    """
    known = {name for names in niche.names.values() for name in names.values()}
    return tuple(
        item
        for item in niche.bound.record.mechanism.perturbations
        if item.kind in LOWERS and known & set(item.parameters)
    )


def measure_rescue(bench: Bench, niche: Niche, arm: Arm, *, blockers: Sequence[str] | None = None) -> Rescue:
    """Measure the protection in a niche, what each route carries, and what blockers take.

    Parameters
    ----------
    bench
        Of ``niche.bound``, with its draws.
    niche, arm
        The niche, and its arm with MSC and drug (``niche.choose_arm``).
    blockers
        Ids of perturbations to measure; None for all of `list_blockers`.
    """
    with_msc, drug_alone = read_both(bench, arm)
    whole = with_msc - drug_alone
    counted, solved = np.isfinite(_keep_counted(whole)), np.isfinite(whole)
    residual = 1.0 - measure_removed(bench, arm, NONE)
    wanted = [item for item in list_blockers(niche) if blockers is None or item.id in blockers]
    removals = [_measure_removal(bench, niche, arm, item) for item in wanted]
    return Rescue(
        drug_alone=find_interval(drug_alone),
        with_msc=find_interval(with_msc),
        protection=find_interval(whole),
        protects=float(counted.sum() / max(solved.sum(), 1)),
        counted=int(counted.sum()),
        solved=float(solved.mean()),
        residual=find_interval(residual, few=_FEW),
        routes=tuple(_measure_route(bench, arm, route, residual) for route in niche.routes),
        removals=tuple(sorted(removals, key=_order)),
    )


def _order(item: Removal) -> tuple[float, float, str]:
    if item.works is None or item.share is None:
        return np.inf, 0.0, item.perturbation
    return -item.works, -item.share[1], item.perturbation


def _measure_route(bench: Bench, arm: Arm, route: Route, residual: Array) -> RouteShare:
    lost = measure_removed(bench, arm, f"{WITHOUT}{route.short}")
    only = f"{ONLY}{route.short}"
    has_others = any(item.id == only for item in bench.bound.record.mechanism.perturbations)
    left = 1.0 - measure_removed(bench, arm, only) if has_others else np.ones_like(residual)
    alone = left - residual
    return RouteShare(
        route.mechanism,
        find_interval(lost, few=_FEW),
        find_interval(alone, few=_FEW),
        _count_roles(lost, alone),
    )


def _count_roles(lost: Array, alone: Array) -> dict[str, float]:
    known = np.isfinite(lost) & np.isfinite(alone)
    if known.sum() < _FEW:
        return {}
    little, most = PARTIAL
    lost, alone = lost[known], alone[known]
    cases = [lost >= most, lost >= little, alone >= little]
    role = np.select(cases, [0, 1, 2], default=3)
    return {name: float((role == place).mean()) for place, name in enumerate(ROLES)}


def _measure_removal(bench: Bench, niche: Niche, arm: Arm, item: Perturbation) -> Removal:
    blocked = replace(arm, perturbation=(*arm.perturbation, item.id))
    kills = read_both(bench, arm)[1] - read_both(bench, blocked)[1]
    share = measure_removed(bench, arm, item.id)
    finite = share[np.isfinite(share)]
    works = float((finite >= PARTIAL[0]).mean()) if finite.size >= _FEW else None
    return Removal(
        item.id,
        item.label,
        item.kind,
        find_routes(niche, item),
        find_interval(share, few=_FEW),
        works,
        find_interval(kills),
    )


def find_routes(niche: Niche, item: Perturbation) -> tuple[str, ...]:
    """Return the mechanisms on whose route a perturbation acts directly."""
    acts = set(item.parameters)
    return tuple(key for key, names in niche.names.items() if acts & set(names.values()))


def _keep_counted(protection: Array) -> Array:
    """Return the protection where it is large enough to be shared out, else NaN."""
    return np.where(np.nan_to_num(protection, nan=-1.0) >= LEAST, protection, np.nan)
