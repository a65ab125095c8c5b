"""From what was computed of an ensemble to what a page shows of it: numbers, statements, requirements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from mscape.inference.fit import Ensemble
from mscape.inference.identify import TOGETHER, Identified
from mscape.inference.information import Information
from mscape.inference.leave_out import LeftOut
from mscape.inference.marginal import Verdict
from mscape.inference.predictive import Predictive
from mscape.inference.require import Requirement, Requirements
from mscape.inference.sensitivity import ProtectionSensitivity
from mscape.inference.skill import Skill
from mscape.report.evidence import (
    DependsText,
    EvidenceText,
    PinnedText,
    PredictiveLine,
    ReasonLine,
    RequiredText,
    RequirementLine,
    VerdictGroup,
)
from mscape.report.figure_prior import list_rows
from mscape.report.figure_verdict import Known, list_drawable
from mscape.report.identify_text import (
    count_verdicts,
    describe_claim,
    describe_inequality,
    describe_range,
    describe_requirement,
    describe_structure,
    gather_uninformed,
    name_axis,
)
from mscape.report.page import ExperimentFigure, Statement
from mscape.report.unheard_page import make_unheard

MOST_INDICES = 6
# Independent sets below which even a number known to half of what was assumed would not stand out from
# chance: its gain, 0.46 bits, has to exceed 17.5 bits over their number (`mscape.inference.marginal`).
ENOUGH = 40
_FAR = 99.0  # thresholds: no figure shows more


@dataclass(frozen=True)
class Evidence:
    """What an ensemble was asked about one mechanism; None where it could not be.

    Parameters
    ----------
    ensemble
        Conditioned on all contrasts in scope.
    identified, requirements, depends
        What is known of each number, what the claim requires, what the protection depends on.
    prior, fitted
        Each contrast before and after.
    left_out, information
        Each contrast without its paper, and what each adds to all others.
    faults
        Why something is missing, by the name of its field.
    """

    ensemble: Ensemble | None = None
    identified: Identified | None = None
    requirements: Requirements | None = None
    depends: ProtectionSensitivity | None = None
    prior: tuple[Predictive, ...] = ()
    fitted: tuple[Predictive, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    information: tuple[Information, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)

    def explain(self, name: str) -> str:
        """Say why a part is missing."""
        fault = self.faults.get(name) or self.faults.get("ensemble")
        return fault or "There is no ensemble: no statement of this record is in scope."


def make_evidence(
    key: str,
    evidence: Evidence,
    statements: Sequence[Statement],
    skills: Sequence[Skill],
    start: int,
) -> EvidenceText:
    """Make the four sections of a mechanism's page.

    Parameters
    ----------
    key, evidence
        The mechanism, and what was computed of it.
    statements
        Its statements in words.
    skills
        How it and others do on papers left out.
    start
        Number of the first figure.
    """
    pinned = _make_pinned(key, evidence, statements, start)
    number = start + count_figures(pinned)
    return EvidenceText(
        pinned=pinned,
        required=_make_required(evidence, {item.contrast: item.text for item in statements}),
        unheard=make_unheard(evidence.left_out, statements, skills) or evidence.explain("left_out"),
        depends=_make_depends(key, evidence, number),
    )


def count_figures(found: EvidenceText | PinnedText | str | None) -> int:
    """Return how many figures a section has, or all four together."""
    if isinstance(found, EvidenceText):
        return count_figures(found.pinned) + isinstance(found.depends, DependsText)
    return 1 + bool(found.numbers_file) if isinstance(found, PinnedText) else 0


def add_bits(
    figures: Sequence[ExperimentFigure], information: Sequence[Information]
) -> tuple[ExperimentFigure, ...]:
    """Return figures whose statements carry what each adds to all others."""
    bits = {item.contrast: item.learned for item in information}
    return tuple(
        replace(
            figure,
            statements=tuple(replace(item, learned=bits.get(item.contrast)) for item in figure.statements),
        )
        for figure in figures
    )


def _make_pinned(
    key: str, evidence: Evidence, statements: Sequence[Statement], start: int
) -> PinnedText | str:
    ensemble, found = evidence.ensemble, evidence.identified
    if ensemble is None or found is None:
        return evidence.explain("identified")
    groups = tuple(
        VerdictGroup(verdict.value, numbers)
        for verdict in Verdict
        if verdict != Verdict.UNINFORMED
        and (numbers := tuple(item for item in found.parameters if item.verdict == verdict))
    )
    drawn = bool(list_drawable(list_known(groups, found)))
    return PinnedText(
        particles=ensemble.particles.count,
        seed=ensemble.seed,
        contrasts=len(ensemble.contrasts),
        log_evidence=ensemble.log_evidence,
        log_evidence_error=ensemble.log_evidence_error,
        effective=found.effective,
        ancestors=ensemble.unique_ancestors,
        few=found.effective < ENOUGH,
        met=float(ensemble.met.mean()),
        structure=describe_structure(found),
        counts=tuple(count_verdicts(found).items()),
        known=groups,
        combinations=found.combinations,
        unknown=tuple(ReasonLine(*pair) for pair in gather_uninformed(found).items()),
        numbers_number=start,
        numbers_file=f"figures/{key}/verdicts.svg" if drawn else "",
        predictive=list_predictive(evidence, name_statements(statements)),
        number=start + drawn,
        file=f"figures/{key}/predictive.svg",
    )


def list_known(groups: Sequence[VerdictGroup], found: Identified | PinnedText) -> list[Known]:
    """List what is drawn: numbers known alone, then products and ratios in place of their members."""
    alone = [item for group in groups for item in group.numbers if item.verdict not in TOGETHER]
    return [*alone, *(item for item in found.combinations if item.verdict != Verdict.UNINFORMED)]


def name_statements(statements: Sequence[Statement]) -> dict[str, str]:
    """Return what to call each statement: its words, with paper and name where others have the same."""
    words = {item.contrast: item.text for item in statements}
    alike = Counter(words.values())
    for item in statements:
        if alike[item.text] > 1:
            words[item.contrast] = f"{item.text} ({item.paper})"
    again = Counter(words.values())
    return {key: text if again[text] == 1 else f"{text[:-1]}, {key})" for key, text in words.items()}


def list_predictive(evidence: Evidence, words: Mapping[str, str]) -> tuple[PredictiveLine, ...]:
    """Put each statement's margins before and after into plain values, to a hundredth of a threshold."""
    rows = list_rows(evidence.prior, evidence.fitted, words)
    return tuple(
        PredictiveLine(
            row.contrast,
            row.words,
            _plain_margins(row.prior),
            _plain_margins(row.posterior),
            _plain_share(row.prior_share),
            _plain_share(row.posterior_share),
            row.no_effect,
        )
        for row in rows
    )


