"""The forms of the extension's tables, one line each. Empty cells are null; ``;`` parts lists."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from mscape.atlas.record import Content, Culture, Curie, Form, Key, Text
from mscape.atlas.row import Kind, Maybe, Number


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(";"))
    return () if value is None else value


def _null(value: Any) -> Any:
    return value or None


def _count(value: Any) -> Any:
    return int(value) if value in ("1", "-1") else value


Sign = Annotated[Literal[1, -1], BeforeValidator(_count)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$", max_length=200)]  # as PEtab has it
Ids = Annotated[tuple[Id, ...], BeforeValidator(_split)]
MaybeIds = Annotated[tuple[Id | Literal[""], ...], BeforeValidator(_split)]
Keys = Annotated[tuple[Key, ...], BeforeValidator(_split)]
Contents = Annotated[tuple[Content, ...], BeforeValidator(_split)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_split)]


FileName = Annotated[str, Field(pattern=r"^[^/\\]+$", max_length=200)]  # in the folder itself
Files = tuple[FileName, ...]


class _Open(Form):
    """A piece of the problem file, which may hold more than we read."""

    model_config = ConfigDict(extra="ignore")


class ModelFile(_Open):
    """The model and its language."""

    location: FileName
    language: Literal["sbml"]


class ExtensionFiles(_Open):
    """The tables of the extension."""

    contrasts: FileName
    arms: FileName
    protocols: FileName
    readouts: FileName
    cells: FileName
    perturbations: FileName
    unreported: FileName


class ExtensionPart(_Open):
    """What the problem file says of the extension."""

    version: Annotated[str, Field(pattern=r"^1(\.|$)")]
    files: ExtensionFiles


class Extensions(_Open):
    """The extensions of a problem; ours must be among them."""

    contrasts: ExtensionPart = Field(alias="mscape-contrasts")


class ProblemFile(_Open):
    """A whole ``all_arms.yaml``."""

    format_version: Annotated[str, Field(pattern=r"^2(\.|$)"), BeforeValidator(str)]
    parameter_files: Files
    model_files: Annotated[dict[str, ModelFile], Field(min_length=1, max_length=1)]
    observable_files: Files
    measurement_files: Files
    condition_files: Files = ()
    experiment_files: Files = ()
    extensions: Extensions


class ContrastLine(Form):
    """One statement that a paper makes about arms.

    ``arm``, ``versus`` and ``unprotected`` are experiments; *ordered* lists them from highest to lowest.
    ``untreated`` are the cultures that viability is a share of, in the order arm, versus, unprotected;
    ``alone`` the monocultures under the drug, of which one must lose 10 to 90 %.
    """

    contrast: Key
    observation: Key
    kind: Kind
    readout: Text
    arm: Ids
    versus: Id | None = None
    unprotected: Id | None = None
    value: Number = None
    error: Number = None
    untreated: MaybeIds = ()
    alone: MaybeIds = ()
    scale: Literal["difference", "points", "ratio"]
    threshold: float = Field(gt=0)
    paper: Key
    doi: Maybe = None
    step: Key | None = None
    note: Maybe = None


class ArmLine(Form):
    """What one experiment is: an arm of an observation, or an assay that calibrates a potency.

    ``dose`` is in nM; without one, ``dose_parameter`` is found in the experiment ``dose_found_in`` by its
    effect on ``effect_on``. ``hours`` holds the length of each period, or the quantity of ``unreported.tsv``
    that it is.
    """

    experiment: Id
    observation: Key | None = None
    arm: Key | None = None
    protocol: Key
    tumour: Key | None = None
    msc: Key | None = None
    drug: Key | None = None
    perturbation: Keys = ()
    dose: Number = None
    time_h: Number = None
    hours: Texts
    dose_parameter: Id | None = None
    dose_found_in: Id | None = None
    effect_on: Literal["viability", "apoptosis"] | None = None


class ProtocolLine(Form):
    """One period of a protocol: what is in the well and how long; hours are empty where not reported."""

    protocol: Key
    culture: Culture
    msc_per_tumour: Number = None
    medium_share: Number = None
    period: Text
    contents: Contents = ()
    hours: Number = None
    note: Maybe = None


class ReadoutLine(Form):
    """One molecular quantity: where the model has it, and the least effect on it that counts."""

    readout: Key
    label: Text
    kind: Literal["phospho", "protein", "rna", "cytokine", "fraction", "level"]
    entity: Key
    observable: Id
    sign: Sign = 1
    scale: Literal["difference", "points", "ratio"]
    threshold: float = Field(gt=0)


class CellLine(Form):
    """One kind of cell used in the experiments."""

    cell: Key
    role: Literal["tumour", "msc", "other"]
    label: Text
    term: Annotated[Curie | None, BeforeValidator(_null)] = None
    state: Literal["naive", "primed"] = "naive"
    growth: Literal["adherent", "suspension"] = "adherent"
    tissue: Literal["marrow", "adipose", "cord"] | None = None
    note: Maybe = None


class PerturbationLine(Form):
    """What an experimenter did to a target: a share of it is left (``factor``), or it has a ``level``."""

    perturbation: Key
    label: Text
    kind: Literal[
        "neutralising antibody", "antagonist", "inhibitor", "silencing", "knock-out", "over-expression",
        "depletion", "mimic", "control",
    ]  # fmt: skip
    target: Key
    parameters: Ids = ()
    how: Literal["factor", "level"] = "factor"
    value: Number = None
    low: Number = None
    high: Number = None
    source: Text


class UnreportedLine(Form):
    """What protocols leave open: its range or its levels, and what stands for it in the tables."""

    quantity: Key
    unit: Text
    distribution: Literal["uniform", "loguniform"]
    low: float
    high: float
    levels: Annotated[tuple[float, ...], BeforeValidator(_split)] = ()
    in_the_tables: float
