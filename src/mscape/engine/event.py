"""Events as SBML means them: what waits, what fires, and in what order, for many trajectories at once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mscape.engine.pool import Array, Integers, Kernel, Pool
from mscape.engine.random import draw_uniform
from mscape.network.system import EventEquations, System

MOST_AT_ONCE = 1000  # events of one trajectory without time passing


class Agenda:
    """The events of a chunk of trajectories: those that were triggered and wait, and those that fire.

    Parameters
    ----------
    system
        Whose events.
    kernel
        Evaluates triggers, delays, priorities and assignments.
    seed, numbers
        Order of events of equal priority: depends on the seed and the number of each trajectory.
    """

    def __init__(self, system: System, kernel: Kernel, seed: int, numbers: Integers) -> None:
        self.events: tuple[EventEquations, ...] = system.events
        self.kernel = kernel
        self.seed, self.numbers, count = seed, numbers, len(numbers)
        ends = np.cumsum([0, *(len(event.assignments) for event in self.events)])
        self.values = [slice(int(a), int(b)) for a, b in pairwise(ends)]
        width = max((len(event.assignments) for event in self.events), default=0)
        self.due: Array = np.full((count, len(self.events)), np.inf)
        self.event: Integers = np.zeros(self.due.shape, dtype=np.int64)
        self.held: Array = np.zeros((*self.due.shape, width))
        self.draws: Integers = np.zeros(count, dtype=np.int64)

    def next_due(self) -> Array:
        """Return when the next waiting event of each trajectory fires; infinite for none."""
        return np.asarray(self.due.min(axis=1))

    def shift(self, rows: Integers, hours: Array) -> None:
        """Move what waits when the clock is set to another time."""
        self.due[rows] += hours[:, None]

    def fire(self, pool: Pool, rows: Integers) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Do all that happens in some trajectories at the time they are at.

        Returns
        -------
        tuple[NDArray[np.bool_], NDArray[np.bool_]]
            Of each trajectory of the pool: whether anything fired, and whether it never came to an end.
        """
        fired, endless = np.zeros((2, len(pool.time)), dtype=bool)
        left = rows
        for _ in range(MOST_AT_ONCE):
            self._trigger(pool, left)
            left = left[(self.due[left] <= pool.time[left, None]).any(axis=1)]
            if not left.size:
                return fired, endless
            fired[left] = True
            self._execute(pool, left, self._choose(pool, left))
        endless[left] = True
        return fired, endless

    def _trigger(self, pool: Pool, rows: Integers) -> None:
        """Compare triggers with what they were; queue those that turned true, drop what no longer holds."""
        part = pool.look(rows)
        now = self.kernel.evaluate("triggers", part).astype(np.uint8)
        risen, fallen = (now > part.triggers), (now < part.triggers)
        pool.triggers[rows] = now
        for index, event in enumerate(self.events):
            if not event.persistent and fallen[:, index].any():
                lost = rows[fallen[:, index]]
                self.due[lost] = np.where(self.event[lost] == index, np.inf, self.due[lost])
        if risen.any():
            self._queue(part, rows, risen)

    def _queue(self, part: Pool, rows: Integers, risen: NDArray[np.bool_]) -> None:
        delays = self._scatter("delays", part, [event.delay is not None for event in self.events], 0.0)
        values = self.kernel.evaluate("assignments", part)
        for index, event in enumerate(self.events):
            some = np.flatnonzero(risen[:, index])
            if not some.size:
                continue
            at, slots = rows[some], self._find_free(rows[some])
            delay = delays[some, index]
            # a delay below 0, or NaN, has no meaning: at once
            self.due[at, slots] = part.time[some] + np.where(delay > 0, delay, 0.0)
            self.event[at, slots] = index
            if event.from_trigger_time:
                self.held[at, slots, : len(event.assignments)] = values[some, self.values[index]]

    def _find_free(self, rows: Integers) -> Integers:
        """Return a free slot of each trajectory's queue, which grows if need be."""
        free = self.due[rows] == np.inf
        if not free.any(axis=1).all():
            self.due = np.concatenate([self.due, np.full_like(self.due, np.inf)], axis=1)
            self.event = np.concatenate([self.event, np.zeros_like(self.event)], axis=1)
            self.held = np.concatenate([self.held, np.zeros_like(self.held)], axis=1)
            free = self.due[rows] == np.inf
        return np.asarray(free.argmax(axis=1))

    def _choose(self, pool: Pool, rows: Integers) -> Integers:
        """Return the slot of the next event of each trajectory: the highest priority, or one at random."""
        ready = self.due[rows] <= pool.time[rows, None]
        if (ready.sum(axis=1) == 1).all():
            return np.asarray(ready.argmax(axis=1))
        given = [event.priority is not None for event in self.events]
        priority = self._scatter("priorities", pool.look(rows), given, -np.inf)
        rank = np.where(ready, np.take_along_axis(priority, self.event[rows], axis=1), -np.inf)
        rank = np.where(np.isnan(rank), -np.inf, rank)
        best = ready & (rank == rank.max(axis=1, keepdims=True))
        slots = np.asarray(best.argmax(axis=1))
        for row in np.flatnonzero(best.sum(axis=1) > 1):
            slots[row] = self._draw(int(rows[row]), best[row])
        return slots

    def _draw(self, row: int, best: NDArray[np.bool_]) -> int:
        """Return one of the slots; which does not depend on the order in which they were filled."""
        slots = sorted(np.flatnonzero(best), key=lambda slot: int(self.event[row, slot]))
        share = draw_uniform(self.seed, f"event of {self.numbers[row]}", int(self.draws[row]), 1)[0]
        self.draws[row] += 1
        return int(slots[int(share * len(slots))])

    def _execute(self, pool: Pool, rows: Integers, slots: Integers) -> None:
        """Do the assignments of one event of each trajectory, all at once."""
        current = self.kernel.evaluate("assignments", pool.look(rows))
        for index, event in enumerate(self.events):
            mine = np.flatnonzero(self.event[rows, slots] == index)
            values = current[mine, self.values[index]]
            if event.from_trigger_time:
                values = self.held[rows[mine], slots[mine], : len(event.assignments)]
            for column, item in enumerate(event.assignments):
                kind, place = item.target
                target = pool.state if kind == "state" else pool.inputs
                target[rows[mine], place] = values[:, column]
        self.due[rows, slots] = np.inf

    def _scatter(self, group: str, part: Pool, given: list[bool], other: float) -> Array:
        """Return one column per event of a group that only some events are in."""
        values = np.full((len(part.time), len(self.events)), other)
        if any(given):
            values[:, given] = self.kernel.evaluate(group, part)
        return values
