"""Periods of an arm: what fresh medium takes and gives, and what comes and goes between periods."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mscape.atlas.record import Period, Perturbation
from mscape.engine.batch import Array
from mscape.engine.batch import Period as Laid
from mscape.experiments.arm import CELLS, MSC, Arm
from mscape.experiments.bench import Bench
from mscape.experiments.bind import Bound
from mscape.experiments.contrast import read_arm
from mscape.experiments.culture import make_protocol

DRAWS = 12
WITH = ("tumour", "msc", "drug")
GIVEN = (*WITH, "perturbation")


def set_to(key: str, *names: str, how: str = "level", value: float = 5.0) -> Perturbation:
    return Perturbation(
        id=key, label=key, kind="inhibitor", target="msc", parameters=names, how=how, value=value, source="x"  # type: ignore[arg-type]
    )  # fmt: skip


def make_arm(bound: Bound, periods: Sequence[tuple[tuple[str, ...], float]], **fields: Any) -> Arm:
    made = tuple(Period(period="p", contents=contents, hours=hours) for contents, hours in periods)  # type: ignore[arg-type]
    protocol = make_protocol("transwell", 48.0).model_copy(update={"periods": made})
    cells = bound.record.mechanism.cells
    tumour, msc = (next(cell.id for cell in cells if cell.role == role) for role in ("tumour", "msc"))
    return Arm(protocol, tumour, msc, bound.record.mechanism.drugs[0], ("given",), **fields)


def add(bound: Bound, item: Perturbation) -> Bound:
    mechanism = bound.record.mechanism
    changed = mechanism.model_copy(update={"perturbations": (*mechanism.perturbations, item)})
    return replace(bound, record=replace(bound.record, mechanism=changed))


def lay(bound: Bound, arm: Arm) -> tuple[tuple[Laid, ...], dict[str, Array], Array]:
    bench = Bench(bound, 3, DRAWS)
    values, dose = bench.values(bench.variant(arm), DRAWS), np.linspace(1.0, 2.0, DRAWS)
    return bench.lay_down(arm, values, bench.conditions("cells"), dose)[1], values, dose


def read_changes(period: Laid) -> dict[str, Any]:
    assert len({change.name for change in period.changes}) == len(period.changes)
    return {change.name: change.values for change in period.changes}


def test_a_cut_through_a_period_changes_nothing(il6: Bound) -> None:
    """What stays in the contents is not touched: a perturbation in all periods is as it ever was."""
    bound = add(il6, set_to("given", "il6_antibody", "il6_antibody_side"))
    whole, _, _ = lay(bound, make_arm(bound, [(GIVEN, 48.0)]))
    cut, _, _ = lay(bound, make_arm(bound, [(GIVEN, 20.0), (GIVEN, 28.0)]))
    assert cut[1].changes == ()
    assert [(c.name, c.how) for c in cut[0].changes] == [(c.name, c.how) for c in whole[0].changes]
    for mine, theirs in zip(cut[0].changes, whole[0].changes, strict=True):
        np.testing.assert_array_equal(mine.values, theirs.values)
    bench = Bench(bound, 3, DRAWS)
    arms = [make_arm(bound, parts, dose=1e4) for parts in ([(GIVEN, 48.0)], [(GIVEN, 20.0), (GIVEN, 28.0)])]
    one, other = (read_arm(bench, arm, "cells", "viability") for arm in arms)
    np.testing.assert_allclose(one, other, atol=1e-3)


def test_fresh_medium_takes_what_is_dissolved_and_gives_the_rest_anew(il6: Bound) -> None:
    bound = add(il6, set_to("given", "il6_antibody", "il6_antibody_side"))
    laid, _, dose = lay(bound, make_arm(bound, [(GIVEN, 20.0), (GIVEN, 28.0)], fresh=(1,)))
    names = [change.name for change in laid[1].changes]
    for name in ("il6_free", "il6_side", "il6_bound", "msc_factor", "msc_factor_side"):
        assert laid[1].changes[names.index(name)].values == 0.0
    assert not {*CELLS, *MSC, "drug_cell", "damage", "exchange"} & set(names)
    last = {change.name: change.values for change in laid[1].changes}  # washed first, then given
    np.testing.assert_array_equal(last["drug"], dose)
    np.testing.assert_array_equal(last["il6_antibody"], np.full(DRAWS, 5.0))
    without, _, _ = lay(bound, make_arm(bound, [(GIVEN, 20.0), (("tumour", "msc"), 28.0)], fresh=(1,)))
    gone = {change.name: change.values for change in without[1].changes}
    assert gone["drug"] == 0.0
    assert gone["il6_antibody"] == 0.0


@pytest.mark.parametrize("how", ["level", "factor"])
def test_a_perturbation_that_leaves_gives_back_what_was_drawn(il6: Bound, how: str) -> None:
    bound = add(il6, set_to("given", "stat3_jak", how=how, value=0.5))
    laid, values, _ = lay(bound, make_arm(bound, [(WITH, 9.0), (GIVEN, 9.0), (WITH, 9.0)]))
    base = values.get("stat3_jak", np.ones(DRAWS))
    assert "stat3_jak" not in read_changes(laid[0])
    given = read_changes(laid[1])["stat3_jak"]
    np.testing.assert_allclose(given, 0.5 * base if how == "factor" else 0.5)
    np.testing.assert_array_equal(np.broadcast_to(read_changes(laid[2])["stat3_jak"], DRAWS), base)


def test_what_is_not_drawn_goes_back_to_the_model_s_own_value(il6: Bound) -> None:
    """As the sign of the ports, which is 1: it must not become 0 when a perturbation of it ends."""
    bound = add(il6, set_to("given", "port_sign", value=0.0))
    laid, values, _ = lay(bound, make_arm(bound, [(GIVEN, 9.0), (WITH, 9.0)]))
    back = np.broadcast_to(read_changes(laid[1])["port_sign"], DRAWS)
    own = values.get("port_sign", np.full(DRAWS, bound.network.inputs["port_sign"] or 0.0))
    np.testing.assert_array_equal(back, own)
    assert (back == 1).all()
