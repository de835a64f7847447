"""On paper: A4 holds whole tables and charts, nothing that is only for a screen, and what was folded."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Browser, Page

from tests.compare_facts import SOURCES, fill_more
from tests.dashboard_browser import Site, chromium, installation, serving

PAPER = {"width": 703, "height": 1000}
"""A4 within margins of 12 mm, in pixels of CSS."""
OVER = """() => [...document.querySelectorAll(".page table, .page .main-svg")].filter((part) =>
  part.getBoundingClientRect().width > 0 && part.getBoundingClientRect().right > innerWidth + 1)
  .map((part) => part.className.baseVal || part.className || part.parentElement.className)"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with installation(tmp_path_factory.mktemp("print"), sources=SOURCES) as made:
        fill_more(made.engine)
        with serving(made) as running:
            yield running


@pytest.fixture(scope="module")
def page(site: Site) -> Iterator[Page]:
    with chromium() as browser:
        yield _page(browser)


def _page(browser: Browser) -> Page:
    return browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")


def look(page: Page, site: Site, path: str) -> None:
    """Opens a page and waits for its charts."""
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(site.url + path)
    page.wait_for_selector(".page > *")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(
    "path", ["/", "/calls", "/orders", "/compare", "/targets", "/data", "/evaluation", "/catalogue"]
)
def test_it_fits_the_paper(page: Page, site: Site, path: str) -> None:
    look(page, site, path)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    assert page.evaluate(OVER) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    assert [
        name for name in (".menu", ".filters", ".chart-tools", ".actions") if page.locator(name).first.is_visible()
    ] == []


def test_it_prints_every_column_and_what_is_folded(page: Page, site: Site, tmp_path: Path) -> None:
    look(page, site, "/targets")
    page.emulate_media(media="print")
    page.pdf(path=tmp_path / "targets.pdf", prefer_css_page_size=True)
    sheets = pypdf.PdfReader(tmp_path / "targets.pdf").pages
    text = unicodedata.normalize("NFKC", "".join("".join(sheet.extract_text().split()) for sheet in sheets))
    assert "全年" in text and "余量与还需" in text
    assert round(float(sheets[0].mediabox.width)) == 595  # A4 in points
    look(page, site, "/catalogue")
    assert page.locator("details.kpi-details").count() > 0
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.kpi-details:not([open])").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.kpi-details[open]").count() == 0


def test_it_gives_charts_their_own_width_back_after_printing(page: Page, site: Site) -> None:
    look(page, site, "/compare")
    page.wait_for_selector(".chart-strips .main-svg")
    wide = "document.querySelector('.chart-strips .main-svg').getBoundingClientRect().width"
    before = page.evaluate(wide)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(wide) < 703 < before
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.wait_for_function(f"Math.abs({wide} - {before}) < 2")
