"""The page of the whole table: read from the records, links that lead somewhere, everything escaped."""

import json
import re
from dataclasses import replace

import pytest

from mscape.atlas.load import Atlas, Record, load_atlas
from mscape.atlas.vocabulary import load_vocabulary
from mscape.experiments.score import Scored
from mscape.experiments.total import total_scores
from mscape.report.build import ReportData
from mscape.report.page import Foot
from mscape.report.panel import list_statements
from mscape.report.render import render_page
from mscape.report.synthesis_page import PORTS, SynthesisPage, make_synthesis_page
from mscape.report.synthesis_plate import rank_plates
from mscape.report.synthesis_read import find_classes, group_signals, list_arm_facts, sort_records
from mscape.report.write import list_files
from tests.report.conftest import ID, make_scored
from tests.report.test_page import HOSTILE, list_handlers

FOOT = Foot("0", "abc", 1, 10, 1e-6, 1e-6)


def make_page(atlas: Atlas) -> SynthesisPage:
    """Make the page with made-up scores."""
    scored: dict[str, tuple[Scored, ...]] = {
        key: tuple(
            replace(make_scored(row, "other papers", index), mechanism=key)
            for index, row in enumerate(record.contrasts)
        )
        for key, record in atlas.records.items()
    }
    statements = {key: list_statements(record, atlas, scored[key]) for key, record in atlas.records.items()}
    totals = total_scores(item for items in scored.values() for item in items)
    return make_synthesis_page(atlas, scored, totals, statements=statements, foot=FOOT)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_atlas()


@pytest.fixture(scope="module")
def page(atlas: Atlas) -> SynthesisPage:
    return make_page(atlas)


def _change(record: Record, **fields: object) -> Record:
    return replace(record, mechanism=record.mechanism.model_copy(update=fields))


def test_every_mechanism_stands_under_one_signal_and_under_its_drugs(
    atlas: Atlas, page: SynthesisPage
) -> None:
    stands = {(s.id, row.signal) for row in page.matrix for cell in row.cells for s in cell.claims}
    assert sorted(key for key, _ in stands) == sorted(atlas.records)
    signals = dict(stands)
    assert signals["xu2018_breast_il6"] == signals["tu2016_os_il6"] == signals["zeng2020_npc_il6"] == "IL-6"
    assert signals["han2014_hcc_tgfb"] == signals["he2019_gastric_tgfb1"]
    assert len({len(row.cells) for row in page.matrix}) == 1
    verdicts = {key: record.mechanism.verdict.verdict for key, record in atlas.records.items()}
    assert all(s.verdict == verdicts[s.id] for row in page.matrix for c in row.cells for s in c.claims)


def test_a_class_named_as_such_stands_for_its_drugs(atlas: Atlas) -> None:
    mechanism = atlas.records["roodhart2011_breast_pifa"].mechanism
    assert mechanism.claim.drug_terms == ("chebi:33862",)
    assert find_classes(mechanism, atlas, load_vocabulary()) == {"platinum"}


def test_records_without_a_known_signal_stand_together(atlas: Atlas) -> None:
    odd = [
        _change(record, claim=record.mechanism.claim.model_copy(update={"signal_terms": ()}))
        for record in sort_records(atlas.records.values())[:2]
    ]
    (group,) = group_signals(odd, load_vocabulary())
    assert group.label == "no known signal"
    assert len(group.ids) == 2


def test_combinations_are_counted_once_each(page: SynthesisPage) -> None:
    assert sum(page.combinations) == len(page.matrix) * len(page.classes)
    assert all(hole.claimed + hole.beside + len(hole.nobody) == len(page.matrix) for hole in page.holes)


def test_ports_and_those_no_row_uses(atlas: Atlas, page: SynthesisPage) -> None:
    for line in page.port_lines:
        ports = atlas.records[line.id].mechanism.ports
        assert [p for p, mark in zip(PORTS, line.marks, strict=True) if mark == "used"] == sorted(ports.used)
    used = {port for record in atlas.records.values() for port in record.mechanism.ports.used}
    assert {*page.unused_ports} == {*PORTS} - used


def test_shared_nodes_carry_the_same_term_in_each_row(atlas: Atlas, page: SynthesisPage) -> None:
    assert {"go:0006915"} <= {node.term for node in page.common}
    for node in (*page.common, *page.shared):
        assert len(node.ids) > 1
        for key in node.ids:
            assert any(entity.term == node.term for entity in atlas.records[key].mechanism.entities)


