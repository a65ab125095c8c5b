"""Verdicts on ensembles whose answer is known: problems made so, sampled as mechanisms are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mscape.atlas.load import load_atlas
from mscape.experiments.bind import bind_record
from mscape.experiments.prior import Prior
from mscape.inference.axis import Axis
from mscape.inference.fit import fit_mechanism
from mscape.inference.identify import Identified, ParameterVerdict, identify_parameters, judge_axes
from mscape.inference.marginal import Verdict, to_normal
from mscape.inference.null_space import Combination
from mscape.inference.particle import Particles
from mscape.inference.structure import Structure, analyse_readings

LOG = Prior(1.0, "nM", 0.1, 10.0, "lognormal", "assumed")
FLAT = Prior(1.0, "nM", 0.1, 10.0, "loguniform", "assumed")
NAMES = ("a", "b", "free", "known", "bounded")
AXES = tuple(Axis(name, "parameter", FLAT if name == "b" else LOG) for name in NAMES)
COUNT = 1500


def _condition(log_likelihood: Callable[[dict[str, np.ndarray]], np.ndarray], seed: int) -> Particles:
    """Draw an ensemble exactly, by rejection: no sampler stands between the problem and the verdict."""
    prior = Particles(seed, 400_000)
    values = {axis.name: np.log(axis.place(prior.take(axis.name, prior.count))) for axis in AXES}
    likely = np.exp(log_likelihood(values))
    kept = np.flatnonzero(np.random.default_rng(seed).random(prior.count) < likely)
    assert len(kept) >= COUNT
    return prior.select(kept[:COUNT])


def _hear(values: dict[str, np.ndarray]) -> np.ndarray:
    ratio = (values["a"] - values["b"] - 0.5) / 0.3
    known = (values["known"] - 0.3) / 0.4
    bounded = np.where(values["bounded"] > 0.2, 0.0, -30.0)
    return np.asarray(-0.5 * ratio**2 - 0.5 * known**2 + bounded)


def _read(points: Particles) -> np.ndarray:
    values = {axis.name: np.log(axis.place(points.take(axis.name, points.count))) for axis in AXES}
    return np.stack([values["a"] - values["b"], values["known"], values["bounded"]])


def _judge(seed: int) -> tuple[dict[str, ParameterVerdict], list[str]]:
    points = Particles(seed, 4)
    _read(points)
    structure = analyse_readings(_read, points, AXES)
    parameters, combinations = judge_axes(_condition(_hear, seed), AXES, structure, COUNT)
    return {item.parameter: item for item in parameters}, [item.text for item in combinations]


@pytest.mark.parametrize("seed", range(3))
def test_each_number_gets_the_verdict_it_was_made_for(seed: int) -> None:
    found, texts = _judge(seed)
    assert found["free"].verdict == Verdict.UNINFORMED
    assert found["free"].reason == "no read-out of the record depends on it"
    assert found["known"].verdict == Verdict.DETERMINED
    assert found["bounded"].verdict == Verdict.BELOW
    assert {found[name].verdict for name in "ab"} == {Verdict.RATIO}
    assert {found[name].combination for name in "ab"} == {"a / b"}
    assert texts == ["a / b"]


def test_a_ratio_is_found_in_the_ensemble_where_the_structure_names_none() -> None:
    blind = Structure(NAMES, 3, 4, 3, (), (), (1.0,) * len(NAMES))
    parameters, combinations = judge_axes(_condition(_hear, 7), AXES, blind, COUNT)
    assert [set(item.parameters) for item in combinations] == [{"a", "b"}]
    assert combinations[0].verdict == Verdict.RATIO
    assert not combinations[0].exact
    assert combinations[0].ensemble[0] <= np.exp(0.5) <= combinations[0].ensemble[2]
    assert [item.parameter for item in parameters][-1] == "free"  # the least known last


def test_nothing_heard_is_nothing_known() -> None:
    structure = Structure(NAMES, 3, 4, 3, (), (Combination(("a", "b"), (1.0, 1.0)),), (1.0,) * len(NAMES))
    prior = Particles(3, COUNT)
    for name in NAMES:
        prior.take(name, COUNT)
    parameters, combinations = judge_axes(prior, AXES, structure, COUNT)
    assert {item.verdict for item in parameters} == {Verdict.UNINFORMED}
    assert combinations == ()


def test_a_product_is_told_from_a_ratio() -> None:
    def hear(values: dict[str, np.ndarray]) -> np.ndarray:
        return np.asarray(-0.5 * ((values["a"] + values["free"]) / 0.3) ** 2)

    structure = Structure(NAMES, 1, 4, 1, (), (), (1.0,) * len(NAMES))
    _, combinations = judge_axes(_condition(hear, 5), AXES, structure, COUNT)
    assert [item.verdict for item in combinations] == [Verdict.PRODUCT]


@pytest.mark.slow
def test_a_mechanism_is_identified_and_its_verdicts_follow_its_ensemble() -> None:
    atlas = load_atlas()
    bound = bind_record(atlas.records["ji2015_gastric_exosome"], atlas)
    ensemble = fit_mechanism(bound, seed=1, particles=60, moves=1)
    found = identify_parameters(bound, ensemble)
    assert isinstance(found, Identified)
    assert 1 <= found.effective <= 60
    assert found == identify_parameters(bound, ensemble)
    names = {item.parameter for item in found.parameters}
    assert names == set(found.structure.parameters)
    verdicts = {item.parameter: item for item in found.parameters}
    assert all(verdicts[name].verdict == Verdict.UNINFORMED for name in found.structure.unseen)
    one = verdicts["mapk_half"]
    assert one.spread == pytest.approx(to_normal(ensemble.particles.axes["mapk_half"]).std())


def test_an_ensemble_worth_too_few_draws_says_so_and_claims_nothing() -> None:
    """The same particles, counted as four families: what looks narrow may be one family."""
    structure = Structure(NAMES, 3, 4, 3, ("free",), (), (1.0,) * len(NAMES))
    parameters, _ = judge_axes(_condition(_hear, 7), AXES, structure, 4.0)
    found = {item.parameter: item for item in parameters}
    assert found["known"].verdict == Verdict.UNINFORMED
    assert found["known"].reason == "the ensemble is worth too few draws to tell this from chance"
    assert found["free"].reason == "no read-out of the record depends on it"
