"""Tables of schedules: every number is the one of the JSON, each niche once."""

from __future__ import annotations

from typing import Any

from benchmarks.schedules.page import make_blocks

SHARE = {"low": 0.21, "median": 0.5, "high": 0.8}


def make_answer(niche: str, **data: Any) -> dict[str, Any]:
    told = {"draws": 77, "ensembles": [], "niche": niche, "tumour": niche, "drug": "d", "mechanisms": ["m"]}
    return {
        "provenance": {"seed": 3, "version": "0"},
        "data": {**told, "handled": [], "persistence": None, **data},
    }


def make_persistence(counted: int) -> dict[str, Any]:
    return {
        "counted": counted, "lasting": 11, "half_time": {"low": 0.0, "median": 12.3, "high": None},
        "fading": None, "gaps": [{"hours": 0, "left": SHARE}, {"hours": 48, "left": None}],
    }  # fmt: skip


def test_a_niche_stands_once_and_times_beyond_the_gaps_are_told() -> None:
    answers = [make_answer(name, persistence=make_persistence(at)) for at, name in enumerate("aab")]
    block = make_blocks(answers)["persistence"]
    assert "77 draws from the priors, seed 3" in block
    times = "12 h (0 h to over 48 h) | too few draws to say, 11 draws |"
    assert f"| a, d | `m` | 0 | 50 (21 to 80) % | – | – | {times}" in block
    assert block.count("| a, d |") == block.count("| b, d |") == 1


def test_the_reference_has_no_difference() -> None:
    timed = {"interventions": ["x", "y"], "share": SHARE}
    handled = {
        "name": "around", "counted": 9,
        "schedules": [{"name": "s", "area": 24.0}, {"name": "c", "area": 96.0}],
        "timed": [
            {**timed, "schedule": "s", "against_continuous": SHARE, "word": "takes more"},
            {**timed, "schedule": "c", "against_continuous": None, "word": None},
        ],
    }  # fmt: skip
    block = make_blocks([make_answer("a", handled=[handled])])["schedules"]
    assert (
        "| x + y, a | around (9 draws) | s | 24 | 50 (21 to 80) % | 50 (21 to 80) % | takes more |" in block
    )
    assert "| x + y, a | around (9 draws) | c | 96 | 50 (21 to 80) % | – | – |" in block
