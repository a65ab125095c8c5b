"""Words for what tables hold as keys: arms, readouts, outcomes, papers."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence

from mscape.atlas.load import Atlas, Record
from mscape.atlas.record import Mechanism
from mscape.atlas.row import ContrastRow, ObservationRow, PaperRow
from mscape.report.page import Citation

NO_DRUG = "untreated"
_TITLE_WIDTH = 45  # of a paper that goes by its title
_KEY = re.compile(r"\b[a-z]+[0-9]{4}(?:_[a-z]+)?\b")
_INITIALS = re.compile(r"(?:[A-Z]\.?-?){1,3}")
RESULTS: Mapping[str, str] = {
    "reproduced": "reproduced",
    "too small": "too small to call",
    "opposite": "opposite",
    "different": "different",
    "saturated": "plate saturated",
    "failed": "not solved",
    "out of scope": "out of scope",
}
_READOUTS: Mapping[str, tuple[str, str]] = {
    "viability": ("Viability", "% of untreated"),
    "viability_well": ("Signal of the well", "% of untreated"),
    "colonies": ("Colonies", "% of untreated"),
    "count": ("Number of living tumour cells", "per 0.1 mL"),
    "apoptosis": ("Apoptosis", "% of cells"),
    "gr": ("Growth rate inhibition, GR", "−1 to 1"),
    "ic50": ("IC50", "relative"),
    "drug_cell": ("Drug in the cell", "model units"),
}
SHARES = frozenset({"viability", "viability_well", "colonies"})  # simulated as shares, shown in percent


def name_readout(mechanism: Mechanism, readout: str) -> tuple[str, str]:
    """Return a readout's name and the unit of its axis; ``a;b`` reads arms at different places."""
    if readout in _READOUTS:
        return _READOUTS[readout]
    known = {item.id: item.label for item in mechanism.readouts}
    labels = [known.get(part, part.replace("_", " ")) for part in readout.split(";")]
    return " / ".join(capitalise(label) for label in labels), "model units"


def capitalise(text: str) -> str:
    """Return a text with its first letter large, unless the first word has capitals of its own (mRNA)."""
    first = text.split(" ", 1)[0]
    return text if first[1:] != first[1:].lower() else text[:1].upper() + text[1:]


def name_cell(mechanism: Mechanism, key: str | None) -> str:
    """Return the label of a cell of a record, or its key."""
    return next((cell.label for cell in mechanism.cells if cell.id == key), (key or "").replace("_", " "))


def name_drug(atlas: Atlas, key: str | None) -> str:
    """Return the label of a drug, or its key."""
    row = atlas.drugs.get(key or "")
    return row.label if row else (key or "").replace("_", " ")


def name_arms(record: Record, atlas: Atlas, rows: Sequence[ObservationRow]) -> dict[str, str]:
    """Name the arms of one observation by what sets them apart.

    Drug, MSC, perturbation; tumour and hours where they differ.
    """
    mechanism = record.mechanism
    tumours, hours = {row.tumour for row in rows}, {row.time_h for row in rows}
    doses, protocols = {(row.drug, row.dose) for row in rows if row.drug}, {row.protocol for row in rows}
    several = len({dose for _, dose in doses}) > 1
    names = {}
    for row in rows:
        parts = [name_drug(atlas, row.drug)] if row.drug else []
        if parts and several and row.dose is not None:
            parts[0] += f" {row.dose:g} {row.dose_unit or ''}".rstrip()
        parts += [name_cell(mechanism, row.msc)] if row.msc else []
        parts += [name_perturbation(mechanism, key) for key in row.perturbation]
        name = " + ".join(parts) or NO_DRUG
        name += f", {name_cell(mechanism, row.tumour)}" if len(tumours) > 1 and row.tumour else ""
        name += f", {row.time_h:g} h" if len(hours) > 1 and row.time_h is not None else ""
        name += f", {name_culture(mechanism, row.protocol)}" if len(protocols) > 1 and row.protocol else ""
        names[row.arm] = name
    clashes = {name for name in names.values() if list(names.values()).count(name) > 1}
    return {
        arm: f"{name} ({arm.replace('_', ' ')})" if name in clashes else name for arm, name in names.items()
    }


