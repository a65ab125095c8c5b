"""What the protection of a mechanism depends on: what cannot matter does not, and what decides it does."""

from __future__ import annotations

import numpy as np
import pytest

from mscape.atlas.load import load_atlas
from mscape.experiments.bind import Bound, bind_record
from mscape.inference.particle import Particles
from mscape.inference.sensitivity import ProtectionSensitivity, explain_protection

ATLAS = load_atlas()


@pytest.fixture(scope="module")
def bound() -> Bound:
    return bind_record(ATLAS.records["ji2015_gastric_exosome"], ATLAS)


@pytest.fixture(scope="module")
def explained(bound: Bound) -> ProtectionSensitivity:
    return explain_protection(bound, seed=1, count=48, ensemble=Particles(2, 300))


def test_what_given_vesicles_do_not_depend_on_has_no_index(explained: ProtectionSensitivity) -> None:
    found = {item.name: item for item in explained.prior.indices}
    for name in ("vesicles_secretion", "p1_max", "msc_death", "condition:ratio"):
        assert found[name].total == (0.0, 0.0, 0.0)
    assert found["vesicles_cargo_copies"].total[1] > 0.05
    assert found["condition:vesicles"].total[1] > 0.02


def test_the_largest_come_first_and_the_failed_are_told(explained: ProtectionSensitivity) -> None:
    totals = [item.total[1] for item in explained.prior.indices]
    assert totals == sorted(totals, reverse=True)
    assert 0 <= explained.prior.left_out < 0.5
    assert explained.prior.draws > 20


def test_an_ensemble_is_asked_for_a_new_donor(explained: ProtectionSensitivity) -> None:
    shares = {item.name: item.share for item in explained.ensemble}
    assert set(shares) <= {item.name for item in explained.prior.indices}
    assert shares["p1_max"] < 0.05
    assert np.isfinite([*shares.values()]).all()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_indices(bound: Bound, explained: ProtectionSensitivity) -> None:
    assert explain_protection(bound, seed=1, count=48, ensemble=Particles(2, 300)) == explained
