"""``mscape cohort``: what it prints, writes and draws, and what it refuses."""

from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import numpy as np
import pytest
import zarr

from mscape.store import read_table
from tests.cli.answer import NEVER, read_culture, read_schema
from tests.cli.conftest import Command

IL6 = ("cohort", "xu2018_breast_il6", "--size", 120, "--tumours", 5, "--donors", 4)
ONE = ("--intervention", "Siltuximab")


def test_a_cohort_is_told_in_words_that_are_about_a_model(mscape: Command) -> None:
    ended = mscape(*IL6)
    assert ended.code == 0, ended.err
    told = " ".join(ended.out.split())
    assert told.startswith("Cohort in culture model: one mechanism of")
    assert "a spread of model parameters, not of people" in told
    assert "120 members" in told
    assert "5 tumours, each with 4 donors" in told
    assert "immunity" in told.partition("Not in these models:")[2]
    assert not NEVER.search(ended.out + ended.err)


def test_json_and_files_hold_the_same_members(mscape: Command, tmp_path: Path) -> None:
    table, folder = tmp_path / "cohort.tsv", tmp_path / "cohort.zarr"
    svg, png = tmp_path / "cohort.svg", tmp_path / "cohort.png"
    data = read_culture(mscape(*IL6, *ONE, "--json", "--out", table, "--svg", svg, "--png", png), "cohort")
    again = read_culture(mscape(*IL6, *ONE, "--json", "--out", folder), "cohort")
    assert data == again
    assert data["dose_nM"] == pytest.approx(data["ic50"]["median_nM"])
    assert set(data["variance"]) == {"alone", "protection"}
    assert [item["interventions"] for item in data["interventions"]] == [["siltuximab"]]
    rows = [row.cells for row in read_table(table).rows]
    assert len(rows) == data["size"] == 120
    protection = np.array([float(row["protection (fraction)"] or "nan") for row in rows])
    assert np.nanmedian(protection) == pytest.approx(data["protection"]["p50"])
    assert np.isfinite(protection).sum() == data["solved"]
    assert sorted(int(row["order"]) for row in rows) == list(range(1, 121))
    group: Any = zarr.open_group(folder, mode="r")
    assert np.array_equal(group["protection"][:], protection, equal_nan=True)
    assert group["read:il6"].attrs["units"] == "pM"
    assert svg.read_text("utf-8").count("not of people") == 1
    assert png.read_bytes().startswith(b"\x89PNG")


def test_matched_tumours_are_all_killed_by_half(mscape: Command) -> None:
    data = read_culture(mscape(*IL6, *ONE, "--matched", "--tumours", 0, "--json"), "cohort")
    assert data["dose_nM"] is None
    assert data["viability_alone"]["p50"] == pytest.approx(0.5, abs=0.02)
    assert data["variance"] == {}


@pytest.mark.slow
def test_members_of_an_ensemble_are_not_those_of_priors(mscape: Command) -> None:
    asked = ("cohort", "han2014_hcc_tgfb", "--size", 60, "--tumours", 0, "--json", "--jobs", 1)
    prior = read_culture(mscape(*asked), "cohort")
    fitted = read_culture(mscape(*asked, "--ensemble", "--particles", 30), "cohort")
    assert fitted["ensembles"] == ["han2014_hcc_tgfb"]
    assert fitted["protection"] != prior["protection"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "nothing to make it of"),
        (("xu2018_breast_il6", "--tumour", "CML", "--drug", "imatinib"), "an ID and a niche"),
        (("--tumour", "CML"), "no --drug"),
        (("xu2018_breast_il6", "--matched", "--dose", "cisplatin=1uM"), "leave one out"),
        (("xu2018_breast_il6", "--dose", "imatinib=1uM"), "a dose of cisplatin"),
        (("xu2018_breast_il6", "--intervention", "plerixafor"), "finds nothing to act on"),
        (("xu2018_breast_il6", "--intervention", "siltuximap"), "siltuximab"),
        (("xu2018_breast_il6", "--out", "cohort.txt"), "write it like cohort.tsv"),
        (("xu2018_breast_il6", "--culture", "monoculture"), "no MSC"),
    ],
)
def test_what_cannot_be_is_refused_before_any_work(
    mscape: Command, arguments: tuple[str, ...], words: str
) -> None:
    ended = mscape("cohort", *arguments)
    assert ended.code in (2, 4)
    assert ended.out == ""
    assert words in " ".join(ended.err.split())


def test_the_schema_refuses_what_is_left_out(mscape: Command) -> None:
    import json

    answer = json.loads(mscape(*IL6, *ONE, "--tumours", 0, "--json").out)
    del answer["data"]["note"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(answer, read_schema("cohort"))
