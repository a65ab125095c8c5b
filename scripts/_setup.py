"""Make the project's .venv from the hashed lock, once, and run things in it. Standard library only."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "mscape.stamp"
OLDEST = (3, 11)
NEEDED_BYTES = 2_000_000_000  # what the packages take when unpacked, with room for pip's own copies

# One thread for linear algebra, one locale, one time zone, no display: the same numbers and text everywhere.
STEADY = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "PYTHONUTF8": "1",
}


def ensure_environment() -> None:
    """Make .venv anew if the lock, pyproject or interpreter changed since it was made; else do nothing."""
    if sys.version_info < OLDEST:
        have = ".".join(map(str, sys.version_info[:3]))
        _stop(f"Python {have} is too old; mscape needs 3.11 or newer. Run this script with a newer python3.")
    wanted = _stamp()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted and find_program("python").exists():
        return
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        _stop(f"The disk has {free // 10**6} MB free; setting up needs {NEEDED_BYTES // 10**6} MB.")
    start = time.monotonic()
    _say("setting up .venv (once; a few minutes at most)")
    if VENV.exists():
        shutil.rmtree(VENV)
    try:
        venv.create(VENV, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        _stop(f"Could not make {VENV.name}: {error}. On Debian or Ubuntu install the package python3-venv.")
    _say("installing the locked packages")
    _pip("--require-hashes", "--only-binary", ":all:", "-r", str(LOCK))
    _say("installing mscape itself")
    _pip("--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT))
    STAMP.write_text(wanted, encoding="utf-8")
    _say(f"ready after {time.monotonic() - start:.0f} s")


def find_program(name: str) -> Path:
    """Return where a program of the environment is, on any system."""
    if os.name == "nt":
        return VENV / "Scripts" / f"{name}.exe"
    return VENV / "bin" / name


def run_step(*command: str) -> int:
    """Run a program of the environment in the project folder with steady settings; return its exit code."""
    program = find_program(command[0])
    _say(" ".join(command))
    return subprocess.run([program, *command[1:]], cwd=ROOT, env=os.environ | STEADY, check=False).returncode


def run_mscape(arguments: list[str]) -> int:
    """Run mscape where the user stands, so that relative paths mean what they say; return its exit code."""
    command: list[str | Path] = [find_program("python"), "-m", "mscape", *arguments]
    environment = os.environ | {"PYTHONUTF8": "1"}
    try:
        return subprocess.run(command, env=environment, check=False).returncode
    except KeyboardInterrupt:  # mscape saw it too and has said what there is to say
        return 130


def find_chromium() -> str | None:
    """Return the path of a Chromium: $CHROMIUM, else one on PATH; None if there is none."""
    asked = os.environ.get("CHROMIUM")
    names = [asked] if asked else ["chromium", "chromium-browser", "google-chrome"]
    return next((path for path in map(shutil.which, names) if path), None)


def _stamp() -> str:
    """Return what .venv depends on: the place too, since scripts inside it hold absolute paths."""
    digest = hashlib.sha256(f"{sys.version}\n{ROOT}\n".encode())
    for path in (LOCK, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _pip(*arguments: str) -> None:
    options = ("--disable-pip-version-check", "-qq")  # -qq: errors only
    command: list[str | Path] = [find_program("python"), "-m", "pip", "install", *options, *arguments]
    # PIP_NO_INPUT: a question asked by pip would wait for ever in a script.
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"PIP_NO_INPUT": "1"}, check=False)
    if done.returncode:
        _stop(
            "pip could not install (see above). No connection: check network and proxy, try again. "
            "'No matching distribution': this system or Python has no ready-made package in the lock. "
            "'Hashes do not match': the download is not what was locked; do not use it."
        )


def _say(text: str) -> None:
    print(f"[mscape] {text}", file=sys.stderr, flush=True)


def _stop(text: str) -> None:
    _say(text)
    sys.exit(1)
