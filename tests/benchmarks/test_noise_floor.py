"""How far public sets of IC50s lie apart: units of each set, what is left out, and the number used for it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.noise_floor.__main__ import COLUMNS, SUMMARY
from benchmarks.noise_floor.agreement import compare_sets, measure_agreement, read_values, to_log
from mscape.experiments.bind import BETWEEN_SETS_SD
from mscape.store import read_table


def test_each_set_is_read_in_its_own_unit() -> None:
    """1 µM in the units of four sets."""
    assert to_log("GDSC_lnIC50", "0.0") == 0
    assert to_log("NCI60_GI50", "6.0") == 0
    assert to_log("gCSI_GR50", "1.0") == to_log("Heiser_GR50", "1.0") == 0
    assert to_log("GDSC_lnIC50", str(math.log(10))) == pytest.approx(1)
    assert to_log("NCI60_GI50", "5.0") == 1


def test_what_was_not_reached_is_no_value() -> None:
    found = [to_log("NCI60_GI50", "4.0"), to_log("NCI60_GI50", "8.0"), to_log("gCSI_GR50", "31.0")]
    found += [to_log("Heiser_GR50", ""), to_log("Heiser_GR50", "Inf"), to_log("Heiser_GR50", "0")]
    assert found == [None] * 6


def test_repeats_of_a_set_count_once_and_names_of_a_line_are_one(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    rows = ["drug,seed_cell_line,source,value,unit_note"]
    rows += [f"d,NCIH1299,Heiser_GR50,{value}," for value in (1, 10, 100)]
    rows += ["d,H1299,gCSI_GR50,1,", "d,NCIH1299,gCSI_GR50,1,"]
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert read_values(table) == {("d", "H1299"): {"Heiser_GR50": 1.0, "gCSI_GR50": 0.0}}


def test_the_spread_of_one_set_is_found_from_differences_of_two() -> None:
    rng = np.random.default_rng(1)
    values = {("d", str(i)): {"a": rng.normal(0.3, 0.5), "b": rng.normal(0, 0.5)} for i in range(4000)}
    found = compare_sets(values)[0]
    assert found.sd == pytest.approx(0.5, rel=0.05)
    assert found.robust_sd == pytest.approx(0.5, rel=0.05)
    assert found.shift == pytest.approx(0.3, abs=0.05)
    wild = measure_agreement("a", "b", [*np.linspace(-1, 1, 101), 50.0])
    assert wild.sd > 3
    assert wild.robust_sd < 0.6


def test_the_number_the_models_use_lies_within_what_was_measured() -> None:
    rows = read_table(SUMMARY, required=COLUMNS).rows
    every = next(row.cells for row in rows if row.cells["first"] == "all")
    assert float(every["robust_sd_of_one"]) <= BETWEEN_SETS_SD <= float(every["sd_of_one"])
    assert int(every["pairs"]) == sum(int(row.cells["pairs"]) for row in rows if row.cells["first"] != "all")
