"""``mscape niche``: what it prints, what its JSON holds, the SBML it writes, and what it refuses."""

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from mscape.atlas.load import load_atlas
from mscape.network.sbml import check_sbml, read_sbml
from mscape.report.number import format_share
from tests.cli.answer import read_schema
from tests.cli.conftest import Command

CML = ("niche", "--tumour", "CML", "--drug", "imatinib", "--draws", 20)


@pytest.fixture
def said(mscape: Command) -> str:
    ended = mscape(*CML)
    assert ended.code == 0, ended.err
    return ended.out


def test_every_mechanism_is_named_with_a_reason(said: str) -> None:
    for key in load_atlas().records:
        assert key[:12] in said
    assert "other tumour: Osteosarcoma" in said
    assert "CML" in said
    assert "patient" not in said.casefold()
    assert "In culture, in a model." in said


def test_json_holds_the_whole_answer(mscape: Command) -> None:
    ended = mscape(*CML[:-1], 30, "--json")
    assert ended.code == 0, ended.err
    answer = json.loads(ended.out)
    jsonschema.validate(answer, read_schema("niche"))
    data = answer["data"]
    assert [item["mechanism"].split("_")[0] for item in data["included"]] == [
        "vianello2010",
        "zhang2013",
        "zhang2019",
    ]
    assert len(data["included"]) + len(data["excluded"]) == len(load_atlas().records)
    assert {item["perturbation"] for item in data["blockers"]} >= {"plerixafor", "icg001"}
    assert answer["provenance"]["mechanisms"] == sorted(item["mechanism"] for item in data["included"])


def test_the_sbml_it_writes_is_sound(mscape: Command, tmp_path: Path) -> None:
    path = tmp_path / "niche.xml"
    ended = mscape(
        "niche", "--tumour", "breast", "--drug", "cisplatin", "--mechanisms",
        "xu2018_breast_il6, tu2016_os_il6", "--draws", 2, "--sbml", path,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert "asked for" in ended.out
    text = path.read_text(encoding="utf-8")
    assert check_sbml(text) == ()
    assert {"carried_xu2018", "weight_tu2016", "il6_free"} <= read_sbml(text).observables
    assert mscape("niche", "--tumour", "CML", "--drug", "imatinib", "--sbml", tmp_path).code == 7


@pytest.mark.slow
@pytest.mark.parametrize("more", [("--fit", "routes"), ("--fit", "whole", "--identify")])
def test_it_draws_from_ensembles(mscape: Command, more: tuple[str, ...]) -> None:
    own = ["ji2015_gastric_exosome", "roodhart2011_breast_pifa"]  # few statements
    asked: tuple[str, ...] = (
        "niche",
        "--tumour",
        "breast",
        "--drug",
        "cisplatin",
        "--mechanisms",
        ",".join(own),
    )
    asked = (*asked, "--draws", "12", "--jobs", "1")
    ended = mscape(*asked, *more, "--particles", 40, "--json")
    assert ended.code == 0, ended.err
    answer = json.loads(ended.out)
    jsonschema.validate(answer, read_schema("niche"))
    data = answer["data"]
    whole = "whole" in more
    assert data["ensembles"] == (["niche_breast_cisplatin"] if whole else own)
    if whole:
        assert {"sharing", "weight_ji2015"} <= {item["parameter"] for item in data["identified"]}
    prior = json.loads(mscape(*asked, "--json").out)["data"]
    assert data["protection"] != prior["protection"]
    again = json.loads(mscape(*asked, *more, "--particles", 40, "--json").out)
    assert again == answer  # reread, and the same


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--tumour", "prostate", "--drug", "cisplatin"), 4, "no mechanism is about 'prostate'"),
        (("--tumour", "breast", "--drug", "platinum"), 4, "class of drugs"),
        (("--tumour", "ALL", "--drug", "cisplatin"), 2, "no mechanism is plausible"),
        (("--tumour", "CML", "--drug", "imatinib", "--lacks", "cxcr44"), 4, "cxcr4"),
        (("--tumour", "CML", "--drug", "imatinib", "--line", "mcf7"), 2, "mcf7 is breast"),
        (
            ("--tumour", "CML", "--drug", "imatinib", "--mechanisms", "xu2018_breast_il7"),
            4,
            "xu2018_breast_il6",
        ),
        (("--tumour", "CML", "--drug", "imatinib", "--mechanisms", ","), 2, "one or more"),
        (("--drug", "imatinib"), 2, "tumour"),
        (("--tumour", "CML", "--drug", "imatinib", "--identify"), 2, "--fit whole"),
        (("--tumour", "CML", "--drug", "imatinib", "--hours", "-3"), 3, "--hours"),
    ],
)
def test_what_cannot_be_is_refused_with_advice(
    mscape: Command, options: tuple[str, ...], code: int, words: str
) -> None:
    ended = mscape("niche", *options)
    assert ended.code == code
    assert words in ended.err
    assert "Traceback" not in ended.err


def test_shares_are_whole_percents() -> None:
    assert format_share((-0.004, 0.005, 1.0)) == "0 (0 to 100) %"
    assert format_share(None) == "–"
