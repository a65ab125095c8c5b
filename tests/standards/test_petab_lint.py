"""What PEtab's own checks say of our problems, for every row and both versions: nothing.

Skipped where petab is not installed: it comes without a ready-made package, and the lock holds only such.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mscape.atlas.load import Atlas, load_atlas
from mscape.experiments.bind import bind_record
from mscape.standards.petab.version1 import write_petab1
from mscape.standards.petab.version2 import write_petab2

version1: Any = pytest.importorskip("petab.v1")
lint_version1: Any = pytest.importorskip("petab.v1.lint")
lint_problem: Any = pytest.importorskip("petab.v2.lint").lint_problem
pytestmark = pytest.mark.filterwarnings("ignore")  # how libpetab uses pandas is not ours to mend
ROWS = sorted(load_atlas().records)
FAST = "zeng2020_npc_il6"
SOME = [row if row == FAST else pytest.param(row, marks=pytest.mark.slow) for row in ROWS]
# all that libpetab may say of the file that holds every arm
ALLOWED = ("Validation of PEtab extensions is not yet implemented", "are not used in the measurements table")


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_atlas()


@pytest.mark.parametrize("row", SOME)
def test_version_two_passes(atlas: Atlas, tmp_path: Path, row: str) -> None:
    write_petab2(bind_record(atlas.records[row], atlas), tmp_path / row)
    assert [str(issue) for issue in lint_problem(tmp_path / row / "problem.yaml")] == []
    issues = lint_problem(tmp_path / row / "all_arms.yaml")
    assert not issues.has_errors()
    assert [str(one) for one in issues if not any(text in one.message for text in ALLOWED)] == []


@pytest.mark.parametrize("row", SOME)
def test_version_one_passes(atlas: Atlas, tmp_path: Path, row: str) -> None:
    write_petab1(bind_record(atlas.records[row], atlas), tmp_path / row)
    problem = version1.Problem.from_yaml(str(tmp_path / row / "problem.yaml"))
    assert not lint_version1.lint_problem(problem)


@pytest.mark.slow
@pytest.mark.parametrize("write", [write_petab2, write_petab1])
def test_the_command_petablint_passes(atlas: Atlas, tmp_path: Path, write: object) -> None:
    write(bind_record(atlas.records[FAST], atlas), tmp_path / "p")  # type: ignore[operator]
    run = [sys.executable, "-m", "petab.petablint", str(tmp_path / "p" / "problem.yaml")]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_samples_of_its_priors_are_within_our_bounds(atlas: Atlas, tmp_path: Path) -> None:
    """Types and numbers of priors mean to libpetab what they mean to us: medians agree, bounds hold."""
    from petab.v2 import Problem

    write_petab2(bind_record(atlas.records[FAST], atlas), tmp_path / "p")
    for each in Problem.from_yaml(tmp_path / "p" / "all_arms.yaml").parameters:
        told = each.prior_dist
        assert told is not None
        drawn = told.sample(4000)
        assert (drawn >= each.lb).all()
        assert (drawn <= each.ub).all()
        if each.prior_distribution in ("normal", "log-normal"):
            assert (drawn < each.nominal_value).mean() == pytest.approx(0.5, abs=0.05)
