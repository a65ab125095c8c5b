"""The niche: of one mechanism it is that mechanism, of none the chassis; what is the same is there once."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mscape.atlas.load import Atlas, Record
from mscape.engine.batch import Array, Tolerance
from mscape.errors import UnknownIdError, UsageError
from mscape.experiments.arm import Arm
from mscape.experiments.bench import Bench, Measured
from mscape.experiments.bind import Bound, bind_record, with_values
from mscape.experiments.check import MODEL_CHECKS
from mscape.experiments.contrast import find_vehicle
from mscape.experiments.culture import make_protocol
from mscape.experiments.grant import grant_claim
from mscape.experiments.niche import MSC, Niche, compose_niche, isolate_route
from mscape.experiments.prior import NOMINAL
from mscape.experiments.score import group_arms, share_contrasts
from mscape.experiments.unite import NONE
from mscape.network.sbml import check_sbml, write_sbml

SUBSETS = st.sets(st.integers(0, 16), min_size=2, max_size=4)
STRICT = Tolerance(1e-7, 1e-10)
DOSES = np.array([[0.5, 2.0]])  # of the potency


def compose(atlas: Atlas, ids: Iterable[str], **how: object) -> Niche:
    return compose_niche(atlas, "breast", "cisplatin", list(ids), **how)  # type: ignore[arg-type]


def choose(atlas: Atlas, places: Iterable[int]) -> list[str]:
    return [list(atlas.records)[place] for place in sorted(places)]


def measure(bench: Bench, arm: Arm) -> Measured:
    """Measure an arm untreated and at two doses of the chassis' own unit: no assay comes between."""
    conditions = bench.conditions("cells")
    return bench.scan_doses(arm, bench.values(bench.variant(arm), len(conditions)), conditions, DOSES)


def distance(one: Array, other: Array) -> float:
    return float(np.nanmax(np.abs(one - other) / (np.abs(one) + 1e-6 * np.nanmax(np.abs(one)) + 1e-12)))


# ---- one mechanism


def test_a_niche_of_one_mechanism_is_that_mechanism(atlas: Atlas, bound: Bound) -> None:
    """Experiments of its own papers: every arm of three statements, every read-out, draw by draw."""
    mechanism = bound.record.mechanism
    niche = compose_niche(atlas, mechanism.claim.tumour_terms[0], mechanism.drugs[0], [bound.id])
    mine, theirs = Bench(bound, 5, 3), Bench(niche.bound, 5, 3)
    arms, composed = group_arms(bound), group_arms(niche.bound)
    compared = 0
    for row in [row for row in bound.record.contrasts if row.scope == "in"][:3]:
        names = [name for name in (*row.arm, row.versus) if name]
        vehicle = find_vehicle([arms[row.observation][name] for name in names])
        for name in names:
            one = mine.measure(arms[row.observation][name], vehicle)
            other = theirs.measure(composed[row.observation][name], vehicle)
            for key, values in one.values.items():
                np.testing.assert_allclose(other.values[key], values, rtol=1e-7, atol=1e-12, err_msg=key)
                compared += int(np.isfinite(values).sum())
    assert compared > 0


def test_its_priors_are_those_of_the_mechanism_but_for_the_switch(atlas: Atlas, bound: Bound) -> None:
    niche = compose_niche(atlas, "breast", "cisplatin", [bound.id])
    short = niche.routes[0].short
    own = {name: (p.value, p.low, p.high, p.distribution) for name, p in bound.priors.items()}
    theirs = {name: (p.value, p.low, p.high, p.distribution) for name, p in niche.bound.priors.items()}
    assert theirs.pop(f"route_{short}") == (1.0, None, None, "fixed")
    assert theirs == own


# ---- no route


def _make_chassis(niche: Niche) -> Bound:
    """The chassis alone, with what the niche says of it and none of its routes."""
    bare = niche.bound.record.mechanism.model_copy(update={"readouts": (), "gates": (), "steps": ()})
    record = Record(
        bare, niche.bound.record.parameters, (), (), 'import "chassis.ant"\n', niche.bound.record.folder
    )
    return bind_record(record, niche.bound.atlas)


