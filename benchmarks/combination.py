"""Fill the table of ``docs/explanation/combinations.md``: what each null says of a drug with itself.

python -m benchmarks.combination
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.validation.page import rewrite_page
from mscape.atlas.load import load_atlas
from mscape.report.number import format_dose
from mscape.store import VERSION
from mscape.treatment.combination import (
    Combination,
    choose_drug_axis,
    choose_partner_axis,
    measure_combination,
)
from mscape.treatment.excess import take_percentiles
from mscape.treatment.matrix import choose_coculture, compose_own
from mscape.treatment.removal import Draws

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "combinations.md"
MECHANISM, DRAWS, SEED = "xu2018_breast_il6", 200, 1


def measure_sham() -> Combination:
    """Measure a mechanism's drug with itself."""
    niche = compose_own(load_atlas(), MECHANISM)
    axes = choose_drug_axis(niche, niche.drug), choose_partner_axis(niche, niche.drug)
    return measure_combination(niche, choose_coculture(niche), Draws(DRAWS, lambda _: SEED), axes)


def write_table(found: Combination) -> str:
    """Return the table in Markdown."""
    doses = f"{format_dose(found.drug.dose[1])} to {format_dose(found.drug.dose[-1])}"
    told = (
        f"{found.drug.name} with itself in {MECHANISM}, {doses}, without MSC; {DRAWS} draws, seed {SEED}, "
        f"mscape {VERSION}. Points of 100."
    )
    lines = [
        "| null | least median of a well | largest median | largest in any draw, either sign |",
        "|---|---:|---:|---:|",
    ]
    for null, score in found.alone.scores.items():
        median = take_percentiles(score)[1]
        values = (median.min(), median.max(), np.nanmax(np.abs(score)))
        lines.append(
            f"| {null} | "
            + " | ".join(f"{100 * value:.1f}".replace("-0.0", "0.0").replace("-", "−") for value in values)
            + " |"
        )
    return "\n".join([told, "", *lines]) + "\n"


def main() -> None:
    """Measure and write."""
    rewrite_page(PAGE, {"sham": write_table(measure_sham())})


if __name__ == "__main__":
    main()
