"""The bench: doses found, potencies calibrated, arms simulated once."""

from dataclasses import replace

import numpy as np
import pytest

from mscape.experiments.arm import Arm
from mscape.experiments.bench import SCAN, Bench, interpolate_dose, is_solved
from mscape.experiments.bind import Bound
from mscape.experiments.condition import make_grid
from mscape.experiments.contrast import read_arm
from mscape.experiments.culture import make_protocol
from mscape.experiments.prior import NOMINAL

ALONE = make_protocol("monoculture", 72.0)
DOSES = np.array([1.0, 10.0, 100.0])
NEAR = 0.08  # of viability: three doses a decade, joined by straight lines, on curves as steep as they come


def first_drug(bound: Bound) -> Arm:
    line = next(cell.id for cell in bound.record.mechanism.cells if cell.role == "tumour")
    return Arm(ALONE, line, drug=bound.record.mechanism.drugs[0])


@pytest.mark.parametrize(
    ("viability", "target", "dose"),
    [
        ([1.0, 0.5, 0.0], 0.5, 10.0),
        ([1.0, 0.6, 0.4], 0.5, 10**1.5),
        ([1.0, 0.0, 0.0], 0.5, 10**0.5),
        ([0.9, 0.8, 0.7], 0.5, np.nan),  # never there
        ([0.4, 0.3, 0.2], 0.5, np.nan),  # below from the first dose on
        ([0.5, 0.3, 0.2], 0.5, np.nan),
        (
            [1.0, 0.4, 0.9],
            0.5,
            8.801357382,
        ),  # the first crossing counts; logit(0.999) over logit(0.999) - logit(0.4)
        ([1.0, 1.0, 0.5], 0.5, 100.0),
        ([np.nan, np.nan, np.nan], 0.5, np.nan),
        ([1.0, np.nan, 0.2], 0.5, np.nan),
        ([1.0, 0.6, 0.4], np.nan, np.nan),
    ],
)
def test_a_dose_is_found_between_two_of_the_scan(viability: list[float], target: float, dose: float) -> None:
    found = interpolate_dose(np.array([viability]), np.array([target]), DOSES)
    np.testing.assert_allclose(found, [dose], rtol=1e-8)


def test_doses_of_trajectories_are_found_apart() -> None:
    viability = np.array([[1.0, 0.6, 0.4], [0.9, 0.8, 0.7], [1.0, 0.5, 0.0]])
    found = interpolate_dose(viability, np.array([0.5, 0.5, 0.5]), DOSES)
    np.testing.assert_allclose(found, [10**1.5, np.nan, 10.0])


def test_the_assay_at_the_ic50_leaves_half_of_the_cells(bound: Bound) -> None:
    """Potency calibration goes round: at the IC50 the 72 h monoculture reads 0.5, at nominal and in draws."""
    arm = first_drug(bound)
    for bench in (Bench(bound, NOMINAL), Bench(bound, 5, 6)):
        variant = bench.variant(arm)
        assert variant.potency is not None
        conditions = bench.conditions("none")
        potency = bench.potency(arm, len(conditions))
        ratio = variant.potency.ic50 / potency if bench.seed == NOMINAL else None
        values = bench.values(variant, len(conditions))
        flat = replace(
            make_grid("none").take(np.zeros(len(conditions), dtype=np.int64)),
            hours=np.full(len(conditions), 72.0),
        )
        relative = interpolate_dose(bench.scan(arm, values, flat), np.full(len(conditions), 0.5))
        living = bench.scan_doses(arm, values, flat, relative[:, None]).end("living")
        solved = np.isfinite(relative)
        assert solved.mean() >= 0.5
        np.testing.assert_allclose((living[:, 1] / living[:, 0])[solved], 0.5, atol=NEAR)
        if ratio is not None:
            np.testing.assert_allclose(ratio, relative, rtol=1e-9)


