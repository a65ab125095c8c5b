"""Bind a curated record to its model: one network, and a prior for every parameter it needs.

A parameter's prior is looked for in this order: the record's own ``parameters.tsv``; the drug (its life in
the medium, its class); the tumour line (doubling time); the motif it belongs to (``receptor.Kd`` for
``il6r_Kd``); the chassis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from mscape.atlas.load import Atlas, Record
from mscape.atlas.row import DrugRow
from mscape.errors import ModelError
from mscape.experiments.prior import Prior, PriorWidth, Source, make_prior, rescale_prior, sample_prior
from mscape.ids import require_known
from mscape.network.motif import list_uses
from mscape.network.network import ReactionNetwork
from mscape.network.sbml import read_antimony
from mscape.units import convert_value

Array = NDArray[np.float64]
# Standard deviation between public sets of the log10 IC50 (GR50, GI50) of a drug and a line: what an IC50 is
# known to at best. Half a decade lies between what the quartiles of 144 pairs say and their plain standard
# deviation, which a few pairs a thousandfold apart decide. Measured from GDSC, NCI-60, gCSI and Heiser 2012
# by `python -m benchmarks.noise_floor`; the tests compare.
BETWEEN_SETS_SD = 0.5
_DEFAULT_IC50 = 1000.0  # nM; only where no source of the tumour's lines has the drug, and said so


@dataclass(frozen=True)
class Potency:
    """A monoculture IC50 as a distribution: log-normal, in nM, and where it is from."""

    ic50: float
    log10_sd: float
    sources: tuple[str, ...]
    stand_in: str | None = None


@dataclass(frozen=True)
class Bound:
    """A record and its model: what experiments are run on.

    ``priors`` holds one for each parameter of the network that a condition does not set; ``width`` is how
    wide those that are assumed were taken, and holds for what a drug or a line brings, too.
    """

    record: Record
    atlas: Atlas
    network: ReactionNetwork
    uses: dict[str, str]
    priors: dict[str, Prior]
    width: PriorWidth = PriorWidth.STATED

    @property
    def id(self) -> str:
        """The mechanism's id."""
        return self.record.mechanism.id


@dataclass(frozen=True)
class Variant:
    """A bound model with one drug and one tumour line: its priors, its potency, what stands in for what."""

    bound: Bound
    drug: str | None
    line: str | None
    priors: dict[str, Prior]
    potency: Potency | None
    stand_ins: tuple[str, ...]


def bind_record(record: Record, atlas: Atlas) -> Bound:
    """Bind a record to its model.

    Raises
    ------
    ModelError
        The model cannot be read, or a parameter of it has no prior anywhere.
    """
    network = read_antimony(record.model, atlas.motifs, record.mechanism.id)
    uses = list_uses(record.model, atlas.motifs)
    own = {row.parameter: make_prior(row) for row in record.parameters}
    shared = {row.parameter: make_prior(row) for row in atlas.parameters}
    priors = {}
    missing = []
    for name in network.inputs:
        if name in network.states and name not in own:
            continue
        motif = _motif_name(name, uses)
        prior = own.get(name) or shared.get(motif or "") or shared.get(name)
        if prior is not None:
            priors[name] = prior
        elif network.inputs[name] is None:
            missing.append(name)
    if missing:
        found = f"no value for {', '.join(missing)}"
        raise ModelError(
            f"{record.mechanism.id}/parameters.tsv",
            found,
            "a line for each parameter of the model",
            "add the lines",
        )
    return Bound(
        record,
        atlas,
        network.with_values({name: prior.value for name, prior in priors.items()}),
        uses,
        priors,
    )


@lru_cache(maxsize=64)
def _longest_first(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(labels, key=len, reverse=True))


def _motif_name(name: str, uses: dict[str, str]) -> str | None:
    for label in _longest_first(tuple(uses)):
        if name.startswith(f"{label}_"):
            return f"{uses[label]}.{name[len(label) + 1 :]}"
    return None


def make_variant(bound: Bound, drug: str | None, line: str | None) -> Variant:
    """Give a bound model a drug and a tumour line.

    Raises
    ------
    UnknownIdError
        The drug is not in the atlas, or the line neither in the atlas nor a cell of the record.
    """
    priors = dict(bound.priors)
    notes: list[str] = []
    if line:
        priors["doubling_time"] = _line_prior(bound, line, notes)
    potency = None
    if drug:
        row = bound.atlas.drugs[require_known(drug, bound.atlas.drugs, kind="drug")]
        given = _drug_priors(bound, row)
        priors |= {name: rescale_prior(prior, bound.width) for name, prior in given.items()}
        potency = _find_potency(bound, row.drug, line, notes)
    own = {row.parameter for row in bound.record.parameters}
    priors |= {name: prior for name, prior in bound.priors.items() if name in own}
    return Variant(bound, drug, line, priors, potency, tuple(notes))


