"""What a page shows, as plain values: all that templates and figures read; the JSON twins are these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mscape.experiments.grant import Move
    from mscape.report.evidence import EvidenceText
    from mscape.report.ranking import RankingText

Interval = tuple[float, float, float]


@dataclass(frozen=True)
class Citation:
    """A paper: a short label for the running text, the whole citation, and its identifiers."""

    key: str
    label: str
    full: str
    doi: str | None
    seen: str


@dataclass(frozen=True)
class Statement:
    """What a paper says about arms, and what the model does.

    Parameters
    ----------
    text
        The statement in words.
    result
        The outcome at nominal parameters, in words.
    effect
        5th, 50th and 95th percentile of the simulated effect, in ``effect_unit``.
    why
        For a miss: the record's explanation, None where none is written yet.
    learned
        Bits that it adds to all other statements of the record, where there is an ensemble.
    panel
        Letter of the panel that shows it; empty out of scope.
    """

    mechanism: str
    contrast: str
    text: str
    readout: str
    paper: str
    group: str
    in_scope: bool
    reason: str | None
    outcome: str
    result: str
    class_: str | None
    bits: float
    grid_share: float | None
    share: float | None
    effect: Interval | None
    effect_unit: str
    baselines: Mapping[str, bool]
    why: str | None = None
    note: str | None = None
    learned: float | None = None
    panel: str = ""

    @property
    def reproduced(self) -> bool:
        """Whether it holds at nominal parameters."""
        return self.outcome == "reproduced"


@dataclass(frozen=True)
class Bar:
    """One arm of a panel: its label, the model's reading, and what the paper printed."""

    arm: str
    label: str
    nominal: float | None
    low: float | None
    median: float | None
    high: float | None
    reported: float | None = None
    reported_error: float | None = None
    as_printed: str = ""


@dataclass(frozen=True)
class Bracket:
    """What the paper says of two bars of a panel, and whether the model says it too."""

    first: int
    second: int
    words: str
    grid_share: float | None
    reproduced: bool


@dataclass(frozen=True)
class Panel:
    """One observation: bars, the marks under them (what each arm has), and brackets over them.

    ``factors`` maps the name of a factor to its mark under each bar.
    """

    letter: str
    observation: str
    title: str
    axis: str
    caption: str
    paper: str
    factors: tuple[tuple[str, tuple[str, ...]], ...]
    bars: tuple[Bar, ...]
    brackets: tuple[Bracket, ...]
    file: str

    @property
    def spans_decades(self) -> bool:
        """Whether the readings ask for a logarithmic axis.

        Levels, all above zero and more than 30-fold apart.
        """
        if self.axis != "model units":
            return False
        ends = [end for bar in self.bars for end in (bar.low, bar.high) if end is not None]
        return bool(ends) and min(ends) > 0 and max(ends) / min(ends) > 30