def _compare_with_chassis(atlas: Atlas, ids: Sequence[str]) -> None:
    niche = compose(atlas, ids)
    # what a route does beside the ports: TGF-beta's own kill and that of monocytes
    beside: dict[str, float] = {
        name: 0.0 for name in ("smad_kill", "mac_killing") if name in niche.bound.priors
    }
    mine = Bench(with_values(niche.bound, beside), 3, 4, tolerance=STRICT)
    theirs = Bench(_make_chassis(niche), 3, 4, tolerance=STRICT)
    arm = niche.choose_arm(perturbation=(NONE,))
    for each in (arm, replace(arm, msc=None)):
        one, other = measure(mine, each), measure(theirs, replace(each, perturbation=()))
        for name in ("living", "annexin_positive", "n_msc", "damage"):
            np.testing.assert_allclose(one.end(name), other.end(name), rtol=2e-5, atol=1e-9, err_msg=name)


def test_with_every_route_cut_a_niche_is_the_chassis(atlas: Atlas) -> None:
    _compare_with_chassis(atlas, ["xu2018_breast_il6", "wang2018_all_mitochondria", "ji2015_gastric_exosome"])


@pytest.mark.slow
@settings(max_examples=4, deadline=None)
@given(places=SUBSETS)
def test_any_niche_with_every_route_cut_is_the_chassis(atlas: Atlas, places: set[int]) -> None:
    _compare_with_chassis(atlas, choose(atlas, places))


def test_without_msc_and_without_signals_of_its_own_a_tumour_is_the_chassis(atlas: Atlas) -> None:
    niche = compose(atlas, ["xu2018_breast_il6", "vianello2010_cml_cxcl12"])
    silent = dict.fromkeys(("il6_own_secretion", "cxcl12_own_secretion"), 0.0)
    arm = Arm(make_protocol("monoculture", 48.0), niche.line, drug=niche.drug)
    one = measure(Bench(with_values(niche.bound, silent), 3, 4, tolerance=STRICT), arm)
    other = measure(Bench(_make_chassis(niche), 3, 4, tolerance=STRICT), arm)
    np.testing.assert_allclose(one.end("living"), other.end("living"), rtol=2e-5)


# ---- what is the same is one


def test_il6_of_four_mechanisms_is_one_pool_with_one_receptor(atlas: Atlas) -> None:
    ids = ["scherzed2011_hnscc_paracrine", "tu2016_os_il6", "xu2018_breast_il6", "zeng2020_npc_il6"]
    niche = compose(atlas, ids)
    assert {node.label: len(node.members) for node in niche.shared} == {"il6": 4, "il6r": 4, "stat3": 4}
    made = [
        r.id for r in niche.bound.network.reactions if ("il6_side", 1.0) in r.products and not r.reactants
    ]
    assert made == ["il6_secrete"]
    assert niche.find_name("scherzed2011_hnscc_paracrine", "gp130_jak") == "stat3_jak"
    # a name two mechanisms mean differently by is each one's own
    assert niche.find_name("xu2018_breast_il6", "to_growth") == "xu2018_to_growth"
    assert niche.find_name("scherzed2011_hnscc_paracrine", "to_growth") == "scherzed2011_to_growth"


def test_msc_of_two_il6_rows_make_as_much_il6_as_of_one(atlas: Atlas) -> None:
    same = {"il6_own_secretion": 50.0, "tumour_priming": 0.0}
    readings = []
    for ids in (["xu2018_breast_il6"], ["xu2018_breast_il6", "tu2016_os_il6"]):
        niche = compose(atlas, ids)
        bench = Bench(with_values(niche.bound, same), 3, 5, tolerance=STRICT)
        readings.append(measure(bench, niche.choose_arm(perturbation=(NONE,))).end("il6_free"))
    np.testing.assert_allclose(readings[0], readings[1], rtol=1e-4)


