import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.errors import DataError, UnknownIdError
from mscape.ids import MECHANISM_ID, check_curie, check_mechanism_id, find_near_misses, require_known

KNOWN = ("xu2018_breast_il6", "zeng2020_npc_il6", "ji2015_gastric_exosome", "wang2018_all_mitochondria")


@pytest.mark.parametrize("text", [*KNOWN, "roodhart2011_breast_pifa", "smith2020b_mm_il6_sil6r"])
def test_good_mechanism_ids_pass_unchanged(text: str) -> None:
    assert check_mechanism_id(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "xu_breast_il6", "Xu2018_breast_il6", "xu2018_breast", "xu2018-breast-il6", "../xu2018_breast_il6",
     "xu2018_breast_il6\n", "xu18_breast_il6", "xu2018_breast_il6_" + "a" * 64, "xü2018_breast_il6"],
)  # fmt: skip
def test_bad_mechanism_ids_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(DataError, match="xu2018_breast_il6"):
        check_mechanism_id(text)


@given(st.from_regex(MECHANISM_ID, fullmatch=True))
def test_every_mechanism_id_is_a_valid_sbml_id_and_file_name(text: str) -> None:
    assert text.isascii()
    assert text.isidentifier()
    assert text == text.lower()


@pytest.mark.parametrize("text", ["uniprot:P05231", "cellosaurus:CVCL_0031", "go:0005829", "hgnc.symbol:IL6"])
def test_good_curies_pass_unchanged(text: str) -> None:
    assert check_curie(text) == text


@pytest.mark.parametrize(
    "text", ["P05231", ":P05231", "uniprot:", "uniprot: P05231", "UniProt:P05231", "a:b\n"]
)
def test_bad_curies_are_refused(text: str) -> None:
    with pytest.raises(DataError, match="is not a CURIE"):
        check_curie(text)


def test_a_mistyped_name_finds_its_neighbour() -> None:
    assert find_near_misses("XU2018_brest_il6", KNOWN)[0] == "xu2018_breast_il6"


def test_a_part_of_a_name_finds_all_that_hold_it() -> None:
    assert set(find_near_misses("il6", KNOWN)) == {"xu2018_breast_il6", "zeng2020_npc_il6"}


def test_unknown_name_is_refused_with_suggestions() -> None:
    assert require_known(KNOWN[0], KNOWN) == KNOWN[0]
    with pytest.raises(UnknownIdError, match="expected xu2018_breast_il6") as caught:
        require_known("xu2018_breast_il8", KNOWN)
    assert caught.value.exit_code == 4


def test_unknown_name_without_neighbours_lists_what_exists() -> None:
    with pytest.raises(UnknownIdError, match="ji2015_gastric_exosome, wang2018"):
        require_known("q" * 5000, KNOWN)
    with pytest.raises(UnknownIdError, match="there is no drug"):
        require_known("cisplatin", (), kind="drug")


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    assert set(find_near_misses(text, KNOWN)) <= set(KNOWN)
