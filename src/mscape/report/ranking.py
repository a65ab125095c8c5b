"""What pages show of interventions and niches, as plain values; their JSON twins are these.

Shares are of the protection by MSC. Intervals of rankings are the 10th, 50th and 90th percentile, those of
routes and of the papers' blockers the 5th, 50th and 95th.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mscape.report.page import Citation, Foot, Interval


@dataclass(frozen=True)
class CautionLine:
    """What speaks against an intervention: of which sort, in words, and where that is from."""

    sort: str
    words: str
    source: str


@dataclass(frozen=True)
class MechanismName:
    """A mechanism as a page names it; no address where it has no page in this report."""

    id: str
    label: str
    href: str


@dataclass(frozen=True)
class RankedLine:
    """One intervention in a ranking.

    Parameters
    ----------
    id, label, kind, standing
        Its key, and what it is.
    rank, word
        What overlaps shares a rank; what may be said.
    share, alone, kills
        What it takes of the protection; the same in the model of one of its mechanisms, an upper bound, None
        where the niche is that; viability that it takes without MSC.
    works
        Share of the draws that protect in which it takes a fifth or more.
    given
        Concentration and its ground, in words.
    mechanisms
        On whose routes it acts, as they are called.
    doubts, cautions
        Why it is no more than a hypothesis; what to beware of.
    """

    id: str
    label: str
    kind: str
    standing: str
    rank: int
    word: str
    share: Interval | None
    alone: Interval | None
    kills: Interval | None
    works: float | None
    given: str
    mechanisms: tuple[str, ...]
    doubts: tuple[str, ...]
    cautions: tuple[CautionLine, ...]


@dataclass(frozen=True)
class RankingText:
    """A ranking in one niche.

    Parameters
    ----------
    id, title
        The niche's id, and what was ranked where.
    tumour, drug, line, culture, hours, added
        The experiment.
    mechanisms
        In the niche.
    draws, drawn, unfitted
        How many draws and of what; mechanisms whose numbers are from the assumed ranges all the same.
    counted, few
        In how many of them the protection counts; whether these are too few to tell.
    protection
        Viability with MSC less that without.
    lines
        The strongest first.
    idle
        How many other interventions find nothing to act on.
    failed, went, unclear
        What was reported of them outside culture: failures and successes in words, and how many are neither.
    stand_ins
        What stood in for what no source gives.
    papers
        What cautions and outcomes are from.
    command
        Gives the same numbers; empty where none does.
    """

    id: str
    title: str
    tumour: str
    drug: str
    line: str
    culture: str
    hours: float | None
    added: str
    mechanisms: tuple[MechanismName, ...]
    draws: int
    drawn: str
    unfitted: tuple[str, ...]
    counted: int
    few: bool
    protection: Interval | None
    lines: tuple[RankedLine, ...]
    idle: int
    failed: tuple[str, ...]
    went: tuple[str, ...]
    unclear: int
    stand_ins: tuple[str, ...]
    papers: tuple[Citation, ...]
    command: str


@dataclass(frozen=True)
class MatrixColumn:
    """A mechanism by itself: what it is called, its experiment, in how many draws its protection counts."""

    mechanism: MechanismName
    title: str
    tumour: str
    short: str
    drug: str
    culture: str
    counted: int
    few: bool
    protection: Interval | None


@dataclass(frozen=True)
class MatrixCell:
    """An intervention in the model of a mechanism."""

    rank: int
    word: str
    share: Interval | None
    kills: Interval | None
    works: float | None


@dataclass(frozen=True)
class MatrixLine:
    """An intervention against every mechanism; None where it finds nothing to act on."""

    id: str
    label: str
    kind: str
    standing: str
    cells: tuple[MatrixCell | None, ...]


@dataclass(frozen=True)
class FatePlace:
    """A niche near to what was tried, and what the intervention is there."""

    tumour: str
    drug: str
    word: str
    share: Interval | None
    as_asked: bool | None


@dataclass(frozen=True)
class FateLine:
    """A reported outcome beside its ranks.

    ``as_asked``: in every niche that is equally near; None for a mixed result, of which nothing is asked.
    """

    id: str
    result: str
    label: str
    species: str
    tumour: str
    drug: str
    n: int | None
    endpoint: str
    numbers: str
    paper: str
    read: str
    near: str
    places: tuple[FatePlace, ...]
    lacks: tuple[str, ...]
    as_asked: bool | None


@dataclass(frozen=True)
class FateCount:
    """Of one result: how many outcomes are as they were asked to be, of how many."""

    result: str
    asked: str
    held: int
    count: int


@dataclass(frozen=True)
class InterventionPage:
    """Every intervention in the model of every mechanism, and outcomes against ranks."""

    title: str
    columns: tuple[MatrixColumn, ...]
    lines: tuple[MatrixLine, ...]
    idle: tuple[str, ...]
    words: Mapping[str, int]
    draws: int
    drawn: str
    fates: tuple[FateLine, ...]
    counts: tuple[FateCount, ...]
    papers: tuple[Citation, ...]
    commands: tuple[str, ...]
    faults: tuple[tuple[str, str], ...]
    foot: Foot


@dataclass(frozen=True)
class RouteLine:
    """A mechanism in a niche: why it is there, where it enters, and what it carries."""

    mechanism: MechanismName
    reason: str
    verdict: str
    ports: tuple[str, ...]
    needs: tuple[str, ...]
    lost: Interval | None
    alone: Interval | None
    roles: Mapping[str, float]


@dataclass(frozen=True)
class BlockerLine:
    """Something the papers of a niche gave to take protection away, and what it takes."""

    label: str
    kind: str
    mechanisms: tuple[str, ...]
    share: Interval | None
    works: float | None
    kills: Interval | None


@dataclass(frozen=True)
class NicheText:
    """One niche: its routes, what the papers' blockers take, and its ranking.

    Parameters
    ----------
    anchor
        Where on the page it is.
    drug_alone, with_msc, residual
        Viability under the drug without and with MSC; share of the protection that no route carries.
    counted, solved
        In how many draws the protection counts; share of the draws with an answer.
    routes, blockers
        What each carries; what each takes, the most first.
    shared
        What several of its mechanisms have in common, in words.
    excluded
        Mechanisms left out, and why.
    ranking
        Interventions in it.
    command
        Gives the same routes and blockers; empty where none does.
    """

    anchor: str
    tumour: str
    drug: str
    drug_alone: Interval | None
    with_msc: Interval | None
    residual: Interval | None
    counted: int
    solved: float
    routes: tuple[RouteLine, ...]
    blockers: tuple[BlockerLine, ...]
    shared: tuple[str, ...]
    excluded: tuple[tuple[str, str], ...]
    ranking: RankingText
    command: str


@dataclass(frozen=True)
class NichePage:
    """Every niche of the table; ``faults``: tumour and drug of those that could not be computed, and why."""

    title: str
    niches: tuple[NicheText, ...]
    faults: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]
    foot: Foot
