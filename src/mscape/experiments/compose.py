"""Compose several models on one chassis: one text of Antimony, and what its parameters may be.

Each mechanism keeps its *route*: the way from what the MSC give to the ports. Nodes that are the same thing
are one (`find_nodes`), so that the MSC make each molecule once and a receptor is there once. Into a port the
routes add up, each by what it carries::

    carried_x = route_x · weight_x / (sum of the weights) · n^(1 - sharing)

``route_x`` is 1, or 0 where the route is cut. The weights are logistic-normal, about as wide as a flat
Dirichlet distribution: nothing is known of how much of each route is at work in a tumour in which several
are. ``sharing`` is open from 0 to 1. At 1 the routes share what one of them has in its own model: the
co-cultures in which papers saw a protection held all of them, so that what was seen is the whole. At 0 each
is as strong as in its own model, and they add up. One route carries 1.

Source: logistic-normal weights, Aitchison & Shen 1980, doi 10.1093/biomet/67.2.261.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mscape.atlas.load import Atlas
from mscape.atlas.row import ParameterRow
from mscape.errors import ModelError
from mscape.experiments.node import DRIVES, Node, Part, find_nodes, list_clashes
from mscape.network.motif import find_defined, rename_names

PORT = re.compile(r"p[1-8]_signal")
_WEIGHT = (1.0, 0.125, 8.0)  # median and 90 % range of a weight: see the docstring
_TINY = "0.000001"  # no division by 0 where every route into a node is cut
_CARGO = "further_cargo"
# What a further cargo of the same vesicles has for itself; all else of the motif is the vesicles'.
_CARGO_NAMES = frozenset("cargo deliver lose escape cargo_copies cargo_loss delivered half_copies".split())
_CARGO_BLOCK = f"""\
model {_CARGO}(opening, inside)
  species cargo in tumour_cell; substanceOnly species cargo;
  deliver: => cargo; opening * inside * escape * cargo_copies; escape has dimensionless;
  cargo_copies has dimensionless;
  lose: cargo => ; (cargo_loss + growth) * cargo; cargo_loss has per_h;
  delivered := cargo / (cargo + half_copies); delivered has dimensionless; half_copies has item;
end
"""


@dataclass(frozen=True)
class Composed:
    """A composed model.

    Parameters
    ----------
    text
        Its Antimony, with motifs.
    parameters
        Priors of what is not the chassis' or a motif's own.
    names
        Mechanism to its own names to those in the composed model, where they differ or not.
    nodes
        What the mechanisms share, and what they do not.
    """

    text: str
    parameters: tuple[ParameterRow, ...]
    names: Mapping[str, Mapping[str, str]]
    nodes: tuple[Node, ...]


def compose_models(parts: Sequence[Part], atlas: Atlas) -> Composed:
    """Compose the models of some mechanisms.

    Parameters
    ----------
    parts
        The mechanisms; their order does not matter.
    atlas
        Where the motifs' parameters are.

    Raises
    ------
    ModelError
        Two models set one name to different things, or give one parameter in different units.
    """
    from mscape.atlas.vocabulary import load_vocabulary

    parts = sorted(parts, key=lambda part: part.id)
    nodes = find_nodes(parts, load_vocabulary())
    names = {part.id: _map_names(part, nodes) for part in parts}
    for mechanism, name in list_clashes(parts):
        short = next(part.short for part in parts if part.id == mechanism)
        names[mechanism][name] = f"{short}_{name}"
    text = "\n".join(
        (
            *_write_head(parts),
            *_write_nodes(parts, nodes, names),
            *_write_statements(parts, names),
            *_write_ports(parts, names),
        )
    )
    return Composed(
        text + "\n",
        (*_list_weights(parts), *_list_parameters(parts, names, atlas)),
        names,
        nodes,
    )


def _map_names(part: Part, nodes: Sequence[Node]) -> dict[str, str]:
    """Return each name of a mechanism's motifs, and of its own, and the name it has in the whole."""
    names = {name: name for name in part.list_own()}
    for node in nodes:
        label = node.members.get(part.id)
        if label is None:
            continue
        for name in part.list_inside(node.motif):
            own_cargo = node.motif == "vesicle_cargo" and name in _CARGO_NAMES
            names[f"{label}_{name}"] = f"{_label_cargo(part, node) if own_cargo else node.label}_{name}"
    return names


