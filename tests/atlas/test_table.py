"""Mechanism tables in every form and state of damage a user may give."""

import csv
import io
import random
import textwrap
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mscape.atlas.claim import Claim, Table
from mscape.atlas.table import MAX_BYTES, read_claims, read_seed_table
from mscape.atlas.vocabulary import load_vocabulary, read_vocabulary
from mscape.errors import AtlasError, DataError, Faults, FormatError, MscapeError

SEED = files("mscape.atlas").joinpath("seed_table.txt").read_text(encoding="utf-8")
HEADER = "Tumor type Drug resistance Mechanisms References\n"
FOOTNOTE = "\nMSCs, mesenchymal stem cells; TKI, tyrosine kinase inhibitors.\n"
XU = "Breast cancer Cisplatin MSCs-derived IL-6 activating STAT3. Xu et al., 2018\n"
EIGHTEENTH = "Glioblastoma Temozolomide MSC-exosomes carrying miR-222. Müller-Lüdenscheidt A.-B. et al., 2024"
VOCABULARY = load_vocabulary()

Content = tuple[str, tuple[str, ...], str, tuple[str, ...]]


def content(claim: Claim) -> Content:
    drugs = tuple(drug.printed for drug in claim.drugs)
    return claim.tumour.printed, drugs, claim.mechanism, tuple(ref.printed for ref in claim.references)


def contents(table: Table) -> list[Content]:
    return [content(claim) for claim in table.claims]


