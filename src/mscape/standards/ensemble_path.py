"""The populations that a fit went through, kept beside its ensemble: what predictions without a paper need.

Each stage's state is a file of its own in a folder with the ensemble's name. A run that was stopped goes on
from the last of them, and ends bit for bit where it would have ended; a damaged one counts as absent, with
all after it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from mscape.errors import DataError, OutputError
from mscape.experiments.bind import Bound
from mscape.inference.fit import Ensemble, fit_mechanism
from mscape.inference.smc import State
from mscape.standards.ensemble_cache import (
    PARTICLES,
    Checkpoint,
    Progress,
    find_folder,
    make_key,
    write_ensemble,
)
from mscape.standards.zarr_particles import read_particles


def load_path(
    bound: Bound, *, seed: int = 1, particles: int = PARTICLES, progress: Progress | None = None
) -> tuple[Ensemble, tuple[State, ...]]:
    """Return the ensemble of a mechanism and the states it went through: reread if they were kept.

    The ensemble is that of `mscape.standards.ensemble_cache.load_ensemble`, and is kept where that looks.

    Parameters
    ----------
    bound
        The record and its model.
    seed, particles
        Of everything that is drawn, and how many parameter sets.
    progress
        Whom to tell how far it is.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    folder = find_folder()
    key = make_key(bound, seed=seed, particles=particles) if folder else ""
    states = [] if folder is None else list(_read_states(folder / f"{key}.path", (seed, particles)))
    kept = None if folder is None else folder / f"{key}.zarr"
    if kept and states and states[-1].power >= 1:
        with contextlib.suppress(DataError):
            return read_particles(kept).ensemble, tuple(states)

    def keep(state: State) -> None:
        if folder is not None:
            _name_state(folder / f"{key}.path", len(states)).keep(state)
        states.append(state)

    told = progress or Progress()
    ensemble = fit_mechanism(
        bound,
        seed=seed,
        particles=particles,
        progress=told.power,
        solved=told.solved,
        start=states[-1] if states else None,
        keep=keep,
    )
    if kept:
        with contextlib.suppress(OutputError):
            write_ensemble(kept, ensemble, bound)
    return ensemble, tuple(states)


def _read_states(folder: Path, shape: tuple[int, int]) -> Iterator[State]:
    """Yield the states kept, from the first to the last that is whole."""
    seed, count = shape
    number = 0
    while state := _name_state(folder, number).load(seed, count):
        yield state
        if state.power >= 1:
            return
        number += 1


def _name_state(folder: Path, number: int) -> Checkpoint:
    return Checkpoint(folder / f"{number:03}.state")
