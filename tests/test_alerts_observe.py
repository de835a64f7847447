"""What rules see: the pages' own figures to the last digit, and figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event, text

from alerts.observe import observe
from alerts.observe_sources import stale_minutes
from db.answers import evaluate
from db.day_memory import forget
from db.engine import write
from db.entries import add_entry
from db.runs import fail_run, mark_checked
from kpi.alert_model import AlertKind, AlertRule, Observation
from kpi.model import Ask, Grain
from kpi.pace_model import Binding, BoundTo, PaceClass
from tests.alerts_desk import ANSWER, DAY_RULE, AlertDesk, a_rule
from tests.factories import TZ, at, batch, calls, reject
from tests.targets_desk import CALENDAR, CATALOGUE, SHEET

NOW, TODAY = "2026-03-05 10:20", date(2026, 3, 5)
YESTERDAY = TODAY - timedelta(days=1)


def seen(desk: AlertDesk, *rules: AlertRule, now: str = NOW) -> dict[str, Observation]:
    with desk.engine.connect() as conn:
        return observe(conn, CATALOGUE, rules, now=at(now), tz=TZ, calendar=CALENDAR)


def filled(engine: Engine) -> AlertDesk:
    """970 of 1,000 a day; yesterday 23 o'clock 7 of 10 besides; today 9 o'clock 180 of 200, 10 o'clock 30 of 40."""
    desk = AlertDesk(engine)
    desk.plain_days(date(2026, 1, 1), TODAY - timedelta(days=2))
    desk.hours(YESTERDAY, f"{TODAY} 01:00", {9: (500, 485), 10: (500, 485), 23: (10, 7)})
    desk.hours(TODAY, NOW, {9: (200, 180), 10: (40, 30)})
    return desk


def test_values_of_day_week_24_hours_and_the_last_hour(engine: Engine) -> None:
    desk = filled(engine)
    kinds = (AlertKind.DAY, AlertKind.WEEK, AlertKind.ROLLING_24H, AlertKind.LIVE)
    found = seen(desk, *(replace(DAY_RULE, code=kind.value, kind=kind) for kind in kinds))
    parts = {code: (one.numerator, one.denominator) for code, one in found.items()}
    assert parts == {
        "day": (210, 240),
        "week": (3 * 970 + 7 + 210, 3 * 1000 + 10 + 240),  # Monday to Thursday
        "rolling24h": (485 + 7 + 180, 500 + 10 + 200),  # 10 o'clock yesterday to 10 o'clock today
        "live": (210, 240),  # 9 o'clock, and 10 o'clock so far
    }
    assert found["day"].value == 210 / 240 and found["day"].sample == 240 and found["day"].day == TODAY


def test_around_midnight_the_last_hour_is_of_two_days(sqlite_engine: Engine) -> None:
    desk = filled(sqlite_engine)
    night = date(2026, 3, 6)
    desk.hours(TODAY, f"{night} 00:10", {9: (200, 180), 23: (30, 29)})
    desk.hours(night, f"{night} 00:10", {0: (5, 2)})
    rules = [replace(DAY_RULE, code=kind.value, kind=kind) for kind in (AlertKind.LIVE, AlertKind.ROLLING_24H)]
    found = seen(desk, *rules, now="2026-03-06 00:20")
    assert (found["live"].numerator, found["live"].denominator) == (31, 35)
    assert (found["rolling24h"].numerator, found["rolling24h"].denominator) == (209, 230)


def test_the_day_is_the_pages_day_to_the_last_digit(engine: Engine) -> None:
    desk = filled(engine)
    (found,) = seen(desk, DAY_RULE).values()
    with engine.connect() as conn:
        page = evaluate(conn, CATALOGUE, Ask(("answer_rate",), (), TODAY, TODAY, TODAY, Grain.DAY)).one("answer_rate")
        row = conn.execute(text("SELECT sum(answered), sum(offered) FROM call_stats WHERE day = '2026-03-05'")).one()
    assert (found.value, found.numerator, found.denominator) == (page.value, page.numerator, page.denominator)
    assert (float(row[0]), float(row[1])) == (found.numerator, found.denominator)


def test_yesterday_counts_where_today_has_nothing_yet_and_an_old_day_does_not(sqlite_engine: Engine) -> None:
    desk = AlertDesk(sqlite_engine)
    desk.plain_days(date(2026, 3, 1), date(2026, 3, 3))
    assert seen(desk, DAY_RULE, now="2026-03-04 08:00")["r.day"].day == date(2026, 3, 3)
    late = seen(desk, DAY_RULE, now="2026-03-08 08:00")["r.day"]
    assert late.value is None and "无数据" in late.reason


