"""Say in plain words, with line and near misses, what a form found wrong with a record's text."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from mscape.errors import AtlasError
from mscape.ids import find_near_misses

Place = tuple[str | int, ...]
_Words = tuple[str, str, str]  # found, expected, what to do

_PATTERNS = {
    r"^[a-z][a-z0-9_]*$": ("a key: lower-case letters, digits and _, a letter first", "write it like xu2018"),
    r"^[a-z][a-z0-9.]*:[A-Za-z0-9_.:\-]+$": ("an identifier, prefix:accession", "write it like chebi:27899"),
    r"^\d{4}-\d{2}-\d{2}$": ("a date", "write it like 2026-11-23"),
}
_BOUNDS = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
_SHAPES = {
    "model_type": ("fields, one 'name: value' a line", "indent the fields below it"),
    "dict_type": ("fields, one 'name: value' a line", "indent the fields below it"),
    "tuple_type": ("a list", "write [one, two] or a line each that starts with '- '"),
    "finite_number": ("a finite number", "leave it empty if it is not known"),
    "bool_type": ("true or false", ""),
    "bool_parsing": ("true or false", ""),
}


def list_faults(
    error: ValidationError, form: type[BaseModel], locate: Callable[[Place], str]
) -> Iterator[AtlasError]:
    """Translate what pydantic says into errors with place, finding, expectation and advice.

    Parameters
    ----------
    error
        As raised by the form.
    form
        The form that raised it.
    locate
        File and line of a field, for the message.
    """
    for item in error.errors(include_url=False):
        place: Place = tuple(item["loc"])
        found, expected, advice = _translate(item, form, place)
        yield AtlasError(locate(place), found, expected, advice)


def _translate(item: Mapping[str, Any], form: type[BaseModel], place: Place) -> _Words:
    kind, context = item["type"], item.get("ctx", {})
    name, value = _spell_place(place), _show(item.get("input"))
    if kind == "missing":
        return f"'{name}' is missing", "a value", f"add '{place[-1]}'" if place else "add it"
    if kind == "extra_forbidden":
        return f"'{name}' is no field of this form", *_suggest_field(form, place)
    if kind == "literal_error":
        return f"'{name}' is {value}", *_suggest_word(str(context["expected"]), item.get("input"))
    if kind == "string_pattern_mismatch":
        expected, advice = _PATTERNS.get(context["pattern"], ("another spelling", ""))
        return f"'{name}' is {value}", expected, advice
    if kind == "string_type":
        empty = item.get("input") is None
        return f"'{name}' is {value}", "text", "write it" if empty else "put quotes around it if it is text"
    if kind in ("string_too_short", "too_short"):
        return f"'{name}' is empty", "something there", "write it, or remove the field if it may be left out"
    if kind in ("string_too_long", "too_long"):
        return f"'{name}' is too long", f"at most {context['max_length']}", "shorten it"
    if kind in ("float_parsing", "float_type", "int_parsing", "int_type", "int_from_float"):
        whole = "a whole number" if kind.startswith("int") else "a number"
        return (
            f"'{name}' is {value}",
            whole,
            "write digits with a point, or leave it empty if it is not known",
        )
    for bound, words in _BOUNDS.items():
        if bound in context:
            return f"'{name}' is {value}", f"{words} {context[bound]:g}", "check the number and its unit"
    expected, advice = _SHAPES.get(kind, (str(item["msg"])[:120], ""))
    return f"'{name}' is {value}", expected, advice


def _suggest_field(form: type[BaseModel], place: Place) -> tuple[str, str]:
    fields = tuple(_find_form(form, place[:-1]).model_fields)
    near = find_near_misses(str(place[-1]), fields)
    expected = " or ".join(near) if near else ", ".join(fields)
    return expected, f"write '{near[0]}'" if near else "remove it"


def _suggest_word(expected: str, value: Any) -> tuple[str, str]:
    near = find_near_misses(value, re.findall(r"'([^']*)'", expected)) if isinstance(value, str) else ()
    return expected, f"write '{near[0]}'" if near else "choose one of these"


def _find_form(form: type[BaseModel], place: Place) -> type[BaseModel]:
    """Return the form that stands at a place inside another."""
    for part in place:
        if isinstance(part, str) and part in form.model_fields:
            form = find_inner_form(form.model_fields[part].annotation) or form
    return form


def find_inner_form(annotation: Any) -> type[BaseModel] | None:
    """Return the form a field holds, alone, in a list or as what is there if it is not null; None if none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((inner for part in get_args(annotation) if (inner := find_inner_form(part))), None)


def _spell_place(place: Place) -> str:
    """``steps[2].effect``: places in a list are counted from 1."""
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")[:120] or "the whole"


def _show(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a group of fields"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value)
    return repr(text if len(text) <= 60 else text[:59] + "…")
