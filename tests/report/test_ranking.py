"""Interventions on the pages: ranked as they were, nothing left out, twins equal, misses first."""

import csv
import html
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.atlas.load import Atlas, load_atlas
from mscape.report.build import ReportData
from mscape.report.ranking import RankingText
from mscape.report.render import SCALE, place_share, render_page
from mscape.report.write import list_files
from mscape.treatment.rank import Interval
from tests.report.conftest import ID, Made
from tests.report.ranks import SHARES, make_ranks

NEVER = re.compile("patient|treat|recommend", re.IGNORECASE)
FOOT = "<footer"


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_atlas()


@pytest.fixture(scope="module")
def ranked(made: Made, atlas: Atlas) -> ReportData:
    """Return report data of one mechanism, with interventions ranked in it and in its niche."""
    return made.build(atlas, ranks=make_ranks(atlas))


@pytest.fixture(scope="module")
def files(ranked: ReportData) -> dict[str, str]:
    return dict(list_files(ranked))


def read_table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def find_ranking(data: ReportData) -> RankingText:
    found = data.mechanisms[0].ranking
    assert isinstance(found, RankingText)
    return found


def test_a_page_shows_every_ranked_intervention_with_word_interval_and_upper_bound(
    ranked: ReportData, files: dict[str, str]
) -> None:
    text = html.unescape(files[f"{ID}.html"])
    section = text[text.index('id="interventions"') : text.index('id="parameters"')]
    assert [line.word for line in find_ranking(ranked).lines] == [
        "removes",
        "uncertain",
        "hypothesis",
        "no effect",
    ]
    for shown in (
        "siltuximab",
        "50 (30 to 90)",
        "10 (−80 to 40)",
        "60 (40 to 95)",
        "25 µM, reached",
        "silenced",
    ):
        assert shown in section
    assert "Doubt:</b> potency assumed" in section
    assert "a rescue in culture failed in people (multiple myeloma, relapsed or refractory" in section
    assert "40 of 50" in section
    assert "Not in these models: immunity; pharmacokinetics" in section
    assert f"mscape rank {ID} --ensemble --particles 20 --draws 50 --seed 1" in section


def test_what_was_given_together_is_on_no_list_of_single_interventions(ranked: ReportData) -> None:
    assert [line.id for line in find_ranking(ranked).lines] == list_by_rank()
    assert ranked.niches is not None
    assert [line.id for line in ranked.niches.niches[0].ranking.lines] == list_by_rank()


def list_by_rank() -> list[str]:
    return ["siltuximab", "ruxolitinib", "tocilizumab", "si_stat3"]


def test_too_few_draws_are_said_and_no_share_is_shown(made: Made, atlas: Atlas) -> None:
    shares: Mapping[str, tuple[Interval | None, tuple[str, ...]]] = dict.fromkeys(SHARES, (None, ()))
    data = made.build(atlas, ranks=make_ranks(atlas, shares=shares))
    assert find_ranking(data).few
    assert "too few to tell shares" in render_page("mechanism", data.mechanisms[0])


def test_no_command_is_given_where_an_ensemble_is_missing(made: Made, atlas: Atlas) -> None:
    data = made.build(atlas, ranks=make_ranks(atlas, fitted=False))
    text = html.unescape(render_page("mechanism", data.mechanisms[0]))
    assert find_ranking(data).unfitted == ("Bliss et al. 2016",)
    assert "but the numbers of Bliss et al. 2016, which has no ensemble in this run, from the assumed" in text
    assert "mscape rank" not in text


def test_a_niche_that_failed_is_told_where_it_would_stand(
    made: Made, atlas: Atlas, files: dict[str, str]
) -> None:
    assert "Breast cancer under carboplatin</b> could not be computed: no line" in files["niches.html"]
    assert "could not be computed: no dose" in files["interventions.html"]
    lost = make_ranks(atlas)
    data = made.build(atlas, ranks=type(lost)(50, 1, 0, faults=dict.fromkeys(lost.niches, "no line")))
    assert data.mechanisms[0].ranking == "It could not be computed: no line"
    assert "no line" in render_page("mechanism", data.mechanisms[0])


