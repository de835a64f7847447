"""Every registered page by axe-core (WCAG 2.2 AA) in both themes, full and empty, with what opens over it; and by the
keyboard from first to last. Axe comes from a pinned package and is put into the page past its strict policy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import dash
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tests.compare_facts import SOURCES, fill_more
from tests.dashboard_browser import Site, Visitor, chromium, installation, serving, visitor
from tests.test_dashboard_alerts import fired

TALL = {"width": 1366, "height": 1600}
"""High enough that the bars which stay at the lower edge lie over nothing."""
DESK = {"width": 1366, "height": 768}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL: dict[str, Any] = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"target-size": {"enabled": True}}}
COLOURS: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
POPUP = ALL | {"rules": {"target-size": {"enabled": True}, "region": {"enabled": False}}}
"""The kit hangs lists and calendars on the body, outside every landmark; they belong to the field that opened them."""
QUERIES = {"/review": "?sheet=district-2026", "/compare": "?period=this-month", "/seat": "?seat=district/1000"}
PLAIN = ("/signin", "/wall")
"""Pages of their own, without the product's frame."""

GO = """(path) => {
  history.pushState({}, "", path);
  window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
}"""
RUN = """(options) => axe.run(document, {...options, preload: false, resultTypes: ["violations"]}).then((found) =>
  found.violations.flatMap((rule) => rule.nodes.map((node) => rule.id + " " + node.target.join(" ") + " " +
    [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; "))))"""

WALK = """() => {
  window.stops = [];
  const ringed = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
  };
  document.addEventListener("focusin", (event) => {
    const it = event.target, box = it.getBoundingClientRect(), around = [it, it.nextElementSibling, it.parentElement];
    const kit = it.closest(".ant-select, .ant-picker, .ant-input-affix-wrapper");
    if (kit) around.push(kit, kit.querySelector(".ant-select-selector"));
    window.stops.push({
      what: it.tagName + "." + it.className + "#" + it.id + " " + (it.innerText || it.ariaLabel || "").slice(0, 30),
      ringed: around.some((element) => element && ringed(element)),
      shown: box.bottom > 0 && box.top < innerHeight && box.width > 1 && box.height > 1,
      first: it.classList.contains("skip-link"),
    });
  });
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Several centres, sheets in force, an alert that fires."""
    with installation(tmp_path_factory.mktemp("axe"), sources=SOURCES) as made:
        fill_more(made.engine)
        fired(made)
        with serving(made) as running:
            yield running


@pytest.fixture(scope="module")
def someone(browser: Browser, site: Site) -> Iterator[Visitor]:
    with visitor(browser, site, TALL, reduced_motion="reduce") as come:
        yield come


def examined(page: Page, options: dict[str, Any] = ALL) -> list[str]:
    """What axe finds in the page as it stands; nothing but colours differs in the other theme."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)
    found = [f"{theme_of(page)}: {text}" for text in lasting_faults(page, options)]
    if page.locator("#theme-switch").count():
        switch(page)
        found += [f"{theme_of(page)}: {text}" for text in lasting_faults(page, COLOURS)]
    return found


def lasting_faults(page: Page, options: dict[str, Any], seconds: float = 8.0) -> list[str]:
    """The kit's parts follow a change of the theme when the browser comes to it: only a fault that stays is one."""
    end = time.monotonic() + seconds
    while (found := page.evaluate(RUN, options)) and time.monotonic() < end:
        page.wait_for_timeout(200)
    return list(found)


def theme_of(page: Page) -> str:
    """The theme shown."""
    return str(page.evaluate("document.documentElement.dataset.theme || 'light'"))


def switch(page: Page) -> None:
    """The other theme, once the kit's parts have followed. By script: a click elsewhere would close what is open."""
    asks_kit = "algorithm"
    with page.expect_response(lambda answer: asks_kit in (answer.request.post_data or "")):
        page.evaluate("document.getElementById('theme-switch').click()")


def look(visitor: Visitor, path: str, *, anew: bool = True) -> Page:
    """Opens a page and waits until it stands; not ``anew``: from within the product, without loading it again."""
    page = visitor.page
    if not anew and page.locator("#menu a").count() and not path.startswith(PLAIN):
        with page.expect_response(lambda answer: '"_pages_content"' in (answer.request.post_data or "")):
            page.evaluate(GO, path)
    else:
        page.goto(visitor.site.url + path)
    page.wait_for_selector(".page > *, .state, main")
    if not path.startswith(PLAIN):
        expect(page.locator("#menu a").first).to_be_attached()
    page.wait_for_timeout(100)
    return page


