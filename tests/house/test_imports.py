"""Import order, public names, import time."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import mscape
from tests.house import rules

BUDGET_SECONDS = 0.5


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of pyproject.toml against the mscape that is importable from a folder."""
    code = (
        "import sys; from importlinter.cli import lint_imports; "
        f"sys.exit(lint_imports(config_filename={str(rules.ROOT / 'pyproject.toml')!r}, cache_dir=None))"
    )
    path = {"PYTHONPATH": str(folder), "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=folder, env=os.environ | path, capture_output=True, text=True, check=False
    )


def test_imports_point_down() -> None:
    done = _lint_imports(rules.ROOT / "src")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 kept, 0 broken" in done.stdout


def test_an_upward_import_and_an_unlisted_folder_are_caught(tmp_path: Path) -> None:
    package = tmp_path / "mscape"
    listed = "cli report experiments atlas engine network ids units store errors".split()
    for name in [*listed, "surprise"]:
        (package / name).mkdir(parents=True)
        (package / name / "__init__.py").touch()
    (package / "__init__.py").touch()
    hidden = "def f():\n    import mscape.atlas\n"
    (package / "network" / "__init__.py").write_text(hidden, encoding="utf-8")
    done = _lint_imports(tmp_path)
    assert done.returncode != 0
    assert "surprise" in done.stdout + done.stderr
    (package / "surprise" / "__init__.py").unlink()
    (package / "surprise").rmdir()
    done = _lint_imports(tmp_path)
    assert done.returncode != 0
    assert "mscape.network is not allowed to import mscape.atlas" in done.stdout


def test_nobody_imports_the_package_root_from_inside() -> None:
    for path in rules.SOURCE.rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not line.strip().startswith(("import mscape\n", "from mscape import")), (
                f"{path.name}: {line}"
            )


def test_public_names_are_sorted_and_real() -> None:
    table = mscape._PUBLIC
    assert list(table) == sorted(table) == sorted(mscape.__all__)
    for name, module in table.items():
        thing = getattr(mscape, name)
        assert thing is getattr(import_module(module), name)
        assert getattr(thing, "__module__", module) == module, f"{name} is defined elsewhere"
        assert thing.__doc__
    assert set(table) <= set(dir(mscape))


def test_unknown_public_name_is_an_attribute_error() -> None:
    assert not hasattr(mscape, "no_such_name")
    assert mscape.__version__


def test_import_is_quick_and_light() -> None:
    code = (
        "import sys, time; start = time.perf_counter(); import mscape; "
        "print(time.perf_counter() - start); "
        "print(*{'numpy', 'scipy', 'matplotlib', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, heavy = done.stdout.split("\n")[:2]
    assert float(seconds) < BUDGET_SECONDS
    assert heavy == ""
