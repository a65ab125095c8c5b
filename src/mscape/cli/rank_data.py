"""A ranking, a matrix and a table of outcomes as ``mscape rank --json`` gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mscape.cli.numbers import make_interval
from mscape.report.ranking_text import TITLE_FATES, TITLE_MATRIX, title_ranking

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas
    from mscape.treatment.control import RouteControl
    from mscape.treatment.dose import Span
    from mscape.treatment.fate import Fate
    from mscape.treatment.matrix import Matrix
    from mscape.treatment.rank import Ranked, Ranking


def describe_ranking(
    ranking: Ranking, controls: Sequence[RouteControl], atlas: Atlas, ensembles: Sequence[str]
) -> dict[str, Any]:
    """Return one ranking in plain values; every interval is the 10th, 50th and 90th percentile."""
    return {
        "kind": "ranking",
        "title": title_ranking(ranking),
        "niche": ranking.niche,
        "tumour": ranking.tumour,
        "drug": ranking.drug,
        "line": ranking.line,
        "mechanisms": ranking.mechanisms,
        "culture": ranking.culture,
        "hours": ranking.hours,
        "added": str(ranking.when),
        "draws": ranking.draws,
        "ensembles": ensembles,
        "counted": ranking.counted,
        "solved": ranking.solved,
        "protection": make_interval(ranking.protection),
        "ceiling": 1.0,
        "ranked": [_describe_ranked(item, atlas) for item in ranking.ranked],
        "not_reaching": ranking.not_reaching,
        "controls": [_describe_control(item) for item in controls],
        "stand_ins": ranking.stand_ins,
    }


def _describe_ranked(item: Ranked, atlas: Atlas) -> dict[str, Any]:
    shelf = atlas.interventions
    return {
        "rank": item.rank,
        "interventions": item.names,
        "label": item.label,
        "kind": item.kind,
        "standing": item.standing,
        "word": str(item.word),
        "share": make_interval(item.share),
        "gross": make_interval(item.gross),
        "kills": make_interval(item.kills),
        "living": make_interval(item.bare),
        "works": item.works,
        "single": {key: make_interval(found) for key, found in item.single.items()},
        "mechanisms": item.mechanisms,
        "given": [describe_span(span) for span in item.spans],
        "doubts": item.doubts,
        "cautions": [row.what for name in item.names for row in shelf.find_cautions(name)],
        "outcomes": [row.outcome for name in item.names for row in shelf.find_outcomes(name)],
    }


def describe_span(span: Span | None) -> dict[str, Any] | None:
    """Return a concentration in plain values; None where there is none."""
    if span is None:
        return None
    return {
        "nM": make_interval((span.low, span.value, span.high)),
        "ground": str(span.basis),
        "of": span.told,
    }


def _describe_control(item: RouteControl) -> dict[str, Any]:
    return {
        "mechanism": item.mechanism,
        "counted": item.counted,
        "irrelevant": {name: make_interval(found) for name, found in item.irrelevant.items()},
        "at_zero": item.at_zero,
        "told_apart": item.told_apart,
        "permuted": item.permuted,
    }


def describe_matrix(matrix: Matrix, ensembles: Sequence[str]) -> dict[str, Any]:
    """Return the matrix of interventions and mechanisms in plain values; what is left out takes nothing."""
    return {
        "kind": "matrix",
        "title": TITLE_MATRIX,
        "draws": matrix.draws,
        "ensembles": ensembles,
        "interventions": matrix.interventions,
        "mechanisms": [
            {
                "mechanism": key,
                "tumour": ranking.tumour,
                "drug": ranking.drug,
                "culture": ranking.culture,
                "counted": ranking.counted,
                "protection": make_interval(ranking.protection),
                "cells": [
                    {
                        "intervention": item.id,
                        "rank": item.rank,
                        "word": str(item.word),
                        "share": make_interval(item.share),
                        "kills": make_interval(item.kills),
                        "works": item.works,
                    }
                    for item in ranking.ranked
                ],
            }
            for key, ranking in matrix.rankings.items()
        ],
    }


def describe_fates(fates: Sequence[Fate], draws: int, ensembles: Sequence[str]) -> dict[str, Any]:
    """Return the table of outcomes against ranks in plain values."""
    return {
        "kind": "outcomes",
        "title": TITLE_FATES,
        "draws": draws,
        "ensembles": ensembles,
        "outcomes": [
            {
                "outcome": item.outcome.outcome,
                "result": item.outcome.result,
                "interventions": item.outcome.interventions,
                "species": item.outcome.species,
                "tried_in": item.outcome.tumour,
                "tried_with": item.outcome.drug,
                "tumour": item.tumour,
                "drug": item.drug,
                "mechanisms": item.mechanisms,
                "near": item.near.words,
                "rank": item.ranked.rank,
                "word": str(item.ranked.word),
                "share": make_interval(item.ranked.share),
                "as_asked": item.as_asked,
                "lacks": item.outcome.lacks,
            }
            for item in fates
        ],
    }
