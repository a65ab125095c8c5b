"""Are intervals as wide as they say? Papers are made up from known parameters, and the truth is looked for.

A truth is drawn from the prior, each contrast of the record is reported as the likelihood says (up, no change
or down), a quarter of the experiments is left out, the mechanism is fitted to the others, and it is noted
where in the ensemble the truth lies: of each parameter, and of the effects of the experiments left out.

A fit takes it as given that its papers had something to report. So truths are not drawn evenly from the
prior, but in proportion to the probability that all reports could be made: with that, a fit that samples its
posterior exactly covers exactly.

Source: Cook, Gelman, Rubin 2006, doi 10.1198/106186006X136976; Talts et al. 2018, arXiv 1804.06788.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.row import ContrastRow
from mscape.engine.random import draw_uniform
from mscape.experiments.bind import Bound
from mscape.experiments.interval import wilson_interval
from mscape.inference.fit import fit_mechanism
from mscape.inference.forecast import DIRECTIONS, turn_contrast
from mscape.inference.likelihood import list_scored, measure_log_likelihood, measure_margins
from mscape.inference.particle import Particles

Array = NDArray[np.float64]

LEVELS = (0.5, 0.8, 0.9)
LEFT_OUT = 0.25  # of the experiments: one at a time would be too few truths to count for as many fits
POOL = 1000  # draws of the prior among which truths are chosen
INFORMED = 0.9  # of the prior's standard deviation: what is narrower has been informed by the papers


@dataclass(frozen=True)
class Place:
    """Where a truth lies.

    Parameters
    ----------
    name
        Of the parameter, or the contrast.
    below
        Share of the particles below it, 0 to 1; uniform if intervals are right.
    width
        Standard deviation of the ensemble over that of the prior: of a parameter as a normal quantile, of an
        effect in thresholds.
    """

    name: str
    below: float
    width: float


@dataclass(frozen=True)
class Replica:
    """One made-up literature of one mechanism, fitted: where its truth lies.

    Parameters
    ----------
    mechanism, index
        Whose, and the number of the replica.
    left_out
        The experiments that were not heard.
    heard
        How many contrasts were.
    parameters, effects
        Where the parameters lie, and the effects of the experiments left out.
    """

    mechanism: str
    index: int
    left_out: tuple[str, ...]
    heard: int
    parameters: tuple[Place, ...]
    effects: tuple[Place, ...]


@dataclass(frozen=True)
class Coverage:
    """How often an interval holds the truth.

    Parameters
    ----------
    what
        ``parameters``, ``informed parameters`` (those that papers inform) or ``effects``.
    level
        What the interval promises.
    inside
        How often it holds the truth.
    low, high
        90 % interval of that: Wilson's, with as many independent cases as the spread between replicas shows.
    cases, replicas
        How many truths were looked for, in how many made-up literatures.
    """

    what: str
    level: float
    inside: float
    low: float
    high: float
    cases: int
    replicas: int


@dataclass(frozen=True)
class _Pool:
    """Draws of the prior and the likelihood of every report each could give, shape (draw, report)."""

    draws: Particles
    rows: tuple[ContrastRow, ...]
    columns: tuple[tuple[int, ...], ...]  # of each contrast's reports
    margins: Array
    likelihood: Array


def simulate_replicas(
    bound: Bound,
    *,
    seed: int,
    replicas: int,
    particles: int,
    progress: Callable[[int], None] | None = None,
) -> tuple[Replica, ...]:
    """Make up a mechanism's papers, fit them, and look for the truth, several times.

    Parameters
    ----------
    bound
        The mechanism: its experiments, and what is read from them.
    seed
        Of truths, reports and fits.
    replicas
        How many literatures.
    particles
        Of each fit.
    progress
        Called with the number of trajectories solved since the last call.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    pool = _draw_pool(bound, zlib.crc32(f"{seed}:{bound.id}".encode()))
    return tuple(_simulate_one(bound, pool, index, (particles, progress)) for index in range(replicas))


def _draw_pool(bound: Bound, seed: int) -> _Pool:
    rows = list_scored(bound)
    wide: list[ContrastRow] = []
    columns: list[tuple[int, ...]] = []
    for row in rows:
        turned = turn_contrast(row)
        columns.append(tuple(range(len(wide), len(wide) + len(turned))))
        wide += turned
    draws = Particles(seed, POOL)
    margins = measure_margins(bound, draws, wide)
    return _Pool(draws, rows, tuple(columns), margins, np.exp(measure_log_likelihood(margins)))


def _simulate_one(
    bound: Bound, pool: _Pool, index: int, how: tuple[int, Callable[[int], None] | None]
) -> Replica:
    particles, progress = how
    seed = pool.draws.seed
    left = _leave_out(pool, index)
    at = [i for i, row in enumerate(pool.rows) if row.observation not in left]
    truth = _choose_truth(pool, at, index)
    heard = [_report(pool, i, truth, index) for i in at]
    points = Particles(seed + 1 + index, particles)
    if heard:
        points = fit_mechanism(
            bound, seed=seed + 1 + index, particles=particles, contrasts=heard, solved=progress
        ).particles
    return Replica(
        bound.id,
        index,
        left,
        len(heard),
        _place_parameters(points, pool, truth),
        _place_effects(bound, points, pool, (truth, left)),
    )


