"""The records of several mechanisms as one record: cells, steps, perturbations, experiments, statements.

What two records call by one name and mean differently gets the mark of each; what they mean alike is there
once. Experiments and statements keep a mark each, so that it stays plain whose papers they are from.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from mscape.atlas import record as form
from mscape.atlas.load import Record
from mscape.atlas.row import ContrastRow, ObservationRow
from mscape.experiments.node import Part
from mscape.network.motif import rename_names

Item = TypeVar("Item", form.Cell, form.Entity, form.Perturbation, form.Readout)
Names = Mapping[str, Mapping[str, str]]  # mechanism to its names to those of the whole
WITHOUT, ONLY, NONE = "without_", "only_", "no_route"  # perturbations that cut routes
_ROUTE = "route"


@dataclass(frozen=True)
class United:
    """Items of all records under ids that are unique, and each record's own ids to those."""

    items: tuple[Any, ...]
    ids: Names


def unite_records(parts: Sequence[Part], names: Names, *, id: str, text: str) -> tuple[Record, Names]:
    """Unite the records of some mechanisms around one model.

    Parameters
    ----------
    parts
        The mechanisms, sorted by id.
    names
        Mechanism to the names in its model to those in the composed one.
    id, text
        Of the whole: its id, and its Antimony.

    Returns
    -------
    tuple
        The record, without parameters, which come with the composed model; and mechanism to its own ids of
        perturbations to those of the whole.
    """
    mark = _make_marker(parts)
    cells = _unite(parts, _list_cells, _describe_cell)
    entities = _unite(parts, lambda part: _list_entities(part, names), _describe_entity)
    readouts = _unite(
        parts,
        lambda part: _list_readouts(part, names, entities.ids),
        lambda r: (r.observable, r.kind, r.sign),
    )
    perturbations = _unite_perturbations(parts, names, entities.ids)
    mechanism = form.Mechanism(
        **_describe_whole(parts, id),
        entities=(
            *_join_entities(parts, names, entities),
            form.Entity(id=_ROUTE, kind="process", label="route"),
        ),
        cells=cells.items,
        readouts=readouts.items,
        perturbations=(*perturbations.items, *_cut_routes(parts)),
        steps=tuple(_list_steps(parts, names, (mark, entities.ids))),
        protocols=tuple(
            item.model_copy(update={"id": mark(part, item.id)})
            for part in parts
            for item in part.record.mechanism.protocols
        ),
        gates=tuple(_list_gates(parts, names, mark)),
    )
    ids = {"cells": cells.ids, "readouts": readouts.ids, "perturbations": perturbations.ids}
    whole = replace(
        parts[0].record,
        mechanism=mechanism,
        parameters=(),
        observations=tuple(row for part in parts for row in _list_observations(part, mark, ids)),
        contrasts=tuple(row for part in parts for row in _list_contrasts(part, mark, ids)),
        model=text,
        lines={},
    )
    return whole, perturbations.ids


Marker = Callable[[Part, str], str]


def _make_marker(parts: Sequence[Part]) -> Marker:
    """Return how a name gets a mechanism's mark: not at all where there is one mechanism."""
    return lambda part, name: name if len(parts) == 1 else f"{part.short}_{name}"


