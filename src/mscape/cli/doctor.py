"""``mscape doctor``: what a report of a problem should say, and whether this installation works."""

from __future__ import annotations

import platform
import re
import sys
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING, Any

from mscape.cli import options
from mscape.cli.output import clean_text, open_console, print_json
from mscape.errors import MscapeError
from mscape.store import VERSION, Provenance

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas

EXAMPLE = """
Examples:
  mscape doctor
  mscape doctor --json > doctor.json
"""


def doctor(*, atlas: options.AtlasFolder = None, as_json: options.AsJson = False) -> int:
    """Look at this installation and say whether it works.

    Versions, packages, the atlas, and whether a model can be solved; ends with 1 if something is wrong.
    """
    shelf: Atlas | None = None
    try:
        shelf = options.open_atlas(atlas)
        counts: dict[str, Any] = {"loads": True, **_count(shelf)}
    except MscapeError as error:
        counts = {"loads": False, "detail": str(error)}
    data = {
        "mscape": VERSION,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "encoding": sys.stdout.encoding,
        "packages": _list_packages(),
        "atlas": counts,
        "solver": _try_solver(shelf),
    }
    well = _is_well(data)
    if as_json:
        print_json("doctor", Provenance(atlas_hash=shelf.hash if shelf else None), data | {"well": well})
    else:
        _print_report(data, well=well)
    return 0 if well else 1


def _count(atlas: Atlas) -> dict[str, int]:
    from mscape.atlas.check import count_atlas

    return asdict(count_atlas(atlas))


def _list_packages() -> list[dict[str, object]]:
    """Return each package mscape asks for: the extra that asks, and the version that is there."""
    try:
        asked = requires("mscape") or []
    except PackageNotFoundError:  # run from a checkout that is not installed
        return []
    found = []
    for line in asked:
        need, _, marker = line.partition(";")
        name = re.split(r"[^\w.-]", need, maxsplit=1)[0]
        extra = marker.partition("extra ==")[2].strip(" '\"") or None
        found.append({"name": name, "extra": extra, "version": _find_version(name)})
    return found


def _find_version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _try_solver(atlas: Atlas | None) -> dict[str, object]:
    """Solve one mechanism under its first drug with two draws."""
    if atlas is None or not atlas.records:
        return {"works": False, "detail": "there is no mechanism to solve"}
    try:
        from mscape.experiments.bind import bind_record
        from mscape.experiments.dose_response import Setting
        from mscape.experiments.simulate import simulate_experiment

        record = next(iter(atlas.records.values()))
        setting = Setting(culture="monoculture", hours=24.0)
        done = simulate_experiment(bind_record(record, atlas), setting, dose=1000.0, seed=1, draws=2)
    except Exception as error:  # whatever is broken here is what this command is asked to tell
        return {"works": False, "detail": f"{type(error).__name__}: {error}"}
    return {"works": done.solved > 0, "detail": f"{record.id}, two draws, share solved {done.solved:g}"}


def _is_well(data: dict[str, Any]) -> bool:
    missing = [item for item in data["packages"] if item["extra"] is None and item["version"] is None]
    return bool(data["atlas"]["loads"] and data["solver"]["works"] and not missing)


def _print_report(data: dict[str, Any], *, well: bool) -> None:
    console = open_console()

    def line(name: str, value: object) -> None:
        console.print(clean_text(f"{name:<10} {value}"), soft_wrap=True)

    for name in ("mscape", "python", "platform", "encoding"):
        line(name, data[name])
    extras = dict.fromkeys(item["extra"] for item in data["packages"])
    for extra in extras:
        own = [item for item in data["packages"] if item["extra"] == extra]
        told = ", ".join(f"{item['name']} {item['version'] or 'MISSING'}" for item in own)
        absent = all(item["version"] is None for item in own)
        line("packages" if extra is None else f"[{extra}]", "not installed" if extra and absent else told)
    counts = data["atlas"]
    if counts["loads"]:
        line(
            "atlas",
            f"{counts['records']} records, {counts['observations']} observations in {counts['arms']} arms, "
            f"{counts['contrasts_in']} contrasts in scope, {counts['contrasts_out']} out",
        )
    else:
        line("atlas", f"DOES NOT LOAD: {counts['detail']}")
    solver = data["solver"]
    line("solver", f"{'works' if solver['works'] else 'DOES NOT WORK'} ({solver['detail']})")
    console.print("all well" if well else "something is wrong: see the words in capitals")
