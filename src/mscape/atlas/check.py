"""Check the atlas: one list of small rules about records alone; all issues at once, and what was counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from mscape.atlas import check_intervention, check_name, check_record, check_table
from mscape.atlas.issue import Check, Issue, make_check
from mscape.atlas.load import Atlas, Record

CHECKS: tuple[Check[Record, Atlas], ...] = tuple(
    make_check(function)
    for function in (
        check_name.check_nothing_is_left_to_fill,
        check_name.check_no_part_is_empty,
        check_name.check_ids_are_unique,
        check_name.check_names_are_entities,
        check_name.check_terms_are_listed,
        check_name.check_papers_are_listed,
        check_name.check_drugs_are_described,
        check_name.check_curators_are_known,
        check_record.check_claim_is_as_printed,
        check_record.check_verdict_follows_its_basis,
        check_record.check_verdict_says_what_differs,
        check_record.check_every_step_has_evidence,
        check_record.check_steps_reach_fate,
        check_record.check_protocols_can_be_read_out,
        check_record.check_perturbations_have_strength,
        check_record.check_parameters_have_sources,
        check_record.check_parameter_ranges_are_ordered,
        check_record.check_gates_are_arithmetic,
        check_record.check_gaps_are_named,
        check_record.check_deprecation_is_complete,
        check_table.check_arms_name_what_exists,
        check_table.check_arms_of_an_observation_agree,
        check_table.check_doses_have_units,
        check_table.check_groups_fit_provenance,
        check_table.check_every_observation_has_a_contrast,
        check_table.check_contrasts_name_arms,
        check_table.check_contrasts_have_their_parts,
        check_table.check_contrasts_read_what_arms_read,
        check_table.check_scope_has_its_reason,
        check_table.check_readouts_in_scope_exist,
        check_table.check_arms_in_scope_can_be_run,
        check_table.check_misses_name_contrasts,
    )
)
# Rules on what belongs to no single record.
SHELF_CHECKS: tuple[Check[Atlas, Atlas], ...] = tuple(
    make_check(function)
    for function in (
        check_intervention.check_interventions_are_described,
        check_intervention.check_interventions_stand_once,
        check_intervention.check_intervention_terms_are_listed,
        check_intervention.check_intervention_sources_are_known,
        check_intervention.check_actions_have_their_parts,
        check_intervention.check_exposures_have_their_parts,
        check_intervention.check_cautions_have_their_parts,
        check_intervention.check_outcomes_say_what_may_matter,
    )
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a pass over the atlas looked at.

    Parameters
    ----------
    records, reviewed, steps, evidence, observations, arms
        Numbers of each; ``reviewed`` records have been read by a named person against the paper.
    row_paper, same_group, other_papers
        Observations by who made them.
    contrasts_in, contrasts_out
        Contrasts by scope.
    parameters_sourced, parameters_assumed
        Lines of every parameter table: the records', the chassis', the drug classes'.
    terms
        Identifiers in the frozen list.
    interventions, potencies_sourced, exposures_sourced
        Reagents; actions whose strength a paper gives; exposures whose total and unbound share have sources.
    outcomes
        What came of interventions in animals and people, leads left out.
    """

    records: int
    reviewed: int
    steps: int
    evidence: int
    observations: int
    arms: int
    row_paper: int
    same_group: int
    other_papers: int
    contrasts_in: int
    contrasts_out: int
    parameters_sourced: int
    parameters_assumed: int
    terms: int
    interventions: int = 0
    potencies_sourced: int = 0
    exposures_sourced: int = 0
    outcomes: int = 0


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What the checks found.

    Parameters
    ----------
    issues
        By record, then by check; empty if the atlas is in order.
    counts
        What was looked at.
    checks
        Names of the checks that ran.
    """

    issues: tuple[Issue, ...]
    counts: Counts
    checks: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.issues


def check_atlas(atlas: Atlas, *, checks: Sequence[Check[Record, Atlas]] = CHECKS) -> CheckReport:
    """Run checks on every record, and those of the shelf.

    Parameters
    ----------
    atlas
        As loaded.
    checks
        By default every check of records alone.
    """
    found = (
        issue
        for record in atlas.records.values()
        for check in checks
        for issue in check.find_issues(record, atlas)
    )
    on_shelf = (issue for check in SHELF_CHECKS for issue in check.find_issues(atlas, atlas))
    # What is wrong in a shared table is found from each record that uses it, and told once.
    issues = tuple(dict.fromkeys((*found, *on_shelf)))
    names = (*(check.name for check in checks), *(check.name for check in SHELF_CHECKS))
    return CheckReport(issues, count_atlas(atlas), names)


def count_atlas(atlas: Atlas) -> Counts:
    """Count what an atlas holds.

    Parameters
    ----------
    atlas
        As loaded.
    """
    records = list(atlas.records.values())
    groups = [{row.observation: row.group for row in record.observations} for record in records]
    by_group = [group for record_groups in groups for group in record_groups.values()]
    scopes = [row.scope for record in records for row in record.contrasts]
    sources = [row.source for record in records for row in record.parameters]
    sources += [row.source for row in atlas.parameters] + [row.source for row in atlas.drug_classes]
    assumed = [check_record.is_assumed(source) for source in sources]
    steps = [step for record in records for step in record.mechanism.steps]
    shelf = atlas.interventions
    strengths = [row for row in shelf.actions if not check_record.is_assumed(row.source)]
    exposures = [(row.total is not None, row.unbound is not None) for row in shelf.exposures]
    return Counts(
        records=len(records),
        reviewed=sum(bool(record.mechanism.curation.reviewed_by) for record in records),
        steps=len(steps),
        evidence=sum(len(step.evidence) for step in steps),
        observations=len(by_group),
        arms=sum(len(record.observations) for record in records),
        row_paper=by_group.count("row paper"),
        same_group=by_group.count("same group"),
        other_papers=by_group.count("other papers"),
        contrasts_in=scopes.count("in"),
        contrasts_out=scopes.count("out"),
        parameters_sourced=assumed.count(False),
        parameters_assumed=assumed.count(True),
        terms=len(atlas.terms),
        interventions=len(shelf.reagents),
        potencies_sourced=len(strengths),
        exposures_sourced=exposures.count((True, True)),
        outcomes=sum(row.read != "unverified" for row in shelf.outcomes),
    )
