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
        Nominal values that are not the middle of their range, an IC50 (nM) as ``ic50:drug:line``; used where
        the seed is `NOMINAL`.
    calibrated_by
        The bench whose monoculture says how a potency gives an IC50, where several benches share the
        parameters of the tumour cell; None for this one.
    """

    bound: Bound
    seed: Source
    draws: int = 200
    tolerance: Tolerance = SCORE_TOLERANCE
    drug: str | None = None
    line: str | None = None
    progress: Callable[[int], None] | None = None
    nominal: Mapping[str, float] = field(default_factory=dict)
    calibrated_by: Bench | None = None
    _arms: dict[tuple[Arm, str, str], Measured] = field(default_factory=dict)
    _doses: dict[tuple[Arm, str, str], Array] = field(default_factory=dict)
    _rests: dict[tuple[str | None, str | None, tuple[str, ...], int], Array] = field(default_factory=dict)
    _ic50s: dict[tuple[str | None, str | None, int], Array] = field(default_factory=dict)
    _values: dict[tuple[str | None, str | None, int], dict[str, Array]] = field(default_factory=dict)
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
        key = (variant.drug, variant.line, count)
        if key not in self._values:
            if self.seed == NOMINAL:
                moved = {k: np.full(count, value) for k, value in self.nominal.items() if ":" not in k}
                self._values[key] = nominal_values(variant, count) | moved
            else:
                known = self._find_drawn(variant, count)
                self._values[key] = sample_values(variant, self.seed, count, known)
        return {**self._values[key]}

    def _find_drawn(self, variant: Variant, count: int) -> dict[str, Array]:
        """Return what was drawn already for other drugs or lines: most parameters are the same."""
        found: dict[str, Array] = {}
        for (drug, line, size), values in self._values.items():
            other = self._variants.get((drug, line))
            if other and size == count:
                priors = other.priors
                found |= {k: values[k] for k, prior in variant.priors.items() if priors.get(k) is prior}
        return found

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
        inputs, periods = self.lay_down(arm, values, conditions, dose)
        inputs |= self._rest(arm, inputs, times)
        # a dose that cannot be had is a trajectory without input
        inputs["drug"] = np.where(np.isfinite(dose), 0.0, np.nan)
        molecules = (r.observable for r in self.bound.record.mechanism.readouts)
        read = tuple(dict.fromkeys((*CHASSIS_OBSERVABLES, *molecules)))
        result = simulate(
            self.bound.network, inputs, periods, read, tolerance=self.tolerance, progress=self.progress
        )
        return Measured({name: result.get(name) for name in read}, result.status)

    def lay_down(
        self, arm: Arm, values: dict[str, Array], conditions: Conditions, dose: Array
    ) -> tuple[dict[str, Array], tuple[Period, ...]]:
        """Return the inputs of an arm, and its periods after the rest; dose in units of the potency."""
        inputs, periods = make_periods(self.variant(arm), arm, values, conditions, dose, source=self.seed)
        # strengths that were given are no inputs of the model
        return {name: value for name, value in inputs.items() if ":" not in name}, periods

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
            self._doses[key] = self.find_dose(alone, values, conditions, 1.0 - conditions.effect, effect_on)
        return self._doses[key]

    def default_line(self) -> str | None:
        """Return the record's first tumour cell."""
        return next((cell.id for cell in self.bound.record.mechanism.cells if cell.role == "tumour"), None)

    def potency(self, arm: Arm, count: int) -> Array:
        """Return the potency (nM) at which the simulated monoculture has the line's IC50, per trajectory."""
        variant = self.variant(arm)
        potency = variant.potency
        if potency is None:
            return np.ones(count)
        relative = (self.calibrated_by or self)._calibrate(variant, count)
        if self.seed == NOMINAL:
            return self.nominal.get(f"ic50:{variant.drug}:{variant.line}", potency.ic50) / relative
        return sample_ic50(potency, self.seed, count, f"{variant.drug}:{variant.line}") / relative

    def _calibrate(self, variant: Variant, count: int) -> Array:
        """Return the simulated monoculture's IC50 in units of the potency, per trajectory."""
        key = (variant.drug, variant.line, count)
        if key not in self._ic50s:
            assay = Arm(_ASSAY, variant.line, drug=variant.drug)
            values, half = self.values(variant, count), np.full(count, 0.5)
            self._ic50s[key] = self.find_dose(assay, values, _default_conditions(count), half)
        return self._ic50s[key]

    def scan(
        self, arm: Arm, values: dict[str, Array], conditions: Conditions, effect_on: str = "viability"
    ) -> Array:
        """Simulate an arm over the doses of `SCAN`; shape (trajectory, dose).

        Viability relative to the untreated well of the same culture, or the share of cells that are not
        apoptotic.
        """
        measured = self.scan_doses(arm, values, conditions, SCAN[None, :])
        return _read_effect(measured, measured.end("living")[:, :1], effect_on)[:, 1:]

    def find_dose(
        self,
        arm: Arm,
        values: dict[str, Array],
        conditions: Conditions,
        level: Array,
        effect_on: str = "viability",
    ) -> Array:
        """Find the dose at which an arm falls to a level, as `interpolate_dose` of its `scan` does.

        Only the doses of `SCAN` that halve what is left are simulated, a third of all: more of a drug leaves
        fewer cells, so that a level is crossed once.

        Parameters
        ----------
        level
            Viability, or share of cells that are not apoptotic, shape (trajectory,).

        Returns
        -------
        Array
            In units of the potency, one per trajectory; NaN where no dose reaches the level or the lowest is
            already below it.
        """
        n = len(level)
        above, under = np.full(n, -1), np.full(n, len(SCAN))  # places in the scan: not yet, and already there
        over, below = np.full(n, np.nan), np.full(n, np.nan)  # what was read at them
        untreated = None
        while (under - above > 1).any():
            middle = np.clip((above + under) // 2, 0, len(SCAN) - 1)
            doses = SCAN[middle][:, None]
            if untreated is None:
                doses = np.concatenate([np.zeros((n, 1)), doses], axis=1)
            measured = self._simulate_doses(arm, values, conditions, doses)
            if untreated is None:
                untreated = measured.end("living")[:, :1]
            read = _read_effect(measured, untreated, effect_on)[:, -1]
            fell = (read <= level) & (middle > above)
            rose = ~fell & (middle < under)
            under, below = np.where(fell, middle, under), np.where(fell, read, below)
            above, over = np.where(rose, middle, above), np.where(rose, read, over)
        found = (above >= 0) & (under < len(SCAN))
        at = np.clip(under, 1, len(SCAN) - 1)
        return _interpolate((over, below), level, found, (SCAN[at - 1], SCAN[at]))

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
        return self._simulate_doses(arm, values, conditions, all_doses)

    def _simulate_doses(
        self, arm: Arm, values: dict[str, Array], conditions: Conditions, doses: Array
    ) -> Measured:
        """Simulate an arm at doses of shape (trajectory, dose); values of shape (trajectory, 2, dose)."""
        n, k = doses.shape
        rows = np.repeat(np.arange(n), k)
        tiled = {name: value[rows] for name, value in values.items()} if k > 1 else values
        flat = self._simulate(arm, tiled, conditions.take(rows), doses.reshape(-1), times=k)
        shaped = {name: np.moveaxis(value.reshape(n, k, 2), 1, 2) for name, value in flat.values.items()}
        return Measured(shaped, flat.status.reshape(n, k).max(axis=1))


def _read_effect(measured: Measured, untreated: Array, effect_on: str) -> Array:
    """Return viability relative to an untreated well, or the share of cells not apoptotic; as simulated."""
    if effect_on == "apoptosis":
        return np.asarray(1.0 - measured.end("annexin_positive"))
    return np.asarray(measured.end("living") / untreated)


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
    read = viability[rows, at - 1], viability[rows, at]
    return _interpolate(read, target, found, (scan[at - 1], scan[at]))


def _interpolate(
    read: tuple[Array, Array], target: Array, found: NDArray[np.bool_], dose: tuple[Array, Array]
) -> Array:
    """Return the dose between two neighbours of a scan, above and below a target; NaN where not found."""
    above, under, target = (_logit(v) for v in (*read, target))
    gap = np.where(found & (above > under), above - under, 1.0)
    share = np.where(found, (above - target) / gap, 0.0)
    between = np.exp(np.log(dose[0]) + share * np.log(dose[1] / dose[0]))
    return np.where(found, between, np.nan)


def _logit(share: Array) -> Array:
    """Return log odds, ends kept off: on this scale a dose-response is straight and few doses are enough."""
    kept = np.clip(share, 1e-3, 1 - 1e-3)
    return np.asarray(np.log(kept / (1 - kept)))


def is_solved(measured: Measured) -> NDArray[np.bool_]:
    """Return whether each trajectory of an arm was solved."""
    return np.asarray(measured.status == Status.DONE)
