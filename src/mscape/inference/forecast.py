"""What particles say a paper reports: a probability for each thing it could have reported.

A contrast of a direction has three answers: *up*, *no change*, *down*. Each has the likelihood it would have
in a fit (`mscape.inference.likelihood`, the thresholds of the score made smooth), and the three are scaled to
a sum of 1. A particle whose plate says nothing, or whose solve failed, so says a third each. An order, a part
or a value has two answers: as reported, or otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.row import ContrastRow
from mscape.experiments.bind import Bound
from mscape.inference.likelihood import CountedPoints, measure_log_likelihood, measure_margins

Array = NDArray[np.float64]

DIRECTIONS = ("up", "no change", "down")
OTHERS = ("as reported", "otherwise")


@dataclass(frozen=True)
class Forecast:
    """What is said of one contrast before its paper is heard.

    Parameters
    ----------
    chances
        Probability of each answer, of sum 1.
    reproduced
        Share of the particles that reproduce the report by the thresholds of the score.
    """

    chances: dict[str, float]
    reproduced: float

    @property
    def predicted(self) -> str:
        """The likeliest answer; of equally likely ones the first."""
        return max(self.chances, key=lambda name: self.chances[name])

    def score(self, reported: str) -> float:
        """Return the log score in bits: log2 of the probability of what was reported, 0 at best."""
        return float(np.log2(self.chances[reported]))


@dataclass(frozen=True)
class Said:
    """What each particle says of each contrast.

    Parameters
    ----------
    contrasts
        The contrasts.
    chances
        For each contrast the probability of each answer, shape (particle, answer).
    log_likelihood
        Natural logarithm of the likelihood of each report, as a fit hears it, shape (particle, contrast).
    reproduced
        Whether the particle reproduces it, shape (particle, contrast).
    """

    contrasts: tuple[ContrastRow, ...]
    chances: tuple[Array, ...]
    log_likelihood: Array
    reproduced: NDArray[np.bool_]

    def average(self, index: int, weights: Array) -> Forecast:
        """Average one contrast over particles of given weights, of sum 1."""
        row = self.contrasts[index]
        means = weights @ self.chances[index]
        named = {name: float(mean) for name, mean in zip(list_answers(row), means, strict=True)}
        return Forecast(named, min(float(weights @ self.reproduced[:, index]), 1.0))  # 1 but for rounding


def list_answers(row: ContrastRow) -> tuple[str, ...]:
    """Return what a paper could have reported of a contrast's arms."""
    return DIRECTIONS if row.kind in DIRECTIONS else OTHERS


def name_answer(row: ContrastRow) -> str:
    """Return what it did report."""
    return row.kind if row.kind in DIRECTIONS else OTHERS[0]


def ask_particles(
    bound: Bound,
    points: CountedPoints,
    contrasts: Sequence[ContrastRow],
    *,
    progress: Callable[[int], None] | None = None,
) -> Said:
    """Ask particles about contrasts; each arm is simulated once.

    Parameters
    ----------
    bound, points, contrasts
        The mechanism, the particles, and what is asked.
    progress
        Called with the number of trajectories solved since the last call.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    rows = tuple(contrasts)
    wide = [turned for row in rows for turned in turn_contrast(row)]
    margins = measure_margins(bound, points, wide, progress=progress)
    likelihood = np.exp(measure_log_likelihood(margins))
    chances, own, at = [], [], 0
    for row in rows:
        answers = list_answers(row)
        if answers == DIRECTIONS:
            part = likelihood[:, at : at + len(answers)]
            chances.append(part / part.sum(axis=1, keepdims=True))
            own.append(at + answers.index(name_answer(row)))
            at += len(answers)
        else:
            chances.append(np.stack([likelihood[:, at], 1 - likelihood[:, at]], axis=1))
            own.append(at)
            at += 1
    reproduced = np.nan_to_num(margins[:, own], nan=-1.0) >= 0
    return Said(rows, tuple(chances), np.log(likelihood[:, own]), reproduced)


def turn_contrast(row: ContrastRow) -> tuple[ContrastRow, ...]:
    """Return a contrast as if each of its directions had been reported; itself where it has none."""
    if row.kind not in DIRECTIONS:
        return (row,)
    return tuple(row.model_copy(update={"kind": kind}) for kind in DIRECTIONS)
