"""报告: schedules kept as typed in, files handed out as they were sent, previews, and the page in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from dashboard.act_reports import ScheduleForm, drop_schedule, keep_schedule
from dashboard.app import create_app
from db.alert_rules import save_contact
from db.engine import write
from db.report_store import Schedule, list_schedules
from kpi.alert_model import Contact
from kpi.showing import Showing
from reports.due import Turn
from reports.model import Kind
from reports.scope import House, Wanted
from reports.send import Office, Posted, send_now
from tests.dashboard_browser import Site, Visitor, chromium, installation, serving, visitor
from tests.dashboard_facts import FakeProduct, fill, product

FORM = ScheduleForm(0, "weekly", "领导", "district", "", "0", "1", "08:30", "owner@example.org", True)


@pytest.fixture
def made(sqlite_engine: Engine, tmp_path: Path) -> FakeProduct:
    """An installation on 20 March 2026, a Friday."""
    return product(sqlite_engine, tmp_path)


def changed(**fields: object) -> ScheduleForm:
    known = {name: getattr(FORM, name) for name in ScheduleForm.__dataclass_fields__}
    return ScheduleForm(**{**known, **fields})


def schedules(made: FakeProduct) -> tuple[Schedule, ...]:
    with made.engine.connect() as conn:
        return list_schedules(conn)


def office(made: FakeProduct) -> Office:
    return Office(House(made.catalogue, made.tz, 30, Showing.ON), "hotline.example")


def sent(made: FakeProduct) -> Posted:
    """Two months of facts, and the weekly report of 9 to 15 March sent to one reader."""
    fill(made.engine)
    with write(made.engine) as conn:
        save_contact(conn, Contact("领导", "email", "boss@example.org"))
    return send_now(
        made.engine, office(made), Wanted(Kind.WEEKLY, date(2026, 3, 12), "district"), ["领导"], made.clock()
    )


def client(made: FakeProduct) -> FlaskClient:
    found: FlaskClient = create_app(made).server.test_client()
    return found


def test_a_schedule_is_kept_as_typed_in_and_begins_with_the_next_period(made: FakeProduct) -> None:
    done = keep_schedule(made, FORM)
    assert done.ok and "还没有可用的联系方式" in done.text
    (one,) = schedules(made)
    assert (one.kind, one.group, one.centre, one.weekday, one.day, one.minute) == (
        "weekly", "领导", "district", 0, None, 510,
    )  # fmt: skip
    assert one.last_period_end == date(2026, 3, 15), "the last week is past"
    keep_schedule(made, changed(number=one.id, time="9:05", owner=""))
    (one,) = schedules(made)
    assert (one.minute, one.owner, one.last_period_end) == (545, "", date(2026, 3, 15))
    keep_schedule(made, changed(number=one.id, kind="monthly", day="31"))
    (one,) = schedules(made)
    assert (one.kind, one.day, one.weekday, one.last_period_end) == ("monthly", 31, None, date(2026, 1, 31))
    assert drop_schedule(made, one.id).ok and schedules(made) == ()
    assert not drop_schedule(made, one.id).ok


def test_one_that_slept_does_not_send_what_it_slept_through(made: FakeProduct) -> None:
    keep_schedule(made, changed(enabled=False))
    (one,) = schedules(made)
    made.clock_face.advance(days=28)
    keep_schedule(made, changed(number=one.id))
    assert schedules(made)[0].last_period_end == date(2026, 4, 12)
    made.clock_face.advance(days=14)
    keep_schedule(made, changed(number=one.id, time="10:00"))
    assert schedules(made)[0].last_period_end == date(2026, 4, 12), "a change of its time skips nothing"


@pytest.mark.parametrize(
    ("fields", "why"),
    [({"time": "8点"}, "时刻"), ({"time": "24:00"}, "时刻"), ({"group": " "}, "读者组"), ({"day": "32"}, "几日")],
)
def test_it_says_what_is_wrong_with_a_schedule(made: FakeProduct, fields: dict[str, str], why: str) -> None:
    done = keep_schedule(made, changed(**fields))
    assert not done.ok and why in done.text
    assert schedules(made) == ()


def test_the_archive_hands_out_the_very_bytes_and_previews_are_new(made: FakeProduct) -> None:
    number = sent(made).report
    asked = client(made)
    page = asked.get(f"/reports/{number}.html")
    assert page.mimetype == "text/html" and "江宁分中心 周报" in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert asked.get(f"/reports/{number}.pdf").data.startswith(b"%PDF-")
    book = asked.get(f"/reports/{number}.xlsx")
    assert book.headers["Content-Disposition"].startswith("attachment")
    assert asked.get(f"/reports/{number}.html").data == page.data
    assert asked.get(f"/reports/{number}.exe").status_code == 404
    assert asked.get(f"/reports/{number + 1}.html").status_code == 404
    preview = asked.get("/reports/preview/weekly.html?centre=district&which=now")
    assert "截至 3月19日" in preview.text
    assert asked.get("/reports/preview/weekly.html?centre=x").status_code == 409
    assert asked.get("/reports/preview/hourly.html").status_code == 404


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


def test_a_person_makes_a_schedule_and_opens_what_it_sent(someone: Visitor) -> None:
    made = someone.site.product
    page = someone.open("/reports")
    expect(page.locator("h1")).to_contain_text("还没有发过报告")
    page.locator("#schedule-field-group").fill("领导")
    page.locator("#schedule-field-centre").click(force=True)
    page.get_by_title("江宁分中心", exact=True).first.click()
    page.get_by_role("button", name="保存计划").click()
    expect(page.locator("#schedule-answer")).to_contain_text("还没有可用的联系方式")
    row = page.locator(".part-schedules tbody tr")
    expect(row).to_contain_text("每周一 08:30")
    row.get_by_role("button", name="修改").click()
    expect(page.locator("#schedule-field-which")).to_contain_text("正在修改编号 1")
    page.locator("#schedule-field-time").fill("9点")
    page.get_by_role("button", name="保存计划").click()
    expect(page.locator("#schedule-answer")).to_contain_text("时刻请写成 08:30")
    page.locator("#schedule-field-time").fill("09:15")
    page.get_by_role("button", name="保存计划").click()
    expect(row).to_contain_text("每周一 09:15")
    with write(made.engine) as conn:
        save_contact(conn, Contact("领导", "email", "boss@example.org"))
    made.clock_face.advance(days=3)
    assert Turn(made.engine, office(made), made.clock(), lambda _unit, _moment: True).run() == 1
    page = someone.open("/reports")
    expect(page.locator("h1")).to_contain_text("周报 2026年3月16日–22日")
    expect(page.locator(".part-archive tbody tr")).to_contain_text("送达 0/1")
    with page.expect_popup() as popup:
        page.locator(".part-archive").get_by_role("link", name="网页").click()
    expect(popup.value.locator("h2").first).to_contain_text("目标进度")
    expect(popup.value.locator("h1")).to_contain_text("项达标")
    page.locator(".part-schedules tbody tr").get_by_role("button", name="删除").click()
    expect(page.locator(".part-schedules")).to_contain_text("还没有计划")
    assert someone.troubles == []
