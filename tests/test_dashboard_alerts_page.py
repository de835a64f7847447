"""告警 in a real browser: why, acknowledgement with a note, a maintenance window, and the sound of a new alert."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from alerts.message import Item, Message, to_json
from db import deliveries as post
from db.alert_rules import load_silences, save_rules
from db.alert_states import list_acks, move, open_incident
from db.deliveries import NewDelivery
from db.engine import write
from kpi.alert_model import AlertKind, AlertRule, AlertState, Standing, Transition
from tests.dashboard_browser import DESK, PHONE, Site, chromium, installation, serving, visitor
from tests.dashboard_facts import FakeProduct

RULE = AlertRule("r", "接通率", AlertKind.DAY, "answer_rate", level=0.96)
TONES = """
window.tones = 0;
window.AudioContext = function () { window.tones += 1; };
"""


def fire(made: FakeProduct, code: str) -> None:
    """A rule begins to fire, and is told."""
    now = made.clock()
    standing = Standing(AlertState.FIRING, now, now, now, now, episode=1)
    change = Transition(AlertState.OK, AlertState.FIRING, now, "越线", 0.951, 951, 1000)
    item = Item("▲", "接通率(当日值)", "95.10 %", "目标 ≥ 96 %", "951 / 1,000", causes=("10时漏接 37 个,多出 17 个",))
    with write(made.engine) as conn:
        save_rules(conn, [replace(RULE, code=code, name=f"接通率 {code}")], now)
        incident = open_incident(conn, "值班", "", f"接通率 {code}", f"<{code}@h>", now)
        assert move(conn, code, None, standing, incident, change)
        message = Message("fired", "【告警】接通率今日 95.10 %", "自 09:00 起", f"<{code}@h>", (item,))
        new = NewDelivery("fired", "email", "a@example.org", message.message_id, to_json(message), incident=incident)
        assert post.record(conn, new, now)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with installation(tmp_path) as made, serving(made) as running:
        fire(made, "one")
        yield running


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_person_sees_why_and_takes_it_on(browser: Browser, site: Site, size: dict[str, int]) -> None:
    with visitor(browser, site, size) as someone:
        page = someone.open("/alerts")
        expect(page.locator("h1")).to_contain_text("1 条告警还没有解除,1 条无人确认")
        row = page.locator(".part-open tbody tr")
        row.get_by_role("button", name="为什么").click()
        for part in ("目标 ≥ 96 %", "951 / 1,000", "多出 17 个", "a@example.org"):
            expect(page.locator(".drawer-body")).to_contain_text(part)
        page.keyboard.press("Escape")
        row.get_by_role("button", name="确认").click()
        expect(page.locator("#alerts-answer")).to_contain_text("请填写经办人")
        page.locator("#alerts-field-author").fill("值班长")
        page.locator("#alerts-field-note").fill("已加派两人")
        row.get_by_role("button", name="确认").click()
        expect(row).to_contain_text("值班长 已确认")
        with site.product.engine.connect() as conn:
            ((_episode, by, note, _at),) = list_acks(conn, "one")
        assert (by, note) == ("值班长", "已加派两人")
        assert someone.troubles == []


def test_a_maintenance_window_is_set_on_the_page(browser: Browser, site: Site) -> None:
    with visitor(browser, site) as someone:
        page = someone.open("/alerts")
        ends = site.product.clock().astimezone(site.product.tz) + timedelta(days=1)
        page.locator("#alerts-field-author").fill("甲")
        page.locator("#window-field-ends").fill(f"{ends:%Y-%m-%d %H:%M}")
        page.get_by_role("button", name="添加静默或维护窗口").click()
        expect(page.locator("#window-answer")).to_contain_text("已静默到")
        expect(page.locator(".part-silences")).to_contain_text("全部规则")
        with site.product.engine.connect() as conn:
            assert len(load_silences(conn)) == 1
        assert someone.troubles == []


def sounds(page: Page) -> int:
    return int(page.evaluate("window.tones"))


def test_it_sounds_for_a_new_alert_where_the_switch_is_on(browser: Browser, site: Site) -> None:
    with visitor(browser, site) as someone:
        someone.page.add_init_script(TONES)
        page = someone.open("/alerts")
        page.wait_for_timeout(2500)  # the page looks every two seconds
        fire(site.product, "two")
        expect(page.locator("h1")).to_contain_text("2 条告警")
        page.wait_for_timeout(2500)
        assert sounds(page) == 0, "the switch is off"
        page.get_by_text("有新告警时响一声").click()
        fire(site.product, "three")
        expect(page.locator("h1")).to_contain_text("3 条告警")
        page.wait_for_timeout(5000)
        assert sounds(page) == 1, "once"
