"""What several models have in common: a use of a motif in one that is the same thing as a use in another.

A *node* is one thing in the well: a pool of a molecule, a receptor of the tumour cell, a pathway. Two uses
of one motif are one node where they are fed by the same nodes; or, where they are pools or have one drive,
where their records give them the same molecule. Uses of one model are never put together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mscape.atlas.load import Record
from mscape.atlas.vocabulary import Vocabulary
from mscape.network.motif import Use, Wiring, list_names

Key = tuple[str, str]  # mechanism, label
DRIVES = ("drive", "signal")  # names of a motif's argument that is a share of its full drive


@dataclass(frozen=True)
class Part:
    """One mechanism as part of a whole: ``short`` marks what is its own where names clash."""

    id: str
    short: str
    record: Record
    wiring: Wiring

    def find_use(self, label: str) -> Use:
        """Return the use of a label."""
        return next(use for use in self.wiring.uses if use.label == label)

    def split_name(self, name: str) -> tuple[str, str] | None:
        """Return label and rest of a name that a motif of this model brings; None of any other name."""
        for use in sorted(self.wiring.uses, key=lambda use: -len(use.label)):
            rest = name.removeprefix(f"{use.label}_")
            if rest != name and rest in self.list_inside(use.motif):
                return use.label, rest
        return None

    def list_inside(self, motif: str) -> frozenset[str]:
        """Return the names that a motif brings: all it uses but its arguments and the chassis' names."""
        known = self.wiring.motifs[motif]
        return list_names("\n".join(known.statements)) - set(known.arguments) - self.wiring.shared

    def can_join(self, use: Use) -> bool:
        """Return whether a use may be one with another that is fed by something else: a pool, which is fed by
        nothing, and a pathway with one drive, which may have several.
        """
        return self.wiring.motifs[use.motif].arguments in ((), *((name,) for name in DRIVES))

    def list_own(self) -> frozenset[str]:
        """Return the names of the model's own statements: not the chassis', not a motif's."""
        words = list_names("\n".join(self.wiring.statements)) - self.wiring.shared
        return frozenset(word for word in words if self.split_name(word) is None)


@dataclass
class Node:
    """One thing that one or more mechanisms use.

    Parameters
    ----------
    motif, label
        What it is, and its name in the whole.
    members
        Mechanism to its own label for it.
    """

    motif: str
    label: str = ""
    members: dict[str, str] = field(default_factory=dict)


def find_nodes(parts: Sequence[Part], vocabulary: Vocabulary) -> tuple[Node, ...]:
    """Find the nodes of some mechanisms; their labels are unique and do not depend on the mechanisms' order.

    Parameters
    ----------
    parts
        The mechanisms, sorted by id.
    vocabulary
        Says which molecules are the same.
    """
    found: dict[Key, Node] = {}
    terms = {(part.id, use.label): _list_terms(part, use.label) for part in parts for use in part.wiring.uses}
    uses = [(part, use) for part in parts for use in part.wiring.uses]
    while len(found) < len(uses):
        ready = [(p, u) for p, u in uses if (p.id, u.label) not in found and _is_ready(p, u, found)]
        for part, use in ready or uses:  # a circle of arguments: each use is then a node of its own
            if (part.id, use.label) in found:
                continue
            node = _find_same(part, use, found, terms, (parts, vocabulary)) or Node(use.motif)
            node.members[part.id] = use.label
            found[part.id, use.label] = node
    nodes = tuple({id(node): node for node in found.values()}.values())
    _name_nodes(nodes, {part.id: part.short for part in parts})
    return tuple(sorted(nodes, key=lambda node: node.label))


def _list_terms(part: Part, label: str) -> frozenset[str]:
    entities = part.record.mechanism.entities
    return frozenset(
        entity.term
        for entity in entities
        if entity.term and any(name.startswith(f"{label}_") for name in entity.species)
    )


def _is_ready(part: Part, use: Use, found: Mapping[Key, Node]) -> bool:
    labels = (part.split_name(argument) for argument in use.arguments)
    return all(split is None or (part.id, split[0]) in found for split in labels)


