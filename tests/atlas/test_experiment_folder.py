"""Experiments from outside are laid over a record; the record itself stays as it is."""

from pathlib import Path

import pytest

from mscape.atlas.experiment_folder import load_experiments
from mscape.atlas.load import load_atlas
from mscape.errors import DataError, UnknownIdError

OBSERVATIONS = (
    "observation\tarm\tprotocol\ttumour\tmsc\tdrug\treadout\n"
    "o\talone\tmedium_drug\tmcf7\t\tcisplatin\tviability\n"
    "o\twith\tmedium_drug\tmcf7\tbm_msc\tcisplatin\tviability\n"
)
CONTRASTS = "contrast\tobservation\tkind\treadout\tarm\tversus\nc\to\tup\tviability\twith\talone\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "observations.tsv").write_text(OBSERVATIONS, encoding="utf-8")
    (tmp_path / "contrasts.tsv").write_text(CONTRASTS, encoding="utf-8")
    return tmp_path


def test_two_tables_are_enough_and_the_rest_has_defaults(folder: Path) -> None:
    atlas = load_atlas()
    (record,) = load_experiments(folder, atlas, ["xu2018_breast_il6"])
    assert [row.arm for row in record.observations] == ["alone", "with"]
    assert record.contrasts[0].scope == "in"
    assert record.contrasts[0].paper == "own_experiment"
    assert record.observations[0].group == "other papers"
    own = atlas.records["xu2018_breast_il6"]
    assert len(own.observations) > 2
    assert record.mechanism.protocols == own.mechanism.protocols


def test_what_the_folder_describes_is_added_or_replaces(folder: Path) -> None:
    text = (
        "mechanism: xu2018_breast_il6\n"
        "cells:\n- {id: t47d, role: tumour, label: T-47D}\n- {id: mcf7, role: tumour, label: our MCF-7}\n"
    )
    (folder / "experiment.yaml").write_text(text, encoding="utf-8")
    (record,) = load_experiments(folder, load_atlas())
    labels = {cell.id: cell.label for cell in record.mechanism.cells}
    assert labels["t47d"] == "T-47D"
    assert labels["mcf7"] == "our MCF-7"
    assert labels["bm_msc"]


def test_faults_of_all_files_come_together(folder: Path) -> None:
    (folder / "experiment.yaml").write_text("mechanism: Xu\nfoo: 1\n", encoding="utf-8")
    (folder / "contrasts.tsv").write_text(CONTRASTS.replace("\tup\t", "\trises\t"), encoding="utf-8")
    with pytest.raises(Exception, match=r"(?s)experiment\.yaml.*contrasts\.tsv") as caught:
        load_experiments(folder, load_atlas())
    assert all(isinstance(error, DataError) for error in caught.value.errors)  # type: ignore[attr-defined]


def test_an_unknown_mechanism_is_told(folder: Path) -> None:
    with pytest.raises(UnknownIdError, match="xu2018_breast_il6"):
        load_experiments(folder, load_atlas(), ["xu2018_brest_il6"])