@dataclass(frozen=True)
class ExperimentFigure:
    """The panels of one source of statements, with the statements they show."""

    number: int
    group: str
    title: str
    panels: tuple[Panel, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class EvidenceLine:
    """One line of the evidence under the pathway."""

    paper: str
    where: str
    assay: str | None
    perturbation: str | None
    direction: str
    directness: str
    system: str
    standing: str
    note: str | None


@dataclass(frozen=True)
class StepLine:
    """One step of the pathway in words, and its evidence. ``style``: supported, implied or disputed."""

    number: int
    id: str
    source: str
    relation: str
    target: str
    effect: str
    style: str
    note: str | None
    evidence: tuple[EvidenceLine, ...]


@dataclass(frozen=True)
class GateLine:
    """Whether enough arrives: what is available against what is needed."""

    letter: str
    question: str
    quantity: str
    unit: str
    available: Interval
    needed: Interval
    share: float
    verdict: str
    assumed: tuple[str, ...]


@dataclass(frozen=True)
class PeriodColumn:
    """One period of a protocol.

    Its name, hours as words, which rows are in the well; ``open`` if its hours are not reported.
    """

    name: str
    hours: str
    open: bool
    contents: tuple[bool, ...]


@dataclass(frozen=True)
class Timeline:
    """A protocol: rows of what may be in the well, columns of periods."""

    id: str
    culture: str
    rows: tuple[str, ...]
    periods: tuple[PeriodColumn, ...]
    note: str | None
    panels: str


@dataclass(frozen=True)
class CurveLine:
    """A dose-response curve without or with MSC; arrays of shape (percentile 5/50/95, dose)."""

    name: str
    viability: tuple[tuple[float, ...], ...]
    gr: tuple[tuple[float, ...], ...]
    summary: Mapping[str, Interval | str]


@dataclass(frozen=True)
class DoseFigure:
    """Dose-response of one drug, doses in nM."""

    number: int
    drug: str
    line: str
    culture: str
    hours: float
    dose: tuple[float, ...]
    curves: tuple[CurveLine, ...]
    fold_shift: Interval | str
    stand_ins: tuple[str, ...]
    file: str


@dataclass(frozen=True)
class ParameterLine:
    """A parameter of the record: value, unit, range, where it comes from."""

    name: str
    value: float
    unit: str
    low: float | None
    high: float | None
    assumed: bool
    source: str
    note: str | None


@dataclass(frozen=True)
class RivalLine:
    """Another explanation of the same protection, and the ports it would use."""

    what: str
    why: str
    ports: str


@dataclass(frozen=True)
class StandInLine:
    """What the model uses in place of something else, and whether that matters."""

    stands_for: str
    uses: str
    matters: str


@dataclass(frozen=True)
class Tally:
    """How many statements there are and what became of them; classes are never added up."""

    name: str
    contrasts: int
    measurable: int
    in_scope: int
    out_of_scope: tuple[tuple[str, int], ...]
    reproduced: int
    held_out: tuple[int, int]
    informative: int
    against: int
    built_in: int
    unsolved: int
    bits: float
    baselines: tuple[tuple[str, int], ...]
    beyond_graph: tuple[int, int]


@dataclass(frozen=True)
class Download:
    """A file beside the page."""

    label: str
    href: str
    note: str


@dataclass(frozen=True)
class Foot:
    """What every page ends with: what the numbers depend on."""

    version: str
    atlas_hash: str
    seed: int | None
    draws: int
    relative_tolerance: float | None
    absolute_tolerance: float | None


@dataclass(frozen=True)
class ClaimText:
    """The table's row as printed, and the verdict on it with its basis."""

    row: int | None
    table: str
    tumour: str
    drug: str
    mechanism: str
    reference: str
    verdict: str
    basis: str
    reason: str
    differs: tuple[str, ...]


@dataclass(frozen=True)
class PortsText:
    """Where protection enters the model, and where else it could."""

    used: str
    other: str
    reason: str


@dataclass(frozen=True)
class CurationText:
    """Who wrote the record, from what; ``reviewed_by`` is empty until a named person has."""

    access: str
    curated: str
    curators: str
    reviewed_by: str
    deprecated: str | None


@dataclass(frozen=True)
class GrantText:
    """What had to move: (parameter, middle, nominal, low, high, unit, at the end of its range)."""

    before: float
    after: float
    enough: bool
    least: float
    moves: tuple[tuple[str, float, float, float, float, str, bool], ...]


@dataclass(frozen=True)
class MechanismPage:
    """The page of one mechanism."""

    id: str
    title: str
    summary: str
    claim: ClaimText
    ports: PortsText
    curation: CurationText
    pathway: str
    pathway_text: str
    steps: tuple[StepLine, ...]
    gates: tuple[GateLine, ...]
    grant: GrantText | None
    moved: tuple[Move, ...] | None
    evidence: EvidenceText | None
    tally: Tally
    figures: tuple[ExperimentFigure, ...]
    unscored: tuple[Statement, ...]
    timelines: tuple[Timeline, ...]
    doses: tuple[DoseFigure, ...]
    parameters: tuple[ParameterLine, ...]
    rivals: tuple[RivalLine, ...]
    stand_ins: tuple[StandInLine, ...]
    gaps: tuple[str, ...]
    paper: Citation
    papers: tuple[Citation, ...]
    downloads: tuple[Download, ...]
    foot: Foot
    ranking: RankingText | str | None = None

    @property
    def misses(self) -> tuple[Statement, ...]:
        """Statements in scope that the model does not reproduce."""
        return tuple(item for figure in self.figures for item in figure.statements if not item.reproduced)

    @property
    def sourced(self) -> int:
        """How many parameters have a source."""
        return sum(not line.assumed for line in self.parameters)
