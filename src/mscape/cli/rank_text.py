"""A ranking, a matrix and a table of outcomes as text: titles, words, and what no model here holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from mscape.cli.output import clean_text, open_console
from mscape.report.number import NONE, format_percent, format_share
from mscape.report.ranking_text import (
    LACKS,
    TERMS,
    TITLE_FATES,
    TITLE_MATRIX,
    WORDS,
    explain,
    format_span,
    tell_outcome,
    title_ranking,
)

if TYPE_CHECKING:
    from rich.console import Console

    from mscape.atlas.load import Atlas
    from mscape.treatment.control import RouteControl
    from mscape.treatment.fate import Fate
    from mscape.treatment.matrix import Matrix
    from mscape.treatment.rank import Ranked, Ranking

_WIDE = 120  # columns a terminal needs for every column


def print_ranking(ranking: Ranking, controls: Sequence[RouteControl], atlas: Atlas) -> None:
    """Print one ranking, its controls, and what came of these interventions outside culture."""
    from mscape.treatment.rank import FEW

    console = open_console()
    hours = NONE if ranking.hours is None else f"{ranking.hours:g} h"
    console.print(title_ranking(ranking))
    console.print(f"{ranking.line}, {ranking.culture}, {hours}, interventions added {ranking.when}")
    console.print("mechanisms: " + ", ".join(ranking.mechanisms))
    console.print(
        f"Protection by MSC {format_share(ranking.protection)} of viability. It counts (10 or more) in "
        f"{ranking.counted} of {ranking.draws} draws: shares are over these. "
        "Ceiling: removal of the MSC takes 100 %."
    )
    if ranking.counted < FEW:
        console.print("Too few draws protect to tell shares: try more draws, or --ensemble.")
    many = len(ranking.mechanisms) > 1
    columns = ["intervention", "rank", "word", "takes", *(["alone"] if many else []), "kills", "given"]
    _print_table(console, columns, (_list_cells(item) for item in ranking.ranked))
    console.print(explain(TERMS))
    console.print(explain(WORDS))
    console.print(
        f"{len(ranking.not_reaching)} other interventions find nothing to act on here and take nothing."
    )
    for line in (*_tell_controls(controls), *_tell_fates(ranking, atlas), *_tell_stand_ins(ranking)):
        console.print(clean_text(line))
    console.print(LACKS)


def _print_table(console: Console, names: Sequence[str], rows: Iterable[dict[str, str]]) -> None:
    """Print rows; names, ranks and words are never broken."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in names:
        table.add_column(name, no_wrap=name in ("intervention", "rank", "word", "result"))
    for row in rows:
        table.add_row(*(clean_text(row[name]) for name in names))
    console.print(table)


def _list_cells(item: Ranked) -> dict[str, str]:
    return {
        "rank": str(item.rank),
        "word": str(item.word),
        "takes": format_share(item.share),
        "alone": format_share(item.bound) if item.single else NONE,
        "kills": format_share(item.kills),
        "given": ", ".join(format_span(span) for span in item.spans),
        "intervention": item.id,
    }


def _tell_controls(controls: Sequence[RouteControl]) -> Iterator[str]:
    if controls:
        yield "Controls, one route at work and nothing else from MSC:"
    for item in controls:
        told = f"  {item.mechanism}: protects in {item.counted} draws"
        known = [found for found in item.irrelevant.values() if found is not None]
        if known:
            told += f"; {item.at_zero} of {len(known)} blockers of other routes at zero within their interval"
        if item.told_apart is not None:
            told += (
                f"; its own take more than they in {format_percent(item.told_apart)} of pairs, "
                f"{format_percent(item.permuted)} with targets exchanged"
            )
        yield told + ("." if known or item.told_apart is not None else ": too few to say.")


def _tell_fates(ranking: Ranking, atlas: Atlas) -> Iterator[str]:
    """Say in words what came of each ranked intervention in animals and people: failures first."""
    told: list[tuple[bool, str]] = []
    unclear = 0
    for item in ranking.ranked:
        rows = [row for name in item.names for row in atlas.interventions.find_outcomes(name)]
        unclear += sum(row.result == "mixed" for row in rows)
        clear = [row for row in rows if row.result != "mixed"]
        told += [
            (row.result == "success", "  " + tell_outcome(item.label, item.word, row, row.paper))
            for row in clear
        ]
    if told or unclear:
        yield f"Outside culture ({unclear} more without a clear answer; 'mscape list outcomes' has numbers):"
    yield from dict.fromkeys(text for _, text in sorted(told, key=lambda item: item[0]))


def _tell_stand_ins(ranking: Ranking) -> Iterator[str]:
    yield from (f"stand-in: {text}" for text in ranking.stand_ins)


def print_matrix(matrix: Matrix) -> None:
    """Print what every intervention takes in the model of every mechanism that it reaches."""
    console = open_console()
    console.print(TITLE_MATRIX)
    rows = []
    for name in matrix.interventions:
        for key, ranking in matrix.rankings.items():
            found = next((item for item in ranking.ranked if item.names == (name,)), None)
            if found is not None:
                rows.append(_list_matrix_cells(name, key, found))
    _print_table(console, ["intervention", "mechanism", "rank", "word", "takes", "kills"], rows)
    pairs = len(matrix.interventions) * len(matrix.rankings)
    console.print(
        f"{len(rows)} of {pairs} pairs are shown; in the others the intervention finds nothing to act on and "
        f"takes nothing. {matrix.draws} draws for each mechanism."
    )
    for text in (explain(TERMS), explain(WORDS), LACKS):
        console.print(text)


def _list_matrix_cells(name: str, mechanism: str, item: Ranked) -> dict[str, str]:
    return {
        "intervention": name,
        "mechanism": mechanism.partition("_")[0],
        "rank": str(item.rank),
        "word": str(item.word),
        "takes": format_share(item.share),
        "kills": format_share(item.kills),
    }


def print_fates(fates: Sequence[Fate]) -> None:
    """Print the table of outcomes against ranks, and how often they are as they were asked to be."""
    console = open_console()
    console.print(TITLE_FATES)
    names = ["result", "intervention", "word", "as asked", "takes", "ranked in", "tried in", "same"]
    names = names if console.width >= _WIDE else names[:-2]
    _print_table(console, names, (_list_fate_cells(item) for item in fates))
    for result, asked in (("failure", "not above uncertain"), ("success", "above zero at the lower end")):
        found = [item for item in fates if item.outcome.result == result]
        outcomes = dict.fromkeys(item.outcome.outcome for item in found)
        held = [key for key in outcomes if _holds(found, key)]
        times = sum(bool(item.as_asked) for item in found)
        console.print(
            f"{result}: {asked} in {times} of {len(found)} rankings; in all of them for {len(held)} of "
            f"{len(outcomes)} outcomes."
        )
    console.print("Most were tried in tumours that no record is of: the same target, not the same route.")
    console.print(LACKS)


def _holds(fates: Iterable[Fate], outcome: str) -> bool:
    return all(item.as_asked for item in fates if item.outcome.outcome == outcome)


def _list_fate_cells(item: Fate) -> dict[str, str]:
    row = item.outcome
    return {
        "result": row.result,
        "intervention": item.ranked.id,
        "tried in": f"{row.species}: {row.tumour}, {row.drug}",
        "ranked in": f"{item.tumour}, {item.drug}",
        "same": item.near.words,
        "takes": format_share(item.ranked.share),
        "word": str(item.ranked.word),
        "as asked": NONE if item.as_asked is None else "yes" if item.as_asked else "no",
    }
