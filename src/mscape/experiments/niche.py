"""The niche: every mechanism that is plausible for a tumour and a drug, at work on one chassis at a time.

A niche is a record and a model like any other: what runs on a `Bound` runs on ``niche.bound``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mscape.atlas import record as form
from mscape.atlas.load import Atlas, Record
from mscape.atlas.plausible import Plausible, find_drug, find_tumour, is_line_of, judge_plausible
from mscape.atlas.vocabulary import Term
from mscape.errors import UsageError
from mscape.experiments.arm import Arm
from mscape.experiments.bind import Bound, bind_record
from mscape.experiments.compose import compose_models, list_ports
from mscape.experiments.culture import make_protocol
from mscape.experiments.node import Node, Part, shorten_ids
from mscape.experiments.unite import unite_records
from mscape.ids import require_known
from mscape.network.motif import read_wiring

MSC = "niche_msc"
_RELAYS = frozenset({"pifa_relay", "macrophage"})  # motifs whose cells a protocol must bring
_BY_REQUEST = "asked for"


@dataclass(frozen=True)
class Route:
    """One mechanism's way from the MSC to the ports.

    Parameters
    ----------
    mechanism, short
        Its id, and the mark that its own names have in the niche.
    reason
        Why it is in.
    ports
        Where it enters.
    needs
        What the tumour cell must carry for it.
    verdict
        What its source says of its claim.
    """

    mechanism: str
    short: str
    reason: str
    ports: tuple[str, ...]
    needs: tuple[str, ...]
    verdict: str

    @property
    def switch(self) -> str:
        """The parameter that cuts it where it is 0."""
        return f"route_{self.short}"


@dataclass(frozen=True)
class Niche:
    """A composed model, and what went into it.

    Parameters
    ----------
    bound
        Record and model: run, fit, identify and export it like a mechanism's.
    tumour, drug, line
        What it is of: the tumour's name, the drug's key, the tumour line's.
    routes
        The mechanisms in it, by id.
    excluded
        Those that are not, each with the reason.
    names, perturbations
        Mechanism to the names in its own model, and to the ids of its perturbations, to those in the niche.
    nodes
        Every pool, receptor and pathway, and whose it is.
    """

    bound: Bound
    tumour: str
    drug: str
    line: str
    routes: tuple[Route, ...]
    excluded: tuple[Plausible, ...]
    names: Mapping[str, Mapping[str, str]]
    perturbations: Mapping[str, Mapping[str, str]]
    nodes: tuple[Node, ...]

    @property
    def id(self) -> str:
        """The niche's id, an SBML id."""
        return self.bound.id

    @property
    def shared(self) -> tuple[Node, ...]:
        """The nodes that two or more of its mechanisms use."""
        return tuple(node for node in self.nodes if len(node.members) > 1)

    def find_name(self, mechanism: str, name: str) -> str:
        """Return what a name of a mechanism's own model is called in the niche.

        Raises
        ------
        UnknownIdError
            The mechanism is not in the niche.
        """
        return self.names[require_known(mechanism, self.names)].get(name, name)

    def choose_arm(
        self,
        culture: form.Culture = "contact",
        hours: float = 48.0,
        *,
        ratio: float | None = None,
        perturbation: tuple[str, ...] = (),
        dose: float | None = None,
    ) -> Arm:
        """Return the arm with MSC and drug; relay cells are there if a route needs them.

        Parameters
        ----------
        culture
            How MSC and tumour cells meet.
        hours
            Under the drug, to the read-out.
        ratio
            MSC per tumour cell; None for the grid.
        perturbation
            Ids of perturbations of ``bound.record``.
        dose
            nM; None for the doses of the grid (30, 50 and 75 % effect in monoculture).

        Raises
        ------
        UsageError
            No such culture, or hours or ratio that cannot be.
        """
        if not 0 < hours <= 2000 or (ratio is not None and not 0 < ratio <= 100):
            found = f"{hours:g} h, {'the grid' if ratio is None else f'{ratio:g}'} MSC per tumour cell"
            raise UsageError("niche", found, "0 to 2000 h and 0 to 100 MSC per tumour cell")
        protocol = make_protocol(culture, hours, ratio=ratio)
        if set(self.bound.uses.values()) & _RELAYS:
            protocol = protocol.model_copy(update={"periods": tuple(_with_relay(protocol.periods))})
        msc = None if culture == "monoculture" else MSC
        return Arm(protocol, self.line, msc, self.drug, perturbation, dose)


def _with_relay(periods: Iterable[form.Period]) -> Iterable[form.Period]:
    for period in periods:
        relay: tuple[form.Content, ...] = ("relay",) if "tumour" in period.contents else ()
        yield period.model_copy(update={"contents": (*period.contents, *relay)})


