"""Fill the tables of a page from ``mscape rank --json``.

mscape rank --outcomes --draws 500 --json > outcomes.json
mscape rank --all --draws 500 --json > matrix.json
mscape rank --tumour CML --drug imatinib --draws 500 --json > cml.json
python -m benchmarks.ranking outcomes.json matrix.json cml.json --page docs/explanation/ranking.md
"""

from __future__ import annotations

from benchmarks.fill import fill_page
from benchmarks.ranking.page import make_blocks

if __name__ == "__main__":
    fill_page("ranking", __doc__, "JSON of mscape rank", make_blocks)