def _describe_whole(parts: Sequence[Part], id: str) -> dict[str, Any]:
    records = [part.record.mechanism for part in parts]
    first = records[0]
    listed = ", ".join(part.id for part in parts)
    used = _join(item.ports.used for item in records)
    reason = f"Composed by mscape of {listed}; no paper claims it as a whole."
    return {
        "id": id,
        "title": "Niche: " + " + ".join(part.short for part in parts),
        "claim": first.claim.model_copy(
            update={
                "table": "niche",
                "row": None,
                "mechanism": "; ".join(item.claim.mechanism for item in records)[:2000],
                "reference": "; ".join(dict.fromkeys(item.claim.reference for item in records)),
                "tumour_terms": _join(item.claim.tumour_terms for item in records),
                "drug_terms": _join(item.claim.drug_terms for item in records),
                "signal_terms": _join(item.claim.signal_terms for item in records),
            }
        ),
        "paper": "niche",
        "verdict": form.Verdict(verdict="unverified", basis="secondary", reason=reason),
        "curation": form.Curation(access="secondary", curated=max(item.curation.curated for item in records)),
        "summary": f"One tumour, one MSC population and one drug, with the routes of {listed}.",
        "ports": form.Ports(
            used=tuple(sorted(used)),
            alternatives=tuple(sorted(set(_join(item.ports.alternatives for item in records)) - set(used))),
            reason="The ports of its mechanisms.",
        ),
        "drugs": _join(item.drugs for item in records),
        "needs": _join(item.needs for item in records),
        "stand_ins": _join(item.stand_ins for item in records),
    }


def _join(groups: Iterable[Iterable[Any]]) -> tuple[Any, ...]:
    """Return the items of all groups, each once, in order."""
    found: list[Any] = []
    for group in groups:
        found += [item for item in group if item not in found]
    return tuple(found)


def _unite(
    parts: Sequence[Part],
    list_items: Callable[[Part], Sequence[Item]],
    describe: Callable[[Item], Hashable],
) -> United:
    """Unite items by id: those of one id that mean the same are one, others get the mark of their record."""
    meant: dict[str, set[Hashable]] = {}
    for part in parts:
        for item in list_items(part):
            meant.setdefault(item.id, set()).add(describe(item))
    items: dict[tuple[str, Hashable], Item] = {}
    ids: dict[str, dict[str, str]] = {part.id: {} for part in parts}
    for part in parts:
        for item in list_items(part):
            key = item.id if len(meant[item.id]) == 1 else f"{part.short}_{item.id}"
            ids[part.id][item.id] = key
            items.setdefault((key, describe(item)), item.model_copy(update={"id": key}))
    return United(tuple(items.values()), ids)


def _list_cells(part: Part) -> Sequence[form.Cell]:
    return part.record.mechanism.cells


def _describe_cell(cell: form.Cell) -> Hashable:
    """A tumour cell's id is its line's: it is one cell in all records."""
    return cell.role if cell.role == "tumour" else (cell.role, cell.state, cell.growth, cell.tissue)


def _list_entities(part: Part, names: Names) -> Sequence[form.Entity]:
    mine = names[part.id]
    return [
        entity.model_copy(update={"species": tuple(mine.get(name, name) for name in entity.species)})
        for entity in part.record.mechanism.entities
    ]


def _describe_entity(entity: form.Entity) -> Hashable:
    return entity.kind, entity.term


def _join_entities(parts: Sequence[Part], names: Names, united: United) -> Iterator[form.Entity]:
    """Yield the entities, each with the species it has in any of the models."""
    species: dict[str, dict[str, None]] = {}
    for part in parts:
        for entity in _list_entities(part, names):
            known = species.setdefault(united.ids[part.id][entity.id], {})
            known.update(dict.fromkeys(entity.species))
    for entity in united.items:
        yield entity.model_copy(update={"species": tuple(species[entity.id])})


def _list_readouts(part: Part, names: Names, entities: Names) -> Sequence[form.Readout]:
    mine = names[part.id]
    return [
        item.model_copy(
            update={
                "observable": mine.get(item.observable, item.observable),
                "entity": entities[part.id].get(item.entity, item.entity),
            }
        )
        for item in part.record.mechanism.readouts
    ]


