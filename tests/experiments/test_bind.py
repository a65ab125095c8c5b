"""Records bound to their models: units clean, a prior for everything, and what stands in is said."""

from dataclasses import replace

import numpy as np
import pytest

from mscape.atlas.load import Atlas
from mscape.errors import DataError, ModelError, UnknownIdError
from mscape.experiments.bind import (
    BETWEEN_SETS_SD,
    Bound,
    Potency,
    bind_record,
    make_variant,
    nominal_values,
    rescale_priors,
    sample_ic50,
    sample_values,
    to_nanomolar,
    with_values,
)
from mscape.experiments.check import SHARED_PRIORS
from mscape.experiments.prior import PriorWidth, make_prior
from mscape.network.sbml import check_sbml, read_sbml, write_sbml


def test_libsbml_finds_nothing_wrong_with_a_model_of_the_atlas(bound: Bound) -> None:
    assert check_sbml(write_sbml(bound.network)) == ()


def test_every_parameter_declares_a_unit(bound: Bound) -> None:
    assert [p.id for p in bound.network.parameters if not p.units] == []


def test_every_prior_is_in_the_unit_that_the_model_declares(bound: Bound) -> None:
    units = {p.id: p.units for p in bound.network.parameters}
    wrong = {
        name: prior.unit
        for name, prior in bound.priors.items()
        if name in units and prior.unit != units[name]
    }
    assert wrong == {}


def test_a_model_of_the_atlas_survives_sbml(bound: Bound) -> None:
    again = read_sbml(write_sbml(bound.network))
    assert again.states == bound.network.states
    assert again.reactions == bound.network.reactions
    assert again.rules == bound.network.rules
    for name, value in bound.network.inputs.items():
        assert value is not None
        assert again.inputs[name] == pytest.approx(value, rel=1e-14)


def test_every_input_but_the_states_has_a_prior(bound: Bound) -> None:
    assert set(bound.network.inputs) - set(bound.network.states) <= set(bound.priors) | {"p1_signal"} | {
        name for name, value in bound.network.inputs.items() if value is not None
    }
    assert all(np.isfinite(prior.value) for prior in bound.priors.values())


def test_a_record_speaks_before_its_motif_and_the_motif_before_the_chassis(atlas: Atlas) -> None:
    record = atlas.records["xu2018_breast_il6"]
    row = record.parameters[0].model_copy(update={"parameter": "il6_loss", "value": 0.5, "unit": "per_h"})
    own = bind_record(replace(record, parameters=(*record.parameters, row)), atlas)
    shared = {row.parameter: row.value for row in atlas.parameters}
    assert own.priors["il6_loss"].value == own.network.inputs["il6_loss"] == 0.5
    assert bind_record(record, atlas).priors["il6_loss"].value == shared["soluble_signal.loss"]
    assert bind_record(record, atlas).priors["capacity"].value == shared["capacity"]


def test_a_parameter_without_a_prior_is_refused_by_name(atlas: Atlas) -> None:
    record = atlas.records["xu2018_breast_il6"]
    rows = tuple(row for row in record.parameters if row.parameter not in ("il6r_Kd", "il6r_number"))
    with pytest.raises(ModelError, match=r"parameters\.tsv: no value for .*il6r_Kd") as caught:
        bind_record(replace(record, parameters=rows), atlas)
    assert "il6r_number" in str(caught.value)


def test_a_drug_brings_its_class_and_its_life(il6: Bound, atlas: Atlas) -> None:
    variant = make_variant(il6, "cisplatin", "mcf7")
    row = atlas.drugs["cisplatin"]
    rates = {r.parameter: r.value for r in atlas.drug_classes if r.drug_class == row.drug_class}
    assert rates
    for name, value in rates.items():
        assert variant.priors[name].value == value
    assert variant.priors["drug_loss"].value == pytest.approx(np.log(2) / row.half_life)
    assert variant.priors["il6_secretion"] == il6.priors["il6_secretion"]


def test_every_drug_of_the_atlas_can_be_given_to_every_model(bound: Bound, atlas: Atlas) -> None:
    for drug in atlas.drugs:
        variant = make_variant(bound, drug, None)
        assert set(variant.priors) >= set(bound.priors)
        assert variant.potency is not None
        assert variant.potency.ic50 > 0


def test_a_line_brings_its_doubling_time(il6: Bound, atlas: Atlas) -> None:
    hours = [
        row.doubling_time
        for row in atlas.lines
        if row.line == "mcf7" and "upper bound" not in (row.note or "")
    ]
    prior = make_variant(il6, None, "mcf7").priors["doubling_time"]
    assert prior.low is not None
    assert prior.high is not None
    assert min(hours) <= prior.value <= max(hours)
    assert prior.low <= min(hours) <= max(hours) <= prior.high


@pytest.mark.parametrize(("drug", "line"), [("cisplatine", None), (None, "mfc7"), ("", None)])
def test_an_unknown_drug_or_line_is_refused(il6: Bound, drug: str | None, line: str | None) -> None:
    if drug == "":
        assert make_variant(il6, drug, line).potency is None
        return
    with pytest.raises(UnknownIdError):
        make_variant(il6, drug, line)


def test_what_stands_in_is_said(il6: Bound, mitochondria: Bound) -> None:
    assert make_variant(il6, "cisplatin", "mcf7").stand_ins == ()
    notes = " ".join(make_variant(il6, "cisplatin", "eoc").stand_ins)
    assert "doubling time of eoc: no source" in notes
    assert "values of other lines stand in" in notes
    none = replace(il6, atlas=replace(il6.atlas, potency=()))
    variant = make_variant(none, "cisplatin", "mcf7")
    assert "1000 nM, two decades wide, stands in" in " ".join(variant.stand_ins)
    assert variant.potency == Potency(1000.0, 1.0, (), variant.stand_ins[0])


