"""What was promised of the engine, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.engine.ratio import Ratio
from benchmarks.engine.result import Result, average_over, find_fastest, find_ratio

MEASURE = "libRoadRunner"
AVX2 = "mscape, AVX2"


@dataclass(frozen=True)
class Gate:
    """A promise: what it is about, the measured value (None: not measured), and what it has to be.

    ``above`` lists higher aims that come after the one that has to be met.
    """

    name: str
    value: float | None
    least: float | None = None
    most: float | None = None
    above: tuple[tuple[str, float], ...] = ()

    @property
    def verdict(self) -> str:
        """Met, missed or not measured; with the highest aim reached."""
        if self.value is None or not np.isfinite(self.value):
            return "not measured"
        if (self.least is not None and self.value < self.least) or (
            self.most is not None and self.value > self.most
        ):
            return "missed"
        reached = [name for name, aim in self.above if self.value >= aim]
        return f"met, {reached[-1]} too" if reached else "met"


def list_gates(result: Result) -> list[Gate]:
    """Return every promise with what a run found."""
    first = result["ours"][0]
    return [
        *_list_ratios(result, first, "", ((60.0, 35.0), (40.0, 25.0))),
        *_list_ratios(result, AVX2, "AVX2, ", ((20.0, 12.0), None)),
        *_list_others(result),
    ]


_Pair = tuple[float, float]


def _list_ratios(result: Result, ours: str, label: str, wanted: tuple[_Pair, _Pair | None]) -> Iterator[Gate]:
    aims = ({"goal": 80.0, "stretch": 110.0}, {"goal": 45.0, "stretch": 60.0}) if not label else ({}, {})
    several = any(name not in (MEASURE, *result["ours"]) for name in _list_measured(result))
    for index, (name, peer) in enumerate(((MEASURE, MEASURE), ("fastest peer", None))):
        if peer is None and not several:
            continue
        mean = average_over(result, result["gated"], peer, ours=ours)
        value = mean.middle if mean else None
        above = tuple(aims[index].items())
        yield Gate(f"{label}geometric mean, times {name}", value, least=wanted[0][index], above=above)
        if wanted[1]:
            least = _find_least(result, peer, ours)
            yield Gate(f"{label}least of the models, times {name}", least, least=wanted[1][index])


def _list_measured(result: Result) -> set[str]:
    models = [model.get("engines", {}) for model in result["models"].values()]
    return {name for engines in models for name, engine in engines.items() if "points" in engine}


def _find_least(result: Result, peer: str | None, ours: str) -> float | None:
    found: list[Ratio] = []
    for id in result["gated"]:
        model = result["models"].get(id, {})
        if "engines" in model:
            nearest = find_fastest(model, ours=ours)
            ratio = find_ratio(model, peer, ours=ours) if peer else (nearest[1] if nearest else None)
            found += [ratio] if ratio else []
    return min((ratio.middle for ratio in found), default=None)


def _list_others(result: Result) -> Iterator[Gate]:
    cores = _middles([found for id, found in result.get("two_cores", {}).items() if id in result["gated"]])
    if cores:
        yield Gate("two cores, times one, geometric mean", float(np.exp(np.mean(np.log(cores)))), least=1.9)
    first = _middles([found.get("mscape, cold", {}) for found in result.get("first", {}).values()])
    if first:
        yield Gate("first result, s, most of the models", max(first), most=0.3)
    wide = [found for found in result.get("wide", {}).values() if "silent" in found]
    if wide:
        yield Gate("draws within ×10 not finite and not named", sum(f["silent"] for f in wide), most=0)


def _middles(items: Sequence[Result]) -> list[float]:
    return [item["middle"] for item in items if "middle" in item]
