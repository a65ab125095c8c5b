"""What interventions take from the protection by MSC: all of them in four batches of wells.

Each draw has its own parameters, doses and potencies; each intervention is a well beside one without. A
blocker is added with the drug (or with the MSC) and not again: the source it meets goes on producing. What is
silenced is silent from the beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mscape.atlas import record as form
from mscape.engine.batch import Array, Period
from mscape.engine.simulate import simulate
from mscape.experiments.arm import REST_HOURS, Arm
from mscape.experiments.bench import SCORE_TOLERANCE, Bench
from mscape.experiments.bind import Bound
from mscape.experiments.condition import Conditions
from mscape.experiments.contrast import find_vehicle
from mscape.experiments.niche import Niche
from mscape.experiments.prior import Source
from mscape.experiments.rescue import LEAST
from mscape.treatment.effect import Effect, Values, make_effect

NOW, _LASTING = "given_", "lasting_"
_ENTITY = "given"


class When(StrEnum):
    """When an intervention is added to the well."""

    DRUG = "with the drug"
    MSC = "with the MSC"


@dataclass(frozen=True)
class Draws:
    """How many draws, where they come from for a niche, and whom to tell of trajectories solved."""

    number: int
    source: Callable[[Niche], Source]
    progress: Callable[[int], None] | None = None


@dataclass(frozen=True)
class Taken:
    """Viability under the drug, relative to the well without the drug that is alike in all else.

    Parameters
    ----------
    effects
        What was given, in the order of the last axis.
    alone, with_msc
        Without any intervention, without MSC and with them, shape (draw,); NaN where a solve failed or the
        dose cannot be had.
    blocked_alone, blocked
        The same with each intervention, shape (draw, intervention).
    bare
        Living cells with an intervention over those without, no MSC and no drug, shape (draw, intervention).
    stand_ins
        What stood in for what no source gives.
    """

    effects: tuple[Effect, ...]
    alone: Array
    with_msc: Array
    blocked_alone: Array
    blocked: Array
    bare: Array
    stand_ins: tuple[str, ...] = ()

    @property
    def protection(self) -> Array:
        """Viability with MSC less that without, shape (draw,)."""
        return self.with_msc - self.alone

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Where the protection is large enough to be shared out."""
        return np.nan_to_num(self.protection, nan=-1.0) >= LEAST

    @property
    def gross(self) -> Array:
        """Share of the protection by which viability with MSC falls, shape (draw, intervention)."""
        return (self.with_msc[:, None] - self.blocked) / self._shared_out

    @property
    def kills(self) -> Array:
        """Viability under the drug that each takes without MSC, shape (draw, intervention)."""
        return self.alone[:, None] - self.blocked_alone

    @property
    def share(self) -> Array:
        """Share of the protection removed, less what is killed without MSC, shape (draw, intervention).

        At most 1, which is what removal of the MSC gives. What a blocker saves without MSC is not added. NaN
        where there is too little protection to share out.
        """
        net = self.gross - np.maximum(self.kills, 0.0) / self._shared_out
        return np.minimum(net, 1.0)

    @property
    def _shared_out(self) -> Array:
        return np.where(self.counted, self.protection, np.nan)[:, None]


def measure_taken(
    niche: Niche, arm: Arm, candidates: Sequence[tuple[str, ...]], draws: Draws, *, when: When = When.DRUG
) -> Taken:
    """Measure what interventions take from the protection in an arm.

    Parameters
    ----------
    niche
        The niche; of one mechanism for what its own model says.
    arm
        With MSC and drug, unperturbed (``niche.choose_arm``).
    candidates
        Each a group of interventions given together, by key.
    draws
        How many, and from where.
    when
        When they are added.

    Raises
    ------
    DataError
        A potency's or an exposure's unit is not a concentration.
    """
    well = prepare_well(niche, arm, draws, when)
    effects = tuple(make_effect(niche, names, well.values, well.bench.seed) for names in candidates)
    nothing = Effect((), ())
    groups = [[item for item in effects if bool(item.lasting) == lasting] for lasting in (False, True)]
    groups[0].insert(0, nothing)
    living: dict[str, Array] = {}
    for group in groups:
        if group:
            found = simulate_group(well, group)
            living |= {item.id: found[index] for index, item in enumerate(group)}
    compared = compare_living(effects, living[nothing.id], living)
    return replace(compared, stand_ins=well.bench.variant(arm).stand_ins)


