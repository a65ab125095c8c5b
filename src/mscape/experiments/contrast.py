"""One contrast on one bench: read its arms, measure the effect, judge each trajectory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.row import ContrastRow
from mscape.experiments.arm import Arm
from mscape.experiments.bench import Bench, is_solved
from mscape.experiments.outcome import (
    READABLE,
    THRESHOLDS,
    Outcome,
    Threshold,
    judge_direction,
    judge_order,
    judge_partial,
    judge_value,
    measure_effect,
    measure_margin,
    measure_order_margin,
    measure_partial_margin,
    measure_value_margin,
)

Array = NDArray[np.float64]
_KILLING = frozenset({"viability", "viability_well", "colonies", "gr", "apoptosis"})


@dataclass(frozen=True)
class Judged:
    """Outcome and effect of each trajectory (``unit``: difference, points, fold, share); what arms read.

    ``margin`` is by how many thresholds a trajectory reproduces the contrast, below 0 where it does not, NaN
    where it failed. ``readable`` is the most it can be: by how many tenths the plate is off saturation.
    """

    outcomes: NDArray[np.str_]
    effect: Array
    unit: str
    margin: Array
    readings: tuple[tuple[str, Array], ...] = ()
    readable: Array | float = np.inf


def judge_contrast(bench: Bench, row: ContrastRow, arms: Mapping[str, Arm]) -> Judged:
    """Judge a contrast for every trajectory of a bench."""
    names = [name for name in (*row.arm, row.versus, row.unprotected) if name and name in arms]
    used = [arms[name] for name in names]
    vehicle = find_vehicle(used)
    readouts = split_readout(row.readout, len(used))
    readings = [read_arm(bench, arm, vehicle, readout) for arm, readout in zip(used, readouts, strict=True)]
    judged = _judge(bench, row, readings)
    failed = ~np.all([np.isfinite(reading) for reading in readings], axis=0)
    outcomes = judged.outcomes.astype(object)
    readable = _measure_readable(bench, row, used, vehicle)
    outcomes = np.where(readable < 0, Outcome.SATURATED, outcomes)
    effect = np.where(failed, np.nan, judged.effect)
    return Judged(
        np.where(failed, Outcome.FAILED, outcomes),
        effect,
        judged.unit,
        np.where(failed, np.nan, np.minimum(judged.margin, readable)),
        tuple(zip(names, readings, strict=True)),
        readable,
    )


def split_readout(readout: str, count: int) -> list[str]:
    """Return the readout of each arm: ``a;b`` reads the first arm at a and the others at b."""
    first, _, second = readout.partition(";")
    return [first, *[second or first] * (count - 1)]


def find_vehicle(arms: list[Arm]) -> str:
    """Return what carries the MSC's help in a set of arms: cells, medium, vesicles or none."""
    contents = {
        item for arm in arms if arm.msc for period in arm.protocol.periods for item in period.contents
    }
    if "vesicles" in contents:
        return "vesicles"
    if "medium" in contents:
        return "medium"
    return "cells" if "msc" in contents else "none"


def find_threshold(bench: Bench, readout: str) -> Threshold:
    """Return the threshold of a readout: the chassis' own, or that of its kind."""
    kinds = {item.id: item.kind for item in bench.bound.record.mechanism.readouts}
    return THRESHOLDS[readout if readout in THRESHOLDS else kinds[readout]]


