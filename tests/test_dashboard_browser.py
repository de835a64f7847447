"""总览 in a real browser, as its users would walk it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from db.engine import bump_data_version, write
from tests.dashboard_browser import (
    PATIENCE_MS,
    PHONE,
    Site,
    Visitor,
    chromium,
    installation,
    next_before,
    serving,
    visitor,
)
from tests.dashboard_facts import TODAY, call_rows
from tests.factories import Desk, FrozenClock, batch, calls

FIRST_VISIT_BYTES = 1_700_000
SECOND_VISIT_BYTES = 50_000
CALLBACKS = "**/_dash-update-component**"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with installation(tmp_path_factory.mktemp("site")) as made, serving(made) as running:
        yield running


@pytest.fixture(scope="module")
def window(browser: Browser, site: Site) -> Iterator[Visitor]:
    with visitor(browser, site) as come:
        yield come


@pytest.fixture
def someone(window: Visitor) -> Iterator[Visitor]:
    with next_before(window) as come:
        yield come


def test_it_opens_with_the_sentence_then_the_proof(someone: Visitor) -> None:
    page = someone.open()
    expect(page.locator("h1")).to_contain_text(
        "本月 5 项有目标的指标中 2 项达标;接通率 95.34 %,距目标 ≥ 96 % 还差 0.66"
    )
    card = page.locator(".card").first
    for text in ("接通率", "✕", "未达标", "95.34", "目标 ≥ 96 %", "15,827 / 16,600", "19/20 天有数据", "较上月同期"):
        expect(card).to_contain_text(text)
    expect(page.locator(".freshness")).to_contain_text("截至 14:40")
    expect(page.locator(".chart-daily h2")).to_have_text("接通率 18 天中 7 天未达目标,最差 3月7日 91.67 %")
    expect(page.locator(".kpi-table tbody tr").first).to_contain_text("按时办结率")
    assert someone.troubles == []


def test_it_asks_nothing_of_another_host_and_breaks_no_policy(someone: Visitor) -> None:
    page = someone.open()
    page.locator(".card .icon-button").first.click()
    page.wait_for_selector(".drawer-body .facts")
    page.keyboard.press("Escape")
    page.locator("summary", has_text="自定义").click()
    page.locator(".popover-body .ant-picker").click()
    page.wait_for_selector(".ant-picker-dropdown")
    page.goto(someone.site.url + "/data")
    page.wait_for_selector(".calendar")
    assert someone.hosts == {someone.site.url.removeprefix("http://")}
    assert someone.troubles == []


def _visited(someone: Visitor) -> int:
    """Bytes on the wire of one visit, by the browser's own count."""
    client = someone.context.new_cdp_session(someone.page)
    client.send("Network.enable")
    seen: list[float] = []
    client.on("Network.loadingFinished", lambda event: seen.append(event["encodedDataLength"]))
    someone.open()
    someone.page.wait_for_selector(".chart-daily .scatterlayer path")
    client.detach()
    return int(sum(seen))


def test_it_is_light_on_the_wire(browser: Browser, site: Site) -> None:
    with visitor(browser, site) as newcomer:
        first = _visited(newcomer)
        assert 400_000 < first <= FIRST_VISIT_BYTES
        assert _visited(newcomer) <= SECOND_VISIT_BYTES


def test_it_keeps_the_filters_in_the_address(someone: Visitor) -> None:
    page = someone.open()
    page.get_by_role("link", name="上月", exact=True).click()
    expect(page.locator(".eyebrow").first).to_have_text("市中心 · 上月")
    assert page.url.endswith("/?period=last-month")
    page.locator(".kpi-table").get_by_role("link", name="办结率", exact=True).click()
    expect(page.locator(".chart-daily h2")).to_contain_text("办结率")
    assert page.url.endswith("/?period=last-month&kpi=closure_rate")
    page.locator("summary", has_text="市中心").click()
    page.get_by_role("link", name="江宁分中心").click()
    expect(page.locator(".eyebrow").first).to_have_text("江宁分中心 · 上月")
    address = page.url
    page.go_back()
    page.go_back()
    expect(page.locator(".chart-daily h2")).to_contain_text("接通率")
    expect(page.locator(".eyebrow").first).to_have_text("市中心 · 上月")
    page.go_forward()
    page.go_forward()
    expect(page.locator(".eyebrow").first).to_have_text("江宁分中心 · 上月")
    page.goto(address)
    expect(page.locator(".eyebrow").first).to_have_text("江宁分中心 · 上月")
    expect(page.locator("[aria-current]", has_text="上月")).to_be_visible()
    assert someone.troubles == []