def compare_living(effects: tuple[Effect, ...], plain: Array, living: Mapping[str, Array]) -> Taken:
    """Turn living cells to what interventions take.

    Parameters
    ----------
    effects
        What was given.
    plain
        Living cells without any of it, shape (MSC, drug, draw).
    living
        An effect's id to the living cells with it, likewise.
    """
    none = np.zeros((2, 2, plain.shape[-1], 0))
    each = np.stack([living[item.id] for item in effects], axis=-1) if effects else none
    viability, blocked = plain[:, 1] / plain[:, 0], each[:, 1] / each[:, 0]
    return Taken(
        effects=effects,
        alone=viability[0],
        with_msc=viability[1],
        blocked_alone=blocked[0],
        blocked=blocked[1],
        bare=each[0, 0] / plain[0, 0][:, None],
    )


@dataclass(frozen=True)
class Well:
    """What all wells share: the bench, the arm, parameters, conditions and dose of each draw.

    ``dose`` is in units of the drug's potency, shape (draw,); NaN where it cannot be had.
    """

    bench: Bench
    arm: Arm
    values: Mapping[str, Array]
    conditions: Conditions
    dose: Array
    progress: Callable[[int], None] | None


def prepare_well(niche: Niche, arm: Arm, draws: Draws, when: When = When.DRUG) -> Well:
    """Draw what all wells share, and find the dose of each draw; parameters as for `measure_taken`."""
    bench = Bench(niche.bound, draws.source(niche), draws.number, progress=draws.progress)
    conditions = bench.conditions(find_vehicle([arm]))
    values = bench.values(bench.variant(arm), len(conditions))
    if arm.dose is not None:
        dose = arm.dose / bench.potency(arm, len(conditions))
    else:
        alone = arm.without(msc=True, perturbation=True)
        dose = bench.find_dose(alone, values, conditions, 1.0 - conditions.effect)
    return Well(bench, open_periods(arm, when), values, conditions, dose, draws.progress)


def open_periods(arm: Arm, when: When) -> Arm:
    """Let the interventions be in the well with the drug, or with the MSC."""
    wanted = "drug" if when == When.DRUG else "tumour"

    def fill(period: form.Period) -> form.Period:
        contents = tuple(item for item in period.contents if item != "perturbation")
        here: tuple[form.Content, ...] = ("perturbation",) if wanted in contents else ()
        return period.model_copy(update={"contents": (*contents, *here)})

    protocol = arm.protocol.model_copy(update={"periods": tuple(fill(item) for item in arm.protocol.periods)})
    return replace(arm, protocol=protocol)


def simulate_group(well: Well, group: Sequence[Effect]) -> Array:
    """Return living cells at the end of every well of a group, shape (intervention, MSC, drug, draw).

    Parameters
    ----------
    well
        What they share. The interventions are in the periods whose contents hold ``perturbation``.
    group
        The interventions' effects; none of them or all of them lasting.
    """
    count, width = len(well.conditions), len(group)
    now = sorted({name for item in group for name in item.now})
    lasting = sorted({name for item in group for name in item.lasting})
    switched = add_switches(well.bench.bound, now, lasting)
    bench = Bench(switched, well.bench.seed, well.bench.draws)  # not a copy: benches remember their variants
    rows = np.repeat(np.arange(count), width)  # interventions of one draw stand side by side
    values = {name: value[rows] for name, value in well.values.items()}
    for mark, names in ((NOW, now), (_LASTING, lasting)):
        levels = [_lay_side_by_side(well, group, name, mark=mark) for name in names]
        values |= {f"perturbation:{mark}{index}": level for index, level in enumerate(levels)}
    batch = _Batch(values, well.conditions.take(rows), well.dose[rows], 1 if lasting else width)
    arm = replace(well.arm, perturbation=(*mark_names(NOW, now), *mark_names(_LASTING, lasting)))
    arms = [[arm.without(msc=not msc, drug=not drug) for drug in (False, True)] for msc in (False, True)]
    rest = _rest(well, bench, arm, batch)
    living = [[_simulate(well, (bench, each), batch, rest) for each in pair] for pair in arms]
    return np.moveaxis(np.array(living).reshape(2, 2, count, width), 3, 0)


