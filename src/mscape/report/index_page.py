"""The front page.

What was left out, what was missed, what was informative, and which row of the table has a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mscape.report.evidence import EnsembleTable
from mscape.report.page import Foot, Interval, MechanismPage, Statement, Tally
from mscape.report.panel import GROUPS

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas
    from mscape.atlas.match import Match
    from mscape.experiments.total import Counts, Totals

_GROUP_NAMES = {
    "row paper": "the row’s own paper",
    "same group": "the same group",
    "other papers": "other papers",
}


@dataclass(frozen=True)
class ClaimLine:
    """One row of the table of claims, its match and where its page is."""

    row: int
    tumour: str
    drug: str
    mechanism: str
    reference: str
    match: str
    differences: tuple[str, ...]
    id: str
    verdict: str
    basis: str
    href: str


@dataclass(frozen=True)
class AccuracyLine:
    """One model's number of reproduced statements, and its balanced accuracy with 5th and 95th percentile."""

    name: str
    reproduced: int
    accuracy: Interval | None


@dataclass(frozen=True)
class MissGroup:
    """The misses of one mechanism."""

    id: str
    title: str
    href: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class IndexPage:
    """The front page: scoreboard and table of claims."""

    table: str
    claims: tuple[ClaimLine, ...]
    tally: Tally
    groups: tuple[Tally, ...]
    mechanisms: tuple[Tally, ...]
    titles: Mapping[str, str]
    accuracy: tuple[AccuracyLine, ...]
    kinds: str
    graph_sentence: str
    prediction: str
    misses: tuple[MissGroup, ...]
    statements: tuple[Statement, ...]
    foot: Foot
    ensembles: EnsembleTable | None = None


def make_tally(name: str, counts: Counts) -> Tally:
    """Turn counts into what a page shows; reasons by number, largest first."""
    return Tally(
        name=name,
        contrasts=counts.contrasts,
        measurable=counts.measurable,
        in_scope=counts.in_scope,
        out_of_scope=tuple(sorted(counts.out_of_scope.items(), key=lambda item: (-item[1], item[0]))),
        reproduced=counts.reproduced,
        held_out=counts.held_out,
        informative=counts.classes.get("informative", 0),
        against=counts.classes.get("against", 0),
        built_in=counts.classes.get("built in", 0),
        unsolved=counts.classes.get("unsolved", 0),
        bits=counts.bits,
        baselines=tuple(counts.baselines.items()),
        beyond_graph=counts.beyond_graph,
    )


def make_index_page(
    atlas: Atlas,
    matches: Sequence[Match],
    totals: Totals,
    pages: Sequence[MechanismPage],
    *,
    statements: Mapping[str, Sequence[Statement]],
    foot: Foot,
    ensembles: EnsembleTable | None = None,
) -> IndexPage:
    """Make the front page.

    Parameters
    ----------
    atlas, matches, totals
        The records, the table's rows with the record each belongs to, and the counts.
    pages
        The mechanisms' pages.
    statements
        Every statement by mechanism id.
    foot
        What the numbers depend on.
    ensembles
        What they say, where they were computed.
    """
    return IndexPage(
        table="Front Cell Dev Biol 2021;9:637675",
        claims=tuple(_claim_line(atlas, match, {page.id for page in pages}) for match in matches),
        tally=make_tally("all", totals.overall),
        groups=tuple(
            make_tally(_GROUP_NAMES[key], totals.by_group[key]) for key in GROUPS if key in totals.by_group
        ),
        mechanisms=tuple(make_tally(key, counts) for key, counts in totals.by_mechanism.items()),
        titles={page.id: page.title for page in pages},
        accuracy=_list_accuracy(totals),
        kinds=", ".join(f"{kind} {right} of {asked}" for kind, (right, asked) in totals.by_kind.items()),
        graph_sentence=compare_with_graph(make_tally("all", totals.overall)),
        prediction=describe_prediction(totals.overall),
        misses=tuple(
            MissGroup(page.id, page.title, f"{page.id}.html", page.misses) for page in pages if page.misses
        ),
        statements=tuple(item for items in statements.values() for item in items),
        foot=foot,
        ensembles=ensembles,
    )


def _claim_line(atlas: Atlas, match: Match, known: set[str]) -> ClaimLine:
    claim = match.claim
    record = atlas.records.get(match.id)
    return ClaimLine(
        row=claim.row,
        tumour=claim.tumour.printed,
        drug=", ".join(drug.printed for drug in claim.drugs),
        mechanism=claim.mechanism,
        reference="; ".join(reference.printed for reference in claim.references),
        match=str(match.status),
        differences=match.differences,
        id=match.id,
        verdict=record.mechanism.verdict.verdict if record else "",
        basis=record.mechanism.verdict.basis if record else "",
        href=f"{match.id}.html" if match.id in known else "",
    )


def _list_accuracy(totals: Totals) -> tuple[AccuracyLine, ...]:
    overall = totals.overall
    counts = {"model": overall.reproduced}
    counts |= {"papers left out": overall.held_out[0]} if overall.held_out[1] else {}
    counts |= {"claim granted": overall.blind, **overall.baselines}
    return tuple(
        AccuracyLine(name, count, totals.balanced_accuracy.get(name)) for name, count in counts.items()
    )


def compare_with_graph(tally: Tally) -> str:
    """Say in a sentence whether kinetics add anything to the product of signs along the steps."""
    graph = dict(tally.baselines).get("signed graph", 0)
    model, gained, lost = tally.reproduced, *tally.beyond_graph
    if not tally.in_scope:
        return ""
    if gained == 0:
        return (
            f"Kinetics add nothing to the signed graph here: every statement the model reproduces ({model}), "
            f"the signs of its steps give as well ({graph})."
        )
    balance = "fewer than" if model < graph else "as many as" if model == graph else "more than"
    return (
        f"The model reproduces {balance} the signed graph ({model} against {graph} of {tally.in_scope}). "
        f"Kinetics add {gained} that signs alone do not give, and lose {lost} that they do."
    )


def describe_prediction(counts: Counts) -> str:
    """Say in a sentence that nominal is fitted, and how many statements are predicted; empty if none was."""
    right, asked = counts.held_out
    if not asked:
        return ""
    graph = counts.baselines.get("signed graph", 0)
    balance = "fewer than" if right < graph else "as many as" if right == graph else "more than"
    return (
        f"But at nominal parameters the models were fitted to these very statements, each paper with donors "
        f"of MSC and IC50s of its own. Fitted to half of each row’s papers, they predict {right} of {asked} "
        f"in the other half, {balance} the signed graph ({graph})."
    )
