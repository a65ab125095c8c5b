"""``python -m benchmarks.engine``: compare engines, print the tables, the geometric-mean ratio last."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from benchmarks.engine.peer import PEERS
from benchmarks.engine.problem import MODELS, list_problems
from benchmarks.engine.result import Result
from benchmarks.engine.run import FULL, QUICK, VARIANTS, Request, run_benchmark, say
from benchmarks.engine.table import (
    CAPTION,
    find_headline,
    list_missing,
    make_extra_table,
    make_gate_table,
    make_speed_table,
    make_summary_table,
    make_verdict,
)


def main() -> int:
    """Measure, or show what was measured before; return 0 if there is a ratio."""
    options = _read_options()
    if options.show:
        result: Result = json.loads(options.show.read_text(encoding="utf-8"))
    else:
        result = run_benchmark(_make_request(options), say)
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if options.figure:
        from benchmarks.engine.figure import draw_figure

        draw_figure(result, options.figure)
    if options.page:
        from benchmarks.engine.page import rewrite_page

        rewrite_page(options.page, result)
    parts = [
        make_speed_table(result),
        textwrap.fill(CAPTION, 110),
        make_summary_table(result),
        make_extra_table(result),
        make_gate_table(result),
        "\n".join(list_missing(result)),
        make_verdict(result),
    ]
    print("\n\n".join(part for part in parts if part))
    return 0 if find_headline(result) else 1


def _make_request(options: argparse.Namespace) -> Request:
    request = QUICK if options.quick else FULL
    if options.models:
        request = replace(request, models=tuple(options.models.split(",")))
    if options.peers:
        request = replace(request, peers=tuple(peer for peer in PEERS if peer.id in options.peers))
    if options.variants:
        request = replace(request, variants=options.variants)
    if options.rounds:
        request = replace(request, plan=replace(request.plan, rounds=options.rounds))
    if options.draws:
        request = replace(request, plan=replace(request.plan, draws=options.draws))
    return replace(request, folder=options.folder, extras=request.extras and not options.no_extras)


def _choose(names: Iterable[str], mark: str = ",") -> Callable[[str], tuple[str, ...]]:
    """Return a reader of names separated by a mark, which refuses others."""
    known = tuple(names)

    def read(text: str) -> tuple[str, ...]:
        chosen = tuple(part.strip() for part in text.split(mark))
        unknown = [name for name in chosen if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"no {', '.join(unknown)}; there are {', '.join(known)}")
        return chosen

    return read


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="libRoadRunner alone, five models, under a minute"
    )
    parser.add_argument("--models", help=f"of {', '.join(list_problems())}, separated by commas")
    peers = [peer.id for peer in PEERS]
    parser.add_argument("--peers", type=_choose(peers), help=f"of {', '.join(peers)}")
    parser.add_argument(
        "--variants",
        type=_choose(VARIANTS, ";"),
        help=f"of ours, separated by semicolons: {'; '.join(VARIANTS)}",
    )
    parser.add_argument("--rounds", type=int, help="interleaved rounds; 5 by default")
    parser.add_argument("--draws", type=int, help="parameter draws a model, at most 1000")
    parser.add_argument("--folder", type=Path, default=MODELS, help="models.json and SBML of other models")
    parser.add_argument("--no-extras", action="store_true", help="curves only")
    parser.add_argument("--json", type=Path, help="write everything measured")
    parser.add_argument("--figure", type=Path, help="draw the curves; .svg, .png or .pdf")
    parser.add_argument("--page", type=Path, help="rewrite the measured blocks of a document")
    parser.add_argument("--show", type=Path, help="show a file of --json instead of measuring")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
