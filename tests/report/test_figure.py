"""Figures take and return axes, and draw what the page data hold."""

import matplotlib as mpl
from matplotlib.figure import Figure

from mscape.report.build import ReportData
from mscape.report.figure_dose_response import draw_dose_response
from mscape.report.figure_gate import draw_gates
from mscape.report.figure_panel import draw_panel, make_panel
from mscape.report.figure_style import STYLE, write_svg
from mscape.report.page import Bar, Bracket, Panel


def make_demo(*bars: Bar, axis: str = "% of cells") -> Panel:
    brackets = (Bracket(0, 1, "higher", 0.004, False),) if len(bars) > 1 else ()
    marks = tuple("+" for _ in bars)
    return Panel(
        "a", "o1", "Apoptosis", axis, "", "Xu 2018", (("drug", marks),), bars, brackets, "figures/a.svg"
    )


def test_figures_return_the_axes_they_draw_on(data: ReportData) -> None:
    page = data.mechanisms[0]
    axes = Figure().add_subplot()
    assert draw_gates(axes, page.gates) is axes
    axes = Figure().add_subplot()
    assert draw_dose_response(axes, page.doses[0]) is axes
    axes = Figure().add_subplot()
    assert draw_panel(axes, page.figures[0].panels[0]) is axes


def test_panel_shows_share_of_the_grid_and_text_stays_text() -> None:
    bars = (Bar("a", "A", 1.0, 0.5, 1.0, 2.0), Bar("b", "B", 1.0, 0.5, 1.5, 2.0, 1.2, 0.1, "1.2"))
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        text = write_svg(make_panel(make_demo(*bars)))
    assert "higher · &lt;1" in text
    assert "Apoptosis" in text


def test_levels_far_apart_get_a_logarithmic_axis_and_percentages_never() -> None:
    bars = (Bar("a", "A", 1.0, 0.01, 1.0, 20.0), Bar("b", "B", 1.0, 0.5, 1.5, 50.0))
    assert make_demo(*bars, axis="model units").spans_decades
    assert not make_demo(*bars).spans_decades


def test_arm_without_a_solution_is_said_so() -> None:
    axes = make_panel(make_demo(Bar("a", "A", None, None, None, None)))
    assert "not solved" in [text.get_text() for text in axes.texts]
