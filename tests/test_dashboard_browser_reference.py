"""“Compare with” in a real browser: chosen, kept in the address, carried along, printed, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard import language
from ingest.batch import Batch
from tests.dashboard_browser import PHONE, Site, Visitor, chromium, installation, next_before, serving, visitor
from tests.factories import Desk, FrozenClock, calls

RATE = ".card:has-text('接通率'):not(:has-text('15秒'))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The made facts, and 900 calls a day, 880 of them answered, in March a year before."""
    with installation(tmp_path_factory.mktemp("reference")) as made:
        march = [date(2025, 3, 1) + timedelta(days=n) for n in range(31)]
        rows = [{"day": day, "hour": 9, "offered": 900, "answered": 880, "abandoned": 20} for day in march]
        desk = Desk(made.engine, FrozenClock("2026-03-20 14:40"))
        desk.source("calls", "话务平台导出")
        desk.write(Batch(calls=calls(*rows, centre="district"), rows_read=31, rows_used=31), source="calls")
        with serving(made) as running:
            yield running


@pytest.fixture(scope="module")
def window(browser: Browser, site: Site) -> Iterator[Visitor]:
    with visitor(browser, site) as come:
        yield come


@pytest.fixture
def someone(window: Visitor) -> Iterator[Visitor]:
    with next_before(window) as come:
        yield come


def choose(page: Page, name: str) -> None:
    page.locator(".filters .fold summary", has_text="对比").click()
    page.locator(".compare-list").get_by_role("link", name=name).click()


def test_it_is_chosen_kept_in_the_address_and_taken_back(someone: Visitor) -> None:
    """接通率 of 1–19 March is 15,250 of 16,000; of February 16,480 of 17,000; a year before 880 of 900."""
    page = someone.open()
    change = page.locator(RATE).locator(".change")
    expect(change).to_have_text("−1.6 个百分点 较上月同期")
    choose(page, "上年同期")
    expect(change).to_have_text("−2.5 个百分点 较上年同期")
    assert page.url.endswith("/?compare=last-year")
    expect(page.locator(".eyebrow").first).to_contain_text("对比上年同期 2025年3月1日–19日")
    choose(page, "不对比")
    expect(change).to_have_count(0)
    assert page.url.endswith("/?compare=none")
    page.go_back()
    expect(change).to_have_text("−2.5 个百分点 较上年同期")
    page.go_back()
    expect(change).to_have_text("−1.6 个百分点 较上月同期")
    page.go_forward()
    expect(change).to_have_text("−2.5 个百分点 较上年同期")
    page.reload()
    expect(change).to_have_text("−2.5 个百分点 较上年同期")
    expect(page.locator(".filters summary.is-chosen")).to_have_text("对比上年同期")
    page.goto(page.url)  # as from a bookmark
    expect(change).to_have_text("−2.5 个百分点 较上年同期")
    assert someone.troubles == []


def test_it_is_carried_along_wherever_the_links_lead(someone: Visitor) -> None:
    page = someone.open("/?compare=last-year")
    page.get_by_role("link", name="上月", exact=True).click()
    expect(page.locator(".eyebrow").first).to_contain_text("对比上年同期 2025年2月1日–28日")
    expect(page.locator(RATE).locator(".change")).to_have_text("—上年同期没有数据 较上年同期")
    page.locator(".menu-item", has_text="话务").click()
    expect(page.locator(".figures-table thead")).to_contain_text("较上年同期")
    expect(page.locator(".figures-table thead")).not_to_contain_text("较前一月")
    assert page.url.endswith("/calls?period=last-month&compare=last-year")
    files = page.locator(".chart a[href*='/export/chart/calls/versus.csv']").get_attribute("href") or ""
    assert files.endswith("versus.csv?period=last-month&compare=last-year")
    page.locator(".menu-item", has_text="中心对比").click()
    expect(page.locator(".filters > .periods")).to_be_visible()
    expect(page.locator(".compare-list")).to_have_count(0)  # nothing there changes over time
    page.locator(".menu-item", has_text="工单").click()
    expect(page.locator(".filters summary.is-chosen")).to_have_text("对比上年同期")
    assert someone.troubles == []


