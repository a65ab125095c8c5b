"""What ``mscape validate`` prints: misses first, totals beside baselines, bits, coverage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mscape.cli.output import clean_text, open_console
from mscape.report.number import format_percent

if TYPE_CHECKING:
    from rich.table import Table

    from mscape.inference.coverage import Coverage
    from mscape.inference.information import Information
    from mscape.inference.leave_out import LeftOut
    from mscape.inference.skill import Skill, Validation

MOST_MISSES = 40
MOST_BITS = 8
NARROW = "\u00a0"  # a blank that does not break
_STRICTEST = ("paper", "experiment", "perturbation")  # the scheme whose misses are listed: the first there is


def choose_scheme(schemes: Iterable[str]) -> str | None:
    """Return the strictest way of leaving out among some."""
    known = set(schemes)
    return next((name for name in _STRICTEST if name in known), None)


def list_misses(rows: Sequence[LeftOut]) -> list[LeftOut]:
    """List what was predicted otherwise than reported, under the strictest scheme, the surest first."""
    scheme = choose_scheme(row.scheme for row in rows)
    missed = [row for row in rows if row.scheme == scheme and row.ensemble.predicted != row.reported]
    return sorted(missed, key=lambda row: row.ensemble.score(row.reported))


def print_misses(rows: Sequence[LeftOut]) -> None:
    """Print what was predicted otherwise than reported."""
    from rich.text import Text

    console = open_console()
    missed = list_misses(rows)
    scheme = choose_scheme(row.scheme for row in rows)
    console.print(f"Missed with the {scheme} left out ({len(missed)})", style="bold red")
    table = _make_table("mechanism and contrast", "reported", "predicted", "chance of the report")
    for row in missed[:MOST_MISSES]:
        named = Text.assemble(clean_text(row.said), "\n", (f"{row.mechanism} {row.contrast}", "dim"))
        chance = format_percent(row.ensemble.chances[row.reported])
        table.add_row(named, row.reported, row.ensemble.predicted, chance)
    if missed:
        console.print(table)
    if len(missed) > MOST_MISSES:
        console.print(f"and {len(missed) - MOST_MISSES} more: --json has them all")
    console.print()


def print_totals(totals: Sequence[Validation]) -> None:
    """Print scores for each way of leaving out, then by mechanism, then where the ensemble is behind."""
    console = open_console()
    for part in totals:
        if not part.overall:
            continue
        first = part.overall[0]
        title = f"{part.scheme.capitalize()} left out: {first.contrasts} contrasts of {first.papers} papers"
        console.print(title, style="bold")
        console.print(
            "share right, log score in bits a contrast, how far behind the ensemble; then once calibrated"
        )
        table = _make_table("", *("right", "bits", "behind") * 2)
        for skill in part.overall:
            table.add_row(skill.predictor, *_describe_skill(skill))
        for column in table.columns:
            column.no_wrap = True
        console.print(table)
        console.print()
    scheme = choose_scheme(part.scheme for part in totals)
    for part in totals:
        if part.scheme == scheme and len(part.by_mechanism) > 1:
            console.print(f"By mechanism, {scheme} left out: right, and log score in bits", style="bold")
            console.print(_tabulate_mechanisms(part))
            console.print()
    for line in list_shortfalls(totals):
        console.print(line, soft_wrap=True)
    console.print()


def _describe_skill(skill: Skill) -> tuple[str, ...]:
    right = f"{skill.right[0] * 100:.0f}%"
    cells = (right, f"{skill.log_score[0]:.2f}", describe_bits(skill.behind))
    if skill.calibrated is None or skill.calibrated_right is None:
        return *cells, "-", "-", "-"
    turned = (f"{skill.calibrated_right[0] * 100:.0f}%", f"{skill.calibrated[0]:.2f}")
    return *cells, *turned, describe_bits(skill.calibrated_behind)


def describe_share(interval: Sequence[float] | None) -> str:
    """Return a share in percent with its interval, or a dash."""
    if interval is None:
        return "-"
    value, low, high = (f"{end * 100:.0f}" for end in interval)
    return f"{value}% ({low} to {high})"


def describe_bits(interval: Sequence[float] | None) -> str:
    """Return bits with their interval, or a dash."""
    if interval is None:
        return "-"
    return f"{interval[0]:.2f} ({interval[1]:.2f} to {interval[2]:.2f})"


def _tabulate_mechanisms(part: Validation) -> Table:
    names = [skill.predictor for skill in part.overall if not skill.predictor.endswith("answer")]
    table = _make_table("mechanism", "n", *names)
    for key, skills in part.by_mechanism.items():
        known = {skill.predictor: skill for skill in skills}
        if skills:
            cells = [
                f"{known[n].right[0] * 100:.0f}% {known[n].log_score[0]:.2f}" for n in names if n in known
            ]
            table.add_row(key, str(skills[0].contrasts), *(cell.replace(" ", NARROW) for cell in cells))
    table.columns[0].no_wrap = True
    return table


def list_shortfalls(totals: Sequence[Validation]) -> list[str]:
    """Say where the ensemble is behind something simpler: in all, and by mechanism at the strictest."""
    scheme = choose_scheme(part.scheme for part in totals)
    lines = []
    for part in totals:
        by_mechanism = part.by_mechanism.items() if part.scheme == scheme else ()
        for where, skills in (("in all", part.overall), *by_mechanism):
            told = [f"{name} ({', '.join(ways)})" for name, ways in _list_ahead(skills)]
            if told:
                lines.append(f"behind, {part.scheme} left out, {where}: {'; '.join(told)}")
    return lines or ["behind no baseline anywhere"]


def _list_ahead(skills: Sequence[Skill]) -> Iterator[tuple[str, list[str]]]:
    """Yield who is ahead of the ensemble, and in what."""
    own = next((skill for skill in skills if skill.behind is None), None)
    for skill in skills:
        if own is None or skill.behind is None or skill.predictor.endswith("answer"):
            continue
        ways = ["log score"] if skill.behind[0] < 0 else []
        ways += ["calibrated"] if skill.calibrated_behind and skill.calibrated_behind[0] < 0 else []
        ways += ["answers"] if skill.right[0] > own.right[0] else []
        if ways:
            yield skill.predictor, ways


def print_information(found: Mapping[str, Sequence[Information]]) -> None:
    """Print what each contrast adds to all others, of each mechanism the most telling."""
    console = open_console()
    console.print("What a contrast adds to all others", style="bold")
    table = _make_table("contrast", "learned, bits", "share", "surprise, bits")
    for key, items in found.items():
        told = sorted(items, key=lambda item: -item.learned)[: MOST_BITS if len(found) == 1 else 1]
        for item in told:
            numbers = (f"{item.learned:.2f}", format_percent(item.share), f"{item.surprise:.2f}")
            table.add_row(f"{key} {item.contrast}", *numbers)
    console.print(table)


def print_coverage(covered: Sequence[Coverage]) -> None:
    """Print how often intervals hold the truth."""
    if not covered:
        return
    console = open_console()
    console.print()
    console.print(f"Made-up papers: {max(c.replicas for c in covered)} replicas", style="bold")
    table = _make_table("intervals of", "promised", "held", "90% interval", "truths")
    for item in covered:
        held = f"{item.inside * 100:.1f}%"
        span = f"{item.low * 100:.1f} to {item.high * 100:.1f}%"
        table.add_row(item.what, f"{item.level * 100:.0f}%", held, span, str(item.cases))
    console.print(table)


def _make_table(first: str, *others: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table
