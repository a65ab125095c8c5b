"""What a command says: results on stdout, everything else on stderr; any encoding, with or without colour."""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from mscape.errors import Faults, MscapeError
from mscape.store import Provenance, format_json, make_envelope

if TYPE_CHECKING:
    from rich.console import Console

_PLAIN = {
    "µ": "u", "×": "x", "→": "->", "←": "<-", "−": "-", "–": "-", "—": "-", "…": "...", "·": "-",
    "≥": ">=", "≤": "<=", "±": "+/-", "“": '"', "”": '"', "‘": "'", "’": "'", "•": "*", "⊣": "|",
    "∞": "inf", "\u202f": " ", "\xa0": " ", "─": "-", "━": "-", "⁻": "^-", "⁰": "^0", "¹": "^1", "²": "^2",
    "³": "^3", "⁴": "^4", "⁵": "^5", "⁶": "^6", "⁷": "^7", "⁸": "^8", "⁹": "^9", "α": "alpha", "β": "beta",
}  # fmt: skip
_ERRORS = "mscape-plain"
_FILL = re.compile(r" +(?=\n|$)")


def prepare_streams() -> None:
    """Let stdout and stderr take any text: what their encoding lacks is written in plain characters."""
    codecs.register_error(_ERRORS, _write_plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ERRORS)


def print_json(command: str, provenance: Provenance, data: object) -> None:
    """Print the envelope of a command's ``--json`` on stdout.

    Parameters
    ----------
    command
        As in the schema's name, such as ``dose-response``.
    provenance
        What the data depends on.
    data
        As in the command's schema.
    """
    text = format_json(make_envelope(command, provenance, data))
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    if encoding != "utf8":  # escapes are valid JSON in every encoding
        text = json.dumps(json.loads(text), indent=2) + "\n"
    sys.stdout.write(text)


def open_console(*, stderr: bool = False) -> Console:
    """Return a console that prints text as it stands: no markup, no colours of its own."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # Rich would end the program with 1; `app` knows better

    stream = sys.stderr if stderr else sys.stdout
    trimmed = stream if stream.isatty() else _Trimmed(stream)
    return Plain(file=trimmed, highlight=False, markup=False, emoji=False)  # type: ignore[arg-type]


class _Trimmed:
    """A stream that drops the blanks with which lines are filled: a file or a pipe has no use for them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.encoding = getattr(stream, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        return self._stream.write(_FILL.sub("", text))

    def flush(self) -> None:
        self._stream.flush()

    def isatty(self) -> bool:
        return False


def say(message: str) -> None:
    """Say one thing on stderr, on a line of its own."""
    print(clean_text(message), file=sys.stderr, flush=True)


def print_error(error: MscapeError) -> None:
    """Print an error on stderr, each of several faults on its own line."""
    faults: Iterable[MscapeError] = error.errors if isinstance(error, Faults) else (error,)
    for fault in faults:
        print_problem(str(fault))


def print_problem(message: str) -> None:
    """Print what is wrong, where there is no error of our own to print."""
    from rich.text import Text

    text = Text.assemble(("error:", "bold red"), f" {clean_text(message)}")
    open_console(stderr=True).print(text, soft_wrap=True)


def clean_text(text: str) -> str:
    """Return text that cannot steer a terminal: control characters become blanks.

    Examples
    --------
    >>> clean_text("a\\x1b[2Jb")
    'a [2Jb'
    """
    return "".join(letter if letter.isprintable() else " " for letter in text)


def silence_streams() -> None:
    """Point stdout and stderr nowhere once their reader has gone, so that closing them raises nothing."""
    hole = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, io.UnsupportedOperation):
            os.dup2(hole, stream.fileno())
    os.close(hole)


def _write_plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_PLAIN.get(letter, "?") for letter in text), error.end
