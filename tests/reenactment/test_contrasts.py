"""Every contrast of every mechanism, re-enacted: a change of what a model says must be stated.

``expected.tsv`` holds the outcome of each in-scope contrast at nominal parameters. If a change of a model or
of a record is meant, write the file anew (``python -m tests.reenactment.expected``) and say why.
"""

from importlib.resources import files
from pathlib import Path

import pytest

from mscape.atlas.load import Atlas, load_atlas
from mscape.experiments.score import Scored
from tests.reenactment.expected import HEADER, read_expected, score_mechanism

IDS = sorted(path.name for path in Path(str(files("mscape"))).glob("atlas/mechanisms/*"))
ADVICE = "; write expected.tsv anew with python -m tests.reenactment.expected and state the reason"


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_atlas()


@pytest.fixture(scope="module", params=IDS)
def scored(request: pytest.FixtureRequest, atlas: Atlas) -> tuple[str, tuple[Scored, ...]]:
    """A mechanism and the nominal outcomes of its contrasts."""
    return request.param, score_mechanism(atlas, request.param)


@pytest.mark.slow
def test_every_contrast_does_as_it_did(scored: tuple[str, tuple[Scored, ...]]) -> None:
    mechanism, rows = scored
    before = {contrast: outcome for (key, contrast), outcome in read_expected().items() if key == mechanism}
    now = {row.contrast: row.outcome for row in rows}
    changed = {
        contrast: f"{before.get(contrast, 'new')} -> {now.get(contrast, 'gone')}"
        for contrast in before.keys() | now.keys()
        if before.get(contrast) != now.get(contrast)
    }
    assert changed == {}, f"{mechanism}: {changed}{ADVICE}"


@pytest.mark.slow
def test_every_miss_has_its_reason_in_the_record(
    scored: tuple[str, tuple[Scored, ...]], atlas: Atlas
) -> None:
    """A miss is a finding: it stays, with the reason; and a reason without a miss is out of date."""
    mechanism, rows = scored
    missed = {row.contrast for row in rows if row.outcome != "reproduced"}
    explained = set(atlas.records[mechanism].mechanism.misses)
    assert {"missed without a reason": missed - explained, "reason without a miss": explained - missed} == {
        "missed without a reason": set(),
        "reason without a miss": set(),
    }


@pytest.mark.slow
def test_every_contrast_in_scope_can_be_solved(scored: tuple[str, tuple[Scored, ...]]) -> None:
    assert [row.contrast for row in scored[1] if row.outcome == "failed"] == []


def test_the_table_names_each_contrast_in_scope_once_and_no_other(atlas: Atlas) -> None:
    inside = {
        (key, row.contrast)
        for key, record in atlas.records.items()
        for row in record.contrasts
        if row.scope == "in"
    }
    assert set(read_expected()) == inside, ADVICE


def test_the_table_says_how_it_is_written() -> None:
    assert "python -m tests.reenactment.expected" in HEADER
