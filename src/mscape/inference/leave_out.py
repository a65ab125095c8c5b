"""Leave out an experiment, a type of perturbation or a paper, and predict what it reports from the rest.

The whole ensemble is weighted by one over the likelihood of what is left out, the weights' tail smoothed
(`mscape.inference.pareto`). Where the tail is too heavy or too few particles would carry the answer, the
mechanism is fitted again without the group. What an experiment leaves unreported is then as unknown as before
it was heard.

Source: Vehtari, Gelman, Gabry 2017, doi 10.1007/s11222-016-9696-4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.row import ContrastRow
from mscape.experiments.bind import Bound
from mscape.experiments.graph import predict_directions
from mscape.experiments.score import describe_contrast, group_arms
from mscape.inference.fit import Ensemble, fit_mechanism
from mscape.inference.forecast import DIRECTIONS, OTHERS, Forecast, Said, ask_particles, name_answer
from mscape.inference.likelihood import list_scored
from mscape.inference.pareto import limit_shape, smooth_weights
from mscape.inference.particle import Particles

Array = NDArray[np.float64]

SCHEMES = ("experiment", "perturbation", "paper")
LEAST_EFFECTIVE = 50.0  # particles: a probability is then known to 0.07 at worst
REFIT_PARTICLES = 500  # of a new fit at most: enough for probabilities, as there are many fits


@dataclass(frozen=True)
class LeftOut:
    """One contrast, predicted without its experiment, its paper, or its type of perturbation.

    Parameters
    ----------
    mechanism, contrast, paper, said
        Whose contrast it is, and what it says in words.
    scheme, group
        What was left out: one of `SCHEMES`, and which.
    reported
        The answer the paper gives.
    ensemble
        What is said by the ensemble that has not heard the group.
    prior
        What is said before anything is heard.
    baselines
        Baseline to the answer it gives; None where it cannot say.
    shape, effective
        Of the weights: k of their tail, and how many equal particles they are worth.
    refitted
        Whether the answer is that of a new fit, because the weights could not be trusted.
    """

    mechanism: str
    contrast: str
    paper: str
    said: str
    scheme: str
    group: str
    reported: str
    ensemble: Forecast
    prior: Forecast
    baselines: dict[str, str | None]
    shape: float
    effective: float
    refitted: bool


@dataclass(frozen=True)
class Trust:
    """When weights are believed: up to which k, and from how many effective particles.

    ``shape`` None stands for `limit_shape` of the number of particles, and for none where a single contrast
    is left out: its likelihoods differ by no more than a factor of 19 (the lapse), so that the effective
    number says all. -inf fits every group again, inf none.
    """

    shape: float | None = None
    effective: float = LEAST_EFFECTIVE

    def holds(self, shape: float, effective: float, *, contrasts: int, particles: int) -> bool:
        """Return whether weights are believed that leave out so many contrasts."""
        limit = self.shape
        if limit is None:
            limit = limit_shape(particles) if contrasts > 1 else np.inf
        return shape <= limit and effective >= self.effective


def list_heard(bound: Bound, ensemble: Ensemble) -> tuple[ContrastRow, ...]:
    """Return the contrasts that an ensemble was conditioned on, in the record's order."""
    heard = set(ensemble.contrasts)
    return tuple(row for row in list_scored(bound) if row.contrast in heard)


def group_contrasts(
    bound: Bound, contrasts: Sequence[ContrastRow], scheme: str
) -> dict[str, tuple[ContrastRow, ...]]:
    """Group contrasts by what is left out together.

    By *perturbation*, a group holds all contrasts one of whose arms carries that kind; those without any
    belong to none, those with two to two.
    """
    groups: dict[str, list[ContrastRow]] = {}
    arms = group_arms(bound)
    kinds = {item.id: item.kind for item in bound.record.mechanism.perturbations}
    for row in contrasts:
        keys = [row.observation] if scheme == "experiment" else [row.paper]
        if scheme == "perturbation":
            used = [arms[row.observation].get(n or "") for n in (*row.arm, row.versus, row.unprotected)]
            keys = sorted({kinds[name] for arm in used if arm for name in arm.perturbation})
        for key in keys:
            groups.setdefault(key, []).append(row)
    return {key: tuple(rows) for key, rows in groups.items()}


