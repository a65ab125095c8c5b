"""Checks of a record's observations and contrasts: what was reported, and what must hold."""

from collections.abc import Iterator, Mapping

from mscape.atlas.check_name import YAML, suggest
from mscape.atlas.issue import Issue
from mscape.atlas.load import Atlas, Record
from mscape.atlas.row import ContrastRow, ObservationRow
from mscape.errors import DataError
from mscape.units import convert_value

# What the chassis of every model has; molecular readouts are the record's own.
CHASSIS_READOUTS = (
    "viability",
    "viability_well",
    "count",
    "apoptosis",
    "colonies",
    "gr",
    "ic50",
    "drug_cell",
)
_OBSERVATIONS, _CONTRASTS = "observations.tsv", "contrasts.tsv"


def check_arms_name_what_exists(record: Record, atlas: Atlas) -> Iterator[Issue]:
    """Protocol, cells, drug and perturbations of every arm are described in the record."""
    mechanism = record.mechanism
    cells = {
        role: [cell.id for cell in mechanism.cells if cell.role == role]
        for role in ("tumour", "msc", "other")
    }
    known = {
        "protocol": [protocol.id for protocol in mechanism.protocols],
        "tumour": cells["tumour"],
        "msc": cells["msc"] + cells["other"],
        "drug": [*mechanism.drugs, *atlas.drugs],
        "perturbation": [perturbation.id for perturbation in mechanism.perturbations],
    }
    for i, row in enumerate(record.observations):
        named: dict[str, tuple[str | None, ...]] = {"perturbation": row.perturbation}
        named |= {part: (getattr(row, part),) for part in ("protocol", "tumour", "msc", "drug")}
        for part, names in named.items():
            for name in names:
                if name is not None and name not in known[part]:
                    found = f"arm '{row.arm}': {part} '{name}' is not described"
                    file = "drugs.tsv" if part == "drug" else YAML
                    expected, advice = suggest(name, known[part], f"add it to {file}")
                    yield Issue(record.find_place(_OBSERVATIONS, i), found, expected, advice)


def check_doses_have_units(record: Record, atlas: Atlas) -> Iterator[Issue]:
    """A dose is a concentration of a drug, 0 or more, in a unit that can be converted."""
    for i, row in enumerate(record.observations):
        where = record.find_place(_OBSERVATIONS, i)
        if row.dose is None:
            if row.dose_unit is not None:
                yield Issue(where, f"arm '{row.arm}' has a dose unit and no dose", "", "clear or add it")
            continue
        if row.drug is None or row.dose_unit is None:
            lacks = "drug" if row.drug is None else "dose_unit"
            yield Issue(where, f"arm '{row.arm}' has a dose and no {lacks}", f"a {lacks}", "as printed")
            continue
        drug = atlas.drugs.get(row.drug)
        try:
            mass = None if drug is None else convert_value(drug.molar_mass, "g/mol", dimension="molar mass")
            convert_value(row.dose, row.dose_unit, dimension="concentration", molar_mass=mass, where=where)
        except DataError as error:
            yield Issue(error.where, error.found, error.expected, error.advice)


