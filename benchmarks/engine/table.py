"""The result as text: aligned Markdown tables, the same on a terminal and on a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.engine.gate import list_gates
from benchmarks.engine.ratio import Ratio
from benchmarks.engine.result import GATE_RELATIVE, Result, average_over, find_fastest, find_ratio

CAPTION = (
    "Trajectories per second of one core at a relative tolerance of 1e-6 (absolute 1e-9), 24 read-outs of "
    "all states, draws log-uniform within a factor of 3. Error: median and 95th percentile over "
    "trajectories. Ratio: how many times faster mscape is at that error, the smaller of those at equal "
    "median and at equal 95th percentile; median of the rounds (least to most). Processor time, so that "
    "neighbours on the machine count for nobody. numbalsoda and diffsol cannot read SBML: they run on "
    "right-hand sides that mscape generated."
)


def format_table(head: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    """Return an aligned Markdown table; all but the first columns are aligned right."""
    table = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[i]) for row in table) for i in range(len(head))]
    rule = [("-" * w if i < left else "-" * (w - 1) + ":") for i, w in enumerate(widths)]
    lines = []
    for row in [table[0], rule, *table[1:]]:
        cells = [
            c.ljust(w) if i < left else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def format_ratio(ratio: Ratio | None) -> str:
    """Return a ratio with its spread; a mark where our curve had to be continued."""
    if ratio is None:
        return "–"
    if not np.isfinite(ratio.middle):
        return "not reached"
    mark = "" if ratio.inside else "≥ "
    return f"{mark}×{_three(ratio.middle)} ({_three(ratio.low)}–{_three(ratio.high)})"


def _three(value: float) -> str:
    return f"{value:.0f}" if value >= 99.5 else f"{value:.3g}"


def make_speed_table(result: Result) -> str:
    """Return the table of engines and models at the gate's tolerance."""
    head = ("model", "engine", "trajectories/s", "error 50 %", "error 95 %", "load s", "mscape is")
    return format_table(head, _list_speeds(result), left=2)


def _list_speeds(result: Result) -> Iterable[Sequence[str]]:
    for id, model in result["models"].items():
        if "not_run" in model:
            yield (id, "", "not run", "", "", "", "")
            continue
        label = f"{id} ({model['states']} states)"
        for name, engine in model["engines"].items():
            yield (label, name, *_list_cells(model, name, engine, result["ours"][0]))
            label = ""


def _list_cells(model: Result, name: str, engine: Mapping[str, Any], main: str) -> Sequence[str]:
    if "not_run" in engine:
        return ("not run", "", "", "", "")
    point = next((p for p in engine["points"] if p["relative"] == GATE_RELATIVE), None)
    if point is None:
        return ("–", "", "", f"{engine['load']:.2f}", "")
    speed = 1 / np.median(point["seconds"])
    errors = [f"{point['error'][key]:.1e}" for key in ("0.5", "0.95")]
    ratio = find_ratio(model, name, ours=main)
    return (f"{speed:,.0f}", *errors, f"{engine['load']:.2f}", format_ratio(ratio) if ratio else "")


def list_missing(result: Result) -> list[str]:
    """Return a line for everything that was not run, with the reason."""
    lines = []
    for id, model in result["models"].items():
        if "not_run" in model:
            lines.append(f"not run: {id}: {model['not_run']}")
        for name, engine in model.get("engines", {}).items():
            if "not_run" in engine:
                lines.append(f"not run: {name} on {id}: {engine['not_run']}")
            elif engine["failed"]:
                lines.append(f"{name} on {id}: {engine['failed']} trajectories failed, over all tolerances")
    reasons = result.get("missing", {})
    return [f"not run: {name}: {reason}" for name, reason in reasons.items()] + lines


