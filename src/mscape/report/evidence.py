"""What a page shows of an ensemble, as plain values: what is pinned down, required, predicted, depended on.

Each of the four is either what was found or a sentence that says why there is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mscape.inference.identify import CombinationVerdict, ParameterVerdict
    from mscape.inference.sobol import SobolIndex

Interval = tuple[float, float, float]  # low, middle or value, high


@dataclass(frozen=True)
class VerdictGroup:
    """Numbers of one verdict, the best known first."""

    verdict: str
    numbers: tuple[ParameterVerdict, ...]


@dataclass(frozen=True)
class ReasonLine:
    """Numbers that the data do not inform, for one reason."""

    reason: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class PredictiveLine:
    """A statement before and after the contrasts were heard.

    Parameters
    ----------
    contrast, words
        Which it is, and what it says.
    prior, fitted
        Margins of the draws that were solved, in least effects that count; 0 and above is reproduced.
    prior_share, fitted_share
        Share of them that reproduces it; None where none was solved.
    no_effect
        The margin of no effect at all, where there is one.
    """

    contrast: str
    words: str
    prior: tuple[float, ...]
    fitted: tuple[float, ...]
    prior_share: float | None
    fitted_share: float | None
    no_effect: float | None


@dataclass(frozen=True)
class PinnedText:
    """What the evidence pins down.

    Parameters
    ----------
    particles, seed, contrasts
        Parameter sets, their seed, and statements heard.
    log_evidence, log_evidence_error
        Natural logarithm of the marginal likelihood, and its standard deviation over seeds.
    effective, ancestors, few
        How many independent sets they are worth, from how many of the first they descend, and whether they
        are too few for verdicts on single numbers.
    met
        Mean share of the sets that reproduces a statement they have heard.
    structure
        What error-free read-outs could tell, in a sentence.
    counts
        Numbers by verdict, as words.
    known, combinations, unknown
        Numbers of which something is known by verdict, products and ratios, and those not informed by reason.
    numbers_number, numbers_file
        Of the figure of what is known; no file where nothing can be drawn.
    predictive, number, file
        The statements before and after, the number of their figure, and where it is in the report.
    """

    particles: int
    seed: int
    contrasts: int
    log_evidence: float
    log_evidence_error: float
    effective: float
    ancestors: int
    few: bool
    met: float
    structure: str
    counts: tuple[tuple[str, int], ...]
    known: tuple[VerdictGroup, ...]
    combinations: tuple[CombinationVerdict, ...]
    unknown: tuple[ReasonLine, ...]
    numbers_number: int
    numbers_file: str
    predictive: tuple[PredictiveLine, ...]
    number: int
    file: str


@dataclass(frozen=True)
class RequirementLine:
    """One or two inequalities under which the claim holds.

    ``told_in``: quantities one could measure, or numbers of the model. ``met`` is the sentence's first half,
    ``how`` the rest; ``support`` the share of prior sets that meets it; ``ranges`` where each threshold lies.
    """

    told_in: str
    met: str
    how: str
    support: Interval
    standing: str
    ranges: tuple[str, ...]


@dataclass(frozen=True)
class RequiredText:
    """What would have to be true: the claim, how often it holds, and the conditions; ``nothing`` if none."""

    claim: tuple[str, ...]
    lines: tuple[RequirementLine, ...]
    nothing: str


@dataclass(frozen=True)
class SkillLine:
    """How well one predictor did on statements of papers it has not heard; ``log_score`` in bits a statement.

    ``calibrated`` is the log score once it has learnt from the other mechanisms what papers report.
    """

    name: str
    right: Interval
    log_score: Interval
    behind: Interval | None
    calibrated: Interval | None


@dataclass(frozen=True)
class PaperLine:
    """One paper left out: how many of its directions each predicts, and the mean log score in bits.

    ``effective`` is how many of the sets carry the answer; ``few`` says that these are too few to trust.
    """

    paper: str
    directions: int
    right: int
    prior_right: int
    graph_right: int
    log_score: float
    prior_log_score: float
    effective: float
    few: bool


@dataclass(frozen=True)
class MissLine:
    """A statement predicted otherwise with its paper left out; ``chance`` is what the report was given."""

    contrast: str
    text: str
    paper: str
    reported: str
    predicted: str
    chance: float


@dataclass(frozen=True)
class UnheardText:
    """What the mechanism predicts of papers it has not heard: where it is below others, said first."""

    summary: str
    directions: int
    skills: tuple[SkillLine, ...]
    papers: tuple[PaperLine, ...]
    misses: tuple[MissLine, ...]


@dataclass(frozen=True)
class DependsText:
    """What the protection depends on.

    Parameters
    ----------
    where
        The drug, the cells and the culture, in words.
    mean, deviation
        Of the protection over the prior, points of viability.
    indices, names
        The numbers that carry most of its variance, the largest first, and what they are in words.
    after
        Share of the variance that each explains over the ensemble; None where it is no axis of it.
    more
        How many further numbers were asked about.
    number, file
        Of the figure.
    """

    where: str
    mean: float
    deviation: float
    indices: tuple[SobolIndex, ...]
    names: tuple[str, ...]
    after: tuple[float | None, ...]
    more: int
    number: int
    file: str


@dataclass(frozen=True)
class EvidenceText:
    """The four sections; a sentence stands for one that there is none of."""

    pinned: PinnedText | str
    required: RequiredText | str
    unheard: UnheardText | str
    depends: DependsText | str


@dataclass(frozen=True)
class EnsembleLine:
    """One mechanism on the front page: evidence, what is known, how it predicts; ``why`` if there is none.

    ``few``: the ensemble is too small to say of single numbers what is known.
    """

    id: str
    contrasts: int
    log_evidence: float | None
    log_evidence_error: float | None
    known: int
    numbers: int
    few: bool
    skills: tuple[SkillLine, ...]
    why: str


@dataclass(frozen=True)
class EnsembleTable:
    """All mechanisms' ensembles on the front page: totals over papers left out, and a line each.

    ``share`` is that of directions named right, ``beside`` what it is held against, in words.
    """

    particles: int
    share: Interval | None
    beside: str
    summary: str
    directions: int
    papers: int
    totals: tuple[SkillLine, ...]
    lines: tuple[EnsembleLine, ...]
