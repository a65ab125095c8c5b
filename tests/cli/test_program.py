"""The program as a person meets it: help, speed, pipes, encodings, colours, progress."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mscape.atlas.load import PACKAGE
from mscape.cli import run as run_command
from mscape.cli.output import clean_text
from mscape.cli.progress import open_progress
from mscape.cli.reference import list_commands
from mscape.cli.score import print_controls
from mscape.errors import OutputError
from mscape.experiments.control import Control
from tests.cli.conftest import Command

ID = "xu2018_breast_il6"
COMMANDS = dict(list_commands())


def _shell(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "mscape", *arguments]
    return subprocess.run(
        command, capture_output=True, env=os.environ | environment, check=False, timeout=120
    )


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_of_every_command_has_an_example_that_names_it(mscape: Command, name: str) -> None:
    ended = mscape(*name.split(), "--help")
    assert ended.code == 0
    assert "Example" in ended.out
    assert f"mscape {name}" in ended.out
    summary = COMMANDS[name].help.split("\n")[0]
    assert len(summary) <= 60, "the list of commands would cut it"


def test_no_command_gets_the_help_and_ends_with_2(mscape: Command) -> None:
    for arguments in ([], ["atlas"]):
        ended = mscape(*arguments)
        assert ended.code == 2
        assert "Commands:" in ended.err


def test_version(mscape: Command) -> None:
    assert mscape("--version").out.startswith("mscape ")


def _fastest(*arguments: str) -> float:
    """Return seconds of processor time, the least of three: a busy machine must not fail the test."""
    times = []
    for _ in range(3):
        before = os.times()
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        wall = time.perf_counter() - start
        after = os.times()
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        times.append(spent or wall)  # 0 where the system does not count it
    return min(times)


def test_import_and_help_are_quick() -> None:
    assert _fastest("-c", "import mscape") < 0.5
    assert _fastest("-m", "mscape", "--help") < 0.8


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from mscape.cli.app import run_program; run_program(['--help']); "
        "heavy = 'numpy scipy pydantic roadrunner matplotlib yaml'.split(); "
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_any_encoding_of_stdout_will_do(encoding: str) -> None:
    done = _shell("show", ID, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert b"IL-6" in done.stdout
    done.stdout.decode(encoding)
    done = _shell("show", ID, "--json", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 0
    assert '"mscape/show/1"' in done.stdout.decode(encoding)


def test_piped_output_is_plain_and_unpadded() -> None:
    done = _shell("list", COLUMNS="120")
    text = done.stdout.decode("utf-8")
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())
    assert ID in text


def test_no_color_is_respected() -> None:
    done = _shell("show", "nothing", NO_COLOR="1", FORCE_COLOR="1")
    assert b"\x1b[31m" not in done.stderr
    assert b"\x1b[1;31m" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="not run: no such pipe on this system")
def test_a_reader_that_goes_away_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "mscape", "list"], stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert done.returncode == 0
    assert done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="not run: this system has no /dev/full")
def test_a_full_disk_ends_with_7() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mscape", "list"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 7
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize(
    "arguments", [["list"], ["show", ID], ["import-table", str(PACKAGE / "seed_table.txt")]]
)
def test_nothing_is_wider_than_the_terminal(
    mscape: Command, monkeypatch: pytest.MonkeyPatch, width: int, arguments: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    ended = mscape(*arguments)
    assert ended.code == 0
    assert max(map(len, ended.out.splitlines())) <= width


def test_simulate_and_dose_response_read_as_text(mscape: Command) -> None:
    ended = mscape("simulate", ID, "--culture", "transwell", "--ratio", "1:3", "--draws", 2)
    assert ended.code == 0
    assert "drug + MSC" in ended.out
    assert "2 draws say little" in ended.err
    ended = mscape("dose-response", ID, "--drug", "imatinib", "--draws", 2)
    assert ended.code == 0
    assert "extrapolated" in ended.out
    assert "Fold shift" in ended.out


def test_export_writes_sbml(mscape: Command, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "x.xml"
    assert mscape("export", ID, "--sbml", path).code == 0
    assert "<sbml" in path.read_text(encoding="utf-8")


def test_skeleton_is_loaded_but_not_passed(mscape: Command, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "mechanisms" / "smith2025_all_cxcl12"
    assert mscape("atlas", "new", folder, "--row", 2).code == 0
    assert mscape("list", "--atlas", tmp_path / "mine").code == 0


def test_format_finds_and_mends(mscape: Command, further: Path) -> None:
    path = further / "mechanisms" / "smith2025_breast_il6" / "model.ant"
    assert mscape("atlas", "format", "--atlas", further, "--check").code == 0
    path.write_text(path.read_text(encoding="utf-8") + "\n\n  \n", encoding="utf-8")
    ended = mscape("atlas", "format", "--atlas", further, "--check")
    assert ended.code == 1
    assert "not in canonical form" in ended.err
    assert mscape("atlas", "format", "--atlas", further).code == 0
    assert mscape("atlas", "format", "--atlas", further, "--check").code == 0


def test_the_report_may_be_replaced_but_not_the_folder_one_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "report"
    old.mkdir()
    assert run_command.require_folder(old) == old
    (old / "scores.json").touch()
    assert run_command.require_folder(old) == old
    assert run_command.require_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    monkeypatch.chdir(old)
    with pytest.raises(OutputError, match="stand in"):
        run_command.require_folder(Path())


def test_progress_off_a_terminal_is_a_line_a_piece(capsys: pytest.CaptureFixture[str]) -> None:
    with open_progress("scoring", 2) as progress:
        progress.count(100)
        progress.finish("one")
    assert capsys.readouterr().err == "scoring: one (1 of 2)\n"


def test_control_characters_never_reach_the_terminal() -> None:
    assert clean_text("a\x1b]0;x\x07b\u202ec") == "a ]0;x b c"


def test_controls_are_printed_failures_first(capsys: pytest.CaptureFixture[str]) -> None:
    held = Control("ablation", ID, "msc_il6: il6_silencing = 0", 2, 0.5, 0.0, "at most 5% of draws", ok=True)
    failed = Control("other rows", ID, "on another model", 3, 0.4, 0.6, "below the row's own", ok=False)
    print_controls((held, failed))
    lines = capsys.readouterr().out.splitlines()
    marks = [line.split()[0] for line in lines if line.strip().startswith(("FAILS", "holds"))]
    assert marks == ["FAILS", "holds"]
    assert lines[-1].startswith("1 hold, 1 fail")
