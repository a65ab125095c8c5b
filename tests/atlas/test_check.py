"""Each check accepts the minimal record and rejects one that breaks its rule."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mscape.atlas.check import CHECKS, Counts, check_atlas
from mscape.atlas.check_record import find_arithmetic_problem
from mscape.atlas.load import Atlas, Record
from mscape.atlas.record import Mechanism

Breach = Callable[[Record, Atlas], tuple[Record, Atlas]]


def replace_table(record: Record, table: str, rows: tuple[Any, ...]) -> Record:
    named: Any = {table: rows}
    return replace(record, **named)


def put(place: str, value: object) -> Breach:
    """Set a value of mechanism.yaml, such as ``steps.0.evidence``."""

    def breach(record: Record, atlas: Atlas) -> tuple[Record, Atlas]:
        plain: Any = record.mechanism.model_dump()
        *above, last = [int(part) if part.isdigit() else part for part in place.split(".")]
        inner = plain
        for part in above:
            inner[part] = list(inner[part]) if isinstance(inner[part], tuple) else inner[part]
            inner = inner[part]
        inner[last] = value
        return replace(record, mechanism=Mechanism.model_validate(plain)), atlas

    return breach


def row(table: str, place: int, **cells: object) -> Breach:
    """Set cells of one line of a table."""

    def breach(record: Record, atlas: Atlas) -> tuple[Record, Atlas]:
        rows = list(getattr(record, table))
        rows[place] = rows[place].model_copy(update=cells)
        return replace_table(record, table, tuple(rows)), atlas

    return breach


def cut(table: str, places: slice) -> Breach:
    """Keep some lines of a table."""
    return lambda record, atlas: (replace_table(record, table, getattr(record, table)[places]), atlas)


def repeat(table: str) -> Breach:
    """Let the first line of a table stand twice."""

    def breach(record: Record, atlas: Atlas) -> tuple[Record, Atlas]:
        rows = getattr(record, table)
        return replace_table(record, table, (rows[0], *rows)), atlas

    return breach


def without(table: str) -> Breach:
    """Empty a shared table."""
    empty: Any = () if table == "drug_classes" else {}
    return lambda record, atlas: (record, replace(atlas, **{table: empty}))


def drug(**cells: object) -> Breach:
    """Set cells of the drug's line."""

    def breach(record: Record, atlas: Atlas) -> tuple[Record, Atlas]:
        changed = atlas.drugs["cisplatin"].model_copy(update=cells)
        return record, replace(atlas, drugs={"cisplatin": changed})

    return breach


def drug_class(**cells: object) -> Breach:
    """Set cells of the drug class's line."""

    def breach(record: Record, atlas: Atlas) -> tuple[Record, Atlas]:
        return record, replace(atlas, drug_classes=(atlas.drug_classes[0].model_copy(update=cells),))

    return breach


