"""Global sensitivity of a mechanism's protection: which unknown number moves it most, before and after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.experiments.bench import Bench
from mscape.experiments.bind import Bound
from mscape.experiments.prior import Points
from mscape.experiments.protection import MainExperiment, add_block, find_main, read_protection
from mscape.experiments.spread import find_spread
from mscape.inference.particle import Particles, foresee
from mscape.inference.sobol import Sensitivity, measure_explained, measure_indices

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Explained:
    """The share of the protection's variance over an ensemble that one axis explains, 0 to 1."""

    name: str
    share: float


@dataclass(frozen=True)
class ProtectionSensitivity:
    """What the protection in a record's main experiment depends on.

    Parameters
    ----------
    mechanism, contrast, drug, line, culture
        Whose protection, and where; no contrast where the record's usual culture stands in.
    prior
        Sobol indices over the prior: parameters, potency and what the experiment leaves unreported.
    ensemble
        Over the ensemble, for a new donor: the largest share first; empty without an ensemble. Inputs of an
        ensemble are tied together, so that shares do not add up.
    """

    mechanism: str
    contrast: str | None
    drug: str | None
    line: str | None
    culture: str
    prior: Sensitivity
    ensemble: tuple[Explained, ...]


def explain_protection(
    bound: Bound,
    *,
    seed: int,
    count: int = 256,
    ensemble: Particles | None = None,
    main: MainExperiment | None = None,
    progress: Callable[[int], None] | None = None,
) -> ProtectionSensitivity:
    """Explain the variance of the protection by MSC: difference in viability under the drug.

    Parameters
    ----------
    bound
        The record and its model.
    seed, count
        Of the draws; `measure_indices` evaluates the main experiment ``count`` times for each number.
    ensemble
        Parameter sets of a fit, if they are to be asked too.
    main
        Another experiment than the record's own (`find_main`), such as a niche's.
    progress
        Called with the number of trajectories solved since the last call.

    Raises
    ------
    ModelError
        The model lacks something the experiment asks for.
    """
    known, main = add_block(bound), main or find_main(bound)

    def evaluate(points: Particles) -> Array:
        return _measure(known, main, points, points.count, progress)

    dry = Particles(seed, 2)
    evaluate(dry)
    found = measure_indices(evaluate, tuple(dry.axes), count=count, seed=seed)
    after: tuple[Explained, ...] = ()
    if ensemble is not None:
        unseen = foresee(ensemble, find_spread(bound))
        values = _measure(known, main, unseen, ensemble.count, progress)
        after = _explain(ensemble, values, tuple(dry.axes))
    arm = main.arm
    return ProtectionSensitivity(
        bound.id, main.contrast, arm.drug, arm.tumour, arm.protocol.culture, found, after
    )


def _measure(
    bound: Bound,
    main: MainExperiment,
    points: Points,
    count: int,
    progress: Callable[[int], None] | None,
) -> Array:
    return read_protection(Bench(bound, points, count, progress=progress), main.arm)


def _explain(ensemble: Particles, values: Array, names: tuple[str, ...]) -> tuple[Explained, ...]:
    known = np.isfinite(values)
    shares = [
        Explained(name, measure_explained(ensemble.axes[name][known], values[known]))
        for name in names
        if name in ensemble.axes
    ]
    return tuple(sorted(shares, key=lambda item: (-item.share, item.name)))
