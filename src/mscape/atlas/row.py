"""The forms of a record's three tables, one line each, and of the tables all records share.

Empty cells are null. As printed: values, units and errors are those of the paper, never converted here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from mscape.atlas.record import Curie, Form, Key, Text

Provenance = Literal[
    "primary-abstract", "primary-figure-legend", "primary-text", "author-meeting-abstract", "author-thesis",
    "same-group", "commentary", "secondary", "related", "seed",
]  # fmt: skip
Reason = Literal[
    "in vivo",
    "clinical",
    "quantity not in the chassis",
    "another mechanism",
    "cells not in the model",
    "no direction reported",
    "same finding as another line",
]
Distribution = Literal["lognormal", "loguniform", "normal", "uniform", "fixed"]
Kind = Literal["up", "down", "no change", "ordered", "partial", "value"]


def _null(value: Any) -> Any:
    return None if isinstance(value, str) and value.strip() == "" else value


def split_cell(value: Any) -> Any:
    """Return the parts of a cell that lists several, separated by semicolons."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return ()
    return tuple(part.strip() for part in value.split(";")) if isinstance(value, str) else value


Number = Annotated[float | None, BeforeValidator(_null)]
Maybe = Annotated[Text | None, BeforeValidator(_null)]
Keys = Annotated[tuple[Key, ...], BeforeValidator(split_cell)]
Names = Annotated[tuple[Text, ...], BeforeValidator(split_cell)]


class ParameterRow(Form):
    """One line of ``parameters.tsv``: value in the model's unit, range, source or why it is assumed.

    ``low`` and ``high`` are the 5th and 95th percentile (log-normal, normal) or the ends (log-uniform,
    uniform).
    """

    parameter: Text
    value: float
    unit: Text
    low: Number = None
    high: Number = None
    distribution: Distribution
    source: Text
    note: Maybe = None


class ObservationRow(Form):
    """One line of ``observations.tsv``: one arm of one observation, as printed, naming its protocol."""

    observation: Key
    arm: Key
    protocol: Annotated[Key | None, BeforeValidator(_null)] = None
    tumour: Annotated[Key | None, BeforeValidator(_null)] = None
    msc: Annotated[Key | None, BeforeValidator(_null)] = None
    drug: Annotated[Key | None, BeforeValidator(_null)] = None
    dose: Number = None
    dose_unit: Maybe = None
    perturbation: Keys = ()
    readout: Text
    time_h: Number = None
    value: Number = None
    unit: Maybe = None
    error: Number = None
    error_kind: Maybe = None
    n: Annotated[int | None, BeforeValidator(_null)] = None
    p: Maybe = None
    paper: Key
    where: Text
    provenance: Provenance
    group: Literal["row paper", "same group", "other papers"]
    note: Maybe = None


class ContrastRow(Form):
    """One line of ``contrasts.tsv``: one statement a paper makes about arms.

    ``arm`` and ``versus`` name arms of the observation. *Ordered*: ``arm`` lists them from highest to lowest.
    *Partial*: ``arm`` is perturbed, ``versus`` protected, ``unprotected`` the third. *Value*: ``value`` ±
    ``error`` is the arm's over ``versus``'. A readout ``a;b`` reads the first arm at a and the others at b.
    """

    contrast: Key
    observation: Key
    kind: Kind
    readout: Text
    arm: Keys
    versus: Annotated[Key | None, BeforeValidator(_null)] = None
    unprotected: Annotated[Key | None, BeforeValidator(_null)] = None
    value: Number = None
    error: Number = None
    step: Annotated[Key | None, BeforeValidator(_null)] = None
    paper: Key
    scope: Literal["in", "out"]
    reason: Annotated[Reason | None, BeforeValidator(_null)] = None
    note: Maybe = None


class TermRow(Form):
    """One frozen identifier: CURIE, label, and the source, version and licence it was read from."""

    kind: Text
    curie: Curie
    label: Text
    source: Text
    licence: Text
    note: Maybe = None


class PaperRow(Form):
    """One paper: citation facts only."""

    paper: Key
    authors: Text
    year: int = Field(ge=1950, le=2100)
    title: Maybe = None
    journal: Maybe = None
    doi: Maybe = None
    pmid: Maybe = None
    pmcid: Maybe = None
    seen: Text


class DrugRow(Form):
    """One drug: class motif, molar mass, life in medium, whether P-gp or MRP pump it."""

    drug: Key
    label: Text
    term: Curie
    drug_class: Key
    molar_mass: float = Field(gt=0)
    half_life: float = Field(gt=0)
    half_life_low: float = Field(gt=0)
    half_life_high: float = Field(gt=0)
    pump_substrate: float = Field(ge=0, le=1)
    source: Text


class DrugClassRow(Form):
    """One line of ``drug_classes.tsv``: one parameter of the drug motif that all drugs of a class share."""

    drug_class: Key
    parameter: Text
    value: float
    unit: Text
    low: Number = None
    high: Number = None
    distribution: Distribution
    source: Text
    note: Maybe = None


class LineRow(Form):
    """One source's doubling time of one tumour line."""

    line: Key
    label: Text
    term: Annotated[Curie | None, BeforeValidator(_null)] = None
    tumour: Key
    doubling_time: float = Field(gt=0)
    source: Text
    note: Maybe = None


class PotencyRow(Form):
    """One source's monoculture potency of one drug in one line, as that source defines it."""

    line: Key
    drug: Key
    metric: Literal["IC50", "GI50", "GR50"]
    value: float = Field(gt=0)
    unit: Text
    hours: Number = None
    censored: Literal["", ">", "<"] = ""
    source: Text
    note: Maybe = None


class CuratorRow(Form):
    """One curator; an ORCID makes a reviewer."""

    curator: Key
    name: Text
    orcid: Maybe = None
