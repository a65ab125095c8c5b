"""What ``mscape run`` asks of each mechanism's ensemble; what fails is told on the page and stops nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from mscape.errors import MscapeError

if TYPE_CHECKING:
    from mscape.experiments.bind import Bound
    from mscape.inference.fit import Ensemble
    from mscape.inference.smc import State
    from mscape.report.evidence_page import Evidence

SOBOL = 64  # draws for each number: enough to tell the first from the last
SETS = 2000  # of the prior, for what would have to be true
T = TypeVar("T")
Told = Callable[[int], None]


def compute_evidence(bound: Bound, *, seed: int, particles: int, progress: Told) -> Evidence:
    """Compute all that a page shows of an ensemble; it is reread where it was kept.

    Parameters
    ----------
    bound
        The record and its model.
    seed, particles
        Of the ensemble.
    progress
        Called with the number of trajectories solved since the last call.
    """
    from mscape.inference.likelihood import list_scored
    from mscape.inference.require import find_requirements
    from mscape.inference.sensitivity import explain_protection
    from mscape.report.evidence_page import Evidence
    from mscape.standards.ensemble_cache import Progress
    from mscape.standards.ensemble_path import load_path

    tried = _Tried()
    require = partial(find_requirements, bound, seed=seed, draws=SETS, progress=progress)
    requirements = tried.ask("requirements", require)
    explain = partial(explain_protection, bound, seed=seed, count=SOBOL, progress=progress)
    told = Progress(solved=progress)
    fit = partial(load_path, bound, seed=seed, particles=particles, progress=told)
    fitted = tried.ask("ensemble", fit) if list_scored(bound) else None
    if fitted is None:
        depends = tried.ask("depends", explain)
        return Evidence(requirements=requirements, depends=depends, faults=tried.faults)
    depends = tried.ask("depends", partial(explain, ensemble=fitted[0].particles))
    found = Evidence(fitted[0], requirements=requirements, depends=depends)
    return _ask_ensemble(found, bound, fitted, tried, progress)


@dataclass
class _Tried:
    """Asks, and keeps why an answer is missing."""

    faults: dict[str, str] = field(default_factory=dict)

    def ask(self, name: str, ask: Callable[[], T]) -> T | None:
        """Return the answer; None where the model cannot give it."""
        try:
            return ask()
        except MscapeError as error:
            self.faults[name] = f"It could not be computed: {error}"
            return None


def _ask_ensemble(
    found: Evidence, bound: Bound, fitted: tuple[Ensemble, tuple[State, ...]], tried: _Tried, progress: Told
) -> Evidence:
    from mscape.inference.identify import identify_parameters
    from mscape.inference.information import measure_information
    from mscape.inference.predictive import predict_contrasts, predict_prior
    from mscape.inference.recycle import predict_papers

    ensemble, path = fitted
    points = ensemble.particles
    look = partial(predict_prior, bound, seed=ensemble.seed, draws=points.count, progress=progress)
    after = partial(predict_contrasts, bound, points, progress=progress)
    identify = partial(identify_parameters, bound, ensemble, progress=progress)
    leave_out = partial(predict_papers, bound, ensemble, path, progress=progress)
    return replace(
        found,
        prior=tried.ask("prior", look) or (),
        fitted=tried.ask("fitted", after) or (),
        identified=tried.ask("identified", identify),
        left_out=tried.ask("left_out", leave_out) or (),
        information=measure_information(ensemble),
        faults=tried.faults,
    )
