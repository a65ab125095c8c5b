"""A figure as a file: what commands that draw one have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli.output import say
from mscape.errors import OutputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Svg = Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Draw the figure to an SVG file.")]
Png = Annotated[Path | None, typer.Option("--png", metavar="FILE", help="Draw the figure to a PNG file.")]


def refuse_folders(*paths: Path | None) -> None:
    """Refuse to write a figure where a folder is, before any work.

    Raises
    ------
    OutputError
        There is one.
    """
    for path in paths:
        if path is not None and path.is_dir():
            raise OutputError(str(path), "it is a folder", "a file", "name a file in it")


def write_figures(draw: Callable[[], Axes], svg: Path | None, png: Path | None) -> None:
    """Draw a figure once for each kind of file that is asked for, in the style of the report.

    Parameters
    ----------
    draw
        Makes the figure.
    svg, png
        Where to; None for no such file.

    Raises
    ------
    OutputError
        A file cannot be written.
    """
    if svg is None and png is None:
        return
    import matplotlib as mpl

    from mscape.report.figure_style import STYLE, write_png, write_svg
    from mscape.store import write_bytes_atomic, write_text_atomic

    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        axes = draw()
        if svg is not None:
            write_text_atomic(svg, write_svg(axes))
            say(f"wrote {svg}")
        if png is not None:
            write_bytes_atomic(png, write_png(axes))
            say(f"wrote {png}")
