"""Claims against records: matched, disagrees, not curated yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from mscape.atlas.claim import Claim
from mscape.atlas.match import Status, match_claims
from mscape.atlas.table import read_claims, read_seed_table
from mscape.ids import check_mechanism_id

IDS = """
wang2018_all_mitochondria wang2020_all_cxcl12 roodhart2011_breast_pifa bliss2016_breast_mir222
xu2018_breast_il6
vianello2010_cml_cxcl12 zhang2013_cml_ncadherin zhang2019_cml_il7 ji2015_gastric_exosome he2019_gastric_tgfb1
wu2020_gastric_hcp5 han2014_hcc_tgfb wang2014_mm_exosome zeng2020_npc_il6 tu2016_os_il6
lenaour2020_ovarian_cxcl
scherzed2011_hnscc_paracrine
""".split()
HEADER = "Tumor,Drug,Mechanism,Reference\n"


@dataclass(frozen=True)
class FakeClaim:
    row: int
    reference: str
    tumour_terms: Sequence[str]
    drug_terms: Sequence[str]
    signal_terms: Sequence[str]


@dataclass(frozen=True)
class FakeRecord:
    id: str
    claim: FakeClaim


BREAST, HCC = "mondo:0007254", "mondo:0007256"
CISPLATIN, IL6 = "chebi:27899", "hgnc:6018"
XU = FakeRecord("xu2018_breast_il6", FakeClaim(5, "Xu et al., 2018", [BREAST], [CISPLATIN], [IL6]))


@pytest.fixture(scope="module")
def seed() -> tuple[Claim, ...]:
    return read_seed_table().claims


def one_claim(row: str) -> Claim:
    return read_claims(HEADER + row).claims[0]


def as_record(claim: Claim, id_: str) -> FakeRecord:
    terms = ([claim.tumour.id or ""], claim.drug_ids, claim.signal_ids)
    return FakeRecord(id_, FakeClaim(claim.row, claim.reference.printed, *terms))


def test_without_records_each_seed_row_proposes_its_id(seed: tuple[Claim, ...]) -> None:
    matches = match_claims(seed, [])
    assert [match.id for match in matches] == IDS
    assert {match.status for match in matches} == {Status.NOT_CURATED}
    for match in matches:
        check_mechanism_id(match.id)


def test_skeleton_carries_the_claim_in_plain_values(seed: tuple[Claim, ...]) -> None:
    skeleton = match_claims(seed, [])[0].skeleton
    assert skeleton is not None
    assert skeleton["id"] == "wang2018_all_mitochondria"
    assert skeleton["claim"] == {
        "row": 1,
        "tumour": "ALL",
        "drug": "Cytarabine, etoposide",
        "mechanism": "T-ALL cell/MSC adhesion mediating mitochondria transferring.",
        "reference": "Wang J. et al., 2018",
        "tumour_terms": ["mondo:0004967"],
        "drug_terms": ["chebi:28680", "chebi:4911"],
        "signal_terms": ["go:0005739", "go:0007155"],
    }


def test_narrower_tumours_and_proteins_of_genes_agree(seed: tuple[Claim, ...]) -> None:
    t_all = FakeClaim(
        1, "Wang J. et al., 2018", ["mondo:0004963"], ["chebi:28680", "chebi:4911"], ["go:0005739"]
    )
    protein = replace(XU.claim, signal_terms=["uniprot:P05231"])
    assert match_claims([seed[0]], [FakeRecord(IDS[0], t_all)])[0].status is Status.MATCHED
    assert match_claims([seed[4]], [FakeRecord(IDS[4], protein)])[0].status is Status.MATCHED


def test_an_unidentified_signal_agrees_with_no_signal(seed: tuple[Claim, ...]) -> None:
    record = FakeClaim(17, "Scherzed et al., 2011", ["mondo:0010150"], ["chebi:45863"], [])
    assert match_claims([seed[16]], [FakeRecord(IDS[16], record)])[0].status is Status.MATCHED
    none = replace(XU.claim, signal_terms=[])
    assert match_claims([seed[4]], [FakeRecord(IDS[4], none)])[0].status is Status.DISAGREES


def test_each_seed_row_finds_its_own_record_in_any_order(seed: tuple[Claim, ...]) -> None:
    records = [as_record(claim, id_) for claim, id_ in zip(seed, IDS, strict=True)]
    matches = match_claims(seed, records[::-1])
    assert [match.id for match in matches] == IDS
    assert {match.status for match in matches} == {Status.MATCHED}


def test_a_record_s_own_id_decides(seed: tuple[Claim, ...]) -> None:
    assert match_claims([seed[4]], [replace(XU, id="xu2018_breast_stat3")])[0].id == "xu2018_breast_stat3"


@pytest.mark.parametrize(
    ("row", "status", "words"),
    [
        ('Breast cancer,Cisplatin,MSC IL-6.,"Xu et al., 2018"', Status.MATCHED, ""),
        ('Breast cancer,Platinum,MSC IL-6.,"Xu et al., 2018"', Status.MATCHED, ""),
        ('TNBC,Cisplatin,MSC IL-6.,"Xu et al., 2018"', Status.MATCHED, ""),
        ('Breast cancer,Cisplatin,MSC IL-6.,"Xu H. et al., 2018"', Status.MATCHED, ""),
        ('HCC,Cisplatin,MSC IL-6.,"Xu et al., 2018"', Status.DISAGREES, "tumour: the table says HCC"),
        (
            'Breast cancer,Paclitaxel,MSC IL-6.,"Xu et al., 2018"',
            Status.DISAGREES,
            "drug: the table says Paclitaxel",
        ),
        (
            'Breast cancer,"Cisplatin, 5-FU",MSC IL-6.,"Xu et al., 2018"',
            Status.DISAGREES,
            "drug: the table says Cisplatin, 5-FU",
        ),
        (
            'Breast cancer,Foobarin,MSC IL-6.,"Xu et al., 2018"',
            Status.DISAGREES,
            "drug: the table says Foobarin",
        ),
        (
            'Breast cancer,Cisplatin,MSC IL-7.,"Xu et al., 2018"',
            Status.DISAGREES,
            "signal: the table says IL7",
        ),
        ('Breast cancer,Cisplatin,MSC IL-6.,"Xu et al., 2019"', Status.NOT_CURATED, ""),
        ('Breast cancer,Cisplatin,MSC IL-6.,"Xie et al., 2018"', Status.NOT_CURATED, ""),
    ],
)
def test_reference_tumour_drug_and_signal_decide(row: str, status: Status, words: str) -> None:
    match = match_claims([one_claim(row)], [XU])[0]
    assert match.status is status
    assert (match.id == XU.id) is (status is not Status.NOT_CURATED)
    assert words in "; ".join(match.differences)


def test_a_class_contains_its_members(seed: tuple[Claim, ...]) -> None:
    drugs = ["chebi:45783", "chebi:52172", "chebi:49375"]  # imatinib, nilotinib, dasatinib
    claim = FakeClaim(8, "Zhang et al., 2019", ["mondo:0011996"], drugs, ["uniprot:P13232"])
    assert match_claims([seed[7]], [FakeRecord(IDS[7], claim)])[0].status is Status.MATCHED
    mixed = replace(claim, drug_terms=[*drugs, "chebi:46345"])
    assert match_claims([seed[7]], [FakeRecord(IDS[7], mixed)])[0].status is Status.DISAGREES


def test_initials_tell_papers_of_one_year_apart() -> None:
    zhang = FakeClaim(1, "Zhang B. et al., 2018", [BREAST], [CISPLATIN], [IL6])
    claim = one_claim('Breast cancer,Cisplatin,MSC IL-6.,"Zhang L. et al., 2018"')
    match = match_claims([claim], [FakeRecord("zhang2018_breast_il6", zhang)])[0]
    assert (match.status, match.id) == (Status.NOT_CURATED, "zhang2018b_breast_il6")


def test_two_records_of_one_paper_each_get_their_row() -> None:
    other = FakeRecord("xu2018_hcc_il6", replace(XU.claim, tumour_terms=[HCC], row=6))
    claims = read_claims(
        HEADER
        + 'HCC,Cisplatin,MSC IL-6.,"Xu et al., 2018"\nBreast cancer,Cisplatin,MSC IL-6.,"Xu et al., 2018"\n'
    ).claims
    assert [match.id for match in match_claims(claims, [XU, other])] == [other.id, XU.id]


def test_unknown_words_still_give_a_valid_id() -> None:
    claim = one_claim('12 Foo,Barotinib,something else.,"Ångström-Ó Briain et al., 2021"')
    assert check_mechanism_id(match_claims([claim], [])[0].id) == "angstromobriain2021_foo_unknown"
