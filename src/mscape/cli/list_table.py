"""Tables as the list commands print them: plain text, folded where the terminal is narrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mscape.cli.output import clean_text

if TYPE_CHECKING:
    from rich.console import Console

Cells = dict[str, str]


def print_table(console: Console, names: Sequence[str], rows: Iterable[Cells]) -> None:
    """Print rows under their names; the first column is never broken.

    Parameters
    ----------
    console
        Where to.
    names
        Columns in order.
    rows
        A cell for each name.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in names:
        table.add_column(name, overflow="fold", no_wrap=name == names[0])
    for row in rows:
        table.add_row(*(clean_text(row[name]) for name in names))
    console.print(table)
