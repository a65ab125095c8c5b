"""What the synthesis reads from records: signals, drug classes, and the arms of a statement as facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mscape.atlas.load import Atlas, Record
from mscape.atlas.record import Mechanism, Perturbation
from mscape.atlas.row import ContrastRow
from mscape.atlas.vocabulary import Term, Vocabulary, fold
from mscape.experiments.transplant import name_role

_CLASS_WORDS: Mapping[str, str] = {
    "tki": "kinase inhibitors",
    "topoisomerase": "topoisomerase poisons",
    "proteasome": "proteasome inhibitors",
    "vinca": "vinca alkaloids",
    "antimetabolite": "antimetabolites",
    "platinum": "platinum drugs",
    "taxane": "taxanes",
}
_NO_SIGNAL = "no known signal"


@dataclass(frozen=True)
class SignalGroup:
    """Rows of the table that name the same signal, or one that contains the other."""

    label: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class ArmFacts:
    """One arm of a statement: what was in the well. ``kinds``: of its perturbations, ``roles``: the parts
    these play, ``targets``: the kinds of thing they act on.
    """

    drug: str | None
    msc: str | None
    culture: str
    perturbation: frozenset[str]
    kinds: frozenset[str]
    roles: frozenset[str]
    targets: frozenset[str]


def name_class(key: str) -> str:
    """Return a drug class in words.

    Examples
    --------
    >>> name_class("tki"), name_class("new_class")
    ('kinase inhibitors', 'new class')
    """
    return _CLASS_WORDS.get(key, key.replace("_", " "))


def sort_records(records: Iterable[Record]) -> tuple[Record, ...]:
    """Return records in the order of the table's rows; those without a row last."""
    return tuple(sorted(records, key=lambda record: (record.mechanism.claim.row or 10**6, record.id)))


def find_classes(mechanism: Mechanism, atlas: Atlas, vocabulary: Vocabulary) -> frozenset[str]:
    """Return the classes of the drugs a claim names; a class named as such stands for its drugs."""
    named = mechanism.claim.drug_terms
    return frozenset(
        row.drug_class
        for row in atlas.drugs.values()
        if any(row.term == term or _falls_under(row.term, term, vocabulary) for term in named)
    )


def _falls_under(drug: str, wider: str, vocabulary: Vocabulary) -> bool:
    term = vocabulary.get(drug)
    return term is not None and wider in term.broader


def group_signals(records: Sequence[Record], vocabulary: Vocabulary) -> tuple[SignalGroup, ...]:
    """Group rows by the signal their claim names, in the order of the table."""
    groups: list[tuple[list[Term], list[Record]]] = []
    for record in records:
        terms = _list_signals(record.mechanism, vocabulary)
        known = next((group for group in groups if _are_alike(group[0], terms, vocabulary)), None)
        if known is None:
            groups.append((list(terms), [record]))
        else:
            known[0].extend(term for term in terms if term not in known[0])
            known[1].append(record)
    return tuple(
        SignalGroup(_label(terms, members, vocabulary), tuple(record.id for record in members))
        for terms, members in groups
    )


def _list_signals(mechanism: Mechanism, vocabulary: Vocabulary) -> tuple[Term, ...]:
    """A carrier is the signal only where none is named."""
    terms = [term for key in mechanism.claim.signal_terms if (term := vocabulary.get(key)) is not None]
    signals = [term for term in terms if term.kind == "signal"]
    return tuple(dict.fromkeys(signals or terms))


def _are_alike(ones: Sequence[Term], others: Sequence[Term], vocabulary: Vocabulary) -> bool:
    if not ones or not others:
        return not ones and not others
    return any(vocabulary.are_related(one.id, other.id) for one in ones for other in others)


def _label(terms: Sequence[Term], records: Sequence[Record], vocabulary: Vocabulary) -> str:
    """Name a group by the words the table prints; a name that holds another counts once."""
    names: list[str] = []
    for term in terms:
        name = _name_signal(term, records, vocabulary)
        if not any(name in known for known in names):
            names = [known for known in names if known not in name] + [name]
    return ", ".join(names) or _NO_SIGNAL


def _name_signal(term: Term, records: Sequence[Record], vocabulary: Vocabulary) -> str:
    """As printed, the longest name of the term or of a wider one; else as a record has it."""
    if term.kind == "carrier":
        return term.label
    text = fold(" ".join(record.mechanism.claim.mechanism for record in records))
    wider = [found for key in term.broader if (found := vocabulary.get(key)) is not None]
    printed = [name for each in (term, *wider) for name in each.names if fold(name) in text]
    same = {term.id, *term.also}
    labels = [e.label for record in records for e in record.mechanism.entities if e.term in same]
    return max(printed, key=len) if printed else min(labels or [term.label], key=len)


def list_arm_facts(record: Record, row: ContrastRow) -> tuple[ArmFacts, ...]:
    """Return the arms a contrast names, in its order; an arm that stands on several lines once."""
    wanted = [name for name in (*row.arm, row.versus, row.unprotected) if name]
    return tuple(facts for name in wanted for facts in _find_arm(record, row.observation, name))


def _find_arm(record: Record, observation: str, arm: str) -> Iterator[ArmFacts]:
    mechanism = record.mechanism
    line = next((o for o in record.observations if (o.observation, o.arm) == (observation, arm)), None)
    if line is None:
        return
    used = [item for item in mechanism.perturbations if item.id in line.perturbation]
    culture = next((p.culture for p in mechanism.protocols if p.id == line.protocol), "")
    yield ArmFacts(
        drug=line.drug,
        msc=line.msc,
        culture=culture,
        perturbation=frozenset(line.perturbation),
        kinds=frozenset(item.kind for item in used),
        roles=frozenset(name_role(mechanism, item) for item in used),
        targets=frozenset(_target_kind(mechanism, item) for item in used),
    )


def _target_kind(mechanism: Mechanism, item: Perturbation) -> str:
    return next((entity.kind for entity in mechanism.entities if entity.id == item.target), "")
