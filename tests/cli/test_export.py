"""``mscape export``: what it writes where, and what it refuses."""

from pathlib import Path

from tests.cli.conftest import Command

ID = "zeng2020_npc_il6"


def test_export_writes_both_versions_of_petab(mscape: Command, tmp_path: Path) -> None:
    ended = mscape("export", ID, "--petab", tmp_path / "second", "--petab1", tmp_path / "first")
    assert ended.code == 0
    assert "left out, named in README.md" in ended.out + ended.err
    assert (tmp_path / "second" / "all_arms.yaml").is_file()
    assert (tmp_path / "first" / "problem.yaml").is_file()
    assert str(tmp_path) not in (tmp_path / "second" / "problem.yaml").read_text("utf-8")


def test_export_of_nothing_is_a_usage_error(mscape: Command) -> None:
    ended = mscape("export", ID)
    assert ended.code == 2
    assert "--petab DIR" in ended.err


def test_export_never_replaces_another_folder(mscape: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x", "utf-8")
    ended = mscape("export", ID, "--petab", tmp_path)
    assert ended.code == 7
    assert "something else stands there" in ended.err
