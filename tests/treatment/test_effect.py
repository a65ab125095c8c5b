"""What interventions do to a model's names, and what forbids more than a hypothesis."""

import numpy as np
import pytest

from mscape.atlas.load import Atlas
from mscape.experiments.niche import Niche, compose_niche
from mscape.treatment.effect import find_targets, list_reaching, make_effect
from tests.treatment.conftest import add_intervention

JAK = {"parameters": "stat3_jak;stat5_jak", "how": "inhibition", "potency": 2, "unit": "nM", "left": 0.2}
GONE = {"parameters": "stat3_jak", "how": "silencing", "left": 0.5}
KNOWN = {"total": 2, "unit": "nM", "unbound": 1}
VALUES = {"stat3_jak": np.array([1.0, 0.5])}


def make_niche(atlas: Atlas) -> Niche:
    return compose_niche(atlas, "breast", "cisplatin", ["xu2018_breast_il6"])


def test_inhibition_at_its_potency_leaves_half_of_what_can_go(atlas: Atlas) -> None:
    effect = make_effect(make_niche(add_intervention(atlas, "a", JAK, exposure=KNOWN)), ("a",), VALUES, 1)
    assert set(effect.now) == {"stat3_jak"}  # the model has no stat5
    np.testing.assert_allclose(effect.now["stat3_jak"], 0.6 * VALUES["stat3_jak"])
    assert not effect.lasting
    assert effect.is_grounded
    assert effect.mechanisms == ("xu2018_breast_il6",)


def test_a_silencing_lasts_and_what_is_added_multiplies(atlas: Atlas) -> None:
    both = add_intervention(add_intervention(atlas, "a", JAK, exposure=KNOWN), "b", GONE)
    niche = make_niche(both)
    for names in (("a", "b"), ("b", "a")):
        effect = make_effect(niche, names, VALUES, 1)
        np.testing.assert_allclose(effect.lasting["stat3_jak"], 0.5 * VALUES["stat3_jak"])
        np.testing.assert_allclose(effect.now["stat3_jak"], 0.3 * VALUES["stat3_jak"])
        assert effect.doubts == ("free exposure of b unknown",)


def test_an_antibody_is_a_level_with_its_own_affinity(atlas: Atlas) -> None:
    effect = make_effect(make_niche(atlas), ("siltuximab",), VALUES, 1)
    np.testing.assert_array_equal(effect.now["il6_antibody"], effect.now["il6_antibody_side"])
    assert (effect.now["il6_antibody"] > 100).all()
    assert (effect.now["il6_antibody_Kd"] < 1).all()
    assert effect.doubts == ("potency of siltuximab assumed",)


@pytest.mark.parametrize(
    ("name", "doubts"),
    [("ruxolitinib", 0), ("fedratinib", 1), ("napabucasin", 2), ("si_stat3", 2)],
)
def test_what_is_not_sourced_is_doubted(atlas: Atlas, name: str, doubts: int) -> None:
    assert len(make_effect(make_niche(atlas), (name,), VALUES, 1).doubts) == doubts


def test_targets_are_found_under_the_names_of_the_niche(atlas: Atlas) -> None:
    niche = compose_niche(atlas, "gastric", "5-FU")
    row = atlas.interventions.find_actions("etomoxir")[0]
    targets = find_targets(niche, row)
    assert set(targets) == {"he2019_gastric_tgfb1", "wu2020_gastric_hcp5"}
    acted = {name for parameters, _ in targets.values() for name in parameters}
    assert len(acted) == 1  # one pathway for both
    assert acted <= set(niche.bound.network.inputs)
    reaching = list_reaching(niche)
    assert {"etomoxir", "galunisertib", "gw4869"} <= set(reaching)
    assert "plerixafor" not in reaching


def test_potency_of_an_intervention_is_the_same_number_in_every_niche(atlas: Atlas) -> None:
    values = {"stat3_jak": np.ones(20), "stat5_jak": np.ones(20)}
    cml = compose_niche(atlas, "CML", "imatinib", ["zhang2019_cml_il7"])
    one = make_effect(make_niche(atlas), ("ruxolitinib",), values, 4).now["stat3_jak"]
    other = make_effect(cml, ("ruxolitinib",), values, 4).now["stat5_jak"]
    np.testing.assert_array_equal(one, other)
    assert len(np.unique(one)) == 20
