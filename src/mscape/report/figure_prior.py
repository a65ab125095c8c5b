"""What a mechanism says of each contrast before any was heard, and what it says after.

One row a contrast: the prior's draws as a grey hill above the line, those of the fitted ensemble as a blue
one below it, both on one axis: by how many of the least effects that count a draw is on the reported side. A
hill is as high as the share of draws it holds; the rest stands at the edges as bars.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mscape.report.figure_style import BLUE, GREY, INK, PALE, RULE, make_axes
from mscape.report.number import format_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

    from mscape.inference.predictive import Predictive

Array = NDArray[np.float64]

WIDTH = 7.0  # inches
REACH = 4.0  # thresholds shown on either side; what is beyond stands at the edge
_LEFT, _RIGHT = 3.0, 0.95
_ROW = 0.36
_HILL = 0.43  # of a row
_PRIOR, _FITTED = 1.145, 1.3  # right ends of the two columns, in widths of the axes
_TEXT, _LINES = 47, 3  # characters of a line of a statement, and lines
_LEAD = 0.11  # inches between them
_GRID = np.linspace(-REACH, REACH, 161)
_LEAST_WIDTH = 0.08  # thresholds: a narrower distribution is drawn this wide


@dataclass(frozen=True)
class PredictiveRow:
    """One contrast in the figure.

    Parameters
    ----------
    words
        What it states.
    prior, posterior
        Margins of the draws, shape (draw,); None where there is no ensemble.
    prior_share, posterior_share
        Share of the draws that reproduce it.
    no_effect
        The margin of no effect at all, where there is one.
    contrast
        Its name.
    """

    words: str
    prior: Array
    prior_share: float
    posterior: Array | None = None
    posterior_share: float | None = None
    no_effect: float | None = None
    contrast: str = ""


def list_rows(
    prior: Sequence[Predictive],
    posterior: Sequence[Predictive] = (),
    words: Mapping[str, str] | None = None,
) -> tuple[PredictiveRow, ...]:
    """Put predictions of the same contrasts side by side, what the prior reproduces least first.

    Parameters
    ----------
    prior, posterior
        Before and after; a contrast the second lacks has no blue hill.
    words
        What to call a contrast, by its name; else what it states, with its name where others state the same.
    """
    after = {each.contrast: each for each in posterior}
    alike = Counter(each.words for each in prior)
    rows = []
    for each in sorted(prior, key=lambda item: (np.nan_to_num(item.share, nan=-1.0), item.contrast)):
        fitted = after.get(each.contrast)
        margin, share = (fitted.margin, fitted.share) if fitted else (None, None)
        name = each.words if alike[each.words] == 1 else f"{each.words} ({each.contrast})"
        called = (words or {}).get(each.contrast, name.replace("_", " "))
        none = -1.0 if each.kind in ("up", "down", "ordered") else None
        rows.append(PredictiveRow(called, each.margin, each.share, margin, share, none, each.contrast))
    return tuple(rows)


def make_predictive(rows: Sequence[PredictiveRow]) -> Axes:
    """Make axes for predictions, as tall as there are rows, and draw them."""
    up = _ROW * max(1, len(rows))
    axes = make_axes(WIDTH, up + 1.0, (_LEFT, 0.5, WIDTH - _LEFT - _RIGHT, up))
    return draw_predictive(axes, rows)


def draw_predictive(axes: Axes, rows: Sequence[PredictiveRow]) -> Axes:
    """Draw predictions on axes and return them."""
    fitted = any(row.posterior is not None for row in rows)
    axes.axvspan(0, REACH, color=PALE, alpha=0.22, linewidth=0, zorder=0)
    for place, row in enumerate(rows):
        axes.axhline(place, color=RULE, linewidth=0.5, zorder=1)
        if row.no_effect is not None:
            ends = [place - _HILL, place + (_HILL if fitted else 0)]
            axes.plot([row.no_effect] * 2, ends, color=GREY, linewidth=0.7, linestyle=(0, (2, 2)), zorder=2)
        _draw_hill(axes, place, row.prior, (GREY, -1))
        if row.posterior is not None:
            _draw_hill(axes, place, row.posterior, (BLUE, 1))
        _write_row(axes, place, row, fitted=fitted)
    axes.axvline(0.0, color=INK, linewidth=0.9, zorder=4)
    _set_axes(axes, len(rows))
    _write_head(axes, fitted=fitted)
    return axes


def smooth_margins(margins: Array) -> tuple[Array, Array, float, float]:
    """Smooth the solved draws.

    Returns
    -------
    tuple
        Places and heights of the hill over the shown range (its highest point is the share of the draws
        within), and the shares below and above that range.
    """
    solved = margins[np.isfinite(margins)]
    if not len(solved):
        return _GRID, np.zeros_like(_GRID), 0.0, 0.0
    inside = solved[np.abs(solved) < REACH]
    low, high = float((solved <= -REACH).mean()), float((solved >= REACH).mean())
    if not len(inside):
        return _GRID, np.zeros_like(_GRID), low, high
    quarters = np.subtract(*np.percentile(inside, (75, 25))) / 1.349
    spread = min(inside.std(), quarters) if quarters > 0 else inside.std()
    width = max(0.9 * spread * len(inside) ** -0.2, _LEAST_WIDTH)  # Silverman 1986, section 3.4.2
    heights = np.exp(-0.5 * ((_GRID[:, None] - inside[None, :]) / width) ** 2).sum(axis=1)
    return _GRID, heights / heights.max() * (1 - low - high), low, high


def _draw_hill(axes: Axes, place: int, margins: Array, look: tuple[str, int]) -> None:
    colour, side = look
    places, heights, low, high = smooth_margins(margins)
    axes.fill_between(
        places, place, place + side * _HILL * heights, color=colour, alpha=0.55, linewidth=0, zorder=3
    )
    for edge, share in ((-REACH, low), (REACH, high)):
        if share > 0:  # a bar at the edge, as long as the share of draws beyond it
            axes.plot(
                [edge, edge],
                [place, place + side * _HILL * share],
                color=colour,
                linewidth=3.5,
                solid_capstyle="butt",
                clip_on=False,
                zorder=5,
            )
    solved = margins[np.isfinite(margins)]
    if len(solved):
        middle = float(np.clip(np.median(solved), -REACH, REACH))
        axes.plot([middle, middle], [place, place + side * _HILL * 0.9], color=INK, linewidth=1.1, zorder=6)
    else:
        axes.text(0.1, place, "not solved", va="center", fontsize=7.0, color=GREY)


def _write_row(axes: Axes, place: int, row: PredictiveRow, *, fitted: bool) -> None:
    lines = wrap(row.words, _TEXT)
    lines = lines if len(lines) <= _LINES else [*lines[: _LINES - 1], lines[_LINES - 1][: _TEXT - 1] + "…"]
    sides = axes.get_yaxis_transform()
    for number, line in enumerate(lines):  # line by line: the reader's font may have other widths
        up = _raise(axes, _LEAD * ((len(lines) - 1) / 2 - number))
        axes.text(-0.03, place, line, ha="right", va="center", fontsize=7.0, transform=sides + up)
    axes.text(
        _PRIOR,
        place,
        format_percent(row.prior_share),
        ha="right",
        va="center",
        fontsize=7.5,
        color=GREY,
        transform=sides,
    )
    if fitted:
        words = format_percent(row.posterior_share)
        axes.text(_FITTED, place, words, ha="right", va="center", fontsize=7.5, color=BLUE, transform=sides)


def _set_axes(axes: Axes, count: int) -> None:
    axes.set_xlim(-REACH, REACH)
    axes.set_ylim(max(count, 1) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xticks([-4, -3, -2, -1, 0, 1, 2, 3, 4])
    axes.set_xticklabels(["≤ −4", "−3", "−2", "−1", "0", "1", "2", "3", "≥ 4"])
    axes.set_xlabel("margin, in least effects that count (0: just reproduced)")


def _write_head(axes: Axes, *, fitted: bool) -> None:
    heads = [(0.99, "as reported →", "right", INK), (0.01, "← not as reported", "left", GREY)]
    heads += [(_PRIOR, "prior", "right", GREY)]
    heads += [(_FITTED, "fitted", "right", BLUE)] if fitted else []
    for place, words, side, colour in heads:
        axes.text(
            place, 1.005, words, ha=side, va="bottom", fontsize=7.5, color=colour, transform=axes.transAxes
        )
    above = _raise(axes, 0.16)
    last = _FITTED if fitted else _PRIOR
    axes.text(
        last, 1.005, "holds in", ha="right", va="bottom", fontsize=7.5, transform=axes.transAxes + above
    )
    above = axes.get_xaxis_transform() + above
    axes.text(-1.0, 1.005, "no effect", ha="center", va="bottom", fontsize=7.0, color=GREY, transform=above)


def _raise(axes: Axes, up: float) -> Transform:
    """Return a shift upwards in inches."""
    from matplotlib.transforms import ScaledTranslation

    return ScaledTranslation(0, up, axes.figure.dpi_scale_trans)
