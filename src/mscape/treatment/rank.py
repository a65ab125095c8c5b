"""Rank interventions by what they take from the protection, with intervals, words and a ceiling.

The rules stand here, once. An intervention is ranked by the lower end of its interval (the 10th percentile
over the draws that protect). What overlaps shares a rank. The ceiling is removal of the MSC: all of the
protection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from mscape.engine.batch import Array
from mscape.experiments.arm import Arm
from mscape.experiments.interval import find_interval
from mscape.experiments.niche import Niche, isolate_route
from mscape.experiments.outcome import PARTIAL
from mscape.treatment.dose import Span
from mscape.treatment.effect import Effect, list_reaching
from mscape.treatment.removal import Draws, Taken, When, measure_taken

Interval = tuple[float, float, float]  # 10th, 50th and 90th percentile
ENDS = (10, 50, 90)
COUNTS = PARTIAL[0]  # share of the protection from which on something is removed, as in every score
NOTHING = 0.01  # share of the protection that counts as none: solvers and wells are no finer
FEW = 10  # draws that protect, below which no share is told


class Word(StrEnum):
    """What may be said of an intervention, the strongest first."""

    REMOVES = "removes"
    UNCERTAIN = "uncertain"
    HYPOTHESIS = "hypothesis"
    NO_EFFECT = "no effect"


_TIERS = {Word.REMOVES: 0, Word.UNCERTAIN: 0, Word.HYPOTHESIS: 1, Word.NO_EFFECT: 2}


@dataclass(frozen=True)
class Ranked:
    """One intervention, or several given together, in one niche.

    Parameters
    ----------
    names, label, kind, standing
        Keys; what it is and where it stands, joined where there are several.
    rank
        From 1; what overlaps shares one.
    word
        What may be said of it.
    share
        Share of the protection that it takes, less what it kills without MSC; None where too few draws
        protect.
    gross
        The same before that is taken off.
    kills
        Viability under the drug that it takes without MSC.
    bare
        Living cells with it over those without, no MSC and no drug.
    works
        Share of the draws that protect in which it takes `COUNTS` or more; None as for ``share``.
    single
        Mechanism to the share in the model of that mechanism alone: an upper bound; empty where the niche is
        that.
    mechanisms
        On whose routes it acts.
    spans
        What each is given at.
    doubts
        Why it cannot stand above a hypothesis.
    """

    names: tuple[str, ...]
    label: str
    kind: str
    standing: str
    rank: int
    word: Word
    share: Interval | None
    gross: Interval | None
    kills: Interval | None
    bare: Interval | None
    works: float | None
    single: Mapping[str, Interval | None]
    mechanisms: tuple[str, ...]
    spans: tuple[Span | None, ...]
    doubts: tuple[str, ...]

    @property
    def id(self) -> str:
        """The keys joined."""
        return " + ".join(self.names)

    @property
    def bound(self) -> Interval | None:
        """The largest share in a model of one mechanism; that of the niche where it is one."""
        known = [found for found in self.single.values() if found is not None]
        return max(known, key=lambda found: found[1]) if known else self.share


@dataclass(frozen=True)
class Ranking:
    """The interventions that bear on a niche, ranked.

    Parameters
    ----------
    niche, tumour, drug, line, mechanisms
        What they were ranked in.
    culture, hours, when
        The experiment, and when they are added.
    draws, counted, solved
        How many draws; in how many the protection counts: shares are over these; share with an answer.
    protection
        Viability with MSC less that without: 10th, 50th and 90th percentile over all draws.
    ranked
        The strongest first.
    not_reaching
        Interventions of the atlas that find nothing to act on here: they take nothing.
    stand_ins
        What stood in for what no source gives.
    """

    niche: str
    tumour: str
    drug: str
    line: str
    mechanisms: tuple[str, ...]
    culture: str
    hours: float | None
    when: When
    draws: int
    counted: int
    solved: float
    protection: Interval | None
    ranked: tuple[Ranked, ...]
    not_reaching: tuple[str, ...]
    stand_ins: tuple[str, ...] = ()


def choose_word(share: Interval | None, *, grounded: bool) -> Word:
    """Choose what may be said of an intervention.

    Parameters
    ----------
    share
        10th, 50th and 90th percentile of the share it takes; None where too few draws protect.
    grounded
        Whether free exposure and potency have sources.

    Examples
    --------
    >>> choose_word((0.3, 0.6, 0.9), grounded=True).value, choose_word((0.3, 0.6, 0.9), grounded=False).value
    ('removes', 'hypothesis')
    >>> choose_word((-0.1, 0.0, 0.1), grounded=False).value
    'no effect'
    """
    if share is not None and share[2] < COUNTS:
        return Word.NO_EFFECT
    if not grounded:
        return Word.HYPOTHESIS
    return Word.REMOVES if share is not None and share[0] >= COUNTS else Word.UNCERTAIN


def rank_niche(
    niche: Niche,
    arm: Arm,
    draws: Draws,
    *,
    candidates: Sequence[tuple[str, ...]] | None = None,
    when: When = When.DRUG,
    single: Mapping[str, Taken] | None = None,
) -> Ranking:
    """Rank interventions in a niche.

    Parameters
    ----------
    niche, arm
        The niche, and its arm with MSC and drug (``niche.choose_arm``).
    draws
        How many, and from where.
    candidates
        Groups of interventions given together; None for each that acts on something in the niche.
    when
        When they are added.
    single
        Mechanism to what was measured in its own model (`measure_alone`); None to leave that out.

    Raises
    ------
    DataError
        A potency's or an exposure's unit is not a concentration.
    """
    names = [(name,) for name in list_reaching(niche)] if candidates is None else list(candidates)
    taken = measure_taken(niche, arm, names, draws, when=when)
    found = [_describe(niche, taken, place, single or {}) for place in range(len(names))]
    reaching = set(list_reaching(niche))
    shelf = niche.bound.atlas.interventions.reagents
    return Ranking(
        niche=niche.id,
        tumour=niche.tumour,
        drug=niche.drug,
        line=niche.line,
        mechanisms=tuple(niche.names),
        culture=arm.protocol.culture,
        hours=arm.protocol.periods[-1].hours,
        when=when,
        draws=draws.number,
        counted=int(taken.counted.sum()),
        solved=float(np.isfinite(taken.protection).mean()),
        protection=make_interval(taken.protection),
        ranked=order_ranked(found),
        not_reaching=tuple(name for name in shelf if name not in reaching),
        stand_ins=taken.stand_ins,
    )


def measure_alone(
    niche: Niche,
    arm: Arm,
    draws: Draws,
    *,
    candidates: Sequence[tuple[str, ...]] | None = None,
    when: When = When.DRUG,
) -> dict[str, Taken]:
    """Measure interventions in the model of each of a niche's mechanisms alone: upper bounds.

    Empty where the niche is one mechanism. Parameters as for `rank_niche`.
    """
    if len(niche.names) < 2:
        return {}
    found = {}
    for mechanism in niche.names:
        alone = isolate_route(niche, mechanism)
        reaching = set(list_reaching(alone))
        names = [(name,) for name in list_reaching(niche)] if candidates is None else list(candidates)
        names = [group for group in names if reaching & set(group)]
        found[mechanism] = measure_taken(alone, arm, names, draws, when=when)
    return found


def _describe(niche: Niche, taken: Taken, place: int, single: Mapping[str, Taken]) -> Ranked:
    effect = taken.effects[place]
    reagents = [niche.bound.atlas.interventions.reagents[name] for name in effect.names]
    share = make_interval(taken.share[:, place], few=FEW)
    return Ranked(
        names=effect.names,
        label=" + ".join(reagent.label for reagent in reagents),
        kind=" + ".join(dict.fromkeys(reagent.kind for reagent in reagents)),
        standing=" + ".join(dict.fromkeys(reagent.standing for reagent in reagents)),
        rank=0,
        word=choose_word(share, grounded=effect.is_grounded),
        share=share,
        gross=make_interval(taken.gross[:, place], few=FEW),
        kills=make_interval(taken.kills[:, place]),
        bare=make_interval(taken.bare[:, place]),
        works=None if share is None else count_works(taken.share[:, place]),
        single={key: _find_share(found, effect) for key, found in single.items() if key in effect.mechanisms},
        mechanisms=effect.mechanisms,
        spans=effect.spans,
        doubts=effect.doubts,
    )


def _find_share(taken: Taken, effect: Effect) -> Interval | None:
    ids = [each.id for each in taken.effects]
    return make_interval(taken.share[:, ids.index(effect.id)], few=FEW) if effect.id in ids else None


def order_ranked(found: Sequence[Ranked]) -> tuple[Ranked, ...]:
    """Order interventions and give them ranks.

    What removes or may (*removes*, *uncertain*) comes first, then hypotheses, then what has no effect; within
    each of these the lower end of the share decides, and intervals that overlap, or hang together by others
    that do, share a rank. The next rank counts all that stand above.
    """
    ranked: list[Ranked] = []
    for tier in sorted(set(_TIERS.values())):
        mine = [item for item in found if _TIERS[item.word] == tier]
        for group in _group_overlapping(sorted(mine, key=lambda item: (-_low(item), item.id))):
            rank = len(ranked) + 1
            ranked += [replace(item, rank=rank) for item in group]
    return tuple(ranked)


def _group_overlapping(ordered: Sequence[Ranked]) -> list[list[Ranked]]:
    """Group what overlaps, or hangs together by others; the highest lower end comes first."""
    groups: list[list[Ranked]] = []
    for item in ordered:
        high = np.inf if item.share is None else item.share[2]
        group = [item]
        while groups and _low(groups[-1][-1]) <= high:  # its least lower end
            group = groups.pop() + group
        groups.append(group)
    return groups


def _low(item: Ranked) -> float:
    return -np.inf if item.share is None else item.share[0]


def make_interval(values: Array, few: int = 1) -> Interval | None:
    """Return the 10th, 50th and 90th percentile of what is finite; None if that is fewer than ``few``."""
    return find_interval(values, ends=ENDS, few=few)


def count_works(share: Array) -> float:
    """Return in which share of the draws that protect something takes `COUNTS` or more."""
    finite = share[np.isfinite(share)]
    return float((finite >= COUNTS).mean()) if finite.size else 0.0
