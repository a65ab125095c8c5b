"""Fill the tables of a page from ``mscape schedule --json``.

mscape schedule wang2014_mm_exosome gw4869 --draws 500 --json > gw4869.json
mscape schedule ID --draws 500 --json > ID.json, for each mechanism
python -m benchmarks.schedules gw4869.json *.json --page docs/explanation/schedules.md
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.schedules.page import make_blocks
from benchmarks.validation.page import rewrite_page


def main() -> None:
    """Make the blocks that the results fill; print them, or put them into a page."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.schedules",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("results", nargs="+", type=Path, help="JSON of mscape schedule")
    parser.add_argument("--page", type=Path, help="a document with marks")
    asked = parser.parse_args()
    blocks = make_blocks([json.loads(path.read_text(encoding="utf-8")) for path in asked.results])
    if asked.page:
        rewrite_page(asked.page, blocks)
    else:
        print("\n\n".join(f"{name}\n\n{text}" for name, text in blocks.items()))


if __name__ == "__main__":
    main()
