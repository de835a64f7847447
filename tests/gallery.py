"""``python -m tests.gallery``: every page as a picture in docs/gallery, in both themes and three widths.

Made on the demonstration centre with its clock stopped, so that the pictures of two runs differ only where the pages
do. The comparison of centres needs more than one: it shows the made-up ones of the tests.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dash
from PIL import Image
from playwright.sync_api import Browser, Page

from dashboard.theme import THEMES as TOKENS
from dashboard.wall_asked import SCENES
from ingest.pull import pull
from ingest.sources.demo import write_until
from product import Product, build_product
from settings import load_settings
from tests.compare_facts import SOURCES, fill_more
from tests.dashboard_browser import Site, chromium, installation, serving
from tests.factories import at

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "gallery"
NOW = "2026-06-17 14:40"
START = date(2025, 1, 1)
THEMES = {"light": "浅色", "dark": "深色"}
WIDTHS = {390: 844, 1366: 768, 1920: 1080}
HIGHEST = {390: 1600, 1366: 1400, 1920: 1400}
"""Pages are shown whole up to here; what is below looks like what is above."""
SOFT = ("ink", "ink_soft", "grey", "bar", "met", "risk", "missed", "lost")
"""Colours of letters and lines: their edges are between them and the ground."""
MOST_BYTES = 6 * 2**20
QUERIES = {"/review": "?sheet=demo-2026", "/compare": "?period=this-month"}
OTHERS = ("/404", "/wall", "/compare")
"""Not of the demonstration centre, or with pictures of their own."""
STILL = (
    "document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))"
)


@dataclass(frozen=True)
class Shot:
    """A page to be shown: its name in file names, its title, its address."""

    name: str
    title: str
    path: str


def main() -> None:
    """Makes all pictures and their index."""
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help="pages whose name begins like one of these"
    )
    only = tuple(parser.parse_args().only)
    if not only:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        with demo(Path(folder) / "demo") as site:
            shots = pages_of(browser, site)
            take(browser, site, shots, only)
            take_wall(browser, site, only)
        with several(Path(folder) / "several") as site:
            compared = Shot("compare", str(page_at("/compare")["name"]), "/compare" + QUERIES["/compare"])
            take(browser, site, [compared], only)
    write_index([*shots, compared])
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    print(f"{len(list(FOLDER.glob('*.webp')))} pictures, {size / 2**20:.2f} MB in {FOLDER}")
    if size > MOST_BYTES:
        raise SystemExit(f"more than {MOST_BYTES / 2**20:.0f} MB: lower HIGHEST")


@contextmanager
def demo(folder: Path) -> Iterator[Site]:
    """The demonstration centre up to NOW."""
    env = {"HOTLINE_DATA_DIR": str(folder), "HOTLINE_DEMO": "on"}
    product = build_product(load_settings(env), env, lambda: at(NOW))
    local: datetime = product.local_now()
    write_until(product.base_dir / "inbox", local.date(), local, START)
    for source in product.config.sources:
        _pull(product, source.code)
    with serving(product) as site:  # type: ignore[arg-type]  # a whole product is more than the pages ask for
        yield site
    product.engine.dispose()


def _pull(product: Product, source: str) -> None:
    done = pull(
        product.engine,
        product.config,
        source,
        window=(START, product.today()),
        trigger="manual",
        now=product.clock(),
        tz=product.tz,
        base_dir=product.base_dir,
        holder=product.holder,
    )
    bad = [result.error for result in done if result.state == "failed"]
    if bad:
        raise SystemExit(f"{source}: {bad[0]}")


@contextmanager
def several(folder: Path) -> Iterator[Site]:
    """Several centres."""
    folder.mkdir()
    with installation(folder, sources=SOURCES) as made:
        fill_more(made.engine)
        with serving(made) as site:
            yield site


def page_at(path: str) -> dict[str, Any]:
    """A registered page."""
    return next(page for page in dash.page_registry.values() if page["path"] == path)


def pages_of(browser: Browser, site: Site) -> list[Shot]:
    """The registered pages, with what they need to show something."""
    page = browser.new_page()
    page.goto(site.url + "/targets")
    key = page.wait_for_selector(".progress-table a[href*='key=']", state="attached")
    indicator = str(key.get_attribute("href")) if key else "/indicator"
    page.goto(site.url + "/seats")
    row = page.wait_for_selector("a[href^='/seat?']", state="attached")
    seat = str(row.get_attribute("href")) if row else "/seat"
    page.close()
    found = {"/indicator": indicator, "/seat": seat}
    return [
        Shot(path.strip("/") or "overview", str(one["name"]), found.get(path, path + QUERIES.get(path, "")))
        for one in dash.page_registry.values()
        if (path := str(one["path"])) not in OTHERS
    ]


def take(browser: Browser, site: Site, shots: list[Shot], only: tuple[str, ...]) -> None:
    """Each page in each theme and width."""
    for theme in THEMES:
        for width, height in WIDTHS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai",
                color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce",
            )  # fmt: skip
            page = context.new_page()
            for shot in shots:
                if wanted(shot.name, only):
                    page.set_viewport_size({"width": width, "height": height})
                    page.goto(site.url + shot.path)
                    save(page, f"{shot.name}-{theme}-{width}", width, height)
            context.close()


def wanted(name: str, only: tuple[str, ...]) -> bool:
    """True for a page that is to be shown: without any choice, every one."""
    return not only or name.startswith(only)


def save(page: Page, name: str, width: int, height: int) -> None:
    """The page as it stands, as high as it is but not higher than shown."""
    page.wait_for_selector(".page > *, .state")
    page.wait_for_load_state("networkidle")
    whole = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": width, "height": max(height, min(whole, HIGHEST[width]))})
    page.wait_for_timeout(400)
    keep(page, name)


def keep(page: Page, name: str) -> None:
    """Writes the picture."""
    page.evaluate(STILL)
    theme = "dark" if page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark" else "light"
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    few = picture.quantize(palette=palette(theme), dither=Image.Dither.NONE)
    few.convert("RGB").save(FOLDER / f"{name}.webp", lossless=True, quality=100, method=6)


def palette(theme: str) -> Image.Image:
    """The theme's own colours and what lies between letters and their ground: sharp, and half the size of a photo."""
    tokens = {name: value for name, value in asdict(TOKENS[theme]).items() if value.startswith("#")}
    colours = {name: tuple(bytes.fromhex(value[1:])) for name, value in tokens.items()}
    ground = colours["surface"]
    between = [
        tuple(round(a * share + b * (1 - share)) for a, b in zip(colours[name], ground, strict=True))
        for name in SOFT
        for share in ((0.75, 0.5, 0.25) if name == "ink" else (0.5,))
    ]
    made = Image.new("P", (1, 1))
    made.putpalette([part for colour in (*colours.values(), *between) for part in colour])
    return made


