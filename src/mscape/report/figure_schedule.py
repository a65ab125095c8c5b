"""Schedules as strips over the hours beside what they take; and what protection outlasts removal of the MSC.

A strip has three lines: MSC, drug, intervention. Dots are medians, lines the 10th to the 90th percentile over
the draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mscape.report.figure_style import BLUE, GREY, INK, ORANGE, PALE, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from mscape.treatment.persistence import Persistence
    from mscape.treatment.schedule import Schedule
    from mscape.treatment.timing import Handled, Scheduled, Timed

WIDTH = 7.4  # inches, as all lengths here
_TOP, _BOTTOM, _ROW, _HEAD, _AXIS = 0.62, 0.15, 0.27, 0.34, 0.5
_NAMES, _STRIP, _GAP, _SHARE = 1.45, 2.75, 0.25, 2.75
_CURVE = 1.65
SHOWN = 3  # interventions a figure shows; more are in the table
_MARKS = (("o", BLUE), ("s", ORANGE), ("^", GREY))
_LINES = (("msc", PALE, 0.27), ("drug", GREY, 0.0), ("perturbation", INK, -0.27))
_THICK = 0.15  # of a bar at a level of 1; the square root of the level times as much at another
_TITLE_Y = 0.16


def draw_schedules(found: Scheduled | None, lasting: Persistence | None, title: str) -> Axes:
    """Make the figure of schedules and of the removal of MSC; of either alone where the other is None.

    Parameters
    ----------
    found, lasting
        What was measured; at most `SHOWN` interventions are drawn.
    title
        Of the figure.

    Returns
    -------
    Axes
        The last axes of the figure.
    """
    from matplotlib.figure import Figure

    handled = () if found is None else found.handled
    heights = [_HEAD + _ROW * len(item.handling.schedules) + _AXIS for item in handled]
    heights += [_HEAD + _CURVE + _AXIS] if lasting is not None else []
    height = _TOP + sum(heights) + _BOTTOM
    figure: Figure = Figure(figsize=(WIDTH, height))
    figure.text(0.1 / WIDTH, 1 - _TITLE_Y / height, title, va="top", fontsize=9.5, fontweight="bold")
    names = [] if found is None else [effect.id for effect in found.effects][:SHOWN]
    _draw_key(figure, height, names)
    top, axes = height - _TOP, None
    drawn = [each.share for item in handled for each in item.timed if each.id in names and each.share]
    ends = 100 * min((0.0, *(low for low, _, _ in drawn))), 100 * max((0.2, *(high for *_, high in drawn)))
    for item, each in zip(handled, heights, strict=False):
        axes = _draw_handled(figure, item, names, top)
        axes.set_xlim(ends[0] - 0.04 * (ends[1] - ends[0]), ends[1] + 0.04 * (ends[1] - ends[0]))
        top -= each
    if lasting is not None:
        axes = _draw_persistence(figure, lasting, top)
    assert axes is not None
    return axes


def _place(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


def _draw_key(figure: Figure, height: float, names: Sequence[str]) -> None:
    """Say what colours and marks mean, under the title."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if not names:
        return
    words = {"msc": "MSC", "drug": "drug", "perturbation": "intervention"}
    patches = [Patch(color=colour, label=words[content]) for content, colour, _ in _LINES]
    wash = Line2D([], [], color=INK, linewidth=0.8, linestyle=(0, (1, 1)), label="fresh medium")
    marks = [
        Line2D([], [], color=colour, marker=mark, markersize=4, linewidth=1, label=name)
        for name, (mark, colour) in zip(names, _MARKS, strict=False)
    ]
    figure.legend(
        handles=[*patches, wash, *marks],
        loc="upper left",
        bbox_to_anchor=(0.05 / WIDTH, 1 - (_TITLE_Y + 0.17) / height),
        ncols=7,
        handlelength=1.4,
        columnspacing=1.2,
    )


def _draw_handled(figure: Figure, item: Handled, names: Sequence[str], top: float) -> Axes:
    schedules = item.handling.schedules
    high = _ROW * len(schedules)
    bottom = top - _HEAD - high
    up = figure.get_size_inches()[1]
    dose = schedules[0].dose
    told = item.handling.name.capitalize() + (f", {dose:g} times the dose" if dose != 1 else "")
    figure.text(0.1 / WIDTH, (top - 0.12) / up, told, fontweight="bold", va="top")
    strips = _place(figure, _NAMES, bottom, _STRIP, high)
    shares = _place(figure, _NAMES + _STRIP + _GAP, bottom, _SHARE, high)
    for axes in (strips, shares):
        axes.set_ylim(len(schedules) - 0.5, -0.5)
        axes.spines["left"].set_visible(False)
    for row, schedule in enumerate(schedules):
        _draw_strip(strips, row, schedule)
    strips.set_yticks(range(len(schedules)), [schedule.name for schedule in schedules])
    strips.tick_params(axis="y", length=0)
    _label_hours(strips, schedules[0])
    _draw_shares(shares, [each for each in item.timed if each.id in names], names, schedules)
    shares.set_xlabel(f"protection taken, %: median, 10 to 90 % of {item.counted} draws")
    return shares


