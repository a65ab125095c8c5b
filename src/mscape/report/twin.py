"""The same numbers for programs: scores as JSON and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mscape.store import Provenance, make_envelope

if TYPE_CHECKING:
    from mscape.experiments.score import Scored
    from mscape.experiments.total import Totals

COLUMNS = (
    "mechanism",
    "contrast",
    "observation",
    "paper",
    "group",
    "step",
    "readout",
    "reported",
    "in_scope",
    "reason",
    "outcome",
    "class",
    "bits",
    "grid_share",
    "blind_share",
    "held_out_share",
    "share",
    "effect_low",
    "effect",
    "effect_high",
    "effect_unit",
    "no_stroma_effect",
    "always_protects",
    "signed_graph",
)


def make_scores(
    scored: Mapping[str, Sequence[Scored]], totals: Totals, provenance: Provenance
) -> dict[str, object]:
    """Make the envelope of ``scores.json``: every contrast, and the totals with classes apart."""
    contrasts = [plain_score(item) for items in scored.values() for item in items]
    return make_envelope("score", provenance, {"contrasts": contrasts, "totals": totals})


def plain_score(item: Scored) -> dict[str, object]:
    """Return one scored contrast under the names that `mscape score` gives out."""
    low, middle, high = item.effect or (None, None, None)
    return {
        "mechanism": item.mechanism,
        "contrast": item.contrast,
        "observation": item.observation,
        "paper": item.paper,
        "group": item.group,
        "step": item.step,
        "readout": item.readout,
        "reported": item.reported,
        "simulated": middle,
        "effect": {"low": low, "median": middle, "high": high, "unit": item.effect_unit}
        if item.effect
        else None,
        "outcome": item.outcome,
        "class": item.class_,
        "bits": item.bits,
        "grid_share": item.grid_share,
        "blind_share": item.blind_share,
        "held_out_share": item.held_out_share,
        "share": item.share,
        "in_scope": item.in_scope,
        "reason": item.reason,
        "baselines": dict(item.baselines),
        "arms": item.arms,
    }


def list_rows(scored: Sequence[Scored]) -> tuple[tuple[object, ...], ...]:
    """Return scored contrasts as the rows of a table with the columns `COLUMNS`."""
    rows = []
    for item in scored:
        low, middle, high = item.effect or (None, None, None)
        marks = [item.baselines.get(name) for name in ("no stroma effect", "always protects", "signed graph")]
        rows.append(
            (
                item.mechanism,
                item.contrast,
                item.observation,
                item.paper,
                item.group,
                item.step,
                item.readout,
                item.reported,
                item.in_scope,
                item.reason,
                item.outcome,
                item.class_,
                item.bits,
                item.grid_share,
                item.blind_share,
                item.held_out_share,
                item.share,
                low,
                middle,
                high,
                item.effect_unit,
                *marks,
            )
        )
    return tuple(rows)
