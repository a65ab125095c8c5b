"""What documents and committed files may say: paths and commands that exist, nothing of one machine."""

import re
from pathlib import Path

import pytest

import _blocks
from mscape.store import VERSION
from tests.house import rules

FRAGMENT = re.compile(r"[a-z0-9-]+\.(?:added|changed|fixed|removed)\.md")


def _list_commands() -> set[str]:
    """Return the program's commands, those in groups as `group command`."""
    app = pytest.importorskip("mscape.cli.app", exc_type=ModuleNotFoundError).app
    from typer.main import get_command

    found: set[str] = set()
    for name, command in getattr(get_command(app), "commands", {}).items():
        inner = getattr(command, "commands", {})
        found |= {f"{name} {each}" for each in inner} if inner else {name}
    return found


def test_every_path_in_the_documents_exists() -> None:
    dead = {
        f"{path.relative_to(rules.ROOT).as_posix()}: {fault}"
        for path in rules.list_documents()
        for fault in rules.find_dead_paths(path.read_text(encoding="utf-8"), path.parent)
    }
    assert dead == set()


def test_every_command_in_the_documents_exists() -> None:
    known = _list_commands()
    unknown = {
        f"{path.relative_to(rules.ROOT).as_posix()}: {fault}"
        for path in rules.list_documents()
        for fault in rules.find_unknown_commands(path.read_text(encoding="utf-8"), known)
    }
    assert unknown == set()


def test_committed_files_name_no_machine_and_no_registry() -> None:
    faults = []
    for path in rules.list_files():
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            found = rules.find_machine_faults(data.decode("utf-8", "replace"))
            faults += [f"{path.relative_to(rules.ROOT).as_posix()}: {fault}" for fault in found]
    assert faults == []


def test_one_version_everywhere() -> None:
    citation = (rules.ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.*)$", citation, re.MULTILINE) == [VERSION]


def test_change_fragments_are_named_by_kind() -> None:
    names = {path.name for path in (rules.ROOT / "changes").iterdir()} - {"README.md"}
    assert {name for name in names if not FRAGMENT.fullmatch(name)} == set()


def test_generated_blocks_name_only_what_something_makes() -> None:
    for path in _blocks.find_documents(rules.ROOT):
        _blocks.rewrite_text(path.read_text(encoding="utf-8"), _blocks.BLOCKS)


def test_rewriting_a_block_replaces_only_what_is_between_the_marks() -> None:
    old = "a\n<!-- generated: x -->\nold\n<!-- end -->\nb"
    assert _blocks.rewrite_text(old, {"x": lambda: "new"}) == old.replace("old", "new")
    with pytest.raises(KeyError):
        _blocks.rewrite_text(old, {})


@pytest.mark.parametrize("text", ["see docs/no-such-file.md", "[x](nowhere.md)", "`scripts/fly`"])
def test_dead_paths_are_caught(text: str) -> None:
    assert list(rules.find_dead_paths(text, rules.ROOT))


@pytest.mark.parametrize(
    "text",
    [
        "run `scripts/test` twice.",
        "docs/decisions/",
        "[x](LICENSE)",
        "[x](https://example.org/docs/x)",
        "src/<name>",
    ],
)
def test_living_paths_pass(text: str, tmp_path: Path) -> None:
    assert list(rules.find_dead_paths(text, rules.ROOT)) == []


def test_unknown_commands_are_caught() -> None:
    known = {"list", "atlas check"}
    text = "`mscape list --json` and `mscape atlas check`\n$ mscape fly\n    `mscape atlas dig`, mscape x"
    assert list(rules.find_unknown_commands(text, known)) == ["mscape fly", "mscape atlas dig"]


@pytest.mark.parametrize(
    "text",
    [
        "cd /" + "work/main",
        "'/" + "tmp/x'",
        "https://py" + "pi.org/simple",
        "C:" + "\\Users\\me",
        "/home" + "/me/x",
    ],
)
def test_machine_paths_are_caught(text: str) -> None:
    assert list(rules.find_machine_faults(text))


@pytest.mark.parametrize("text", ["https://example.org/work/1", "temp/tmp/x", "doi:10.1/opt/x", "and/or"])
def test_other_slashes_pass(text: str) -> None:
    assert list(rules.find_machine_faults(text)) == []
