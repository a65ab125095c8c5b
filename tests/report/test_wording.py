"""What papers are called on pages."""

import pytest

from mscape.atlas.row import PaperRow
from mscape.report.wording import cite

PAPER = PaperRow(
    paper="danirixin2017", authors="not seen", year=2017, title="Danirixin", journal=None, doi=None,
    pmid=None, pmcid=None, seen="abstract",
)  # fmt: skip


LONG = "A receptor blocked for longer than anybody thought it would"


@pytest.mark.parametrize(
    ("known", "label"),
    [
        ({"authors": "Xu H.; Zhou Y."}, "Xu et al. 2017"),
        ({"journal": "Br J Cancer 69:482-"}, "Br J Cancer 2017"),
        ({}, "“Danirixin” 2017"),
        ({"title": LONG}, "“A receptor blocked for longer than anybody …” 2017"),
        ({"title": None}, "danirixin2017"),
    ],
)  # fmt: skip
def test_label_is_of_what_was_seen(known: dict[str, str | None], label: str) -> None:
    paper = PAPER.model_copy(update=known)
    assert cite(paper, paper.paper).label == label
