"""The report in a real Chromium: no request leaves the folder, axe finds nothing, it fits its window."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mscape.atlas.load import load_atlas
from mscape.report.build import ReportData
from mscape.report.write import write_report
from tests.report.conftest import ID, Made, made
from tests.report.ensemble import make_evidence
from tests.report.ranks import make_ranks

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["made"]  # the fixture of the report's own tests


@pytest.fixture(scope="module")
def folder(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    scored = [item for item in made.scored if item.in_scope]
    atlas = load_atlas()
    data: ReportData = made.build(atlas, evidence=make_evidence(scored), ranks=make_ranks(atlas))
    return write_report(data, tmp_path_factory.mktemp("browser") / "report").parent


@pytest.fixture(scope="module")
def browser(browser_type_launch_args: dict[str, object]) -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(**browser_type_launch_args)  # type: ignore[arg-type]
        yield opened
        opened.close()


@pytest.mark.parametrize("name", ["index", "synthesis", "interventions", "niches", ID])
@pytest.mark.parametrize("width", [360, 1400])
def test_pages_are_accessible_offline_and_fit(folder: Path, browser: object, name: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": 900})  # type: ignore[attr-defined]
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto((folder / f"{name}.html").as_uri())
    page.wait_for_load_state("load")
    outside = [url for url in requests if not url.startswith((folder.as_uri(), "data:"))]
    assert outside == []
    assert page.evaluate("document.scripts.length") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    context.close()


def test_page_is_readable_without_script_and_steps_lead_to_their_evidence(
    folder: Path, browser: object
) -> None:
    context = browser.new_context(java_script_enabled=False)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto((folder / f"{ID}.html").as_uri())
    assert page.locator("h1").count() == 1
    step = page.locator("svg a").first
    target = str(step.get_attribute("href"))
    page.goto((folder / f"{ID}.html").as_uri() + target)
    assert page.locator(f"tbody{target}").is_visible()
    context.close()
