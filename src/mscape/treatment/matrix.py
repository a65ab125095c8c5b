"""The matrix of interventions and mechanisms: each intervention in the own model of each mechanism.

A model of one mechanism says the most an intervention can take there: nothing stands in for what it blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mscape.atlas import record as form
from mscape.atlas.load import Atlas
from mscape.experiments.arm import Arm
from mscape.experiments.culture import find_culture
from mscape.experiments.niche import Niche, compose_niche
from mscape.ids import require_known
from mscape.treatment.rank import Ranking, rank_niche
from mscape.treatment.removal import Draws, When

# In conditioned medium and with purified vesicles there is no source that goes on producing.
_WITH_CELLS: tuple[form.Culture, ...] = ("contact", "transwell", "relay")


@dataclass(frozen=True)
class Matrix:
    """Every intervention in the model of every mechanism.

    Parameters
    ----------
    interventions
        Keys, in the atlas' order.
    rankings
        Mechanism to its ranking; an intervention that is not in one finds nothing to act on there and takes
        nothing.
    draws
        Of each.
    """

    interventions: tuple[str, ...]
    rankings: dict[str, Ranking]
    draws: int


def rank_all(
    atlas: Atlas,
    mechanisms: Iterable[str],
    draws: Draws,
    *,
    when: When = When.DRUG,
    hours: float = 48.0,
    finished: Callable[[str], None] | None = None,
) -> Matrix:
    """Rank every intervention in the model of each of some mechanisms.

    Parameters
    ----------
    atlas
        The mechanisms and interventions.
    mechanisms
        Ids.
    draws
        How many for each, and from where.
    when
        When interventions are added.
    hours
        Under the drug.
    finished
        Called with each mechanism's id when it is done.

    Raises
    ------
    UnknownIdError
        A mechanism that is not in the atlas.
    """
    rankings = {}
    for key in mechanisms:
        niche = compose_alone(atlas, key)
        rankings[key] = rank_niche(niche, choose_coculture(niche, hours), draws, when=when)
        if finished:
            finished(key)
    return Matrix(tuple(atlas.interventions.reagents), rankings, draws.number)


def compose_alone(atlas: Atlas, mechanism: str) -> Niche:
    """Compose the niche that holds one mechanism and no other, in its own first tumour under its first drug.

    Raises
    ------
    UnknownIdError
        It is not in the atlas.
    """
    record = atlas.records[require_known(mechanism, atlas.records)].mechanism
    return compose_niche(atlas, record.claim.tumour_terms[0], record.drugs[0], [mechanism])


def compose_own(atlas: Atlas, mechanism: str) -> Niche:
    """Compose the niche of a mechanism's own first tumour under its first drug, with all else plausible.

    Raises
    ------
    UnknownIdError
        It is not in the atlas.
    """
    record = atlas.records[require_known(mechanism, atlas.records)].mechanism
    return compose_niche(atlas, record.claim.tumour_terms[0], record.drugs[0])


def choose_coculture(niche: Niche, hours: float = 48.0) -> Arm:
    """Return the arm with MSC and drug in a co-culture: that of its papers, or in contact.

    Parameters
    ----------
    niche
        The niche.
    hours
        Under the drug.
    """
    atlas = niche.bound.atlas
    found = {find_culture(atlas.records[key].mechanism) for key in niche.names}
    kind = found.pop() if len(found) == 1 else "contact"
    return niche.choose_arm(kind if kind in _WITH_CELLS else "contact", hours)
