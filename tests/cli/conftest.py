"""Running commands in this process as the shell would, and the folders they are run on."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from mscape.atlas import load
from mscape.atlas.load import PACKAGE, Atlas
from mscape.cli.app import run_program
from tests.house import rules

DOCUMENT = rules.ROOT / "docs" / "reference" / "observations.md"
_FILE = re.compile(r"`(experiment\.yaml|observations\.tsv|contrasts\.tsv)`[^\n]*:\n\n```\w+\n(.*?)```", re.S)


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]
_load_atlas = load.load_atlas


@cache
def _load_packaged() -> Atlas:
    return _load_atlas()


def _load_once(folder: Path | None = None, *, alone: bool = False) -> Atlas:
    """Load the packaged atlas once a session: a hundred commands would each read it anew."""
    return _load_packaged() if folder is None else _load_atlas(folder, alone=alone)


@pytest.fixture
def mscape(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return a function that runs a command and never lets an exception through."""
    monkeypatch.setattr(load, "load_atlas", _load_once)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("MSCAPE_DEBUG", raising=False)

    def run(*arguments: object) -> Ended:
        code = run_program([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return run


@pytest.fixture
def further(tmp_path: Path) -> Path:
    """Return an atlas folder with one mechanism of its own: a copy of a packaged one under another name."""
    source = PACKAGE / "mechanisms" / "xu2018_breast_il6"
    folder = tmp_path / "further" / "mechanisms" / "smith2025_breast_il6"
    shutil.copytree(source, folder)
    path = folder / "mechanism.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("id: xu2018_breast_il6", "id: smith2025_breast_il6"), encoding="utf-8", newline="\n"
    )
    return folder.parent.parent


@pytest.fixture
def plate(tmp_path: Path) -> Path:
    """Return a folder with the worked example of the documentation."""
    folder = tmp_path / "our-plate"
    folder.mkdir()
    for name, text in _FILE.findall(DOCUMENT.read_text(encoding="utf-8")):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    assert len(list(folder.iterdir())) == 3
    return folder
