"""Granting the claim: what moves, how far, and that nothing else does."""

import pytest

from mscape.atlas.load import Atlas
from mscape.experiments.bench import Bench
from mscape.experiments.bind import Bound, bind_record, make_variant, with_values
from mscape.experiments.grant import ENOUGH, grant_claim, list_candidates
from mscape.experiments.prior import NOMINAL

ROWS = ("xu2018_breast_il6", "ji2015_gastric_exosome", "wang2018_all_mitochondria")


def bind(atlas: Atlas, row: str) -> Bound:
    return bind_record(atlas.records[row], atlas)


@pytest.mark.parametrize("row", ROWS)
def test_moved_values_stay_in_their_stated_range(atlas: Atlas, row: str) -> None:
    for move in grant_claim(bind(atlas, row)).moves:
        assert move.low <= move.nominal <= move.high


@pytest.mark.parametrize("row", ROWS)
def test_only_the_rows_own_numbers_may_move(atlas: Atlas, row: str) -> None:
    bound = bind(atlas, row)
    own = {line.parameter for line in bound.record.parameters}
    names = list_candidates(bound)
    assert all(name in own or name.startswith(tuple(f"{label}_" for label in bound.uses)) for name in names)
    assert not any(name.startswith(("residual", "p5_", "kill_", "doubling")) for name in names)


def test_a_signal_that_is_enough_moves_nothing(atlas: Atlas) -> None:
    granted = grant_claim(bind(atlas, "ji2015_gastric_exosome"))
    assert granted.moves == ()
    assert granted.before == granted.after >= ENOUGH


def test_a_weak_signal_moves_and_reaches_enough_without_overshoot(atlas: Atlas) -> None:
    granted = grant_claim(bind(atlas, "wang2018_all_mitochondria"))
    assert granted.before < ENOUGH <= granted.after < ENOUGH * 1.05
    assert granted.is_enough
    assert not granted.moves[-1].is_at_end


def test_a_claim_with_its_step_off_cannot_be_granted(atlas: Atlas) -> None:
    bound = with_values(bind(atlas, "ji2015_gastric_exosome"), {"vesicles_escape": 0.0})
    granted = grant_claim(bound)
    assert granted.after == pytest.approx(0.0, abs=1e-6)
    assert not granted.is_enough


def test_nominal_benches_use_what_was_granted_and_draws_do_not(atlas: Atlas) -> None:
    bound = bind(atlas, "wang2018_all_mitochondria")
    values = grant_claim(bound).values
    name, nominal = next(iter(values.items()))
    for seed, expected in ((NOMINAL, True), (1, False)):
        bench = Bench(bound, seed, 5, nominal=values)
        drawn = bench.values(make_variant(bound, bound.record.mechanism.drugs[0], None), 5)[name]
        assert bool((drawn == nominal).all()) is expected
