"""A cohort as ``mscape cohort --json`` gives it, and each member's values as ``--out`` writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mscape.cli.numbers import make_interval

if TYPE_CHECKING:
    from mscape.cohort.line import Lines
    from mscape.cohort.mutual import Bits
    from mscape.cohort.variance import Split
    from mscape.experiments.arm import Arm
    from mscape.experiments.niche import Niche
    from mscape.standards.cohort_file import Column
    from mscape.treatment.cohort import MeasuredCohort
    from mscape.treatment.predict import Predictor, Responders, Share, Summary
    from mscape.treatment.removal import When

NOT_PEOPLE = "A virtual cohort is a spread of model parameters, not of people."


@dataclass(frozen=True)
class CohortRun:
    """What was asked for.

    Niche, arm, the lines tumours are spread like, when interventions are added; tumours and donors of the
    table; whose ensembles.
    """

    niche: Niche
    arm: Arm
    lines: Lines
    when: When
    table: tuple[int, int]
    ensembles: tuple[str, ...]

    @property
    def dose(self) -> float | None:
        """The dose of all, nM; None where each tumour has the dose that kills half of it alone."""
        return self.arm.dose

    @property
    def title(self) -> str:
        """What it is of."""
        niche = self.niche
        many = "niche of" if len(niche.routes) > 1 else "one mechanism of"
        return f"Cohort in culture model: {many} {niche.tumour} under {niche.drug}"


def describe_cohort(summary: Summary, run: CohortRun, stand_ins: Sequence[str]) -> dict[str, Any]:
    """Return a cohort in plain values: shares, areas and bits with 90 % intervals; quantiles of the rest."""
    from mscape.cohort.state import WHEN, WHEN_AFTER, is_read_before

    return {
        "title": run.title,
        "note": NOT_PEOPLE,
        "niche": run.niche.id,
        "tumour": run.niche.tumour,
        "drug": run.niche.drug,
        "line": run.niche.line,
        "mechanisms": list(run.niche.names),
        "culture": run.arm.protocol.culture,
        "hours": run.arm.protocol.periods[-1].hours,
        "dose_nM": run.dose,
        "added": str(run.when),
        "ensembles": run.ensembles,
        "ic50": {
            "median_nM": run.lines.median,
            "log10_sd": run.lines.log10_sd,
            "lines": run.lines.ic50,
            "stand_in": run.lines.stand_in,
        },
        "growth_lines": run.lines.growth,
        "size": summary.size,
        "solved": summary.solved,
        "viability_alone": _describe_quantiles(summary.alone),
        "viability_with_msc": _describe_quantiles(summary.with_msc),
        "protection": _describe_quantiles(summary.protection),
        "protected": _describe_share(summary.protected),
        "sensitised": _describe_share(summary.sensitised),
        "read": WHEN if is_read_before(run.arm) else WHEN_AFTER,
        "not_read": [state.id for state in summary.constant],
        "protection_told_by": [_describe_predictor(item) for item in summary.predictors],
        "variance": {name: _describe_split(split) for name, split in summary.splits.items()},
        "interventions": [_describe_responders(item) for item in summary.responders],
        "stand_ins": list(stand_ins),
    }


def _describe_quantiles(values: Sequence[float] | None) -> dict[str, float] | None:
    from mscape.treatment.predict import QUANTILES

    return None if values is None else {f"p{at}": each for at, each in zip(QUANTILES, values, strict=True)}


def _describe_share(share: Share | None) -> dict[str, Any] | None:
    return (
        None
        if share is None
        else {
            "share": make_interval(share.value),
            "of": share.count,
            "entropy": share.entropy,
        }
    )


def _describe_split(split: Split | None) -> dict[str, Any] | None:
    if split is None:
        return None
    return {
        "tumours": make_interval(split.tumours),
        "donors": make_interval(split.donors),
        "pairing": make_interval(split.pairing),
        "deviation": split.deviation,
        "table": split.table,
    }


def _describe_responders(item: Responders) -> dict[str, Any]:
    return {
        "interventions": item.names,
        "mechanisms": item.mechanisms,
        "doubts": item.doubts,
        "works": _describe_share(item.works),
        "works_of_all": _describe_share(item.of_all),
        "share": _describe_quantiles(item.share),
        "variance": _describe_split(item.split),
        "told_by": [_describe_predictor(each) for each in item.predictors],
    }


def _describe_predictor(item: Predictor) -> dict[str, Any]:
    return {
        "state": item.state.id,
        "label": item.state.label,
        "unit": item.state.unit,
        "observable": item.state.observable,
        "bits_of_yes": _describe_bits(item.of_works),
        "bits_of_amount": _describe_bits(item.of_share),
        "area": make_interval(item.area),
        "yes_is": str(item.direction),
        "with_yes": make_interval(item.with_yes),
        "with_no": make_interval(item.with_no),
        "told": item.is_told,
    }


def _describe_bits(bits: Bits | None) -> dict[str, Any] | None:
    if bits is None:
        return None
    return {"bits": make_interval(bits.value), "null": bits.null, "points": bits.points, "told": bits.is_told}


def list_columns(measured: MeasuredCohort) -> dict[str, Column]:
    """Return each member's values by column, with their units.

    ``order`` is the member's place in the waterfall, 1 for the most protected. Shares are of the protection,
    empty where there is too little to share out.
    """
    import numpy as np

    from mscape.treatment.predict import order_waterfall

    taken = measured.taken
    protection = taken.protection
    order = np.empty(len(protection), dtype=np.int64)
    order[order_waterfall(protection)] = np.arange(1, len(protection) + 1)
    columns: dict[str, Column] = {
        "member": ("", np.arange(len(protection), dtype=np.int64)),
        "order": ("", order),
        "viability_alone": ("fraction", taken.alone),
        "viability_with_msc": ("fraction", taken.with_msc),
        "protection": ("fraction", protection),
    }
    for place, state in enumerate(measured.states):
        columns[f"read:{state.id}"] = (state.unit, measured.levels[:, place])
    for place, effect in enumerate(taken.effects):
        columns[f"takes:{effect.id}"] = ("share", taken.share[:, place])
        columns[f"kills:{effect.id}"] = ("fraction", taken.kills[:, place])
    return columns
