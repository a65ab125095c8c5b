"""Compare public sets of IC50s, print how far they lie apart, and write the summary beside this file."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.noise_floor.agreement import compare_sets, list_rows, read_values

SUMMARY = Path(__file__).parent / "between_sets.tsv"
COLUMNS = ("first", "second", "pairs", "median_log10", "sd_of_one", "robust_sd_of_one", "share_tenfold")
HEADER = """\
# log10 IC50, GR50 or GI50 of the same drug and line in two public sets: first less second; SD over root 2.
# Sets: GDSC (as in the DeepCDR matrix), NCI-60, gCSI, Heiser 2012. No value of a set is in this file.
# Written by: python -m benchmarks.noise_floor TABLE
"""


def main() -> None:
    """Compare, print and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.noise_floor", description=__doc__)
    parser.add_argument("table", type=Path, help="drug,seed_cell_line,source,value,unit_note")
    rows = [COLUMNS, *list_rows(compare_sets(read_values(parser.parse_args().table)))]
    text = "".join("\t".join(row) + "\n" for row in rows)
    SUMMARY.write_text(HEADER + text, encoding="utf-8", newline="\n")
    print(text, end="")


if __name__ == "__main__":
    main()
