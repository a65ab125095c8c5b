"""What a fit aims at: the contrasts of a mechanism as terms of a likelihood, and which axes each depends on.

Contrasts of one experiment are measured together, experiments in waves, the most decisive first: a point
that cannot be accepted any more, however well the rest would go, is not simulated further.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.row import ContrastRow
from mscape.experiments.bind import Bound
from mscape.inference.likelihood import measure_log_likelihood, measure_margins
from mscape.inference.move import Group, Layer
from mscape.inference.particle import Particles
from mscape.inference.smc import Target

Array = NDArray[np.float64]

_PROBES = 64  # particles that tell which experiments are decisive
WAVES = 4
_BEYOND = 1e6  # thresholds: no margin says more


@dataclass(frozen=True)
class Part:
    """One experiment of a fit: its contrasts' places among the terms, and the axes it depends on.

    ``spread`` is the standard deviation of its log likelihood under the prior.
    """

    paper: str
    terms: tuple[int, ...]
    axes: frozenset[str]
    spread: float


@dataclass(frozen=True)
class Hearing:
    """Measures the log likelihood of contrasts, experiments in waves."""

    bound: Bound
    rows: Sequence[ContrastRow]
    waves: tuple[tuple[int, ...], ...]
    progress: Callable[[int], None] | None = None

    def measure(self, points: Particles, least: Array) -> Array:
        """Return the log likelihood of each contrast, shape (point, contrast); -inf where the sum is too low.

        Parameters
        ----------
        points
            Where.
        least
            Sum below which a point is not wanted, shape (point,).
        """
        best = measure_log_likelihood(np.full((1, len(self.rows)), _BEYOND))[0]
        terms = np.full((points.count, len(self.rows)), -np.inf)
        sums = np.full(points.count, float(best.sum()))
        alive = np.arange(points.count)
        everything = (tuple(range(len(self.rows))),)
        for wave in self.waves if np.isfinite(least).any() else everything:
            places = list(wave)
            some = points if len(alive) == points.count else points.select(alive)
            rows = [self.rows[place] for place in places]
            margins = measure_margins(self.bound, some, rows, progress=self.progress)
            found = measure_log_likelihood(margins)
            terms[alive[:, None], places] = found
            sums[alive] += (found - best[places]).sum(axis=1)
            alive = np.flatnonzero(sums >= least)
            if not len(alive):
                break
        return terms


def make_target(
    bound: Bound, rows: Sequence[ContrastRow], *, progress: Callable[[int], None] | None = None
) -> Target:
    """Make the target of a fit.

    Parameters
    ----------
    bound
        The record and its model.
    rows
        Contrasts to condition on.
    progress
        Called with the number of trajectories solved since the last call.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    parts = probe_parts(bound, rows)
    waves = plan_waves(parts)
    return Target(Hearing(bound, rows, waves, progress).measure, plan_layers(parts))


def probe_parts(bound: Bound, rows: Sequence[ContrastRow]) -> dict[str, Part]:
    """Find out, experiment by experiment, what its contrasts depend on and how much they decide."""
    parts = {}
    for name in dict.fromkeys(row.observation for row in rows):
        places = tuple(place for place, row in enumerate(rows) if row.observation == name)
        points = Particles(0, _PROBES)
        found = measure_log_likelihood(measure_margins(bound, points, [rows[place] for place in places]))
        spread = float(found.sum(axis=1).std())
        parts[name] = Part(rows[places[0]].paper, places, frozenset(points.axes), spread)
    return parts


def plan_waves(parts: Mapping[str, Part]) -> tuple[tuple[int, ...], ...]:
    """Deal experiments into waves, the most decisive first; each wave's terms in ascending order."""
    ordered = sorted(parts, key=lambda name: (-parts[name].spread, name))
    cut = [list(some) for some in np.array_split(np.array(ordered, dtype=object), WAVES)]
    return tuple(tuple(sorted(place for name in some for place in parts[name].terms)) for some in cut if some)


def plan_layers(parts: Mapping[str, Part]) -> tuple[Layer, ...]:
    """Sort axes by whose they are: of one experiment, of one paper, of all; each kind is moved at once."""
    users: dict[str, set[str]] = {}
    for name, part in parts.items():
        for axis in part.axes:
            users.setdefault(axis, set()).add(name)
    experiments: dict[str, list[str]] = {}
    papers: dict[str, list[str]] = {}
    shared = []
    for axis in sorted(users):
        of = {parts[name].paper for name in users[axis]}
        if len(users[axis]) == 1:
            experiments.setdefault(min(users[axis]), []).append(axis)
        elif len(of) == 1:
            papers.setdefault(min(of), []).append(axis)
        else:
            shared.append(axis)
    everything = tuple(sorted(place for part in parts.values() for place in part.terms))
    layers = [Layer((Group(tuple(shared), everything),))] if shared else []
    by_paper = [
        Group(tuple(axes), _list_terms(parts, lambda part, paper=paper: part.paper == paper))  # type: ignore[misc]
        for paper, axes in sorted(papers.items())
    ]
    own = [Group(tuple(axes), parts[name].terms) for name, axes in sorted(experiments.items())]
    layers += [Layer(tuple(groups)) for groups in (by_paper, own) if groups]
    return tuple(layers)


def _list_terms(parts: Mapping[str, Part], wanted: Callable[[Part], bool]) -> tuple[int, ...]:
    return tuple(sorted(place for part in parts.values() if wanted(part) for place in part.terms))
