"""Tables of a validation: every number is the one of the JSON, and only marks are touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.validation.agreement import Compared, make_table
from benchmarks.validation.page import make_blocks, rewrite_page


def _skill(name: str, bits: float, behind: float | None) -> dict[str, Any]:
    interval = None if behind is None else [behind, behind - 0.1, behind + 0.1]
    score = [bits, bits - 0.1, bits + 0.1]
    return {
        "predictor": name, "contrasts": 4, "papers": 2, "log_score": score, "right": [0.5, 0.25, 0.75],
        "behind": interval, "calibrated": score, "calibrated_behind": interval, "calibrated_right": None,
    }  # fmt: skip


def _answer() -> dict[str, Any]:
    names = ("prior", "signed graph", "always protects", "no stroma effect")
    behind = {"signed graph": -0.2}
    skills = [_skill("ensemble", -1.0, None), *(_skill(n, -1.5, behind.get(n, 0.5)) for n in names)]
    row = {
        "mechanism": "a", "leave_out": "paper", "group": "p", "reported": "up", "refitted": True,
        "ensemble": {"predicted": "up"}, "prior": {"predicted": "down"}, "baselines": {"signed graph": "up"},
    }  # fmt: skip
    total = {"scheme": "paper", "overall": skills, "by_mechanism": {"a": skills}}
    held = {
        "what": "effects",
        "level": 0.8,
        "inside": 0.79,
        "low": 0.7,
        "high": 0.85,
        "cases": 9,
        "replicas": 5,
    }
    provenance = {"mechanisms": ["a"], "seed": 3, "version": "0", "atlas_hash": "abcdef0123456789"}
    return {"provenance": provenance, "data": {"left_out": [row], "totals": [total], "coverage": [held]}}


def test_tables_say_who_is_ahead_and_what_was_held() -> None:
    blocks = make_blocks(_answer())
    assert "| ensemble | 50% (25 to 75) | -1.00 (-1.10 to -0.90) | - |" in blocks["skill-paper"]
    assert blocks["mechanisms"].splitlines()[-1].endswith("| signed graph |")
    assert "| effects | 80 % | 79.0 % | 70.0 to 85.0 % | 9 |" in blocks["coverage"]
    assert "| prior | up | 0 | 0 | 1 |" in blocks["answers"]
    assert blocks["run"] == "1 mechanisms, seed 3, mscape 0, atlas abcdef012345."
    assert blocks["weights"] == "1 groups were left out; 1 of them needed a new fit."


def test_ways_are_compared_apart_for_trusted_weights() -> None:
    one = Compared("a", "paper", "c", 0.5, (0.4, 0.7), trusted=True)
    table = make_table([one]).splitlines()
    assert table[-1] == "| trusted | 1 | 0.150 | 0.300 | -0.050 |"


def test_only_blocks_with_something_new_are_rewritten(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    text = "a\n<!-- measured: x -->\nold\n<!-- end -->\n<!-- measured: y -->\nkept\n<!-- end -->\nb\n"
    page.write_text(text, encoding="utf-8")
    rewrite_page(page, {"x": "new"})
    assert page.read_text(encoding="utf-8") == text.replace("old", "new")
