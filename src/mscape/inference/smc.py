"""Adaptive sequential Monte Carlo: from the prior to the posterior by tempering, all particles at a time.

The prior is drawn sixteen times over, so that the first rise finds enough to choose from. The likelihood is
raised to a power that grows from 0 to 1, each time by as much as leaves half of the effective sample;
particles are resampled and moved (`mscape.inference.move`) until they have forgotten where they were. The
evidence comes with it, and its error from the particles' genealogy: where all descend from few of the first,
chance has had its say.

A stage needs nothing but the state before it, so that a run that was stopped goes on where it was and ends
bit for bit where it would have ended.

Source: Del Moral, Doucet, Jasra 2006, doi 10.1111/j.1467-9868.2006.00553.x; error of the evidence: Lee and
Whiteley 2018, doi 10.1093/biomet/asy028; moving until little is left of the beginning: Buchholz, Chopin,
Jacob 2021, doi 10.1214/20-BA1244.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mscape.engine.random import draw_uniform
from mscape.inference.move import Group, Layer, propose
from mscape.inference.particle import EDGE, Particles

Array = NDArray[np.float64]

_LEAST_SAMPLE = 0.5  # effective share of the particles that a rise in power leaves
_LEAST_AT_LAST = 0.4  # the last rise may leave less: a stage for a small rest would cost more than it mends
_FIRST = 16  # times as many particles of the prior: most agree with nothing, and one look at each is cheap
_WANTED = 0.3  # share of moves to accept
_STEPS = (0.03, 1.0)  # least and largest step of a move, as the share of the place that is new
_FIRST_STEP = 0.8
_KEPT = 0.3  # correlation with where the particles were, at which they have moved enough


@dataclass(frozen=True)
class Target:
    """What particles are to be distributed by: the prior times a likelihood of several terms.

    Parameters
    ----------
    measure
        Log likelihood of points, shape (point, term), finite. Its second argument, shape (point,), is the sum
        of terms below which a point is not wanted: its terms may be -inf then. It asks the points for the
        axes it needs.
    layers
        Which axes move together; none for all at once.
    """

    measure: Callable[[Particles, Array], Array]
    layers: tuple[Layer, ...] = ()


@dataclass(frozen=True)
class Stage:
    """One rise of the power: where it led, and how the moves after it went.

    ``effective`` is the sample it left, as a share of the particles; ``accepted`` and ``step`` are means
    over the moves; ``kept`` is the correlation of the terms with those before the moves.
    """

    power: float
    effective: float
    accepted: float
    step: float
    moves: int = 0
    kept: float = 0.0


@dataclass(frozen=True)
class State:
    """A population on its way: equally weighted particles of the likelihood to a power.

    Parameters
    ----------
    particles
        Points in the cube.
    terms
        Their log likelihood, shape (point, term).
    ancestors
        From which of the first particles each descends, shape (point,).
    count
        Number of particles wanted; at first there are more.
    power, log_evidence
        The power reached, and the logarithm of the marginal likelihood to that power.
    steps
        Size of the next move of each group, layer after layer.
    stages
        How the sampler went.
    """

    particles: Particles
    terms: Array
    ancestors: NDArray[np.int64]
    count: int
    power: float = 0.0
    log_evidence: float = 0.0
    steps: tuple[float, ...] = ()
    stages: tuple[Stage, ...] = ()

    @property
    def log_likelihood(self) -> Array:
        """Of each particle, shape (point,)."""
        return np.asarray(self.terms.sum(axis=1))

    @property
    def log_evidence_error(self) -> float:
        """Standard deviation of the log evidence over seeds, estimated from the genealogy.

        Exact for multinomial resampling as particles become many; ours is systematic and errs by less.
        """
        if self.count < 2:
            return float("nan")
        shares = np.bincount(self.ancestors) / len(self.ancestors)
        first, later = self.count * _FIRST, self.count
        resampled = first / (first - 1) * (later / (later - 1)) ** len(self.stages)
        return float(np.sqrt(max(1 - resampled * (1 - float((shares**2).sum())), 0.0)))

    @property
    def unique_ancestors(self) -> int:
        """How many of the first particles have descendants."""
        return len(np.unique(self.ancestors))


def sample_posterior(
    target: Target,
    *,
    count: int,
    seed: int,
    moves: int = 8,
    start: State | None = None,
    keep: Callable[[State], None] | None = None,
) -> State:
    """Sample a posterior.

    Parameters
    ----------
    target
        Prior and likelihood.
    count
        Number of particles.
    seed
        Of everything that is drawn.
    moves
        Of every particle after each rise, at most.
    start
        Where to go on; None for the prior.
    keep
        Called with the state after each stage.

    Examples
    --------
    >>> def log_likelihood(p, least):
    ...     return -50 * (p.take("x", p.count)[:, None] - 0.7) ** 2
    >>> found = sample_posterior(Target(log_likelihood), count=500, seed=1)
    >>> bool(abs(found.particles.axes["x"].mean() - 0.70) < 0.02)
    True
    """
    state = start or begin(target, count=count, seed=seed)
    while state.power < 1:
        state = advance(target, state, moves=moves)
        if keep:
            keep(state)
    return state


def begin(target: Target, *, count: int, seed: int) -> State:
    """Return the prior's particles."""
    first = count * _FIRST
    particles = Particles(seed, first)
    for layer in target.layers:
        for group in layer.groups:
            for name in group.axes:
                particles.take(name, first)
    terms = np.asarray(target.measure(particles, np.full(first, -np.inf)))
    return State(particles, terms, np.arange(first), count)


