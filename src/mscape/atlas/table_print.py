"""Mechanism tables as printed: no column marks, rows ended by their references, tumours printed once."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from mscape.atlas.claim import Issue, Reference
from mscape.atlas.footnote import Footnote, parse_footnote
from mscape.atlas.reference import FoundReference, find_references
from mscape.atlas.table_row import SEPARATOR, RawTable, Row, place, split_drugs
from mscape.atlas.vocabulary import Vocabulary, fold
from mscape.errors import FormatError

_HEADER = re.compile(
    r"(?:tumou?r|cancer)s?(?: types?)? +drugs?(?: resistance)? +mechanisms? +references?(?: |$)",
    re.IGNORECASE,
)
_CITATION = re.compile(r"\bdoi\b|\b10\.\d{4,9}/", re.IGNORECASE)
# Words a mechanism likes to begin with; they end an unknown drug's name.
_OPENER = re.compile(
    r"(?<!\S)(?:\S*MSCs?\b|The\b|An?\b|In\b|Mesenchymal\b|Stromal\b|Adipose\b|Bone marrow\b|Exosom"
    r"|Extracellular\b|Over-?express|Secret|Releas|Activat|Up-?regulat|Down-?regulat|Inhibit|Induc|Promot|Increas"
    r"|Direct\b|Co-?cultur)"
)
_BETWEEN_REFERENCES = re.compile(r"\s*(?:[;,&]|and)\s*")
_BROKEN_WORD = re.compile(r"\S-\n|\w\n-\w")  # a line broken at a hyphen: 'MSC-' + 'exosomes', 'miR' + '-222'
_ROW_END = re.compile(r"[.;\s]*")
_WINDOW = 300  # characters that hold any row's tumour and drugs; bounds the work on a hostile file
_TUMOUR_WORDS = re.compile(
    r"(?:[\w-]+ ){0,4}?(?:\w*(?:oma|[ae]mia)|cancers?|tumou?rs?)(?: multiforme)?(?= )", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Flow:
    """Lines of a file joined to one, with the line each part came from."""

    text: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]

    def line_at(self, position: int) -> int:
        """Line of the file that holds a position."""
        return self.numbers[max(0, bisect_right(self.starts, position) - 1)] if self.numbers else 1


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before a row's mechanism."""

    tumour: str
    drugs: tuple[str, ...]
    mechanism: str
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class _Span:
    """A row's words and references, found but not yet split."""

    start: int
    end: int
    references: tuple[Reference, ...]


def read_print(lines: Iterable[tuple[int, str]], vocabulary: Vocabulary, name: str) -> RawTable:
    """Read a table from its print.

    Parameters
    ----------
    lines
        Number and text of each line.
    vocabulary
        Words that tell where tumour and drugs end.
    name
        The table's name in messages.
    """
    whole = join_lines(lines)
    begin = _find_body(whole, vocabulary)
    references = tuple(found for found in find_references(whole.text) if found.start >= begin)
    if begin < 0 or not (references or _HEADER.search(whole.text)):
        expected = "a header 'Tumor type, Drug, Mechanism, Reference' and rows ending in '... et al., YEAR'"
        fault = FormatError(name, "this is no mechanism table", expected, "give a table as text, CSV or TSV")
        return RawTable((), faults=(fault,))
    spans, footnote, rest = _find_spans(whole.text, begin, references, vocabulary)
    abbreviations = footnote.abbreviations if footnote else ()
    words = vocabulary.with_abbreviations(abbreviations)
    rows = tuple(_read_row(whole, span, number, words) for number, span in enumerate(spans, start=1))
    faults = [fault for row in rows for fault in _find_merged(row, words, name)]
    warnings = _check_footnote(footnote, name)
    leftover = whole.text[rest:].strip()
    if leftover and (footnote is None or split_head(leftover[:_WINDOW], words, guess=False) is not None):
        lines_left = (whole.line_at(rest + 1), whole.line_at(len(whole.text)))
        faults.append(_cut_short(leftover, place(name, len(rows) + 1, lines_left)))
    elif leftover:
        found = f"text after the footnote is left out: '{leftover[:60]}'"
        warnings += (Issue(name, found, "check that it is no row"),)
    title, citation = _read_preamble(whole, begin)
    return RawTable(rows, abbreviations, title, citation, tuple(faults), warnings)


