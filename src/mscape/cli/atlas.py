"""``mscape atlas``: check records, start a new one, bring files into canonical form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
from mscape.cli.output import clean_text, open_console, print_json, say
from mscape.errors import AtlasError, DataError, MscapeError, UnknownIdError, UsageError, raise_faults

if TYPE_CHECKING:
    from mscape.atlas.check import CheckReport
    from mscape.atlas.claim import Claim
    from mscape.atlas.issue import Issue

CHECK_EXAMPLE = """
Examples:
  mscape atlas check
  mscape atlas check --atlas my-atlas
"""
NEW_EXAMPLE = """
Examples:
  mscape atlas new my-atlas/mechanisms/smith2025_lung_il8
  mscape atlas new my-atlas/mechanisms/smith2025_lung_il8 --table my-table.csv --row 3
"""
FORMAT_EXAMPLE = """
Examples:
  mscape atlas format --atlas my-atlas
  mscape atlas format --atlas my-atlas --check
"""


def check(*, atlas: options.AtlasFolder = None, as_json: options.AsJson = False) -> int:
    """Check every record, alone and against its model.

    Prints what was found and what was counted; ends with 1 if something was found.
    """
    from mscape.atlas.check import check_atlas
    from mscape.experiments.check import check_models

    shelf = options.open_atlas(atlas)
    report = check_atlas(shelf)
    issues = (*report.issues, *check_models(shelf))
    if as_json:
        data = {"issues": issues, "counts": report.counts, "checks": _name_checks(report)}
        print_json("atlas-check", options.describe_provenance(shelf, shelf.records), data)
    else:
        _print_check(report, issues)
    return 1 if issues else 0


def _name_checks(report: CheckReport) -> tuple[str, ...]:
    from mscape.experiments.check import MODEL_CHECKS
    from mscape.experiments.intervention import INTERVENTION_CHECKS

    run = (item.name for checks in (MODEL_CHECKS, INTERVENTION_CHECKS) for item in checks)
    return (*report.checks, *run)


def _print_check(report: CheckReport, issues: tuple[Issue, ...]) -> None:
    console = open_console()
    for issue in issues:
        console.print(clean_text(f"{issue} [{issue.check}]"), soft_wrap=True)
    counts = report.counts
    lines = (
        f"{counts.records} records ({counts.reviewed} reviewed by a named person), {counts.steps} steps, "
        f"{counts.evidence} pieces of evidence",
        f"{counts.observations} observations in {counts.arms} arms: {counts.row_paper} row paper, "
        f"{counts.same_group} same group, {counts.other_papers} other papers",
        f"{counts.contrasts_in} contrasts in scope, {counts.contrasts_out} out; {counts.parameters_sourced} "
        f"parameters of records sourced, {counts.parameters_assumed} assumed; {counts.terms} terms",
        f"{counts.interventions} interventions, {counts.potencies_sourced} potencies and "
        f"{counts.exposures_sourced} free exposures sourced; {counts.outcomes} outcomes",
        f"{len(_name_checks(report))} checks: " + (f"{len(issues)} issues" if issues else "nothing found"),
    )
    for line in lines:
        console.print(line, soft_wrap=True)


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; its name is the id.")],
    *,
    table: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The table the row stands in; by default mscape's.")
    ] = None,
    row: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Start from this row of the table.")
    ] = None,
) -> None:
    """Start a record: five files that say what to fill."""
    from mscape.atlas.new import write_skeleton

    if table is not None and row is None:
        raise UsageError("--table", "no row named", "--row N", "say which row to start from")
    claim = None if row is None else _find_claim(table, row)
    path = write_skeleton(folder, claim)
    say(f"wrote {path}: fill what says TODO, then run 'mscape atlas check --atlas DIR' on the atlas folder")


def _find_claim(table: Path | None, row: int) -> Claim:
    from mscape.atlas.table import read_claims, read_seed_table

    read = read_seed_table() if table is None else read_claims(table)
    for claim in read.claims:
        if claim.row == row:
            return claim
    raise UnknownIdError("--row", f"{row} is not a row of the table", f"1 to {len(read.claims)}")


def format_files(
    *,
    atlas: options.AtlasFolder = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; end with 1 if something would.")
    ] = False,
) -> int:
    """Bring the files of an atlas into canonical form.

    Order of fields and columns, line ends and blanks; words and numbers stay as written.
    """
    from mscape.atlas.load import PACKAGE

    folder = PACKAGE if atlas is None else atlas
    if not (folder / "mechanisms").is_dir():
        raise AtlasError(f"--atlas {folder}", "it holds no folder mechanisms/", "an atlas folder")
    texts = _gather_texts(folder)
    stale = [path for path, text in texts.items() if _differs(path, text)]
    for path in stale:
        say(f"{path}: {'not in canonical form' if check else 'rewritten'}")
    if not check:
        _write(texts, stale)
    say(f"{len(texts)} files looked at, {len(stale)} {'to rewrite' if check else 'rewritten'}")
    return 1 if check and stale else 0


def _gather_texts(folder: Path) -> dict[Path, str]:
    """Return the canonical text of every file of an atlas folder, before any is written."""
    from mscape.atlas.format import format_record_texts, format_shared_texts

    texts: dict[Path, str] = {}
    faults: list[MscapeError] = []
    records = sorted(path for path in (folder / "mechanisms").iterdir() if path.is_dir())
    for path in [folder, *(path for path in records if not path.name.startswith((".", "_")))]:
        try:
            made = format_shared_texts(path) if path == folder else format_record_texts(path)
            texts |= {path / name: text for name, text in made.items()}
        except MscapeError as error:
            faults.append(error)
    raise_faults(faults)
    return texts


def _differs(path: Path, text: str) -> bool:
    from mscape.store import read_text

    try:
        return read_text(path) != text
    except DataError:
        return True


def _write(texts: dict[Path, str], stale: list[Path]) -> None:
    from mscape.store import write_text_atomic

    for path in stale:
        write_text_atomic(path, texts[path])
