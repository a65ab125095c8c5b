"""Which mechanisms may be at work in a tumour under a drug, and why: from what papers tested, no more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mscape.atlas.load import Atlas, Record
from mscape.atlas.row import DrugRow
from mscape.atlas.vocabulary import Term, Vocabulary, load_vocabulary
from mscape.errors import UnknownIdError
from mscape.ids import find_near_misses


@dataclass(frozen=True)
class Plausible:
    """A mechanism, whether it is plausible, the reason, and what the tumour cell must carry for it."""

    mechanism: str
    included: bool
    reason: str
    needs: tuple[str, ...]


def find_tumour(name: str, atlas: Atlas, *, anywhere: bool = False) -> Term:
    """Return the tumour that a name, an abbreviation or an identifier stands for.

    Parameters
    ----------
    name
        As typed.
    atlas
        The mechanisms.
    anywhere
        Whether a tumour that no mechanism is about will do.

    Raises
    ------
    UnknownIdError
        No mechanism's papers are about it; the message says which tumours there are.

    Examples
    --------
    >>> from mscape.atlas.load import load_atlas
    >>> find_tumour("breast cancer", load_atlas()).id
    'mondo:0007254'
    """
    vocabulary = load_vocabulary()
    term = _find_term(name, vocabulary)
    known = _list_tumours(atlas, vocabulary)
    if term is not None and (anywhere or any(vocabulary.are_related(term.id, other.id) for other in known)):
        return term
    names = sorted(other.label for other in known)
    near = find_near_misses(name.casefold(), names)
    raise UnknownIdError(
        "tumour", f"no mechanism is about '{name[:60]}'", " or ".join(near or names), "choose one of these"
    )


def find_drug(name: str, atlas: Atlas) -> str:
    """Return the key of the drug that a name, a synonym or an identifier stands for.

    Raises
    ------
    UnknownIdError
        The atlas does not have it; of a class, the message says which drugs it has.

    Examples
    --------
    >>> from mscape.atlas.load import load_atlas
    >>> find_drug("5-FU", load_atlas())
    'fluorouracil'
    """
    vocabulary = load_vocabulary()
    key = _fold(name)
    if key in atlas.drugs:
        return key
    term = vocabulary.get(name) or vocabulary.find("drug", name)
    found = [row.drug for row in atlas.drugs.values() if term is not None and row.term == term.id]
    if found:
        return found[0]
    wider = [
        row.drug
        for row in atlas.drugs.values()
        if row.drug_class == key or (term is not None and row.term and _is_under(row, term, vocabulary))
    ]
    near = find_near_misses(key, tuple(atlas.drugs))
    expected = ", ".join(wider) or " or ".join(near) or ", ".join(sorted(atlas.drugs))
    found_text = f"'{name[:60]}' is {'a class of drugs' if wider else 'not known'}"
    raise UnknownIdError("drug", found_text, expected, "choose one of these")


def judge_plausible(
    atlas: Atlas, tumour: Term, drug: str, *, lacking: Iterable[str] = ()
) -> tuple[Plausible, ...]:
    """Judge for every mechanism whether it is plausible in a tumour under a drug.

    It is where its own papers saw it in that tumour (or a narrower or wider one) and under that drug or one
    of its class.

    Parameters
    ----------
    atlas
        The mechanisms.
    tumour
        As `find_tumour` gives it.
    drug
        A key of ``drugs.tsv``.
    lacking
        Receptors and genes that the tumour cell is known to lack, as records name them in ``needs``.

    Raises
    ------
    UnknownIdError
        Something is lacking that no mechanism needs.
    """
    vocabulary = load_vocabulary()
    absent = frozenset(_fold(name) for name in lacking)
    needed = {name for record in atlas.records.values() for name in record.mechanism.needs}
    for name in sorted(absent - needed):
        expected = " or ".join(find_near_misses(name, sorted(needed))) or ", ".join(sorted(needed))
        raise UnknownIdError("lacking", f"no mechanism needs '{name[:60]}'", expected, "choose one of these")
    return tuple(
        _judge(record, atlas, tumour, (drug, absent, vocabulary)) for record in atlas.records.values()
    )


def _judge(
    record: Record, atlas: Atlas, tumour: Term, how: tuple[str, frozenset[str], Vocabulary]
) -> Plausible:
    drug, absent, vocabulary = how
    mechanism = record.mechanism
    where = _find_where(record, atlas, tumour, vocabulary)
    drug_reason = _find_drug_reason(record, atlas, drug)
    missing = sorted(absent & set(mechanism.needs))

    def answer(reason: str, *, included: bool = False) -> Plausible:
        return Plausible(record.id, included, reason, mechanism.needs)

    if mechanism.curation.deprecated:
        return answer(f"deprecated: {mechanism.curation.deprecated}")
    if where is None:
        return answer(f"other tumour: {mechanism.claim.tumour}")
    if drug_reason is None:
        return answer(f"{where}, but other drugs: {', '.join(_list_drugs(record))}")
    if missing:
        return answer(f"{where}, but the cell lacks {', '.join(missing)}")
    return answer(f"{where}; {drug_reason}", included=True)


def _find_where(record: Record, atlas: Atlas, tumour: Term, vocabulary: Vocabulary) -> str | None:
    claim = record.mechanism.claim
    if any(vocabulary.are_related(term, tumour.id) for term in claim.tumour_terms):
        return f"claimed in {claim.tumour}"
    by_line = {row.line: row.tumour for row in atlas.lines}
    labels = {cell.id: cell.label for cell in record.mechanism.cells}
    for line in _list_seen(record, "tumour"):
        term = _find_term(by_line.get(line, line), vocabulary)
        if term is not None and vocabulary.are_related(term.id, tumour.id):
            return f"its papers also saw it in {labels.get(line, line)}"
    return None


def _find_drug_reason(record: Record, atlas: Atlas, drug: str) -> str | None:
    drugs = _list_drugs(record)
    if drug in drugs:
        return f"its papers used {drug}"
    wanted = atlas.drugs[drug].drug_class
    same = [other for other in drugs if other in atlas.drugs and atlas.drugs[other].drug_class == wanted]
    return f"its papers used {', '.join(same)}, of {drug}'s class ({wanted})" if same else None


def _list_drugs(record: Record) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*record.mechanism.drugs, *_list_seen(record, "drug"))))


def _list_seen(record: Record, field: str) -> tuple[str, ...]:
    """Return the drugs, or tumour cells, that arms with MSC and drug had in statements in scope."""
    inside = {row.observation for row in record.contrasts if row.scope == "in"}
    arms = (row for row in record.observations if row.observation in inside and row.msc and row.drug)
    return tuple(dict.fromkeys(str(getattr(row, field)) for row in arms if getattr(row, field)))


def is_line_of(tumour: Term, code: str) -> bool:
    """Return whether a tumour as ``lines.tsv`` writes it is this tumour, a narrower or a wider one."""
    vocabulary = load_vocabulary()
    term = _find_term(code, vocabulary)
    return term is not None and vocabulary.are_related(term.id, tumour.id)


def _find_term(name: str, vocabulary: Vocabulary) -> Term | None:
    """Return the tumour of a name: an identifier, a name or synonym, or the short form of ids and tables."""
    term = vocabulary.get(name) or vocabulary.find("tumour", name)
    if term is not None:
        return term if term.kind == "tumour" else None
    plain = _fold(name).replace("_", "")
    return next((t for t in vocabulary.terms if t.kind == "tumour" and t.short == plain), None)


def _list_tumours(atlas: Atlas, vocabulary: Vocabulary) -> tuple[Term, ...]:
    claimed = {term for record in atlas.records.values() for term in record.mechanism.claim.tumour_terms}
    found = (vocabulary.get(term) for term in sorted(claimed))
    return tuple(term for term in found if term is not None)


def _is_under(row: DrugRow, wider: Term, vocabulary: Vocabulary) -> bool:
    return wider.id != row.term and vocabulary.are_related(str(row.term), wider.id)


def _fold(name: str) -> str:
    return "_".join(name.strip().casefold().replace("-", " ").replace("_", " ").split())
