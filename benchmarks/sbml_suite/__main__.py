"""Run a folder of SBML Test Suite cases through mscape and libRoadRunner."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.sbml_suite.case import Case, find_cases, read_case
from benchmarks.sbml_suite.engine import ENGINES, Outcome
from benchmarks.sbml_suite.worker import Worker

DEFAULT = ("mscape", "roadrunner")
KINDS = ("pass", "refused", "failed", "wrong")
Results = dict[str, dict[str, Outcome]]  # case id to engine to outcome


def main() -> int:
    """Run the cases; return 1 if a kernel of ours is wrong or fails anywhere."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sbml_suite", description=__doc__)
    parser.add_argument("folder", type=Path, help="holds one folder for each case")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N cases")
    parser.add_argument("--tag", help="only cases with this tag, or package, or the case of this number")
    parser.add_argument(
        "--engine",
        choices=tuple(ENGINES),
        action="append",
        help="only this one; may be given again (default mscape and roadrunner)",
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="that one case may take (default 60)")
    options = parser.parse_args()
    cases = [read_case(path) for path in find_cases(options.folder)]
    if options.tag:
        cases = [case for case in cases if options.tag in (case.id, *case.tags, *case.packages)]
    cases = cases[: options.limit]
    if not cases:
        print(f"no cases in {options.folder}", file=sys.stderr)
        return 2
    engines = tuple(options.engine or DEFAULT)
    results = run_cases(cases, engines, options.seconds)
    text = write_json(cases, results) if options.json else write_table(cases, results, engines)
    print(text)
    ours = [outcome for r in results.values() for name, outcome in r.items() if name != "roadrunner"]
    return 1 if any(outcome.kind in ("failed", "wrong") for outcome in ours) else 0


def run_cases(cases: list[Case], engines: tuple[str, ...], seconds: float) -> Results:
    """Run every case through every engine; progress goes to the terminal's error stream."""
    results: Results = {}
    with ExitStack() as stack:
        workers = {name: stack.enter_context(Worker(name, seconds)) for name in engines}
        for number, case in enumerate(cases, 1):
            results[case.id] = {name: workers[name].judge(case.model.parent) for name in engines}
            if sys.stderr.isatty():
                print(f"\r{number} of {len(cases)}", end="", file=sys.stderr)
    return results


def write_table(cases: list[Case], results: Results, engines: tuple[str, ...]) -> str:
    """Return counts for each engine by class and by tag, then every case that mscape does not pass."""
    groups: dict[str, list[Case]] = {
        "all": cases,
        "core": [case for case in cases if case.core],
        "not core": [case for case in cases if not case.core],
    }
    tags = sorted({tag for case in cases for tag in (*case.tags, *case.packages)})
    groups |= {tag: [case for case in cases if tag in (*case.tags, *case.packages)] for tag in tags}
    head = "".join(f"  {engine:^32}" for engine in engines)
    lines = [
        f"{'':30}{'cases':>6}{head}",
        f"{'':36}{('  ' + ''.join(f'{k:>8}' for k in KINDS)) * len(engines)}",
    ]
    for name, members in groups.items():
        if members:
            columns = "".join(f"  {_count(members, results, engine)}" for engine in engines)
            lines.append(f"{name:30}{len(members):6}{columns}")
    for case in cases:
        for engine, outcome in results[case.id].items():
            if outcome.kind != "pass" and engine == engines[0]:
                core = " (core)" if case.core else ""
                lines.append(f"{case.id} {engine} {outcome.kind}{core}: {outcome.detail}")
    return "\n".join(lines)


def _count(cases: Iterable[Case], results: Results, engine: str) -> str:
    counts: Counter[str] = Counter(results[case.id][engine].kind for case in cases)
    return "".join(f"{counts[kind]:8}" for kind in KINDS)


def write_json(cases: list[Case], results: Results) -> str:
    """Return every case with its tags and what came of it."""
    return json.dumps(
        {
            case.id: {
                "core": case.core,
                "tags": [*case.tags, *case.packages],
                "engines": {
                    name: {"kind": outcome.kind, "detail": outcome.detail}
                    for name, outcome in results[case.id].items()
                },
            }
            for case in cases
        },
        indent=1,
    )


if __name__ == "__main__":
    sys.exit(main())
