"""The seventeen rows of the seed table, as a person reads them, against what the parser makes of them."""

import pytest

from mscape.atlas.claim import Claim
from mscape.atlas.table import read_seed_table

# Row: tumour, drugs, mechanism, reference. Read from the print by eye.
SEED_ROWS = [
    (
        "ALL",
        ("Cytarabine", "etoposide"),
        "T-ALL cell/MSC adhesion mediating mitochondria transferring.",
        "Wang J. et al., 2018",
    ),
    (
        "ALL",
        ("Vincristine",),
        "MSCs secreting CXCL12, binding to surface CXCR4 on ALL cells, mediating apoptosis rate, "
        "and apoptosis-related protein expression.",
        "Wang S. et al., 2020",
    ),
    ("Breast cancer", ("Platinum",), "MSCs secreting two unique PIFAs.", "Roodhart et al., 2011"),
    (
        "Breast cancer",
        ("Carboplatin",),
        "MSCs releasing exosomes containing miR-222/223.",
        "Bliss et al., 2016",
    ),
    (
        "Breast cancer",
        ("Cisplatin",),
        "MSCs-derived IL-6 activating STAT3 pathway with the markedly decreasing expression of Bax.",
        "Xu et al., 2018",
    ),
    (
        "CML",
        ("Imatinib",),
        "MSCs secreting CXCL12, reducing activation of caspase-3 and promoting the expression of Bcl-XL.",
        "Vianello et al., 2010",
    ),
    (
        "CML",
        ("TKI",),
        "MSCs increasing N-Cadherin-mediated adhesion and enhancing transcription of β-catenin target genes "
        "in primary CML CD34+ cells.",
        "Zhang et al., 2013",
    ),
    (
        "CML",
        ("TKI",),
        "MSCs releasing IL-7, mediating JAK1/STAT5 pathway, activating bypassed BCR/ABL signals.",
        "Zhang et al., 2019",
    ),
    (
        "Gastric cancer",
        ("5-FU",),
        "MSC-exosomes activating CaM-Ks, triggering downstream Raf/MEK/ERK signaling cascade activation.",
        "Ji et al., 2015",
    ),
    (
        "Gastric cancer",
        ("5-FU", "oxaliplatin"),
        "MSCs secreting TGF-β1, promoting FAO to support stemness features and drug resistance.",
        "He et al., 2019",
    ),
    (
        "Gastric cancer",
        ("5-FU", "oxaliplatin"),
        "MSC-induced lncRNA HCP5 driving FAO through miR-3619-5p/AMPK/PGC1α/CEBPB axis.",
        "Wu et al., 2020",
    ),
    ("HCC", ("Cisplatin",), "The overexpression of TGF-β in MSCs promoting autophagy.", "Han et al., 2014"),
    (
        "Multiple myeloma",
        ("Bortezomib",),
        "MSC-exosomes activating several pathways including p38, p53, c-Jun N-terminal kinase, "
        "and AKT pathways related to survival.",
        "Wang et al., 2014",
    ),
    (
        "NPC",
        ("Cisplatin",),
        "MSC-derived IL-6 upregulating STAT3 signal pathway, increasing expression of CD73.",
        "Zeng et al., 2020",
    ),
    (
        "Osteosarcoma",
        ("Doxorubicin",),
        "MSC-derived IL-6 activating the JAK2/STAT3 signaling, with the subsequent up-regulation of MRP "
        "and P-gP expression.",
        "Tu et al., 2016",
    ),
    (
        "Ovarian cancer",
        ("Carboplatin",),
        "MSCs highly releasing CXCL1/2 and IL-8, promoting M2 macrophages differentiation.",
        "Le Naour et al., 2020",
    ),
    (
        "HNSCC",
        ("Paclitaxel",),
        "MSCs secreting various cytokines in a paracrine manner.",
        "Scherzed et al., 2011",
    ),
]


@pytest.fixture(scope="module")
def claims() -> tuple[Claim, ...]:
    return read_seed_table().claims


def test_seed_has_seventeen_rows(claims: tuple[Claim, ...]) -> None:
    assert [claim.row for claim in claims] == list(range(1, 18))


@pytest.mark.parametrize("row", range(1, 18))
def test_seed_row_reads_as_printed(claims: tuple[Claim, ...], row: int) -> None:
    claim = claims[row - 1]
    drugs = tuple(drug.printed for drug in claim.drugs)
    assert (claim.tumour.printed, drugs, claim.mechanism, claim.reference.printed) == SEED_ROWS[row - 1]


def test_every_seed_term_is_known_and_nothing_needs_a_look(claims: tuple[Claim, ...]) -> None:
    for claim in claims:
        assert claim.tumour.id is not None
        assert len(claim.drug_ids) == len(claim.drugs)
        assert claim.signal_ids
        assert claim.issues == ()


def test_abbreviations_are_spelled_out_from_the_footnote(claims: tuple[Claim, ...]) -> None:
    assert claims[0].tumour.expanded == "acute lymphoblastic leukemia"
    assert claims[6].drugs[0].expanded == "tyrosine kinase inhibitors"
    assert claims[9].drugs[0].expanded == "5-fluorouracil"
    assert claims[4].tumour.expanded == "Breast cancer"
    assert dict(claims[14].abbreviations) == {
        "MSCs": "mesenchymal stem cells",
        "MRP": "multidrug resistance protein",
        "P-gp": "p-glycoprotein",
    }


def test_authors_keep_their_initials_and_particles(claims: tuple[Claim, ...]) -> None:
    assert (claims[0].reference.author, claims[0].reference.initials) == ("Wang", "J.")
    assert (claims[1].reference.author, claims[1].reference.initials) == ("Wang", "S.")
    assert (claims[15].reference.author, claims[15].reference.year) == ("Le Naour", "2020")


def test_cargo_comes_before_its_vesicle(claims: tuple[Claim, ...]) -> None:
    assert claims[3].signal_ids == ("mscape.term:mir222_223", "go:0070062")
    assert claims[8].signal_ids == ("go:0070062",)