@pytest.mark.parametrize("effect_on", ["viability", "apoptosis"])
def test_halving_the_scan_finds_what_the_whole_scan_finds(bound: Bound, effect_on: str) -> None:
    """Bit for bit: any level, reached or not, below the first dose or above the last."""
    arm, draws = first_drug(bound), 40
    bench = Bench(bound, 11, draws)
    values, conditions = bench.values(bench.variant(arm), draws), bench.conditions("none")
    level = np.linspace(0.02, 1.02, draws)
    found = bench.find_dose(arm, values, conditions, level, effect_on)
    whole = interpolate_dose(bench.scan(arm, values, conditions, effect_on), level)
    np.testing.assert_array_equal(found, whole)
    assert 0 < np.isfinite(found).sum() < draws


def test_the_nominal_monoculture_ic50_is_that_of_its_sources(bound: Bound) -> None:
    arm = first_drug(bound)
    bench = Bench(bound, NOMINAL)
    potency = bench.variant(arm).potency
    assert potency is not None
    if potency.stand_in is not None:
        assert potency.stand_in in bench.variant(arm).stand_ins
    dose = replace(arm, dose=potency.ic50)
    at_72 = bench.conditions("none").hours == 72
    viability = read_arm(bench, dose, "none", "viability")[at_72]
    np.testing.assert_allclose(viability, 0.5, atol=NEAR)
    for factor, less in ((10**-potency.log10_sd, False), (10**potency.log10_sd, True)):
        other = read_arm(bench, replace(arm, dose=potency.ic50 * factor), "none", "viability")[at_72]
        assert ((other < 0.5) == less).all()


def test_a_dose_set_by_its_effect_has_that_effect_in_monoculture(bound: Bound) -> None:
    arm = first_drug(bound)
    bench = Bench(bound, NOMINAL)
    for effect_on, readout in (("viability", "viability"), ("apoptosis", "apoptosis")):
        measured = bench.measure(arm, "none", effect_on)
        loss = 1 - read_arm(bench, arm, "none", "viability")
        if readout == "apoptosis":
            loss = measured.end("annexin_positive")
        solved = is_solved(measured)
        assert solved.mean() >= 0.3
        np.testing.assert_allclose(loss[solved], bench.conditions("none").effect[solved], atol=NEAR)


def test_an_arm_is_simulated_once(il6: Bound) -> None:
    seen: list[int] = []
    bench = Bench(il6, 1, 3, progress=seen.append)
    arm = Arm(ALONE, "mcf7")
    first = bench.measure(arm, "none")
    assert sum(seen) == 3
    assert bench.measure(arm, "none") is first
    assert sum(seen) == 3


def test_more_draws_keep_the_first_ones(il6: Bound) -> None:
    arm = replace(first_drug(il6), msc="bc_msc", protocol=make_protocol("contact", 48.0))
    few, many = (Bench(il6, 3, count).measure(arm, "cells") for count in (2, 4))
    for name in ("living", "annexin_positive", "stat3_phospho"):
        np.testing.assert_array_equal(many.end(name)[:2], few.end(name))


def test_seeds_give_draws_of_their_own(il6: Bound) -> None:
    first, second = (Bench(il6, seed, 3).measure(Arm(ALONE, "mcf7"), "none").end("living") for seed in (1, 2))
    assert (first != second).all()


def test_a_dose_that_cannot_be_had_fails_its_trajectory_and_no_other(il6: Bound) -> None:
    bench = Bench(il6, NOMINAL)
    conditions = bench.conditions("none")
    dose = np.full(len(conditions), 1.0)
    dose[3] = np.nan
    arm = first_drug(il6)
    measured = bench._simulate(arm, bench.values(bench.variant(arm), len(conditions)), conditions, dose)
    assert (~is_solved(measured)).nonzero()[0].tolist() == [3]
    assert np.isnan(measured.end("living")[3])


def test_an_extrapolation_takes_another_drug_and_line(il6: Bound) -> None:
    bench = Bench(il6, NOMINAL, drug="doxorubicin", line="mda_mb_231")
    arm = first_drug(il6)
    plain = Bench(il6, NOMINAL)
    np.testing.assert_array_equal(
        bench.measure(arm, "none").end("living"),
        plain.measure(replace(arm, drug="doxorubicin", tumour="mda_mb_231"), "none").end("living"),
    )


def test_doses_of_a_scan_span_four_decades_around_the_potency() -> None:
    assert SCAN[0] < 0.02
    assert SCAN[-1] > 100
    assert (np.diff(SCAN) > 0).all()
