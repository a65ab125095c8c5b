"""Virtual donors and tumours: which of a model's numbers go with which, and their places in the priors.

A member of a cohort is one tumour beside the MSC of one donor. A number of the MSC is a sum, as between
papers: z = √(1 - w) z_shared + √w z_own, with w the share of its prior's variance that is between donors
(`mscape.experiments.spread`, decision 0010). The own part goes with the donor. All else goes with the tumour:
its receptors, pathways, kill rates, growth and IC50, the concentration that the body carrying it reaches, and
what nobody knows of any number. No source says which part of that is between tumours, so what is told of
tumours is the most it can be.

A donor's own parts are independent of one another: no source was found that says how much a donor's
cytokines go together. Numbers of an ensemble go together as its particles do. What a protocol leaves
open is the same for all members, in the middle: a cohort is one experiment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from mscape.engine.random import draw_uniform
from mscape.experiments.niche import Niche
from mscape.experiments.spread import find_spread
from mscape.inference.particle import Particles, mix_places
from mscape.inference.stitch import choose_axes, draw_rows

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Number = TypeVar("Number", np.float64, np.int64)

MIDDLE = 0.5  # of every range that a protocol leaves open
_CONDITION, _IC50 = "condition:", "ic50:"
_OF_THE_LINE = frozenset({"doubling_time"})  # an ensemble's is that of its papers' lines


@dataclass(frozen=True)
class Cohort:
    """All the tumours and donors there can be, each known by its number.

    Parameters
    ----------
    seed
        Of every stream: tumour and donor i have the same numbers in any cohort of this seed.
    spread
        Name of a number of the MSC to the share of its prior's variance that is between donors.
    axes
        Name to the mechanism whose ensemble gives it and its particles' places in the prior, shape
        (particle,); what is not named is drawn from its prior.
    """

    seed: int
    spread: Mapping[str, float]
    axes: Mapping[str, tuple[str, Array]] = field(default_factory=dict)

    def take(self, name: str, tumours: Integers, donors: Integers) -> Array:
        """Return the place of each member on one axis, within (0, 1), shape (member,)."""
        if name.startswith(_CONDITION):
            return np.full(len(tumours), MIDDLE)
        shared = self._take_shared(name, tumours)
        share = self.spread.get(name, 0.0)
        if share == 0:
            return shared
        own = _pick(donors, lambda first, count: draw_uniform(self.seed, f"donor:{name}", first, count))
        return own if share == 1 else mix_places(shared, own, share)

    def _take_shared(self, name: str, tumours: Integers) -> Array:
        if name not in self.axes:
            return _pick(tumours, lambda first, count: draw_uniform(self.seed, name, first, count))
        mechanism, places = self.axes[name]
        rows = _pick(
            tumours, lambda first, count: draw_rows(self.seed, mechanism, first, count, of=len(places))
        )
        return places[rows]


@dataclass(frozen=True)
class Members:
    """Some members of a cohort, as a source of draws: points in the cube of everything assumed.

    ``tumours`` and ``donors`` give the number of each member's, shape (member,).
    """

    cohort: Cohort
    tumours: Integers
    donors: Integers

    def take(self, name: str, count: int) -> Array:
        """Return the coordinate of each member on one axis, shape (member,)."""
        if count != len(self.tumours):
            raise ValueError(f"{count} members asked of {len(self.tumours)}")
        return self.cohort.take(name, self.tumours, self.donors)


def make_cohort(niche: Niche, ensembles: Mapping[str, Particles] | None = None, *, seed: int) -> Cohort:
    """Make the cohort of a niche.

    Parameters
    ----------
    niche
        Whose parameters vary.
    ensembles
        Mechanism to the particles of its ensemble; None for the priors. IC50 and growth are drawn from their
        priors in any case: an ensemble's are those of its papers' lines.
    seed
        Of every stream.

    Raises
    ------
    UsageError
        An ensemble of a mechanism that is not in the niche.

    Examples
    --------
    >>> from mscape.atlas.load import load_atlas
    >>> from mscape.experiments.niche import compose_niche
    >>> cohort = make_cohort(compose_niche(load_atlas(), "CML", "imatinib"), seed=1)
    >>> choose_members(cohort, 0, 3).take("doubling_time", 3).shape
    (3,)
    """
    between = find_spread(niche.bound)  # its IC50s differ by laboratory, and a cohort is in one
    spread = {name: share for name, share in between.items() if not name.startswith(_IC50)}
    chosen = choose_axes(niche, ensembles or {})
    axes = {
        name: found
        for name, found in chosen.items()
        if name not in _OF_THE_LINE and not name.startswith(_IC50)
    }
    return Cohort(seed, spread, axes)


def choose_members(cohort: Cohort, first: int, count: int) -> Members:
    """Return members ``first`` to ``first + count``: member i has tumour i and donor i, and no other has."""
    numbers = np.arange(first, first + count, dtype=np.int64)
    return Members(cohort, numbers, numbers)


def cross_members(cohort: Cohort, tumours: int, donors: int) -> Members:
    """Return the first tumours each with the MSC of the first donors: a tumour's stand side by side."""
    return Members(
        cohort,
        np.repeat(np.arange(tumours, dtype=np.int64), donors),
        np.tile(np.arange(donors, dtype=np.int64), tumours),
    )


def split_members(members: Members, size: int) -> list[Members]:
    """Cut members into groups of a size, in order."""
    return [
        Members(members.cohort, members.tumours[at : at + size], members.donors[at : at + size])
        for at in range(0, len(members.tumours), size)
    ]


def _pick(numbers: Integers, draw: Callable[[int, int], NDArray[Number]]) -> NDArray[Number]:
    """Return numbers of a stream by their place in it."""
    first = int(numbers.min())
    return draw(first, int(numbers.max()) + 1 - first)[numbers - first]
