"""Tables of rankings, from the JSON of ``mscape rank``, for the marks of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mscape.report.number import NONE, format_percent, format_share
from mscape.treatment.rank import NOTHING

Data = Mapping[str, Any]
WORDS = ("removes", "uncertain", "hypothesis", "no effect")


def make_blocks(answers: Sequence[Data]) -> dict[str, str]:
    """Return the Markdown of every block that some answers of ``mscape rank`` fill.

    Parameters
    ----------
    answers
        As read from its JSON: outcomes, matrices, rankings. Those of ensembles have blocks of their own.
    """
    blocks = {}
    rankings: dict[str, list[Data]] = {}
    for answer in answers:
        data = answer["data"]
        ground = "-ensemble" if data["ensembles"] else ""
        if data["kind"] == "outcomes":
            blocks[f"outcomes{ground}"] = describe_run(answer) + make_outcome_table(data["outcomes"])
        elif data["kind"] == "matrix":
            blocks[f"matrix{ground}"] = describe_run(answer) + make_matrix_table(data["mechanisms"])
        else:
            rankings.setdefault(ground, []).append(answer)
    for ground, found in rankings.items():
        table = make_control_table([one["data"] for one in found])
        blocks[f"controls{ground}"] = describe_run(found[0]) + table
    return blocks


def describe_run(answer: Data) -> str:
    """Say what the numbers are of, on a line of its own."""
    data, provenance = answer["data"], answer["provenance"]
    source = "the mechanisms' ensembles" if data["ensembles"] else "the priors"
    return (
        f"{data['draws']} draws from {source}, seed {provenance['seed']}, mscape {provenance['version']}.\n\n"
    )


def make_outcome_table(rows: Sequence[Data]) -> str:
    """Return outcomes against ranks, one line an outcome, and how often they are as they were asked to be."""
    lines = [
        "| result | intervention | tried in | what is the same | ranked in: takes, word | as asked |",
        "|---|---|---|---|---|---|",
    ]
    groups = _group_rows(rows)
    for group in groups:
        row = group[0]
        ranked = (
            f"{o['tumour']}, {o['drug']}: {format_share(_read(o['share']))}, {o['word']}" for o in group
        )
        held = [bool(one["as_asked"]) for one in group]
        told = "yes" if all(held) else "in some" if any(held) else "no"
        cells = (
            row["result"],
            " + ".join(row["interventions"]),
            f"{row['species']}: {row['tried_in']}, {row['tried_with']}",
            row["near"],
            "<br>".join(ranked),
            NONE if row["as_asked"] is None else told,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", f"{_count_failures(groups)} {_count_successes(groups)}"])


def _tell_ranked(row: Data) -> str:
    return f"{row['tumour']}, {row['drug']}: {format_share(_read(row['share']))}, {row['word']}"


def _group_rows(rows: Sequence[Data]) -> list[list[Data]]:
    names = dict.fromkeys(row["outcome"] for row in rows)
    return [[row for row in rows if row["outcome"] == name] for name in names]


def _count_failures(groups: Sequence[Sequence[Data]]) -> str:
    found = [group for group in groups if group[0]["result"] == "failure"]
    held = sum(all(row["as_asked"] for row in group) for group in found)
    return f"Failures not above *uncertain*: {held} of {len(found)}."


def _count_successes(groups: Sequence[Sequence[Data]]) -> str:
    """Count successes above zero: as asked, at the lower end; and, weaker, in the middle."""
    found = [group for group in groups if group[0]["result"] == "success"]
    held = sum(all(row["as_asked"] for row in group) for group in found)
    middle = sum(all(row["share"] and row["share"]["median"] > NOTHING for row in group) for group in found)
    return (
        f"Successes above zero at the lower end: {held} of {len(found)}; in the middle, which was not asked: "
        f"{middle} of {len(found)}."
    )


def make_matrix_table(mechanisms: Sequence[Data]) -> str:
    """Return for each mechanism alone how many interventions get which word, and which takes most."""
    lines = [
        f"| mechanism | draws that protect | {' | '.join(WORDS)} | takes most at the lower end |",
        "|---|---:|" + "---:|" * len(WORDS) + "---|",
    ]
    total: Counter[str] = Counter()
    for item in mechanisms:
        counts = Counter(cell["word"] for cell in item["cells"])
        total += counts
        told = [cell for cell in item["cells"] if cell["share"]]
        best = max(told, key=lambda cell: cell["share"]["low"], default=None)
        most = NONE if best is None else f"{best['intervention']}: {format_share(_read(best['share']))}"
        cells = (f"`{item['mechanism']}`", item["counted"], *(counts[word] for word in WORDS), most)
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    sums = " | ".join(str(total[word]) for word in WORDS)
    return "\n".join([*lines, f"| all | | {sums} | |"])


def make_control_table(rankings: Sequence[Data]) -> str:
    """Return what the controls of some niches gave, route by route."""
    lines = [
        "| niche | route at work | draws that protect | others at zero | told apart | targets exchanged |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for data in rankings:
        for item in data["controls"]:
            known = [found for found in item["irrelevant"].values() if found is not None]
            cells = (
                f"{data['tumour']}, {data['drug']}",
                f"`{item['mechanism']}`",
                str(item["counted"]),
                f"{item['at_zero']} of {len(known)}" if known else NONE,
                format_percent(item["told_apart"]),
                format_percent(item["permuted"]),
            )
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _read(interval: Data | None) -> tuple[float, float, float] | None:
    return None if interval is None else (interval["low"], interval["median"], interval["high"])
