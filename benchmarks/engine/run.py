"""One run of the benchmark: every model with every engine, then what is reported beside."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.engine import extra
from benchmarks.engine.environment import NotRun, find_cache, find_python
from benchmarks.engine.gate import AVX2
from benchmarks.engine.job import write_job, write_rates
from benchmarks.engine.measure import Plan, measure_engines
from benchmarks.engine.peer import PEERS, ROADRUNNER, Peer
from benchmarks.engine.problem import GATED, MODELS, Problem, load_problem
from benchmarks.engine.process import Engine, EngineError, start_engine
from benchmarks.engine.reference import find_reference
from benchmarks.engine.result import OURS, SCHEMA, Result, describe_machine, describe_model

DRAWS = 1000  # in a job folder; every run takes its first ones from them
# Name as printed: file in ``peers/`` and its options.
VARIANTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    OURS: ("mscape", {}),
    AVX2: ("mscape", {"instructions": "avx2"}),
    "mscape, SSE": ("mscape", {"instructions": "sse"}),
    "mscape, kernel alone": ("kernel", {}),
    "mscape, kernel alone, AVX2": ("kernel", {"instructions": "avx2"}),
}
TWO_CORES_ROUNDS = 25  # neighbours on the machine move a single one by a tenth
_ABSOLUTE = {"fujita": 1_000_000, "msc": 100_000}


@dataclass(frozen=True)
class Request:
    """What a run is to do.

    Parameters
    ----------
    models, folder
        Ids, and where their files are.
    peers
        Whom to compare with.
    variants
        Names of ours in `VARIANTS`; the first is the one that counts.
    plan
        Draws, rounds, tolerances.
    extras
        Whether to measure first results, two cores, wide draws and absolute times too.
    """

    models: tuple[str, ...]
    folder: Path
    peers: tuple[Peer, ...]
    variants: tuple[str, ...]
    plan: Plan
    extras: bool


QUICK = Request(
    models=GATED,
    folder=MODELS,
    peers=(ROADRUNNER,),
    variants=(OURS,),
    plan=Plan(draws=200, rounds=5, seconds=0.07, ours=(1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7), others=(1e-6,)),
    extras=False,
)
FULL = Request(
    models=(*GATED, "mechanism"),
    folder=MODELS,
    peers=PEERS,
    variants=(OURS, AVX2),
    plan=Plan(draws=400, rounds=5),
    extras=True,
)


def run_benchmark(request: Request, tell: Callable[[str], None]) -> Result:
    """Measure all that is asked for; what cannot be measured is in the result with its reason."""
    cache, cores = find_cache(), list_cores()
    pythons: dict[Peer, Path] = {}
    missing: dict[str, str] = {}
    for peer in request.peers:
        found = find_python(peer, cache, tell)
        if isinstance(found, NotRun):
            missing[peer.label] = found.reason
        else:
            pythons[peer] = found
    reference = pythons.get(ROADRUNNER) or find_python(ROADRUNNER, cache, tell)
    result: Result = {
        "schema": SCHEMA,
        "machine": describe_machine() | {"cores": len(cores)},
        "rounds": request.plan.rounds,
        "gated": list(GATED),
        "ours": list(request.variants),
        "missing": missing,
        "models": {},
    }
    place = _Place(cache, cores, pythons, tell, {})
    for id in request.models:
        tell(f"{id}: model and reference")
        result["models"][id] = _run_model(request, id, reference, place)
    if request.extras:
        result |= _run_extras(place)
    return result


def list_cores() -> list[int]:
    """Return the cores this process may use, the last first: the first ones are busier on most machines."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0), reverse=True)
    return list(range(os.cpu_count() or 1))[::-1]


@dataclass(frozen=True)
class _Place:
    """Where a run happens: cache, cores, Pythons, whom it tells; and the job folders made so far."""

    cache: Path
    cores: list[int]
    pythons: Mapping[Peer, Path]
    tell: Callable[[str], None]
    folders: dict[str, tuple[Problem, Path]]


def _run_model(request: Request, id: str, reference: Path | NotRun, place: _Place) -> Result:
    if isinstance(reference, NotRun):
        return {"not_run": f"no reference solution: {reference.reason}"}
    try:
        problem = load_problem(id, request.folder)
    except Exception as error:  # the model is data: whatever is wrong with it, the others are measured
        return {"not_run": f"{type(error).__name__}: {error}"[:300]}
    folder = write_job(problem, place.cache, draws=DRAWS)
    place.folders[id] = (problem, folder)
    rates = write_rates(problem, folder)
    values = find_reference(problem, folder, request.plan.draws, reference)
    if isinstance(values, NotRun):
        return {"not_run": values.reason}
    running, broken = _start_engines(request, place, folder, rates)
    try:
        curves = measure_engines(
            running,
            values,
            request.plan,
            ours=request.variants,
            tell=lambda text: place.tell(f"{id}: {text}"),
        )
    finally:
        for engine in running.values():
            engine.close()
    order = [*request.variants, *(peer.label for peer in request.peers)]
    found = curves | broken
    return describe_model(problem, {n: found[n] for n in order if n in found}, request.variants)


def _start_engines(
    request: Request, place: _Place, folder: Path, rates: NotRun | None
) -> tuple[dict[str, Engine], dict[str, NotRun]]:
    """Start ours and the peers; return those that run and why the others do not."""
    started: dict[str, Engine | NotRun] = {}
    cores = place.cores[:1]
    for name in request.variants:
        module, options = VARIANTS[name]
        started[name] = start_engine(module, folder, cores=cores, options=options)
    for peer, python in place.pythons.items():
        if rates and not peer.reads_sbml:
            started[peer.label] = rates
        else:
            started[peer.label] = start_engine(
                peer.module, folder, python=python, cores=cores, options=dict(peer.options)
            )
    running = {name: item for name, item in started.items() if isinstance(item, Engine)}
    return running, {name: item for name, item in started.items() if isinstance(item, NotRun)}


def _run_extras(place: _Place) -> Result:
    cache, cores, folders = place.cache, place.cores, place.folders
    found: Result = {"first": {}, "two_cores": {}, "wide": {}, "absolute": {}}
    for id, (problem, folder) in folders.items():
        place.tell(f"{id}: first result, two cores, wide draws")
        found["first"][id] = _guard(lambda: extra.time_first_results(folder, 3, cores[0]))  # noqa: B023
        if len(cores) > 1:
            found["two_cores"][id] = extra.time_two_cores(folder, cores, TWO_CORES_ROUNDS, 400)
        found["wide"][id] = _guard(lambda: extra.survey_wide_draws(problem, cache, cores[:1]))  # noqa: B023
    for id, count in _ABSOLUTE.items():
        if id in folders:
            place.tell(f"{id}: {count:,} trajectories")
            folder = folders[id][1]
            found["absolute"][id] = _guard(lambda: extra.survey_batch(folder, count, cores))  # noqa: B023
    return found


def _guard(ask: Callable[[], Result]) -> Result:
    try:
        return ask()
    except EngineError as fault:
        return {"not_run": str(fault)}


def say(text: str) -> None:
    """Tell a person what goes on, beside the result."""
    print(text, file=sys.stderr, flush=True)
