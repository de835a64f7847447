"""坐席产能 in a real browser: from the centre to one seat and back, files, live news, phone width, no names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.dashboard_browser import PHONE, Site, Visitor, chromium, installation, next_before, serving, visitor
from tests.dashboard_facts import TODAY, product
from tests.factories import Desk, batch, seats

CROWD = 70
DAYS = [date(2026, 3, day) for day in range(2, 8)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The small installation; in the city seventy more seats."""
    with installation(tmp_path_factory.mktemp("seats")) as made, serving(made) as running:
        rows = [{"day": d, "seat": f"c{n:02d}", "seat_calls": 40 + n} for n in range(CROWD) for d in DAYS]
        Desk(made.engine, made.clock_face).write(batch(seats=seats(*rows)), "city")
        yield running


@pytest.fixture(scope="module")
def window(browser: Browser, site: Site) -> Iterator[Visitor]:
    with visitor(browser, site, accept_downloads=True) as come:
        yield come


@pytest.fixture
def someone(window: Visitor) -> Iterator[Visitor]:
    with next_before(window) as come:
        yield come


def test_it_leads_to_one_seat_and_keeps_it_over_other_periods(someone: Visitor) -> None:
    page = someone.open("/seats?centre=district&period=last-month")
    expect(page.locator(".chart-ranking h2")).to_contain_text("12 个可比的坐席")
    page.locator(".seat-list").get_by_role("link", name="1003", exact=True).click()
    expect(page.locator("h1")).to_contain_text("坐席 1003 上月")
    assert page.url.endswith("/seat?centre=district&period=last-month&seat=district%2F1003")
    expect(page.locator(".chart-path .main-svg").first).to_be_visible()
    page.get_by_role("link", name="本月", exact=True).click()
    expect(page.locator("h1")).to_contain_text("坐席 1003 本月")
    page.locator(".page.seat .eyebrow").get_by_role("link", name="坐席产能").click()
    expect(page.locator(".chart-ranking")).to_be_visible()
    assert "seat=" not in page.url and "centre=district" in page.url
    page.go_back()
    expect(page.locator("h1")).to_contain_text("坐席 1003 本月")
    assert someone.troubles == []
    assert someone.hosts == {someone.site.url.removeprefix("http://")}


def test_it_opens_a_seat_by_its_number_where_not_all_are_listed(someone: Visitor) -> None:
    page = someone.open("/seats?period=this-half")
    expect(page.locator(".seat-list tbody tr")).to_have_count(62)
    page.locator(".seat-opener input[name=seat]").fill("c33")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("坐席 c33 本半年 6 个坐席日处理 438 件")
    assert someone.troubles == []


def test_it_hands_out_the_ranking_as_picture_and_as_tables(someone: Visitor) -> None:
    page = someone.open("/seats?centre=district&period=last-month")
    frame = page.locator(".chart-ranking")
    expect(frame.locator(".main-svg").first).to_be_visible()
    with page.expect_download() as picture:
        frame.locator("button[data-png]").click()
    assert Path(picture.value.path()).read_bytes()[:4] == b"\x89PNG"
    with page.expect_download() as table:
        frame.get_by_role("link", name="CSV").click()
    lines = Path(table.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("坐席,名次,月均日产能(件/坐席/天),95% 区间,比较,处理件数,坐席日")
    assert len(lines) == 13
    with page.expect_download() as book:
        frame.get_by_role("link", name="XLSX").click()
    assert Path(book.value.path()).read_bytes()[:2] == b"PK"


def test_it_fits_a_phone(browser: Browser, site: Site) -> None:
    with visitor(browser, site, PHONE) as someone:
        for path in ("/seats?centre=district", "/seat?seat=district/1003"):
            page = someone.open(path)
            expect(page.locator(".main-svg").first).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert someone.troubles == []


def test_it_shows_what_arrives(someone: Visitor) -> None:
    page = someone.open("/seats?centre=district&period=today")
    expect(page.locator(".chart-ranking .chart-empty")).to_contain_text("换一个更长的期间")
    expect(page.locator(".chart-spread .chart-empty")).to_contain_text("今天尚未结束")
    expect(page.locator("h1")).to_contain_text("12 个坐席")
    desk = Desk(someone.site.product.engine, someone.site.product.clock_face)
    rows = [{"day": TODAY, "seat": f"10{n:02d}", "seat_calls": 48 + n} for n in range(13)]
    desk.write(batch(seats=seats(*rows, centre="district")), "calls", "intraday")
    expect(page.locator("h1")).to_contain_text("13 个坐席")
    assert someone.troubles == []


def test_it_opens_no_seat_where_seats_go_without_names(browser: Browser, site: Site) -> None:
    nameless = product(site.product.engine, site.folder, seat_ranking="anonymous")
    with serving(nameless) as there, visitor(browser, there) as someone:
        page = someone.open("/seats?period=last-month")
        expect(page.locator(".chart-ranking h2")).to_contain_text("12 个可比的坐席")
        assert "1003" not in page.content()
        page = someone.open("/seat?seat=district/1003&period=last-month")
        expect(page.locator("h1")).to_have_text("已设为不显示单个坐席")
        found = page.request.get(f"{there.url}/export/chart/seat/path.csv?seat=district/1003&period=last-month")
        assert found.status == 404
