"""What a laboratory can read of a member of a cohort before the drug: of the culture with MSC, without drug.

The molecules that the records' papers read; what MSC change of those in the tumour cell, against the culture
without MSC; and of the model's parts what an ELISA, a cytometer or a particle counter would see: a signal in
the medium, vesicles in the medium, unbound receptors on a tumour cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.cohort.member import Members
from mscape.experiments.arm import Arm
from mscape.experiments.bench import Bench, is_solved
from mscape.experiments.bind import Bound
from mscape.experiments.contrast import find_vehicle
from mscape.experiments.niche import Niche
from mscape.experiments.protection import see_names

Array = NDArray[np.float64]

WHEN = "in the culture with MSC, when the drug would be added"
WHEN_AFTER = "in the culture with MSC and no drug, at the hour of the readout"
_PICO, _WELLS = 1000.0, 10.0  # pM per nM; wells of 0.1 mL per mL
_CHANGED = frozenset({"phospho", "protein", "rna", "level"})  # kinds of readout that are the tumour cell's
_FLOOR = 1e-9  # model units, below which a ratio is of nothing
_MOST_FOLD = 100.0  # no blot or array resolves more, either way (assumed)
# Motif to what of it is read: the name inside it, the words, the unit, and the model's unit in that.
_PARTS = {
    "soluble_signal": ("free", "{} in the medium", "pM", _PICO),
    "vesicle_cargo": ("free", "vesicles in the medium ({})", "per mL", _WELLS),
    "receptor": ("open", "free receptor: {}", "per cell", 1.0),
    "chemokine_receptor": ("open", "free receptor: {}", "per cell", 1.0),
}


@dataclass(frozen=True)
class State:
    """One reading.

    Parameters
    ----------
    id
        Of the readout, or the model's name.
    label
        In words.
    observable
        What of the model it is.
    unit
        Of its values: ``pM`` in the medium, ``per mL``, ``per cell``, ``cells``, ``%``, ``fold``, or ``model
        unit`` where a blot has no other.
    scale
        Values are the model's times this.
    is_ratio
        Whether it is the value with MSC over that without.
    """

    id: str
    label: str
    observable: str
    unit: str
    scale: float = 1.0
    is_ratio: bool = False


def list_states(niche: Niche) -> tuple[State, ...]:
    """Return what can be read in a niche's culture, each quantity of the model once.

    Examples
    --------
    >>> from mscape.atlas.load import load_atlas
    >>> from mscape.experiments.niche import compose_niche
    >>> niche = compose_niche(load_atlas(), "breast", "cisplatin", ["xu2018_breast_il6"])
    >>> [state.id for state in list_states(niche)]
    ['pstat3', 'pstat3_fold', 'bax', 'bax_fold', 'il6', 'msc_alive', 'msc_aged', 'il6r_open']
    """
    found: dict[tuple[str, bool], State] = {}
    for state in (*_list_readouts(niche.bound), *_list_parts(niche.bound)):
        found.setdefault((state.observable, state.is_ratio), state)
    return tuple(found.values())


def _list_readouts(bound: Bound) -> Iterator[State]:
    signals = {f"{label}_free" for label, motif in bound.uses.items() if motif == "soluble_signal"}
    for item in bound.record.mechanism.readouts:
        unit, scale = "model unit", 1.0
        if item.observable in signals or item.kind == "cytokine":
            unit, scale = "pM", _PICO
        elif item.observable == "n_msc":
            unit = "cells"
        elif item.kind == "fraction":
            unit, scale = "%", 100.0
        yield State(item.id, item.label, item.observable, unit, scale)
        if unit == "model unit" and item.kind in _CHANGED:
            label = f"{item.label}, fold by MSC"
            yield State(f"{item.id}_fold", label, item.observable, "fold", is_ratio=True)


def _list_parts(bound: Bound) -> Iterator[State]:
    for label, motif in bound.uses.items():
        if motif in _PARTS:
            inside, words, unit, scale = _PARTS[motif]
            name = f"{label}_{inside}"
            yield State(name, words.format(_find_label(bound, label, name)), name, unit, scale)


def _find_label(bound: Bound, label: str, name: str) -> str:
    """Return what the records call a part of the model: what a name of it stands for, else its own label."""
    plain = [item for item in bound.record.mechanism.entities if item.kind not in ("complex", "process")]
    found = [item.label for item in plain if name in item.species]
    found += [item.label for item in plain if item.id == label]
    return found[0] if found else label


def read_states(niche: Niche, arm: Arm, members: Members, states: tuple[State, ...]) -> Array:
    """Read states of members in the culture with MSC and without drug.

    Parameters
    ----------
    niche, arm
        The niche, and its arm with MSC and drug.
    members
        Whose.
    states
        What.

    Returns
    -------
    Array
        In each state's unit, shape (member, state); NaN where a solve failed. Read when the drug would be
        added; where tumour cells meet the MSC's medium only then, at the end.
    """
    bench = Bench(see_names(niche.bound, [item.observable for item in states]), members, len(members.tumours))
    plain = arm.without(drug=True)
    measured = [bench.measure(each, find_vehicle([plain])) for each in (plain, plain.without(msc=True))]
    is_first = is_read_before(arm)

    def read(state: State) -> Array:
        with_msc, alone = (
            m.start(state.observable) if is_first else m.end(state.observable) for m in measured
        )
        if state.is_ratio:
            return np.clip(with_msc / np.maximum(alone, _FLOOR), 1.0 / _MOST_FOLD, _MOST_FOLD)
        return with_msc * state.scale

    stacked = np.stack([read(state) for state in states], axis=1)
    solved = np.logical_and(*(is_solved(each) for each in measured))
    return np.where(solved[:, None], stacked, np.nan)


def is_read_before(arm: Arm) -> bool:
    """Return whether tumour cells are with the MSC, or what is theirs, before the drug comes."""
    return any("tumour" in period.contents for period in arm.protocol.periods[:-1])
