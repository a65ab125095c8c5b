"""Ensembles kept between runs, for the user alone: reread where nothing they depend on has changed.

The name of an ensemble is a digest of the record, the tables it draws on, its priors, our own code, seed and
number of particles, so that a change of any of them is another ensemble. Beside it, while it is computed,
stands the state after the last stage: a run that was stopped goes on from there and ends bit for bit where it
would have ended. Whatever is damaged counts as absent, and a folder that cannot be written changes nothing
but the time.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path

import numpy as np

from mscape.engine.llvm.cache import find_folder as find_kernels
from mscape.errors import DataError, OutputError
from mscape.experiments.bench import SCORE_TOLERANCE
from mscape.experiments.bind import Bound
from mscape.inference.fit import Ensemble, fit_mechanism
from mscape.inference.particle import Particles
from mscape.inference.smc import Stage, State
from mscape.standards.zarr_particles import read_particles, write_particles
from mscape.store import VERSION, Provenance, hash_folder, write_bytes_atomic

PARTICLES = 2000
_CODE = ("network", "engine", "experiments")
_SAMPLER = ("fit", "likelihood", "move", "particle", "smc", "target")


@dataclass(frozen=True)
class Progress:
    """Whom to tell: of trajectories solved since the last call, and of the power reached (0 to 1)."""

    solved: Callable[[int], None] | None = None
    power: Callable[[float], None] | None = None


def load_ensemble(
    bound: Bound,
    *,
    seed: int = 1,
    particles: int = PARTICLES,
    again: bool = False,
    progress: Progress | None = None,
) -> Ensemble:
    """Return the ensemble of a mechanism: reread if it was computed before, else computed and kept.

    Parameters
    ----------
    bound
        The record and its model; `rescale_priors` gives one with wider or narrower priors.
    seed
        Of everything that is drawn.
    particles
        How many parameter sets.
    again
        Compute it though it is kept.
    progress
        Whom to tell how far it is.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    told = progress or Progress()
    folder = find_folder()
    key = make_key(bound, seed=seed, particles=particles)
    if folder is None:
        return fit_mechanism(bound, seed=seed, particles=particles, progress=told.power, solved=told.solved)
    kept, state = folder / f"{key}.zarr", Checkpoint(folder / f"{key}.state")
    if not again:
        try:
            return read_particles(kept).ensemble
        except DataError:
            shutil.rmtree(kept, ignore_errors=True)  # damaged, or not there
    ensemble = fit_mechanism(
        bound,
        seed=seed,
        particles=particles,
        progress=told.power,
        solved=told.solved,
        start=None if again else state.load(seed, particles),
        keep=state.keep,
    )
    with contextlib.suppress(OutputError):
        write_ensemble(kept, ensemble, bound)
    state.drop()
    return ensemble


def write_ensemble(path: Path, ensemble: Ensemble, bound: Bound) -> None:
    """Write an ensemble where the user wants it.

    Raises
    ------
    OutputError
        As in `mscape.standards.zarr_particles.write_particles`.
    """
    provenance = Provenance(
        atlas_hash=bound.atlas.hash,
        seed=ensemble.seed,
        relative_tolerance=SCORE_TOLERANCE.relative,
        absolute_tolerance=SCORE_TOLERANCE.absolute,
        mechanisms=(bound.id,),
    )
    write_particles(path, ensemble, record_hash=hash_bound(bound), provenance=provenance)


def read_ensemble(path: Path, bound: Bound) -> Ensemble:
    """Read an ensemble of a mechanism from where the user has it.

    Raises
    ------
    DataError
        There is none, it is damaged, of another mechanism, or of another state of the record or its priors.
    """
    stored = read_particles(path)
    found = stored.ensemble
    if found.mechanism != bound.id:
        advice = f"give one that mscape fit {bound.id} --out DIR wrote"
        raise DataError(str(path), f"an ensemble of {found.mechanism}", bound.id, advice)
    if stored.record_hash != hash_bound(bound):
        advice = f"make it anew with mscape fit {bound.id} --out DIR"
        raise DataError(
            str(path), "an ensemble of another state of the record", "the record as it is", advice
        )
    return found


def find_folder() -> Path | None:
    """Return the folder of ensembles, made if need be; None where there can be none.

    ``ensembles`` within what ``MSCAPE_CACHE`` names, or beside the compiled code in the user's cache folder.
    """
    kernels = find_kernels()
    if kernels is None:
        return None
    folder = (kernels if os.environ.get("MSCAPE_CACHE") else kernels.parent) / "ensembles"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    return folder


def make_key(bound: Bound, *, seed: int, particles: int) -> str:
    """Return the name of an ensemble: a digest of all it depends on."""
    parts = (hash_bound(bound), identify_code(), seed, particles)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def hash_bound(bound: Bound) -> str:
    """Return a digest of a record, the shared tables its simulations draw on, and its priors."""
    record, atlas = bound.record, bound.atlas
    parts = (
        record.mechanism,
        record.model,
        record.parameters,
        record.observations,
        record.contrasts,
        sorted(atlas.motifs.items()),
        atlas.parameters,
        sorted(atlas.drugs.items()),
        atlas.drug_classes,
        atlas.lines,
        atlas.potency,
        sorted(bound.priors.items()),
        str(bound.width),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@cache
def identify_code() -> str:
    """Return what stands for this version of the code that an ensemble depends on."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256(f"{VERSION} {np.__version__}\n".encode())
    for name in _CODE:
        digest.update(hash_folder(package / name, suffixes=(".py",)).encode())
    for name in _SAMPLER:
        digest.update((package / "inference" / f"{name}.py").read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class Checkpoint:
    """The state of a fit after its last stage, in a file of its own."""

    path: Path

    def keep(self, state: State) -> None:
        """Keep a state; where it cannot be written, a stopped run begins anew."""
        names = sorted(state.particles.axes)
        stream = io.BytesIO()
        np.savez(
            stream,
            names=np.array(names, dtype=np.str_),
            axes=np.stack([state.particles.axes[name] for name in names]) if names else np.zeros((0, 0)),
            terms=state.terms,
            ancestors=state.ancestors,
            numbers=np.array([state.power, state.log_evidence]),
            steps=np.array(state.steps),
            stages=np.array([astuple(stage) for stage in state.stages]),
        )
        with contextlib.suppress(OutputError):
            write_bytes_atomic(self.path, stream.getvalue())

    def load(self, seed: int, count: int) -> State | None:
        """Return the state kept; None if there is none, or none that can be trusted."""
        try:
            with np.load(io.BytesIO(self.path.read_bytes()), allow_pickle=False) as held:
                found = {name: np.asarray(held[name]) for name in held.files}
            axes = {str(name): axis for name, axis in zip(found["names"], found["axes"], strict=True)}
            stages = tuple(_read_stage(row) for row in found["stages"])
            power, log_evidence = (float(number) for number in found["numbers"])
            steps = tuple(float(step) for step in found["steps"])
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            return None
        if any(axis.shape != (count,) for axis in (*axes.values(), found["ancestors"])):
            return None
        particles = Particles(seed, count, axes)
        return State(particles, found["terms"], found["ancestors"], count, power, log_evidence, steps, stages)

    def drop(self) -> None:
        """Forget the state: the fit is whole."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


def _read_stage(row: np.ndarray) -> Stage:
    power, effective, accepted, step, moves, kept = (float(number) for number in row)
    return Stage(power, effective, accepted, step, int(moves), kept)
