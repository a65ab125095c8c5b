"""Do weights say what a new fit says? Every group left out both ways, and every new fit made twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mscape.experiments.bind import Bound
from mscape.inference.fit import fit_mechanism
from mscape.inference.leave_out import LeftOut, Trust, predict_left_out

SCHEMES = ("experiment", "paper")


@dataclass(frozen=True)
class Compared:
    """Chance of one report: by weights and by two new fits of other seeds; whether weights were trusted."""

    mechanism: str
    scheme: str
    contrast: str
    weighted: float
    fitted: tuple[float, float]
    trusted: bool


def compare_ways(bound: Bound, *, particles: int, seed: int) -> Iterator[Compared]:
    """Leave out every group of a mechanism by weights, and by two new fits."""
    whole = fit_mechanism(bound, seed=seed, particles=particles)
    weighted = predict_left_out(bound, whole, schemes=SCHEMES, trust=Trust(np.inf, 0.0))
    sizes = Counter((row.scheme, row.group) for row in weighted)
    again = [
        predict_left_out(bound, replace(whole, seed=seed + k), schemes=SCHEMES, trust=Trust(-np.inf))
        for k in (1, 2)
    ]
    for one, first, second in zip(weighted, *again, strict=True):
        size = {"contrasts": sizes[one.scheme, one.group], "particles": particles}
        trusted = Trust().holds(one.shape, one.effective, **size)
        chances = (_chance(first), _chance(second))
        yield Compared(bound.id, one.scheme, one.contrast, _chance(one), chances, trusted)


def _chance(row: LeftOut) -> float:
    return row.ensemble.chances[row.reported]


def make_table(compared: Sequence[Compared]) -> str:
    """Return how far apart the two ways are, beside how far apart two new fits are."""
    lines = [
        "| weights | contrasts | weights and a fit | two fits | weights less fits |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, wanted in (("trusted", True), ("not trusted, so fitted again", False)):
        part = [one for one in compared if one.trusted == wanted]
        if part:
            apart = [one.weighted - sum(one.fitted) / 2 for one in part]
            ways = np.median([abs(one.weighted - chance) for one in part for chance in one.fitted])
            fits = np.median([abs(one.fitted[0] - one.fitted[1]) for one in part])
            lines.append(f"| {name} | {len(part)} | {ways:.3f} | {fits:.3f} | {np.mean(apart):+.3f} |")
    return "\n".join(lines)
