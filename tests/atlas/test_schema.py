"""The committed schema is the one the forms make, and takes what the loader takes."""

import json
from importlib import import_module

import pytest

from mscape.atlas.load import PACKAGE, Atlas
from mscape.atlas.schema import PATH, build_schema
from mscape.atlas.yaml_text import read_yaml
from mscape.store import format_json

jsonschema = import_module("jsonschema")  # it has no types of its own
ADVICE = "run python -c 'from mscape.atlas.schema import write_schema; write_schema()'"


def test_committed_schema_is_current() -> None:
    assert PATH.read_text(encoding="utf-8") == format_json(build_schema()), ADVICE


def test_schema_takes_the_minimal_record(tiny_atlas: Atlas) -> None:
    (record,) = tiny_atlas.records.values()
    jsonschema.validate(read_yaml(record.folder / "mechanism.yaml").value, build_schema())


@pytest.mark.parametrize("path", sorted((PACKAGE / "mechanisms").glob("*/mechanism.yaml")), ids=str)
def test_schema_takes_the_packaged_records(path: object) -> None:
    jsonschema.validate(read_yaml(PACKAGE / str(path)).value, json.loads(PATH.read_text(encoding="utf-8")))
