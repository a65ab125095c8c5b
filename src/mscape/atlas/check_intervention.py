"""Checks of interventions and of what came of them: records alone, each rule on the whole shelf at once."""

from collections import Counter
from collections.abc import Iterator

from mscape.atlas.check_name import suggest
from mscape.atlas.check_record import GIVEN_BY, is_assumed
from mscape.atlas.intervention import UNKNOWN, ActionRow, ExposureRow
from mscape.atlas.issue import Issue
from mscape.atlas.load import Atlas
from mscape.errors import DataError
from mscape.units import Quantity, convert_value

_FOLDER = "interventions/"
_REAGENTS = ("chemical", "reagent")
_ORDER, _THREE = "low ≤ value ≤ high", "check the three"
_TARGETS = ("protein", "gene", "family", "miRNA stem-loop")


def check_interventions_are_described(atlas: Atlas, _context: Atlas) -> Iterator[Issue]:
    """Every line names an intervention that is described; each of these has an action and an exposure."""
    shelf = atlas.interventions
    named = [(_place("actions", row.intervention), row.intervention) for row in shelf.actions]
    named += [(_place("exposures", row.intervention), row.intervention) for row in shelf.exposures]
    named += [(_place("cautions", row.intervention), row.intervention) for row in shelf.cautions]
    named += [(f"outcomes.tsv '{row.outcome}'", name) for row in shelf.outcomes for name in row.interventions]
    for where, name in named:
        if name not in shelf.reagents:
            expected, advice = suggest(name, shelf.reagents, "add it to interventions.tsv")
            yield Issue(where, f"intervention '{name}' is not described", expected, advice)
    for name in shelf.reagents:
        for file, rows in (("actions", shelf.find_actions(name)), ("exposures", shelf.find_exposures(name))):
            if not rows:
                found = f"'{name}' has no line in {file}.tsv"
                advice = "say what it acts on" if file == "actions" else "write 'unknown' if it is not known"
                yield Issue(_place("interventions", name), found, "at least one", advice)


def check_interventions_stand_once(atlas: Atlas, _context: Atlas) -> Iterator[Issue]:
    """No identifier names two interventions, and no parameter is acted on twice by one."""
    shelf = atlas.interventions
    terms = Counter(row.term for row in shelf.reagents.values() if row.term)
    for reagent in shelf.reagents.values():
        if reagent.term is not None and terms[reagent.term] > 1:
            found = f"identifier '{reagent.term}' names another intervention too"
            yield Issue(_place("interventions", reagent.intervention), found, "each once", "merge the two")
    acted = Counter((row.intervention, name) for row in shelf.actions for name in row.parameters)
    for (intervention, name), count in acted.items():
        if count > 1:
            found = f"'{name}' is acted on {count} times"
            yield Issue(_place("actions", intervention), found, "each parameter once", "merge the lines")
    told = Counter((row.paper, row.endpoint, row.drug, row.species) for row in shelf.outcomes)
    for row in shelf.outcomes:
        if told[row.paper, row.endpoint, row.drug, row.species] > 1:
            found = f"'{row.endpoint}' of paper '{row.paper}' stands in another line too"
            yield Issue(f"outcomes.tsv '{row.outcome}'", found, "each result once", "merge the lines")


def check_intervention_terms_are_listed(atlas: Atlas, _context: Atlas) -> Iterator[Issue]:
    """Identifiers of reagents, targets and tumours stand in terms.tsv and are of a kind that fits."""
    shelf = atlas.interventions
    named: list[tuple[str, str | None, tuple[str, ...]]] = []
    for reagent in shelf.reagents.values():
        named.append((_place("interventions", reagent.intervention), reagent.term, _REAGENTS))
    named += [(_place("actions", row.intervention), row.target, _TARGETS) for row in shelf.actions]
    named += [(f"outcomes.tsv '{row.outcome}'", row.tumour_term, ("disease",)) for row in shelf.outcomes]
    for where, curie, kinds in named:
        if curie is None:
            continue
        term = atlas.terms.get(curie)
        if term is None:
            expected, advice = suggest(curie, atlas.terms, "add it to terms.tsv with its source")
            yield Issue(where, f"term '{curie}' is not in terms.tsv", expected, advice)
        elif term.kind not in kinds:
            found = f"'{curie}' ({term.label}) is a {term.kind}"
            yield Issue(where, found, " or ".join(kinds), "choose a term of that kind")


