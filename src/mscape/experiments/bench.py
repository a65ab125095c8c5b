"""The bench: arms of one record simulated under the same draws or grid of conditions, each arm once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mscape.atlas import record as form
from mscape.engine.batch import Array, Period, Status, Tolerance
from mscape.engine.simulate import simulate
from mscape.experiments.arm import OF_THE_CELL, REST_HOURS, Arm, make_periods
from mscape.experiments.bind import (
    Bound,
    Potency,
    Variant,
    make_variant,
    nominal_values,
    sample_ic50,
    sample_values,
)
from mscape.experiments.condition import Conditions, draw_conditions, make_grid
from mscape.experiments.prior import NOMINAL, Source

CHASSIS_OBSERVABLES = ("living", "annexin_positive", "well_signal", "n_msc", "drug_cell", "damage")
SCAN = np.logspace(-1.75, 2.25, 13)  # doses of a scan, as multiples of the potency
SCORE_TOLERANCE = Tolerance(1e-5, 1e-8)
_ASSAY = form.Protocol(
    id="assay",
    culture="monoculture",
    periods=(form.Period(period="drug", contents=("tumour", "drug"), hours=72.0),),
)


@dataclass(frozen=True)
class Measured:
    """What an arm read at beginning and end of its last period, shape (trajectory, 2); each status."""

    values: dict[str, Array]
    status: NDArray[np.int64]

    def end(self, name: str) -> Array:
        """Return a value at the end, shape (trajectory,)."""
        return self.values[name][:, -1]

    def start(self, name: str) -> Array:
        """Return a value at the beginning of the last period, shape (trajectory,)."""
        return self.values[name][:, 0]


@dataclass
class Bench:
    """One record's arms under one set of trajectories. Simulates each arm at most once.

    Parameters
    ----------
    bound
        The record and its model.
    seed
        Of the draws, or points of a fit; `NOMINAL` for nominal parameters over the grid of unreported
        conditions.
    draws
        Number of joint draws; the grid decides where the seed is `NOMINAL`.
    drug, line
        Instead of those the arms name: an extrapolation.
    nominal
        Nominal values that are not the middle of their range; used where the seed is `NOMINAL`.
    """

    bound: Bound
    seed: Source
    draws: int = 200
    tolerance: Tolerance = SCORE_TOLERANCE
    drug: str | None = None
    line: str | None = None
    progress: Callable[[int], None] | None = None
    nominal: Mapping[str, float] = field(default_factory=dict)
    _arms: dict[tuple[Arm, str, str], Measured] = field(default_factory=dict)
    _doses: dict[tuple[Arm, str, str], Array] = field(default_factory=dict)
    _rests: dict[tuple[str | None, str | None, tuple[str, ...], int], Array] = field(default_factory=dict)
    _potencies: dict[tuple[str | None, str | None, int], Array] = field(default_factory=dict)
    _variants: dict[tuple[str | None, str | None], Variant] = field(default_factory=dict)

    def variant(self, arm: Arm) -> Variant:
        """Return the model with the arm's drug and line."""
        key = (arm.drug, arm.tumour)
        if key not in self._variants:
            self._variants[key] = make_variant(self.bound, *key)
        return self._variants[key]

    def conditions(self, vehicle: str) -> Conditions:
        """Return the conditions of every trajectory: the grid for a vehicle, or the draws."""
        return make_grid(vehicle) if self.seed == NOMINAL else draw_conditions(self.seed, self.draws)

    def values(self, variant: Variant, count: int) -> dict[str, Array]:
        """Return every parameter of a variant for every trajectory."""
        if self.seed != NOMINAL:
            return sample_values(variant, self.seed, count)
        moved = {name: np.full(count, value) for name, value in self.nominal.items()}
        return nominal_values(variant, count) | moved

    def measure(self, arm: Arm, vehicle: str, effect_on: str = "viability") -> Measured:
        """Simulate an arm, or return what it read before.

        Parameters
        ----------
        arm
            The arm.
        vehicle
            What carries the MSC's help: decides which axis of the grid is open.
        effect_on
            ``viability`` or ``apoptosis``: what an unreported dose has its effect on.
        """
        drug = self.drug if arm.drug and self.drug else arm.drug
        line = self.line if arm.tumour and self.line else arm.tumour
        arm = replace(arm, drug=drug, tumour=line)
        key = (arm, vehicle, effect_on if arm.drug else "")
        if key not in self._arms:
            variant = self.variant(arm)
            conditions = self.conditions(vehicle)
            values = self.values(variant, len(conditions))
            dose = self._dose(arm, vehicle, effect_on) if arm.drug else np.zeros(len(conditions))
            self._arms[key] = self._simulate(arm, values, conditions, dose)
        return self._arms[key]

    def _simulate(
        self, arm: Arm, values: dict[str, Array], conditions: Conditions, dose: Array, *, times: int = 1
    ) -> Measured:
        """Simulate an arm; each ``times`` trajectories in a row share their values and so their rest."""
        inputs, periods = make_periods(self.variant(arm), arm, values, conditions, dose, source=self.seed)
        inputs |= self._rest(arm, inputs, times)
        # a dose that cannot be had is a trajectory without input
        inputs["drug"] = np.where(np.isfinite(dose), 0.0, np.nan)
        molecules = (r.observable for r in self.bound.record.mechanism.readouts)
        read = tuple(dict.fromkeys((*CHASSIS_OBSERVABLES, *molecules)))
        result = simulate(
            self.bound.network, inputs, periods, read, tolerance=self.tolerance, progress=self.progress
        )
        return Measured({name: result.get(name) for name in read}, result.status)

    def _rest(self, arm: Arm, inputs: dict[str, Array], times: int) -> dict[str, Array]:
        """Return every state after a rest without cells: the same for all arms of a variant, solved once."""
        own = {item.id: item.kind for item in self.bound.record.mechanism.perturbations}
        lasting = tuple(name for name in arm.perturbation if own[name] in OF_THE_CELL)
        count = max(len(value) for value in inputs.values()) // times
        key = (arm.drug, arm.tumour, lasting, count)
        states = self.bound.network.states
        if key not in self._rests:
            base = {name: value[::times] for name, value in inputs.items()}
            rest = (Period(REST_HOURS, (), (REST_HOURS,)),)
            result = simulate(self.bound.network, base, rest, states, tolerance=self.tolerance)
            self._rests[key] = result.values[:, 0, :]
        return {name: np.repeat(self._rests[key][:, i], times) for i, name in enumerate(states)}

    def _dose(self, arm: Arm, vehicle: str, effect_on: str) -> Array:
        """Find the dose in units of a potency of 1: from dose and IC50, or from the effect in monoculture."""
        conditions = self.conditions(vehicle)
        if arm.dose is not None:
            return arm.dose / self.potency(arm, len(conditions))
        alone = arm.without(msc=True, perturbation=True)
        if alone.tumour is None:  # MSC alone under a drug: at the dose of a tumour assay
            alone, effect_on = Arm(_ASSAY, self.default_line(), drug=arm.drug), "viability"
        key = (alone, vehicle, effect_on)
        if key not in self._doses:
            values = self.values(self.variant(alone), len(conditions))
            reading = self.scan(alone, values, conditions, effect_on)
            self._doses[key] = interpolate_dose(reading, 1.0 - conditions.effect)
        return self._doses[key]

    def default_line(self) -> str | None:
        """Return the record's first tumour cell."""
        return next((cell.id for cell in self.bound.record.mechanism.cells if cell.role == "tumour"), None)

    def potency(self, arm: Arm, count: int) -> Array:
        """Return the potency (nM) at which the simulated monoculture has the line's IC50, per trajectory."""
        variant = self.variant(arm)
        if variant.potency is None:
            return np.ones(count)
        key = (arm.drug, arm.tumour, count)
        if key not in self._potencies:
            self._potencies[key] = self._calibrate(variant, variant.potency, count)
        return self._potencies[key]

    def _calibrate(self, variant: Variant, potency: Potency, count: int) -> Array:
        assay = Arm(_ASSAY, variant.line, drug=variant.drug)
        viability = self.scan(assay, self.values(variant, count), _default_conditions(count))
        relative = interpolate_dose(viability, np.full(count, 0.5))
        name = f"{variant.drug}:{variant.line}"
        if self.seed == NOMINAL:
            return potency.ic50 / relative
        return sample_ic50(potency, self.seed, count, name) / relative

    def scan(
        self, arm: Arm, values: dict[str, Array], conditions: Conditions, effect_on: str = "viability"
    ) -> Array:
        """Simulate an arm over the doses of `SCAN`; shape (trajectory, dose).

        Viability relative to the untreated well of the same culture, or the share of cells that are not
        apoptotic.
        """
        measured = self.scan_doses(arm, values, conditions, SCAN[None, :])
        if effect_on == "apoptosis":
            return np.asarray(1.0 - measured.end("annexin_positive")[:, 1:])
        living = measured.end("living")
        return np.asarray(living[:, 1:] / living[:, :1])

    def scan_doses(
        self, arm: Arm, values: dict[str, Array], conditions: Conditions, doses: Array
    ) -> Measured:
        """Simulate an arm untreated and at each dose.

        Parameters
        ----------
        doses
            In units of the potency, shape (1 or trajectory, dose).

        Returns
        -------
        Measured
            Values of shape (trajectory, 2, 1 + dose), the untreated well first: ``end`` gives (trajectory, 1
            + dose).
        """
        n, k = len(conditions), doses.shape[1] + 1
        all_doses = np.broadcast_to(np.concatenate([np.zeros((len(doses), 1)), doses], axis=1), (n, k))
        rows = np.repeat(np.arange(n), k)
        tiled = {name: value[rows] for name, value in values.items()}
        flat = self._simulate(arm, tiled, conditions.take(rows), all_doses.reshape(-1), times=k)
        shaped = {name: np.moveaxis(value.reshape(n, k, 2), 1, 2) for name, value in flat.values.items()}
        return Measured(shaped, flat.status.reshape(n, k).max(axis=1))