def read_arm(bench: Bench, arm: Arm, vehicle: str, readout: str) -> Array:
    """Read one arm, one value per trajectory; NaN where a solve it needs failed.

    Viability is relative to the untreated well of the same culture; an arm without drug is relative to the
    plain monoculture.
    """
    effect_on = "apoptosis" if readout == "apoptosis" else "viability"
    measured = bench.measure(arm, vehicle, effect_on)
    solved = is_solved(measured)
    if readout in ("viability", "viability_well", "colonies", "gr"):
        untreated = bench.measure(
            arm.without(drug=True) if arm.drug else arm.without(drug=True, msc=True, perturbation=True),
            vehicle,
        )
        solved = solved & is_solved(untreated)
        name = "well_signal" if readout == "viability_well" else "living"
        value = measured.end(name) / untreated.end(name)
        if readout == "gr":
            fresh = measured.start("living")
            value = (
                2.0 ** (np.log2(measured.end("living") / fresh) / np.log2(untreated.end("living") / fresh))
                - 1.0
            )
    elif readout == "ic50":
        value = _read_ic50(bench, arm, vehicle)
    elif readout == "apoptosis":
        value = 100.0 * measured.end("annexin_positive")
    else:
        value = _read_level(bench, measured.end, readout)
    return np.where(solved, value, np.nan)


def _read_level(bench: Bench, end: object, readout: str) -> Array:
    known = {item.id: item for item in bench.bound.record.mechanism.readouts}
    name = {"count": "living"}.get(readout, readout)
    item = known.get(readout)
    value = np.asarray(end(item.observable if item else name))  # type: ignore[operator]
    return 1.0 / np.maximum(value, 1e-12) if item and item.sign < 0 else value


def _read_ic50(bench: Bench, arm: Arm, vehicle: str) -> Array:
    conditions = bench.conditions(vehicle)
    variant = bench.variant(arm)
    values = bench.values(variant, len(conditions))
    return bench.find_dose(arm, values, conditions, np.full(len(conditions), 0.5))


def _judge(bench: Bench, row: ContrastRow, readings: list[Array]) -> Judged:
    threshold = find_threshold(bench, row.readout.partition(";")[0])
    first, versus = readings[0], readings[1]
    natural = first - versus if threshold.scale != "ratio" else first / np.maximum(versus, 1e-12)
    unit = {"difference": "difference", "points": "points", "ratio": "fold"}[threshold.scale]
    if row.kind == "up" or row.kind == "down" or row.kind == "no change":  # noqa: PLR1714 - mypy narrows it
        effect = measure_effect(first, versus, threshold)
        return Judged(judge_direction(effect, row.kind), natural, unit, measure_margin(effect, row.kind))
    if row.kind == "ordered":
        steps = np.array([measure_effect(a, b, threshold) for a, b in pairwise(readings)])
        natural = (
            first - readings[-1] if threshold.scale != "ratio" else first / np.maximum(readings[-1], 1e-12)
        )
        return Judged(judge_order(steps), natural, unit, measure_order_margin(steps))
    if row.kind == "partial":
        given = versus - readings[2]
        removed = (versus - first) / np.where(given == 0, np.nan, given)
        protection = np.abs(measure_effect(versus, readings[2], threshold))
        known = np.nan_to_num(removed, nan=-1.0)
        margin = measure_partial_margin(protection, known)
        return Judged(judge_partial(protection, known), removed, "share removed", margin)
    ratio = first / np.maximum(versus, 1e-12)
    reported = float(row.value or 1.0)
    margin = measure_value_margin(ratio, reported, row.error)
    return Judged(judge_value(ratio, reported, row.error), ratio, "fold", margin)


def _measure_readable(bench: Bench, row: ContrastRow, arms: list[Arm], vehicle: str) -> Array:
    """By how many tenths the drug alone kills enough, and not too much, for a plate to show a difference."""
    count = len(bench.conditions(vehicle))
    if row.readout not in _KILLING or not all(arm.drug for arm in arms):
        return np.full(count, np.inf)
    # of a series of doses, one that can be read is enough: it begins below any effect by design
    read = arms if row.kind == "ordered" else arms[:1]
    margins = []
    for arm in read:
        alone = arm.without(msc=True, perturbation=True)
        if row.readout == "apoptosis":
            loss = read_arm(bench, alone, vehicle, "apoptosis") / 100.0
        else:
            loss = 1.0 - read_arm(bench, alone, vehicle, "viability")
        margins.append(np.minimum(loss - READABLE[0], READABLE[1] - loss) / 0.1)
    best = np.max(margins, axis=0)
    return np.where(np.isnan(best), np.inf, best)
