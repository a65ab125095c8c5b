"""Each rule on interventions accepts a minimal shelf and rejects one that breaks it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from mscape.atlas.check import SHELF_CHECKS, check_atlas
from mscape.atlas.intervention import (
    ActionRow,
    CautionRow,
    ExposureRow,
    InterventionRow,
    Interventions,
    OutcomeRow,
)
from mscape.atlas.load import Atlas, load_atlas

Breach = Callable[[Interventions], Interventions]
REAGENT: dict[str, Any] = {
    "intervention": "siltuximab",
    "label": "siltuximab",
    "kind": "neutralising antibody",
    "standing": "approved",
    "molar_mass": 145000,
    "source": "xu2018",
}
ACTION: dict[str, Any] = {
    "intervention": "siltuximab",
    "target": "uniprot:P05231",
    "parameters": "il6_antibody;il6_antibody_side",
    "how": "concentration",
    "affinity": "il6_antibody_Kd",
    "potency": 0.05,
    "unit": "nM",
    "potency_kind": "Kd",
    "low": 0.01,
    "high": 0.5,
    "source": "assumed",
    "note": "as others",
}
EXPOSURE: dict[str, Any] = {
    "intervention": "siltuximab",
    "regimen": "11 mg/kg",
    "measure": "trough",
    "total": 84,
    "unit": "ug/mL",
    "low": 18,
    "high": 150,
    "source": "xu2018",
    "unbound": 1,
    "unbound_source": "definition",
}
PAIR: dict[str, Any] = {
    "intervention": "siltuximab",
    "caution": "toxic pair",
    "partner": "cisplatin",
    "what": "both harm",
    "source": "xu2018",
}
OUTCOME: dict[str, Any] = {
    "outcome": "siltuximab_breast",
    "interventions": "siltuximab",
    "species": "human",
    "tumour": "breast cancer",
    "tumour_term": "mondo:0007254",
    "drug": "cisplatin",
    "design": "randomised",
    "endpoint": "survival",
    "numbers": "8.0 against 7.6 months",
    "result": "failure",
    "paper": "burt2019",
    "read": "abstract",
    "lacks": "redundancy;immunity",
}


@pytest.fixture(scope="module")
def shelf() -> Interventions:
    """One intervention with one line of each table; it breaks no rule."""
    return Interventions(
        reagents={"siltuximab": InterventionRow.model_validate(REAGENT)},
        actions=(ActionRow.model_validate(ACTION),),
        exposures=(ExposureRow.model_validate(EXPOSURE),),
        cautions=(CautionRow.model_validate(PAIR),),
        outcomes=(OutcomeRow.model_validate(OUTCOME),),
    )


def put(table: str, **cells: object) -> Breach:
    """Set cells of the one line of a table."""

    def breach(shelf: Interventions) -> Interventions:
        changed: Any = tuple(row.model_copy(update=cells) for row in getattr(shelf, table))
        return replace(shelf, **{table: changed})

    return breach


def describe(**cells: object) -> Breach:
    """Set cells of the reagent."""

    def breach(shelf: Interventions) -> Interventions:
        changed = shelf.reagents["siltuximab"].model_copy(update=cells)
        return replace(shelf, reagents={"siltuximab": changed})

    return breach


def repeat(table: str) -> Breach:
    """Let the line of a table stand twice."""
    return lambda shelf: replace(shelf, **{table: getattr(shelf, table) * 2})


def empty(table: str) -> Breach:
    """Leave a table out."""
    none: Any = {} if table == "reagents" else ()
    return lambda shelf: replace(shelf, **{table: none})


BREACHES: Mapping[str, tuple[Breach, ...]] = {
    "check_interventions_are_described": (
        empty("reagents"),
        empty("actions"),
        empty("exposures"),
        put("outcomes", interventions=("siltuximap",)),
    ),
    "check_interventions_stand_once": (
        repeat("actions"),
        repeat("outcomes"),
        lambda shelf: replace(
            shelf,
            reagents={
                name: shelf.reagents["siltuximab"].model_copy(
                    update={"intervention": name, "term": "mesh:C1"}
                )
                for name in ("siltuximab", "sylvant")
            },
        ),
    ),
    "check_intervention_terms_are_listed": (
        describe(term="mesh:C504234"),
        describe(term="mondo:0007254"),
        put("actions", target="uniprot:P99999"),
        put("outcomes", tumour_term="chebi:27899"),
    ),
    "check_intervention_sources_are_known": (
        describe(source="xu2081"),
        describe(source="assumed"),
        put("actions", note=None),
        put("exposures", source="unknown"),
        put("outcomes", paper="orlowski2015"),
        put("cautions", source="somewhere"),
    ),
    "check_actions_have_their_parts": (
        put("actions", potency=None),
        put("actions", potency_kind=None),
        put("actions", unit="nM/h"),
        put("actions", low=None, high=None),
        put("actions", low=0.2),
        put("actions", potency=-1.0, low=-2.0),
        put("actions", affinity=()),
        put("actions", how="inhibition"),
        put("actions", how="inhibition", affinity=(), left=1.5),
        put("actions", how="silencing"),
    ),
    "check_exposures_have_their_parts": (
        put("exposures", total=None, unit=None),
        put("exposures", source="unknown", note="not found"),
        put("exposures", unit=None),
        put("exposures", unit="mg/kg"),
        put("exposures", unbound=1.2),
        put("exposures", unbound=None),
        put("exposures", low=200),
        describe(molar_mass=None),
    ),
    "check_cautions_have_their_parts": (
        put("cautions", partner=None),
        put("cautions", partner="cisplatinum"),
        put("cautions", caution="toxicity"),
        put("cautions", caution="dose", partner=None),
        put("cautions", above=100.0),
        put("cautions", above=100.0, unit="mg"),
    ),
    "check_outcomes_say_what_may_matter": (
        put("outcomes", lacks=()),
        put("outcomes", tumour_term=None),
    ),
}
CASES = [(name, i) for name, breaches in BREACHES.items() for i in range(len(breaches))]


def find_issues(atlas: Atlas, shelf: Interventions) -> dict[str, list[str]]:
    report = check_atlas(replace(atlas, interventions=shelf))
    return {name: [str(i) for i in report.issues if i.check == name] for name in report.checks}


def test_the_minimal_shelf_breaks_no_rule(tiny_atlas: Atlas, shelf: Interventions) -> None:
    report = check_atlas(replace(tiny_atlas, interventions=shelf))
    assert [str(issue) for issue in report.issues] == []
    counts = report.counts
    assert (counts.interventions, counts.potencies_sourced, counts.exposures_sourced) == (1, 0, 1)
    assert counts.outcomes == 1


@pytest.mark.parametrize(("name", "i"), CASES)
def test_check_rejects_a_shelf_that_breaks_its_rule(
    name: str, i: int, tiny_atlas: Atlas, shelf: Interventions
) -> None:
    issues = find_issues(tiny_atlas, BREACHES[name][i](shelf))[name]
    assert issues
    assert all(len(text) < 600 and "\n" not in text for text in issues)


def test_every_check_of_the_shelf_has_one_it_rejects_and_a_description() -> None:
    assert [check.name for check in SHELF_CHECKS] == list(BREACHES)
    assert all(check.description.endswith(".") for check in SHELF_CHECKS)


def test_a_lead_is_no_outcome(tiny_atlas: Atlas, shelf: Interventions) -> None:
    lead = put("outcomes", read="unverified")(shelf)
    assert not lead.find_outcomes("siltuximab")
    assert check_atlas(replace(tiny_atlas, interventions=lead)).counts.outcomes == 0


def test_both_halves_of_a_toxic_pair_are_warned(shelf: Interventions) -> None:
    assert shelf.find_cautions("cisplatin") == shelf.find_cautions("siltuximab") == shelf.cautions


def test_the_atlas_tells_failures_and_successes_that_were_read() -> None:
    shelf = load_atlas().interventions
    read = [row for row in shelf.outcomes if row.read in ("full text", "abstract", "meeting abstract")]
    results = [row.result for row in read]
    assert results.count("failure") >= 5
    assert results.count("success") >= 3
    assert {row.species for row in read} == {"human", "mouse"}
    by_paper = {row.paper: row.result for row in read}
    for paper in ("agarwal2012", "orlowski2015", "sanmiguel2014", "goldstein2021"):
        assert by_paper[paper] == "failure"


def test_no_number_of_the_atlas_comes_from_a_paper_nobody_read() -> None:
    atlas = load_atlas()
    shelf = atlas.interventions
    cited = {row.source for row in shelf.actions} | {row.source for row in shelf.exposures}
    cited |= {row.unbound_source for row in shelf.exposures}
    cited |= {row.paper for row in shelf.outcomes if row.read != "unverified"}
    seen = {key: atlas.papers[key].seen for key in cited & set(atlas.papers)}
    assert [key for key, how in seen.items() if how.startswith(("nothing", "itself not read"))] == []
