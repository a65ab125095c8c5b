"""Generated blocks of the documentation: find them, make them anew, compare. Run through scripts/docs."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(
    r"(?P<open><!-- generated: (?P<name>[a-z0-9-]+) -->\n)(?P<body>.*?)(?P<end><!-- end -->)", re.S
)


def make_version() -> str:
    """Return the version the code says it is."""
    from mscape.store import VERSION

    return f"Version {VERSION}."


def make_exit_codes() -> str:
    """Return a table of exit codes from the error classes themselves."""
    from mscape.errors import Faults, MscapeError

    kinds: dict[int, list[str]] = {}
    for kind in MscapeError.__subclasses__():
        if kind is not Faults:
            kinds.setdefault(kind.exit_code, []).append(f"`{kind.__name__}`")
    rows = [f"| {code} | {', '.join(names)} |" for code, names in sorted(kinds.items())]
    first = ["| code | error |", "|---|---|", "| 0 | none: done |", "| 1 | none: a check found something |"]
    return "\n".join([*first, *rows, "| 130 | none: interrupted |"])


def make_status_codes() -> str:
    """Return a table of how a trajectory can end and what to do about it."""
    from mscape.engine.batch import Status

    rows = ["| status | in `status` | what to do |", "|---|---:|---|"]
    for status in Status:
        advice = status.advice or "nothing: solved"
        rows.append(f"| {status.name.lower().replace('_', ' ')} | {status.value} | {advice} |")
    return "\n".join(rows)


def make_commands() -> str:
    """Return the reference of every command, made from the program itself."""
    from mscape.cli.reference import make_command_reference

    return make_command_reference()


def make_mechanisms() -> str:
    """Return a table of the curated mechanisms, from their records."""
    from mscape.atlas.load import load_atlas

    head = "| row | mechanism | tumour | drug | verdict (basis) | observations | contrasts in scope / all |"
    rows = [head, "|---:|---|---|---|---|---:|---:|"]
    records = sorted(load_atlas().records.values(), key=lambda each: each.mechanism.claim.row or 0)
    for record in records:
        m = record.mechanism
        inside = sum(row.scope == "in" for row in record.contrasts)
        seen = len({row.observation for row in record.observations})
        verdict = f"{m.verdict.verdict} ({m.verdict.basis})"
        claim = m.claim
        scope = f"{inside} / {len(record.contrasts)}"
        cells = (claim.row, f"`{m.id}`", claim.tumour, claim.drug, verdict, seen, scope)
        rows.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(rows)


def make_between_sets() -> str:
    """Return how far public sets of IC50s lie apart, from the table that benchmarks/noise_floor wrote."""
    path = ROOT / "benchmarks" / "noise_floor" / "between_sets.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    table = [line.split("\t") for line in lines if not line.startswith("#")][1:]
    names = {"GDSC_lnIC50": "GDSC", "NCI60_GI50": "NCI-60", "gCSI_GR50": "gCSI", "Heiser_GR50": "Heiser 2012"}
    rows = ["| sets | pairs | median shift | SD of one set | from quartiles | tenfold apart |"]
    rows += ["|---|---:|---:|---:|---:|---:|"]
    for first, second, count, shift, sd, robust, tenfold in table:
        sets = "all" if first == "all" else f"{names[first]}, {names[second]}"
        numbers = [f"{float(value):.2f}" for value in (shift, sd, robust)]
        rows.append(f"| {sets} | {count} | {' | '.join(numbers)} | {float(tenfold):.0%} |")
    return "\n".join(rows)


def make_donor_shares() -> str:
    """Return a table of the parameters that belong to the MSC, and how much of each is a donor's own."""
    from mscape.atlas.load import load_atlas
    from mscape.experiments.bind import bind_record
    from mscape.experiments.spread import find_spread, list_donor_parameters

    atlas = load_atlas()
    found: dict[str, list[float]] = {}
    for record in atlas.records.values():
        bound = bind_record(record, atlas)
        spread = find_spread(bound)
        for name in list_donor_parameters(bound):
            label, _, inner = name.partition("_")
            key = f"{bound.uses[label]}.{inner}" if label in bound.uses else name
            found.setdefault(key, []).append(spread[name])
    rows = ["| parameter | models | share between donors |", "|---|---:|---:|"]
    for name, shares in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        ends = sorted({f"{min(shares):.2f}", f"{max(shares):.2f}"})
        rows.append(f"| `{name}` | {len(shares)} | {' to '.join(ends)} |")
    return "\n".join(rows)


