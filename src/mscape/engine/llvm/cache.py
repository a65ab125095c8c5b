"""Compiled code kept on disk between runs, for the user alone.

Machine code read from disk is run, so a file counts only if it and its folder belong to this user and nobody
else can write to them, and if its digest is right. Anything else counts as absent: it is compiled again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm

from mscape.store import VERSION

MAGIC = b"mscape kernel 1\n"
_OPEN_TO_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def find_folder() -> Path | None:
    """Return the folder of compiled code, made if need be; None where there can be none that is only ours.

    The environment's ``MSCAPE_CACHE`` says where; else it is the user's cache folder of this platform.
    """
    try:
        folder = _choose_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if _is_ours(folder.lstat()) else None
    except (OSError, RuntimeError):
        return None


def _choose_folder() -> Path:
    given = os.environ.get("MSCAPE_CACHE")
    if given:
        return Path(given)
    if sys.platform == "win32":
        return (
            Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "mscape" / "kernels"
        )
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "mscape" / "kernels"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mscape" / "kernels"


def _is_ours(found: os.stat_result) -> bool:
    if sys.platform == "win32":  # a user's folder there is guarded by its access list
        return True
    kind = stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
    return kind and found.st_uid == os.getuid() and not found.st_mode & _OPEN_TO_OTHERS


@cache
def identify_code() -> str:
    """Return what stands for this version of the code that generates, and of what compiles it."""
    here = Path(__file__).parent
    beside = (here.parent / name for name in ("rodas5p.py", "pool.py", "compiled.py"))
    files = [*here.glob("*.py"), *beside, here.parents[1] / "network" / "derivative.py"]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.read_bytes())
    versions = (VERSION, llvmlite.__version__, *llvm.llvm_version_info)
    return " ".join([*map(str, versions), digest.hexdigest()])


def make_key(*parts: object) -> str:
    """Return the name of what is made of some parts, this code and what compiles it."""
    return hashlib.sha256("\n".join([identify_code(), *map(repr, parts)]).encode()).hexdigest()


def load_entry(key: str) -> tuple[Mapping[str, object], bytes] | None:
    """Return facts and object code kept under a key, None if there are none, or none to be trusted."""
    folder = find_folder()
    if folder is None:
        return None
    try:
        # a pipe in its place must not keep us waiting
        named = ("O_NOFOLLOW", "O_BINARY", "O_NONBLOCK")
        flags = os.O_RDONLY | sum(getattr(os, name, 0) for name in named)
        with os.fdopen(os.open(folder / key, flags), "rb") as file:
            if not _is_ours(os.fstat(file.fileno())):
                return None
            data = file.read()
    except OSError:
        return None
    return _unpack(data)


def _unpack(data: bytes) -> tuple[Mapping[str, object], bytes] | None:
    start = len(MAGIC) + 32
    body = data[start:]
    if data[: len(MAGIC)] != MAGIC or data[len(MAGIC) : start] != hashlib.sha256(body).digest():
        return None
    size = int.from_bytes(body[:8], "little")
    facts: Mapping[str, object] = json.loads(body[8 : 8 + size])
    return facts, body[8 + size :]


def keep_entry(key: str, facts: Mapping[str, object], code: bytes) -> None:
    """Keep facts and object code under a key; a full or read-only disk changes nothing but the time."""
    folder = find_folder()
    if folder is None:
        return
    text = json.dumps(facts).encode()
    body = len(text).to_bytes(8, "little") + text + code
    name = None
    with contextlib.suppress(OSError):
        try:
            handle, name = tempfile.mkstemp(dir=folder, prefix="new-")
            with os.fdopen(handle, "wb") as file:
                file.write(MAGIC + hashlib.sha256(body).digest() + body)
            os.replace(name, folder / key)  # noqa: PTH105 - as the two above
            name = None
        finally:
            if name is not None:
                with contextlib.suppress(OSError):
                    Path(name).unlink()
