"""Dose by dose: a drug beside an intervention, or beside a second drug, without MSC and with them.

Each draw has its own parameters and potencies; doses are nM in the well and the same in all draws. The
partner is added with the drug (or with the MSC) and, as the drug, not again. Effects are shares of cells
killed: 1 less living cells over those of the well of the same culture without either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mscape.engine.batch import Array
from mscape.errors import UsageError
from mscape.experiments.arm import Arm
from mscape.experiments.bench import Bench
from mscape.experiments.condition import Conditions
from mscape.experiments.contrast import find_vehicle
from mscape.experiments.intervention import make_potency
from mscape.experiments.niche import Niche
from mscape.experiments.second_drug import LEVEL, add_drug
from mscape.ids import require_known
from mscape.treatment.dose import Span, find_span
from mscape.treatment.effect import Values, find_targets, list_reaching, make_effect
from mscape.treatment.removal import NOW, Draws, When, add_switches, mark_names, open_periods
from mscape.treatment.synergy import (
    Curve,
    Expected,
    expect_loewe,
    score_bliss,
    score_hsa,
    score_loewe,
    score_zip,
)

NULLS = ("Bliss", "HSA", "Loewe", "ZIP")
LEAST_DOSES = 3  # above 0: a log-logistic curve has three free numbers
_STEPS = 10 ** np.linspace(-1.5, 1.5, 7)  # of a drug's IC50: half a decade each
_PARTNER_STEPS = 6
_DEEPEST = 1e-4  # least dose of an intervention over its largest
_DENSE, _WIDER = 45, 10.0  # doses of an agent alone, and how far beyond the matrix


@dataclass(frozen=True)
class Axis:
    """One agent and its doses.

    Parameters
    ----------
    name, label
        Its key, and what it is called.
    is_drug
        Whether it is a drug, and not an intervention.
    dose
        nM in the well, rising, the first 0.
    reached
        nM that a body reaches, or what stands for it; None for a drug.
    doubts
        Why an intervention's numbers do not stand on sources.
    """

    name: str
    label: str
    is_drug: bool
    dose: Array
    reached: Span | None = None
    doubts: tuple[str, ...] = ()

    @cached_property
    def dense(self) -> Array:
        """Doses above 0 of the agent alone, from far below the matrix to far above it."""
        ends = self.dose[1] / _WIDER, self.dose[-1] * _WIDER
        return np.geomspace(*ends, _DENSE)


@dataclass(frozen=True)
class Surface:
    """One matrix: effects over draws and doses, and both agents alone.

    Parameters
    ----------
    doses
        nM, of the drug and of its partner.
    effect
        Share of cells killed, shape (draw, dose of the drug, dose of the partner).
    curves
        The drug alone and the partner alone.
    """

    doses: tuple[Array, Array]
    effect: Array
    curves: tuple[Curve, Curve]

    @cached_property
    def expected(self) -> Expected:
        """What Loewe's null expects."""
        return expect_loewe(self.doses, self.effect, self.curves)

    @cached_property
    def scores(self) -> dict[str, Array]:
        """Null to its excess, doses above 0: (draw, dose of the drug - 1, dose of the partner - 1)."""
        return {
            "Bliss": score_bliss(self.effect),
            "HSA": score_hsa(self.effect),
            "Loewe": score_loewe(self.effect, self.expected),
            "ZIP": score_zip(self.doses, self.effect),
        }


@dataclass(frozen=True)
class Combination:
    """A drug and a partner in one niche.

    Parameters
    ----------
    niche, tumour, line, mechanisms
        Where.
    culture, hours, when
        The experiment, and when the partner is added.
    draws
        How many.
    drug, partner
        The two axes.
    shares_target
        Whether both are drugs of one class, that do one damage.
    alone, with_msc
        The matrix without MSC and with them.
    stand_ins
        What stood in for what no source gives.
    """

    niche: str
    tumour: str
    line: str
    mechanisms: tuple[str, ...]
    culture: str
    hours: float | None
    when: When
    draws: int
    drug: Axis
    partner: Axis
    shares_target: bool
    alone: Surface
    with_msc: Surface
    stand_ins: tuple[str, ...] = ()

    @property
    def solved(self) -> float:
        """Share of wells with an answer."""
        found = [np.isfinite(surface.effect).mean() for surface in (self.alone, self.with_msc)]
        return float(np.mean(found))


