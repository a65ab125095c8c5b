"""Interventions: what could be added to a well against a mechanism, and what happened where it was tried.

Five tables. What a reagent is stands apart from what it does to a model (one line per thing it acts on), from
what a body reaches of it, from what to beware of, and from what was reported of it in animals and people.
Which mechanisms an intervention bears on is not written anywhere: it follows from the names of the models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field

from mscape.atlas.record import Curie, Form, Key, Text
from mscape.atlas.row import Maybe, Names, Number, split_cell

ReagentKind = Literal[
    "neutralising antibody", "receptor antagonist", "kinase inhibitor", "enzyme inhibitor", "pump inhibitor",
    "transcription inhibitor", "release blocker", "uptake blocker", "adhesion blocker", "metabolic inhibitor",
    "autophagy inhibitor", "survival protein inhibitor", "cell depletion", "silencing",
]  # fmt: skip
Standing = Literal["approved", "in trials", "trials ended", "tool compound", "genetic only"]
PotencyKind = Literal["IC50", "EC50", "Kd", "Ki"]
Result = Literal["success", "failure", "mixed"]
Lack = Literal[
    "immunity",
    "pharmacokinetics",
    "selection",
    "redundancy",
    "homing",
    "other cells",
    "other tumour",
    "other drug",
    "toxicity",
]
UNKNOWN = "unknown"


class InterventionRow(Form):
    """One line of ``interventions.tsv``: what a reagent is and where it stands.

    ``molar_mass`` in g/mol turns a printed mass into an amount. *Approved* means for some use in people, not
    for the one asked about here.
    """

    intervention: Key
    label: Text
    term: Curie | None = None
    kind: ReagentKind
    standing: Standing
    molar_mass: Number = None
    source: Text
    note: Maybe = None


class ActionRow(Form):
    """One line of ``actions.tsv``: one thing a reagent acts on, and how strongly.

    ``parameters`` are names of the models; each model takes those it has. *Concentration*: they are set to
    the free concentration, and those of ``affinity`` to the potency, both in nM. *Inhibition*: they are
    multiplied by ``left`` + (1 - ``left``) / (1 + concentration / potency). *Silencing*: they are multiplied
    by ``left``, whatever the concentration. ``low`` and ``high`` are the range of the potency, ``left_low``
    and ``left_high`` that of what is left.
    """

    intervention: Key
    target: Curie | None = None
    parameters: Names = Field(min_length=1)
    how: Literal["concentration", "inhibition", "silencing"]
    affinity: Names = ()
    potency: Number = None
    unit: Maybe = None
    potency_kind: PotencyKind | None = None
    low: Number = None
    high: Number = None
    left: Number = None
    left_low: Number = None
    left_high: Number = None
    source: Text
    note: Maybe = None


class ExposureRow(Form):
    """One line of ``exposures.tsv``: what a body reaches, in total and unbound, as printed.

    ``unbound`` is the share that no protein holds; the reachable free exposure is the product. A source is a
    paper, ``assumed`` (and why), ``definition`` or ``unknown``; no total means unknown.
    """

    intervention: Key
    regimen: Text
    measure: Literal["Cmax", "trough", "mean"]
    total: Number = None
    unit: Maybe = None
    low: Number = None
    high: Number = None
    source: Text
    unbound: Number = None
    unbound_low: Number = None
    unbound_high: Number = None
    unbound_source: Text
    note: Maybe = None


class CautionRow(Form):
    """One line of ``cautions.tsv``: what speaks against an intervention, or against reading much into it.

    ``partner`` is the other half of a toxic pair: an intervention or a drug of ``drugs.tsv``. ``above`` is
    the concentration from which the caution holds, where it has one.
    """

    intervention: Key
    caution: Literal["dose", "mobilisation", "immunity", "toxic pair", "toxicity", "off target", "model"]
    partner: Key | None = None
    above: Number = None
    unit: Maybe = None
    what: Text
    source: Text


class OutcomeRow(Form):
    """One line of ``outcomes.tsv``: what came of interventions in animals or people.

    ``read`` says how far the source was read; a line *unverified* is a lead and is not counted. ``lacks``
    names what the models do not have and what may matter here.
    """

    outcome: Key
    interventions: Names = Field(min_length=1)
    species: Literal["human", "mouse"]
    tumour: Text
    tumour_term: Curie | None = None
    drug: Text
    design: Text
    n: int | None = Field(default=None, ge=1)
    endpoint: Text
    numbers: Text
    result: Result
    paper: Key
    read: Literal["full text", "abstract", "meeting abstract", "news", "unverified"]
    lacks: Annotated[tuple[Lack, ...], BeforeValidator(split_cell)] = ()
    note: Maybe = None


@dataclass(frozen=True, slots=True)
class Interventions:
    """Every intervention and what is known of it.

    Parameters
    ----------
    reagents
        By key.
    actions, exposures, cautions, outcomes
        In file order; several lines may speak of one reagent.
    """

    reagents: Mapping[str, InterventionRow] = field(default_factory=dict)
    actions: tuple[ActionRow, ...] = ()
    exposures: tuple[ExposureRow, ...] = ()
    cautions: tuple[CautionRow, ...] = ()
    outcomes: tuple[OutcomeRow, ...] = ()

    def find_actions(self, name: str) -> tuple[ActionRow, ...]:
        """Return what a reagent acts on; empty if nothing is written."""
        return _about(self.actions, name)

    def find_exposures(self, name: str) -> tuple[ExposureRow, ...]:
        """Return what a body reaches of a reagent; empty if nothing is written."""
        return _about(self.exposures, name)

    def find_cautions(self, name: str) -> tuple[CautionRow, ...]:
        """Return the cautions on a reagent, those it has as the partner of a pair included."""
        return tuple(row for row in self.cautions if name in (row.intervention, row.partner))

    def find_outcomes(self, name: str) -> tuple[OutcomeRow, ...]:
        """Return what came of a reagent, leads left out."""
        known = (row for row in self.outcomes if row.read != "unverified")
        return tuple(row for row in known if name in row.interventions)


R = TypeVar("R", ActionRow, ExposureRow)


def _about(rows: tuple[R, ...], name: str) -> tuple[R, ...]:
    return tuple(row for row in rows if row.intervention == name)
