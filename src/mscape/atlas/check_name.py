"""Checks that every name a record uses stands for something: ids, terms, papers, curators."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from mscape.atlas.issue import Issue
from mscape.atlas.load import Atlas, Record
from mscape.ids import find_near_misses

YAML = "mechanism.yaml"
TODO = "TODO"
# A source that is a paper's key, not words: xu2018, wang2018_blood.
_PAPER_KEY = re.compile(r"[a-z]+(?:19|20)\d\d[a-z]?(?:_[a-z0-9]+)*")
_PROTEINS = frozenset({"protein", "gene", "family"})
_TERM_KINDS = {
    "cell": frozenset({"cell line", "cell type", "disease"}),
    "protein": _PROTEINS,
    "rna": frozenset({"gene", "miRNA stem-loop", "family", "chemical"}),
    "complex": _PROTEINS | {"cellular_component", "process"},
    "small molecule": frozenset({"chemical", "family"}),
    "drug": frozenset({"chemical"}),
    "vesicle": frozenset({"cellular_component"}),
    "organelle": frozenset({"cellular_component"}),
    "process": frozenset({"process"}),
    "tumour": frozenset({"disease", "disease-xref"}),
    "drug claim": frozenset({"chemical", "kind", "family"}),
}


def suggest(name: str, known: Iterable[str], add: str) -> tuple[str, str]:
    """Return what was expected and what to do, for a name that is not known."""
    near = find_near_misses(name, tuple(known))
    return " or ".join(near), f"write '{near[0]}', or {add}" if near else add


def check_nothing_is_left_to_fill(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """No text still says TODO, as a skeleton does."""
    stack: list[tuple[tuple[str | int, ...], object]] = [((), record.mechanism.model_dump())]
    while stack:
        place, value = stack.pop()
        if isinstance(value, dict):
            stack += [((*place, key), item) for key, item in reversed(value.items())]
        elif isinstance(value, list | tuple):
            stack += [((*place, i), item) for i, item in reversed(list(enumerate(value)))]
        elif isinstance(value, str) and value.startswith(TODO):
            name = ".".join(str(part) for part in place)
            yield Issue(record.find_place(YAML, *place), f"'{name}' is not written yet", "", value[:120])
    if TODO in record.model:
        yield Issue(record.find_place("model.ant"), "the model is not written yet", "", "wire its motifs")


def check_no_part_is_empty(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """A record has entities, cells, drugs, steps, protocols, observations and terms for its claim."""
    mechanism = record.mechanism
    parts = {
        "entities": mechanism.entities,
        "cells": mechanism.cells,
        "drugs": mechanism.drugs,
        "steps": mechanism.steps,
        "protocols": mechanism.protocols,
    }
    for name, rows in parts.items():
        if not rows:
            yield Issue(record.find_place(YAML, name), f"there are no {name}", "at least one", f"add {name}")
    if not mechanism.curation.curators:
        yield Issue(
            record.find_place(YAML, "curation", "curators"), "no curator", "who wrote it", "add yours"
        )
    for name in ("tumour_terms", "drug_terms"):
        if not getattr(mechanism.claim, name):
            where = record.find_place(YAML, "claim", name)
            yield Issue(where, f"the claim has no {name}", "at least one of terms.tsv", "add its CURIE")
    if not record.observations:
        yield Issue(record.find_place("observations.tsv"), "there are no observations", "", "add one an arm")


def check_ids_are_unique(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """Ids stand once: entities, cells, steps, readouts, perturbations, protocols, gates, contrasts, arms."""
    mechanism = record.mechanism
    for part in ("entities", "cells", "steps", "readouts", "perturbations", "protocols", "gates"):
        ids = [row.id for row in getattr(mechanism, part)]
        for i, id_ in enumerate(ids):
            if id_ in ids[:i]:
                where = record.find_place(YAML, part, i, "id")
                yield Issue(where, f"{part}: '{id_}' stands twice", "each once", "rename one")
    arms = [(row.observation, row.arm) for row in record.observations]
    for i, arm in enumerate(arms):
        if arm in arms[:i]:
            where = record.find_place("observations.tsv", i)
            yield Issue(where, f"arm '{arm[1]}' of '{arm[0]}' stands twice", "each once", "rename one")
    counts: Counter[str] = Counter()
    for i, contrast in enumerate(record.contrasts):
        counts[contrast.contrast] += 1
        if counts[contrast.contrast] > 1:
            where = record.find_place("contrasts.tsv", i)
            yield Issue(where, f"contrast '{contrast.contrast}' stands twice", "each once", "rename one")


def check_names_are_entities(record: Record, _atlas: Atlas) -> Iterator[Issue]:
    """Ends of steps, readouts, targets of perturbations and needs name entities of the record."""
    mechanism = record.mechanism
    known = {entity.id for entity in mechanism.entities}
    named: list[tuple[tuple[str | int, ...], str]] = []
    for i, step in enumerate(mechanism.steps):
        named += [(("steps", i, "source"), step.source), (("steps", i, "target"), step.target)]
    named += [(("readouts", i, "entity"), readout.entity) for i, readout in enumerate(mechanism.readouts)]
    named += [(("perturbations", i, "target"), p.target) for i, p in enumerate(mechanism.perturbations)]
    named += [(("needs", i), need) for i, need in enumerate(mechanism.needs)]
    for place, name in named:
        if name not in known:
            expected, advice = suggest(name, known, "add it to entities")
            yield Issue(record.find_place(YAML, *place), f"'{name}' is no entity", expected, advice)


def check_terms_are_listed(record: Record, atlas: Atlas) -> Iterator[Issue]:
    """Every CURIE stands in terms.tsv, and what it names is of a kind that fits."""
    mechanism, claim = record.mechanism, record.mechanism.claim
    named: list[tuple[tuple[str | int, ...], str, str]] = []
    named += [(("entities", i), e.term, e.kind) for i, e in enumerate(mechanism.entities) if e.term]
    named += [(("cells", i), cell.term, "cell") for i, cell in enumerate(mechanism.cells) if cell.term]
    named += [(("claim", "tumour_terms", i), term, "tumour") for i, term in enumerate(claim.tumour_terms)]
    named += [(("claim", "drug_terms", i), term, "drug claim") for i, term in enumerate(claim.drug_terms)]
    named += [(("claim", "signal_terms", i), term, "") for i, term in enumerate(claim.signal_terms)]
    for place, curie, kind in named:
        where = record.find_place(YAML, *place)
        term = atlas.terms.get(curie)
        if term is None:
            expected, advice = suggest(curie, atlas.terms, "add it to terms.tsv with its source")
            yield Issue(where, f"term '{curie}' is not in terms.tsv", expected, advice)
        elif kind and term.kind not in _TERM_KINDS[kind]:
            found = f"'{curie}' ({term.label}) is a {term.kind}, used for a {kind}"
            yield Issue(where, found, " or ".join(sorted(_TERM_KINDS[kind])), "choose a term of that kind")


def check_papers_are_listed(record: Record, atlas: Atlas) -> Iterator[Issue]:
    """Every paper cited, by evidence, observation, contrast or as a source, stands in papers.tsv."""
    mechanism = record.mechanism
    named = [(record.find_place(YAML, "paper"), mechanism.paper)]
    for i, step in enumerate(mechanism.steps):
        for j, item in enumerate(step.evidence):
            named.append((record.find_place(YAML, "steps", i, "evidence", j, "paper"), item.paper))
    named += [
        (record.find_place("observations.tsv", i), row.paper) for i, row in enumerate(record.observations)
    ]
    named += [(record.find_place("contrasts.tsv", i), row.paper) for i, row in enumerate(record.contrasts)]
    sources = [
        (record.find_place("parameters.tsv", i), row.source) for i, row in enumerate(record.parameters)
    ]
    for i, perturbation in enumerate(mechanism.perturbations):
        sources.append((record.find_place(YAML, "perturbations", i, "source"), perturbation.source))
    for where, source in sources:
        named += [(where, part.strip()) for part in source.split(";") if _PAPER_KEY.fullmatch(part.strip())]
    for where, paper in named:
        if paper not in atlas.papers:
            expected, advice = suggest(paper, atlas.papers, "add it to papers.tsv")
            yield Issue(where, f"paper '{paper}' is not in papers.tsv", expected, advice)


def check_drugs_are_described(record: Record, atlas: Atlas) -> Iterator[Issue]:
    """Every drug of a record stands in drugs.tsv with a known term, ordered half-life and known class."""
    classes = {row.drug_class for row in atlas.drug_classes}
    for i, name in enumerate(record.mechanism.drugs):
        drug = atlas.drugs.get(name)
        if drug is None:
            expected, advice = suggest(name, atlas.drugs, "add it to drugs.tsv")
            where = record.find_place(YAML, "drugs", i)
            yield Issue(where, f"drug '{name}' is not in drugs.tsv", expected, advice)
            continue
        where = f"drugs.tsv '{name}'"
        if drug.term not in atlas.terms:
            yield Issue(where, f"term '{drug.term}' is not in terms.tsv", "", "add it with its source")
        if not drug.half_life_low <= drug.half_life <= drug.half_life_high:
            yield Issue(
                where, "half_life lies outside its range", "low ≤ half_life ≤ high", "check the three"
            )
        if drug.drug_class not in classes:
            expected, advice = suggest(drug.drug_class, classes, "describe the class in drug_classes.tsv")
            yield Issue(where, f"class '{drug.drug_class}' has no parameters", expected, advice)


def check_curators_are_known(record: Record, atlas: Atlas) -> Iterator[Issue]:
    """Curators stand in curators.tsv; only a curator with an ORCID has reviewed a record."""
    curation = record.mechanism.curation
    for part, names in (("curators", curation.curators), ("reviewed_by", curation.reviewed_by)):
        for i, name in enumerate(names):
            where = record.find_place(YAML, "curation", part, i)
            curator = atlas.curators.get(name)
            if curator is None:
                expected, advice = suggest(name, atlas.curators, "add the person to curators.tsv")
                yield Issue(where, f"curator '{name}' is not in curators.tsv", expected, advice)
            elif part == "reviewed_by" and not re.fullmatch(r"(\d{4}-){3}\d{3}[\dX]", curator.orcid or ""):
                yield Issue(where, f"reviewer '{name}' has no ORCID", "0000-0000-0000-0000", "add the ORCID")
