"""Nominal parameters: the most plausible set once contrasts are heard, as `mscape fit --point` found it.

Beside it stand predictions: for each contrast, what the model said of it when its paper and half of the
others were left out of the fit. Both tables are computed, never typed; a mechanism in neither has its claim
granted.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from mscape.experiments.bind import Bound
from mscape.experiments.grant import Move
from mscape.store import read_table

NOMINAL = Path(__file__).with_name("nominal.tsv")
HELD_OUT = Path(__file__).with_name("held_out.tsv")
IC50 = "ic50:"  # before drug and line: a potency
NOMINAL_COLUMNS = ("mechanism", "parameter", "middle", "nominal", "low", "high", "unit", "gain", "paper")
HELD_OUT_COLUMNS = ("mechanism", "contrast", "paper", "share")


def find_moved(bound: Bound) -> tuple[Move, ...] | None:
    """Return what moved in a mechanism to meet its contrasts; None where it was not fitted.

    A parameter that the model no longer has is left out.
    """
    moved = list_moved(bound.id)
    if moved is None:
        return None
    return tuple(item for item in moved if item.parameter in bound.priors or item.parameter.startswith(IC50))


def find_values(moved: Iterable[Move], paper: str = "") -> dict[str, float]:
    """Return the values that moved as a paper has them, or as the usual donor and laboratory have them."""
    items = sorted((item for item in moved if item.paper in ("", paper)), key=lambda item: item.paper)
    return {item.parameter: item.nominal for item in items}  # a paper's own comes last


def list_moved(mechanism: str) -> tuple[Move, ...] | None:
    """Return what moved in a mechanism, as the table has it, most telling first."""
    return _load_moved(NOMINAL).get(mechanism)


def find_held_out(mechanism: str, contrast: str, paper: str) -> float | None:
    """Return the share of the grid in which a contrast was predicted with its paper left out of the fit."""
    return _load_held_out(HELD_OUT).get((mechanism, contrast, paper))


@cache
def _load_moved(path: Path) -> dict[str, tuple[Move, ...]]:
    found: dict[str, tuple[Move, ...]] = {}
    if not path.exists():
        return found
    for row in read_table(path, required=NOMINAL_COLUMNS).rows:
        cells = row.cells
        known = found.get(cells["mechanism"], ())
        if not cells["parameter"]:  # fitted, and nothing needed to move
            found[cells["mechanism"]] = known
            continue
        middle, nominal, low, high = (float(cells[name]) for name in ("middle", "nominal", "low", "high"))
        numbers = (middle, nominal, low, high)
        moved = Move(cells["parameter"], *numbers, cells["unit"], float(cells["gain"]), cells["paper"])
        found[cells["mechanism"]] = (*known, moved)
    return found


@cache
def _load_held_out(path: Path) -> dict[tuple[str, str, str], float]:
    if not path.exists():
        return {}
    rows = read_table(path, required=HELD_OUT_COLUMNS).rows
    names = ("mechanism", "contrast", "paper")
    known = [(tuple(row.cells[name] for name in names), row.cells["share"]) for row in rows]
    return {(a, b, c): float(share) for (a, b, c), share in known if share}
