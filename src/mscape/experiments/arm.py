"""From an arm of an experiment to what the engine is told: inputs, and periods with what each begins with.

An arm is its protocol minus what the arm does not have: without MSC no conditioned medium and no vesicles,
without a drug no drug. What leaves the list of contents between two periods is washed out. A period may begin
with fresh medium: all that is dissolved goes, and drug and perturbations of the period are given anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from mscape.atlas import record as form
from mscape.engine.batch import Array, Change, Period
from mscape.experiments.bind import Bound, Variant
from mscape.experiments.condition import SEEDED, WELL, Conditions
from mscape.experiments.prior import NOMINAL, Prior, Source, sample_prior

REST_HOURS = 300.0  # per-cell states come to rest before the experiment: many turnovers of the slowest
CELLS = ("tumour_cycling", "tumour_g0", "tumour_tolerant", "tumour_dying", "tumour_dead")
MSC = ("msc_naive", "msc_primed", "msc_senescent", "msc_dead")
OF_THE_CELL = frozenset({"silencing", "knock-out", "over-expression", "depletion"})
# Volume of the MSC side over the medium's (pericellular cleft, transwell insert), and how many of its volumes
# are exchanged per hour: minutes, an hour. Assumed.
_CLEFT, _INSERT = 0.01, 0.3
_EXCHANGE = {"contact": 10.0, "relay": 10.0, "transwell": 1.5}
_WELL_MIXED = 100.0  # per hour: MSC alone in their own medium
# How MSC of a tissue shift growth_cells and growth_medium: 64 % of experiments with MSC of marrow saw tumour
# growth promoted, 57 % with those of fat, 20 % with those of the cord, 56 % of all; at the prior's standard
# deviation of 0.61 these are its means. Source: Oloyo 2017, doi 10.1007/5584_2017_118, abstract.
TISSUE_GROWTH = {"marrow": 0.12, "adipose": 0.01, "cord": -0.61}
_CONTACT_HALF = 0.3  # MSC per tumour cell at which half the tumour cells touch one (assumed)


@dataclass(frozen=True)
class Arm:
    """One group of an experiment, resolved: what it has of its protocol's contents.

    ``dose`` is in nM, one per trajectory; None stands for a dose to be found from the monoculture's effect.
    ``time_h`` overrides the length of the last period. ``fresh`` holds the places, from 0, of the periods
    that begin with fresh medium; conditioned medium would go with it and does not come back.
    """

    protocol: form.Protocol
    tumour: str | None
    msc: str | None = None
    drug: str | None = None
    perturbation: tuple[str, ...] = ()
    dose: float | None = None
    time_h: float | None = None
    fresh: tuple[int, ...] = ()

    def without(self, *, drug: bool = False, msc: bool = False, perturbation: bool = False) -> Arm:
        """Return the arm without its drug, its MSC or its perturbations: the reference it is read against."""
        return Arm(
            self.protocol,
            self.tumour,
            None if msc else self.msc,
            None if drug else self.drug,
            () if perturbation else self.perturbation,
            None if drug else self.dose,
            self.time_h,
            self.fresh,
        )


@dataclass
class _Well:
    """What is in the well while periods are laid down one after another."""

    arm: Arm
    bound: Bound
    values: dict[str, Array]
    conditions: Conditions
    dose: Array
    present: frozenset[str] = frozenset()
    changes: list[Change] = field(default_factory=list)

    def set(self, name: str, value: Array | float) -> None:
        """Note that a name is set when the period begins."""
        self.changes.append(Change(name, "set", value))


def make_periods(
    variant: Variant,
    arm: Arm,
    values: dict[str, Array],
    conditions: Conditions,
    dose: Array,
    *,
    source: Source,
) -> tuple[dict[str, Array], tuple[Period, ...]]:
    """Lay down an arm's periods.

    Parameters
    ----------
    variant, arm
        The model with its drug and line, and the arm.
    values
        Parameter values, one per trajectory each; ``perturbation:ID`` for a perturbation's strength that is
        not to be drawn.
    conditions
        What the protocol leaves open, one per trajectory.
    dose
        nM, one per trajectory.
    source
        Of the perturbations' strengths; `NOMINAL` for the middle.

    Returns
    -------
    tuple
        Inputs of the batch, and the protocol's periods; the last one is read at its beginning and end.
    """
    inputs = dict(values)
    perturbed = dict(_perturbed_values(variant.bound, arm, values, source, len(conditions)))
    lasting = {name: value for name, (value, kind) in perturbed.items() if kind in OF_THE_CELL}
    inputs.update(lasting)
    tissue = find_tissue(variant.bound, arm)
    if tissue:
        for name in ("growth_cells", "growth_medium"):
            inputs[name] = inputs[name] + TISSUE_GROWTH[tissue]
    well = _Well(arm, variant.bound, values, conditions, dose)
    periods = []
    last = len(arm.protocol.periods) - 1
    for index, period in enumerate(arm.protocol.periods):
        well.changes = []
        contents = _contents(period, arm)
        _begin_period(
            well, contents, index, {n: v for n, (v, k) in perturbed.items() if k not in OF_THE_CELL}
        )
        well.present = contents
        hours = _hours(period, arm, conditions, is_last=index == last)
        read = np.stack([np.zeros_like(hours), hours], axis=1) if index == last else ()
        periods.append(Period(hours, tuple(well.changes), read))
    return inputs, tuple(periods)


def find_tissue(bound: Bound, arm: Arm) -> str | None:
    """Return the tissue an arm's MSC come from, None where there are none or the paper does not say."""
    return next((cell.tissue for cell in bound.record.mechanism.cells if cell.id == arm.msc), None)


