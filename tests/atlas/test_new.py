"""A skeleton loads, is in canonical form, and fails only the checks that say what to fill."""

from pathlib import Path

import pytest

from mscape.atlas.check import check_atlas
from mscape.atlas.format import is_formatted
from mscape.atlas.load import PACKAGE, RECORD_FILES, load_atlas
from mscape.atlas.new import write_skeleton
from mscape.atlas.table import read_seed_table
from mscape.errors import DataError, OutputError

TO_FILL = {"check_nothing_is_left_to_fill", "check_no_part_is_empty"}


@pytest.mark.parametrize("row", [None, 3, 14])
def test_skeleton_loads_and_only_says_what_to_fill(row: int | None, tmp_path: Path) -> None:
    claim = None if row is None else read_seed_table().claims[row - 1]
    name = "zeng2099_npc_il6"
    folder = write_skeleton(tmp_path / "mechanisms" / name, claim, curated="2026-11-23")
    assert sorted(path.name for path in folder.iterdir()) == sorted(RECORD_FILES)
    assert is_formatted(folder)
    record = load_atlas(tmp_path, alone=True).records[name]
    assert record.mechanism.verdict.verdict == "unverified"
    assert record.mechanism.claim.row == row
    for table in ("papers.tsv", "terms.tsv"):
        (tmp_path / table).write_bytes((PACKAGE / table).read_bytes())
    with (tmp_path / "papers.tsv").open("a", encoding="utf-8") as stream:
        columns = (PACKAGE / "papers.tsv").read_text(encoding="utf-8").split("\n")[0].split("\t")
        cells = {"paper": "zeng2099", "authors": "Zeng", "year": "2099", "seen": "nothing"}
        stream.write("\t".join(cells.get(column, "") for column in columns) + "\n")
    report = check_atlas(load_atlas(tmp_path, alone=True))
    unlisted = {issue.check for issue in report.issues if "is not in terms.tsv" in issue.found}
    assert {issue.check for issue in report.issues} == TO_FILL | unlisted


def test_claim_of_another_table_is_not_called_the_seed_tables(tmp_path: Path) -> None:
    import dataclasses

    claim = dataclasses.replace(read_seed_table().claims[0], row=18, mechanism="Another mechanism.")
    write_skeleton(tmp_path / "mechanisms" / "wang2018_all_other", claim)
    (record,) = load_atlas(tmp_path, alone=True).records.values()
    assert record.mechanism.claim.table == "own_table"


def test_nothing_is_overwritten_and_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "xu2018_breast_il6"
    write_skeleton(target)
    with pytest.raises(OutputError, match="there already"):
        write_skeleton(target)

    def fail(*_args: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_skeleton(tmp_path / "xu2019_breast_il6")
    assert [path.name for path in tmp_path.iterdir()] == ["xu2018_breast_il6"]


def test_folder_name_is_the_id(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a mechanism id"):
        write_skeleton(tmp_path / "My Mechanism")
    with pytest.raises(DataError, match="one name for both"):
        write_skeleton(tmp_path / "xu2018_breast_il6", id="xu2019_breast_il6")


def test_parent_that_is_a_file_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError):
        write_skeleton(tmp_path / "file" / "xu2018_breast_il6")