def test_outcomes_put_what_is_not_as_asked_first(ranked: ReportData, files: dict[str, str]) -> None:
    page = ranked.interventions
    assert page is not None
    order = [{False: 0, True: 1, None: 2}[line.as_asked] for line in page.fates]
    assert order == sorted(order)
    held = {line.id: line.as_asked for line in page.fates}
    assert held["siltuximab_bortezomib"] is False  # made up to remove; it failed in people
    assert held["cox_txas_pifa_mice"] is True  # given together, and asked for as such
    assert {item.result: (item.held, item.count) for item in page.counts}["failure"][0] == sum(
        line.as_asked is True for line in page.fates if line.result == "failure"
    )
    text = files["interventions.html"]
    assert text.index("Not as asked") < text.index("As asked (") < text.index("No clear answer: nothing")


def test_twins_hold_what_the_pages_show(ranked: ReportData, files: dict[str, str]) -> None:
    page, niches = ranked.interventions, ranked.niches
    assert page is not None
    assert niches is not None
    matrix = read_table(files["interventions.csv"])
    assert len(matrix) == sum(cell is not None for line in page.lines for cell in line.cells)
    outcomes = read_table(files["outcomes.csv"])
    assert len(outcomes) == sum(len(line.places) for line in page.fates)
    own = read_table(files[f"{ID}_ranking.csv"])
    assert [row["intervention"] for row in own] == list_by_rank()
    assert [float(row["share_low"]) for row in own] == [0.3, 0.05, -0.8, -0.01]
    assert len(read_table(files["niches_ranking.csv"])) == sum(len(n.ranking.lines) for n in niches.niches)
    assert len(read_table(files["niches_routes.csv"])) == sum(len(n.routes) for n in niches.niches)
    assert len(read_table(files["niches_blockers.csv"])) == sum(len(n.blockers) for n in niches.niches)
    for name in ("interventions", "niches"):
        twin = json.loads(files[f"{name}.json"])
        assert twin["schema"] == f"mscape/{name}/1"
        assert "in culture model" in twin["data"]["title"].casefold()
    assert json.loads(files[f"{ID}.json"])["data"]["ranking"]["lines"][0]["id"] == "siltuximab"


def test_pages_link_to_each_other_and_links_lead_to_places(files: dict[str, str]) -> None:
    for name, text in files.items():
        if not name.endswith(".html"):
            continue
        assert 'href="interventions.html"' in text
        assert 'href="niches.html"' in text
        for target in re.findall(r'href="([^"#:]*)#([^"]+)"', text):
            assert f'id="{target[1]}"' in files[target[0] or name], (name, target)


def test_words_about_people_are_not_used(files: dict[str, str]) -> None:
    for name in ("interventions.html", "niches.html"):
        text = re.sub(r"<details><summary>Papers.*?</details>", "", files[name], flags=re.DOTALL)
        assert not NEVER.search(text[: text.index(FOOT)]), name
        assert "in culture model" in text.casefold()


def test_without_rankings_there_are_no_such_pages(data: ReportData) -> None:
    files = dict(list_files(data))
    assert not {"interventions.html", "niches.html", f"{ID}_ranking.csv"} & set(files)
    assert "interventions.html" not in files["index.html"]
    assert 'id="interventions"' not in files[f"{ID}.html"]


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_a_bar_keeps_order_and_stays_inside(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= place_share(low) <= place_share(high) <= 100
    if SCALE[0] <= one <= SCALE[1]:
        assert place_share(one) == pytest.approx(100 * (one - SCALE[0]) / (SCALE[1] - SCALE[0]), abs=0.01)


def test_report_on_disk_has_no_link_that_leads_nowhere(ranked: ReportData, out: Path) -> None:
    from mscape.report.write import write_report

    write_report(ranked, out)
    for page in out.glob("*.html"):
        for target in re.findall(r'(?:href|src)="([^"#]+)', page.read_text(encoding="utf-8")):
            assert target == "data:," or (out / target).is_file(), (page.name, target)
