"""Arguments and options that several commands share, and how their text is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.errors import AtlasError, MscapeError, UnknownIdError, UsageError

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas, Record
    from mscape.store import Provenance
    from mscape.units import Quantity


class CultureName(StrEnum):
    """The cultures as typed: conditioned medium is one word."""

    MONOCULTURE = "monoculture"
    CONTACT = "contact"
    TRANSWELL = "transwell"
    MEDIUM = "conditioned-medium"
    EXOSOME = "exosome"
    RELAY = "relay"

    @property
    def culture(self) -> str:
        """The culture's name in a record."""
        return self.value.replace("-", " ")


Id = Annotated[
    str, typer.Argument(metavar="ID", help="A mechanism, such as xu2018_breast_il6; 'mscape list' names all.")
]
AtlasFolder = Annotated[
    Path | None, typer.Option("--atlas", metavar="DIR", help="A folder of further mechanisms.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout instead of text.")]
Seed = Annotated[int, typer.Option(metavar="N", min=0, max=2**31 - 1, help="Seed of the random draws.")]
Draws = Annotated[
    int,
    typer.Option(
        metavar="N", min=2, max=100_000, help="Joint draws of assumed parameters and unreported conditions."
    ),
]
Jobs = Annotated[
    int, typer.Option(metavar="N", min=1, max=256, help="Worker processes, if there are several mechanisms.")
]
Cultures = Annotated[
    CultureName | None,
    typer.Option("--culture", help="How tumour cells meet the MSC; by default as in the row's paper."),
]
Drug = Annotated[
    str | None, typer.Option(metavar="DRUG", help="Another drug than the paper's: an extrapolation.")
]
Line = Annotated[
    str | None, typer.Option(metavar="LINE", help="Another tumour line than the paper's: an extrapolation.")
]
Msc = Annotated[str | None, typer.Option(metavar="CELL", help="Which MSC of the record, such as bm_msc.")]
Hours = Annotated[str, typer.Option(metavar="TIME", help="How long under the drug, such as 48, 48h or 2d.")]
Ratio = Annotated[str | None, typer.Option(metavar="MSC:TUMOUR", help="MSC to tumour cells, such as 1:3.")]
Share = Annotated[
    str | None, typer.Option(metavar="SHARE", help="Share of the medium that is conditioned, such as 50%.")
]
Perturb = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="A perturbation of the record, such as anti_il6; repeat for several."),
]


def open_atlas(folder: Path | None) -> Atlas:
    """Load the atlas a command asks for.

    Raises
    ------
    AtlasError
        There is no atlas in the folder.
    DataError, FormatError, AtlasError
        As in `load_atlas`.
    """
    from mscape.atlas.load import load_atlas

    if folder is not None and not (folder / "mechanisms").is_dir():
        found = "it holds no folder mechanisms/" if folder.is_dir() else "there is no such folder"
        raise AtlasError(f"--atlas {folder}", found, "an atlas folder", "give the folder above mechanisms/")
    return load_atlas(folder)


def find_record(atlas: Atlas, name: str) -> Record:
    """Return the mechanism of an id.

    Raises
    ------
    UnknownIdError
        There is none; the error names the nearest.
    """
    from mscape.ids import require_known

    return atlas.records[require_known(name, atlas.records)]


def find_records(atlas: Atlas, names: Iterable[str]) -> tuple[Record, ...]:
    """Return the mechanisms of some ids, each once; of none, all of them.

    Raises
    ------
    UnknownIdError
        Some are not known: all are told at once.
    """
    from mscape.errors import raise_faults

    wanted = tuple(dict.fromkeys(names)) or tuple(atlas.records)
    faults: list[MscapeError] = []
    for name in wanted:
        try:
            find_record(atlas, name)
        except UnknownIdError as error:
            faults.append(error)
    raise_faults(faults)
    return tuple(atlas.records[name] for name in wanted)


def read_quantity(text: str | None, dimension: str, option: str) -> Quantity | None:
    """Return an option's quantity in model units; None if the option is not given.

    Raises
    ------
    DataError
        No number, negative, or of another dimension.
    """
    from mscape.units import parse_quantity

    return None if text is None else parse_quantity(text, dimension=dimension, where=option)


def read_dose(text: str | None, atlas: Atlas) -> tuple[str | None, Quantity | None]:
    """Return drug and dose of a text such as ``cisplatin=10uM``.

    Raises
    ------
    UsageError
        There is no ``=``.
    UnknownIdError
        The drug is not in the atlas.
    DataError
        The dose is no concentration or negative.
    """
    from mscape.units import convert_value, parse_quantity

    if text is None:
        return None, None
    name, mark, amount = text.partition("=")
    if not mark or not name.strip() or not amount.strip():
        raise UsageError("--dose", f"'{text[:60]}'", "DRUG=DOSE", "write it like cisplatin=10uM")
    drug = find_drug(name, atlas)
    mass = convert_value(atlas.drugs[drug].molar_mass, "g/mol")
    dose = parse_quantity(amount, dimension="concentration", molar_mass=mass, where=f"--dose {drug}")
    return drug, dose


def find_drug(name: str, atlas: Atlas) -> str:
    """Return a drug's key from its name as typed.

    Raises
    ------
    UnknownIdError
        It is not in the atlas.
    """
    return find_key(name, atlas.drugs, kind="drug")


def find_perturbations(names: Sequence[str] | None, record: Record) -> tuple[str, ...]:
    """Return the ids of perturbations as typed: case, hyphens and blanks do not matter.

    Raises
    ------
    UnknownIdError
        The record has no such perturbation: all are told at once.
    """
    from mscape.errors import raise_faults

    known = [item.id for item in record.mechanism.perturbations]
    found: list[str] = []
    faults: list[MscapeError] = []
    for name in names or ():
        try:
            found.append(find_key(name, known, kind=f"perturbation of {record.id}"))
        except UnknownIdError as error:
            faults.append(error)
    raise_faults(faults)
    return tuple(dict.fromkeys(found))


def find_key(name: str, known: Collection[str], *, kind: str) -> str:
    """Return the key of a name as typed: case, hyphens and blanks do not matter.

    Raises
    ------
    UnknownIdError
        It is not known.
    """
    from mscape.ids import require_known

    folded = fold_name(name)
    return folded if folded in known else require_known(name, known, kind=kind)


def fold_name(name: str) -> str:
    """Return a name as keys are written.

    Examples
    --------
    >>> fold_name("Anti-IL6")
    'anti_il6'
    """
    return "_".join(name.strip().casefold().replace("-", " ").replace("_", " ").split())


def describe_provenance(atlas: Atlas, ids: Iterable[str] = (), *, seed: int | None = None) -> Provenance:
    """Return what a command's output depends on; with a seed, the tolerances of its solves too."""
    from mscape.store import Provenance

    if seed is None:
        return Provenance(atlas_hash=atlas.hash, mechanisms=tuple(sorted(ids)))
    from mscape.experiments.bench import SCORE_TOLERANCE

    return Provenance(
        atlas_hash=atlas.hash,
        seed=seed,
        relative_tolerance=SCORE_TOLERANCE.relative,
        absolute_tolerance=SCORE_TOLERANCE.absolute,
        mechanisms=tuple(sorted(ids)),
    )
