"""What the protection depends on: each number's share of its variance, alone and in all, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mscape.inference.sobol import SobolIndex
from mscape.report.figure_style import BLUE, INK, ORANGE, make_axes
from mscape.report.identify_text import name_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, NAMES = 5.6, 2.4  # inches; of the figure, and of its names
MOST = 10
_ROW = 0.24


def make_sensitivity(indices: Sequence[SobolIndex]) -> Axes:
    """Make axes for the largest indices and draw them."""
    up = _ROW * max(1, min(len(indices), MOST))
    axes = make_axes(WIDTH, up + 0.85, (NAMES, 0.45, WIDTH - NAMES - 0.15, up))
    return draw_sensitivity(axes, indices)


def draw_sensitivity(axes: Axes, indices: Sequence[SobolIndex]) -> Axes:
    """Draw the largest Sobol indices on axes and return them.

    Parameters
    ----------
    axes
        To draw on.
    indices
        The largest total first, as `explain_protection` gives them; the first ten are drawn.
    """
    shown = indices[:MOST]
    for row, item in enumerate(shown):
        _draw_interval(axes, row + 0.13, item.total, (BLUE, "o"))
        _draw_interval(axes, row - 0.13, item.first, (ORANGE, "D"))
    axes.set_yticks(range(len(shown)), [name_axis(item.name) for item in shown])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(left=0.0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("% of the protection's variance over the prior")
    looks = ((0.0, "◆  alone", ORANGE), (0.26, "●  in all", BLUE))
    for x, words, colour in looks:
        axes.text(x, 1.0, words, color=colour, transform=axes.transAxes, va="bottom", fontsize=7.5)
    words = "5th and 95th percentile"
    axes.text(1.0, 1.0, words, color=INK, transform=axes.transAxes, va="bottom", ha="right", fontsize=7.0)
    return axes


def _draw_interval(axes: Axes, y: float, values: tuple[float, float, float], look: tuple[str, str]) -> None:
    """Draw an index with its interval, in percent; what lies below 0 by chance is 0."""
    colour, marker = look
    low, middle, high = (max(value, 0.0) * 100 for value in values)
    axes.plot([low, high], [y, y], color=colour, linewidth=1.4, solid_capstyle="butt")
    axes.plot([middle], [y], marker=marker, markersize=3.8, color=colour)
