"""``mscape rank``: what it prints and what it never says, what its JSON holds, and what it refuses."""

import pytest

from mscape.atlas.load import load_atlas
from tests.cli.answer import NEVER, read_culture
from tests.cli.conftest import Command

CML = ("rank", "--tumour", "CML", "--drug", "imatinib", "--draws", 30)


def test_a_niche_is_ranked_in_words_that_are_about_a_culture(mscape: Command) -> None:
    ended = mscape(*CML)
    assert ended.code == 0, ended.err
    assert ended.out.startswith("Ranked in culture model: niche of")
    assert not NEVER.search(ended.out + ended.err)
    told = " ".join(ended.out.split())
    assert "a rescue in culture failed in mice (CML-like disease, with imatinib; dasatinib)" in told
    assert "Ceiling: removal of the MSC takes 100 %" in told
    assert "Controls, one route at work" in told
    for lack in ("immunity", "pharmacokinetics", "selection", "redundancy"):
        assert lack in told.partition("Not in these models:")[2]


def test_json_of_a_mechanism_holds_its_interventions_and_both_figures(mscape: Command) -> None:
    ended = mscape("rank", "vianello2010_cml_cxcl12", "--draws", 60, "--no-controls", "--json")
    data = read_culture(ended, "rank")
    assert data["kind"] == "ranking"
    assert len(data["mechanisms"]) == 3
    assert data["controls"] == []
    found = {item["interventions"][0]: item for item in data["ranked"]}
    assert "plerixafor" in found
    assert "ruxolitinib" not in found  # reaches another mechanism of the niche
    assert set(found["plerixafor"]["single"]) == {"vianello2010_cml_cxcl12"}
    assert found["plerixafor"]["given"][0]["ground"] == "free exposure"
    assert found["amd3465"]["word"] in ("hypothesis", "no effect")
    assert any("exposure" in doubt for doubt in found["amd3465"]["doubts"])
    assert set(data["not_reaching"]) | set(found) < set(load_atlas().interventions.reagents)
    ranks = [item["rank"] for item in data["ranked"]]
    assert ranks == sorted(ranks)


def test_same_seed_same_numbers(mscape: Command) -> None:
    asked = (*CML, "--no-controls", "--when", "msc", "--json", "--seed")
    one, again, other = (read_culture(mscape(*asked, seed), "rank") for seed in (5, 5, 6))
    assert one == again
    assert one["ranked"] != other["ranked"]
    assert one["added"] == "with the MSC"


@pytest.mark.slow
def test_the_whole_matrix_and_the_outcomes(mscape: Command) -> None:
    atlas = load_atlas()
    matrix = read_culture(mscape("rank", "--all", "--draws", 20, "--json"), "rank")
    assert [item["mechanism"] for item in matrix["mechanisms"]] == list(atlas.records)
    cells = {cell["intervention"] for item in matrix["mechanisms"] for cell in item["cells"]}
    assert cells == set(matrix["interventions"]) == set(atlas.interventions.reagents)
    outcomes = read_culture(mscape("rank", "--outcomes", "--draws", 20, "--json"), "rank")["outcomes"]
    assert {"failure", "success", "mixed"} == {item["result"] for item in outcomes}
    for arguments in (("--all",), ("--outcomes",)):
        ended = mscape("rank", *arguments, "--draws", 20)
        assert ended.code == 0, ended.err
        assert "in culture model" in ended.out
        assert not NEVER.search(ended.out)


@pytest.mark.slow
def test_draws_of_ensembles_are_not_those_of_priors(mscape: Command) -> None:
    asked = ("rank", "han2014_hcc_tgfb", "--draws", 30, "--json", "--jobs", 1)
    prior = read_culture(mscape(*asked), "rank")
    fitted = read_culture(mscape(*asked, "--ensemble", "--particles", 30), "rank")
    assert fitted["ensembles"] == ["han2014_hcc_tgfb"]
    assert prior["ensembles"] == []
    assert fitted["protection"] != prior["protection"]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ((), 2, "nothing to rank"),
        (("xu2018_breast_il6", "--all"), 2, "ID with --all"),
        (("--all", "--outcomes"), 2, "--all with --outcomes"),
        (("--all", "--culture", "contact", "--line", "k562"), 2, "--culture, --line with it"),
        (("--outcomes", "--ratio", "1:3"), 2, "--ratio with it"),
        (("--tumour", "CML"), 2, "no --drug"),
        (("--drug", "imatinib"), 2, "no --tumour"),
        (("xu2018_breast_il7",), 4, "xu2018_breast_il6"),
        (("xu2018_breast_il6", "--line", "k562"), 2, "a line for an ID"),
        (("xu2018_breast_il6", "--culture", "monoculture"), 2, "no MSC to compare with"),
        (("--tumour", "prostate", "--drug", "cisplatin"), 4, "no mechanism is about 'prostate'"),
        (("xu2018_breast_il6", "--hours", "-3"), 3, "--hours"),
    ],
)
def test_what_cannot_be_is_refused_with_advice(
    mscape: Command, options: tuple[str, ...], code: int, words: str
) -> None:
    ended = mscape("rank", *options)
    assert ended.code == code, ended.err
    assert words in ended.err
    assert "Traceback" not in ended.err