def _contents(period: form.Period, arm: Arm) -> frozenset[str]:
    absent = set() if arm.msc else {"msc", "medium", "vesicles"}
    absent |= set() if arm.drug else {"drug"}
    absent |= set() if arm.perturbation else {"perturbation"}
    absent |= set() if arm.tumour else {"tumour"}
    return frozenset(period.contents) - absent


def _hours(period: form.Period, arm: Arm, conditions: Conditions, *, is_last: bool) -> Array:
    reported = arm.time_h if is_last and arm.time_h else period.hours
    if reported is not None:
        return np.full(len(conditions), float(reported))
    if "tumour" not in period.contents:
        return conditions.conditioning
    return conditions.hours if is_last or "drug" in period.contents else conditions.before


def _begin_period(well: _Well, contents: frozenset[str], index: int, perturbed: dict[str, Array]) -> None:
    came, left = contents - well.present, well.present - contents
    if "tumour" in came:
        _seed_tumour(well)
    if "tumour" in left:
        for name in CELLS:
            well.set(name, 0.0)
    fresh = index in well.arm.fresh
    given_anew = contents if fresh else frozenset[str]()
    if "msc" in left:
        _take_msc_out(well, contents)
    if fresh:
        _change_medium(well)
    if left & {"medium", "vesicles"}:
        _wash_signals(well)
    if "medium" in came:
        _transfer_medium(well)
    if "msc" in came or ("tumour" in came and "msc" in contents):
        _put_msc_in(well, contents)
    if "vesicles" in came | given_anew:
        _add_vesicles(well)
    if "relay" in came | left:
        _set_relay(well, present="relay" in contents)
    changed = came | left | given_anew
    if "drug" in changed:
        well.set("drug", well.dose if "drug" in contents else 0.0)
    for name, value in perturbed.items() if "perturbation" in changed else ():
        well.set(name, value if "perturbation" in contents else _find_own(well, name))


def _find_own(well: _Well, name: str) -> Array | float:
    """Return what a name is where nothing perturbs it."""
    return well.values.get(name, well.bound.network.inputs.get(name) or 0.0)


def _seed_tumour(well: _Well) -> None:
    cells = next((cell for cell in well.bound.record.mechanism.cells if cell.id == well.arm.tumour), None)
    seeded = SEEDED[cells.growth if cells else "adherent"] * well.conditions.seeding
    v = well.values
    division = np.log(2) / v["doubling_time"]
    resting = v["g0_entry"] / (v["g0_entry"] + v["g0_exit"] + division)
    tolerant = v["tolerance_entry"] / (v["tolerance_entry"] + v["tolerance_exit"] + division)
    well.set("tumour_g0", seeded * resting)
    well.set("tumour_tolerant", seeded * tolerant)
    well.set("tumour_cycling", seeded * (1 - resting - tolerant))
    well.set("tumour_dying", 0.0)
    well.set("tumour_dead", 0.0)


def count_seeded(bound: Bound, tumour: str | None, conditions: Conditions) -> Array:
    """Return the number of tumour cells seeded in 0.1 mL."""
    cells = next((cell for cell in bound.record.mechanism.cells if cell.id == tumour), None)
    return SEEDED[cells.growth if cells else "adherent"] * conditions.seeding