@dataclass(frozen=True)
class _Batch:
    """Trajectories of a group: their values, conditions and doses; so many in a row share their rest."""

    values: dict[str, Array]
    conditions: Conditions
    dose: Array
    times: int


def mark_names(mark: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the perturbations that `add_switches` adds for some names."""
    return tuple(f"{mark}{index}" for index, _ in enumerate(names))


def _lay_side_by_side(well: Well, group: Sequence[Effect], name: str, *, mark: str) -> Array:
    """Return what a name is set to in each well of a group: its own value where nothing acts on it."""
    start = well.bench.bound.network.inputs[name] or 0.0
    base = well.values.get(name, np.full(len(well.conditions), start))
    columns = []
    for item in group:
        level = item.lasting.get(name, base)
        columns.append(item.now.get(name, level) if mark == NOW else level)
    return np.stack(columns, axis=1).reshape(-1)


def add_switches(bound: Bound, now: Iterable[str], lasting: Iterable[str]) -> Bound:
    """Return the bound model with a perturbation for each name that is set.

    Parameters
    ----------
    bound
        A record or niche.
    now
        Names that are set while the perturbation is in the well, as ``perturbation:given_0``, ``_1``, …
    lasting
        Names that are set from the beginning.
    """

    def make(id: str, name: str, kind: str) -> form.Perturbation:
        return form.Perturbation(
            id=id,
            label=f"{name} set by an intervention",
            kind=kind,  # type: ignore[arg-type]
            target=_ENTITY,
            parameters=(name,),
            how="level",
            value=0.0,
            source="definition",
        )

    mechanism = bound.record.mechanism
    added = (
        *(make(f"{NOW}{index}", name, "inhibitor") for index, name in enumerate(now)),
        *(make(f"{_LASTING}{index}", name, "silencing") for index, name in enumerate(lasting)),
    )
    changed = mechanism.model_copy(update={"perturbations": (*mechanism.perturbations, *added)})
    return replace(bound, record=replace(bound.record, mechanism=changed))


def _rest(well: Well, bench: Bench, arm: Arm, batch: _Batch) -> dict[str, Array]:
    """Return every state after a rest without cells; what is added with the drug is not yet there."""
    inputs = bench.lay_down(arm, batch.values, batch.conditions, batch.dose)[0]
    base = {name: value[:: batch.times] for name, value in inputs.items()}
    states = bench.bound.network.states
    period = (Period(REST_HOURS, (), (REST_HOURS,)),)
    rested = simulate(
        bench.bound.network, base, period, states, tolerance=SCORE_TOLERANCE, progress=well.progress
    ).values[:, 0, :]
    return {name: np.repeat(rested[:, index], batch.times) for index, name in enumerate(states)}


def _simulate(well: Well, run: tuple[Bench, Arm], batch: _Batch, rest: Values) -> Array:
    bench, arm = run
    inputs, periods = bench.lay_down(arm, batch.values, batch.conditions, batch.dose)
    inputs |= rest
    # a dose that cannot be had is a trajectory without input
    inputs["drug"] = np.where(np.isfinite(batch.dose), 0.0, np.nan)
    done = simulate(
        bench.bound.network,
        inputs,
        periods,
        ("living",),
        tolerance=SCORE_TOLERANCE,
        progress=well.progress,
    )
    return done.get("living")[:, -1]
