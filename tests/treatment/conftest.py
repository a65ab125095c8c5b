"""The atlas as it ships, with one intervention more, and niches whose MSC give one route and no more."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from mscape.atlas.intervention import ActionRow, ExposureRow, InterventionRow
from mscape.atlas.load import Atlas, load_atlas
from mscape.experiments.bind import with_values
from mscape.experiments.niche import Niche, compose_niche
from mscape.treatment.removal import Draws

# Nothing from MSC but the routes: no residual, no drug taken up, no crowding
BESIDE = ("residual_cells", "residual_medium", "growth_cells", "growth_medium", "msc_drug_sink")
ONLY_ROUTES = dict.fromkeys(BESIDE, 0.0) | {"capacity": 1e12}
# IL-6 of the MSC that gets through, none of the tumour's own, so that there is a protection to share out
STRONG = {"il6_secretion": 3000.0, "il6r_number": 3000.0, "stat3_other_ligands": 0.0, "p5_max": 10.0}
STRONG |= dict.fromkeys(("il6_own_secretion", "stat3_constitutive"), 0.0)
FEW = Draws(40, lambda _: 1)
Fields = Mapping[str, Any]


def add_intervention(atlas: Atlas, key: str, *actions: Fields, exposure: Fields | None = None) -> Atlas:
    """Return the atlas with one intervention more; an exposure makes its free concentration known."""
    reagent = InterventionRow(
        intervention=key, label=key, kind="kinase inhibitor", standing="tool compound", source="x"
    )
    rows = tuple(
        ActionRow.model_validate({"intervention": key, "source": "x"} | dict(row)) for row in actions
    )
    told = {"intervention": key, "regimen": "r", "measure": "trough", "source": "x", "unbound_source": "x"}
    reached = () if exposure is None else (ExposureRow.model_validate(told | dict(exposure)),)
    shelf = atlas.interventions
    shelf = replace(
        shelf,
        reagents={**shelf.reagents, key: reagent},
        actions=(*shelf.actions, *rows),
        exposures=(*shelf.exposures, *reached),
    )
    return replace(atlas, interventions=shelf)


def make_il6_niche(atlas: Atlas, **fixed: float) -> Niche:
    """Return the niche of IL-6 alone in which MSC protect by it and nothing else."""
    niche = compose_niche(atlas, "breast", "cisplatin", ["xu2018_breast_il6"])
    return replace(niche, bound=with_values(niche.bound, ONLY_ROUTES | STRONG | fixed))


MakeNiche = Callable[..., Niche]


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    """The whole atlas."""
    return load_atlas()


@pytest.fixture(scope="session")
def breast(atlas: Atlas) -> Niche:
    """A niche of three mechanisms."""
    return compose_niche(atlas, "breast", "cisplatin")
