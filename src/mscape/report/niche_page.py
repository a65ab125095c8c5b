"""The page of niches: for each tumour and drug of the table, who carries the protection and what takes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mscape.atlas.load import Atlas
from mscape.experiments.niche import Route
from mscape.experiments.rescue import ROLES, Removal, RouteShare
from mscape.report.page import Foot
from mscape.report.ranking import BlockerLine, NichePage, NicheText, RouteLine
from mscape.report.ranking_page import (
    ComputedNiche,
    ComputedRanks,
    describe_ranking,
    list_single,
    name_mechanism,
)
from mscape.report.wording import name_drug

TITLE = "Niches in culture model: what MSC give, which route carries it, and what takes it away"


def make_niche_page(atlas: Atlas, computed: ComputedRanks, known: Iterable[str], foot: Foot) -> NichePage:
    """Make the page of niches.

    Parameters
    ----------
    atlas
        The records.
    computed
        What was computed of each niche.
    known
        Ids of mechanisms with a page.
    foot
        What the numbers depend on.
    """
    faults = [
        (f"{_name_tumour(atlas, key[0])} under {name_drug(atlas, key[1])}", why)
        for key, why in computed.faults.items()
        if isinstance(key, tuple)
    ]
    return NichePage(
        title=TITLE,
        niches=tuple(_make_niche(niche, atlas, computed, known) for niche in computed.niches.values()),
        faults=tuple(faults),
        roles=ROLES,
        foot=foot,
    )


def _name_tumour(atlas: Atlas, term: str) -> str:
    return next(
        (
            record.mechanism.claim.tumour
            for record in atlas.records.values()
            if record.mechanism.claim.tumour_terms[0] == term
        ),
        term,
    )


def _make_niche(
    found: ComputedNiche, atlas: Atlas, computed: ComputedRanks, known: Iterable[str]
) -> NicheText:
    rescue = found.rescue
    single = replace(found.ranking, ranked=list_single(found.ranking))
    ranking = describe_ranking(single, atlas, computed, known)
    shares = {share.mechanism: share for share in rescue.routes}
    fit = f" --fit routes --particles {computed.particles}" if computed.particles else ""
    return NicheText(
        anchor=ranking.id,
        tumour=ranking.tumour,
        drug=ranking.drug,
        drug_alone=rescue.drug_alone,
        with_msc=rescue.with_msc,
        residual=rescue.residual,
        counted=rescue.counted,
        solved=rescue.solved,
        routes=tuple(_make_route(item, shares[item.mechanism], atlas, known) for item in found.routes),
        blockers=tuple(_make_blocker(item, atlas) for item in rescue.removals),
        shared=tuple(
            f"one {label} for {', '.join(name_mechanism(atlas, key, ()).label for key in keys)}"
            for label, keys in found.shared
        ),
        excluded=tuple(
            (name_mechanism(atlas, item.mechanism, ()).label, item.reason) for item in found.excluded
        ),
        ranking=ranking,
        command=""
        if ranking.unfitted
        else f"mscape niche --tumour '{ranking.tumour}' --drug {found.ranking.drug} "
        f"--culture {ranking.culture}{fit} --draws {computed.draws} --seed {computed.seed}",
    )


def _make_route(route: Route, share: RouteShare, atlas: Atlas, known: Iterable[str]) -> RouteLine:
    return RouteLine(
        mechanism=name_mechanism(atlas, route.mechanism, known),
        reason=route.reason,
        verdict=route.verdict,
        ports=route.ports,
        needs=route.needs,
        lost=share.lost,
        alone=share.alone,
        roles=dict(share.roles),
    )


def _make_blocker(item: Removal, atlas: Atlas) -> BlockerLine:
    names = tuple(name_mechanism(atlas, key, ()).label for key in item.routes)
    return BlockerLine(item.label, item.kind, names, item.share, item.works, item.kills)
