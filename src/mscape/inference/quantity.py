"""Quantities a biologist would measure, read from a simulated experiment: what the claim's conditions are
told in.

Each motif says what of it has a meaning outside the model: a ligand at the cell against its dissociation
constant, vesicles taken up, copies in the cell, the share of mitochondria moved. A record's gates add
theirs. Signals of ports and survival programmes are left out: that a claim holds where its own port is on
says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mscape.experiments.arm import Arm, count_seeded
from mscape.experiments.bench import Bench, is_solved
from mscape.experiments.bind import Bound
from mscape.experiments.condition import WELL, Conditions
from mscape.experiments.gate import MOST_TEXT, evaluate, list_names
from mscape.experiments.prior import Prior
from mscape.network.motif import read_wiring

Array = NDArray[np.float64]
Basis = Literal["quantity", "gate", "number", "condition"]

_SIDES = ("_seen", "_free", "_side")
# By motif: what it is, its unit, and how it is computed. {x} is the name of the use, {0} and {1} arguments;
# in the text, {name} is what the record calls the first argument (or the use itself).
_TEMPLATES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "soluble_signal": (("{name} at the tumour cell", "nM", "{x}_seen"),),
    "receptor": (
        ("{name} at the receptor", "Kd", "{0} / {x}_Kd"),
        ("receptors that {name} fills", "per cell", "{x}_bound"),
    ),
    "chemokine_receptor": (
        ("{name} at the receptor", "Kd", "{x}_presented / {x}_Kd"),
        ("receptors that {name} fills", "per cell", "{x}_bound"),
    ),
    "tgf_smad": (
        ("active {name} at the tumour cell", "nM", "{x}_active"),
        ("active {name} at the receptor", "Kd", "{x}_active / {x}_Kd"),
    ),
    "vesicle_cargo": (
        (
            "vesicles taken up whose cargo is not yet lost",
            "per cell",
            "{x}_inside + {x}_cargo / ({x}_escape * {x}_cargo_copies)",
        ),
        ("copies of the cargo in the tumour cell", "per cell", "{x}_cargo"),
        ("copies of the cargo in the tumour cell", "× those for half effect", "{x}_cargo / {x}_half_copies"),
    ),
    "mirna_quiescence": (
        ("copies of the microRNA in the tumour cell", "per cell", "{x}_inside"),
        ("copies of the microRNA in the tumour cell", "× those for half effect", "{x}_inside / {1}"),
    ),
    "mirna_sponge": (
        (
            "binding sites of the raised RNA",
            "× all others of its microRNA",
            "{x}_sponge * {x}_sites / ({x}_other_sites + {x}_affinity)",
        ),
    ),
    "mitochondria": (
        ("share of the tumour cell's mitochondria moved out", "dimensionless", "{x}_moved_share"),
        ("share of the tumour cell's mitochondria received", "dimensionless", "{x}_received_share"),
    ),
    "bcatenin": (("{name} at the tumour cell", "× that for half effect", "{x}_wnt_seen / {x}_wnt_Kd"),),
    "adenosine": (("adenosine at the receptor", "Kd", "{x}_nucleoside / {x}_Kd"),),
    "pifa_relay": (
        ("{name} at the relay cell's receptor", "Kd", "{0} / {x}_first_Kd"),
        ("the second acid at the relay cell's receptor", "Kd", "{1} / {x}_second_Kd"),
        ("LPC(24:1) in the medium", "× that for half effect", "{x}_lpc / {x}_lpc_half"),
    ),
}
_CONDITIONS = {
    "ratio": ("MSC per tumour cell", "dimensionless"),
    "share": ("share of the medium that is conditioned", "dimensionless"),
    "vesicles": ("purified vesicles given", "per tumour cell"),
    "hours": ("hours under the drug", "h"),
    "effect": ("loss of viability by the drug alone", "dimensionless"),
}


@dataclass(frozen=True)
class Quantity:
    """Something the claim may depend on.

    Parameters
    ----------
    id, text, unit
        Its key, and what it is in words.
    basis
        ``quantity``: read from the simulation; ``gate``: from a gate of the record, over what it needs;
        ``number``: a parameter; ``condition``: left open by the paper.
    parameters
        Parameters that it is computed from, or that decide it.
    formula
        How it is computed; empty for numbers and conditions.
    note
        What a gate asks.
    """

    id: str
    text: str
    unit: str
    basis: Basis
    parameters: tuple[str, ...] = ()
    formula: str = ""
    note: str = ""


def list_quantities(bound: Bound) -> tuple[Quantity, ...]:
    """Return what of a record's model and gates has a meaning outside it."""
    return (*_list_simulated(bound), *_list_gates(bound))


def list_observables(bound: Bound, quantities: tuple[Quantity, ...]) -> tuple[str, ...]:
    """Return the names that a simulation must read for some quantities."""
    names = {
        name for item in quantities if item.basis == "quantity" for name in list_names(item.formula, item.id)
    }
    return tuple(
        sorted(name for name in names if name not in bound.network.inputs or name in bound.network.states)
    )