def test_indicators_are_the_progress_pages_to_the_last_digit(engine: Engine) -> None:
    desk = filled(engine)
    key = desk.keys["接通率"]
    rules = (
        a_rule("to_date", AlertKind.TO_DATE, key, level=0.96),
        a_rule("projected", AlertKind.PROJECTED_MISS, key, level=0.5),
        a_rule("burn", AlertKind.BURN_RATE, key, operator="<=", level=0.1, share=0.1, window_days=3),
    )
    for _ in range(2):  # the second time from kept projections
        found = seen(desk, *rules)
        page = desk.half("接通率", TODAY, TODAY)
        assert (found["to_date"].value, found["to_date"].numerator) == (page.value, page.numerator)
        assert found["projected"].value == page.probability is not None
        # 3 to 5 March: 30 missed of 1,000; 33 of 1,010; 30 of 240.
        assert found["burn"].numerator == 30 + 33 + 30 and found["burn"].denominator == page.allowance
        assert found["burn"].value == 93 / (page.allowance or 1)
        assert found["to_date"].required == page.said and "目标 ≥ 96 %" in found["to_date"].to_date


def test_a_correction_of_past_days_reaches_a_kept_projection(sqlite_engine: Engine) -> None:
    desk = filled(sqlite_engine)
    rule = a_rule("projected", AlertKind.PROJECTED_MISS, desk.keys["接通率"], level=0.5)
    before = seen(desk, rule)["projected"].value
    desk.hours(date(2026, 3, 3), "2026-03-05 09:00", {9: (1000, 300)})
    after = seen(desk, rule)["projected"].value
    page = desk.half("接通率", TODAY, TODAY)
    assert after == page.probability != before


BY_HAND = {
    ("培训场次", "≥10场", "≥20场"): Binding(BoundTo.COUNT, PaceClass.TOWARDS, confirmed_by="张"),
    ("服务投诉量", "≤6次", "≤12次"): Binding(BoundTo.COUNT, PaceClass.CAP, confirmed_by="张"),
    ("预算执行率", "≥50%", "=100%"): Binding(BoundTo.MONEY, PaceClass.BUDGET, confirmed_by="张"),
    ("系统升级", "3月底前完成", "3月底前完成"): Binding(BoundTo.MILESTONE, PaceClass.MILESTONE, confirmed_by="张"),
}


def test_counts_caps_money_and_milestones(engine: Engine) -> None:
    desk = AlertDesk(engine, bound=BY_HAND)
    for name, value in (("培训场次", 2.0), ("服务投诉量", 4.0), ("预算执行率", 100.0)):
        desk.enter(name, date(2026, 3, 1), value)
    keys = desk.keys
    rules = (
        a_rule("behind", AlertKind.BEHIND, keys["培训场次"], level=0.9),
        a_rule("cap", AlertKind.CAP, keys["服务投诉量"], level=0.5),
        a_rule("money", AlertKind.MONEY, keys["预算执行率"], operator="<=", level=5),
        a_rule("due", AlertKind.MILESTONE, keys["系统升级"], level=14),
    )
    found = seen(desk, *rules)
    passed = (TODAY - date(2025, 12, 31)).days  # 64 of 181
    assert found["behind"].value == pytest.approx(2 / (10 * passed / 181))
    cap = desk.half("服务投诉量", TODAY, TODAY)
    assert found["cap"].value == cap.probability and found["cap"].sample == 64
    # 100 of 725 万元; the plan on 5 March is 50 % × 64 / 181.
    assert found["money"].value == pytest.approx((0.5 * 64 / 181 - 100 / 725) * 100)
    assert found["due"].value == 26
    desk.enter("系统升级", TODAY, text="已完成")
    assert seen(desk, rules[3])["due"].value == 14


def test_nothing_is_known_of_what_is_not_there(sqlite_engine: Engine) -> None:
    desk = AlertDesk(sqlite_engine)
    found = seen(
        desk,
        replace(DAY_RULE, code="kpi", reference="nope"),
        replace(DAY_RULE, code="centre", centre="nowhere"),
        a_rule("sheet", AlertKind.TO_DATE, "x"),
        replace(a_rule("gone", AlertKind.TO_DATE, "x"), sheet="other"),
        AlertRule("source", "s", AlertKind.STALE, "calls"),
    )
    assert {one.value for one in found.values()} == {None}
    assert all(one.reason for one in found.values())