def measure_combination(
    niche: Niche, arm: Arm, draws: Draws, axes: tuple[Axis, Axis], *, when: When = When.DRUG
) -> Combination:
    """Measure a matrix of doses without MSC and with them.

    Parameters
    ----------
    niche
        The niche; of one mechanism for what its own model says.
    arm
        With MSC and drug, unperturbed (``niche.choose_arm``).
    draws
        How many, and from where.
    axes
        The niche's drug, and its partner (`choose_drug_axis`, `choose_partner_axis`).
    when
        When the partner is added.

    Raises
    ------
    DataError
        A potency's unit is not a concentration.
    """
    well, shares = _prepare(niche, arm, draws, axes, when)
    surfaces = [_measure(well, msc=msc) for msc in (False, True)]
    notes = dict.fromkeys((*well.bench.variant(arm).stand_ins, *well.notes))
    return Combination(
        niche=niche.id,
        tumour=niche.tumour,
        line=niche.line,
        mechanisms=tuple(niche.names),
        culture=arm.protocol.culture,
        hours=arm.time_h or arm.protocol.periods[-1].hours,
        when=when,
        draws=draws.number,
        drug=axes[0],
        partner=axes[1],
        shares_target=shares,
        alone=surfaces[0],
        with_msc=surfaces[1],
        stand_ins=tuple(notes),
    )


def choose_drug_axis(niche: Niche, drug: str, doses: Sequence[float] | None = None) -> Axis:
    """Return the axis of a drug: the doses given, or half decades around the line's IC50.

    Parameters
    ----------
    niche
        The niche.
    drug
        A drug of the atlas.
    doses
        nM, above 0; None to choose.

    Raises
    ------
    UnknownIdError
        No such drug.
    UsageError
        Fewer than `LEAST_DOSES` different doses, or one that is not above 0.
    """
    from mscape.experiments.bind import make_variant

    row = niche.bound.atlas.drugs[require_known(drug, niche.bound.atlas.drugs, kind="drug")]
    potency = make_variant(niche.bound, drug, niche.line).potency
    middle = 1.0 if potency is None else potency.ic50
    chosen = [float(f"{middle * step:.2g}") for step in _STEPS] if doses is None else doses
    return Axis(drug, row.label, is_drug=True, dose=_order(chosen, drug))


def choose_partner_axis(niche: Niche, name: str, doses: Sequence[float] | None = None) -> Axis:
    """Return the axis of an intervention: the doses given, or from below its potency to what is reached.

    Parameters
    ----------
    niche
        The niche.
    name
        A drug, or an intervention that acts on something in the niche.
    doses
        nM, above 0; None to choose.

    Raises
    ------
    UnknownIdError
        Neither a drug nor an intervention.
    UsageError
        It finds nothing to act on, has no concentration, or as `choose_drug_axis`.
    DataError
        A potency's or an exposure's unit is not a concentration.
    """
    atlas = niche.bound.atlas
    if name in atlas.drugs:
        return choose_drug_axis(niche, name, doses)
    reagents = atlas.interventions.reagents
    require_known(name, {**reagents, **atlas.drugs}, kind="drug or intervention")
    rows = [row for row in atlas.interventions.find_actions(name) if find_targets(niche, row)]
    if not rows:
        known = ", ".join(list_reaching(niche)) or "none"
        raise UsageError(name, f"nothing of {niche.id} that it acts on", known, "choose one of these")
    if any(row.how == "silencing" for row in rows):
        raise UsageError(
            name, "a silencing: it has no concentration", "a reagent with a dose", "see mscape rank"
        )
    reached = tuple(dict.fromkeys(key for row in rows for key in find_targets(niche, row)))
    span = find_span(atlas, name, reached)
    strengths = [prior.value for prior in (make_potency(atlas, row) for row in rows) if prior]
    known_doses = [value for value in (*strengths, span.value if span else None) if value]
    if doses is None and not known_doses:
        raise UsageError(name, "neither exposure nor potency known", "doses", "give --partner-doses")
    chosen = _spread(known_doses, strengths) if doses is None else doses
    nothing = {key: np.full(1, prior.value) for key, prior in niche.bound.priors.items()}
    doubts = make_effect(niche, (name,), nothing, 1).doubts
    return Axis(
        name, reagents[name].label, is_drug=False, dose=_order(chosen, name), reached=span, doubts=doubts
    )


