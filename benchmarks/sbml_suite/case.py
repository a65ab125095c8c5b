"""A case of the SBML Test Suite: its model, what to simulate, and what must come out."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

OUTSIDE = frozenset({"AlgebraicRule", "CSymbolDelay", "FastReaction", "RandomEventExecution"})
_MODEL = re.compile(r"-sbml-l(\d)v(\d)\.xml$")


@dataclass(frozen=True)
class Case:
    """One case.

    Parameters
    ----------
    id
        Five digits.
    model
        Path of its SBML, the highest level and version there is.
    tags
        What it tests.
    packages
        Packages of SBML that it needs.
    time_course
        Whether it is one: the others are flux balances.
    times, variables
        What to read and when.
    amounts, concentrations
        Those of the variables to read as such.
    absolute, relative
        How far a value may be from what is expected: absolute + relative * |expected|.
    """

    id: str
    model: Path
    tags: tuple[str, ...]
    packages: tuple[str, ...]
    time_course: bool
    times: NDArray[np.float64]
    variables: tuple[str, ...]
    amounts: frozenset[str]
    concentrations: frozenset[str]
    absolute: float
    relative: float

    @property
    def core(self) -> bool:
        """Whether it needs nothing beyond what the engine promises."""
        return self.time_course and not self.packages and not OUTSIDE & set(self.tags)

    def find_fault(self, values: NDArray[np.float64]) -> str:
        """Return where values (time, variable) are furthest off what is expected; empty if none too far."""
        expected = _read_results(self.model.parent / f"{self.id}-results.csv", self.variables)
        if expected.shape != values.shape:
            return (
                f"{values.shape[0]} rows of {values.shape[1]}, not {expected.shape[0]} of {expected.shape[1]}"
            )
        with np.errstate(invalid="ignore"):
            far = np.abs(values - expected) / (self.absolute + self.relative * np.abs(expected))
        same = (values == expected) | (np.isnan(values) & np.isnan(expected))
        far = np.where(same, 0.0, np.where(np.isfinite(far), far, np.inf))
        if (far <= 1).all():
            return ""
        row, column = np.unravel_index(int(np.argmax(far)), far.shape)
        got, right = values[row, column], expected[row, column]
        return f"{self.variables[column]} at {self.times[row]:g}: {got:.8g}, expected {right:.8g}"


def find_cases(folder: Path) -> list[Path]:
    """Return the folders of cases in a folder, in order."""
    return sorted(path.parent for path in folder.glob("*/*-settings.txt"))


def read_case(folder: Path) -> Case:
    """Read a case's settings and tags; its results are read when something is compared with them."""
    name = folder.name
    settings = _read_pairs(folder / f"{name}-settings.txt")
    about = _read_pairs(folder / f"{name}-model.m")
    steps = int(float(settings.get("steps") or 0))
    start, duration = float(settings.get("start") or 0), float(settings.get("duration") or 0)
    return Case(
        id=name,
        model=max(folder.glob(f"{name}-sbml-l*.xml"), key=_rank_model),
        tags=(*_split(about.get("componenttags")), *_split(about.get("testtags"))),
        packages=_split(about.get("packagespresent")),
        time_course=about.get("testtype", "TimeCourse").startswith("TimeCourse"),
        times=start + duration * np.arange(steps + 1) / max(steps, 1),
        variables=_split(settings.get("variables")),
        amounts=frozenset(_split(settings.get("amount"))),
        concentrations=frozenset(_split(settings.get("concentration"))),
        absolute=float(settings.get("absolute") or 0),
        relative=float(settings.get("relative") or 0),
    )


def _rank_model(path: Path) -> tuple[int, int]:
    match = _MODEL.search(path.name)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _read_pairs(path: Path) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        key, colon, value = line.partition(":")
        if colon and key.strip().isalpha():
            pairs.setdefault(key.strip().lower(), value.strip())
    return pairs


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _read_results(path: Path, variables: tuple[str, ...]) -> NDArray[np.float64]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    heads = [head.strip() for head in rows[0]]
    places = [heads.index(name, 1) for name in variables]  # the first is the time, whatever its name
    return np.array([[float(row[place]) for place in places] for row in rows[1:]]).reshape(-1, len(variables))
