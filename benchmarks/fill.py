"""Fill the tables of a page from the JSON that commands print: what the programs that do so share."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.validation.page import rewrite_page


def fill_page(
    name: str,
    description: str | None,
    results: str,
    make_blocks: Callable[[Sequence[Mapping[str, Any]]], Mapping[str, str]],
) -> None:
    """Make the blocks that results fill; print them, or put them into a page.

    Parameters
    ----------
    name
        Of the program, as in ``python -m benchmarks.name``.
    description
        Its docstring.
    results
        What its files are.
    make_blocks
        The results to blocks, by their marks in the page.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{name}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("results", nargs="+", type=Path, help=results)
    parser.add_argument("--page", type=Path, help="a document with marks")
    asked = parser.parse_args()
    blocks = make_blocks([json.loads(path.read_text(encoding="utf-8")) for path in asked.results])
    if asked.page:
        rewrite_page(asked.page, blocks)
    else:
        print("\n\n".join(f"{name}\n\n{text}" for name, text in blocks.items()))