def as_columns(claims: tuple[Claim, ...], delimiter: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(["Reference", "Tumor type", "Mechanisms", "comment", "Drug resistance"])
    for claim in claims:
        drugs = ", ".join(drug.printed for drug in claim.drugs)
        writer.writerow([claim.reference.printed, claim.tumour.printed, claim.mechanism, "x", drugs])
    return out.getvalue()


@pytest.fixture(scope="module")
def seed() -> Table:
    return read_seed_table()


def test_seed_names_its_title_and_citation(seed: Table) -> None:
    assert seed.form == "print"
    assert seed.title == "Mechanisms of antitumor drug resistance mediated by MSCs."
    assert seed.citation == ("2021 May 20;9:637675. doi: 10.3389/fcell.2021.637675",)
    assert len(seed.abbreviations) == 13
    assert seed.warnings == ()


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n\n", " \n"])
def test_line_ends_and_byte_order_mark_do_not_matter(seed: Table, line_end: str) -> None:
    assert contents(read_claims("\ufeff" + SEED.replace("\n", line_end))) == contents(seed)


def test_utf16_from_a_word_processor_is_read(seed: Table) -> None:
    assert contents(read_claims(SEED.encode("utf-16"))) == contents(seed)


@pytest.mark.parametrize("width", [23, 40, 61, 80, 100_000])
def test_rewrapped_lines_give_the_same_rows(seed: Table, width: int) -> None:
    comments = [line for line in SEED.splitlines() if line.startswith("#")]
    body = " ".join(line for line in SEED.splitlines() if not line.startswith("#"))
    wrapped = "\n".join([*comments, *textwrap.wrap(body, width)])
    assert contents(read_claims(wrapped)) == contents(seed)


def test_order_of_complete_rows_does_not_matter(seed: Table) -> None:
    rows = [f"{c.tumour.printed} {', '.join(d.printed for d in c.drugs)} {c.mechanism} " for c in seed.claims]
    rows = [row + claim.reference.printed for row, claim in zip(rows, seed.claims, strict=True)]
    for state in range(5):
        random.Random(state).shuffle(rows)
        table = read_claims(HEADER + "\n".join(rows) + FOOTNOTE)
        assert sorted(contents(table)) == sorted(contents(seed))


def test_a_row_without_tumour_takes_the_one_above() -> None:
    table = read_claims(
        HEADER
        + "HCC Cisplatin MSC IL-6. Han et al., 2014\n"
        + XU
        + "TKI MSC IL-7. Li et al., 2020"
        + FOOTNOTE
    )
    assert [claim.tumour.printed for claim in table.claims] == ["HCC", "Breast cancer", "Breast cancer"]


def test_a_first_row_without_tumour_is_refused() -> None:
    with pytest.raises(FormatError, match=r"row 1 .*no tumour"):
        read_claims(HEADER + "Cisplatin MSC IL-6. Han et al., 2014\n" + XU)


def test_a_table_without_header_or_footnote_is_read_with_a_warning() -> None:
    table = read_claims("some page furniture\n" + XU)
    assert len(table.claims) == 1
    assert ["no footnote" in issue.found for issue in table.warnings] == [True]


@pytest.mark.parametrize("place", ["before footnote", "at the end"])
def test_an_eighteenth_row_is_read(seed: Table, place: str) -> None:
    anchor = "\nMSCs, mesenchymal"
    text = (
        SEED.replace(anchor, f"{EIGHTEENTH}\n{anchor}")
        if place == "before footnote"
        else f"{SEED}\n{EIGHTEENTH}\n"
    )
    table = read_claims(text)
    assert contents(table)[:17] == contents(seed)
    last = table.claims[17]
    assert (last.row, last.tumour.printed, last.drug_ids) == (18, "Glioblastoma", ("chebi:72564",))
    assert last.reference.author == "Müller-Lüdenscheidt"
    assert len(table.abbreviations) == 13


@pytest.mark.parametrize(
    ("row", "tumour", "drugs"),
    [
        ("Foobarin MSCs secreting IL-6.", "Breast cancer", ("Foobarin",)),
        ("HCC Foobarin The overexpression of IL-6.", "HCC", ("Foobarin",)),
        ("HCC Foobarin sulfate, cisplatin BM-MSCs secreting IL-6.", "HCC", ("Foobarin sulfate", "cisplatin")),
        ("HCC Cisplatin, foobarin MSC-induced IL-6.", "HCC", ("Cisplatin", "foobarin")),
        ("HCC Foobarin IL-6 from stroma.", "HCC", ("Foobarin",)),
        ("HCC Foobarin something nobody foresaw.", "HCC", ("Foobarin",)),
        ("Zebra blastoma Foobarin MSCs secreting IL-6.", "Zebra blastoma", ("Foobarin",)),
    ],
)
def test_an_unknown_drug_is_guessed_and_said(row: str, tumour: str, drugs: tuple[str, ...]) -> None:
    table = read_claims(HEADER + XU + row + " Li et al., 2020\n" + XU + FOOTNOTE)
    assert len(table.claims) == 3
    claim = table.claims[1]
    assert (claim.tumour.printed, tuple(drug.printed for drug in claim.drugs)) == (tumour, drugs)
    unknown = [drug for drug in claim.drugs if "foobarin" in drug.printed.lower()]
    assert [(drug.id, drug.guessed) for drug in unknown] == [(None, True)]
    said = [str(issue) for issue in table.warnings if "foobarin" in issue.found.lower()]
    assert len(said) == 1
    assert "row 2 (line 3)" in said[0]
    assert "vocabulary.tsv" in said[0]


def test_an_unknown_tumour_before_a_known_drug_is_guessed() -> None:
    table = read_claims(HEADER + XU + "Sarcoid thing Cisplatin MSC IL-6. Li et al., 2020" + FOOTNOTE)
    tumour = table.claims[1].tumour
    assert (tumour.printed, tumour.id, tumour.guessed) == ("Sarcoid thing", None, True)
    assert any("tumour 'Sarcoid thing' is unknown" in issue.found for issue in table.warnings)


def test_a_footnote_abbreviation_of_a_known_term_is_enough() -> None:
    table = read_claims(HEADER + "XBC QQ MSC IL-6. Li et al., 2020\n\nXBC, breast cancer; QQ, cisplatin.")
    claim = table.claims[0]
    assert (claim.tumour.id, claim.drug_ids) == ("mondo:0007254", ("chebi:27899",))
    assert claim.tumour.expanded == "breast cancer"


def test_other_ways_to_print_a_reference() -> None:
    rows = [
        "HCC Cisplatin MSC IL-6. Han and Li, 2014",
        "HCC Cisplatin MSC IL-6. O'Brien et al. (2015)",
        "HCC Cisplatin MSC IL-6. Han et al., 2014; Van der Berg et al., 2016a",
        "HCC Cisplatin MSC raising CD73 McDonald et al., 2017.",
    ]
    claims = read_claims(HEADER + "\n".join(rows) + FOOTNOTE).claims
    assert [[ref.author for ref in claim.references] for claim in claims] == [
        ["Han"],
        ["O'Brien"],
        ["Han", "Van der Berg"],
        ["McDonald"],
    ]
    assert claims[2].references[1].year == "2016a"
    assert claims[3].mechanism == "MSC raising CD73"


@pytest.mark.parametrize(
    "cut", ["Scherzed et al., 2", "Scherzed et", "Paclitaxel MSCs sec", "HNSCC Pac", "Le Naour et al."]
)
def test_a_table_cut_mid_row_is_refused(cut: str) -> None:
    text = SEED[: SEED.index(cut) + len(cut)]
    with pytest.raises(FormatError) as error:
        read_claims(text)
    row = 16 if "Naour" in cut else 17
    assert f"row {row} " in error.value.where
    assert f"line {9 + row}" in error.value.where
    assert cut[-8:] in error.value.found
    assert "et al., YEAR" in error.value.expected
    assert error.value.advice


@pytest.mark.parametrize("cut", ["MSCs, mes", "acute lymphob", "; HNSC", "head and neck"])
def test_a_cut_footnote_loses_no_row_and_is_said(seed: Table, cut: str) -> None:
    table = read_claims(SEED[: SEED.rindex(cut) + len(cut)])
    assert len(table.claims) == 17
    assert any("full stop" in issue.found for issue in table.warnings)


def test_no_cut_of_the_seed_loses_a_row_in_silence(seed: Table) -> None:
    whole = contents(seed)
    for end in range(SEED.index("Wang J."), len(SEED), 7):
        table = read_or_error(SEED[:end])
        if isinstance(table, Table):
            assert contents(table) == whole[: len(table.claims)]
            assert len(table.claims) == SEED[:end].split("\n\nMSCs,")[0].count("et al., 20")


def test_a_lost_reference_inside_the_table_is_found() -> None:
    with pytest.raises(FormatError, match=r"row 5 .*two rows"):
        read_claims(SEED.replace(" Xu et al., 2018", ""))


def test_all_faults_come_at_once() -> None:
    with pytest.raises(Faults) as error:
        read_claims(SEED.replace(" Xu et al., 2018", "").replace(" Scherzed et al., 2011", ""))
    assert len(error.value.errors) == 2
    assert error.value.exit_code == 3


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_columns_round_trip(seed: Table, delimiter: str) -> None:
    table = read_claims(as_columns(seed.claims, delimiter))
    assert table.form == ("tsv" if delimiter == "\t" else "csv")
    assert contents(table) == contents(seed)
    assert [claim.signal_ids for claim in table.claims] == [claim.signal_ids for claim in seed.claims]
    assert {claim.notes for claim in table.claims} == {(("comment", "x"),)}
    assert table.claims[0].tumour.expanded == "acute lymphoblastic leukemia"


def test_columns_carry_the_tumour_down_and_read_a_footnote() -> None:
    text = (
        'A title\n\nDrug,Tumour,Mechanism,References\nCisplatin,XBC,MSC IL-6.,"Xu et al., 2018"\n\n'
        'TKI,,MSC IL-7.,"Li et al., 2020"\n"XBC, breast cancer; TKI, kinase inhibitors.",,,\n'
    )
    table = read_claims(text)
    assert [claim.tumour.id for claim in table.claims] == ["mondo:0007254"] * 2
    assert [claim.lines for claim in table.claims] == [(4, 4), (6, 6)]
    assert table.claims[1].drugs[0].expanded == "kinase inhibitors"
    assert table.title == "A title"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ('HCC,Cisplatin,MSC IL-6.,"Xu et al., 2018"\nHCC,Cisp', "row 2 (line 3): 2 cells"),
        ('HCC,Cisplatin,MSC IL-6.,"Xu et a', "cannot be read"),
        ("HCC,Cisplatin,MSC IL-6.,Xu", "no reference"),
        ('HCC,,MSC IL-6.,"Xu et al., 2018"', "no drug"),
        ('HCC,Cisplatin,,"Xu et al., 2018"', "no mechanism"),
        ("", "no row"),
    ],
)
def test_faulty_columns_are_refused(rows: str, words: str) -> None:
    with pytest.raises(FormatError) as error:
        read_claims("Tumor,Drug,Mechanism,Reference\n" + rows)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "empty"),
        (" \n\ufeff\n", "no mechanism table"),
        ("# only\n# comments", "only comment"),
        ("Dear all, the meeting is on Monday.", "no mechanism table"),
        ("id,age\n1,2\n", "no mechanism table"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not UTF-8"),
        (b"abc\x00def", "binary"),
        (b"\xff\xfe\x00", "not UTF-16"),
        ("\ud800", "not UTF-8"),
        ("x" * (MAX_BYTES + 1), "too large"),
        (HEADER, "no row"),
    ],
)
def test_what_is_no_table_is_refused(source: str | bytes, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        read_claims(source)


def test_files_are_read_and_named_in_errors(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_text(SEED[:700], encoding="utf-8")
    with pytest.raises(FormatError) as error:
        read_claims(path)
    assert error.value.where.startswith("table.txt row ")
    path.write_bytes(SEED.encode())
    assert len(read_claims(path).claims) == 17
    for bad in (tmp_path / "absent.txt", tmp_path, Path("nul\0byte")):
        with pytest.raises(DataError, match="cannot be read"):
            read_claims(bad)


@pytest.mark.parametrize(
    "text", ["x" * 900_000, ". " * 400_000, "HCC Cisplatin MSC. " * 40_000, "a, b; " * 150_000]
)
def test_hostile_sizes_end_soon(text: str) -> None:
    with pytest.raises(MscapeError):
        read_claims(HEADER + text, vocabulary=VOCABULARY)


WORDS = (
    "ALL|HCC |Cisplatin|5-FU|, |;|.|\n|\r|\t|MSC|IL-6| et al., |2018|Xu|#|TKI, kinase|\ufeff|İ|ß|-|van | and "
)
PIECES = st.sampled_from([*WORDS.split("|"), '"', HEADER, "Tumor,Drug,Mechanism,Reference\n"])


def read_or_error(source: str | bytes) -> Table | MscapeError:
    """What reading gives, if that is claims or an input error that says what it found."""
    try:
        return read_claims(source, vocabulary=VOCABULARY)
    except MscapeError as caught:
        error = caught
    assert error.exit_code == 3
    assert all(part.found for part in (error.errors if isinstance(error, Faults) else (error,)))
    return error


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.one_of(st.text(), st.binary(), st.lists(PIECES, max_size=40).map("".join)))
def test_any_input_gives_claims_or_one_of_our_errors(source: str | bytes) -> None:
    table = read_or_error(source)
    if isinstance(table, Table):
        assert table.claims
        assert all(claim.drugs and claim.mechanism and claim.references for claim in table.claims)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, len(SEED)), st.integers(0, 60), st.text(max_size=20))
