"""数据 in a real browser; the first day, a database that goes and comes back, and the way in through the password."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.dashboard_browser import DESK, PHONE, Site, Visitor, chromium, installation, serving, visitor

HEADER = "来电时间,是否接通,等待\n"
PASSWORD = "a-long-password"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with installation(tmp_path) as made, serving(made) as running:
        yield running


@pytest.fixture
def someone(browser: Browser, site: Site) -> Iterator[Visitor]:
    with visitor(browser, site) as come:
        yield come


def csv(folder: Path, name: str, *rows: str) -> Path:
    """A file on the visitor's own disk."""
    path = folder / name
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_it_lists_sources_runs_rejects_and_gaps(someone: Visitor) -> None:
    page = someone.open("/data")
    expect(page.locator("h1")).to_have_text("2 个来源中 2 个正常;近 90 天缺 1 天数据;1 行未能使用,待修改。")
    expect(page.locator(".part-sources tbody tr").first).to_contain_text("话务平台导出")
    expect(page.locator(".part-runs tbody tr").first).to_contain_text("话务明细_20260320.csv")
    expect(page.locator(".part-rejects tbody tr")).to_contain_text("2026-13-01")
    page.get_by_role("link", name="较早的").click()
    expect(page.get_by_role("link", name="较新的")).to_be_visible()
    assert page.url.endswith("/data?runs=15")
    assert someone.troubles == []


def test_it_says_what_to_do_about_a_missing_day(someone: Visitor) -> None:
    page = someone.open("/data")
    page.get_by_role("button", name="3月9日 周一 缺数据").click()
    detail = page.locator("#gap-detail")
    expect(detail).to_contain_text("话务平台导出:3月9日没有数据")
    expect(detail).to_contain_text("inbox/calls/*.csv")
    expect(detail).to_contain_text("python3 start.py closed-day add calls 2026-03-09")


def test_it_takes_a_file_and_shows_what_became_of_it(someone: Visitor, tmp_path: Path) -> None:
    page = someone.open("/data")
    file = csv(tmp_path, "补传.csv", "2026-03-09 09:00:00,是,5", "2026-03-09 25:00:00,是,5")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="上传文件到话务平台导出").click()
    chooser.value.set_files(file)
    shown = page.locator(".upload")
    expect(shown).to_contain_text("补传.csv → 话务平台导出")
    expect(shown).to_contain_text("✓ 采用 1 行,未采用 1 行,共读 2 行。")
    expect(page.locator("h1")).to_have_text("2 个来源中 2 个正常;2 行未能使用,待修改。")
    expect(page.locator(".day-gap[id]")).to_have_count(0)
    expect(page.locator(".part-runs tbody tr").first).to_contain_text("上传")
    shown.get_by_role("button", name="关闭").click()
    expect(shown).to_have_count(0)
    assert someone.troubles == []


def test_it_shows_progress_while_a_big_file_travels(someone: Visitor, tmp_path: Path) -> None:
    page = someone.open("/data")
    page.route("**/upload/calls/*?offset=4194304", lambda route: None)  # the second piece never arrives
    rows = (f"2026-03-09 09:{n % 60:02d}:00,是,{n % 30}" for n in range(260_000))
    file = csv(tmp_path, "大文件.csv", *rows)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="上传文件到话务平台导出").click()
    chooser.value.set_files(file)
    expect(page.locator(".upload progress")).to_be_visible()
    expect(page.locator(".upload p")).to_contain_text("已上传")
    page.wait_for_function("() => { const bar = document.querySelector('.upload progress'); return bar.value > 0.4; }")


def test_it_refuses_a_wrong_file_before_it_travels(someone: Visitor, tmp_path: Path) -> None:
    page = someone.open("/data")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="上传文件到工单系统").click()
    chooser.value.set_files(csv(tmp_path, "工单.csv"))
    expect(page.locator(".upload")).to_contain_text("✕ 文件名 ‘工单.csv’ 与来源“工单系统”要求的 *.xlsx 不符")


