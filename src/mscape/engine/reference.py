"""The reference kernel: a system interpreted with NumPy. Slow; what compiled kernels are compared with.

It pivots and uses derivatives that are exact whatever the rates hold, so that it also solves what a compiled
kernel gives up on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mscape.engine.interpret import TINY, Plan, Symbols, plan_nodes
from mscape.engine.pool import LATE, Array, Control, Integers, Pool, Stop, list_groups
from mscape.engine.rosenbrock import Step, try_step
from mscape.network.system import System

SAFETY, LEAST, MOST = 0.9, 0.2, 6.0
LOOKS = (0.25, 0.5, 0.75, 1.0)  # shares of a step at which switches and triggers are looked at


@dataclass(frozen=True)
class Reference:
    """A kernel that interprets its system."""

    system: System
    plans: dict[str, Plan]

    def evaluate(self, group: str, pool: Pool) -> Array:
        """Return a group of nodes for each trajectory as it stands, shape (trajectory, node)."""
        return self._stack(group, pool, pool.time, pool.state)

    def advance(self, pool: Pool, control: Control) -> None:
        """Take every waiting trajectory of the pool to its stop or first event, in place."""
        rows = np.flatnonzero(pool.why == Stop.WAITING)
        part = pool.take(rows)
        with np.errstate(all="ignore"):
            _Run(self, part, control).finish()
        pool.put(rows, part)

    def rates(self, pool: Pool, time: Array, state: Array) -> Array:
        """Return d state / dt with the switches as the pool holds them."""
        return self._stack("rates", pool, time, state)

    def derive(self, pool: Pool, time: Array, state: Array) -> tuple[Array, Array]:
        """Return derivatives of the rates by each state, (trajectory, rate, state), and by time."""
        count, size = state.shape
        jacobian = np.empty((count, size, size))
        columns = _columns(state)
        for index in range(size + 1):
            moved: list[NDArray[Any]] = [*columns]
            at = time.astype(complex)
            if index < size:
                moved[index] = columns[index] + TINY * 1j
            else:
                at = at + TINY * 1j
            symbols = Symbols(moved, _columns(pool.inputs), at, _columns(pool.switches))
            slopes = self.plans["rates"].evaluate(symbols)
            found = np.zeros((count, size))
            for row, slope in enumerate(slopes):
                found[:, row] = np.imag(slope) / TINY
            # any number will do, the error estimate sees to the rest
            found[~np.isfinite(found)] = 0.0
            if index < size:
                jacobian[:, :, index] = found
            else:
                drift = found
        return jacobian, drift

    def watch(self, pool: Pool, time: Array, state: Array) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return switches and triggers as they would be at some time and state."""
        parts = [self._stack(g, pool, time, state) for g in ("switches", "triggers")]
        return parts[0].astype(np.uint8), parts[1].astype(np.uint8)

    def observe(self, pool: Pool, time: Array, state: Array) -> Array:
        """Return the observables at some time and state."""
        return self._stack("observables", pool, time, state)

    def _stack(self, group: str, pool: Pool, time: Array, state: Array) -> Array:
        symbols = Symbols(_Columns(state), _Columns(pool.inputs), time, _Columns(pool.switches))
        return self.plans[group].stack(symbols)


def interpret(system: System, observables: Sequence[str]) -> Reference:
    """Return the reference kernel of a system."""
    groups = list_groups(system, observables)
    return Reference(system, {name: plan_nodes(system.graph, nodes) for name, nodes in groups.items()})


