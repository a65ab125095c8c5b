"""From rankings of interventions to what a page shows of them: the section on a mechanism's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mscape.atlas.intervention import CautionRow, Interventions, OutcomeRow
from mscape.atlas.load import Atlas
from mscape.atlas.plausible import Plausible
from mscape.atlas.vocabulary import load_vocabulary
from mscape.experiments.niche import Route
from mscape.experiments.rescue import Rescue
from mscape.report.page import Citation
from mscape.report.ranking import CautionLine, MechanismName, RankedLine, RankingText
from mscape.report.ranking_text import format_span, tell_outcome, title_ranking
from mscape.report.wording import cite, name_drug
from mscape.treatment.rank import FEW, Ranked, Ranking, order_ranked

_SHORT = 6  # letters from which on a short name is a word and not an abbreviation
Setting = tuple[str, str]  # a tumour's term and a drug


@dataclass(frozen=True)
class ComputedNiche:
    """What was computed of one niche.

    Parameters
    ----------
    routes, excluded
        The mechanisms in it, and those that are not.
    shared
        What several of them have in common: its label, and whose it is.
    ranking
        Interventions in it, and groups of them of which an outcome was reported.
    rescue
        What each route carries, and what the papers' blockers take.
    """

    routes: tuple[Route, ...]
    excluded: tuple[Plausible, ...]
    shared: tuple[tuple[str, tuple[str, ...]], ...]
    ranking: Ranking
    rescue: Rescue


@dataclass(frozen=True)
class ComputedRanks:
    """What was computed of interventions.

    Parameters
    ----------
    draws, seed
        Of every ranking.
    particles, fitted
        Of each ensemble that draws are stitched from, and the mechanisms that have one; 0 and none where
        draws are from the assumed ranges.
    alone
        Mechanism to the ranking in its own model.
    niches
        By the tumour's term and the drug, in the table's order.
    faults
        Why one of the two is missing, by the same names.
    """

    draws: int
    seed: int
    particles: int
    fitted: tuple[str, ...] = ()
    alone: Mapping[str, Ranking] = field(default_factory=dict)
    niches: Mapping[Setting, ComputedNiche] = field(default_factory=dict)
    faults: Mapping[str | Setting, str] = field(default_factory=dict)

    @property
    def options(self) -> str:
        """How a command asks for the same draws."""
        ensemble = f" --ensemble --particles {self.particles}" if self.particles else ""
        return f"{ensemble} --draws {self.draws} --seed {self.seed}"

    @property
    def drawn(self) -> str:
        """What is drawn, in words."""
        if not self.particles:
            return "draws of the assumed and sourced ranges"
        return f"draws stitched from the mechanisms’ ensembles of {self.particles} parameter sets"

    def list_unfitted(self, mechanisms: Iterable[str]) -> tuple[str, ...]:
        """Return which of some mechanisms have no ensemble where others have one."""
        return tuple(key for key in mechanisms if self.particles and key not in self.fitted)


def make_ranking(
    mechanism: str, atlas: Atlas, computed: ComputedRanks, known: Iterable[str]
) -> RankingText | str:
    """Make the section of a mechanism's page: what reaches it, in the niche that it is of.

    Parameters
    ----------
    mechanism, atlas
        Its id, and the records, interventions and outcomes.
    computed
        The rankings.
    known
        Ids of mechanisms with a page.

    Returns
    -------
    RankingText or str
        A sentence that says why there is none.
    """
    setting = find_setting(atlas, mechanism)
    niche = computed.niches.get(setting)
    if niche is None:
        return f"It could not be computed: {computed.faults.get(setting, 'the niche was not asked')}"
    mine = tuple(item for item in list_single(niche.ranking) if mechanism in item.mechanisms)
    text = describe_ranking(replace(niche.ranking, ranked=order_ranked(mine)), atlas, computed, known)
    idle = len(atlas.interventions.reagents) - len(mine)
    command = f"mscape rank {mechanism}{computed.options}" if text.command else ""
    return replace(text, idle=idle, command=command)


def find_setting(atlas: Atlas, mechanism: str) -> Setting:
    """Return the first tumour and the first drug of a mechanism: the niche that it is of."""
    record = atlas.records[mechanism].mechanism
    return record.claim.tumour_terms[0], record.drugs[0]


def list_single(ranking: Ranking) -> tuple[Ranked, ...]:
    """Return the interventions of a ranking that were given by themselves, ranked among themselves."""
    return order_ranked([item for item in ranking.ranked if len(item.names) == 1])


def describe_ranking(
    ranking: Ranking, atlas: Atlas, computed: ComputedRanks, known: Iterable[str]
) -> RankingText:
    """Put one ranking into plain values; parameters as for `make_ranking`."""
    told = _list_told(ranking.ranked, atlas)
    unfitted = computed.list_unfitted(ranking.mechanisms)
    command = f"mscape rank --tumour '{ranking.tumour}' --drug {ranking.drug}{computed.options}"
    return RankingText(
        id=ranking.niche,
        title=title_ranking(replace(ranking, drug=name_drug(atlas, ranking.drug))),
        tumour=ranking.tumour,
        drug=name_drug(atlas, ranking.drug),
        line=_name_line(atlas, ranking.line),
        culture=ranking.culture,
        hours=ranking.hours,
        added=str(ranking.when),
        mechanisms=tuple(name_mechanism(atlas, key, known) for key in ranking.mechanisms),
        draws=ranking.draws,
        drawn=computed.drawn,
        unfitted=tuple(name_mechanism(atlas, key, ()).label for key in unfitted),
        counted=ranking.counted,
        few=ranking.counted < FEW,
        protection=ranking.protection,
        lines=tuple(_describe_ranked(item, atlas) for item in ranking.ranked),
        idle=len(ranking.not_reaching),
        failed=tuple(text for row, text in told if row.result == "failure"),
        went=tuple(text for row, text in told if row.result == "success"),
        unclear=sum(row.result == "mixed" for row, _ in told),
        stand_ins=ranking.stand_ins,
        papers=list_sources(atlas, [name for item in ranking.ranked for name in item.names]),
        command="" if unfitted else command,
    )


def name_mechanism(atlas: Atlas, key: str, known: Iterable[str]) -> MechanismName:
    """Name a mechanism by its paper; without an address where it has no page."""
    paper = atlas.records[key].mechanism.paper
    return MechanismName(
        key, cite(atlas.papers.get(paper), paper).label, f"{key}.html" if key in known else ""
    )


def list_sources(atlas: Atlas, names: Sequence[str]) -> tuple[Citation, ...]:
    """Return the papers that cautions and outcomes of some interventions are from, each once."""
    shelf = atlas.interventions
    keys = [row.paper for name in names for row in shelf.find_outcomes(name)]
    keys += [row.source for name in names for row in shelf.find_cautions(name)]
    found = [cite(atlas.papers[key], key) for key in dict.fromkeys(keys) if key in atlas.papers]
    return tuple(sorted(found, key=lambda paper: paper.label.casefold()))


def name_tumour(term: str) -> str:
    """Return the abbreviation or short name of a tumour, by its identifier.

    Examples
    --------
    >>> name_tumour("mondo:0011996")
    'CML'
    """
    found = load_vocabulary().get(term)
    if found is None:
        return term
    return found.short.upper() if len(found.short) < _SHORT else found.short


def _name_line(atlas: Atlas, key: str) -> str:
    cells = (cell for record in atlas.records.values() for cell in record.mechanism.cells)
    labels = [row.label for row in atlas.lines if row.line == key]
    labels += [cell.label for cell in cells if cell.id == key and cell.label != key]
    return labels[0] if labels else key.replace("_", " ")


def name_tried(shelf: Interventions, row: OutcomeRow) -> str:
    """Return what was tried, as it is called."""
    return " + ".join(shelf.reagents[name].label for name in row.interventions if name in shelf.reagents)


def _describe_ranked(item: Ranked, atlas: Atlas) -> RankedLine:
    shelf = atlas.interventions
    cautions = [
        _describe_caution(row, name, atlas) for name in item.names for row in shelf.find_cautions(name)
    ]
    return RankedLine(
        id=item.id,
        label=item.label,
        kind=item.kind,
        standing=item.standing,
        rank=item.rank,
        word=str(item.word),
        share=item.share,
        alone=item.bound if item.single else None,
        kills=item.kills,
        works=item.works,
        given=", ".join(format_span(span).replace("uM", "µM") for span in item.spans),
        mechanisms=tuple(name_mechanism(atlas, key, ()).label for key in item.mechanisms),
        doubts=tuple(_shorten(text, item) for text in item.doubts),
        cautions=tuple(cautions),
    )


def _shorten(doubt: str, item: Ranked) -> str:
    """Leave the key out of a doubt where there is one intervention that it can be about."""
    return doubt.replace(f" of {item.id}", "") if len(item.names) == 1 else doubt


def _describe_caution(row: CautionRow, name: str, atlas: Atlas) -> CautionLine:
    """Put a caution into words; of a toxic pair, the other half is named."""
    words = row.what
    if row.partner:
        other = row.intervention if row.partner == name else row.partner
        known = atlas.interventions.reagents.get(other)
        words = f"with {known.label if known else name_drug(atlas, other)}: {words}"
    if row.above is not None:
        words = f"from {row.above:g} {(row.unit or '').replace('uM', 'µM')}: {words}"
    paper = atlas.papers.get(row.source)
    return CautionLine(row.caution, words, cite(paper, row.source).label)


def _list_told(ranked: Sequence[Ranked], atlas: Atlas) -> list[tuple[OutcomeRow, str]]:
    """Say what came of ranked interventions outside culture, each outcome once."""
    shelf = atlas.interventions
    told: dict[str, tuple[OutcomeRow, str]] = {}
    for item in ranked:
        for row in (row for name in item.names for row in shelf.find_outcomes(name)):
            label = item.label if row.interventions == item.names else name_tried(shelf, row)
            paper = cite(atlas.papers.get(row.paper), row.paper).label
            told.setdefault(row.outcome, (row, tell_outcome(label, item.word, row, paper)))
    return list(told.values())
