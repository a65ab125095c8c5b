"""The reference of commands as Markdown, made from the program itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer

from mscape.cli.app import make_app


def make_command_reference() -> str:
    """Return a section for each command: what it does, arguments, options, examples, schema of its JSON.

    Examples
    --------
    >>> "## `mscape run`" in make_command_reference()
    True
    """
    return "\n\n".join(_describe(name, command) for name, command in list_commands())


def list_commands() -> Iterator[tuple[str, Any]]:
    """Yield every command with its name as typed, such as ``atlas check``."""
    program: Any = typer.main.get_command(make_app())
    for name, command in program.commands.items():
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
        else:
            yield from ((f"{name} {each}", item) for each, item in inner.items())


def _describe(name: str, command: Any) -> str:
    with command.make_context(f"mscape {name}", [], resilient_parsing=True) as context:
        records = [(item.param_type_name, item.get_help_record(context)) for item in command.params]
        usage = " ".join([f"mscape {name}", *command.collect_usage_pieces(context)])
    parts = [f"## `mscape {name}`", inspect.cleandoc(command.help), f"```text\n{usage}\n```"]
    for kind, title in (("argument", "Argument"), ("option", "Option")):
        rows = [record for found, record in records if found == kind and record]
        if rows:
            lines = [f"| {title} | Meaning |", "|---|---|", *(_row(*record) for record in rows)]
            parts.append("\n".join(lines))
    if command.epilog:
        parts.append(f"```text\n{_plain(command.epilog)}\n```")
    if any("--json" in item.opts for item in command.params):
        parts.append(f"Schema of `--json`: `mscape/{name.replace(' ', '-')}/1`.")
    return "\n\n".join(parts)


def _row(names: str, meaning: str) -> str:
    return f"| `{names.replace('|', '/')}` | {' '.join(meaning.split()).replace('|', '/')} |"


def _plain(epilog: str) -> str:
    return inspect.cleandoc(epilog.replace("\b\n", "")).strip()