def join_lines(lines: Iterable[tuple[int, str]]) -> Flow:
    """Join lines by a space, or by nothing where a line was broken at a hyphen.

    Parameters
    ----------
    lines
        Number and text of each line.
    """
    parts: list[str] = []
    starts: list[int] = []
    numbers: list[int] = []
    length = 0
    last = ""
    for number, line in lines:
        words = " ".join(line.split())
        if not words:
            continue
        gap = "" if not last or _BROKEN_WORD.search(f"{last}\n{words}") else " "
        starts.append(length + len(gap))
        numbers.append(number)
        parts.append(gap + words)
        length += len(gap) + len(words)
        last = words
    return Flow("".join(parts), tuple(starts), tuple(numbers))


def split_head(text: str, vocabulary: Vocabulary, *, guess: bool = True) -> Head | None:
    """Split a row's words: the longest known tumour, then the longest list of drugs, then the mechanism.

    Parameters
    ----------
    text
        A row without its reference.
    vocabulary
        Known tumours and drugs.
    guess
        Whether to fall back on clues where the vocabulary knows no drug; without it None is returned then.

    Examples
    --------
    >>> from mscape.atlas.vocabulary import load_vocabulary
    >>> split_head("HCC Cisplatin The overexpression of TGF-β in MSCs.", load_vocabulary()).drugs
    ('Cisplatin',)
    """
    folded = fold(text)
    tumour = re.match(rf"{vocabulary.word_pattern('tumour')}(?![\w-])\s*", folded)
    after = tumour.end() if tumour else 0
    drugs = _drug_list(vocabulary).match(folded, after)
    end = drugs.end() if drugs else after
    more = re.match(SEPARATOR, folded[end:]) if drugs else None
    if drugs and not (more and more.group().strip()):
        return Head(text[:after].strip(), split_drugs(text[after:end], vocabulary), text[end:].strip())
    return _guess_head(text, after, end, vocabulary) if guess else None


def _guess_head(text: str, after: int, end: int, vocabulary: Vocabulary) -> Head:
    """Take the words up to the first opener as drugs, less an unknown tumour before a known drug."""
    stop = _find_opener(text, end, vocabulary)
    tumour, words = text[:after].strip(), text[after:stop].strip()
    if not tumour:
        known = re.search(rf"(?<!\S){_drug_list(vocabulary).pattern}\s*$", fold(words))
        before = words[: known.start()].strip() if known else ""
        unknown = _TUMOUR_WORDS.match(words)
        if known and before and not re.search(r"(?:[,/+&;]|\band|\bor|\bplus)$", before):
            tumour, words = before, words[known.start() :]
        elif unknown:
            tumour, words = unknown.group(), words[unknown.end() :].strip()
    return Head(tumour, split_drugs(words.strip(" ,;/+&"), vocabulary), text[stop:].strip(), guessed=True)


def _find_opener(text: str, start: int, vocabulary: Vocabulary) -> int:
    """Where the mechanism seems to begin: a typical first word, a known tumour or signal; else word two."""
    window = fold(text[: start + _WINDOW])
    opener = _OPENER.search(window, start)
    stop = opener.start() if opener else len(window)
    tumour = re.compile(rf"(?<!\S){vocabulary.word_pattern('tumour')}(?!\w)")
    for word in re.finditer(r"\S+", window[:stop]):
        here = word.start()
        if here > start and (tumour.match(window, here) or vocabulary.starts_with_signal(window, here)):
            return here
    if opener:
        return stop
    first = re.compile(r"\s*[,/+&]?\s*\S+").match(text, start)
    return first.end() if first else len(text)


def _drug_list(vocabulary: Vocabulary) -> re.Pattern[str]:
    drug = rf"{vocabulary.word_pattern('drug')}(?![\w-])"
    return re.compile(rf"{drug}(?:{SEPARATOR}{drug})*")