def advance(target: Target, state: State, *, moves: int) -> State:
    """Raise the power once, resample, and move until the particles have forgotten where they were."""
    layers = target.layers or _join_all(state)
    starts = np.cumsum([0, *(len(layer.groups) for layer in layers)]).tolist()
    sizes = state.steps or (_FIRST_STEP,) * starts[-1]
    number = len(state.stages)
    state, effective = _resample_state(state)
    before, moved, kept = state.terms, 0, 1.0
    accepted: list[float] = []
    while layers and moved < moves and kept > _KEPT:
        for index, layer in enumerate(layers):
            slots = slice(starts[index], starts[index] + len(layer.groups))
            how = _How(state.power, sizes[slots], f"{number}:{moved}:{index}")
            state, shares = _move(target, state, layer, how)
            sizes = (*sizes[: slots.start], *_adapt(sizes[slots], shares), *sizes[slots.stop :])
            accepted.append(float(np.mean(shares)))
        moved += 1
        kept = _correlate(before, state.terms)
    share, step = (float(np.mean(values)) if len(values) else 0.0 for values in (accepted, sizes))
    stage = Stage(state.power, effective, share, step, moved, kept)
    return replace(state, steps=sizes, stages=(*state.stages, stage))


def _join_all(state: State) -> tuple[Layer, ...]:
    """Return one layer of all axes; none where there is no axis to move."""
    axes = tuple(sorted(state.particles.axes))
    return (Layer((Group(axes, tuple(range(state.terms.shape[1]))),)),) if axes else ()


def _resample_state(state: State) -> tuple[State, float]:
    """Raise the power and draw particles by what that makes of their weights; with the sample left."""
    current = state.log_likelihood
    power = _raise_power(current, state.power, state.count)
    weights = np.exp((power - state.power) * (current - current.max()))
    gained = float(np.log(weights.mean()) + (power - state.power) * current.max())
    effective = float(weights.sum() ** 2 / (weights**2).sum() / state.count)
    offset = float(draw_uniform(state.particles.seed, f"resample:{len(state.stages)}", 0, 1)[0])
    rows = _resample(weights / weights.sum(), state.count, offset)
    new = replace(
        state,
        particles=state.particles.select(rows),
        terms=state.terms[rows],
        ancestors=state.ancestors[rows],
        power=power,
        log_evidence=state.log_evidence + gained,
    )
    return new, effective


