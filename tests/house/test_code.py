"""Sizes, arguments, printing and package files: each rule on our code, and on a snippet it must catch."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house import rules

OURS = rules.list_python()
PACKAGE = [path for path in OURS if rules.SOURCE in path.parents]


def _gather(paths: list[Path], rule: Callable[[str], Iterator[str]]) -> list[str]:
    assert paths
    return [
        f"{path.relative_to(rules.ROOT).as_posix()}: {fault}"
        for path in paths
        for fault in rule(path.read_text(encoding="utf-8"))
    ]


def test_files_and_functions_are_read_in_one_sitting() -> None:
    assert _gather(OURS, rules.find_size_faults) == []


def test_arguments_are_few_and_no_boolean_goes_by_position() -> None:
    scripts = [path for path in OURS if path.parent.name == "scripts"]
    assert _gather(PACKAGE + scripts, rules.find_argument_faults) == []


def test_only_the_command_line_prints() -> None:
    quiet = [path for path in PACKAGE if (rules.SOURCE / "cli") not in path.parents]
    assert _gather(quiet, rules.find_print_faults) == []


def test_package_files_hold_only_a_paragraph() -> None:
    packages = [path for path in PACKAGE if path.name == "__init__.py" and path.parent != rules.SOURCE]
    assert _gather(packages, rules.find_init_faults) == []


@pytest.mark.parametrize(
    ("rule", "snippet", "words"),
    [
        (rules.find_size_faults, "x = 1\n" * 401, "401 lines"),
        (rules.find_size_faults, "def f():\n" + "    x = 1\n" * 40, "f has 41 lines"),
        (rules.find_argument_faults, "def f(a, b, c, d, e, g): ...", "6 positional"),
        (rules.find_argument_faults, "def f(a: bool): ...", "boolean"),
        (rules.find_argument_faults, "def f(a=True): ...", "boolean"),
        (rules.find_print_faults, "print(1)", "line 1 prints"),
        (rules.find_init_faults, '"""Doc."""\nimport os', "line 2: code"),
        (rules.find_init_faults, "", "no paragraph"),
    ],
)
def test_each_rule_catches_a_bad_snippet(
    rule: Callable[[str], Iterator[str]], snippet: str, words: str
) -> None:
    assert words in " ".join(rule(snippet))


@pytest.mark.parametrize(
    ("rule", "snippet"),
    [
        (rules.find_size_faults, 'def f():\n    """' + "x\n" * 60 + '"""\n' + "    x = 1\n" * 39),
        (rules.find_argument_faults, "def f(self, a, b, c, d, e, *, g: bool = True): ..."),
        (rules.find_print_faults, "log.print(1)"),
        (rules.find_init_faults, '"""Doc."""'),
    ],
)
def test_each_rule_lets_good_code_pass(rule: Callable[[str], Iterator[str]], snippet: str) -> None:
    assert list(rule(snippet)) == []
