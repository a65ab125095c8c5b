"""``mscape simulate``: one experiment on one mechanism, every arm with its range over the draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mscape.cli import options
from mscape.cli.numbers import format_dose, make_interval
from mscape.cli.output import clean_text, open_console, print_json
from mscape.cli.setting import Asked, list_remarks, read_setting, warn_draws
from mscape.report.number import format_number, format_percent, format_range

if TYPE_CHECKING:
    from mscape.atlas.load import Record
    from mscape.experiments.simulate import SimulatedExperiment

EXAMPLE = """
Examples:
  mscape simulate xu2018_breast_il6
  mscape simulate xu2018_breast_il6 --dose cisplatin=10uM --hours 48
  mscape simulate xu2018_breast_il6 --culture transwell --ratio 1:3 --perturb anti-IL6
  mscape simulate xu2018_breast_il6 --dose doxorubicin=200nM --line mda_mb_231 --json
"""
Dose = Annotated[
    str | None,
    typer.Option(metavar="DRUG=DOSE", help="Such as cisplatin=10uM; without it, doses of 30 to 75 % effect."),
]


def simulate_mechanism(
    name: options.Id,
    *,
    culture: options.Cultures = None,
    dose: Dose = None,
    hours: options.Hours = "48",
    msc: options.Msc = None,
    ratio: options.Ratio = None,
    share: options.Share = None,
    perturb: options.Perturb = None,
    drug: options.Drug = None,
    line: options.Line = None,
    draws: options.Draws = 100,
    seed: options.Seed = 1,
    atlas: options.AtlasFolder = None,
    as_json: options.AsJson = False,
) -> None:
    """Simulate an experiment and print every arm.

    The arms are untreated, drug, MSC, both, and both with the perturbations, each over draws of what is
    assumed or not reported.
    """
    from mscape.experiments.bind import bind_record
    from mscape.experiments.simulate import simulate_experiment

    shelf = options.open_atlas(atlas)
    record = options.find_record(shelf, name)
    asked = Asked(
        culture=culture, drug=drug, dose=dose, line=line, msc=msc, hours=hours, ratio=ratio, share=share,
        perturb=perturb,
    )  # fmt: skip
    setting, amount = read_setting(asked, record, shelf)
    warn_draws(draws)
    done = simulate_experiment(bind_record(record, shelf), setting, dose=amount, seed=seed, draws=draws)
    if as_json:
        provenance = options.describe_provenance(shelf, [record.id], seed=seed)
        print_json("simulate", provenance, _describe(record.id, done, draws))
        return
    _print(record, done, draws)


def _describe(name: str, done: SimulatedExperiment, draws: int) -> dict[str, object]:
    return {
        "mechanism": name,
        "culture": done.culture,
        "drug": done.drug,
        "dose_nM": done.dose,
        "line": done.line,
        "hours": done.hours,
        "draws": draws,
        "arms": {
            arm: {key: make_interval(value) for key, value in readings.items()}
            for arm, readings in done.arms.items()
        },
        "units": done.units,
        "solved": done.solved,
        "extrapolated": done.extrapolated,
        "needs": done.needs,
        "stand_ins": done.stand_ins,
    }


def _print(record: Record, done: SimulatedExperiment, draws: int) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    console = open_console()
    dose = "30, 50 and 75 % effect alone" if done.dose is None else format_dose(done.dose)
    console.print(f"{record.id}: {done.culture}, {done.line}, {done.drug} at {dose}, {done.hours:g} h")
    labels = {item.id: item.label for item in record.mechanism.readouts}
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in ("read-out and arm", "median", "5 to 95 %"):
        table.add_column(name, justify="right" if name == "median" else "left")
    for key, unit in done.units.items():
        label = clean_text(labels.get(key, key)) + ("" if unit == "1" else f", {unit}")
        table.add_row(Text(label, style="bold"))
        for arm, readings in done.arms.items():
            low, middle, high = readings.get(key) or (None, None, None)
            spread = format_range(low, high) if low != high else ""
            table.add_row(f"  {arm}", format_number(middle), spread)
        table.add_section()
    console.print(table)
    console.print(
        f"Over {draws} draws of what is assumed or not reported; {format_percent(done.solved)} solved."
    )
    for remark in list_remarks(done):
        console.print(clean_text(remark))
