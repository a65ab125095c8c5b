"""``mscape specificity``: each row's experiments on every row's model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
from mscape.cli.output import open_console, print_json
from mscape.cli.pool import Plan, map_records
from mscape.errors import UsageError

if TYPE_CHECKING:
    from rich.text import Text

    from mscape.atlas.load import Record
    from mscape.experiments.transplant import Specificity

EXAMPLE = """
Examples:
  mscape specificity xu2018_breast_il6 tu2016_os_il6
  mscape specificity --draws 30 --json > specificity.json
"""
Names = Annotated[
    list[str] | None, typer.Argument(metavar="ID", help="Rows to compare, two or more; by default all.")
]


def specificity(
    names: Names = None,
    *,
    draws: options.Draws = 30,
    seed: options.Seed = 1,
    jobs: options.Jobs = 2,
    atlas: options.AtlasFolder = None,
    as_json: options.AsJson = False,
) -> int:
    """Run each row's experiments on every row's model.

    A row whose experiments another model reproduces as well as its own is not specific: expected between rows
    of one signal, not across. Few draws are enough, as shares are means over many contrasts.
    """
    shelf = options.open_atlas(atlas)
    records = options.find_records(shelf, names or [])
    if len(records) < 2:
        advice = "name another, or leave all out"
        raise UsageError("ID", f"{len(records)} mechanism", "two or more to compare", advice)
    from mscape.experiments.transplant import gather_rows, measure_row

    ids = tuple(record.id for record in records)
    task = partial(measure_row, ids=ids)
    rows = map_records(task, records, shelf, Plan(seed, draws, jobs), label="comparing")
    found = gather_rows(ids, rows)
    families = _find_families(records)
    if as_json:
        data = {"rows": [plain_row(found, key, families) for key in ids]}
        print_json("specificity", options.describe_provenance(shelf, ids, seed=seed), data)
    else:
        print_specificity(found, families)
    return 0


def _find_families(records: Sequence[Record]) -> dict[str, frozenset[str]]:
    """Return for each row the rows whose claims name the same signal, itself among them."""
    from mscape.atlas.vocabulary import load_vocabulary
    from mscape.report.synthesis_read import group_signals

    groups = group_signals(records, load_vocabulary())
    return {key: frozenset(group.ids) for group in groups for key in group.ids}


def plain_row(found: Specificity, key: str, families: Mapping[str, Iterable[str]]) -> dict[str, object]:
    """Return one row as ``--json`` gives it: shares on every model, and the models that do as well."""
    i = found.ids.index(key)
    models = [
        {
            "model": other,
            "share": _finite(found.share[i, j]),
            "own": _finite(found.own[i, j]),
            "contrasts": int(found.contrasts[i, j]),
        }
        for j, other in enumerate(found.ids)
    ]
    equals = [{"model": other, "same_signal": other in families[key]} for other in found.list_equals(key)]
    return {"id": key, "models": models, "specific": _judge(found, key), "equals": equals}


def _judge(found: Specificity, key: str) -> bool | None:
    """None where there is nothing to compare: no contrast of the row maps onto another model."""
    i = found.ids.index(key)
    compared = any(found.contrasts[i, j] for j in range(len(found.ids)) if j != i)
    return not found.list_equals(key) if compared else None


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def shorten_ids(ids: Sequence[str]) -> tuple[str, ...]:
    """Return the first part of each id, and the whole id where two would read the same.

    Examples
    --------
    >>> shorten_ids(["xu2018_breast_il6", "tu2016_os_il6", "tu2016_all_il6"])
    ('xu2018', 'tu2016_os_il6', 'tu2016_all_il6')
    """
    short = [key.split("_")[0] for key in ids]
    return tuple(key if short.count(part) > 1 else part for key, part in zip(ids, short, strict=True))


def print_specificity(found: Specificity, families: Mapping[str, Iterable[str]]) -> None:
    """Print shares in percent, experiments down and models across; then what is not specific."""
    from rich.table import Table
    from rich.text import Text

    console = open_console()
    short = shorten_ids(found.ids)
    numbers = [str(number) for number in range(1, len(short) + 1)]
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("", justify="right", style="dim")
    table.add_column("experiments of", no_wrap=True)
    for number in numbers:
        table.add_column(number, justify="right", no_wrap=True)
    for i, name in enumerate(short):
        cells = [_format(found.share[i, j], bold=i == j) for j in range(len(short))]
        table.add_row(numbers[i], Text(name), *cells)
    console.print("Share of draws that reproduce a row's contrasts on cells, in percent, on the model of row")
    console.print(table)
    console.print()
    for line in _list_verdicts(found, short, families):
        console.print(line, soft_wrap=True)


def _format(share: float, *, bold: bool) -> Text:
    from rich.text import Text

    return Text(f"{share * 100:.0f}" if math.isfinite(share) else "-", style="bold" if bold else "")


def _list_verdicts(
    found: Specificity, short: Sequence[str], families: Mapping[str, Iterable[str]]
) -> Iterable[str]:
    verdicts = {key: _judge(found, key) for key in found.ids}
    names = dict(zip(found.ids, short, strict=True))
    specific = [names[key] for key in found.ids if verdicts[key]]
    open_ = [names[key] for key in found.ids if verdicts[key] is None]
    for key in found.ids:
        equals = found.list_equals(key)
        near = [names[other] for other in equals if other in families[key]]
        far = [names[other] for other in equals if other not in families[key]]
        if near:
            yield f"{names[key]}: not specific within its signal: {', '.join(near)} as well"
        if far:
            yield f"{names[key]}: not specific across signals: {', '.join(far)} as well"
    yield f"specific: {len(specific)} of {len(found.ids)}" + (f" ({', '.join(specific)})" if specific else "")
    if open_:
        yield f"nothing to compare: {', '.join(open_)}"
