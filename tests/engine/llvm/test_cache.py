"""Compiled code on disk: found again, trusted only if it is ours and whole."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from mscape.engine.compiled import compile_kernel
from mscape.engine.llvm.cache import find_folder, keep_entry, load_entry, make_key
from mscape.engine.llvm.machine import Machine
from mscape.engine.pool import Array, Control
from tests.engine.llvm.systems import make_pool, robertson


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("MSCAPE_CACHE", str(tmp_path / "kernels"))
    found = find_folder()
    assert found is not None
    return found


def solve() -> Array:
    system = robertson()
    pool = make_pool(system, (1, 0, 0), [[0.04, 1e4, 3e7]], [40.0])
    compile_kernel(system, ("y0", "y1", "y2")).advance(pool, Control(1e-6, np.full(3, 1e-10)))
    return pool.values


def test_the_second_time_nothing_is_compiled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = solve()
    assert len(list(folder.iterdir())) == 1

    def refuse(*_: object) -> bytes:
        raise AssertionError("compiled again")

    monkeypatch.setattr(Machine, "compile", refuse)
    np.testing.assert_array_equal(solve(), first)


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_file_is_made_again(folder: Path, damage: bytes | None) -> None:
    first = solve()
    (path,) = folder.iterdir()
    data = path.read_bytes()
    path.write_bytes(data[:-100] + bytes(100) if damage is None else damage)
    np.testing.assert_array_equal(solve(), first)
    assert path.read_bytes()[:-100] == data[:-100]


@pytest.mark.skipif(sys.platform == "win32", reason="not run: no permission bits here")
def test_what_others_can_write_is_not_trusted(folder: Path) -> None:
    key = make_key("something")
    keep_entry(key, {"a": 1}, b"code")
    assert load_entry(key) == ({"a": 1}, b"code")
    (folder / key).chmod(0o666)
    assert load_entry(key) is None
    (folder / key).chmod(0o600)
    folder.chmod(0o777)
    assert find_folder() is None
    assert load_entry(key) is None
    folder.chmod(0o700)
    (folder / key).rename(folder / "elsewhere")
    (folder / key).symlink_to(folder / "elsewhere")
    assert load_entry(key) is None


def test_without_a_folder_it_only_takes_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MSCAPE_CACHE", str(tmp_path / "file" / "below"))
    assert find_folder() is None
    assert np.isfinite(solve()).all()


def test_keys_differ_by_content() -> None:
    assert make_key(1, "a") != make_key(1, "b")
    assert make_key(1, "a") == make_key(1, "a")


def test_many_writers_leave_one_whole_file(folder: Path) -> None:
    key = make_key("raced")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: keep_entry(key, {"n": number}, bytes([number]) * 10_000), range(40)))
    entry = load_entry(key)
    assert entry is not None
    assert entry[1] == bytes([int(str(entry[0]["n"]))]) * 10_000
    assert [path.name for path in folder.iterdir()] == [key]
