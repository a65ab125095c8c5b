"""How long protection lasts once the MSC are gone.

MSC in a transwell meet the tumour cells for some hours; then the insert is lifted and the medium changed,
some hours before the drug. All wells live equally long before the drug and under it: what differs is when the
MSC were there. A contact culture cannot be un-mixed, so the insert stands in for it: a route that needs touch
carries nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mscape.atlas import record as form
from mscape.engine.batch import Array
from mscape.errors import UsageError
from mscape.experiments.niche import Niche
from mscape.experiments.rescue import LEAST
from mscape.treatment.effect import Effect
from mscape.treatment.rank import ENDS, FEW, Interval, make_interval
from mscape.treatment.removal import Draws, Well, prepare_well
from mscape.treatment.schedule import MOST_HOURS, Schedule
from mscape.treatment.timing import run_schedule

GAPS = (0.0, 2.0, 6.0, 12.0, 24.0, 48.0)  # hours without MSC before the drug
OUTLASTS = 0.1  # share of the protection by MSC that stay, from which on it is asked how what is left fades


@dataclass(frozen=True)
class Persistence:
    """Protection by MSC that were taken away; intervals are the 10th, 50th and 90th percentile over draws.

    Parameters
    ----------
    met, drug
        Hours that MSC and tumour cells shared the medium, and hours under the drug.
    gaps
        Hours between the removal and the drug.
    schedules
        What was in the well: of each gap, and last with MSC that stay.
    whole
        Protection by MSC that stay through the drug, in viability, over all draws.
    counted, solved
        Draws in which that counts: what follows is over these; share of the draws with an answer.
    stay
        The same over the counted draws; None, here and below, where they are too few.
    protection
        Protection at each gap, in viability.
    left
        The same as a share of that by MSC that stay, draw by draw.
    half_time
        Hours without MSC before the drug after which half of the protection by MSC that stay is left, over
        the counted draws; 0 where half goes with the MSC, infinite beyond the longest gap.
    lasting
        Draws in which `OUTLASTS` of it or more is left when the MSC go as the drug comes.
    fading
        Hours after which half of what is left then is left, over these draws; likewise.
    """

    met: float
    drug: float
    gaps: tuple[float, ...]
    schedules: tuple[Schedule, ...]
    whole: Interval | None
    counted: int
    solved: float
    stay: Interval | None
    protection: tuple[Interval | None, ...]
    left: tuple[Interval | None, ...]
    half_time: Interval | None
    lasting: int
    fading: Interval | None


def measure_persistence(
    niche: Niche,
    draws: Draws,
    *,
    met: float = 24.0,
    drug: float = 48.0,
    gaps: Sequence[float] = GAPS,
    ratio: float | None = None,
) -> Persistence:
    """Measure the protection by MSC that are taken away some hours before the drug, in a transwell.

    Parameters
    ----------
    niche
        The niche.
    draws
        How many, and from where.
    met
        Hours that MSC and tumour cells share the medium before the removal.
    drug
        Hours under the drug, to the read-out.
    gaps
        Hours from removal to drug, ascending from 0.
    ratio
        MSC per tumour cell seeded; None for the grid.

    Raises
    ------
    UsageError
        Hours that cannot be.
    """
    _refuse_impossible(met, gaps)
    arm = niche.choose_arm("transwell", drug, ratio=ratio)
    schedules = lay_removals(met, drug, gaps, relay="relay" in arm.protocol.periods[-1].contents)
    well = prepare_well(niche, schedules[-1].fill_arm(arm), draws)
    found = np.array([measure_left(well, item) for item in schedules])
    stay, removed = found[-1], found[:-1]
    counted = np.nan_to_num(stay, nan=-1.0) >= LEAST
    hours, first = np.array(gaps), removed[0]
    lasting = counted & (np.nan_to_num(first, nan=-1.0) >= OUTLASTS * np.where(counted, stay, np.inf))
    return Persistence(
        met=met,
        drug=drug,
        gaps=tuple(gaps),
        schedules=schedules,
        whole=make_interval(stay),
        counted=int(counted.sum()),
        solved=float(np.isfinite(stay).mean()),
        stay=make_interval(stay[counted], few=FEW),
        protection=tuple(make_interval(item[counted], few=FEW) for item in removed),
        left=tuple(make_interval((item / stay)[counted], few=FEW) for item in removed),
        half_time=find_censored(find_half_time(hours, removed[:, counted].T, stay[counted])),
        lasting=int(lasting.sum()),
        fading=find_censored(find_half_time(hours, removed[:, lasting].T, first[lasting])),
    )


def _refuse_impossible(met: float, gaps: Sequence[float]) -> None:
    if not 0 < met <= MOST_HOURS:
        raise UsageError("hours with MSC", f"{met:g} h", f"more than 0 and at most {MOST_HOURS:g} h")
    ascending = all(first < second for first, second in pairwise(gaps))
    if len(gaps) < 2 or gaps[0] != 0 or not ascending or gaps[-1] > MOST_HOURS:
        told = ", ".join(f"{gap:g}" for gap in gaps) or "none"
        raise UsageError("gaps", f"{told} h", "0 and longer ones, ascending", "write them like 0,6,24,48")


def lay_removals(
    met: float, drug: float, gaps: Sequence[float], *, relay: bool = False
) -> tuple[Schedule, ...]:
    """Lay down the wells: one for each gap, and last that of MSC that stay.

    Parameters
    ----------
    met, drug
        Hours with MSC, and under the drug.
    gaps
        Hours between removal and drug, ascending.
    relay
        Whether other cells that a route needs are in the well; they stay.
    """
    cells: tuple[form.Content, ...] = ("tumour", "relay") if relay else ("tumour",)
    whole = (*cells, "msc")
    longest = gaps[-1]
    made = []
    for gap in gaps:
        parts = (
            ("alone", cells, longest - gap),
            ("with MSC", whole, met),
            ("MSC gone", cells, gap),
            ("drug", (*cells, "drug"), drug),
        )
        periods = _lay(parts)
        gone = 1 + [item.period for item in periods].index("with MSC")
        made.append(Schedule(f"gone {gap:g} h before", periods, (gone,)))
    stay = _lay((("alone", cells, longest), ("with MSC", whole, met), ("drug", (*whole, "drug"), drug)))
    return (*made, Schedule("MSC stay", stay))


def _lay(parts: Sequence[tuple[str, Sequence[str], float]]) -> tuple[form.Period, ...]:
    return tuple(
        form.Period(period=name, contents=tuple(contents), hours=hours)  # type: ignore[arg-type]
        for name, contents, hours in parts
        if hours > 0
    )


def measure_left(well: Well, schedule: Schedule) -> Array:
    """Return the protection by a schedule without intervention, in viability, shape (draw,)."""
    living = run_schedule(well, schedule, [Effect((), ())])[0]
    viability = living[:, 1] / living[:, 0]
    return np.asarray(viability[1] - viability[0])


def find_half_time(gaps: Array, protection: Array, whole: Array) -> Array:
    """Find when half of a protection is left; between gaps it is linear.

    Parameters
    ----------
    gaps
        Ascending from 0, h.
    protection
        What is left at each gap, shape (draw, gap).
    whole
        What it is half of, shape (draw,).

    Returns
    -------
    Array
        Hours, shape (draw,): the first crossing; 0 where the first gap is below it, infinite where there is
        none, NaN where a solve failed.

    Examples
    --------
    >>> left = np.array([[0.4, 0.3, 0.1], [0.4, 0.4, 0.3], [0.1, 0.0, 0.0]])
    >>> find_half_time(np.array([0.0, 10.0, 20.0]), left, np.full(3, 0.4)).tolist()
    [15.0, inf, 0.0]
    """
    wanted = whole / 2
    below = protection <= wanted[:, None]
    first = below.argmax(axis=1)
    at = np.clip(first, 1, None)
    rows = np.arange(len(protection))
    above, under = protection[rows, at - 1], protection[rows, at]
    share = (above - wanted) / np.where(above > under, above - under, 1.0)
    hours = np.where(first == 0, gaps[0], gaps[at - 1] + share * (gaps[at] - gaps[at - 1]))
    found = np.where(below.any(axis=1), hours, np.inf)
    return np.where(np.isfinite(protection).all(axis=1), found, np.nan)


def find_censored(hours: Array) -> Interval | None:
    """Return the 10th, 50th and 90th percentile of times of which some are infinite; None if too few.

    Each is one of the times: between a time and none there is nothing to interpolate.
    """
    known = hours[~np.isnan(hours)]
    if known.size < FEW:
        return None
    low, middle, high = np.percentile(known, ENDS, method="inverted_cdf")
    return float(low), float(middle), float(high)
