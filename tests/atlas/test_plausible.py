"""Which mechanisms are plausible for a tumour and a drug, and what is said where none is."""

import pytest

from mscape.atlas.load import Atlas, load_atlas
from mscape.atlas.plausible import Plausible, find_drug, find_tumour, judge_plausible
from mscape.errors import UnknownIdError


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_atlas()


def judge(atlas: Atlas, tumour: str, drug: str, *lacking: str) -> dict[str, Plausible]:
    judged = judge_plausible(atlas, find_tumour(tumour, atlas), find_drug(drug, atlas), lacking=lacking)
    return {item.mechanism.split("_")[0]: item for item in judged}


def list_in(judged: dict[str, Plausible]) -> set[str]:
    return {key for key, item in judged.items() if item.included}


@pytest.mark.parametrize(
    ("tumour", "drug", "expected"),
    [
        ("breast cancer", "cisplatin", {"bliss2016", "roodhart2011", "xu2018"}),
        ("mondo:0011996", "imatinib", {"vianello2010", "zhang2013", "zhang2019"}),
        ("gastric", "5-FU", {"he2019", "ji2015", "wu2020"}),
        (
            "TNBC",
            "carboplatin",
            {"bliss2016", "roodhart2011", "xu2018"},
        ),  # narrower; a drug of the same class
        (
            "ALL",
            "vincristine",
            {"wang2018", "wang2020"},
        ),  # vincristine: one claimed, one seen beside its claim
    ],
)
def test_what_papers_saw_in_the_tumour_under_the_class_is_plausible(
    atlas: Atlas, tumour: str, drug: str, expected: set[str]
) -> None:
    judged = judge(atlas, tumour, drug)
    assert list_in(judged) == expected
    assert set(judged) == {key.split("_")[0] for key in atlas.records}
    assert all(item.reason for item in judged.values())


def test_reasons_say_what_is_amiss(atlas: Atlas) -> None:
    judged = judge(atlas, "ALL", "cytarabine", "cxcr4")
    assert judged["xu2018"].reason == "other tumour: Breast cancer"
    assert "but other drugs: vincristine" in judged["wang2020"].reason
    assert "used cytarabine" in judged["wang2018"].reason
    assert "lacks cxcr4" in judge(atlas, "ALL", "vincristine", "CXCR4")["wang2020"].reason


def test_a_deprecated_record_is_left_out(atlas: Atlas) -> None:
    from dataclasses import replace

    record = atlas.records["xu2018_breast_il6"]
    curation = record.mechanism.curation.model_copy(update={"deprecated": "withdrawn"})
    old = replace(record, mechanism=record.mechanism.model_copy(update={"curation": curation}))
    changed = replace(atlas, records={**atlas.records, record.id: old})
    assert "xu2018" not in list_in(judge(changed, "breast", "cisplatin"))


def test_names_nobody_knows_are_told_with_what_there_is(atlas: Atlas) -> None:
    with pytest.raises(UnknownIdError, match=r"no mechanism is about 'prostate'.*breast cancer"):
        find_tumour("prostate", atlas)
    assert find_tumour("prostate", atlas, anywhere=True).label == "prostate cancer"
    with pytest.raises(UnknownIdError, match=r"class of drugs.*carboplatin, cisplatin, oxaliplatin"):
        find_drug("platinum", atlas)
    with pytest.raises(UnknownIdError, match=r"not known.*imatinib"):
        find_drug("imatinb", atlas)
    with pytest.raises(UnknownIdError, match=r"no mechanism needs 'cxcr9'.*cxcr"):
        judge(atlas, "CML", "imatinib", "cxcr9")