def take_wall(browser: Browser, site: Site, only: tuple[str, ...]) -> None:
    """Every scene of the wall in the dark, the first in the light as well."""
    page = browser.new_page(viewport={"width": 1920, "height": 1080}, locale="zh-CN", reduced_motion="reduce")
    for scene, theme in [*((scene, "dark") for scene in SCENES), (SCENES[0], "light")]:
        if wanted(f"wall-{scene}", only):
            page.goto(f"{site.url}/wall?scene={scene}&theme={theme}&pause=1")
            page.wait_for_selector("#scenes .scene:not([hidden])")
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(500)
            keep(page, f"wall-{scene}-{theme}-1920")
    page.close()


def write_index(shots: list[Shot]) -> None:
    """The index: a picture of each page, and links to the others."""
    lines = [
        "# 界面图集",
        "",
        "每个页面两种主题、三种宽度(390 手机、1366 笔记本、1920 大屏)。由一条命令生成,数据是演示中心的,",
        f"时钟停在 {NOW};“中心对比”用的是测试里编造的四个中心。页面改了以后重新生成:",
        "",
        "```sh",
        "python -m tests.gallery",
        "```",
        "",
    ]
    for shot in shots:
        lines += [f"## {shot.title}", "", f"![{shot.title}]({quote(shot.name)}-light-1366.webp)", ""]
        for theme, word in THEMES.items():
            links = "、".join(f"[{width}]({quote(shot.name)}-{theme}-{width}.webp)" for width in WIDTHS)
            lines += [f"{word}:{links}", ""]
    lines += ["## 周报大屏", ""]
    for file in sorted(FOLDER.glob("wall-*.webp")):
        lines += [f"![{file.stem}]({file.name})", ""]
    (FOLDER / "README.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
