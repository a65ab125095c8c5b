"""What the pages say: misses first, classes apart, everything escaped."""

import html
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from mscape.report.build import ReportData
from mscape.report.index_page import compare_with_graph
from mscape.report.mechanism_page import find_style
from mscape.report.page import Tally
from mscape.report.render import render_page
from tests.report.conftest import ID, Made

HOSTILE = "<script>alert('1')</script>\" onload=\"x\u202e & {{ 7*7 }}"


def list_handlers(text: str) -> list[str]:
    """Attributes by which a page could run something."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(
                name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "")
            )

    Reader().feed(text)
    return found


def test_front_page_puts_exclusions_first_then_misses_then_classes(data: ReportData) -> None:
    text = render_page("index", data.index)
    order = [
        text.index(mark)
        for mark in ('id="left-out"', 'id="misses"', "Informative statements", "Table 4", "Table 7")
    ]
    assert order == sorted(order)


def test_front_page_names_every_miss_and_every_claim(data: ReportData) -> None:
    text = html.unescape(render_page("index", data.index))
    misses = [item for group in data.index.misses for item in group.statements]
    assert misses
    assert all(item.text in text for item in misses)
    assert len(data.index.claims) == 17
    assert text.count('class="state not-curated-yet"') == 16
    assert f'href="{ID}.html"' in text


def test_classes_are_counted_apart(data: ReportData) -> None:
    tally = data.index.tally
    inside = [item for item in data.index.statements if item.in_scope]
    for name, count in [
        ("informative", tally.informative),
        ("against", tally.against),
        ("built in", tally.built_in),
    ]:
        assert count == sum(item.class_ == name for item in inside) > 0
    assert tally.bits == pytest.approx(0.5 * tally.informative)


def test_page_says_where_kinetics_add_nothing() -> None:
    tally = Tally("x", 10, 9, 8, (), 3, (0, 0), 2, 1, 5, 0, 1.0, (("signed graph", 6),), (0, 3))
    assert "Kinetics add nothing" in compare_with_graph(tally)
    assert "fewer than the signed graph (3 against 6 of 8)" in compare_with_graph(
        replace(tally, beyond_graph=(1, 4))
    )


def test_mechanism_page_shows_its_parts(data: ReportData) -> None:
    page = data.mechanisms[0]
    text = html.unescape(render_page("mechanism", page))
    for part in (
        page.claim.mechanism,
        page.claim.reason,
        "Not yet reviewed",
        "above the top dose",
        "a stand-in",
        "demanding",
    ):
        assert part in text
    for step in page.steps:
        assert f'id="step-{step.id}"' in text
        assert f'href="#step-{step.id}"' in text
    for gap in page.gaps:
        assert gap in text
    assert "<script" not in text


def test_every_statement_in_scope_stands_in_a_panel(data: ReportData) -> None:
    page = data.mechanisms[0]
    shown = [item.contrast for figure in page.figures for item in figure.statements]
    expected = [item.contrast for item in data.index.statements if item.in_scope]
    assert sorted(shown) == sorted(expected)
    assert len(shown) + len(page.unscored) == page.tally.contrasts


def test_hostile_record_is_harmless(made: Made) -> None:
    record = made.atlas.records[ID]
    mechanism = record.mechanism
    entities = tuple(item.model_copy(update={"label": HOSTILE}) for item in mechanism.entities)
    steps = tuple(item.model_copy(update={"relation": HOSTILE, "note": HOSTILE}) for item in mechanism.steps)
    changed = mechanism.model_copy(
        update={
            "title": HOSTILE,
            "summary": HOSTILE,
            "gaps": (HOSTILE,),
            "entities": entities,
            "steps": steps,
        }
    )
    bad = replace(made.atlas, records={ID: replace(record, mechanism=changed)})
    scored = [replace(item, note=HOSTILE, reason=item.reason and HOSTILE) for item in made.scored]
    report = made.build(bad, scored)
    for name, page in (("index", report.index), ("mechanism", report.mechanisms[0])):
        text = render_page(name, page)
        assert "<script" not in text
        assert "\u202e" not in text
        assert not list_handlers(text)
        assert "{{ 7*7 }}" in html.unescape(text)


def test_unknown_page_is_refused(data: ReportData) -> None:
    with pytest.raises(ValueError, match="no page 'login'"):
        render_page("login", data.index)


def test_disputed_steps_are_drawn_as_such(made: Made) -> None:
    steps = {step.id: step for step in made.atlas.records[ID].mechanism.steps}
    assert find_style(steps["autocrine_il6"]) == "disputed"
    assert find_style(steps["il6_binds"]) == "implied"
    assert find_style(steps["receptor_stat3"]) == "supported"