def make_interventions() -> str:
    """Return a table of the interventions: where each stands, what is known, which mechanisms it bears on."""
    from mscape.atlas.load import load_atlas
    from mscape.experiments.intervention import compute_multiple, find_reach, read_names

    atlas = load_atlas()
    reach = find_reach(atlas, read_names(atlas))
    rows = [
        "| intervention | kind | standing | free exposure / potency | mechanisms |",
        "|---|---|---|---:|---|",
    ]
    for name, row in atlas.interventions.reagents.items():
        multiple = compute_multiple(atlas, name)
        told = "unknown" if multiple is None else f"{multiple:.2g}"
        reached = ", ".join(sorted(mechanism.split("_")[0] for mechanism in reach[name]))
        rows.append(f"| {row.label} | {row.kind} | {row.standing} | {told} | {reached} |")
    return "\n".join(rows)


def make_outcomes() -> str:
    """Return a table of what came of interventions in animals and people, with what was read."""
    from mscape.atlas.load import load_atlas

    atlas = load_atlas()
    rows = ["| result | intervention, with | in | endpoint and numbers | source (read) | what models lack |"]
    rows.append("|---|---|---|---|---|---|")
    for row in sorted(atlas.interventions.outcomes, key=lambda each: each.result):
        paper = atlas.papers[row.paper]
        key = f"[`{row.paper}`](https://doi.org/{paper.doi})" if paper.doi else f"`{row.paper}`"
        cells = (
            row.result,
            f"{', '.join(row.interventions)}, {row.drug}",
            f"{row.species}: {row.tumour}",
            f"{row.endpoint}: {row.numbers}",
            f"{key} ({row.read})",
            ", ".join(row.lacks),
        )
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


# Add a block: write a function that returns Markdown, name it here, put the marks where it shall stand.
BLOCKS: Mapping[str, Callable[[], str]] = {
    "version": make_version,
    "exit-codes": make_exit_codes,
    "status-codes": make_status_codes,
    "interventions": make_interventions,
    "outcomes": make_outcomes,
    "commands": make_commands,
    "mechanisms": make_mechanisms,
    "between-sets": make_between_sets,
    "donor-shares": make_donor_shares,
}


def rewrite_text(text: str, blocks: Mapping[str, Callable[[], str]]) -> str:
    """Return a document with every generated block made anew.

    Raises
    ------
    KeyError
        A mark names a block that nothing makes.
    """
    return _BLOCK.sub(lambda match: f"{match['open']}{blocks[match['name']]().strip()}\n{match['end']}", text)


def find_documents(root: Path) -> Iterator[Path]:
    """Yield the documents that may hold blocks: Markdown at the root and under docs/."""
    yield from sorted(root.glob("*.md"))
    yield from sorted((root / "docs").rglob("*.md"))


def main(arguments: list[str]) -> int:
    """Rewrite documents, or only compare with --check; return 1 if a comparison failed."""
    stale = []
    for path in find_documents(ROOT):
        old = path.read_text(encoding="utf-8")
        new = rewrite_text(old, BLOCKS)
        if new == old:
            continue
        stale.append(path.relative_to(ROOT).as_posix())
        if "--check" not in arguments:
            path.write_text(new, encoding="utf-8", newline="\n")
    verb = "out of date; run scripts/docs" if "--check" in arguments else "rewritten"
    print("\n".join(f"{name}: {verb}" for name in stale) or "generated blocks are up to date")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