def test_it_takes_a_free_period_from_a_chinese_calendar(someone: Visitor) -> None:
    page = someone.open("/?from=2026-02-01&to=2026-02-14")
    expect(page.locator("summary.is-chosen")).to_have_text("2月1日–14日")
    page.locator("summary.is-chosen").click()
    days = page.locator(".popover-body .ant-picker input")
    start, end = days.first, days.last
    start.fill("2026-03-02")
    end.click()
    end.fill("2026-03-05")
    end.press("Enter")
    expect(page.locator("summary.is-chosen")).to_have_text("3月2日–5日")
    assert "from=2026-03-02&to=2026-03-05" in page.url
    expect(page.locator("h1")).to_contain_text("接通率 93.00 %")


def test_it_says_what_in_the_address_it_could_not_use(someone: Visitor) -> None:
    page = someone.open("/?period=never&centre=nowhere")
    expect(page.locator(".notice")).to_contain_text("地址里的期间无法识别")
    expect(page.locator(".notice")).to_contain_text("没有地址里的中心")
    expect(page.locator(".card")).to_have_count(4)


def test_it_shows_today_by_hour(someone: Visitor) -> None:
    page = someone.open("/?period=today&kpi=answer_rate")
    expect(page.locator(".chart-hourly h2")).to_have_text(
        "今天 10 时最紧:接通率 92.00 %(共 100);要全天达标,余下约 391 个需 ≥ 95.8 %,至多再差 16 个"
    )
    expect(page.locator(".chart-hourly .annotation-text")).to_have_text("✕ 92%")


def test_it_says_when_the_period_holds_nothing(someone: Visitor) -> None:
    page = someone.open("/?from=2025-01-01&to=2025-01-31")
    expect(page.locator(".state h1")).to_have_text("所选期间(2025年1月1日–31日)没有数据")
    page.locator(".state a").click()
    expect(page.locator(".card")).to_have_count(4)
    assert "from=2026-03-01&to=2026-03-20" in page.url


def test_it_leads_lost_visitors_home(someone: Visitor) -> None:
    page = someone.open("/no/such/page")
    expect(page.locator("h1")).to_have_text("没有这个页面")
    page.get_by_role("link", name="回到总览").click()
    expect(page.locator(".card")).to_have_count(4)


def test_it_proves_a_figure_on_request(someone: Visitor) -> None:
    page = someone.open()
    page.get_by_role("button", name="15秒接通率的口径与来源").click()
    sheet = page.locator(".drawer-body")
    for text in ("83.40", "15秒内接通量 ÷ (接通量 + 放弃量)", "13,845", "16,600", "话务明细_20260320.csv", "编号"):
        expect(sheet).to_contain_text(text)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    assert someone.troubles == []


PARTS = [".card", ".js-plotly-plot", ".kpi-table tr:nth-child(2)"]


def test_it_redraws_only_what_changed_when_new_data_comes(browser: Browser, tmp_path: Path) -> None:
    with installation(tmp_path) as made, serving(made) as site, visitor(browser, site) as someone:
        page = someone.open()
        page.wait_for_selector(".chart-daily .scatterlayer path")
        page.evaluate("parts => parts.forEach(part => { document.querySelector(part).marked = 1; })", PARTS)
        page.get_by_role("button", name="接通率的口径与来源", exact=True).focus()
        page.evaluate("() => scrollTo(0, 200)")
        desk = Desk(made.engine, FrozenClock("2026-03-20 14:40"))
        more = {"hour": 14, "offered": 1000, "answered": 1000, "abandoned": 0, "answered_within_15": 1000}
        rows = [*call_rows(TODAY), {"day": TODAY, **more}]
        desk.write(batch(calls=calls(*rows, centre="district")), source="calls", trigger="intraday")
        expect(page.locator(".card").first).to_contain_text("16,827 / 17,600")
        # The nodes are the ones that were there before, the place on the page too: nothing flickered.
        assert page.evaluate("parts => parts.map(part => document.querySelector(part).marked)", PARTS) == [1, 1, 1]
        assert page.evaluate("() => scrollY") == 200
        expect(page.get_by_role("button", name="接通率的口径与来源", exact=True)).to_be_focused()
        assert someone.troubles == []


