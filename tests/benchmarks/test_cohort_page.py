"""The tables of the page on cohorts, from an answer of the command."""

import json

from benchmarks.cohort.page import make_blocks
from tests.cli.conftest import Command, mscape

__all__ = ["mscape"]


def test_tables_hold_each_cohort_and_what_tells(mscape: Command) -> None:
    asked = ("xu2018_breast_il6", "--size", 400, "--tumours", 5, "--donors", 5, "--json")
    answer = json.loads(mscape("cohort", *asked).out)
    blocks = make_blocks([answer])
    assert set(blocks) == {"cohort", "cohort-told", "cohort-asked", "cohort-variance"}
    assert "400 members of `xu2018_breast_il6`, seed 1" in blocks["cohort"]
    for text in blocks.values():
        rows = [line for line in text.splitlines() if line.startswith("|")]
        assert len(rows) > 2
        assert len({row.count("|") for row in rows}) == 1
    first = answer["data"]["interventions"][0]["interventions"][0]
    assert f"| {first} |" in blocks["cohort"]
    assert "MSC protect" in blocks["cohort-told"]
