"""Tables of rankings: every number is the one of the JSON, and counts are counted."""

from __future__ import annotations

from typing import Any

from benchmarks.ranking.page import make_blocks

SHARE = {"low": 0.21, "median": 0.5, "high": 0.8}
WEAK = {"low": -0.3, "median": 0.0, "high": 0.1}


def make_answer(**data: Any) -> dict[str, Any]:
    return {"provenance": {"seed": 3, "version": "0"}, "data": {"draws": 77, "ensembles": [], **data}}


def make_row(outcome: str, result: str, *, as_asked: bool | None) -> dict[str, Any]:
    return {
        "outcome": outcome, "result": result, "interventions": ["a", "b"], "species": "mouse",
        "tried_in": "t", "tried_with": "d", "tumour": "u", "drug": "e", "near": "tumour", "share": SHARE,
        "word": "removes", "as_asked": as_asked,
    }  # fmt: skip


def test_outcomes_are_counted_once_though_several_niches_say_of_them() -> None:
    rows = [
        make_row("x", "failure", as_asked=True),
        make_row("x", "failure", as_asked=False),
        make_row("y", "failure", as_asked=True),
        make_row("z", "mixed", as_asked=None),
    ]
    block = make_blocks([make_answer(kind="outcomes", outcomes=rows)])["outcomes"]
    assert "77 draws from the priors, seed 3" in block
    assert "Failures not above *uncertain*: 1 of 2. Successes above zero at the lower end: 0 of 0" in block
    twice = "<br>".join(["u, e: 50 (21 to 80) %, removes"] * 2)
    assert f"| failure | a + b | mouse: t, d | tumour | {twice} | in some |" in block
    assert block.count("| mixed |") == 1


def test_a_success_is_counted_at_the_lower_end_and_in_the_middle() -> None:
    rows = [make_row("x", "success", as_asked=True), make_row("y", "success", as_asked=False)]
    rows[1]["share"] = WEAK
    block = make_blocks([make_answer(kind="outcomes", outcomes=rows)])["outcomes"]
    assert "lower end: 1 of 2; in the middle, which was not asked: 1 of 2." in block


def test_a_matrix_counts_words_and_names_what_takes_most() -> None:
    cells = [
        {"intervention": "a", "word": "no effect", "share": WEAK},
        {"intervention": "b", "word": "removes", "share": SHARE},
        {"intervention": "c", "word": "hypothesis", "share": None},
    ]
    one = {"mechanism": "m", "counted": 5, "cells": cells}
    empty = {"mechanism": "n", "counted": 0, "cells": []}
    answer = make_answer(kind="matrix", mechanisms=[one, empty], ensembles=["m"])
    block = make_blocks([answer])["matrix-ensemble"]
    assert "| `m` | 5 | 1 | 0 | 1 | 1 | b: 50 (21 to 80) % |" in block
    assert "| `n` | 0 | 0 | 0 | 0 | 0 | – |" in block
    assert "| all | | 1 | 0 | 1 | 1 | |" in block


def test_controls_of_all_rankings_stand_in_one_table() -> None:
    control = {
        "mechanism": "m", "counted": 40, "irrelevant": {"a": WEAK, "b": None}, "at_zero": 1,
        "told_apart": 0.9, "permuted": 0.5,
    }  # fmt: skip
    silent = {**control, "mechanism": "n", "irrelevant": {}, "told_apart": None, "permuted": None}
    answer = make_answer(kind="ranking", tumour="t", drug="d", controls=[control, silent])
    lines = make_blocks([answer, answer])["controls"].splitlines()
    assert sum("| t, d | `m` | 40 | 1 of 1 | 90\u00a0% | 50\u00a0% |" in line for line in lines) == 2
    assert sum("| `n` | 40 | – | – | – |" in line for line in lines) == 2
