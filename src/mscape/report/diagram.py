"""Lay out a pathway.

Lanes for sender cell, medium and tumour cell, rows by order of cause and effect, few crossings.

A layered drawing, from top to bottom: entities get a lane and a row; a step that passes over rows gets a
waypoint in each; rows are ordered by the mean place of neighbours; places are relaxed the same way.
Everything is computed from the steps, so that a record needs no coordinates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from textwrap import wrap

from mscape.atlas.record import Entity, Mechanism

LANES = ("Sender cell", "Medium", "Tumour cell")
NODE_WIDTH = 146.0
LINE = 15.0  # from text line to text line
GAP = 22.0  # between neighbours of a row
WAY = 12.0  # width kept free for a step that passes
BETWEEN = 46.0  # from row to row
MARGIN = 92.0  # for the names of the lanes
_SWEEPS = 24
_CHARACTERS = 20  # of a label's line
_ENDS = ("death", "growth")


@dataclass
class Spot:
    """A node or a waypoint while the drawing is being laid out; ``entity`` is None for a waypoint."""

    key: str
    row: int
    width: float
    height: float = 0.0
    entity: Entity | None = None
    lines: tuple[str, ...] = ()
    x: float = 0.0
    y: float = 0.0
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Route:
    """A step's way through the rows, from top to bottom; ``backward`` if the step runs the other way."""

    step: str
    spots: tuple[str, ...]
    backward: bool


@dataclass(frozen=True)
class Layout:
    """Spots with their places, routes, top and bottom of each lane, and the size."""

    spots: Mapping[str, Spot]
    routes: tuple[Route, ...]
    lanes: tuple[tuple[str, float, float], ...]
    width: float
    height: float


def lay_out(mechanism: Mechanism) -> Layout:
    """Lay out the steps of a mechanism; entities in no step are left out."""
    used = {name for step in mechanism.steps for name in (step.source, step.target)}
    entities = {entity.id: entity for entity in mechanism.entities if entity.id in used}
    links = [
        (s.id, s.source, s.target) for s in mechanism.steps if s.source in entities and s.target in entities
    ]
    rows, lanes = assign_rows(entities, [(source, target) for _, source, target in links])
    spots = {key: _make_spot(entity, rows[key]) for key, entity in entities.items()}
    routes = tuple(_route(step, (source, target), spots) for step, source, target in links)
    for route in routes:
        for first, second in pairwise(route.spots):
            spots[first].below.append(second)
            spots[second].above.append(first)
    grid = [
        [spot for spot in spots.values() if spot.row == row]
        for row in range(max(rows.values(), default=-1) + 1)
    ]
    _order(grid, spots)
    width = _place(grid, spots)
    tops = _stack(grid)
    bands = tuple((name, tops[first], tops[last + 1]) for name, first, last in lanes)
    return Layout(spots, routes, bands, width, tops[-1])


