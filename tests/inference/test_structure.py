"""What error-free read-outs could tell: on read-outs made by hand, and on the models of the atlas."""

from __future__ import annotations

import numpy as np
import pytest

from mscape.atlas.load import load_atlas
from mscape.experiments.bind import Bound, bind_record
from mscape.experiments.prior import Prior
from mscape.inference.axis import Axis, list_axes
from mscape.inference.likelihood import list_scored, measure_margins
from mscape.inference.particle import Particles
from mscape.inference.structure import Structure, analyse_readings, measure_structure

ATLAS = load_atlas()
LOG = Prior(1.0, "nM", 0.1, 10.0, "lognormal", "assumed")
FLAT = Prior(1.0, "nM", 0.1, 10.0, "loguniform", "assumed")
SHARE = Prior(0.5, "dimensionless", 0.0, 1.0, "uniform", "assumed")


def _analyse(formula: object, priors: dict[str, Prior]) -> Structure:
    axes = tuple(Axis(name, "parameter", prior) for name, prior in priors.items())

    def evaluate(points: Particles) -> np.ndarray:
        values = {axis.name: axis.place(points.take(axis.name, points.count)) for axis in axes}
        return np.stack(formula(values))  # type: ignore[operator]

    points = Particles(5, 4)
    evaluate(points)
    return analyse_readings(evaluate, points, axes)


def test_only_a_ratio_is_seen_whatever_the_priors() -> None:
    def read(v: dict[str, np.ndarray]) -> list[np.ndarray]:
        bound = v["ligand"] / (v["ligand"] + v["Kd"])
        return [bound, bound**2 + v["n"]]

    found = _analyse(read, {"ligand": FLAT, "Kd": LOG, "n": LOG, "idle": LOG})
    assert found.unseen == ("idle",)
    (pair,) = found.combinations
    assert set(pair.parameters) == {"ligand", "Kd"}
    assert pair.is_ratio
    assert found.rank == 2


def test_only_a_product_is_seen_and_a_share_is_never_part_of_one() -> None:
    found = _analyse(
        lambda v: [v["copies"] * v["escape"] * (1 + v["share"]), v["share"]],
        {"copies": FLAT, "escape": LOG, "share": SHARE},
    )
    (pair,) = found.combinations
    assert pair.is_product
    assert set(pair.parameters) == {"copies", "escape"}


def test_four_that_scale_together_are_one_combination() -> None:
    def read(v: dict[str, np.ndarray]) -> list[np.ndarray]:
        a, b, c, d = (v[name] for name in "abcd")
        return [a / d, b / d, c / d, (a + 2 * b) / (c + d)]

    (group,) = _analyse(read, dict.fromkeys("abcd", LOG)).combinations
    assert set(group.parameters) == set("abcd")
    assert set(group.powers) == {1.0}


def test_an_almost_flat_direction_is_not_called_flat() -> None:
    """A finite move must confirm what derivatives propose: here the ratio is nearly all that counts."""
    found = _analyse(lambda v: [v["a"] / v["b"] + 1e-4 * v["a"], v["c"]], {"a": LOG, "b": LOG, "c": LOG})
    assert found.combinations == ()
    assert found.rank == 2


def test_a_read_out_that_fails_says_nothing() -> None:
    found = _analyse(lambda v: [v["a"], np.full_like(v["a"], np.nan)], {"a": LOG})
    assert found.unseen == ()
    assert _analyse(lambda v: [np.full_like(v["a"], np.nan)], {"a": LOG}).unseen == ("a",)


@pytest.fixture(scope="module")
def bound() -> Bound:
    return bind_record(ATLAS.records["ji2015_gastric_exosome"], ATLAS)


@pytest.mark.slow
def test_of_a_vesicle_model_only_copies_over_their_half_effect_are_seen(bound: Bound) -> None:
    rows = list_scored(bound)
    points = Particles(1, 3)
    measure_margins(bound, points, rows)
    axes = list_axes(bound, points.axes)
    found = measure_structure(bound, points, axes, rows)
    paired = {frozenset(item.parameters) for item in found.combinations}
    assert frozenset({"vesicles_escape", "vesicles_cargo_copies"}) in paired
    assert frozenset({"vesicles_escape", "vesicles_half_copies"}) in paired
    # purified vesicles are given, so that no read-out knows how many MSC would release
    assert {"vesicles_secretion", "p1_max", "p8_max"} <= set(found.unseen)
    assert not {"mapk_half", "vesicles_uptake_share", "doubling_time"} & set(found.unseen)
    assert found.rank <= found.readings


def test_axes_are_numbers_one_could_know(bound: Bound) -> None:
    names = ["kill_max", "condition:hours", "o1:condition:hours", "ji2015:vesicles_secretion", "port_sign"]
    assert [axis.name for axis in list_axes(bound, names)] == ["kill_max"]


def test_potencies_and_reagents_have_their_words() -> None:
    il6 = bind_record(ATLAS.records["xu2018_breast_il6"], ATLAS)
    potency, reagent = list_axes(il6, ["ic50:doxorubicin:mda_mb_231", "perturbation:anti_il6"])
    assert (potency.kind, potency.label) == ("potency", "IC50 of doxorubicin in mda mb 231")
    assert (reagent.kind, reagent.label) == ("reagent", "strength of anti_il6")
    assert potency.place(np.array([0.5]))[0] == pytest.approx(potency.prior.value)
    assert reagent.prior.low is not None


@pytest.mark.parametrize("prior", [LOG, FLAT])
def test_a_shift_multiplies_the_value(prior: Prior) -> None:
    axis = Axis("k", "parameter", prior)
    places = np.array([0.2, 0.5, 0.8])
    moved = axis.place(axis.shift(places, np.full(3, 0.1)))
    np.testing.assert_allclose(moved, axis.place(places) * np.exp(0.1), rtol=1e-9)