def _draw_strip(axes: Axes, row: int, schedule: Schedule) -> None:
    for content, colour, shift in _LINES:
        level = {"perturbation": schedule.strength, "drug": schedule.dose}.get(content, 1.0)
        thick = _THICK * level**0.5
        for begin, end in schedule.list_windows(content):  # type: ignore[arg-type]
            axes.barh(row - shift, end - begin, left=begin, height=thick, color=colour, linewidth=0)
    for hour in schedule.washes:
        axes.plot([hour, hour], [row - 0.45, row + 0.45], color=INK, linewidth=0.8, linestyle=(0, (1, 1)))


def _label_hours(axes: Axes, schedule: Schedule) -> None:
    end = sum(item.hours or 0.0 for item in schedule.periods)
    axes.set_xlim(0, end)
    drug = schedule.list_windows("drug")[0]
    axes.set_xticks(sorted({0.0, *drug, end}))
    axes.set_xlabel("hours from seeding; read at the end")


def _draw_shares(
    axes: Axes, timed: Sequence[Timed], names: Sequence[str], schedules: Sequence[Schedule]
) -> None:
    axes.axvline(0, color=RULE, linewidth=0.6, zorder=0)
    rows = {schedule.name: row for row, schedule in enumerate(schedules)}
    step = 0.5 / max(len(names), 1)
    for item in timed:
        if item.share is None:
            continue
        at = names.index(item.id)
        mark, colour = _MARKS[at]
        row = rows[item.schedule.name] + (at - (len(names) - 1) / 2) * step
        low, middle, high = (100 * value for value in item.share)
        axes.plot([low, high], [row, row], color=colour, linewidth=1.2, solid_capstyle="butt")
        axes.plot([middle], [row], color=colour, marker=mark, markersize=4, linewidth=0)
    if not any(item.share for item in timed):
        axes.text(0.5, 0.5, "too few draws protect", transform=axes.transAxes, ha="center", color=GREY)
    axes.set_yticks([])


def _draw_persistence(figure: Figure, item: Persistence, top: float) -> Axes:
    bottom = top - _HEAD - _CURVE
    up = figure.get_size_inches()[1]
    told = "Protection left once the MSC are gone (transwell, insert lifted and medium changed)"
    figure.text(0.1 / WIDTH, (top - 0.12) / up, told, fontweight="bold", va="top")
    axes = _place(figure, 0.65, bottom, WIDTH - 0.65 - 1.75, _CURVE)
    known = [(gap, left) for gap, left in zip(item.gaps, item.left, strict=True) if left is not None]
    if known:
        gaps = [gap for gap, _ in known]
        low, middle, high = ([100 * left[place] for _, left in known] for place in range(3))
        axes.fill_between(gaps, low, high, color=BLUE, alpha=0.12, linewidth=0)
        for edge in (low, high):
            axes.plot(gaps, edge, color=BLUE, linewidth=0.6, alpha=0.7)
        axes.plot(gaps, middle, color=BLUE, linewidth=1.5, marker="o", markersize=4, clip_on=False)
        axes.annotate(
            "median,\n10 to 90 %\nof the draws", (gaps[-1], middle[-1]), (8, 0), textcoords="offset points",
            va="center", fontsize=7.5, color=GREY,
        )  # fmt: skip
    else:
        axes.text(0.5, 0.4, "too few draws protect", transform=axes.transAxes, ha="center", color=GREY)
    axes.axhline(100, color=INK, linewidth=0.8, linestyle=(0, (4, 2)))
    axes.annotate("MSC stay", (1, 100), (4, 0), xycoords=("axes fraction", "data"),
                  textcoords="offset points", va="center", fontsize=7.5)  # fmt: skip
    axes.axhline(50, color=GREY, linewidth=0.5, linestyle=(0, (1, 2)))
    axes.set_xticks(item.gaps)
    axes.set_xlim(0, item.gaps[-1])
    axes.set_ylim(bottom=min((0.0, *(105 * left[0] for _, left in known))))
    axes.set_xlabel("hours without MSC before the drug")
    axes.set_ylabel(f"protection left, %\n({item.counted} draws)")
    return axes
