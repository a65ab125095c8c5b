"""Totals over scored contrasts. The three classes are never added up; what was left out comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mscape.experiments.graph import BASELINES
from mscape.experiments.outcome import Outcome
from mscape.experiments.score import Scored, is_reproduced

Interval = tuple[float, float, float]
KIND_CLASSES = ("protects", "no change", "sensitises", "ordered or partial")
_RESAMPLES = 1000
_SEED = 20210520


@dataclass(frozen=True)
class Counts:
    """What became of a set of contrasts.

    Parameters
    ----------
    contrasts, measurable, in_scope
        How many there are; how many of them were seen in vitro on quantities that the models have; how many
        the models speak of.
    out_of_scope
        Reason to number.
    reproduced
        In scope and reproduced at nominal parameters.
    blind
        The same with the claim granted and no contrast heard.
    held_out
        Of those predicted by a fit without their paper: how many are right, and how many there are.
    classes
        ``built in``, ``informative``, ``against``, ``unsolved`` to number.
    bits
        Of the informative ones: how surprising it is that they hold, under the assumed ranges.
    baselines
        Baseline to number of contrasts it reproduces.
    beyond_graph
        Reproduced at nominal parameters where the signed graph is not; and the reverse.
    """

    contrasts: int
    measurable: int
    in_scope: int
    out_of_scope: dict[str, int]
    reproduced: int
    blind: int
    held_out: tuple[int, int]
    classes: dict[str, int]
    bits: float
    baselines: dict[str, int]
    beyond_graph: tuple[int, int]


@dataclass(frozen=True)
class Totals:
    """Counts over everything, by who said it and by mechanism; balanced accuracies with intervals.

    ``by_kind`` gives how many of how many statements in scope are reproduced, by kind: what the accuracy of
    the models is the mean of.
    """

    overall: Counts
    by_group: dict[str, Counts]
    by_mechanism: dict[str, Counts]
    balanced_accuracy: dict[str, Interval]
    by_kind: dict[str, tuple[int, int]]


def total_scores(scored: Iterable[Scored]) -> Totals:
    """Total scored contrasts."""
    rows = tuple(scored)
    groups = ("row paper", "same group", "other papers")
    return Totals(
        overall=count_scores(rows),
        by_group={group: count_scores(row for row in rows if row.group == group) for group in groups},
        by_mechanism={
            key: count_scores(r for r in rows if r.mechanism == key)
            for key in sorted({row.mechanism for row in rows})
        },
        balanced_accuracy=measure_accuracy(rows),
        by_kind=_count_kinds(rows),
    )


def _count_kinds(rows: tuple[Scored, ...]) -> dict[str, tuple[int, int]]:
    hits = {
        kind: [_is_reproduced(row) for row in rows if row.in_scope and name_kind(row) == kind]
        for kind in KIND_CLASSES
    }
    return {kind: (sum(found), len(found)) for kind, found in hits.items() if found}


def count_scores(scored: Iterable[Scored]) -> Counts:
    """Count a set of scored contrasts."""
    rows = tuple(scored)
    inside = [row for row in rows if row.in_scope]
    graph = [(_is_reproduced(row), row.baselines.get("signed graph", False)) for row in inside]
    return Counts(
        contrasts=len(rows),
        measurable=sum(row.measurable for row in rows),
        in_scope=len(inside),
        out_of_scope=dict(sorted(Counter(row.reason or "" for row in rows if not row.in_scope).items())),
        reproduced=sum(_is_reproduced(row) for row in inside),
        blind=sum(is_reproduced(row.blind_share) for row in inside),
        held_out=(
            sum(is_reproduced(row.held_out_share) for row in inside),
            sum(row.held_out_share is not None for row in inside),
        ),
        classes={
            name: sum((row.class_ or "unsolved") == name for row in inside)
            for name in ("informative", "against", "built in", "unsolved")
        },
        bits=float(sum(row.bits for row in inside)),
        baselines={name: sum(row.baselines.get(name, False) for row in inside) for name in BASELINES},
        beyond_graph=(
            sum(model and not signs for model, signs in graph),
            sum(signs and not model for model, signs in graph),
        ),
    )


def _is_reproduced(row: Scored) -> bool:
    return row.outcome == Outcome.REPRODUCED.value


def name_kind(row: Scored) -> str:
    """Return the kind of statement: protection, no change, sensitisation, or an order or a part."""
    if row.kind in ("ordered", "partial"):
        return "ordered or partial"
    if row.kind == "no change":
        return "no change"
    rises = row.kind == "up"
    harmful = row.readout == "apoptosis"
    return "protects" if rises != harmful else "sensitises"


def measure_accuracy(rows: tuple[Scored, ...]) -> dict[str, Interval]:
    """Measure balanced accuracy, of model and baselines: the mean over kinds of the share reproduced.

    Returns
    -------
    dict
        ``model``, ``papers left out`` if computed, ``claim granted`` and each baseline to value, 5th and 95th
        percentile of a bootstrap that resamples whole papers. Empty without contrasts.
    """
    inside = [row for row in rows if row.in_scope]
    if not inside:
        return {}
    kinds = np.array([KIND_CLASSES.index(name_kind(row)) for row in inside])
    papers = np.unique([row.paper for row in inside], return_inverse=True)[1]
    hits = {"model": np.array([_is_reproduced(row) for row in inside])}
    if any(row.held_out_share is not None for row in inside):
        hits["papers left out"] = np.array([is_reproduced(row.held_out_share) for row in inside])
    hits["claim granted"] = np.array([is_reproduced(row.blind_share) for row in inside])
    hits |= {name: np.array([row.baselines.get(name, False) for row in inside]) for name in BASELINES}
    random = np.random.Generator(np.random.Philox(key=_SEED))
    weights = np.array(
        [
            np.bincount(random.integers(0, papers.max() + 1, papers.max() + 1), minlength=papers.max() + 1)
            for _ in range(_RESAMPLES)
        ]
    )
    return {name: _interval(hit, kinds, weights[:, papers]) for name, hit in hits.items()}


def _interval(hit: np.ndarray, kinds: np.ndarray, weights: np.ndarray) -> Interval:
    value = _balanced(hit, kinds, np.ones_like(hit, dtype=float))
    spread = [v for v in (_balanced(hit, kinds, weight) for weight in weights) if np.isfinite(v)]
    low, high = np.percentile(spread, [5, 95]) if spread else (value, value)
    return float(value), float(low), float(high)


def _balanced(hit: np.ndarray, kinds: np.ndarray, weight: np.ndarray) -> float:
    present = [k for k in np.unique(kinds) if weight[kinds == k].sum() > 0]
    shares = [(hit[kinds == k] * weight[kinds == k]).sum() / weight[kinds == k].sum() for k in present]
    return float(np.mean(shares)) if shares else float("nan")
