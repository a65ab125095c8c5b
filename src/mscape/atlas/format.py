"""Bring the files of the atlas into canonical form, so that versions differ only where meaning does.

YAML: fields in the order of the forms, see `yaml_form`. Tables: columns in the order of the forms, all of
them, lines as they stand. Numbers and words stay as written in tables; comments stay above the header only.
"""

from collections.abc import Mapping
from pathlib import Path

from mscape.atlas.load import RECORD_FILES, SHARED_TABLES, load_record
from mscape.atlas.record import Form, Mechanism
from mscape.atlas.row import ContrastRow, ObservationRow, ParameterRow
from mscape.atlas.row_text import list_columns, read_rows
from mscape.atlas.yaml_form import format_yaml
from mscape.errors import MscapeError, raise_faults
from mscape.store import read_text, write_text_atomic

TABLES: Mapping[str, type[Form]] = {
    "parameters.tsv": ParameterRow,
    "observations.tsv": ObservationRow,
    "contrasts.tsv": ContrastRow,
}


def format_record(folder: Path) -> tuple[str, ...]:
    """Rewrite a mechanism's files in canonical form and return the names of those that changed.

    Parameters
    ----------
    folder
        A mechanism's folder.

    Raises
    ------
    DataError, FormatError, AtlasError
        A file does not fit its form, or holds a comment that would be lost; then nothing is written.
    OutputError
        A file cannot be written.
    """
    return _write_changed(Path(folder), format_record_texts(folder))


def format_shared(folder: Path) -> tuple[str, ...]:
    """Rewrite the shared tables of an atlas folder in canonical form and return the names of changed ones.

    Parameters
    ----------
    folder
        Holds the tables; those that are not there are left out.

    Raises
    ------
    DataError, FormatError, AtlasError, OutputError
        As in `format_record`.
    """
    return _write_changed(Path(folder), format_shared_texts(folder))


def is_formatted(folder: Path) -> bool:
    """Whether a mechanism's files stand in canonical form; line ends do not count.

    Parameters
    ----------
    folder
        A mechanism's folder.

    Raises
    ------
    DataError, FormatError, AtlasError
        As in `format_record`.
    """
    texts = format_record_texts(folder)
    return all(read_text(Path(folder) / name) == text for name, text in texts.items())


def format_record_texts(folder: Path) -> dict[str, str]:
    """Return the canonical text of each of a mechanism's files.

    Parameters
    ----------
    folder
        A mechanism's folder.

    Raises
    ------
    DataError, FormatError, AtlasError
        As in `format_record`.
    """
    folder = Path(folder)
    record = load_record(folder)
    texts: dict[str, str] = {}
    for name in RECORD_FILES:
        text = read_text(folder / name)
        label = f"{record.id}/{name}"
        if name in TABLES:
            texts[name] = format_table(text, TABLES[name])
        elif name == "mechanism.yaml":
            texts[name] = format_yaml(text, Mechanism, name=label)
        else:
            texts[name] = format_model(text)
    return texts


def format_shared_texts(folder: Path) -> dict[str, str]:
    """Return the canonical text of each shared table of an atlas folder.

    Parameters
    ----------
    folder
        Holds the tables; those that are not there are left out.

    Raises
    ------
    DataError, FormatError, AtlasError
        As in `format_record`.
    """
    texts: dict[str, str] = {}
    faults: list[MscapeError] = []
    for name, (form, _) in SHARED_TABLES.items():
        path = Path(folder) / name
        if not path.is_file():
            continue
        try:
            read_rows(path, form, name=name)
            texts[name] = format_table(read_text(path), form)
        except MscapeError as error:
            faults.append(error)
    raise_faults(faults)
    return texts


def format_table(text: str, form: type[Form]) -> str:
    """Return a tab-separated table in canonical form; its lines keep their order and its cells their words.

    Parameters
    ----------
    text
        A table that `read_rows` takes.
    form
        Says the order of the columns.

    Examples
    --------
    >>> from mscape.atlas.row import CuratorRow
    >>> format_table("name\\tcurator\\nFounders \\tfounders\\n", CuratorRow)
    'curator\\tname\\torcid\\nfounders\\tFounders\\t\\n'
    """
    lines = [line for line in text.split("\n") if line.strip()]
    start = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    table = [[cell.strip() for cell in line.split("\t")] for line in lines[start:]]
    columns = list_columns(form)
    out = [line.rstrip() for line in lines[:start]]
    if table:
        out.append("\t".join(columns))
    for cells in table[1:]:
        named = dict(zip(table[0], cells, strict=False))
        out.append("\t".join(_format_cell(named.get(column, ""), form, column) for column in columns))
    return "".join(f"{line}\n" for line in out)


def format_model(text: str) -> str:
    """Return model text without blanks at line ends, with one line end at its end.

    Parameters
    ----------
    text
        Antimony.
    """
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n") + "\n"


def _format_cell(cell: str, form: type[Form], column: str) -> str:
    several = "tuple" in str(form.model_fields[column].annotation)
    return ";".join(part.strip() for part in cell.split(";")) if several else cell


def _write_changed(folder: Path, texts: Mapping[str, str]) -> tuple[str, ...]:
    changed = tuple(name for name, text in texts.items() if read_text(folder / name) != text)
    for name in changed:
        write_text_atomic(folder / name, texts[name])
    return changed
