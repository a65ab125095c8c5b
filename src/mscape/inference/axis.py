"""The axes of an ensemble that are numbers one could know: parameters, potencies, strengths of reagents.

What an experiment leaves unreported (its hours, its ratio) has axes too; nobody can look those up, so they
are not listed here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mscape.experiments.arm import make_strength
from mscape.experiments.bind import Bound, Variant, make_variant
from mscape.experiments.prior import Z95, Prior, locate_quantiles, place_quantiles

Array = NDArray[np.float64]
Kind = Literal["parameter", "potency", "reagent"]
_POTENCY, _REAGENT = "ic50:", "perturbation:"


@dataclass(frozen=True)
class Axis:
    """One axis of the cube and the prior that maps it to values.

    Parameters
    ----------
    name
        As the ensemble has it.
    kind
        ``parameter`` of the model, ``potency`` of a drug in a line, ``reagent``: how strongly a perturbation
        acts.
    prior
        Value, unit, range and source.
    """

    name: str
    kind: Kind
    prior: Prior

    @property
    def label(self) -> str:
        """The name in words a reader knows."""
        parts = self.name.split(":")
        if self.kind == "potency":
            return f"IC50 of {parts[1]} in {' '.join(parts[2:]).replace('_', ' ')}"
        return f"strength of {parts[1]}" if self.kind == "reagent" else self.name

    @property
    def is_log(self) -> bool:
        """Whether its values are above 0 and spread on a log scale: what products and ratios are made of."""
        return self.prior.distribution in ("lognormal", "loguniform")

    def place(self, uniform: Array) -> Array:
        """Return the values at coordinates within (0, 1), shape as given, in the prior's unit."""
        return place_quantiles(self.prior, uniform)

    def shift(self, uniform: Array, step: Array) -> Array:
        """Return the coordinates at which the logarithm of the value is higher by a step, shape as given.

        Of a number that may be 0 or below the step is in standard deviations of its prior.
        """
        from scipy.special import ndtr, ndtri

        prior = self.prior
        if prior.distribution == "loguniform" and prior.low and prior.high:
            return np.asarray(uniform + step / np.log(prior.high / prior.low))
        if prior.distribution == "lognormal" and prior.low and prior.high:
            moved = self.place(uniform) * np.exp(step)
            return locate_quantiles(prior, moved)
        return np.asarray(ndtr(ndtri(uniform) + step))

    def find_slope(self, uniform: Array) -> Array:
        """Return what `shift` moves per standard deviation of the prior at coordinates, shape as given."""
        from scipy.special import ndtri

        prior = self.prior
        if prior.low and prior.high and self.is_log:
            width = float(np.log(prior.high / prior.low))
            if prior.distribution == "lognormal":
                below = float(np.log(prior.value / prior.low))
                above = float(np.log(prior.high / prior.value))
                return np.asarray(np.where(np.asarray(uniform) < 0.5, below, above) / Z95)
            return np.asarray(width * np.exp(-(ndtri(uniform) ** 2) / 2) / np.sqrt(2 * np.pi))
        return np.ones(np.shape(uniform))


def list_axes(bound: Bound, names: Iterable[str]) -> tuple[Axis, ...]:
    """Return the axes among some names that are numbers one could know, in that order.

    Parameters
    ----------
    bound
        The record and its model.
    names
        Of axes, such as those of an ensemble's particles.

    Raises
    ------
    UnknownIdError
        A drug of the record is not in the atlas.
    """
    variant = _first_variant(bound)
    found = (_find_axis(bound, variant, name) for name in names)
    return tuple(axis for axis in found if axis is not None)


def _first_variant(bound: Bound) -> Variant:
    """Return the model with the record's first drug and line: their priors stand for those of the others."""
    mechanism = bound.record.mechanism
    line = next((cell.id for cell in mechanism.cells if cell.role == "tumour"), None)
    return make_variant(bound, mechanism.drugs[0] if mechanism.drugs else None, line)


def _find_axis(bound: Bound, variant: Variant, name: str) -> Axis | None:
    if name in variant.priors:
        prior = variant.priors[name]
        return None if prior.low is None or prior.high is None else Axis(name, "parameter", prior)
    if name.startswith(_POTENCY):
        _, drug, line = name.split(":", 2)
        potency = make_variant(bound, drug, None if line == "None" else line).potency
        return None if potency is None else Axis(name, "potency", _make_ic50(potency.ic50, potency.log10_sd))
    if name.startswith(_REAGENT):
        return _find_reagent(bound, name)
    return None


def _make_ic50(middle: float, log10_sd: float) -> Prior:
    fold = 10 ** (Z95 * log10_sd)
    return Prior(middle, "nM", middle / fold, middle * fold, "lognormal", "potency.tsv")


def _find_reagent(bound: Bound, name: str) -> Axis | None:
    key = name.removeprefix(_REAGENT)
    item = next((item for item in bound.record.mechanism.perturbations if item.id == key), None)
    if item is None or item.value is None or item.low is None or item.high is None:
        return None
    unit = "fold" if item.how == "factor" else "model unit"
    return Axis(name, "reagent", replace(make_strength(item), unit=unit, source=item.source))
