"""Match a table's claims to mechanism records: matched, disagrees, or not curated yet."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from mscape.atlas.claim import Claim, Reference
from mscape.atlas.reference import find_references, fold_name
from mscape.atlas.vocabulary import Vocabulary, load_vocabulary


class RecordClaim(Protocol):
    """The table's claim as a record carries it: the reference as printed, terms as CURIEs."""

    @property
    def row(self) -> int | None:
        """Row of the table it was curated from."""

    @property
    def reference(self) -> str:
        """Author and year as printed: 'Wang J. et al., 2018'."""

    @property
    def tumour_terms(self) -> Sequence[str]:
        """Tumours it covers."""

    @property
    def drug_terms(self) -> Sequence[str]:
        """Drugs it covers; a class may stand for its members."""

    @property
    def signal_terms(self) -> Sequence[str]:
        """Signals it names; none where the signal is unidentified."""


class Record(Protocol):
    """What matching needs of a mechanism record."""

    @property
    def id(self) -> str:
        """Mechanism id."""

    @property
    def claim(self) -> RecordClaim:
        """The claim it was curated from."""


class Status(StrEnum):
    """How a claim and the records stand to each other."""

    MATCHED = "matched"
    DISAGREES = "disagrees"
    NOT_CURATED = "not curated yet"


@dataclass(frozen=True, slots=True)
class Match:
    """A claim and the record it belongs to.

    Parameters
    ----------
    claim
        A row of a table.
    status
        Matched: reference, tumour, drug and signal agree. Disagrees: only the reference does.
    id
        The record's id; where nothing is curated yet, the id proposed for it.
    differences
        What the table and the record say differently; empty unless they disagree.
    skeleton
        Where nothing is curated yet, what a new record starts from, in plain values; else None.
    """

    claim: Claim
    status: Status
    id: str
    differences: tuple[str, ...] = ()
    skeleton: Mapping[str, object] | None = None


def match_claims(
    claims: Iterable[Claim], records: Iterable[Record], *, vocabulary: Vocabulary | None = None
) -> tuple[Match, ...]:
    """Match each claim to the record with its reference, and compare tumour, drug and signal.

    A drug or tumour class contains its members: 'TKI' agrees with imatinib. Of several records with the same
    reference the one with the fewest differences is taken, then the one from the same row.

    Parameters
    ----------
    claims
        Rows of a table.
    records
        Mechanism records.
    vocabulary
        Which terms contain which; by default the one that ships with mscape.

    Examples
    --------
    >>> from mscape.atlas.table import read_seed_table
    >>> match_claims(read_seed_table().claims, [])[4].id
    'xu2018_breast_il6'
    """
    words = load_vocabulary() if vocabulary is None else vocabulary
    known = tuple(records)
    taken = {record.id for record in known}
    matches = []
    for claim in claims:
        match = _match_record(claim, known, words)
        if match is None:
            match = _propose(claim, taken, words)
            taken.add(match.id)
        matches.append(match)
    return tuple(matches)


def propose_id(claim: Claim, vocabulary: Vocabulary) -> str:
    """Mechanism id a claim would get: first author and year, tumour, signal.

    Parameters
    ----------
    claim
        A row of a table.
    vocabulary
        Short names of its terms.
    """
    author = re.sub(r"[0-9]", "", fold_name(claim.reference.author))[:24] or "anonymous"
    tumour = vocabulary.get(claim.tumour.id or "")
    signal = vocabulary.get(claim.signal_ids[0]) if claim.signal_ids else None
    tumour_name = (
        tumour.short if tumour else fold_name(claim.tumour.printed)[:16].lstrip("0123456789") or "tumour"
    )
    return f"{author}{claim.reference.year[:4]}_{tumour_name}_{signal.short if signal else 'unknown'}"


def _match_record(claim: Claim, records: Iterable[Record], vocabulary: Vocabulary) -> Match | None:
    same_paper = [
        (_find_differences(claim, record.claim, vocabulary), record)
        for record in records
        if any(
            _is_same_reference(reference, found.reference)
            for found in find_references(record.claim.reference)
            for reference in claim.references
        )
    ]
    if not same_paper:
        return None
    differences, record = min(
        same_paper, key=lambda pair: (len(pair[0]), pair[1].claim.row != claim.row, pair[1].id)
    )
    status = Status.DISAGREES if differences else Status.MATCHED
    return Match(claim, status, record.id, differences)


