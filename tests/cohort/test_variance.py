"""Variance of made-up tables of tumours and donors, whose parts are known."""

import numpy as np
import pytest
from scipy.special import ndtri

from mscape.cohort.variance import split_variance
from mscape.engine.random import draw_uniform


def _draw(name: str, *shape: int) -> np.ndarray:
    drawn = draw_uniform(3, name, 0, int(np.prod(shape)))
    return np.asarray(ndtri(drawn)).reshape(shape)


def test_known_parts_lie_within_their_intervals() -> None:
    table = 3.0 * _draw("t", 60, 1) + 2.0 * _draw("d", 1, 60) + 1.0 * _draw("td", 60, 60)
    split = split_variance(table, seed=1)
    assert split is not None
    for found, known in ((split.tumours, 9 / 14), (split.donors, 4 / 14), (split.pairing, 1 / 14)):
        assert found[0] < known < found[2]
    assert split.tumours[1] + split.donors[1] + split.pairing[1] == pytest.approx(1.0)
    assert split.deviation == pytest.approx(np.sqrt(14.0), rel=0.2)


def test_donors_that_change_nothing_have_no_share() -> None:
    split = split_variance(_draw("t", 30, 1) + np.zeros((1, 20)), seed=1)
    assert split is not None
    assert split.tumours[1] == pytest.approx(1.0)
    assert split.donors[2] == pytest.approx(0.0, abs=1e-12)


def test_a_unit_changes_no_share_and_a_tumour_without_answer_is_left_out() -> None:
    table = _draw("t", 20, 1) + _draw("td", 20, 15)
    one, other = split_variance(table, seed=1), split_variance(100 * table, seed=1)
    assert one is not None
    assert other is not None
    assert one.tumours == pytest.approx(other.tumours)
    table[4, 7] = np.nan
    left = split_variance(table, seed=1)
    assert left is not None
    assert left.table == (19, 15)
    assert split_variance(np.full((9, 9), 2.0), seed=1) is None
    assert split_variance(table[:2], seed=1) is None
