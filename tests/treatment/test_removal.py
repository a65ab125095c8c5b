"""What interventions take: against what is known without a ranking, and against what they bind."""

from dataclasses import replace

import numpy as np
import pytest

from mscape.atlas.load import Atlas
from mscape.atlas.record import Perturbation
from mscape.experiments.bench import Bench
from mscape.experiments.contrast import read_arm
from mscape.experiments.niche import Niche
from mscape.treatment.removal import Draws, Taken, When, measure_taken
from tests.treatment.conftest import FEW, add_intervention, make_il6_niche

HALF = {"parameters": "stat3_jak", "how": "inhibition", "potency": 10, "unit": "nM", "left": 0.0}
TEN = {"total": 10, "unit": "nM", "unbound": 1}
ANTIBODY = {
    "parameters": "il6_antibody;il6_antibody_side", "how": "concentration", "affinity": "il6_antibody_Kd",
    "potency": 0.02, "unit": "nM",
}  # fmt: skip


def take(niche: Niche, *names: str, when: When = When.DRUG) -> Taken:
    return measure_taken(niche, niche.choose_arm(), [(name,) for name in names], FEW, when=when)


def middle(taken: Taken) -> list[float]:
    assert taken.counted.sum() >= 10
    return [float(value) for value in np.nanmedian(taken.share, axis=0)]


@pytest.mark.parametrize("how", ["inhibitor", "silencing"])
def test_takes_what_a_perturbation_of_the_record_takes(atlas: Atlas, how: str) -> None:
    """The batch of wells against single arms of a bench: the same blocker, the same four readings."""
    gone = {"parameters": "stat3_jak", "how": "silencing", "left": 0.5}
    shelf = add_intervention(atlas, "a", HALF if how == "inhibitor" else gone, exposure=TEN)
    niche = make_il6_niche(shelf, stat3_constitutive=0.3)
    taken = take(niche, "a")
    item = Perturbation(
        id="half", label="half", kind=how, target="msc", parameters=("stat3_jak",), value=0.5, source="x"  # type: ignore[arg-type]
    )  # fmt: skip
    mechanism = niche.bound.record.mechanism
    mechanism = mechanism.model_copy(update={"perturbations": (*mechanism.perturbations, item)})
    bench = Bench(replace(niche.bound, record=replace(niche.bound.record, mechanism=mechanism)), 1, 40)
    arm = niche.choose_arm(perturbation=("half",))

    def read(*, msc: bool, perturbed: bool) -> np.ndarray:
        return read_arm(bench, arm.without(msc=not msc, perturbation=not perturbed), "cells", "viability")

    np.testing.assert_allclose(taken.alone, read(msc=False, perturbed=False), atol=2e-3)
    np.testing.assert_allclose(taken.with_msc, read(msc=True, perturbed=False), atol=2e-3)
    np.testing.assert_allclose(taken.blocked_alone[:, 0], read(msc=False, perturbed=True), atol=2e-3)
    np.testing.assert_allclose(taken.blocked[:, 0], read(msc=True, perturbed=True), atol=2e-3)
    assert np.nanmedian(taken.kills) > 0.005
    assert (taken.share[taken.counted] <= taken.gross[taken.counted]).all()


def test_silencing_the_only_signal_reaches_the_ceiling_and_never_passes_it(atlas: Atlas) -> None:
    shelf = add_intervention(atlas, "a", {"parameters": "il6_silencing", "how": "silencing", "left": 0.0})
    taken = take(make_il6_niche(shelf), "a")
    share = taken.share[taken.counted]
    np.testing.assert_allclose(share, 1.0, atol=0.02)
    assert share.max() <= 1.0
    np.testing.assert_allclose(taken.kills, 0.0, atol=1e-3)


def test_what_saves_cells_without_msc_is_not_added(breast: Niche) -> None:
    ones = np.ones((1, 1))
    taken = Taken((), np.array([0.4]), np.array([0.8]), 0.6 * ones, 0.6 * ones, ones)
    np.testing.assert_allclose(taken.gross, 0.5)
    np.testing.assert_allclose(taken.share, 0.5)  # not 1, though the protection is gone
    killing = replace(taken, blocked_alone=0.3 * ones)
    np.testing.assert_allclose(killing.share, 0.25)


def test_a_source_that_makes_twice_as_much_needs_twice_the_antibody(atlas: Atlas) -> None:
    """An antibody binds one to one and is not renewed, and the source goes on making what it binds."""
    shelf = atlas
    for key, dose in (("low", 1), ("double", 2), ("lots", 200)):
        known = {"total": dose, "unit": "nM", "unbound": 1}
        shelf = add_intervention(shelf, key, ANTIBODY, exposure=known)
    found = {}
    for secretion in (3000.0, 6000.0, 600_000.0):
        niche = make_il6_niche(shelf, il6_secretion=secretion)
        wells = [("low",), ("double",), ("lots",)]
        found[secretion] = middle(measure_taken(niche, niche.choose_arm("transwell"), wells, FEW))
    low, _, lots = found[3000.0]
    assert lots > low + 0.2
    assert found[6000.0][0] < low - 0.1
    assert found[6000.0][1] == pytest.approx(low, abs=0.1)
    assert max(found[600_000.0][:2]) < 0.05  # used up
    assert found[600_000.0][2] > 0.3


def test_an_intervention_is_not_touched_by_those_beside_it(atlas: Atlas) -> None:
    niche = make_il6_niche(atlas)
    alone = take(niche, "siltuximab")
    beside = take(niche, "si_stat3", "ruxolitinib", "siltuximab", "tocilizumab")
    np.testing.assert_array_equal(alone.share[:, 0], beside.share[:, 2])
    np.testing.assert_array_equal(alone.bare[:, 0], beside.bare[:, 2])


def test_draws_are_the_same_from_the_same_seed_and_others_from_another(atlas: Atlas) -> None:
    niche = make_il6_niche(atlas)
    other = measure_taken(niche, niche.choose_arm(), [("siltuximab",)], Draws(40, lambda _: 2))
    one, again = take(niche, "siltuximab"), take(niche, "siltuximab")
    np.testing.assert_array_equal(one.share, again.share)
    assert not np.array_equal(one.share, other.share, equal_nan=True)


def test_what_is_added_with_the_msc_takes_more_than_what_comes_with_the_drug(atlas: Atlas) -> None:
    """IL-6 has a day before the drug, and its programme outlasts what stops it."""
    niche = make_il6_niche(atlas)
    late, early = (middle(take(niche, "siltuximab", when=when))[0] for when in (When.DRUG, When.MSC))
    assert early > late
