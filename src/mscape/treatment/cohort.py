"""A cohort under a drug: what MSC give each member, what interventions take of it, in groups that fit memory.

Numbers of a member depend on the seed and its place, not on how many others there are, how they are grouped
or on how many cores they are solved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mscape.cohort.member import Cohort, Members, choose_members, cross_members, split_members
from mscape.cohort.state import State, list_states, read_states
from mscape.engine.batch import Array
from mscape.experiments.arm import Arm
from mscape.experiments.niche import Niche
from mscape.treatment.removal import Draws, Taken, When, measure_taken

GROUP = 4096  # members solved at a time: enough to keep cores at work, few enough for any memory


@dataclass(frozen=True)
class CohortPlan:
    """How a cohort is measured.

    Parameters
    ----------
    candidates
        Interventions, each a group given together, by key.
    size
        Members, each a tumour and a donor of its own.
    tumours, donors
        Of the table in which each tumour meets each donor; 0 for no table.
    when
        When interventions are added.
    group
        Members solved at a time; changes no number.
    solved, finished
        Called with the number of trajectories, and of members, since the last call.
    """

    candidates: Sequence[tuple[str, ...]]
    size: int
    tumours: int = 0
    donors: int = 0
    when: When = When.DRUG
    group: int = GROUP
    solved: Callable[[int], None] | None = None
    finished: Callable[[int], None] | None = None


@dataclass(frozen=True)
class Crossed:
    """Outcomes where each tumour meets each donor, shape (tumour, donor) each; NaN where a solve failed.

    Parameters
    ----------
    alone
        Viability under the drug without MSC: donors give nothing to it.
    protection
        Viability with MSC less that without.
    points
        An intervention's id to the viability with MSC that it takes, less what it kills without them; 0 or
        below where there is nothing to take.
    """

    alone: Array
    protection: Array
    points: dict[str, Array]


@dataclass(frozen=True)
class MeasuredCohort:
    """What was measured of each member.

    Parameters
    ----------
    taken
        Viabilities, shape (member,), and with each intervention, (member, intervention).
    states
        What a laboratory reads of them before the drug.
    levels
        In the states' units, shape (member, state).
    crossed
        The table of tumours and donors, if one was asked for.
    """

    taken: Taken
    states: tuple[State, ...]
    levels: Array
    crossed: Crossed | None = field(default=None)


def measure_cohort(niche: Niche, arm: Arm, cohort: Cohort, plan: CohortPlan) -> MeasuredCohort:
    """Measure a cohort.

    Parameters
    ----------
    niche
        As `mscape.cohort.line.spread_lines` gives it; its own line for tumours of that line.
    arm
        With MSC and drug, unperturbed. With a dose in nM all members get that; without one, each tumour gets
        the dose that kills half of it in monoculture.
    cohort
        Of the niche.
    plan
        How.

    Raises
    ------
    DataError
        A potency's or an exposure's unit is not a concentration.
    """
    states = list_states(niche)
    parts: list[Taken] = []
    levels: list[Array] = []
    for members in split_members(choose_members(cohort, 0, plan.size), plan.group):
        parts.append(_measure(niche, arm, members, plan))
        levels.append(read_states(niche, arm, members, states))
        if plan.finished:
            plan.finished(len(members.tumours))
    crossed = _measure_crossed(niche, arm, cohort, plan) if plan.tumours and plan.donors else None
    return MeasuredCohort(join_taken(parts), states, np.concatenate(levels), crossed)


def _measure(niche: Niche, arm: Arm, members: Members, plan: CohortPlan) -> Taken:
    draws = Draws(len(members.tumours), lambda _: members, plan.solved)
    return measure_taken(niche, arm, plan.candidates, draws, when=plan.when)


def join_taken(parts: Sequence[Taken]) -> Taken:
    """Join what was measured of groups of draws, in order; the effects are those of the first."""

    def join(name: str) -> NDArray[np.float64]:
        return np.concatenate([getattr(part, name) for part in parts])

    first = parts[0]
    return Taken(
        effects=first.effects,
        alone=join("alone"),
        with_msc=join("with_msc"),
        blocked_alone=join("blocked_alone"),
        blocked=join("blocked"),
        bare=join("bare"),
        stand_ins=first.stand_ins,
    )


def _measure_crossed(niche: Niche, arm: Arm, cohort: Cohort, plan: CohortPlan) -> Crossed:
    parts = []
    for members in split_members(cross_members(cohort, plan.tumours, plan.donors), plan.group):
        parts.append(_measure(niche, arm, members, plan))
        if plan.finished:
            plan.finished(len(members.tumours))
    taken = join_taken(parts)
    table = (plan.tumours, plan.donors)
    points = taken.with_msc[:, None] - taken.blocked - np.maximum(taken.kills, 0.0)
    return Crossed(
        alone=taken.alone.reshape(table),
        protection=taken.protection.reshape(table),
        points={item.id: points[:, place].reshape(table) for place, item in enumerate(taken.effects)},
    )
