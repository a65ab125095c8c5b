"""Dose–response with and without MSC, and the experiment a user asks for."""

from dataclasses import replace

import numpy as np
import pytest

from mscape.atlas.record import Culture
from mscape.errors import UnknownIdError, UsageError
from mscape.experiments import dose_response
from mscape.experiments.bind import Bound, make_variant
from mscape.experiments.dose_response import ABOVE, BELOW, Setting, resolve_setting, simulate_dose_response
from mscape.experiments.simulate import simulate_experiment

DRAWS = 3


def test_the_curve_without_msc_falls_through_the_ic50_of_the_line(il6: Bound) -> None:
    result = simulate_dose_response(il6, Setting(), seed=1, draws=DRAWS)
    potency = make_variant(il6, "cisplatin", "mcf7").potency
    assert potency is not None
    alone = result.curves["without MSC"]
    assert result.dose[0] < potency.ic50 < result.dose[-1]
    assert alone.viability.shape == (3, len(result.dose))
    assert (np.diff(alone.viability, axis=0) >= 0).all()  # percentiles are in order
    assert (np.diff(alone.viability, axis=1) <= 1e-3).all()  # more drug, fewer cells
    assert alone.viability[1, 0] > 0.9
    assert alone.viability[1, -1] < 0.2
    ic50 = alone.summary["ic50"]
    assert isinstance(ic50, tuple)
    assert potency.ic50 / 30 < ic50[1] < potency.ic50 * 30


def test_the_monoculture_has_one_curve_and_no_shift(il6: Bound) -> None:
    result = simulate_dose_response(il6, Setting(culture="monoculture"), seed=1, draws=DRAWS)
    assert set(result.curves) == {"without MSC"}
    assert result.fold_shift == "no MSC in this culture"


def test_the_shift_is_that_of_each_draw_in_its_own_curves(il6: Bound) -> None:
    result = simulate_dose_response(il6, Setting(culture="contact"), seed=1, draws=1)
    first, second = (result.curves[name].summary["ic50"] for name in ("without MSC", "with MSC"))
    assert isinstance(first, tuple)
    assert isinstance(second, tuple)
    assert result.fold_shift == pytest.approx((second[1] / first[1],) * 3)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1.0, 2.0, 3.0], (1.0, 2.0, 3.0)),
        ([1.0, np.inf, np.inf], ABOVE),
        ([0.0, 0.0, 3.0], BELOW),
        ([np.nan, np.nan], ABOVE),
        ([np.nan, 2.0], (2.0, 2.0, 2.0)),
    ],
)
def test_what_lies_beyond_the_doses_is_said_in_words(values: list[float], said: object) -> None:
    assert dose_response._interval(np.array(values)) == said


def test_another_drug_or_line_is_an_extrapolation(il6: Bound) -> None:
    assert not resolve_setting(il6, Setting())[1]
    assert not resolve_setting(il6, Setting(drug="doxorubicin", line="mda_mb_231"))[1]
    assert resolve_setting(il6, Setting(drug="cytarabine"))[1]
    assert resolve_setting(il6, Setting(line="ags"))[1]


def test_what_is_not_chosen_comes_from_the_record(il6: Bound) -> None:
    arm, _ = resolve_setting(il6, Setting())
    assert (arm.tumour, arm.msc, arm.drug) == ("mcf7", "bc_msc", "cisplatin")
    assert arm.protocol.culture == "conditioned medium"


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (Setting(hours=0.0), "hours"),
        (Setting(hours=-3.0), "hours"),
        (Setting(hours=float("nan")), "hours"),
        (Setting(hours=float("inf")), "hours"),
        (Setting(hours=5000.0), "hours"),
        (Setting(ratio=0.0), "ratio"),
        (Setting(ratio=-1.0), "ratio"),
        (Setting(ratio=float("nan")), "ratio"),
        (Setting(share=0.0), "share"),
        (Setting(share=1.5), "share"),
        (Setting(culture="spheroid"), "culture"),  # type: ignore[arg-type]
        (Setting(msc="mcf7"), "msc"),
        (Setting(perturb=("anti-il7",)), "perturbation"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(il6: Bound, setting: Setting, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        resolve_setting(il6, setting)


@pytest.mark.parametrize("setting", [Setting(drug="cisplatine"), Setting(line="mfc7")])
def test_an_unknown_drug_or_line_is_refused(il6: Bound, setting: Setting) -> None:
    with pytest.raises(UnknownIdError):
        simulate_dose_response(il6, setting, seed=1, draws=1)
    with pytest.raises(UnknownIdError):
        simulate_experiment(il6, setting, dose=None, seed=1, draws=1)


@pytest.mark.parametrize("dose", [-1.0, float("nan"), float("inf")])
def test_a_dose_that_cannot_be_is_refused(il6: Bound, dose: float) -> None:
    with pytest.raises(UsageError, match="dose"):
        simulate_experiment(il6, Setting(), dose=dose, seed=1, draws=1)


def test_an_experiment_has_every_arm_of_what_was_asked(il6: Bound) -> None:
    setting = Setting(perturb=("anti-IL6",), hours=24.0)
    found = simulate_experiment(il6, setting, dose=1e4, seed=1, draws=DRAWS)
    assert list(found.arms) == ["untreated", "drug", "MSC", "drug + MSC", "drug + MSC + anti_il6"]
    assert found.arms["untreated"]["viability"] == pytest.approx((1.0, 1.0, 1.0))
    assert found.solved == 1.0
    for readings in found.arms.values():
        assert set(readings) == set(found.units)
        for interval in readings.values():
            assert interval is not None
            assert interval == tuple(sorted(interval))
    drug = found.arms["drug"]["viability"]
    assert drug is not None
    assert drug[1] < 1


def test_dose_0_asks_for_no_drug(il6: Bound) -> None:
    found = simulate_experiment(il6, Setting(), dose=0.0, seed=1, draws=DRAWS)
    assert list(found.arms) == ["untreated", "MSC"]


@pytest.mark.parametrize(
    "culture", ["monoculture", "contact", "transwell", "conditioned medium", "exosome", "relay"]
)
def test_every_model_can_be_simulated_in_every_culture(bound: Bound, culture: Culture) -> None:
    found = simulate_experiment(bound, Setting(culture=culture, hours=72.0), dose=None, seed=1, draws=8)
    # the dose of 75 % effect cannot be had where a drug hardly kills, as in primary CML cells
    assert found.solved >= 0.5
    assert ("MSC" in found.arms) == (culture != "monoculture")
    for readings in found.arms.values():
        for name in ("viability", "count", "apoptosis"):
            interval = readings[name]
            assert interval is not None
            assert min(interval) >= 0


def test_more_draws_keep_the_first_ones(il6: Bound) -> None:
    arms = [
        simulate_experiment(replace(il6), Setting(hours=24.0), dose=1e4, seed=1, draws=1).arms
        for _ in range(2)
    ]
    assert arms[0] == arms[1]
