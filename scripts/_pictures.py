"""Photograph a report for README.md and docs/. Run through scripts/pictures."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# picture: page, height in pixels at 1200 wide
PICTURES = {"report": ("index.html", 1000), "mechanism": ("xu2018_breast_il6.html", 1500)}


def main(arguments: list[str]) -> int:
    """Make every picture; return 1 without a browser."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        print("no Chromium on PATH or in CHROMIUM: no picture made", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        report = Path(arguments[0]).resolve() if arguments else Path(folder) / "report"
        if not arguments:
            subprocess.run([sys.executable, "-m", "mscape", "run", "--out", str(report)], check=True)
        photograph(report, chromium)
    return 0


def photograph(report: Path, chromium: str) -> None:
    """Photograph the pages of a report with Chromium's own command line."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        for name, (page, height) in PICTURES.items():
            picture = IMAGES / f"{name}.png"
            options = [f"--user-data-dir={profile}", f"--window-size=1200,{height}", "--hide-scrollbars"]
            command = [chromium, "--headless", *ARGUMENTS, *options, f"--screenshot={picture}"]
            subprocess.run([*command, (report / page).as_uri()], check=True, capture_output=True)
            print(f"docs/images/{name}.png")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
