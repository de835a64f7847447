"""A page in a real browser: how long until it is drawn, how much comes over the wire, what it asks the server."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, Request, sync_playwright

from dashboard.sections import TICK_SECONDS
from start import find_browser

DRAWN = "() => document.querySelectorAll('.card').length > 3 && document.querySelector('.js-plotly-plot .main-svg')"
"""总览: its cards, and the chart in them."""
SHOWN = "() => document.querySelector('main h2, main h1')"
PATIENCE_MS = 60_000
ANSWERS = "/_dash-update-component"


@dataclass(frozen=True)
class Visit:
    """Seconds until drawn and bytes on the wire, first with an empty cache and then again; the questions asked."""

    first: float
    again: float
    first_bytes: int
    again_bytes: int
    asked: list[dict[str, Any]]
    refreshed: list[dict[str, Any]]


def visit(url: str, path: str, drawn: str, tries: int, renew: Callable[[], None] | None = None) -> Visit:
    """Visits a page ``tries`` times with a new profile; the best of them. ``renew`` brings new data at the end."""
    found: list[tuple[float, float, int, int]] = []
    asked: list[dict[str, Any]] = []
    refreshed: list[dict[str, Any]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser() or "chromium", args=["--no-sandbox"])
        for _ in range(tries):
            found.append(_both(browser, url + path, drawn, asked))
        if renew is not None:
            refreshed = _refreshing(browser, url + path, drawn, renew)
        browser.close()
    firsts, agains, first_bytes, again_bytes = zip(*found, strict=True)
    return Visit(min(firsts), min(agains), max(first_bytes), max(again_bytes), asked, refreshed)


def _both(browser: Browser, address: str, drawn: str, asked: list[dict[str, Any]]) -> tuple[float, float, int, int]:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    asked.clear()
    page.on("request", lambda request: _note(request, asked))
    first, first_bytes = _load(page, address, drawn)
    kept = list(asked)
    again, again_bytes = _load(page, address, drawn)
    asked[:] = kept
    context.close()
    return first, again, first_bytes, again_bytes


def _load(page: Page, address: str, drawn: str) -> tuple[float, int]:
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[int] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    page.goto(address, wait_until="commit")
    page.wait_for_function(drawn, polling=20, timeout=PATIENCE_MS)
    seconds = float(page.evaluate("performance.now()")) / 1000
    page.wait_for_load_state("networkidle")
    wire.detach()
    return seconds, sum(sizes)


def _note(request: Request, into: list[dict[str, Any]]) -> None:
    if ANSWERS in request.url and request.post_data:
        into.append(json.loads(request.post_data))


def _refreshing(browser: Browser, address: str, drawn: str, renew: Callable[[], None]) -> list[dict[str, Any]]:
    """What an open page asks when new data has come: the question that found it, and those that follow."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(address)
    page.wait_for_function(drawn, polling=20, timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")
    asked: list[dict[str, Any]] = []
    page.on("request", lambda request: _note(request, asked))
    renew()
    page.wait_for_timeout(1_000 * (TICK_SECONDS + 4))
    page.close()
    return asked
