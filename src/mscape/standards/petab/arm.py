"""Which experiments contrasts need: found by judging them on a bench that simulates nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from mscape.atlas.row import ContrastRow
from mscape.engine.batch import Array, Status
from mscape.experiments.arm import Arm
from mscape.experiments.bench import CHASSIS_OBSERVABLES, Bench, Measured
from mscape.experiments.bind import Bound
from mscape.experiments.condition import Conditions, make_grid
from mscape.experiments.contrast import find_vehicle, judge_contrast, read_arm, split_readout
from mscape.experiments.prior import NOMINAL
from mscape.experiments.score import group_arms


@dataclass(frozen=True)
class Finding:
    """How an unreported dose is found: in which monoculture, and on what its effect is read."""

    alone: Arm
    effect_on: str


@dataclass(frozen=True)
class Use:
    """An arm as it is simulated: its dose is reported, found by its effect, or there is no drug."""

    arm: Arm
    finding: Finding | None = None


@dataclass(frozen=True)
class ContrastUse:
    """A contrast and the arms that it needs.

    Parameters
    ----------
    row
        The contrast.
    read
        Its arms in order: ``arm``, ``versus``, ``unprotected``.
    untreated
        Of each of them the culture that viability is a share of, None where the read-out has none.
    alone
        The monocultures under the drug that say whether a plate could show a difference.
    further
        What those are a share of.
    """

    row: ContrastRow
    read: tuple[Use, ...]
    untreated: tuple[Use | None, ...]
    alone: tuple[Use, ...]
    further: tuple[Use, ...]

    @property
    def uses(self) -> tuple[Use, ...]:
        """Every arm it needs, without those that doses are found in."""
        return (*self.read, *(use for use in self.untreated if use), *self.alone, *self.further)


@dataclass(frozen=True)
class Assay:
    """The monoculture in which a potency is such that the IC50 is a line's own, and its conditions."""

    arm: Arm
    conditions: Conditions


@dataclass
class _Recorder(Bench):
    """A bench that notes what would be simulated, and answers with any number."""

    measured: dict[Arm, None] = field(default_factory=dict)
    scanned: list[Assay] = field(default_factory=list)

    def measure(self, arm: Arm, vehicle: str, effect_on: str = "viability") -> Measured:
        self.measured[arm] = None
        return super().measure(arm, vehicle, effect_on)

    def find_dose(
        self,
        arm: Arm,
        values: dict[str, Array],
        conditions: Conditions,
        level: Array,
        effect_on: str = "viability",
    ) -> Array:
        del values, effect_on
        self.scanned.append(Assay(arm, conditions.take(np.array([0]))))
        return np.ones(len(level))

    def _simulate(
        self, arm: Arm, values: dict[str, Array], conditions: Conditions, dose: Array, *, times: int = 1
    ) -> Measured:
        count = len(dose)
        read = (*CHASSIS_OBSERVABLES, *(item.observable for item in self.bound.record.mechanism.readouts))
        growing = np.tile([1.0, 2.0], (count, 1))
        return Measured(dict.fromkeys(read, growing), np.full(count, Status.DONE, dtype=np.int64))

    def find_finding(self) -> Finding | None:
        """Return how the one unreported dose was found, None where there was none."""
        for alone, _, effect_on in self._doses:
            return Finding(alone, effect_on)
        return None

    def find_assay(self) -> Assay | None:
        """Return the assay that a reported dose was calibrated in, None where there was none."""
        return self.scanned[0] if self._ic50s else None


def list_contrast_uses(bound: Bound, rows: Iterable[ContrastRow]) -> tuple[ContrastUse, ...]:
    """Return what each contrast needs."""
    arms = group_arms(bound)
    return tuple(_list_one(bound, row, arms[row.observation]) for row in rows)


def _list_one(bound: Bound, row: ContrastRow, arms: dict[str, Arm]) -> ContrastUse:
    used = [arms[name] for name in (*row.arm, row.versus, row.unprotected) if name and name in arms]
    vehicle = find_vehicle(used)
    read, untreated = [], []
    for arm, readout in zip(used, split_readout(row.readout, len(used)), strict=True):
        recorder = _Recorder(bound, NOMINAL)
        read_arm(recorder, arm, vehicle, readout)
        read.append(Use(arm, recorder.find_finding()))
        others = [other for other in recorder.measured if other != arm]
        itself = arm if readout in ("viability", "viability_well", "colonies", "gr") else None
        untreated.append(Use(others[0]) if others else Use(itself) if itself else None)
    whole = _Recorder(bound, NOMINAL)
    judge_contrast(whole, row, arms)
    effect_on = "apoptosis" if row.readout == "apoptosis" else "viability"
    alone = []
    for arm in whole.measured:
        if arm.drug and not (arm.msc or arm.perturbation):
            recorder = _Recorder(bound, NOMINAL)
            recorder.measure(arm, vehicle, effect_on)
            alone.append(Use(arm, recorder.find_finding()))
    known = {use.arm for use in (*read, *untreated, *alone) if use}
    further = tuple(Use(arm) for arm in whole.measured if arm not in known)
    return ContrastUse(row, tuple(read), tuple(untreated), tuple(alone), further)


def find_assays(bound: Bound, uses: Iterable[Use]) -> dict[tuple[str, str | None], Assay]:
    """Return the calibrating assay of each drug and line that an arm gives a reported dose to."""
    found: dict[tuple[str, str | None], Assay] = {}
    for use in uses:
        arm = use.arm
        if arm.drug is None or arm.dose is None or (arm.drug, arm.tumour) in found:
            continue
        recorder = _Recorder(bound, NOMINAL)
        recorder.measure(arm, "none")
        assay = recorder.find_assay()
        if assay:
            found[arm.drug, arm.tumour] = assay
    return found


def middle_conditions() -> Conditions:
    """Return the middle of the grid of unreported conditions, one row."""
    grid = make_grid("cells")
    return grid.take(np.array([len(grid) // 2]))
