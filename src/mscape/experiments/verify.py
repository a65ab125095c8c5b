"""Verify: every mechanism solved by our engine and by another solver, and how far apart they are at most."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mscape.atlas.load import Atlas, Record
from mscape.engine.batch import Array, Period, Status, Tolerance, Trajectories
from mscape.engine.simulate import simulate
from mscape.errors import ExtraError
from mscape.experiments.arm import REST_HOURS, make_periods
from mscape.experiments.bind import bind_record, make_variant, sample_values
from mscape.experiments.condition import draw_conditions
from mscape.experiments.grant import choose_arms

TIGHT = Tolerance(1e-9, 1e-12)
ALLOWED = 1e-5  # of a value; about what two solvers at `TIGHT` may differ by over some hundred hours
_READS = 5
NOTHING = 1e-8  # nM or cells: what solvers make of a state that stays at 0
_FLOOR = 1e-3  # below this share of its largest value a state counts for less


@dataclass(frozen=True)
class Verified:
    """How two solvers compare on one mechanism.

    Parameters
    ----------
    mechanism, states, trajectories
        What was solved.
    solved
        Number of trajectories that both solved.
    only_ours, only_theirs
        Numbers that only one of them solved.
    difference, at
        Largest |ours - theirs| / (|theirs| + a thousandth of the state's largest), and where.
    """

    mechanism: str
    states: int
    trajectories: int
    solved: int
    only_ours: int
    only_theirs: int
    difference: float
    at: str

    @property
    def agrees(self) -> bool:
        """Whether everything they solved agrees, and ours solved whatever the other did."""
        return self.difference <= ALLOWED and not self.only_theirs


def verify_mechanism(
    record: Record, atlas: Atlas, *, seed: int, draws: int, progress: Callable[[int], None] | None = None
) -> Verified:
    """Solve a mechanism's own co-culture under its drug in both engines, every state read.

    Parameters
    ----------
    record, atlas
        The record and the atlas it stands in.
    seed, draws
        Of the joint draws of parameters and conditions; a tenth to ten times the potency as the dose.

    Raises
    ------
    ExtraError
        libRoadRunner is not installed.
    ModelError
        The model cannot be bound.
    """
    if importlib.util.find_spec("roadrunner") is None:
        raise ExtraError(
            "mscape verify", "libRoadRunner is not installed", "", "pip install 'mscape[verify]'"
        )
    from mscape.engine.roadrunner import solve_with_roadrunner

    bound = bind_record(record, atlas)
    arm, _ = choose_arms(bound)
    variant = make_variant(bound, arm.drug, arm.tumour)
    values = sample_values(variant, seed, draws)
    dose = np.logspace(-1, 1, draws)
    inputs, laid = make_periods(variant, arm, values, draw_conditions(seed, draws), dose, source=seed)
    hours = np.broadcast_to(laid[-1].hours, draws)
    read = hours[:, None] * np.linspace(0, 1, _READS)
    periods = (Period(REST_HOURS), *laid[:-1], Period(laid[-1].hours, laid[-1].changes, read))
    names = bound.network.states
    ours, theirs = (
        solve(bound.network, inputs, periods, names, tolerance=TIGHT, progress=progress)
        for solve in (simulate, solve_with_roadrunner)
    )
    return _compare(bound.id, ours, theirs)


def _compare(mechanism: str, ours: Trajectories, theirs: Trajectories) -> Verified:
    mine, other = ours.status == Status.DONE, theirs.status == Status.DONE
    both = mine & other
    distance = measure_distance(ours.values[both], theirs.values[both])
    worst = np.unravel_index(int(distance.argmax()), distance.shape) if distance.size else None
    return Verified(
        mechanism,
        len(ours.observables),
        len(mine),
        int(both.sum()),
        int((mine & ~other).sum()),
        int((other & ~mine).sum()),
        float(distance[worst]) if worst else float("nan"),
        ours.observables[int(worst[2])] if worst else "",
    )


def measure_distance(ours: Array, theirs: Array) -> Array:
    """Return relative differences, shape (trajectory, time, state).

    Values that are small count against the largest of that state in any trajectory; a state that is nowhere
    more than `NOTHING` is not there.
    """
    largest = np.abs(theirs).max(axis=(0, 1), initial=0.0)
    distance = np.abs(ours - theirs) / (np.abs(theirs) + np.maximum(_FLOOR * largest, 1e-300))
    absent = np.maximum(largest, np.abs(ours).max(axis=(0, 1), initial=0.0)) < NOTHING
    return np.where(absent, 0.0, distance)
