"""``mscape fit --point``: the most plausible parameter set, and what it predicts of papers left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mscape.cli import options
from mscape.cli.output import open_console, print_json, say
from mscape.cli.pool import Plan, map_records
from mscape.report.number import format_number, format_range

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas, Record
    from mscape.experiments.grant import Move
    from mscape.inference.hold_out import HeldOut
    from mscape.store import Provenance


@dataclass(frozen=True)
class Fitted:
    """What moved in a mechanism to meet its contrasts, and the predictions."""

    moved: tuple[Move, ...]
    held_out: tuple[HeldOut, ...]


@dataclass(frozen=True)
class AskedPoint:
    """Whether to predict papers left out, where to write, whether to print JSON."""

    hold_out: bool
    out: Path | None
    as_json: bool


def find_points(shelf: Atlas, records: Sequence[Record], asked: AskedPoint, *, jobs: int) -> None:
    """Find the most plausible parameters of mechanisms; print them, and write the tables if asked."""
    task = partial(fit_one, hold_out=asked.hold_out)
    parts = map_records(task, records, shelf, Plan(0, 0, jobs), label="fitting")
    found = {record.id: part for record, part in zip(records, parts, strict=True)}
    provenance = options.describe_provenance(shelf, list(found), seed=None)
    if asked.out is not None:
        _write(found, asked.out, provenance)
        say(f"in {asked.out}: nominal.tsv" + (" and held_out.tsv" if asked.hold_out else ""))
    if asked.as_json:
        print_json("fit", provenance, {key: asdict(part) for key, part in found.items()})
    else:
        _print(found)


def fit_one(
    record: Record,
    atlas: Atlas,
    *,
    seed: int,
    draws: int,
    progress: Callable[[int], None],
    hold_out: bool,
) -> Fitted:
    """Fit one mechanism: the task of ``mscape fit --point``."""
    from mscape.experiments.bind import bind_record
    from mscape.inference.hold_out import predict_held_out
    from mscape.inference.nominal import find_nominal

    del seed, draws
    bound = bind_record(record, atlas)
    moved = find_nominal(bound, progress=progress)
    return Fitted(moved, predict_held_out(bound, progress=progress) if hold_out else ())


def _write(found: Mapping[str, Fitted], out: Path, provenance: Provenance) -> None:
    from mscape.experiments.nominal import HELD_OUT, HELD_OUT_COLUMNS, NOMINAL, NOMINAL_COLUMNS
    from mscape.store import write_table

    moved: list[tuple[object, ...]] = [
        (
            key,
            m.parameter,
            _round(m.middle, 6),
            _round(m.nominal),
            _round(m.low, 6),
            _round(m.high, 6),
            m.unit,
            _round(m.gain),
            m.paper,
        )
        for key, part in found.items()
        for m in part.moved
    ]
    moved += [(key, "", "", "", "", "", "", "", "") for key, part in found.items() if not part.moved]
    write_table(out / NOMINAL.name, NOMINAL_COLUMNS, moved, provenance=provenance)
    held = [(key, h.contrast, h.paper, h.share) for key, part in found.items() for h in part.held_out]
    if held:
        write_table(out / HELD_OUT.name, HELD_OUT_COLUMNS, held, provenance=provenance)


def _round(value: float, digits: int = 4) -> float:
    return float(f"{value:.{digits}g}")


def _print(found: Mapping[str, Fitted]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from mscape.experiments.score import is_reproduced

    console = open_console()
    for key, part in found.items():
        console.print(key, style="bold")
        table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=0, header_style="dim")
        for name in ("parameter", "middle", "nominal", "range", "gain", "in"):
            numeric = name in ("middle", "nominal", "gain")
            fold = name in ("parameter", "in")
            table.add_column(name, justify="right" if numeric else "left", no_wrap=not fold, overflow="fold")
        for m in part.moved:
            numbers = (format_number(m.middle), format_number(m.nominal), format_range(m.low, m.high))
            table.add_row(m.parameter, *numbers, f"{m.gain:.1f}", m.paper or "all")
        console.print(table if part.moved else "  nothing had to move")
        if part.held_out:
            right = sum(is_reproduced(item.share) for item in part.held_out)
            console.print(f"  {right} of {len(part.held_out)} contrasts predicted with their paper left out")