def test_any_damage_to_the_seed_gives_claims_or_one_of_our_errors(
    start: int, length: int, words: str
) -> None:
    assert read_or_error(SEED[:start] + words + SEED[start + length :])


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12), min_size=1),
    st.sampled_from(",\t;"),
)
def test_any_words_survive_columns(mechanism: list[str], delimiter: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows(
        [
            ["Tumor", "Drug", "Mechanism", "Reference"],
            ["HCC", "Cisplatin", " ".join(mechanism), "Xu et al., 2018"],
        ]
    )
    claim = read_claims(out.getvalue(), vocabulary=VOCABULARY).claims[0]
    assert claim.mechanism == " ".join(mechanism)


def test_vocabulary_faults_come_at_once() -> None:
    header = "kind\tid\tshort\tlabel\tsynonyms\tbroader\talso\n"
    with pytest.raises(Faults, match="no term 'a:9'") as error:
        read_vocabulary(header + "drug\ta:1\tx\tX\t\ta:9\t\nplant\ta:2\ty\tY\t\t\t\n")
    assert len(error.value.errors) == 2
    with pytest.raises(AtlasError, match="header"):
        read_vocabulary("kind\n")


def test_each_name_stands_for_one_term() -> None:
    names: dict[tuple[str, str], str] = {}
    for term in VOCABULARY.terms:
        for name in {name.casefold() for name in term.names}:
            assert names.setdefault((term.kind, name), term.id) == term.id, name
