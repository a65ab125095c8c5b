"""What a fit aims at: axes sorted by whose they are, waves that stop early, evidence of what was measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chisquare

from mscape.atlas.load import load_atlas
from mscape.atlas.row import ContrastRow
from mscape.engine import simulate
from mscape.experiments.bench import Bench, is_solved
from mscape.experiments.bind import Bound, bind_record
from mscape.experiments.score import group_arms
from mscape.inference.fit import fit_mechanism
from mscape.inference.likelihood import list_scored, measure_log_likelihood, measure_margins
from mscape.inference.particle import Particles
from mscape.inference.smc import Array, Target, advance, begin, sample_posterior
from mscape.inference.target import Hearing, make_target, plan_waves, probe_parts

ATLAS = load_atlas()
SMALL = "ji2015_gastric_exosome"
COUNT = 30


@pytest.fixture(scope="module")
def bound() -> Bound:
    return bind_record(ATLAS.records[SMALL], ATLAS)


@pytest.fixture(scope="module")
def target(bound: Bound) -> Target:
    return make_target(bound, list_scored(bound))


def test_layers_part_the_axes_and_each_holds_all_that_its_terms_depend_on(
    bound: Bound, target: Target
) -> None:
    axes = [name for layer in target.layers for group in layer.groups for name in group.axes]
    points = Particles(1, COUNT)
    before = measure_margins(bound, points, list_scored(bound))
    assert sorted(axes) == sorted(points.axes)
    for layer in target.layers:
        terms = [term for group in layer.groups for term in group.terms]
        assert len(terms) == len(set(terms))
        group = layer.groups[-1]
        moved = replace(points, axes=points.axes | {name: 1 - points.axes[name] for name in group.axes})
        after = measure_margins(bound, moved, list_scored(bound))
        others = [term for term in range(before.shape[1]) if term not in group.terms]
        np.testing.assert_array_equal(before[:, others], after[:, others])


def test_terms_kept_through_moves_are_those_of_the_particles(target: Target) -> None:
    state = begin(target, count=COUNT, seed=3)
    for _ in range(2):
        state = advance(target, state, moves=2)
        again = target.measure(state.particles, np.full(state.particles.count, -np.inf))
        np.testing.assert_array_equal(again, state.terms)


def test_a_wave_stops_only_what_cannot_be_accepted(bound: Bound) -> None:
    rows = list_scored(bound)
    solved = [0]

    def count(number: int) -> None:
        solved[0] += number

    hearing = Hearing(bound, rows, plan_waves(probe_parts(bound, rows)), count)
    points = Particles(2, COUNT)
    whole = hearing.measure(points, np.full(COUNT, -np.inf))
    all_of_them, solved[0] = solved[0], 0
    least = np.full(COUNT, float(np.median(whole.sum(axis=1))))
    found = hearing.measure(points, least)
    wanted = whole.sum(axis=1) >= least
    np.testing.assert_array_equal(found[wanted], whole[wanted])
    assert (found[~wanted].sum(axis=1) < least[~wanted]).all()
    assert solved[0] < all_of_them


@pytest.mark.slow
def test_any_number_of_cores_gives_the_same_bits(bound: Bound, monkeypatch: pytest.MonkeyPatch) -> None:
    fits = []
    for cores in (1, 2):
        monkeypatch.setattr(simulate, "count_cores", lambda cores=cores: cores)
        fits.append(fit_mechanism(bound, seed=1, particles=300, contrasts=list_scored(bound)[:2], moves=1))
    assert fits[0].log_evidence == fits[1].log_evidence
    np.testing.assert_array_equal(fits[0].margins, fits[1].margins)


def _weaken(bound: Bound, name: str) -> Bound:
    """Return the same mechanism, but one perturbation does nearly nothing."""
    mechanism = bound.record.mechanism
    items = tuple(
        item.model_copy(update={"value": 1.0, "low": None, "high": None}) if item.id == name else item
        for item in mechanism.perturbations
    )
    record = replace(bound.record, mechanism=mechanism.model_copy(update={"perturbations": items}))
    return replace(bound, record=record)


def _find_rows(bound: Bound, name: str) -> tuple[list[ContrastRow], list[ContrastRow]]:
    """Return contrasts with and without an arm of a perturbation."""
    arms = group_arms(bound)
    rows = list_scored(bound)
    used = [row for row in rows if any(name in arm.perturbation for arm in arms[row.observation].values())]
    return used, [row for row in rows if row not in used]


@pytest.mark.slow
def test_an_arm_that_nobody_measured_does_not_change_the_evidence() -> None:
    first = bind_record(ATLAS.records["zeng2020_npc_il6"], ATLAS)
    name = next(item.id for item in first.record.mechanism.perturbations if item.how == "factor")
    second = _weaken(first, name)
    used, unused = _find_rows(first, name)
    heard = unused[:3]
    evidence = [
        fit_mechanism(one, seed=seed, particles=150, contrasts=heard)
        for one, seed in ((first, 1), (second, 1), (second, 2))
    ]
    assert evidence[0].log_evidence == evidence[1].log_evidence
    error = np.hypot(evidence[0].log_evidence_error, evidence[2].log_evidence_error)
    assert evidence[0].log_evidence == pytest.approx(evidence[2].log_evidence, abs=4 * error + 0.1)
    measured = [measure_margins(one, Particles(1, COUNT), used) for one in (first, second)]
    assert not np.array_equal(measured[0], measured[1])  # where the arm is measured, the two differ


@pytest.mark.slow
def test_ranks_of_a_mechanisms_parameters_are_uniform(bound: Bound) -> None:
    """Simulation-based calibration (Talts et al. 2018, arXiv 1804.06788).

    A truth is drawn from the prior, and from it whether each paper reports its contrast; the posterior of
    what was reported must rank the truth uniformly.
    """
    rows = list_scored(bound)
    base = make_target(bound, rows)
    truths = Particles(99, 100)
    chance = np.exp(measure_log_likelihood(measure_margins(bound, truths, rows)))
    reported = np.random.default_rng(5).random(chance.shape) < chance
    watched = _find_decisive(base)
    ranks = []
    for index in range(truths.count):

        def measure(points: Particles, least: Array, seen: Array = reported[index]) -> Array:
            terms = base.measure(points, np.full(points.count, -np.inf))
            return np.where(seen, terms, np.log1p(-np.exp(terms)))

        found = sample_posterior(replace(base, measure=measure), count=50, seed=index, moves=3)
        ranks += [(found.particles.axes[name] < truths.axes[name][index]).mean() for name in watched]
    counts = np.histogram(ranks, bins=5, range=(0, 1))[0]
    assert chisquare(counts).pvalue > 0.01


def _find_decisive(target: Target) -> list[str]:
    """Return the shared axes that go most with the likelihood under the prior."""
    state = begin(target, count=400, seed=1)
    names = target.layers[0].groups[0].axes
    total = state.log_likelihood
    strength = [abs(np.corrcoef(state.particles.axes[name], total)[0, 1]) for name in names]
    return [names[place] for place in np.argsort(strength)[::-1][:2]]


def test_without_contrasts_the_ensemble_is_the_prior(bound: Bound) -> None:
    fitted = fit_mechanism(bound, seed=1, particles=20, contrasts=())
    assert fitted.log_evidence == 0
    assert fitted.margins.shape == (20, 0)
    assert fitted.particles.axes == {}
    assert fitted.draw_source(bound).take("kill_max", 20).std() > 0


def test_an_ensemble_is_a_source_of_draws_for_a_new_experiment(bound: Bound) -> None:
    fitted = fit_mechanism(bound, seed=1, particles=20, moves=1)
    before = set(fitted.particles.axes)
    source = fitted.draw_source(bound, 10)
    bench = Bench(bound, source, source.count)
    arms = next(iter(group_arms(bound).values()))
    assert is_solved(bench.measure(next(iter(arms.values())), "none")).all()
    assert set(fitted.particles.axes) == before
    assert source.count == 10
    assert fitted.draw_source(bound).count == 20
    assert fitted.unique_ancestors <= 20
    assert 1 <= fitted.effective_sample <= 20
    assert fitted.met.shape == (len(fitted.contrasts),)
