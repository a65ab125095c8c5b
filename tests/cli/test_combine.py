"""``mscape combine``: what it prints, what its JSON and figure hold, and what it refuses."""

from pathlib import Path

import pytest

from tests.cli.answer import NEVER, read_culture
from tests.cli.conftest import Command

FEW = ("--draws", 20, "--doses", "3uM,10uM,30uM")
SHAM = ("combine", "xu2018_breast_il6", "cisplatin", *FEW, "--partner-doses", "3uM,10uM,30uM")


def test_a_matrix_is_printed_with_sign_and_limits(mscape: Command) -> None:
    ended = mscape(*SHAM)
    assert ended.code == 0, ended.err
    assert not NEVER.search(ended.out + ended.err)
    told = " ".join(ended.out.split())
    assert told.startswith("Combined in culture model: cisplatin + cisplatin")
    for words in (
        "above 0 synergy",
        "A sham: a drug with itself",
        "Without MSC",
        "With MSC",
        "pharmacokinetics",
    ):
        assert words in told


def test_json_holds_every_null_and_the_sham_is_additive_under_loewe(mscape: Command) -> None:
    data = read_culture(mscape(*SHAM, "--json"), "combine")
    assert data["partner"]["kind"] == "drug"
    found = {item["null"]: item for item in data["excess"]}
    assert list(found) == ["Bliss", "HSA", "Loewe", "ZIP"]
    assert found["Loewe"]["word_with_msc"] == "at zero"
    assert len(data["with_msc"]["effect"]) == 4
    assert [len(row) for row in data["with_msc"]["excess"]["Bliss"]] == [3, 3, 3]
    assert [line["effect"] for line in data["with_msc"]["iso"]] == [0.25, 0.5, 0.75]


def test_scores_do_not_depend_on_the_unit_nor_on_the_run(mscape: Command) -> None:
    asked = ("combine", "xu2018_breast_il6", "tocilizumab", "--draws", 20, "--json")
    one = read_culture(
        mscape(*asked, "--doses", "3uM,10uM,30uM", "--partner-doses", "0.001uM,0.01uM,0.1uM"), "combine"
    )
    two = read_culture(
        mscape(*asked, "--doses", "3000nM,10000,30000nM", "--partner-doses", "1,10nM,100nM"), "combine"
    )
    assert one == two
    other = read_culture(
        mscape(*asked, "--doses", "3uM,10uM,30uM", "--partner-doses", "1,10,100", "--seed", 2), "combine"
    )
    assert other["with_msc"] != two["with_msc"]


@pytest.mark.slow
def test_a_niche_its_figure_and_an_interventions_own_doses(mscape: Command, tmp_path: Path) -> None:
    svg, png = tmp_path / "a.svg", tmp_path / "a.png"
    niche = ("combine", "--tumour", "CML", "--drug", "imatinib", "plerixafor", "--draws", 20)
    data = read_culture(mscape(*niche, "--svg", svg, "--png", png, "--json"), "combine")
    assert data["partner"]["reached"]["ground"] == "free exposure"
    assert data["partner"]["nM"][-1] == pytest.approx(data["partner"]["reached"]["nM"]["median"], rel=0.1)
    text = svg.read_text(encoding="utf-8")
    assert "Combined in culture model" in text
    assert "imatinib in the well" in text
    assert png.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("xu2018_breast_il6",), 2, "an ID and one partner"),
        (("--tumour", "CML", "plerixafor"), 2, "no --drug"),
        (
            ("--tumour", "CML", "--drug", "imatinib", "vianello2010_cml_cxcl12", "plerixafor"),
            2,
            "one partner",
        ),
        (("xu2018_breast_il6", "nothing_such"), 4, "nothing_such"),
        (("xu2018_breast_il6", "plerixafor"), 2, "that it acts on"),
        (("xu2018_breast_il6", "si_stat3"), 2, "it has no concentration"),
        (("xu2018_breast_il6", "tocilizumab", "--doses", "1uM,2uM"), 2, "3 or more"),
        (("xu2018_breast_il6", "tocilizumab", "--doses", "1h,2h,3h"), 3, "--doses"),
        (("xu2018_breast_il6", "tocilizumab", "--culture", "monoculture"), 2, "no MSC to compare with"),
        (("xu2018_breast_il6", "tocilizumab", "--line", "mcf7"), 2, "a line for an ID"),
    ],
)
def test_what_cannot_be_is_refused_with_advice(
    mscape: Command, options: tuple[str, ...], code: int, words: str
) -> None:
    ended = mscape("combine", *options)
    assert ended.code == code, ended.err
    assert words in ended.err
    assert "Traceback" not in ended.err
