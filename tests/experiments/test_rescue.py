"""Protection in a niche: what routes carry of it and what is taken away, on models where that is known."""

from dataclasses import replace

import numpy as np
import pytest

from mscape.atlas.load import Atlas
from mscape.experiments.bench import Bench
from mscape.experiments.bind import with_values
from mscape.experiments.niche import Niche, compose_niche
from mscape.experiments.prior import NOMINAL
from mscape.experiments.protection import read_protection
from mscape.experiments.rescue import (
    LEAST,
    ROLES,
    find_routes,
    list_blockers,
    measure_removed,
    measure_rescue,
)
from mscape.experiments.unite import NONE, ONLY, WITHOUT
from tests.experiments.test_niche import add_twin

# Nothing from MSC but the routes: no residual, no drug taken up, no crowding
BESIDE = ("residual_cells", "residual_medium", "growth_cells", "growth_medium", "msc_drug_sink")
ONLY_ROUTES = dict.fromkeys(BESIDE, 0.0) | {"capacity": 1e12}
# IL-6 of the MSC that gets through, none of the tumour's own, so that there is a protection to share out
STRONG = {"il6_secretion": 60000.0, "il6r_number": 3000.0, "stat3_other_ligands": 0.0, "p5_max": 10.0}
STRONG |= dict.fromkeys(("il6_own_secretion", "stat3_constitutive"), 0.0)


@pytest.fixture(scope="module")
def breast(atlas: Atlas) -> Niche:
    return compose_niche(atlas, "breast", "cisplatin")


@pytest.fixture(scope="module")
def il6_niche(atlas: Atlas) -> Niche:
    return compose_niche(atlas, "breast", "cisplatin", ["xu2018_breast_il6"])


def make_bench(niche: Niche, **fixed: float) -> Bench:
    """The grid at nominal values, nothing from MSC but the routes."""
    return Bench(with_values(niche.bound, ONLY_ROUTES | STRONG | fixed), NOMINAL)


def test_cutting_the_only_route_takes_all_there_is(il6_niche: Niche) -> None:
    bench, arm = make_bench(il6_niche), il6_niche.choose_arm()
    removed = measure_removed(bench, arm, NONE)
    assert np.isfinite(removed).sum() >= 10
    np.testing.assert_allclose(removed[np.isfinite(removed)], 1.0, atol=0.02)


def test_no_share_is_told_where_there_is_nothing_to_share(il6_niche: Niche) -> None:
    bench, arm = make_bench(il6_niche, p5_max=1.8), il6_niche.choose_arm()
    given = read_protection(bench, arm)
    removed = measure_removed(bench, arm, "anti_il6")
    assert (given < LEAST).any()
    assert (given > LEAST).any()
    np.testing.assert_array_equal(np.isnan(removed), ~(given >= LEAST))


def test_an_antibody_against_the_signal_works_and_against_another_does_not(breast: Niche) -> None:
    weak = {"il6_secretion": 3000.0, "il6r_number": 300.0}  # no more than an antibody can hold
    bench, arm = make_bench(breast, sharing=0.0, **weak), breast.choose_arm()
    others = (f"{WITHOUT}bliss2016", f"{WITHOUT}roodhart2011")
    alone = measure_removed(bench, arm, *others)
    both = measure_removed(bench, arm, *others, "anti_il6")
    irrelevant = measure_removed(bench, arm, *others, "ozagrel")
    known = np.isfinite(alone)
    assert known.sum() >= 10
    assert np.nanmedian(both - alone) > 0.03
    np.testing.assert_allclose(irrelevant[known], alone[known], atol=1e-4)


def test_what_saves_tumour_cells_by_itself_takes_nothing_from_the_msc(atlas: Atlas) -> None:
    """A scavenger of radicals saves leukaemic cells without MSC: less is left to protect, none is taken."""
    niche = compose_niche(atlas, "ALL", "cytarabine", ["wang2018_all_mitochondria"])
    bench, arm = Bench(niche.bound, NOMINAL), niche.choose_arm()
    saved = replace(arm, perturbation=("nac",))
    given, left = read_protection(bench, arm), read_protection(bench, saved)
    counted = given >= LEAST
    assert counted.any()
    assert (left[counted] < given[counted]).all()
    assert (measure_removed(bench, arm, "nac")[counted] < 0.02).all()


def test_two_routes_that_do_the_same_replace_each_other(atlas: Atlas) -> None:
    """Each gives a lot by itself, and little goes with one of them, where they do not share."""
    niche = compose_niche(
        add_twin(atlas, "smith2025_breast_il6"), "breast", "cisplatin",
        ["xu2018_breast_il6", "smith2025_breast_il6"],
    )  # fmt: skip
    bench, arm = make_bench(niche, sharing=0.0), niche.choose_arm()
    lost = measure_removed(bench, arm, f"{WITHOUT}xu2018")
    alone = 1.0 - measure_removed(bench, arm, f"{ONLY}xu2018")
    assert np.nanmedian(alone) > np.nanmedian(lost) + 0.1
    twin = measure_removed(bench, arm, f"{WITHOUT}smith2025")
    np.testing.assert_allclose(lost, twin, atol=2e-3)
    np.testing.assert_allclose(1.0 - lost, measure_kept(bench, niche), atol=2e-3)


def measure_kept(bench: Bench, niche: Niche) -> np.ndarray:
    return 1.0 - measure_removed(bench, niche.choose_arm(), f"{ONLY}smith2025")


def test_blockers_are_what_lowers_a_route(breast: Niche, atlas: Atlas) -> None:
    known = {item.id: find_routes(breast, item) for item in list_blockers(breast)}
    assert known["anti_il6"] == ("xu2018_breast_il6",)
    assert not {name for name in known if name.startswith((WITHOUT, ONLY, NONE))}
    cml = {item.id for item in list_blockers(compose_niche(atlas, "CML", "imatinib"))}
    assert "plerixafor" in cml
    # a line without the death of primary cells; an inhibition of what MSC give besides
    assert not {"established_line", "jak_factors"} & cml
    gastric = compose_niche(atlas, "gastric", "5-FU")
    shared = {item.id: find_routes(gastric, item) for item in list_blockers(gastric)}
    assert shared["cpt1_silenced"] == ("he2019_gastric_tgfb1", "wu2020_gastric_hcp5")


def test_a_rescue_is_the_same_from_the_same_seed_and_adds_up(breast: Niche) -> None:
    def run() -> object:
        return measure_rescue(Bench(breast.bound, 7, 40), breast, breast.choose_arm(), blockers=["anti_il6"])

    rescue = measure_rescue(Bench(breast.bound, 7, 40), breast, breast.choose_arm(), blockers=["anti_il6"])
    assert rescue == run()
    assert [item.perturbation for item in rescue.removals] == ["anti_il6"]
    assert rescue.counted >= 10
    for item in rescue.routes:
        assert set(item.roles) == set(ROLES)
        assert sum(item.roles.values()) == pytest.approx(1.0)
    few = measure_rescue(Bench(breast.bound, 7, 2), breast, breast.choose_arm(), blockers=[])
    assert few.residual is None
    assert few.routes[0].lost is None
    assert few.routes[0].roles == {}
