"""A cohort in two pictures: how protection falls from member to member, and which reading tells beforehand.

Left, a waterfall: members from the most protected to the least, by the viability that MSC give them under the
drug; those above the threshold in blue. Right, what each reading says, in bits with its 90 % interval,
against what chance gives.
"""

from __future__ import annotations

from itertools import pairwise
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mscape.experiments.rescue import LEAST
from mscape.report.figure_style import BLUE, GREY, INK, ORANGE, PALE, RULE, make_axes
from mscape.report.number import format_shares
from mscape.treatment.predict import Predictor, Summary, order_waterfall

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mscape.cohort.mutual import Bits

Array = NDArray[np.float64]

WIDTH = 8.6  # inches
_BARS = 400  # of a waterfall: as many as a page resolves
_ROW, _MOST = 0.25, 8  # inches a reading; readings of an outcome
_LEFT, _FALL, _GAP, _RIGHT = 0.6, 2.6, 2.65, 0.2
_LETTERS, _LINES = 46, 2


def make_cohort_figure(title: str, protection: Array, summary: Summary) -> Axes:
    """Make the figure of a cohort, and return the axes of its waterfall.

    Parameters
    ----------
    title
        Of the whole.
    protection
        Viability with MSC less that without, shape (member,).
    summary
        Of the same cohort.
    """
    groups = list_groups(summary)
    rows = sum(1 + len(found) for _, found in groups)
    up = max(_ROW * rows, 2.2)
    axes = make_axes(WIDTH, up + 1.25, (_LEFT, 0.6, _FALL, up))
    figure = axes.get_figure(root=True)
    assert figure is not None
    _draw_fall(axes, protection, summary)
    start = _LEFT + _FALL + _GAP
    box = (start / WIDTH, 0.6 / (up + 1.25), (WIDTH - start - _RIGHT) / WIDTH, up / (up + 1.25))
    _draw_bits(figure.add_axes(box), groups)
    figure.text(0.02, 1 - 0.12 / (up + 1.25), title, fontsize=9.5, va="top", color=INK)
    note = f"{summary.size:,} virtual members: a spread of model parameters, not of people"
    figure.text(0.02, 1 - 0.31 / (up + 1.25), note, fontsize=7.5, va="top", color=GREY)
    return axes


def list_groups(summary: Summary) -> list[tuple[str, tuple[Predictor, ...]]]:
    """Return the outcomes that are drawn with their readings: protection, and what works in most members."""
    groups = [("MSC protect", summary.predictors)]
    if summary.responders:
        first = summary.responders[0]
        groups.append((f"{first.id} works, of those", first.predictors))
    known = [(name, tuple(item for item in found if item.of_works is not None)) for name, found in groups]
    return [(name, found[:_MOST]) for name, found in known if found]


def _draw_fall(axes: Axes, protection: Array, summary: Summary) -> None:
    fall = 100.0 * protection[order_waterfall(protection)]
    fall = fall[np.isfinite(fall)]
    edges = np.linspace(0, len(fall), min(len(fall), _BARS) + 1).astype(np.int64)
    bars = np.array([np.median(fall[start:end]) for start, end in pairwise(edges)])
    place = 100.0 * (edges[:-1] + edges[1:]) / 2 / max(len(fall), 1)
    counted = bars >= 100.0 * LEAST
    width = 100.0 / max(len(bars), 1)
    for chosen, colour in ((counted, BLUE), (~counted, PALE)):
        axes.bar(place[chosen], bars[chosen], width=width, color=colour, linewidth=0)
    axes.axhline(0.0, color=INK, linewidth=0.6)
    axes.axhline(100.0 * LEAST, color=GREY, linewidth=0.6, linestyle=(0, (2, 2)))
    axes.set_xlim(0, 100)
    axes.set_xlabel("members, most protected first (% of the cohort)")
    axes.set_ylabel("protection by MSC (points of viability)")
    share = format_shares(summary.protected.value)
    words = f"protected by {100 * LEAST:.0f} points or more:\n{share} % of members"
    axes.text(0.97, 0.95, words, ha="right", va="top", color=BLUE, transform=axes.transAxes, fontsize=7.5)


def _draw_bits(axes: Axes, groups: list[tuple[str, tuple[Predictor, ...]]]) -> None:
    labels: list[tuple[int, str, str]] = []
    row = 0
    for name, found in groups:
        labels.append((row, name, INK))
        for item in found:
            row += 1
            assert item.of_works is not None
            bits = item.of_works
            _draw_row(axes, row, bits)
            unit = "" if item.state.unit in ("model unit", "fold") else f", {item.state.unit}"
            labels.append(
                (row, f"{item.state.label}{unit}  ({item.direction})", INK if bits.is_told else GREY)
            )
        row += 1
    axes.set_ylim(max(row, 1) - 0.5, -0.6)
    axes.set_xlim(left=0.0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    for place, words, colour in labels:
        _write_label(axes, place, words, colour, is_head=any(words == name for name, _ in groups))
    axes.axvline(0.0, color=RULE, linewidth=0.6)
    axes.set_xlabel("bits about yes or no, before the drug")
    looks = ((0.0, "●  reading, 90 %", BLUE), (0.5, "▎chance, 95th percentile", ORANGE))
    for x, words, colour in looks:
        axes.text(x, 1.01, words, color=colour, transform=axes.transAxes, va="bottom", fontsize=7.0)


def _draw_row(axes: Axes, row: int, bits: Bits) -> None:
    low, middle, high = bits.value
    colour = BLUE if bits.is_told else GREY
    axes.plot([low, high], [row, row], color=colour, linewidth=1.4, solid_capstyle="butt")
    face = colour if bits.is_told else "white"
    axes.plot([middle], [row], marker="o", markersize=3.8, color=colour, markerfacecolor=face, clip_on=False)
    axes.plot([bits.null] * 2, [row - 0.32, row + 0.32], color=ORANGE, linewidth=1.2)


def _write_label(axes: Axes, place: int, words: str, colour: str, *, is_head: bool) -> None:
    lines = wrap(words, _LETTERS)[:_LINES]
    axes.text(
        -0.03,
        place,
        "\n".join(lines),
        ha="right",
        va="center",
        color=colour,
        fontsize=7.5 if is_head else 7.0,
        fontweight="bold" if is_head else "normal",
        transform=axes.get_yaxis_transform(),
        linespacing=0.95,
    )
