"""The mechanism record: what one paper, and the papers around it, say about one row of the table.

One record is one folder of five files. This module is the form of ``mechanism.yaml``; the forms of the three
tables stand in ``row.py``. Numbers and units stay as printed: what a dose or a culture does to a network is
decided in ``experiments``. A form says what a field may hold; whether a record is complete and agrees with
itself is asked by the checks, so that a record in the making can be loaded.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Curie = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9.]*:[A-Za-z0-9_.:\-]+$", max_length=80)]

Port = Literal["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8"]
Culture = Literal["monoculture", "contact", "transwell", "conditioned medium", "exosome", "relay"]
Content = Literal["tumour", "msc", "medium", "vesicles", "relay", "drug", "perturbation"]


class Form(BaseModel):
    """A frozen piece of a record that takes no field it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Claim(Form):
    """The table's row as printed, and the terms it names.

    ``table`` is the review it stands in; a claim of another table gives it another name.
    """

    table: Key = "review2021"
    row: int | None = Field(default=None, ge=1)
    tumour: Text
    drug: Text
    mechanism: Text
    reference: Text
    tumour_terms: tuple[Curie, ...] = ()
    drug_terms: tuple[Curie, ...] = ()
    signal_terms: tuple[Curie, ...] = ()


class Verdict(Form):
    """Does the row's own source say what the table says, and from how much of it was that judged?"""

    verdict: Literal["supported", "partly", "contradicted", "unverified"]
    basis: Literal["full text", "abstract", "meeting abstract", "secondary"]
    reason: Text
    differs: tuple[Text, ...] = ()


class Curation(Form):
    """Who wrote the record, when, from what.

    ``reviewed_by`` stays empty until a named person has read the record against the paper.
    """

    access: Literal["full text", "abstract", "secondary"]
    curated: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    curators: tuple[Key, ...] = ()
    reviewed_by: tuple[Key, ...] = ()
    deprecated: Text | None = None
    successor: Key | None = None


class Entity(Form):
    """A thing a step speaks of. ``species`` names what stands for it in the model, if anything does."""

    id: Key
    kind: Literal[
        "cell", "protein", "rna", "complex", "small molecule", "drug", "vesicle", "organelle", "process"
    ]
    label: Text
    term: Curie | None = None
    species: tuple[str, ...] = ()


class Cell(Form):
    """A cell used in an experiment: a tumour line, an MSC preparation, or another cell a protocol needs.

    ``state`` says which of the chassis' MSC pools these cells start in: naive, or primed (educated by a
    tumour, activated by a drug). ``growth`` decides how many tumour cells a well is seeded with where the
    paper does not say; ``tissue`` is where MSC come from, if the paper says. A tumour cell's ``id`` is its
    key in ``lines.tsv``; one without a line there is run with a stand-in, which is named.
    """

    id: Key
    role: Literal["tumour", "msc", "other"]
    label: Text
    term: Curie | None = None
    state: Literal["naive", "primed"] = "naive"
    growth: Literal["adherent", "suspension"] = "adherent"
    tissue: Literal["marrow", "adipose", "cord"] | None = None
    note: Text | None = None


class Evidence(Form):
    """What one paper did that bears on a step. Four axes: direction, directness, system, standing."""

    paper: Key
    where: Text
    assay: Text | None = None
    perturbation: Text | None = None
    perturbation_kind: Literal["necessity", "sufficiency", "rescue"] | None = None
    direction: Literal["supports", "refutes"]
    directness: Literal["direct", "one inference away"]
    system: Literal["in vitro", "animal", "patient", "computed"]
    standing: Literal["own result", "background", "review"]
    note: Text | None = None


class Step(Form):
    """One causal link, with its evidence.

    ``ablate`` names the model parameter that switches it off, and the value that does.
    """

    id: Key
    source: Key
    effect: Literal["increases", "decreases"]
    target: Key
    relation: Text
    evidence: tuple[Evidence, ...] = ()
    ablate: tuple[str, float] | None = None
    implied: bool = False
    note: Text | None = None


class Readout(Form):
    """A molecular quantity the papers measured, and where the model has it.

    Readouts of cells are the chassis' own.
    """

    id: Key
    label: Text
    kind: Literal["phospho", "protein", "rna", "cytokine", "fraction", "level"]
    entity: Key
    observable: str
    sign: Literal[1, -1] = 1


class Perturbation(Form):
    """What an experimenter did to a named target.

    Each of ``parameters`` (parameters or species of the model) is multiplied by ``value`` (``factor``) or set
    to ``value`` in its own unit (``level``); ``low`` and ``high`` are the range of what the reagent achieves.
    No parameters: a control, or not in the model.
    """

    id: Key
    label: Text
    kind: Literal[
        "neutralising antibody",
        "antagonist",
        "inhibitor",
        "silencing",
        "knock-out",
        "over-expression",
        "depletion",
        "mimic",
        "control",
    ]
    target: Key
    parameters: tuple[str, ...] = ()
    how: Literal["factor", "level"] = "factor"
    value: float | None = None
    low: float | None = None
    high: float | None = None
    source: Text


class Period(Form):
    """One stretch of a protocol: what is in the well, how long. What leaves the list is washed out."""

    period: Text
    contents: tuple[Content, ...]
    hours: float | None = Field(default=None, gt=0, le=2000)


class Protocol(Form):
    """Ordered periods of an experiment; the last one ends with the read-out.

    Null hours are not reported: a grid is run.
    """

    id: Key
    culture: Culture
    periods: tuple[Period, ...] = Field(min_length=1, max_length=8)
    msc_per_tumour: float | None = Field(default=None, gt=0, le=100)
    medium_share: float | None = Field(default=None, gt=0, le=1)
    note: Text | None = None


class Gate(Form):
    """What would have to be true: a quantity at the receiver against the level the model needs.

    ``available`` and ``needed`` are arithmetic over parameter names of the model and ``msc_count``,
    ``tumour_count``, ``volume``, ``hours``.
    """

    id: Key
    question: Text
    quantity: Text
    unit: Text
    available: Text
    needed: Text


class StandIn(Form):
    """Where the model uses one thing for another, and whether that matters."""

    stands_for: Text
    uses: Text
    matters: Text


class Rival(Form):
    """Another explanation of the same protection, carried beside the row's own."""

    what: Text
    why: Text
    ports: tuple[Port, ...] = ()


class Ports(Form):
    """Where the protection enters the chassis, and where else it could."""

    used: tuple[Port, ...]
    alternatives: tuple[Port, ...] = ()
    reason: Text


class Mechanism(Form):
    """A whole ``mechanism.yaml``."""

    id: Key
    title: Text
    claim: Claim
    paper: Key
    verdict: Verdict
    curation: Curation
    summary: Text
    ports: Ports
    entities: tuple[Entity, ...] = ()
    cells: tuple[Cell, ...] = ()
    drugs: tuple[Key, ...] = ()
    needs: tuple[Key, ...] = ()
    steps: tuple[Step, ...] = ()
    readouts: tuple[Readout, ...] = ()
    perturbations: tuple[Perturbation, ...] = ()
    protocols: tuple[Protocol, ...] = ()
    gates: tuple[Gate, ...] = ()
    rivals: tuple[Rival, ...] = ()
    stand_ins: tuple[StandIn, ...] = ()
    misses: dict[Key, Text] = {}
    gaps: tuple[Text, ...] = ()
