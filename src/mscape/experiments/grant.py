"""Grant the claim: how far must a row's own assumed numbers move before its signal reaches its ports at all?

At nominal parameters a record answers *if the claim is granted, does the rest follow?*; over joint draws it
answers *how much of what is assumed grants it?* So the nominal set is the middle of every range, and then,
only if the row's signal stays short of `ENOUGH` in eight ninths of the grid's times and ratios, its own
assumed parameters move to the favourable end of their stated range, the most telling first, and no further
than needed. No contrast is looked at. What had to move is part of the result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mscape.engine.batch import Array, Period, Tolerance
from mscape.engine.simulate import simulate
from mscape.experiments.arm import REST_HOURS, Arm, make_periods
from mscape.experiments.bind import Bound, Variant, make_variant, nominal_values
from mscape.experiments.condition import RATIOS, SHARES, VESICLES, Conditions, make_grid
from mscape.experiments.culture import find_culture, find_msc, make_protocol
from mscape.experiments.prior import NOMINAL, Prior

ENOUGH = 0.6  # signal at the ports, with MSC over without
# The weaker of these two decides; every other time and ratio (share, vesicles) of the grid but one is
# stronger.
_WEAK = ((24.0, "middle"), (48.0, "least"))
_LEAST_GAIN = 1.02  # a move that gives less than a fiftieth more is not worth making
_HALVINGS = 8
_DOSE = 1.0  # in units of the potency: about half of the effect
_TOLERANCE = Tolerance(1e-5, 1e-8)
# Growth without drug (P7) is no protection.
_PORTS = tuple(f"p{digit}_signal" for digit in (1, 2, 3, 4, 5, 6, 8))


@dataclass(frozen=True)
class Move:
    """A parameter that moved: middle of its range, nominal value, range; in the model's unit.

    ``gain`` is the log posterior it gained where contrasts moved it, 0 where the claim did. ``paper`` names
    the paper whose donor or laboratory this is; it is empty for the value of all others.
    """

    parameter: str
    middle: float
    nominal: float
    low: float
    high: float
    unit: str
    gain: float = 0.0
    paper: str = ""

    @property
    def is_at_end(self) -> bool:
        """Whether the range had no more to give."""
        return self.nominal in (self.low, self.high)


@dataclass(frozen=True)
class Granted:
    """What had to move for the row's signal to reach its ports.

    Parameters
    ----------
    moves
        What moved, in that order; empty where the middle of every range is enough.
    before, after
        Signal at the ports (0 to 1, summed) in the weaker of the two conditions, before and after.
    """

    moves: tuple[Move, ...]
    before: float
    after: float

    @property
    def values(self) -> dict[str, float]:
        """Parameter to its nominal value."""
        return {move.parameter: move.nominal for move in self.moves}

    @property
    def is_enough(self) -> bool:
        """Whether the stated ranges grant the claim."""
        return self.after >= ENOUGH


def list_candidates(bound: Bound) -> dict[str, Prior]:
    """Return what may move: ranged parameters of the row's own motifs and lines, not of chassis, drug,
    residual.
    """
    labels = tuple(f"{label}_" for label in bound.uses)
    own = {row.parameter for row in bound.record.parameters}
    names = (name for name in bound.priors if name.startswith(labels) or name in own)
    ranged = {name: bound.priors[name] for name in names if bound.priors[name].distribution != "fixed"}
    return {name: prior for name, prior in ranged.items() if prior.low is not None and prior.high is not None}


def choose_arms(bound: Bound) -> tuple[Arm, Arm]:
    """Return the row's own culture under its first drug, with and without MSC."""
    mechanism = bound.record.mechanism
    culture = find_culture(mechanism)
    protocol = make_protocol(culture, 1.0)
    periods = list(protocol.periods)
    periods[-1] = periods[-1].model_copy(update={"hours": None})  # the conditions' own
    if set(bound.uses.values()) & {"pifa_relay", "macrophage"}:
        relay = [
            {"contents": (*p.contents, *(("relay",) if "tumour" in p.contents else ()))} for p in periods
        ]
        periods = [p.model_copy(update=change) for p, change in zip(periods, relay, strict=True)]
    protocol = protocol.model_copy(update={"periods": tuple(periods)})
    line = next((cell.id for cell in mechanism.cells if cell.role == "tumour"), None)
    msc = None if culture == "monoculture" else find_msc(mechanism)
    arm = Arm(protocol, line, msc, mechanism.drugs[0])
    return arm, arm.without(msc=True)


