"""What must hold in every model of the atlas, whatever its parameters: few draws, each of all of them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mscape.atlas.load import load_atlas
from mscape.atlas.record import Culture, Period, Perturbation, Protocol
from mscape.engine.batch import Array, Change, Status, Tolerance
from mscape.engine.batch import Period as Stretch
from mscape.engine.simulate import simulate
from mscape.experiments.arm import CELLS, Arm, make_periods
from mscape.experiments.bench import SCORE_TOLERANCE, Bench, Measured
from mscape.experiments.bind import Bound, bind_record
from mscape.experiments.contrast import find_vehicle, read_arm
from mscape.experiments.culture import find_msc, make_protocol

DRAWS = 3
SEED = 11
WITH_MSC: tuple[Culture, ...] = ("contact", "transwell", "relay", "conditioned medium", "exosome")
TIGHT = Tolerance(1e-9, 1e-10)


def full_arm(bound: Bound, culture: Culture, hours: float = 48.0) -> Arm:
    mechanism = bound.record.mechanism
    line = next(cell.id for cell in mechanism.cells if cell.role == "tumour")
    return Arm(make_protocol(culture, hours), line, find_msc(mechanism), mechanism.drugs[0])


def measure(bound: Bound, arm: Arm) -> Measured:
    return Bench(bound, SEED, DRAWS).measure(arm, find_vehicle([arm]))


def assert_same(first: Measured, second: Measured) -> None:
    np.testing.assert_array_equal(first.status, second.status)
    for name, values in first.values.items():
        np.testing.assert_array_equal(values, second.values[name], err_msg=name)


@pytest.mark.parametrize("culture", ["monoculture", *WITH_MSC])
def test_nothing_is_negative_in_any_culture(bound: Bound, culture: Culture) -> None:
    arm = full_arm(bound, culture)
    arm = replace(arm, msc=None) if culture == "monoculture" else arm
    bench = Bench(bound, SEED, DRAWS)
    variant, conditions = bench.variant(arm), bench.conditions(find_vehicle([arm]))
    inputs, periods = make_periods(
        variant, arm, bench.values(variant, DRAWS), conditions, np.array([0.1, 1.0, 10.0]), source=SEED
    )
    hours = [np.broadcast_to(period.hours, DRAWS) for period in periods]
    often = tuple(
        replace(period, read=np.linspace(0, 1, 6)[None, :] * length[:, None])
        for period, length in zip(periods, hours, strict=True)
    )
    readings = ("living", "damage", "well_signal", "annexin_positive")
    names = (*(species.id for species in bound.network.species), *readings)
    found = simulate(bound.network, inputs, often, names, tolerance=SCORE_TOLERANCE)
    assert (found.status == Status.DONE).all()
    largest = np.abs(found.values).max(axis=(0, 1))
    lowest = found.values.min(axis=(0, 1))
    beyond = dict(zip(names, lowest + 1e-3 * largest, strict=True))
    # A thousandth of the largest value, and what the absolute tolerance leaves of what is never there.
    assert {name: value for name, value in beyond.items() if value < -1e-6} == {}
    assert found.get("annexin_positive").max() <= 1


@pytest.mark.parametrize("culture", WITH_MSC)
def test_without_msc_every_culture_is_the_monoculture(bound: Bound, culture: Culture) -> None:
    arm = replace(full_arm(bound, culture), msc=None)
    periods = tuple(
        period.model_copy(
            update={"contents": tuple({"tumour", "drug"} & set(period.contents)) or ("perturbation",)}
        )
        for period in arm.protocol.periods
    )
    alone = Protocol(id="alone", culture="monoculture", periods=periods)
    assert_same(measure(bound, arm), measure(bound, replace(arm, protocol=alone)))


def test_without_msc_a_medium_never_made_changes_nothing(bound: Bound) -> None:
    arm = replace(full_arm(bound, "conditioned medium"), msc=None, drug=None)
    alone = Arm(make_protocol("monoculture", 48.0), arm.tumour)
    for name in ("living", "annexin_positive", "well_signal"):
        np.testing.assert_allclose(measure(bound, arm).end(name), measure(bound, alone).end(name), rtol=1e-3)


@pytest.mark.parametrize("culture", ["monoculture", "contact", "conditioned medium"])
def test_an_isotype_control_changes_nothing(bound: Bound, culture: Culture) -> None:
    arm = full_arm(bound, culture)
    arm = replace(arm, msc=None) if culture == "monoculture" else arm
    isotype = Perturbation(id="isotype", label="isotype", kind="control", target="msc", source="xu2018")
    known = bound.record.mechanism.perturbations
    mechanism = bound.record.mechanism.model_copy(update={"perturbations": (*known, isotype)})
    with_isotype = replace(bound, record=replace(bound.record, mechanism=mechanism))
    plain = measure(with_isotype, arm)
    assert_same(measure(with_isotype, replace(arm, perturbation=("isotype",))), plain)


@pytest.mark.parametrize("culture", ["monoculture", "contact", "exosome"])
def test_dose_0_is_untreated(bound: Bound, culture: Culture) -> None:
    arm = full_arm(bound, culture)
    arm = replace(arm, msc=None) if culture == "monoculture" else arm
    zero, untreated = measure(bound, replace(arm, dose=0.0)), measure(bound, arm.without(drug=True))
    for name in ("living", "annexin_positive", "n_msc", "well_signal"):
        np.testing.assert_allclose(zero.end(name), untreated.end(name), rtol=1e-3, err_msg=name)
    np.testing.assert_allclose(zero.end("damage"), 0, atol=1e-6)


def test_dose_0_gives_viability_1_in_a_scan(bound: Bound) -> None:
    arm = replace(full_arm(bound, "monoculture"), msc=None)
    bench = Bench(bound, SEED, DRAWS)
    values = bench.values(bench.variant(arm), DRAWS)
    living = bench.scan_doses(arm, values, bench.conditions("none"), np.array([[0.0]])).end("living")
    np.testing.assert_array_equal(living[:, 0], living[:, 1])


def test_more_drug_never_leaves_more_cells(bound: Bound) -> None:
    arm = replace(full_arm(bound, "monoculture", 72.0), msc=None)
    bench = Bench(bound, SEED, DRAWS)
    viability = bench.scan(arm, bench.values(bench.variant(arm), DRAWS), bench.conditions("none"))
    assert (np.diff(viability, axis=1) <= 1e-4).all()
    assert (viability > 0).all()
    assert (viability <= 1 + 1e-4).all()


def test_cells_are_neither_made_nor_lost_when_none_divides_or_is_cleared(bound: Bound) -> None:
    arm = replace(full_arm(bound, "monoculture"), msc=None)
    bench = Bench(bound, SEED, DRAWS)
    variant, conditions = bench.variant(arm), bench.conditions("none")
    values = bench.values(variant, DRAWS)
    values |= {"doubling_time": np.full(DRAWS, 1e30), "clearance": np.zeros(DRAWS)}
    inputs, periods = make_periods(variant, arm, values, conditions, np.array([0.5, 1.0, 10.0]), source=SEED)
    found = simulate(bound.network, inputs, periods, CELLS, tolerance=TIGHT)
    total = found.values.sum(axis=2)
    np.testing.assert_allclose(total[:, 1], total[:, 0], rtol=1e-6)
    assert (found.get("tumour_dying")[:, 1] > 0).all()


def test_drug_is_neither_made_nor_lost_without_ageing_and_msc(bound: Bound) -> None:
    """Medium and cells share one amount, with as many cells at the end as at the beginning."""
    inputs: dict[str, Array | float] = {
        "doubling_time": 1e30, "death_basal": 0.0, "kill_max": 0.0, "drug_loss": 0.0, "tumour_cycling": 5e3,
        "g0_entry": 0.0, "tolerance_entry": 0.0, "drug": 7.0, "drug_influx": 2.0, "tumour_cell": 1e6,
    }  # fmt: skip
    names = ("drug", "drug_cell", "medium", "tumour_cell", "n_tumour")
    found = simulate(bound.network, inputs, (Stretch(40.0, read=(0.0, 1.0, 40.0)),), names, tolerance=TIGHT)
    get: Callable[[str], Array] = lambda name: found.get(name)[0]  # noqa: E731
    total = get("drug") * get("medium") + get("drug_cell") * get("tumour_cell") * get("n_tumour")
    np.testing.assert_allclose(total, total[0], rtol=1e-6)  # drug in cells is a product of two states
    assert get("drug_cell")[-1] == pytest.approx(get("drug")[-1], rel=1e-3)
    assert get("drug")[-1] < 6.9


@pytest.mark.parametrize("seed", [1, 2])
def test_a_transwell_stops_what_needs_contact(mitochondria: Bound, seed: int) -> None:
    bench = Bench(mitochondria, seed, DRAWS)
    for culture, none in (("transwell", True), ("contact", False)):
        arm = full_arm(mitochondria, culture).without(drug=True)  # type: ignore[arg-type]
        moved = bench.measure(arm, "cells").end("mito_moved_share")
        received = bench.measure(arm, "cells").end("mito_received_share")
        if none:
            np.testing.assert_allclose([moved, received], 0, atol=1e-12)
        else:
            assert (moved > 1e-4).all()
            assert (received > 1e-6).all()


def test_a_transwell_gives_a_contact_only_mechanism_no_more_than_its_residual(mitochondria: Bound) -> None:
    arm = full_arm(mitochondria, "transwell")
    for name in ("mito_ros", "mito_atp"):
        measured, alone = measure(mitochondria, arm), measure(mitochondria, arm.without(msc=True))
        np.testing.assert_allclose(measured.end(name), alone.end(name), rtol=0.05)


def test_mitochondria_that_leave_arrive(mitochondria: Bound) -> None:
    """With no renewal, no removal and no division, what tumour cells send is what MSC receive."""
    inputs: dict[str, Array | float] = {
        "doubling_time": 1e30, "msc_doubling_time": 1e30, "death_basal": 0.0, "g0_entry": 0.0,
        "tolerance_entry": 0.0, "mito_biogenesis": 0.0, "mito_mitophagy": 0.0, "mito_import_rate": 0.0,
        "mito_export": 0.02, "contact": 0.6, "tumour_cycling": 5000.0, "msc_naive": 1000.0,
        "mito_healthy": 200.0, "mito_damaged": 100.0, "mito_alone_healthy": 200.0,
        "mito_alone_damaged": 100.0,
    }  # fmt: skip
    names = (
        "mito_healthy",
        "mito_damaged",
        "mito_moved",
        "mito_msc_healthy",
        "mito_msc_damaged",
        "n_tumour",
        "n_msc",
    )
    found = simulate(
        mitochondria.network, inputs, (Stretch(60.0, read=(0.0, 20.0, 60.0)),), names, tolerance=TIGHT
    )
    get: Callable[[str], Array] = lambda name: found.get(name)[0]  # noqa: E731
    np.testing.assert_allclose(
        get("mito_healthy") + get("mito_damaged") + get("mito_moved"), 300.0, rtol=1e-7
    )
    sent = get("mito_moved") * get("n_tumour")
    arrived = (get("mito_msc_healthy") + get("mito_msc_damaged")) * (get("n_msc") + 1)
    np.testing.assert_allclose(arrived, sent, rtol=1e-6)
    assert sent[-1] > 1e5


def test_an_antibody_is_free_or_bound_and_never_lost(il6: Bound) -> None:
    well, side = 6.02214076e10, 6.02214076e8
    inputs: dict[str, Array | float] = {
        "exchange": 10.0, "msc_naive": 1000.0, "tumour_cycling": 5000.0,
        "il6_antibody": 0.01, "il6_antibody_side": 0.01, "il6_antibody_Kd": 0.001, "il6_secretion": 6e5,
    }  # fmt: skip
    names = ("il6_antibody", "il6_bound", "il6_antibody_side", "il6_bound_side")
    found = simulate(il6.network, inputs, (Stretch(72.0, read=(0.0, 24.0, 72.0)),), names, tolerance=TIGHT)
    free, bound, free_side, bound_side = found.values[0].T
    np.testing.assert_allclose(
        (free + bound) * well + (free_side + bound_side) * side, 0.01 * (well + side), rtol=1e-7
    )
    assert bound[-1] > 1e-3


def test_receptors_at_rest_are_made_as_fast_as_they_are_lost(il6: Bound) -> None:
    inputs: dict[str, Array | float] = {
        "tumour_cycling": 5000.0, "doubling_time": 1e30, "death_basal": 0.0, "il6_free": 0.5,
        "il6_loss": 0.0, "il6_own_secretion": 0.0, "medium": 6e14,
    }  # fmt: skip
    names = ("il6r_open", "il6r_bound", "il6_free", "il6r_occupancy")
    found = simulate(il6.network, inputs, (Stretch(500.0, read=(500.0,)),), names, tolerance=TIGHT)
    opened, bound, ligand, occupancy = found.values[0, 0]
    v = il6.network.inputs
    get: Callable[[str], float] = lambda name: float(v[f"il6r_{name}"] or 0.0)  # noqa: E731
    made = get("turnover") * get("number") * get("expression")
    assert made == pytest.approx(get("turnover") * opened + get("uptake") * bound, rel=1e-6)
    assert get("on") * (ligand * opened - get("Kd") * bound) == pytest.approx(get("uptake") * bound, rel=1e-6)
    assert occupancy == pytest.approx(bound / (opened + bound), rel=1e-2)


def test_a_wash_takes_out_what_it_should(il6: Bound) -> None:
    """What leaves the list of contents is washed out; what stays is kept."""
    arm = full_arm(il6, "conditioned medium")
    stop = Period(period="after", contents=("tumour",), hours=1.0)
    washed = replace(arm, protocol=arm.protocol.model_copy(update={"periods": (*arm.protocol.periods, stop)}))
    before, after = (measure(il6, replace(item, dose=1e4)) for item in (arm, washed))
    assert (before.end("il6_free") > 10 * after.start("il6_free")).all()
    np.testing.assert_allclose(after.start("living"), before.end("living"), rtol=1e-3)


def test_a_perturbation_acts_only_where_it_is_listed(il6: Bound) -> None:
    """An antibody of the drug period does not act on the medium while MSC make it; silencing acts always."""
    arm = full_arm(il6, "conditioned medium")
    item = next(p for p in il6.record.mechanism.perturbations if p.id == "anti_il6")
    silenced = item.model_copy(
        update={
            "id": "si",
            "kind": "silencing",
            "parameters": ("il6_silencing",),
            "how": "factor",
            "value": 0.0,
            "low": None,
            "high": None,
        }
    )
    late = silenced.model_copy(update={"id": "late", "kind": "inhibitor"})
    mechanism = il6.record.mechanism.model_copy(update={"perturbations": (silenced, late)})
    other = replace(il6, record=replace(il6.record, mechanism=mechanism))
    plain, always, then = (measure(other, replace(arm, perturbation=p)) for p in ((), ("si",), ("late",)))
    np.testing.assert_allclose(then.start("il6_free"), plain.start("il6_free"), rtol=1e-9)
    assert (always.start("il6_free") < 0.2 * plain.start("il6_free")).all()


def test_conditioned_medium_is_diluted_by_its_share(il6: Bound) -> None:
    base = full_arm(il6, "conditioned medium").without(drug=True)
    whole, half = (
        measure(il6, replace(base, protocol=make_protocol("conditioned medium", 48.0, share=share)))
        for share in (1.0, 0.5)
    )
    np.testing.assert_allclose(half.start("il6_free"), 0.5 * whole.start("il6_free"), rtol=1e-6)


def test_a_change_names_what_the_model_has(bound: Bound) -> None:
    for culture in WITH_MSC:
        arm = full_arm(bound, culture)
        bench = Bench(bound, SEED, DRAWS)
        variant = bench.variant(arm)
        inputs, periods = make_periods(
            variant, arm, bench.values(variant, DRAWS), bench.conditions("cells"), np.ones(DRAWS), source=SEED
        )
        changes: list[Change] = [change for period in periods for change in period.changes]
        assert {change.name for change in changes} | set(inputs) <= set(bound.network.inputs)


def test_viability_of_the_untreated_well_is_1(bound: Bound) -> None:
    arm = full_arm(bound, "contact")
    bench = Bench(bound, SEED, DRAWS)
    plain = arm.without(drug=True, msc=True, perturbation=True)
    np.testing.assert_array_equal(read_arm(bench, plain, "cells", "viability"), 1.0)


def test_relief_by_mitochondria_stays_a_share_when_they_outgrow_the_cell() -> None:
    """A port's signal lies between -1 and 1; without a bound below, draws that flood the cell blew it up."""
    atlas = load_atlas()
    bound = bind_record(atlas.records["wang2018_all_mitochondria"], atlas)
    arm = full_arm(bound, "contact")
    bench = Bench(bound, SEED, DRAWS)
    variant, conditions = bench.variant(arm), bench.conditions(find_vehicle([arm]))
    values = {**bench.values(variant, DRAWS)}
    values |= {"mito_msc_start": np.full(DRAWS, 1e6), "mito_import_rate": np.full(DRAWS, 10.0)}
    inputs, periods = make_periods(variant, arm, values, conditions, np.ones(1), source=SEED)
    found = simulate(bound.network, inputs, periods, ("mito_relief", "mito_mass"), tolerance=SCORE_TOLERANCE)
    relief, mass = np.moveaxis(found.values, 2, 0)
    assert mass.max() > 100
    assert relief.min() < -0.5
    assert (np.abs(relief) <= 1).all()
