"""Controls of a ranking: other routes take nothing, the true one is told apart, permuted it is not."""

from dataclasses import replace

import numpy as np
import pytest

from mscape.atlas.load import Atlas
from mscape.experiments.bind import with_values
from mscape.experiments.niche import Niche, compose_niche
from mscape.treatment.control import control_routes, leave_route, tell_apart
from mscape.treatment.removal import Draws
from tests.treatment.conftest import FEW, ONLY_ROUTES, STRONG


def test_the_true_route_is_told_apart_and_other_routes_are_at_zero(breast: Niche) -> None:
    made = replace(breast, bound=with_values(breast.bound, ONLY_ROUTES | STRONG | {"sharing": 0.0}))
    found = {item.mechanism: item for item in control_routes(made, made.choose_arm("relay"), FEW)}
    il6 = found["xu2018_breast_il6"]
    assert il6.counted >= 10
    assert len(il6.irrelevant) == il6.at_zero >= 10
    assert il6.told_apart is not None
    assert il6.permuted is not None
    assert il6.told_apart > il6.permuted + 0.2
    assert il6.permuted == pytest.approx(0.5, abs=0.1)


def test_one_route_has_no_other_to_be_told_from(atlas: Atlas) -> None:
    niche = compose_niche(atlas, "breast", "cisplatin", ["xu2018_breast_il6"])
    assert control_routes(niche, niche.choose_arm(), Draws(2, lambda _: 1)) == ()


def test_leaving_a_route_cuts_the_others_and_what_else_msc_give(breast: Niche) -> None:
    priors = leave_route(breast, "xu2018_breast_il6").bound.priors
    assert priors["route_xu2018"].value == 1
    assert priors["route_bliss2016"].value == priors["route_roodhart2011"].value == 0
    assert priors["residual_cells"].value == priors["stat3_other_ligands"].value == 0


def test_what_is_wired_at_random_is_told_apart_half_the_time() -> None:
    share = np.random.default_rng(0).normal(size=(400, 6))
    own = np.array([True, True, False, False, False, False])
    assert tell_apart(share, own) == pytest.approx(0.5, abs=0.05)
    share[:, :2] += 10
    assert tell_apart(share, own) == 1.0
    assert tell_apart(share, ~own) == 0.0
    assert tell_apart(np.zeros((5, 6)), own) == 0.5
