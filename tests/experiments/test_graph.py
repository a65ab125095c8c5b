"""The signed graph and the other baselines, on graphs and arms made by hand."""

from dataclasses import replace

import pytest

from mscape.atlas.load import Atlas, Record
from mscape.atlas.record import Period, Perturbation, Protocol, Readout, Step
from mscape.atlas.row import ContrastRow
from mscape.experiments.arm import Arm
from mscape.experiments.graph import BASELINES, list_edges, predict_baselines, predict_sign

NONE, ALWAYS, GRAPH = BASELINES
CONTACT = Protocol(
    id="contact",
    culture="contact",
    periods=(Period(period="drug", contents=("tumour", "msc", "drug", "perturbation"), hours=48),),
)
EXOSOME = CONTACT.model_copy(update={"culture": "exosome"})
DRUG = Arm(CONTACT, "mcf7", drug="cisplatin")
BOTH = Arm(CONTACT, "mcf7", "bc_msc", "cisplatin")
UNTREATED = Arm(CONTACT, "mcf7")
BLOCKED = replace(BOTH, perturbation=("anti_il6",))
MSC = Arm(CONTACT, "mcf7", "bc_msc")


@pytest.mark.parametrize(
    ("edges", "sign"),
    [
        ({}, 0),
        ({"msc": (("death", -1),)}, -1),
        ({"msc": (("a", -1),), "a": (("death", -1),)}, 1),
        ({"msc": (("a", 1), ("b", 1)), "a": (("death", -1),), "b": (("death", -1),)}, -1),
        ({"msc": (("a", 1), ("b", 1)), "a": (("death", -1),), "b": (("death", 1),)}, 0),  # paths disagree
        ({"msc": (("a", 1),), "a": (("msc", -1), ("death", -1))}, -1),  # a loop back
        ({"msc": (("a", 1),), "a": (("b", 1),), "b": (("a", -1),)}, 0),  # a loop that leads nowhere
        ({"death": (("msc", 1),)}, 0),  # arrows have a direction
        ({"msc": (("death", 1), ("death", -1))}, 0),
    ],
)
def test_the_sign_of_a_graph_is_the_product_along_its_paths(
    edges: dict[str, tuple[tuple[str, int], ...]], sign: int
) -> None:
    assert predict_sign(edges, "msc", "death") == sign


def test_a_node_is_its_own_effect() -> None:
    assert predict_sign({}, "death", "death") == 1


@pytest.fixture(scope="module")
def record(atlas: Atlas) -> Record:
    """A record whose graph is: drug → damage → death; msc → il6 → stat3 ⊣ death; stat3 → growth."""

    def step(number: int, source: str, effect: str, target: str) -> Step:
        return Step(id=f"s{number}", source=source, effect=effect, target=target, relation="acts")  # type: ignore[arg-type]

    chain = [
        ("cisplatin", "increases", "damage"),
        ("damage", "increases", "death"),
        ("msc", "increases", "il6"),
        ("il6", "increases", "stat3"),
        ("stat3", "decreases", "death"),
        ("stat3", "increases", "growth"),
        ("stat3", "decreases", "bax"),
    ]
    base = atlas.records["xu2018_breast_il6"]
    mechanism = base.mechanism.model_copy(
        update={
            "steps": tuple(step(number, *parts) for number, parts in enumerate(chain)),
            "readouts": (
                Readout(id="bax", label="Bax", kind="protein", entity="bax", observable="bax"),
                Readout(id="no_bax", label="1/Bax", kind="protein", entity="bax", observable="bax", sign=-1),
            ),
            "perturbations": (
                Perturbation(
                    id="anti_il6", label="a", kind="neutralising antibody", target="il6", source="xu2018"
                ),
                Perturbation(
                    id="more_stat3", label="b", kind="over-expression", target="stat3", source="xu2018"
                ),
                Perturbation(id="isotype", label="c", kind="control", target="il6", source="xu2018"),
            ),
        }
    )
    return replace(base, mechanism=mechanism)


def predict(record: Record, kind: str, readout: str, *arms: Arm) -> dict[str, bool]:
    names = {f"arm{i}": arm for i, arm in enumerate(arms)}
    ordered = kind == "ordered"
    row = ContrastRow(
        contrast="c", observation="o", kind=kind, readout=readout,  # type: ignore[arg-type]
        arm=tuple(names) if ordered else ("arm0",), versus=None if ordered else "arm1",
        paper="xu2018", scope="in",
    )  # fmt: skip
    return predict_baselines(record, row, names)


@pytest.mark.parametrize(
    ("kind", "readout", "arms", "right"),
    [
        ("up", "viability", (BOTH, DRUG), {ALWAYS, GRAPH}),
        ("down", "viability", (BOTH, DRUG), set()),
        ("no change", "viability", (BOTH, DRUG), {NONE}),
        ("down", "apoptosis", (BOTH, DRUG), {ALWAYS, GRAPH}),
        ("up", "ic50", (BOTH, DRUG), {ALWAYS, GRAPH}),
        ("down", "viability", (BLOCKED, BOTH), {ALWAYS, GRAPH}),
        ("up", "apoptosis", (BLOCKED, BOTH), {ALWAYS, GRAPH}),
        ("down", "viability", (DRUG, UNTREATED), {NONE, ALWAYS, GRAPH}),
        ("up", "apoptosis", (DRUG, UNTREATED), {NONE, ALWAYS, GRAPH}),
        ("down", "bax", (BOTH, DRUG), {GRAPH}),
        ("up", "no_bax", (BOTH, DRUG), {ALWAYS, GRAPH}),
        ("up", "bax", (BLOCKED, BOTH), {GRAPH}),
        ("no change", "viability", (replace(BOTH, perturbation=("isotype",)), BOTH), {NONE, GRAPH}),
        ("up", "viability", (replace(DRUG, perturbation=("more_stat3",)), DRUG), {GRAPH}),
        ("ordered", "viability", (BOTH, BLOCKED, DRUG), {ALWAYS}),
        (
            "up",
            "viability",
            (replace(BOTH, protocol=EXOSOME), replace(DRUG, protocol=EXOSOME)),
            {ALWAYS, GRAPH},
        ),
    ],
)
def test_baselines_say_what_they_are_named_for(
    record: Record, kind: str, readout: str, arms: tuple[Arm, ...], right: set[str]
) -> None:
    said = predict(record, kind, readout, *arms)
    assert {name for name, holds in said.items() if holds} == right


def test_growth_has_two_ways_in_the_graph(record: Record) -> None:
    assert predict(record, "up", "count", MSC, UNTREATED)[GRAPH]


@pytest.mark.parametrize("kind", ["partial", "value"])
def test_no_baseline_speaks_of_a_part_or_a_value(record: Record, kind: str) -> None:
    assert predict(record, kind, "viability", BLOCKED, BOTH) == dict.fromkeys(BASELINES, False)


def test_effects_become_signs(record: Record) -> None:
    edges = list_edges(record.mechanism)
    assert edges["stat3"] == (("death", -1), ("growth", 1), ("bax", -1))
