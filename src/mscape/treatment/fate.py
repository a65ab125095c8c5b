"""What came of interventions in animals and people, beside the word they get in a model of a culture.

Each reported outcome is held against the niche nearest to it: of its tumour and drug, of its tumour, or,
where no mechanism was curated for that tumour, of every mechanism that the intervention reaches. What was
asked beforehand: a failure should not stand above *uncertain*, a success should take more than nothing at the
lower end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from mscape.atlas.intervention import OutcomeRow
from mscape.atlas.load import Atlas
from mscape.atlas.vocabulary import Vocabulary, load_vocabulary
from mscape.experiments.niche import compose_niche
from mscape.treatment.effect import list_reaching
from mscape.treatment.matrix import choose_coculture
from mscape.treatment.rank import NOTHING, Ranked, Ranking, Word, rank_niche
from mscape.treatment.removal import Draws, When

UNVERIFIED = "unverified"


class Near(IntEnum):
    """How near a niche is to what was tried."""

    TARGET = 0
    TUMOUR = 1
    BOTH = 2

    @property
    def words(self) -> str:
        """What is the same."""
        return {0: "target only", 1: "tumour", 2: "tumour and drug"}[int(self)]


@dataclass(frozen=True)
class Fate:
    """One reported outcome and the ranking of what was tried, in one niche.

    Parameters
    ----------
    outcome
        The row of ``outcomes.tsv``.
    tumour, drug, mechanisms
        The niche.
    near
        How near it is to what was tried.
    ranked
        The intervention in it.
    as_asked
        Whether a failure is not above *uncertain*, or a success above zero; None for a mixed result.
    """

    outcome: OutcomeRow
    tumour: str
    drug: str
    mechanisms: tuple[str, ...]
    near: Near
    ranked: Ranked
    as_asked: bool | None


def compare_outcomes(
    atlas: Atlas,
    draws: Draws,
    *,
    when: When = When.DRUG,
    hours: float = 48.0,
    finished: Callable[[str], None] | None = None,
) -> tuple[Fate, ...]:
    """Hold every reported outcome against the rankings; leads are left out.

    Parameters
    ----------
    atlas
        Mechanisms, interventions and outcomes.
    draws
        How many in each niche, and from where.
    when
        When interventions are added.
    hours
        Under the drug.
    finished
        Called with each niche's id when it is done.

    Returns
    -------
    tuple
        In the table's order; several of one outcome where several niches are equally near.
    """
    groups = list_tried(atlas)
    found: list[tuple[str, Ranking]] = []
    for tumour, drug in list_settings(atlas):
        niche = compose_niche(atlas, tumour, drug)
        reaching = set(list_reaching(niche))
        wanted = [group for group in groups if reaching & set(group)]
        if wanted:
            arm = choose_coculture(niche, hours)
            found.append((tumour, rank_niche(niche, arm, draws, candidates=wanted, when=when)))
        if finished:
            finished(niche.id)
    return match_outcomes(atlas, found)


def list_tried(atlas: Atlas) -> tuple[tuple[str, ...], ...]:
    """Return the groups of interventions of which an outcome was reported, each once; leads are left out."""
    return tuple(dict.fromkeys(row.interventions for row in _list_read(atlas)))


def match_outcomes(atlas: Atlas, found: Sequence[tuple[str, Ranking]]) -> tuple[Fate, ...]:
    """Hold every reported outcome against rankings that were made before; leads are left out.

    Parameters
    ----------
    atlas
        The outcomes.
    found
        The term of each niche's tumour, and its ranking with the groups of `list_tried` that reach it.

    Returns
    -------
    tuple
        As from `compare_outcomes`.
    """
    vocabulary = load_vocabulary()
    return tuple(fate for row in _list_read(atlas) for fate in _find_nearest(row, found, vocabulary))


def _list_read(atlas: Atlas) -> list[OutcomeRow]:
    return [row for row in atlas.interventions.outcomes if row.read != UNVERIFIED]


def list_settings(atlas: Atlas) -> tuple[tuple[str, str], ...]:
    """Return the first tumour and the first drug of every mechanism, each pair once."""
    records = (record.mechanism for record in atlas.records.values())
    return tuple(dict.fromkeys((item.claim.tumour_terms[0], item.drugs[0]) for item in records))


def _find_nearest(
    row: OutcomeRow, found: Sequence[tuple[str, Ranking]], vocabulary: Vocabulary
) -> tuple[Fate, ...]:
    """Return what the nearest niches say of an outcome."""
    fates = []
    for tumour, ranking in found:
        ranked = next((item for item in ranking.ranked if item.names == row.interventions), None)
        if ranked is None:
            continue
        near = _measure_near(row, tumour, ranking.drug, vocabulary)
        setting = (ranking.tumour, ranking.drug, ranking.mechanisms)
        fates.append(Fate(row, *setting, near, ranked, judge_outcome(row.result, ranked)))
    most = max((fate.near for fate in fates), default=Near.TARGET)
    return tuple(fate for fate in fates if fate.near == most)


def _measure_near(row: OutcomeRow, tumour: str, drug: str, vocabulary: Vocabulary) -> Near:
    if row.tumour_term is None or not vocabulary.are_related(row.tumour_term, tumour):
        return Near.TARGET
    return Near.BOTH if drug in row.drug.casefold() else Near.TUMOUR


def judge_outcome(result: str, ranked: Ranked) -> bool | None:
    """Return whether a ranking is as it was asked to be of a reported result; None for a mixed one.

    Parameters
    ----------
    result
        ``success``, ``failure`` or ``mixed``.
    ranked
        What was tried, in a niche.
    """
    if result == "failure":
        return ranked.word != Word.REMOVES
    if result == "success":
        return ranked.share is not None and ranked.share[0] > NOTHING
    return None
