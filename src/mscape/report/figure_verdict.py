"""What the data say of each number: its interval before and after, as multiples of the assumed median."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from mscape.inference.identify import CombinationVerdict, ParameterVerdict
from mscape.report.figure_style import BLUE, GREY, INK, PALE, label_decades, make_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, NAMES = 5.6, 2.4  # inches; of the figure, and of its names
_ROW, _LETTERS = 0.26, 38
Known = ParameterVerdict | CombinationVerdict


def make_verdicts(known: Sequence[Known]) -> Axes:
    """Make axes for numbers, products and ratios, and draw them."""
    up = _ROW * max(1, len(list_drawable(known)))
    axes = make_axes(WIDTH, up + 0.85, (NAMES, 0.45, WIDTH - NAMES - 0.15, up))
    return draw_verdicts(axes, known)


def list_drawable(known: Sequence[Known]) -> tuple[Known, ...]:
    """Return what can be drawn as multiples: numbers that are above 0 all over their prior."""
    return tuple(item for item in known if item.prior[0] > 0 and item.ensemble[0] > 0)


def draw_verdicts(axes: Axes, known: Sequence[Known]) -> Axes:
    """Draw the intervals of numbers on axes and return them; those that may be 0 are left out.

    Parameters
    ----------
    axes
        To draw on.
    known
        In the order to be drawn, the uppermost first.
    """
    shown = list_drawable(known)
    axes.set_xscale("log")
    axes.axvline(1.0, color=GREY, linewidth=0.6, linestyle=(0, (2, 2)))
    for row, item in enumerate(shown):
        unit = item.prior[1]
        low, _, high = (value / unit for value in item.prior)
        axes.plot([low, high], [row, row], color=PALE, linewidth=5.0, solid_capstyle="butt")
        low, middle, high = (value / unit for value in item.ensemble)
        axes.plot([low, high], [row, row], color=BLUE, linewidth=1.6, solid_capstyle="butt")
        axes.plot([middle], [row], marker="o", markersize=3.8, color=BLUE)
    names = [item.label if isinstance(item, ParameterVerdict) else item.text for item in shown]
    axes.set_yticks(range(len(shown)), [fill(name, _LETTERS) for name in names])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(max(len(shown), 1) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    label_decades(axes, "x")
    axes.set_xlabel("multiples of the assumed median")
    looks = ((0.0, "▬  assumed", GREY), (0.28, "●  after the data", BLUE))
    for x, words, colour in looks:
        axes.text(x, 1.0, words, color=colour, transform=axes.transAxes, va="bottom", fontsize=7.5)
    words = "5th, 50th, 95th percentile"
    axes.text(1.0, 1.0, words, color=INK, transform=axes.transAxes, va="bottom", ha="right", fontsize=7.0)
    return axes
