"""Load the atlas: every record and every shared table, all faults at once. Files are read, never run."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from mscape.atlas.form_fault import list_faults
from mscape.atlas.intervention import (
    ActionRow,
    CautionRow,
    ExposureRow,
    InterventionRow,
    Interventions,
    OutcomeRow,
)
from mscape.atlas.record import Form, Mechanism
from mscape.atlas.row import (
    ContrastRow,
    CuratorRow,
    DrugClassRow,
    DrugRow,
    LineRow,
    ObservationRow,
    PaperRow,
    ParameterRow,
    PotencyRow,
    TermRow,
)
from mscape.atlas.row_text import Rows, read_rows, rename_fault
from mscape.atlas.yaml_text import Document, find_line, read_yaml
from mscape.errors import AtlasError, DataError, MscapeError, raise_faults
from mscape.ids import check_mechanism_id, find_near_misses
from mscape.store import hash_folder, read_text

PACKAGE = Path(__file__).parent
RECORD_FILES = ("mechanism.yaml", "model.ant", "parameters.tsv", "observations.tsv", "contrasts.tsv")
# Each shared table: its form, and the field that names a row (none: several rows may speak of one thing).
SHARED_TABLES: Mapping[str, tuple[type[Form], tuple[str, ...]]] = {
    "terms.tsv": (TermRow, ("curie",)),
    "papers.tsv": (PaperRow, ("paper",)),
    "curators.tsv": (CuratorRow, ("curator",)),
    "drugs.tsv": (DrugRow, ("drug",)),
    "drug_classes.tsv": (DrugClassRow, ("drug_class", "parameter")),
    "lines.tsv": (LineRow, ("line", "source")),
    "potency.tsv": (PotencyRow, ()),
    "motifs/parameters.tsv": (ParameterRow, ("parameter",)),
    "interventions/interventions.tsv": (InterventionRow, ("intervention",)),
    "interventions/actions.tsv": (ActionRow, ("intervention", "parameters")),
    "interventions/exposures.tsv": (ExposureRow, ("intervention", "measure")),
    "interventions/cautions.tsv": (CautionRow, ("intervention", "caution", "what")),
    "outcomes.tsv": (OutcomeRow, ("outcome",)),
}
DATA_SUFFIXES = (".yaml", ".ant", ".tsv", ".txt")
MAX_RECORDS = 2000
MAX_MODEL_BYTES = 1_000_000
Place = tuple[str | int, ...]
T = TypeVar("T")
F = TypeVar("F", bound=Form)


@dataclass(frozen=True, slots=True)
class Record:
    """One mechanism: its five files as read.

    Parameters
    ----------
    mechanism
        Claim, verdict, entities, steps, protocols.
    parameters, observations, contrasts
        The lines of its three tables, in file order.
    model
        Text of ``model.ant``.
    folder
        Where it stands.
    lines
        By file name, the line of each value (``mechanism.yaml``) or row (the tables), for messages.
    """

    mechanism: Mechanism
    parameters: tuple[ParameterRow, ...]
    observations: tuple[ObservationRow, ...]
    contrasts: tuple[ContrastRow, ...]
    model: str
    folder: Path
    lines: Mapping[str, Mapping[Place, int]] = field(default_factory=dict, repr=False)

    @property
    def id(self) -> str:
        """The mechanism's id, which is the folder's name."""
        return self.mechanism.id

    def find_place(self, file: str, *place: str | int) -> str:
        """Return file and line of a value, for messages: ``xu2018_breast_il6/mechanism.yaml line 12``."""
        lines = self.lines.get(file)
        return f"{self.id}/{file}" + (f" line {find_line(lines, place)}" if lines else "")


@dataclass(frozen=True, slots=True)
class Atlas:
    """What papers reported, and nothing simulated.

    Parameters
    ----------
    records
        Every mechanism, by id, sorted.
    terms, papers, curators, drugs
        Shared tables by CURIE or key.
    drug_classes, lines, potency
        Shared tables in which several rows speak of one thing.
    motifs
        Text of each Antimony motif by file name.
    parameters
        Of the chassis and its motifs: the same in all models.
    interventions
        What could be added against a mechanism, and what came of it where it was tried.
    folder
        The folder asked for; that of the package by default.
    hash
        Of every data file, stored with each result.
    """

    records: Mapping[str, Record]
    terms: Mapping[str, TermRow]
    papers: Mapping[str, PaperRow]
    curators: Mapping[str, CuratorRow]
    drugs: Mapping[str, DrugRow]
    drug_classes: tuple[DrugClassRow, ...]
    lines: tuple[LineRow, ...]
    potency: tuple[PotencyRow, ...]
    motifs: Mapping[str, str]
    parameters: tuple[ParameterRow, ...]
    interventions: Interventions
    folder: Path
    hash: str


def load_atlas(folder: Path | None = None, *, alone: bool = False) -> Atlas:
    """Load the packaged atlas, and a folder of further mechanisms if one is given.

    Parameters
    ----------
    folder
        Holds ``mechanisms/`` and, if it needs them, ``motifs/`` and shared tables of its own, which are added
        to those of the package.
    alone
        Take nothing from the package.

    Raises
    ------
    DataError, FormatError, AtlasError
        A file is missing, cannot be read or does not fit its form. Several faults are raised together.
    """
    given = PACKAGE if folder is None else Path(folder)
    folders = [given] if folder is None or alone else [PACKAGE, given]
    faults: list[MscapeError] = []
    if not (given / "mechanisms").is_dir():
        advice = "give the folder above mechanisms/"
        raise DataError(str(given), "it holds no folder mechanisms/", "an atlas folder", advice)
    tables = {name: _merge_table(folders, name, faults) for name in SHARED_TABLES}
    motifs = _load_motifs(folders, faults)
    records = _load_records(folders, faults)
    raise_faults(faults)
    return Atlas(
        records=records,
        terms={row.curie: row for row in tables["terms.tsv"]},
        papers={row.paper: row for row in tables["papers.tsv"]},
        curators={row.curator: row for row in tables["curators.tsv"]},
        drugs={row.drug: row for row in tables["drugs.tsv"]},
        drug_classes=tables["drug_classes.tsv"],
        lines=tables["lines.tsv"],
        potency=tables["potency.tsv"],
        motifs=motifs,
        parameters=tables["motifs/parameters.tsv"],
        interventions=_gather_interventions(tables),
        folder=given,
        hash=_hash_folders(folders),
    )


def load_record(folder: Path) -> Record:
    """Load one mechanism's folder by itself.

    Parameters
    ----------
    folder
        Holds the five files; its name is the mechanism's id.

    Raises
    ------
    DataError, FormatError, AtlasError
        As in `load_atlas`.
    """
    folder = Path(folder)
    label = folder.resolve().name
    faults: list[MscapeError] = []

    def read(name: str, reader: Callable[[Path], T]) -> T | None:
        path = _find_file(folder, name, faults)
        return None if path is None else _collect(faults, partial(reader, path), path, f"{label}/{name}")

    def read_form(name: str, form: type[F]) -> Rows[F]:
        reader = partial(read_rows, form=form, name=f"{label}/{name}")
        return read(name, reader) or Rows((), ())

    document = read("mechanism.yaml", partial(read_yaml, name=f"{label}/mechanism.yaml"))
    mechanism = None if document is None else _build_mechanism(document, label, faults)
    model = read("model.ant", partial(read_text, max_bytes=MAX_MODEL_BYTES))
    parameters = read_form("parameters.tsv", ParameterRow)
    observations = read_form("observations.tsv", ObservationRow)
    contrasts = read_form("contrasts.tsv", ContrastRow)
    raise_faults(faults)
    if document is None or mechanism is None or model is None:
        raise AssertionError("each None above comes with a fault")
    lines: dict[str, Mapping[Place, int]] = {
        "mechanism.yaml": document.lines,
        "parameters.tsv": parameters.index(),
        "observations.tsv": observations.index(),
        "contrasts.tsv": contrasts.index(),
    }
    return Record(
        mechanism, parameters.rows, observations.rows, contrasts.rows, model=model, folder=folder, lines=lines
    )


def _build_mechanism(document: Document, label: str, faults: list[MscapeError]) -> Mechanism | None:
    def locate(place: Place) -> str:
        return f"{document.name} line {document.find_line(place)}"

    if not isinstance(document.value, dict):
        faults.append(
            AtlasError(locate(()), "it holds no fields", "lines 'name: value'", "see another record")
        )
        return None
    try:
        mechanism = Mechanism.model_validate(document.value)
    except ValidationError as error:
        faults += list_faults(error, Mechanism, locate)
        return None
    if mechanism.id != label:
        found = f"the id is '{mechanism.id}' and the folder '{label}'"
        faults.append(AtlasError(locate(("id",)), found, "one name for both", "rename one of them"))
    try:
        check_mechanism_id(mechanism.id, where=locate(("id",)))
    except MscapeError as error:
        faults.append(error)
    return mechanism


def _load_records(folders: Iterable[Path], faults: list[MscapeError]) -> dict[str, Record]:
    records: dict[str, Record] = {}
    for folder in folders:
        for path in _list_record_folders(folder / "mechanisms", faults):
            record = _collect(faults, partial(load_record, path), path, path.name)
            if record is None:
                continue
            if record.id in records:
                advice = "give yours another id and folder name"
                faults.append(
                    AtlasError(record.id, "the id is taken by a packaged record", "a new id", advice)
                )
            records[record.id] = record
    return dict(sorted(records.items()))


def _list_record_folders(parent: Path, faults: list[MscapeError]) -> Iterator[Path]:
    try:
        entries = sorted(path for path in islice(parent.iterdir(), MAX_RECORDS + 1))
    except OSError as error:
        faults.append(DataError(str(parent), f"cannot be read ({error.strerror})", "", "check the path"))
        return
    if len(entries) > MAX_RECORDS:
        faults.append(
            DataError(str(parent), "too many entries", f"at most {MAX_RECORDS}", "split the folder")
        )
        return
    for path in entries:
        if path.is_dir() and not path.name.startswith((".", "_")) and _is_inside(path, parent, faults):
            yield path


def _find_file(folder: Path, name: str, faults: list[MscapeError]) -> Path | None:
    """Return the path of a file of a record if it is a plain file inside the record's folder."""
    path = folder / name
    label = f"{folder.name}/{name}"
    if path.is_file():
        return path if _is_inside(path, folder, faults) else None
    if path.exists() or path.is_symlink():
        faults.append(DataError(label, "is not a plain file", "a text file", "replace it"))
        return None
    there = [entry.name for entry in islice(folder.iterdir(), 100)] if folder.is_dir() else []
    near = find_near_misses(name, [entry for entry in there if entry not in RECORD_FILES])
    advice = f"rename '{near[0]}'" if near else "add it ('mscape atlas new' writes all five)"
    faults.append(DataError(label, "the file is missing", ", ".join(RECORD_FILES), advice))
    return None


