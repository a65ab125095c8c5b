"""Outcomes at nominal parameters, as text: read, computed, and written anew.

``python -m tests.reenactment.expected`` from the root of the checkout writes ``expected.tsv`` anew.
"""

from pathlib import Path

from mscape.atlas.load import Atlas, load_atlas
from mscape.experiments.score import Scored, score_record

FILE = Path(__file__).parent / "expected.tsv"
HEADER = """\
# Outcome of every in-scope contrast at nominal parameters over the grid of unreported conditions.
# A change here is a change of what the models say: state its reason in the commit and in changes/.
# Written by: python -m tests.reenactment.expected (from the root of the checkout).
mechanism\tcontrast\toutcome
"""

Outcomes = dict[tuple[str, str], str]


def score_mechanism(atlas: Atlas, mechanism: str) -> tuple[Scored, ...]:
    """Score the in-scope contrasts of a mechanism; one draw, as only the nominal outcome is asked for."""
    scored = score_record(atlas.records[mechanism], atlas, seed=1, draws=1)
    return tuple(row for row in scored if row.in_scope)


def read_expected() -> Outcomes:
    """Read the committed outcomes."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = [line.split("\t") for line in lines[1:]]
    return {(mechanism, contrast): outcome for mechanism, contrast, outcome in rows}


def write_expected(atlas: Atlas) -> None:
    """Write the outcomes of all mechanisms anew."""
    rows = [row for mechanism in sorted(atlas.records) for row in score_mechanism(atlas, mechanism)]
    lines = [f"{row.mechanism}\t{row.contrast}\t{row.outcome}\n" for row in rows]
    FILE.write_text(HEADER + "".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_expected(load_atlas())
