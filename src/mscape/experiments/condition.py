"""The conditions an experiment is run under: what papers leave out is a grid; each condition is a column.

Numbers of this file are those of the common chassis (`docs/explanation/chassis.md`): assumed, wide, the same
for all mechanisms.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import product

import numpy as np
from numpy.typing import NDArray

from mscape.experiments.prior import Source, draw_uniform

Array = NDArray[np.float64]

# Of an unreported dose in monoculture: loss of viability, or apoptotic cells where apoptosis was read.
EFFECTS = (0.3, 0.5, 0.75)
HOURS = (24.0, 48.0, 72.0)
RATIOS = (0.1, 1 / 3, 1.0)  # MSC per tumour cell
SHARES = (0.2, 0.5, 1.0)  # of the well's medium that is conditioned
# Purified vesicles per tumour cell: 10 to 100 µg of protein per mL are 1e9 to 1e12 per mL at the 1e8 to 1e10
# vesicles per µg that preparations of different purity hold (assumed; `docs/explanation/chassis.md`).
VESICLES = (1e4, 1e5, 1e6)
WELL = 6.02214076e10  # 0.1 mL in the model's volume unit
SEEDED = {"adherent": 5e3, "suspension": 3e4}  # tumour cells in 0.1 mL


@dataclass(frozen=True)
class Conditions:
    """One column a quantity that a protocol may leave open, one row a trajectory.

    Parameters
    ----------
    effect
        Effect in monoculture that sets an unreported dose: loss of viability, or share of apoptotic cells.
    hours
        Length of an unreported drug or last period.
    ratio
        MSC per tumour cell in co-culture.
    share
        Share of the medium that is conditioned.
    vesicles
        Purified vesicles per tumour cell.
    before
        Hours of an unreported pre-incubation.
    conditioning
        Hours of an unreported MSC-only period.
    msc_density
        MSC in 0.1 mL of an MSC-only period.
    seeding
        Tumour cells seeded, as a multiple of `SEEDED`.
    spent
        Loss of nutrients in fully conditioned medium: 3e5 MSC per mL take all the sugar of low-glucose medium
        in two days, a fifth of that of high-glucose medium (9.2 pmol per cell and day, doi
        10.1089/ten.tea.2008.0345).
    """

    effect: Array
    hours: Array
    ratio: Array
    share: Array
    vesicles: Array
    before: Array
    conditioning: Array
    msc_density: Array
    seeding: Array
    spent: Array

    def __len__(self) -> int:
        return len(self.effect)

    def take(self, rows: NDArray[np.int64]) -> Conditions:
        """Return the conditions of some rows."""
        return Conditions(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def make_grid(vehicle: str) -> Conditions:
    """Make the whole grid of unreported conditions, all else at its default.

    Parameters
    ----------
    vehicle
        What carries the MSC's help: ``cells`` (the ratio is open), ``medium`` (the share), ``vesicles``
        (their number) or ``none``.
    """
    third = {"cells": RATIOS, "medium": SHARES, "vesicles": VESICLES, "none": (1.0,)}[vehicle]
    rows = np.array(list(product(EFFECTS, HOURS, third)))
    n = len(rows)
    return _make(
        rows[:, 0],
        rows[:, 1],
        n,
        {"cells": "ratio", "medium": "share", "vesicles": "vesicles"}.get(vehicle),
        rows[:, 2],
    )


def _make(effect: Array, hours: Array, n: int, name: str | None, column: Array) -> Conditions:
    columns = {
        "effect": effect,
        "hours": hours,
        "ratio": np.full(n, 1 / 3),
        "share": np.full(n, 0.5),
        "vesicles": np.full(n, VESICLES[1]),
        "before": np.full(n, 24.0),
        "conditioning": np.full(n, 48.0),
        "msc_density": np.full(n, 3e4),
        "seeding": np.ones(n),
        "spent": np.full(n, 0.1),
    }
    if name:
        columns[name] = column
    return Conditions(**columns)


def draw_conditions(source: Source, count: int) -> Conditions:
    """Draw joint conditions: the grid's own levels, and what is no axis of it over its range."""

    def choose(name: str, levels: tuple[float, ...]) -> Array:
        at = (draw_uniform(f"condition:{name}", source, count) * len(levels)).astype(int)
        return np.asarray(np.asarray(levels)[at])

    def spread(name: str, low: float, high: float) -> Array:
        return low + draw_uniform(f"condition:{name}", source, count) * (high - low)

    return Conditions(
        effect=choose("effect", EFFECTS),
        hours=choose("hours", HOURS),
        ratio=choose("ratio", RATIOS),
        share=choose("share", SHARES),
        vesicles=choose("vesicles", VESICLES),
        before=spread("before", 0.0, 72.0),
        conditioning=spread("conditioning", 24.0, 72.0),
        msc_density=10 ** spread("msc_density", 4.0, 5.0),
        seeding=10 ** spread("seeding", -0.22, 0.3),
        spent=spread("spent", 0.0, 0.6),
    )
