"""All that was measured, as one JSON object: what the tables, the figure and the page are made from."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engine.environment import NotRun
from benchmarks.engine.measure import Curve
from benchmarks.engine.problem import Problem
from benchmarks.engine.ratio import QUANTILES, Point, Ratio, average_ratios, compare_point

SCHEMA = "mscape-benchmark/engine/1"
OURS = "mscape"
GATE_RELATIVE = 1e-6

Result = dict[str, Any]


def describe_machine() -> dict[str, Any]:
    """Return what the numbers were measured on."""
    return {
        "processor": _read_processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def _read_processor() -> str:
    path = Path("/proc/cpuinfo")
    if sys.platform == "linux" and path.exists():
        lines = path.read_text(encoding="utf-8").splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        if names:
            return names[0]
    return platform.processor() or "unknown"


def describe_model(problem: Problem, curves: Mapping[str, Curve | NotRun], ours: Sequence[str]) -> Result:
    """Return one model's part of the result: each engine's points, and its ratios to each of ours."""
    engines: Result = {}
    for name, curve in curves.items():
        if isinstance(curve, NotRun):
            engines[name] = {"not_run": curve.reason}
            continue
        engines[name] = {
            "version": curve.version,
            "load": curve.load,
            "failed": curve.failed,
            "points": [_describe_point(curve, index) for index in range(len(curve.points))],
        }
        if name not in ours:
            engines[name]["ratios"] = {
                mine: _compare(curves[mine], curve) for mine in ours if isinstance(curves.get(mine), Curve)
            }
    return {"states": len(problem.states), "varied": len(problem.varied), "engines": engines}


def _describe_point(curve: Curve, index: int) -> Result:
    point = curve.points[index]
    return {
        "relative": point.relative,
        "draws": len(point.errors),
        "error": {f"{quantile:g}": point.error_at(quantile) for quantile in QUANTILES},
        "seconds": point.seconds.tolist(),
        "wall": curve.wall[index].tolist(),
    }


def _compare(ours: Curve | NotRun, other: Curve) -> Result:
    """Return the ratios at each of the other's tolerances, by processor time and by the wall clock."""
    assert isinstance(ours, Curve)
    wall = [replace(point, seconds=ours.wall[index]) for index, point in enumerate(ours.points)]
    found = {}
    for index, point in enumerate(other.points):
        found[f"{point.relative:g}"] = {
            "cpu": _as_dict(compare_point(ours.points, point)),
            "wall": _as_dict(compare_point(wall, Point(point.relative, point.errors, other.wall[index]))),
        }
    return found


def _as_dict(ratio: Ratio) -> Result:
    return {"middle": ratio.middle, "low": ratio.low, "high": ratio.high, "inside": ratio.inside}


def find_ratio(
    model: Result, peer: str, *, ours: str = OURS, clock: str = "cpu", relative: float = GATE_RELATIVE
) -> Ratio | None:
    """Return a ratio of one model, None where it was not measured."""
    found = model["engines"].get(peer, {}).get("ratios", {}).get(ours, {}).get(f"{relative:g}")
    return Ratio(**found[clock]) if found else None


def find_fastest(model: Result, *, ours: str = OURS) -> tuple[str, Ratio] | None:
    """Return the peer that comes nearest to us at equal error, and the ratio to it."""
    found = [(name, find_ratio(model, name, ours=ours)) for name in model["engines"]]
    known = [(name, ratio) for name, ratio in found if ratio and np.isfinite(ratio.middle)]
    return min(known, key=lambda item: item[1].middle) if known else None


def average_over(
    result: Result, models: Sequence[str], peer: str | None, *, ours: str = OURS, clock: str = "cpu"
) -> Ratio | None:
    """Return the geometric mean over models of the ratios to a peer, or to the fastest of each model.

    None unless every one of the models has it.
    """
    ratios = []
    for id in models:
        model = result["models"].get(id)
        if not model or "engines" not in model:
            return None
        name = peer or (find_fastest(model, ours=ours) or ("",))[0]
        ratio = find_ratio(model, name, ours=ours, clock=clock)
        if ratio is None:
            return None
        ratios.append(ratio)
    return average_ratios(ratios)
