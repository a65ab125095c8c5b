"""Dose–response of a mechanism with and without its MSC, over draws of what is assumed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mscape.atlas.record import Culture
from mscape.engine.batch import Array
from mscape.errors import UsageError
from mscape.experiments.arm import Arm
from mscape.experiments.bench import Bench, interpolate_dose
from mscape.experiments.bind import Bound
from mscape.experiments.contrast import find_vehicle
from mscape.experiments.culture import find_culture, find_msc, find_perturbations, make_protocol

Interval = tuple[float, float, float]
DECADES = 4.0
POINTS = 17
ABOVE = "above the top dose"
BELOW = "below the lowest dose"


@dataclass(frozen=True)
class Curve:
    """One culture's curve: 5th, 50th and 95th percentile per dose, shape (3, dose), and each draw's summary.

    ``summary`` holds ``ic50`` and ``gr50`` (nM; in words where the tested doses do not reach them), ``emax``
    (loss of viability at the top dose) and ``auc`` (mean viability over the log of the tested doses).
    """

    viability: Array
    gr: Array
    summary: dict[str, Interval | str]


@dataclass(frozen=True)
class DoseResponse:
    """Curves over the same doses (nM), the fold shift of the IC50, and what stands in for what."""

    drug: str
    line: str | None
    culture: str
    hours: float
    dose: Array
    curves: dict[str, Curve]
    fold_shift: Interval | str
    extrapolated: bool
    needs: tuple[str, ...]
    stand_ins: tuple[str, ...]


@dataclass(frozen=True)
class Setting:
    """What a user may choose; None leaves it to the record or, for ratio and share, to the grid."""

    culture: Culture | None = None
    drug: str | None = None
    line: str | None = None
    msc: str | None = None
    hours: float = 72.0
    ratio: float | None = None
    share: float | None = None
    perturb: tuple[str, ...] = ()


def resolve_setting(bound: Bound, setting: Setting) -> tuple[Arm, bool]:
    """Resolve a setting to the arm with MSC and drug, and say whether it goes beyond the record.

    Raises
    ------
    UsageError
        A culture, MSC or perturbation the record does not have, or hours, ratio or share that cannot be.
    """
    mechanism = bound.record.mechanism
    _refuse_impossible(setting)
    culture = setting.culture or find_culture(mechanism)
    drug = setting.drug or mechanism.drugs[0]
    own = [cell.id for cell in mechanism.cells if cell.role == "tumour"]
    line = setting.line or own[0]
    protocol = make_protocol(culture, setting.hours, ratio=setting.ratio, share=setting.share)
    msc = None if culture == "monoculture" else find_msc(mechanism, setting.msc)
    arm = Arm(protocol, line, msc, drug, find_perturbations(mechanism, setting.perturb))
    return arm, drug not in mechanism.drugs or line not in own


def _refuse_impossible(setting: Setting) -> None:
    if not 0 < setting.hours <= 2000:
        raise UsageError("hours", f"{setting.hours:g}", "more than 0 and at most 2000")
    if setting.ratio is not None and not 0 < setting.ratio <= 100:
        raise UsageError("ratio", f"{setting.ratio:g} MSC per tumour cell", "more than 0 and at most 100")
    if setting.share is not None and not 0 < setting.share <= 1:
        raise UsageError("share", f"{setting.share:g}", "more than 0 and at most 1 (100 %)")


def simulate_dose_response(bound: Bound, setting: Setting, *, seed: int, draws: int = 100) -> DoseResponse:
    """Simulate the curves without and with MSC.

    Parameters
    ----------
    bound
        The record and its model.
    setting
        Culture, drug, line, hours and the rest.
    seed, draws
        Of the joint draws of assumed parameters, donors and unreported conditions.

    Raises
    ------
    UsageError, UnknownIdError
        The setting cannot be resolved.
    """
    arm, extrapolated = resolve_setting(bound, setting)
    bench = Bench(bound, seed, draws)
    variant = bench.variant(arm)
    middle = variant.potency.ic50 if variant.potency else 1.0
    dose = middle * np.logspace(-DECADES / 2, DECADES / 2, POINTS)
    alone = arm.without(msc=True, perturbation=True)
    relative = dose[None, :] / bench.potency(alone, draws)[:, None]
    arms = {"without MSC": alone} | ({"with MSC": arm} if arm.msc else {})
    readings = {name: _read(bench, item, find_vehicle([arm]), relative) for name, item in arms.items()}
    curves = {name: _summarise(viability, gr, dose) for name, (viability, gr) in readings.items()}
    shift: Interval | str = "no MSC in this culture"
    if arm.msc:
        first, second = (_cross(readings[name][0], dose) for name in ("without MSC", "with MSC"))
        with np.errstate(divide="ignore", invalid="ignore"):  # beyond the doses at both ends: no number
            shift = _interval(second / first)
    return DoseResponse(
        str(arm.drug), arm.tumour, arm.protocol.culture, setting.hours, dose, curves, shift, extrapolated,
        bound.record.mechanism.needs, variant.stand_ins,
    )  # fmt: skip


def _read(bench: Bench, arm: Arm, vehicle: str, relative: Array) -> tuple[Array, Array]:
    conditions = bench.conditions(vehicle)
    measured = bench.scan_doses(arm, bench.values(bench.variant(arm), len(conditions)), conditions, relative)
    living, fresh = measured.end("living"), measured.start("living")
    viability = living[:, 1:] / living[:, :1]
    rate = np.log2(np.maximum(living, 1e-9) / fresh)
    gr = 2.0 ** (rate[:, 1:] / rate[:, :1]) - 1.0
    return viability, gr


def _cross(viability: Array, dose: Array, level: float = 0.5) -> Array:
    """Return the dose at which each curve first falls to a level; infinite above the top, 0 below all."""
    found = interpolate_dose(viability, np.full(len(viability), level), dose)
    return np.where(np.isfinite(found), found, np.where(viability[:, 0] <= level, 0.0, np.inf))


def _interval(values: Array) -> Interval | str:
    """Return 5th, 50th, 95th percentile, or in words which end of the tested doses the middle lies beyond."""
    kept = values[~np.isnan(values)]
    if not kept.size:
        return ABOVE
    low, middle, high = np.percentile(kept, [5, 50, 95], method="nearest")
    if not np.isfinite(middle):
        return ABOVE
    return BELOW if middle == 0 else (float(low), float(middle), float(high))


def _summarise(viability: Array, gr: Array, dose: Array) -> Curve:
    summary: dict[str, Interval | str] = {
        "ic50": _interval(_cross(viability, dose)),
        "gr50": _interval(_cross(gr, dose)),
        "emax": _interval(1.0 - viability[:, -1]),
        "auc": _interval(viability.mean(axis=1)),
    }
    levels = [5, 50, 95]
    return Curve(np.nanpercentile(viability, levels, axis=0), np.nanpercentile(gr, levels, axis=0), summary)
