"""Score a record: every contrast over the grid of unreported conditions and over joint draws."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.load import Atlas, Record
from mscape.atlas.row import ContrastRow, ObservationRow
from mscape.experiments.arm import Arm
from mscape.experiments.bench import Bench
from mscape.experiments.bind import Bound, bind_record, to_nanomolar
from mscape.experiments.contrast import Judged, judge_contrast
from mscape.experiments.grant import Granted, grant_claim
from mscape.experiments.graph import predict_baselines
from mscape.experiments.nominal import find_held_out, find_moved, find_values
from mscape.experiments.outcome import THRESHOLDS, Outcome, classify
from mscape.experiments.prior import NOMINAL

REPRODUCED_SHARE = 0.8  # of the grid at nominal parameters
LEAST_SOLVED = 0.5  # share of trajectories that must have an answer


@dataclass(frozen=True)
class ArmReading:
    """What an arm reads: nominal median over the grid; 5th, 50th and 95th percentile over the draws."""

    arm: str
    nominal: float | None
    low: float | None
    median: float | None
    high: float | None


@dataclass(frozen=True)
class Scored:
    """One contrast, what the paper says of it and what the model does.

    Parameters
    ----------
    grid_share
        Share of the grid of unreported conditions where it holds at nominal parameters; None out of scope or
        unsolved.
    blind_share
        The same with the claim granted and no contrast heard.
    held_out_share
        The same for parameters fitted to the contrasts of half of the papers, this contrast's own not among
        them; None where that was not computed.
    share
        Share of joint draws that give the reported result; None likewise.
    effect
        5th, 50th and 95th percentile of the simulated effect over the draws, in ``effect_unit``.
    outcome
        ``reproduced`` at nominal parameters, or what happens most often instead; ``out of scope``.
    bits
        -log2 share for an informative contrast, else 0.
    tally
        Share of draws per outcome.
    measurable
        Whether it was seen in vitro, on a quantity that the model has, and is neither without direction nor
        said before: what could be in scope.
    """

    mechanism: str
    contrast: str
    observation: str
    kind: str
    readout: str
    reported: str
    paper: str
    group: str
    step: str | None
    in_scope: bool
    reason: str | None
    outcome: str
    grid_share: float | None
    blind_share: float | None
    held_out_share: float | None
    share: float | None
    class_: str | None
    bits: float
    effect: tuple[float, float, float] | None
    effect_unit: str
    tally: dict[str, float]
    baselines: dict[str, bool]
    arms: tuple[ArmReading, ...] = ()
    note: str | None = None
    measurable: bool = True


def resolve_arms(bound: Bound, rows: Iterable[ObservationRow]) -> dict[str, Arm]:
    """Resolve the arms of one observation: their protocol, and the dose in nM where it is reported."""
    protocols = {protocol.id: protocol for protocol in bound.record.mechanism.protocols}
    arms = {}
    for row in rows:
        if row.protocol is None:
            continue
        known = row.dose is not None and row.drug is not None and row.dose_unit is not None
        dose = to_nanomolar(bound, str(row.drug), float(row.dose or 0), str(row.dose_unit)) if known else None
        protocol = protocols[row.protocol]
        tumour = row.tumour if any("tumour" in period.contents for period in protocol.periods) else None
        arms[row.arm] = Arm(protocol, tumour, row.msc, row.drug, row.perturbation, dose, row.time_h)
    return arms


def score_record(
    record: Record,
    atlas: Atlas,
    *,
    seed: int,
    draws: int = 200,
    progress: Callable[[int], None] | None = None,
    bound: Bound | None = None,
    granted: Granted | None = None,
) -> tuple[Scored, ...]:
    """Score every contrast of a record.

    Parameters
    ----------
    record, atlas
        The record and the atlas it stands in.
    seed
        Of the joint draws.
    draws
        Number of joint draws, 100 or more for a score that is published.
    progress
        Called with the number of trajectories solved since the last call.
    bound
        The record's model, if it was bound before.
    granted
        What `grant_claim` gave, if it was asked before.

    Raises
    ------
    ModelError
        The model cannot be read or lacks a parameter.
    """
    bound = bound or bind_record(record, atlas)
    granted = granted or grant_claim(bound)
    blind = Bench(bound, NOMINAL, nominal=granted.values, progress=progress)
    drawn = Bench(bound, seed, draws, progress=progress)
    nominal = _open_nominal(bound, record, blind)
    rows = _group_rows(record)
    arms = group_arms(bound)
    return tuple(
        _score(
            bound,
            contrast,
            arms[contrast.observation],
            rows[contrast.observation],
            (nominal[contrast.paper], drawn, blind),
        )
        for contrast in record.contrasts
    )


def _open_nominal(bound: Bound, record: Record, blind: Bench) -> dict[str, Bench]:
    """Return the bench of each paper at nominal parameters: one for all that share them."""
    papers = {contrast.paper for contrast in record.contrasts}
    moved = find_moved(bound)
    if moved is None:
        return dict.fromkeys(papers, blind)
    own = {item.paper for item in moved}
    benches = {
        paper: Bench(bound, NOMINAL, nominal=find_values(moved, paper), progress=blind.progress)
        for paper in own | {""}
    }
    return {paper: benches[paper if paper in own else ""] for paper in papers}


def share_contrasts(
    bound: Bound,
    contrasts: Iterable[ContrastRow],
    *,
    seed: int,
    draws: int,
    progress: Callable[[int], None] | None = None,
) -> dict[str, float]:
    """Return the share of joint draws that reproduce each contrast of a bound record: all that a control
    compares.

    Contrasts without an answer (their doses cannot be had, their solves failed) are left out.

    Raises
    ------
    ModelError
        The model lacks something an arm asks for.
    """
    bench = Bench(bound, seed, draws, progress=progress)
    arms = group_arms(bound)
    shares = {
        row.contrast: share_reproduced(judge_contrast(bench, row, arms[row.observation])) for row in contrasts
    }
    return {name: share for name, share in shares.items() if share is not None}


def group_arms(bound: Bound) -> dict[str, dict[str, Arm]]:
    """Resolve the arms of every observation of a bound record."""
    return {key: resolve_arms(bound, group) for key, group in _group_rows(bound.record).items()}


def _group_rows(record: Record) -> dict[str, list[ObservationRow]]:
    rows: dict[str, list[ObservationRow]] = {}
    for row in record.observations:
        rows.setdefault(row.observation, []).append(row)
    return rows


def _score(
    bound: Bound,
    row: ContrastRow,
    arms: dict[str, Arm],
    observed: list[ObservationRow],
    benches: tuple[Bench, Bench, Bench],
) -> Scored:
    inside = row.scope == "in"
    nominal, drawn, blind = (judge_contrast(bench, row, arms) if inside else None for bench in benches)
    grid_share = share_reproduced(nominal)
    share = share_reproduced(drawn)
    class_ = classify(share) if share is not None else None
    return Scored(
        mechanism=bound.id,
        contrast=row.contrast,
        observation=row.observation,
        kind=row.kind,
        readout=row.readout,
        reported=describe_contrast(row),
        paper=row.paper,
        group=observed[0].group,
        step=row.step,
        in_scope=inside,
        reason=row.reason,
        outcome=_outcome(nominal, grid_share) if inside else "out of scope",
        grid_share=grid_share,
        blind_share=share_reproduced(blind),
        held_out_share=find_held_out(bound.id, row.contrast, row.paper) if inside else None,
        share=share,
        class_=class_,
        bits=-float(np.log2(share)) if class_ == "informative" and share else 0.0,
        effect=_spread(drawn),
        effect_unit=drawn.unit if drawn else "",
        tally=_tally(drawn),
        baselines=predict_baselines(bound.record, row, arms) if inside else {},
        arms=_read_arms(nominal, drawn),
        note=row.note,
        measurable=_is_measurable(bound, row),
    )


_SCOPED_OUT = ("another mechanism", "cells not in the model")  # reasons that leave a measurable contrast out


def _is_measurable(bound: Bound, row: ContrastRow) -> bool:
    known = {item.id for item in bound.record.mechanism.readouts} | set(THRESHOLDS)
    return row.scope == "in" or (row.reason in _SCOPED_OUT and set(row.readout.split(";")) <= known)


def describe_contrast(row: ContrastRow) -> str:
    """Say in words what a contrast states."""
    first = row.arm[0].replace("_", " ")
    other = (row.versus or "").replace("_", " ")
    return {
        "up": f"{row.readout} up: {first} against {other}",
        "down": f"{row.readout} down: {first} against {other}",
        "no change": f"{row.readout} unchanged: {first} against {other}",
        "ordered": f"{row.readout}: " + " > ".join(name.replace("_", " ") for name in row.arm),
        "partial": f"{row.readout}: {first} removes part of what {other} gives",
        "value": f"{row.readout}: {first} over {other} is {row.value:g}"
        if row.value is not None
        else row.readout,
    }[row.kind]


def share_reproduced(judged: Judged | None) -> float | None:
    """Return the share of solved trajectories that reproduce a contrast; None where too few were solved."""
    if judged is None:
        return None
    solved = judged.outcomes != Outcome.FAILED
    if solved.mean() < LEAST_SOLVED:
        return None
    return float((judged.outcomes[solved] == Outcome.REPRODUCED).mean())


def is_reproduced(share: float | None) -> bool:
    """Return whether a share of the grid is enough to count as reproduced."""
    return share is not None and share >= REPRODUCED_SHARE


def _outcome(judged: Judged | None, share: float | None) -> str:
    if judged is None or share is None:
        return Outcome.FAILED.value
    if is_reproduced(share):
        return Outcome.REPRODUCED.value
    others = [o for o in judged.outcomes if o not in (Outcome.REPRODUCED, Outcome.FAILED)]
    names, counts = np.unique(others, return_counts=True)
    return str(names[counts.argmax()])


def _spread(judged: Judged | None) -> tuple[float, float, float] | None:
    if judged is None:
        return None
    low, middle, high = _percentiles(judged.effect, (5, 50, 95))
    return None if low is None or middle is None or high is None else (low, middle, high)


def _read_arms(nominal: Judged | None, drawn: Judged | None) -> tuple[ArmReading, ...]:
    if nominal is None or drawn is None:
        return ()
    return tuple(
        ArmReading(name, _percentiles(over_grid, (50,))[0], *_percentiles(over_draws, (5, 50, 95)))
        for (name, over_grid), (_, over_draws) in zip(nominal.readings, drawn.readings, strict=True)
    )


def _percentiles(values: NDArray[np.float64], wanted: tuple[float, ...]) -> list[float | None]:
    finite = values[np.isfinite(values)]
    return [float(v) for v in np.percentile(finite, wanted)] if finite.size else [None] * len(wanted)


def _tally(judged: Judged | None) -> dict[str, float]:
    if judged is None:
        return {}
    return {
        outcome.value: float((judged.outcomes == outcome).mean())
        for outcome in Outcome
        if (judged.outcomes == outcome).any()
    }