def test_a_potency_is_the_median_of_its_line_and_never_narrower_than_sources_differ(il6: Bound) -> None:
    potency = make_variant(il6, "cisplatin", "mcf7").potency
    rows = [r for r in il6.atlas.potency if (r.drug, r.line, r.censored) == ("cisplatin", "mcf7", "")]
    values = [to_nanomolar(il6, "cisplatin", r.value, r.unit) for r in rows]
    assert potency is not None
    assert potency.ic50 == pytest.approx(np.median(values))
    assert potency.log10_sd >= BETWEEN_SETS_SD


def test_doses_become_nanomolar(il6: Bound) -> None:
    assert to_nanomolar(il6, "cisplatin", 10, "uM") == pytest.approx(1e4)
    mass = float(il6.atlas.drugs["cisplatin"].molar_mass)
    assert to_nanomolar(il6, "cisplatin", 3, "ug/mL") == pytest.approx(3e6 / mass)
    with pytest.raises(DataError):
        to_nanomolar(il6, "cisplatin", 3, "h")


def test_draws_of_one_name_do_not_depend_on_other_names_or_on_their_number(il6: Bound) -> None:
    few = sample_values(make_variant(il6, "cisplatin", "mcf7"), 4, 3)
    other = replace(il6, priors={name: il6.priors[name] for name in ("il6r_Kd", "doubling_time", "potency")})
    many = sample_values(make_variant(other, "cisplatin", "mcf7"), 4, 30)
    np.testing.assert_array_equal(many["il6r_Kd"][:3], few["il6r_Kd"])
    assert {len(values) for values in few.values()} == {3}


def test_nominal_values_are_those_of_the_tables(il6: Bound) -> None:
    values = nominal_values(make_variant(il6, None, None), 2)
    assert values["il6r_Kd"].tolist() == [il6.priors["il6r_Kd"].value] * 2


def test_ic50s_are_spread_around_their_median() -> None:
    draws = np.log10(sample_ic50(Potency(2e4, 0.5, ()), 1, 20_000, "cisplatin:mcf7"))
    assert np.median(draws) == pytest.approx(np.log10(2e4), abs=0.02)
    assert np.std(draws) == pytest.approx(0.5, abs=0.02)


def test_fixing_a_value_changes_that_value_alone(il6: Bound) -> None:
    fixed = with_values(il6, {"il6_secretion": 0.0})
    assert fixed.priors["il6_secretion"].distribution == "fixed"
    assert sample_values(make_variant(fixed, None, None), 1, 3)["il6_secretion"].tolist() == [0, 0, 0]
    assert {n: p for n, p in fixed.priors.items() if n != "il6_secretion"} == {
        n: p for n, p in il6.priors.items() if n != "il6_secretion"
    }


def test_ports_and_what_else_msc_give_have_one_prior_in_all_models(atlas: Atlas) -> None:
    shared = {row.parameter: make_prior(row) for row in atlas.parameters}
    for record in atlas.records.values():
        bound = bind_record(record, atlas)
        assert {name: bound.priors[name] for name in SHARED_PRIORS} == {n: shared[n] for n in SHARED_PRIORS}
    ports = [shared[f"p{digit}_max"] for digit in (1, 2, 3, 4, 5, 6, 8)]  # P7 is narrower, with its reason
    assert len({(prior.value, prior.low, prior.high, prior.distribution) for prior in ports}) == 1


def test_the_switch_widens_what_is_assumed_and_nothing_else(il6: Bound) -> None:
    wide, narrow = (rescale_priors(il6, width) for width in (PriorWidth.WIDE, PriorWidth.NARROW))
    for name, prior in il6.priors.items():
        assert wide.priors[name].value == prior.value
        if not prior.assumed or prior.distribution == "fixed":
            assert wide.priors[name] == narrow.priors[name] == prior
    p5 = np.log([sample_values(make_variant(b, None, None), 1, 4000)["p5_max"] for b in (narrow, il6, wide)])
    assert p5.std(axis=1) / p5[1].std() == pytest.approx([2 / 3, 1, 1.5], rel=1e-2)
    assert rescale_priors(il6, PriorWidth.STATED) == il6


def test_the_switch_holds_for_what_a_drug_brings_and_for_a_potency_that_stands_in(il6: Bound) -> None:
    wide = rescale_priors(il6, PriorWidth.WIDE)
    ours, theirs = (make_variant(b, "cisplatin", "eoc") for b in (il6, wide))
    assert ours.priors["kill_max"].assumed
    assert np.log(theirs.priors["kill_max"].high or 1) > np.log(ours.priors["kill_max"].high or 1)
    assert ours.potency is not None
    assert theirs.potency is not None
    assert theirs.potency.log10_sd == pytest.approx(1.5 * ours.potency.log10_sd)
    sourced, same = (make_variant(b, "cisplatin", "mcf7").potency for b in (il6, wide))
    assert sourced == same


def test_widths_do_not_add_up(il6: Bound) -> None:
    with pytest.raises(ValueError, match="already"):
        rescale_priors(rescale_priors(il6, PriorWidth.WIDE), PriorWidth.NARROW)


def test_what_is_assumed_is_wide(atlas: Atlas) -> None:
    """A factor of two and a half between the ends at least, but for P7, which says why."""
    records = [row for record in atlas.records.values() for row in record.parameters]
    for row in (*atlas.parameters, *records):
        prior = make_prior(row)
        if prior.assumed and prior.distribution in ("lognormal", "loguniform") and row.parameter != "p7_max":
            assert (prior.high or 0) / (prior.low or 1) >= 2.5, row.parameter
            assert (prior.low or 0) <= prior.value <= (prior.high or 0), row.parameter
