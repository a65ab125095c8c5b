"""Fit a mechanism: the ensemble of parameters that its sourced ranges and its reported contrasts allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.row import ContrastRow
from mscape.experiments.bind import Bound
from mscape.inference.likelihood import list_scored, measure_log_likelihood, measure_margins
from mscape.inference.particle import Particles
from mscape.inference.smc import Sampled, Stage, sample_posterior

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ensemble:
    """Equally weighted parameter sets of one mechanism.

    Parameters
    ----------
    mechanism, seed
        Whose, and the seed of everything drawn.
    particles
        Points in the cube of what is assumed or unreported.
    contrasts
        Names of the contrasts it was conditioned on.
    margins
        By how many thresholds each particle reproduces each of them, shape (particle, contrast).
    log_evidence
        Logarithm of the marginal likelihood of those contrasts.
    stages
        How the sampler went.
    """

    mechanism: str
    seed: int
    particles: Particles
    contrasts: tuple[str, ...]
    margins: Array
    log_evidence: float
    stages: tuple[Stage, ...]


def fit_mechanism(
    bound: Bound,
    *,
    seed: int,
    particles: int = 2000,
    contrasts: Sequence[ContrastRow] | None = None,
    moves: int = 3,
    progress: Callable[[float], None] | None = None,
) -> Ensemble:
    """Condition a mechanism's priors on what its papers report.

    Parameters
    ----------
    bound
        The record and its model.
    seed
        Of everything that is drawn.
    particles
        How many parameter sets.
    contrasts
        Those to condition on; None for all in scope.
    moves
        Of each particle after each rise of the likelihood's power.
    progress
        Called with the power reached, 0 to 1.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    rows = list_scored(bound) if contrasts is None else tuple(contrasts)

    def log_likelihood(points: Particles) -> Array:
        return np.asarray(measure_log_likelihood(measure_margins(bound, points, rows)).sum(axis=1))

    found: Sampled = sample_posterior(
        log_likelihood, count=particles, seed=seed, moves=moves, progress=progress
    )
    margins = measure_margins(bound, found.particles, rows)
    names = tuple(row.contrast for row in rows)
    return Ensemble(bound.id, seed, found.particles, names, margins, found.log_evidence, found.stages)
