"""Fill the tables of a page from ``mscape validate --json``; or compare weights with new fits.

mscape validate --json > validation.json
python -m benchmarks.validation validation.json --page docs/explanation/validation.md
python -m benchmarks.validation --agree wang2020_all_cxcl12 --page docs/explanation/validation.md
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.validation.agreement import compare_ways, make_table
from benchmarks.validation.page import make_blocks, rewrite_page


def main() -> None:
    """Make the blocks asked for; print them, or put them into a page."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.validation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("results", nargs="*", type=Path, help="JSON of mscape validate")
    parser.add_argument(
        "--agree", nargs="*", metavar="ID", default=(), help="mechanisms to leave out both ways"
    )
    parser.add_argument("--particles", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path, help="a document with marks")
    asked = parser.parse_args()
    blocks: dict[str, str] = {}
    for path in asked.results:
        blocks |= make_blocks(json.loads(path.read_text(encoding="utf-8")))
    if asked.agree:
        blocks["agreement"] = _compare(asked.agree, asked.particles, asked.seed)
    if asked.page:
        rewrite_page(asked.page, blocks)
    else:
        print("\n\n".join(f"{name}\n\n{text}" for name, text in blocks.items()))


def _compare(ids: list[str], particles: int, seed: int) -> str:
    from mscape.atlas.load import load_atlas
    from mscape.experiments.bind import bind_record

    atlas = load_atlas()
    bound = [bind_record(atlas.records[key], atlas) for key in ids]
    found = [one for each in bound for one in compare_ways(each, particles=particles, seed=seed)]
    named = ", ".join(f"`{key}`" for key in ids)
    return f"{named}; {particles} particles.\n\n{make_table(found)}"


if __name__ == "__main__":
    main()
