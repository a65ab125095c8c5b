"""What interventions do to the names of a niche, draw by draw, and whether that stands on sourced numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mscape.atlas.intervention import ActionRow
from mscape.engine.batch import Array
from mscape.experiments.niche import Niche
from mscape.experiments.prior import Source
from mscape.treatment.dose import Basis, Span, find_span, sample_left, sample_potency, sample_span

Values = Mapping[str, Array]


@dataclass(frozen=True)
class Effect:
    """One intervention, or several given together, as numbers of a niche's model.

    Parameters
    ----------
    names
        The interventions' keys.
    mechanisms
        On whose routes they act.
    now
        What is set when they are given: name to levels in the model's unit, shape (draw,).
    lasting
        What is so from the beginning, as by a silencing; likewise.
    spans
        What each is given at; None for one without a concentration.
    doubts
        Why it cannot stand above a hypothesis; empty if it can.
    """

    names: tuple[str, ...]
    mechanisms: tuple[str, ...]
    now: Values = field(default_factory=dict)
    lasting: Values = field(default_factory=dict)
    spans: tuple[Span | None, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The keys joined."""
        return " + ".join(self.names)

    @property
    def is_grounded(self) -> bool:
        """Whether free exposure and every potency have sources."""
        return not self.doubts


def find_targets(niche: Niche, row: ActionRow) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Find what an action acts on in a niche: mechanism to parameters and affinities, in the niche's names.

    Mechanisms it does not reach are left out.
    """
    known = niche.bound.network.inputs

    def look(mine: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(mine[name] for name in names if name in mine and mine[name] in known)

    found = {key: (look(mine, row.parameters), look(mine, row.affinity)) for key, mine in niche.names.items()}
    return {key: targets for key, targets in found.items() if targets[0]}


def list_reaching(niche: Niche) -> tuple[str, ...]:
    """Return the interventions that act on something in a niche, in the atlas' order."""
    shelf = niche.bound.atlas.interventions
    return tuple(
        name for name in shelf.reagents if any(find_targets(niche, row) for row in shelf.find_actions(name))
    )


def make_effect(
    niche: Niche,
    names: tuple[str, ...],
    values: Values,
    source: Source,
    *,
    times: float = 1.0,
    levels: Values | None = None,
) -> Effect:
    """Make what some interventions, given together, do in a niche.

    Parameters
    ----------
    niche
        The niche.
    names
        Keys of interventions.
    values
        Every parameter of the niche, shape (draw,) each.
    source
        Where draws come from. A potency is the same number in every niche of one seed.
    times
        By what each concentration is multiplied; ``spans`` of the effect are those before.
    levels
        Intervention to nM in the well, shape (draw,), in place of what is reached; ``times`` does not count.

    Raises
    ------
    DataError
        A potency's or an exposure's unit is not a concentration.
    """
    atlas = niche.bound.atlas
    count = len(next(iter(values.values())))
    making = _Making(niche, values, source, count)
    for name in names:
        rows = atlas.interventions.find_actions(name)
        reached = tuple(dict.fromkeys(key for row in rows for key in find_targets(niche, row)))
        span = find_span(atlas, name, reached)
        level = None if span is None else times * sample_span(span, name, source, count)
        level = (levels or {}).get(name, level)
        making.spans.append(span)
        making.reached += [key for key in reached if key not in making.reached]
        making.doubts += _list_doubts(niche, name, span)
        for place, row in enumerate(rows):
            _act(making, row, place, level)
    return Effect(
        names=names,
        mechanisms=tuple(sorted(making.reached)),
        now=making.now,
        lasting=making.lasting,
        spans=tuple(making.spans),
        doubts=tuple(dict.fromkeys(making.doubts)),
    )


@dataclass
class _Making:
    """An effect while it is put together."""

    niche: Niche
    values: Values
    source: Source
    count: int
    now: dict[str, Array] = field(default_factory=dict)
    lasting: dict[str, Array] = field(default_factory=dict)
    reached: list[str] = field(default_factory=list)
    spans: list[Span | None] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def base(self, name: str) -> Array:
        """Return what a name is before the intervention acts."""
        if name in self.values:
            return self.values[name]
        return np.full(self.count, float(self.niche.bound.network.inputs[name] or 0.0))


def _act(making: _Making, row: ActionRow, place: int, level: Array | None) -> None:
    """Let one action act: each name once, though several mechanisms share it."""
    targets = find_targets(making.niche, row).values()
    parameters = dict.fromkeys(name for acted, _ in targets for name in acted)
    affinities = dict.fromkeys(name for _, bound in targets for name in bound)
    potency = sample_potency(making.niche.bound.atlas, row, place, making.source, making.count)
    if row.how == "concentration":
        if level is not None:
            # two antibodies to one ligand add up
            making.now |= {name: level + making.now.get(name, 0.0) for name in parameters}
        for name in affinities if potency is not None else ():
            making.now[name] = np.asarray(potency)
        return
    left = sample_left(row, place, making.source, making.count)
    if row.how == "inhibition" and level is not None and potency is not None:
        left = left + (1.0 - left) / (1.0 + level / potency)
    for name in parameters:
        _multiply(making, name, left, lasting=row.how == "silencing")


def _multiply(making: _Making, name: str, left: Array, *, lasting: bool) -> None:
    base = making.lasting.get(name, making.base(name))
    if lasting:
        making.lasting[name] = base * left
    if not lasting or name in making.now:
        making.now[name] = making.now.get(name, base) * left


def _list_doubts(niche: Niche, name: str, span: Span | None) -> list[str]:
    shelf = niche.bound.atlas.interventions
    doubts = []
    if span is None or span.basis != Basis.REACHED:
        doubts.append(f"free exposure of {name} unknown")
    rows = [row for row in shelf.find_actions(name) if find_targets(niche, row)]
    if any(row.source.startswith("assumed") for row in rows):
        doubts.append(f"potency of {name} assumed")
    return doubts
