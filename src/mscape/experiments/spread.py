"""What differs from paper to paper: the donors of MSC, and the laboratory that an IC50 is from.

A prior of a parameter says how far from its nominal value it may be. Part of that is ignorance that all
papers share, part is that one paper's MSC are not another's. `find_spread` gives the second part of each
parameter, as a share of its prior's variance: the rest is shared, and the sum is the prior that the table
states.

Which parameters are the MSC's is read off the network, not typed: those that stand in no equation but the
MSC's own.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from mscape.experiments.arm import MSC
from mscape.experiments.bind import BETWEEN_SETS_SD, Bound, Potency, make_variant
from mscape.experiments.prior import Z95, Prior
from mscape.experiments.score import group_arms
from mscape.network.expression import Expression, list_names
from mscape.network.network import ReactionNetwork

# Standard deviation between donors, log10, of what MSC make, release or do: two thirds of donors lie within a
# factor of 2 of the middle. Assumed: donors differ in what their MSC secrete (53 donors of marrow, doi
# 10.1186/1741-7015-11-146; the abstract was read and prints no spread), and no spread was found in readable
# text.
DONOR_SD = 0.3
# The most of a prior's variance that is between donors, and all that is said of a number which may be 0 or
# negative (shares, the residual). Assumed: where a range is narrow, half of it still is what nobody knows.
MOST_BETWEEN_DONORS = 0.5
# The sign of what MSC do to growth is one of 338 experiments, 56 % of which promote: this prior is the
# spread between experiments, all of it. Source: Oloyo 2017, doi 10.1007/5584_2017_118, abstract.
_BETWEEN_EXPERIMENTS = frozenset({"growth_cells", "growth_medium"})
# What MSC put into what leaves them, though an equation of the tumour cell names it.
_MADE_BY_MSC = frozenset({("vesicle_cargo", "cargo_copies")})
_POOLS = frozenset(MSC) | {"n_msc"}
_TUMOUR = frozenset({"living", "n_tumour", "tumour_cycling", "tumour_g0", "tumour_tolerant"})


def list_donor_parameters(bound: Bound) -> tuple[str, ...]:
    """Return the parameters with a range that belong to the MSC, in the network's order.

    An equation is the MSC's if it is the rate of something that MSC do (the law names one of their pools) or
    that happens inside one, or a rule that names their pools and no tumour cell.
    """
    theirs: set[str] = set()
    others: set[str] = set()
    inside = {species.id for species in bound.network.species if species.compartment == "msc_cell"}
    for reaction in bound.network.reactions:
        names = _list(reaction.rate)
        changed = {item.species for item in reaction.participants}
        (theirs if names & _POOLS or changed & inside else others).update(names)
    for rule in bound.network.rules:
        names = _list(rule.math)
        (theirs if names & _POOLS and not names & _TUMOUR else others).update(names)
    made = {
        f"{label}_{name}" for label, motif in bound.uses.items() for of, name in _MADE_BY_MSC if of == motif
    }
    found = (theirs - others) | made
    return tuple(name for name, prior in bound.priors.items() if name in found and _is_ranged(prior))


def is_felt_at_rest(network: ReactionNetwork, names: Collection[str]) -> bool:
    """Return whether parameters of the MSC matter to the rest before there are MSC.

    They do where they fill one; a rate that names a pool of MSC is 0 without them, whatever else it names.
    """
    inside = {species.id for species in network.species if species.compartment == "msc_cell"}
    return any(
        not read & _POOLS and read & set(names)
        for reaction in network.reactions
        if inside & {item.species for item in reaction.participants}
        for read in [_list(reaction.rate)]
    )


def find_spread(bound: Bound) -> dict[str, float]:
    """Return the share of the variance of each parameter and potency that differs between papers.

    Returns
    -------
    dict
        Name of the axis (``ic50:drug:line`` for a potency) to share, above 0 and at most 1. What is not
        named is the same for all papers.

    Examples
    --------
    >>> from mscape.atlas.load import load_atlas
    >>> from mscape.experiments.bind import bind_record
    >>> atlas = load_atlas()
    >>> bound = bind_record(atlas.records["xu2018_breast_il6"], atlas)
    >>> round(find_spread(bound)["il6_secretion"], 2)
    0.27
    """
    spread = {name: _share_between_donors(name, bound.priors[name]) for name in list_donor_parameters(bound)}
    pairs = {
        (arm.drug, arm.tumour)
        for arms in group_arms(bound).values()
        for arm in arms.values()
        if arm.drug and arm.dose is not None
    }
    for drug, line in sorted(pairs, key=str):
        potency = make_variant(bound, drug, line).potency
        if potency is not None:
            spread[f"ic50:{drug}:{line}"] = _share_between_laboratories(potency)
    return spread


def _share_between_donors(name: str, prior: Prior) -> float:
    if name in _BETWEEN_EXPERIMENTS:
        return 1.0
    if prior.distribution not in ("lognormal", "loguniform"):
        return MOST_BETWEEN_DONORS
    width = math.log10((prior.high or 1.0) / (prior.low or 1.0))
    # the range of a log-uniform prior holds all of it, that of a log-normal one nine tenths
    whole = width / (math.sqrt(12) if prior.distribution == "loguniform" else 2 * Z95)
    return min(MOST_BETWEEN_DONORS, (DONOR_SD / whole) ** 2)


def _share_between_laboratories(potency: Potency) -> float:
    """Return how much of a potency's variance is the next laboratory's own.

    Of k sources of a line the mean is known to 1/k of the variance between them, and the next laboratory
    differs by the whole of it. Where other lines stand in, only what sets differ by is the laboratory's, at
    most half.
    """
    if potency.stand_in:
        return min(0.5, (BETWEEN_SETS_SD / potency.log10_sd) ** 2)
    count = len(potency.sources)
    return count / (count + 1)


def _list(expression: Expression | None) -> set[str]:
    return set(list_names(expression)) if expression is not None else set()


def _is_ranged(prior: Prior) -> bool:
    return prior.distribution != "fixed" and prior.low is not None and prior.high is not None
