"""The page of interventions: all of them in the model of each mechanism, and outcomes against ranks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from mscape.atlas.intervention import OutcomeRow
from mscape.atlas.load import Atlas
from mscape.report.page import Foot
from mscape.report.ranking import (
    FateCount,
    FateLine,
    FatePlace,
    InterventionPage,
    MatrixCell,
    MatrixColumn,
    MatrixLine,
)
from mscape.report.ranking_page import ComputedRanks, list_sources, name_mechanism, name_tried, name_tumour
from mscape.report.ranking_text import TITLE_MATRIX
from mscape.report.wording import cite, name_drug
from mscape.treatment.fate import Fate, match_outcomes
from mscape.treatment.rank import FEW, Ranked, Ranking, Word

_ASKED = {"failure": "not above uncertain", "success": "more than nothing at the lower end"}


def make_intervention_page(
    atlas: Atlas, computed: ComputedRanks, known: Iterable[str], foot: Foot
) -> InterventionPage:
    """Make the page of interventions.

    Parameters
    ----------
    atlas
        The records, interventions and outcomes.
    computed
        The rankings.
    known
        Ids of mechanisms with a page.
    foot
        What the numbers depend on.
    """
    columns = tuple(_make_column(key, item, atlas, known) for key, item in computed.alone.items())
    lines = _list_lines(atlas, list(computed.alone.values()))
    used = {line.id for line in lines}
    rankings = [(setting[0], niche.ranking) for setting, niche in computed.niches.items()]
    fates = _list_fates(match_outcomes(atlas, rankings), atlas)
    words = Counter(cell.word for line in lines for cell in line.cells if cell)
    shelf = atlas.interventions.reagents
    return InterventionPage(
        title=TITLE_MATRIX,
        columns=columns,
        lines=lines,
        idle=tuple(row.label for name, row in shelf.items() if name not in used),
        words={str(word): words[str(word)] for word in Word},
        draws=computed.draws,
        drawn=computed.drawn,
        fates=fates,
        counts=tuple(_count(fates, result) for result in _ASKED),
        papers=list_sources(atlas, list(shelf)),
        commands=tuple(f"mscape rank {asked}{computed.options}" for asked in ("--all", "--outcomes")),
        faults=tuple((key, why) for key, why in computed.faults.items() if isinstance(key, str)),
        foot=foot,
    )


def _make_column(key: str, ranking: Ranking, atlas: Atlas, known: Iterable[str]) -> MatrixColumn:
    return MatrixColumn(
        mechanism=name_mechanism(atlas, key, known),
        title=atlas.records[key].mechanism.title,
        tumour=ranking.tumour,
        short=name_tumour(atlas.records[key].mechanism.claim.tumour_terms[0]),
        drug=name_drug(atlas, ranking.drug),
        culture=ranking.culture,
        counted=ranking.counted,
        few=ranking.counted < FEW,
        protection=ranking.protection,
    )


def _list_lines(atlas: Atlas, rankings: Sequence[Ranking]) -> tuple[MatrixLine, ...]:
    """List interventions that reach something, those of a kind together."""
    found = [{item.id: item for item in ranking.ranked} for ranking in rankings]
    rows = [
        (name, row) for name, row in atlas.interventions.reagents.items() if any(name in m for m in found)
    ]
    kinds = list(dict.fromkeys(row.kind for _, row in rows))
    return tuple(
        MatrixLine(name, row.label, row.kind, row.standing, tuple(_make_cell(m.get(name)) for m in found))
        for name, row in sorted(rows, key=lambda item: kinds.index(item[1].kind))
    )


def _make_cell(item: Ranked | None) -> MatrixCell | None:
    if item is None:
        return None
    return MatrixCell(item.rank, str(item.word), item.share, item.kills, item.works)


def _list_fates(fates: Sequence[Fate], atlas: Atlas) -> tuple[FateLine, ...]:
    """List outcomes: what is not as asked first, then what is, then what has no clear answer."""
    groups = [list(found) for _, found in groupby(fates, key=lambda fate: fate.outcome.outcome)]
    lines = [_make_fate(found, atlas) for found in groups]
    order: Mapping[bool | None, int] = {False: 0, True: 1, None: 2}
    return tuple(sorted(lines, key=lambda line: order[line.as_asked]))


def _make_fate(found: Sequence[Fate], atlas: Atlas) -> FateLine:
    row: OutcomeRow = found[0].outcome
    asked = None if found[0].as_asked is None else all(fate.as_asked for fate in found)
    places = tuple(
        FatePlace(
            fate.tumour,
            name_drug(atlas, fate.drug),
            str(fate.ranked.word),
            fate.ranked.share,
            fate.as_asked,
        )
        for fate in found
    )
    return FateLine(
        id=row.outcome,
        result=row.result,
        label=name_tried(atlas.interventions, row),
        species=row.species,
        tumour=row.tumour,
        drug=row.drug,
        n=row.n,
        endpoint=row.endpoint,
        numbers=row.numbers,
        paper=cite(atlas.papers.get(row.paper), row.paper).label,
        read=row.read,
        near=found[0].near.words,
        places=places,
        lacks=row.lacks,
        as_asked=asked,
    )


def _count(fates: Sequence[FateLine], result: str) -> FateCount:
    mine = [line for line in fates if line.result == result]
    return FateCount(result, _ASKED[result], sum(bool(line.as_asked) for line in mine), len(mine))
