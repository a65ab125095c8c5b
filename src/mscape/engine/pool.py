"""A pool: trajectories on their way, each with its own time, and what a kernel does with them.

A kernel takes every trajectory of the pool from where it is to its stop, or to the first event on the way,
and writes down where it is then. Whatever happens between two calls (events, doses, changes of medium, the
next chunk) is done to the pool's arrays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mscape.network.system import System

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

# How far past a turn of a trigger or switch a kernel stops at most, relative to the larger of time and step:
# far enough for the state to have moved on, so that an event which puts the state back on the edge
# is not taken for one that must fire again
LATE = 2.0**-40


class Stop(IntEnum):
    """Why a kernel put a trajectory down."""

    REACHED = 0  # its stop time
    TRIGGERED = 1  # the trigger of an event has turned, either way
    STEADY = 2  # nothing changes any more
    TOO_MANY_STEPS = 3
    STEP_TOO_SMALL = 4
    NOT_FINITE = 5
    WAITING = 6  # not taken up yet: set by whoever wants it run; a kernel leaves all others alone


@dataclass
class Pool:
    """Trajectories on their way: arrays that a kernel reads and overwrites, all C-contiguous.

    Parameters
    ----------
    time, stop
        Shape (trajectory,): where each is, and where it may go.
    step
        Shape (trajectory,): next step to try; 0 lets the kernel choose.
    state
        Shape (trajectory, state). Where a solve failed, the last state that was accepted, at ``time``.
    inputs
        Shape (trajectory, input).
    switches, triggers
        Shape (trajectory, switch) and (trajectory, event), 0 or 1: as they are now.
    reads
        Shape (trajectory, read-out): ascending times to read at; infinite where there are fewer.
    next_read
        Shape (trajectory,): how many read-outs are done.
    values
        Shape (trajectory, read-out, observable): what was read. A read-out exactly at ``time`` when a kernel
        is called is the caller's, who knows whether it belongs before or after a change; the kernel does
        those after it, up to the stop and at it.
    why
        Shape (trajectory,): a `Stop`. Only those ``WAITING`` are taken up.
    steps
        Shape (trajectory, 2): accepted and rejected steps so far.
    """

    time: Array
    stop: Array
    step: Array
    state: Array
    inputs: Array
    switches: NDArray[np.uint8]
    triggers: NDArray[np.uint8]
    reads: Array
    next_read: Integers
    values: Array
    why: Integers
    steps: Integers

    def take(self, rows: Integers | slice) -> Pool:
        """Return some of the trajectories: the same memory for a slice, a copy for indices."""
        return Pool(*(getattr(self, field.name)[rows] for field in fields(self)))

    def look(self, rows: Integers) -> Pool:
        """Return a copy of some of the trajectories as they stand, without what was read."""
        part = Pool(**(vars(self) | {"reads": self.reads[:, :0], "values": self.values[:, :0]}))
        return part.take(rows)

    def put(self, rows: Integers, part: Pool) -> None:
        """Write back trajectories that were taken by their indices."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(part, field.name)


@dataclass(frozen=True)
class Control:
    """How carefully to solve.

    Parameters
    ----------
    relative, absolute
        Tolerances; ``absolute`` one per state, in its unit.
    max_steps
        Accepted and rejected steps together, per call and trajectory.
    steady
        A trajectory rests when every |rate| <= steady * (|state| * relative + absolute), per time unit; 0
        turns this off.
    """

    relative: float
    absolute: Array
    max_steps: int = 100_000
    steady: float = 0.0


class Kernel(Protocol):
    """One system, ready to run: compiled, or interpreted for reference."""

    def advance(self, pool: Pool, control: Control) -> None:
        """Take every waiting trajectory of the pool to its stop or first event, in place."""

    def evaluate(self, group: str, pool: Pool) -> Array:
        """Return a group of nodes for each trajectory as it stands, shape (trajectory, node).

        The groups are those of `list_groups`; booleans are 0 or 1.
        """


def list_groups(system: System, observables: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Return the nodes that a kernel evaluates, by the name of their group.

    ``delays`` and ``priorities`` are of those events that have one; ``assignments`` of all events, one after
    another.
    """
    events = system.events
    return {
        "starts": system.starts,
        "derived": tuple(node for _, node in system.derived),
        "rates": system.rates,
        "switches": system.switches,
        "observables": tuple(system.readable[name] for name in observables),
        "triggers": tuple(event.trigger for event in events),
        "delays": tuple(event.delay for event in events if event.delay is not None),
        "priorities": tuple(event.priority for event in events if event.priority is not None),
        "assignments": tuple(item.value for event in events for item in event.assignments),
    }
