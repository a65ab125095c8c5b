"""Fill the tables of a page from ``mscape rank --json``.

mscape rank --outcomes --draws 500 --json > outcomes.json
mscape rank --all --draws 500 --json > matrix.json
mscape rank --tumour CML --drug imatinib --draws 500 --json > cml.json
python -m benchmarks.ranking outcomes.json matrix.json cml.json --page docs/explanation/ranking.md
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.ranking.page import make_blocks
from benchmarks.validation.page import rewrite_page


def main() -> None:
    """Make the blocks that the results fill; print them, or put them into a page."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ranking",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("results", nargs="+", type=Path, help="JSON of mscape rank")
    parser.add_argument("--page", type=Path, help="a document with marks")
    asked = parser.parse_args()
    blocks = make_blocks([json.loads(path.read_text(encoding="utf-8")) for path in asked.results])
    if asked.page:
        rewrite_page(asked.page, blocks)
    else:
        print("\n\n".join(f"{name}\n\n{text}" for name, text in blocks.items()))


if __name__ == "__main__":
    main()