def addresses(visitor: Visitor) -> list[str]:
    """All registered pages, with what they need to show something."""
    page = look(visitor, "/targets")
    links = page.locator(".progress-table a[href^='/indicator']")
    key = str(links.first.get_attribute("href")).partition("?")[2] if links.count() else ""
    queries = QUERIES | {"/indicator": f"?{key}" if key else ""}
    paths = [str(one["path"]) for one in dash.page_registry.values()]
    framed = [path + queries.get(path, "") for path in paths if path not in PLAIN]
    return [*framed, "/signin", "/wall?theme=dark", "/wall?theme=light", "/wall/notices"]


def test_it_finds_no_fault_on_any_page_with_figures(someone: Visitor) -> None:
    paths = addresses(someone)
    assert len(paths) > 15
    found = {path: examined(look(someone, path, anew=False)) for path in paths}
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_it_finds_no_fault_on_any_page_without_figures(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        installation(tmp_path_factory.mktemp("bare"), filled=False) as made,
        serving(made) as running,
        visitor(browser, running, TALL, reduced_motion="reduce") as come,
    ):
        found = {path: examined(look(come, path, anew=False)) for path in addresses(come)}
    assert {path: faults for path, faults in found.items() if faults} == {}


def _provenance(page: Page) -> None:
    page.locator(".card .icon-button").first.click()
    expect(page.locator(".ant-drawer-open .facts").first).to_be_visible()


def _centres(page: Page) -> None:
    page.locator(".filters .fold summary").first.click()
    expect(page.locator(".centre-list")).to_be_visible()


def _calendar(page: Page) -> None:
    page.locator(".filters .fold summary", has_text="自定义").click()
    page.locator(".filters .ant-picker input").first.click()
    expect(page.locator(".ant-picker-dropdown")).to_be_visible()


def _compare_menu(page: Page) -> None:
    page.locator(".filters .fold summary", has_text="对比").click()
    expect(page.locator(".compare-list")).to_be_visible()


def _formula_and_table(page: Page) -> None:
    page.locator(".chart .chart-table summary").first.click()
    page.locator(".chart .basis summary").first.click()
    expect(page.locator(".basis[open] dt").first).to_be_visible()


def _details(page: Page) -> None:
    """The first of each kind: they are many, and alike."""
    page.evaluate(
        "for (const kind of new Set([...document.querySelectorAll('.page details:not([data-fold])')]"
        ".map((fold) => fold.className))) document.querySelector(`.page details[class='${kind}']`).open = true"
    )


def _list(page: Page) -> None:
    page.locator(".ant-select").first.click()
    expect(page.locator(".ant-select-item-option[role=option]").first).to_be_visible()


def _gap(page: Page) -> None:
    page.locator("button.day-gap").first.click()
    expect(page.locator("#gap-detail code").first).to_be_visible()


OPENED: dict[str, tuple[str, Callable[[Page], None], dict[str, Any]]] = {
    "provenance": ("/", _provenance, ALL),
    "centres": ("/", _centres, ALL),
    "calendar": ("/", _calendar, POPUP),
    "compare with": ("/?compare=last-year", _compare_menu, ALL),
    "formula": ("/calls", _formula_and_table, ALL),
    "definitions": ("/catalogue", _details, ALL),
    "evaluation": ("/evaluation", _details, ALL),
    "list": ("/alerts", _list, POPUP),
    "gap": ("/data", _gap, ALL),
}


@pytest.mark.parametrize("name", OPENED)
def test_it_finds_no_fault_in_what_opens_over_a_page(someone: Visitor, name: str) -> None:
    path, opens, options = OPENED[name]
    page = look(someone, path)
    opens(page)
    assert examined(page, options) == []


@pytest.mark.parametrize("path", ["/", "/calls", "/compare", "/targets", "/entries", "/alerts", "/data"])
def test_it_leads_the_keyboard_from_first_to_last(someone: Visitor, path: str) -> None:
    page = look(someone, path)
    page.set_viewport_size({"width": DESK["width"], "height": DESK["height"]})
    page.evaluate(WALK)
    for _ in range(60):
        for _ in range(10):
            page.keyboard.press("Tab")
        if page.evaluate("stops.filter((stop) => stop.first).length") > 1:
            break
    stops = page.evaluate("stops")
    again = [at for at, stop in enumerate(stops) if stop["first"]]
    assert len(again) > 1, f"caught at {stops[-1]['what']}"  # once round: nothing holds the focus
    walked = stops[again[0] : again[1]]
    assert len(walked) > 15
    assert [stop["what"] for stop in walked if not (stop["ringed"] and stop["shown"])] == []
    page.set_viewport_size({"width": TALL["width"], "height": TALL["height"]})


def test_it_gives_the_focus_back_when_a_drawer_is_closed(someone: Visitor) -> None:
    page = look(someone, "/")
    button = page.locator(".card .icon-button").first
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".ant-drawer-open .facts").first).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('.ant-drawer'))")
    page.keyboard.press("Escape")
    expect(page.locator(".ant-drawer-open")).to_have_count(0)
    expect(button).to_be_focused()
