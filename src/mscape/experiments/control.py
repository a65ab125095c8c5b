"""Controls of the score: models that should fail, and whether they do.

*ablation*: with a step off, and nothing else carrying the MSC's help, its contrasts vanish. *sign-flipped*:
every port answers the other way.
*edge-permuted*: perturbations and readouts are wired to one another's targets. *other rows*: a row's
experiments on other rows' models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from mscape.atlas.load import Atlas, Record
from mscape.atlas.record import Mechanism
from mscape.atlas.row import ContrastRow
from mscape.experiments.bind import Bound, bind_record, with_values
from mscape.experiments.score import share_contrasts
from mscape.experiments.transplant import CELL_READOUTS, can_transplant, transplant_experiments

VANISHED = 0.05  # share of draws that may still reproduce a contrast whose step is off
_PERMUTATIONS = 3
_PORTS = frozenset({"viability", "viability_well", "apoptosis", "gr", "colonies"})


@dataclass(frozen=True)
class Control:
    """One control of one mechanism: what should happen, what did, and on how many contrasts it was looked at.

    ``intact`` and ``altered`` are mean shares of draws that reproduce the contrasts. ``ok`` is None where
    nothing could be looked at.
    """

    name: str
    mechanism: str
    subject: str
    contrasts: int
    intact: float
    altered: float
    expected: str
    ok: bool | None


@dataclass(frozen=True)
class ControlRun:
    """What every control of a run shares."""

    atlas: Atlas
    seed: int
    draws: int
    progress: Callable[[int], None] | None = None

    def share(self, bound: Bound, contrasts: Iterable[ContrastRow]) -> dict[str, float]:
        """Return the share of draws that reproduce some contrasts on a model."""
        return share_contrasts(bound, contrasts, seed=self.seed, draws=self.draws, progress=self.progress)


def run_controls(
    atlas: Atlas,
    ids: Iterable[str],
    *,
    seed: int,
    draws: int = 100,
    progress: Callable[[int], None] | None = None,
) -> tuple[Control, ...]:
    """Run every control of some mechanisms.

    Parameters
    ----------
    atlas
        The atlas.
    ids
        Mechanisms to control; other rows' models are all those of the atlas.
    seed, draws
        Of the joint draws.

    Raises
    ------
    ModelError
        A model cannot be read.
    """
    run = ControlRun(atlas, seed, draws, progress)
    bounds = {key: bind_record(record, atlas) for key, record in atlas.records.items()}
    controls: list[Control] = []
    for key in ids:
        bound = bounds[key]
        intact = run.share(bound, _inside(bound.record))
        controls.extend(_ablate(run, bound, intact))
        controls.extend(_flip(run, bound, intact))
        controls.extend(_permute(run, bound, intact))
        controls.extend(_cross(run, bound, bounds, intact))
    return tuple(controls)


def _inside(record: Record) -> list[ContrastRow]:
    return [row for row in record.contrasts if row.scope == "in"]


def _only_signal(bound: Bound) -> dict[str, float]:
    """Return the values that take away all the MSC's help but the row's signal."""
    other = {name: 0.0 for name in bound.priors if name.endswith("_other_ligands")}
    silent = ("residual_cells", "residual_medium", "growth_cells", "growth_medium")
    return dict.fromkeys(silent, 0.0) | other


def _ablate(run: ControlRun, bound: Bound, intact: dict[str, float]) -> Iterator[Control]:
    for step in bound.record.mechanism.steps:
        rows = [
            row
            for row in _inside(bound.record)
            if row.step == step.id and row.kind in ("up", "down", "ordered", "partial")
        ]
        rows = [row for row in rows if intact.get(row.contrast, 0.0) > VANISHED]
        if step.ablate is None or not rows:
            continue
        name, value = step.ablate
        altered = run.share(with_values(bound, _only_signal(bound) | {name: value}), rows)
        yield _compare(
            _vanishing("ablation", bound.id, f"{step.id}: {name} = {value:g}"), rows, (intact, altered)
        )


def _flip(run: ControlRun, bound: Bound, intact: dict[str, float]) -> Iterator[Control]:
    rows = [
        row
        for row in _inside(bound.record)
        if row.readout in _PORTS and row.kind in ("up", "down") and _has_msc(bound, row)
    ]
    rows = [row for row in rows if intact.get(row.contrast, 0.0) > VANISHED]
    if rows:
        altered = run.share(with_values(bound, _only_signal(bound) | {"port_sign": -1.0}), rows)
        yield _compare(_vanishing("sign-flipped", bound.id, "every port"), rows, (intact, altered))


def _has_msc(bound: Bound, row: ContrastRow) -> bool:
    arms = {o.arm: o for o in bound.record.observations if o.observation == row.observation}
    with_msc = [bool(arms[name].msc) for name in (row.arm[0], row.versus or row.arm[0])]
    return with_msc[0] != with_msc[1]


def _compare(
    control: Control, rows: list[ContrastRow], shares: tuple[dict[str, float], dict[str, float]]
) -> Control:
    """Fill in what an ablation or a flip gave: shares on the intact and on the altered model."""
    before, after = (_mean(share, rows) for share in shares)
    return replace(control, contrasts=len(rows), intact=before, altered=after, ok=bool(after <= VANISHED))


def _vanishing(name: str, mechanism: str, subject: str) -> Control:
    expected = f"at most {VANISHED:.0%} of draws"
    return Control(name, mechanism, subject, 0, float("nan"), float("nan"), expected, None)


def _mean(shares: dict[str, float], rows: Iterable[ContrastRow]) -> float:
    known = [shares[row.contrast] for row in rows if row.contrast in shares]
    return float(np.mean(known)) if known else float("nan")


def _permute(run: ControlRun, bound: Bound, intact: dict[str, float]) -> Iterator[Control]:
    """Wire readouts and perturbations to one another's targets by cyclic shifts; what is left of the
    contrasts that depend on them is chance.
    """
    mechanism = bound.record.mechanism
    named = {item.id for item in mechanism.readouts}
    arms = {o.observation for o in bound.record.observations if o.perturbation}
    rows = [row for row in _inside(bound.record) if row.readout in named or row.observation in arms]
    shifts = range(1, min(_PERMUTATIONS, max(len(mechanism.readouts), len(_acting(mechanism))) - 1) + 1)
    after = []
    for shift in shifts:
        permuted = replace(bound.record, mechanism=_rewire(mechanism, shift))
        after.append(_mean(run.share(replace(bound, record=permuted), rows), rows))
    if rows and after:
        before, mean = _mean(intact, rows), float(np.mean(after))
        yield Control(
            "edge-permuted",
            bound.id,
            f"{len(after)} permutations",
            len(rows),
            before,
            mean,
            "below the intact model",
            mean < before,
        )


def _acting(mechanism: Mechanism) -> list[int]:
    return [index for index, item in enumerate(mechanism.perturbations) if item.parameters]


def _rewire(mechanism: Mechanism, shift: int) -> Mechanism:
    seen = [item.observable for item in mechanism.readouts]
    readouts = tuple(
        item.model_copy(update={"observable": seen[(i + shift) % len(seen)]})
        for i, item in enumerate(mechanism.readouts)
    )
    acting = _acting(mechanism)
    perturbations = list(mechanism.perturbations)
    for place, index in enumerate(acting):
        other = mechanism.perturbations[acting[(place + shift) % len(acting)]]
        fields = ("parameters", "how", "value", "low", "high")
        perturbations[index] = perturbations[index].model_copy(
            update={name: getattr(other, name) for name in fields}
        )
    return mechanism.model_copy(update={"readouts": readouts, "perturbations": tuple(perturbations)})


def _cross(
    run: ControlRun, bound: Bound, bounds: dict[str, Bound], intact: dict[str, float]
) -> Iterator[Control]:
    for key, other in bounds.items():
        if key == bound.id:
            continue
        rows = [
            row
            for row in _inside(bound.record)
            if row.readout in CELL_READOUTS and can_transplant(bound, other, row)
        ]
        if not rows:
            continue
        record = transplant_experiments(bound, other)
        altered = run.share(replace(other, record=record), rows)
        before, after = _mean(intact, rows), _mean(altered, rows)
        ok = bool(after < before) if before > 0 else None  # nothing reproduced, nothing to lose
        yield Control(
            "other rows",
            bound.id,
            f"on the model of {key}",
            len(rows),
            before,
            after,
            "below the row's own model",
            ok,
        )
