"""Interventions and niches as tables for programs: columns and rows, shares as fractions.

``low``, ``median`` and ``high`` are the 10th, 50th and 90th percentile in rankings, the 5th, 50th and 95th of
routes and blockers.
"""

from __future__ import annotations

from collections.abc import Iterator

from mscape.report.page import Interval
from mscape.report.ranking import InterventionPage, NichePage, RankingText

Sheet = tuple[tuple[str, ...], list[tuple[object, ...]]]
_RANKED = (
    "rank", "intervention", "label", "kind", "standing", "word", "share_low", "share_median", "share_high",
    "alone_low", "alone_median", "alone_high", "kills_low", "kills_median", "kills_high", "works", "given",
    "doubts", "cautions",
)  # fmt: skip


def _spread(interval: Interval | None) -> tuple[float | None, ...]:
    return interval or (None, None, None)


def list_ranking(text: RankingText) -> Sheet:
    """Return one ranking as a table."""
    return _RANKED, list(_list_ranked(text))


def _list_ranked(text: RankingText) -> Iterator[tuple[object, ...]]:
    for item in text.lines:
        shares = (*_spread(item.share), *_spread(item.alone), *_spread(item.kills), item.works)
        cautions = "; ".join(f"{each.sort}: {each.words}" for each in item.cautions)
        known = (item.rank, item.id, item.label, item.kind, item.standing, item.word)
        yield *known, *shares, item.given, "; ".join(item.doubts), cautions


def list_intervention_sheets(page: InterventionPage) -> dict[str, Sheet]:
    """Return the tables of the page of interventions by file name."""
    return {"interventions.csv": _list_matrix(page), "outcomes.csv": _list_outcomes(page)}


def _list_matrix(page: InterventionPage) -> Sheet:
    columns = (
        "intervention", "label", "kind", "standing", "mechanism", "tumour", "drug", "culture", "counted",
        "rank", "word", "share_low", "share_median", "share_high", "kills_low", "kills_median", "kills_high",
        "works",
    )  # fmt: skip
    rows: list[tuple[object, ...]] = [
        (
            *(line.id, line.label, line.kind, line.standing),
            *(column.mechanism.id, column.tumour, column.drug, column.culture, column.counted),
            *(cell.rank, cell.word, *_spread(cell.share), *_spread(cell.kills), cell.works),
        )
        for line in page.lines
        for column, cell in zip(page.columns, line.cells, strict=True)
        if cell is not None
    ]
    return columns, rows


def _list_outcomes(page: InterventionPage) -> Sheet:
    columns = (
        "outcome", "result", "interventions", "species", "tried_in", "tried_with", "endpoint", "paper",
        "same", "tumour", "drug", "word", "share_low", "share_median", "share_high", "as_asked", "lacks",
    )  # fmt: skip
    rows: list[tuple[object, ...]] = [
        (
            *(line.id, line.result, line.label, line.species, line.tumour, line.drug, line.endpoint),
            *(line.paper, line.near, place.tumour, place.drug, place.word, *_spread(place.share)),
            *(place.as_asked, "; ".join(line.lacks)),
        )
        for line in page.fates
        for place in line.places
    ]
    return columns, rows


def list_niche_sheets(page: NichePage) -> dict[str, Sheet]:
    """Return the tables of the page of niches by file name."""
    ranks: list[tuple[object, ...]] = [
        (niche.anchor, niche.tumour, niche.drug, *row)
        for niche in page.niches
        for row in _list_ranked(niche.ranking)
    ]
    return {
        "niches_ranking.csv": (("niche", "tumour", "drug", *_RANKED), ranks),
        "niches_routes.csv": _list_routes(page),
        "niches_blockers.csv": _list_blockers(page),
    }


def _list_routes(page: NichePage) -> Sheet:
    columns = (
        "niche", "tumour", "drug", "mechanism", "verdict", "ports", "lost_low", "lost_median", "lost_high",
        "alone_low", "alone_median", "alone_high", *(name.replace(" ", "_") for name in page.roles),
    )  # fmt: skip
    rows: list[tuple[object, ...]] = [
        (
            *(niche.anchor, niche.tumour, niche.drug, item.mechanism.id, item.verdict, " ".join(item.ports)),
            *(*_spread(item.lost), *_spread(item.alone), *(item.roles.get(name) for name in page.roles)),
        )
        for niche in page.niches
        for item in niche.routes
    ]
    return columns, rows


def _list_blockers(page: NichePage) -> Sheet:
    columns = (
        "niche", "tumour", "drug", "blocker", "kind", "routes", "share_low", "share_median", "share_high",
        "works", "kills_low", "kills_median", "kills_high",
    )  # fmt: skip
    rows: list[tuple[object, ...]] = [
        (
            *(niche.anchor, niche.tumour, niche.drug, item.label, item.kind, "; ".join(item.mechanisms)),
            *(*_spread(item.share), item.works, *_spread(item.kills)),
        )
        for niche in page.niches
        for item in niche.blockers
    ]
    return columns, rows
