"""The words mechanism tables use for tumours, drugs and signals, and the terms they stand for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files

from mscape.errors import AtlasError, raise_faults

KINDS = ("tumour", "drug", "signal", "carrier")
COLUMNS = ("kind", "id", "short", "label", "synonyms", "broader", "also")
# Print sets a character in several ways. Each entry maps one character to one: positions stay true.
_ALIKE = str.maketrans({"‐": "-", "‑": "-", "–": "-", "−": "-", "ß": "β", "ϐ": "β", "’": "'", "\u00a0": " "})


@dataclass(frozen=True, slots=True)
class Term:
    """One tumour, drug, signal or carrier of a signal.

    Parameters
    ----------
    kind
        One of `KINDS`. A carrier (vesicle, contact, soluble factors) is the signal only where none is named.
    id
        CURIE, or `mscape.term:...` where the frozen ontology extract has none.
    short
        How the term reads inside a mechanism id.
    label
        Its name.
    synonyms
        Other words and abbreviations for it.
    broader
        Ids of the terms or drug classes it falls under.
    also
        Other CURIEs for the same thing: the protein of a gene.
    """

    kind: str
    id: str
    short: str
    label: str
    synonyms: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Label and synonyms."""
        return (self.label, *self.synonyms)


@dataclass(frozen=True)
class Vocabulary:
    """Terms, found by the words that stand for them.

    Examples
    --------
    >>> vocabulary = load_vocabulary()
    >>> vocabulary.find("drug", "5-FU").label
    '5-fluorouracil'
    """

    terms: tuple[Term, ...]

    @cached_property
    def _by_id(self) -> dict[str, Term]:
        return {id_: term for term in self.terms for id_ in (*term.also, term.id)}

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], Term]:
        return {(term.kind, _plain(name)): term for term in self.terms for name in term.names}

    def get(self, id_: str) -> Term | None:
        """Term with this id, or with this id for the same thing; None if there is none."""
        return self._by_id.get(id_)

    def find(self, kind: str, words: str) -> Term | None:
        """Term of this kind that goes by exactly these words; None if there is none."""
        return self._by_name.get((kind, _plain(words)))

    def word_pattern(self, kind: str) -> str:
        """Regular expression for any name of this kind, the longest first."""
        return self._patterns[kind]

    @cached_property
    def _patterns(self) -> dict[str, str]:
        return {kind: _any_of({n for t in self.terms if t.kind == kind for n in t.names}) for kind in KINDS}

    @cached_property
    def _signal_pattern(self) -> re.Pattern[str]:
        both = f"(?:(?P<signal>{self.word_pattern('signal')})|(?P<carrier>{self.word_pattern('carrier')}))"
        return re.compile(rf"(?<!\w){both}(?!\w)")

    def find_signals(self, text: str) -> tuple[Term, ...]:
        """Signals a text names, in order, each once; then the carriers it names."""
        found: dict[str, Term] = {}
        for hit in self._signal_pattern.finditer(fold(text)):
            term = self.find(hit.lastgroup or "", hit.group())
            if term is not None:
                found.setdefault(term.id, term)
        return tuple(sorted(found.values(), key=lambda term: KINDS.index(term.kind)))

    def starts_with_signal(self, text: str, position: int) -> bool:
        """Whether a signal or carrier is named at this position of a text."""
        return self._signal_pattern.match(fold(text), position) is not None

    def are_related(self, one: str, other: str) -> bool:
        """Whether two ids mean the same, or one is a class or wider term that contains the other."""
        return bool(self._same(one) & self._above(other) or self._same(other) & self._above(one))

    def _same(self, id_: str) -> set[str]:
        term = self.get(id_)
        return {id_} if term is None else {term.id}

    def _above(self, id_: str) -> set[str]:
        """The id itself and every wider term."""
        found: set[str] = set()
        to_do = list(self._same(id_))
        while to_do:
            here = to_do.pop()
            if here not in found:
                found.add(here)
                term = self.get(here)
                to_do.extend(term.broader if term is not None else ())
        return found

    def with_abbreviations(self, abbreviations: Iterable[tuple[str, str]]) -> "Vocabulary":
        """A vocabulary that also knows a table's own abbreviations of terms it has already.

        Parameters
        ----------
        abbreviations
            Abbreviation and expansion, from the table's footnote.
        """
        more: dict[str, tuple[str, ...]] = {}
        for short, long in abbreviations:
            for kind in KINDS:
                term = self.find(kind, long)
                if term is not None and self.find(kind, short) is None:
                    more[term.id] = (*more.get(term.id, ()), short)
        if not more:
            return self
        return Vocabulary(tuple(replace(t, synonyms=t.synonyms + more.get(t.id, ())) for t in self.terms))


def fold(text: str) -> str:
    """Text with hyphens, sharp s for beta and quotes set one way; its length does not change."""
    return text.translate(_ALIKE)


def load_vocabulary() -> Vocabulary:
    """Read the vocabulary that ships with mscape.

    Raises
    ------
    AtlasError
        The shipped file breaks its own rules.
    """
    return read_vocabulary(files("mscape.atlas").joinpath("vocabulary.tsv").read_text(encoding="utf-8"))


def read_vocabulary(text: str) -> Vocabulary:
    """Read a vocabulary: tab-separated, one term a line, lists inside a cell separated by '|'.

    Parameters
    ----------
    text
        The whole file, header first.

    Raises
    ------
    AtlasError
        A wrong header or kind, a missing cell, an id used twice, or a wider term that does not exist.
    """
    lines = text.splitlines()
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise AtlasError("vocabulary.tsv line 1", "the header is wrong", " ".join(COLUMNS), "restore it")
    faults: list[AtlasError] = []
    terms: dict[str, Term] = {}
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS) or cells[0] not in KINDS or not all(cells[:4]) or cells[1] in terms:
            found = "a wrong kind, a missing cell or an id used before"
            faults.append(
                AtlasError(f"vocabulary.tsv line {number}", found, " ".join(COLUMNS), "mend the line")
            )
            continue
        kind, id_, short, label = cells[:4]
        synonyms, broader, also = (tuple(filter(None, cell.split("|"))) for cell in cells[4:])
        terms[id_] = Term(kind, id_, short, label, synonyms, broader, also)
    for term in terms.values():
        for wider in term.broader:
            if wider not in terms:
                faults.append(AtlasError(f"vocabulary.tsv {term.id}", f"no term '{wider}'", "", "add it"))
    raise_faults(faults)
    return Vocabulary(tuple(terms.values()))


def _plain(words: str) -> str:
    return " ".join(fold(words).casefold().split())


def _any_of(names: Iterable[str]) -> str:
    longest_first = sorted(map(fold, names), key=lambda name: (-len(name), name))
    return "(?:" + "|".join(_as_pattern(name) for name in longest_first) + ")"


def _as_pattern(name: str) -> str:
    """Short names in capitals ('ALL', 'OS') count only in capitals; all others in any case."""
    pattern = re.escape(name).replace(r"\ ", r"\s+")
    return pattern if name.isupper() and len(name) <= 4 else f"(?i:{pattern})"