def _list_simulated(bound: Bound) -> Iterator[Quantity]:
    for use in read_wiring(bound.record.model, bound.atlas.motifs).uses:
        label, given = use.label, use.arguments
        name = _find_name(bound, given[0] if given else label)
        for index, (text, unit, formula) in enumerate(_TEMPLATES.get(use.motif, ())):
            written = formula.format(*given, "", "", x=label)
            families = (label, *(_strip_side(item) for item in given))
            needed = tuple(
                p for p in bound.priors if p.startswith(tuple(f"{family}_" for family in families))
            )
            yield Quantity(f"{label}_{index}", text.format(name=name), unit, "quantity", needed, written)


def _strip_side(name: str) -> str:
    return next((name.removesuffix(side) for side in _SIDES if name.endswith(side)), name)


def _find_name(bound: Bound, name: str) -> str:
    """Return what the record calls a signal of the model."""
    family = _strip_side(name)
    names = {f"{family}{side}" for side in _SIDES}
    entities = bound.record.mechanism.entities
    label = next((item.label for item in entities if names & set(item.species)), family)
    return label.partition(" (")[0].partition(" as secreted")[0]


def _list_gates(bound: Bound) -> Iterator[Quantity]:
    for gate in bound.record.mechanism.gates:
        where = f"gate {gate.id}"
        names = list_names(gate.available, where) | list_names(gate.needed, where)
        needed = tuple(name for name in bound.priors if name in names)
        formula = f"({gate.available}) / ({gate.needed})"
        if needed and len(formula) <= MOST_TEXT:
            unit = f"× the other side of gate {gate.id}"
            yield Quantity(
                f"gate:{gate.id}", gate.quantity, unit, "gate", needed, formula, note=gate.question
            )


def list_numbers(priors: Mapping[str, Prior], values: Mapping[str, Array]) -> tuple[Quantity, ...]:
    """Return the parameters that differ between draws."""
    return tuple(
        Quantity(name, name, prior.unit, "number", (name,))
        for name, prior in priors.items()
        if name in values and prior.low is not None and float(np.ptp(values[name])) > 0
    )


def list_open_conditions(arm: Arm, vehicle: str) -> tuple[Quantity, ...]:
    """Return what an arm's paper leaves open and the draws vary."""
    names = []
    if vehicle == "cells" and arm.protocol.msc_per_tumour is None:
        names.append("ratio")
    if vehicle == "medium" and arm.protocol.medium_share is None:
        names.append("share")
    names += ["vesicles"] if vehicle == "vesicles" else []
    names += ["hours"] if arm.time_h is None and arm.protocol.periods[-1].hours is None else []
    names += ["effect"] if arm.dose is None else []
    return tuple(Quantity(f"condition:{name}", *_CONDITIONS[name], "condition") for name in names)


def measure_quantities(
    bench: Bench, arm: Arm, vehicle: str, wanted: tuple[Quantity, ...]
) -> dict[str, Array]:
    """Measure quantities at the end of an arm, shape (trajectory,) each; NaN where a solve failed.

    The bench's bound model must read what the quantities need (`list_observables`, `add_block`).
    """
    measured = bench.measure(arm, vehicle)
    conditions = bench.conditions(vehicle)
    values = bench.values(bench.variant(arm), len(conditions))
    known = values | {name: measured.end(name) for name in measured.values}
    known |= _describe_conditions(bench.bound, arm, vehicle, conditions)
    solved = is_solved(measured)
    found = {}
    for item in wanted:
        if item.basis == "condition":
            value = getattr(conditions, item.id.removeprefix("condition:"))
        elif item.basis == "number":
            value = values[item.id]
        else:
            value = np.broadcast_to(evaluate(item.formula, known, item.id), solved.shape)
        found[item.id] = np.where(solved, value, np.nan)
    return found


def _describe_conditions(bound: Bound, arm: Arm, vehicle: str, conditions: Conditions) -> dict[str, Array]:
    """Return what gates call counts, hours and volume, as they are in an arm."""
    count = len(conditions)
    tumour = count_seeded(bound, arm.tumour, conditions)
    ratio = conditions.ratio
    if arm.protocol.msc_per_tumour:
        ratio = np.full(count, arm.protocol.msc_per_tumour)
    fixed = arm.time_h or arm.protocol.periods[-1].hours
    hours = np.full(count, float(fixed)) if fixed else conditions.hours
    if vehicle == "medium":  # made by MSC alone, before the tumour cells come
        return {
            "tumour_count": tumour,
            "msc_count": conditions.msc_density,
            "hours": conditions.conditioning,
            "volume": np.full(count, WELL),
        }
    return {
        "tumour_count": tumour,
        "msc_count": ratio * tumour,
        "hours": hours,
        "volume": np.full(count, WELL),
    }
