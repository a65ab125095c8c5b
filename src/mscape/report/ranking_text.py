"""Words about a ranking of interventions, the same on a page and in a terminal: titles, terms, gaps.

No sentence here is about a person: what is ranked is ranked in a model of a culture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mscape.report.number import format_dose

if TYPE_CHECKING:
    from mscape.atlas.intervention import OutcomeRow
    from mscape.treatment.dose import Span
    from mscape.treatment.rank import Ranking

TITLE_MATRIX = "Interventions in culture model: each mechanism by itself, an upper bound"
TITLE_FATES = "Outcomes in animals and people, and ranks in culture model"
LACKS = (
    "Not in these models: immunity; pharmacokinetics (a level stands, an antibody is added once); selection "
    "of resistant cells; redundancy beyond the routes named here; any other organ."
)
WORDS: Mapping[str, str] = {
    "removes": "a fifth of the protection or more, even at the lower end",
    "uncertain": "the interval holds less and more",
    "no effect": "less than a fifth at the upper end",
    "hypothesis": "its free exposure is not known, or a potency is assumed",
}
TERMS: Mapping[str, str] = {
    "takes": "share of the protection, median (10 to 90 %) over the draws that protect, less what it kills "
    "without MSC",
    "alone": "the same where its mechanism is the only one, an upper bound",
    "kills": "viability lost without MSC",
}
_GROUNDS = {"free exposure": "reached", "dose of papers": "papers", "ten times its potency": "10 × potency"}


def title_ranking(ranking: Ranking) -> str:
    """Return the title of a ranking."""
    many = "niche of" if len(ranking.mechanisms) > 1 else "one mechanism of"
    return f"Ranked in culture model: {many} {ranking.tumour} under {ranking.drug}"


def explain(terms: Mapping[str, str]) -> str:
    """Return terms and what they mean as running text.

    Examples
    --------
    >>> explain({"kills": "viability lost", "alone": "by itself"})
    'kills: viability lost. alone: by itself.'
    """
    return " ".join(f"{name}: {meaning}." for name, meaning in terms.items())


def format_span(span: Span | None) -> str:
    """Return a concentration and its ground in few words.

    Examples
    --------
    >>> format_span(None)
    'silenced'
    """
    return "silenced" if span is None else f"{format_dose(span.value)}, {_GROUNDS[str(span.basis)]}"


def tell_outcome(label: str, word: str, row: OutcomeRow, paper: str) -> str:
    """Say in words what came of an intervention in animals or people, beside the word it has here.

    Parameters
    ----------
    label, word
        What was tried, and what the ranking says of it.
    row, paper
        What was reported, and what to call its paper.
    """
    where = "in people" if row.species == "human" else "in mice"
    failed, went = f"a rescue in culture failed {where}", f"a success {where}"
    verdict = {"failure": failed, "success": went}.get(row.result, f"no clear answer {where}")
    lacks = f"; not in the models: {', '.join(row.lacks)}" if row.lacks else ""
    return f"{label}, {word} here: {verdict} ({row.tumour}, with {row.drug}) [{paper}]{lacks}."