def _find_body(whole: Flow, vocabulary: Vocabulary) -> int:
    """Where the rows begin: after the header, or at the first line that starts with a tumour; else -1."""
    header = _HEADER.search(whole.text)
    if header:
        return header.end()
    tumour = re.compile(rf"{vocabulary.word_pattern('tumour')}(?![\w-])")
    folded = fold(whole.text)
    return next((start for start in whole.starts if tumour.match(folded, start)), -1)


def _find_spans(
    text: str, begin: int, references: tuple[FoundReference, ...], vocabulary: Vocabulary
) -> tuple[list[_Span], Footnote | None, int]:
    """Rows from the end of one reference to the end of the next; the footnote; where unread text begins."""
    spans: list[_Span] = []
    footnote = parse_footnote(text, begin, vocabulary)
    start = footnote.end if footnote else begin
    for group in _group_references(text, references):
        if group[0].start < start:
            continue  # inside the footnote
        spans.append(_Span(start, group[0].start, tuple(found.reference for found in group)))
        start = group[-1].end
        if footnote is None:
            after = _ROW_END.match(text, start)
            footnote = parse_footnote(text, after.end() if after else start, vocabulary)
            start = footnote.end if footnote else start
    return spans, footnote, start


def _group_references(text: str, references: Iterable[FoundReference]) -> list[list[FoundReference]]:
    """References with nothing but a comma, a semicolon or 'and' between them belong to one row."""
    groups: list[list[FoundReference]] = []
    for found in references:
        if groups and _BETWEEN_REFERENCES.fullmatch(text[groups[-1][-1].end : found.start]):
            groups[-1].append(found)
        else:
            groups.append([found])
    return groups


def _read_row(whole: Flow, span: _Span, number: int, vocabulary: Vocabulary) -> Row:
    words = whole.text[span.start : span.end]
    stripped = words.lstrip(" .;")
    repeated = _HEADER.match(stripped)  # a header printed again at the top of a page
    stripped = stripped[repeated.end() :] if repeated else stripped
    start = span.start + len(words) - len(stripped)
    head = split_head(stripped.strip(), vocabulary) or Head("", (), "")
    lines = (whole.line_at(start), whole.line_at(span.end))
    return Row(number, lines, head.tumour, head.drugs, head.mechanism, span.references, guessed=head.guessed)


def _find_merged(row: Row, vocabulary: Vocabulary, name: str) -> Iterable[FormatError]:
    """A second row inside the mechanism: the first one's reference is lost."""
    for stop in re.finditer(r"\.\s+", row.mechanism):
        rest = row.mechanism[stop.end() : stop.end() + _WINDOW]
        head = split_head(rest, vocabulary, guess=False)
        if head is not None and (head.tumour or _OPENER.match(head.mechanism)):
            found = f"it seems to hold two rows; the second begins '{rest[:40]}'"
            expected = "a reference such as 'Xu et al., 2018' at the end of each row"
            yield FormatError(
                place(name, row.number, row.lines), found, expected, "add the missing reference"
            )


def _cut_short(leftover: str, where: str) -> FormatError:
    found = f"the row ends without a reference: '...{leftover[-60:]}'"
    advice = "the file may be cut off: complete the row or remove it"
    return FormatError(where, found, "'... et al., YEAR'", advice)


def _check_footnote(footnote: Footnote | None, name: str) -> tuple[Issue, ...]:
    if footnote is None:
        return (Issue(name, "no footnote of abbreviations", "check that the table is complete"),)
    if not footnote.complete:
        advice = "check the last abbreviation; the file may be cut off"
        return (Issue(name, "the footnote does not end in a full stop", advice),)
    return ()


def _read_preamble(whole: Flow, begin: int) -> tuple[str, tuple[str, ...]]:
    """Title and citation: of the lines above the header, the last without a doi, and those with one."""
    header = _HEADER.search(whole.text)
    edges = [start for start in whole.starts if start < (header.start() if header else begin)]
    stops = [*edges[1:], header.start() if header else begin]
    lines = [whole.text[a:b].strip() for a, b in zip(edges, stops, strict=False)]
    titles = [line for line in lines if not _CITATION.search(line)]
    citation = tuple(line.lstrip(". ") for line in lines if _CITATION.search(line))
    return (titles[-1] if titles else ""), citation