def _is_same_reference(one: Reference, other: Reference) -> bool:
    """Same surname and year, and initials that do not contradict each other."""
    initials, others = fold_name(one.initials), fold_name(other.initials)
    return (
        fold_name(one.author) == fold_name(other.author)
        and one.year[:4] == other.year[:4]
        and (initials.startswith(others) or others.startswith(initials))
    )


def _find_differences(claim: Claim, record: RecordClaim, vocabulary: Vocabulary) -> tuple[str, ...]:
    agree = vocabulary.are_related
    differences = []
    tumour = claim.tumour.id
    if tumour is None or not any(agree(tumour, term) for term in record.tumour_terms):
        differences.append(_say("tumour", [claim.tumour.printed], record.tumour_terms, vocabulary))
    all_known = len(claim.drug_ids) == len(claim.drugs)
    if not (all_known and _cover_each_other(claim.drug_ids, record.drug_terms, agree)):
        printed = [drug.printed for drug in claim.drugs]
        differences.append(_say("drug", printed, record.drug_terms, vocabulary))
    if not _share_signal(claim.signal_ids, record.signal_terms, vocabulary):
        labels = [_label(id_, vocabulary) for id_ in claim.signal_ids]
        differences.append(_say("signal", labels, record.signal_terms, vocabulary))
    return tuple(differences)


def _cover_each_other(ones: Sequence[str], others: Sequence[str], agree: Callable[[str, str], bool]) -> bool:
    """Whether each side's terms all have a counterpart on the other side."""
    forth = all(any(agree(one, other) for other in others) for one in ones)
    return bool(ones) and forth and all(any(agree(one, other) for one in ones) for other in others)


def _share_signal(ones: Sequence[str], others: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether both name one signal, or neither does; a shared carrier counts if one side names no signal."""
    first, second = _without_carriers(ones, vocabulary), _without_carriers(others, vocabulary)
    if not first and not others:
        return True
    if not first or not second:
        first, second = list(ones), list(others)
    return any(vocabulary.are_related(one, other) for one in first for other in second)


def _without_carriers(ids: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    terms = [(id_, vocabulary.get(id_)) for id_ in ids]
    return [id_ for id_, term in terms if term is None or term.kind != "carrier"]


def _say(what: str, printed: Sequence[str], ids: Sequence[str], vocabulary: Vocabulary) -> str:
    record = ", ".join(_label(id_, vocabulary) for id_ in ids) or "none"
    return f"{what}: the table says {', '.join(printed) or 'none'}, the record {record}"


def _label(id_: str, vocabulary: Vocabulary) -> str:
    term = vocabulary.get(id_)
    return id_ if term is None else term.label


def _propose(claim: Claim, taken: set[str], vocabulary: Vocabulary) -> Match:
    """An id not taken yet ('wang2020b_...') and the skeleton of a record."""
    author_year, _, rest = propose_id(claim, vocabulary).partition("_")
    candidates = (f"{author_year}{letter}_{rest}" for letter in ("", *"bcdefghijklmnopqrstuvwxyz"))
    id_ = next((name for name in candidates if name not in taken), f"{author_year}_{rest}_row{claim.row}")
    return Match(claim, Status.NOT_CURATED, id_, skeleton=_build_skeleton(id_, claim))


def _build_skeleton(id_: str, claim: Claim) -> dict[str, object]:
    """What the table alone says of a record; everything else is for a person to fill from the paper."""
    return {
        "id": id_,
        "claim": {
            "row": claim.row,
            "tumour": claim.tumour.printed,
            "drug": ", ".join(drug.printed for drug in claim.drugs),
            "mechanism": claim.mechanism,
            "reference": "; ".join(reference.printed for reference in claim.references),
            "tumour_terms": [] if claim.tumour.id is None else [claim.tumour.id],
            "drug_terms": list(claim.drug_ids),
            "signal_terms": list(claim.signal_ids),
        },
        "verdict": {"verdict": "unverified", "basis": None, "reason": None},
        "gaps": [],
    }
