"""Write YAML in one canonical form: fields in the order of their form, two spaces, lines of about 110."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from pydantic import BaseModel

from mscape.atlas.form_fault import find_inner_form
from mscape.atlas.yaml_text import parse_yaml, resolve_scalar
from mscape.errors import AtlasError

WIDTH = 110
_FLOW_WIDTH = 80  # a list of single words up to this stands on one line


def format_yaml(text: str, form: type[BaseModel], *, name: str = "text") -> str:
    """Return YAML text in canonical form. Comments above the first field stay; others are refused.

    Parameters
    ----------
    text
        A document whose fields the form knows; unknown ones go last.
    form
        Says the order of the fields.
    name
        What messages call the text.

    Raises
    ------
    FormatError
        It is not the YAML that `parse_yaml` takes.
    AtlasError
        A comment stands below the first field, where it would be lost.
    """
    document = parse_yaml(text, name=name)
    header, body = _split_header(text)
    line = _find_comment(body)
    if line is not None:
        where = f"{name} line {len(header) + line}"
        advice = "move it above the first field, or into a 'note'"
        raise AtlasError(where, "a comment, which the canonical form cannot keep", "", advice)
    return dump_yaml(document.value, form, header=header)


def dump_yaml(value: object, form: type[BaseModel], *, header: Sequence[str] = ()) -> str:
    """Return plain values as YAML text in canonical form.

    Parameters
    ----------
    value
        Mappings, lists, text, numbers, booleans, None.
    form
        Says the order of the fields.
    header
        Comment lines to stand above, each with its ``#``.
    """
    dumped = yaml.dump(
        order_fields(value, form),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=WIDTH,
        default_flow_style=False,
    )
    # PyYAML ends a lone scalar with an end mark. A record is never one, but the form must be stable.
    return "".join(f"{line}\n" for line in header) + dumped.removesuffix("...\n")


def order_fields(value: Any, form: type[BaseModel] | None) -> Any:
    """Return nested plain values with the fields of each form in its order."""
    if isinstance(value, list):
        return [order_fields(item, form) for item in value]
    if not isinstance(value, Mapping) or form is None:
        return value
    order = {key: i for i, key in enumerate(form.model_fields)}
    keys = sorted(value, key=lambda key: order.get(key, len(order)))
    return {key: order_fields(value[key], _find_field_form(form, key)) for key in keys}


def _find_field_form(form: type[BaseModel], key: str) -> type[BaseModel] | None:
    field = form.model_fields.get(key)
    return None if field is None else find_inner_form(field.annotation)


class _Dumper(yaml.SafeDumper):
    """Quotes what would read back as something else under YAML 1.2 or 1.1; no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: _Dumper, value: str) -> yaml.Node:
    looks_like_another = not isinstance(resolve_scalar(value), str)
    style = "'" if looks_like_another else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _represent_list(dumper: _Dumper, value: list[Any]) -> yaml.Node:
    words = all(not isinstance(item, dict | list) and not set(str(item)) & set(" \n\t") for item in value)
    short = words and sum(len(str(item)) + 2 for item in value) <= _FLOW_WIDTH
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=short)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_list)


def _split_header(text: str) -> tuple[list[str], str]:
    """Return the comment lines above the first field, and the rest; blank lines between them go."""
    lines = text.split("\n")
    count = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    header = [line.rstrip() for line in lines[:count] if line.strip()]
    blanks = count - len(header)
    # Blank lines move below the header, so that line numbers of the rest stay right.
    return header, "\n" * blanks + "\n".join(lines[count:])


def _find_comment(text: str) -> int | None:
    """Return the line of the first '#' that stands in no scalar."""
    rest = list(text)
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken):
            start, end = token.start_mark.index, token.end_mark.index
            if token.style in ("|", ">"):  # the line of the mark itself may carry a comment
                start = text.find("\n", start, end) % (len(text) + 1)
            rest[start:end] = [" " if character != "\n" else "\n" for character in rest[start:end]]
    place = "".join(rest).find("#")
    return None if place < 0 else text.count("\n", 0, place) + 1
