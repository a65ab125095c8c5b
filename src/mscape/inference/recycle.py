"""Predict papers from all the others with the points that a fit went through, at no further fit.

On its way from prior to ensemble the sampler passes populations of the likelihood to the powers 0 to 1. All
of them together, each point weighted by the density it should have over that of the mixture it is from,
stand for the ensemble without a paper far better than the last population alone: what a paper rules out is
still there in the earlier ones. Where even so few points carry the answer, the number of effective points
says it; `mscape.inference.leave_out` fits anew in that case.

Source: mixture of all populations, Shirts and Chodera 2008, doi 10.1063/1.2978177; points of a sampler's way
used again, Nguyen, Septier, Peters, Delignon 2015, doi 10.48550/arXiv.1504.05753.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from mscape.engine.random import draw_uniform
from mscape.experiments.bind import Bound
from mscape.experiments.score import describe_contrast, group_arms
from mscape.inference.fit import Ensemble
from mscape.inference.forecast import Said, ask_particles, name_answer
from mscape.inference.leave_out import LeftOut, group_contrasts, list_baseline_answers, list_heard
from mscape.inference.pareto import Weights, smooth_weights
from mscape.inference.particle import Particles
from mscape.inference.smc import State

Array = NDArray[np.float64]

SCHEME = "paper"


def predict_papers(
    bound: Bound,
    ensemble: Ensemble,
    path: Sequence[State],
    *,
    progress: Callable[[int], None] | None = None,
) -> tuple[LeftOut, ...]:
    """Predict each contrast of an ensemble without its paper.

    Parameters
    ----------
    bound, ensemble
        The mechanism, and its ensemble given all its contrasts.
    path
        The states that the fit went through, as `mscape.inference.fit.fit_mechanism` gives them to ``keep``.
    progress
        Called with the number of trajectories solved since the last call.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    rows = list_heard(bound, ensemble)
    if not rows:
        return ()
    pool = pool_points(path)
    said = ask_particles(bound, pool, rows, progress=progress)
    mixture = measure_mixture(said.log_likelihood.sum(axis=1), path)
    count = path[0].particles.count
    prior = np.where(np.arange(pool.count) < count, 1 / count, 0.0)
    arms = group_arms(bound)
    found = {}
    for paper, members in group_contrasts(bound, rows, SCHEME).items():
        left = {row.contrast for row in members}
        weights = weigh_without(said, mixture, left)
        for place, row in enumerate(rows):
            if row.contrast not in left:
                continue
            found[row.contrast] = LeftOut(
                mechanism=bound.id,
                contrast=row.contrast,
                paper=row.paper,
                said=describe_contrast(row),
                scheme=SCHEME,
                group=paper,
                reported=name_answer(row),
                ensemble=said.average(place, weights.weights),
                prior=said.average(place, prior),
                baselines=list_baseline_answers(bound, row, arms),
                shape=weights.shape,
                effective=weights.effective,
                refitted=False,
            )
    return tuple(found[row.contrast] for row in rows)


def pool_points(path: Sequence[State]) -> Particles:
    """Return the points of the prior and of every state, in that order."""
    first = path[0].particles
    names = sorted(first.axes)
    axes = {
        name: np.concatenate(
            [draw_uniform(first.seed, name, 0, first.count), *(state.particles.axes[name] for state in path)]
        )
        for name in names
    }
    return Particles(first.seed, first.count * (len(path) + 1), axes)


def measure_mixture(log_likelihood: Array, path: Sequence[State]) -> Array:
    """Return the logarithm of the mixture's density over the prior's at each point, shape (point,).

    Parameters
    ----------
    log_likelihood
        Of all contrasts, one for each point of `pool_points`.
    path
        The states: their powers and evidences.
    """
    powers = np.array([0.0, *(state.power for state in path)])
    evidences = np.array([0.0, *(state.log_evidence for state in path)])
    parts = powers * log_likelihood[:, None] - evidences
    top = parts.max(axis=1)
    return np.asarray(top + np.log(np.exp(parts - top[:, None]).mean(axis=1)))


def weigh_without(said: Said, mixture: Array, left: set[str]) -> Weights:
    """Weight the points as if some contrasts had never been heard."""
    rest = [place for place, row in enumerate(said.contrasts) if row.contrast not in left]
    return smooth_weights(said.log_likelihood[:, rest].sum(axis=1) - mixture)
