"""Totals of scored contrasts made by hand."""

from dataclasses import replace
from typing import Any

import pytest

from mscape.experiments.graph import BASELINES
from mscape.experiments.outcome import classify
from mscape.experiments.score import Scored
from mscape.experiments.total import count_scores, measure_accuracy, name_kind, total_scores

NONE, ALWAYS, GRAPH = BASELINES


def make(name: str, **changes: Any) -> Scored:
    row = Scored(
        mechanism="xu2018_breast_il6", contrast=name, observation="o", kind="up", readout="viability",
        reported="", paper="xu2018", group="row paper", step=None, in_scope=True, reason=None,
        outcome="reproduced", grid_share=1.0, blind_share=0.5, held_out_share=None, share=0.5,
        class_="informative", bits=1.0, effect=None,
        effect_unit="", tally={}, baselines=dict.fromkeys(BASELINES, False),
    )  # fmt: skip
    return replace(row, **changes)


def leave_out(name: str, reason: str) -> Scored:
    return make(
        name,
        in_scope=False,
        reason=reason,
        outcome="out of scope",
        share=None,
        class_=None,
        bits=0.0,
        baselines={},
    )


ROWS = (
    make("a", held_out_share=0.9, share=0.5, bits=1.0, baselines={NONE: False, ALWAYS: True, GRAPH: True}),
    make("b", blind_share=0.8, held_out_share=0.5, share=0.25, bits=2.0,
         baselines={NONE: False, ALWAYS: True, GRAPH: False}),
    make("c", share=0.99, bits=0.0, class_="built in", baselines={NONE: True, ALWAYS: False, GRAPH: True}),
    make("d", outcome="too small", share=0.01, bits=0.0, class_="against", group="other papers",
         paper="bmri2014",
         baselines={NONE: False, ALWAYS: False, GRAPH: True}),
    make("e", outcome="failed", share=None, bits=0.0, class_=None, mechanism="ji2015_gastric_exosome"),
    leave_out("f", "in vivo"),
    leave_out("g", "in vivo"),
    leave_out("h", "clinical"),
)  # fmt: skip


def test_classes_are_counted_apart_and_never_added_up() -> None:
    counts = count_scores(ROWS)
    assert counts.classes == {"informative": 2, "against": 1, "built in": 1, "unsolved": 1}
    assert counts.bits == 3.0
    assert not hasattr(counts, "score")
    assert not hasattr(counts, "total")


def test_what_is_out_of_scope_is_counted_by_reason_and_nowhere_else() -> None:
    counts = count_scores(ROWS)
    assert (counts.contrasts, counts.in_scope, counts.reproduced) == (8, 5, 3)
    assert counts.out_of_scope == {"clinical": 1, "in vivo": 2}


def test_baselines_are_counted_on_the_same_contrasts() -> None:
    counts = count_scores(ROWS)
    assert counts.baselines == {NONE: 1, ALWAYS: 2, GRAPH: 3}
    assert counts.beyond_graph == (1, 1)  # b is the model's alone, d the graph's alone


def test_what_is_fitted_predicted_and_blind_are_counted_apart() -> None:
    counts = count_scores(ROWS)
    assert counts.reproduced == 3
    assert counts.held_out == (1, 2)  # a is predicted, b is not, nobody asked for the others
    assert counts.blind == 1
    assert "papers left out" in measure_accuracy(ROWS)


def test_totals_are_split_by_group_and_by_mechanism() -> None:
    totals = total_scores(ROWS)
    assert totals.overall == count_scores(ROWS)
    assert totals.by_group["row paper"].contrasts == 7
    assert totals.by_group["other papers"].classes["against"] == 1
    assert totals.by_group["same group"].contrasts == 0
    assert totals.by_mechanism["ji2015_gastric_exosome"].in_scope == 1
    for parts in (totals.by_group, totals.by_mechanism):
        assert sum(part.contrasts for part in parts.values()) == 8


def test_kinds_of_statement_are_counted_in_scope_alone() -> None:
    rows = (*ROWS, make("g", kind="down", outcome="opposite"))
    assert total_scores(rows).by_kind == {"protects": (3, 5), "sensitises": (0, 1)}


def test_nothing_scored_totals_to_nothing() -> None:
    totals = total_scores([])
    assert totals.overall.contrasts == 0
    assert totals.balanced_accuracy == {}
    assert measure_accuracy((leave_out("f", "in vivo"),)) == {}


def test_an_iterator_can_be_totalled_once() -> None:
    assert total_scores(iter(ROWS)) == total_scores(ROWS)


@pytest.mark.parametrize(
    ("kind", "readout", "name"),
    [
        ("up", "viability", "protects"),
        ("down", "viability", "sensitises"),
        ("up", "apoptosis", "sensitises"),
        ("down", "apoptosis", "protects"),
        ("up", "ic50", "protects"),
        ("no change", "viability", "no change"),
        ("partial", "viability", "ordered or partial"),
        ("ordered", "apoptosis", "ordered or partial"),
    ],
)
def test_statements_are_of_four_kinds(kind: str, readout: str, name: str) -> None:
    assert name_kind(make("a", kind=kind, readout=readout)) == name


def test_balanced_accuracy_weighs_kinds_and_not_contrasts() -> None:
    many = [make(f"up{i}", paper=f"p{i}") for i in range(9)]
    rows = (*many, make("down", kind="down", outcome="opposite", paper="q"))
    value, low, high = measure_accuracy(rows)["model"]
    assert value == pytest.approx(0.5)
    assert low <= value <= high


def test_intervals_hold_their_values_for_model_and_baselines() -> None:
    rows = tuple(
        make(f"c{i}", paper=f"p{i % 5}", kind=("up", "down", "no change")[i % 3],
             outcome=("reproduced", "too small")[i % 4 == 0],
             baselines={NONE: i % 3 == 2, ALWAYS: i % 3 == 0, GRAPH: i % 2 == 0})
        for i in range(30)
    )  # fmt: skip
    found = measure_accuracy(rows)
    assert set(found) == {"model", "claim granted", *BASELINES}
    for value, low, high in found.values():
        assert 0 <= low <= value <= high <= 1
    assert measure_accuracy(rows) == found


def test_the_bootstrap_resamples_papers_and_not_contrasts() -> None:
    def spread(papers: int) -> float:
        rows = tuple(
            make(f"c{i}", paper=f"p{i % papers}", outcome=("reproduced", "too small")[i % papers % 2])
            for i in range(40)
        )
        _, low, high = measure_accuracy(rows)["model"]
        return high - low

    assert spread(2) > 2 * spread(40)


def test_one_paper_has_no_interval() -> None:
    value, low, high = measure_accuracy((make("a"), make("b", outcome="opposite")))["model"]
    assert value == low == high == 0.5


def test_bits_belong_to_a_share_between_5_and_95_percent() -> None:
    for row in ROWS:
        if row.share is not None and row.in_scope:
            assert row.class_ == classify(row.share)
