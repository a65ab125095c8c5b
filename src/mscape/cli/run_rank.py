"""What ``mscape run`` asks of interventions: by mechanism and by niche; a fault is told on the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mscape.cli.pool import Plan, map_records
from mscape.errors import MscapeError

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas, Record
    from mscape.experiments.niche import Niche
    from mscape.inference.particle import Particles
    from mscape.report.ranking_page import ComputedNiche, ComputedRanks
    from mscape.treatment.rank import Ranking
    from mscape.treatment.removal import Draws


@dataclass(frozen=True)
class RecordRanks:
    """Of one mechanism: the ranking in its own model, and its niche; a sentence says why one is missing."""

    alone: Ranking | str
    niche: ComputedNiche | str | None


def compute_ranks(
    records: Sequence[Record], atlas: Atlas, known: Mapping[str, Particles], plan: Plan, *, particles: int
) -> ComputedRanks:
    """Rank interventions in the model of each mechanism, and in the niche of each tumour and drug.

    Parameters
    ----------
    records, atlas
        The mechanisms on the report, and all there are.
    known
        Mechanism to the particles of its ensemble; the numbers of others come from their priors.
    plan
        Seed, draws of each ranking, and worker processes.
    particles
        Of each ensemble; 0 if there is none.
    """
    from mscape.report.ranking_page import ComputedRanks, find_setting

    first = {find_setting(atlas, record.id): record.id for record in reversed(records)}
    task = partial(rank_record, known=dict(known), leading=frozenset(first.values()))
    parts = map_records(task, records, atlas, plan, label="ranking")
    found = {record.id: part for record, part in zip(records, parts, strict=True)}
    alone = {key: part.alone for key, part in found.items()}
    settings = dict.fromkeys(find_setting(atlas, record.id) for record in records)
    niches = {setting: found[first[setting]].niche for setting in settings}
    faults = {key: item for key, item in (alone | niches).items() if isinstance(item, str)}
    return ComputedRanks(
        draws=plan.draws,
        seed=plan.seed,
        particles=particles,
        fitted=tuple(known),
        alone={key: item for key, item in alone.items() if not isinstance(item, str)},
        niches={key: item for key, item in niches.items() if item is not None and not isinstance(item, str)},
        faults=faults,
    )


def rank_record(
    record: Record,
    atlas: Atlas,
    *,
    seed: int,
    draws: int,
    progress: Callable[[int], None],
    known: Mapping[str, Particles],
    leading: frozenset[str],
) -> RecordRanks:
    """Rank what reaches a mechanism in its own model, and, if it leads it, all that reaches its niche."""
    from mscape.cli.rank_draw import stitch_source
    from mscape.treatment.matrix import choose_coculture, compose_alone
    from mscape.treatment.rank import rank_niche
    from mscape.treatment.removal import Draws

    source = stitch_source(known, seed=seed, count=draws) if known else lambda _: seed
    asked = Draws(draws, source, progress)
    try:
        own = compose_alone(atlas, record.id)
        alone: Ranking | str = rank_niche(own, choose_coculture(own), asked)
    except MscapeError as error:
        alone = str(error)
    niche: ComputedNiche | str | None = None
    if record.id in leading:
        try:
            niche = _compute_niche(record, atlas, asked)
        except MscapeError as error:
            niche = str(error)
    return RecordRanks(alone, niche)


def _compute_niche(record: Record, atlas: Atlas, draws: Draws) -> ComputedNiche:
    from mscape.experiments.bench import Bench
    from mscape.experiments.rescue import measure_rescue
    from mscape.report.ranking_page import ComputedNiche
    from mscape.treatment.matrix import choose_coculture, compose_own
    from mscape.treatment.rank import measure_alone, rank_niche

    niche = compose_own(atlas, record.id)
    arm = choose_coculture(niche)
    candidates = _list_candidates(niche, atlas)
    single = measure_alone(niche, arm, draws, candidates=candidates)
    ranking = rank_niche(niche, arm, draws, candidates=candidates, single=single)
    bench = Bench(niche.bound, draws.source(niche), draws.number, progress=draws.progress)
    return ComputedNiche(
        routes=niche.routes,
        excluded=niche.excluded,
        shared=tuple((node.label, tuple(sorted(node.members))) for node in niche.shared),
        ranking=ranking,
        rescue=measure_rescue(bench, niche, arm),
    )


def _list_candidates(niche: Niche, atlas: Atlas) -> list[tuple[str, ...]]:
    """List what reaches a niche, and the groups of it of which an outcome was reported."""
    from mscape.treatment.effect import list_reaching
    from mscape.treatment.fate import list_tried

    reaching = list_reaching(niche)
    groups = [group for group in list_tried(atlas) if len(group) > 1 and set(group) & set(reaching)]
    return [*((name,) for name in reaching), *groups]