def name_perturbation(mechanism: Mechanism, key: str) -> str:
    """Return the label of a perturbation, or its key."""
    return next((item.label for item in mechanism.perturbations if item.id == key), key.replace("_", " "))


def name_culture(mechanism: Mechanism, key: str | None) -> str:
    """Return the culture of a protocol."""
    return next((item.culture for item in mechanism.protocols if item.id == key), "")


def say_contrast(mechanism: Mechanism, row: ContrastRow, arms: Mapping[str, str]) -> str:
    """Say in a sentence what a contrast states."""
    readout = name_readout(mechanism, row.readout)[0]
    first = arms.get(row.arm[0], row.arm[0].replace("_", " "))
    other = arms.get(row.versus or "", (row.versus or "").replace("_", " "))
    if row.kind == "ordered":
        return f"{readout} falls in the order " + " > ".join(arms.get(key, key) for key in row.arm)
    if row.kind == "partial":
        return f"{readout}: {first} takes back part of the effect of {other}"
    if row.kind == "value":
        size = f"{row.value:g} times that" if row.value is not None else "reported without a direction"
        return f"{readout} with {first} is {size}" + (f" with {other}" if row.versus else "")
    where = "in untreated wells" if first == NO_DRUG else f"with {first}"
    beside = "in untreated wells" if other == NO_DRUG else f"with {other}"
    word = {"up": "higher", "down": "lower"}.get(row.kind)
    if word is None:
        return f"{readout} is the same {where} as {beside}"
    return f"{readout} is {word} {where}" + (f" than {beside}" if row.versus else "")


BRACKETS: Mapping[str, str] = {
    "up": "higher",
    "down": "lower",
    "no change": "same",
    "ordered": "lower",
    "partial": "in part",
    "value": "ratio",
}


def name_papers(atlas: Atlas, text: str) -> str:
    """Return a record's text with paper keys replaced by what a reader knows.

    ``ccs2016`` by journal and year.

    Parameters
    ----------
    atlas
        Holds the papers.
    text
        Free text of a record.
    """
    return _KEY.sub(
        lambda found: cite(atlas.papers[found[0]], found[0]).label if found[0] in atlas.papers else found[0],
        text,
    )


def name_authors(authors: str) -> str:
    """Return the first author's surname, with *et al.* if there are more.

    Examples
    --------
    >>> name_authors("Xu H.; Zhou Y."), name_authors("Burt et al."), name_authors("Le Naour A")
    ('Xu et al.', 'Burt et al.', 'Le Naour')
    """
    first, *others = re.split(r"[;,]|\.\.\.|…|\bet al\b", authors)
    words = [word for word in first.split() if not _INITIALS.fullmatch(word)]
    name = " ".join(words) or first.strip()
    return f"{name} et al." if others else name


def cite(paper: PaperRow | None, key: str) -> Citation:
    """Return a paper as a citation; authors that were not seen are not invented.

    A paper without authors goes by its journal, else by the beginning of its title, else by its key.
    """
    if paper is None:
        return Citation(key, key, key, None, "")
    seen = paper.authors.strip().lower() != "not seen"
    journal = (paper.journal or "").split("(")[0].strip().rstrip("0123456789:.;-– ")
    title = f"“{textwrap.shorten(paper.title, _TITLE_WIDTH, placeholder=' …')}”" if paper.title else ""
    name = name_authors(paper.authors) if seen else journal or title
    short = f"{name} {paper.year}" if name else key
    pieces = [paper.authors if seen else "", paper.title or "", paper.journal or "", str(paper.year)]
    full = ". ".join(piece.rstrip(".") for piece in pieces if piece) + "."
    return Citation(key, short, full, paper.doi, paper.seen)