def test_a_burn_rate_that_can_never_fire_is_no_data_with_its_explanation(sqlite_engine: Engine) -> None:
    desk = AlertDesk(sqlite_engine, bound={("接通率", "≥50%", "≥50%"): ANSWER})
    desk.plain_days(date(2026, 1, 1), YESTERDAY)
    rule = a_rule("burn", AlertKind.BURN_RATE, desk.keys["接通率"], operator="<=", level=0.1, share=0.1, window_days=3)
    found = seen(desk, rule)["burn"]
    assert found.value is None and "永远不会告警" in found.reason


def wall(text_: str) -> datetime:
    return datetime.fromisoformat(text_).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("sentence", "at_", "last_day", "now", "expected"),
    [
        ("a running day", "2026-03-05 10:00", TODAY, "2026-03-05 10:25", 25),
        ("whole days in time", "2026-03-05 02:40", YESTERDAY, "2026-03-06 11:59", 0),
        ("whole days too late", "2026-03-05 02:40", YESTERDAY, "2026-03-06 12:10", 33 * 60 + 30),
        ("a quiet night", "2026-03-04 23:50", YESTERDAY, "2026-03-05 07:30", 0),
        ("the morning after a night of silence", "2026-03-04 23:50", YESTERDAY, "2026-03-05 08:00", 490),
        ("it had stopped before midnight", "2026-03-04 20:00", YESTERDAY, "2026-03-05 01:00", 300),
    ],
)
def test_since_when_a_source_is_silent(sentence: str, at_: str, last_day: date, now: str, expected: float) -> None:
    assert stale_minutes(wall(at_), last_day, wall(now), 30) == expected, sentence


def test_sources_missing_days_failed_pulls_and_rows_left_out(engine: Engine) -> None:
    desk = AlertDesk(engine)
    desk.plain_days(date(2026, 1, 1), date(2026, 3, 1))
    desk.plain_days(date(2026, 3, 3), date(2026, 3, 3))
    kinds = (AlertKind.STALE, AlertKind.MISSING_DAY, AlertKind.FAILED_PULL, AlertKind.REJECT_SHARE)
    rules = [AlertRule(kind.value, "话务", kind, "calls", operator="<=", level=0) for kind in kinds]
    found = seen(desk, *rules)
    assert (found["missing_day"].value, found["missing_day"].detail) == (1, "缺 3月2日")
    assert found["failed_pull"].value == 0 and found["reject_share"].value == 0
    assert seen(desk, *rules, now="2026-03-05 12:30")["missing_day"].value == 2, "yesterday is owed from noon on"
    for number in range(2):
        desk.desk.clock.moment = at(f"2026-03-05 1{number}:00")
        fail_run(engine, desk.desk.run(), "连不上", desk.desk.clock.now())
    assert (seen(desk, *rules)["failed_pull"].value, seen(desk, *rules)["failed_pull"].detail) == (2, "连不上")
    rows = calls({"offered": 10, "answered": 9}, day=date(2026, 3, 4))
    desk.desk.write(batch(calls=rows, rejects=[reject(row_no=n) for n in range(25)], rows_used=75, rows_read=100))
    after = seen(desk, *rules)
    assert after["reject_share"].value == 0.25 and after["failed_pull"].value == 0
    mark_checked(engine, desk.desk.source(), at("2026-03-05 11:00"), "文件打不开")
    assert seen(desk, *rules)["failed_pull"].value == 1


def test_an_entry_by_hand_moves_the_figure(sqlite_engine: Engine) -> None:
    desk = AlertDesk(sqlite_engine, bound=BY_HAND)
    rule = a_rule("behind", AlertKind.BEHIND, desk.keys["培训场次"], level=0.9)
    assert seen(desk, rule)["behind"].value is None
    with write(sqlite_engine) as conn:
        add_entry(
            conn, SHEET, key=desk.keys["培训场次"], day=TODAY, value=10, text="", note="", author="李", now=at(NOW)
        )
    assert seen(desk, rule)["behind"].value == 1.0, "locked: the target is reached"


def test_two_hundred_rules_ask_no_more_than_a_few(sqlite_engine: Engine) -> None:
    desk = filled(sqlite_engine)
    key, kinds = desk.keys["接通率"], (AlertKind.DAY, AlertKind.WEEK, AlertKind.LIVE, AlertKind.ROLLING_24H)
    few = [replace(DAY_RULE, code=kind.value, kind=kind) for kind in kinds]
    few.append(a_rule("to_date", AlertKind.TO_DATE, key, level=0.96))
    many = [replace(rule, code=f"{rule.code}{n}", level=n / 40) for rule in few for n in range(40)]
    asked: list[str] = []
    event.listen(sqlite_engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    forget(sqlite_engine)
    seen(desk, *few)
    first, asked[:] = len(asked), []
    forget(sqlite_engine)
    assert len(seen(desk, *many)) == 200
    assert len(asked) == first < 80
