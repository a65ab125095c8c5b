"""Simulate one experiment that a user asks for: untreated, drug, MSC, both, and both with a perturbation."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mscape.errors import UsageError
from mscape.experiments.arm import Arm
from mscape.experiments.bench import Bench, is_solved
from mscape.experiments.bind import Bound
from mscape.experiments.contrast import find_vehicle, read_arm
from mscape.experiments.dose_response import Interval, Setting, resolve_setting
from mscape.experiments.interval import find_interval
from mscape.experiments.prior import Source

READOUTS = ("viability", "gr", "count", "apoptosis")


@dataclass(frozen=True)
class SimulatedExperiment:
    """Each arm's read-outs as 5th, 50th and 95th percentile over the draws; None where nothing was solved.

    ``units`` gives the unit of each read-out; ``solved`` the share of trajectories solved.
    """

    drug: str
    line: str | None
    culture: str
    hours: float
    dose: float | None
    arms: dict[str, dict[str, Interval | None]]
    units: dict[str, str]
    solved: float
    extrapolated: bool
    needs: tuple[str, ...]
    stand_ins: tuple[str, ...]


def simulate_experiment(
    bound: Bound, setting: Setting, *, dose: float | None, seed: Source, draws: int = 100
) -> SimulatedExperiment:
    """Simulate the arms of a co-culture experiment.

    Parameters
    ----------
    bound
        The record and its model.
    setting
        Culture, drug, line, hours and the rest.
    dose
        nM; None for the doses of the grid (30, 50 and 75 % effect in monoculture).
    seed
        Of the joint draws; or points, such as `Ensemble.draw_source` gives.
    draws
        Number of joint draws, or of points.

    Raises
    ------
    UsageError, UnknownIdError
        The setting cannot be resolved, or the dose is negative.
    """
    if dose is not None and not 0 <= dose < np.inf:
        raise UsageError("dose", f"{dose:g} nM", "0 or more")
    full, extrapolated = resolve_setting(bound, setting)
    full = replace(full, dose=dose) if dose else full
    treated = full if dose is None or dose > 0 else replace(full, drug=None)
    bench = Bench(bound, seed, draws)
    arms = _list_arms(treated)
    vehicle = find_vehicle([full])
    molecules = [item.id for item in bound.record.mechanism.readouts]
    readings = {
        name: {key: find_interval(read_arm(bench, arm, vehicle, key)) for key in (*READOUTS, *molecules)}
        for name, arm in arms.items()
    }
    solved = float(np.mean([is_solved(bench.measure(arm, vehicle)) for arm in arms.values()]))
    units = {
        "viability": "fraction of untreated",
        "gr": "1",
        "count": "cells",
        "apoptosis": "%",
    } | dict.fromkeys(molecules, "model unit")
    return SimulatedExperiment(
        drug=setting.drug or bound.record.mechanism.drugs[0],
        line=full.tumour,
        culture=full.protocol.culture,
        hours=setting.hours,
        dose=dose,
        arms=readings,
        units=units,
        solved=solved,
        extrapolated=extrapolated,
        needs=bound.record.mechanism.needs,
        stand_ins=bench.variant(full).stand_ins,
    )


def _list_arms(full: Arm) -> dict[str, Arm]:
    plain = full.without(drug=True, msc=True, perturbation=True)
    arms = {"untreated": plain}
    if full.drug:
        arms["drug"] = full.without(msc=True, perturbation=True)
    if full.msc:
        arms["MSC"] = full.without(drug=True, perturbation=True)
        if full.drug:
            arms["drug + MSC"] = full.without(perturbation=True)
    if full.perturbation:
        arms[
            " + ".join((["drug"] if full.drug else []) + (["MSC"] if full.msc else []) + [*full.perturbation])
        ] = full
    return arms
