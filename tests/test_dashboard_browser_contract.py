"""合同指标 in a real browser: five rows above the fold, whole at every width, drawn anew row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from db.engine import write
from tests.dashboard_browser import DESK, Site, chromium, installation, serving, visitor
from tests.dashboard_facts import TODAY, call_rows
from tests.factories import Desk, FrozenClock, batch, calls
from tests.target_sheets import put_targets

HALF = {"answer_rate": (">=", 0.96), "service_level": (">=", 0.85), "satisfaction_rate": (">=", 0.9)}
HALF |= {"daily_output": (">=", 60.0), "on_time_closure_rate": (">=", 0.95), "offered_volume": (">=", 160_000.0)}
HALF |= {"speed_of_answer": ("<=", 9.5), "accepted_volume": ("<=", 60_000.0), "closure_rate": (">=", 0.98)}
ROWS = ("on_time_closure_rate", "offered_volume", "speed_of_answer", "accepted_volume", "closure_rate")
LONG = """() => {
  document.querySelectorAll('.contract-table .pace').forEach(e => {
    e.textContent = '此后每天需 ≥ 92.7 %;还可不合格 294 件(已用 57 %)';
  });
  document.querySelectorAll('.contract-table .to-date .parts').forEach(e => {
    e.textContent = '6,049,431 / 7,250,000';
  });
}"""
CUT = """() => {
  const region = document.querySelector('.contract-panel .table-scroll'), root = document.documentElement;
  return [region.scrollWidth - region.clientWidth, root.scrollWidth - root.clientWidth];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with installation(tmp_path, targets=False) as made:
        with write(made.engine) as conn:
            put_targets(conn, "city", HALF, {})
        with serving(made) as running:
            yield running


def test_the_sheet_stands_above_the_fold_and_is_cut_nowhere(browser: Browser, site: Site) -> None:
    with visitor(browser, site, DESK) as someone:
        page = someone.open()
        page.wait_for_selector(".chart-daily .scatterlayer path")
        rows = page.locator(".contract-table tbody tr")
        assert {row.get_attribute("id") for row in rows.all()} == {f"live-row-{code}" for code in ROWS}
        fifth = rows.nth(4).bounding_box()
        assert fifth is not None and fifth["y"] + fifth["height"] <= DESK["height"]
        page.evaluate(LONG)
        for width in (1920, 1366, 1024, 768, 390):
            page.set_viewport_size({"width": width, "height": 768})
            page.wait_for_function("w => innerWidth === w && document.documentElement.scrollWidth <= w", arg=width)
            assert page.evaluate(CUT) == [0, 0], width
        assert someone.troubles == []


def test_in_english_five_rows_stand_above_the_fold_as_well(browser: Browser, site: Site) -> None:
    with visitor(browser, site, DESK) as someone:
        someone.context.add_cookies([{"name": "lang", "value": "en", "url": site.url}])
        page = someone.open()
        expect(page.locator(".contract-table thead")).to_contain_text("Probability")
        fifth = page.locator(".contract-table tbody tr").nth(4).bounding_box()
        assert fifth is not None and fifth["y"] + fifth["height"] <= DESK["height"]
        assert page.evaluate(CUT) == [0, 0]


def test_on_a_phone_a_row_is_a_card_that_names_its_figures(browser: Browser, site: Site) -> None:
    with visitor(browser, site, {"width": 390, "height": 844}) as someone:
        page = someone.open()
        row = page.locator("#live-row-on_time_closure_rate")
        for word in ("本月", "半年至今", "目标", "达成概率", "今日"):
            expect(row.locator(".cell-word", has_text=word)).to_be_visible()
        expect(row.locator(".bullet")).to_be_visible()
        expect(page.locator(".contract-table thead")).to_be_hidden()


def test_the_sheet_page_is_whole_at_every_width_and_cards_on_a_phone(browser: Browser, site: Site) -> None:
    cut = CUT.replace(".contract-panel", ".group")
    with visitor(browser, site, DESK) as someone:
        page = someone.open("/targets?sheet=city-2026")
        row = page.locator("tr", has_text="closure_rate").first
        for width in (1366, 1024, 768, 390):
            page.set_viewport_size({"width": width, "height": 768})
            page.wait_for_function("w => innerWidth === w && document.documentElement.scrollWidth <= w", arg=width)
            assert page.evaluate(cut) == [0, 0], width
        for word in ("至今", "半年", "全年", "达成概率", "今日"):
            expect(row.locator(".cell-word", has_text=word)).to_be_visible()
        expect(row.locator(".bullet")).to_be_visible()
        expect(page.locator(".progress-table thead")).to_be_hidden()
        assert someone.troubles == []


def test_the_scores_are_cards_on_a_phone(browser: Browser, site: Site) -> None:
    with visitor(browser, site, {"width": 390, "height": 844}) as someone:
        page = someone.open("/evaluation?sheet=city-2026&period=half")
        row = page.locator(".score-table tbody tr").first
        for word in ("权重", "完成率", "目标", "完成值", "得分"):
            expect(row.locator(".cell-word", has_text=word)).to_be_visible()
        expect(page.locator(".score-table thead")).to_be_hidden()
        assert page.evaluate(CUT.replace(".contract-panel", ".panel")) == [0, 0]
        tallest = "() => Math.max(...[...document.querySelectorAll('.score-table tr')].map(e => e.offsetHeight))"
        assert page.evaluate(tallest) <= 180
        assert someone.troubles == []


def test_only_the_rows_that_changed_are_drawn_anew(browser: Browser, site: Site) -> None:
    with visitor(browser, site, DESK) as someone:
        page = someone.open()
        page.wait_for_selector(".chart-daily .scatterlayer path")
        page.evaluate("() => document.querySelectorAll('.contract-table tr').forEach(e => { e.marked = 1; })")
        desk = Desk(site.product.engine, FrozenClock("2026-03-20 14:40"))
        more = {"hour": 14, "offered": 40, "answered": 40, "abandoned": 0, "answered_within_15": 40}
        rows = [*call_rows(TODAY), {"day": TODAY, **more}]
        desk.write(batch(calls=calls(*rows, centre="district")), source="calls", trigger="intraday")
        expect(page.locator("#live-row-offered_volume")).to_contain_text("16,640")
        marked = "() => [...document.querySelectorAll('.contract-table tr')].every(e => e.marked === 1)"
        assert page.evaluate(marked), "the rows are the ones that stood there before"
        assert someone.troubles == []
