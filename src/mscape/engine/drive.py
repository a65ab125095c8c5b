"""Drive a chunk of trajectories through the periods of a batch: changes, events, read-outs, failures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mscape.engine.batch import Array, Batch, Change, Period, Status
from mscape.engine.breakpoint import cut_period, locate_breakpoints
from mscape.engine.event import Agenda
from mscape.engine.interpret import Symbols, evaluate_nodes
from mscape.engine.model import Model
from mscape.engine.pool import Control, Integers, Kernel, Pool, Stop
from mscape.engine.reference import Reference

HORIZON = 1e12  # time units after which what never rests is given up
MOST_STOPS = 1_000_000  # of one trajectory in one period
SPARE_STEPS = 5_000  # of the reference kernel, which is slow
_DONE = int(Status.DONE)  # asked often, and looking up a member of an enumeration takes its time
_FAILED = {
    Stop.TOO_MANY_STEPS: Status.TOO_MANY_STEPS,
    Stop.STEP_TOO_SMALL: Status.STEP_TOO_SMALL,
    Stop.NOT_FINITE: Status.NOT_FINITE,
}


def run_chunk(model: Model, batch: Batch, rows: slice, values: Array) -> NDArray[np.int64]:
    """Solve some trajectories of a batch.

    Parameters
    ----------
    model, batch
        What is solved.
    rows
        Which trajectories.
    values
        Their read-outs, shape (trajectory, read-out, observable), filled in place; NaN at first.

    Returns
    -------
    NDArray[np.int64]
        One `Status` per trajectory.
    """
    inside = _read_inside(batch, rows)
    if inside.all() or not inside.any():
        status = _Chunk(model, batch, rows, values, inside=bool(inside.all())).run()
    else:  # which kernel solves a trajectory must not depend on its neighbours
        status = np.empty(len(values), dtype=np.int64)
        for some in (inside, ~inside):
            part, own = values[some], rows.start + np.flatnonzero(some)
            status[some] = _Chunk(model, batch, own, part, inside=some is inside).run()
            values[some] = part
    flat = values.reshape(len(values), -1)
    broken = _find_rows(flat, lambda some: ~np.isfinite(some).all(axis=1))
    status[broken[status[broken] == Status.DONE]] = Status.NOT_FINITE
    return status


def _find_rows(table: Array, wrong: Callable[[Array], Any]) -> Integers:
    """Return the rows that are wrong, which only those can be that do not add up: sums are quick."""
    with np.errstate(all="ignore"):
        if np.isfinite(table.sum()):
            return np.zeros(0, dtype=np.int64)
        suspect = np.flatnonzero(~np.isfinite(np.einsum("ij->i", table)))
    return np.asarray(suspect[wrong(table[suspect])] if suspect.size else suspect)


def _read_inside(batch: Batch, rows: slice) -> NDArray[np.bool_]:
    """Return which trajectories are read at other times than at the ends of periods."""
    inside = np.zeros(rows.stop - rows.start, dtype=bool)
    for period in batch.periods:
        if np.size(period.hours) == 1 and np.ndim(period.read) < 2:  # all alike
            reads = np.asarray(period.read, dtype=float)
            inside |= bool(((reads != 0) & (reads != np.asarray(period.hours).item())).any())
            continue
        reads = _pick_rows(period.read, rows)
        apart = (reads != 0) & (reads != _pick(period.hours, rows).reshape(-1, 1))
        inside |= apart[:, 0] if apart.shape[1] == 1 else apart.any(axis=1)
    return inside


class _Chunk:
    """Trajectories on their way through periods: *inside*, all read there, or all only where they end."""

    def __init__(
        self, model: Model, batch: Batch, rows: Integers | slice, values: Array, *, inside: bool
    ) -> None:
        system, count = model.system, len(values)
        kernel: Kernel = model.kernel if inside else model.bare
        self.model, self.kernel, self.batch, self.rows = model, kernel, batch, rows
        numbers = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
        self.inside = inside
        self.status = np.zeros(count, dtype=np.int64)
        self.agenda = Agenda(system, kernel, batch.seed, batch.first + numbers)
        tolerance = batch.tolerance
        absolute = np.full(len(system.states), float(tolerance.absolute))
        self.control = Control(tolerance.relative, absolute, batch.max_steps)
        self.reads: Array = np.full(values.shape[:2], np.inf)
        self.breaks: Array = np.empty((count, len(model.breakpoints)))
        self.pool = Pool(
            time=np.zeros(count),
            stop=np.zeros(count),
            step=np.zeros(count),
            state=np.zeros((count, len(system.states))),
            inputs=_repeat(model.defaults, count),
            switches=np.zeros((count, len(system.switches)), dtype=np.uint8),
            triggers=_repeat(np.array([e.initial for e in system.events], dtype=np.uint8), count),
            reads=np.full(values.shape[:2], np.inf),
            next_read=np.zeros(count, dtype=np.int64),
            values=values,
            why=np.full(count, Stop.REACHED, dtype=np.int64),
            steps=np.zeros((count, 2), dtype=np.int64),
        )

    @property
    def alive(self) -> NDArray[np.bool_]:
        """Which trajectories have not failed."""
        return np.asarray(self.status == _DONE)

    def run(self) -> NDArray[np.int64]:
        """Solve all periods; return the statuses."""
        with np.errstate(all="ignore"):
            self.start()
            column = 0
            for period in self.batch.periods:
                column = self.run_period(period, column)
        return self.status

    def start(self) -> None:
        """Set inputs and states as they are at the start."""
        pool, model = self.pool, self.model
        given = np.zeros(len(model.system.inputs), dtype=bool)
        for name, value in self.batch.inputs.items():
            index = model.input_index[name]
            given[index] = True
            pool.inputs[:, index] = _pick(value, self.rows)
        self._derive(given)
        pool.state[:] = model.reference.evaluate("starts", pool)
        # what the model itself computes may be NaN, if only nothing it is computed from is missing
        needed = model.used & ~model.computed

        def is_missing(some: Array) -> NDArray[np.bool_]:
            return np.asarray(
                ~np.isfinite(some[:, given]).all(axis=1) | np.isnan(some[:, needed]).any(axis=1)
            )

        self.status[_find_rows(pool.inputs, is_missing)] = Status.NO_INPUT

    def _derive(self, given: NDArray[np.bool_]) -> None:
        """Compute inputs from others until nothing changes: each may need those before it."""
        left = [(k, index) for k, (index, _) in enumerate(self.model.system.derived) if not given[index]]
        for _ in left:
            values, changed = self.model.reference.evaluate("derived", self.pool), False
            for k, index in left:
                changed |= not np.array_equal(values[:, k], self.pool.inputs[:, index], equal_nan=True)
                self.pool.inputs[:, index] = values[:, k]
            if not changed:
                return

    def run_period(self, period: Period, column: int) -> int:
        """Take every trajectory through one period; return the column of the next one's read-outs."""
        pool = self.pool
        began = pool.time.copy()
        hours, reads = _pick(period.hours, self.rows), _pick_rows(period.read, self.rows)
        self._refuse_impossible(period, hours, reads)
        end_column = column + int(reads.shape[1])
        columns = slice(column, end_column)
        order = None if _ascends(reads) else np.argsort(reads, axis=1, kind="stable")
        ascending = reads if order is None else np.take_along_axis(reads, order, axis=1)
        self.reads[:, columns] = began[:, None] + ascending
        for change in period.changes:
            self._change(change)
        if period.changes:
            pool.step[:] = 0.0
        forever = np.broadcast_to(np.isinf(hours), began.shape)
        end = began + np.where(np.isinf(hours), HORIZON, hours)
        pool.reads[:, columns] = self.reads[:, columns]
        # where something may happen at the end, what is read then is read here, when it has happened
        waits = bool(self.model.system.events) or period.steady > 0 or not self.inside
        if waits:
            pool.reads[:, columns][self.reads[:, columns] >= end[:, None]] = np.inf
        self._begin(columns)
        self._travel(period.steady, end, forever, columns)
        if waits:
            self._read_here(self.alive, columns)
        self._settle(forever, began, end)
        if order is not None:
            back = np.broadcast_to(np.argsort(order, axis=1), (len(began), order.shape[1]))
            pool.values[:, columns] = np.take_along_axis(pool.values[:, columns], back[:, :, None], axis=1)
        return end_column

    def _refuse_impossible(self, period: Period, hours: Array, reads: Array) -> None:
        possible = (hours >= 0) & (np.isfinite(hours) | (period.steady > 0))
        if reads.size:
            first, last = _bound_rows(reads)  # NaN if one is, and then not possible
            possible = possible & (first >= 0) & (last <= hours) & np.isfinite(last)
        for change in period.changes:
            possible = possible & np.isfinite(_pick(change.values, self.rows))
        if not np.all(possible):
            self.status[~possible & self.alive] = Status.NO_INPUT

    def _begin(self, columns: slice) -> None:
        """Settle what holds at the beginning of a period: switches, events, read-outs."""
        system, alive = self.model.system, self.alive
        self.pool.next_read[:] = columns.start
        if system.switches:
            self.pool.switches[:] = self.kernel.evaluate("switches", self.pool)
        if self.model.breakpoints:
            self._locate_breaks(np.flatnonzero(alive))
        if system.events:
            self._fire(alive, columns)
        if (self.reads[:, columns][:, :1] <= self.pool.time[:, None]).any():  # the first of a period's
            self._read_here(alive, columns)

    def _read_here(self, which: NDArray[np.bool_], columns: slice) -> None:
        """Write down the read-outs that are exactly where some trajectories are."""
        pool = self.pool
        here = self.reads[:, columns] == pool.time[:, None]
        here &= which[:, None]
        rows = np.flatnonzero(here[:, 0] if here.shape[1] == 1 else here.any(axis=1))
        if not rows.size:
            return
        some = pool if len(rows) == len(pool.time) else pool.look(rows)
        seen = self.model.reference.evaluate("observables", some)
        for column in range(here.shape[1]):
            read = here[rows, column]
            pool.values[rows[read], columns.start + column] = seen[read]
        self._count_reads(rows, columns)

    def _count_reads(self, rows: Integers, columns: slice) -> None:
        """Set how many read-outs are done where some trajectories are now."""
        pool = self.pool
        done = np.full(len(rows), columns.start)
        for column in pool.reads[:, columns].T:
            done += column[rows] <= pool.time[rows]
        pool.next_read[rows] = done

    def _travel(self, steady: float, end: Array, forever: NDArray[np.bool_], columns: slice) -> None:
        """Let every trajectory go on to the end of the period, stopping where something happens to it."""
        pool = self.pool
        control = replace(self.control, steady=steady)
        began = pool.time.copy()
        part = None
        if self.model.looks or self.model.turning:
            part = cut_period(self.model.system.graph, self.model.turning, pool, end, int(self.model.looks))
        for _ in range(MOST_STOPS):
            going = self.alive & (pool.time < end)
            if not going.any():
                return
            pool.stop[:] = self._next_stop(began, end, part)
            pool.why[:] = np.where(going, Stop.WAITING, Stop.REACHED)
            self.kernel.advance(pool, control)
            if pool.why.max(initial=0) > Stop.TRIGGERED:
                self._save(control)
                self._rest(going & (pool.why == Stop.STEADY), columns)
                self._fail(going, forever)
            if self.agenda.events:
                happening = (pool.why == Stop.TRIGGERED) | (self.agenda.next_due() <= pool.time)
                self._fire(going & self.alive & happening, columns)
        self.status[self.alive & (pool.time < end)] = Status.EVENT_LIMIT

    def _next_stop(self, began: Array, end: Array, part: Array | None) -> Array:
        stop = end
        if part is not None:
            done = np.floor((self.pool.time - began) / part * (1 + 1e-9))
            stop = np.minimum(stop, began + part * (done + 1))
        if self.agenda.events:
            stop = np.minimum(stop, self.agenda.next_due())
        if self.breaks.shape[1]:
            ahead = np.where(self.breaks > self.pool.time[:, None], self.breaks, np.inf)
            stop = np.minimum(stop, ahead.min(axis=1))
        return stop

    def _save(self, control: Control) -> None:
        """Try what failed once more with the reference kernel, which pivots, from where it failed."""
        pool = self.pool
        lost = (pool.why == Stop.STEP_TOO_SMALL) | (pool.why == Stop.NOT_FINITE)
        if not lost.any() or isinstance(self.kernel, Reference):
            return
        rows = np.flatnonzero(lost)
        part = pool.take(rows)
        part.why[:] = Stop.WAITING
        part.step[:] = 0.0
        self.model.reference.advance(part, replace(control, max_steps=SPARE_STEPS))
        pool.put(rows, part)

    def _rest(self, resting: NDArray[np.bool_], columns: slice) -> None:
        """Let time pass where nothing changes any more, to the stop; read-outs on the way are alike."""
        rows = np.flatnonzero(resting)
        if not rows.size:
            return
        pool = self.pool
        seen = self.model.reference.evaluate("observables", pool.look(rows))
        reads = self.reads[rows, columns]
        at, column = np.nonzero((reads > pool.time[rows, None]) & (reads <= pool.stop[rows, None]))
        pool.values[rows[at], columns.start + column] = seen[at]
        pool.time[rows] = pool.stop[rows]
        self._count_reads(rows, columns)

    def _fail(self, going: NDArray[np.bool_], forever: NDArray[np.bool_]) -> None:
        for why, status in _FAILED.items():
            self.status[going & (self.pool.why == why)] = status
        self.status[forever & (self.status == Status.TOO_MANY_STEPS)] = Status.NOT_STEADY

    def _settle(self, forever: NDArray[np.bool_], began: Array, end: Array) -> None:
        """Set the clock: to the end of the period, or back if no time was to pass."""
        pool = self.pool
        rows = np.flatnonzero(forever)
        if rows.size:
            self.status[forever & self.alive & (pool.why == Stop.REACHED)] = Status.NOT_STEADY
            self.agenda.shift(rows, began[rows] - pool.time[rows])
            pool.time[rows] = began[rows]
            pool.step[rows] = 0.0

    def _fire(self, which: NDArray[np.bool_], columns: slice) -> None:
        """Do the events of some trajectories at the time they are at, and what follows from them."""
        if not which.any():
            return
        fired, endless = self.agenda.fire(self.pool, np.flatnonzero(which))
        self.status[endless] = Status.EVENT_LIMIT
        rows = np.flatnonzero(fired)
        if not rows.size:
            return
        self.pool.step[rows] = 0.0
        if self.model.system.switches:
            self.pool.switches[rows] = self.kernel.evaluate("switches", self.pool.look(rows))
        if self.model.breakpoints:
            self._locate_breaks(rows)
        self._read_here(fired, columns)

    def _locate_breaks(self, rows: Integers) -> None:
        self.breaks[rows] = locate_breakpoints(
            self.model.system.graph, self.model.breakpoints, self.pool.look(rows)
        )

    def _change(self, change: Change) -> None:
        """Do one change to every trajectory."""
        model, pool = self.model, self.pool
        value = _pick(change.values, self.rows)
        state = model.state_index.get(change.name)
        if state is None:
            place = model.input_index[change.name]
            before = pool.inputs[:, place].copy()
            pool.inputs[:, place] = _combine(change.how, before, value)
            for index in model.resized.get(place, ()):  # amounts stay
                pool.state[:, index] *= before / pool.inputs[:, place]
            return
        size = self._size(model.system.amounts[state]) if state in model.system.amounts else 1.0
        pool.state[:, state] = _combine(change.how, pool.state[:, state] / size, value) * size

    def _size(self, node: int) -> Array:
        pool = self.pool
        state, inputs = (list(np.ascontiguousarray(table.T)) for table in (pool.state, pool.inputs))
        return evaluate_nodes(self.model.system.graph, [node], Symbols(state, inputs, pool.time, []))[0]


