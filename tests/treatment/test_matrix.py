"""The matrix: every intervention in the model of every mechanism it reaches, in a co-culture."""

import pytest

from mscape.atlas.load import Atlas
from mscape.errors import UnknownIdError
from mscape.experiments.intervention import find_reach, list_names
from mscape.treatment.matrix import choose_coculture, compose_alone, compose_own, rank_all
from mscape.treatment.rank import rank_niche
from mscape.treatment.removal import Draws
from tests.treatment.conftest import FEW

TWO = ("xu2018_breast_il6", "wang2014_mm_exosome")


def test_the_matrix_holds_what_reaches_and_is_each_niche_by_itself(atlas: Atlas) -> None:
    done: list[str] = []
    matrix = rank_all(atlas, TWO, FEW, finished=done.append)
    assert done == list(TWO)
    assert matrix.interventions == tuple(atlas.interventions.reagents)
    for key in TWO:
        niche = compose_alone(atlas, key)
        reach = find_reach(atlas, list_names([niche.bound]))
        wanted = {name for name, found in reach.items() if found}
        assert {item.id for item in matrix.rankings[key].ranked} == wanted
    assert rank_niche(niche, choose_coculture(niche), FEW) == matrix.rankings[TWO[1]]
    assert matrix.rankings[TWO[1]].culture == "contact"  # no source stands beside purified vesicles


def test_a_mechanism_that_is_not_there_is_refused_with_the_nearest(atlas: Atlas) -> None:
    with pytest.raises(UnknownIdError, match="xu2018_breast_il6"):
        rank_all(atlas, ["xu2018_breast_il7"], Draws(2, lambda _: 1))


@pytest.mark.slow
def test_every_mechanism_is_in_the_niche_of_its_own_tumour_and_drug(atlas: Atlas) -> None:
    for key in atlas.records:
        assert key in compose_own(atlas, key).names
        assert choose_coculture(compose_alone(atlas, key)).msc is not None