def _raise_power(log_likelihood: Array, power: float, count: int) -> float:
    """Return the next power: as high as leaves the least effective sample, at most 1."""

    def effective(raised: float) -> float:
        weights = np.exp((raised - power) * (log_likelihood - log_likelihood.max()))
        return float(weights.sum() ** 2 / (weights**2).sum() / count)

    if effective(1.0) >= _LEAST_AT_LAST:
        return 1.0
    low, high = power, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(middle) >= _LEAST_SAMPLE else (low, middle)
    return max(low, power + 1e-6)


def _resample(weights: Array, count: int, offset: float) -> NDArray[np.int64]:
    """Return so many rows drawn systematically by weight."""
    places = (np.arange(count) + offset) / count
    return np.minimum(np.searchsorted(np.cumsum(weights), places), len(weights) - 1).astype(np.int64)


@dataclass(frozen=True)
class _How:
    """How a layer is moved: the power, the step of each group, the name of what is drawn."""

    power: float
    steps: tuple[float, ...]
    stream: str


def _move(target: Target, state: State, layer: Layer, how: _How) -> tuple[State, list[float]]:
    """Move the groups of a layer once; return the state, and the share of particles that moved by group."""
    from scipy.special import ndtr

    particles, count = state.particles, state.particles.count
    proposals, chances = [], []
    moved: dict[str, Array] = {}
    for number, (group, step) in enumerate(zip(layer.groups, how.steps, strict=True)):
        proposal = propose(_place(particles, group), _draw_noise(particles, group, how.stream), step)
        moved |= {name: np.asarray(ndtr(proposal.places[:, i])) for i, name in enumerate(group.axes)}
        chance = np.log(draw_uniform(particles.seed, f"accept:{how.stream}:{number}", 0, count))
        proposals.append(proposal)
        chances.append(chance)
    least = np.full(count, -np.inf)
    if len(layer.groups) == 1 and len(layer.groups[0].terms) == state.terms.shape[1]:
        least = state.log_likelihood + (chances[0] - proposals[0].gain) / how.power
    there = replace(particles, axes=particles.axes | moved)
    found = np.asarray(target.measure(there, least))
    axes, terms, shares = dict(particles.axes), state.terms.copy(), []
    for group, proposal, chance in zip(layer.groups, proposals, chances, strict=True):
        rows = list(group.terms)
        better = found[:, rows].sum(axis=1) - terms[:, rows].sum(axis=1)
        accepted = chance < how.power * better + proposal.gain
        axes |= {name: np.where(accepted, moved[name], axes[name]) for name in group.axes}
        terms[:, rows] = np.where(accepted[:, None], found[:, rows], terms[:, rows])
        shares.append(float(accepted.mean()))
    return replace(state, particles=replace(particles, axes=axes), terms=terms), shares


def _place(particles: Particles, group: Group) -> Array:
    """Return where the points of a group are, standard normal under the prior, shape (point, axis)."""
    from scipy.special import ndtri

    stacked = np.stack([particles.axes[name] for name in group.axes], axis=1)
    return np.asarray(ndtri(np.clip(stacked, EDGE, 1 - EDGE)))


def _draw_noise(particles: Particles, group: Group, stream: str) -> Array:
    from scipy.special import ndtri

    drawn = [draw_uniform(particles.seed, f"move:{stream}:{name}", 0, particles.count) for name in group.axes]
    return np.asarray(ndtri(np.stack(drawn, axis=1)))


def _adapt(sizes: tuple[float, ...], shares: list[float]) -> list[float]:
    """Return steps that come nearer to the share of moves wanted."""
    return [
        float(np.clip(size * np.exp(share - _WANTED), *_STEPS))
        for size, share in zip(sizes, shares, strict=True)
    ]


def _correlate(before: Array, now: Array) -> float:
    """Return how far the terms of particles still go with those they had: 1 for all, 0 for not at all."""
    old, new = before - before.mean(axis=0), now - now.mean(axis=0)
    spread = float(np.sqrt((old**2).sum(axis=0) * (new**2).sum(axis=0)).sum())
    return float((old * new).sum() / spread) if spread > 0 else 0.0