def _find_same(
    part: Part,
    use: Use,
    found: Mapping[Key, Node],
    terms: Mapping[Key, frozenset[str]],
    shelf: tuple[Sequence[Part], Vocabulary],
) -> Node | None:
    """Return the node a use belongs to, if another mechanism has it already."""
    parts, vocabulary = shelf
    known = {other.id: other for other in parts}
    fed = _name_arguments(part, use, found)
    for (mechanism, label), node in found.items():
        if node.motif != use.motif or part.id in node.members:
            continue
        other = known[mechanism]
        theirs = _name_arguments(other, other.find_use(label), found)
        same_food = bool(fed) and fed == theirs
        same_molecule = _share_terms(terms[part.id, use.label], terms[mechanism, label], vocabulary)
        if same_food or (same_molecule and part.can_join(use)):
            return node
    return None


def _name_arguments(part: Part, use: Use, found: Mapping[Key, Node]) -> tuple[tuple[str, int | str], ...]:
    """Return what feeds a use, named so that the same thing has the same name in all mechanisms."""
    fed: list[tuple[str, int | str]] = []
    for argument in use.arguments:
        split = part.split_name(argument)
        node = found.get((part.id, split[0])) if split else None
        if split and node is not None:
            fed.append((split[1], id(node)))
        else:
            common = argument in part.wiring.shared or not argument.isidentifier()  # a number is one for all
            fed.append((argument, "" if common else part.id))
    return tuple(fed)


def _share_terms(ones: Iterable[str], others: Iterable[str], vocabulary: Vocabulary) -> bool:
    return any(
        _is_molecule(one) and _is_molecule(other) and vocabulary.are_related(one, other)
        for one in ones
        for other in others
    )


def _is_molecule(term: str) -> bool:
    """A process is no molecule: two pathways that end in one are not the same. Vesicles are a component."""
    return not term.startswith("go:") or term in _COMPONENTS


_COMPONENTS = frozenset({"go:0070062", "go:1903561", "go:0005739"})  # exosome, vesicle, mitochondrion


def _name_nodes(nodes: Sequence[Node], shorts: Mapping[str, str]) -> None:
    """Give each node the label most of its members use, and a mark where two want the same."""
    for node in nodes:
        counts = Counter(node.members.values())
        node.label = min(counts, key=lambda label: (-counts[label], label))
    wanted = Counter(node.label for node in nodes)
    for node in nodes:
        if wanted[node.label] > 1:
            node.label = f"{shorts[min(node.members)]}_{node.label}"


def shorten_ids(ids: Sequence[str]) -> dict[str, str]:
    """Return a short mark for each id: its first part, or all of it where two would have the same.

    Examples
    --------
    >>> shorten_ids(["xu2018_breast_il6", "tu2016_os_il6", "tu2016_all_il6"])["xu2018_breast_il6"]
    'xu2018'
    """
    first = {key: key.split("_")[0] for key in ids}
    counts = Counter(first.values())
    return {key: key if counts[mark] > 1 else mark for key, mark in first.items()}


def list_clashes(parts: Sequence[Part]) -> Iterator[Key]:
    """Yield mechanism and name for each own name that means something else to another mechanism."""
    own = {part.id: part.list_own() for part in parts}
    inside = {part.id: _list_all_inside(part) for part in parts}
    counts = Counter(name for names in own.values() for name in names)
    for part in parts:
        foreign = frozenset().union(*(names for key, names in inside.items() if key != part.id))
        for name in sorted(own[part.id]):
            if counts[name] > 1 or name in foreign:
                yield part.id, name


def _list_all_inside(part: Part) -> frozenset[str]:
    """Return every name inside the motifs of a mechanism, and those its labels make."""
    labels = {f"{use.label}_{name}" for use in part.wiring.uses for name in part.list_inside(use.motif)}
    words = (part.list_inside(use.motif) for use in part.wiring.uses)
    return frozenset().union(labels, *words)
