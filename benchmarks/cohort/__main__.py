"""Fill the tables of a page from ``mscape cohort --json``.

mscape cohort xu2018_breast_il6 --size 100000 --json > il6.json
mscape cohort wang2020_all_cxcl12 --size 100000 --json > cxcl12.json
mscape cohort ji2015_gastric_exosome --size 100000 --json > vesicles.json
mscape cohort --tumour CML --drug imatinib --matched --json > cml.json
python -m benchmarks.cohort il6.json cxcl12.json vesicles.json cml.json --page docs/explanation/cohorts.md
"""

from __future__ import annotations

from benchmarks.cohort.page import make_blocks
from benchmarks.fill import fill_page

if __name__ == "__main__":
    fill_page("cohort", __doc__, "JSON of mscape cohort", make_blocks)
