"""An ensemble: one network, many draws of its inputs, in chunks so that memory stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from mscape.engine.batch import Array, Period, Tolerance, Trajectories
from mscape.engine.simulate import simulate
from mscape.engine.variation import Variation
from mscape.network.network import ReactionNetwork

CHUNK_BYTES = 128_000_000  # of results; a chunk is also what is lost of a run that is killed


def simulate_ensemble(
    network: ReactionNetwork,
    variations: tuple[Variation, ...],
    times: Array,
    observables: tuple[str, ...],
    *,
    draws: int,
    seed: int,
    tolerance: Tolerance,
    fixed: Mapping[str, float] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[tuple[dict[str, Array], Trajectories]]:
    """Simulate draws of a network's inputs, a chunk at a time.

    Parameters
    ----------
    network
        The model.
    variations
        What varies; everything else is as in the network.
    times
        Read-out times from the start, in the network's unit of time, shape (time,).
    observables
        Names to read.
    draws, seed
        Number of trajectories and seed; trajectory i is the same whatever the number and the chunks.
    tolerance
        Of the solver.
    fixed
        Inputs set for all trajectories.
    progress
        Called with the number of trajectories finished since the last call.

    Yields
    ------
    dict, Trajectories
        The varied inputs, one value per trajectory, and the trajectories of one chunk.

    Raises
    ------
    ModelError
        An input or observable the network does not have; before anything is solved.
    """
    size = count_chunk(len(times), len(observables))
    end, read = float(np.max(times, initial=0.0)), tuple(float(t) for t in times)
    for start in range(0, draws, size):
        count = min(size, draws - start)
        varied = {item.name: item.draw(seed, start, count) for item in variations}
        inputs: dict[str, Array | float] = {**(fixed or {}), **varied}
        period = Period(np.full(count, end), read=read)  # says how many there are, even where nothing varies
        done = simulate(
            network, inputs, (period,), observables, tolerance=tolerance, progress=progress, seed=seed,
            first=start,
        )  # fmt: skip
        yield varied, done


def count_chunk(times: int, observables: int) -> int:
    """Return how many trajectories go through at once."""
    return max(1024, CHUNK_BYTES // (8 * max(times, 1) * max(observables, 1)) // 1024 * 1024)
