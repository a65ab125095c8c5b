"""What arrives against what is needed: intervals of each gate, as multiples of what is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mscape.report.figure_style import BLUE, GREY, INK, ORANGE, label_decades, make_axes
from mscape.report.page import GateLine

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 4.6
_ROW = 0.4


def make_gates(gates: Sequence[GateLine]) -> Axes:
    """Make axes for gates and draw them."""
    up = _ROW * max(1, len(gates))
    axes = make_axes(WIDTH, up + 0.85, (0.3, 0.45, WIDTH - 0.45, up))
    return draw_gates(axes, gates)


def draw_gates(axes: Axes, gates: Sequence[GateLine]) -> Axes:
    """Draw gates on axes and return them.

    Available over needed, both as multiples of the needed median, on a logarithmic axis.
    """
    axes.set_xscale("log")
    axes.axvline(1.0, color=GREY, linewidth=0.6, linestyle=(0, (2, 2)))
    for row, gate in enumerate(gates):
        unit = gate.needed[1] or 1.0
        _draw_interval(
            axes, row - 0.14, [max(value / unit, 1e-9) for value in gate.available], (BLUE, "o", "-")
        )
        _draw_interval(
            axes, row + 0.14, [max(value / unit, 1e-9) for value in gate.needed], (ORANGE, "D", (0, (3, 1.5)))
        )
    axes.set_yticks(range(len(gates)), [gate.letter for gate in gates])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(gates) - 0.5, -0.5)
    for label in axes.get_yticklabels():
        label.set_fontweight("bold")
    axes.spines["left"].set_visible(False)
    label_decades(axes, "x")
    axes.set_xlabel("multiples of the needed median")
    axes.text(0.0, 1.0, "●  available", color=BLUE, transform=axes.transAxes, va="bottom", fontsize=7.5)
    axes.text(0.26, 1.0, "◆  needed", color=ORANGE, transform=axes.transAxes, va="bottom", fontsize=7.5)
    axes.text(
        1.0,
        1.0,
        "5th, 50th, 95th percentile",
        color=INK,
        transform=axes.transAxes,
        va="bottom",
        ha="right",
        fontsize=7.0,
    )
    return axes


def _draw_interval(axes: Axes, y: float, values: Sequence[float], look: tuple[str, str, object]) -> None:
    colour, marker, style = look
    low, middle, high = values
    axes.plot([low, high], [y, y], color=colour, linewidth=1.6, linestyle=style, solid_capstyle="butt")
    axes.plot([middle], [y], marker=marker, markersize=4.5, color=colour)
