"""Write the skeleton of a mechanism: five files that load, and say themselves what is to be filled."""

import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mscape.atlas.claim import Claim
from mscape.atlas.format import TABLES
from mscape.atlas.record import Mechanism
from mscape.atlas.row_text import list_columns
from mscape.atlas.table import read_seed_table
from mscape.atlas.yaml_form import dump_yaml
from mscape.errors import DataError, OutputError
from mscape.ids import check_mechanism_id

OWN_TABLE = "own_table"
_YAML_HEADER = (
    "# A mechanism record. Fill what says TODO, and the lists that are empty; then run mscape atlas check.",
    "# What the paper does not say stays null or goes to gaps: nobody fills a blank to look complete.",
    "# entities, steps: one step a causal link, from msc to death or growth, each with its evidence.",
    "# cells, drugs, protocols, perturbations: what observations.tsv names. Copy no sentence of a paper.",
)
_TABLE_HEADERS = {
    "parameters.tsv": "# One line a parameter: model unit, range, source; or 'assumed', and why in note.",
    "observations.tsv": "# One line an arm, as printed. Empty means not reported.",
    "contrasts.tsv": "# One line a statement about arms. Scope is decided before any simulation.",
}
_MODEL = """// TODO: what this model says, in one line; then wire the motifs it needs.
import "chassis.ant"
"""


def write_skeleton(
    folder: Path, claim: Claim | None = None, *, id: str | None = None, curated: str | None = None
) -> Path:
    """Write a new mechanism's folder, all of it or nothing, and return its path.

    Parameters
    ----------
    folder
        The folder to make; its name is the mechanism's id.
    claim
        The table's row it starts from; None leaves the claim to be filled.
    id
        Only to make sure: must equal the folder's name.
    curated
        Date as ``2026-11-23``; by default today.

    Raises
    ------
    DataError
        The name is no mechanism id, or differs from *id*.
    OutputError
        Something of that name is there already, or it cannot be written.
    """
    folder = Path(folder)
    name = check_mechanism_id(folder.name, where=str(folder))
    if id not in (None, name):
        raise DataError(str(folder), f"the folder is not named '{id}'", "one name for both", "rename it")
    if folder.exists() or folder.is_symlink():
        raise OutputError(str(folder), "it is there already", "a new folder", "choose another name")
    date = curated or datetime.now(UTC).date().isoformat()
    texts = build_skeleton_texts(name, claim, curated=date)
    temporary = folder.with_name(f".{name[:40]}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        temporary.mkdir(parents=True)
        for file, text in texts.items():
            (temporary / file).write_text(text, encoding="utf-8", newline="\n")
        temporary.rename(folder)
    except OSError as error:
        found = f"cannot be written ({error.strerror or error})"
        raise OutputError(str(folder), found, "a writable folder", "choose another") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def build_skeleton_texts(id: str, claim: Claim | None, *, curated: str) -> dict[str, str]:
    """Return the text of each file of a new mechanism.

    Parameters
    ----------
    id
        The mechanism's id.
    claim
        The table's row it starts from, if any.
    curated
        Date as ``2026-11-23``.
    """
    value = {
        "id": id,
        "title": "TODO: what protects which tumour from which drug, in one line",
        "claim": _build_claim(claim),
        "paper": id.partition("_")[0],
        "verdict": {
            "verdict": "unverified",
            "basis": "secondary",
            "reason": "TODO: does the row's own source say what the table says, and what of it was read",
            "differs": [],
        },
        "curation": {"access": "secondary", "curated": curated, "curators": [], "reviewed_by": []},
        "summary": "TODO: what the paper did and found, in three sentences of your own",
        "ports": {"used": [], "reason": "TODO: where the protection enters the chassis (P1 to P8), and why"},
        "gaps": ["TODO: what was searched and not found: dose, ratio, time, cells"],
    }
    lists = "entities cells drugs needs steps readouts perturbations protocols gates rivals stand_ins".split()
    value |= {name: [] for name in lists} | {"misses": {}}
    Mechanism.model_validate(value)  # a skeleton that does not load would be a bug of ours
    texts = {"mechanism.yaml": dump_yaml(value, Mechanism, header=_YAML_HEADER), "model.ant": _MODEL}
    for file, form in TABLES.items():
        texts[file] = f"{_TABLE_HEADERS[file]}\n" + "\t".join(list_columns(form)) + "\n"
    return texts


def _build_claim(claim: Claim | None) -> Mapping[str, object]:
    if claim is None:
        return {
            "table": OWN_TABLE,
            "row": None,
            "tumour": "TODO: the tumour as printed",
            "drug": "TODO: the drug as printed",
            "mechanism": "TODO: the mechanism as printed",
            "reference": "TODO: the reference as printed",
            "tumour_terms": [],
            "drug_terms": [],
            "signal_terms": [],
        }
    return {
        "table": "review2021" if _is_of_seed_table(claim) else OWN_TABLE,
        "row": claim.row,
        "tumour": claim.tumour.printed,
        "drug": ", ".join(drug.printed for drug in claim.drugs),
        "mechanism": claim.mechanism,
        "reference": ", ".join(reference.printed for reference in claim.references),
        "tumour_terms": [] if claim.tumour.id is None else [claim.tumour.id],
        "drug_terms": list(claim.drug_ids),
        "signal_terms": list(claim.signal_ids),
    }


def _is_of_seed_table(claim: Claim) -> bool:
    """Whether a claim is a row of the table that ships with mscape, wherever its file had it."""
    return any(
        replace(claim, lines=row.lines, notes=row.notes, issues=row.issues) == row
        for row in read_seed_table().claims
    )
