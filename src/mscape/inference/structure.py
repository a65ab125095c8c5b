"""Structural identifiability: what a record's own read-outs could tell if they were read without any error.

Every read-out of the arms that contrasts speak of is differentiated by the logarithm of every parameter, at
several points of the ensemble, all perturbations in one batch. What changes no read-out at any point is
*unseen*. Directions in log parameters that change none at any point are products and ratios: the singular
value decomposition of the stacked derivatives proposes them, its null space in reduced form names them, and
a finite move along each confirms it or it is not told. The rank at a point is how many numbers the read-outs
could give.

Source: rank of the sensitivity matrix, Miao et al. 2011, doi 10.1137/090757009, section 3; null space to
groups of parameters, Gutenkunst et al. 2007, doi 10.1371/journal.pcbi.0030189.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.row import ContrastRow
from mscape.engine.batch import Tolerance
from mscape.experiments.bench import Bench
from mscape.experiments.bind import Bound
from mscape.experiments.contrast import find_threshold, judge_contrast
from mscape.experiments.score import group_arms
from mscape.inference.axis import Axis
from mscape.inference.null_space import Combination, find_combinations
from mscape.inference.particle import OwnConditions, Particles

Array = NDArray[np.float64]

STEP = 0.01  # of a logarithm; of a standard deviation where a number may be 0
_MOVE = 0.3  # of a logarithm: the finite move that confirms a combination
_TOLERANCE = Tolerance(1e-7, 1e-10)  # a derivative by differences needs more digits than a score
_INSIDE = 0.02  # a point is kept this far from the ends of its axes: beyond, priors are cut off
_ENDS = (0.003, 0.997)
_ZERO = 1e-5  # thresholds: ten times what differences of solves at that tolerance leave of nothing
_SAME = 1e-3  # of what the members do alone
_TINY = 1e-12
Evaluate = Callable[[Particles], Array]


@dataclass(frozen=True)
class Structure:
    """What noise-free read-outs could tell of a record's parameters.

    Parameters
    ----------
    parameters
        Names of the axes looked at.
    readings, points
        Number of read-outs, and of points of the ensemble.
    rank
        Largest number of combinations that the read-outs tell apart at one point: the rank of the sensitivity
        matrix.
    unseen
        Axes that no read-out depends on at any point.
    combinations
        Sets of parameters that change nothing if moved together, confirmed by a finite move.
    sensitivity
        Largest change of any read-out per standard deviation of each prior, in thresholds, shape
        (parameter,).
    """

    parameters: tuple[str, ...]
    readings: int
    points: int
    rank: int
    unseen: tuple[str, ...]
    combinations: tuple[Combination, ...]
    sensitivity: tuple[float, ...]


def measure_structure(
    bound: Bound,
    points: Particles,
    axes: Sequence[Axis],
    contrasts: Sequence[ContrastRow],
    *,
    progress: Callable[[int], None] | None = None,
) -> Structure:
    """Measure what the read-outs of some contrasts could tell.

    Parameters
    ----------
    bound
        The record and its model.
    points
        Where: a few particles of an ensemble, five or so; more make an accident less likely.
    axes
        Of the numbers asked about.
    contrasts
        Whose arms are read.
    progress
        Called with the number of trajectories solved since the last call.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """

    def evaluate(moved: Particles) -> Array:
        return read_arms(bound, moved, contrasts, progress=progress)

    evaluate(points)  # so that every axis is drawn before any is moved
    return analyse_readings(evaluate, points, axes)


def analyse_readings(evaluate: Evaluate, points: Particles, axes: Sequence[Axis]) -> Structure:
    """Analyse any read-outs of particles, shape (reading, particle), that depend on some axes."""
    inside = _keep_inside(points, axes)
    by_step, in_sd = differentiate(evaluate, inside, axes)
    seen = in_sd > _ZERO
    logs = [i for i, axis in enumerate(axes) if axis.is_log and seen[i]]
    stacked = by_step.reshape(-1, len(axes))
    proposed = find_combinations(stacked[:, logs], tuple(axes[i].name for i in logs))
    kept = tuple(item for item in proposed if _is_confirmed(evaluate, inside, axes, item))
    scaled = by_step * _slopes(inside, axes)[None, :, :]
    rank = max((_count_rank(scaled[:, point, :]) for point in range(inside.count)), default=0)
    return Structure(
        parameters=tuple(axis.name for axis in axes),
        readings=len(by_step),
        points=inside.count,
        rank=rank,
        unseen=tuple(axis.name for axis, yes in zip(axes, seen, strict=True) if not yes),
        combinations=kept,
        sensitivity=tuple(float(value) for value in in_sd),
    )


def read_arms(
    bound: Bound,
    points: Particles,
    contrasts: Sequence[ContrastRow],
    *,
    progress: Callable[[int], None] | None = None,
) -> Array:
    """Read every arm of some contrasts in thresholds, shape (reading, particle); NaN where a solve failed.

    Shares and points are read as they are; what is only ever compared (molecules, counts, IC50) as the
    logarithm of its ratio to the contrast's last arm. All papers share donors and laboratories here: what is
    asked is what the model's numbers do, not what differs between papers.
    """
    shared = Bench(bound, points, points.count, tolerance=_TOLERANCE, progress=progress)
    arms = group_arms(bound)
    benches: dict[str, Bench] = {}
    found: dict[tuple[str, ...], Array] = {}
    for row in contrasts:
        if row.observation not in benches:
            own = OwnConditions(points, row.observation)
            benches[row.observation] = replace(shared, seed=own, _arms={}, _doses={}, _values={})
        judged = judge_contrast(benches[row.observation], row, arms[row.observation])
        threshold = find_threshold(shared, row.readout.partition(";")[0])
        *others, (last, reference) = judged.readings
        key = (row.observation, row.readout)
        for name, reading in others:
            value = reading / threshold.least
            if threshold.scale == "ratio":
                value = np.log((reading + _TINY) / (reference + _TINY)) / np.log(threshold.least)
            found[(*key, name, last if threshold.scale == "ratio" else "")] = value
        if threshold.scale != "ratio":
            found[(*key, last, "")] = reference / threshold.least
    return np.array(list(found.values())).reshape(len(found), points.count)


def differentiate(evaluate: Evaluate, points: Particles, axes: Sequence[Axis]) -> tuple[Array, Array]:
    """Differentiate read-outs by every axis: central differences, all in one batch.

    Returns
    -------
    tuple
        Thresholds per unit of the logarithm (of the standard deviation where a number may be 0), shape
        (reading, point, axis); and the largest change per standard deviation of each prior, shape (axis,).
    """
    slopes = _slopes(points, axes)
    blocks = [_move(points, (axis,), (sign * STEP,)) for axis in axes for sign in (1, -1)]
    values = evaluate(join_particles(blocks))
    shaped = values.reshape(len(values), len(axes), 2, points.count)
    # a read-out that fails anywhere around a point says nothing of that point
    shaped = np.where(np.isfinite(shaped).all(axis=(1, 2), keepdims=True), shaped, 0.0)
    by_step = np.moveaxis(shaped[:, :, 0, :] - shaped[:, :, 1, :], 1, 2) / (2 * STEP)
    if not len(values):
        return by_step, np.zeros(len(axes))
    return by_step, np.asarray(np.abs(by_step * slopes[None, :, :]).max(axis=(0, 1)))


def join_particles(parts: Sequence[Particles]) -> Particles:
    """Return particles one after another; all must have the same axes."""
    axes = {name: np.concatenate([part.axes[name] for part in parts]) for name in parts[0].axes}
    return Particles(parts[0].seed, sum(part.count for part in parts), axes)


def _keep_inside(points: Particles, axes: Sequence[Axis]) -> Particles:
    """Return points away from where priors are cut off: there nothing can be moved both ways."""
    moved = {axis.name: np.clip(points.axes[axis.name], _INSIDE, 1 - _INSIDE) for axis in axes}
    return Particles(points.seed, points.count, points.axes | moved)


def _slopes(points: Particles, axes: Sequence[Axis]) -> Array:
    """Return the change of logarithms per standard deviation of a prior, shape (point, axis)."""
    slopes = [axis.find_slope(points.axes[axis.name]) for axis in axes]
    return np.stack(slopes, axis=1) if slopes else np.zeros((points.count, 0))


def _move(points: Particles, axes: Sequence[Axis], steps: Sequence[float | Array]) -> Particles:
    """Return the points with some axes moved by steps of their logarithm, shape (point,) each."""
    pairs = zip(axes, steps, strict=True)
    moved = {axis.name: axis.shift(points.axes[axis.name], np.asarray(step)) for axis, step in pairs}
    return Particles(points.seed, points.count, points.axes | moved)


def _count_rank(derivatives: Array) -> int:
    """Return the rank of a matrix, shape (reading, axis), in thresholds per standard deviation."""
    values = np.linalg.svd(derivatives, compute_uv=False)
    return int((values > max(_ZERO, 1e-8 * values.max(initial=0.0))).sum())


def _is_confirmed(
    evaluate: Evaluate, points: Particles, axes: Sequence[Axis], combination: Combination
) -> bool:
    """Whether a finite move along a combination changes no read-out, where single moves of its members do."""
    known = {axis.name: axis for axis in axes}
    members = [known[name] for name in combination.parameters]
    steps = _shorten(points, members, [_MOVE * power for power in combination.powers])
    parts = [points, _move(points, members, steps)]
    parts += [_move(points, (axis,), (step,)) for axis, step in zip(members, steps, strict=True)]
    values = evaluate(join_particles(parts))
    shaped = values.reshape(len(values), len(parts), points.count)
    shaped = np.where(np.isfinite(shaped).all(axis=1, keepdims=True), shaped, 0.0)
    changed = np.abs(shaped[:, 1:, :] - shaped[:, :1, :])
    together, alone = changed[:, 0, :], changed[:, 1:, :].max(axis=1)
    return bool((together <= _SAME * alone.max(axis=0) + _ZERO).all())


def _shorten(points: Particles, axes: Sequence[Axis], steps: Sequence[float]) -> list[Array]:
    """Return steps shortened, all of a point alike, so that none leaves what the priors allow."""
    share = np.ones(points.count)
    for _ in range(12):
        moved = _move(points, axes, [step * share for step in steps])
        places = np.stack([moved.axes[axis.name] for axis in axes])
        outside = ((places < _ENDS[0]) | (places > _ENDS[1])).any(axis=0)
        share = np.where(outside, share / 2, share)
    return [step * share for step in steps]
