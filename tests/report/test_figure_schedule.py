"""The figure of schedules: what it says in words, and that nothing of it lies outside."""

import matplotlib as mpl
import pytest

from mscape.atlas.load import load_atlas
from mscape.report.figure_schedule import draw_schedules
from mscape.report.figure_style import STYLE, write_png, write_svg
from mscape.treatment.matrix import choose_coculture, compose_alone
from mscape.treatment.persistence import Persistence, measure_persistence
from mscape.treatment.removal import Draws
from mscape.treatment.schedule import Clock
from mscape.treatment.timing import Scheduled, choose_timed_arm, measure_schedules

DRAWS = Draws(25, lambda _: 1)
Found = tuple[Scheduled, Persistence]


@pytest.fixture(scope="module")
def found() -> Found:
    """A mechanism with protection to share out."""
    niche = compose_alone(load_atlas(), "wang2014_mm_exosome")
    clock = Clock(pulses=3)
    arm = choose_timed_arm(niche, choose_coculture(niche), clock)
    return measure_schedules(niche, arm, [("gw4869",)], DRAWS, clock=clock), measure_persistence(niche, DRAWS)


def test_the_figure_says_what_its_axes_are(found: Found) -> None:
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        svg = write_svg(draw_schedules(*found, "Schedules in culture model: x"))
        again = write_svg(draw_schedules(*found, "Schedules in culture model: x"))
    assert svg == again
    told = (
        "in culture model", "fresh medium", "gw4869", "3 pulses, equal area", "MSC stay", "4 times the dose",
        "hours from seeding; read at the end", "protection taken, %",
    )  # fmt: skip
    for words in told:
        assert words in svg, words


def test_nothing_is_drawn_outside_the_picture(found: Found) -> None:
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        figure = draw_schedules(*found, "Schedules in culture model: x").get_figure(root=True)
        assert figure is not None
        figure.draw_without_rendering()
        box = figure.get_tightbbox()
    wide, high = figure.get_size_inches()
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= wide
    assert box.y1 <= high


@pytest.mark.slow
def test_either_half_stands_alone(found: Found) -> None:
    schedules, lasting = found
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        assert write_png(draw_schedules(schedules, None, "a")).startswith(b"\x89PNG")
        alone = write_svg(draw_schedules(None, lasting, "b"))
    assert "fresh medium" not in alone
    assert "hours without MSC before the drug" in alone
