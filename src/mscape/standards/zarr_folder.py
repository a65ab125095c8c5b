"""A Zarr folder that appears under its name only when it is whole, and replaces nothing but its own kind."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from mscape.errors import OutputError

ADVICE = "choose another with --out"


@contextlib.contextmanager
def replace_folder(path: Path, mark: str) -> Iterator[Path]:
    """Give a folder to write to, and put it in its place once the body has ended well.

    Parameters
    ----------
    path
        Where it goes: nothing stands there yet, or a folder of the same kind, which is replaced.
    mark
        The ``schema`` attribute of the kind.

    Raises
    ------
    OutputError
        The folder cannot be written, the disk is full, or something else stands there; nothing is left.
    """
    _refuse_foreign(path, mark)
    shown, path = path, path.resolve()  # a link stays one: what it points to is replaced
    part = path.with_name(f".{path.name[:100]}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        old = path.with_name(part.name + ".old")
        if path.exists():
            path.rename(old)
        part.rename(path)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        found = f"cannot be written ({error.strerror or error})"
        raise OutputError(str(shown), found, "a writable folder with room", ADVICE) from error
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(part, ignore_errors=True)


def _refuse_foreign(path: Path, mark: str) -> None:
    """Refuse to replace anything else: a mistyped --out must not cost a folder."""
    if not path.exists():
        return
    try:
        found = json.loads((path / "zarr.json").read_text("utf-8"))["attributes"]["schema"]
    except (OSError, ValueError, KeyError, TypeError):
        found = None
    if found != mark:
        raise OutputError(str(path), "something else stands there", "a new name", ADVICE)
