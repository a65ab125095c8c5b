"""Fit a mechanism: the ensemble of parameters that its sourced ranges and its reported contrasts allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.row import ContrastRow
from mscape.experiments.bind import Bound
from mscape.experiments.prior import PriorWidth
from mscape.experiments.spread import find_spread
from mscape.inference.likelihood import list_scored, measure_margins
from mscape.inference.particle import NewExperiment, Particles, foresee
from mscape.inference.smc import Stage, State, sample_posterior
from mscape.inference.target import make_target

Array = NDArray[np.float64]

CYCLES = 2  # most moves of everything after each rise of the likelihood's power


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
    log_evidence_error
        Standard deviation of the log evidence over seeds, from the particles' genealogy.
    ancestors
        From which of the first particles each descends, shape (particle,).
    width
        How wide what is assumed was taken.
    """

    mechanism: str
    seed: int
    particles: Particles
    contrasts: tuple[str, ...]
    margins: Array
    log_evidence: float
    stages: tuple[Stage, ...]
    log_evidence_error: float
    ancestors: NDArray[np.int64]
    width: PriorWidth = PriorWidth.STATED

    @property
    def unique_ancestors(self) -> int:
        """How many of the first particles have descendants."""
        return len(np.unique(self.ancestors))

    @property
    def effective_sample(self) -> float:
        """How many families of equal size would be as diverse: the least that the ensemble is worth.

        Moves make relatives differ, so that it is worth more.
        """
        shares = np.bincount(self.ancestors) / len(self.ancestors)
        return float(1 / (shares**2).sum())

    @property
    def met(self) -> Array:
        """Share of particles that reproduce each contrast, shape (contrast,)."""
        return np.asarray((self.margins >= 0).mean(axis=0))

    def draw_source(self, bound: Bound, count: int | None = None) -> NewExperiment:
        """Return the particles as the source of draws of a bench: all, or so many, evenly spread.

        What a new experiment brings (its donor of MSC, laboratory, what it leaves open) is drawn for it; the
        ensemble stays as it is.

        Parameters
        ----------
        bound
            The model it was fitted to.
        count
            How many particles.

        Examples
        --------
        ``Bench(bound, ensemble.draw_source(bound, 100), 100)`` measures any arm over a hundred particles.
        """
        total = self.particles.count
        number = total if count is None else min(count, total)
        rows = np.arange(number) * total // number
        return foresee(self.particles.select(rows), find_spread(bound))


def fit_mechanism(
    bound: Bound,
    *,
    seed: int,
    particles: int = 2000,
    contrasts: Sequence[ContrastRow] | None = None,
    moves: int = CYCLES,
    progress: Callable[[float], None] | None = None,
    solved: Callable[[int], None] | None = None,
    start: State | None = None,
    keep: Callable[[State], None] | None = None,
) -> Ensemble:
    """Condition a mechanism's priors on what its papers report.

    Parameters
    ----------
    bound
        The record and its model; `rescale_priors` gives one with wider or narrower priors.
    seed
        Of everything that is drawn.
    particles
        How many parameter sets.
    contrasts
        Those to condition on; None for all in scope.
    moves
        Cycles of moves after each rise of the likelihood's power, at most.
    progress
        Called with the power reached, 0 to 1.
    solved
        Called with the number of trajectories solved since the last call.
    start
        Where an earlier run of the same fit was left; None to begin.
    keep
        Called with the state after each stage: what to start from if this run is stopped.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    rows = list_scored(bound) if contrasts is None else tuple(contrasts)

    def note(state: State) -> None:
        if keep:
            keep(state)
        if progress:
            progress(state.power)

    target = make_target(bound, rows, progress=solved)
    found = sample_posterior(target, count=particles, seed=seed, moves=moves, start=start, keep=note)
    return Ensemble(
        mechanism=bound.id,
        seed=seed,
        particles=found.particles,
        contrasts=tuple(row.contrast for row in rows),
        margins=measure_margins(bound, found.particles, rows, progress=solved),
        log_evidence=found.log_evidence,
        stages=found.stages,
        log_evidence_error=found.log_evidence_error,
        ancestors=found.ancestors,
        width=bound.width,
    )
