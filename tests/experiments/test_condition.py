"""What papers leave out: the grid, and draws from its levels."""

from dataclasses import fields, replace

import numpy as np
import pytest

from mscape.experiments.condition import (
    EFFECTS,
    HOURS,
    RATIOS,
    SHARES,
    VESICLES,
    Conditions,
    draw_conditions,
    make_grid,
)


@pytest.mark.parametrize(("vehicle", "size"), [("cells", 27), ("medium", 27), ("vesicles", 27), ("none", 9)])
def test_a_grid_has_every_combination_once(vehicle: str, size: int) -> None:
    grid = make_grid(vehicle)
    assert len(grid) == size
    rows = zip(grid.effect, grid.hours, grid.ratio, grid.share, grid.vesicles, strict=True)
    assert len(set(rows)) == size


@pytest.mark.parametrize(
    ("vehicle", "column", "levels"),
    [("cells", "ratio", RATIOS), ("medium", "share", SHARES), ("vesicles", "vesicles", VESICLES)],
)
def test_only_the_axis_of_the_vehicle_is_open(vehicle: str, column: str, levels: tuple[float, ...]) -> None:
    grid = make_grid(vehicle)
    assert set(getattr(grid, column)) == set(levels)
    assert set(grid.effect) == set(EFFECTS)
    assert set(grid.hours) == set(HOURS)
    for field in fields(Conditions):
        if field.name not in (column, "effect", "hours"):
            assert len(set(getattr(grid, field.name))) == 1, field.name


def test_taking_rows_takes_them_from_every_column() -> None:
    draws = draw_conditions(1, 6)
    taken = draws.take(np.array([4, 0, 4]))
    for field in fields(Conditions):
        column = getattr(draws, field.name)
        np.testing.assert_array_equal(getattr(taken, field.name), column[[4, 0, 4]])


def test_draws_stay_on_the_levels_and_in_the_ranges() -> None:
    draws = draw_conditions(3, 500)
    assert set(draws.effect) == set(EFFECTS)
    assert set(draws.hours) == set(HOURS)
    assert set(draws.ratio) == set(RATIOS)
    assert set(draws.share) == set(SHARES)
    assert set(draws.vesicles) == set(VESICLES)
    for name, low, high in (
        ("before", 0, 72),
        ("conditioning", 24, 72),
        ("msc_density", 1e4, 1e5),
        ("seeding", 0.6, 2.0),
        ("spent", 0, 0.6),
    ):
        column = getattr(draws, name)
        assert low <= column.min() < column.max() <= high, name


def test_more_draws_keep_the_first_ones() -> None:
    few, many = draw_conditions(5, 7), draw_conditions(5, 70)
    for field in fields(Conditions):
        np.testing.assert_array_equal(getattr(many, field.name)[:7], getattr(few, field.name))


def test_columns_are_drawn_independently() -> None:
    draws = draw_conditions(5, 2000)
    columns = np.array([getattr(draws, field.name) for field in fields(Conditions)])
    off = np.corrcoef(columns) - np.eye(len(columns))
    assert np.abs(off).max() < 0.1


def test_conditions_are_values() -> None:
    grid = make_grid("none")
    other = replace(grid, hours=np.full(9, 5.0))
    assert set(grid.hours) == set(HOURS)
    assert set(other.hours) == {5.0}
