"""A panel of an experiment as papers print it.

Bars with whiskers, what each arm has under them, what the paper says over them.
"""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from mscape.report.figure_style import BLUE, GREY, INK, ORANGE, PALE, label_decades, make_axes
from mscape.report.number import format_percent
from mscape.report.page import Bar, Bracket, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

WIDTH = 3.3  # inches
_LEFT = 1.5  # room for the names of the factors
_PLOT = 1.35  # height of the bars
_LEVEL = 0.22  # of a bracket
_ROW = 0.155  # of a line of marks
_NAME = 21  # characters of a factor's name
_TIPS = {"higher": "^", "lower": "v", "in part": "v"}  # what stands at the arm a statement speaks of


def make_panel(panel: Panel) -> Axes:
    """Make the axes for a panel, as tall as its brackets and marks ask for, and draw it."""
    top = 0.12 + _LEVEL * max(1, len(panel.brackets))
    bottom = 0.14 + _ROW * sum(len(_wrap(name)) + 0.15 for name, _ in panel.factors)
    across = min(WIDTH - _LEFT - 0.1, 0.34 + 0.46 * len(panel.bars))
    axes = make_axes(WIDTH, _PLOT + top + bottom, (_LEFT, bottom, across, _PLOT))
    return draw_panel(axes, panel)


def draw_panel(axes: Axes, panel: Panel) -> Axes:
    """Draw a panel on axes and return them."""
    count = max(1, len(panel.bars))
    if panel.spans_decades:
        axes.set_yscale("log")
    for index, bar in enumerate(panel.bars):
        _draw_bar(axes, index, bar, decades=panel.spans_decades)
    axes.set_xlim(-0.6, count - 0.4)
    axes.set_xticks([])
    axes.margins(y=0.08)
    _set_bottom(axes, panel)
    if panel.spans_decades:
        label_decades(axes, "y")
    else:
        axes.locator_params(axis="y", nbins=4)
    _draw_title(axes, panel)
    _draw_factors(axes, panel.factors)
    _draw_brackets(axes, panel.brackets)
    return axes


def _draw_bar(axes: Axes, x: int, bar: Bar, *, decades: bool) -> None:
    if bar.median is None or bar.low is None or bar.high is None:
        axes.text(
            x,
            0.03,
            "not solved",
            rotation=90,
            ha="center",
            va="bottom",
            color=GREY,
            transform=axes.get_xaxis_transform(),
        )
        return
    if decades:
        axes.plot(
            [x - 0.26, x + 0.26], [bar.median] * 2, color=BLUE, linewidth=2.2, solid_capstyle="butt", zorder=3
        )
    else:
        axes.bar(x, bar.median, width=0.56, color=PALE, edgecolor=BLUE, linewidth=0.8)
    axes.plot([x, x], [bar.low, bar.high], color=INK, linewidth=0.9, zorder=4)
    for end in (bar.low, bar.high):
        axes.plot([x - 0.09, x + 0.09], [end, end], color=INK, linewidth=0.9, zorder=4)
    _draw_points(axes, x, bar)


def _draw_points(axes: Axes, x: int, bar: Bar) -> None:
    """Draw what stands beside the bar: the nominal reading, and what the paper printed."""
    if bar.nominal is not None:
        axes.plot(
            x + 0.17,
            bar.nominal,
            marker="o",
            markersize=3.6,
            markerfacecolor="white",
            markeredgecolor=INK,
            markeredgewidth=0.8,
            zorder=5,
        )
    if bar.reported is not None:
        axes.errorbar(
            x - 0.17,
            bar.reported,
            yerr=bar.reported_error,
            fmt="D",
            markersize=3.8,
            color=ORANGE,
            ecolor=ORANGE,
            elinewidth=0.8,
            zorder=6,
        )


def _set_bottom(axes: Axes, panel: Panel) -> None:
    ends = [
        end for bar in panel.bars for end in (bar.low, bar.high, bar.nominal, bar.reported) if end is not None
    ]
    if not ends or panel.spans_decades:
        return
    low, high = min([0.0, *ends]), max([0.0, *ends]) or 1.0
    axes.set_ylim(low * 1.05 if low < 0 else 0.0, high * 1.06)
    if low < 0:
        axes.axhline(0.0, color=GREY, linewidth=0.6)


def _wrap(name: str) -> list[str]:
    lines = wrap(name, _NAME)
    return lines if len(lines) <= 3 else [*lines[:2], lines[2][: _NAME - 1] + "…"]


def _draw_title(axes: Axes, panel: Panel) -> None:
    """Write the axis' title line by line.

    Lines of one text would be set by the widths of a font the reader may not have.
    """
    lines = wrap(panel.title, 20)
    lines = lines if len(lines) <= 3 else [*lines[:2], lines[2][:19] + "…"]
    for index, line in enumerate(reversed([*lines, panel.axis])):
        place = axes.transAxes + _shift(axes, -0.46 - 0.125 * index, 0)
        axes.text(
            0, 0.5, line, rotation=90, rotation_mode="anchor", ha="center", va="center", transform=place
        )


def _draw_factors(axes: Axes, factors: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Write the marks under the bars, in inches below the axis, so that rows keep their distance."""
    depth = 0.12
    for name, marks in factors:
        lines = _wrap(name)
        for index, line in enumerate(lines):
            place = axes.transAxes + _shift(axes, -0.12, -depth - _ROW * 0.85 * index)
            axes.text(0, 0, line, ha="right", va="center", fontsize=7.5, transform=place)
        middle = depth + _ROW * 0.85 * (len(lines) - 1) / 2
        for x, mark in enumerate(marks):
            size, faint = (9.0 if mark in "+−" else 7.0), (GREY if mark == "−" else INK)
            place = axes.get_xaxis_transform() + _shift(axes, 0, -middle)
            axes.text(x, 0, mark, ha="center", va="center", fontsize=size, color=faint, transform=place)
        depth += _ROW * (0.3 if len(lines) > 1 else 0.15) + _ROW * 0.85 * len(lines)


def _draw_brackets(axes: Axes, brackets: Sequence[Bracket]) -> None:
    """Draw what the paper says over the bars: solid where the model says it too, dashed where it does not."""
    for level, bracket in enumerate(sorted(brackets, key=lambda item: abs(item.second - item.first))):
        height = 0.06 + _LEVEL * level
        low, high = sorted((bracket.first, bracket.second))
        colour = BLUE if bracket.reproduced else ORANGE
        style = "-" if bracket.reproduced else (0, (3, 2))
        place = axes.get_xaxis_transform() + _shift(axes, 0, height)
        axes.plot(
            [low, high], [1, 1], color=colour, linewidth=1.0, linestyle=style, transform=place, clip_on=False
        )
        tip = _TIPS.get(bracket.words, "o")
        axes.plot(
            [bracket.second], [1], marker=tip, markersize=4, color=colour, transform=place, clip_on=False
        )
        words = f"{bracket.words} · {format_percent(bracket.grid_share)}"
        above = axes.get_xaxis_transform() + _shift(axes, 0, height + 0.045)
        axes.text(
            (low + high) / 2, 1, words, ha="center", va="bottom", fontsize=7.5, color=colour, transform=above
        )


def _shift(axes: Axes, right: float, up: float) -> Transform:
    """Return a shift in inches."""
    from matplotlib.transforms import ScaledTranslation

    return ScaledTranslation(right, up, axes.figure.dpi_scale_trans)
