"""YAML is data: hostile and odd text gives a value or an mscape error, never anything else."""

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.atlas.yaml_text import MAX_BYTES, MAX_DEPTH, parse_yaml, read_yaml
from mscape.errors import DataError, FormatError, MscapeError

YAML_CHARACTERS = st.text(alphabet="ab:-#&*!|>%@{}[],?'\"\\ \t\n\r~<.=0123\x00\x85\u2028é\ud800", max_size=80)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("2026-11-23", "2026-11-23"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("007", "007"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("=", "="),
        ("<<", "<<"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("'null'", "null"),
        ("12", 12),
        ("-1.5e-3", -0.0015),
        ("1e5", 100000.0),
    ],
)
def test_scalars_follow_yaml_1_2_and_stay_text_when_in_doubt(text: str, value: object) -> None:
    read = parse_yaml(f"key: {text}\nno: {text}\n").value
    assert read == {"key": value, "no": value}
    assert type(read["key"]) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("a: 1\nb: &x 1\n", 2, "anchor"),
        ("a: *x\n", 1, "anchor"),
        ("a: !!python/object/apply:os.system ['true']\n", 1, "tag"),
        ("a: !!str 1\n", 1, "tag"),
        ("a: 1\nb: 2\na: 3\n", 3, "'a' stands twice"),
        ("a:\n  b: 1\n  'b': 2\n", 3, "'b' stands twice"),
        ("a: 1\n---\nb: 1\n", 2, "second document"),
        ("%TAG ! tag:x,2000:\n---\na: 1\n", 1, "directive"),
        ("? [a]\n: b\n", 1, "key"),
        ("a:\n  - b\n c\n", 3, "not YAML"),
        ("a: [1, 2\n", 2, "not YAML"),
        ("a: 'open\n", 2, "not YAML"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), 1, "deeply nested"),
        ("\n".join("  " * i + "a:" for i in range(200)), MAX_DEPTH + 1, "deeply nested"),
    ],
)
def test_what_a_record_does_not_need_is_refused_with_its_line(text: str, line: int, found: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_yaml(text, name="mechanism.yaml")
    assert caught.value.where == f"mechanism.yaml line {line}"
    assert found in caught.value.found


@pytest.mark.parametrize(
    "text", ["a: b\0", "a: \x07", "\ud800", "[" * 500_000, "a: " + "x" * MAX_BYTES, "- 1\n" * 60_000]
)
def test_hostile_text_is_a_format_error(text: str) -> None:
    with pytest.raises(FormatError):
        parse_yaml(text)


def test_lines_are_those_of_the_file() -> None:
    document = parse_yaml("a:\n- b: 1\n  c:\n    - x\n    - y\n\n# note\nd: >\n  long\n  text\ne: 1\n")
    assert document.value == {"a": [{"b": 1, "c": ["x", "y"]}], "d": "long text\n", "e": 1}
    places: dict[tuple[str | int, ...], int] = {("a", 0, "b"): 2, ("a", 0, "c", 1): 5, ("d",): 8, ("e",): 11}
    assert {place: document.find_line(place) for place in places} == places
    assert document.find_line(("a", 0, "c", 7, "z")) == 3


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"\xff\xfe", FormatError), (b"a: \0", FormatError), (b"x" * (MAX_BYTES + 1), DataError)],
)
def test_bad_bytes_are_refused(content: bytes, error: type[MscapeError], tmp_path: Path) -> None:
    path = tmp_path / "mechanism.yaml"
    path.write_bytes(content)
    with pytest.raises(error):
        read_yaml(path)


def test_nothing_is_run(tmp_path: Path) -> None:
    target = tmp_path / "made"
    with pytest.raises(FormatError):
        parse_yaml(f"!!python/object/apply:os.mkdir [{os.fspath(target)}]")
    assert not target.exists()


@given(YAML_CHARACTERS)
def test_any_text_gives_a_value_or_an_mscape_error(text: str) -> None:
    with suppress(MscapeError):
        parse_yaml(text)


@given(st.binary(max_size=60))
def test_any_bytes_give_a_value_or_an_mscape_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)
    with suppress(MscapeError):
        read_yaml(path)
