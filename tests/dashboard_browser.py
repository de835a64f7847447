"""A real browser before a real server: what the browser tests share."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright
from sqlalchemy import Engine
from waitress.server import create_server

from dashboard import shell
from dashboard.app import create_app
from db.engine import make_engine, migrate
from start import find_browser
from tests.dashboard_facts import FakeProduct, fill, product

CHROMIUM = find_browser() or "chromium"
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 45_000
"""How long something may take to appear on a busy machine."""


@dataclass
class Site:
    """A running site and the product behind it."""

    url: str
    product: FakeProduct
    folder: Path


@contextmanager
def serving(made: FakeProduct) -> Iterator[Site]:
    """The pages of a product behind a socket, asking for news every second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shell, "TICK_SECONDS", 1)
        application = create_app(made).server
        server = create_server(application, host="127.0.0.1", port=0, threads=6)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            yield Site(f"http://127.0.0.1:{server.effective_port}", made, made.settings.data_dir)
        finally:
            server.close()
            thread.join(5)


@contextmanager
def installation(folder: Path, *, filled: bool = True, targets: bool = True, **settings: Any) -> Iterator[FakeProduct]:
    """A product on a database file of its own."""
    engine: Engine = make_engine(f"sqlite:///{folder / 'hotline.db'}")
    migrate(engine)
    if filled:
        fill(engine, targets=targets)
    yield product(engine, folder, **settings)
    engine.dispose()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's browser."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except Exception as error:
            pytest.fail(f"Chromium can't be started ({error}). Run: apt-get install -y chromium fonts-noto-cjk")
        expect.set_options(timeout=PATIENCE_MS)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Someone before the pages; what goes wrong in the browser is noted."""

    context: BrowserContext
    page: Page
    site: Site
    size: dict[str, int]
    troubles: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    requests: list[Request] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        """Opens a page and waits until something stands on it."""
        self.page.goto(self.site.url + path)
        self.page.wait_for_selector(".page, .state")
        return self.page


@contextmanager
def visitor(browser: Browser, site: Site, size: dict[str, int] = DESK, **options: Any) -> Iterator[Visitor]:
    """A new visitor with an empty cache."""
    context = browser.new_context(viewport=size, locale="zh-CN", **options)  # type: ignore[arg-type]
    context.set_default_timeout(2 * PATIENCE_MS)
    page = context.new_page()
    someone = Visitor(context, page, site, size)

    def note(request: Request) -> None:
        someone.requests.append(request)
        if urlsplit(request.url).scheme in ("http", "https", "ws", "wss"):
            someone.hosts.add(urlsplit(request.url).netloc)

    page.on("request", note)
    page.on("pageerror", lambda error: someone.troubles.append(f"error: {error}"))
    page.on(
        "console",
        lambda said: someone.troubles.append(said.text) if said.type in ("error", "warning") else None,
    )
    yield someone
    context.close()


@contextmanager
def next_before(window: Visitor) -> Iterator[Visitor]:
    """The next visitor before a window that stays open: no cookies, nothing stored, nothing noted. The browser has
    the scripts compiled already, which costs more than all else of a first visit."""
    page = window.page
    window.context.clear_cookies()
    for noted in (window.troubles, window.hosts, window.requests):
        noted.clear()
    yield window
    page.unroute_all(behavior="ignoreErrors")
    page.emulate_media(media="null")
    page.set_viewport_size(window.size)  # type: ignore[arg-type]
    page.evaluate("localStorage.clear(), sessionStorage.clear()")
    page.goto("about:blank")
