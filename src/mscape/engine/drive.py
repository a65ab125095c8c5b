"""Drive a chunk of trajectories through the periods of a batch: changes, events, read-outs, failures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
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
    numbers = np.arange(rows.start, rows.stop)
    inside = _read_inside(batch, numbers)
    if inside.all() or not inside.any():
        status = _Chunk(model, batch, numbers, values, inside=bool(inside.all())).run()
    else:  # which kernel solves a trajectory must not depend on its neighbours
        status = np.empty(len(numbers), dtype=np.int64)
        for some in (inside, ~inside):
            part = values[some]
            status[some] = _Chunk(model, batch, numbers[some], part, inside=some is inside).run()
            values[some] = part
    flat = values.reshape(len(values), -1)
    broken = _find_rows(flat, lambda some: ~np.isfinite(some).all(axis=1))
    status[broken[status[broken] == Status.DONE]] = Status.NOT_FINITE
    return status


def _find_rows(table: Array, wrong: Callable[[Array], Any]) -> Integers:
    """Return the rows that are wrong, which only those can be that do not add up: sums are quick."""
    with np.errstate(all="ignore"):
        suspect = np.flatnonzero(~np.isfinite(np.einsum("ij->i", table)))
    return np.asarray(suspect[wrong(table[suspect])] if suspect.size else suspect)


def _read_inside(batch: Batch, numbers: Integers) -> NDArray[np.bool_]:
    """Return which trajectories are read at other times than at the ends of periods."""
    inside = np.zeros(len(numbers), dtype=bool)
    for period in batch.periods:
        if np.size(period.hours) == 1 and np.ndim(period.read) < 2:  # all alike
            reads = np.asarray(period.read, dtype=float)
            inside |= bool(((reads != 0) & (reads != np.asarray(period.hours).item())).any())
            continue
        hours, reads = _pick(period.hours, numbers), _pick_rows(period.read, numbers)
        inside |= ((reads != 0) & (reads != hours[:, None])).any(axis=1)
    return inside


class _Chunk:
    """Trajectories on their way through periods: *inside*, all read there, or all only where they end."""

    def __init__(self, model: Model, batch: Batch, numbers: Integers, values: Array, *, inside: bool) -> None:
        system, count = model.system, len(numbers)
        kernel: Kernel = model.kernel if inside else model.bare
        self.model, self.kernel, self.batch, self.numbers = model, kernel, batch, numbers
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
            inputs=np.tile(model.defaults, (count, 1)),
            switches=np.zeros((count, len(system.switches)), dtype=np.uint8),
            triggers=np.tile(np.array([e.initial for e in system.events], dtype=np.uint8), (count, 1)),
            reads=np.full(values.shape[:2], np.inf),
            next_read=np.zeros(count, dtype=np.int64),
            values=values,
            why=np.full(count, Stop.REACHED, dtype=np.int64),
            steps=np.zeros((count, 2), dtype=np.int64),
        )

    @property
    def alive(self) -> NDArray[np.bool_]:
        """Which trajectories have not failed."""
        return np.asarray(self.status == Status.DONE)

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
            pool.inputs[:, index] = value if np.ndim(value) == 0 else _pick(value, self.numbers)
        missing = _find_rows(pool.inputs, lambda some: ~np.isfinite(some[:, given]).all(axis=1))
        self._derive(given)
        pool.state[:] = model.reference.evaluate("starts", pool)
        # what the model itself computes may be NaN, if only nothing it is computed from is missing
        needed = model.used & (given | ~model.computed)
        self.status[missing] = Status.NO_INPUT
        self.status[_find_rows(pool.inputs, lambda some: np.isnan(some[:, needed]).any(axis=1))] = (
            Status.NO_INPUT
        )

    def _derive(self, given: NDArray[np.bool_]) -> None:
        """Compute inputs from others until nothing changes: each may need those before it."""
        left = [(k, index) for k, (index, _) in enumerate(self.model.system.derived) if not given[index]]
        for _ in left:
            values = self.model.reference.evaluate("derived", self.pool)
            before = self.pool.inputs.copy()
            for k, index in left:
                self.pool.inputs[:, index] = values[:, k]
            if np.array_equal(before, self.pool.inputs, equal_nan=True):
                return

    def run_period(self, period: Period, column: int) -> int:
        """Take every trajectory through one period; return the column of the next one's read-outs."""
        pool = self.pool
        began = pool.time.copy()
        hours, reads = _pick(period.hours, self.numbers), _pick_rows(period.read, self.numbers)
        self._refuse_impossible(period, hours)
        end_column = column + int(reads.shape[1])
        columns = slice(column, end_column)
        order = None if _ascends(period.read, reads) else np.argsort(reads, axis=1, kind="stable")
        ascending = reads if order is None else np.take_along_axis(reads, order, axis=1)
        self.reads[:, columns] = began[:, None] + ascending
        for change in period.changes:
            self._change(change)
        if period.changes:
            pool.step[:] = 0.0
        forever = np.isinf(hours)
        end = began + np.where(forever, HORIZON, hours)
        pool.reads[:, columns] = self.reads[:, columns]
        # where something may happen at the end, what is read then is read here, when it has happened
        waits = bool(self.model.system.events) or period.steady > 0 or not self.inside
        if waits:
            pool.reads[:, columns][self.reads[:, columns] >= end[:, None]] = np.inf
        self._begin(columns)
        self._travel(period, end, columns)
        if waits:
            self._read_here(self.alive, columns)
        self._settle(forever, began, end)
        if order is not None:
            back = np.argsort(order, axis=1)
            pool.values[:, columns] = np.take_along_axis(pool.values[:, columns], back[:, :, None], axis=1)
        return end_column

    def _refuse_impossible(self, period: Period, hours: Array) -> None:
        possible = (hours >= 0) & (np.isfinite(hours) | (period.steady > 0))
        if np.size(period.read):
            reads = _pick_rows(period.read, self.numbers) if np.ndim(period.read) == 2 else _row(period.read)
            first, last = reads.min(axis=1), reads.max(axis=1)  # NaN shows in both
            possible &= (first >= 0) & (last <= hours) & np.isfinite(last)
        for change in period.changes:
            possible &= np.isfinite(_pick(change.values, self.numbers))
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
        row, column = np.nonzero(here)
        if not row.size:
            return
        rows, at = np.unique(row, return_inverse=True)
        some = pool if len(rows) == len(pool.time) else pool.look(rows)
        seen = self.model.reference.evaluate("observables", some)
        pool.values[row, columns.start + column] = seen[at]
        done = (pool.reads[rows, columns] <= pool.time[rows, None]).sum(axis=1)
        pool.next_read[rows] = columns.start + done

    def _travel(self, period: Period, end: Array, columns: slice) -> None:
        """Let every trajectory go on to the end of the period, stopping where something happens to it."""
        pool = self.pool
        control = replace(self.control, steady=period.steady)
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
            self._save(control)
            self._rest(going & (pool.why == Stop.STEADY), columns)
            self._fail(going, forever=np.isinf(_pick(period.hours, self.numbers)))
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
        done = (pool.reads[rows, columns] <= pool.time[rows, None]).sum(axis=1)
        pool.next_read[rows] = columns.start + done

    def _fail(self, going: NDArray[np.bool_], *, forever: NDArray[np.bool_]) -> None:
        for why, status in _FAILED.items():
            self.status[going & (self.pool.why == why)] = status
        self.status[forever & (self.status == Status.TOO_MANY_STEPS)] = Status.NOT_STEADY

    def _settle(self, forever: NDArray[np.bool_], began: Array, end: Array) -> None:
        """Set the clock: to the end of the period, or back if no time was to pass."""
        pool = self.pool
        self.status[forever & self.alive & (pool.why == Stop.REACHED)] = Status.NOT_STEADY
        rows = np.flatnonzero(forever)
        if rows.size:
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
        value = _pick(change.values, self.numbers)
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


def _ascends(read: Array | tuple[float, ...], reads: Array) -> bool:
    alike = reads if np.ndim(read) == 2 else reads[:1]
    return bool((alike[:, 1:] >= alike[:, :-1]).all())


def _pick(values: Array | float, numbers: Integers) -> Array:
    """Return some trajectories' part of one value per trajectory, or of one for all."""
    table = np.asarray(values, dtype=float)
    return np.full(len(numbers), table.item()) if table.size == 1 else table[numbers]


def _pick_rows(read: Array | tuple[float, ...], numbers: Integers) -> Array:
    table = np.asarray(read, dtype=float)
    if table.ndim == 2 and len(table) > 1:
        return table[numbers]
    return np.broadcast_to(_row(table), (len(numbers), table.size))


def _row(read: Array | tuple[float, ...]) -> Array:
    return np.asarray(read, dtype=float).reshape(1, -1)


def _combine(how: str, before: Array, value: Array) -> Array:
    if how == "set":
        return value
    return before + value if how == "add" else before * value
