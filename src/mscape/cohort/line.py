"""What tumours of one kind differ in under a drug: IC50 and growth between the lines that sources measured.

A line's own IC50 is known to half a decade. Tumours differ by more: a cohort's potency is spread as the lines
of its tumour are, one value a line, and so is its doubling time. Lines are what was measured; they are fewer,
and faster, than the tumours they are from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from mscape.atlas.plausible import find_tumour, is_line_of
from mscape.atlas.row import LineRow, PotencyRow
from mscape.experiments.bind import make_variant, to_nanomolar
from mscape.experiments.niche import Niche

LEAST_LINES = 3  # below it no spread between lines is told: the line's own stands


@dataclass(frozen=True)
class Lines:
    """What a cohort's tumours are spread like.

    Parameters
    ----------
    ic50
        Lines whose IC50 make the spread; that of the niche alone where the tumour has too few.
    growth
        Lines whose doubling times do, likewise.
    median
        Median IC50 in monoculture, nM.
    log10_sd
        Its standard deviation, log10.
    stand_in
        What stood in for the IC50, if anything did.
    """

    ic50: tuple[str, ...]
    growth: tuple[str, ...]
    median: float
    log10_sd: float
    stand_in: str | None

    @property
    def fold(self) -> float:
        """By what factor an IC50 differs from the median at one standard deviation."""
        return float(10**self.log10_sd)


def spread_lines(niche: Niche) -> tuple[Niche, Lines]:
    """Let a niche's tumour have the IC50 and the growth of any line of its kind.

    Parameters
    ----------
    niche
        Of one line.

    Returns
    -------
    tuple
        The niche with the spread of all lines under the name of its own, and what they are.

    Examples
    --------
    >>> from mscape.atlas.load import load_atlas
    >>> from mscape.experiments.niche import compose_niche
    >>> _, lines = spread_lines(compose_niche(load_atlas(), "breast", "cisplatin"))
    >>> len(lines.ic50)
    5
    """
    atlas = niche.bound.atlas
    tumour = find_tumour(niche.tumour, atlas, anywhere=True)
    codes = {row.line: row.tumour for row in atlas.lines}
    kin = {line for line, code in codes.items() if is_line_of(tumour, code)} | {niche.line}
    potency = [
        row for row in atlas.potency if row.drug == niche.drug and not row.censored and row.line in kin
    ]
    growth = [row for row in atlas.lines if row.line in kin and "upper bound" not in (row.note or "")]
    changed = atlas
    if len({row.line for row in potency}) >= LEAST_LINES:
        others = (row for row in atlas.potency if (row.line, row.drug) != (niche.line, niche.drug))
        changed = replace(changed, potency=(*others, *_give_potency(niche, potency)))
    if len({row.line for row in growth}) >= LEAST_LINES:
        rest = (row for row in atlas.lines if row.line != niche.line)
        changed = replace(changed, lines=(*rest, *_give_growth(niche, growth)))
    spread = replace(niche, bound=replace(niche.bound, atlas=changed))
    found = make_variant(spread.bound, niche.drug, niche.line).potency
    assert found is not None  # a niche has a drug
    lines = Lines(
        _list_lines(potency, niche), _list_lines(growth, niche), found.ic50, found.log10_sd, found.stand_in
    )
    return spread, lines


def _list_lines(rows: Sequence[PotencyRow] | Sequence[LineRow], niche: Niche) -> tuple[str, ...]:
    lines = tuple(sorted({row.line for row in rows}))
    return lines if len(lines) >= LEAST_LINES else (niche.line,)


def _give_potency(niche: Niche, rows: Iterable[PotencyRow]) -> Iterable[PotencyRow]:
    """Yield one value a line, the middle of its sources, under the niche's line."""
    for _, group in groupby(sorted(rows, key=lambda row: row.line), key=lambda row: row.line):
        own = list(group)
        logs = [np.log(to_nanomolar(niche.bound, niche.drug, row.value, row.unit)) for row in own]
        update = {"line": niche.line, "value": float(np.exp(np.mean(logs))), "unit": "nM"}
        yield own[0].model_copy(update=update | {"source": "; ".join(row.source for row in own)})


def _give_growth(niche: Niche, rows: Iterable[LineRow]) -> Iterable[LineRow]:
    for _, group in groupby(sorted(rows, key=lambda row: row.line), key=lambda row: row.line):
        own = list(group)
        hours = float(np.exp(np.mean([np.log(row.doubling_time) for row in own])))
        update = {"line": niche.line, "doubling_time": hours, "source": "; ".join(row.source for row in own)}
        yield own[0].model_copy(update=update)
