"""``mscape dose-response``: the curves without and with MSC, and what is read off them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mscape.cli import options
from mscape.cli.numbers import format_dose_interval, make_interval
from mscape.cli.output import clean_text, open_console, print_json
from mscape.cli.setting import Asked, list_remarks, read_setting, warn_draws
from mscape.report.number import format_dose, format_interval

if TYPE_CHECKING:
    from rich.console import Console

    from mscape.experiments.dose_response import DoseResponse

EXAMPLE = """
Examples:
  mscape dose-response xu2018_breast_il6
  mscape dose-response xu2018_breast_il6 --culture contact --ratio 1:1
  mscape dose-response xu2018_breast_il6 --drug doxorubicin --line mda_mb_231 --json
"""
_SUMMARY = {"ic50": "IC50", "gr50": "GR50", "emax": "Emax", "auc": "AUC"}


def dose_response(
    name: options.Id,
    *,
    culture: options.Cultures = None,
    hours: options.Hours = "72",
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
    """Simulate dose-response with and without MSC.

    Prints both curves, IC50, GR50, Emax, AUC and the fold shift of the IC50; what the doses do not reach is
    said in words and never extrapolated.
    """
    from mscape.experiments.bind import bind_record
    from mscape.experiments.dose_response import simulate_dose_response

    shelf = options.open_atlas(atlas)
    record = options.find_record(shelf, name)
    asked = Asked(
        culture=culture, drug=drug, line=line, msc=msc, hours=hours, ratio=ratio, share=share, perturb=perturb
    )
    setting, _ = read_setting(asked, record, shelf)
    warn_draws(draws)
    done = simulate_dose_response(bind_record(record, shelf), setting, seed=seed, draws=draws)
    if as_json:
        provenance = options.describe_provenance(shelf, [record.id], seed=seed)
        print_json("dose-response", provenance, _describe(record.id, done, draws))
        return
    _print(record.id, done, draws)


def _describe(name: str, done: DoseResponse, draws: int) -> dict[str, object]:
    curves = {
        arm: {
            "viability": [make_interval(column) for column in curve.viability.T.tolist()],
            "gr": [make_interval(column) for column in curve.gr.T.tolist()],
            "summary": {key: make_interval(value) for key, value in curve.summary.items()},
        }
        for arm, curve in done.curves.items()
    }
    return {
        "mechanism": name,
        "culture": done.culture,
        "drug": done.drug,
        "line": done.line,
        "hours": done.hours,
        "draws": draws,
        "dose_nM": done.dose,
        "curves": curves,
        "fold_shift": make_interval(done.fold_shift),
        "extrapolated": done.extrapolated,
        "needs": done.needs,
        "stand_ins": done.stand_ins,
    }


def _print(name: str, done: DoseResponse, draws: int) -> None:
    console = open_console()
    console.print(f"{name}: {done.culture}, {done.line}, {done.drug}, {done.hours:g} h")
    _print_curves(console, done)
    _print_summary(console, done)
    console.print(f"Fold shift of the IC50 by MSC: {format_interval(done.fold_shift)}")
    console.print(f"Median (5 to 95 %) over {draws} draws of what is assumed or not reported.")
    console.print("Emax: loss of viability at the top dose. AUC: mean viability over log dose.")
    for remark in list_remarks(done):
        console.print(clean_text(remark))


def _print_curves(console: Console, done: DoseResponse) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("dose", justify="right")
    for arm in done.curves:
        table.add_column(f"viability {arm}")
    for index, dose in enumerate(done.dose.tolist()):
        cells = [format_interval(curve.viability[:, index].tolist()) for curve in done.curves.values()]
        table.add_row(format_dose(dose), *cells)
    console.print(table)


def _print_summary(console: Console, done: DoseResponse) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("")
    for arm in done.curves:
        table.add_column(arm)
    for key, label in _SUMMARY.items():
        form = format_dose_interval if key in ("ic50", "gr50") else format_interval
        table.add_row(label, *(form(curve.summary[key]) for curve in done.curves.values()))
    console.print(table)