def _leave_out(pool: _Pool, index: int) -> tuple[str, ...]:
    """Return the experiments that are not heard: a quarter of them, at least one."""
    experiments = list(dict.fromkeys(row.observation for row in pool.rows))
    places = draw_uniform(pool.draws.seed, "left out", index * len(experiments), len(experiments))
    number = max(1, round(len(experiments) * LEFT_OUT))
    return tuple(experiments[i] for i in sorted(np.argsort(places)[:number]))


def _choose_truth(pool: _Pool, heard: Sequence[int], index: int) -> int:
    """Return a draw, by the probability that something could be reported of all contrasts."""
    logs = [np.log(pool.likelihood[:, pool.columns[i]].sum(axis=1)) for i in heard]
    log = np.sum(logs, axis=0) if logs else np.zeros(POOL)
    reached = np.cumsum(np.exp(log - log.max()))
    place = draw_uniform(pool.draws.seed, "truth", index, 1)[0] * reached[-1]
    return int(min(np.searchsorted(reached, place), POOL - 1))


def _report(pool: _Pool, contrast: int, truth: int, index: int) -> ContrastRow:
    """Return a contrast as the truth has it reported; an order, a part or a value as it stands."""
    row = pool.rows[contrast]
    chances = np.cumsum(pool.likelihood[truth, pool.columns[contrast]])
    if len(chances) == 1:
        return row
    place = draw_uniform(pool.draws.seed, f"report:{row.contrast}", index, 1)[0] * chances[-1]
    return row.model_copy(update={"kind": DIRECTIONS[int(np.searchsorted(chances, place))]})


def _place_parameters(points: Particles, pool: _Pool, truth: int) -> tuple[Place, ...]:
    axes = {name: axis for name, axis in points.axes.items() if "condition:" not in name}
    normal = dict(zip(points.axes, points.to_normal().T, strict=True))
    return tuple(
        Place(
            name,
            place_truth(axis, float(pool.draws.take(name, POOL)[truth]), points.seed),
            float(normal[name].std()),
        )
        for name, axis in axes.items()
    )


def _place_effects(
    bound: Bound, points: Particles, pool: _Pool, which: tuple[int, tuple[str, ...]]
) -> tuple[Place, ...]:
    truth, left = which
    at = [i for i, row in enumerate(pool.rows) if row.observation in left]
    margins = measure_margins(bound, points, [turn_contrast(pool.rows[i])[0] for i in at])
    found = []
    for i, own in zip(at, margins.T, strict=True):
        before = pool.margins[:, pool.columns[i][0]]
        known, wide = own[np.isfinite(own)], before[np.isfinite(before)]
        if len(known) and np.isfinite(before[truth]) and wide.std() > 0:
            below = place_truth(known, float(before[truth]), points.seed)
            found.append(Place(pool.rows[i].contrast, below, float(known.std() / wide.std())))
    return tuple(found)


def place_truth(values: Array, truth: float, seed: int) -> float:
    """Return the share of values below a truth, one more counted for the truth itself; ties fall by chance.

    Examples
    --------
    >>> 0.5 < place_truth(np.array([1.0, 2.0, 3.0]), 2.5, 1) < 0.75
    True
    """
    less, same = int((values < truth).sum()), int((values == truth).sum())
    chance = float(draw_uniform(seed, f"tie:{truth!r}", 0, 1)[0])
    return (less + chance * (same + 1)) / (len(values) + 1)


def total_coverage(replicas: Iterable[Replica], levels: Sequence[float] = LEVELS) -> tuple[Coverage, ...]:
    """Total how often intervals of each level hold the truth.

    A parameter counts as informed where its ensembles are narrower than the prior in the *other* replicas of
    its mechanism: in its own, a sample narrow by chance would be picked, and hold the truth less often.

    Parameters
    ----------
    replicas
        Of one mechanism or of several.
    levels
        Central intervals, 0 to 1.
    """
    every = tuple(replicas)
    kinds: dict[str, list[list[Place]]] = {
        "parameters": [list(one.parameters) for one in every],
        "informed parameters": _list_informed(every),
        "effects": [list(one.effects) for one in every],
    }
    return tuple(
        _count_inside(name, level, [part for part in parts if part])
        for name, parts in kinds.items()
        for level in levels
        if any(parts)
    )


def _list_informed(every: Sequence[Replica]) -> list[list[Place]]:
    """List the parameters of each replica that the papers of the others of its mechanism inform."""
    widths: dict[tuple[str, str], list[float]] = {}
    for one in every:
        for place in one.parameters:
            widths.setdefault((one.mechanism, place.name), []).append(place.width)

    def is_informed(one: Replica, place: Place) -> bool:
        known = widths[one.mechanism, place.name]
        return len(known) > 1 and (sum(known) - place.width) / (len(known) - 1) < INFORMED

    return [[place for place in one.parameters if is_informed(one, place)] for one in every]


def _count_inside(what: str, level: float, parts: Sequence[Sequence[Place]]) -> Coverage:
    inside = np.array([sum(abs(p.below - 0.5) <= level / 2 for p in part) for part in parts], dtype=float)
    number = np.array([len(part) for part in parts], dtype=float)
    share, clusters = inside.sum() / number.sum(), len(parts)
    # cases of one literature stand or fall together: as many count as their spread shows
    spread = clusters / max(clusters - 1, 1) * ((inside - share * number) ** 2).sum() / number.sum() ** 2
    binomial = share * (1 - share)
    effective = min(max(binomial / spread, 1.0), number.sum()) if spread > 0 and binomial > 0 else clusters
    low, high = wilson_interval(share, effective)
    return Coverage(what, level, float(share), low, high, int(number.sum()), clusters)
