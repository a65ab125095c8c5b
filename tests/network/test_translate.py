"""Antimony is translated in a child process: whatever it does there, we get SBML or a ModelError."""

import sys
import time

import libsbml
import pytest

from mscape.errors import ModelError
from mscape.network import translate
from mscape.network.translate import translate_antimony

DECAY = "compartment well = 2;\nspecies A in well;\nA = 3;\nlose: A => ; k * A;\nk = 0.5;\n"
CRASHES = (
    "A: crashes(); delete A.x;\n"  # a segmentation fault in antimony 3.3.0: a model that is its own part
)


def test_a_model_becomes_sbml_level_3_under_its_own_id() -> None:
    document = libsbml.readSBMLFromString(translate_antimony({"decay": DECAY})["decay"])
    assert (document.getLevel(), document.getModel().getId()) == (3, "decay")


def test_models_of_one_call_do_not_see_one_another() -> None:
    both = translate_antimony({"one": DECAY, "two": "x = 1;\n"})
    assert both["one"] == translate_antimony({"one": DECAY})["one"]
    assert libsbml.readSBMLFromString(both["two"]).getModel().getNumSpecies() == 0


def test_the_same_name_with_another_text_gives_another_model() -> None:
    assert "3" in translate_antimony({"m": "x = 3;\n"})["m"]
    second = libsbml.readSBMLFromString(translate_antimony({"m": "x = 4;\n"})["m"]).getModel()
    assert second.getParameter("x").getValue() == 4


def test_an_error_names_the_model_and_what_antimony_says() -> None:
    with pytest.raises(ModelError) as caught:
        translate_antimony({"broken": "x = = 3;\n"})
    assert caught.value.where == "broken"
    assert "syntax error" in caught.value.found
    assert caught.value.advice


def test_a_text_that_crashes_the_library_is_a_model_error() -> None:
    with pytest.raises(ModelError, match="crashes: the Antimony library stopped"):
        translate_antimony({"crashes": CRASHES})


def test_a_child_that_dies_is_a_model_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "_CHILD", "import os; os.abort()")
    with pytest.raises(ModelError, match=r"stopped: it ended with code -?[0-9]+"):
        translate_antimony({"decay": DECAY})


def test_the_last_words_of_a_child_that_dies_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "_CHILD", "raise SystemExit('no such library')")
    with pytest.raises(ModelError, match="no such library"):
        translate_antimony({"decay": DECAY})


def test_a_child_without_an_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "_CHILD", "import time; time.sleep(30)")
    monkeypatch.setattr(translate, "TIMEOUT_S", 0.3)
    began = time.monotonic()
    with pytest.raises(ModelError, match="within 0 s"):
        translate_antimony({"decay": DECAY})
    assert time.monotonic() - began < 20


def test_antimony_is_never_loaded_into_this_process() -> None:
    translate_antimony({"decay": DECAY})
    assert "antimony" not in sys.modules