def _columns(table: NDArray[np.float64] | NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """Return the columns of a table, each contiguous: NumPy may round by how values lie in memory."""
    dtype = bool if table.dtype == np.uint8 else float
    return list(np.ascontiguousarray(table.T, dtype=dtype))


class _Columns(Sequence[NDArray[np.float64]]):
    """The same columns, each made when it is asked for: most groups need few."""

    def __init__(self, table: NDArray[np.float64] | NDArray[np.uint8]) -> None:
        self._table = table
        self._type = bool if table.dtype == np.uint8 else float

    def __len__(self) -> int:
        return int(self._table.shape[1])

    def __getitem__(self, index: int) -> NDArray[np.float64]:  # type: ignore[override]
        return np.ascontiguousarray(self._table[:, index], dtype=self._type)


@dataclass
class _Run:
    """One call of `Reference.advance`: a trajectory of ``pool`` is on its way until its ``why`` says else."""

    kernel: Reference
    pool: Pool
    control: Control

    def finish(self) -> None:
        pool, steps = self.pool, self.pool.steps.sum(axis=1)
        pool.why[pool.time >= pool.stop] = Stop.REACHED
        pool.why[~np.isfinite(pool.state).all(axis=1)] = Stop.NOT_FINITE
        previous = np.ones(len(pool.time))
        while (on := np.flatnonzero(pool.why == Stop.WAITING)).size:
            here = pool.take(on)
            self._go_on(here, previous, on)
            late = (here.steps.sum(axis=1) - steps[on] >= self.control.max_steps) & (here.why == Stop.WAITING)
            here.why[late] = Stop.TOO_MANY_STEPS
            pool.put(on, here)

    def _go_on(self, here: Pool, previous: Array, on: Integers) -> None:
        """Try one step of every trajectory; its own size of error decides what comes of it."""
        rates = self.kernel.rates(here, here.time, here.state)
        here.why[~np.isfinite(rates).all(axis=1)] = Stop.NOT_FINITE
        if self.control.steady:
            allowed = self.control.steady * (np.abs(here.state) * self.control.relative + self._absolute)
            here.why[(np.abs(rates) <= allowed).all(axis=1)] = Stop.STEADY
        fresh = here.step <= 0
        here.step[fresh] = self._first_step(here, rates)[fresh]
        left = here.stop - here.time
        last = here.step >= left * (1 - 1e-12)
        length = np.where(last, left, np.where(here.step > left / 2, left / 2, here.step))
        # x^0.5 has an infinite slope at 0, which would freeze the state there: slopes are taken a little off
        off = np.where(np.abs(here.state) < self._absolute, self._absolute, here.state)
        jacobian, drift = self.kernel.derive(here, here.time, off)
        step = try_step(
            lambda time, state: self.kernel.rates(here, time, state),
            jacobian,
            drift,
            (here.time.copy(), here.state.copy(), length),
        )
        error = self._measure(step.error, np.maximum(np.abs(step.before), np.abs(step.after)))
        error[~np.isfinite(step.after).all(axis=1)] = np.nan
        running = here.why == Stop.WAITING
        fine = running & (error <= 1)
        self._resize(here, step, error, previous, on)
        here.steps[running, 1] += ~fine[running]
        here.steps[fine, 0] += 1
        if fine.any():
            _accept(self.kernel, here, step, np.flatnonzero(fine), last)
        small = running & ~fine & (here.step <= 1e-15 * np.abs(here.time) + 1e-22 * left)
        here.why[small] = np.where(np.isfinite(error[small]), Stop.STEP_TOO_SMALL, Stop.NOT_FINITE)

    @property
    def _absolute(self) -> Array:
        return self.control.absolute

    def _first_step(self, here: Pool, rates: Array) -> Array:
        """Return a step in which a straight line would change the state by little."""
        if not here.state.shape[1]:
            return here.stop - here.time
        size = self._measure(here.state, np.abs(here.state))
        speed = self._measure(rates, np.abs(here.state))
        guess = np.where((size < 1e-5) | (speed < 1e-5), 1e-6, 0.01 * size / np.where(speed > 0, speed, 1.0))
        return np.where(np.isfinite(guess), np.minimum(guess, here.stop - here.time), 1e-6)

    def _measure(self, values: Array, size: Array) -> Array:
        """Return the root mean square over states of values relative to what the tolerance allows."""
        total = np.zeros(len(values))
        for i in range(values.shape[1]):
            allowed = self.control.absolute[i] + self.control.relative * size[:, i]
            total += (values[:, i] / allowed) ** 2
        return np.asarray(np.sqrt(total / max(values.shape[1], 1)))

    def _resize(self, here: Pool, step: Step, error: Array, previous: Array, on: Integers) -> None:
        """Set the next step by this error and the one before (PI control)."""
        least = np.maximum(error, 1e-10)
        factor = SAFETY * least**-0.14 * np.maximum(previous[on], 1e-4) ** 0.08
        fine = error <= 1
        factor = np.where(fine, np.clip(factor, LEAST, MOST), np.clip(SAFETY * least**-0.2, LEAST, 0.9))
        factor = np.where(np.isfinite(error), factor, 0.1)
        tried = step.length * factor
        # a step cut short by the stop says nothing against the longer one that was planned
        here.step[:] = np.where(fine & (step.length < here.step), np.maximum(tried, here.step), tried)
        previous[on] = np.where(fine, least, previous[on])


def _accept(kernel: Reference, here: Pool, step: Step, rows: Integers, last: NDArray[np.bool_]) -> None:
    """Move trajectories to the end of their step, or to where a switch or a trigger turned in it."""
    part = here.take(rows)
    end = np.where(last[rows], part.stop, step.time[rows] + step.length[rows])
    state = step.after[rows].copy()
    turned = np.zeros(len(rows), dtype=bool)
    if kernel.system.switches or kernel.system.events:
        end, turned = _find_turn(kernel, part, step, rows, end)
        state[turned] = step.at(end[turned], rows[turned])
    part.time[:] = end
    _read(kernel, part, step, rows)
    part.state[:] = state
    part.why[end >= part.stop] = Stop.REACHED
    if turned.any():
        switches, triggers = kernel.watch(part, part.time, part.state)
        part.switches[:] = switches
        part.why[(triggers != part.triggers).any(axis=1)] = Stop.TRIGGERED
    here.put(rows, part)


def _find_turn(
    kernel: Reference, part: Pool, step: Step, rows: Integers, end: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """Return where each step ends, just after a first turn if there is one, and whether there is."""

    def is_turned(which: Integers, time: Array, state: Array) -> NDArray[np.bool_]:
        some = part.take(which)
        switches, triggers = kernel.watch(some, time, state)
        turned = (switches != some.switches).any(axis=1) | (triggers != some.triggers).any(axis=1)
        return np.asarray(turned)

    everyone = np.arange(len(rows))
    low, high = step.time[rows].copy(), end.copy()
    turned = np.zeros(len(rows), dtype=bool)
    for share in LOOKS:
        time = end if share == 1 else step.time[rows] + share * (end - step.time[rows])
        state = step.after[rows] if share == 1 else step.at(time, rows)
        now = is_turned(everyone, time, state) & ~turned
        high[now] = time[now]
        turned |= now
        low[~turned] = time[~turned]
    left = np.flatnonzero(turned)
    while left.size:
        middle = 0.5 * (low[left] + high[left])
        near = LATE * np.maximum(np.abs(high[left]), step.length[rows[left]])
        go = (high[left] - low[left] > near) & (middle > low[left]) & (middle < high[left])
        left, middle = left[go], middle[go]
        past = is_turned(left, middle, step.at(middle, rows[left]))
        high[left[past]] = middle[past]
        low[left[~past]] = middle[~past]
    return high, turned


def _read(kernel: Reference, part: Pool, step: Step, rows: Integers) -> None:
    """Write down every read-out between the beginning of the step and where it now ends."""
    count = part.reads.shape[1]
    while True:
        next_time = part.reads[np.arange(len(rows)), np.minimum(part.next_read, count - 1)] if count else []
        due = np.flatnonzero((part.next_read < count) & (next_time <= part.time)) if count else np.array([])
        if not due.size:
            return
        some, time = part.take(due), np.asarray(next_time)[due]
        part.values[due, some.next_read] = kernel.observe(some, time, step.at(time, rows[due]))
        part.next_read[due] += 1
