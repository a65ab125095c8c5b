"""Figures and sentences of what is determined: they draw and say what was found, nothing else."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from mscape.inference.identify import CombinationVerdict, ParameterVerdict
from mscape.inference.marginal import Verdict
from mscape.inference.rule import Share
from mscape.inference.sobol import SobolIndex
from mscape.report.figure_sensitivity import MOST, draw_sensitivity, make_sensitivity
from mscape.report.figure_style import STYLE, write_svg
from mscape.report.figure_verdict import draw_verdicts, list_drawable, make_verdicts
from mscape.report.identify_text import describe_parameter, format_share, name_axis


def _know(name: str, verdict: Verdict, low: float = 1.0, combination: str | None = None) -> ParameterVerdict:
    reason = "no read-out depends on it" if verdict == Verdict.UNINFORMED else ""
    return ParameterVerdict(
        name, name, "parameter", "nM", "assumed", (low, 2.0, 20.0), (low, 5.0, 15.0), 0.6, 0.4, verdict,
        combination, reason,
    )  # fmt: skip


KNOWN = (_know("Kd", Verdict.BELOW), _know("share", Verdict.NARROWED, low=-1.0))
RATIO = CombinationVerdict(
    "a / b", ("a", "b"), (1.0, -1.0), True, (0.1, 1.0, 10.0), (0.8, 1.0, 1.2), 0.1, 3.0, Verdict.RATIO
)
INDICES = tuple(SobolIndex(f"n{i}", (-0.1, 0.1, 0.2), (0.1, 0.5 - i / 100, 0.6)) for i in range(MOST + 3))


def test_figures_return_the_axes_they_draw_on() -> None:
    axes = Figure().add_subplot()
    assert draw_sensitivity(axes, INDICES) is axes
    axes = Figure().add_subplot()
    assert draw_verdicts(axes, KNOWN) is axes


def test_the_largest_are_drawn_and_nothing_is_below_zero() -> None:
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        axes = make_sensitivity(INDICES)
        assert len(axes.get_yticklabels()) == MOST
        assert axes.get_xlim()[0] == 0
        assert min(float(line.get_xdata()[0]) for line in axes.lines) == 0  # type: ignore[index,arg-type]
        assert "variance" in write_svg(axes)


def test_numbers_that_may_be_0_have_no_multiples() -> None:
    assert list_drawable((*KNOWN, RATIO)) == (KNOWN[0], RATIO)
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        text = write_svg(make_verdicts((*KNOWN, RATIO)))
        assert "a / b" in text
        assert "share" not in text
        make_verdicts(())  # nothing known is an empty figure, not a fault


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict.BELOW, "at least 1 nM"),
        (Verdict.ABOVE, "at most 15 nM"),
        (Verdict.DETERMINED, "determined, 5 (1 to 15) nM (assumed 2 (1 to 20))"),
        (Verdict.UNINFORMED, "not informed by these data; no read-out depends on it."),
    ],
)
def test_a_verdict_is_told_with_its_number(verdict: Verdict, words: str) -> None:
    assert words in describe_parameter(_know("Kd", verdict))


def test_a_ratio_is_named_where_only_it_is_determined() -> None:
    told = describe_parameter(_know("Kd", Verdict.RATIO, combination="ligand / Kd"))
    assert "only a ratio is determined, ligand / Kd; alone 5 (1 to 15) nM" in told


def test_small_shares_keep_their_digits() -> None:
    assert format_share(Share(0.012, 0.0101, 0.0149, 1000)) == "1.2\u00a0% (1 to 1.5)"
    assert format_share(Share(0.0, 0.0, 0.0004, 5000)) == "0\u00a0% (0 to 0.04)"


def test_what_a_paper_left_out_has_a_name() -> None:
    assert name_axis("condition:ratio") == "MSC per tumour cell (unreported)"
    assert name_axis("kill_max") == "kill_max"
