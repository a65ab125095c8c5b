"""Composing models: what several say of one number is pooled, and what contradicts itself is refused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.atlas.load import Atlas
from mscape.atlas.row import ParameterRow
from mscape.errors import ModelError
from mscape.experiments.compose import compose_models, pool_rows
from mscape.experiments.node import Part, shorten_ids
from mscape.network.motif import read_wiring

FORMS = ("lognormal", "loguniform", "uniform", "fixed")


def make_row(kind: str, low: float, high: float, unit: str = "nM") -> ParameterRow:
    ends = {} if kind == "fixed" else {"low": low, "high": high}
    whole = {"parameter": "x", "value": (low * high) ** 0.5, "unit": unit, "distribution": kind}
    return ParameterRow.model_validate({**whole, **ends, "source": "assumed"})


rows = st.builds(
    lambda kind, low, fold: make_row(kind, low, low * fold),
    st.sampled_from(FORMS),
    st.floats(0.01, 10),
    st.floats(1.5, 1000),
)


@given(st.lists(rows, min_size=1, max_size=4))
def test_a_pooled_range_holds_all_it_was_made_of(several: list[ParameterRow]) -> None:
    named = {f"m{place}": row for place, row in enumerate(several)}
    pooled = pool_rows("y", named)
    assert pooled == pool_rows("y", dict(reversed(named.items()))).model_copy(
        update={"source": pooled.source}
    )
    assert pooled.parameter == "y"
    low = pooled.value if pooled.low is None else pooled.low
    high = pooled.value if pooled.high is None else pooled.high
    assert low <= pooled.value <= high
    for row in several:
        assert low <= (row.value if row.low is None else row.low)
        assert high >= (row.value if row.high is None else row.high)


def test_what_may_be_zero_is_pooled_to_a_uniform_range() -> None:
    pooled = pool_rows("x", {"a": make_row("fixed", 0.0, 0.0), "b": make_row("lognormal", 1.0, 4.0)})
    assert (pooled.distribution, pooled.low, pooled.value, pooled.high) == ("uniform", 0.0, 2.0, 4.0)


def test_one_number_in_two_units_is_refused() -> None:
    with pytest.raises(ModelError, match="given in nM and per_h"):
        pool_rows("x", {"a": make_row("fixed", 1, 1), "b": make_row("fixed", 1, 1, "per_h")})


def test_a_name_of_a_shared_node_set_to_two_things_is_refused(atlas: Atlas) -> None:
    record = atlas.records["xu2018_breast_il6"]
    ids = ("smith2025_breast_il6", "xu2018_breast_il6")
    shorts = shorten_ids(ids)
    parts = []
    for key, law in zip(ids, ("1", "2"), strict=True):
        text = f"{record.model}\nil6r_expression := {law};"
        mechanism = record.mechanism.model_copy(update={"id": key})
        own = replace(record, model=text, mechanism=mechanism)
        parts.append(Part(key, shorts[key], own, read_wiring(text, atlas.motifs)))
    with pytest.raises(ModelError, match="il6r_expression is set to something else"):
        compose_models(parts, atlas)