def check_intervention_sources_are_known(atlas: Atlas, _context: Atlas) -> Iterator[Issue]:
    """Every source is a paper of papers.tsv, 'assumed' with a reason, 'definition', or 'unknown'."""
    shelf = atlas.interventions
    told: list[tuple[str, str, str | None]] = []
    for reagent in shelf.reagents.values():
        told.append((_place("interventions", reagent.intervention), reagent.source, reagent.note))
    told += [(_place("actions", row.intervention), row.source, row.note) for row in shelf.actions]
    for exposure in shelf.exposures:
        where = _place("exposures", exposure.intervention)
        told += [(where, exposure.source, exposure.note), (where, exposure.unbound_source, exposure.note)]
    told += [(_place("cautions", row.intervention), row.source, row.what) for row in shelf.cautions]
    told += [(f"outcomes.tsv '{row.outcome}'", row.paper, row.note) for row in shelf.outcomes]
    for where, source, why in told:
        if is_assumed(source) or source == UNKNOWN:
            if not why:
                yield Issue(where, f"'{source}' without a reason", "the reason in note", "say why")
        elif source not in atlas.papers and source not in GIVEN_BY:
            expected, advice = suggest(source, atlas.papers, "add it to papers.tsv")
            yield Issue(where, f"source '{source[:60]}' is not in papers.tsv", expected, advice)


def check_actions_have_their_parts(atlas: Atlas, _context: Atlas) -> Iterator[Issue]:
    """An action has the potency its kind needs, a convertible unit, and ranges in order."""
    for row in atlas.interventions.actions:
        where = _place("actions", row.intervention)
        found = _find_lack(row)
        if found:
            yield Issue(where, f"{row.how} of {', '.join(row.parameters)}: {found[0]}", found[1], found[2])
        if row.potency is not None and row.unit is not None:
            yield from _try_unit(atlas, where, row.intervention, row.potency, row.unit)
        ranges = {
            "potency": (row.low, row.potency, row.high),
            "left": (row.left_low, row.left, row.left_high),
        }
        for name, (low, value, high) in ranges.items():
            if not _is_ordered(low, value, high):
                yield Issue(where, f"{name} has a range out of order", _ORDER, _THREE)
        if row.potency is not None and min(row.potency, row.potency if row.low is None else row.low) <= 0:
            yield Issue(where, "potency is not above 0", "a concentration above 0", "check the number")
        if any(part is not None and not 0 <= part <= 1 for part in (row.left, row.left_low, row.left_high)):
            yield Issue(where, "what is left is no share", "0 to 1", "check the number")


def check_exposures_have_their_parts(atlas: Atlas, _context: Atlas) -> Iterator[Issue]:
    """An exposure has a total with unit and source, or is unknown; so has the unbound share."""
    for row in atlas.interventions.exposures:
        where = _place("exposures", row.intervention)
        known = {"total": (row.total, row.source), "unbound": (row.unbound, row.unbound_source)}
        for name, (value, source) in known.items():
            if (value is None) != (source == UNKNOWN):
                found = f"{name} has a source and no value" if value is None else f"{name} is called unknown"
                yield Issue(where, found, f"a number with its source, or '{UNKNOWN}'", "mend one of the two")
        if (row.total is None) != (row.unit is None):
            yield Issue(where, "total and unit do not go together", "both or neither", "mend one")
        if row.total is not None and row.unit is not None:
            yield from _try_unit(atlas, where, row.intervention, row.total, row.unit)
        shares = (row.unbound, row.unbound_low, row.unbound_high)
        if any(share is not None and not 0 < share <= 1 for share in shares):
            yield Issue(where, "unbound is no share", "above 0, at most 1", "check the number")
        yield from _find_disorder(row, where)