def _drug_priors(bound: Bound, drug: DrugRow) -> dict[str, Prior]:
    rows = [row for row in bound.atlas.drug_classes if row.drug_class == drug.drug_class]
    loss = [np.log(2) / hours for hours in (drug.half_life, drug.half_life_high, drug.half_life_low)]
    return {row.parameter: make_prior(row) for row in rows} | {
        "drug_loss": Prior(
            loss[0], "per_h", loss[1], loss[2], "lognormal" if loss[1] < loss[2] else "fixed", drug.source
        ),
        "pump_substrate": Prior(drug.pump_substrate, source=drug.source),
    }


def _line_prior(bound: Bound, line: str, notes: list[str]) -> Prior:
    cells = {cell.id: cell for cell in bound.record.mechanism.cells}
    known = {row.line for row in bound.atlas.lines}
    if line not in known and line not in cells:
        require_known(line, known | set(cells), kind="tumour line")
    rows = [row for row in bound.atlas.lines if row.line == line and not _is_bound(row.note)]
    default = bound.priors["doubling_time"]
    if not rows:
        notes.append(f"doubling time of {line}: no source, {default.low:g}-{default.high:g} h stands in")
        return default
    hours = [row.doubling_time for row in rows]
    middle = float(np.exp(np.mean(np.log(hours))))
    low, high = min(*hours, middle / 1.4), max(*hours, middle * 1.4)
    return Prior(middle, "h", low, high, "lognormal", "; ".join(row.source for row in rows))


def _is_bound(note: str | None) -> bool:
    return bool(note and "upper bound" in note)


def _find_potency(bound: Bound, drug: str, line: str | None, notes: list[str]) -> Potency:
    rows = [row for row in bound.atlas.potency if row.drug == drug and not row.censored]
    own = [row for row in rows if row.line == line]
    chosen, stand_in = own, None
    if not own:
        chosen = rows
        stand_in = f"potency of {drug} in {line or 'the tumour cell'}: no source, " + (
            f"the {len(rows)} values of other lines stand in"
            if rows
            else f"{_DEFAULT_IC50:g} nM, two decades wide, stands in"
        )
        notes.append(stand_in)
    factor = bound.width.factor if stand_in else 1.0
    if not chosen:
        return Potency(_DEFAULT_IC50, 1.0 * factor, (), stand_in)
    logs = [np.log10(to_nanomolar(bound, drug, row.value, row.unit)) for row in chosen]
    spread = max(BETWEEN_SETS_SD, float(np.std(logs, ddof=1)) if len(logs) > 1 else 0.0)
    return Potency(float(10 ** median(logs)), spread * factor, tuple(row.source for row in chosen), stand_in)


def to_nanomolar(bound: Bound, drug: str, value: float, unit: str) -> float:
    """Convert a printed dose or potency of a drug to nM.

    Raises
    ------
    DataError
        The unit is not a concentration.
    """
    mass = convert_value(bound.atlas.drugs[drug].molar_mass, "g/mol")
    return convert_value(
        value, unit, dimension="concentration", molar_mass=mass, where=f"dose of {drug}"
    ).value


def sample_values(
    variant: Variant, source: Source, count: int, known: Mapping[str, Array] = MappingProxyType({})
) -> dict[str, Array]:
    """Draw every parameter of a variant, shape (draw,) each, in model units; fixed ones are constant.

    What is known has been drawn before, from the same prior and source.
    """
    return {
        name: known[name] if name in known else sample_prior(prior, name, source, count)
        for name, prior in variant.priors.items()
    }


def nominal_values(variant: Variant, count: int) -> dict[str, Array]:
    """Return every parameter of a variant at its nominal value, repeated."""
    return {name: np.full(count, prior.value) for name, prior in variant.priors.items()}


def sample_ic50(potency: Potency, source: Source, count: int, name: str) -> Array:
    """Draw monoculture IC50s, nM."""
    prior = Prior(
        0.0, "log10 nM", -1.6448536 * potency.log10_sd, 1.6448536 * potency.log10_sd, "normal", "potency"
    )
    return np.asarray(potency.ic50 * 10 ** sample_prior(prior, f"ic50:{name}", source, count))


def make_ic50_prior(potency: Potency) -> Prior:
    """Return what `sample_ic50` draws from, as the prior of an IC50 in nM."""
    wide = 10 ** (1.6448536 * potency.log10_sd)
    ends = potency.ic50 / wide, potency.ic50 * wide
    return Prior(potency.ic50, "nM", *ends, "lognormal", ", ".join(potency.sources) or "potency")


def rescale_priors(bound: Bound, width: PriorWidth) -> Bound:
    """Return the bound model with everything that is assumed wider or narrower: a sensitivity analysis.

    Nominal values stay. What a source gives stays. Start from a model as it was bound: widths do not add up.

    Raises
    ------
    ValueError
        The model's priors were rescaled before.
    """
    if bound.width != PriorWidth.STATED:
        raise ValueError(f"priors of {bound.id} are {bound.width} already")
    priors = {name: rescale_prior(prior, width) for name, prior in bound.priors.items()}
    return replace(bound, priors=priors, width=width)


def with_values(bound: Bound, fixed: dict[str, float]) -> Bound:
    """Return the bound model with some parameters fixed: how controls ablate, flip or permute it."""
    priors = bound.priors | {
        name: Prior(value, bound.priors[name].unit if name in bound.priors else "")
        for name, value in fixed.items()
    }
    return replace(bound, priors=priors)