def make_summary_table(result: Result) -> str:
    """Return ratios of each model and their geometric mean, for each of our variants."""
    gated = [id for id in result["gated"] if id in result["models"]]
    head = ("", "libRoadRunner", "fastest peer", "which")
    rows: list[Sequence[str]] = []
    for ours in result["ours"]:
        short = "" if ours == result["ours"][0] else f", {ours}"
        for id, model in result["models"].items():
            if "engines" in model:
                nearest = find_fastest(model, ours=ours)
                rr = format_ratio(find_ratio(model, "libRoadRunner", ours=ours))
                rows.append(
                    (id + short, rr, format_ratio(nearest and nearest[1]), nearest[0] if nearest else "")
                )
        means = [average_over(result, gated, peer, ours=ours) for peer in ("libRoadRunner", None)]
        rows.append((f"geometric mean of {len(gated)}{short}", *map(format_ratio, means), ""))
        wall = [
            average_over(result, gated, peer, ours=ours, clock="wall") for peer in ("libRoadRunner", None)
        ]
        rows.append((f"the same by the wall clock{short}", *map(format_ratio, wall), ""))
    return format_table(head, rows)


def make_extra_table(result: Result) -> str:
    """Return what is reported beside the curves."""
    rows: list[Sequence[str]] = []
    for id, found in result.get("first", {}).items():
        said = ", ".join(f"{name} {v['middle']:.2f} s" for name, v in found.items() if isinstance(v, Mapping))
        rows.append((f"first result, {id}", said or found["not_run"]))
    for id, found in result.get("two_cores", {}).items():
        rows.append((f"two cores, {id}", _describe_cores(found)))
    for id, found in result.get("wide", {}).items():
        rows.append((f"draws within ×10, {id}", _describe_ends(found)))
    for id, found in result.get("absolute", {}).items():
        rows.append((f"absolute time, {id}", _describe_ends(found)))
    return format_table(("", "measured"), rows, left=2) if rows else ""


def _describe_cores(found: Mapping[str, Any]) -> str:
    if "middle" not in found:
        return str(found["not_run"])
    parts = {"two threads": found, "two processes that share nothing": found.get("processes")}
    return ", ".join(
        f"{name} ×{item['middle']:.2f} ({item['low']:.2f}–{item['high']:.2f})"
        for name, item in parts.items()
        if item
    )


def _describe_ends(found: Mapping[str, Any]) -> str:
    if "not_run" in found:
        return str(found["not_run"])
    ends = ", ".join(f"{count:,} {name}" for name, count in sorted(found["ended"].items()))
    silent = f", {found['silent']} of them SILENTLY NOT FINITE" if found["silent"] else ""
    return (
        f"{found['count']:,} in {found['seconds']:.1f} s on {found.get('cores', 1)} core(s): {ends}{silent}"
    )


def make_gate_table(result: Result) -> str:
    """Return what was promised beside what was measured."""
    rows = []
    for gate in list_gates(result):
        bound = f"≥ {gate.least:g}" if gate.least is not None else f"≤ {gate.most:g}"
        aims = "".join(f", {name} {aim:g}" for name, aim in gate.above)
        value = "" if gate.value is None else _three(gate.value)
        rows.append((gate.name, value, bound + aims, gate.verdict))
    return format_table(("promised", "measured", "to be", "so"), rows)


def find_headline(result: Result) -> Ratio | None:
    """Return the geometric-mean ratio to libRoadRunner over the gate's models, None if there is none."""
    gated = [id for id in result["gated"] if id in result["models"]]
    ratio = average_over(result, gated, "libRoadRunner", ours=result["ours"][0]) if gated else None
    return ratio if ratio and np.isfinite(ratio.middle) else None


def make_verdict(result: Result) -> str:
    """Return the last line: the geometric-mean ratio to libRoadRunner, or that there is none."""
    ratio = find_headline(result)
    if ratio is None:
        return "geometric-mean ratio to libRoadRunner: none (see above what was not run or not reached)"
    gated = [id for id in result["gated"] if id in result["models"]]
    return f"geometric-mean ratio to libRoadRunner over {', '.join(gated)}: {format_ratio(ratio)}"