BREACHES: dict[str, list[Breach]] = {
    "check_nothing_is_left_to_fill": [
        put("summary", "TODO: what the paper did"),
        put("gaps", ["TODO"]),
        lambda record, atlas: (replace(record, model="// TODO"), atlas),
    ],
    "check_no_part_is_empty": [
        *(put(part, []) for part in ("entities", "cells", "drugs", "steps", "protocols")),
        *(put(part, []) for part in ("claim.tumour_terms", "claim.drug_terms", "curation.curators")),
        cut("observations", slice(0)),
    ],
    "check_ids_are_unique": [
        put("cells.1.id", "mcf7"),
        put("steps.1.id", "msc_il6"),
        repeat("observations"),
        repeat("contrasts"),
    ],
    "check_names_are_entities": [
        put("steps.0.target", "il7"),
        put("steps.0.source", "fibroblast"),
        put("readouts.0.entity", "il7"),
        put("perturbations.0.target", "il7"),
        put("needs", ["il7"]),
    ],
    "check_terms_are_listed": [
        put("entities.1.term", "uniprot:P99999"),
        put("entities.1.term", "chebi:27899"),
        put("cells.0.term", "chebi:27899"),
        put("claim.tumour_terms", ["cl:0000134"]),
        put("claim.drug_terms", ["cl:0000134"]),
        without("terms"),
    ],
    "check_papers_are_listed": [
        put("paper", "xu2019"),
        put("steps.0.evidence.0.paper", "xu2019"),
        put("perturbations.1.source", "xu2019"),
        row("observations", 0, paper="xu2019"),
        row("contrasts", 0, paper="xu2019"),
        row("parameters", 1, source="xu2019"),
    ],
    "check_drugs_are_described": [
        put("drugs", ["cisplatine"]),
        drug(half_life=30),
        drug(term="chebi:1"),
        without("drug_classes"),
    ],
    "check_curators_are_known": [
        put("curation.curators", ["somebody"]),
        put("curation.reviewed_by", ["founders"]),
    ],
    "check_claim_is_as_printed": [
        put("claim.row", 6),
        put("claim.row", 99),
        put("claim.row", None),
        put("claim.mechanism", "MSC-derived IL-6"),
    ],
    "check_verdict_follows_its_basis": [
        put("verdict.basis", "secondary"),
        put("verdict.basis", "full text"),
    ],
    "check_verdict_says_what_differs": [put("verdict.differs", [])],
    "check_every_step_has_evidence": [
        put("steps.0.evidence", []),
        put("steps.0.evidence.0.direction", "refutes"),
    ],
    "check_steps_reach_fate": [put("steps.0.source", "il6"), put("entities.2.kind", "protein")],
    "check_protocols_can_be_read_out": [
        put("protocols.0.periods.1.contents", ["medium", "drug"]),
        put("protocols.0.periods.0.contents", ["tumour"]),
        put("protocols.0.periods.1.contents", ["tumour"]),
    ],
    "check_perturbations_have_strength": [
        put("perturbations.0.value", None),
        put("perturbations.0.value", 0.5),
        put("perturbations.0.low", None),
        put("perturbations.0.value", -1),
        put("perturbations.0.parameters", []),
        put("perturbations.0.source", "assumed"),
        put("perturbations.0.kind", "control"),
    ],
    "check_parameters_have_sources": [
        row("parameters", 0, note=None),
        repeat("parameters"),
        drug_class(note=None),
    ],
    "check_parameter_ranges_are_ordered": [
        row("parameters", 1, low=0.5),
        row("parameters", 1, high=0.34),
        row("parameters", 1, low=None),
        row("parameters", 1, low=-1.0),
        row("parameters", 0, high=1.0),
        row("parameters", 2, low=0.5, high=2.0),
        row("parameters", 2, source="assumed"),
        drug_class(low=5.0),
    ],
    "check_gates_are_arithmetic": [
        put("gates.0.available", "open('x')"),
        put("gates.0.needed", "1 +"),
        put("gates.0.needed", "a.b"),
    ],
    "check_gaps_are_named": [put("gaps", [])],
    "check_deprecation_is_complete": [
        put("curation.successor", "xu2018_breast_il6"),
        put("curation.successor", "xu2020_breast_il6"),
    ],
    "check_arms_name_what_exists": [
        row("observations", 0, protocol="other"),
        row("observations", 0, tumour="bcmsc"),
        row("observations", 1, msc="mcf7"),
        row("observations", 0, drug="cisplatine"),
        row("observations", 2, perturbation=("anti_il7",)),
    ],
    "check_arms_of_an_observation_agree": [
        row("observations", 1, readout="count"),
        row("observations", 1, unit="fold"),
        row("observations", 1, paper="burt2019"),
    ],
    "check_doses_have_units": [
        row("observations", 0, dose_unit="uM/L"),
        row("observations", 0, dose_unit=None),
        row("observations", 0, drug=None),
        row("observations", 0, dose=-1.0),
        row("observations", 0, dose=None),
    ],
    "check_groups_fit_provenance": [
        row("observations", 0, group="other papers"),
        row("observations", 3, group="row paper"),
        row("observations", 0, provenance="related"),
        row("observations", 3, provenance="same-group"),
    ],
    "check_every_observation_has_a_contrast": [cut("contrasts", slice(4))],
    "check_contrasts_name_arms": [
        row("contrasts", 0, observation="deaths"),
        row("contrasts", 0, versus="drugs"),
        row("contrasts", 0, versus="drug_msc"),
        row("contrasts", 0, step="il7_death"),
    ],
    "check_contrasts_have_their_parts": [
        row("contrasts", 0, versus=None),
        row("contrasts", 0, arm=("drug", "drug_msc")),
        row("contrasts", 0, unprotected="drug_msc_anti"),
        row("contrasts", 0, value=2.0),
        row("contrasts", 1, value=None),
        row("contrasts", 1, value=-1.0),
        row("contrasts", 1, error=-1.0),
        row("contrasts", 2, unprotected=None),
        row("contrasts", 3, arm=("drug",)),
        row("contrasts", 3, versus="drug"),
    ],
    "check_contrasts_read_what_arms_read": [row("contrasts", 0, readout="count")],
    "check_scope_has_its_reason": [
        row("contrasts", 4, reason=None),
        row("contrasts", 0, reason="in vivo"),
    ],
    "check_readouts_in_scope_exist": [
        row("contrasts", 0, readout="colour"),
        row("contrasts", 0, readout="apoptosis;colour"),
    ],
    "check_arms_in_scope_can_be_run": [
        row("observations", 0, protocol=None),
        row("observations", 0, tumour=None),
    ],
    "check_misses_name_contrasts": [put("misses", {"other": "why"}), put("misses", {"colour_up": "why"})],
}
CASES = [(name, i) for name, breaches in BREACHES.items() for i in range(len(breaches))]


