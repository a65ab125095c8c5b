"""Checks of what a record says: claim, verdict, steps, protocols, parameters, gates, curation."""

import ast
from collections.abc import Iterator
from functools import cache

from mscape.atlas.check_name import YAML, suggest
from mscape.atlas.issue import Issue
from mscape.atlas.load import Atlas, Record
from mscape.atlas.row import DrugClassRow, ParameterRow
from mscape.atlas.table import read_seed_table

SEED = "review2021"
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd)


def check_claim_is_as_printed(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """A claim of the seed table equals the row as printed: tumour, drug, mechanism, reference."""
    claim = record.mechanism.claim
    rows = _read_seed_rows()
    if claim.table != SEED:
        return
    if claim.row not in rows:
        where = record.find_place(YAML, "claim", "row")
        yield Issue(where, f"the table has no row {claim.row}", f"1 to {len(rows)}", "check row and table")
        return
    for name, printed in zip(("tumour", "drug", "mechanism", "reference"), rows[claim.row], strict=True):
        written = " ".join(getattr(claim, name).split())
        if written != printed:
            where = record.find_place(YAML, "claim", name)
            yield Issue(where, f"{name} is '{written}'", f"'{printed}' as in row {claim.row}", "copy the row")


def check_verdict_follows_its_basis(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """A secondary basis makes a verdict unverified, and no basis goes beyond what could be read."""
    verdict, access = record.mechanism.verdict, record.mechanism.curation.access
    where = record.find_place(YAML, "verdict", "verdict")
    if verdict.basis == "secondary" and verdict.verdict != "unverified":
        yield Issue(where, f"'{verdict.verdict}' on a secondary basis", "unverified", "write 'unverified'")
    allowed = {
        "full text": ("full text", "abstract", "meeting abstract", "secondary"),
        "abstract": ("abstract", "meeting abstract", "secondary"),
        "secondary": ("secondary", "meeting abstract"),
    }[access]
    if verdict.basis not in allowed:
        where = record.find_place(YAML, "verdict", "basis")
        found = f"basis '{verdict.basis}' with access '{access}'"
        yield Issue(where, found, " or ".join(allowed), "say what was read")


def check_verdict_says_what_differs(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """A verdict 'partly' or 'contradicted' lists what differs between table and source."""
    verdict = record.mechanism.verdict
    if verdict.verdict in ("partly", "contradicted") and not verdict.differs:
        where = record.find_place(YAML, "verdict")
        yield Issue(where, f"'{verdict.verdict}' and nothing differs", "what differs", "fill 'differs'")


def check_every_step_has_evidence(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """Every step has at least one item of evidence, and a step not marked implied one that supports it."""
    for i, step in enumerate(record.mechanism.steps):
        where = record.find_place(YAML, "steps", i)
        if not step.evidence:
            found = f"step '{step.id}' has no evidence"
            yield Issue(where, found, "at least one item", "say which paper and where")
        elif not step.implied and all(item.direction == "refutes" for item in step.evidence):
            found = f"all evidence refutes step '{step.id}'"
            yield Issue(where, found, "one item that supports it", "add it, or write 'implied: true'")


def check_steps_reach_fate(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """The steps lead from msc to death or growth, so that a sign can be read off them."""
    entities = {entity.id: entity.kind for entity in record.mechanism.entities}
    reached, frontier = {"msc"}, ["msc"]
    while frontier:
        name = frontier.pop()
        new = [step.target for step in record.mechanism.steps if step.source == name]
        frontier += [target for target in new if target not in reached]
        reached |= set(new)
    if record.mechanism.steps and not reached & {"death", "growth"}:
        where = record.find_place(YAML, "steps")
        yield Issue(where, "no chain of steps leads from msc to death or growth", "", "add the missing steps")
    for name, kind in (("msc", "cell"), ("death", "process"), ("growth", "process")):
        if entities.get(name, kind) != kind:
            where = record.find_place(YAML, "entities", list(entities).index(name))
            yield Issue(where, f"'{name}' is a {entities[name]}", f"a {kind}", f"write 'kind: {kind}'")


def check_protocols_can_be_read_out(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """A protocol ends with tumour cells, or holds MSC alone; medium comes from an earlier MSC period."""
    for i, protocol in enumerate(record.mechanism.protocols):
        where = record.find_place(YAML, "protocols", i)
        contents = [set(period.contents) for period in protocol.periods]
        msc_alone = "msc" in contents[-1] and not any("tumour" in content for content in contents)
        if "tumour" not in contents[-1] and not msc_alone:
            found = f"protocol '{protocol.id}' ends without cells to read"
            yield Issue(where, found, "tumour in the last period, or MSC throughout", "add what is missing")
        for j, content in enumerate(contents):
            if "medium" in content and not any("msc" in earlier for earlier in contents[:j]):
                found = f"protocol '{protocol.id}' uses medium that no earlier period makes"
                yield Issue(where, found, "an earlier period [msc]", "add it")
        if protocol.medium_share is not None and not any("medium" in content for content in contents):
            found = f"protocol '{protocol.id}' has a medium_share and no medium"
            yield Issue(where, found, "medium in a period", "add it or remove medium_share")


def check_perturbations_have_strength(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """A perturbation that acts has low ≤ value ≤ high and says why if assumed; a control acts on nothing."""
    for i, item in enumerate(record.mechanism.perturbations):
        where = record.find_place(YAML, "perturbations", i)
        name = f"perturbation '{item.id}'"
        low, value, high = item.low, item.value, item.high
        if item.kind == "control" and item.parameters:
            yield Issue(where, f"{name} is a control and acts", "no parameters", "remove them")
        if item.parameters and value is None:
            yield Issue(where, f"{name} has no value", "how strongly it acts", "give value, low and high")
        if value is not None and (value < 0 or not item.parameters):
            found = f"{name} has a value below 0" if value < 0 else f"{name} has a value and no parameters"
            yield Issue(where, found, "a value of 0 or more for parameters it names", "mend one")
        bounds = [bound for bound in (low, value, high) if bound is not None]
        if bounds != sorted(bounds) or (low is None) != (high is None):
            yield Issue(where, f"{name} has a range out of order", "low ≤ value ≤ high", "check the three")
        if item.source.strip().lower() in ("assumed", "assumed:"):
            yield Issue(where, f"{name} is assumed without a reason", "assumed: reason", "say why")


# besides papers: what else can give a parameter its value
GIVEN_BY = ("definition", "condition", "drug", "line")


def check_parameters_have_sources(record: Record, atlas: Atlas) -> Iterator[Issue]:
    """Every parameter names a paper or what gives it; an assumed one says why; none stands twice."""
    for where, row in _list_parameters(record, atlas):
        first = row.source.partition(";")[0].strip()
        if not is_assumed(row.source) and first not in GIVEN_BY and first not in atlas.papers:
            expected = f"a key of papers.tsv, 'assumed', or one of {', '.join(GIVEN_BY)}"
            yield Issue(
                where,
                f"source '{row.source[:60]}' of '{row.parameter}' is unknown",
                expected,
                "add the paper",
            )
        if is_assumed(row.source) and not row.note and not row.source.partition(":")[2].strip():
            found = f"'{row.parameter}' is assumed without a reason"
            yield Issue(where, found, "the reason in note", "say why this value and range")
    seen: set[str] = set()
    for i, row in enumerate(record.parameters):
        where = record.find_place("parameters.tsv", i)
        if row.parameter in seen:
            yield Issue(where, f"'{row.parameter}' stands twice", "each once", "remove one")
        seen.add(row.parameter)


def check_parameter_ranges_are_ordered(record: Record, atlas: Atlas) -> Iterator[Issue]:
    """A parameter has low < value < high (or on an end of a uniform range), or is fixed and has no range."""
    for where, row in _list_parameters(record, atlas):
        low, high = row.low, row.high
        if row.distribution == "fixed":
            if low is not None or high is not None:
                found = f"'{row.parameter}' is fixed and has a range"
                yield Issue(where, found, "no range", "clear low and high, or choose a distribution")
            if is_assumed(row.source):
                found = f"'{row.parameter}' is assumed and fixed"
                yield Issue(where, found, "a range", "give low, high and a distribution")
            continue
        ends = row.distribution in ("uniform", "loguniform")
        if low is None or high is None:
            yield Issue(where, f"'{row.parameter}' has no range", "low and high", "give both, or fix it")
        elif not (low <= row.value <= high and low < high and (ends or low < row.value < high)):
            found = f"'{row.parameter}' has a range out of order ({low:g}, {row.value:g}, {high:g})"
            yield Issue(where, found, "low < value < high", "check the three numbers")
        elif row.distribution.startswith("log") and low <= 0:
            found = f"'{row.parameter}' is {row.distribution} and its range reaches {low:g}"
            yield Issue(where, found, "a range above 0", "choose another range or distribution")


def check_gates_are_arithmetic(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """What a gate computes is arithmetic of numbers and names: + - * / ** and parentheses."""
    for i, gate in enumerate(record.mechanism.gates):
        for part in ("available", "needed"):
            problem = find_arithmetic_problem(getattr(gate, part))
            if problem:
                where = record.find_place(YAML, "gates", i, part)
                advice = "rewrite the formula"
                yield Issue(where, f"gate '{gate.id}' {part}: {problem}", "names and + - * / **", advice)


def check_gaps_are_named(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """A record written without the full text says what was searched and not found."""
    mechanism = record.mechanism
    if mechanism.curation.access != "full text" and not mechanism.gaps:
        where = record.find_place(YAML, "gaps")
        yield Issue(where, f"access is '{mechanism.curation.access}' and gaps is empty", "", "name the gaps")


def check_deprecation_is_complete(record: Record, atlas: Atlas) -> Iterator[Issue]:
    """A successor is another record, and stands only where a reason for deprecation does."""
    curation = record.mechanism.curation
    if curation.successor is None:
        return
    where = record.find_place(YAML, "curation", "successor")
    if curation.deprecated is None:
        yield Issue(where, "a successor and no reason", "the reason in 'deprecated'", "say why")
    if curation.successor == record.id or curation.successor not in atlas.records:
        others = [name for name in atlas.records if name != record.id]
        expected, advice = suggest(curation.successor, others, "name a record of the atlas")
        yield Issue(where, f"successor '{curation.successor}' is no other record", expected, advice)


def is_assumed(source: str) -> bool:
    """Whether a source says that the value is assumed."""
    return source.strip().lower().startswith("assumed")


def find_arithmetic_problem(text: str) -> str | None:
    """Return why a text is not plain arithmetic, or None. It is parsed, never run.

    Parameters
    ----------
    text
        Such as ``il6_secretion * msc_count * hours / volume``.

    Examples
    --------
    >>> find_arithmetic_problem("2 * a ** 2")
    >>> find_arithmetic_problem("open('x')")
    "'Call' is no arithmetic"
    """
    if len(text) > 500:
        return "longer than 500 characters"
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "it cannot be read"
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, bool) or not isinstance(node.value, int | float):
                return f"{str(node.value)[:40]!r} is no number"
        elif not isinstance(node, (ast.Expression, ast.BinOp, ast.UnaryOp, ast.Name, ast.Load, *_OPERATORS)):
            return f"'{type(node).__name__}' is no arithmetic"
    return None


def _list_parameters(record: Record, atlas: Atlas) -> Iterator[tuple[str, ParameterRow | DrugClassRow]]:
    """Place and row of each parameter a record's model may use: its own, the chassis', the drug classes'."""
    for i, own in enumerate(record.parameters):
        yield record.find_place("parameters.tsv", i), own
    for shared in atlas.parameters:
        yield f"motifs/parameters.tsv '{shared.parameter}'", shared
    for row in atlas.drug_classes:
        yield f"drug_classes.tsv '{row.drug_class}' '{row.parameter}'", row


@cache
def _read_seed_rows() -> dict[int, tuple[str, str, str, str]]:
    """Rows of the seed table as printed, by number. Package data, hence the same at every call."""
    return {
        claim.row: (
            claim.tumour.printed,
            ", ".join(drug.printed for drug in claim.drugs),
            claim.mechanism,
            ", ".join(reference.printed for reference in claim.references),
        )
        for claim in read_seed_table().claims
    }
