"""Damaged SBML: a network and its equations, or a `ModelError`; nothing else, and not without end."""

import copy
from collections.abc import Callable
from contextlib import suppress
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from mscape.errors import ModelError
from mscape.network.equations import derive_system
from mscape.network.sbml import read_sbml, write_sbml
from tests.network.sbml_text import (
    assignment_rule,
    compartment,
    event,
    initial_assignment,
    listing,
    make_sbml,
    parameter,
    rate_rule,
    reaction,
    species,
)
from tests.network.sbml_text import math as mathml

RICH = make_sbml(
    listing(
        "FunctionDefinitions",
        f'<functionDefinition id="f">{mathml("lambda(a, b, a / b)")}</functionDefinition>',
    ),
    listing("Compartments", compartment("c", 2.0, constant=False), compartment("d", None)),
    listing("Species", species("A"), species("B", 'initialAmount="2"', where="d"), species("E", "")),
    listing("Parameters", parameter("k", 0.5), parameter("x"), parameter("y"), parameter("z", 1)),
    listing("InitialAssignments", initial_assignment("E", "f(k, 2)"), initial_assignment("x", "go")),
    listing("Rules", assignment_rule("y", "piecewise(1, time > 2, k^2)"), rate_rule("c", "rateOf(B) * 0.1")),
    listing(
        "Reactions", reaction("go", "s:2*A", "B E", "k * A * max(c, 1)"), reaction("back", "B", "A", "y * B")
    ),
    listing(
        "Events",
        event("e", "x > 2 || time > 3", "z = factorial(3)", "A = B", more=f"<delay>{mathml('k')}</delay>"),
    ),
)
_WORDS = "A B E c d k x y z go back s f a b e 1 2 0 -1 NaN INF true false 1e400".split()
_TAGS = "plus times divide minus power lt eq and not xor piecewise piece otherwise factorial max log".split()
ElementTree.register_namespace("", "http://www.sbml.org/sbml/level3/version2/core")
Choose = Callable[[int], int]


def damage(choose: Choose) -> str:
    """Return the model with some elements left out, doubled, moved, renamed, or other words in them.

    ``choose(n)`` gives a number below n.
    """
    root = ElementTree.fromstring(RICH)
    for _ in range(1 + choose(4)):
        parents = [item for item in root.iter() if len(item)]
        if not parents:
            break
        parent = parents[choose(len(parents))]
        at = choose(len(parent))
        child, what = parent[at], choose(6)
        if what == 0:
            parent.remove(child)
        elif what == 1:
            parent.insert(at, copy.deepcopy(child))
        elif what == 2:
            everything = list(root.iter())
            parent[at] = copy.deepcopy(everything[choose(len(everything))])
        elif what == 3:
            child.tag = child.tag.rpartition("}")[0] + "}" + _TAGS[choose(len(_TAGS))]
        elif what == 4 and child.attrib:
            key = sorted(child.attrib)[choose(len(child.attrib))]
            child.attrib[key] = _WORDS[choose(len(_WORDS))]
        elif child.text and child.text.strip():
            child.text = _WORDS[choose(len(_WORDS))]
        elif child.attrib:
            del child.attrib[sorted(child.attrib)[choose(len(child.attrib))]]
    return ElementTree.tostring(root, encoding="unicode")


def _read(text: str) -> None:
    with suppress(ModelError):
        network = read_sbml(text)
        derive_system(network)
        write_sbml(network)


def test_the_model_that_is_damaged_is_sound() -> None:
    assert derive_system(read_sbml(RICH)).states


@settings(max_examples=400)
@given(st.data())
def test_elements_left_out_doubled_moved_or_changed(data: st.DataObject) -> None:
    _read(damage(lambda count: data.draw(st.integers(0, count - 1))))


@given(st.data())
def test_letters_changed(data: st.DataObject) -> None:
    text = RICH
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1))
        text = text[:at] + data.draw(st.text(max_size=3)) + text[at + data.draw(st.integers(0, 30)) :]
    _read(text)
