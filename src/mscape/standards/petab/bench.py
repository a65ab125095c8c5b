"""A PEtab problem read back, evaluated: arms are laid down as the tables say, and in no other way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields

import numpy as np

from mscape.engine.batch import Array, Change, Period
from mscape.errors import ModelError
from mscape.experiments.arm import Arm
from mscape.experiments.bench import Bench
from mscape.experiments.bind import Potency, Variant
from mscape.experiments.condition import Conditions
from mscape.experiments.gate import evaluate
from mscape.experiments.prior import Z95, sample_prior
from mscape.inference.likelihood import CountedPoints, judge_on_bench, stack_margins
from mscape.inference.particle import OwnConditions
from mscape.standards.petab.experiment import Condition, list_names, name_ic50
from mscape.standards.petab.read import ReadProblem, TableExperiment


def measure_petab_margins(
    problem: ReadProblem, points: CountedPoints, *, progress: Callable[[int], None] | None = None
) -> Array:
    """Measure by how many thresholds each point reproduces each contrast of a problem.

    Parameters
    ----------
    problem
        As read.
    points
        Particles of a fit, on the axes that the table of parameters names.
    progress
        Called with the number of trajectories solved since the last call.

    Returns
    -------
    Array
        Shape (particle, contrast); NaN where a solve failed.

    Raises
    ------
    ModelError
        A formula is not arithmetic, or an arm has no experiment.
    """
    shared = TableBench(problem.bound, points, points.count, progress=progress, problem=problem)
    spread = {each.axis: each.between for each in problem.parameters.values() if each.between}
    judged = judge_on_bench(shared, problem.contrasts, problem.arms, spread)
    return stack_margins(problem.contrasts, judged, points.count)


@dataclass
class TableBench(Bench):
    """A bench whose parameters, arms and periods are those of a PEtab problem's tables."""

    problem: ReadProblem | None = None
    _known: dict[tuple[str, Arm], TableExperiment] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.problem and not self._known:
            for each in self.problem.experiments.values():
                self._known.setdefault((each.observation, each.arm), each)
                self._known.setdefault(("", each.arm), each)

    def variant(self, arm: Arm) -> Variant:
        """Return the model with the arm's drug and line, as far as the tables say it: the potency."""
        assert self.problem is not None
        potency = None
        if arm.drug:
            told = self.problem.parameters.get(name_ic50(arm.drug, arm.tumour))
            low, high = (told.prior.low, told.prior.high) if told else (None, None)
            if told and low and high:
                potency = Potency(told.prior.value, float(np.log10(high / low)) / (2 * Z95), ())
        return Variant(self.bound, arm.drug, arm.tumour, {}, potency, ())

    def values(self, variant: Variant, count: int) -> dict[str, Array]:
        """Return every parameter of the tables that has an axis, for every trajectory."""
        del variant
        assert self.problem is not None
        return {
            name: sample_prior(each.prior, each.axis, self.seed, count)
            for name, each in self.problem.parameters.items()
            if each.role in ("model", "strength")
        }

    def lay_down(
        self, arm: Arm, values: dict[str, Array], conditions: Conditions, dose: Array
    ) -> tuple[dict[str, Array], tuple[Period, ...]]:
        """Return the inputs of an arm, and its periods after the rest, as its experiment has them."""
        told = self._find(arm)
        count = len(conditions)
        named = {
            f"{item.name}__{told.observation}": getattr(conditions, item.name) for item in fields(conditions)
        }
        known = {**values, **named}
        own = self.bound.network.inputs
        inputs = {name: value for name, value in values.items() if name in own}
        for name, text in told.conditions[0].items():
            inputs[name] = _spread(evaluate(text, known, told.id), count)
        periods = []
        for hours, condition in zip(told.hours, told.conditions[1:], strict=True):
            length = getattr(conditions, hours) if isinstance(hours, str) else np.full(count, hours)
            changes = self._list_changes(told, condition, known, dose)
            periods.append(Period(length, changes, ()))
        last = periods[-1]
        read = np.stack([np.zeros(count), np.asarray(last.hours)], axis=1)
        return inputs, (*periods[:-1], Period(last.hours, last.changes, read))

    def _find(self, arm: Arm) -> TableExperiment:
        observation = self.seed.experiment if isinstance(self.seed, OwnConditions) else ""
        told = self._known.get((observation, arm)) or self._known.get(("", arm))
        if told is None:
            what = ", ".join(part for part in (arm.protocol.id, arm.tumour, arm.msc, arm.drug) if part)
            raise ModelError("arms.tsv", f"no experiment is the arm {what}", "a line for it", "write it anew")
        return told

    def _list_changes(
        self, told: TableExperiment, condition: Condition, known: dict[str, Array], dose: Array
    ) -> tuple[Change, ...]:
        """Return what a condition does: a drug that is given is given at the dose asked for."""
        count = len(dose)
        changes = []
        sizes = {compartment.id for compartment in self.bound.network.compartments}
        # sizes first: what is set as a concentration is that after the size has changed
        for name, text in sorted(condition.items(), key=lambda item: item[0] not in sizes):
            if name == "drug" and list_names(text):
                changes.append(Change(name, "set", dose))
            elif not list_names(text) & set(self.bound.network.states):
                changes.append(Change(name, "set", _spread(evaluate(text, known, told.id), count)))
            elif share := self._find_share(told, condition, name):
                if share != "1.0":
                    changes.append(Change(name, "scale", _spread(evaluate(share, known, told.id), count)))
            else:
                expected = "a formula without states, or the state itself times a share"
                raise ModelError(f"conditions of {told.id}", f"{name} = {text}", expected, "write it anew")
        return tuple(changes)

    def _find_share(self, told: TableExperiment, condition: Condition, name: str) -> str:
        """Return by what a condition multiplies a state; empty if it does something else.

        PEtab keeps a concentration when the size of its compartment is set; here the amount is kept. So a
        factor of old size over new is left out.
        """
        text = condition[name]
        place = next((s.compartment for s in self.bound.network.species if s.id == name), "")
        if place in condition:
            for size in (condition[place], f"({condition[place]})"):
                text = text.removesuffix(f" * {place} / {size}")
        if text == name:
            return "1.0"
        share = text.removeprefix(f"{name} * ")
        return "" if share == text or list_names(share) & set(self.bound.network.states) else share


def _spread(value: Array, count: int) -> Array:
    return np.array(np.broadcast_to(value, (count,)), dtype=float)
