"""Mistakes a user can make: the documented exit code, a message that helps, nothing half-written."""

import os
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from mscape.atlas.load import PACKAGE
from mscape.cli import doctor, options, run
from mscape.store import MAX_BYTES
from tests.cli.conftest import Command, Ended

ID = "xu2018_breast_il6"
SEED = PACKAGE / "seed_table.txt"


def _expect(ended: Ended, code: int, *words: str) -> None:
    assert ended.code == code, ended.err
    assert ended.out == ""
    assert "Traceback" not in ended.err
    for word in words:
        assert word in ended.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fly"], ["No such command", "--help"]),
        (["list", "--fast"], ["--fast"]),
        (["simulate"], ["Missing argument"]),
        (["simulate", ID, "--culture", "soup"], ["soup", "transwell"]),
        (["simulate", ID, "--draws", "1"], ["--draws"]),
        (["simulate", ID, "--seed", "-1"], ["--seed"]),
        (["simulate", ID, "--dose", "10uM"], ["--dose", "cisplatin=10uM"]),
        (["simulate", ID, "--dose", "cisplatin=1uM", "--drug", "imatinib"], ["--dose", "one drug"]),
        (["simulate", ID, "--ratio", "0"], ["ratio", "more than 0"]),
        (["simulate", ID, "--perturb", "anti-il8"], ["acts on nothing"]),
        (["atlas", "new", "x", "--table", "y.csv"], ["--row"]),
        (["score", "--controls", "--observations", "x"], ["--controls", "leave one"]),
    ],
)
def test_usage_ends_with_2(mscape: Command, arguments: list[str], words: list[str]) -> None:
    _expect(mscape(*arguments), 2, *words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--dose", "cisplatin=-10uM"], ["--dose cisplatin", "-10 is negative"]),
        (["--dose", "cisplatin=10kg"], ["--dose cisplatin", "not a concentration", "uM"]),
        (["--dose", "cisplatin=ten"], ["--dose cisplatin", "number"]),
        (["--hours", "5uM"], ["--hours", "not a time"]),
        (["--share", "lots"], ["--share"]),
    ],
)
def test_wrong_quantity_ends_with_3(mscape: Command, arguments: list[str], words: list[str]) -> None:
    _expect(mscape("simulate", ID, *arguments), 3, *words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "xu2018_brest_il6"], [f"expected {ID}"]),
        (["simulate", ID, "--perturb", "anti-IL7"], ["anti-IL7", "anti_il6"]),
        (["simulate", ID, "--dose", "cisplatine=1uM"], ["drug", "expected cisplatin"]),
        (["simulate", ID, "--line", "mcf8"], ["tumour line", "mcf7"]),
        (["simulate", ID, "--msc", "bn_msc"], ["bm_msc"]),
        (["list", "--atlas", "nowhere"], ["--atlas nowhere", "no such folder"]),
        (["atlas", "new", "smith2025_lung_il8", "--row", "99"], ["99", "17"]),
    ],
)
def test_unknown_name_ends_with_4_and_a_near_miss(
    mscape: Command, arguments: list[str], words: list[str]
) -> None:
    _expect(mscape(*arguments), 4, *words)


def test_all_mistakes_of_a_command_line_are_told_at_once(mscape: Command) -> None:
    wrong = ("--dose", "cisplatin=-1kg", "--hours", "5kg", "--perturb", "foo", "--line", "mcf8")
    ended = mscape("simulate", ID, *wrong)
    _expect(ended, 3, "--dose", "--hours", "foo", "mcf8")
    assert len(ended.err.splitlines()) == 4
    _expect(mscape("score", "nope", "xu2018_brest"), 4, "nope", ID)


def test_missing_table_ends_with_3(mscape: Command, tmp_path: Path) -> None:
    _expect(mscape("import-table", tmp_path / "none.csv"), 3, "none.csv", "cannot be read")


def test_truncated_table_ends_with_3_and_writes_nothing(mscape: Command, tmp_path: Path) -> None:
    text = SEED.read_text(encoding="utf-8")
    cut = tmp_path / "cut.txt"
    body = text.split("\n")
    cut.write_text("\n".join(body[: len(body) // 2])[:-40], encoding="utf-8")
    out = tmp_path / "report"
    _expect(mscape("run", cut, "--out", out), 3, "cut.txt")
    assert not out.exists()


def test_huge_table_ends_with_3(mscape: Command, tmp_path: Path) -> None:
    huge = tmp_path / "huge.csv"
    huge.write_bytes(b"Tumor,Drug,Mechanism,Reference\n" + b"x" * (MAX_BYTES + 1))
    _expect(mscape("import-table", huge), 3, "huge.csv", "too large")


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, ["line 1", "anchor"]),
        ("!!python/object/apply:os.system ['echo x']\n", ["line 1", "tag"]),
        ("id: [1, 2\nclaim: {", ["not YAML"]),
        ("- one\n- two\n", ["no fields"]),
        ("a: " + "[" * 50 + "]" * 50, ["too deeply nested"]),
        ("id: x\0y\n", ["NUL"]),
        ("x: " + "y" * 1_100_000, ["too large"]),
    ],
)
def test_hostile_yaml_is_refused_wherever_it_stands(
    mscape: Command, further: Path, plate: Path, text: str, words: list[str]
) -> None:
    record = further / "mechanisms" / "smith2025_breast_il6" / "mechanism.yaml"
    record.write_text(text, encoding="utf-8")
    ended = mscape("list", "--atlas", further)
    assert ended.code in (3, 4)
    _expect(ended, ended.code, "smith2025_breast_il6/mechanism.yaml", *words)
    (plate / "experiment.yaml").write_text(text, encoding="utf-8")
    _expect(mscape("score", "--observations", plate), 3, "our-plate/experiment.yaml", *words)


