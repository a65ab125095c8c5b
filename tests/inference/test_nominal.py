"""The most plausible parameter set: found by one rule, inside the ranges, and the tables that hold it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.atlas.load import load_atlas
from mscape.experiments import nominal as tables
from mscape.experiments.arm import Arm
from mscape.experiments.bench import Bench
from mscape.experiments.bind import Bound, bind_record
from mscape.experiments.grant import Move
from mscape.experiments.nominal import (
    HELD_OUT,
    NOMINAL,
    find_held_out,
    find_moved,
    find_values,
    list_moved,
)
from mscape.experiments.prior import NOMINAL as NOMINAL_SEED
from mscape.experiments.prior import Prior, locate_value, sample_prior
from mscape.experiments.score import group_arms
from mscape.experiments.spread import find_spread
from mscape.inference.likelihood import list_scored
from mscape.inference.nominal import LEAST_GAIN, Candidates, Search, find_nominal, list_movable
from mscape.store import read_table
from tests.cli.answer import read_schema
from tests.cli.conftest import Command
from tests.cli.conftest import mscape as mscape  # noqa: PLC0414 - the fixture

ATLAS = load_atlas()
ID = "ji2015_gastric_exosome"


class _At:
    def __init__(self, place: float) -> None:
        self.place = place

    def take(self, name: str, count: int) -> np.ndarray:
        return np.full(count, self.place)


@pytest.fixture(scope="module")
def bound() -> Bound:
    return bind_record(ATLAS.records[ID], ATLAS)


@given(
    low=st.floats(0.01, 1),
    width=st.floats(1.1, 100),
    share=st.floats(0.05, 0.95),
    kind=st.sampled_from(["loguniform", "uniform"]),
)
def test_the_place_of_a_value_gives_the_value(low: float, width: float, share: float, kind: str) -> None:
    high = low * width
    value = low + share * (high - low) if kind == "uniform" else low * width**share
    prior = Prior(value, "", low, high, kind, "assumed")  # type: ignore[arg-type]
    assert sample_prior(prior, "x", _At(locate_value(prior, value)), 1)[0] == pytest.approx(value, rel=1e-6)


def test_every_candidate_meets_every_condition_of_the_square() -> None:
    candidates = Candidates({"a": 0.5}, {"a": np.array([0.1, 0.9])}, 18)
    effect, hours = (candidates.take(f"condition:{name}", 18) for name in ("effect", "hours"))
    pairs = set(zip(candidates.take("a", 18), np.round(effect, 6), np.round(hours, 6), strict=True))
    assert len(pairs) == 18
    assert candidates.take("other", 18).tolist() == [0.5] * 18
    np.testing.assert_array_equal(
        candidates.take("condition:ratio", 18), candidates.take("condition:vesicles", 18)
    )


def test_numbers_that_a_drug_or_a_line_gives_do_not_move(bound: Bound) -> None:
    movable = list_movable(bound)
    assert not {"doubling_time", "drug_loss", "kill_max"} & set(movable)
    assert "p5_max" in movable


def test_a_move_must_be_worth_its_cost(bound: Bound) -> None:
    """Without contrasts there is nothing to gain, and every move costs."""
    assert find_nominal(bound, contrasts=()) == ()


def _make_search(bound: Bound, rows: int = 0) -> Search:
    scored = list_scored(bound)
    return Search(bound, scored[:rows] if rows else scored, list_movable(bound), spread=find_spread(bound))


def test_a_paper_sees_what_is_shared_and_what_is_its_own() -> None:
    bound = bind_record(ATLAS.records["zeng2020_npc_il6"], ATLAS)
    search = _make_search(bound)
    name = "il6_secretion"
    share = search.spread[name]
    places = {name: 1.0, f"{name}@zeng2020": -1.0, "p5_max": 0.5}
    assert search.see(places, "") == {name: pytest.approx((1 - share) ** 0.5), "p5_max": 0.5}
    own = search.see(places, "zeng2020")[name]
    assert own == pytest.approx((1 - share) ** 0.5 - share**0.5)
    assert search.see({name: 9.0}, "") == {name: pytest.approx(1.645)}
    assert "growth_cells" not in search.list_keys(), "what MSC do to growth is each paper's own"
    assert "growth_cells@zeng2020" in search.list_keys()


@pytest.mark.slow
def test_what_is_a_papers_own_moves_only_its_own_contrasts() -> None:
    bound = bind_record(ATLAS.records["zeng2020_npc_il6"], ATLAS)
    search = _make_search(bound)
    paper = next(iter(search.papers))
    moved = {f"{name}@{paper}": 1.645 for name in search.spread if name in search.movable}
    cost = sum(place**2 for place in moved.values()) / 2
    nothing, own = search.measure([{}, moved])
    of_paper = search._measure_paper([{}, search.see(moved, paper)], search.papers[paper])
    assert of_paper[0] != of_paper[1]
    assert own - nothing == pytest.approx(of_paper[1] - of_paper[0] - cost, abs=1e-9)


def test_values_of_a_paper_take_the_place_of_the_usual_ones() -> None:
    usual = Move("a", 1.0, 2.0, 0.0, 3.0, "nM", 1.0)
    own = Move("a", 1.0, 3.0, 0.0, 3.0, "nM", 1.0, "smith2020")
    for order in ((usual, own), (own, usual)):
        assert find_values(order) == {"a": 2.0}
        assert find_values(order, "smith2020") == {"a": 3.0}
        assert find_values(order, "jones2021") == {"a": 2.0}


def test_a_nominal_ic50_is_what_the_dose_is_measured_by() -> None:
    bound = bind_record(ATLAS.records["xu2018_breast_il6"], ATLAS)
    arms = [arm for arms in group_arms(bound).values() for arm in arms.values()]
    arm = next(arm for arm in arms if arm.dose is not None and Bench(bound, 1).variant(arm).potency)
    usual = _find_dose(bound, arm, {})
    potency = Bench(bound, 1).variant(arm).potency
    assert potency is not None
    doubled = _find_dose(bound, arm, {f"ic50:{arm.drug}:{arm.tumour}": 2 * potency.ic50})
    np.testing.assert_allclose(usual, 2 * doubled)


def _find_dose(bound: Bound, arm: Arm, nominal: dict[str, float]) -> np.ndarray:
    return Bench(bound, NOMINAL_SEED, nominal=nominal)._dose(arm, "none", "viability")


@pytest.mark.slow
def test_a_search_climbs_and_stays_inside_the_ranges(bound: Bound) -> None:
    other = bind_record(ATLAS.records["zeng2020_npc_il6"], ATLAS)
    rows = list_scored(other)[:4]
    search = Search(other, rows, list_movable(other))
    end = search.climb({})
    assert end.reached >= search.measure([{}])[0]
    for item in search.describe(end):
        assert item.low * 0.99 <= item.nominal <= item.high * 1.01
        assert item.gain > 0
    again = search.climb({})
    assert again == end
    better = search.measure([end.places])[0] - search.measure([{}])[0]
    assert better >= LEAST_GAIN * bool(end.places)


def test_the_tables_name_parameters_of_the_models_within_their_ranges() -> None:
    rows = read_table(NOMINAL).rows
    assert {row.cells["mechanism"] for row in rows} == set(ATLAS.records), "run mscape fit --point"
    for key in ATLAS.records:
        bound = bind_record(ATLAS.records[key], ATLAS)
        moved = list_moved(key)
        movable, papers = list_movable(bound), {row.paper for row in bound.record.contrasts}
        assert moved == find_moved(bound), f"{key}: a parameter is gone: run mscape fit --point"
        for item in moved or ():
            prior = movable[item.parameter]
            stated = (prior.value, prior.low, prior.high)
            assert item.paper in {"", *papers}
            assert stated == pytest.approx((item.middle, item.low, item.high), rel=1e-5), (
                f"{key} {item.parameter} has another range now: run mscape fit --point"
            )
            spread = abs(item.high - item.low)
            assert item.low - 0.01 * spread <= item.nominal <= item.high + 0.01 * spread


def test_predictions_are_of_contrasts_in_scope_and_of_their_paper() -> None:
    rows = read_table(HELD_OUT).rows
    known = {
        (key, row.contrast, row.paper)
        for key, record in ATLAS.records.items()
        for row in record.contrasts
        if row.scope == "in"
    }
    told = {(row.cells["mechanism"], row.cells["contrast"], row.cells["paper"]) for row in rows}
    assert told == known, "run mscape fit --point --hold-out"


def test_a_mechanism_that_was_not_fitted_has_no_nominal_set(tmp_path: Path, bound: Bound) -> None:
    assert list_moved("nobody2026_some_signal") is None
    assert find_held_out("nobody2026_some_signal", "c", "p") is None
    table = tmp_path / "nominal.tsv"
    table.write_text("\t".join(tables.NOMINAL_COLUMNS) + "\nx\t\t\t\t\t\t\t\t\n", encoding="utf-8")
    assert tables._load_moved(table) == {"x": ()}
    assert tables._load_moved(tmp_path / "none.tsv") == {}


def test_the_command_writes_what_the_tables_hold(mscape: Command, tmp_path: Path) -> None:
    ended = mscape("fit", ID, "--point", "--out", tmp_path, "--json")
    assert ended.code == 0, ended.err
    answer = json.loads(ended.out)
    jsonschema.validate(answer, read_schema("fit"))
    rows = read_table(tmp_path / "nominal.tsv", required=tables.NOMINAL_COLUMNS).rows
    assert {row.cells["mechanism"] for row in rows} == {ID}
    text = mscape("fit", ID, "--point")
    assert ID in text.out
