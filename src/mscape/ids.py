"""Names: the grammar of mechanism ids and CURIEs, and the nearest known name to a mistyped one.

One name serves everywhere: folder, SBML model id, PEtab problem id, page address and ``mscape:`` identifier.
"""

import re
from collections.abc import Collection
from difflib import get_close_matches

from mscape.errors import DataError, UnknownIdError

# firstauthorYEAR_tumour_signal. Starting with a letter makes it a valid SBML id.
MECHANISM_ID = re.compile(r"[a-z]+[0-9]{4}[a-z]?_[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
MECHANISM_ID_MAX = 64  # folder names must survive Windows path limits
# prefix:accession; the accession may hold colons (some vocabularies repeat their prefix) but no space.
CURIE = re.compile(r"(?P<prefix>[a-z][a-z0-9.\-]*):(?P<accession>[A-Za-z0-9][A-Za-z0-9_.:\-/]*)")


def check_mechanism_id(text: str, *, where: str = "mechanism id") -> str:
    """Return a mechanism id unchanged if it follows the grammar ``firstauthorYEAR_tumour_signal``.

    Parameters
    ----------
    text
        The id as written.
    where
        Place named in the error.

    Raises
    ------
    DataError
        The id breaks the grammar or is longer than `MECHANISM_ID_MAX`.

    Examples
    --------
    >>> check_mechanism_id("xu2018_breast_il6")
    'xu2018_breast_il6'
    """
    if len(text) <= MECHANISM_ID_MAX and MECHANISM_ID.fullmatch(text):
        return text
    raise DataError(
        where,
        f"{_shorten(text)} is not a mechanism id",
        f"firstauthorYEAR_tumour_signal in lower case, at most {MECHANISM_ID_MAX} characters",
        "write it like xu2018_breast_il6",
    )


def check_curie(text: str, *, where: str = "identifier") -> str:
    """Return a CURIE such as ``uniprot:P05231`` unchanged if it is well formed.

    Whether the prefix and accession exist is a question for the frozen term list, not for this pattern.

    Parameters
    ----------
    text
        The identifier as written.
    where
        Place named in the error.

    Raises
    ------
    DataError
        There is no prefix, no accession, or a character that identifiers do not hold.

    Examples
    --------
    >>> check_curie("uniprot:P05231")
    'uniprot:P05231'
    """
    if CURIE.fullmatch(text):
        return text
    raise DataError(
        where,
        f"{_shorten(text)} is not a CURIE",
        "prefix:accession",
        "write it like uniprot:P05231, without spaces",
    )


def find_near_misses(text: str, known: Collection[str], *, limit: int = 3) -> tuple[str, ...]:
    """Return known names that look like a mistyped one, nearest first.

    Parameters
    ----------
    text
        The name as typed.
    known
        Names that exist.
    limit
        At most so many are returned.

    Examples
    --------
    >>> find_near_misses("xu2018_brest_il6", ["ji2015_gastric_exosome", "xu2018_breast_il6"])
    ('xu2018_breast_il6',)
    """
    folded: dict[str, list[str]] = {}
    for name in sorted(known):
        folded.setdefault(name.casefold(), []).append(name)
    typed = text.casefold()[:256]
    near = get_close_matches(typed, folded, n=limit, cutoff=0.6)
    # A part of a name is a common way to ask for it: "il6" for xu2018_breast_il6.
    near += [name for name in folded if len(typed) > 1 and typed in name and name not in near]
    return tuple(name for key in near for name in folded[key])[:limit]


def require_known(text: str, known: Collection[str], *, kind: str = "mechanism") -> str:
    """Return a name unchanged if it is known.

    Parameters
    ----------
    text
        The name as typed.
    known
        Names that exist.
    kind
        What is being named, in the user's words; it stands in the error.

    Raises
    ------
    UnknownIdError
        The name is not known; the error suggests the nearest ones.

    Examples
    --------
    >>> require_known("cisplatin", {"cisplatin", "imatinib"}, kind="drug")
    'cisplatin'
    """
    if text in known:
        return text
    near = find_near_misses(text, known)
    expected = " or ".join(near) if near else _list_some(sorted(known))
    advice = "choose one of these" if known else f"there is no {kind} to choose from"
    raise UnknownIdError(kind, f"{_shorten(text)} is not known", expected, advice)


def _shorten(text: str, limit: int = 60) -> str:
    """Quote a user's text so that it stays on one line and cannot flood a message."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")


def _list_some(names: list[str], limit: int = 8) -> str:
    more = f" … ({len(names)} in all)" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
