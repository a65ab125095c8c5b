"""Made-up rankings with every word, in one mechanism and in a niche of two, and a niche that failed."""

from collections.abc import Mapping
from dataclasses import replace

from mscape.atlas.load import Atlas
from mscape.atlas.plausible import Plausible
from mscape.experiments.niche import Route
from mscape.experiments.rescue import ROLES, Removal, Rescue, RouteShare
from mscape.report.ranking_page import ComputedNiche, ComputedRanks, find_setting
from mscape.treatment.dose import Basis, Span
from mscape.treatment.rank import Interval, Ranked, Ranking, choose_word, order_ranked
from mscape.treatment.removal import When

ID, OTHER = "xu2018_breast_il6", "bliss2016_breast_mir222"
SHARES: Mapping[str, tuple[Interval | None, tuple[str, ...]]] = {
    "siltuximab": ((0.3, 0.5, 0.9), ()),
    "tocilizumab": ((-0.8, 0.1, 0.4), ("potency of tocilizumab assumed",)),
    "ruxolitinib": ((0.05, 0.1, 0.4), ()),
    "si_stat3": ((-0.01, 0.0, 0.1), ("free exposure of si_stat3 unknown",)),
}


def make_ranks(
    atlas: Atlas,
    *,
    shares: Mapping[str, tuple[Interval | None, tuple[str, ...]]] = SHARES,
    fitted: bool = True,
) -> ComputedRanks:
    """Make up what is computed of interventions: of one mechanism by itself, its niche, and a fault."""
    alone = _make_ranking(atlas, (ID,), shares)
    niche = _make_ranking(atlas, (OTHER, ID), shares)
    pair = replace(niche.ranked[0], names=("indomethacin", "ozagrel"), label="indomethacin + ozagrel")
    found = ComputedNiche(
        routes=tuple(Route(key, key[:4], "its papers used it", ("P5",), (), "partly") for key in (OTHER, ID)),
        excluded=(Plausible("zeng2020_npc_il6", False, "other tumour", ()),),
        shared=(("IL-6 <receptor>", (OTHER, ID)),),
        ranking=replace(niche, ranked=(*niche.ranked, pair)),
        rescue=_make_rescue(),
    )
    return ComputedRanks(
        draws=50,
        seed=1,
        particles=20,
        fitted=(ID, OTHER) if fitted else (ID,),
        alone={ID: alone},
        niches={find_setting(atlas, ID): found},
        faults={OTHER: "no dose", find_setting(atlas, OTHER): "no line"},
    )


def _make_ranking(
    atlas: Atlas, mechanisms: tuple[str, ...], shares: Mapping[str, tuple[Interval | None, tuple[str, ...]]]
) -> Ranking:
    single: dict[str, Interval | None] = {ID: (0.4, 0.6, 0.95)} if len(mechanisms) > 1 else {}
    ranked = []
    for name, (share, doubts) in shares.items():
        row = atlas.interventions.reagents[name]
        span = None if row.kind == "silencing" else Span(2.5e4, 1e4, 1e5, Basis.REACHED, "trough")
        word = choose_word(share, grounded=not doubts)
        ranked.append(
            Ranked(
                (name,), row.label, row.kind, row.standing, 0, word, share, share, (-0.02, 0.01, 0.05), None,
                None if share is None else 0.5, single, (ID,), (span,), doubts,
            )
        )  # fmt: skip
    counted = 40 if any(share for share, _ in shares.values()) else 4
    return Ranking(
        "niche_breast_cisplatin", "breast cancer", "cisplatin", "mcf7", mechanisms, "contact", 48.0,
        When.DRUG, 50, counted, 1.0, (0.05, 0.2, 0.4), order_ranked(ranked), ("plerixafor",), ("a stand-in",),
    )  # fmt: skip


def _make_rescue() -> Rescue:
    span = (-0.1, 0.3, 0.8)
    roles = dict.fromkeys(ROLES, 0.25)
    return Rescue(
        drug_alone=(0.3, 0.5, 0.7),
        with_msc=(0.4, 0.7, 0.9),
        protection=span,
        protects=0.8,
        counted=40,
        solved=1.0,
        residual=span,
        routes=(RouteShare(OTHER, span, span, roles), RouteShare(ID, None, None, {})),
        removals=(Removal("anti_il6", "anti-IL-6", "neutralising antibody", (ID,), span, 0.5, span),),
    )
