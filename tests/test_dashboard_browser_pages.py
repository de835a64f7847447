"""话务, 工单 and 口径 in a real browser: charts with their tables and files, live news, search, phone width."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.dashboard_browser import PHONE, Site, Visitor, chromium, installation, next_before, serving, visitor
from tests.dashboard_facts import TODAY
from tests.factories import Desk, batch, calls


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with installation(tmp_path_factory.mktemp("pages")) as made, serving(made) as running:
        yield running


@pytest.fixture(scope="module")
def window(browser: Browser, site: Site) -> Iterator[Visitor]:
    with visitor(browser, site, accept_downloads=True) as come:
        yield come


@pytest.fixture
def someone(window: Visitor) -> Iterator[Visitor]:
    with next_before(window) as come:
        yield come


def test_it_opens_formula_and_figures_of_a_chart_by_keyboard(someone: Visitor) -> None:
    page = someone.open("/calls?period=last-month")
    expect(page.locator(".chart-heat-answer h2")).to_contain_text("接通率最低")
    page.locator(".chart-heat-answer .basis summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chart-heat-answer .basis .panel-pop")).to_contain_text("接通量 ÷ 人工请求量")
    page.keyboard.press("Escape")
    expect(page.locator(".chart-heat-answer .basis .panel-pop")).to_be_hidden()
    fold = page.locator(".chart-heat-answer .chart-table summary")
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chart-heat-answer .chart-table tbody tr")).to_have_count(24)
    assert someone.troubles == []
    assert someone.hosts == {someone.site.url.removeprefix("http://")}


def test_it_hands_out_a_chart_as_picture_and_as_table(someone: Visitor) -> None:
    page = someone.open("/calls?period=custom&from=2026-03-16&to=2026-03-19")
    expect(page.locator(".chart-waits .main-svg").first).to_be_visible()
    with page.expect_download() as picture:
        page.locator(".chart-waits button[data-png]").click()
    assert picture.value.suggested_filename == "等待时长的分布.png"
    assert Path(picture.value.path()).read_bytes()[:4] == b"\x89PNG"
    with page.expect_download() as table:
        page.locator(".chart-versus").get_by_role("link", name="CSV").click()
    lines = Path(table.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "日期,本期,上年同期"
    assert lines[1:] == [f"2026-03-{day},1000," for day in (16, 17, 18, 19)]
    assert someone.troubles == []


def test_it_follows_a_chart_to_the_definition_and_searches_there(someone: Visitor) -> None:
    page = someone.open("/orders")
    page.locator(".chart-satisfaction .chart-links").get_by_role("link", name="口径与变更").click()
    expect(page.locator("#catalogue-found")).to_have_text("找到 2 项")
    expect(page.locator("#kpi-satisfaction_rate")).to_be_visible()
    page.locator("#catalogue-search").fill("退单")
    expect(page.locator("#catalogue-found")).to_have_text("找到 1 项")
    expect(page.locator("#kpi-satisfaction_rate")).to_be_hidden()
    assert page.url.endswith("?q=%E9%80%80%E5%8D%95")
    page.locator("#catalogue-search").fill("没有的词")
    expect(page.locator("#catalogue-found")).to_have_text("没有找到;换个词试试。")
    assert someone.troubles == []


@pytest.mark.parametrize("path", ["/calls", "/orders", "/catalogue"])
def test_it_fits_a_phone(browser: Browser, site: Site, path: str) -> None:
    with visitor(browser, site, PHONE) as someone:
        page = someone.open(path)
        expect(page.locator(".menu [aria-current]")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert someone.troubles == []


def test_the_table_of_all_kpis_is_whole_on_a_phone(browser: Browser, site: Site) -> None:
    with visitor(browser, site, PHONE) as someone:
        page = someone.open("/")
        frame = page.locator(".rows-panel .table-scroll")
        expect(frame.get_by_role("button").first).to_be_attached()
        frame.locator(".kpi-name").first.evaluate("one => one.textContent = '话务满意度均分'")
        frame.locator(".num .parts").first.evaluate("one => one.textContent = '10,782,457 / 40,451'")
        assert frame.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
        assert someone.troubles == []


def test_it_shows_what_arrives_without_closing_what_is_open(someone: Visitor) -> None:
    page = someone.open("/calls?period=today")
    expect(page.locator(".figures-table tbody tr").first).to_contain_text("600")
    page.locator(".chart-waits .chart-table summary").click()
    expect(page.locator(".chart-waits .chart-table tbody tr").first).to_be_visible()
    desk = Desk(someone.site.product.engine, someone.site.product.clock_face)
    desk.source("calls", "话务平台导出")
    row: dict[str, Any] = {
        "hour": 14,
        "offered": 50,
        "answered": 50,
        "abandoned": 0,
        "wait_seconds": 50,
        "answered_within_15": 50,
    }
    row |= {"day": TODAY, "abandoned_within_15": 0}
    made = batch(calls=calls(row, centre="district"), first_day=TODAY, last_day=TODAY)
    desk.write(made, source="calls", trigger="intraday")
    expect(page.locator(".figures-table tbody tr").first).to_contain_text("50")
    expect(page.locator(".chart-waits .chart-table tbody tr").first).to_contain_text("50")
    expect(page.locator(".chart-waits .chart-table tbody tr").first).to_be_visible()
    assert someone.troubles == []