def _is_inside(path: Path, folder: Path, faults: list[MscapeError]) -> bool:
    """Whether a path stays in its folder once links are followed; if not, a fault."""
    try:
        if path.resolve().is_relative_to(folder.resolve()):
            return True
        found = "a link that leads out of the folder"
    except (OSError, RuntimeError):  # RuntimeError: a loop of links, before Python 3.13
        found = "a link that leads nowhere"
    faults.append(DataError(f"{folder.name}/{path.name}", found, "a file or folder of its own", "copy it in"))
    return False


def _merge_table(folders: Iterable[Path], name: str, faults: list[MscapeError]) -> tuple[Any, ...]:
    """Read a shared table from each folder that has it; a later one adds rows and changes none."""
    form, key = SHARED_TABLES[name]
    merged: dict[tuple[object, ...], Form] = {}
    for folder in folders:
        path = folder / name
        if not (path.exists() or path.is_symlink()):
            if folder == PACKAGE:
                faults.append(DataError(name, "the file is missing", "a shared table", "install mscape anew"))
            continue
        read = _read_shared(path, form, name, faults)
        here: set[tuple[object, ...]] = set()
        for row, line in zip(read.rows, read.lines, strict=True):
            place = tuple(getattr(row, part) for part in key) or (str(folder), line)
            if place in here:
                found = f"'{place[0]}' stands twice"
                faults.append(AtlasError(f"{name} line {line}", found, "each once", "remove one"))
            elif merged.setdefault(place, row) != row:
                found = f"'{place[0]}' stands in the packaged table with other content"
                faults.append(AtlasError(f"{name} line {line}", found, "", "give yours another name"))
            here.add(place)
    return tuple(merged.values())


