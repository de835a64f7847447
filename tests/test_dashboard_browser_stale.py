"""Figures that are not of now, or not of what is asked, in a real browser: they say so, and get over it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.compare_facts import SOURCES, fill_more
from tests.dashboard_browser import Site, Visitor, chromium, installation, serving, visitor
from tests.dashboard_facts import product
from tests.processes import Process, free_port

STALE = re.compile("is-stale")
BLOCKS = {
    "/": [".opening", ".cards .card", ".kpi-table tr[data-sources=calls]", ".chart-daily"],
    "/calls": [".opening", ".figures-panel", ".chart-heat-answer", ".chart-six"],
    "/seats": [".opening", ".figures-panel", ".chart-ranking", ".seat-list"],
    "/seat?seat=district/1003": [".opening", ".figures-panel", ".chart-path"],
    "/compare": [".opening", ".compare-panel", ".chart-strips"],
    "/targets?sheet=district-2026": [".opening", ".progress-table tr[data-sources=calls]"],
    "/evaluation?sheet=district-2026": [".opening"],
}
"""Pages and the first of each kind of their blocks."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("stale")
    with installation(folder) as made:
        several = product(made.engine, folder, SOURCES)
        fill_more(made.engine)
        with serving(several) as running:
            yield running


def half_an_hour_later(page: Page) -> None:
    page.clock.fast_forward("31:00")
    page.clock.fast_forward(6000)


def around(page: Page, block: str) -> Locator:
    """The block, or what holds it, that names its sources."""
    return page.locator(f"[data-sources]:is({block}), [data-sources]:has({block})").first


@pytest.mark.parametrize("path", BLOCKS)
def test_every_kind_of_block_turns_stale_and_says_since_when(browser: Browser, site: Site, path: str) -> None:
    with visitor(browser, site) as someone:
        someone.page.clock.install()
        page = someone.open(path)
        for block in BLOCKS[path]:
            expect(around(page, block)).not_to_have_class(STALE)
        half_an_hour_later(page)
        for block in BLOCKS[path]:
            expect(around(page, block)).to_have_class(STALE)
            expect(around(page, block).locator(".stale-note").first).to_have_text("数据停在 14:40")
            expect(around(page, block).locator(".stale-note").first).to_be_visible()
        assert someone.troubles == []


@pytest.mark.parametrize("path", ["/", "/calls", "/seats", "/compare"])
def test_a_period_that_is_over_never_turns_stale(browser: Browser, site: Site, path: str) -> None:
    with visitor(browser, site) as someone:
        someone.page.clock.install()
        page = someone.open(path + "?from=2026-03-02&to=2026-03-15")
        expect(page.locator(".opening")).to_be_visible()
        half_an_hour_later(page)
        expect(page.locator(".freshness")).to_have_class(STALE)
        expect(page.locator("main .is-stale")).to_have_count(0)


def test_orders_stay_fresh_where_only_the_calls_have_stopped(browser: Browser, site: Site) -> None:
    with visitor(browser, site) as someone:
        someone.page.clock.install()
        page = someone.open("/orders")
        half_an_hour_later(page)
        expect(page.locator(".freshness")).to_have_class(STALE)
        expect(page.locator("main .is-stale")).to_have_count(0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Site]:
    yield Site(f"http://127.0.0.1:{free_port()}", None, tmp_path)  # type: ignore[arg-type]


def started(server: Site) -> Process:
    words = ["-m", "tests.pages_server", str(server.folder), server.url.rpartition(":")[2]]
    process = Process(words, {})
    process.wait_for("up", 90)
    return process


def killed(process: Process) -> None:
    process.process.kill()
    process.process.wait()


def shows_the_month_though_asked_otherwise(someone: Visitor) -> None:
    page = someone.page
    expect(page.locator("#connection-lost")).to_have_text(
        "服务器没有回应,仍显示“总览 · 市中心 · 本月”的数据;恢复后自动更新。"
    )
    expect(page.locator("h1")).to_contain_text("本月")
    for block in (".opening", ".cards .card", ".chart-daily"):
        expect(page.locator(block).first).to_have_class(STALE)
        expect(page.locator(block).first.locator(".stale-note")).to_have_text("仍是先前的数据")


def test_it_says_that_the_figures_are_of_another_period_and_loads_it_later(browser: Browser, server: Site) -> None:
    with started(server) as process, visitor(browser, server) as someone:
        page = someone.open()
        page.wait_for_selector(".chart-daily .scatterlayer path")
        killed(process)
        page.get_by_role("link", name="上月", exact=True).click()
        shows_the_month_though_asked_otherwise(someone)
        assert page.url.endswith("/?period=last-month")
        page.get_by_role("link", name="今天", exact=True).click()  # and again: the words stay true
        page.wait_for_url("**/?period=today")
        shows_the_month_though_asked_otherwise(someone)
        with started(server):
            expect(page.locator(".eyebrow").first).to_contain_text("市中心 · 今天")
            expect(page.locator("#connection-lost")).to_have_count(0)
            expect(page.locator("main .is-stale")).to_have_count(0)
            expect(page.locator("[aria-current]", has_text="今天")).to_be_visible()


def test_it_says_so_of_another_page_too_and_takes_it_back_on_the_way_back(browser: Browser, server: Site) -> None:
    with started(server) as process, visitor(browser, server) as someone:
        page = someone.open()
        page.wait_for_selector(".chart-daily .scatterlayer path")
        killed(process)
        page.locator(".menu-item[href^='/calls']").click()
        shows_the_month_though_asked_otherwise(someone)
        page.go_back()
        expect(page.locator("#connection-lost")).to_contain_text("与服务器的连接断开")
        expect(page.locator("main .is-stale")).to_have_count(0)
        page.go_forward()
        shows_the_month_though_asked_otherwise(someone)
        with started(server):
            expect(page.locator(".chart-heat-answer h2")).to_be_visible()
            expect(page.locator("#connection-lost")).to_have_count(0)