def test_it_sends_nothing_while_nothing_is_new(someone: Visitor, site: Site) -> None:
    page = someone.open()
    page.wait_for_timeout(1500)
    statuses: list[int] = []
    page.on("response", lambda answer: statuses.append(answer.status) if "_dash-update" in answer.url else None)
    for _ in range(3):
        with page.expect_response(CALLBACKS):
            pass
    assert set(statuses) == {204}
    with write(site.product.engine) as conn:
        bump_data_version(conn)
    with page.expect_response(lambda answer: "_dash-update" in answer.url and answer.status == 200):
        pass
    statuses.clear()
    for _ in range(3):  # the version is new, but the figures are not: the page has nothing to redraw
        with page.expect_response(CALLBACKS):
            pass
    assert set(statuses) == {204}


def test_it_changes_theme_at_once_and_remembers(browser: Browser, site: Site) -> None:
    with visitor(browser, site, color_scheme="dark") as someone:
        page = someone.open()
        background = "() => getComputedStyle(document.body).backgroundColor"
        line = ".chart-daily path.js-line"
        page.wait_for_selector(line)
        dark = page.evaluate(background)
        page.get_by_role("button", name="切换深色或浅色").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "light")
        light = page.evaluate(background)
        assert dark != light
        expect(page.locator(".js-plotly-plot path.js-line").last).to_have_css("stroke", "rgb(24, 32, 43)")
        page.reload()
        page.wait_for_selector(".page")
        assert page.evaluate(background) == light
        assert someone.troubles == []


def test_it_can_be_used_without_a_mouse(someone: Visitor) -> None:
    page = someone.open()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    expect(page.locator(".card .kpi-name").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".card .icon-button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".drawer-body .facts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".drawer-body")).to_be_hidden()
    summary = page.locator("summary", has_text="自定义")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".popover-body")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".popover-body")).to_be_hidden()
    expect(summary).to_be_focused()


def test_it_shows_sentence_cards_and_five_rows_above_the_fold(someone: Visitor) -> None:
    page = someone.open()
    page.wait_for_selector(".chart-daily .scatterlayer path")
    fifth = page.locator(".kpi-table tbody tr").nth(4).bounding_box()
    assert fifth is not None
    assert fifth["y"] + fifth["height"] <= 768
    header = page.locator(".header").bounding_box()
    assert header is not None
    assert header["height"] == 48


@pytest.mark.parametrize("path", ["/", "/?period=today", "/data"])
def test_it_never_scrolls_sideways(browser: Browser, site: Site, path: str) -> None:
    with visitor(browser, site, PHONE) as someone:
        page = someone.open(path)
        for width in (390, 768, 1024, 1366, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_function(
                "w => innerWidth === w && document.documentElement.scrollWidth <= w", arg=width, timeout=PATIENCE_MS
            )
            expect(page.locator(".menu-item").first).to_be_visible()


def test_it_prints_without_the_frame(someone: Visitor) -> None:
    page = someone.open()
    page.emulate_media(media="print")
    expect(page.locator(".menu")).to_be_hidden()
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".card").first).to_be_visible()
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_it_turns_figures_stale_while_they_are_looked_at(browser: Browser, site: Site) -> None:
    with visitor(browser, site) as someone:
        someone.page.clock.install()
        page = someone.open()
        expect(page.locator(".freshness")).not_to_have_class(re.compile("is-stale"))
        page.clock.fast_forward("31:00")
        page.clock.run_for(6000)
        expect(page.locator(".freshness")).to_have_class(re.compile("is-stale"))
        expect(page.locator(".fresh-ago")).to_have_text("31 分钟前")
        expect(page.locator(".card").first).to_have_class(re.compile("is-stale"))
        expect(page.locator(".card").first).to_contain_text("数据停在 14:40")
        expect(page.locator(".card").nth(2)).not_to_have_class(re.compile("is-stale"))  # the orders are up to date


def test_it_says_when_the_connection_is_lost_and_goes_on_by_itself(someone: Visitor) -> None:
    page = someone.open()
    page.route(CALLBACKS, lambda route: route.abort())
    expect(page.locator("#connection-lost")).to_contain_text("与服务器的连接断开")
    page.unroute(CALLBACKS)
    expect(page.locator("#connection-lost")).to_have_count(0)