def check_cautions_have_their_parts(atlas: Atlas, _context: Atlas) -> Iterator[Issue]:
    """A toxic pair names its partner, another intervention or a drug; a limit of dose has a unit."""
    shelf = atlas.interventions
    for row in shelf.cautions:
        where = _place("cautions", row.intervention)
        if (row.caution == "toxic pair") != (row.partner is not None):
            found = "a partner without a toxic pair" if row.partner else "a toxic pair without a partner"
            yield Issue(where, found, "both or neither", "mend one")
        if row.partner is not None and row.partner not in {*shelf.reagents, *atlas.drugs}:
            known = (*shelf.reagents, *atlas.drugs)
            expected, advice = suggest(row.partner, known, "add it to interventions.tsv or drugs.tsv")
            yield Issue(where, f"partner '{row.partner}' is not described", expected, advice)
        if row.caution == "dose" and row.above is None:
            yield Issue(where, "a limit of dose without the dose", "above and unit", "give both")
        if (row.above is None) != (row.unit is None):
            yield Issue(where, "above and unit do not go together", "both or neither", "mend one")
        elif row.above is not None and row.unit is not None:
            yield from _try_unit(atlas, where, row.intervention, row.above, row.unit)


def check_outcomes_say_what_may_matter(atlas: Atlas, _context: Atlas) -> Iterator[Issue]:
    """A reported outcome names what the models lack; one of another tumour says so, and no other does."""
    for row in atlas.interventions.outcomes:
        where = f"outcomes.tsv '{row.outcome}'"
        if not row.lacks:
            yield Issue(where, "nothing is named that the models lack", "at least one", "name it")
        if row.tumour_term is None and "other tumour" not in row.lacks:
            found = "a tumour without a term, not called another tumour"
            yield Issue(where, found, "a term, or 'other tumour'", "add one of the two")


def _find_lack(row: ActionRow) -> tuple[str, str, str] | None:
    """Return what an action lacks: found, expected, advice."""
    if row.how == "silencing":
        if row.left is None:
            return "nothing says how much is left", "left, 0 to 1", "give it"
        if row.potency is not None or row.affinity:
            return "it has a potency", "none: no concentration is asked", "clear it"
        return None
    if row.potency is None or row.unit is None or row.potency_kind is None:
        return "the potency is not complete", "potency, unit and potency_kind", "give all three"
    if is_assumed(row.source) and (row.low is None or row.high is None):
        return "an assumed potency has no range", "low and high", "give both"
    if (row.how == "concentration") != bool(row.affinity):
        return "affinity does not fit", "the parameter that takes the potency, for a concentration", "mend it"
    if (row.how == "inhibition") != (row.left is not None):
        return "left does not fit", "what is left at saturation, for an inhibition", "mend it"
    return None


def _find_disorder(row: ExposureRow, where: str) -> Iterator[Issue]:
    ranges = {
        "total": (row.low, row.total, row.high),
        "unbound": (row.unbound_low, row.unbound, row.unbound_high),
    }
    for name, (low, value, high) in ranges.items():
        if not _is_ordered(low, value, high):
            yield Issue(where, f"{name} has a range out of order", _ORDER, _THREE)


def _is_ordered(low: float | None, value: float | None, high: float | None) -> bool:
    parts = [part for part in (low, value, high) if part is not None]
    return parts == sorted(parts) and (value is not None or not parts)


def _try_unit(atlas: Atlas, where: str, name: str, value: float, unit: str) -> Iterator[Issue]:
    """Yield why a printed concentration of a reagent cannot be turned into nM."""
    reagent = atlas.interventions.reagents.get(name)
    mass: Quantity | None = None
    try:
        if reagent is not None and reagent.molar_mass is not None:
            mass = convert_value(reagent.molar_mass, "g/mol", dimension="molar mass", where=where)
        convert_value(value, unit, dimension="concentration", molar_mass=mass, where=where)
    except DataError as error:
        yield Issue(where, error.found, error.expected, error.advice)


def _place(table: str, name: str) -> str:
    return f"{_FOLDER}{table}.tsv '{name}'"
