"""Words about schedules and the removal of MSC, the same beside a figure and in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mscape.treatment.persistence import Persistence

LACKS_IN_TIME = (
    "Not in these models: pharmacokinetics (an inhibitor's level stands until a change of medium takes all "
    "of it out; an antibody is used up and given anew with the medium); inhibitors that stay bound or inside "
    "the cell; adaptation beyond rest, drug tolerance and the feedback of the routes; selection of resistant "
    "cells; immunity; any other organ."
)
TERMS: Mapping[str, str] = {
    "takes": "share of the protection, median (10 to 90 %) over the draws that protect, less what it kills "
    "without MSC",
    "minus continuous": "its share less that of the continuous schedule, in the same draw",
    "area": "hours in the well times its level, as a multiple of the one it is ranked at",
}
WORDS: Mapping[str, str] = {
    "takes less, takes more": "by a fifth of the protection or more over the whole interval",
    "no difference": "less than a fifth either way",
    "uncertain": "between",
}
ORDERS: Mapping[str, str] = {"earlier better, later better": "by the same rule, the earlier minus the later"}


def format_times(hours: tuple[float, float, float] | None, longest: float) -> str:
    """Return times with their range; what is beyond the longest gap is told as that.

    Examples
    --------
    >>> format_times((5.1, 13.4, float("inf")), 48.0), format_times((0.0, 0.0, 0.0), 48.0)
    ('13 h (5.1 h to over 48 h)', '0 h (0 h to 0 h)')
    """
    if hours is None:
        return "too few draws to say"
    told = (f"over {longest:g} h" if hour == float("inf") else f"{hour:.2g} h" for hour in hours)
    low, middle, high = told
    return f"{middle} ({low} to {high})"


def tell_half_times(item: Persistence) -> Iterator[str]:
    """Say when half of the protection is gone, and when half of what outlasts the removal is."""
    longest = item.gaps[-1]
    yield (
        f"Half of the protection by MSC that stay is gone after {format_times(item.half_time, longest)} "
        "without them before the drug; 0 h where half goes with them."
    )
    yield (
        f"What outlasts a removal as the drug comes halves in {format_times(item.fading, longest)}, in the "
        f"{item.lasting} draws in which that is a tenth or more."
    )
