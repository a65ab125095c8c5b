"""A batch: many trajectories of one network through the same ordered periods, and how each of them ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mscape.errors import DataError

Array = NDArray[np.float64]


class Status(IntEnum):
    """How one trajectory ended. Anything but ``DONE`` has NaN from there on."""

    DONE = 0
    NO_INPUT = 1
    SOLVER_STOPPED = 2
    NOT_FINITE = 3
    TOO_MANY_STEPS = 4
    STEP_TOO_SMALL = 5
    EVENT_LIMIT = 6
    NOT_STEADY = 7

    @property
    def advice(self) -> str:
        """What to do about it."""
        return {
            Status.DONE: "",
            Status.NO_INPUT: "an input or a time is NaN or impossible: give every parameter a value",
            Status.SOLVER_STOPPED: "the solver gave up: loosen the tolerances or mend a value far off",
            Status.NOT_FINITE: "a value overflowed: look for a parameter far out of range",
            Status.TOO_MANY_STEPS: "too many steps: loosen the tolerances, or look for an oscillation far "
            "faster than the time asked for",
            Status.STEP_TOO_SMALL: "the step became too small: look for a value that grows without bound or "
            "a rate that is not smooth",
            Status.EVENT_LIMIT: "too many events: look for events that trigger each other without end",
            Status.NOT_STEADY: "nothing came to rest: give the period a length, or look for an oscillation",
        }[self]


@dataclass(frozen=True)
class Tolerance:
    """Relative and absolute tolerance of a solve; absolute in the unit of each state."""

    relative: float = 1e-6
    absolute: float = 1e-9


@dataclass(frozen=True)
class Change:
    """Something done to every trajectory when a period begins.

    Parameters
    ----------
    name
        A species (concentration, or amount where it has only substance units), parameter or compartment.
    how
        ``set`` it, ``add`` to it, or ``scale`` it.
    values
        One per trajectory, or one for all.
    """

    name: str
    how: Literal["set", "add", "scale"]
    values: Array | float


@dataclass(frozen=True)
class Period:
    """A stretch of time that begins with changes.

    Parameters
    ----------
    hours
        Length, one per trajectory or one for all. Infinite only until all is steady: then no time passes for
        what comes after, as for what happened before an experiment.
    changes
        Done at its beginning, in order.
    read
        Times of read-out into the period, shape (trajectory, read-out) or (read-out,); empty for none. What
        is read after all is steady is as it was then.
    steady
        A trajectory rests when each rate, per time unit, is below this share of what the tolerance allows
        its state: 0.001 is careful. 0 if the period always takes its hours.
    """

    hours: Array | float
    changes: tuple[Change, ...] = ()
    read: Array | tuple[float, ...] = ()
    steady: float = 0.0


@dataclass(frozen=True)
class Trajectories:
    """What a batch gave.

    Parameters
    ----------
    observables
        Names along the last axis.
    values
        Shape (trajectory, time, observable): the read-outs of all periods, one after another.
    status
        One `Status` per trajectory.
    """

    observables: tuple[str, ...]
    values: Array
    status: NDArray[np.int64]

    def get(self, name: str) -> Array:
        """Return one observable, shape (trajectory, time)."""
        return self.values[:, :, self.observables.index(name)]


@dataclass(frozen=True)
class Batch:
    """What is asked of a model, for ``count`` trajectories; the first of them is number ``first``."""

    inputs: Mapping[str, Array | float]
    periods: tuple[Period, ...]
    tolerance: Tolerance
    count: int
    seed: int = 0
    first: int = 0
    max_steps: int = 100_000


def make_batch(
    where: str,
    inputs: Mapping[str, Array | float],
    periods: tuple[Period, ...],
    tolerance: Tolerance,
    *,
    seed: int,
    first: int,
) -> Batch:
    """Put together what is asked of a model.

    Raises
    ------
    DataError
        Values for different numbers of trajectories, or an impossible tolerance.
    """
    if not (0 < tolerance.relative < 1 and 0 < tolerance.absolute < np.inf):
        found = f"tolerances {tolerance.relative:g} and {tolerance.absolute:g}"
        raise DataError(where, found, "a relative one in (0, 1), an absolute one above 0", "give such")
    return Batch(inputs, periods, tolerance, count_batch(where, inputs, periods), seed, first)


def count_batch(where: str, inputs: Mapping[str, Array | float], periods: tuple[Period, ...]) -> int:
    """Return the number of trajectories: the length of every array that is not of length 1.

    Raises
    ------
    DataError
        There are several.
    """
    sizes = {np.size(value) for value in inputs.values() if np.ndim(value) == 1}
    for period in periods:
        many = (period.hours, *(change.values for change in period.changes))
        sizes |= {np.size(value) for value in many if np.ndim(value) == 1}
        if np.ndim(period.read) == 2:
            sizes.add(len(period.read))
    sizes.discard(1)
    if len(sizes) > 1:
        found = f"values for {' and '.join(str(size) for size in sorted(sizes))} trajectories"
        raise DataError(where, found, "one value, or one per trajectory", "give arrays of one length")
    return sizes.pop() if sizes else 1