def test_it_hands_out_the_rejects(someone: Visitor) -> None:
    page = someone.open("/data")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 工单系统 的 1 行").click()
    assert download.value.suggested_filename == "orders-待修改.xlsx"
    assert Path(str(download.value.path())).read_bytes()[:2] == b"PK"


def test_it_leads_by_the_hand_on_the_first_day(browser: Browser, tmp_path: Path) -> None:
    with (
        installation(tmp_path, filled=False) as made,
        serving(made) as site,
        visitor(browser, site) as someone,
    ):
        page = someone.open()
        expect(page.locator(".state h1")).to_have_text("还没有数据,先接入一个来源")
        expect(page.locator(".freshness")).to_have_text("还没有数据")
        page.get_by_role("link", name="去“数据”页").click()
        expect(page.locator("h1")).to_contain_text("2 个来源中 0 个正常")
        file = csv(tmp_path, "first.csv", *(f"2026-03-20 09:{n:02d}:00,是,5" for n in range(40)))
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="上传文件到话务平台导出").click()
        chooser.value.set_files(file)
        expect(page.locator(".upload")).to_contain_text("采用 40 行")
        page.get_by_role("link", name="总览").click()
        expect(page.locator(".card").first).to_contain_text("40 / 40")
        assert someone.troubles == []


def _gone(site: Site, folder: Path) -> None:
    site.product.engine.dispose()
    for path in site.folder.glob("hotline.db*"):
        shutil.move(path, folder / path.name)
    (site.folder / "hotline.db").mkdir()


def _back(site: Site, folder: Path) -> None:
    (site.folder / "hotline.db").rmdir()
    for path in folder.glob("hotline.db*"):
        shutil.move(path, site.folder / path.name)


def test_it_says_when_the_database_is_gone_and_recovers_by_itself(
    someone: Visitor, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    aside = tmp_path_factory.mktemp("aside")
    page = someone.open()
    _gone(site, aside)
    site.product.clock_face.advance(seconds=30)
    expect(page.locator(".freshness")).to_have_text("数据库连不上")
    expect(page.locator(".card")).to_have_count(4)  # what was shown stays
    page.get_by_role("link", name="上周", exact=True).click()
    expect(page.locator(".state-error h1")).to_have_text("数据库连不上")
    expect(page.locator(".state-error")).to_contain_text("python3 start.py doctor")
    _back(site, aside)
    site.product.clock_face.advance(seconds=30)
    expect(page.locator(".card")).to_have_count(4)
    expect(page.locator(".eyebrow").first).to_have_text("市中心 · 上周")


def test_it_lets_in_with_the_password_and_leads_back_to_the_page_asked_for(browser: Browser, tmp_path: Path) -> None:
    with installation(tmp_path, access_password=PASSWORD) as made, serving(made) as site:
        for size in (DESK, PHONE):
            with visitor(browser, site, size) as someone:
                page = someone.page
                page.goto(site.url + "/data?runs=15")
                expect(page).to_have_url(f"{site.url}/signin?next=/data%3Fruns%3D15")
                page.get_by_label("口令").fill("wrong-password")
                page.get_by_label("口令").press("Enter")
                expect(page.get_by_role("alert")).to_contain_text("口令不对")
                page.get_by_label("口令").fill(PASSWORD)
                page.get_by_role("button", name="进入").click()
                expect(page.get_by_role("link", name="较新的")).to_be_visible()
                page.get_by_role("button", name="退出").click()
                expect(page).to_have_url(f"{site.url}/signin")


def test_it_leads_to_the_password_when_a_session_has_ended(browser: Browser, tmp_path: Path) -> None:
    with (
        installation(tmp_path, access_password=PASSWORD) as made,
        serving(made) as site,
        visitor(browser, site) as someone,
    ):
        page = someone.page
        page.goto(site.url + "/?period=today")
        page.get_by_label("口令").fill(PASSWORD)
        page.get_by_role("button", name="进入").click()
        expect(page.locator(".card")).to_have_count(4)
        someone.context.clear_cookies()
        expect(page).to_have_url(f"{site.url}/signin?next=%2F%3Fperiod%3Dtoday")