def _label_cargo(part: Part, node: Node) -> str:
    """The first mechanism's cargo is the vesicles' own; what vesicles carry for others stands beside it."""
    return node.label if part.id == min(node.members) else f"{part.short}_{node.label}"


def _write_head(parts: Sequence[Part]) -> Iterator[str]:
    yield "// One tumour, one MSC population, one drug; the routes of:"
    yield from (f"// {part.id}: {part.record.mechanism.title}" for part in parts)
    imports = dict.fromkeys(name for part in parts for name in part.wiring.imports)
    yield from (
        f'import "{name}"' for name in sorted(imports, key=lambda name: (name != "chassis.ant", name))
    )
    yield ""
    for part in parts:
        yield f"route_{part.short} has dimensionless;"
        yield f"carried_{part.short} := {_write_carried(part, parts)};"
        yield f"carried_{part.short} has dimensionless;"
    if len(parts) > 1:
        total = " + ".join(f"weight_{part.short}" for part in parts)
        yield f"weight_total := {total}; weight_total has dimensionless; sharing has dimensionless;"
        yield from (f"weight_{part.short} has dimensionless;" for part in parts)
    yield ""


def _write_carried(part: Part, parts: Sequence[Part]) -> str:
    if len(parts) == 1:
        return f"route_{part.short}"
    return f"route_{part.short} * weight_{part.short} / weight_total * {len(parts)}^(1 - sharing)"


