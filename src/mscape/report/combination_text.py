"""Words about a matrix of doses, the same in a figure and in a terminal: title, sign, how two agents meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mscape.report.number import NONE, format_percent

if TYPE_CHECKING:
    from mscape.treatment.combination import Combination
    from mscape.treatment.synergy import Null

SIGN = (
    "Effect: share of cells killed, 1 less viability; below 0 cells are saved. Excess: effect less what a "
    "null expects, in points of 100: above 0 synergy, below 0 antagonism, by every null here."
)
SAYS: Mapping[str, str] = {
    "above": "the whole interval above 1 point",
    "below": "the whole interval below −1",
    "at zero": "the whole interval within 1",
    "open": "none of these",
}


def title_combination(found: Combination) -> str:
    """Return the title of a matrix."""
    many = "niche of" if len(found.mechanisms) > 1 else "one mechanism of"
    pair = f"{found.drug.name} + {found.partner.name}"
    return f"Combined in culture model: {pair}, {many} {found.tumour}"


def tell_setting(found: Combination) -> str:
    """Return line, culture, hours, when the partner is added, and draws, in one line."""
    hours = NONE if found.hours is None else f"{found.hours:g} h"
    added = f"{found.partner.name} added {found.when}"
    return f"{found.line}, {found.culture}, {hours}, {added}; {found.draws} draws"


def tell_meeting(found: Combination) -> Iterator[str]:
    """Say how the two agents meet in the model, as far as that is a rule of ours."""
    if not found.partner.is_drug:
        return
    if found.partner.name == found.drug.name:
        yield (
            "A sham: a drug with itself. Loewe's null expects it; Bliss, HSA and ZIP do not, so that their "
            "excess here is their bias."
        )
    elif found.shares_target:
        yield "Drugs of one class: the model adds their effects on the target up, so that Loewe expects it."
    else:
        yield (
            "Drugs of two classes: the model adds up the rates at which they kill. That is an assumption "
            "near Bliss' independence; no synergy of the drugs themselves can come out. What MSC change can."
        )


def tell_unexpected(shares: Mapping[Null, float], culture: str) -> str | None:
    """Say where Loewe's null expects nothing, and why; None if nowhere."""
    kept = [f"{format_percent(share)} {reason.words}" for reason, share in shares.items() if share > 0]
    return f"Loewe has no number in some wells {culture}: {'; '.join(kept)}." if kept else None
