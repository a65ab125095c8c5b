"""Read YAML as data and nothing else: bounded, safe, each value with its line.

Of YAML only what a record needs is taken: a document of mappings, lists and scalars. Anchors, aliases, tags,
directives and keys standing twice are refused. Scalars follow YAML 1.2: ``no``, ``on``, ``1:30`` and
``2026-11-23`` are text, ``1e5`` is a number.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from mscape.errors import FormatError
from mscape.store import read_text

MAX_BYTES = 1_000_000  # the longest record has some 50 kB
MAX_DEPTH = 12  # steps → step → evidence → item → field is 5
MAX_VALUES = 50_000
Place = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]{0,30})(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
# libyaml where it is there; the parser in Python says the same, more slowly.
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as read.

    Parameters
    ----------
    name
        File name, for messages.
    value
        Mappings, lists, text, numbers, booleans, None.
    lines
        Line of each value by its path of keys and places, such as ``("steps", 2, "effect")``.
    """

    name: str
    value: Any
    lines: Mapping[Place, int]

    def find_line(self, path: Place) -> int:
        """Return the line of a value, or of the nearest thing around it that stands in the file."""
        return find_line(self.lines, path)


def find_line(lines: Mapping[Place, int], path: Place) -> int:
    """Return the line of a path, or of the nearest one around it; 1 if there is none."""
    return next((lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in lines), 1)


def read_yaml(path: Path, *, name: str | None = None) -> Document:
    """Read a YAML file.

    Parameters
    ----------
    path
        The file.
    name
        What messages call it; by default its file name.

    Raises
    ------
    DataError
        The file is missing, unreadable or larger than `MAX_BYTES`.
    FormatError
        It is not UTF-8, not YAML, or uses what is refused.
    """
    return parse_yaml(read_text(path, max_bytes=MAX_BYTES), name=name or path.name)


def parse_yaml(text: str, *, name: str = "text") -> Document:
    """Read YAML text.

    Parameters
    ----------
    text
        The whole document.
    name
        What messages call it.

    Raises
    ------
    FormatError
        As in `read_yaml`, or the text is longer than `MAX_BYTES`.

    Examples
    --------
    >>> parse_yaml("answer: no").value
    {'answer': 'no'}
    """
    if len(text) > MAX_BYTES:
        raise FormatError(name, "the text is too long", f"at most {MAX_BYTES} characters", "split it")
    builder = _Builder(name)
    try:
        for event in _list_events(text):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = name if mark is None else f"{name} line {mark.line + 1}"
        problem = str(getattr(error, "problem", None) or "a character that text does not hold")
        raise FormatError(
            where, f"not YAML ({problem})", "", "check indentation, quotes and brackets"
        ) from error
    except (UnicodeError, RecursionError) as error:
        raise FormatError(name, "not YAML", "text in UTF-8", "save the file as UTF-8") from error
    return Document(name, builder.value, builder.lines)


def resolve_scalar(text: str) -> str | int | float | bool | None:
    """Return what an unquoted scalar means: null, a boolean, a number, else text.

    Parameters
    ----------
    text
        The scalar as written.

    Examples
    --------
    >>> [resolve_scalar(text) for text in ("no", "~", "1e3", "007", "12")]
    ['no', None, 1000.0, '007', 12]
    """
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text[0] in "tT"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text


def _list_events(text: str) -> Iterator[Any]:
    loader = _LOADER(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


@dataclass
class _Builder:
    """Builds the value event by event; a list of open collections, not recursion, so depth is bounded."""

    name: str
    value: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    open: list[tuple[Any, Place]] = field(default_factory=list)
    key: list[str | None] = field(default_factory=list)
    documents: int = 0

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self.refuse(event, "a second document", "one document", "remove the '---' line")
            if event.version or event.tags:
                raise self.refuse(event, "a directive", "plain YAML", "remove the line that starts with '%'")
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self.refuse(
                event, "an anchor or alias (& or *)", "plain values", "write the value out, or quote it"
            )
        elif isinstance(event, yaml.ScalarEvent):
            self.take_scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self.refuse_tag(event)
            self.add(event, {} if isinstance(event, yaml.MappingStartEvent) else [])
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()
            self.key.pop()

    def take_scalar(self, event: Any) -> None:
        self.refuse_tag(event)
        if self.open and isinstance(self.open[-1][0], dict) and self.key[-1] is None:
            self.take_key(event)
        else:
            plain = event.style is None or event.style == ""
            self.add(event, resolve_scalar(event.value) if plain else event.value)

    def take_key(self, event: Any) -> None:
        parent, path = self.open[-1]
        if event.value in parent:
            raise self.refuse(
                event, f"'{event.value[:60]}' stands twice", "each key once", "remove one or merge them"
            )
        self.key[-1] = event.value
        self.lines[(*path, event.value)] = event.start_mark.line + 1

    def add(self, event: Any, value: Any) -> None:
        """Put a value where it belongs, and open it if it is a collection."""
        path: Place = ()
        if not self.open:
            self.value = value
        else:
            parent, above = self.open[-1]
            if isinstance(parent, list):
                path = (*above, len(parent))
                parent.append(value)
            elif (key := self.key[-1]) is None:
                raise self.refuse(event, "a key that is no text", "text as key", "write 'name: value'")
            else:
                path = (*above, key)
                parent[key] = value
                self.key[-1] = None
        self.lines.setdefault(path, event.start_mark.line + 1)
        if len(self.lines) > MAX_VALUES:
            raise self.refuse(event, "too many values", f"at most {MAX_VALUES}", "split the file")
        if isinstance(value, dict | list):
            self.open.append((value, path))
            self.key.append(None)
            if len(self.open) > MAX_DEPTH:
                raise self.refuse(event, "too deeply nested", f"at most {MAX_DEPTH} levels", "flatten it")

    def refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            raise self.refuse(event, f"the tag '{event.tag[:60]}'", "plain values", "remove the tag")

    def refuse(self, event: Any, found: str, expected: str, advice: str) -> FormatError:
        return FormatError(f"{self.name} line {event.start_mark.line + 1}", found, expected, advice)
