"""A batch: many trajectories of one network through the same ordered periods, and how each of them ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Status(IntEnum):
    """How one trajectory ended. Anything but ``DONE`` has NaN from there on."""

    DONE = 0
    NO_INPUT = 1
    SOLVER_STOPPED = 2
    NOT_FINITE = 3

    @property
    def advice(self) -> str:
        """What to do about it."""
        return {
            Status.DONE: "",
            Status.NO_INPUT: "an input or a time is NaN or impossible: give every parameter a value",
            Status.SOLVER_STOPPED: "the solver gave up: loosen the tolerances or mend a value far off",
            Status.NOT_FINITE: "a value overflowed: look for a parameter far out of range",
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
    """A stretch of time without a discontinuity inside.

    Parameters
    ----------
    hours
        Length, one per trajectory or one for all.
    changes
        Done at its beginning, in order.
    read
        Times of read-out into the period, shape (trajectory, read-out) or (read-out,); empty for none.
    """

    hours: Array | float
    changes: tuple[Change, ...] = ()
    read: Array | tuple[float, ...] = ()


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


def count_trajectories(inputs: Mapping[str, Array | float]) -> int:
    """Return the number of trajectories that a set of inputs describes: the length of its arrays, or 1."""
    lengths = {np.size(value) for value in inputs.values() if np.ndim(value) == 1}
    return lengths.pop() if lengths else 1
