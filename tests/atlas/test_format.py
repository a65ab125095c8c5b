"""Canonical form keeps meaning, is reached in one step, and loses no comment in silence."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.atlas.format import format_record, format_shared, format_table, is_formatted
from mscape.atlas.load import load_atlas, load_record
from mscape.atlas.record import Form, Mechanism
from mscape.atlas.row import ContrastRow, CuratorRow
from mscape.atlas.yaml_form import WIDTH, dump_yaml, format_yaml
from mscape.atlas.yaml_text import parse_yaml
from mscape.errors import AtlasError, FormatError, MscapeError

TEXT = st.text(alphabet="ab Z01:-#&*!|>%@{}[],?'\"\\\n\t~<.=eé\u2028\U0001f600", max_size=200)
SCALARS: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | TEXT
SCALARS |= st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(
    ["no", "1e5", "2026-11-23", "~"]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*Mechanism.model_fields, "other"]), VALUES))
def test_canonical_yaml_reads_back_and_is_stable(value: dict[str, Any]) -> None:
    text = dump_yaml(value, Mechanism)
    assert parse_yaml(text).value == value
    assert format_yaml(text, Mechanism) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title: t\nid: x\n", "id: x\ntitle: t\n"),
        ("# why\n\n# more \nid:   'x'\n", "# why\n# more\nid: x\n"),
        ("curation: {curated: 2026-11-23}", "curation:\n  curated: '2026-11-23'\n"),
        ("gaps: ['a b', c]\n", "gaps:\n- a b\n- c\n"),
        ("drugs:\n  - a\n  - b\n", "drugs: [a, b]\n"),
        ("gaps: [ 'no', '1', '1e5', '~' ]", "gaps: ['no', '1', '1e5', '~']\n"),
        ("steps: [{target: b, id: a, ablate: [p, 0]}]", "steps:\n- id: a\n  target: b\n  ablate: [p, 0]\n"),
        ("misses: {b: x y, a: x y}", "misses:\n  b: x y\n  a: x y\n"),
        ("title: 'with # sign'\n", "title: 'with # sign'\n"),
        ("title: a#b\n", "title: a#b\n"),
        ("summary: |\n  # no comment\n  two\n", "summary: |\n  # no comment\n  two\n"),
    ],
)
def test_canonical_yaml_by_example(before: str, after: str) -> None:
    formatted = format_yaml(before, Mechanism)
    assert parse_yaml(formatted).value == parse_yaml(before).value
    if "|" not in after:
        assert formatted == after
    assert format_yaml(formatted, Mechanism) == formatted


def test_long_text_is_wrapped() -> None:
    text = format_yaml("summary: " + "word " * 200, Mechanism)
    assert max(len(line) for line in text.splitlines()) <= WIDTH + 5


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("id: x  # note\n", 1),
        ("# head\nid: x\n# note\ntitle: t\n", 3),
        ("\n\n# head\n\nid: x\n\n# note\n", 7),
        ("drugs: [a, # note\n  b]\n", 1),
        ("summary: > # note\n  text\n", 1),
        ("summary: |\n  text # kept\ngaps: [] # note\n", 3),
        ("title: 'a # b' # note\n", 1),
    ],
)
def test_comment_that_would_be_lost_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(AtlasError) as caught:
        format_yaml(text, Mechanism, name="mechanism.yaml")
    assert caught.value.where == f"mechanism.yaml line {line}"


CELL = st.text(alphabet="ab;1 #é", max_size=5)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=5), st.lists(st.just("# note"), max_size=2))
def test_canonical_table_is_stable_and_keeps_cells(rows: list[tuple[str, ...]], comments: list[str]) -> None:
    lines = [*comments, "name\tcurator\torcid", *("\t".join(row) for row in rows)]
    once = format_table("\r\n".join(lines).replace("\r\n", "\n"), CuratorRow)
    assert format_table(once, CuratorRow) == once
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    body = [line.split("\t") for line in once.splitlines()[len(comments) + 1 :]]
    assert body == [[row[1].strip(), row[0].strip(), row[2].strip()] for row in kept]


def test_canonical_table_has_all_columns_in_order_and_tight_lists() -> None:
    table = format_table("# why\n\nkind\tcontrast\tarm\n up\tc1\ta ; b\n\n", ContrastRow)
    header, row = table.splitlines()[1:]
    assert header.split("\t") == list(ContrastRow.model_fields)
    assert row.split("\t")[:5] == ["c1", "", "up", "", "a;b"]
    assert table.startswith("# why\ncontrast\t")
    assert table.endswith("\n")
    assert not table.endswith("\n\n")


def test_formatting_a_record_keeps_what_it_says(record_folder: Path) -> None:
    before = load_record(record_folder)
    changed = format_record(record_folder)
    assert "observations.tsv" in changed
    assert is_formatted(record_folder)
    assert format_record(record_folder) == ()
    after = load_record(record_folder)
    assert (after.mechanism, after.parameters) == (before.mechanism, before.parameters)
    assert (after.observations, after.contrasts) == (before.observations, before.contrasts)


def test_windows_line_ends_count_as_formatted(record_folder: Path) -> None:
    format_record(record_folder)
    for path in record_folder.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert is_formatted(record_folder)


def test_formatting_the_shared_tables_keeps_what_they_say(record_folder: Path) -> None:
    folder = record_folder.parent.parent
    before = load_atlas(folder, alone=True)
    assert "papers.tsv" in format_shared(folder)
    assert format_shared(folder) == ()
    assert load_atlas(folder, alone=True).papers == before.papers


def test_record_that_does_not_load_is_left_alone(record_folder: Path) -> None:
    path = record_folder / "mechanism.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("summary:", "sumary:"), encoding="utf-8")
    before = {file.name: file.read_bytes() for file in record_folder.iterdir()}
    with pytest.raises(MscapeError):
        format_record(record_folder)
    assert {file.name: file.read_bytes() for file in record_folder.iterdir()} == before


@pytest.mark.parametrize("text", ["a: &x 1", "a: [", "\0"])
def test_what_is_no_yaml_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        format_yaml(text, Form)
