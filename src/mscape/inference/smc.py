"""Adaptive sequential Monte Carlo: from the prior to the posterior by tempering, all particles at a time.

The likelihood is raised to a power that grows from 0 to 1, each time by as much as leaves half of the
effective sample; particles are resampled and moved by steps that leave the prior alone (preconditioned
Crank-Nicolson), so that only the likelihood decides. The evidence comes with it.

Source: Del Moral, Doucet, Jasra 2006, doi 10.1111/j.1467-9868.2006.00553.x; Cotter et al. 2013, doi
10.1214/13-STS421.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.engine.random import draw_uniform
from mscape.inference.particle import Particles

Array = NDArray[np.float64]
LogLikelihood = Callable[[Particles], Array]

_LEAST_SAMPLE = 0.5  # effective share of the particles that a rise in power leaves
_WANTED = 0.3  # share of moves to accept
_STEPS = (0.03, 0.95)  # least and largest step of a move, as the share of the place that is new


@dataclass(frozen=True)
class Stage:
    """One rise of the power: where it led, and how the moves after it went."""

    power: float
    effective: float
    accepted: float
    step: float


@dataclass(frozen=True)
class Sampled:
    """A posterior as equally weighted particles.

    Parameters
    ----------
    particles
        Points in the cube.
    log_likelihood
        Of each, shape (point,).
    log_evidence
        Logarithm of the marginal likelihood.
    stages
        How the sampler went.
    """

    particles: Particles
    log_likelihood: Array
    log_evidence: float
    stages: tuple[Stage, ...]


def sample_posterior(
    log_likelihood: LogLikelihood,
    *,
    count: int,
    seed: int,
    moves: int = 3,
    progress: Callable[[float], None] | None = None,
) -> Sampled:
    """Sample a posterior.

    Parameters
    ----------
    log_likelihood
        Of particles, shape (point,), finite; it asks the particles for the axes it needs.
    count
        Number of particles.
    seed
        Of everything that is drawn.
    moves
        Moves of every particle after each rise.
    progress
        Called with the power reached, 0 to 1.

    Examples
    --------
    >>> found = sample_posterior(lambda p: -50 * (p.take("x", p.count) - 0.7) ** 2, count=500, seed=1)
    >>> bool(abs(found.particles.axes["x"].mean() - 0.68) < 0.03)
    True
    """
    particles = Particles(seed, count)
    current = log_likelihood(particles)
    power, evidence, step = 0.0, 0.0, 0.5
    stages: list[Stage] = []
    while power < 1:
        raised = _raise_power(current, power)
        weights = np.exp((raised - power) * (current - current.max()))
        evidence += float(np.log(weights.mean()) + (raised - power) * current.max())
        effective = float(weights.sum() ** 2 / (weights**2).sum() / count)
        rows = _resample(weights / weights.sum(), draw_uniform(seed, f"resample:{len(stages)}", 0, 1)[0])
        particles, current, power = particles.select(rows), current[rows], raised
        shares = []
        for move in range(moves):
            stream = f"{len(stages)}:{move}"
            particles, current, share = _move(log_likelihood, particles, current, (power, step, stream))
            shares.append(share)
            step = float(np.clip(step * np.exp(share - _WANTED), *_STEPS))
        stages.append(Stage(power, effective, float(np.mean(shares)), step))
        if progress:
            progress(power)
    return Sampled(particles, current, evidence, tuple(stages))


def _raise_power(log_likelihood: Array, power: float) -> float:
    """Return the next power: as high as leaves the least effective sample, at most 1."""

    def effective(raised: float) -> float:
        weights = np.exp((raised - power) * (log_likelihood - log_likelihood.max()))
        return float(weights.sum() ** 2 / (weights**2).sum() / len(weights))

    if effective(1.0) >= _LEAST_SAMPLE:
        return 1.0
    low, high = power, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(middle) >= _LEAST_SAMPLE else (low, middle)
    return max(low, power + 1e-6)


def _resample(weights: Array, offset: float) -> NDArray[np.int64]:
    """Return rows drawn systematically by weight."""
    places = (np.arange(len(weights)) + offset) / len(weights)
    return np.minimum(np.searchsorted(np.cumsum(weights), places), len(weights) - 1).astype(np.int64)


def _move(
    log_likelihood: LogLikelihood, particles: Particles, current: Array, how: tuple[float, float, str]
) -> tuple[Particles, Array, float]:
    """Move every particle once; return them, their likelihood and the share that moved."""
    from scipy.special import ndtri

    power, step, stream = how
    here = particles.to_normal()
    noise = np.stack(
        [
            ndtri(draw_uniform(particles.seed, f"move:{stream}:{name}", 0, particles.count))
            for name in particles.axes
        ],
        axis=1,
    )
    there = np.sqrt(1 - step**2) * here + step * noise
    proposed = particles.from_normal(there)
    likelihood = log_likelihood(proposed)
    chance = draw_uniform(particles.seed, f"accept:{stream}", 0, particles.count)
    accepted = np.log(chance) < power * (likelihood - current)
    kept = particles.from_normal(np.where(accepted[:, None], there, here))
    return kept, np.where(accepted, likelihood, current), float(accepted.mean())