def _unite_perturbations(parts: Sequence[Part], names: Names, entities: Names) -> United:
    """What acts on nothing in one model acts in the whole, where another model has what it acts on."""

    def list_items(part: Part) -> Sequence[form.Perturbation]:
        mine = names[part.id]
        return [
            item.model_copy(
                update={
                    "parameters": tuple(mine.get(name, name) for name in item.parameters),
                    "target": entities[part.id].get(item.target, item.target),
                }
            )
            for item in part.record.mechanism.perturbations
        ]

    acting: dict[tuple[str, str], list[form.Perturbation]] = {}
    for part in parts:
        for item in list_items(part):
            known = acting.setdefault((item.id, item.kind), [])
            if item.parameters and _describe_action(item) not in [_describe_action(each) for each in known]:
                known.append(item)

    def list_acting(part: Part) -> Sequence[form.Perturbation]:
        found = []
        for item in list_items(part):
            known = acting[item.id, item.kind]
            found.append(known[0] if not item.parameters and len(known) == 1 else item)
        return found

    return _unite(parts, list_acting, _describe_action)


def _describe_action(item: form.Perturbation) -> Hashable:
    return item.kind, item.parameters, item.how, item.value, item.low, item.high


def _cut_routes(parts: Sequence[Part]) -> Iterator[form.Perturbation]:
    """Yield the perturbations that cut a route, all others, or all: nothing an experimenter could do."""

    def cut(id: str, label: str, shorts: Sequence[str]) -> form.Perturbation:
        return form.Perturbation(
            id=id,
            label=label,
            kind="knock-out",
            target=_ROUTE,
            parameters=tuple(f"route_{short}" for short in shorts),
            how="level",
            value=0.0,
            source="definition",
        )

    shorts = [part.short for part in parts]
    for short in shorts:
        yield cut(f"{WITHOUT}{short}", f"without the route of {short}", [short])
        others = [other for other in shorts if other != short]
        if others:
            yield cut(f"{ONLY}{short}", f"only the route of {short}", others)
    yield cut(NONE, "without any route", shorts)


def _list_steps(parts: Sequence[Part], names: Names, how: tuple[Marker, Names]) -> Iterator[form.Step]:
    mark, entities = how
    for part in parts:
        mine = entities[part.id]
        for step in part.record.mechanism.steps:
            ablate = step.ablate and (names[part.id].get(step.ablate[0], step.ablate[0]), step.ablate[1])
            yield step.model_copy(
                update={
                    "id": mark(part, step.id),
                    "source": mine.get(step.source, step.source),
                    "target": mine.get(step.target, step.target),
                    "ablate": ablate,
                }
            )


def _list_gates(parts: Sequence[Part], names: Names, mark: Marker) -> Iterator[form.Gate]:
    for part in parts:
        for gate in part.record.mechanism.gates:
            yield gate.model_copy(
                update={
                    "id": mark(part, gate.id),
                    "available": rename_names(gate.available, names[part.id]),
                    "needed": rename_names(gate.needed, names[part.id]),
                }
            )


def _list_observations(part: Part, mark: Marker, ids: Mapping[str, Names]) -> Iterator[ObservationRow]:
    cells, readouts, known = (ids[kind][part.id] for kind in ("cells", "readouts", "perturbations"))
    for row in part.record.observations:
        yield row.model_copy(
            update={
                "observation": mark(part, row.observation),
                "protocol": row.protocol and mark(part, row.protocol),
                "tumour": row.tumour and cells.get(row.tumour, row.tumour),
                "msc": row.msc and cells.get(row.msc, row.msc),
                "perturbation": tuple(known.get(name, name) for name in row.perturbation),
                "readout": readouts.get(row.readout, row.readout),
            }
        )


def _list_contrasts(part: Part, mark: Marker, ids: Mapping[str, Names]) -> Iterator[ContrastRow]:
    readouts = ids["readouts"][part.id]
    for row in part.record.contrasts:
        read = ";".join(readouts.get(name, name) for name in row.readout.split(";"))
        yield row.model_copy(
            update={
                "contrast": mark(part, row.contrast),
                "observation": mark(part, row.observation),
                "readout": read,
                "step": row.step and mark(part, row.step),
            }
        )
