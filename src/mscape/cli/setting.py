"""From the options of ``simulate`` and ``dose-response`` to a setting, all mistakes at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from mscape.cli import options
from mscape.cli.output import say
from mscape.errors import MscapeError, UsageError, raise_faults

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas, Record
    from mscape.experiments.dose_response import Setting
    from mscape.units import Quantity

T = TypeVar("T")
FEW_DRAWS = 20  # fewer draws say little about a 5th percentile


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options as typed; None where one is not given."""

    culture: options.CultureName | None = None
    drug: str | None = None
    dose: str | None = None
    line: str | None = None
    msc: str | None = None
    hours: str = "72"
    ratio: str | None = None
    share: str | None = None
    perturb: Sequence[str] | None = None


def read_setting(asked: Asked, record: Record, atlas: Atlas) -> tuple[Setting, float | None]:
    """Return the setting and the dose in nM, None if no dose is given.

    Raises
    ------
    UsageError, DataError, UnknownIdError
        Everything that is wrong with the options, at once.
    """
    from mscape.experiments.dose_response import Setting

    faults: list[MscapeError] = []
    no_dose: tuple[str | None, Quantity | None] = (None, None)
    no_names: tuple[str, ...] = ()

    def attempt(read: Callable[[], T], instead: T) -> T:
        try:
            return read()
        except MscapeError as error:
            faults.append(error)
            return instead

    dosed, dose = attempt(lambda: options.read_dose(asked.dose, atlas), no_dose)
    drug = attempt(lambda: None if asked.drug is None else options.find_drug(asked.drug, atlas), None)
    if drug and dosed and drug != dosed:
        faults.append(
            UsageError("--dose", f"a dose of {dosed}, but --drug {drug}", "one drug", "leave one out")
        )
    line = attempt(lambda: _find_line(asked.line, record, atlas), None)
    msc = attempt(lambda: _find_msc(asked.msc, record), None)
    hours = attempt(lambda: options.read_quantity(asked.hours, "time", "--hours"), None)
    ratio = attempt(lambda: options.read_quantity(asked.ratio, "ratio", "--ratio"), None)
    share = attempt(lambda: options.read_quantity(asked.share, "ratio", "--share"), None)
    perturb = attempt(lambda: options.find_perturbations(asked.perturb, record), no_names)
    raise_faults(faults)
    setting = Setting(
        culture=asked.culture.culture if asked.culture else None,  # type: ignore[arg-type]
        drug=drug or dosed,
        line=line,
        msc=msc,
        hours=72.0 if hours is None else hours.value,
        ratio=_value(ratio),
        share=_value(share),
        perturb=perturb,
    )
    return setting, _value(dose)


def warn_draws(draws: int) -> None:
    """Say so where draws are too few for their percentiles to mean much."""
    if draws < FEW_DRAWS:
        say(f"note: {draws} draws say little about a 5 to 95 % range; 100 or more are usual")


def list_remarks(done: object) -> list[str]:
    """Return what a reader must know of a simulated experiment: extrapolation, needs, stand-ins."""
    remarks = []
    if getattr(done, "extrapolated", False):
        needs = ", ".join(getattr(done, "needs", ()))
        remarks.append(
            "extrapolated: this drug or line is not one of the record's papers"
            + (f"; the cell must carry {needs}" if needs else "")
        )
    remarks += [f"stand-in: {text}" for text in getattr(done, "stand_ins", ())]
    return remarks


def _value(quantity: Quantity | None) -> float | None:
    return None if quantity is None else quantity.value


def _find_line(name: str | None, record: Record, atlas: Atlas) -> str | None:
    if name is None:
        return None
    known = {row.line for row in atlas.lines}
    known |= {cell.id for cell in record.mechanism.cells if cell.role == "tumour"}
    return options.find_key(name, known, kind="tumour line")


def _find_msc(name: str | None, record: Record) -> str | None:
    if name is None:
        return None
    known = [cell.id for cell in record.mechanism.cells if cell.role == "msc"]
    return options.find_key(name, known, kind=f"MSC of {record.id}")
