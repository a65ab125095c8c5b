"""A niche as text and as plain data: what is in, what it gives, who carries it, what takes it away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mscape.cli.numbers import make_interval
from mscape.cli.output import clean_text, open_console
from mscape.report.number import format_percent, format_share

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from mscape.experiments.arm import Arm
    from mscape.experiments.niche import Niche
    from mscape.experiments.rescue import Removal, Rescue, RouteShare
    from mscape.inference.identify import Identified

_SHOWN = 12  # blockers printed; JSON has them all


@dataclass(frozen=True)
class Run:
    """What was run: the arm, how many draws, whose ensembles they are of, what stood in for what; and what is
    known of the niche's numbers, if that was asked.
    """

    arm: Arm
    draws: int
    ensembles: tuple[str, ...]
    stand_ins: Sequence[str]
    identified: Identified | None = None

    @property
    def hours(self) -> float | None:
        """Hours under the drug."""
        return self.arm.protocol.periods[-1].hours


def describe_niche(niche: Niche, rescue: Rescue, run: Run) -> dict[str, Any]:
    """Return a niche and its prediction as ``--json`` gives them.

    Parameters
    ----------
    niche, rescue
        The niche and what was measured in it.
    run
        How that was.
    """
    return {
        "id": niche.id,
        "tumour": niche.tumour,
        "drug": niche.drug,
        "line": niche.line,
        "culture": run.arm.protocol.culture,
        "hours": run.hours,
        "draws": run.draws,
        "ensembles": run.ensembles,
        **_describe_parts(niche),
        "viability": {
            "drug": make_interval(rescue.drug_alone),
            "drug + MSC": make_interval(rescue.with_msc),
        },
        "protection": make_interval(rescue.protection),
        "protects": rescue.protects,
        "counted": rescue.counted,
        "solved": rescue.solved,
        "residual": make_interval(rescue.residual),
        "routes": [_describe_route(item) for item in rescue.routes],
        "blockers": [_describe_removal(item) for item in rescue.removals],
        "stand_ins": run.stand_ins,
        "identified": None if run.identified is None else _describe_identified(run.identified),
    }


def _describe_parts(niche: Niche) -> dict[str, Any]:
    return {
        "included": [
            {
                "mechanism": route.mechanism,
                "reason": route.reason,
                "ports": route.ports,
                "needs": route.needs,
                "verdict": route.verdict,
            }
            for route in niche.routes
        ],
        "excluded": [
            {"mechanism": item.mechanism, "reason": item.reason, "needs": item.needs}
            for item in niche.excluded
        ],
        "shared": [
            {"node": node.label, "motif": node.motif, "mechanisms": sorted(node.members)}
            for node in niche.shared
        ],
    }


def _describe_route(item: RouteShare) -> dict[str, Any]:
    return {
        "mechanism": item.mechanism,
        "lost": make_interval(item.lost),
        "alone": make_interval(item.alone),
        "roles": dict(item.roles),
    }


def _describe_removal(item: Removal) -> dict[str, Any]:
    return {
        "perturbation": item.perturbation,
        "label": item.label,
        "kind": item.kind,
        "mechanisms": item.routes,
        "share": make_interval(item.share),
        "works": item.works,
        "kills": make_interval(item.kills),
    }


def _describe_identified(found: Identified) -> list[dict[str, Any]]:
    return [
        {
            "parameter": item.parameter,
            "label": item.label,
            "unit": item.unit,
            "verdict": item.verdict.value,
            "reason": item.reason,
            "bits": item.bits,
            "prior": make_interval(item.prior),
            "ensemble": make_interval(item.ensemble),
        }
        for item in found.parameters
    ]


def print_niche(niche: Niche, rescue: Rescue, run: Run) -> None:
    """Print a niche and its prediction."""
    console = open_console()
    console.print(
        f"Niche of {niche.tumour} under {niche.drug}: {niche.line}, {run.arm.protocol.culture}, "
        f"{run.hours:g} h, doses of 30 to 75 % effect alone"
    )
    _print_parts(console, niche)
    console.print(
        f"Viability under the drug {format_share(rescue.drug_alone)}, with MSC "
        f"{format_share(rescue.with_msc)}: protection {format_share(rescue.protection)}."
    )
    console.print(
        f"{format_percent(rescue.solved)} of {run.draws} draws have an answer. In {rescue.counted} of "
        "them the protection counts (10 % or more): what follows is over these."
    )
    if rescue.residual is None:
        console.print("Too few to share out: try more draws.")
    else:
        _print_routes(console, rescue)
        _print_blockers(console, rescue)
    if run.identified is not None:
        from mscape.cli.identify import print_identified

        print_identified(console, run.identified)
    for text in run.stand_ins:
        console.print(clean_text(f"stand-in: {text}"))
    of = f"ensembles of {', '.join(run.ensembles)}" if run.ensembles else "what is assumed or not reported"
    console.print(f"Median (5 to 95 %) over draws of {of}. In culture, in a model.")


def _make_table(*columns: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, no_wrap=name == columns[0])
    return table


def _print_parts(console: Console, niche: Niche) -> None:
    table = _make_table("in the niche", "why", "enters at", "the cell needs")
    for route in niche.routes:
        reason = f"{route.reason}; verdict: {route.verdict}"
        table.add_row(route.mechanism, clean_text(reason), " ".join(route.ports), ", ".join(route.needs))
    console.print(table)
    if niche.excluded:
        table = _make_table("left out", "why")
        for item in niche.excluded:
            table.add_row(item.mechanism, clean_text(item.reason))
        console.print(table)
    for node in niche.shared:
        console.print(f"one {node.label} for {', '.join(sorted(node.members))}")


def _print_routes(console: Console, rescue: Rescue) -> None:
    from mscape.experiments.rescue import ROLES

    table = _make_table("route", "lost without it", "given by it alone", *ROLES)
    for item in rescue.routes:
        roles = (format_percent(item.roles.get(name)) for name in ROLES)
        short = item.mechanism.split("_")[0]
        table.add_row(short, format_share(item.lost), format_share(item.alone), *roles)
    table.add_row("(none)", "", format_share(rescue.residual))
    console.print(table)
    console.print(
        "Shares of the protection. Last columns: in how many draws the route carries most of it, carries "
        "some, could be done without though it gives some alone, or does little."
    )


def _print_blockers(console: Console, rescue: Rescue) -> None:
    if not rescue.removals:
        return
    table = _make_table("takes", "works in", "kills by itself", "route", "blocker")
    for item in rescue.removals[:_SHOWN]:
        table.add_row(
            format_share(item.share),
            format_percent(item.works),
            format_share(item.kills),
            ", ".join(key.split("_")[0] for key in item.routes),
            clean_text(item.label),
        )
    console.print(table)
    console.print(
        "Takes: share of the protection. Works: takes a fifth or more. Kills: viability lost without MSC."
    )
    more = len(rescue.removals) - _SHOWN
    if more > 0:
        console.print(f"{more} more that take less: --json")
