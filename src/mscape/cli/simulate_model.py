"""``mscape simulate MODEL.xml``: an ensemble of any SBML model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mscape.cli.output import clean_text, open_console, print_json
from mscape.cli.progress import open_progress
from mscape.errors import MscapeError, UsageError, raise_faults
from mscape.store import Provenance, read_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mscape.engine.batch import Array, Tolerance
    from mscape.engine.variation import Variation

MAX_BYTES = 20_000_000
MAX_HELD = 2_000_000_000  # bytes of results that are kept in memory where there is no --out
_QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class AskedEnsemble:
    """The options that a model takes, as typed; None where one is not given."""

    vary: list[str] | None
    set: list[str] | None
    until: float | None
    points: int | None
    observe: list[str] | None
    relative: float | None
    absolute: float | None
    out: Path | None


@dataclass(frozen=True)
class Plan:
    """What is to be simulated: the options with their defaults."""

    variations: tuple[Variation, ...]
    fixed: dict[str, float]
    times: Array
    observe: tuple[str, ...]
    tolerance: Tolerance


def is_model(name: str) -> bool:
    """Return whether the argument of ``simulate`` is a model file rather than the id of a mechanism."""
    return Path(name).suffix.lower() in (".xml", ".sbml")


def refuse_foreign(given: Mapping[str, object], name: str, other: str) -> None:
    """Refuse options that mean something for the other kind of argument only.

    Raises
    ------
    UsageError
        One of them is given.
    """
    wrong = ", ".join(f"--{option}" for option, value in given.items() if value)
    if wrong:
        raise UsageError(wrong, f"{name} is not {other}", f"{other} with these options", "leave them out")


def simulate_model(path: Path, asked: AskedEnsemble, *, draws: int, seed: int, as_json: bool) -> bool:
    """Simulate an ensemble of an SBML model, into a Zarr folder or as a summary.

    Returns whether any trajectory was solved.

    Raises
    ------
    DataError, ModelError, UsageError, OutputError
        The file, the model, the options or the folder.
    """
    from mscape.engine.ensemble import simulate_ensemble
    from mscape.network.sbml import read_sbml
    from mscape.standards.zarr import write_ensemble

    plan = _make_plan(asked)
    network = read_sbml(read_text(path, max_bytes=MAX_BYTES))
    names = plan.observe or network.states
    tolerance = plan.tolerance
    provenance = Provenance(
        seed=seed, relative_tolerance=tolerance.relative, absolute_tolerance=tolerance.absolute
    )
    if asked.out is None:
        _refuse_large(draws, len(plan.times), len(names))
    with open_progress("simulating", draws, unit="trajectories") as progress:
        chunks = simulate_ensemble(
            network, plan.variations, plan.times, names, draws=draws, seed=seed, tolerance=tolerance,
            fixed=plan.fixed, progress=progress.advance,
        )  # fmt: skip
        final: dict[str, object] = {}
        if asked.out is None:
            tally, final = _summarise([(item.status, item.values[:, -1].copy()) for _, item in chunks], names)
        else:
            tally = write_ensemble(asked.out, plan.times, chunks, count=draws, provenance=provenance)
    data = {
        "model": network.id,
        "draws": draws,
        "until": float(plan.times[-1]),
        "status": {name: number for name, number in tally.items() if number},
        "final": final,
        "out": None if asked.out is None else str(asked.out),
    }
    if as_json:
        print_json("simulate", provenance, data)
    else:
        _print(data)
    return tally["done"] > 0


def _make_plan(asked: AskedEnsemble) -> Plan:
    import numpy as np

    from mscape.engine.batch import Tolerance
    from mscape.engine.variation import parse_variation

    faults: list[MscapeError] = []
    variations: list[Variation] = []
    for text in asked.vary or ():
        try:
            variations.append(parse_variation(text))
        except UsageError as error:
            faults.append(error)
    fixed = _read_fixed(asked.set or (), faults)
    until = 100.0 if asked.until is None else asked.until
    relative = 1e-6 if asked.relative is None else asked.relative
    absolute = 1e-9 if asked.absolute is None else asked.absolute
    names = [item.name for item in variations] + list(fixed)
    faults += [
        UsageError("--vary, --set", f"{name} is set more than once", "each input once", "keep one of them")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if not 1e-13 <= relative < 1:
        faults.append(UsageError("--relative", f"{relative:g}", "1e-13 or more, and under 1", "such as 1e-6"))
    if not 0 < absolute < float("inf"):
        faults.append(UsageError("--absolute", f"{absolute:g}", "above 0", "such as 1e-9"))
    if not 0 < until < float("inf"):
        faults.append(UsageError("--until", f"{until:g}", "above 0", "give it in the model's unit of time"))
    raise_faults(faults)
    times = np.linspace(0.0, until, asked.points or 101)
    observe = tuple(dict.fromkeys(asked.observe or ()))
    return Plan(tuple(variations), fixed, times, observe, Tolerance(relative, absolute))


def _read_fixed(texts: Sequence[str], faults: list[MscapeError]) -> dict[str, float]:
    fixed = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            if not name.strip():
                raise ValueError
            fixed[name.strip()] = float(value)
        except ValueError:
            faults.append(UsageError("--set", f"cannot read '{text}'", "NAME=NUMBER", "such as k1=0.3"))
    return fixed


def _refuse_large(draws: int, times: int, observables: int) -> None:
    size = 8 * draws * times * observables
    if size > MAX_HELD:
        found = f"{size / 1e9:.3g} GB of results and nowhere to put them"
        raise UsageError("--draws", found, f"at most {MAX_HELD / 1e9:g} GB", "name a folder with --out")


def _summarise(
    held: list[tuple[NDArray[np.int64], Array]], names: tuple[str, ...]
) -> tuple[dict[str, int], dict[str, object]]:
    """Count statuses, and give 5th, 50th and 95th percentile of each observable at the last read-out.

    ``held`` is what is kept of each chunk: statuses, and observables then, shape (trajectory, observable).
    """
    import numpy as np

    from mscape.engine.batch import Status

    status = np.concatenate([item for item, _ in held])
    last = np.concatenate([item for _, item in held])
    tally = {item.name.lower(): int((status == item).sum()) for item in Status}
    return tally, {name: _make_interval(last[:, index]) for index, name in enumerate(names)}


def _make_interval(values: Array) -> dict[str, float | None]:
    import numpy as np

    finite = values[np.isfinite(values)]
    low, median, high = np.quantile(finite, _QUANTILES) if finite.size else (None, None, None)
    return {"low": low, "median": median, "high": high}


def _print(data: dict[str, object]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from mscape.engine.batch import Status
    from mscape.report.number import format_number, format_range

    console = open_console()
    final = data["final"]
    assert isinstance(final, dict)
    if final:
        table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
        table.add_column(clean_text(f"{data['model']} at {data['until']:g}"))
        table.add_column("median", justify="right")
        table.add_column("5 to 95 %")
        for name, item in final.items():
            spread = format_range(item["low"], item["high"]) if item["low"] != item["high"] else ""
            table.add_row(clean_text(name), format_number(item["median"]), spread)
        console.print(table)
    status = data["status"]
    assert isinstance(status, dict)
    told = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in status.items())
    where = f", in {data['out']}" if data["out"] else ""
    console.print(clean_text(f"{data['draws']} trajectories: {told}{where}"))
    for name in status:
        advice = Status[name.upper()].advice
        if advice:
            console.print(clean_text(f"{name.replace('_', ' ')}: {advice}"))
