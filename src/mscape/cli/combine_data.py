"""A matrix of doses as ``mscape combine --json`` gives it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mscape.cli.numbers import make_interval
from mscape.cli.rank_data import describe_span
from mscape.report.combination_text import title_combination

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mscape.treatment.combination import Axis, Combination, Surface
    from mscape.treatment.excess import Excess, IsoLine

    Array = NDArray[np.float64]


def describe_combination(found: Combination, ensembles: Sequence[str]) -> dict[str, Any]:
    """Return one matrix in plain values; every interval is the 10th, 50th and 90th percentile."""
    from mscape.treatment.excess import summarise_excess

    return {
        "title": title_combination(found),
        "niche": found.niche,
        "tumour": found.tumour,
        "line": found.line,
        "mechanisms": found.mechanisms,
        "culture": found.culture,
        "hours": found.hours,
        "added": str(found.when),
        "draws": found.draws,
        "solved": found.solved,
        "ensembles": list(ensembles),
        "sign": "effect is the share of cells killed; excess above 0 is synergy by every null",
        "drug": _describe_axis(found.drug),
        "partner": _describe_axis(found.partner),
        "shares_target": found.shares_target,
        "excess": [_describe_excess(item) for item in summarise_excess(found)],
        "without_msc": _describe_surface(found.alone),
        "with_msc": _describe_surface(found.with_msc),
        "stand_ins": found.stand_ins,
    }


def _describe_axis(axis: Axis) -> dict[str, Any]:
    return {
        "name": axis.name,
        "label": axis.label,
        "kind": "drug" if axis.is_drug else "intervention",
        "nM": axis.dose.tolist(),
        "reached": describe_span(axis.reached),
        "doubts": axis.doubts,
    }


def _describe_excess(item: Excess) -> dict[str, Any]:
    return {
        "null": item.null,
        "without_msc": make_interval(item.alone),
        "with_msc": make_interval(item.with_msc),
        "difference": make_interval(item.difference),
        "word_without_msc": str(item.told),
        "word_with_msc": str(item.told_with_msc),
    }


def _describe_surface(surface: Surface) -> dict[str, Any]:
    from mscape.treatment.excess import LEVELS, count_unexpected, find_iso_line, find_peak, take_percentiles

    peaks = {null: find_peak(surface, null) for null in surface.scores}
    return {
        "effect": _list_cells(take_percentiles(surface.effect)),
        "excess": {null: _list_cells(take_percentiles(score)) for null, score in surface.scores.items()},
        "peak": {
            null: None
            if peak is None
            else {
                "drug_nM": peak.doses[0],
                "partner_nM": peak.doses[1],
                "excess": make_interval(peak.excess),
            }
            for null, peak in peaks.items()
        },
        "loewe_lacks": {reason.name.casefold(): share for reason, share in count_unexpected(surface).items()},
        "iso": [_describe_line(find_iso_line(surface, level)) for level in LEVELS],
    }


def _list_cells(cells: Array) -> list[list[dict[str, float] | str | None]]:
    """Return percentiles of shape (3, drug, partner) as a row for each dose of the drug."""
    import numpy as np

    return [
        [make_interval(cell.tolist()) if np.isfinite(cell).all() else None for cell in row]
        for row in np.moveaxis(cells, 0, 2)
    ]


def _describe_line(line: IsoLine) -> dict[str, Any]:
    return {
        "effect": line.level,
        "drug_nM": [
            {
                "low": _tell_dose(low),
                "median": _tell_dose(middle),
                "high": _tell_dose(high),
                "loewe": _tell_dose(expected),
            }
            for (low, middle, high), expected in zip(line.found.T, line.expected, strict=True)
        ],
    }


def _tell_dose(dose: float) -> float | str | None:
    """Return a dose; in words where no dose tried is enough; None where nothing is known."""
    if math.isnan(dose):
        return None
    return float(dose) if math.isfinite(dose) else "beyond the doses tried"
