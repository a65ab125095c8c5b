"""A contrast: its arms read, each trajectory judged, and what a plate could not show called saturated."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mscape.atlas.record import Culture, Protocol
from mscape.atlas.row import ContrastRow
from mscape.experiments import contrast
from mscape.experiments.arm import Arm
from mscape.experiments.bench import Bench
from mscape.experiments.bind import Bound
from mscape.experiments.contrast import find_threshold, find_vehicle, judge_contrast, read_arm, split_readout
from mscape.experiments.culture import CULTURES, make_protocol
from mscape.experiments.outcome import THRESHOLDS, Outcome

CONTACT = make_protocol("contact", 48.0)
DRUG = Arm(CONTACT, "mcf7", drug="cisplatin")
ARMS = {
    "drug_msc": replace(DRUG, msc="bc_msc"),
    "drug": DRUG,
    "anti": replace(DRUG, msc="bc_msc", perturbation=("anti_il6",)),
}


def make_row(kind: str, readout: str = "viability", **changes: Any) -> ContrastRow:
    columns = {
        "contrast": "c",
        "observation": "o",
        "kind": kind,
        "readout": readout,
        "arm": ("drug_msc",),
        "versus": "drug",
    }
    return ContrastRow(**(columns | {"paper": "xu2018", "scope": "in"} | changes))


@pytest.mark.parametrize(
    ("culture", "vehicle"),
    [
        ("monoculture", "none"),
        ("contact", "cells"),
        ("transwell", "cells"),
        ("relay", "cells"),
        ("conditioned medium", "medium"),
        ("exosome", "vesicles"),
    ],
)
def test_every_culture_has_a_vehicle_if_an_arm_has_msc(culture: Culture, vehicle: str) -> None:
    protocol: Protocol = make_protocol(culture, 24.0)
    assert culture in CULTURES
    assert find_vehicle([Arm(protocol, "mcf7"), Arm(protocol, "mcf7", "bc_msc")]) == vehicle
    assert find_vehicle([Arm(protocol, "mcf7"), Arm(protocol, "mcf7", drug="cisplatin")]) == "none"


@pytest.mark.parametrize(
    ("readout", "count", "split"),
    [
        ("viability", 3, ["viability"] * 3),
        ("a;b", 2, ["a", "b"]),
        ("a;b", 3, ["a", "b", "b"]),
        ("a;", 2, ["a", "a"]),
    ],
)
def test_a_readout_may_differ_between_the_first_arm_and_the_rest(
    readout: str, count: int, split: list[str]
) -> None:
    assert split_readout(readout, count) == split


def test_a_molecular_readout_has_the_threshold_of_its_kind(il6: Bound) -> None:
    bench = Bench(il6, 1, 2)
    kinds = {item.id: item.kind for item in il6.record.mechanism.readouts}
    for key, kind in kinds.items():
        assert find_threshold(bench, key) == THRESHOLDS[kind]
    assert find_threshold(bench, "viability") == THRESHOLDS["viability"]


def judge(
    il6: Bound, monkeypatch: pytest.MonkeyPatch, row: ContrastRow, readings: dict[str, list[float]]
) -> tuple[list[str], np.ndarray, str]:
    """Judge a contrast with readings given by hand: ``drug``, ``drug_msc`` and ``anti``."""

    def read(bench: Bench, arm: Arm, vehicle: str, readout: str) -> np.ndarray:
        name = next(name for name, known in ARMS.items() if known == arm)
        return np.array(readings[name])

    monkeypatch.setattr(contrast, "read_arm", read)
    monkeypatch.setattr(Bench, "conditions", lambda self, vehicle: readings["drug"])
    judged = judge_contrast(Bench(il6, 1, 2), row, ARMS)
    return [str(outcome) for outcome in judged.outcomes], judged.effect, judged.unit


def test_each_trajectory_is_judged_apart(il6: Bound, monkeypatch: pytest.MonkeyPatch) -> None:
    readings = {"drug": [0.5] * 5, "drug_msc": [0.61, 0.55, 0.39, np.nan, 0.5]}
    outcomes, effect, unit = judge(il6, monkeypatch, make_row("up"), readings)
    assert outcomes == ["reproduced", "too small", "opposite", "failed", "too small"]
    np.testing.assert_allclose(effect, [0.11, 0.05, -0.11, np.nan, 0.0], atol=1e-12)
    assert unit == "difference"


@pytest.mark.parametrize(
    ("alone", "outcome"), [(0.95, "saturated"), (0.89, "too small"), (0.11, "too small"), (0.05, "saturated")]
)
def test_a_reference_that_kills_too_little_or_too_much_is_saturated(
    il6: Bound, monkeypatch: pytest.MonkeyPatch, alone: float, outcome: str
) -> None:
    outcomes, _, _ = judge(il6, monkeypatch, make_row("up"), {"drug": [alone], "drug_msc": [alone]})
    assert outcomes == [outcome]


def test_a_saturated_plate_counts_for_nothing_even_if_it_agrees(
    il6: Bound, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes, _, _ = judge(il6, monkeypatch, make_row("up"), {"drug": [0.05], "drug_msc": [0.4]})
    assert outcomes == ["saturated"]


def test_apoptosis_is_saturated_by_its_own_percentages(il6: Bound, monkeypatch: pytest.MonkeyPatch) -> None:
    readings = {"drug": [5.0, 50.0, 95.0], "drug_msc": [5.0, 49.0, 95.0]}
    outcomes, _, unit = judge(il6, monkeypatch, make_row("down", "apoptosis"), readings)
    assert outcomes == ["saturated", "too small", "saturated"]
    assert unit == "points"


def test_a_molecule_is_never_saturated(il6: Bound, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes, effect, unit = judge(
        il6, monkeypatch, make_row("up", "pstat3"), {"drug": [0.01], "drug_msc": [0.012]}
    )
    assert outcomes == ["too small"]
    assert (effect[0], unit) == (pytest.approx(1.2), "fold")


def test_a_part_is_the_share_of_the_protection_that_is_removed(
    il6: Bound, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make_row("partial", arm=("anti",), versus="drug_msc", unprotected="drug")
    readings = {
        "drug": [0.4] * 6,
        "drug_msc": [0.6, 0.6, 0.6, 0.6, 0.45, 0.4],
        "anti": [0.5, 0.45, 0.41, 0.65, 0.42, 0.4],
    }
    outcomes, effect, unit = judge(il6, monkeypatch, row, readings)
    assert outcomes == ["reproduced", "reproduced", "different", "opposite", "too small", "too small"]
    np.testing.assert_allclose(effect[:4], [0.5, 0.75, 0.95, -0.25])
    assert unit == "share removed"


def test_an_order_reads_every_arm(il6: Bound, monkeypatch: pytest.MonkeyPatch) -> None:
    row = make_row("ordered", arm=("drug_msc", "anti", "drug"), versus=None)
    readings = {"drug": [0.4, 0.4, 0.6], "drug_msc": [0.6, 0.6, 0.4], "anti": [0.5, 0.6, 0.5]}
    outcomes, effect, _ = judge(il6, monkeypatch, row, readings)
    assert outcomes == ["reproduced", "too small", "opposite"]
    np.testing.assert_allclose(effect, [0.2, 0.2, -0.2])


def test_a_value_is_a_ratio_of_two_arms(il6: Bound, monkeypatch: pytest.MonkeyPatch) -> None:
    row = make_row("value", "pstat3", value=2.0, error=0.2)
    outcomes, effect, _ = judge(il6, monkeypatch, row, {"drug": [0.1] * 3, "drug_msc": [0.2, 0.3, 0.05]})
    assert outcomes == ["reproduced", "different", "opposite"]
    np.testing.assert_allclose(effect, [2, 3, 0.5])


def test_viability_is_relative_to_the_untreated_well_of_the_same_culture(il6: Bound) -> None:
    bench = Bench(il6, 2, 2)
    arm = replace(ARMS["drug_msc"], dose=2e4)
    living = bench.measure(arm, "cells").end("living")
    untreated = bench.measure(arm.without(drug=True), "cells").end("living")
    np.testing.assert_array_equal(read_arm(bench, arm, "cells", "viability"), living / untreated)


def test_an_arm_without_drug_is_relative_to_the_plain_monoculture(il6: Bound) -> None:
    bench = Bench(il6, 2, 2)
    msc = ARMS["drug_msc"].without(drug=True)
    plain = bench.measure(msc.without(msc=True), "cells").end("living")
    np.testing.assert_array_equal(
        read_arm(bench, msc, "cells", "viability"), bench.measure(msc, "cells").end("living") / plain
    )


def test_gr_of_the_untreated_well_is_1_and_falls_with_the_drug(il6: Bound) -> None:
    bench = Bench(il6, 2, 2)
    np.testing.assert_allclose(read_arm(bench, DRUG.without(drug=True), "none", "gr"), 1.0)
    low, high = (read_arm(bench, replace(DRUG, dose=dose), "none", "gr") for dose in (5e3, 1e5))
    assert (high < low).all()
    assert (high >= -1).all()


def test_a_readout_with_a_turned_sign_reads_the_inverse(il6: Bound) -> None:
    readouts = il6.record.mechanism.readouts
    bax = next(item for item in readouts if item.id == "bax")
    turned = bax.model_copy(update={"id": "no_bax", "sign": -1})
    mechanism = il6.record.mechanism.model_copy(update={"readouts": (*readouts, turned)})
    bench = Bench(replace(il6, record=replace(il6.record, mechanism=mechanism)), 2, 2)
    arm = ARMS["drug_msc"].without(drug=True)
    np.testing.assert_allclose(
        read_arm(bench, arm, "cells", "no_bax") * read_arm(bench, arm, "cells", "bax"), 1.0
    )


def test_a_trajectory_that_failed_reads_nothing(il6: Bound) -> None:
    bench = Bench(il6, 2, 2)
    arm = replace(DRUG, dose=float("nan"))
    for readout in ("viability", "apoptosis", "count", "pstat3"):
        assert np.isnan(read_arm(bench, arm, "none", readout)).all()
    outcome = judge_contrast(
        bench, make_row("up"), {"drug": arm, "drug_msc": replace(arm, msc="bc_msc")}
    ).outcomes
    assert set(outcome) == {Outcome.FAILED}
