"""The drawing: lanes in order, nodes apart, any graph of steps laid out."""

from itertools import combinations
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from mscape.atlas.record import Entity, Mechanism, Step
from mscape.report.build import ReportData
from mscape.report.diagram import find_lanes, lay_out, wrap_label
from mscape.report.diagram_svg import draw_pathway
from mscape.report.page import StepLine
from tests.report.conftest import ID, Made

NAMES = ("msc", "ligand", "cisplatin", "tumour", "receptor", "kinase", "damage", "death", "growth")


def make_mechanism(links: list[tuple[str, str]]) -> Mechanism:
    species = {"msc": ("msc_naive",), "ligand": ("ligand_free",)}
    kinds = {"msc": "cell", "tumour": "cell", "cisplatin": "drug", "death": "process", "growth": "process"}
    entities = tuple(
        Entity.model_validate(
            {"id": name, "kind": kinds.get(name, "protein"), "label": name, "species": species.get(name, ())}
        )
        for name in NAMES
    )
    steps = tuple(
        Step(id=f"s{index}", source=source, effect="increases", target=target, relation="raises")
        for index, (source, target) in enumerate(links)
    )
    return Mechanism.model_construct(entities=entities, steps=steps)


@given(links=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=14, unique=True))
def test_any_graph_of_steps_is_drawn_without_nodes_overlapping(links: list[tuple[str, str]]) -> None:
    links = [(source, target) for source, target in links if source != target]
    mechanism = make_mechanism(links)
    layout = lay_out(mechanism)
    nodes = [spot for spot in layout.spots.values() if spot.entity]
    for one, two in combinations(nodes, 2):
        beside = abs(one.x - two.x) >= (one.width + two.width) / 2
        assert beside or abs(one.y - two.y) >= (one.height + two.height) / 2
    lines = {
        step.id: StepLine(i, step.id, step.source, "raises", step.target, "increases", "supported", None, ())
        for i, step in enumerate(mechanism.steps, 1)
    }
    ElementTree.fromstring(draw_pathway(layout, lines))


def test_lanes_stand_in_order_and_medium_lies_between(made: Made) -> None:
    layout = lay_out(made.atlas.records[ID].mechanism)
    assert [name for name, _, _ in layout.lanes] == ["Sender cell", "Medium", "Tumour cell"]
    assert layout.spots["msc"].y < layout.spots["il6"].y < layout.spots["stat3"].y < layout.spots["death"].y


def test_lane_of_what_names_no_species_follows_from_its_neighbours() -> None:
    def make(name: str, kind: str, *species: str) -> Entity:
        return Entity.model_validate({"id": name, "kind": kind, "label": name, "species": species})

    parts = (
        ("msc", "cell"),
        ("interferon", "protein"),
        ("cox1", "protein"),
        ("mediator", "protein", "pg_free"),
    )
    entities = {part[0]: make(*part) for part in (*parts, ("mir", "rna", "mir_free"), ("target", "protein"))}
    links = [("interferon", "msc"), ("msc", "cox1"), ("cox1", "mediator"), ("mir", "target")]
    lanes = find_lanes(entities, links)
    assert lanes == {"msc": 0, "interferon": 1, "cox1": 0, "mediator": 1, "mir": 2, "target": 2}


def test_every_step_is_linked_in_the_page_and_named(data: ReportData) -> None:
    page = data.mechanisms[0]
    root = ElementTree.fromstring(page.pathway)
    links = [item for item in root.iter() if item.tag.endswith("}a")]
    assert len(links) == len(page.steps)
    assert all(item.attrib["aria-label"].startswith("Step ") for item in links)


def test_long_labels_are_cut_with_an_ellipsis() -> None:
    lines = wrap_label("word " * 60)
    assert len(lines) == 4
    assert lines[-1].endswith("…")
    assert wrap_label("") == ("",)
