"""A row added by hand from docs/how-to/add-a-row.md alone takes a folder and no code."""

import re
from pathlib import Path

from mscape.atlas.check import check_atlas
from mscape.atlas.load import load_atlas
from mscape.experiments.check import check_models
from mscape.experiments.score import score_record

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-row.md"
BLOCK = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
ROW = "example2026_breast_lif"


def write_page(folder: Path) -> None:
    """Write every file that the page shows."""
    for name, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_page_shows_all_five_files_and_two_tables(tmp_path: Path) -> None:
    write_page(tmp_path)
    shown = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    five = {"mechanism.yaml", "model.ant", "parameters.tsv", "observations.tsv", "contrasts.tsv"}
    assert shown == five | {"papers.tsv", "curators.tsv"}


def test_row_of_the_page_is_clean(tmp_path: Path) -> None:
    write_page(tmp_path)
    atlas = load_atlas(tmp_path)
    found = [issue for issue in (*check_atlas(atlas).issues, *check_models(atlas)) if ROW in issue.where]
    assert not found, "\n".join(str(issue) for issue in found)


def test_row_of_the_page_is_simulated_and_scored(tmp_path: Path) -> None:
    write_page(tmp_path)
    atlas = load_atlas(tmp_path)
    scored = {row.contrast: row for row in score_record(atlas.records[ROW], atlas, seed=1, draws=10)}
    assert set(scored) == {"msc_protect", "inhibitor_undoes", "stat3_on"}
    assert all(row.share is not None for row in scored.values())
    assert scored["stat3_on"].outcome == "reproduced"
