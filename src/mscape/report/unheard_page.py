"""What ensembles predict of papers they have not heard, in words and lines; where they are below, first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mscape.inference.forecast import DIRECTIONS
from mscape.inference.leave_out import LEAST_EFFECTIVE, LeftOut
from mscape.inference.skill import ENSEMBLE, PRIOR, Skill
from mscape.report.evidence import MissLine, PaperLine, SkillLine, UnheardText
from mscape.report.number import format_bits, format_percent
from mscape.report.page import Statement

NAMES: Mapping[str, str] = {
    ENSEMBLE: "the ensemble",
    PRIOR: "its prior, nothing heard",
    "signed graph": "signed graph of the steps",
    "always protects": "MSC always protect, every block rescues",
    "no stroma effect": "MSC make no difference",
}
_SHORT = {PRIOR: "its prior", "signed graph": "the signed graph", "always protects": "“MSC always protect”"}
_SHORT["no stroma effect"] = "“MSC make no difference”"
_GRAPH = "signed graph"


def make_unheard(
    rows: Sequence[LeftOut], statements: Sequence[Statement], skills: Sequence[Skill]
) -> UnheardText | None:
    """Make the section on papers left out; None where nothing was asked.

    Parameters
    ----------
    rows
        Each contrast without its paper.
    statements
        The record's statements in words.
    skills
        Of `mscape.inference.skill.validate_predictions`, of this mechanism.
    """
    told = [row for row in rows if row.reported in DIRECTIONS]
    if not rows:
        return None
    said = {item.contrast: item for item in statements}
    missed = [row for row in rows if row.ensemble.predicted != row.reported]
    missed.sort(key=lambda row: (row.ensemble.score(row.reported), row.contrast))
    return UnheardText(
        summary=summarise_skills(skills, papers=len({row.paper for row in rows}), who="the ensemble"),
        directions=len(told),
        skills=list_skills(skills),
        papers=tuple(_tell_paper(told, paper, said) for paper in dict.fromkeys(row.paper for row in told)),
        misses=tuple(
            MissLine(
                row.contrast,
                said[row.contrast].text if row.contrast in said else row.said,
                said[row.contrast].paper if row.contrast in said else row.paper,
                row.reported,
                row.ensemble.predicted,
                row.ensemble.chances[row.reported],
            )
            for row in missed
        ),
    )


def _tell_paper(rows: Sequence[LeftOut], paper: str, said: Mapping[str, Statement]) -> PaperLine:
    mine = [row for row in rows if row.paper == paper]
    named = next((said[row.contrast].paper for row in mine if row.contrast in said), paper)
    effective = min(row.effective for row in mine)
    return PaperLine(
        paper=named,
        directions=len(mine),
        right=sum(row.ensemble.predicted == row.reported for row in mine),
        prior_right=sum(row.prior.predicted == row.reported for row in mine),
        graph_right=sum(row.baselines.get(_GRAPH) == row.reported for row in mine),
        log_score=sum(row.ensemble.score(row.reported) for row in mine) / len(mine),
        prior_log_score=sum(row.prior.score(row.reported) for row in mine) / len(mine),
        effective=effective,
        few=effective < LEAST_EFFECTIVE,
    )


def list_skills(skills: Sequence[Skill]) -> tuple[SkillLine, ...]:
    """Put skills into lines; intervals as low, value, high. Predictors' bare answers are left out."""
    return tuple(
        SkillLine(
            NAMES[item.predictor],
            _turn(item.right),
            _turn(item.log_score),
            _turn(item.behind) if item.behind else None,
            _turn(item.calibrated) if item.calibrated else None,
        )
        for item in skills
        if item.predictor in NAMES
    )


def _turn(interval: tuple[float, float, float]) -> tuple[float, float, float]:
    value, low, high = interval
    return low, value, high


def summarise_skills(skills: Sequence[Skill], *, papers: int, who: str) -> str:
    """Say how an ensemble predicts papers it has not heard, what is ahead of it first.

    Parameters
    ----------
    skills
        Of one mechanism, or of all.
    papers
        How many there are: with one there is nothing to learn from.
    who
        What does the predicting, in words.
    """
    known = {item.predictor: item for item in skills if item.predictor in NAMES}
    own = known.pop(ENSEMBLE, None)
    if own is None:
        return "None of the statements has a direction, so there is nothing to hold against other models."
    if papers == 1:
        return (
            "All statements come from one paper: without it nothing has been heard, and the ensemble is its "
            "prior."
        )
    short = {**_SHORT, PRIOR: "their prior" if who.endswith("s") else "its prior"}
    right = [short[key] for key, item in known.items() if item.right[0] > own.right[0]]
    score = [short[key] for key, item in known.items() if item.behind and item.behind[0] < 0]
    again = [
        short[key] for key, item in known.items() if item.calibrated_behind and item.calibrated_behind[0] < 0
    ]
    value, low, high = (f"{share * 100:.0f}" for share in own.right)
    name = f"{who[:1].upper()}{who[1:]} {'name' if who.endswith('s') else 'names'}"
    told = (
        f"{name} {value}\u00a0% of {own.contrasts} directions right ({low} to {high}), at "
        f"{format_bits(own.log_score[0])} bits a statement (0 is perfect, −1.6 a guess among three)."
    )
    ways = {"directions": right, "log score": score, "calibrated log score": again}
    ahead = [f"in {way} {_join(names)}" for way, names in ways.items() if names]
    if not ahead:
        return f"{told} Nothing simpler does better."
    return f"Simpler models do better: {'; '.join(ahead)}. {told}"


def name_others(skills: Sequence[Skill]) -> str:
    """Say how often the prior and the best model without kinetics are right."""
    known = {item.predictor: item for item in skills if item.predictor in _SHORT}
    told = [f"their prior {format_percent(known[PRIOR].right[0])}"] if PRIOR in known else []
    rest = [item for key, item in known.items() if key != PRIOR]
    if rest:
        best = max(rest, key=lambda item: item.right[0])
        told.append(f"{_SHORT[best.predictor]} {format_percent(best.right[0])}")
    return ", ".join(told)


def _join(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
