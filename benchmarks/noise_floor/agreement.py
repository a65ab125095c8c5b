"""Pairs of sets, and how far their IC50s of the same drug and line lie apart, on the log10 scale.

A set's value is the median of its repeats. A value that only says *not reached* is left out: 10^-4 and
10^-8 M of NCI-60 (its highest and lowest dose), 30 µM and more of gCSI (its highest dose).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median

import numpy as np

Values = Mapping[tuple[str, str], Mapping[str, float]]  # drug and line to set to log10 µM

_QUARTILES = 1.3489795  # of a standard normal, from the first to the third
_NCI60_ENDS = (4.0, 8.0)
_GCSI_END = 30.0


@dataclass(frozen=True)
class Agreement:
    """How far two sets lie apart.

    Parameters
    ----------
    first, second
        The sets; ``all`` for every pair of sets.
    count
        Pairs of a drug and a line that both have.
    shift
        Median of the difference, log10.
    sd
        Standard deviation of the difference over root 2: of one set.
    robust_sd
        The same from the quartiles, which a few outliers do not move.
    share_tenfold
        Share of the pairs that are a factor of ten or more apart.
    """

    first: str
    second: str
    count: int
    shift: float
    sd: float
    robust_sd: float
    share_tenfold: float


def read_values(path: Path) -> Values:
    """Read a table of drug, seed_cell_line, source, value, unit_note; one value a set, log10 µM."""
    found: dict[tuple[str, str], dict[str, list[float]]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            value = to_log(row["source"], row["value"])
            if value is not None:
                line = row["seed_cell_line"].removeprefix("NCI")  # NCIH1299 and H1299 are one line
                of = found.setdefault((row["drug"], line), {}).setdefault(row["source"], [])
                if value not in of:
                    of.append(value)
    return {key: {name: median(values) for name, values in sets.items()} for key, sets in found.items()}


def to_log(source: str, text: str) -> float | None:
    """Return a printed value as log10 µM; None where there is none or it only says *not reached*."""
    try:
        value = float(text)
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    if source.startswith("GDSC"):  # natural logarithm of µM
        return value / math.log(10)
    if source.startswith("NCI60"):  # -log10 of mol/L
        return None if value in _NCI60_ENDS else 6 - value
    if value <= 0 or (source.startswith("gCSI") and value >= _GCSI_END):
        return None
    return math.log10(value)


def compare_sets(values: Values) -> tuple[Agreement, ...]:
    """Compare every two sets, and all together."""
    names = sorted({name for sets in values.values() for name in sets})
    pairs = {
        (a, b): [sets[a] - sets[b] for sets in values.values() if a in sets and b in sets]
        for a, b in combinations(names, 2)
    }
    every = [difference for differences in pairs.values() for difference in differences]
    each = [measure_agreement(*key, found) for key, found in pairs.items() if len(found) > 2]
    return (*each, measure_agreement("all", "all", every))


def measure_agreement(first: str, second: str, differences: Sequence[float]) -> Agreement:
    """Measure how far two sets lie apart, from the differences of their log10 values."""
    apart = np.asarray(differences)
    quarters = np.percentile(apart, (25, 75))
    return Agreement(
        first,
        second,
        len(apart),
        float(np.median(apart)),
        float(apart.std(ddof=1) / math.sqrt(2)),
        float((quarters[1] - quarters[0]) / _QUARTILES / math.sqrt(2)),
        float((np.abs(apart) >= 1).mean()),
    )


def list_rows(agreements: Iterable[Agreement]) -> list[tuple[str, ...]]:
    """Return the rows of the summary, three decimals each."""
    rows = []
    for item in agreements:
        numbers = (item.shift, item.sd, item.robust_sd, item.share_tenfold)
        rows.append((item.first, item.second, str(item.count), *(f"{value:.3f}" for value in numbers)))
    return rows
