"""Verify: every mechanism solved by our engine and by another solver, and how far apart they are at most."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mscape.atlas.load import Atlas, Record
from mscape.engine.batch import Period, Tolerance
from mscape.errors import ExtraError
from mscape.experiments.arm import REST_HOURS, make_periods
from mscape.experiments.bind import bind_record, make_variant, sample_values
from mscape.experiments.condition import draw_conditions
from mscape.experiments.grant import choose_arms

TIGHT = Tolerance(1e-9, 1e-12)
ALLOWED = 1e-5  # of a value; about what two solvers at `TIGHT` may differ by over some hundred hours
_READS = 5
NOTHING = 1e-8  # nM or cells: what solvers make of a state that stays at 0


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
        Largest difference of a state, relative to its value or to a thousandth of its largest, and where.
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
    from mscape.engine.verify import compare_solvers

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
    found = compare_solvers(
        bound.network, inputs, periods, names, tolerance=TIGHT, least=0.0, nothing=NOTHING, progress=progress
    )
    at = max(found.largest, key=lambda name: found.largest[name])
    largest = found.largest[at] if found.solved else float("nan")
    return Verified(bound.id, len(names), draws, found.solved, *found.alone, largest, at)
