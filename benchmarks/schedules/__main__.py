"""Fill the tables of a page from ``mscape schedule --json``.

mscape schedule wang2014_mm_exosome gw4869 --draws 500 --json > gw4869.json
mscape schedule ID --draws 500 --json > ID.json, for each mechanism
python -m benchmarks.schedules gw4869.json *.json --page docs/explanation/schedules.md
"""

from __future__ import annotations

from benchmarks.fill import fill_page
from benchmarks.schedules.page import make_blocks

if __name__ == "__main__":
    fill_page("schedules", __doc__, "JSON of mscape schedule", make_blocks)
