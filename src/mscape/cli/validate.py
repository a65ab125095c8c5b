"""``mscape validate``: what ensembles say of experiments and papers that they have not heard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
from mscape.cli.output import print_json
from mscape.cli.pool import Plan, map_records
from mscape.cli.validate_text import print_coverage, print_information, print_misses, print_totals

if TYPE_CHECKING:
    from mscape.atlas.load import Atlas, Record
    from mscape.inference.coverage import Replica
    from mscape.inference.forecast import Forecast
    from mscape.inference.information import Information
    from mscape.inference.leave_out import LeftOut
    from mscape.inference.skill import Answered

EXAMPLE = """
Examples:
  mscape validate xu2018_breast_il6
  mscape validate --leave-out paper --particles 300 --json > validation.json
  mscape validate ji2015_gastric_exosome --coverage 20 --particles 200
"""


class Scheme(StrEnum):
    """What is left out together."""

    EXPERIMENT = "experiment"
    PERTURBATION = "perturbation"
    PAPER = "paper"


Names = Annotated[list[str] | None, typer.Argument(metavar="ID", help="Mechanisms; by default all.")]
Schemes = Annotated[
    list[Scheme] | None,
    typer.Option("--leave-out", help="What is left out at a time; repeat for several; by default all three."),
]
Particles = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=20,
        max=100_000,
        help="Parameter sets of each ensemble, reread if 'mscape fit' made it; new fits have 500 at most.",
    ),
]
Coverage = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=0,
        max=10_000,
        help="Also make up papers from known parameters, N times a mechanism, and count how often intervals "
        "hold the truth.",
    ),
]


@dataclass(frozen=True)
class Validated:
    """What was found for one mechanism."""

    left_out: tuple[LeftOut, ...]
    information: tuple[Information, ...]
    replicas: tuple[Replica, ...]


def validate(
    names: Names = None,
    *,
    leave_out: Schemes = None,
    particles: Particles = 2000,
    coverage: Coverage = 0,
    seed: options.Seed = 1,
    jobs: options.Jobs = 2,
    atlas: options.AtlasFolder = None,
    as_json: options.AsJson = False,
) -> None:
    """Leave out what papers report, and predict it.

    Experiments, types of perturbation and whole papers are left out, and predicted from the rest.
    Misses come first; then totals beside the prior, the signed graph and the two trivial baselines.
    """
    shelf = options.open_atlas(atlas)
    records = options.find_records(shelf, names or [])
    schemes = tuple(item.value for item in leave_out or list(Scheme))
    task = partial(validate_one, schemes=schemes, replicas=coverage)
    parts = map_records(task, records, shelf, Plan(seed, particles, jobs), label="validating")
    found = {record.id: part for record, part in zip(records, parts, strict=True)}
    _tell(found, _answer_others(shelf, list(found)), as_json=as_json, atlas=shelf, seed=seed)


def validate_one(
    record: Record,
    atlas: Atlas,
    *,
    seed: int,
    draws: int,
    progress: Callable[[int], None],
    schemes: Sequence[str],
    replicas: int,
) -> Validated:
    """Validate one mechanism: the task of ``mscape validate``."""
    from mscape.experiments.bind import bind_record
    from mscape.inference.coverage import simulate_replicas
    from mscape.inference.information import measure_information
    from mscape.inference.leave_out import REFIT_PARTICLES, predict_left_out
    from mscape.standards.ensemble_cache import Progress, load_ensemble

    bound = bind_record(record, atlas)
    ensemble = load_ensemble(bound, seed=seed, particles=draws, progress=Progress(solved=progress))
    left_out = predict_left_out(bound, ensemble, schemes=schemes, progress=progress)
    made_up: tuple[Replica, ...] = ()
    if replicas:
        count = min(draws, REFIT_PARTICLES)
        made_up = simulate_replicas(bound, seed=seed, replicas=replicas, particles=count, progress=progress)
    return Validated(left_out, measure_information(ensemble), made_up)


def _answer_others(atlas: Atlas, asked: Sequence[str]) -> tuple[Answered, ...]:
    """Return the baselines' answers on mechanisms nobody asked about, to learn their hit rates from."""
    from mscape.experiments.bind import bind_record
    from mscape.inference.skill import answer_baselines

    others = [record for key, record in atlas.records.items() if key not in asked]
    return tuple(answer for record in others for answer in answer_baselines(bind_record(record, atlas)))


def _tell(
    found: dict[str, Validated], others: tuple[Answered, ...], *, as_json: bool, atlas: Atlas, seed: int
) -> None:
    from mscape.inference.coverage import total_coverage
    from mscape.inference.skill import validate_predictions

    rows = [row for part in found.values() for row in part.left_out]
    totals = validate_predictions(rows, others)
    covered = total_coverage(replica for part in found.values() for replica in part.replicas)
    if as_json:
        data = {
            "left_out": [plain_left_out(row) for row in rows],
            "totals": totals,
            "information": {key: part.information for key, part in found.items()},
            "coverage": covered,
        }
        print_json("validate", options.describe_provenance(atlas, list(found), seed=seed), data)
        return
    print_misses(rows)
    print_totals(totals)
    print_information({key: part.information for key, part in found.items()})
    print_coverage(covered)


def plain_left_out(row: LeftOut) -> dict[str, object]:
    """Return one prediction as ``--json`` gives it."""
    return {
        "mechanism": row.mechanism,
        "contrast": row.contrast,
        "paper": row.paper,
        "said": row.said,
        "leave_out": row.scheme,
        "group": row.group,
        "reported": row.reported,
        "ensemble": _plain_forecast(row.ensemble, row.reported),
        "prior": _plain_forecast(row.prior, row.reported),
        "baselines": row.baselines,
        "shape": row.shape,
        "effective": row.effective,
        "refitted": row.refitted,
    }


def _plain_forecast(forecast: Forecast, reported: str) -> dict[str, object]:
    return {
        "chances": forecast.chances,
        "predicted": forecast.predicted,
        "log_score": forecast.score(reported),
        "reproduced": forecast.reproduced,
    }
