"""PEtab: a mechanism as a parameter estimation problem that other tools read, version 2 or 1.

Version 2 holds everything: periods, priors, every arm, and contrasts in an extension. Version 1 knows neither
periods nor extensions; what it cannot tell is refused by name.

Source: Schmiester et al. 2021, doi 10.1371/journal.pcbi.1008646; the specification of version 2.0.0.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from mscape.errors import OutputError
from mscape.experiments.bind import Bound
from mscape.standards.petab.extension import NAME, describe_extension, make_extension_sheets
from mscape.standards.petab.problem import Problem, make_problem
from mscape.standards.petab.readme import describe_folder
from mscape.standards.petab.table import Sheet, make_sheets, plain
from mscape.standards.sbml import write_annotated_sbml
from mscape.store import VERSION, write_table, write_text_atomic

PROBLEM, WHOLE = "problem.yaml", "all_arms.yaml"
LICENCE = "CC-BY-4.0"
MARK = "written by mscape"
_PARTS = ("parameters", "conditions", "experiments")  # of which there is one for what has no number


@dataclass(frozen=True)
class Written:
    """What was written.

    Parameters
    ----------
    folder
        Where.
    experiments, measured
        How many experiments it tells, and how many of them have a number.
    contrasts
        How many statements it holds.
    left_out
        Experiments that this version cannot tell, and why.
    """

    folder: Path
    experiments: int
    measured: int
    contrasts: int
    left_out: Mapping[str, str]


def write_petab2(bound: Bound, folder: Path) -> Written:
    """Write a mechanism as a PEtab v2 problem, a folder.

    ``problem.yaml`` is the estimation problem: the numbers that papers print. ``all_arms.yaml`` adds every
    other arm that a contrast needs, and declares the extension: contrasts, and what arms are made of.

    Parameters
    ----------
    bound
        The record and its model.
    folder
        One that does not exist, is empty, or was written by this function before.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    OutputError
        Something else stands there, or it cannot be written.
    """
    problem = make_problem(bound)
    sheets = make_sheets(problem) | make_extension_sheets(problem)
    texts = {
        f"{bound.id}.xml": write_annotated_sbml(bound),
        PROBLEM: head_yaml(problem) + format_yaml(_describe_problem(problem, sheets, whole=False)),
        WHOLE: head_yaml(problem) + format_yaml(_describe_problem(problem, sheets, whole=True)),
        "README.md": describe_folder(problem, 2, {}),
    }
    write_folder(folder, texts, sheets)
    measured = len(problem.measured)
    return Written(folder, len(problem.experiments), measured, len(problem.contrasts), {})


def format_yaml(value: object) -> str:
    """Return a value as YAML, in the order given."""
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110))


def _describe_problem(problem: Problem, sheets: Mapping[str, Sheet], *, whole: bool) -> dict[str, object]:
    """Return the problem file: with numbers only, or with every arm."""

    def list_files(name: str) -> list[str]:
        names = (name, f"{name}_unmeasured") if whole and name in _PARTS else (name,)
        return [
            f"{each}.tsv" for each in names if sheets[each].rows or each in ("measurements", "parameters")
        ]

    found: dict[str, object] = {
        "format_version": "2.0.0",
        "id": problem.bound.id,
        "parameter_files": list_files("parameters"),
        "model_files": {problem.bound.id: {"location": f"{problem.bound.id}.xml", "language": "sbml"}},
    }
    for kind in ("observable", "measurement", "condition", "experiment"):
        found[f"{kind}_files"] = list_files(f"{kind}s")
    if whole:
        found["extensions"] = {NAME: describe_extension(problem) | describe_origin(problem)}
    return found


def head_yaml(problem: Problem) -> str:
    """Return the comment above a problem file: where it is from, and its licence."""
    origin = describe_origin(problem)
    return (
        f"# {plain(problem.bound.record.mechanism.title)}\n"
        f"# {MARK} {origin['mscape']}, atlas {str(origin['atlas'])[:12]}, from {origin['paper']}.\n"
        f"# Content {LICENCE}. See README.md.\n"
    )


def describe_origin(problem: Problem) -> dict[str, object]:
    """Return where a problem is from: version, records, paper, licence."""
    mechanism = problem.bound.record.mechanism
    paper = problem.bound.atlas.papers.get(mechanism.paper)
    return {
        "mscape": VERSION,
        "atlas": problem.bound.atlas.hash,
        "paper": f"doi:{paper.doi}" if paper and paper.doi else mechanism.paper,
        "licence": LICENCE,
    }


def write_folder(folder: Path, texts: Mapping[str, str], sheets: Mapping[str, Sheet]) -> None:
    """Write files beside the target and put them in its place, whole.

    Raises
    ------
    OutputError
        Something else than a problem of ours stands there, or it cannot be written.
    """
    refuse_foreign(folder)
    target = folder.resolve()
    part = target.with_name(f".{target.name[:100]}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        for name, text in texts.items():
            write_text_atomic(part / name, text)
        for name, sheet in sheets.items():
            write_table(part / f"{name}.tsv", sheet.columns, sheet.rows)
        if target.exists():
            old = target.with_name(part.name + ".old")
            target.rename(old)
            part.rename(target)
            shutil.rmtree(old, ignore_errors=True)
        else:
            part.rename(target)
    except OSError as error:
        found = f"cannot be written ({error.strerror or error})"
        raise OutputError(str(folder), found, "a writable folder with room", "choose another") from error
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(part, ignore_errors=True)


def refuse_foreign(folder: Path) -> None:
    """Refuse to replace anything but a problem of ours: a mistyped name must not cost a folder.

    Raises
    ------
    OutputError
        A file, or a folder of something else, stands there.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        ours = MARK in (folder / PROBLEM).read_text("utf-8")
    except (OSError, ValueError):
        ours = False
    if not ours:
        advice = "choose another name"
        raise OutputError(str(folder), "something else stands there", "a new or empty folder", advice)