def _bound_rows(table: Array) -> tuple[Array, Array]:
    """Return the least and the greatest of each row; of many, column by column, since rows are short."""
    if len(table) == 1:
        return table.min(axis=1), table.max(axis=1)
    return reduce(np.minimum, table.T), reduce(np.maximum, table.T)


def _ascends(reads: Array) -> bool:
    if len(reads) == 1:
        return bool((reads[0, 1:] >= reads[0, :-1]).all())
    return all(bool((after >= before).all()) for before, after in pairwise(reads.T))


def _repeat(row: NDArray[Any], count: int) -> NDArray[Any]:
    table = np.empty((count, len(row)), dtype=row.dtype)
    table[:] = row
    return table


def _pick(values: Array | float, rows: Integers | slice) -> Array:
    """Return some trajectories' part of one value per trajectory; what is one for all, as one."""
    table = np.asarray(values, dtype=float)
    return table.reshape(()) if table.size == 1 else table[rows]


def _pick_rows(read: Array | tuple[float, ...], rows: Integers | slice) -> Array:
    """Return some trajectories' read-out times, shape (trajectory, read-out); one row if they are alike."""
    table = np.asarray(read, dtype=float)
    return table[rows] if table.ndim == 2 and len(table) > 1 else table.reshape(1, -1)


def _combine(how: str, before: Array, value: Array) -> Array:
    if how == "set":
        return value
    return before + value if how == "add" else before * value
