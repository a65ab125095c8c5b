"""``mscape schedule``: what it prints and draws, what its JSON holds, and what it refuses."""

from pathlib import Path

import pytest

from tests.cli.answer import NEVER, read_culture
from tests.cli.conftest import Command

ID = "wang2014_mm_exosome"


def test_a_mechanism_is_scheduled_and_drawn(mscape: Command, tmp_path: Path) -> None:
    files = (tmp_path / "a.svg", tmp_path / "b.png")
    ended = mscape("schedule", ID, "gw4869", "--draws", 30, "--svg", files[0], "--png", files[1])
    assert ended.code == 0, ended.err
    assert ended.out.startswith("Schedules in culture model: one mechanism of")
    assert not NEVER.search(ended.out + ended.err)
    told = " ".join(ended.out.split())
    assert "....########...." in told
    assert "as they should" in told
    assert "a contact culture cannot be un-mixed" in told
    for lack in ("pharmacokinetics", "adaptation", "selection", "immunity"):
        assert lack in told.partition("Not in these models:")[2]
    svg = files[0].read_text(encoding="utf-8")
    assert "in culture model" in svg
    assert "hours without MSC before the drug" in svg
    assert files[1].read_bytes().startswith(b"\x89PNG")


def test_json_holds_schedules_that_were_handled_alike(mscape: Command) -> None:
    data = read_culture(
        mscape("schedule", ID, "gw4869", "--draws", 30, "--gaps", "0,12", "--json"), "schedule"
    )
    assert [item["name"] for item in data["handled"]] == [
        "around the drug", "pulses under the drug", "short drug pulse",
    ]  # fmt: skip
    for handled in data["handled"]:
        assert {tuple(item["fresh_medium"]) for item in handled["schedules"]} == {
            tuple(handled["schedules"][0]["fresh_medium"])
        }
        names = [item["name"] for item in handled["schedules"]]
        assert [item["schedule"] for item in handled["timed"]] == names
    assert [item["hours"] for item in data["persistence"]["gaps"]] == [0, 12]
    assert data["off_rank"] < 1e-3


def test_same_seed_same_numbers_and_no_intervention_is_the_removal_alone(mscape: Command) -> None:
    asked = ("schedule", "--tumour", "myeloma", "--drug", "bortezomib", "--draws", 20, "--json", "--seed")
    one, again, other = (read_culture(mscape(*asked, seed), "schedule") for seed in (5, 5, 6))
    assert one == again
    assert one["persistence"] != other["persistence"]
    assert one["handled"] == []
    assert one["off_rank"] is None


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ((), 2, "nothing to schedule"),
        (("--tumour", "CML", "plerixafor"), 2, "no --drug"),
        ((ID, "--line", "k562"), 2, "a line for an ID"),
        ((ID, "--no-persistence"), 2, "no intervention and no gaps"),
        (("wang2014_mm_exosom",), 4, ID),
        ((ID, "gw486"), 4, "gw4869"),
        ((ID, "plerixafor"), 2, "finds nothing to act on"),
        (("han2014_hcc_tgfb", "si_tgfb"), 2, "is a silencing"),
        ((ID, "gw4869", "--culture", "conditioned-medium"), 2, "contact, transwell or relay"),
        ((ID, "gw4869", "--hours", "0"), 2, "more than 0"),
        ((ID, "gw4869", "--gaps", "6,12"), 2, "gaps"),
        ((ID, "gw4869", "--after", "three"), 3, "--after"),
        ((ID, "gw4869", "--png", "."), 7, "it is a folder"),
    ],
)
def test_what_cannot_be_is_refused_with_advice(
    mscape: Command, options: tuple[str, ...], code: int, words: str
) -> None:
    ended = mscape("schedule", *options)
    assert ended.code == code, ended.err
    assert words in ended.err
    assert "Traceback" not in ended.err
