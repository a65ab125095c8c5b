"""Progress on stderr: a bar on a terminal, a line a mechanism elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mscape.cli.output import open_console, say

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


@dataclass
class Progress:
    """How far some work is. ``bar`` and ``task`` are None where stderr is not a terminal."""

    label: str
    total: int
    done: int = 0
    trajectories: int = 0
    bar: Bar | None = None
    task: TaskID | None = None

    def count(self, number: int) -> None:
        """Note trajectories solved since the last call."""
        self.trajectories += number
        if self.bar is not None and self.task is not None:
            self.bar.update(self.task, trajectories=self.trajectories)

    def advance(self, number: int) -> None:
        """Note that so many pieces of the work are done, too many to name."""
        self.done += number
        if self.bar is not None and self.task is not None:
            self.bar.update(self.task, completed=self.done)

    def finish(self, name: str) -> None:
        """Note that one piece of the work is done."""
        self.done += 1
        if self.bar is not None and self.task is not None:
            self.bar.update(self.task, completed=self.done)
        else:
            say(f"{self.label}: {name} ({self.done} of {self.total})")


@contextmanager
def open_progress(label: str, total: int, *, unit: str = "mechanisms") -> Iterator[Progress]:
    """Show progress while the body runs.

    Parameters
    ----------
    label
        What is being done, such as ``scoring``.
    total
        Pieces of work: each `Progress.finish` is one, `Progress.advance` several.
    unit
        What a piece is called.
    """
    if not sys.stderr.isatty():
        yield Progress(label, total)
        return
    from rich import progress as rich

    columns: tuple[rich.ProgressColumn, ...] = (
        rich.TextColumn("{task.description}"),
        rich.BarColumn(bar_width=24),
        rich.TextColumn(f"{{task.completed}} of {{task.total}} {unit}"),
        rich.TextColumn("{task.fields[trajectories]:,} trajectories", style="dim"),
        rich.TimeElapsedColumn(),
    )
    if unit == "trajectories":  # the pieces themselves: told once
        columns = (*columns[:3], rich.TimeRemainingColumn())
    with rich.Progress(*columns, console=open_console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total, trajectories=0)
        yield Progress(label, total, bar=bar, task=task)
