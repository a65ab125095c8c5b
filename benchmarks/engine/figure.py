"""The work-precision curves as a picture: one panel a model, one line an engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.engine.ratio import Array, interpolate_time
from benchmarks.engine.result import GATE_RELATIVE, OURS, Result, find_ratio

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TITLE = "Speed at equal error, one core"
_SUBTITLE = (
    "Up is faster, left is more exact. Large marks: relative tolerance 1e-6. Bars: range of the rounds. "
    "Dashes: the ratio to libRoadRunner."
)
_MEASURE = "libRoadRunner"
_LEFT_OUT = ("AMICI, solver only",)
_INK, _MUTED, _GRID = "#1b1f24", "#5b6470", "#e3e6ea"
# Okabe and Ito's colours, told apart by colour-blind readers; ours dark and heavy
_STYLE = {
    OURS: ("#0b3c5d", "o", 2.6),
    "mscape, AVX2": ("#5b8fb9", "o", 1.6),
    "libRoadRunner": ("#d55e00", "s", 1.5),
    "numbalsoda": ("#009e73", "^", 1.5),
    "diffsol": ("#cc79a7", "D", 1.5),
    "AMICI": ("#e69f00", "v", 1.5),
    "COPASI": ("#8a8f98", "P", 1.5),
}


def draw_figure(result: Result, path: Path) -> None:
    """Draw the curves; the file's ending says the format."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    models = {id: model for id, model in result["models"].items() if "engines" in model}
    columns = min(3, len(models))
    rows = -(-len(models) // columns)
    settings: Any = {"font.family": "DejaVu Sans", "font.size": 9, "svg.fonttype": "path", "text.color": _INK}
    with mpl.rc_context(settings):
        figure = Figure(figsize=(3.4 * columns + 0.9, 2.6 * rows + 1.75), facecolor="white")
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
        for axes, (id, model) in zip(grid.flat, models.items(), strict=False):
            _draw_model(axes, f"{id} · {model['states']} states", model, result["ours"][0])
        for axes in list(grid.flat)[len(models) :]:
            axes.set_visible(False)
        _label(figure, grid, models)
        figure.savefig(path, dpi=160)


def _draw_model(axes: Axes, title: str, model: Result, ours: str) -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    for name, engine in reversed(model["engines"].items()):
        if name not in _LEFT_OUT and engine.get("points"):
            _draw_engine(axes, name, engine["points"])
    axes.set_xscale("log")
    axes.set_yscale("log")
    _draw_ratio(axes, model, ours)
    axes.set_title(title, loc="left", fontsize=10, fontweight="bold", color=_INK)
    axes.grid(visible=True, which="major", color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(LogLocator(base=100))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.tick_params(which="both", length=0, colors=_MUTED, labelbottom=True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_GRID)


def _list_points(points: list[dict[str, Any]]) -> tuple[list[float], Array, list[bool]]:
    """Return errors, speeds (point, round) and which point is at the gate's tolerance."""
    known = [p for p in points if 0 < p["error"]["0.5"] < np.inf]
    speeds = np.array([1 / np.array(p["seconds"]) for p in known])
    return [p["error"]["0.5"] for p in known], speeds, [p["relative"] == GATE_RELATIVE for p in known]


def _draw_engine(axes: Axes, name: str, points: list[dict[str, Any]]) -> None:
    colour, marker, width = _STYLE.get(name, (_MUTED, "x", 1.2))
    errors, speeds, gated = _list_points(points)
    middle = np.median(speeds, axis=1)
    axes.plot(errors, middle, color=colour, linewidth=width, zorder=3 if name.startswith(OURS) else 2)
    axes.vlines(
        errors, speeds.min(axis=1), speeds.max(axis=1), color=colour, linewidth=width * 0.8, alpha=0.5
    )
    sizes = [40 if large else 13 for large in gated]
    axes.scatter(
        errors, middle, s=sizes, color=colour, marker=marker, edgecolor="white", linewidth=0.7, zorder=4
    )


def _draw_ratio(axes: Axes, model: Result, ours: str) -> None:
    """Draw the ratio to libRoadRunner as the height between its point and our curve."""
    engines = model["engines"]
    ratio = find_ratio(model, _MEASURE, ours=ours)
    if ratio is None or not np.isfinite(ratio.middle):
        return
    errors, speeds, gated = _list_points(engines[_MEASURE]["points"])
    if True not in gated:
        return
    error, low = errors[gated.index(True)], float(np.median(speeds[gated.index(True)]))
    mine, quick, _ = _list_points(engines[ours]["points"])
    seconds, _ = interpolate_time(mine, (1 / np.median(quick, axis=1)).tolist(), error)
    axes.vlines(error, low * 1.35, 0.85 / seconds, color=_INK, linewidth=0.9, linestyle=(0, (2, 2)), zorder=1)
    axes.annotate(
        f"×{ratio.middle:.0f}",
        (error, float(np.sqrt(low / seconds)) * 1.5),
        ha="center",
        va="center",
        fontsize=9.5,
        fontweight="bold",
        color=_INK,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        zorder=5,
    )


def _label(figure: Figure, grid: Any, models: Result) -> None:
    """Title, axes, and one legend for all panels."""
    width, height = figure.get_size_inches()
    left = 0.95 / width
    figure.text(0.25 / width, 1 - 0.3 / height, _TITLE, fontsize=13, fontweight="bold", va="center")
    figure.text(0.25 / width, 1 - 0.57 / height, _SUBTITLE, color=_MUTED, va="center")
    _draw_legend(figure, models)
    figure.subplots_adjust(
        left=left,
        right=1 - 0.2 / width,
        top=1 - 1.08 / height,
        bottom=0.95 / height,
        hspace=0.36,
        wspace=0.08,
    )
    for row in grid:
        row[0].set_ylabel("trajectories per second", color=_MUTED)
    for axes in grid[-1]:
        axes.set_xlabel("error (median over trajectories)", color=_MUTED)


def _draw_legend(figure: Figure, models: Result) -> None:
    from matplotlib.lines import Line2D

    engines = [item for model in models.values() for item in model["engines"].items()]
    names = dict.fromkeys(name for name, engine in engines if engine.get("points") and name not in _LEFT_OUT)
    handles = []
    for name in names:
        colour, marker, width = _STYLE.get(name, (_MUTED, "x", 1.2))
        handles.append(
            Line2D([], [], color=colour, marker=marker, linewidth=width, markersize=5.5, label=name)
        )
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.15 / figure.get_figwidth(), 0.0),
        ncols=len(handles),
        frameon=False,
        handlelength=1.8,
        columnspacing=1.6,
    )
