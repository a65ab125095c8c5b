import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.errors import DataError, Faults, FormatError, OutputError
from mscape.store import (
    Provenance,
    format_cell,
    format_json,
    hash_folder,
    make_envelope,
    read_table,
    read_text,
    to_plain,
    write_bytes_atomic,
    write_table,
    write_text_atomic,
)


def test_text_comes_back_as_written(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.txt"
    write_text_atomic(path, "µM\nsecond\n")
    assert path.read_bytes() == "µM\nsecond\n".encode()
    assert [entry.name for entry in path.parent.iterdir()] == ["a.txt"]


def test_failed_write_leaves_old_content_and_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    write_text_atomic(path, "old")

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OutputError, match=r"Permission denied.*choose another with --out") as caught:
        write_text_atomic(path, "new")
    assert caught.value.exit_code == 7
    assert path.read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_file_in_place_of_a_folder_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError):
        write_bytes_atomic(tmp_path / "file" / "a.txt", b"x")


def test_bom_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes('\ufeff# note\r\nname\tvalue\r\nIL-6 "x\t 1 \r\n\r\nTGF\t2'.encode())
    table = read_table(path, required=["name"])
    assert table.columns == ("name", "value")
    assert [(row.line, dict(row.cells)) for row in table.rows] == [
        (3, {"name": 'IL-6 "x', "value": "1"}),
        (5, {"name": "TGF", "value": "2"}),
    ]


def test_line_numbers_hold_over_quoted_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('# c\na,b\n"x\ny",1\nz,2\n', encoding="utf-8")
    assert [(row.line, row.cells["a"]) for row in read_table(path).rows] == [(3, "x\ny"), (5, "z")]


def test_all_faults_of_a_table_are_raised_together(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("a\ta\tb\n1\t2\n1\t2\t3\t4\n", encoding="utf-8")
    with pytest.raises(Faults) as caught:
        read_table(path, required=["c"])
    text = str(caught.value)
    assert len(caught.value.errors) == 4
    assert "a.tsv line 1: column 'a' stands twice" in text
    assert "no column 'c'" in text
    assert "a.tsv line 3: 4 cells; expected 3" in text


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"", DataError, "empty"),
        (b"a\n\xff\n", FormatError, "line 2: the text is not UTF-8"),
        ("a\tb".encode("utf-16"), FormatError, "UTF-8"),
        (b"a\0b", FormatError, "NUL"),
        (b"a" * 101, DataError, "at most 100 bytes"),
    ],
)
def test_hostile_files_are_refused(tmp_path: Path, content: bytes, kind: type[Exception], words: str) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(content)
    with pytest.raises(kind, match=words):
        read_table(path, max_bytes=100)


def test_unclosed_quotation_mark_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"x,1\n', encoding="utf-8")
    with pytest.raises(FormatError, match="line 2"):
        read_table(path)


def test_missing_file_and_folder_are_data_errors(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is missing"):
        read_text(tmp_path / "none")
    with pytest.raises(DataError, match="cannot be read"):
        read_text(tmp_path)


@given(values=st.lists(st.floats(allow_nan=False), min_size=1))
@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_printed_doubles_read_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, values: list[float]
) -> None:
    path = tmp_path_factory.mktemp("t") / f"a{suffix}"
    write_table(path, ["x"], [[value] for value in values], provenance=Provenance(seed=1))
    assert [float(row.cells["x"]) for row in read_table(path).rows] == values
    assert json.loads(path.read_text(encoding="utf-8").split("\n")[0][2:])["seed"] == 1


def test_cells_that_would_break_a_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        write_table(tmp_path / "a.tsv", ["x"], [["a\tb"]])
    with pytest.raises(ValueError, match="does not fit"):
        write_table(tmp_path / "a.csv", ["x"], [[1, 2]])
    assert format_cell(None) == ""
    assert format_cell(np.float64(0.1)) == "0.1"


def test_envelope_has_the_documented_shape() -> None:
    provenance = Provenance(atlas_hash="abc", seed=7, relative_tolerance=1e-6, absolute_tolerance=1e-9)
    envelope = make_envelope("score", provenance, {"bits": np.array([1.0, math.nan])})
    assert envelope["schema"] == "mscape/score/1"
    back = json.loads(format_json(envelope))
    assert back["data"] == {"bits": [1.0, None]}
    assert back["provenance"]["tolerances"] == {"relative": 1e-6, "absolute": 1e-9}
    assert set(back["provenance"]) == {"version", "atlas_hash", "seed", "tolerances", "mechanisms"}


def test_what_has_no_json_form_is_refused() -> None:
    assert to_plain({"p": Path("a") / "b", 1: (np.int64(2), math.inf)}) == {"p": "a/b", "1": [2, None]}
    with pytest.raises(TypeError):
        to_plain(object())
    with pytest.raises(TypeError):
        to_plain({1, 2})  # no order, so no reproducible output


def test_folder_hash_sees_names_and_content_but_not_line_ends(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder, end in ((first, b"\n"), (second, b"\r\n")):
        write_bytes_atomic(folder / "m" / "x.tsv", b"1" + end)
        write_bytes_atomic(folder / "__pycache__" / "x.tsv", end)
    start = hash_folder(first)
    assert start == hash_folder(second)
    write_text_atomic(first / "note.txt", "x")
    assert hash_folder(first) != start
    assert hash_folder(first, suffixes=[".tsv"]) == start
    (first / "m" / "x.tsv").rename(first / "m" / "y.tsv")
    assert hash_folder(first, suffixes=[".tsv"]) != start
