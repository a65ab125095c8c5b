"""Tables of schedules and of removals of the MSC, from the JSON of ``mscape schedule``, for a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.ranking.page import describe_run
from mscape.report.number import NONE, format_share
from mscape.report.schedule_text import format_times

Data = Mapping[str, Any]
SHOWN = (0, 12, 48)  # gaps of the table, h


def make_blocks(answers: Sequence[Data]) -> dict[str, str]:
    """Return the Markdown of every block that some answers of ``mscape schedule`` fill.

    Parameters
    ----------
    answers
        As read from its JSON, all of one seed and so many draws. Of several of one niche the first counts.
    """
    blocks = {}
    timed = [answer for answer in answers if answer["data"]["handled"]]
    if timed:
        lines = [line for answer in timed for line in _list_timed(answer["data"])]
        head = ["| given | handling | schedule | area, h | takes | minus continuous | word |"]
        blocks["schedules"] = describe_run(timed[0]) + "\n".join(
            [*head, "|---|---|---|---:|---|---|---|", *lines]
        )
    niches: dict[str, Data] = {}
    for answer in answers:
        if answer["data"]["persistence"] is not None:
            niches.setdefault(answer["data"]["niche"], answer)
    if niches:
        told = [_tell_niche(answer["data"]) for _, answer in sorted(niches.items())]
        first = next(iter(niches.values()))
        blocks["persistence"] = describe_run(first) + "\n".join([*_head_persistence(), *told])
    return blocks


def _list_timed(data: Data) -> Iterator[str]:
    for handled in data["handled"]:
        areas = {item["name"]: item["area"] for item in handled["schedules"]}
        for item in handled["timed"]:
            cells = (
                f"{' + '.join(item['interventions'])}, {data['tumour']}",
                f"{handled['name']} ({handled['counted']} draws)",
                item["schedule"],
                f"{areas[item['schedule']]:g}",
                format_share(_read(item["share"])),
                format_share(_read(item["against_continuous"])),
                item["word"] or NONE,
            )
            yield "| " + " | ".join(cells) + " |"


def _head_persistence() -> tuple[str, str]:
    gaps = " | ".join(f"left after {gap} h" for gap in SHOWN)
    rule = "---|" * len(SHOWN)
    return (
        f"| niche | mechanisms | draws that protect | {gaps} | half gone | what outlasts halves |",
        f"|---|---|---:|{rule}---|---|",
    )


def _tell_niche(data: Data) -> str:
    found = data["persistence"]
    left = {item["hours"]: format_share(_read(item["left"])) for item in found["gaps"]}
    longest = found["gaps"][-1]["hours"]
    cells = (
        f"{data['tumour']}, {data['drug']}",
        "<br>".join(f"`{name}`" for name in data["mechanisms"]),
        str(found["counted"]),
        *(left.get(gap, NONE) for gap in SHOWN),
        format_times(_read_times(found["half_time"]), longest),
        f"{format_times(_read_times(found['fading']), longest)}, {found['lasting']} draws",
    )
    return "| " + " | ".join(cells) + " |"


def _read(interval: Mapping[str, float] | None) -> tuple[float, float, float] | None:
    return None if interval is None else (interval["low"], interval["median"], interval["high"])


def _read_times(hours: Mapping[str, float | None] | None) -> tuple[float, float, float] | None:
    if hours is None:
        return None
    low, middle, high = (
        float("inf") if hours[end] is None else hours[end] for end in ("low", "median", "high")
    )
    return float(low), float(middle), float(high)  # type: ignore[arg-type]
