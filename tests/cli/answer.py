"""Reading what a command answers with ``--json``, held to its schema."""

import json
import re
from importlib import resources
from typing import Any

import jsonschema  # type: ignore[import-untyped]

from tests.cli.conftest import Ended

SCHEMAS = resources.files("mscape.cli") / "schema"
NEVER = re.compile("patient|treat|recommend", re.IGNORECASE)  # words for people: these are cultures


def read_schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return schema


def read_data(ended: Ended, name: str) -> Any:
    """Return the data of a command that ended well."""
    assert ended.code == 0, ended.err
    answer = json.loads(ended.out)
    jsonschema.validate(answer, read_schema(name))
    assert answer["provenance"]["version"]
    return answer["data"]


def read_culture(ended: Ended, name: str) -> Any:
    """Return the data of a command about interventions, which says that it is about cultures alone."""
    data = read_data(ended, name)
    assert not NEVER.search(ended.out)
    assert "in culture model" in data["title"].casefold()
    return data
