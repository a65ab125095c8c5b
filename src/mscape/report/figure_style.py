"""One look for all figures.

Hairlines, sans-serif, a blue and orange that differ in lightness too, text that stays text.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, PALE, ORANGE, INK, GREY, RULE = "#0b5fa5", "#a9c9e8", "#b04a00", "#1b1f23", "#5b636b", "#c4c9cf"
# Readers see the first of these they have; widths are those of the last, the widest: what fits with it fits
# with the others.
FONTS = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans'"
STYLE: dict[str, object] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "mscape",
    "font.family": "DejaVu Sans",  # ships with Matplotlib: the layout is the same everywhere
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8.0,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.6,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 0.0,
    "ytick.minor.size": 0.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "mathtext.fontset": "dejavusans",
    "axes.unicode_minus": True,
    "text.parse_math": False,  # a dollar sign in a label is a dollar sign
}


def make_axes(width: float, height: float, box: tuple[float, float, float, float]) -> Axes:
    """Make axes on a figure of their own.

    Parameters
    ----------
    width, height
        Of the figure, inches.
    box
        Left, bottom, width and height of the axes, inches.
    """
    from matplotlib.figure import Figure

    figure: Figure = Figure(figsize=(width, height))
    left, bottom, across, up = box
    return figure.add_axes((left / width, bottom / height, across / width, up / height))


def write_svg(axes: Axes) -> str:
    """Return the figure that holds the axes as SVG text, the same bytes for the same data.

    No date, no random ids.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": "mscape"}, transparent=False)
    text = stream.getvalue().replace("'DejaVu Sans'", FONTS)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def write_png(axes: Axes) -> bytes:
    """Return the figure that holds the axes as a PNG picture of 200 dots an inch; no date."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=200, metadata={"Software": "mscape"}, facecolor="white")
    return stream.getvalue()


def label_decades(axes: Axes, which: str) -> None:
    """Label a logarithmic axis with plain numbers (0.1, 1, 10) and powers beyond them."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    from mscape.report.number import format_number

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(LogLocator(base=10, numticks=6))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _short(format_number(value))))
    axis.set_minor_locator(NullLocator())  # drawn nowhere, and slow to make


def _short(text: str) -> str:
    return text.removeprefix("1 × ")