def grant_claim(bound: Bound) -> Granted:
    """Find the nominal values of a row's own parameters that let its signal reach its ports.

    The parameter whose favourable end helps most goes first; the last one to move goes only as far as is
    needed.

    Raises
    ------
    ModelError
        The model cannot be run in the row's own culture.
    """
    arm, alone = choose_arms(bound)
    variant = make_variant(bound, arm.drug, arm.tumour)
    if arm.msc is None or not set(_PORTS) & set(bound.network.observables):
        return Granted((), 0.0, 0.0)

    def signal(moves: list[dict[str, float]]) -> Array:
        return np.asarray((_measure(variant, arm, moves) - _measure(variant, alone, moves)).min(axis=0))

    before = float(signal([{}])[0])
    moved: dict[str, float] = {}
    reached = before
    left = list_candidates(bound)
    while reached < ENOUGH and left:
        ends = [(name, end) for name, prior in left.items() for end in (prior.low, prior.high)]
        gains = np.nan_to_num(signal([{**moved, name: float(end or 0.0)} for name, end in ends]), nan=-1.0)
        best = int(gains.argmax())
        if gains[best] <= max(reached * _LEAST_GAIN, 1e-9):
            break
        name, end = ends[best]
        start = left.pop(name).value
        moved[name], reached = float(end or 0.0), float(gains[best])
        if reached >= ENOUGH:
            moved[name] = _go_back(signal, moved, name, start)
            reached = float(signal([moved])[0])
    return Granted(tuple(_describe(bound, name, value) for name, value in moved.items()), before, reached)


def _describe(bound: Bound, name: str, value: float) -> Move:
    prior = bound.priors[name]
    return Move(name, prior.value, value, float(prior.low or 0.0), float(prior.high or 0.0), prior.unit)


def _go_back(
    signal: Callable[[list[dict[str, float]]], Array], moved: dict[str, float], name: str, start: float
) -> float:
    """Return the value nearest to the middle of the range at which the signal is still enough."""
    enough, short = moved[name], start
    for _ in range(_HALVINGS):
        middle = np.sqrt(enough * short) if enough > 0 and short > 0 else (enough + short) / 2
        if signal([{**moved, name: float(middle)}])[0] >= ENOUGH:
            enough = float(middle)
        else:
            short = float(middle)
    return enough


def _measure(variant: Variant, arm: Arm, moves: list[dict[str, float]]) -> Array:
    """Return the summed signal at the ports at the end of an arm: shape (condition, set of moves); NaN where
    unsolved.
    """
    n = len(moves)
    values = {name: np.tile(value, len(_WEAK)) for name, value in nominal_values(variant, n).items()}
    for row, move in enumerate(moves):
        for name, value in move.items():
            values[name][row::n] = value
    dose = np.full(n * len(_WEAK), _DOSE)
    inputs, periods = make_periods(variant, arm, values, _weak_conditions(n), dose, source=NOMINAL)
    ports = tuple(name for name in _PORTS if name in variant.bound.network.observables)
    rested = (Period(REST_HOURS), *periods)
    result = simulate(variant.bound.network, inputs, rested, ports, tolerance=_TOLERANCE)
    return np.asarray(np.clip(result.values[:, -1, :], 0.0, 1.0).sum(axis=1).reshape(len(_WEAK), n))


def _weak_conditions(n: int) -> Conditions:
    grid = make_grid("cells")
    conditions = grid.take(np.full(n * len(_WEAK), len(grid) // 2))
    hours = np.repeat([hours for hours, _ in _WEAK], n)
    least = np.repeat([level == "least" for _, level in _WEAK], n)
    levels = {"ratio": RATIOS, "share": SHARES, "vesicles": VESICLES}
    amounts = {name: np.where(least, values[0], values[1]) for name, values in levels.items()}
    return replace(conditions, hours=hours, **amounts)