def find_lanes(entities: Mapping[str, Entity], links: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Return the lane of each entity: 0 sender cell, 1 medium, 2 tumour cell.

    Told by its kind and by what stands for it in the model; where neither tells, by its neighbours. What
    has none in the tumour cell is the sender's own, or a ligand if it acts on the sender and has no source.
    """
    pairs = tuple(links)
    known = {key: _find_lane(entity) for key, entity in entities.items()}
    lanes = {key: 2 if lane is None else lane for key, lane in known.items()}
    for key, lane in known.items():
        if lane is None:
            targets = {lanes[target] for source, target in pairs if source == key}
            sources = {source for source, target in pairs if target == key}
            beside = targets | {lanes[source] for source in sources - {"tumour"}}
            if targets and 2 not in beside:
                lanes[key] = 1 if 0 in targets and not sources else 0
    return lanes


def _find_lane(entity: Entity) -> int | None:
    if entity.id == "tumour" or entity.id in _ENDS:
        return 2
    if entity.kind == "cell" or (entity.species and all("msc" in name.split("_") for name in entity.species)):
        return 0
    if entity.kind == "drug":
        return 1
    if entity.kind != "rna" and any(name.endswith(("_free", "_side")) for name in entity.species):
        return 1
    return None


def assign_rows(
    entities: Mapping[str, Entity], links: Iterable[tuple[str, str]]
) -> tuple[dict[str, int], tuple[tuple[str, int, int], ...]]:
    """Give each entity a row, lane after lane.

    Within a lane by the longest chain of steps that leads there.
    """
    pairs = [(a, b) for a, b in links if a != b]
    found = find_lanes(entities, pairs)
    rows: dict[str, int] = {}
    lanes = []
    start = 0
    for lane, name in enumerate(LANES):
        members = [key for key in entities if found[key] == lane]
        if not members:
            continue
        inside = [(a, b) for a, b in pairs if a in members and b in members]
        depth = _longest_chains(members, inside)
        last = max(depth.values())
        ends = [key for key in _ENDS if key in depth]
        if ends and len(members) > len(ends):
            last = max(last, 1)  # what the pathway ends in stands below the rest
            depth |= dict.fromkeys(ends, last)
        rows |= {key: start + value for key, value in depth.items()}
        lanes.append((name, start, start + last))
        start += last + 1
    return rows, tuple(lanes)


def _longest_chains(members: list[str], pairs: list[tuple[str, str]]) -> dict[str, int]:
    """Longest chain to each member; a step that closes a circle does not count."""
    forward = _drop_cycles(members, pairs)
    depth = dict.fromkeys(members, 0)
    for _ in members:
        for source, target in forward:
            depth[target] = max(depth[target], depth[source] + 1)
    return depth


def _drop_cycles(members: list[str], pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    kept: list[tuple[str, str]] = []
    state = dict.fromkeys(members, 0)  # 0 new, 1 on the way, 2 done

    def visit(key: str) -> None:
        state[key] = 1
        for source, target in pairs:
            if source == key and state[target] != 1:
                kept.append((source, target))
                if state[target] == 0:
                    visit(target)
        state[key] = 2

    incoming = {target for _, target in pairs}
    for key in sorted(members, key=lambda key: key in incoming):
        if state[key] == 0:
            visit(key)
    return kept


def wrap_label(label: str, width: int = _CHARACTERS, lines: int = 4) -> tuple[str, ...]:
    """Break a label into at most so many lines; what does not fit ends in an ellipsis."""
    found = wrap(label, width, break_long_words=True)
    if len(found) > lines:
        found = [*found[: lines - 1], found[lines - 1][: width - 1].rstrip() + "…"]
    return tuple(found) or ("",)


def _make_spot(entity: Entity, row: int) -> Spot:
    lines = wrap_label(entity.label)
    return Spot(entity.id, row, NODE_WIDTH, 14.0 + LINE * len(lines), entity, lines)


def _route(step: str, ends: tuple[str, str], spots: dict[str, Spot]) -> Route:
    source, target = ends
    backward = spots[source].row > spots[target].row
    first, last = (target, source) if backward else (source, target)
    keys = [first]
    for row in range(spots[first].row + 1, spots[last].row):
        key = f"{step}@{row}"
        spots[key] = Spot(key, row, WAY)
        keys.append(key)
    return Route(step, (*keys, last), backward)


def _order(grid: list[list[Spot]], spots: Mapping[str, Spot]) -> None:
    """Sort rows by the mean place of neighbours, swap where that saves crossings, keep the best order met."""
    for row in grid:
        _number(row)
    best = (_count_crossings(grid, spots), [list(row) for row in grid])
    for sweep in range(_SWEEPS):
        downward = sweep % 2 == 0
        for row in grid if downward else reversed(grid):
            wanted = {spot.key: _mean(spot.above if downward else spot.below, spots, spot.x) for spot in row}
            row.sort(key=lambda spot: wanted[spot.key])
            _number(row)
            _swap_neighbours(row, spots)
        crossings = _count_crossings(grid, spots)
        if crossings < best[0]:
            best = (crossings, [list(row) for row in grid])
    grid[:] = best[1]
    for row in grid:
        _number(row)


def _swap_neighbours(row: list[Spot], spots: Mapping[str, Spot]) -> None:
    for index in range(len(row) - 1):
        one, two = row[index], row[index + 1]
        if _count_between(two, one, spots) < _count_between(one, two, spots):
            row[index], row[index + 1] = two, one
            one.x, two.x = two.x, one.x


def _count_between(left: Spot, right: Spot, spots: Mapping[str, Spot]) -> int:
    """Count crossings of the lines of two neighbours of a row, with the left one on the left."""
    pairs = ((left.above, right.above), (left.below, right.below))
    return sum(spots[a].x > spots[b].x for ones, others in pairs for a in ones for b in others)


def _count_crossings(grid: list[list[Spot]], spots: Mapping[str, Spot]) -> int:
    total = 0
    for row in grid:
        for index, left in enumerate(row):
            total += sum(
                spots[a].x > spots[b].x for right in row[index + 1 :] for a in left.below for b in right.below
            )
    return total


def _number(row: list[Spot]) -> None:
    for index, spot in enumerate(row):
        spot.x = index - (len(row) - 1) / 2


def _mean(keys: list[str], spots: Mapping[str, Spot], default: float) -> float:
    return sum(spots[key].x for key in keys) / len(keys) if keys else default


def _place(grid: list[list[Spot]], spots: Mapping[str, Spot]) -> float:
    """Relax places towards the neighbours', keeping order and distance; return the drawing's width."""
    for row in grid:
        _spread(row, [spot.x * (NODE_WIDTH + GAP) for spot in row])
    for sweep in range(6 * _SWEEPS):
        for row in grid if sweep % 2 == 0 else reversed(grid):
            _spread(row, [_mean(spot.above + spot.below, spots, spot.x) for spot in row])
    for row in grid:  # at last straight down wherever there is one way down
        _spread(row, [_mean(spot.above, spots, spot.x) for spot in row])
    left = min((spot.x - spot.width / 2 for spot in spots.values()), default=0.0)
    for spot in spots.values():
        spot.x += MARGIN - left
    return max((spot.x + spot.width / 2 for spot in spots.values()), default=MARGIN) + 12.0


def _stack(grid: list[list[Spot]]) -> list[float]:
    """Give rows their heights; return where each begins, and the bottom."""
    tops = [0.0]
    for row in grid:
        height = max((spot.height for spot in row), default=0.0) + BETWEEN
        for spot in row:
            spot.y = tops[-1] + height / 2
        tops.append(tops[-1] + height)
    return tops


def _spread(row: list[Spot], wanted: list[float]) -> None:
    """Put spots as near to the wanted places as their sizes allow: blocks that touch move together."""
    blocks: list[tuple[float, list[int]]] = []  # wanted place of the first of a block, indices
    offsets = [0.0]
    for one, two in pairwise(row):
        offsets.append(offsets[-1] + (one.width + two.width) / 2 + GAP)
    for index, place in enumerate(wanted):
        blocks.append((place - offsets[index], [index]))
        while len(blocks) > 1 and blocks[-1][0] < blocks[-2][0]:
            (first, ones), (second, others) = blocks[-2], blocks[-1]
            total = len(ones) + len(others)
            blocks[-2:] = [((first * len(ones) + second * len(others)) / total, ones + others)]
    for base, indices in blocks:
        for index in indices:
            row[index].x = base + offsets[index]
