"""Schedules and the removal of MSC as ``mscape schedule --json`` gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mscape.cli.numbers import make_interval
from mscape.cli.rank_data import describe_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mscape.experiments.niche import Niche
    from mscape.treatment.effect import Effect
    from mscape.treatment.persistence import Persistence
    from mscape.treatment.schedule import Clock, Schedule
    from mscape.treatment.timing import Handled, Ordered, Scheduled, Timed


@dataclass(frozen=True)
class Asked:
    """What was run: where, in which culture, by which clock, how many draws, whose ensembles they are of."""

    niche: Niche
    culture: str
    clock: Clock
    draws: int
    ensembles: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The title of the answer."""
        many = "niche of" if len(self.niche.names) > 1 else "one mechanism of"
        return f"Schedules in culture model: {many} {self.niche.tumour} under {self.niche.drug}"


def describe_schedules(found: Scheduled | None, lasting: Persistence | None, asked: Asked) -> dict[str, Any]:
    """Return schedules in plain values; every interval is the 10th, 50th and 90th percentile.

    Hours are counted from the seeding. ``area`` is hours times the multiple of a concentration.
    """
    niche, clock = asked.niche, asked.clock
    return {
        "title": asked.title,
        "niche": niche.id,
        "tumour": niche.tumour,
        "drug": niche.drug,
        "line": niche.line,
        "mechanisms": list(niche.names),
        "culture": asked.culture,
        "hours": {"before": clock.before, "drug": clock.drug, "after": clock.after},
        "draws": asked.draws,
        "ensembles": asked.ensembles,
        "interventions": [] if found is None else [_describe_effect(item) for item in found.effects],
        "handled": [] if found is None else [_describe_handled(item) for item in found.handled],
        "off_rank": None if found is None else found.off_rank,
        "persistence": None if lasting is None else _describe_persistence(lasting),
        "stand_ins": [] if found is None else found.stand_ins,
    }


def _describe_effect(item: Effect) -> dict[str, Any]:
    return {
        "interventions": item.names,
        "mechanisms": item.mechanisms,
        "given": [describe_span(span) for span in item.spans],
        "doubts": item.doubts,
    }


def _describe_handled(item: Handled) -> dict[str, Any]:
    return {
        "name": item.handling.name,
        "told": item.handling.told,
        "alone": make_interval(item.alone),
        "protection": make_interval(item.protection),
        "counted": item.counted,
        "solved": item.solved,
        "schedules": [_describe_schedule(each) for each in item.handling.schedules],
        "timed": [_describe_timed(each) for each in item.timed],
        "orders": [_describe_order(each) for each in item.orders],
    }


def _describe_schedule(item: Schedule) -> dict[str, Any]:
    return {
        "name": item.name,
        "intervention": _list_pairs(item.list_windows("perturbation")),
        "drug": _list_pairs(item.list_windows("drug")),
        "msc": _list_pairs(item.list_windows("msc")),
        "fresh_medium": item.washes,
        "strength": item.strength,
        "dose": item.dose,
        "area": item.area,
        "drug_area": item.drug_area,
    }


def _list_pairs(windows: Sequence[tuple[float, float]]) -> list[list[float]]:
    return [list(window) for window in windows]


def _describe_timed(item: Timed) -> dict[str, Any]:
    return {
        "interventions": item.names,
        "schedule": item.schedule.name,
        "share": make_interval(item.share),
        "kills": make_interval(item.kills),
        "against_continuous": make_interval(item.difference),
        "word": None if item.word is None else str(item.word),
    }


def _describe_order(item: Ordered) -> dict[str, Any]:
    return {
        "interventions": item.names,
        "early": item.early.name,
        "late": item.late.name,
        "equal_area": item.is_equal,
        "difference": make_interval(item.difference),
        "word": None if item.word is None else str(item.word),
    }


def _describe_persistence(item: Persistence) -> dict[str, Any]:
    return {
        "culture": "transwell",
        "hours_with_msc": item.met,
        "hours_drug": item.drug,
        "protection": make_interval(item.whole),
        "stay": make_interval(item.stay),
        "counted": item.counted,
        "solved": item.solved,
        "gaps": [
            {"hours": gap, "protection": make_interval(protection), "left": make_interval(left)}
            for gap, protection, left in zip(item.gaps, item.protection, item.left, strict=True)
        ],
        "schedules": [_describe_schedule(each) for each in item.schedules],
        "half_time": _describe_times(item.half_time),
        "lasting": item.lasting,
        "fading": _describe_times(item.fading),
    }


def _describe_times(hours: tuple[float, float, float] | None) -> dict[str, float | None] | None:
    """Return times for JSON; None stands for one beyond the longest gap."""
    if hours is None:
        return None
    low, middle, high = (None if hour == float("inf") else hour for hour in hours)
    return {"low": low, "median": middle, "high": high}