def test_contradictions_are_those_of_the_records(atlas: Atlas, page: SynthesisPage) -> None:
    against = {
        (record.id, step.id)
        for record in atlas.records.values()
        for step in record.mechanism.steps
        if any(item.direction == "refutes" for item in step.evidence)
    }
    assert {(item.id, item.step) for item in page.refuted} == against
    verdicts = {r.id for r in atlas.records.values() if r.mechanism.verdict.verdict == "contradicted"}
    assert {item.id for item in page.contradicted} == verdicts
    opposed = {item.id: item for item in page.opposed}
    assert "BMC Cancer 2013" in {item.paper for item in opposed[ID].sensitises}
    assert all(item.protects and item.sensitises for item in page.opposed)


def test_drugs_without_potency_have_none_in_their_lines(page: SynthesisPage) -> None:
    assert ("wang2018_all_mitochondria", "etoposide") in {(d.id, d.drug) for d in page.no_potency}
    assert ID not in {item.id for item in page.no_potency}


def test_arms_are_read_as_the_table_has_them(atlas: Atlas) -> None:
    record = atlas.records[ID]
    row = next(row for row in record.contrasts if row.contrast == "tumour_msc_protect")
    with_msc, without = list_arm_facts(record, row)
    assert (with_msc.drug, with_msc.msc, with_msc.culture) == ("cisplatin", "bc_msc", "conditioned medium")
    assert (without.drug, without.msc) == ("cisplatin", None)


def test_plates_are_ranked_and_each_row_stands_once(atlas: Atlas, page: SynthesisPage) -> None:
    counts = [(len(plate.rows), plate.untouched) for plate in page.plates]
    assert counts == sorted(counts, reverse=True)
    for plate in page.plates:
        ids = [row.id for row in plate.rows] + [*plate.done, *plate.cannot]
        assert sorted(ids) == sorted(atlas.records)
        assert all({*row.has} | {*row.lacks} == {*plate.parts} and row.lacks for row in plate.rows)


def test_a_part_counts_only_in_scope(atlas: Atlas) -> None:
    record = atlas.records[ID]
    name = "Drug ± MSC in contact, in transwell and in conditioned medium, side by side"
    out = replace(record, contrasts=tuple(r.model_copy(update={"scope": "out"}) for r in record.contrasts))
    found = {
        key: next(plate for plate in rank_plates([each], atlas) if plate.name == name)
        for key, each in (("in", record), ("out", out))
    }
    assert "conditioned medium" in found["in"].rows[0].has
    assert found["out"].rows[0].has == ()


def test_a_row_without_msc_or_known_drug_cannot_be_run(atlas: Atlas) -> None:
    record = _change(atlas.records[ID], drugs=("unheard_of",))
    assert all(plate.cannot == (ID,) for plate in rank_plates([record], atlas))


def test_links_lead_to_pages_and_steps(atlas: Atlas, page: SynthesisPage) -> None:
    text = render_page("synthesis", page)
    for name, hash_ in re.findall(r'href="([a-z0-9_]+)\.html(?:#([^"]*))?"', text):
        assert name == "index" or name in atlas.records
        if hash_.startswith("step-"):
            assert hash_[5:] in {step.id for step in atlas.records[name].mechanism.steps}
    assert text.count("<h1") == 1
    assert "<script" not in text


def test_hostile_texts_are_escaped(atlas: Atlas) -> None:
    record = atlas.records["wang2014_mm_exosome"]
    m = record.mechanism
    step = next(s for s in m.steps if any(e.direction == "refutes" for e in s.evidence))
    evidence = tuple(item.model_copy(update={"note": HOSTILE}) for item in step.evidence)
    hostile = _change(
        record,
        title=HOSTILE,
        claim=m.claim.model_copy(update={"tumour": HOSTILE, "signal_terms": ()}),
        verdict=m.verdict.model_copy(update={"reason": HOSTILE}),
        entities=tuple(item.model_copy(update={"label": HOSTILE}) for item in m.entities),
        cells=tuple(item.model_copy(update={"label": HOSTILE}) for item in m.cells),
        steps=tuple(
            each.model_copy(update={"relation": HOSTILE, "evidence": evidence}) if each is step else each
            for each in m.steps
        ),
    )
    text = render_page("synthesis", make_page(replace(atlas, records={**atlas.records, record.id: hostile})))
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert list_handlers(text) == []
    assert "\u202e" not in text
    assert "{{ 7*7 }}" in text


def test_report_of_one_row_has_the_page_and_its_twin(data: ReportData) -> None:
    files = {name: text for name, text in list_files(data) if name.startswith(("synthesis", "index"))}
    twin = json.loads(files["synthesis.json"])
    assert twin["schema"] == "mscape/synthesis/1"
    assert list(twin["data"]["names"]) == [ID]
    assert 'href="synthesis.html"' in files["index.html"]
    assert "No node is shared" in files["synthesis.html"]