def compose_niche(
    atlas: Atlas,
    tumour: str,
    drug: str,
    mechanisms: Sequence[str] | None = None,
    *,
    line: str | None = None,
    msc: Literal["naive", "primed"] = "naive",
    lacking: Iterable[str] = (),
) -> Niche:
    """Compose the niche of a tumour under a drug.

    Parameters
    ----------
    atlas
        The mechanisms.
    tumour, drug
        Names, abbreviations or identifiers.
    mechanisms
        Ids of those to compose; None for all that are plausible (`judge_plausible`).
    line
        The tumour line; None for one of that tumour: with a measured IC50 of the drug, if there is one, and
        used by most of the records.
    msc
        The pool MSC are seeded in: naive, or primed by a tumour before.
    lacking
        Receptors and genes that the tumour cell lacks: mechanisms that need them are left out.

    Raises
    ------
    UnknownIdError
        A tumour, drug, mechanism or line that is not known.
    UsageError
        No mechanism is plausible, or the line is another tumour's.
    ModelError
        The models cannot be composed.

    Examples
    --------
    >>> from mscape.atlas.load import load_atlas
    >>> niche = compose_niche(load_atlas(), "CML", "imatinib")
    >>> [route.short for route in niche.routes]
    ['vianello2010', 'zhang2013', 'zhang2019']
    """
    key = find_drug(drug, atlas)
    term = find_tumour(tumour, atlas, anywhere=mechanisms is not None)
    judged = judge_plausible(atlas, term, key, lacking=lacking)
    chosen = _choose(judged, mechanisms, atlas, (term, key))
    records = [atlas.records[item.mechanism] for item in chosen]
    cell = _choose_line(atlas, term, key, records, line)
    shorts = shorten_ids(sorted(record.id for record in records))
    parts = [
        Part(item.id, shorts[item.id], item, read_wiring(item.model, atlas.motifs, f"{item.id}/model.ant"))
        for item in sorted(records, key=lambda record: record.id)
    ]
    composed = compose_models(parts, atlas)
    name = f"niche_{term.short}_{key}"
    united, perturbations = unite_records(parts, composed.names, id=name, text=composed.text)
    record = _furnish(united, key, cell, msc)
    bound = bind_record(replace(record, parameters=composed.parameters), atlas)
    names = {item.mechanism for item in chosen}
    return Niche(
        bound=bound,
        tumour=term.label,
        drug=key,
        line=cell,
        routes=tuple(_describe(part, judged, mechanisms is not None) for part in parts),
        excluded=tuple(item for item in judged if item.mechanism not in names),
        names=composed.names,
        perturbations=perturbations,
        nodes=composed.nodes,
    )


def isolate_route(niche: Niche, mechanism: str) -> Niche:
    """Return the niche with one of its routes and no other: that mechanism's own model, of the same tumour,
    line, drug and MSC.

    Raises
    ------
    UnknownIdError
        The mechanism is not in the niche.
    """
    require_known(mechanism, niche.names)
    state = next(cell.state for cell in niche.bound.record.mechanism.cells if cell.id == MSC)
    return compose_niche(niche.bound.atlas, niche.tumour, niche.drug, [mechanism], line=niche.line, msc=state)


def _choose(
    judged: Sequence[Plausible],
    mechanisms: Sequence[str] | None,
    atlas: Atlas,
    asked: tuple[Term, str],
) -> list[Plausible]:
    if mechanisms is not None:
        wanted = {require_known(name, atlas.records) for name in mechanisms}
        if not wanted:
            raise UsageError("mechanisms", "none", "one or more", "name one, or leave the option out")
        return [item for item in judged if item.mechanism in wanted]
    chosen = [item for item in judged if item.included]
    if not chosen:
        term, drug = asked
        near = [f"{item.mechanism} ({item.reason})" for item in judged if "other tumour" not in item.reason]
        found = f"no mechanism is plausible in {term.label} under {drug}"
        raise UsageError("niche", found, "; ".join(near) or "another tumour", "name mechanisms to compose")
    return chosen


def _choose_line(atlas: Atlas, tumour: Term, drug: str, records: Sequence[Record], line: str | None) -> str:
    """Return a line of the tumour: with an IC50 of the drug if there is one, then what most records used."""
    codes = {row.line: row.tumour for row in atlas.lines}
    own = [cell.id for record in records for cell in record.mechanism.cells if cell.role == "tumour"]
    if line is not None:
        cells = (cell for record in atlas.records.values() for cell in record.mechanism.cells)
        used = {cell.id for cell in cells if cell.role == "tumour"}
        key = require_known(line, {*codes, *used}, kind="tumour line")
        if key in codes and key not in own and not is_line_of(tumour, codes[key]):
            raise UsageError("line", f"{key} is {codes[key]}", f"a line of {tumour.label}")
        return key
    measured = {row.line for row in atlas.potency if row.drug == drug and not row.censored}
    fitting = [name for name, code in codes.items() if is_line_of(tumour, code)]
    ranked = sorted(fitting, key=lambda name: (name not in measured, -own.count(name), name))
    return ranked[0] if ranked else own[0]


def _furnish(record: Record, drug: str, line: str, msc: Literal["naive", "primed"]) -> Record:
    """Put the niche's drug, tumour line and MSC first: they are what is meant where nothing is said."""
    mechanism = record.mechanism
    tumours = [cell for cell in mechanism.cells if cell.role == "tumour"]
    growth = Counter(cell.growth for cell in tumours).most_common(1)[0][0]
    plain = form.Cell(id=line, role="tumour", label=line, growth=growth)
    first = next((cell for cell in tumours if cell.id == line), plain)
    own = form.Cell(id=MSC, role="msc", label="MSC of the niche", state=msc)
    cells = (first, own, *(cell for cell in mechanism.cells if cell.id not in (line, MSC)))
    drugs = (drug, *(name for name in mechanism.drugs if name != drug))
    return replace(record, mechanism=mechanism.model_copy(update={"cells": cells, "drugs": drugs}))


def _describe(part: Part, judged: Sequence[Plausible], asked: object) -> Route:
    found = next(item for item in judged if item.mechanism == part.id)
    reason = f"{_BY_REQUEST}; {found.reason}" if asked and not found.included else found.reason
    ports = sorted({f"P{port[1]}" for port, _ in list_ports(part)})
    mechanism = part.record.mechanism
    return Route(part.id, part.short, reason, tuple(ports), mechanism.needs, mechanism.verdict.verdict)
