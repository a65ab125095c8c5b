"""An engine in its own process, pinned to one core, asked for runs through a pipe."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine.environment import NotRun, put_first
from benchmarks.engine.peers.worker import CORES

ROOT = Path(__file__).resolve().parents[2]
_LOAD_SECONDS = 600
_RUN_SECONDS = 300
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True)
class Timing:
    """Seconds a trajectory, by the wall clock and of the processor, and how many of the draws failed."""

    wall: float
    cpu: float
    failed: int


class Engine:
    """A running process that holds one engine and one model.

    ``load`` is the time from a started interpreter to a model ready to run; ``version`` the engine's own.
    """

    def __init__(
        self,
        module: str,
        folder: Path,
        *,
        python: Path | None = None,
        cores: Sequence[int] = (),
        options: Mapping[str, Any] | None = None,
    ) -> None:
        settings = make_settings(python, cores)
        self._log = folder / f"{module}.log"
        with self._log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [
                    str(python or sys.executable),
                    "-m",
                    f"benchmarks.engine.peers.{module}",
                    str(folder),
                    json.dumps(dict(options or {})),
                ],
                cwd=ROOT,
                env=settings,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
            )
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._folder = folder
        ready = self._receive(_LOAD_SECONDS)
        self.load: float = ready["load"]
        self.version: str = ready["version"]

    def run(self, relative: float, count: int, *, repeat: int = 1) -> Timing:
        """Solve the first draws, ``repeat`` times over in one batch."""
        return self._request({"relative": relative, "count": count, "repeat": repeat, "save": None})

    def solve(self, relative: float, count: int) -> tuple[NDArray[np.float64], Timing]:
        """Solve the first draws and return all states, shape (draw, time, state)."""
        path = self._folder / f"values-{self._process.pid}.npy"
        timing = self._request({"relative": relative, "count": count, "repeat": 1, "save": str(path)})
        values = np.load(path)
        path.unlink()
        return values, timing

    def close(self) -> None:
        """End the process."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")

    def _request(self, request: Mapping[str, Any]) -> Timing:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        reply = self._receive(_RUN_SECONDS)
        batch = request["count"] * request["repeat"]
        return Timing(reply["wall"] / batch, reply["cpu"] / batch, reply["failed"])

    def _receive(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=seconds)
        except queue.Empty:
            self._process.kill()
            raise EngineError(f"no answer within {seconds:.0f} s") from None
        if not line:
            said = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise EngineError(f"its process ended: {said[-1][:200] if said else 'without a word'}")
        reply: dict[str, Any] = json.loads(line)
        if "error" in reply:
            raise EngineError(reply["error"])
        return reply


class EngineError(Exception):
    """An engine could not do what it was asked."""


def make_settings(python: Path | None, cores: Sequence[int]) -> dict[str, str]:
    """Return environment variables for a process: one thread, some cores, and where to import from.

    Only our own Python gets mscape; a peer's gets the files of this folder and no more.
    """
    folders = [ROOT] if python and python != Path(sys.executable) else [ROOT / "src", ROOT]
    settings = put_first(Path(python or sys.executable).parent, os.environ)
    settings |= dict.fromkeys(_ONE_THREAD, "1")
    settings["PYTHONPATH"] = os.pathsep.join(map(str, folders))
    settings[CORES] = ",".join(map(str, cores))
    return settings


def start_engine(module: str, folder: Path, **settings: Any) -> Engine | NotRun:
    """Start an engine, or say why it does not run."""
    try:
        return Engine(module, folder, **settings)
    except EngineError as fault:
        return NotRun(str(fault))
