"""The protection a mechanism claims: its main experiment with MSC, without, and with the pathway's ports
shut.

The main experiment is read from the record: the first contrast in scope, the row's own paper before others,
that says of tumour cells under a drug that MSC protect them. Its arm, protocol, drug and dose are taken as
they stand; viability is what is read, whatever the paper read. *Blocked* shuts every port of the chassis
(`port_sign` is 0), so that what the MSC give besides the row's pathway stays. The dose is the same in all
arms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from mscape.atlas.record import Perturbation, Readout
from mscape.atlas.row import ContrastRow
from mscape.engine.batch import Array
from mscape.experiments.arm import Arm
from mscape.experiments.bench import Bench
from mscape.experiments.bind import Bound
from mscape.experiments.contrast import find_vehicle, read_arm
from mscape.experiments.grant import choose_arms
from mscape.experiments.outcome import READABLE, THRESHOLDS
from mscape.experiments.score import group_arms

BLOCK = "pathway_block"
WANTED = THRESHOLDS["viability"].least  # the least protection that counts, as in every score
_SAVES = {
    "viability": "up",
    "viability_well": "up",
    "colonies": "up",
    "gr": "up",
    "apoptosis": "down",
    "ic50": "up",
}


@dataclass(frozen=True)
class MainExperiment:
    """The experiment that carries a record's claim.

    Parameters
    ----------
    contrast, paper
        Whose arms these are; None where no contrast says so and the row's usual culture stands in.
    arm
        Tumour cells with MSC (or their medium, or vesicles) under the drug; nothing else done to them.
    vehicle
        What carries the MSC's help: ``cells``, ``medium``, ``vesicles`` or ``none``.
    """

    contrast: str | None
    paper: str | None
    arm: Arm
    vehicle: str

    @property
    def alone(self) -> Arm:
        """The arm without MSC."""
        return self.arm.without(msc=True)

    @property
    def blocked(self) -> Arm:
        """The arm with MSC and every port of the pathway shut."""
        return replace(self.arm, perturbation=(BLOCK,))


@dataclass(frozen=True)
class Protection:
    """Viability under the drug, fraction of the untreated well of the same culture, shape (trajectory,) each.

    ``alone`` and ``with_msc``, and both with the ports shut. NaN where a solve failed or the dose cannot be
    had.
    """

    alone: Array
    with_msc: Array
    alone_blocked: Array
    with_msc_blocked: Array

    @property
    def total(self) -> Array:
        """Protection: viability with MSC less that without."""
        return self.with_msc - self.alone

    @property
    def through_pathway(self) -> Array:
        """What shutting the ports takes from it; what the block does without MSC is not counted."""
        return self.total - (self.with_msc_blocked - self.alone_blocked)

    @property
    def is_readable(self) -> np.ndarray:
        """Whether the drug alone kills enough, and not too much, for a plate to show a difference."""
        loss = 1.0 - self.alone
        return np.asarray((loss >= READABLE[0]) & (loss <= READABLE[1]))

    def judge_claim(self) -> np.ndarray:
        """Return whether the claim holds: MSC protect by a threshold, and the block takes as much back."""
        enough = (self.total >= WANTED) & (self.through_pathway >= WANTED)  # NaN is neither
        return np.asarray(enough & self.is_readable)


def find_main(bound: Bound) -> MainExperiment:
    """Find the experiment that carries a record's claim.

    Raises
    ------
    ModelError
        The record has no drug or no culture to fall back on.
    """
    arms = group_arms(bound)
    own = bound.record.mechanism.paper
    rows = sorted(
        (row for row in bound.record.contrasts if row.scope == "in"), key=lambda row: row.paper != own
    )
    for row in rows:
        arm = _find_protected(row, arms[row.observation])
        if arm is not None:
            return MainExperiment(row.contrast, row.paper, arm, find_vehicle([arm]))
    arm, _ = choose_arms(bound)
    return MainExperiment(None, None, arm, find_vehicle([arm]))


def _find_protected(row: ContrastRow, arms: dict[str, Arm]) -> Arm | None:
    """Return the arm that MSC protect, if that is what a contrast says."""
    if _SAVES.get(row.readout) != row.kind or row.versus not in arms or row.arm[0] not in arms:
        return None
    arm, versus = arms[row.arm[0]], arms[row.versus]
    clean = not arm.perturbation and not versus.perturbation
    both = bool(arm.drug) and versus.drug == arm.drug and bool(arm.tumour)
    return arm if clean and both and arm.msc and not versus.msc else None


def add_block(bound: Bound, observables: Iterable[str] = ()) -> Bound:
    """Return a bound model that knows the pathway's block, and reads further observables in every arm."""
    mechanism = bound.record.mechanism
    block = Perturbation(
        id=BLOCK,
        label="every port of the pathway shut",
        kind="knock-out",
        target="msc",
        parameters=("port_sign",),
        how="level",
        value=0.0,
        source="definition",
    )
    changed = mechanism.model_copy(update={"perturbations": (*mechanism.perturbations, block)})
    return see_names(replace(bound, record=replace(bound.record, mechanism=changed)), observables)


def see_names(bound: Bound, observables: Iterable[str]) -> Bound:
    """Return a bound model that reads further observables in every arm."""
    mechanism = bound.record.mechanism
    known = {item.observable for item in mechanism.readouts}
    added = tuple(
        Readout(id=f"seen_{index}", label=name, kind="level", entity="msc", observable=name)
        for index, name in enumerate(dict.fromkeys(observables))
        if name not in known
    )
    changed = mechanism.model_copy(update={"readouts": (*mechanism.readouts, *added)})
    return replace(bound, record=replace(bound.record, mechanism=changed))


def measure_protection(bench: Bench, main: MainExperiment) -> Protection:
    """Simulate the main experiment on a bench whose bound model knows the block (`add_block`)."""
    arms = (main.alone, main.arm, main.blocked.without(msc=True), main.blocked)
    return Protection(*(read_arm(bench, arm, main.vehicle, "viability") for arm in arms))


def read_protection(bench: Bench, arm: Arm) -> Array:
    """Read the protection by MSC in an arm, its perturbations being there with MSC and without.

    Parameters
    ----------
    bench
        The model and its draws.
    arm
        With MSC and drug.

    Returns
    -------
    Array
        Difference in viability, one per draw; NaN where a solve failed.
    """
    with_msc, alone = read_both(bench, arm)
    return with_msc - alone


def read_both(bench: Bench, arm: Arm) -> tuple[Array, Array]:
    """Read viability with MSC and without."""
    vehicle = find_vehicle([arm])
    alone = arm.without(msc=True)
    return read_arm(bench, arm, vehicle, "viability"), read_arm(bench, alone, vehicle, "viability")