def _default_conditions(count: int) -> Conditions:
    one = make_grid("none").take(np.zeros(count, dtype=np.int64))
    return replace(one, hours=np.full(count, 72.0), effect=np.full(count, 0.5))


def interpolate_dose(viability: Array, target: Array, scan: Array = SCAN) -> Array:
    """Find where viability first falls to a target; between doses of a scan its logit is linear in log dose.

    Parameters
    ----------
    viability
        Shape (trajectory, dose).
    target
        One per trajectory.

    Returns
    -------
    Array
        Dose, one per trajectory, in the scan's unit; NaN where no dose of the scan reaches the target or the
        lowest is already below it.
    """
    below = viability <= target[:, None]
    first = below.argmax(axis=1)
    found = below.any(axis=1) & (first > 0)
    at = np.clip(first, 1, None)
    rows = np.arange(len(target))
    above, under, target = (_logit(v) for v in (viability[rows, at - 1], viability[rows, at], target))
    gap = np.where(found & (above > under), above - under, 1.0)
    share = np.where(found, (above - target) / gap, 0.0)
    dose = np.exp(np.log(scan[at - 1]) + share * np.log(scan[at] / scan[at - 1]))
    return np.where(found, dose, np.nan)


def _logit(share: Array) -> Array:
    """Return log odds, ends kept off: on this scale a dose-response is straight and few doses are enough."""
    kept = np.clip(share, 1e-3, 1 - 1e-3)
    return np.asarray(np.log(kept / (1 - kept)))


def is_solved(measured: Measured) -> NDArray[np.bool_]:
    """Return whether each trajectory of an arm was solved."""
    return np.asarray(measured.status == Status.DONE)