def find_issues(record: Record, atlas: Atlas) -> dict[str, list[str]]:
    """Issues by check."""
    report = check_atlas(replace(atlas, records={record.id: record}))
    return {name: [str(i) for i in report.issues if i.check == name] for name in report.checks}


def test_the_minimal_record_breaks_no_rule(tiny_atlas: Atlas) -> None:
    report = check_atlas(tiny_atlas)
    assert [str(issue) for issue in report.issues] == []
    assert report.passed


@pytest.mark.parametrize(("name", "i"), CASES)
def test_check_rejects_a_record_that_breaks_its_rule(name: str, i: int, tiny_atlas: Atlas) -> None:
    (record,) = tiny_atlas.records.values()
    issues = find_issues(*BREACHES[name][i](record, tiny_atlas))
    assert issues[name]
    assert all(len(text) < 600 and "\n" not in text for text in issues[name])


def test_every_check_has_a_record_it_rejects_and_a_description() -> None:
    assert [check.name for check in CHECKS] == list(BREACHES)
    assert all(check.name.startswith("check_") and check.description.endswith(".") for check in CHECKS)


def test_issue_names_file_and_line(tiny_atlas: Atlas) -> None:
    (record,) = tiny_atlas.records.values()
    changed, atlas = put("steps.1.target", "deth")(record, tiny_atlas)
    (text,) = find_issues(changed, atlas)["check_names_are_entities"]
    lines = (record.folder / "mechanism.yaml").read_text(encoding="utf-8").splitlines()
    line = lines.index("  target: death") + 1
    expected = f"xu2018_breast_il6/mechanism.yaml line {line}: 'deth' is no entity; expected death"
    assert text.startswith(expected)


def test_a_pass_says_what_it_counted(tiny_atlas: Atlas) -> None:
    assert check_atlas(tiny_atlas).counts == Counts(
        records=1,
        reviewed=1,
        steps=2,
        evidence=2,
        observations=2,
        arms=5,
        row_paper=1,
        same_group=0,
        other_papers=1,
        contrasts_in=4,
        contrasts_out=1,
        parameters_sourced=2,
        parameters_assumed=2,
        terms=4,
    )


def test_statement_without_direction_needs_no_arms_to_compare(tiny_atlas: Atlas) -> None:
    (record,) = tiny_atlas.records.values()
    breach = row("contrasts", 4, reason="no direction reported", versus=None)
    issues = find_issues(*breach(record, tiny_atlas))
    assert not issues["check_contrasts_have_their_parts"]


def test_two_arms_may_be_read_differently(tiny_atlas: Atlas) -> None:
    (record,) = tiny_atlas.records.values()
    issues = find_issues(*row("contrasts", 0, readout="apoptosis;il6_level")(record, tiny_atlas))
    assert not any(issues.values())


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('x')",
        "a[0]",
        "lambda: 1",
        "a if b else c",
        "True",
        "1j",
        "'a'",
        "(" * 400,
        "a b",
    ],
)
def test_gate_takes_nothing_but_arithmetic(text: str) -> None:
    assert find_arithmetic_problem(text) is not None
