"""A row's experiments on another row's model, mapped by role, and how specific that leaves the row.

Cells, cultures, drug and doses are those of the row; its perturbations become those that play the same part
in the other model: what blocks the signal there, what blocks the pathway, what mimics the signal. Molecular
readouts do not map, so only readouts of cells are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from mscape.atlas.load import Atlas, Record
from mscape.atlas.record import Mechanism, Perturbation
from mscape.atlas.row import ContrastRow
from mscape.experiments.bind import Bound, bind_record
from mscape.experiments.graph import LOWERS, RAISES, list_edges
from mscape.experiments.score import share_contrasts

CELL_READOUTS = frozenset({"viability", "viability_well", "count", "apoptosis", "gr", "colonies", "ic50"})
SAME = 0.95  # of the row's own share: another model that reaches it does as well
_SIGNAL_STEPS = 2  # from the MSC to its signal, and to the signal's receptor


def name_role(mechanism: Mechanism, item: Perturbation) -> str:
    """Return the part a perturbation plays: control, mimic, blocks signal or blocks pathway."""
    if item.kind in RAISES:
        return "mimic"
    if item.kind not in LOWERS:
        return "control"
    edges = list_edges(mechanism)
    near, front = {"msc"}, {"msc"}
    for _ in range(_SIGNAL_STEPS):
        front = {target for source in front for target, _ in edges.get(source, ())}
        near |= front
    return "blocks signal" if item.target in near else "blocks pathway"


def _find_twin(bound: Bound, other: Bound, name: str) -> Perturbation | None:
    mine, theirs = bound.record.mechanism, other.record.mechanism
    item = next(item for item in mine.perturbations if item.id == name)
    role = name_role(mine, item)
    known = [each for each in theirs.perturbations if each.parameters or role == "control"]
    same = [each for each in known if name_role(theirs, each) == role]
    blocks = [
        each for each in known if role.startswith("blocks") and name_role(theirs, each).startswith("blocks")
    ]
    return next(iter([*same, *blocks]), None)


def can_transplant(bound: Bound, other: Bound, row: ContrastRow) -> bool:
    """Say whether every perturbation of a contrast's observation has one that plays its part in the other
    model.
    """
    used = {
        name for o in bound.record.observations if o.observation == row.observation for name in o.perturbation
    }
    return all(_find_twin(bound, other, name) is not None for name in used)


def transplant_experiments(bound: Bound, other: Bound) -> Record:
    """Return the other row's record with this row's cells, protocols, drugs, observations and contrasts."""
    mine, theirs = bound.record.mechanism, other.record.mechanism
    twins = {item.id: _find_twin(bound, other, item.id) for item in mine.perturbations}
    perturbations = tuple(
        twin.model_copy(update={"id": key}) for key, twin in twins.items() if twin is not None
    )
    parts = {
        "cells": mine.cells,
        "protocols": mine.protocols,
        "perturbations": perturbations,
        "drugs": mine.drugs,
    }
    mechanism = theirs.model_copy(update=parts)
    tables = {"observations": bound.record.observations, "contrasts": bound.record.contrasts}
    return replace(other.record, mechanism=mechanism, **tables)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Specificity:
    """Each row's experiments on every row's model.

    Parameters
    ----------
    ids
        Rows and models, in the same order.
    share
        Shape (row, model): mean share of draws that reproduce the row's contrasts that map onto that model;
        NaN where none does.
    own
        Shape (row, model): the share on the row's own model, for the same contrasts.
    contrasts
        Shape (row, model): how many contrasts were compared.
    """

    ids: tuple[str, ...]
    share: np.ndarray
    own: np.ndarray
    contrasts: np.ndarray

    def list_equals(self, row: str) -> tuple[str, ...]:
        """Return the other models that reproduce a row's experiments as well as its own does: where there are
        any, it is not specific.
        """
        i = self.ids.index(row)
        return tuple(
            key
            for j, key in enumerate(self.ids)
            if j != i and self.contrasts[i, j] and self.share[i, j] >= SAME * self.own[i, j] > 0
        )


@dataclass(frozen=True)
class RowShares:
    """One row on several models, in their order: share, the row's own share, number of contrasts."""

    share: np.ndarray
    own: np.ndarray
    contrasts: np.ndarray


def measure_row(
    record: Record,
    atlas: Atlas,
    *,
    ids: Iterable[str],
    seed: int,
    draws: int = 30,
    progress: Callable[[int], None] | None = None,
) -> RowShares:
    """Run one row's experiments on every row's model.

    Parameters
    ----------
    record, atlas
        The row, and the atlas that holds it.
    ids
        The models.
    seed, draws
        Of the joint draws; few are enough for a comparison of shares over many contrasts.
    progress
        Called with the number of trajectories solved since the last call.

    Raises
    ------
    ModelError
        A model cannot be read.
    """
    keys = tuple(ids)
    mine = bind_record(record, atlas)
    own = _score_on(mine, mine, seed=seed, draws=draws, progress=progress)
    rows = []
    for key in keys:
        other = bind_record(atlas.records[key], atlas)
        same = key == mine.id
        theirs = own if same else _score_on(mine, other, seed=seed, draws=draws, progress=progress)
        both = [name for name in theirs if name in own]
        means = [float(np.mean([each[name] for name in both])) if both else np.nan for each in (theirs, own)]
        rows.append((*means, len(both)))
    table = np.array(rows, dtype=float)
    return RowShares(table[:, 0], table[:, 1], table[:, 2].astype(int))


def gather_rows(ids: Iterable[str], rows: Iterable[RowShares]) -> Specificity:
    """Put the rows of `measure_row` together, in the order of their ids."""
    parts = tuple(rows)
    tables = (np.array([getattr(row, name) for row in parts]) for name in ("share", "own", "contrasts"))
    return Specificity(tuple(ids), *tables)


def measure_specificity(
    atlas: Atlas,
    ids: Iterable[str],
    *,
    seed: int,
    draws: int = 30,
    progress: Callable[[int], None] | None = None,
) -> Specificity:
    """Run each row's experiments on every row's model, one row after another; see `measure_row`."""
    keys = tuple(ids)
    rows = (
        measure_row(atlas.records[key], atlas, ids=keys, seed=seed, draws=draws, progress=progress)
        for key in keys
    )
    return gather_rows(keys, rows)


def _score_on(
    bound: Bound, other: Bound, *, seed: int, draws: int, progress: Callable[[int], None] | None
) -> dict[str, float]:
    rows = [
        row
        for row in bound.record.contrasts
        if row.scope == "in" and row.readout in CELL_READOUTS and can_transplant(bound, other, row)
    ]
    rows = [
        row for row in rows if row.readout != "ic50"
    ]  # a scan of doses each: too dear for a table of all against all
    record = bound.record if bound.id == other.id else transplant_experiments(bound, other)
    return share_contrasts(replace(other, record=record), rows, seed=seed, draws=draws, progress=progress)
