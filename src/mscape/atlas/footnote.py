"""A table's footnote of abbreviations: finding it, reading it, and spelling out what a row uses."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mscape.atlas.vocabulary import Vocabulary

_ITEM = re.compile(
    r"\s*(?P<key>[\w/‐‑+-]{1,15}(?: [\w/-]{1,8})?)\s*[,:=]\s+(?P<long>[^;.]{3,120}?)\s*(?P<end>[;.]|$)"
)
_LABEL = re.compile(r"\s*(?:Abbreviations?|Note)\s*:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Footnote:
    """Abbreviations read from a text, and where they end.

    Parameters
    ----------
    abbreviations
        Abbreviation and expansion, in order.
    end
        Position in the text after the footnote.
    complete
        False if it does not end in a full stop, as a cut file's would not.
    """

    abbreviations: tuple[tuple[str, str], ...]
    end: int
    complete: bool


def parse_footnote(text: str, start: int, vocabulary: Vocabulary) -> Footnote | None:
    """Read 'KEY, words; KEY, words.' from a position; None if no footnote begins there.

    Parameters
    ----------
    text
        Text on one line.
    start
        Where the footnote would begin.
    vocabulary
        Tells a footnote from a row: '5-FU, oxaliplatin ...' names two drugs.
    """
    label = _LABEL.match(text, start)
    position = label.end() if label else start
    found: list[tuple[str, str]] = []
    last_end = ";"
    while last_end == ";":
        item = _ITEM.match(text, position)
        if item is None or (not found and not _is_definition(item["key"], item["long"], vocabulary)):
            break
        found.append((item["key"], item["long"]))
        position, last_end = item.end(), item["end"]
    if not found or (len(found) == 1 and last_end != "." and text[position:].strip()):
        return None
    if last_end == ";":  # the next item could not be read: it belongs to the footnote if nothing else follows
        rest = text[position:].strip()
        position = len(text) if len(rest) <= 15 else position
    return Footnote(tuple(found), position, last_end == ".")


def expand(words: str, abbreviations: Iterable[tuple[str, str]]) -> str | None:
    """Expansion of an abbreviation by a table's footnote; None if the footnote lacks it.

    Examples
    --------
    >>> expand("TKI", [("TKI", "tyrosine kinase inhibitors")])
    'tyrosine kinase inhibitors'
    """
    for short, long in abbreviations:
        if words == short or (_has_capitals(words) and words.casefold() == short.casefold()):
            return long
    return None


def find_abbreviations(text: str, abbreviations: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Those abbreviations of a footnote that a text uses, singular or plural, 'P-gP' for 'P-gp'.

    Parameters
    ----------
    text
        Tumour, drugs and mechanism of a row.
    abbreviations
        Abbreviation and expansion.
    """
    used = []
    for short, long in abbreviations:
        stem = short[:-1] if short.endswith("s") and len(short) > 2 else short
        hits = re.findall(rf"(?<!\w){re.escape(stem)}s?(?!\w)", text, re.IGNORECASE)
        if any(stem in hit or _has_capitals(hit) for hit in hits):
            used.append((short, long))
    return tuple(used)


def _has_capitals(word: str) -> bool:
    return sum(char.isupper() for char in word) >= 2


def _is_definition(key: str, long: str, vocabulary: Vocabulary) -> bool:
    """Whether the first item defines its key, and is not the head of a row listing two drugs."""
    if not (_has_capitals(key) or any(char.isdigit() for char in key)):
        return False
    drug = re.match(rf"{vocabulary.word_pattern('drug')}(?!\w)", long)
    if drug is None:
        return True
    second, first = vocabulary.find("drug", drug.group()), vocabulary.find("drug", key)
    return first is not None and second is not None and first.id == second.id
