"""The figure of prior and fitted predictions: what stands in it, and that hills hold the draws they show."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from mscape.inference.predictive import Predictive
from mscape.report.figure_prior import (
    REACH,
    draw_predictive,
    list_rows,
    make_predictive,
    smooth_margins,
)
from mscape.report.figure_style import STYLE, write_svg


def _predict(name: str, margin: np.ndarray, kind: str = "up", words: str = "") -> Predictive:
    return Predictive(name, kind, words or f"{name}: treated_arm against other", margin, "fold", margin)


def _list_texts(rows: object) -> list[str]:
    return [text.get_text() for text in make_predictive(rows).texts]  # type: ignore[arg-type]


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=60))
def test_a_hill_and_the_bars_at_the_edges_hold_all_draws(margins: list[float]) -> None:
    _, heights, low, high = smooth_margins(np.array([*margins, np.nan]))
    assert low == pytest.approx(np.mean(np.array(margins) <= -REACH))
    assert high == pytest.approx(np.mean(np.array(margins) >= REACH))
    assert heights.max(initial=0) == pytest.approx(1 - low - high, abs=1e-9)


def test_a_hill_stands_where_the_draws_are() -> None:
    rng = np.random.default_rng(1)
    places, heights, _, _ = smooth_margins(rng.normal(-1.2, 0.3, 500))
    assert places[heights.argmax()] == pytest.approx(-1.2, abs=0.15)
    none = smooth_margins(np.full(5, np.nan))
    assert (none[1].max(), none[2], none[3]) == (0, 0, 0)


def test_rows_are_told_apart_and_the_least_likely_comes_first() -> None:
    often, seldom = np.array([1.0, 1.0, -1.0]), np.array([1.0, -1.0, -1.0])
    prior = [_predict("a_one", often, words="same"), _predict("b", seldom, words="same")]
    prior += [_predict("c", often, "partial")]
    rows = list_rows(prior, [_predict("b", often)], {"c": "in words"})
    assert [row.words for row in rows] == ["same (b)", "same (a one)", "in words"]
    assert rows[0].posterior_share == pytest.approx(2 / 3)
    assert rows[1].posterior is None
    assert [row.no_effect for row in rows] == [-1.0, -1.0, None]


def test_shares_are_printed_and_the_second_column_needs_an_ensemble() -> None:
    prior = [_predict("a", np.array([1.0, -1.0]))]
    assert "fitted" not in _list_texts(list_rows(prior))
    texts = _list_texts(list_rows(prior, [_predict("a", np.array([1.0, 1.0]))]))
    assert {"prior", "fitted", "50\u00a0%", "100\u00a0%"} <= set(texts)


def test_what_was_not_solved_is_said_so_and_long_statements_end() -> None:
    texts = _list_texts(list_rows([_predict("a", np.full(3, np.nan), words="word " * 60)]))
    assert "not solved" in texts
    assert any(text.endswith("…") for text in texts)


def test_the_figure_returns_the_axes_it_draws_on_and_is_the_same_bytes_each_time() -> None:
    rows = list_rows([_predict("a", np.linspace(-6, 6, 50))])
    axes = Figure().add_subplot()
    assert draw_predictive(axes, rows) is axes
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        first, again = (write_svg(make_predictive(rows)) for _ in range(2))
    assert first == again
    assert "no effect" in first
