"""Dose-response curves without and with MSC: medians with 5-95 % bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mscape.report.figure_style import BLUE, GREY, ORANGE, label_decades, make_axes
from mscape.report.page import DoseFigure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 3.3, 2.35
_LOOKS = {"without MSC": (ORANGE, (0, (4, 2))), "with MSC": (BLUE, "-")}


def make_dose_response(figure: DoseFigure, quantity: str = "viability") -> Axes:
    """Make axes for the curves of one drug and draw them; ``quantity`` is ``viability`` or ``gr``."""
    axes = make_axes(WIDTH, HEIGHT, (0.55, 0.45, WIDTH - 0.7, HEIGHT - 0.6))
    return draw_dose_response(axes, figure, quantity)


def draw_dose_response(axes: Axes, figure: DoseFigure, quantity: str = "viability") -> Axes:
    """Draw curves on axes and return them: dashed without MSC, solid with."""
    axes.set_xscale("log")
    factor = 100.0 if quantity == "viability" else 1.0
    axes.axhline(0.5 * factor, color=GREY, linewidth=0.5, linestyle=(0, (1, 2)))
    for curve in figure.curves:
        colour, style = _LOOKS.get(curve.name, (GREY, "-"))
        low, middle, high = ([value * factor for value in row] for row in getattr(curve, quantity))
        axes.fill_between(figure.dose, low, high, color=colour, alpha=0.1, linewidth=0)
        for edge in (low, high):
            axes.plot(figure.dose, edge, color=colour, linewidth=0.6, linestyle=style, alpha=0.7)
        axes.plot(figure.dose, middle, color=colour, linewidth=1.5, linestyle=style, label=curve.name)
    axes.set_xlim(figure.dose[0], figure.dose[-1])
    axes.set_ylim(0 if quantity == "viability" else -1, 105 if quantity == "viability" else 1.1)
    axes.set_xlabel(f"{figure.drug}, nM")
    axes.set_ylabel("viability, % of untreated" if quantity == "viability" else "GR value")
    label_decades(axes, "x")
    axes.legend(loc="lower left", handlelength=2.2, borderaxespad=0.2)
    return axes