def test_one_pathway_with_two_drives_and_one_vesicle_with_three_cargoes(atlas: Atlas) -> None:
    ids = ["bliss2016_breast_mir222", "ji2015_gastric_exosome", "wang2014_mm_exosome"]
    niche = compose(atlas, [*ids, "he2019_gastric_tgfb1", "wu2020_gastric_hcp5"])
    shared = {node.label: set(node.members) for node in niche.shared}
    assert shared["fao"] == {"he2019_gastric_tgfb1", "wu2020_gastric_hcp5"}
    assert shared["vesicles"] == set(ids)
    species = {item.id for item in niche.bound.network.species}
    assert {"vesicles_cargo", "ji2015_vesicles_cargo", "wang2014_vesicles_cargo"} <= species
    taken = [r.id for r in niche.bound.network.reactions if "vesicles_free" in dict(r.reactants)]
    assert sorted(taken) == ["vesicles_age", "vesicles_taken"]


def test_a_further_cargo_has_the_laws_of_the_first(atlas: Atlas) -> None:
    """Written out in `compose`, for the motif holds vesicles and cargo together: kept the same by this."""
    network = compose(atlas, ["ji2015_gastric_exosome", "wang2014_mm_exosome"]).bound.network
    laws = {r.id: r.law for r in network.reactions} | {r.variable: r.formula for r in network.rules}
    for name in ("deliver", "lose", "delivered"):
        further = laws[f"wang2014_vesicles_{name}"]
        for part in ("cargo_copies", "cargo_loss", "half_copies", "escape", "cargo"):
            further = further.replace(f"wang2014_vesicles_{part}", f"vesicles_{part}")
        assert further == laws[f"vesicles_{name}"]


def test_what_two_mechanisms_say_of_one_number_is_pooled(atlas: Atlas) -> None:
    niche = compose(atlas, ["xu2018_breast_il6", "tu2016_os_il6"])
    prior = niche.bound.priors["il6_own_secretion"]  # 50 (5 to 500) and 380 (12 to 12000)
    assert (prior.low, prior.high, prior.distribution) == (5.0, 12000.0, "lognormal")
    assert prior.value == pytest.approx(np.sqrt(5.0 * 12000.0))
    assert (
        niche.bound.priors["drug_priming"]
        == compose(atlas, ["xu2018_breast_il6"]).bound.priors["drug_priming"]
    )


def add_twin(atlas: Atlas, name: str) -> Atlas:
    """The atlas with a second record of one mechanism: the same in all but its id."""
    record = atlas.records["xu2018_breast_il6"]
    twin = replace(record, mechanism=record.mechanism.model_copy(update={"id": name}))
    return replace(atlas, records=dict(sorted({**atlas.records, name: twin}.items())))


@pytest.mark.parametrize(("sharing", "same"), [(1.0, True), (0.0, False)])
def test_a_mechanism_beside_its_twin_is_itself_where_routes_share(
    atlas: Atlas, sharing: float, *, same: bool
) -> None:
    twins = add_twin(atlas, "smith2025_breast_il6")
    one = compose(twins, ["xu2018_breast_il6"])
    two = compose(twins, ["xu2018_breast_il6", "smith2025_breast_il6"])
    arm = one.choose_arm()
    reading = measure(Bench(one.bound, NOMINAL, tolerance=STRICT), arm).end("living")
    fixed = with_values(two.bound, {"sharing": sharing})
    beside = measure(Bench(fixed, NOMINAL, tolerance=STRICT), arm).end("living")
    assert (distance(reading, beside) < 1e-5) is same
    if not same:
        assert (beside >= reading * (1 - 1e-6)).all()  # two full routes protect more


# ---- order and form


@pytest.mark.slow
@settings(max_examples=5, deadline=None)
@given(places=SUBSETS, data=st.data())
def test_any_niche_is_sound_and_the_order_does_not_matter(
    atlas: Atlas, places: set[int], data: st.DataObject
) -> None:
    ids = choose(atlas, places)
    niche = compose(atlas, ids)
    assert check_sbml(write_sbml(niche.bound.network)) == ()
    other = compose(atlas, data.draw(st.permutations(ids)))
    assert other.bound.record == niche.bound.record
    assert other.bound.network.sbml == niche.bound.network.sbml
    for names in niche.names.values():  # a renaming: two things of one model do not become one
        assert len(set(names.values())) == len(names)