def _write_nodes(
    parts: Sequence[Part], nodes: Sequence[Node], names: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    known = {part.id: part for part in parts}
    further: list[str] = []
    for node in nodes:
        feeds = {
            key: tuple(names[key].get(word, word) for word in known[key].find_use(label).arguments)
            for key, label in node.members.items()
        }
        if len(set(feeds.values())) == 1:
            yield f"{node.label}: {node.motif}({', '.join(next(iter(feeds.values())))});"
        else:
            yield from _write_drives(node, {known[key].short: feed[0] for key, feed in feeds.items()})
        if node.motif == "vesicle_cargo":
            labels = (_label_cargo(known[key], node) for key in sorted(node.members)[1:])
            further += [f"{label}: {_CARGO}({node.label}_opening, {node.label}_inside);" for label in labels]
    if further:
        yield from (_CARGO_BLOCK.rstrip(), *further)
    yield ""


def _write_drives(node: Node, drives: Mapping[str, str]) -> Iterator[str]:
    """One pathway, several drives: their mean, each weighed by what its route carries."""
    name = f"{node.label}_{DRIVES[0]}"
    terms = " + ".join(f"carried_{short} * {drive}" for short, drive in sorted(drives.items()))
    total = " + ".join(f"carried_{short}" for short in sorted(drives))
    yield f"{name} := ({terms}) / ({total} + {_TINY}); {name} has dimensionless;"
    yield f"{node.label}: {node.motif}({name});"


def _write_statements(parts: Sequence[Part], names: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    written: dict[str, str] = {}
    for part in parts:
        yield f"// {part.short}"
        for statement in part.wiring.statements:
            defined = find_defined(statement)
            if defined and PORT.fullmatch(defined):
                continue
            renamed = rename_names(statement, names[part.id])
            defined = find_defined(renamed)
            if defined and defined in written:
                if written[defined] != renamed:
                    raise _refuse(part, defined)
                continue
            if defined:
                written[defined] = renamed
            yield f"{renamed};"
    yield ""


def _refuse(part: Part, name: str) -> ModelError:
    found = f"{name} is set to something else by another mechanism of the niche"
    return ModelError(
        f"{part.id}/model.ant", found, "one meaning for one name", "compose without one of them"
    )


def _write_ports(parts: Sequence[Part], names: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Routes add up at a port, each by what it carries."""
    terms: dict[str, list[str]] = {}
    for part in parts:
        for port, formula in list_ports(part):
            renamed = rename_names(formula, names[part.id])
            terms.setdefault(port, []).append(f"carried_{part.short} * ({renamed})")
    yield from (f"{port} := {' + '.join(terms[port])};" for port in sorted(terms))


def list_ports(part: Part) -> Iterator[tuple[str, str]]:
    """Yield each port a mechanism wires a signal into, and the formula of the signal."""
    for statement in part.wiring.statements:
        defined = find_defined(statement)
        if defined and PORT.fullmatch(defined):
            yield defined, statement.partition(":=")[2].strip()


def _list_weights(parts: Sequence[Part]) -> Iterator[ParameterRow]:
    middle, low, high = _WEIGHT
    for part in parts:
        yield _make_row(
            f"route_{part.short}", 1.0, source="definition", note="1 = the route is there, 0 = it is cut"
        )
    if len(parts) == 1:
        return
    for part in parts:
        note = "how much of this route is at work beside the others; only ratios matter; as wide as a flat"
        note += " Dirichlet distribution"
        yield _make_row(f"weight_{part.short}", middle, low, high, kind="lognormal", note=note)
    note = "0: each route as strong as in its own model; 1: together as strong as one of them"
    yield _make_row("sharing", 0.5, 0.0, 1.0, kind="uniform", note=note)


def _make_row(
    name: str,
    value: float,
    low: float | None = None,
    high: float | None = None,
    *,
    kind: str = "fixed",
    source: str = "assumed",
    note: str = "",
) -> ParameterRow:
    return ParameterRow(
        parameter=name, value=value, unit="dimensionless", low=low, high=high,
        distribution=kind, source=source, note=note,  # type: ignore[arg-type]
    )  # fmt: skip


def _list_parameters(
    parts: Sequence[Part], names: Mapping[str, Mapping[str, str]], atlas: Atlas
) -> Iterator[ParameterRow]:
    """Yield the parameters that a mechanism has a say in: where several have, what they say is pooled."""
    said: dict[str, dict[str, ParameterRow]] = {}
    for part in parts:
        for row in (*_list_cargo_rows(part, names[part.id], atlas), *part.record.parameters):
            name = names[part.id].get(row.parameter, row.parameter)
            said.setdefault(name, {})[part.id] = row
    for name, rows in said.items():
        yield pool_rows(name, rows)


def _list_cargo_rows(part: Part, names: Mapping[str, str], atlas: Atlas) -> Iterator[ParameterRow]:
    """Yield what the motif says of a further cargo, whose label no longer tells the motif."""
    shared = {row.parameter: row for row in atlas.parameters}
    for use in part.wiring.uses:
        for name in sorted(_CARGO_NAMES):
            own = f"{use.label}_{name}"
            row = shared.get(f"vesicle_cargo.{name}")
            if use.motif == "vesicle_cargo" and row is not None and names[own] != own:
                yield row.model_copy(update={"parameter": own})


def pool_rows(name: str, rows: Mapping[str, ParameterRow]) -> ParameterRow:
    """Pool what several mechanisms say of one parameter: the range that holds all of theirs.

    Its value is the middle of that range. Where they say it in different forms it is log-uniform, and where
    it may be 0 or less uniform.

    Parameters
    ----------
    name
        The parameter, as the composed model calls it.
    rows
        What each mechanism says of it.

    Raises
    ------
    ModelError
        They say it in different units.
    """
    units = sorted({row.unit for row in rows.values()})
    if len(units) > 1:
        found = f"{name} is given in {' and '.join(units)}"
        raise ModelError("niche", found, "one unit", "compose without one of " + ", ".join(sorted(rows)))
    first = next(iter(rows.values())).model_copy(update={"parameter": name})
    alike = {(row.value, row.low, row.high, row.distribution) for row in rows.values()}
    if len(alike) == 1:
        return first
    low = min(row.value if row.low is None else row.low for row in rows.values())
    high = max(row.value if row.high is None else row.high for row in rows.values())
    kinds = {row.distribution for row in rows.values()} - {"fixed"}
    kind = next(iter(kinds)) if len(kinds) == 1 else "loguniform"
    kind = "uniform" if kind.startswith("log") and low <= 0 else kind
    middle = float(np.sqrt(low * high)) if kind.startswith("log") else (low + high) / 2
    note = "pooled: the range that holds those of " + ", ".join(sorted(rows))
    sources = "; ".join(dict.fromkeys(row.source for row in rows.values()))
    changes = {
        "value": middle,
        "low": low,
        "high": high,
        "distribution": kind,
        "source": sources,
        "note": note,
    }
    return first.model_copy(update=changes)
