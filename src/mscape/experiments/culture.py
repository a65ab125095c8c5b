"""A protocol for a culture that no paper has described: what a user asks for on the command line."""

from __future__ import annotations

from mscape.atlas.record import Culture, Mechanism, Period, Protocol
from mscape.errors import UsageError

PRE_HOURS = 24.0
CULTURES: tuple[Culture, ...] = (
    "monoculture",
    "contact",
    "transwell",
    "conditioned medium",
    "exosome",
    "relay",
)


def make_protocol(
    culture: Culture, hours: float, *, ratio: float | None = None, share: float | None = None
) -> Protocol:
    """Make the usual protocol of a culture: MSC, medium or vesicles first, then the drug for some hours.

    Parameters
    ----------
    culture
        How MSC and tumour cells meet.
    hours
        Drug exposure, to the read-out.
    ratio
        MSC per tumour cell; None for the grid.
    share
        Share of the medium that is conditioned; None for the grid.

    Raises
    ------
    UsageError
        No such culture.
    """
    if culture not in CULTURES:
        raise UsageError("culture", f"'{culture}' is not known", ", ".join(CULTURES))
    before = {
        "monoculture": (),
        "conditioned medium": (Period(period="conditioned medium made", contents=("msc",)),),
        "exosome": (Period(period="vesicles", contents=("tumour", "vesicles"), hours=PRE_HOURS),),
    }.get(culture, (Period(period="co-culture", contents=("tumour", "msc"), hours=PRE_HOURS),))
    carrier = {"monoculture": (), "conditioned medium": ("medium",), "exosome": ("vesicles",)}.get(
        culture, ("msc",)
    )
    contents = ("tumour", *carrier, "drug", "perturbation")
    drug = Period(period="drug", contents=contents, hours=hours)  # type: ignore[arg-type]
    key = culture.replace(" ", "_")
    return Protocol(
        id=f"asked_{key}", culture=culture, periods=(*before, drug), msc_per_tumour=ratio, medium_share=share
    )


def find_culture(mechanism: Mechanism) -> Culture:
    """Return the culture in which the record shows the protection: that of its first protocol with MSC."""
    for protocol in mechanism.protocols:
        carried = any({"msc", "medium", "vesicles"} & set(period.contents) for period in protocol.periods)
        if carried and protocol.culture != "monoculture":  # MSC alone are a monoculture too
            return protocol.culture
    return "contact"


def find_msc(mechanism: Mechanism, msc: str | None = None) -> str:
    """Return the MSC asked for, or the record's first.

    Raises
    ------
    UsageError
        The record has no such MSC.
    """
    known = [cell.id for cell in mechanism.cells if cell.role == "msc"]
    if msc is None and known:
        return known[0]
    if msc not in known:
        raise UsageError(
            "msc", f"'{msc}' is not an MSC of {mechanism.id}", ", ".join(known) or "a record with MSC"
        )
    return msc


def find_perturbations(mechanism: Mechanism, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the record's perturbations that a user named; case, hyphens and blanks do not matter.

    Raises
    ------
    UsageError
        The record has no such perturbation, or the model has nothing it acts on.
    """
    known = {item.id: item for item in mechanism.perturbations}
    found = []
    for name in names:
        key = name.strip().lower().replace("-", "_").replace(" ", "_")
        if key not in known:
            raise UsageError(
                "perturbation",
                f"'{name}' is not a perturbation of {mechanism.id}",
                ", ".join(sorted(known)) or "none",
            )
        if not known[key].parameters and known[key].kind != "control":
            raise UsageError(
                "perturbation",
                f"'{name}' acts on nothing in the model of {mechanism.id}",
                "a target the model has",
            )
        found.append(key)
    return tuple(found)
