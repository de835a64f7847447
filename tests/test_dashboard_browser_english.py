"""Every page in English in a real browser: nothing Chinese is left but what people and sources called things."""

from __future__ import annotations

import re
from collections.abc import Iterator

import dash
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, inspect, text

from kpi.catalogue import BUILTIN
from tests.dashboard_browser import Site, Visitor, chromium, installation, serving, visitor

CHINESE = re.compile(r"[\u3400-\u9fff]+")
READ = """() => {
  const found = [], chinese = /[\\u3400-\\u9fff]/;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (chinese.test(node.data) && !node.parentElement.closest("script, style, textarea, [data-as-is]"))
      found.push(node.data);
  for (const element of document.querySelectorAll("*"))
    for (const name of ["title", "aria-label", "placeholder", "alt"])
      if (chinese.test(element.getAttribute(name) || "")) found.push(element.getAttribute(name));
  return found;
}"""
QUOTED = ("切换到中文", "中文", "指标", "日期", "数值", "文字", "说明", "填报人", "提升", "已完成")
"""Offers the way back, and names what has to be typed as it is."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with installation(tmp_path_factory.mktemp("english")) as made, serving(made) as running:
        yield running


@pytest.fixture
def someone(browser: Browser, site: Site) -> Iterator[Visitor]:
    with visitor(browser, site) as come:
        come.context.add_cookies([{"name": "lang", "value": "en", "url": site.url}])
        yield come


def given_names(engine: Engine) -> list[str]:
    """Every Chinese text the database holds, and the other names of KPIs: data, not interface. The longest first.

    Why a row was rejected is no name: the pages say it in their own language."""
    found = {alias for kpi in BUILTIN for alias in kpi.aliases} | set(QUOTED)
    with engine.connect() as conn:
        for table in inspect(engine).get_table_names():
            for row in conn.execute(text(f'SELECT * FROM "{table}"')).mappings():
                given = [value for name, value in row.items() if (table, name) != ("rejects", "reason")]
                found |= {value for value in given if isinstance(value, str) and CHINESE.search(value)}
    return sorted(found, key=len, reverse=True)


def left_over(page: Page, names: list[str]) -> list[str]:
    found = []
    for one in page.evaluate(READ):
        bare = re.sub(r"\S+\.(csv|xlsx)", "", one)
        for name in names:
            bare = bare.replace(name, "")
        if CHINESE.search(bare):
            found.append(one)
    return sorted(set(found))


def paths() -> list[str]:
    pages = [page["path"] for page in dash.page_registry.values() if not page.get("path_template")]
    return [*sorted(path for path in pages if path and "404" not in path), "/no-such-page"]


def test_no_page_speaks_chinese_to_those_who_chose_english(someone: Visitor) -> None:
    names = given_names(someone.site.product.engine)
    left = {}
    for path in paths():
        page = someone.page
        page.goto(someone.site.url + path)
        expect(page.locator(".page, .state, main h2").first, path).to_be_visible()
        page.wait_for_load_state("networkidle")
        if found := left_over(page, names):
            left[path] = found
    assert left == {}, left
    assert someone.troubles == []


def test_one_switch_changes_the_language_and_back(someone: Visitor) -> None:
    someone.context.clear_cookies()
    page = someone.open("/targets")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("link", name="Targets")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="中文", exact=True).click()
    expect(page.get_by_role("link", name="目标", exact=True)).to_be_visible()
    assert someone.troubles == []
