"""Motifs expand to flat statements by three rules; whatever else a text holds gives a ModelError."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.errors import ModelError
from mscape.network.motif import (
    MAX_FILE_CHARACTERS,
    MAX_USES,
    expand_motifs,
    list_uses,
    read_wiring,
    rename_names,
)

SIGNAL = """
// made, and lost: use it as  il6: signal(medium_name, 3)
model signal(place, copies)
  species free in place;
  make: => free; rate * copies * cells;   /* the law
                                             belongs to its reaction */
  lose: free => ; loss * free
end
"""
CHASSIS = "compartment well;\ncells = 5;\nrate_of_all = 1;\n"
MOTIFS = {"signal.ant": SIGNAL, "chassis.ant": CHASSIS}


def expand(text: str, motifs: dict[str, str] | None = None) -> list[str]:
    return expand_motifs(text, MOTIFS if motifs is None else motifs).splitlines()


def test_import_includes_a_file_once() -> None:
    once = expand('import "chassis.ant"\nx = 1;')
    assert expand('import "chassis.ant"; import "chassis.ant"\nx = 1;') == once
    assert once == ["compartment well;", "cells = 5;", "rate_of_all = 1;", "x = 1;"]


def test_arguments_take_the_names_given() -> None:
    flat = expand('import "chassis.ant"\nimport "signal.ant"\nil6: signal(well, 3);')
    assert "species il6_free in well;" in flat


def test_names_of_the_chassis_are_shared_and_all_others_get_the_label() -> None:
    flat = expand('import "chassis.ant"\nimport "signal.ant"\nil6: signal(well, 3);')
    assert "il6_make: => il6_free; il6_rate * 3 * cells;" in flat
    assert "il6_lose: il6_free =>; il6_loss * il6_free;" in flat


def test_a_chassis_read_after_the_use_is_still_shared() -> None:
    flat = expand('import "signal.ant"\nil6: signal(well, 3);\nimport "chassis.ant"')
    assert "il6_make: => il6_free; il6_rate * 3 * cells;" in flat


def test_two_uses_of_one_motif_do_not_share_names() -> None:
    flat = expand('import "signal.ant"\na: signal(w, 1);\nb: signal(w, 2);')
    assert {"species a_free in w;", "species b_free in w;"} <= set(flat)
    assert len(set(flat)) == 6


def test_a_motif_that_is_not_used_adds_nothing() -> None:
    assert expand('import "signal.ant"\nx = 1') == ["x = 1;"]


def test_line_ends_of_windows_and_comments_change_nothing() -> None:
    text = 'import "chassis.ant" // the wells\nimport "signal.ant"\n/* two\n lines */ il6: signal(well, 3);\n'
    plain = 'import "chassis.ant"\nimport "signal.ant"\nil6: signal(well, 3);\n'
    windows = {name: motif.replace("\n", "\r\n") for name, motif in MOTIFS.items()}
    assert expand(text) == expand(plain)
    assert expand(plain.replace("\n", "\r\n"), windows) == expand(plain)


def test_a_line_that_ends_in_an_operator_goes_on() -> None:
    assert expand("x := a +\n    b *\r\n c;", {}) == ["x := a + b * c;"]


def test_numbers_with_exponents_are_not_names() -> None:
    motif = {"m.ant": "model m()\n k = 1e5 + 2.5E-3 * q;\nend\n"}
    assert expand('import "m.ant"\nx: m();', motif) == ["x_k = 1e5 + 2.5E-3 * x_q;"]


def test_uses_are_listed_with_their_motif() -> None:
    assert list_uses('import "signal.ant"\na: signal(w, 1); b: signal(w, 2);', MOTIFS) == {
        "a": "signal",
        "b": "signal",
    }


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ('import "../chassis.ant"', "../chassis.ant", "bare file name"),
        ('import "..\\\\chassis.ant"', "chassis.ant", "bare file name"),
        ('import "/etc/passwd"', "/etc/passwd", "bare file name"),
        ('import "C:/chassis.ant"', "C:/chassis.ant", "bare file name"),
        ('import "motifs/chassis.ant"', "motifs/chassis.ant", "bare file name"),
        ('import "CHASSIS.ANT"', "CHASSIS.ANT", "bare file name"),
        ('import ""', 'import ""', "bare file name"),
        ('import "chasis.ant"', "chasis.ant", "chassis.ant, signal.ant"),
        ("import chassis.ant", "import chassis.ant", 'import "name.ant"'),
        ("import 'chassis.ant'", "import 'chassis.ant'", 'import "name.ant"'),
        ('import "chassis.ant', 'import "chassis.ant', 'import "name.ant"'),
        ("x: signal(a, b);", "x: signal", "a motif"),
        ('import "signal.ant"\nx: signl(a, b);', "x: signl", "signal"),
        ('import "signal.ant"\nx: signal(a);', "with 1 arguments", "2 arguments (place, copies)"),
        ('import "signal.ant"\nx: signal(a, b, c);', "with 3 arguments", "2 arguments (place, copies)"),
        ("end", "'end' without", "model name"),
        ("model a()\nx = 1", "model a without 'end'", "model name"),
        ("model a()\nmodel b()\nend\nend", "model b inside model a", "one after another"),
        ("model a()\nend\nend", "'end' without", "model name"),
    ],
)
def test_what_breaks_a_rule_is_said_in_four_parts(text: str, found: str, expected: str) -> None:
    with pytest.raises(ModelError) as caught:
        expand_motifs(text, MOTIFS, "xu2018_breast_il6/model.ant")
    assert caught.value.where == "xu2018_breast_il6/model.ant"
    assert found in caught.value.found
    assert expected in caught.value.expected
    assert caught.value.advice


def test_an_error_in_a_motif_names_the_motif_file() -> None:
    with pytest.raises(ModelError) as caught:
        expand('import "a.ant"', {"a.ant": 'import "../b.ant"'})
    assert caught.value.where == "a.ant"


@pytest.mark.parametrize(
    "text",
    [
        'k identity "->"; end\ns identity "->"; import "/etc/hostname"',  # as if it were a law
        'model a()\nimport "/etc/hostname"\nend\nx: a();',
        "model a()\nr: x -> y; end\nend",
        "r: x -> y; model b()",
        "model b",
    ],
)
def test_no_word_that_closes_a_model_or_reads_a_file_reaches_antimony(text: str) -> None:
    with pytest.raises(ModelError):
        expand_motifs(text, MOTIFS)


def test_too_large_a_file_is_refused_wherever_it_stands() -> None:
    large = "x" * (MAX_FILE_CHARACTERS + 1)
    for text, motifs, file in ((large, {}, "model.ant"), ('import "a.ant"', {"a.ant": large}, "a.ant")):
        with pytest.raises(ModelError, match="split the file") as caught:
            expand_motifs(text, motifs)
        assert caught.value.where == file


def test_too_many_uses_are_refused() -> None:
    uses = "\n".join(f"u{i}: signal(a, b);" for i in range(MAX_USES + 1))
    with pytest.raises(ModelError, match=f"at most {MAX_USES}"):
        expand_motifs('import "signal.ant"\n' + uses, MOTIFS)


def test_files_that_import_one_another_end() -> None:
    motifs = {"a.ant": 'import "b.ant"\nx = 1', "b.ant": 'import "a.ant"\ny = 2'}
    assert expand('import "a.ant"', motifs) == ["y = 2;", "x = 1;"]


def test_a_long_chain_of_imports_is_read_or_refused() -> None:
    motifs = {f"m{i}.ant": f'import "m{i + 1}.ant"' for i in range(3000)} | {"m3000.ant": "x = 1"}
    with suppress(ModelError):
        assert expand('import "m0.ant"', motifs) == ["x = 1;"]


WORDS = 'import " a.ant model signal ( ) end ; : x , => -> /* */ // # = := .. / \\ 1e5 + é'
ODD = ["\n", "\r\n", " ", "\x00", "\u2028", "\ud800", "model a()", 'import "a.ant"']
PIECES = st.sampled_from([*WORDS.split(), *ODD])
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join))


@given(TEXTS, TEXTS)
def test_any_text_gives_statements_or_a_model_error(text: str, motif: str) -> None:
    with suppress(ModelError):
        flat = expand_motifs(text, {"a.ant": motif, "signal.ant": SIGNAL})
        assert all(line.endswith(";") for line in flat.splitlines() if line)


@given(TEXTS)
def test_listing_uses_fails_on_nothing_but_a_model_error(text: str) -> None:
    with suppress(ModelError):
        list_uses(text, {"a.ant": text})


def test_a_model_is_taken_apart_and_put_together_again() -> None:
    text = (
        'import "chassis.ant"\nimport "signal.ant"\nil6: signal(well, 3);\nx := il6_free * cells; a: => x; 1;'
    )
    wiring = read_wiring(text, MOTIFS)
    assert [str(use) for use in wiring.uses] == ["il6: signal(well, 3)"]
    assert wiring.statements == ("x := il6_free * cells", "a: => x; 1")
    assert wiring.shared == {"well", "cells", "rate_of_all"}
    parts = (*(f'import "{name}"' for name in wiring.imports), *map(str, wiring.uses), *wiring.statements)
    assert sorted(expand(";\n".join(parts))) == sorted(expand(text))


def test_a_model_that_declares_motifs_is_not_taken_apart() -> None:
    with pytest.raises(ModelError, match="'model'"):
        read_wiring("model m(a)\nx = a;\nend", MOTIFS)


@given(st.permutations(["a", "b", "ab", "a_b", "p5_signal"]))
def test_renaming_back_gives_the_text(order: list[str]) -> None:
    names = dict(zip(["a", "b", "ab", "a_b", "p5_signal"], order, strict=True))
    text = "p5_signal := a * b^ab - max(a_b, 1e3) / 2"
    back = {new: old for old, new in names.items()}
    assert rename_names(rename_names(text, names), back) == text
