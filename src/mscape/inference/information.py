"""Bits: how much each contrast adds to what all the others have already said of a mechanism.

*Surprise* is -log2 of the probability of the report given all others: what a score's bits (-log2 of the share
of draws) become once the rest is heard. *Learned* is the divergence of the ensemble from what it would be
without the contrast, KL(with || without), over parameters and unreported conditions together: 0 for a report
that everything else implies. Both are read from the ensemble's own likelihoods:

    p(c | others) = 1 / mean(1 / L)          learned = mean(log L) - log p(c | others)

with L the likelihood of the report under each particle, at least the lapse, so that no weight is beyond 1 /
lapse.

Source: Gelfand and Dey 1994, doi 10.1111/j.2517-6161.1994.tb01996.x, for the first; Lindley 1956, doi
10.1214/aoms/1177728069, for the second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.inference.fit import Ensemble
from mscape.inference.likelihood import measure_log_likelihood
from mscape.inference.pareto import smooth_weights

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Information:
    """What one contrast adds to all others.

    Parameters
    ----------
    contrast
        Its name.
    surprise
        Bits: -log2 of its probability given all others.
    learned
        Bits by which the ensemble differs from the one without it, 0 or more.
    share
        Its part of what all contrasts of the mechanism add, one by one; 0 where none adds anything.
    shape, effective
        Of the weights behind it, as in `LeftOut`.
    """

    contrast: str
    surprise: float
    learned: float
    share: float
    shape: float
    effective: float


def measure_information(ensemble: Ensemble) -> tuple[Information, ...]:
    """Measure what each contrast of an ensemble adds, in the ensemble's order."""
    log_likelihood = measure_log_likelihood(ensemble.margins)
    found = [measure_bits(log_likelihood[:, i]) for i in range(len(ensemble.contrasts))]
    total = sum(learned for _, learned in found)
    weights = [smooth_weights(-log_likelihood[:, i]) for i in range(len(ensemble.contrasts))]
    return tuple(
        Information(name, surprise, learned, learned / total if total > 0 else 0.0, w.shape, w.effective)
        for name, (surprise, learned), w in zip(ensemble.contrasts, found, weights, strict=True)
    )


def measure_bits(log_likelihood: Array) -> tuple[float, float]:
    """Return surprise and what is learned, in bits.

    Parameters
    ----------
    log_likelihood
        Natural logarithm of the likelihood of a report, one for each particle that has heard it.

    Examples
    --------
    >>> surprise, learned = measure_bits(np.log(np.full(10, 0.5)))
    >>> surprise, learned
    (1.0, 0.0)
    """
    least = log_likelihood.min()
    log_chance = least - float(np.log(np.mean(np.exp(least - log_likelihood))))
    learned = float(log_likelihood.mean()) - log_chance
    return float(-log_chance / np.log(2)), max(0.0, float(learned / np.log(2)))
