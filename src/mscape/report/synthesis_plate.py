"""Which one plate would test most rows: candidates, and what each row's papers have of them already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mscape.atlas.load import Atlas, Record
from mscape.atlas.record import Mechanism
from mscape.experiments.transplant import CELL_READOUTS, name_role
from mscape.report.synthesis_read import ArmFacts, list_arm_facts

Comparison = tuple[str, tuple[ArmFacts, ...]]  # readout, arms
_SILENCED = frozenset({"silencing", "knock-out"})
_GROWTH = frozenset({"viability", "viability_well", "count", "colonies", "gr"})


@dataclass(frozen=True)
class PlateRow:
    """A row a plate would newly test, and the parts of the plate its papers have already."""

    id: str
    has: tuple[str, ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class Plate:
    """A candidate plate. ``rows`` would be newly tested, ``done`` have all of it, ``cannot`` are rows
    whose model cannot run it, or whose record does not ask what it decides.
    """

    name: str
    decides: str
    parts: tuple[str, ...]
    rows: tuple[PlateRow, ...]
    done: tuple[str, ...]
    cannot: tuple[str, ...]

    @property
    def untouched(self) -> int:
        """Rows of which no part has been done."""
        return sum(not row.has for row in self.rows)


@dataclass(frozen=True)
class _Candidate:
    name: str
    decides: str
    can_run: Callable[[Mechanism], bool]
    parts: Mapping[str, Callable[[Comparison], bool]]


def rank_plates(records: Sequence[Record], atlas: Atlas) -> tuple[Plate, ...]:
    """Rank candidate plates by the rows they would newly test, then by rows with no part done.

    A row counts if its model can run the plate, its record leaves open what the plate decides, and its
    papers' contrasts in scope lack a part of it.
    """
    plates = [_judge(candidate, records, atlas) for candidate in _CANDIDATES]
    return tuple(sorted(plates, key=lambda plate: (-len(plate.rows), -plate.untouched)))


def _judge(candidate: _Candidate, records: Sequence[Record], atlas: Atlas) -> Plate:
    rows, done, cannot = [], [], []
    for record in records:
        if not (_has_wells(record.mechanism, atlas) and candidate.can_run(record.mechanism)):
            cannot.append(record.id)
            continue
        seen = [(row.readout, list_arm_facts(record, row)) for row in record.contrasts if row.scope == "in"]
        has = tuple(name for name, is_part in candidate.parts.items() if any(map(is_part, seen)))
        lacks = tuple(name for name in candidate.parts if name not in has)
        if lacks:
            rows.append(PlateRow(record.id, has, lacks))
        else:
            done.append(record.id)
    return Plate(
        candidate.name, candidate.decides, tuple(candidate.parts), tuple(rows), tuple(done), tuple(cannot)
    )


def _has_wells(mechanism: Mechanism, atlas: Atlas) -> bool:
    roles = {cell.role for cell in mechanism.cells}
    return {"tumour", "msc"} <= roles and any(drug in atlas.drugs for drug in mechanism.drugs)


def _is_silenced(mechanism: Mechanism) -> bool:
    """The model has a switch on what the MSC makes."""
    return any(step.source == "msc" and step.ablate is not None for step in mechanism.steps)


def _blocks_signal(mechanism: Mechanism) -> bool:
    return any(
        item.parameters and name_role(mechanism, item) == "blocks signal" for item in mechanism.perturbations
    )


def _has_mimic(mechanism: Mechanism) -> bool:
    return any(item.parameters and item.kind == "mimic" for item in mechanism.perturbations)


def _has_vesicles(mechanism: Mechanism) -> bool:
    return any(entity.kind == "vesicle" and entity.species for entity in mechanism.entities)


def _asks(*ports: str) -> Callable[[Mechanism], bool]:
    """The record uses one of these ports, or cannot exclude it: what the plate decides is open there."""
    return lambda mechanism: bool({*mechanism.ports.used, *mechanism.ports.alternatives} & {*ports})


def _always(_mechanism: Mechanism) -> bool:
    return True


def _compares_msc(arms: Sequence[ArmFacts], *, drug: bool, culture: str | None = None) -> bool:
    """Whether arms differ in MSC alone, under drug or without it, in this culture."""
    plain = [arm for arm in arms if not arm.perturbation and bool(arm.drug) == drug]
    return any(
        one.msc and (culture is None or one.culture == culture) and not other.msc and one.drug == other.drug
        for one in plain
        for other in plain
    )


def _under(culture: str) -> Callable[[Comparison], bool]:
    return lambda seen: seen[0] in CELL_READOUTS and _compares_msc(seen[1], drug=True, culture=culture)


def _protected(test: Callable[[ArmFacts], bool]) -> Callable[[Comparison], bool]:
    """Whether a readout of cells compares two arms with drug and MSC, of which one passes a test."""

    def is_part(seen: Comparison) -> bool:
        arms = [arm for arm in seen[1] if arm.drug and arm.msc]
        return seen[0] in CELL_READOUTS and len({test(arm) for arm in arms}) == 2

    return is_part


def _has_isotype(seen: Comparison) -> bool:
    return any(arm.drug and arm.msc and "control" in arm.kinds for arm in seen[1])


def _has_signal_alone(seen: Comparison) -> bool:
    arms = [arm for arm in seen[1] if arm.drug and not arm.msc]
    return seen[0] in CELL_READOUTS and len({"mimic" in arm.kinds for arm in arms}) == 2


_CANDIDATES = (
    _Candidate(
        "Drug ± MSC in contact, in transwell and in conditioned medium, side by side",
        "whether the protection needs contact, the living MSC, or only what they release",
        _always,
        {name: _under(name) for name in ("contact", "transwell", "conditioned medium")},
    ),
    _Candidate(
        "Drug + MSC with the row’s signal blocked, beside an isotype or sham control",
        "whether protection runs through the signal the row names",
        _blocks_signal,
        {"signal blocked": _protected(lambda arm: "blocks signal" in arm.roles), "isotype": _has_isotype},
    ),
    _Candidate(
        "Drug + MSC silenced for the signal, beside MSC with a scrambled control",
        "whether the signal that protects is the MSC’s and not the tumour’s own",
        _is_silenced,
        {
            "silenced": _protected(lambda arm: bool(arm.kinds & _SILENCED) and "blocks signal" in arm.roles),
            "scrambled": _has_isotype,
        },
    ),
    _Candidate(
        "Drug + purified vesicles, beside vesicle-free medium of the same MSC",
        "whether vesicles carry the protection, or what is left without them does",
        _has_vesicles,
        {
            "purified vesicles": _under("exosome"),
            "vesicle-free medium": _protected(lambda arm: "vesicle" in arm.targets),
        },
    ),
    _Candidate(
        "Drug + the signal alone, without MSC",
        "whether the signal is enough",
        _has_mimic,
        {"signal alone": _has_signal_alone},
    ),
    _Candidate(
        "± MSC without drug and under drug on one plate, growth and apoptosis read apart",
        "whether MSC let cells survive (P4, P5) or only grow (P7)",
        _asks("P7"),
        {
            "growth without drug": lambda seen: seen[0] in _GROWTH and _compares_msc(seen[1], drug=False),
            "growth under drug": lambda seen: seen[0] in _GROWTH and _compares_msc(seen[1], drug=True),
            "apoptosis under drug": lambda seen: seen[0] == "apoptosis" and _compares_msc(seen[1], drug=True),
        },
    ),
    _Candidate(
        "Drug in the tumour cell, ± MSC",
        "whether less drug arrives (P1, P2), before any pathway",
        _asks("P1", "P2"),
        {"drug in the cell": lambda seen: seen[0] == "drug_cell" and _compares_msc(seen[1], drug=True)},
    ),
    _Candidate(
        "Full dose–response ± MSC",
        "whether the IC50 shifts or the plateau rises (more tolerant cells, P8)",
        _asks("P8"),
        {"IC50": lambda seen: seen[0] == "ic50" and _compares_msc(seen[1], drug=True)},
    ),
)
