"""Author-year references in running text: where they are and what they say."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from mscape.atlas.claim import Reference

# What stands after the author: 'et al., 2018', 'et al. (2018a)', ', 2018'.
_TAIL = re.compile(r"(?P<al>\s+et\s+al\b\.?)?(?P<gap>,?\s*\(?)(?P<year>(?:19|20)\d\d[a-z]?)\b\)?")
_WORD_BEFORE = re.compile(r"(\S+)\s*$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.-?)+")
_NAME = re.compile(r"[^\W\d_]+(?:['’‐-][^\W\d_]+)*")
_PARTICLES = frozenset("da de del den der di dos du el la le ten ter van von zu".split())
_NOT_DECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"})


@dataclass(frozen=True, slots=True)
class FoundReference:
    """A reference and the part of the text it takes."""

    start: int
    end: int
    reference: Reference


def find_references(text: str) -> tuple[FoundReference, ...]:
    """Find every author-year reference of a text, in order.

    Parameters
    ----------
    text
        Text on one line, single spaces.

    Examples
    --------
    >>> found = find_references("The expression of Bax. Le Naour A. et al., 2020")[0].reference
    >>> found.author, found.initials, found.year
    ('Le Naour', 'A.', '2020')
    """
    found: list[FoundReference] = []
    for tail in _TAIL.finditer(text):
        if not tail["al"] and "," not in tail["gap"]:
            continue  # a year by itself
        floor = found[-1].end if found else 0
        start, author, initials = _author_before(text, tail.start(), floor)
        if author:
            printed = text[start : tail.end()]
            found.append(
                FoundReference(start, tail.end(), Reference(author, initials, tail["year"], printed))
            )
    return tuple(found)


def fold_name(name: str) -> str:
    """Surname as it is compared and put in an id: lower case, no accents, letters and digits only.

    Examples
    --------
    >>> fold_name("Le Naour"), fold_name("Søndergård-O'Neil")
    ('lenaour', 'sondergardoneil')
    """
    lower = unicodedata.normalize("NFKD", name.casefold().translate(_NOT_DECOMPOSED))
    return "".join(char for char in lower if char.isascii() and char.isalnum())


def _author_before(text: str, end: int, floor: int) -> tuple[int, str, str]:
    """Start, surname and initials of the author whose words end at a position; the surname may be empty."""
    start, author, initials = _one_author(text, end, floor)
    before = _WORD_BEFORE.search(text[max(floor, start - 8) : start])
    if author and before and before[1] in ("and", "&"):
        offset = max(floor, start - 8)
        earlier = _one_author(text, offset + before.start(1), floor)
        if earlier[1]:
            return earlier
    return start, author, initials


def _one_author(text: str, end: int, floor: int) -> tuple[int, str, str]:
    words = [(hit.start(), hit.group()) for hit in re.finditer(r"\S+", text[max(floor, end - 120) : end])]
    shift = max(floor, end - 120)
    initials: list[str] = []
    while words and _INITIALS.fullmatch(words[-1][1]):
        initials.insert(0, words.pop()[1])
    names: list[str] = []
    start = end
    while words and len(names) < 4 and _is_name(words[-1][1], first=not names):
        position, word = words.pop()
        start = shift + position
        names.insert(0, word)
    return (start, " ".join(names), " ".join(initials)) if names else (end, "", "")


def _is_name(word: str, *, first: bool) -> bool:
    """Whether a word can belong to a surname: 'Naour', "O'Brien", 'van'; not 'CD73', 'MSCs', 'Bax.'."""
    if not _NAME.fullmatch(word):
        return False
    if word.lower() in _PARTICLES:
        return not first
    adjacent = any(a.isupper() and b.isupper() for a, b in pairwise(word))
    return word[0].isupper() and not adjacent
