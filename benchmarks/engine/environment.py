"""Where the peers live: one virtual environment each, in a cache folder outside the repository.

Each peer has its own, so that one peer's pins never change another's. Packages come from where pip is set up
to look, by name only. A peer that cannot be had is a `NotRun` with the reason, which the table prints.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.engine.peer import Peer

_INSTALL_SECONDS = 1800


@dataclass(frozen=True)
class NotRun:
    """Why something was not measured."""

    reason: str


def find_cache() -> Path:
    """Return the folder for environments, references and built models; ``MSCAPE_BENCHMARKS`` moves it."""
    chosen = os.environ.get("MSCAPE_BENCHMARKS")
    base = os.environ.get("XDG_CACHE_HOME")
    folder = Path(chosen) if chosen else Path(base or Path.home() / ".cache") / "mscape" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def find_python(peer: Peer, cache: Path, tell: Callable[[str], None]) -> Path | NotRun:
    """Return the Python that has a peer: this one if it has all of it, else its environment's."""
    if all(importlib.util.find_spec(name) for name in peer.modules):
        return Path(sys.executable)
    folder = cache / "environments" / f"{peer.module}-py{sys.version_info.major}{sys.version_info.minor}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready, failed = folder / "ready.txt", folder / "failed.txt"
    if ready.exists():
        return python
    if failed.exists():
        return NotRun(
            f"{failed.read_text(encoding='utf-8').strip()}; delete {folder.name} in the cache to retry"
        )
    lacking = [program for program in peer.programs if shutil.which(program) is None]
    if lacking:
        return NotRun(f"its installation needs {', '.join(lacking)} on the path")
    tell(f"installing {peer.label} into an environment of its own (once)")
    reason = _install(peer, folder, python)
    (failed if reason else ready).write_text(reason or " ".join(peer.packages), encoding="utf-8")
    return NotRun(reason) if reason else python


def _install(peer: Peer, folder: Path, python: Path) -> str | None:
    """Make the environment; return the reason if that fails."""
    venv.create(folder, with_pip=True, clear=True)
    for package in peer.packages:  # in order: the later may be built with the earlier
        reason = _install_package(package, python, os.environ | dict(peer.settings))
        if reason:
            return reason
    wanted = "; ".join(f"import {name}" for name in peer.modules)
    tried = subprocess.run([str(python), "-c", wanted], capture_output=True, text=True, check=False)
    if tried.returncode:
        return f"it does not import: {tried.stderr.strip().splitlines()[-1][:160]}"
    return None


def _install_package(package: str, python: Path, settings: dict[str, str]) -> str | None:
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", package]
    try:
        done = subprocess.run(
            command,
            env=put_first(python.parent, settings),
            capture_output=True,
            text=True,
            timeout=_INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"pip was not done with {package} after {_INSTALL_SECONDS} s"
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "rror" in line] or ["no message"]
        return f"pip could not install {package}: {lines[-1].strip()[:160]}"
    return None


def put_first(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Return environment variables with a folder first on the path."""
    return dict(settings) | {"PATH": os.pathsep.join([str(folder), settings.get("PATH", "")])}