@pytest.mark.parametrize("name", ["../parameters.tsv", "../../../../etc/passwd", "motifs/../x.ant"])
def test_import_that_leaves_the_motifs_ends_with_5(mscape: Command, further: Path, name: str) -> None:
    model = further / "mechanisms" / "smith2025_breast_il6" / "model.ant"
    model.write_text(f'import "{name}"\n', encoding="utf-8")
    ended = mscape("simulate", "smith2025_breast_il6", "--atlas", further, "--draws", 2)
    _expect(ended, 5, "smith2025_breast_il6", name)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("\tuM\t", "\tuL\t", ["observations.tsv line 2", "not a concentration"]),
        ("\t20\t", "\t-20\t", ["observations.tsv line 2", "negative"]),
        ("our_contact", "our_contac", ["our_contac", "write 'our_contact'", "experiment.yaml"]),
        ("anti_il6", "anti_il7", ["anti_il7", "anti_il6"]),
        ("\tviability\t", "\tvitality\t", ["vitality"]),
        ("cis_msc_anti\tour_contact\t", "cis_msc_anti\t", ["line 4", "14 cells"]),
    ],
)
def test_mistakes_in_experiments_from_outside_end_with_3(
    mscape: Command, plate: Path, old: str, new: str, words: list[str]
) -> None:
    path = plate / "observations.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8", newline="\n")
    _expect(mscape("score", "--observations", plate), 3, "our-plate", *words)


def test_experiments_need_a_folder_its_files_and_a_mechanism(
    mscape: Command, plate: Path, tmp_path: Path
) -> None:
    _expect(mscape("score", "--observations", tmp_path / "none"), 3, "no such folder")
    (plate / "experiment.yaml").unlink()
    _expect(mscape("score", "--observations", plate), 2, "mechanism")
    (plate / "observations.tsv").unlink()
    (plate / "contrasts.tsv").unlink()
    ended = mscape("score", ID, "--observations", plate)
    _expect(ended, 3, "observations.tsv", "contrasts.tsv", "missing")


def _refuse_to_work(*_arguments: object, **_named: object) -> None:
    raise AssertionError("work was begun although the output cannot be written")


@pytest.mark.parametrize(
    "make", [Path.write_text, lambda path, _: path.mkdir() or (path / "thesis.doc").touch()]
)
def test_output_that_is_something_else_ends_with_7_before_any_work(
    mscape: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path, str], object]
) -> None:
    out = tmp_path / "out"
    make(out, "x")
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(run, "map_records", _refuse_to_work)
    _expect(mscape("run", "--out", out), 7, "out", "choose another with --out")
    assert sorted(tmp_path.rglob("*")) == before


def test_output_below_a_file_or_in_a_read_only_folder_ends_with_7(
    mscape: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    _expect(mscape("run", "--out", tmp_path / "file" / "report"), 7, "nothing can be written")
    _expect(mscape("export", ID, "--sbml", tmp_path / "file" / "x.xml"), 7, "cannot be written")
    _expect(mscape("export", ID, "--sbml", tmp_path), 7, "it is a folder")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    _expect(mscape("run", "--out", tmp_path / "report"), 7, "nothing can be written")
    assert not (tmp_path / "report").exists()


def test_a_write_that_fails_ends_with_7_and_leaves_nothing(
    mscape: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", fail)
    _expect(mscape("export", ID, "--sbml", tmp_path / "x.xml"), 7, "x.xml", "Permission denied")
    assert list(tmp_path.iterdir()) == []


def test_a_skeleton_never_overwrites(mscape: Command, tmp_path: Path) -> None:
    folder = tmp_path / "smith2025_lung_il8"
    assert mscape("atlas", "new", folder, "--row", 5).code == 0
    _expect(mscape("atlas", "new", folder), 7, "it is there already")
    _expect(mscape("atlas", "new", tmp_path / "Smith"), 3, "not a mechanism id")


def test_a_bug_is_told_as_a_bug(mscape: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("one over\x1b[2J nothing")

    monkeypatch.setattr(options, "open_atlas", fail)
    ended = mscape("list")
    _expect(ended, 1, "unexpected ZeroDivisionError", "mscape doctor", "MSCAPE_DEBUG=1")
    assert "\x1b" not in ended.err
    monkeypatch.setenv("MSCAPE_DEBUG", "1")
    assert "Traceback" in mscape("list").err


def test_an_interrupt_ends_with_130(mscape: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(options, "open_atlas", interrupt)
    _expect(mscape("list"), 130, "interrupted")


def test_doctor_tells_what_is_broken(
    mscape: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "version", _refuse_version)
    ended = mscape("doctor", "--atlas", tmp_path)
    assert ended.code == 1
    assert "MISSING" in ended.out
    assert "DOES NOT LOAD" in ended.out
    assert "DOES NOT WORK" in ended.out


def _refuse_version(name: str) -> str:
    raise PackageNotFoundError(name)