def _read_shared(path: Path, form: type[Form], name: str, faults: list[MscapeError]) -> Rows[Any]:
    if not path.is_file():
        faults.append(DataError(name, "is not a plain file", "a table", "replace it"))
    elif _is_inside(path, path.parent, faults):
        read = _collect(faults, partial(read_rows, path, form, name=name), path, name)
        return read or Rows((), ())
    return Rows((), ())


def _gather_interventions(tables: Mapping[str, tuple[Any, ...]]) -> Interventions:
    return Interventions(
        reagents={row.intervention: row for row in tables["interventions/interventions.tsv"]},
        actions=tables["interventions/actions.tsv"],
        exposures=tables["interventions/exposures.tsv"],
        cautions=tables["interventions/cautions.tsv"],
        outcomes=tables["outcomes.tsv"],
    )


def _load_motifs(folders: Iterable[Path], faults: list[MscapeError]) -> dict[str, str]:
    motifs: dict[str, str] = {}
    for folder in folders:
        for path in sorted((folder / "motifs").glob("*.ant")):
            if not path.is_file() or not _is_inside(path, path.parent, faults):
                continue
            name = f"motifs/{path.name}"
            text = _collect(faults, partial(read_text, path, max_bytes=MAX_MODEL_BYTES), path, name)
            if motifs.get(path.name, text) != text:
                faults.append(AtlasError(name, "the packaged motif of that name differs", "", "rename yours"))
            motifs.setdefault(path.name, text or "")
    return motifs


def _hash_folders(folders: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for part in ("mechanisms", "motifs", "interventions"):
            digest.update(f"{part} {hash_folder(folder / part, suffixes=DATA_SUFFIXES)}\n".encode())
        # Only the tables beside them: a user's folder may hold anything else.
        for path in sorted(path for path in folder.glob("*.tsv") if path.is_file()):
            content = path.read_bytes().replace(b"\r\n", b"\n")
            digest.update(f"{path.name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()


def _collect(faults: list[MscapeError], function: Callable[[], T], path: Path, name: str) -> T | None:
    """Call a reader; keep its faults for later, under the name a person knows the file by, and go on."""
    try:
        return function()
    except MscapeError as error:
        faults += rename_fault(error, path, name)
        return None
