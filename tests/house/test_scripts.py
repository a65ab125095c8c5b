"""The scripts run on a bare Python: standard library only, and a clear word where they cannot go on."""

import ast
import sys
from pathlib import Path

import pytest

import _setup
from tests.house import rules

SCRIPTS = sorted(path for path in (rules.ROOT / "scripts").iterdir() if path.is_file())
# Imported by the environment's Python only, from inside its functions.
OWN = {"_setup", "_blocks", "mscape"}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_need_the_standard_library_only(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in plain | named} - OWN <= sys.stdlib_module_names


def test_an_old_python_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    with pytest.raises(SystemExit) as caught:
        _setup.ensure_environment()
    assert caught.value.code == 1
    assert "needs 3.11 or newer" in capsys.readouterr().err


def test_a_full_disk_is_told_before_anything_is_removed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(_setup, "STAMP", tmp_path / "none")
    monkeypatch.setattr(_setup, "NEEDED_BYTES", 10**30)
    with pytest.raises(SystemExit):
        _setup.ensure_environment()
    assert "setting up needs" in capsys.readouterr().err


def test_a_chromium_that_is_named_but_absent_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    assert _setup.find_chromium() is None


def test_the_lock_is_hashed_and_for_every_system() -> None:
    text = (rules.ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = [block for block in text.split("\n") if "==" in block]
    assert len(pins) > 40
    assert all(line.endswith("\\") for line in pins), "a pin without a hash"
    compiled = text.split("\nnumpy==")[1].split("==")[0]
    assert compiled.count("--hash=") > 20, "wheels of some systems only"
    assert "http" not in text
