"""The atlas as it ships, and each of its models once."""

from importlib.resources import files
from pathlib import Path

import pytest

from mscape.atlas.load import Atlas, load_atlas
from mscape.experiments.bind import Bound, bind_record

FIRST = ("ji2015_gastric_exosome", "wang2018_all_mitochondria", "xu2018_breast_il6")  # three unlike rows
IDS = [
    pytest.param(path.name, marks=[] if path.name in FIRST else [pytest.mark.slow])
    for path in sorted(Path(str(files("mscape"))).glob("atlas/mechanisms/*"))
]


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    """The whole atlas."""
    return load_atlas()


@pytest.fixture(scope="session", params=IDS)
def bound(request: pytest.FixtureRequest, atlas: Atlas) -> Bound:
    """Every model of the atlas, one after another; those beyond the first three unlike rows are slow."""
    return bind_record(atlas.records[request.param], atlas)


@pytest.fixture(scope="session")
def il6(atlas: Atlas) -> Bound:
    """The model of a soluble signal."""
    return bind_record(atlas.records["xu2018_breast_il6"], atlas)


@pytest.fixture(scope="session")
def mitochondria(atlas: Atlas) -> Bound:
    """The model of organelles that move by contact."""
    return bind_record(atlas.records["wang2018_all_mitochondria"], atlas)