def check_groups_fit_provenance(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """The row's own paper makes group 'row paper' and no other does; provenance does not say otherwise."""
    own = record.mechanism.paper
    for i, row in enumerate(record.observations):
        where = record.find_place(_OBSERVATIONS, i)
        # The authors' abstracts and theses are other publications on the row's own experiment.
        by_authors = row.provenance in ("author-meeting-abstract", "author-thesis")
        if (row.paper == own) != (row.group == "row paper") and not by_authors:
            found = f"paper '{row.paper}' in group '{row.group}'"
            expected = f"'row paper' for '{own}' and for nothing else"
            yield Issue(where, found, expected, "correct paper or group")
        wrong = {"related": ("row paper",), "same-group": ("row paper", "other papers")}
        if row.group in wrong.get(row.provenance, ()):
            found = f"provenance '{row.provenance}' in group '{row.group}'"
            yield Issue(where, found, "a provenance that fits the group", "correct one of them")


def check_arms_of_an_observation_agree(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """The arms of one observation come from one paper and are read in one way."""
    first: dict[str, ObservationRow] = {}
    for i, row in enumerate(record.observations):
        other = first.setdefault(row.observation, row)
        for part in ("readout", "paper", "group", "unit"):
            one, two = getattr(other, part), getattr(row, part)
            if one != two and not (part == "unit" and None in (one, two)):
                found = f"arm '{row.arm}' has {part} '{two}', arm '{other.arm}' '{one}'"
                where = record.find_place(_OBSERVATIONS, i)
                yield Issue(
                    where, found, f"one {part} an observation", "correct it, or split the observation"
                )


def check_every_observation_has_a_contrast(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """Every observation is spoken of by at least one contrast, in scope or out with its reason."""
    used = {row.observation for row in record.contrasts}
    seen: set[str] = set()
    for i, row in enumerate(record.observations):
        if row.observation not in used | seen:
            found = f"no contrast speaks of '{row.observation}'"
            advice = "add one, out of scope with a reason if the model cannot have it"
            yield Issue(record.find_place(_OBSERVATIONS, i), found, "", advice)
        seen.add(row.observation)


def check_contrasts_name_arms(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """The arms of a contrast are arms of its observation, each named once; its step is one of the record."""
    arms = _list_arms(record)
    steps = [step.id for step in record.mechanism.steps]
    for i, row in enumerate(record.contrasts):
        where = record.find_place(_CONTRASTS, i)
        if row.observation not in arms:
            expected, advice = suggest(row.observation, arms, "add its arms to observations.tsv")
            yield Issue(where, f"there is no observation '{row.observation}'", expected, advice)
            continue
        names = list_contrast_arms(row)
        for name in names:
            if name not in arms[row.observation]:
                expected, advice = suggest(name, arms[row.observation], "add the arm")
                yield Issue(where, f"'{row.observation}' has no arm '{name}'", expected, advice)
        if len(set(names)) < len(names):
            yield Issue(where, "an arm is compared with itself", "different arms", "correct the arms")
        if row.step is not None and row.step not in steps:
            expected, advice = suggest(row.step, steps, "add the step")
            yield Issue(where, f"there is no step '{row.step}'", expected, advice)


def check_contrasts_have_their_parts(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """Each kind of contrast has the arms and values it needs, and none it has no use for."""
    for i, row in enumerate(record.contrasts):
        # A statement without direction has nothing to compare; it is carried and not scored.
        if row.reason == "no direction reported":
            continue
        where = record.find_place(_CONTRASTS, i)
        named = f"contrast '{row.contrast}' ({row.kind})"
        if row.kind == "ordered":
            if len(row.arm) < 2 or row.versus is not None:
                yield Issue(
                    where, f"{named} names {len(row.arm)} arms", "arm = a;b;… and no versus", "list them"
                )
        elif len(row.arm) != 1 or row.versus is None:
            yield Issue(where, f"{named} compares nothing", "one arm and one versus", "name both")
        if (row.kind == "partial") != (row.unprotected is not None):
            expected = "three arms" if row.kind == "partial" else "unprotected only for 'partial'"
            yield Issue(where, f"{named} and unprotected do not fit", expected, "correct one")
        if (row.kind == "value") != (row.value is not None):
            expected = "the ratio arm/versus" if row.kind == "value" else "a value only for 'value'"
            yield Issue(where, f"{named} and value do not fit", expected, "correct one")
        if row.value is not None and row.value <= 0:
            yield Issue(where, f"{named} has the ratio {row.value:g}", "a ratio above 0", "check the number")
        if row.error is not None and (row.value is None or row.error < 0):
            yield Issue(
                where, f"{named} has an error that fits no value", "0 or more, with a value", "check it"
            )


def check_scope_has_its_reason(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """A contrast out of scope has one reason of the list; one in scope has none."""
    for i, row in enumerate(record.contrasts):
        where = record.find_place(_CONTRASTS, i)
        if row.scope == "out" and row.reason is None:
            yield Issue(where, f"'{row.contrast}' is out of scope without reason", "a reason", "give one")
        if row.scope == "in" and row.reason is not None:
            found = f"'{row.contrast}' is in scope with reason '{row.reason}'"
            yield Issue(where, found, "no reason", "clear it, or write 'out'")


def check_contrasts_read_what_arms_read(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """A contrast has the paper of its observation, and its readout unless the arms are read differently."""
    arms = _list_arms(record)
    for i, row in enumerate(record.contrasts):
        first = next(iter(arms.get(row.observation, {}).values()), None)
        for part in ("paper",) if ";" in row.readout else ("readout", "paper"):
            if first is not None and getattr(first, part) != getattr(row, part):
                found = f"'{row.contrast}' has {part} '{getattr(row, part)}'"
                expected = f"'{getattr(first, part)}' as its observation"
                yield Issue(record.find_place(_CONTRASTS, i), found, expected, "correct one of them")


def check_readouts_in_scope_exist(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """A contrast in scope reads what the chassis has or a readout of the record."""
    known = (*CHASSIS_READOUTS, *(readout.id for readout in record.mechanism.readouts))
    for i, row in enumerate(record.contrasts):
        for name in row.readout.split(";") if row.scope == "in" else ():
            if name.strip() not in known:
                found = f"'{row.contrast}' reads '{name.strip()}', which is no readout"
                advice = "add it to readouts, or write 'out' with reason 'quantity not in the chassis'"
                expected, advice = suggest(name.strip(), known, advice)
                yield Issue(record.find_place(_CONTRASTS, i), found, expected, advice)


def check_arms_in_scope_can_be_run(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """An arm of a contrast in scope names its protocol, and the tumour cells if it ends with them."""
    arms = _list_arms(record)
    ends = {protocol.id: protocol.periods[-1].contents for protocol in record.mechanism.protocols}
    for i, row in enumerate(record.contrasts):
        if row.scope == "out":
            continue
        for name in list_contrast_arms(row):
            arm = arms.get(row.observation, {}).get(name)
            if arm is None:
                continue
            where = record.find_place(_CONTRASTS, i)
            found = f"'{row.contrast}' is in scope and arm '{name}' has no"
            if arm.protocol is None:
                yield Issue(where, f"{found} protocol", "a protocol", "name it, or write 'out' with a reason")
            elif arm.tumour is None and "tumour" in ends.get(arm.protocol, ()):
                yield Issue(where, f"{found} tumour cells", "a cell of the record", "name them")


def check_misses_name_contrasts(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """What a record says it misses is one of its contrasts in scope."""
    known = {row.contrast: row.scope for row in record.contrasts}
    for name in record.mechanism.misses:
        where = record.find_place(YAML, "misses", name)
        if name not in known:
            expected, advice = suggest(name, known, "remove it")
            yield Issue(where, f"there is no contrast '{name}'", expected, advice)
        elif known[name] == "out":
            yield Issue(where, f"contrast '{name}' is out of scope", "one in scope", "remove it")


def list_contrast_arms(row: ContrastRow) -> tuple[str, ...]:
    """Return every arm a contrast names."""
    return (*row.arm, *(name for name in (row.versus, row.unprotected) if name is not None))


def _list_arms(record: Record) -> Mapping[str, Mapping[str, ObservationRow]]:
    arms: dict[str, dict[str, ObservationRow]] = {}
    for row in record.observations:
        arms.setdefault(row.observation, {}).setdefault(row.arm, row)
    return arms
