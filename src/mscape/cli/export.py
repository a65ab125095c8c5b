"""``mscape export``: a mechanism's model and experiments to take away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
from mscape.cli.output import say

if TYPE_CHECKING:
    from mscape.standards.petab.version2 import Written

EXAMPLE = """
Example:
  mscape export xu2018_breast_il6 --sbml xu2018_breast_il6.xml
  mscape export xu2018_breast_il6 --petab xu2018_petab
"""

_Sbml = Annotated[
    Path | None, typer.Option("--sbml", metavar="FILE", help="Where to write the model as annotated SBML.")
]
_Petab = Annotated[
    Path | None,
    typer.Option(
        "--petab", metavar="DIR", help="Where to write model, priors, experiments: PEtab version 2."
    ),
]
_Petab1 = Annotated[
    Path | None,
    typer.Option(
        "--petab1", metavar="DIR", help="PEtab version 1; experiments of several periods are left out."
    ),
]


def export(
    name: options.Id,
    *,
    sbml: _Sbml = None,
    petab: _Petab = None,
    petab1: _Petab1 = None,
    atlas: options.AtlasFolder = None,
) -> None:
    """Write a mechanism as SBML or as a PEtab problem.

    A PEtab problem holds its priors and experiments too.
    """
    from mscape.errors import OutputError, UsageError
    from mscape.experiments.bind import bind_record

    if sbml is None and petab is None and petab1 is None:
        raise UsageError("mscape export", "nothing is asked for", "--sbml FILE, --petab DIR or --petab1 DIR")
    shelf = options.open_atlas(atlas)
    bound = bind_record(options.find_record(shelf, name), shelf)
    if sbml is not None:
        from mscape.standards.sbml import write_annotated_sbml
        from mscape.store import write_text_atomic

        if sbml.is_dir():
            raise OutputError(str(sbml), "it is a folder", "a file", f"write it like {sbml / f'{name}.xml'}")
        write_text_atomic(sbml, write_annotated_sbml(bound))
        say(f"wrote {sbml}")
    if petab is not None:
        from mscape.standards.petab.version2 import write_petab2

        _report(write_petab2(bound, petab), 2)
    if petab1 is not None:
        from mscape.standards.petab.version1 import write_petab1

        _report(write_petab1(bound, petab1), 1)


def _report(written: Written, version: int) -> None:
    say(
        f"wrote {written.folder}: PEtab {version}, {written.experiments} experiments, "
        f"{written.measured} of them with a printed number, {written.contrasts} contrasts"
    )
    if written.left_out:
        say(f"left out, named in README.md: {len(written.left_out)} experiments of several periods")
