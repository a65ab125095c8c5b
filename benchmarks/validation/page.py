"""Tables of a validation, from the JSON of ``mscape validate``, between the marks of a document."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mscape.cli.validate_text import describe_bits, describe_share

Data = Mapping[str, Any]
_BLOCK = re.compile(r"(<!-- measured: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.S)
_BESIDE = ("ensemble", "prior", "signed graph", "always protects", "no stroma effect")


def rewrite_page(path: Path, blocks: Mapping[str, str]) -> None:
    """Rewrite those blocks of a document for which there is something new."""

    def replace(match: re.Match[str]) -> str:
        new = blocks.get(match["name"])
        return match[0] if new is None else f"{match[1]}{new.strip()}\n{match[3]}"

    path.write_text(_BLOCK.sub(replace, path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


def make_blocks(answer: Data) -> dict[str, str]:
    """Return the Markdown of every block that the JSON of a validation fills."""
    data = answer["data"]
    blocks = {f"skill-{part['scheme']}": make_skill_table(part["overall"]) for part in data["totals"]}
    blocks["run"] = describe_run(answer["provenance"])
    paper = [part for part in data["totals"] if part["scheme"] == "paper"]
    if paper:
        blocks["mechanisms"] = make_mechanism_table(paper[0]["by_mechanism"])
    if data["left_out"]:
        blocks["answers"] = make_answer_table(data["left_out"])
        blocks["weights"] = describe_weights(data["left_out"])
    if data["coverage"]:
        blocks["coverage"] = make_coverage_table(data["coverage"])
    return blocks


def describe_run(provenance: Data) -> str:
    """Say what the numbers are of."""
    number, seed, atlas = len(provenance["mechanisms"]), provenance["seed"], provenance["atlas_hash"][:12]
    return f"{number} mechanisms, seed {seed}, mscape {provenance['version']}, atlas {atlas}."


def make_skill_table(skills: Sequence[Data]) -> str:
    """Return what each predictor reached."""
    first = skills[0]
    lines = [
        f"{first['contrasts']} contrasts of {first['papers']} papers; 5th and 95th percentile over papers.",
        "",
        "| | right | log score | behind the ensemble | calibrated: right | log score | behind |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for skill in skills:
        cells = (
            describe_share(skill["right"]),
            describe_bits(skill["log_score"]),
            describe_bits(skill["behind"]),
            describe_share(skill["calibrated_right"]),
            describe_bits(skill["calibrated"]),
            describe_bits(skill["calibrated_behind"]),
        )
        lines.append(f"| {skill['predictor']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def make_mechanism_table(found: Mapping[str, Sequence[Data]]) -> str:
    """Return right answers and calibrated log score of each mechanism, and who is ahead of the ensemble."""
    lines = ["| | contrasts | " + " | ".join(_BESIDE) + " | ahead of the ensemble |"]
    lines.append("|---|---:|" + "---:|" * len(_BESIDE) + "---|")
    for key, skills in sorted(found.items()):
        known = {skill["predictor"]: skill for skill in skills}
        cells = []
        for name in _BESIDE:
            bits = known[name]["calibrated"] or known[name]["log_score"]
            cells.append(f"{known[name]['right'][0] * 100:.0f}% {bits[0]:.2f}")
        ahead = [n for n in _BESIDE[1:] if (known[n]["calibrated_behind"] or known[n]["behind"])[0] < 0]
        number = skills[0]["contrasts"]
        lines.append(f"| `{key}` | {number} | " + " | ".join(cells) + f" | {', '.join(ahead) or 'none'} |")
    return "\n".join(lines)


def make_answer_table(rows: Sequence[Data]) -> str:
    """Return what the ensemble, the prior and the signed graph say of each report."""
    names = ("up", "no change", "down")
    part = [row for row in rows if row["leave_out"] == "paper" and row["reported"] in names]
    lines = ["| says | reported | up | no change | down |", "|---|---|---:|---:|---:|"]
    for who in ("ensemble", "prior", "signed graph"):
        for reported in names:
            said = [
                row["baselines"][who] if who in row["baselines"] else row[who]["predicted"]
                for row in part
                if row["reported"] == reported
            ]
            lines.append(
                f"| {who} | {reported} | " + " | ".join(str(said.count(name)) for name in names) + " |"
            )
    return "\n".join(lines)


def describe_weights(rows: Sequence[Data]) -> str:
    """Say how many groups needed a new fit."""
    groups = {(row["mechanism"], row["leave_out"], row["group"]): row["refitted"] for row in rows}
    return f"{len(groups)} groups were left out; {sum(groups.values())} of them needed a new fit."


def make_coverage_table(found: Sequence[Data]) -> str:
    """Return how often intervals hold the truth."""
    lines = [f"{max(item['replicas'] for item in found)} made-up literatures.", ""]
    lines += ["| intervals of | promised | held | 90 % interval | truths |", "|---|---:|---:|---:|---:|"]
    for item in found:
        span = f"{item['low'] * 100:.1f} to {item['high'] * 100:.1f} %"
        held = f"{item['inside'] * 100:.1f} %"
        lines.append(f"| {item['what']} | {item['level'] * 100:.0f} % | {held} | {span} | {item['cases']} |")
    return "\n".join(lines)
