"""Put the measured tables between the marks of a document."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.engine.result import Result
from benchmarks.engine.table import (
    CAPTION,
    list_missing,
    make_extra_table,
    make_gate_table,
    make_speed_table,
    make_summary_table,
)

_BLOCK = re.compile(r"(<!-- measured: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.S)


def rewrite_page(path: Path, result: Result) -> None:
    """Rewrite the blocks of a document from a result.

    Raises
    ------
    KeyError
        A mark names a block that nothing makes.
    """
    text = path.read_text(encoding="utf-8")
    blocks = make_blocks(result)
    new = _BLOCK.sub(lambda match: f"{match[1]}{blocks[match['name']].strip()}\n{match[3]}", text)
    path.write_text(new, encoding="utf-8")


def make_blocks(result: Result) -> dict[str, str]:
    """Return the Markdown of every block."""
    machine = result["machine"]
    versions = {
        name: engine["version"]
        for model in result["models"].values()
        for name, engine in model.get("engines", {}).items()
        if "version" in engine
    }
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    return {
        "machine": f"{machine['processor']}, {machine['system']}, Python {machine['python']}. {said}. "
        f"{result['rounds']} rounds.",
        "promises": make_gate_table(result),
        "summary": make_summary_table(result),
        "speeds": f"{make_speed_table(result)}\n\n{CAPTION}",
        "extra": make_extra_table(result) or "Not measured in this run.",
        "missing": "\n".join(f"- {line}" for line in list_missing(result)) or "Everything ran.",
    }
