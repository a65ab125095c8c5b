"""The house rules as small functions on text, so that each can be shown to fail on a bad snippet."""

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "mscape"
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
MAX_POSITIONAL = 5

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def list_files() -> list[Path]:
    """Return every file that is or would be committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    return [path for name in listing.stdout.splitlines() if (path := ROOT / name.strip('"')).is_file()]


def list_python() -> list[Path]:
    """Return our Python files, the scripts without an ending included."""
    scripts = [path for path in (ROOT / "scripts").iterdir() if path.is_file()]
    return sorted([*SOURCE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *scripts])


def list_documents() -> list[Path]:
    """Return the documents people read; the change log may name what is gone."""
    top = [path for path in ROOT.glob("*.md") if path.name != "CHANGELOG.md"]
    return sorted([*top, *(ROOT / "docs").rglob("*.md"), *(ROOT / "changes").rglob("*.md")])


def find_size_faults(source: str) -> Iterator[str]:
    """Yield what is too long: the file, and functions counted without their docstring."""
    lines = len(source.splitlines())
    if lines > MAX_FILE_LINES:
        yield f"{lines} lines; at most {MAX_FILE_LINES}"
    for function in _list_functions(source):
        length = (function.end_lineno or 0) - function.lineno + 1 - _count_docstring(function)
        if length > MAX_FUNCTION_LINES:
            yield f"{function.name} has {length} lines; at most {MAX_FUNCTION_LINES}"


def find_argument_faults(source: str) -> Iterator[str]:
    """Yield functions with too many positional arguments, or with a yes-or-no among them."""
    for function in _list_functions(source):
        arguments = [*function.args.posonlyargs, *function.args.args]
        if arguments and arguments[0].arg in ("self", "cls"):
            arguments = arguments[1:]
        if len(arguments) > MAX_POSITIONAL:
            yield f"{function.name} takes {len(arguments)} positional arguments; at most {MAX_POSITIONAL}"
        defaults = function.args.defaults
        switches = [
            item for item in defaults if isinstance(item, ast.Constant) and isinstance(item.value, bool)
        ]
        named = [item.arg for item in arguments if item.annotation and ast.unparse(item.annotation) == "bool"]
        if switches or named:
            yield f"{function.name} takes a boolean by position; put it after *"


def find_print_faults(source: str) -> Iterator[str]:
    """Yield calls of print."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield f"line {node.lineno} prints; only cli talks to people"


def find_init_faults(source: str) -> Iterator[str]:
    """Yield what is wrong with a folder's __init__.py, which holds a docstring and nothing else."""
    tree = ast.parse(source)
    if not ast.get_docstring(tree):
        yield "no paragraph saying what belongs here"
    if len(tree.body) > 1:
        yield f"line {tree.body[1].lineno}: code; import from the file that defines the name"


# Written in pieces so that this file passes its own rule.
_PLACES = "|".join(("work", "tmp", "root", "opt", r"home/\w+", r"Users/\w+"))
_MACHINE = re.compile(rf"(?<![\w.)\]}}>*-])/(?:{_PLACES})/|[A-Z]:\\+Users\\")
_REGISTRY = re.compile(r"pypi\.(?:org|python)|python" + r"hosted\.org|registry\.npm|deb\.debian\.org")


def find_machine_faults(text: str) -> Iterator[str]:
    """Yield paths of one machine and addresses of package registries."""
    for number, line in enumerate(text.splitlines(), 1):
        for pattern in (_MACHINE, _REGISTRY):
            if match := pattern.search(line):
                yield f"line {number}: {match.group()}"


_PATH = re.compile(r"(?<![\w/.:-])(?:src|tests|scripts|docs|changes|benchmarks|\.ci)/[\w./-]*")
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def find_dead_paths(text: str, folder: Path, root: Path = ROOT) -> Iterator[str]:
    """Yield relative paths and links of a document in a folder that lead nowhere."""
    for match in _PATH.finditer(text):
        following = text[match.end() : match.end() + 1]
        if following not in ("<", "*", "{", "…") and not (root / match.group().rstrip(".")).exists():
            yield f"path {match.group()}"
    for target in _LINK.findall(text):
        if not (folder / target).exists():
            yield f"link {target}"


_COMMAND = re.compile(r"(?:^|`|\$ )mscape ([a-z][a-z-]*)(?: ([a-z][a-z-]*)(?=[ `\n]))?", re.MULTILINE)


def find_unknown_commands(text: str, known: Iterable[str]) -> Iterator[str]:
    """Yield commands that a document names and the program lacks; *known* holds `list` and `atlas check`."""
    names = set(known)
    groups = {name.split()[0] for name in names if " " in name}
    for first, second in _COMMAND.findall(text):
        command = f"{first} {second}" if first in groups and second else first
        if command not in names | groups:
            yield f"mscape {command}"


def _list_functions(source: str) -> list[_Function]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, _Function)]


def _count_docstring(function: _Function) -> int:
    if ast.get_docstring(function) is None:
        return 0
    node = function.body[0]
    return (node.end_lineno or node.lineno) - node.lineno + 1