def predict_left_out(
    bound: Bound,
    ensemble: Ensemble,
    *,
    schemes: Sequence[str] = SCHEMES,
    trust: Trust | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[LeftOut, ...]:
    """Predict each contrast of an ensemble with its group left out, for each way of leaving out.

    Parameters
    ----------
    bound, ensemble
        The mechanism, and its ensemble given all its contrasts.
    schemes
        Some of `SCHEMES`.
    trust
        When weights are believed; else the group is left out of a new fit.
    progress
        Called with the number of trajectories solved since the last call.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    rows = list_heard(bound, ensemble)
    asked = _Asked(bound, ensemble, rows, trust or Trust(), progress)
    found: list[LeftOut] = []
    for scheme in schemes:
        for group, members in group_contrasts(bound, rows, scheme).items():
            found += _predict_group(asked, scheme, group, members)
    return tuple(found)


@dataclass
class _Asked:
    """One mechanism's answers, each fit made once however many groups are the same contrasts."""

    bound: Bound
    ensemble: Ensemble
    rows: tuple[ContrastRow, ...]
    trust: Trust
    progress: Callable[[int], None] | None
    _refits: dict[frozenset[str], dict[str, Forecast]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = self.ensemble.particles.count
        self.all = self.ask(self.ensemble.particles, self.rows)
        before = self.ask(Particles(self.ensemble.seed, count), self.rows)
        self.prior = _average(before, np.full(count, 1 / count))
        self.arms = group_arms(self.bound)

    def ask(self, points: Particles, rows: Sequence[ContrastRow]) -> Said:
        """Ask particles about contrasts."""
        return ask_particles(self.bound, points, rows, progress=self.progress)

    def refit(self, left: frozenset[str]) -> dict[str, Forecast]:
        """Return what a fit to the other contrasts says of some."""
        if left not in self._refits:
            count = min(self.ensemble.particles.count, REFIT_PARTICLES)
            rest = [row for row in self.rows if row.contrast not in left]
            points = Particles(self.ensemble.seed, count)
            if rest:
                points = fit_mechanism(
                    self.bound,
                    seed=self.ensemble.seed,
                    particles=count,
                    contrasts=rest,
                    solved=self.progress,
                ).particles
            rows = [row for row in self.rows if row.contrast in left]
            self._refits[left] = _average(self.ask(points, rows), np.full(count, 1 / count))
        return self._refits[left]


def _average(said: Said, weights: Array) -> dict[str, Forecast]:
    return {row.contrast: said.average(i, weights) for i, row in enumerate(said.contrasts)}


def _predict_group(
    asked: _Asked, scheme: str, group: str, members: tuple[ContrastRow, ...]
) -> Iterator[LeftOut]:
    places = {row.contrast: i for i, row in enumerate(asked.rows)}
    at = [places[row.contrast] for row in members]
    found = smooth_weights(-asked.all.log_likelihood[:, at].sum(axis=1))
    size = {"contrasts": len(members), "particles": asked.ensemble.particles.count}
    again = not asked.trust.holds(found.shape, found.effective, **size)
    refitted = asked.refit(frozenset(row.contrast for row in members)) if again else {}
    for row, place in zip(members, at, strict=True):
        yield LeftOut(
            mechanism=asked.bound.id,
            contrast=row.contrast,
            paper=row.paper,
            said=describe_contrast(row),
            scheme=scheme,
            group=group,
            reported=name_answer(row),
            ensemble=refitted[row.contrast] if again else asked.all.average(place, found.weights),
            prior=asked.prior[row.contrast],
            baselines=list_baseline_answers(asked.bound, row, asked.arms),
            shape=found.shape,
            effective=found.effective,
            refitted=again,
        )


def list_baseline_answers(
    bound: Bound, row: ContrastRow, arms: Mapping[str, Mapping[str, object]]
) -> dict[str, str | None]:
    """Return the answer each baseline gives of a contrast; None where it cannot say: of a part or a value."""
    said = predict_directions(bound.record, row, arms[row.observation])  # type: ignore[arg-type]
    if row.kind in DIRECTIONS:
        return {name: DIRECTIONS[1 - signs[0]] if signs else None for name, signs in said.items()}
    if row.kind != "ordered":
        return dict.fromkeys(said, None)
    return {name: OTHERS[0 if signs and all(s > 0 for s in signs) else 1] for name, signs in said.items()}