def _spread(known: Sequence[float], strengths: Sequence[float]) -> list[float]:
    """Return doses from a tenth of what is least to what is reached, or ten times a potency."""
    most = max(*known, 10 * max(strengths, default=0.0))
    least = max(min(known) / 10, most * _DEEPEST)
    return [float(f"{value:.2g}") for value in np.geomspace(least, most, _PARTNER_STEPS)]


def _order(doses: Sequence[float], name: str) -> Array:
    found = sorted(set(doses))
    if len(found) < LEAST_DOSES or found[0] <= 0 or not np.isfinite(found[-1]):
        told = ", ".join(f"{value:g}" for value in doses) or "none"
        raise UsageError(
            f"doses of {name}", f"{told} nM", f"{LEAST_DOSES} or more, each above 0", "add doses"
        )
    return np.array([0.0, *found])


@dataclass(frozen=True)
class _Well:
    """What all wells of both matrices share, and the levels of what the partner sets at any dose."""

    bench: Bench
    arm: Arm
    values: Values
    conditions: Conditions
    potency: Array
    axes: tuple[Axis, Axis]
    partner: _Partner
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Partner:
    """The partner as levels of names: of a second drug that of its species, else what an effect sets."""

    niche: Niche
    name: str
    values: Values
    bench: Bench
    potency: Array | None

    def set(self, dose: Array) -> dict[str, Array]:
        """Return name to levels, shape (draw, dose)."""
        count = self.bench.draws
        if self.potency is not None:
            return {LEVEL: dose[None, :] / self.potency[:, None]}
        columns = [
            make_effect(
                self.niche,
                (self.name,),
                self.values,
                self.bench.seed,
                levels={self.name: np.full(count, each)},
            ).now
            for each in dose
        ]
        return {name: np.stack([column[name] for column in columns], axis=1) for name in columns[0]}


def _prepare(niche: Niche, arm: Arm, draws: Draws, axes: tuple[Axis, Axis], when: When) -> tuple[_Well, bool]:
    plain = Bench(niche.bound, draws.source(niche), draws.number, progress=draws.progress)
    conditions = plain.conditions(find_vehicle([arm]))
    values = plain.values(plain.variant(arm), draws.number)
    potency = plain.potency(arm, draws.number)
    partner, bound, shares, notes = axes[1].name, niche.bound, False, tuple[str, ...]()
    second_potency = None
    if axes[1].is_drug:
        second = add_drug(niche.bound, str(arm.drug), partner)
        bound, shares = second.bound, second.shares_target
        other = replace(arm, drug=partner)
        values = values | second.sample(plain, arm.tumour)
        second_potency = plain.potency(other, draws.number)
        notes = plain.variant(other).stand_ins
    acting = _Partner(niche, partner, values, plain, second_potency)
    names = tuple(acting.set(np.ones(1)))
    bench = Bench(add_switches(bound, names, ()), plain.seed, draws.number, progress=draws.progress)
    laid = replace(open_periods(arm, when), perturbation=mark_names(NOW, names))
    return _Well(bench, laid, values, conditions, potency, axes, acting, notes), shares


def _measure(well: _Well, *, msc: bool) -> Surface:
    drug, partner = well.axes
    matrix = _read_living(well, (drug.dose[1:], partner.dose), msc=msc)
    first = _read_living(well, (drug.dense, np.zeros(1)), msc=msc)[:, :, 0]
    second = _read_living(well, (np.zeros(0), partner.dense), msc=msc)[:, 0]
    untreated = matrix[:, :1, :1]
    curves = (
        Curve(drug.dense, 1.0 - first[:, 1:] / untreated[:, 0]),
        Curve(partner.dense, 1.0 - second / untreated[:, 0]),
    )
    return Surface((drug.dose, partner.dose), 1.0 - matrix / untreated, curves)


def _read_living(well: _Well, doses: tuple[Array, Array], *, msc: bool) -> Array:
    """Return living cells, shape (draw, 1 + dose of the drug, dose of the partner); no drug comes first."""
    drug, partner = doses
    count, width = len(well.conditions), len(partner)
    rows = np.repeat(np.arange(count), width)
    values = {name: value[rows] for name, value in well.values.items()}
    levels = well.partner.set(partner).values()
    values |= {f"perturbation:{NOW}{index}": level.reshape(-1) for index, level in enumerate(levels)}
    relative = drug[None, :] / well.potency[rows][:, None]
    arm = well.arm.without(msc=not msc)
    measured = well.bench.scan_doses(arm, values, well.conditions.take(rows), relative)
    return np.moveaxis(measured.end("living").reshape(count, width, len(drug) + 1), 1, 2)
