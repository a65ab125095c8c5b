"""The front page's part on ensembles: how they predict papers they have not heard, each and in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mscape.inference.marginal import Verdict
from mscape.inference.skill import Skill, Validation, validate_predictions
from mscape.report.evidence import EnsembleLine, EnsembleTable
from mscape.report.evidence_page import ENOUGH, Evidence
from mscape.report.unheard_page import list_skills, name_others, summarise_skills


def validate_papers(evidence: Mapping[str, Evidence]) -> Validation | None:
    """Total the predictions of papers left out over all mechanisms; None where there are none."""
    rows = [row for item in evidence.values() for row in item.left_out]
    found = validate_predictions(rows)
    return found[0] if found and found[0].overall else None


def make_ensemble_table(
    evidence: Mapping[str, Evidence], validation: Validation | None
) -> EnsembleTable | None:
    """Make the front page's part on ensembles; None where none was asked for."""
    if not evidence:
        return None
    counts = [item.ensemble.particles.count for item in evidence.values() if item.ensemble]
    overall = validation.overall if validation else ()
    own = overall[0] if overall else None
    return EnsembleTable(
        particles=max(counts, default=0),
        share=(own.right[1], own.right[0], own.right[2]) if own else None,
        beside=name_others(overall),
        summary=summarise_skills(overall, papers=own.papers if own else 0, who="ensembles"),
        directions=own.contrasts if own else 0,
        papers=own.papers if own else 0,
        totals=list_skills(overall),
        lines=tuple(
            _make_line(key, item, validation.by_mechanism.get(key, ()) if validation else ())
            for key, item in evidence.items()
        ),
    )


def _make_line(key: str, evidence: Evidence, skills: Sequence[Skill]) -> EnsembleLine:
    ensemble, found = evidence.ensemble, evidence.identified
    numbers = found.parameters if found else ()
    return EnsembleLine(
        id=key,
        contrasts=len(ensemble.contrasts) if ensemble else 0,
        log_evidence=ensemble.log_evidence if ensemble else None,
        log_evidence_error=ensemble.log_evidence_error if ensemble else None,
        known=sum(item.verdict != Verdict.UNINFORMED for item in numbers),
        numbers=len(numbers),
        few=bool(found and found.effective < ENOUGH),
        skills=list_skills(skills),
        why="" if ensemble else evidence.explain("ensemble"),
    )
