"""Outcomes against ranks: the rule, and that the table holds every reported outcome whatever it shows."""

import pytest

from mscape.atlas.load import Atlas
from mscape.treatment.fate import Near, compare_outcomes, judge_outcome, list_settings
from mscape.treatment.removal import Draws
from tests.treatment.test_rank import make_ranked


@pytest.mark.parametrize(
    ("result", "share", "doubts", "asked"),
    [
        ("failure", (0.3, 0.5, 0.9), (), False),  # it would remove, and failed
        ("failure", (0.1, 0.5, 0.9), (), True),
        ("failure", (0.3, 0.5, 0.9), ("exposure unknown",), True),
        ("success", (0.1, 0.5, 0.9), (), True),
        ("success", (0.001, 0.5, 0.9), (), False),
        ("success", None, (), False),
        ("mixed", (0.3, 0.5, 0.9), (), None),
    ],
)
def test_a_failure_must_not_remove_and_a_success_must_take_something(
    result: str, share: tuple[float, float, float] | None, doubts: tuple[str, ...], asked: bool | None
) -> None:
    assert judge_outcome(result, make_ranked("a", share, *doubts)) is asked


def test_each_tumour_and_drug_is_composed_once(atlas: Atlas) -> None:
    settings = list_settings(atlas)
    assert len(settings) == len(set(settings)) < len(atlas.records)
    assert ("mondo:0011996", "imatinib") in settings


@pytest.mark.slow
def test_the_table_holds_every_outcome_that_was_read_and_its_nearest_niche(atlas: Atlas) -> None:
    fates = compare_outcomes(atlas, Draws(20, lambda _: 1))
    read = [row.outcome for row in atlas.interventions.outcomes if row.read != "unverified"]
    assert list(dict.fromkeys(fate.outcome.outcome for fate in fates)) == read
    mice = [fate for fate in fates if fate.outcome.outcome == "plerixafor_cml_mice"]
    assert [(fate.drug, fate.near) for fate in mice] == [("imatinib", Near.BOTH)]
    pair = next(fate for fate in fates if fate.outcome.outcome == "cox_txas_pifa_mice")
    assert pair.ranked.names == ("indomethacin", "ozagrel")
    for fate in fates:
        assert fate.as_asked == judge_outcome(fate.outcome.result, fate.ranked)
