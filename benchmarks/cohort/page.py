"""Tables of cohorts, from the JSON of ``mscape cohort``, for the marks of a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mscape.report.number import NONE, format_bits, format_dose, format_number, format_shares

Data = Mapping[str, Any]
_MOST = 4  # interventions of a cohort, those that work in most
# Readings that people ask for, and the interventions they are thought to choose.
_ASKED = {
    "il6": ("siltuximab", "tocilizumab"),
    "cxcr4_surface": ("plerixafor",),
    "pstat3": ("ruxolitinib",),
    "vesicles_free": ("gw4869",),
}


def make_blocks(answers: Sequence[Data]) -> dict[str, str]:
    """Return the Markdown of every block that some answers of ``mscape cohort`` fill."""
    told = "; ".join(
        f"{answer['data']['size']:,} members of {_name(answer['data'])}, seed {answer['provenance']['seed']}"
        for answer in answers
    )
    version = answers[0]["provenance"]["version"]
    head = f"{told}; mscape {version}.\n\n"
    data = [answer["data"] for answer in answers]
    return {
        "cohort": head + make_spread_table(data),
        "cohort-told": make_reading_table(data),
        "cohort-asked": make_asked_table(data),
        "cohort-variance": make_variance_table(data),
    }


def _name(data: Data) -> str:
    one = data["mechanisms"]
    return f"`{one[0]}`" if len(one) == 1 else f"{data['tumour']}, {data['drug']}"


def make_spread_table(cohorts: Sequence[Data]) -> str:
    """Return in how many members MSC protect, and in how many of those the first interventions work."""
    lines = [
        "| cohort | dose | viability, drug alone | MSC protect in, % | intervention | works in, % of those |",
        "|---|---|---|---:|---|---:|",
    ]
    for data in cohorts:
        alone = data["viability_alone"]
        quarters = " to ".join(f"{100 * alone[key]:.0f}" for key in ("p25", "p75"))
        dose = "half killed" if data["dose_nM"] is None else format_dose(data["dose_nM"])
        shared = (_name(data), dose, f"{quarters} %", _share(data["protected"]))
        for place, item in enumerate(data["interventions"][:_MOST]):
            cells = shared if place == 0 else ("",) * len(shared)
            lines.append(
                "| " + " | ".join((*cells, " + ".join(item["interventions"]), _share(item["works"]))) + " |"
            )
    return "\n".join(lines)


def make_reading_table(cohorts: Sequence[Data]) -> str:
    """Return for each outcome the reading that says most of it, beside what there is to say and chance."""
    lines = [
        "| cohort | outcome | to say, bits | reading that says most | bits | chance | AUC | yes is |",
        "|---|---|---:|---|---:|---:|---:|---|",
    ]
    for data in cohorts:
        for place, cells in enumerate(_list_told(data)):
            lines.append("| " + " | ".join((_name(data) if place == 0 else "", *cells)) + " |")
    return "\n".join(lines)


def make_asked_table(cohorts: Sequence[Data]) -> str:
    """Return what the readings that people ask for say of the interventions they are thought to choose."""
    lines = [
        "| cohort | reading | of | to say, bits | bits | chance | AUC | median if yes; if no |",
        "|---|---|---|---:|---:|---:|---:|---|",
    ]
    for data in cohorts:
        for item in data["interventions"]:
            wanted = [key for key, names in _ASKED.items() if item["interventions"][0] in names]
            found = [each for each in item["told_by"] if each["state"] in wanted and each["bits_of_yes"]]
            for each in found:
                bits = each["bits_of_yes"]
                unit = "" if each["unit"] == "model unit" else f" {each['unit']}"
                middles = (format_number(each[key]["median"]) for key in ("with_yes", "with_no"))
                cells = (
                    _name(data),
                    each["label"],
                    f"{item['interventions'][0]} works",
                    format_bits(item["works"]["entropy"]),
                    _between(bits["bits"]),
                    format_bits(bits["null"]),
                    _between(each["area"]),
                    "; ".join(middles) + unit,
                )
                lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _list_told(data: Data) -> Iterator[tuple[str, ...]]:
    outcomes = [("MSC protect", data["protected"], data["protection_told_by"])]
    outcomes += [
        (f"{' + '.join(item['interventions'])} works", item["works"], item["told_by"])
        for item in data["interventions"][:_MOST]
    ]
    for name, share, readings in outcomes:
        known = [item for item in readings if item["bits_of_yes"] is not None]
        if share is None or not known:
            continue
        first = known[0]
        bits = first["bits_of_yes"]
        words = first["label"] if bits["told"] else f"none above chance ({first['label']})"
        yield (
            name,
            format_bits(share["entropy"]),
            words,
            _between(bits["bits"]),
            format_bits(bits["null"]),
            NONE if first["area"] is None else _between(first["area"]),
            first["yes_is"],
        )


def make_variance_table(cohorts: Sequence[Data]) -> str:
    """Return how the variance of the protection splits."""
    lines = [
        "| cohort | standard deviation, points | tumours, % | donors, % | pairing, % |",
        "|---|---:|---:|---:|---:|",
    ]
    for data in cohorts:
        split = data["variance"].get("protection")
        if split is not None:
            shares = [format_shares(_ends(split[key])) for key in ("tumours", "donors", "pairing")]
            wide = format_number(100 * split["deviation"])
            lines.append("| " + " | ".join((_name(data), wide, *shares)) + " |")
    return "\n".join(lines)


def _share(share: Data | None) -> str:
    return NONE if share is None else format_shares(_ends(share["share"]))


def _ends(interval: Data) -> tuple[float, float, float]:
    return interval["low"], interval["median"], interval["high"]


def _between(interval: Data) -> str:
    low, middle, high = (format_bits(each) for each in _ends(interval))
    return f"{middle} ({low} to {high})"
