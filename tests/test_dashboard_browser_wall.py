"""周报大屏 in a real browser: turning, pausing, leaving, losing and finding the server, a day without growth."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect
from waitress.server import create_server

from dashboard import wall_routes
from dashboard.app import create_app
from db.engine import write
from db.notices import add_notice
from tests.dashboard_browser import PATIENCE_MS, Site, chromium, installation, visitor
from tests.dashboard_facts import NOW, FakeProduct
from tests.factories import at
from tests.processes import Process, free_port

FULL_HD = {"width": 1920, "height": 1080}
FOUR_K = {"width": 3840, "height": 2160}
SHOWN = ".scene:not([hidden])"
MB = 1024 * 1024


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@contextmanager
def served(product: FakeProduct, port: int = 0) -> Iterator[Site]:
    """The product's pages behind a socket of that number; a wall's seconds are shorter than others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wall_routes, "A_SECOND", 400)
        patch.setattr(wall_routes, "POLL_SECONDS", 1)
        server = create_server(create_app(product).server, host="127.0.0.1", port=port, threads=6)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            yield Site(f"http://127.0.0.1:{server.effective_port}", product, product.settings.data_dir)
        finally:
            server.close()
            thread.join(5)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeProduct]:
    with installation(tmp_path_factory.mktemp("wall")) as made:
        yield made


@pytest.fixture(scope="module")
def site(product: FakeProduct) -> Iterator[Site]:
    with served(product) as running:
        yield running


def name_of(page: Page) -> str:
    """The scene shown."""
    return str(page.locator(SHOWN).get_attribute("data-name"))


