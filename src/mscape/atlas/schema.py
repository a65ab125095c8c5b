"""The forms as JSON schema, for editors and other programs. ``schema.json`` is made here; a test compares."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from mscape.atlas.load import SHARED_TABLES
from mscape.atlas.record import Mechanism
from mscape.atlas.row import ContrastRow, ObservationRow
from mscape.store import format_json, write_text_atomic

PATH = Path(__file__).with_name("schema.json")


def build_schema() -> dict[str, Any]:
    """Return the schema of ``mechanism.yaml``; rows of the tables stand beside its parts under ``$defs``."""
    used: list[type[BaseModel]] = [Mechanism, ObservationRow, ContrastRow]
    used += [form for form, _ in SHARED_TABLES.values()]
    forms: list[tuple[type[BaseModel], Literal["validation"]]]
    forms = [(form, "validation") for form in used]
    _, schema = models_json_schema(forms)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mscape atlas: a mechanism record",
        "$ref": "#/$defs/Mechanism",
        "$defs": {name: schema["$defs"][name] for name in sorted(schema["$defs"])},
    }


def write_schema(path: Path = PATH) -> None:
    """Write the schema; by default where it is committed.

    Parameters
    ----------
    path
        Ends in ``.json``.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    write_text_atomic(path, format_json(build_schema()))
