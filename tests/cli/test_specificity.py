"""Each row's experiments on every row's model: the table, who is not specific, and the JSON."""

import json
from importlib import resources

import jsonschema  # type: ignore[import-untyped]
import numpy as np
import pytest

from mscape.cli.specificity import plain_row, print_specificity, shorten_ids
from mscape.experiments.transplant import Specificity
from tests.cli.conftest import Command

IDS = ("xu2018_breast_il6", "tu2016_os_il6", "ji2015_gastric_exosome")
FAMILIES = {IDS[0]: IDS[:2], IDS[1]: IDS[:2], IDS[2]: IDS[2:]}


def make_specificity() -> Specificity:
    """Row 1 is matched by 2 (its own signal) and 3 (another); row 2 is specific; row 3 compares with none."""
    nan = np.nan
    share = np.array([[0.8, 0.8, 0.9], [0.2, 0.7, 0.1], [nan, nan, 0.6]])
    own = np.array([[0.8, 0.8, 0.8], [0.7, 0.7, 0.7], [nan, nan, 0.6]])
    return Specificity(IDS, share, own, np.array([[4, 4, 3], [2, 2, 2], [0, 0, 5]]))


def test_text_names_what_is_not_specific_and_to_whom(capsys: pytest.CaptureFixture[str]) -> None:
    print_specificity(make_specificity(), FAMILIES)
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert any(line.split() == ["1", "xu2018", "80", "80", "90"] for line in lines)
    assert any(line.split() == ["3", "ji2015", "-", "-", "60"] for line in lines)
    assert "xu2018: not specific within its signal: tu2016 as well" in lines
    assert "xu2018: not specific across signals: ji2015 as well" in lines
    assert "specific: 1 of 3 (tu2016)" in lines
    assert lines[-1] == "nothing to compare: ji2015"


def test_seventeen_rows_fit_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    ids = tuple(f"author20{i:02}_x_y" for i in range(17))
    ones = np.ones((17, 17))
    print_specificity(Specificity(ids, ones, ones, ones.astype(int)), dict.fromkeys(ids, ()))
    table = capsys.readouterr().out.splitlines()[1:19]
    assert max(map(len, table)) <= 90
    assert len(table[3].split()) == 19


def test_plain_row_has_no_number_where_nothing_maps() -> None:
    rows = [plain_row(make_specificity(), key, FAMILIES) for key in IDS]
    assert [row["specific"] for row in rows] == [False, True, None]
    assert rows[0]["equals"] == [
        {"model": IDS[1], "same_signal": True},
        {"model": IDS[2], "same_signal": False},
    ]
    assert rows[2]["models"] == [
        {"model": IDS[0], "share": None, "own": None, "contrasts": 0},
        {"model": IDS[1], "share": None, "own": None, "contrasts": 0},
        {"model": IDS[2], "share": 0.6, "own": 0.6, "contrasts": 5},
    ]


def test_ids_that_would_read_the_same_stay_whole() -> None:
    assert shorten_ids(["a2018_x_y", "b2018_x_y", "b2018_x_z"]) == ("a2018", "b2018_x_y", "b2018_x_z")


def test_one_row_has_nothing_to_compare_with(mscape: Command) -> None:
    ended = mscape("specificity", IDS[0])
    assert ended.code == 2
    assert "two or more" in ended.err


@pytest.mark.slow
def test_two_rows_against_each_other(mscape: Command) -> None:
    ended = mscape("specificity", *IDS[:2], "--draws", 5, "--seed", 3, "--json")
    assert ended.code == 0, ended.err
    answer = json.loads(ended.out)
    schema = (resources.files("mscape.cli") / "schema" / "specificity.json").read_text(encoding="utf-8")
    jsonschema.validate(answer, json.loads(schema))
    rows = answer["data"]["rows"]
    assert [row["id"] for row in rows] == list(IDS[:2])
    assert all(row["models"][i]["contrasts"] > 0 for i, row in enumerate(rows))
    assert answer["provenance"]["seed"] == 3
    assert "(2 of 2)" in ended.err
