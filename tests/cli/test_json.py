"""Every `--json` is an envelope that its committed schema takes, alone on stdout."""

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from mscape.atlas.load import PACKAGE, load_atlas
from mscape.cli.reference import list_commands
from tests.cli.answer import SCHEMAS, read_data, read_schema
from tests.cli.conftest import Command

ID = "xu2018_breast_il6"
TWO_ROWS = """Tumor,Drug,Mechanism,Reference
Breast cancer,Cisplatin,MSCs-derived IL-6 activating STAT3 pathway and lowering Bax.,"Xu et al., 2018"
Gastric cancer,5-FU,MSC-derived exosomes activating the CaM-Ks/Raf/MEK/ERK pathway.,"Ji et al., 2015"
Breast cancer,Cisplatin,MSCs secreting a factor nobody knows.,"Smith et al., 2025"
"""


def test_every_command_with_json_has_a_schema_and_no_other() -> None:
    asked = {
        name.replace(" ", "-")
        for name, command in list_commands()
        if any("--json" in item.opts for item in command.params)
    }
    files = {entry.name.removesuffix(".json") for entry in SCHEMAS.iterdir()}
    assert files == asked


@pytest.mark.parametrize("name", sorted(entry.name.removesuffix(".json") for entry in SCHEMAS.iterdir()))
def test_schema_is_a_schema_and_refuses_another_envelope(name: str) -> None:
    schema = read_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == f"mscape/{name}/1"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"schema": "mscape/other/1", "provenance": {}, "data": []}, schema)


def test_list_holds_every_mechanism_of_the_atlas(mscape: Command) -> None:
    data = read_data(mscape("list", "--json"), "list")
    assert {row["id"] for row in data} == set(load_atlas().records)
    assert {"id", "row", "tumour", "drug", "signal", "verdict"} <= set(data[0])


def test_show_holds_the_record(mscape: Command) -> None:
    assert read_data(mscape("show", ID, "--json"), "show")["mechanism"]["id"] == ID


def test_import_table_matches_the_print(mscape: Command) -> None:
    data = read_data(mscape("import-table", PACKAGE / "seed_table.txt", "--json"), "import-table")
    assert [row["row"] for row in data] == list(range(1, 18))
    assert {row["match"] for row in data} <= {"matched", "disagrees", "not curated yet"}
    assert data[4]["id"] == ID


def test_simulate_holds_every_arm(mscape: Command) -> None:
    options = ("--dose", "cisplatin=10uM", "--perturb", "Anti-IL6", "--draws", 2, "--json")
    data = read_data(mscape("simulate", ID, *options), "simulate")
    assert list(data["arms"]) == ["untreated", "drug", "MSC", "drug + MSC", "drug + MSC + anti_il6"]
    assert data["dose_nM"] == 10_000


def test_dose_response_holds_both_curves(mscape: Command) -> None:
    ended = mscape("dose-response", ID, "--draws", 2, "--json")
    data = read_data(ended, "dose-response")
    assert set(data["curves"]) == {"without MSC", "with MSC"}
    assert len(data["dose_nM"]) == len(data["curves"]["with MSC"]["viability"])


def test_doctor_says_what_works(mscape: Command) -> None:
    data = read_data(mscape("doctor", "--json"), "doctor")
    assert data["well"]
    assert data["atlas"]["records"] == len(load_atlas().records)


@pytest.mark.slow
def test_score_of_one_mechanism(mscape: Command) -> None:
    ended = mscape("score", ID, "--draws", 4, "--seed", 7, "--json")
    data = read_data(ended, "score")
    assert {row["mechanism"] for row in data["contrasts"]} == {ID}
    assert data["totals"]["overall"]["contrasts"] == len(data["contrasts"])
    assert json.loads(ended.out)["provenance"]["seed"] == 7
    assert json.loads(ended.out)["provenance"]["tolerances"]["relative"]


def test_score_of_the_documented_example(mscape: Command, plate: Path) -> None:
    data = read_data(mscape("score", "--observations", plate, "--draws", 4, "--json"), "score")
    assert [row["contrast"] for row in data["contrasts"]] == ["msc_protect", "antibody_reverses_part"]
    assert all(row["in_scope"] for row in data["contrasts"])


@pytest.mark.slow
def test_atlas_check_is_clean(mscape: Command) -> None:
    data = read_data(mscape("atlas", "check", "--json"), "atlas-check")
    assert data["issues"] == []
    assert data["counts"]["records"] == len(load_atlas().records)


@pytest.mark.slow
def test_run_in_two_processes_writes_a_report(mscape: Command, tmp_path: Path) -> None:
    table = tmp_path / "two.csv"
    table.write_text(TWO_ROWS, encoding="utf-8")
    out = tmp_path / "report"
    options = ("--draws", 2, "--particles", 20, "--rank-draws", 30, "--no-open")
    ended = mscape("run", table, "--out", out, *options, "--json")
    data = read_data(ended, "run")
    assert [row["match"] for row in data["claims"]] == ["matched", "matched", "not curated yet"]
    assert data["mechanisms"] == [ID, "ji2015_gastric_exosome"]
    assert (out / "index.html").is_file()
    jsonschema.validate(json.loads((out / "scores.json").read_text(encoding="utf-8")), read_schema("score"))
    assert "writing the report" in ended.err
    pages = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    assert b'id="unheard"' in pages[f"{ID}.html"]
    assert b"What would give sensitivity back, in culture model" in pages[f"{ID}.html"]
    assert {"interventions.html", "interventions.csv", "niches.html", f"{ID}_ranking.csv"} <= set(pages)
    ended = mscape("run", table, "--out", out, *options, "--jobs", 1)  # ensembles are reread
    assert ended.code == 0
    assert ended.out.rstrip().endswith("index.html")
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == pages
