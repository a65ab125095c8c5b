"""Fill the tables of a page from ``mscape cohort --json``.

mscape cohort xu2018_breast_il6 --size 100000 --json > il6.json
mscape cohort wang2020_all_cxcl12 --size 100000 --json > cxcl12.json
mscape cohort ji2015_gastric_exosome --size 100000 --json > vesicles.json
mscape cohort --tumour CML --drug imatinib --matched --json > cml.json
python -m benchmarks.cohort il6.json cxcl12.json vesicles.json cml.json --page docs/explanation/cohorts.md
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.cohort.page import make_blocks
from benchmarks.validation.page import rewrite_page


def main() -> None:
    """Make the blocks that the results fill; print them, or put them into a page."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.cohort",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("results", nargs="+", type=Path, help="JSON of mscape cohort")
    parser.add_argument("--page", type=Path, help="a document with marks")
    asked = parser.parse_args()
    blocks = make_blocks([json.loads(path.read_text(encoding="utf-8")) for path in asked.results])
    if asked.page:
        rewrite_page(asked.page, blocks)
    else:
        print("\n\n".join(f"{name}\n\n{text}" for name, text in blocks.items()))


if __name__ == "__main__":
    main()