@pytest.mark.slow
def test_all_seventeen_compose_to_one_sound_model(atlas: Atlas) -> None:
    """It passes every check of a record against its model, and names in it lead somewhere."""
    niche = compose(atlas, atlas.records)
    assert [issue for check in MODEL_CHECKS for issue in check.find_issues(niche.bound, atlas)] == []
    assert len(niche.routes) == 17
    rows = [row for record in atlas.records.values() for row in record.contrasts]
    assert len(niche.bound.record.contrasts) == len(rows)
    mechanism = niche.bound.record.mechanism
    for items in (mechanism.cells, mechanism.entities, mechanism.readouts, mechanism.perturbations):
        ids = [item.id for item in items]
        assert len(set(ids)) == len(ids)
    cells, known = {cell.id for cell in mechanism.cells}, {item.id for item in mechanism.perturbations}
    for row in niche.bound.record.observations:
        assert {row.msc, row.tumour} - {None} <= cells
        assert set(row.perturbation) <= known
    entities = {item.id for item in mechanism.entities}
    assert {end for step in mechanism.steps for end in (step.source, step.target)} <= entities


@pytest.mark.slow
def test_statements_of_all_its_papers_can_be_scored(atlas: Atlas) -> None:
    niche = compose_niche(atlas, "CML", "imatinib")
    rows = [row for row in niche.bound.record.contrasts if row.scope == "in"]
    assert {row.contrast.split("_")[0] for row in rows} == {"vianello2010", "zhang2013", "zhang2019"}
    some = [
        next(row for row in rows if row.contrast.startswith(key)) for key in ("vianello2010", "zhang2019")
    ]
    shares = share_contrasts(niche.bound, some, seed=1, draws=4)
    assert set(shares) <= {row.contrast for row in some}
    granted = grant_claim(niche.bound)
    assert granted.after >= granted.before > 0


# ---- choices


def test_the_line_has_a_measured_ic50_and_the_msc_are_those_asked_for(atlas: Atlas) -> None:
    niche = compose_niche(atlas, "breast", "cisplatin", msc="primed")
    assert any(row.line == niche.line and row.drug == "cisplatin" for row in atlas.potency)
    arm = niche.choose_arm(ratio=1.0)
    assert arm.msc == MSC
    assert next(cell.state for cell in niche.bound.record.mechanism.cells if cell.id == MSC) == "primed"
    assert "relay" in arm.protocol.periods[-1].contents  # roodhart2011 needs a macrophage


def test_a_route_by_itself_is_the_niche_of_its_mechanism(atlas: Atlas) -> None:
    niche = compose_niche(atlas, "breast", "cisplatin", line="skbr3")
    alone = isolate_route(niche, "xu2018_breast_il6")
    assert (alone.line, alone.drug, len(alone.routes)) == ("skbr3", "cisplatin", 1)
    with pytest.raises(UnknownIdError):
        isolate_route(niche, "tu2016_os_il6")


def test_what_cannot_be_composed_is_said(atlas: Atlas) -> None:
    with pytest.raises(
        UsageError, match="no mechanism is plausible in acute lymphoblastic leukemia under cisplatin"
    ):
        compose_niche(atlas, "ALL", "cisplatin")
    with pytest.raises(UsageError, match="k562 is cml"):
        compose_niche(atlas, "breast", "cisplatin", line="k562")
    with pytest.raises(UnknownIdError, match="mcf8"):
        compose_niche(atlas, "breast", "cisplatin", line="mcf8")
    with pytest.raises(UnknownIdError):
        compose_niche(atlas, "breast", "cisplatin", ["nobody2020_breast_x"])
    with pytest.raises(UsageError):
        compose_niche(atlas, "breast", "cisplatin", []).choose_arm()
    with pytest.raises(UsageError):
        compose_niche(atlas, "breast", "cisplatin").choose_arm(hours=-1)
