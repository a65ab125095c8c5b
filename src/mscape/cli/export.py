"""``mscape export``: a mechanism's model to take away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mscape.cli import options
from mscape.cli.output import say

EXAMPLE = """
Example:
  mscape export xu2018_breast_il6 --sbml xu2018_breast_il6.xml
"""


def export(
    name: options.Id,
    *,
    sbml: Annotated[Path, typer.Option("--sbml", metavar="FILE", help="Where to write the annotated SBML.")],
    atlas: options.AtlasFolder = None,
) -> None:
    """Write the model of a mechanism as annotated SBML."""
    from mscape.errors import OutputError
    from mscape.experiments.bind import bind_record
    from mscape.standards.sbml import write_annotated_sbml
    from mscape.store import write_text_atomic

    shelf = options.open_atlas(atlas)
    record = options.find_record(shelf, name)
    if sbml.is_dir():
        raise OutputError(str(sbml), "it is a folder", "a file", f"write it like {sbml / f'{name}.xml'}")
    write_text_atomic(sbml, write_annotated_sbml(bind_record(record, shelf)))
    say(f"wrote {sbml}")