def _plain_margins(margins: np.ndarray | None) -> tuple[float, ...]:
    if margins is None:
        return ()
    solved = margins[np.isfinite(margins)]
    return tuple(round(float(value), 2) for value in np.clip(solved, -_FAR, _FAR))


def _plain_share(share: float | None) -> float | None:
    return None if share is None or not np.isfinite(share) else share


def _make_required(evidence: Evidence, words: Mapping[str, str]) -> RequiredText | str:
    found = evidence.requirements
    if found is None:
        return evidence.explain("requirements")
    lines = tuple(_state_requirement(item) for item in found.requirements)
    nothing = ""
    if not lines and not found.holds.value:
        nothing = "It holds in none of them, so nothing can be said of what it would need."
    elif not lines:
        nothing = (
            "Too few sets hold or fail, or nothing of one or two numbers tells them apart: "
            "no short condition stands for it."
        )
    key = found.contrast or ""
    where = f"the experiment of “{words[key]}”" if key in words else f"experiment of {key}"
    claim = tuple(line.replace(f"experiment of {key})", f"{where})") for line in describe_claim(found))
    return RequiredText(claim, lines, nothing)


def _state_requirement(item: Requirement) -> RequirementLine:
    met = " and ".join(describe_inequality(part) for part in item.inequalities)
    sentence = describe_requirement(item).removeprefix(f"It holds where {met}: ")
    support = item.rule.support
    return RequirementLine(
        told_in=item.told_in,
        met=met,
        how=sentence.removesuffix(f": {item.verdict}."),
        support=(support.low, support.value, support.high),
        standing=item.verdict,
        ranges=tuple(describe_range(part) for part in item.inequalities),
    )


def _make_depends(key: str, evidence: Evidence, number: int) -> DependsText | str:
    found = evidence.depends
    if found is None:
        return evidence.explain("depends")
    if not found.prior.indices or not found.prior.deviation > 0:
        return "Over the prior the protection does not vary, or no draw of it could be solved."
    shown = found.prior.indices[:MOST_INDICES]
    after = {item.name: item.share for item in found.ensemble}
    line = f" on {found.line.replace('_', ' ')} cells" if found.line else ""
    return DependsText(
        where=f"{found.drug or 'the drug'}{line}, {found.culture}",
        mean=found.prior.mean * 100,
        deviation=found.prior.deviation * 100,
        indices=shown,
        names=tuple(name_axis(item.name) for item in shown),
        after=tuple(after.get(item.name) for item in shown),
        more=len(found.prior.indices) - len(shown),
        number=number,
        file=f"figures/{key}/depends.svg",
    )
