"""Render page data to HTML.

Every text is escaped; the one ready-made piece is the pathway drawing, which escapes its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from mscape.report.number import (
    format_bits,
    format_effect,
    format_interval,
    format_number,
    format_percent,
    format_range,
    format_share,
    format_shares,
    format_signed,
)
from mscape.report.ranking_text import LACKS, TERMS, WORDS

if TYPE_CHECKING:
    from jinja2 import Environment

    from mscape.report.index_page import IndexPage
    from mscape.report.page import MechanismPage
    from mscape.report.ranking import InterventionPage, NichePage
    from mscape.report.synthesis_page import SynthesisPage

TEMPLATES = ("index", "mechanism", "synthesis", "interventions", "niches")
SCALE = (-0.5, 1.0)  # of a bar that shows a share of the protection; 1 is removal of the MSC


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("mscape.report", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "number": format_number,
        "percent": format_percent,
        "interval": format_interval,
        "range": format_range,
        "share": format_share,
        "shares": format_shares,
        "signed": format_signed,
        "place": place_share,
        "bits": format_bits,
        "isolate": isolate,
        "sentence": lambda text: text[:1].upper() + text[1:],
    }
    environment.globals |= {
        "effect": format_effect,
        "scale": SCALE,
        "terms": TERMS,
        "words": WORDS,
        "lacks": LACKS,
    }
    return environment


def place_share(share: float) -> float:
    """Return where on a bar a share of the protection stands, in percent of its length; ends cut off.

    Examples
    --------
    >>> place_share(0.25), place_share(-0.9)
    (50.0, 0.0)
    """
    low, high = SCALE
    return round(100 * (min(max(share, low), high) - low) / (high - low), 2)


def isolate(text: str) -> str:
    """Return a text without the marks that turn the writing direction, and without control characters.

    The first could make a page say something else than its source; the second break an SVG.

    Examples
    --------
    >>> isolate("a\\u202eb")
    'ab'
    """
    return "".join(
        letter for letter in text if letter not in _DIRECTION_MARKS and (letter >= " " or letter in "\n\t")
    )


_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def render_page(
    name: str,
    data: IndexPage | MechanismPage | SynthesisPage | InterventionPage | NichePage,
    links: Sequence[tuple[str, str]] = (),
) -> str:
    """Render a page.

    Parameters
    ----------
    name
        One of `TEMPLATES`.
    data
        The page's data.
    links
        Addresses and names of the report's other pages, for its head.

    Raises
    ------
    ValueError
        No page of that name.
    """
    if name not in TEMPLATES:
        raise ValueError(f"no page '{name}'; there are {', '.join(TEMPLATES)}")
    return isolate(
        _environment().get_template(f"{name}.html").render(page=data, menu=links, here=f"{name}.html")
    )
