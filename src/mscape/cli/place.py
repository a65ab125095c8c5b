"""Which co-culture ``rank``, ``combine``, ``schedule`` and ``cohort`` ask about: their common options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
from mscape.errors import UsageError

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas
    from mscape.experiments.arm import Arm
    from mscape.experiments.niche import Niche
    from mscape.treatment.removal import When


class WhenName(StrEnum):
    """When interventions are added, as typed."""

    DRUG = "drug"
    MSC = "msc"

    @property
    def when(self) -> When:
        """The same, as a measurement takes it."""
        from mscape.treatment.removal import When

        return When.MSC if self == WhenName.MSC else When.DRUG


Tumour = Annotated[str | None, typer.Option(metavar="TUMOUR", help="With --drug: a niche.")]
OfDrug = Annotated[str | None, typer.Option(metavar="DRUG", help="With --tumour: a niche.")]
OfLine = Annotated[
    str | None,
    typer.Option(metavar="LINE", help="Of a niche: the tumour line, by default one with a known IC50."),
]
Cultures = Annotated[
    options.CultureName | None,
    typer.Option(
        "--culture", help="How tumour cells meet the MSC; by default a co-culture, as in the papers."
    ),
]
Added = Annotated[
    WhenName, typer.Option("--when", help="Whether interventions come with the drug or the MSC.")
]
Ensemble = Annotated[
    bool,
    typer.Option("--ensemble", help="Draw from the mechanisms' ensembles ('mscape fit'), not from priors."),
]
Particles = Annotated[
    int, typer.Option(metavar="N", min=10, max=100_000, help="With --ensemble: parameter sets of each.")
]


@dataclass(frozen=True)
class Place:
    """A co-culture, as typed."""

    tumour: str | None
    drug: str | None
    line: str | None
    culture: options.CultureName | None
    hours: str
    ratio: str | None

    @property
    def is_niche(self) -> bool:
        """Whether tumour and drug say where, not a mechanism's ID."""
        return self.tumour is not None and self.drug is not None


def refuse_half(place: Place, command: str) -> None:
    """Raise UsageError where a tumour has no drug, or a drug no tumour."""
    if (place.tumour is None) != (place.drug is None):
        missing = "--drug" if place.drug is None else "--tumour"
        raise UsageError(command, f"no {missing}", "--tumour and --drug together", f"add {missing}")


def compose_place(shelf: Atlas, place: Place, name: str | None, own: Callable[[Atlas, str], Niche]) -> Niche:
    """Return the niche of a tumour and a drug, or a mechanism's own.

    Parameters
    ----------
    shelf
        The mechanisms.
    place
        As typed; a whole niche or none (`refuse_half`).
    name
        The mechanism, if no niche is asked for.
    own
        What makes a niche of a mechanism's id.

    Raises
    ------
    UsageError, UnknownIdError
        A line for a mechanism, or something that the atlas does not know.
    """
    from mscape.experiments.niche import compose_niche

    if place.is_niche:
        line = None if place.line is None else options.fold_name(place.line)
        return compose_niche(shelf, str(place.tumour), str(place.drug), line=line)
    if place.line is not None:
        raise UsageError("--line", "a line for an ID", "--tumour and --drug beside it", "leave it out")
    return own(shelf, options.find_record(shelf, str(name)).id)


def choose_arm(niche: Niche, place: Place) -> Arm:
    """Return the arm with MSC and drug that is asked for: in a co-culture, if no culture is.

    Raises
    ------
    UsageError
        A monoculture, or hours or a ratio that cannot be.
    """
    from mscape.treatment.matrix import choose_coculture

    ratio = options.read_quantity(place.ratio, "ratio", "--ratio")
    culture = choose_coculture(niche).protocol.culture if place.culture is None else place.culture.culture
    if culture == "monoculture":
        raise UsageError("--culture", "a monoculture: no MSC to compare with", "a culture with MSC")
    hours = read_hours(place.hours, "--hours")
    return niche.choose_arm(culture, hours, ratio=None if ratio is None else ratio.value)  # type: ignore[arg-type]


def read_hours(text: str, option: str) -> float:
    """Return the hours of a text such as ``48``, ``48h`` or ``2d``.

    Raises
    ------
    UsageError
        It is not a time.
    """
    found = options.read_quantity(text, "time", option)
    assert found is not None
    return found.value
