"""From a row's cells, whatever the file's form, to a claim with expanded words and canonical terms."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mscape.atlas.claim import Claim, Issue, Mention, Reference
from mscape.atlas.footnote import expand, find_abbreviations
from mscape.atlas.vocabulary import Vocabulary
from mscape.errors import FormatError, MscapeError

SEPARATOR = r"\s*(?:,\s*and\b|,|;|/|\+|&|\band\b|\bor\b|\bplus\b)\s*"


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, before terms are looked up.

    Parameters
    ----------
    number
        Number of the row, from 1.
    lines
        First and last line that hold it.
    tumour
        Empty if the row prints none of its own.
    drugs
        As printed, one by one.
    mechanism
        As printed, on one line.
    references
        In order; empty if none could be read.
    notes
        Further columns.
    guessed
        True if a clue, not the vocabulary, said where tumour and drugs end.
    """

    number: int
    lines: tuple[int, int]
    tumour: str
    drugs: tuple[str, ...]
    mechanism: str
    references: tuple[Reference, ...]
    notes: tuple[tuple[str, str], ...] = ()
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table's rows and footnote, with what is wrong and what to look at."""

    rows: tuple[Row, ...]
    abbreviations: tuple[tuple[str, str], ...] = ()
    title: str = ""
    citation: tuple[str, ...] = ()
    faults: tuple[MscapeError, ...] = ()
    warnings: tuple[Issue, ...] = ()


def place(name: str, number: int, lines: tuple[int, int]) -> str:
    """Where a row stands, as errors name it."""
    span = f"line {lines[0]}" if lines[0] == lines[1] else f"lines {lines[0]}-{lines[1]}"
    return f"{name} row {number} ({span})"


def find_row_faults(rows: Sequence[Row], name: str) -> tuple[FormatError, ...]:
    """What each row lacks: tumour, drug, mechanism, reference.

    Parameters
    ----------
    rows
        In the order printed.
    name
        The table's name in messages.
    """
    faults = []
    tumour = ""
    for row in rows:
        where = place(name, row.number, row.lines)
        tumour = row.tumour or tumour
        if not tumour:
            advice = "write its tumour type at its start, or put it below the row it belongs to"
            faults.append(
                FormatError(where, "no tumour, and no row above to take it from", "a tumour type", advice)
            )
        if not row.drugs:
            faults.append(
                FormatError(where, "no drug", "at least one drug or drug class", "write it after the tumour")
            )
        if not row.mechanism:
            faults.append(
                FormatError(where, "no mechanism", "words between drug and reference", "complete the row")
            )
        if not row.references:
            expected = "an author and a year such as 'Xu et al., 2018'"
            faults.append(FormatError(where, "no reference", expected, "complete the row or remove it"))
    return tuple(faults)


def split_list(words: str) -> tuple[str, ...]:
    """Split 'a, b and c' into its members.

    Examples
    --------
    >>> split_list("5-FU, oxaliplatin and cisplatin")
    ('5-FU', 'oxaliplatin', 'cisplatin')
    """
    return tuple(part.strip() for part in re.split(SEPARATOR, words, flags=re.IGNORECASE) if part.strip())


def split_drugs(words: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Split a list of drugs, keeping whole a name that holds a separator itself."""
    return (words,) if vocabulary.find("drug", words) else split_list(words)


def build_claims(raw: RawTable, vocabulary: Vocabulary, name: str) -> tuple[Claim, ...]:
    """Carry tumours down, expand abbreviations and find terms.

    Parameters
    ----------
    raw
        A table without faults.
    vocabulary
        Terms; the footnote's abbreviations of known terms are added to it.
    name
        The table's name in messages.
    """
    words = vocabulary.with_abbreviations(raw.abbreviations)
    claims = []
    tumour = Mention("", "")
    for row in raw.rows:
        if row.tumour:
            tumour = _mention("tumour", row.tumour, raw.abbreviations, words)
            tumour = replace(tumour, guessed=row.guessed and tumour.id is None)
        claims.append(_build_claim(row, tumour, raw.abbreviations, words, name))
    return tuple(claims)


def _build_claim(
    row: Row, tumour: Mention, abbreviations: tuple[tuple[str, str], ...], vocabulary: Vocabulary, name: str
) -> Claim:
    mentions = (_mention("drug", drug, abbreviations, vocabulary) for drug in row.drugs)
    drugs = tuple(replace(drug, guessed=row.guessed and drug.id is None) for drug in mentions)
    signals = vocabulary.find_signals(row.mechanism)
    text = " ".join((tumour.printed, *row.drugs, row.mechanism))
    claim = Claim(
        row=row.number,
        tumour=tumour,
        drugs=drugs,
        mechanism=row.mechanism,
        references=row.references,
        abbreviations=find_abbreviations(text, abbreviations),
        lines=row.lines,
        signal_ids=tuple(term.id for term in signals),
        notes=row.notes,
    )
    return replace(claim, issues=_find_issues(claim, prints_tumour=bool(row.tumour), name=name))


def _find_issues(claim: Claim, *, prints_tumour: bool, name: str) -> tuple[Issue, ...]:
    where = place(name, claim.row, claim.lines)
    issues = []
    if claim.tumour.id is None and prints_tumour:
        issues.append(_unknown(where, "tumour", claim.tumour))
    issues += [_unknown(where, "drug", drug) for drug in claim.drugs if drug.id is None]
    if any(drug.guessed for drug in claim.drugs) and not prints_tumour:
        found = f"tumour '{claim.tumour.printed}' is taken from the row above"
        issues.append(Issue(where, found, "check that the unknown words hold no tumour type of their own"))
    if not claim.signal_ids:
        issues.append(Issue(where, "no known signal in the mechanism", "add the signal to vocabulary.tsv"))
    return tuple(issues)


def _unknown(where: str, kind: str, mention: Mention) -> Issue:
    how = "is unknown; where it ends is a guess" if mention.guessed else "is unknown"
    return Issue(
        where, f"{kind} '{mention.printed}' {how}", f"check it and add it to vocabulary.tsv as a {kind}"
    )


def _mention(
    kind: str, printed: str, abbreviations: tuple[tuple[str, str], ...], vocabulary: Vocabulary
) -> Mention:
    """Expanded by the table's footnote; a bare abbreviation the footnote lacks, by the vocabulary's label."""
    term = vocabulary.find(kind, printed)
    expanded = expand(printed, abbreviations)
    if expanded is None:
        is_abbreviation = " " not in printed and sum(char.isupper() for char in printed) >= 2
        expanded = term.label if term is not None and is_abbreviation else printed
    if term is None:
        term = vocabulary.find(kind, expanded)
    return Mention(printed, expanded, None if term is None else term.id)