def test_it_turns_pauses_and_leaves_by_keyboard(browser: Browser, site: Site) -> None:
    with visitor(browser, site, FULL_HD) as someone:
        page = someone.page
        page.goto(f"{site.url}/wall?centre=city&every=5&scenes=week,pace,orders")
        expect(page.locator("#place")).to_have_text("市中心 · 周报大屏")
        expect(page.locator("#clock")).to_have_text("14:40")
        expect(page.locator("#date")).to_have_text("3月20日 周五")
        expect(page.locator("#fresh")).to_have_text("数据截至 14:40 · 刚刚")
        assert name_of(page) == "week"
        page.keyboard.press("ArrowRight")
        assert name_of(page) == "pace"
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        assert name_of(page) == "orders"
        expect(page.locator("html")).to_have_attribute("data-scene", "week")  # by itself after five of its seconds
        page.keyboard.press("ArrowRight")
        page.keyboard.press(" ")
        expect(page.locator("#note")).to_have_text("已暂停,按空格继续")
        assert "pause=1" in page.url and "scene=pace" in page.url
        page.reload()
        expect(page.locator(SHOWN)).to_have_attribute("data-name", "pace")
        expect(page.get_by_role("button", name="暂停或继续(空格)")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("t")
        expect(page.locator("html")).to_have_attribute("data-theme", "light")
        page.keyboard.press("Escape")
        page.wait_for_url(f"{site.url}/?centre=city")
        assert someone.hosts == {site.url.removeprefix("http://")}
        assert someone.troubles == []


def test_the_menu_leads_to_it(browser: Browser, site: Site) -> None:
    with visitor(browser, site, FULL_HD) as someone:
        page = someone.open("/")
        page.get_by_role("link", name="大屏", exact=True).click()
        expect(page.locator(SHOWN)).to_be_visible()
        assert page.locator(".menu").count() == 0


@pytest.mark.parametrize("size", [FULL_HD, FOUR_K], ids=["1080p", "4k"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_scene_fits_and_can_be_read(browser: Browser, site: Site, size: dict[str, int], theme: str) -> None:
    scale = size["height"] / 1080
    with visitor(browser, site, size) as someone:
        page = someone.page
        page.goto(f"{site.url}/wall?centre=city&theme={theme}&pause=1")
        page.wait_for_selector(SHOWN)
        sizes: set[float] = set()
        for _ in range(page.locator(".scene").count()):
            found = page.evaluate(_MEASURE)
            assert found["bottom"] <= size["height"] - 20 * scale, name_of(page)
            assert found["cut"] == [], name_of(page)
            sizes |= {round(one / scale) for one in found["sizes"]}
            page.keyboard.press("ArrowRight")
        assert min(sizes) >= 36
        assert max(sizes) >= 120
        assert len(sizes) <= 3
        assert someone.troubles == []


@pytest.mark.parametrize("size", [FULL_HD, FOUR_K], ids=["1080p", "4k"])
def test_the_bar_below_covers_no_line_of_a_full_scene(browser: Browser, site: Site, size: dict[str, int]) -> None:
    with visitor(browser, site, size) as someone:
        page = someone.page
        page.goto(f"{site.url}/wall?centre=city&scenes=pace&pause=1")
        page.wait_for_selector(SHOWN)
        page.wait_for_selector("#note:not([hidden])")
        last, bar = page.evaluate(_FULL)
        assert last <= bar
        assert someone.troubles == []


_FULL = """() => {
  const rows = document.querySelector('.paces');
  while (rows.children.length < 6) rows.appendChild(rows.lastChild.cloneNode(true));
  rows.querySelectorAll('.name').forEach(name => { name.textContent = '保障 12345 热线受理渠道畅通回访率'; });
  const rest = document.querySelector('.scene .body > .line');
  rest.textContent = '另有 13 项: 13 项达标';
  return [rest.getBoundingClientRect().bottom, document.getElementById('note').getBoundingClientRect().top];
}"""


def test_it_says_on_the_screen_what_its_address_can_not_be_used_for(browser: Browser, site: Site) -> None:
    with visitor(browser, site, FULL_HD) as someone:
        someone.page.goto(f"{site.url}/wall?centre=nope&pause=1")
        expect(someone.page.locator("#note")).to_have_text("已暂停,按空格继续 · 地址里的中心不存在,已显示全部中心。")
        someone.page.goto(f"{site.url}/wall?centre=nope&scenes=bogus,week&every=abc")
        for said in ("1/3 地址里的中心不存在", "2/3 地址里的场景有的不存在", "3/3 地址里的 every 要写"):
            expect(someone.page.locator("#note")).to_contain_text(said)


_MEASURE = """() => {
  const scene = document.querySelector('.scene:not([hidden])'), sizes = new Set(), cut = [];
  let bottom = 0;
  document.querySelectorAll('header *, .scene:not([hidden]) *').forEach(e => {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own) return;
    if (!e.closest('svg')) sizes.add(parseFloat(getComputedStyle(e).fontSize));
    const box = e.getBoundingClientRect();
    if (scene.contains(e)) bottom = Math.max(bottom, box.bottom);
    if (box.right > innerWidth + 1 || !e.closest('svg') && e.scrollWidth > e.clientWidth + 2 && e.clientWidth) {
      cut.push(e.textContent);
    }
  });
  return {sizes: [...sizes], bottom, cut};
}"""


def test_it_redraws_only_the_scene_that_changed(browser: Browser, site: Site, product: FakeProduct) -> None:
    with visitor(browser, site, FULL_HD) as someone:
        page = someone.page
        page.goto(f"{site.url}/wall?pause=1")
        page.wait_for_selector(SHOWN)
        page.evaluate("document.querySelectorAll('.scene > *').forEach(e => e.dataset.old = '1')")
        with write(product.engine) as conn:
            add_notice(conn, "周五 16 时演练", at(NOW).date(), at(NOW).date(), "")
        expect(page.locator(".scene[data-name=notices]")).to_have_count(1)
        assert page.locator(".scene > *:not([data-old])").count() == 3
        assert page.locator(".scene[data-name=notices] > *:not([data-old])").count() == 3


def test_a_source_that_stops_turns_its_figures_stale(browser: Browser, site: Site, product: FakeProduct) -> None:
    with visitor(browser, site, FULL_HD) as someone:
        page = someone.page
        page.goto(f"{site.url}/wall?pause=1")
        expect(page.locator(f"{SHOWN} .tile.is-stale")).to_have_count(0)
        product.clock_face.advance(minutes=31)
        try:
            expect(page.locator("#fresh")).to_have_text("数据停在 14:40")
            expect(page.locator(f"{SHOWN} .tile.is-stale")).to_have_count(3)  # orders come once a day
        finally:
            product.clock_face.advance(minutes=-31)
        expect(page.locator(f"{SHOWN} .tile.is-stale")).to_have_count(0)


def test_it_outlives_its_server_and_takes_the_new_version(browser: Browser, product: FakeProduct) -> None:
    port = free_port()
    with served(product, port) as site:
        context = browser.new_context(viewport=FULL_HD, locale="zh-CN")  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{site.url}/wall?centre=city&every=5")
        page.wait_for_selector(SHOWN)
        page.evaluate("window.old = true")
    expect(page.locator("#note")).to_have_text("连不上服务器,画面停在 14:40;每 1 秒自动重试")
    shown = name_of(page)
    expect(page.locator("html")).not_to_have_attribute("data-scene", shown)  # it goes on turning
    with served(product, port):
        expect(page.locator("#note")).to_be_hidden()
        assert page.evaluate("window.old"), "the same version: nothing to load"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wall_routes, "fingerprint", lambda: "another")
        with served(product, port):
            page.wait_for_function("() => !window.old && document.querySelector('.scene')", timeout=PATIENCE_MS)
            assert '"build": "another"' in str(page.locator("#wall-settings").text_content())
    context.close()


def test_it_says_that_the_password_was_changed(browser: Browser, tmp_path: Path) -> None:
    with (
        installation(tmp_path, access_password="a-long-password") as made,
        served(made) as site,
        visitor(browser, site, FULL_HD) as someone,
    ):
        page = someone.page
        page.goto(f"{site.url}/wall")
        page.locator("input[name=password]").fill("a-long-password")
        page.keyboard.press("Enter")
        page.wait_for_selector(SHOWN)
        someone.context.clear_cookies()
        expect(page.locator("#note")).to_contain_text("口令已更改,画面停在 14:40")


def test_it_is_light_on_the_wire(browser: Browser, site: Site) -> None:
    with visitor(browser, site, FULL_HD) as someone:
        someone.page.goto(f"{site.url}/wall")
        someone.page.wait_for_selector(SHOWN)
        sizes = [one.sizes() for one in someone.requests]
        assert sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes) < 0.1 * MB


@dataclass(frozen=True)
class Weight:
    """What a wall weighs after rubbish was collected."""

    heap: float
    nodes: float
    listeners: float
    server: float


def weigh(session: CDPSession, server: psutil.Process) -> Weight:
    """Weighs browser and server."""
    session.send("HeapProfiler.collectGarbage")
    found: dict[str, Any] = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    rss = server.memory_info().rss
    return Weight(found["JSHeapUsedSize"] / MB, found["Nodes"], found["JSEventListeners"], rss / MB)


SCENES_A_DAY, QUESTIONS_A_DAY = 4320, 8640
"""At 20 seconds a scene and 10 seconds a question."""


def _turned(page: Page, scenes: int) -> None:
    enough = "scenes => +document.documentElement.dataset.turned >= scenes"
    page.wait_for_function(enough, arg=scenes, timeout=150_000, polling=250)


def _ask(url: str, questions: int) -> None:
    """What another wall asks in a day."""
    asking = HTTPConnection(url.removeprefix("http://"), timeout=30)
    tag = ""
    for _ in range(questions):
        asking.request("GET", "/wall/scenes.json?centre=city", headers={"If-None-Match": f'"{tag}"'})
        answer = asking.getresponse()
        body = answer.read()
        assert answer.status in (200, 304)
        tag = json.loads(body)["tag"] if body else tag


@pytest.mark.timeout(900)  # a minute where nothing else runs
def test_a_day_leaves_no_trace_in_browser_or_server(browser: Browser, tmp_path: Path) -> None:
    """24 hours pass in seconds: a browser turns all their scenes, another wall asks all their questions, and new
    figures come every half hour."""
    with Process(["-m", "tests.wall_server", str(tmp_path)], {}) as running:
        url = running.wait_for("http://")
        server = psutil.Process(running.process.pid)
        context = browser.new_context(viewport={"width": 640, "height": 360}, reduced_motion="reduce")
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Performance.enable")
        page.goto(f"{url}/wall?centre=city")
        page.wait_for_selector(SHOWN)
        _ask(url, QUESTIONS_A_DAY // 4)
        _turned(page, SCENES_A_DAY // 4)
        before = weigh(session, server)
        _ask(url, QUESTIONS_A_DAY * 3 // 4)
        _turned(page, SCENES_A_DAY)
        after = weigh(session, server)
        assert page.locator("html").get_attribute("data-trouble") == ""
        context.close()
    assert after.heap < before.heap + 1, (before, after)
    assert after.nodes <= before.nodes * 1.1 + 50, (before, after)
    assert after.listeners <= before.listeners + 5, (before, after)
    assert after.server < before.server + 15, (before, after)