def _put_msc_in(well: _Well, contents: frozenset[str]) -> None:
    arm, conditions = well.arm, well.conditions
    cells = next((cell for cell in well.bound.record.mechanism.cells if cell.id == arm.msc), None)
    pool = "msc_primed" if cells and cells.state == "primed" else "msc_naive"
    if "tumour" not in contents:
        well.set(pool, conditions.msc_density)
        well.set("exchange", _WELL_MIXED)
        return
    ratio = (
        np.full(len(conditions), arm.protocol.msc_per_tumour)
        if arm.protocol.msc_per_tumour
        else conditions.ratio
    )
    well.set(pool, ratio * count_seeded(well.bound, arm.tumour, conditions))
    culture = arm.protocol.culture
    touching = culture in ("contact", "relay")
    well.set("msc_side", WELL * (_CLEFT if touching else _INSERT))
    well.set("exchange", _EXCHANGE.get(culture, _EXCHANGE["contact"]))
    well.set("contact", ratio / (ratio + _CONTACT_HALF) if touching else 0.0)


def _take_msc_out(well: _Well, contents: frozenset[str]) -> None:
    for name in MSC:
        well.set(name, 0.0)
    well.set("exchange", 0.0)
    well.set("contact", 0.0)
    for name in _soluble(well.bound, "msc_side"):
        well.set(name, 0.0)
    if "medium" not in contents:
        _wash_signals(well)


def _transfer_medium(well: _Well) -> None:
    share = well.arm.protocol.medium_share or well.conditions.share
    for name in _soluble(well.bound, "medium"):
        well.changes.append(Change(name, "scale", share))
    well.set("nutrient", 1.0 - share * well.conditions.spent)


def _wash_signals(well: _Well) -> None:
    for name in _soluble(well.bound, "medium"):
        well.set(name, 0.0)
    well.set("nutrient", 1.0)


def _change_medium(well: _Well) -> None:
    """Take away all that is dissolved on both sides of the well; cells stay, and so does what is in them."""
    for name in _soluble(well.bound, "msc_side"):
        well.set(name, 0.0)
    _wash_signals(well)


def _add_vesicles(well: _Well) -> None:
    count = well.conditions.vesicles * count_seeded(well.bound, well.arm.tumour, well.conditions)
    for label, motif in well.bound.uses.items():
        if motif == "vesicle_cargo":
            well.set(f"{label}_free", count)


_RELAY = {"pifa_relay": "cells", "macrophage": "monocytes"}  # motif to its species of other cells


def _set_relay(well: _Well, *, present: bool) -> None:
    count = count_seeded(well.bound, well.arm.tumour, well.conditions) if present else 0.0
    for label, motif in well.bound.uses.items():
        if motif in _RELAY:
            well.set(f"{label}_{_RELAY[motif]}", count)


def _soluble(bound: Bound, compartment: str) -> Iterator[str]:
    """Species of a compartment but for cells and drug: what a transfer carries and a wash removes."""
    relays = [label for label, motif in bound.uses.items() if motif in _RELAY]
    others = {f"{label}_{name}" for label in relays for name in ("cells", "monocytes", "m2")}
    kept = {*CELLS, *MSC, *others, "drug"}
    return (s.id for s in bound.network.species if s.compartment == compartment and s.id not in kept)


def make_strength(item: form.Perturbation) -> Prior:
    """Return what a perturbation's strength may be: a share of its target, or a level in the model's unit.

    Raises
    ------
    ValueError
        The perturbation acts on nothing in the model.
    """
    if item.value is None:
        raise ValueError(f"{item.id} acts on nothing in the model")
    spread: Literal["uniform", "loguniform", "fixed"] = "fixed"
    if item.how == "factor":
        spread = "uniform"
    elif item.low:
        spread = "loguniform"
    return Prior(item.value, "", item.low, item.high, spread)


def _perturbed_values(
    bound: Bound, arm: Arm, values: dict[str, Array], source: Source, count: int
) -> Iterator[tuple[str, tuple[Array, str]]]:
    known = {item.id: item for item in bound.record.mechanism.perturbations}
    for key in arm.perturbation:
        item = known[key]
        if item.value is None:
            continue
        axis = f"perturbation:{key}"
        prior = make_strength(item)
        if source == NOMINAL:
            prior = replace(prior, distribution="fixed")
        strength = values[axis] if axis in values else sample_prior(prior, axis, source, count)
        for name in item.parameters:
            base = values[name] if name in values and item.how == "factor" else 1.0
            yield name, (np.asarray(strength * base), item.kind)
