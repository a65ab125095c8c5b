"""Controls of a ranking: one route at work and no other, and what the blockers of each route then take.

Those of other routes should take nothing. Those of the route at work should take more than they, and that
must be more than what is left of it when interventions are wired to one another's targets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mscape.engine.batch import Array
from mscape.experiments.arm import Arm
from mscape.experiments.bind import with_values
from mscape.experiments.niche import Niche
from mscape.treatment.effect import list_reaching
from mscape.treatment.rank import FEW, NOTHING, Interval, make_interval
from mscape.treatment.removal import Draws, When, measure_taken

_BESIDE = ("residual_cells", "residual_medium", "growth_cells", "growth_medium")


@dataclass(frozen=True)
class RouteControl:
    """One route at work and no other, nothing else from MSC.

    Parameters
    ----------
    mechanism
        Whose route.
    counted
        Draws in which it protects.
    irrelevant
        Interventions on other routes to what they take; None where too few draws protect.
    told_apart
        How often, over draws and pairs, a blocker of the route takes more than one of another; a tie is half.
        None where there is no pair or too few draws protect.
    permuted
        The same with interventions wired to one another's targets, mean of all cyclic shifts.
    """

    mechanism: str
    counted: int
    irrelevant: dict[str, Interval | None]
    told_apart: float | None
    permuted: float | None

    @property
    def at_zero(self) -> int:
        """How many of the irrelevant hold 0 within their interval, `NOTHING` either way."""
        known = [found for found in self.irrelevant.values() if found is not None]
        return sum(low <= NOTHING and high >= -NOTHING for low, _, high in known)


def control_routes(
    niche: Niche, arm: Arm, draws: Draws, *, when: When = When.DRUG
) -> tuple[RouteControl, ...]:
    """Run the controls of a niche's ranking, one for each route; none where it has one route.

    Parameters
    ----------
    niche, arm
        The niche, and its arm with MSC and drug.
    draws
        How many, and from where.
    when
        When interventions are added.
    """
    if len(niche.routes) < 2:
        return ()
    return tuple(_control(niche, arm, draws, (route.mechanism, when)) for route in niche.routes)


def leave_route(niche: Niche, mechanism: str) -> Niche:
    """Return the niche with one route at work, and nothing from MSC besides."""
    cut = {route.switch: 0.0 for route in niche.routes if route.mechanism != mechanism}
    beside = {name: 0.0 for name in niche.bound.priors if name in _BESIDE or name.endswith("_other_ligands")}
    return replace(niche, bound=with_values(niche.bound, cut | beside))


def _control(niche: Niche, arm: Arm, draws: Draws, what: tuple[str, When]) -> RouteControl:
    mechanism, when = what
    names = list_reaching(niche)
    taken = measure_taken(leave_route(niche, mechanism), arm, [(name,) for name in names], draws, when=when)
    counted = int(taken.counted.sum())
    own = np.array([mechanism in effect.mechanisms for effect in taken.effects])
    share = taken.share[taken.counted]
    apart = permuted = None
    if counted >= FEW and own.any() and not own.all():
        shifted = [np.roll(own, shift) for shift in range(1, len(own))]
        apart = tell_apart(share, own)
        permuted = float(np.mean([tell_apart(share, other) for other in shifted]))
    return RouteControl(
        mechanism=mechanism,
        counted=counted,
        irrelevant={
            name: make_interval(share[:, place], few=FEW)
            for place, name in enumerate(names)
            if not own[place]
        },
        told_apart=apart,
        permuted=permuted,
    )


def tell_apart(share: Array, own: NDArray[np.bool_]) -> float:
    """Return how often one of some interventions takes more than one of the others; a tie counts half.

    Parameters
    ----------
    share
        Shape (draw, intervention).
    own
        Which interventions should take more; some, not all.

    Examples
    --------
    >>> tell_apart(np.array([[0.5, 0.0], [0.3, 0.3]]), np.array([True, False]))
    0.75
    """
    difference = share[:, own][:, :, None] - share[:, ~own][:, None, :]
    known = difference[np.isfinite(difference)]
    won = np.where(np.abs(known) < NOTHING, 0.5, (known > 0).astype(float))
    return float(won.mean())
