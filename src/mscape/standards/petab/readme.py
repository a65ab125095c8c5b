"""What a person finds in the folder of a PEtab problem: a page that says what is in it, and what is not."""

from __future__ import annotations

from collections.abc import Mapping

from mscape.experiments.arm import REST_HOURS
from mscape.standards.petab.problem import Problem
from mscape.store import VERSION

_SHARED = """
## Units
Time is in hours, concentrations in nM, amounts in items (cells, vesicles, molecules). The unit of
volume is the one in which one item is 1 nM. Each parameter's unit stands in its table (column
`unit`) and in the SBML. The species `drug` is in units of the potency: a dose in nM over
`potency__*`.

## Where numbers are from
Columns `source`, `paper` and `where`. *Assumed* means that no source gives it; the range is then
ours, and wide.

## Licence
Content: CC BY 4.0. Name mscape and the paper. The numbers are those of the papers named.
"""
_SECOND = """## What is in it
- `problem.yaml`: the estimation problem. Papers print a number of {measured} of the {told} experiments;
  those are in it.
- `all_arms.yaml`: the same with every arm that a contrast needs (`*_unmeasured.tsv`), and with the
  extension. Nothing is filled in for what papers do not print. So libpetab warns that these
  experiments have no measurement, and that it cannot check extensions; it finds no error.
- `contrasts.tsv` and the other tables of the extension `mscape-contrasts`: {contrasts} statements that
  papers make about arms, and what the arms are made of. mscape's documentation (`docs/reference/petab.md`)
  describes the columns.

## How to read an experiment
It begins {rest:g} h before the protocol: cells that are not there yet come to rest. At 0 the first
period of the protocol begins. Where a paper does not say how long, the middle of what is usual
stands in `experiments*.tsv`; `arms.tsv` says which times those are, `unreported.tsv` what else they
may be. Doses not reported are parameters (`dose__*`); the extension says how they follow: they have
a given effect in the monoculture. `low` and `high` of a parameter are the 5th and 95th percentile of
a normal or log-normal prior, and the ends of another.
"""
_FIRST = """## What is in it
Version 1 knows one simulation condition after an optional pre-equilibration, with numbers and
parameters in it, no formulas. So the {rest:g} h of rest are part of the simulation. An event of the
model ends them and puts cells, MSC and drug into the well, as the columns of `conditions.tsv` say:
`keep_*` is 1 for what it leaves alone, `start_*` an amount, `way_*` 1 where a formula of the event
holds. Times of measurements count from the beginning of the rest. `arms.tsv` says what each
condition is, `contrasts.tsv` what papers say of those whose arms are all here.

## Left out
Experiments in which something is set at the beginning of several periods. Version 2 has them.

{left_out}
"""


def describe_folder(problem: Problem, version: int, left_out: Mapping[str, str]) -> str:
    """Return the page of a folder, as Markdown.

    Parameters
    ----------
    problem
        What was written.
    version
        Of PEtab, 1 or 2.
    left_out
        Experiments that this version cannot tell, and why.
    """
    mechanism = problem.bound.record.mechanism
    paper = problem.bound.atlas.papers.get(mechanism.paper)
    cited = f"doi:{paper.doi}" if paper and paper.doi else mechanism.paper
    head = (
        f"# {mechanism.title}\n\n"
        f"`{problem.bound.id}` as a PEtab v{version} problem, written by mscape {VERSION} from atlas "
        f"{problem.bound.atlas.hash[:12]}.\nThe row's paper is {cited}; its verdict on the table's claim: "
        f"{mechanism.verdict.verdict} ({mechanism.verdict.basis}).\nA model of cells in culture.\n"
    )
    body = (_SECOND if version == 2 else _FIRST).format(
        measured=len(problem.measured),
        told=len(problem.experiments),
        contrasts=len(problem.contrasts),
        rest=REST_HOURS,
        left_out="\n".join(f"- `{name}`: {why}" for name, why in left_out.items()) or "- none",
    )
    return f"{head}\n{body.strip()}\n\n{_SHARED.strip()}\n"
