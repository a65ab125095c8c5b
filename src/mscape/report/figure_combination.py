"""Lines of equal effect and the excess over Bliss of a matrix of doses, without MSC and with them.

Lines are medians over the draws, the band round the middle one the 10th to the 90th percentile; dashed is
what Loewe's null expects. Both axes are logarithmic and begin with 0, so that Loewe's straight line is bent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mscape.report.combination_text import tell_setting, title_combination
from mscape.report.figure_style import BLUE, GREY, INK, ORANGE, RULE
from mscape.report.number import format_dose

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from mscape.treatment.combination import Combination, Surface

    Array = NDArray[np.float64]

WIDTH, HEIGHT = 7.4, 6.9  # inches, as all lengths here
_LEFT, _SIDE, _GAP = 0.75, 2.75, 0.85
_MAP, _LINES, _BOTTOM, _BETWEEN = 2.05, 2.35, 0.75, 0.95
_ZERO = 0.6  # decades that 0 stands below the least dose
_FINER = 8  # steps of a line to one of the matrix
_LOOKS = {0.25: GREY, 0.5: BLUE, 0.75: INK}
_FAINT = 0.05  # excess at which the colours of a map end, if there is none larger
_LINE_HEAD = "doses that kill 25, 50 and 75 %"
_MAP_HEAD = "excess over Bliss, points"


def draw_combination(found: Combination) -> Axes:
    """Make the figure of a matrix of doses and return the last of its axes.

    Parameters
    ----------
    found
        What was measured.
    """
    from matplotlib.figure import Figure

    from mscape.treatment.excess import take_percentiles

    figure: Figure = Figure(figsize=(WIDTH, HEIGHT))
    figure.text(
        0.1 / WIDTH, 1 - 0.1 / HEIGHT, title_combination(found), va="top", fontsize=9.5, weight="bold"
    )
    figure.text(0.1 / WIDTH, 1 - 0.3 / HEIGHT, tell_setting(found), va="top", color=GREY)
    surfaces = {"without MSC": found.alone, "with MSC": found.with_msc}
    cells = {name: take_percentiles(surface.scores["Bliss"])[1] for name, surface in surfaces.items()}
    limit = max(_FAINT, *(float(np.nanmax(np.abs(each), initial=0.0)) for each in cells.values()))
    for place, (name, surface) in enumerate(surfaces.items()):
        left = _LEFT + place * (_SIDE + _GAP)
        axes = _place(figure, left, _BOTTOM + _MAP + _BETWEEN, _SIDE, _LINES)
        _draw_lines(axes, found, surface, f"{name}: {_LINE_HEAD}")
        axes = _place(figure, left, _BOTTOM, _SIDE, _MAP)
        _draw_map(axes, found, cells[name], limit)
        axes.set_title(f"{name}: {_MAP_HEAD}", loc="left")
    _explain(figure)
    return axes


def _place(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    return figure.add_axes((left / WIDTH, bottom / HEIGHT, width / WIDTH, height / HEIGHT))


def _explain(figure: Figure) -> None:
    told = (
        "Lines: medians over the draws, band: 10 to 90 % of the draws at 50 %; dashed: Loewe's null. "
        "Maps: medians; above 0 synergy, below antagonism."
    )
    figure.text(0.1 / WIDTH, 0.08 / HEIGHT, told, color=GREY, fontsize=7)


def _put(dose: Array, least: float) -> Array:
    """Return the place of doses on an axis: log10, 0 somewhat below the least, none where infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        places = np.log10(np.where(dose > 0, dose, np.nan))
    zero = np.log10(least) - _ZERO
    return np.where(np.isfinite(dose), np.fmax(np.where(dose > 0, places, zero), zero), np.nan)


def _draw_lines(axes: Axes, found: Combination, surface: Surface, title: str) -> None:
    from mscape.treatment.excess import LEVELS, find_iso_line

    drug, partner, lacking = found.drug.dose, found.partner.dose, False
    most = float(np.log10(drug[-1]))
    for level in LEVELS:
        line = find_iso_line(surface, level, finer=_FINER)
        across = _put(line.dose, partner[1])
        low, middle, high = (_put(each, drug[1]) for each in line.found)
        colour = _LOOKS[level]
        if level == 0.5:
            top = np.where(np.isinf(line.found[2]), most, high)
            axes.fill_between(across, low, top, color=colour, alpha=0.12, linewidth=0)
        axes.plot(across, middle, color=colour, linewidth=1.4)
        expected = _put(line.expected, drug[1])
        axes.plot(across, expected, color=colour, linewidth=1.0, linestyle=(0, (4, 2)), zorder=3)
        lacking |= not np.isfinite(expected).any()
        if np.isfinite(middle[0]):
            told = f"{100 * level:.0f} %"
            axes.annotate(told, (across[0], middle[0]), (3, 3), textcoords="offset points", color=colour)
    if lacking:
        told = "no dashed line where Loewe's null is not defined in all draws"
        axes.text(0.98, 0.03, told, transform=axes.transAxes, ha="right", color=GREY, fontsize=7)
    axes.set_title(title, loc="left")
    _mark_doses(axes, found)


def _mark_doses(axes: Axes, found: Combination) -> None:
    for axis, one in ((axes.xaxis, found.partner), (axes.yaxis, found.drug)):
        axis.set_ticks(list(_put(one.dose, one.dose[1])), [_tell(dose) for dose in one.dose])
    ends = [_put(one.dose, one.dose[1])[[0, -1]] for one in (found.partner, found.drug)]
    axes.set_xlim(ends[0][0] - 0.02, ends[0][1])
    axes.set_ylim(ends[1][0] - 0.05, ends[1][1])
    axes.set_xlabel(f"{found.partner.name} in the well")
    axes.set_ylabel(f"{found.drug.name} in the well")
    _turn_labels(axes)
    axes.grid(color=RULE, linewidth=0.3)


def _tell(dose: float) -> str:
    return "0" if dose == 0 else format_dose(dose).replace("uM", "µM")


def _turn_labels(axes: Axes) -> None:
    for label in axes.get_xticklabels():
        label.set(rotation=35, ha="right", rotation_mode="anchor", fontsize=7)
    axes.tick_params(axis="y", labelsize=7)


def _tell_points(share: float, limit: float) -> str:
    """Return a share in points, to a tenth where all are small."""
    told = f"{100 * share:.{1 if limit <= _FAINT else 0}f}"
    return "0" if float(told) == 0 else told.replace("-", "−")


def _draw_map(axes: Axes, found: Combination, cells: Array, limit: float) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("excess", [ORANGE, "#ffffff", BLUE])
    axes.imshow(cells, cmap=colours, vmin=-limit, vmax=limit, aspect="auto", origin="lower")
    for (row, column), value in np.ndenumerate(cells):
        if np.isfinite(value):
            shade = "#ffffff" if abs(value) > 0.75 * limit else INK
            told = _tell_points(float(value), limit)
            axes.text(column, row, told, ha="center", va="center", color=shade, fontsize=7)
    axes.set_xticks(range(cells.shape[1]), [_tell(dose) for dose in found.partner.dose[1:]])
    axes.set_yticks(range(cells.shape[0]), [_tell(dose) for dose in found.drug.dose[1:]])
    axes.set_xlabel(f"{found.partner.name} in the well")
    axes.set_ylabel(f"{found.drug.name} in the well")
    _turn_labels(axes)
