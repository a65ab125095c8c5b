"""A child process per engine: a crash or an endless run costs one case, never the rest."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.sbml_suite.case import read_case
from benchmarks.sbml_suite.engine import Outcome, judge_case


class Worker:
    """Runs cases of one engine, one after another; starts again after a crash.

    Parameters
    ----------
    engine
        Its name.
    seconds
        That a case may take.
    """

    def __init__(self, engine: str, seconds: float) -> None:
        self._engine = engine
        self._seconds = seconds
        self._child: Any = None
        self._line: Connection | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def judge(self, folder: Path) -> Outcome:
        """Run one case."""
        line = self._line or self._start()
        try:
            line.send(str(folder))
            if not line.poll(self._seconds):
                self._stop()
                return Outcome("failed", f"no answer in {self._seconds:g} s")
            answer = line.recv()
        except (EOFError, OSError):
            self._stop()
            return Outcome("failed", "the process crashed")
        return Outcome(*answer)

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._child = context.Process(target=_serve, args=(theirs, self._engine), daemon=True)
        self._child.start()
        theirs.close()
        self._line = ours
        return ours

    def _stop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.join()
        if self._line is not None:
            self._line.close()
        self._child = self._line = None


def _serve(line: Connection, engine: str) -> None:
    silence = os.open(os.devnull, os.O_WRONLY)  # libraries write to the terminal
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    while True:
        try:
            folder = line.recv()
        except EOFError:
            return
        outcome = judge_case(read_case(Path(folder)), engine)
        line.send((outcome.kind, outcome.detail))
