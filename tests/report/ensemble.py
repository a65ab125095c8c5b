"""A made-up ensemble and all that is asked of it: every verdict, a rule, papers left out, indices."""

from collections.abc import Sequence

import numpy as np

from mscape.experiments.score import Scored
from mscape.inference.fit import Ensemble
from mscape.inference.forecast import Forecast
from mscape.inference.identify import CombinationVerdict, Identified, ParameterVerdict
from mscape.inference.information import Information
from mscape.inference.leave_out import LeftOut
from mscape.inference.marginal import Verdict
from mscape.inference.particle import Particles
from mscape.inference.predictive import Predictive
from mscape.inference.require import Required, Requirement, Requirements
from mscape.inference.rule import Rule, Share
from mscape.inference.sensitivity import Explained, ProtectionSensitivity
from mscape.inference.sobol import Sensitivity, SobolIndex
from mscape.inference.structure import Structure
from mscape.report.evidence_page import Evidence

COUNT = 50
ID = "xu2018_breast_il6"
WIDE, NARROW = (0.1, 1.0, 10.0), (0.8, 1.0, 1.3)


def make_evidence(scored: Sequence[Scored], effective: float = 48.0) -> Evidence:
    """Make up what an ensemble says of scored contrasts.

    Parameters
    ----------
    scored
        In scope; directions are told up for the even ones, whatever the paper says.
    effective
        Of how many independent sets the ensemble is worth.
    """
    names = tuple(item.contrast for item in scored)
    margins = np.linspace(-5, 6, COUNT)
    predictive = [Predictive(item.contrast, item.kind, "said", margins, "fold", margins) for item in scored]
    fitted = [Predictive(item.contrast, item.kind, "said", margins, "fold", margins + 2) for item in scored]
    ensemble = Ensemble(
        mechanism=ID,
        seed=1,
        particles=Particles(1, COUNT),
        contrasts=names,
        margins=np.ones((COUNT, len(names))),
        log_evidence=-12.25,
        stages=(),
        log_evidence_error=0.5,
        ancestors=np.arange(COUNT),
    )
    return Evidence(
        ensemble=ensemble,
        identified=_identify(len(names), effective),
        requirements=_require(names[0]),
        depends=_depend(),
        prior=tuple(predictive),
        fitted=tuple(fitted),
        left_out=tuple(_leave_out(item, index) for index, item in enumerate(scored)),
        information=tuple(Information(name, 1.0, 0.25, 0.1, 0.1, 40.0) for name in names),
    )


def _identify(contrasts: int, effective: float) -> Identified:
    structure = Structure(("a", "b"), 9, 4, 7, ("unseen_rate",), (), (1.0, 2.0))
    numbers = [
        _judge("il6_secretion", Verdict.DETERMINED, NARROW, "", ""),
        _judge("il6_kd", Verdict.RATIO, WIDE, "il6_kd / il6_loss", ""),
        _judge("il6_loss", Verdict.RATIO, WIDE, "il6_kd / il6_loss", ""),
        _judge("stat3_half", Verdict.BELOW, NARROW, "", ""),
        _judge("unseen_rate", Verdict.UNINFORMED, WIDE, "", "no read-out of the record depends on it"),
    ]
    pair = CombinationVerdict(
        "il6_kd / il6_loss",
        ("il6_kd", "il6_loss"),
        (1.0, -1.0),
        True,
        WIDE,
        NARROW,
        0.2,
        1.5,
        Verdict.DETERMINED,
    )
    return Identified(ID, 1, COUNT, contrasts, effective, structure, tuple(numbers), (pair,))


def _judge(
    name: str, verdict: Verdict, now: tuple[float, float, float], combination: str, reason: str
) -> ParameterVerdict:
    return ParameterVerdict(
        name, name, "parameter", "nM", "assumed", WIDE, now, 0.3, 1.2, verdict, combination or None, reason
    )


def _require(contrast: str) -> Requirements:
    part = Required(
        "kd", "IL-6 at the receptor", "Kd", True, 0.3, WIDE, 0.2, ("il6_kd",), ("il6_loss", "il6_secretion")
    )
    shares = [Share(value, value - 0.05, value + 0.05, 900) for value in (0.85, 0.1, 0.2, 0.95)]
    rule = Rule((), 0.9, *shares)
    requirement = Requirement("quantities", (part,), rule, "demanding")
    return Requirements(
        ID,
        contrast,
        "cisplatin",
        "mcf7",
        "conditioned medium",
        1,
        2000,
        1900,
        shares[2],
        shares[0],
        (0.0, 0.1, 0.3),
        (0.0, 0.1, 0.2),
        (requirement,),
    )


def _depend() -> ProtectionSensitivity:
    indices = tuple(
        SobolIndex(f"number_{i}", (0.0, 0.2 - 0.02 * i, 0.3), (0.1, 0.4 - 0.04 * i, 0.5)) for i in range(8)
    )
    found = Sensitivity(indices, 64, 0.0, 0.12, 0.08)
    return ProtectionSensitivity(
        ID, None, "cisplatin", "mcf7", "contact", found, (Explained("number_0", 0.25),)
    )


def _leave_out(item: Scored, index: int) -> LeftOut:
    kinds = ("up", "no change", "down")
    reported = item.kind if item.kind in kinds else "as reported"
    up = {"up": 0.7, "no change": 0.2, "down": 0.1}
    down = {"up": 0.1, "no change": 0.2, "down": 0.7}
    other = {"as reported": 0.6, "otherwise": 0.4}
    chances = other if reported == "as reported" else up if index % 2 == 0 else down
    return LeftOut(
        mechanism=ID,
        contrast=item.contrast,
        paper=item.paper,
        said="said",
        scheme="paper",
        group=item.paper,
        reported=reported,
        ensemble=Forecast(chances, 0.5),
        prior=Forecast(other if reported == "as reported" else up, 0.4),
        baselines={"signed graph": "up", "always protects": "up", "no stroma effect": "no change"},
        shape=0.2,
        effective=30.0 if index == 0 else 120.0,
        refitted=False,
    )