def test_days_of_ones_own_are_chosen_in_a_calendar(someone: Visitor) -> None:
    page = someone.open("/calls")
    page.locator(".filters .fold summary", has_text="对比").click()
    field = page.locator(".compare-menu .ant-picker input")
    field.click()
    field.fill("2026-02-02")
    field.press("Enter")
    expect(page.locator(".figures-table thead")).to_contain_text("较2月2日–20日(截至昨天)")
    assert page.url.endswith("/calls?compare=2026-02-02")
    expect(page.locator(".figures-table tbody tr").first).to_contain_text("−1,400 个")
    page.goto(someone.site.url + "/calls?compare=2026-03-10")
    expect(page.locator(".eyebrow").first).to_contain_text("从3月10日起的 19 天还没有过完")
    page.goto(someone.site.url + "/calls?compare=never")
    expect(page.locator(".notice")).to_contain_text("地址里的对比方式无法识别,已改为与上一时段对比")
    assert someone.troubles == []


def test_it_is_chosen_with_the_keyboard_alone(someone: Visitor) -> None:
    page = someone.open()
    page.locator(".filters .fold summary", has_text="对比").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".compare-list")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(RATE).locator(".change")).to_contain_text("较上年同期")
    expect(page.locator(".compare-list")).to_be_hidden()
    assert someone.troubles == []


@pytest.mark.parametrize("query", ["", "?compare=last-year", "?compare=2026-02-02"])
def test_the_header_fits_a_phone(browser: Browser, site: Site, query: str) -> None:
    with visitor(browser, site, PHONE) as someone:
        page = someone.open("/" + query)
        summary = page.locator(".filters .fold summary").last
        expect(summary).to_be_in_viewport(ratio=1)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
        summary.click()
        expect(page.locator(".compare-list")).to_be_in_viewport(ratio=1)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("width", [1200, 1366, 1920])
@pytest.mark.parametrize("spoken", [language.CHINESE, language.ENGLISH])
def test_nothing_in_the_header_covers_anything_else(browser: Browser, site: Site, width: int, spoken: str) -> None:
    with visitor(browser, site, {"width": width, "height": 800}) as someone:
        someone.context.add_cookies([{"name": language.COOKIE, "value": spoken, "url": site.url}])
        page = someone.open("/?compare=2026-02-02")
        expect(page.locator(".filters .fold summary").last).to_be_visible()
        boxes = [box for box in (it.bounding_box() for it in page.locator(_BESIDE).all()) if box]
        assert len(boxes) >= 5
        for left, right in zip(boxes, boxes[1:], strict=False):
            assert left["x"] + left["width"] <= right["x"] + 1, (left, right)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width


_BESIDE = ".header-left, .filters > *, .header-right"


def test_the_printed_page_says_what_it_is_compared_with(someone: Visitor) -> None:
    for path in ("/", "/calls", "/orders", "/seats", "/seat?seat=district%2F1000"):
        page = someone.open(path + ("&" if "?" in path else "?") + "compare=last-year")
        page.emulate_media(media="print")
        expect(page.locator(".filters")).to_be_hidden()
        expect(page.locator(".eyebrow").first).to_be_visible()
        expect(page.locator(".eyebrow").first).to_contain_text("对比上年同期 2025年3月1日–19日")


def test_it_is_said_in_english(someone: Visitor) -> None:
    someone.context.add_cookies([{"name": language.COOKIE, "value": language.ENGLISH, "url": someone.site.url}])
    page = someone.open("/calls?compare=2026-02-02")
    expect(page.locator(".eyebrow").first).to_contain_text("compared with 2–20 Feb")
    expect(page.locator(".figures-table thead")).to_contain_text("vs 2–20 Feb (to yesterday)")
    expect(page.locator("h1")).to_contain_text("vs 2–20 Feb)")
    page.goto(someone.site.url + "/orders?compare=last-year")
    expect(page.locator(".figures-table tbody tr").first).to_contain_text("no data for the same period last year")
