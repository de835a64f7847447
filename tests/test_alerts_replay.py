"""What a rule would have done: worked out by hand, and on what was known then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import Engine

from alerts.replay import Firing, replay
from db.runs import fail_run
from kpi.alert_model import AlertKind, AlertRule
from tests.alerts_desk import DAY_RULE, AlertDesk, a_rule
from tests.factories import TZ, at, batch, orders
from tests.targets_desk import CALENDAR, CATALOGUE

START, END, TODAY = date(2026, 3, 1), date(2026, 3, 10), date(2026, 4, 1)
BAD = date(2026, 3, 4)
RULE = replace(DAY_RULE, min_sample=100, hold_minutes=30, recover_minutes=60)


def played(desk: AlertDesk, rule: AlertRule) -> list[Firing]:
    with desk.engine.connect() as conn:
        return list(replay(conn, CATALOGUE, rule, START, END, tz=TZ, calendar=CALENDAR, today=TODAY))


def test_a_bad_morning_is_one_firing_with_its_hours(engine: Engine) -> None:
    desk = AlertDesk(engine)
    desk.plain_days(date(2026, 2, 1), date(2026, 3, 3))
    desk.plain_days(date(2026, 3, 5), END)
    desk.hours(BAD, "2026-03-05 01:00", {9: (500, 400), 10: (500, 480), 14: (2000, 1990)})
    (one,) = played(desk, RULE)
    # 80 % at 9:59 (bad since 9:30 + 30 minutes: 10:30), 88 % at 10 o'clock; 2870 of 3000 from 14 o'clock on.
    assert (one.fired_at, one.ended_at) == (at("2026-03-04 10:30"), at("2026-03-04 15:30"))
    assert (one.value, one.worst, one.day, one.denominator) == (0.88, 0.88, BAD, 1000)
    assert one.title == "接通率今日 88.00 %,低于 92 %"
    (live,) = played(desk, replace(RULE, kind=AlertKind.LIVE, hold_minutes=10, recover_minutes=0))
    assert (live.fired_at, live.value) == (at("2026-03-04 09:59"), 0.8)
    (rolling,) = played(desk, replace(RULE, kind=AlertKind.ROLLING_24H, level=0.95, recover_level=0.95))
    assert rolling.day == BAD


def test_a_day_corrected_later_is_as_it_was_then(engine: Engine) -> None:
    desk = AlertDesk(engine)
    desk.plain_days(START, date(2026, 3, 3))
    desk.plain_days(date(2026, 3, 5), END)
    for delivered in ("2026-03-04 23:30", "2026-03-05 02:30"):  # in the evening, and confirmed at night
        desk.hours(BAD, delivered, {9: (1000, 850)})
    desk.hours(BAD, "2026-03-20 09:00", {9: (1000, 990)})
    (one,) = played(desk, replace(RULE, hold_minutes=0))
    assert (one.value, one.fired_at) == (0.85, at("2026-03-04 23:30"))


def test_an_indicator_sees_its_sheet_as_it_stood(engine: Engine) -> None:
    desk = AlertDesk(engine)
    desk.plain_days(date(2026, 1, 1), date(2026, 3, 3))
    desk.plain_days(BAD, END, answered=400)
    rule = a_rule("to_date", AlertKind.TO_DATE, desk.keys["接通率"], level=0.965)
    (one,) = played(desk, rule)
    # 62 days of 970 and one of 400: 60,540 of 63,000 = 96.095 %; known at the end of 4 March.
    assert (one.fired_at, one.numerator, one.denominator) == (at("2026-03-04 23:30"), 62 * 970 + 400, 63_000)
    assert one.ended_at is None


def test_orders_are_known_by_the_day_alone(sqlite_engine: Engine) -> None:
    desk = AlertDesk(sqlite_engine)
    for number in range(1, 11):
        day = date(2026, 3, number)
        desk.desk.clock.moment = at(f"2026-03-{number + 1:02} 01:00")
        good = 70 if day == BAD else 95
        desk.desk.write(
            batch(orders=orders({"rated_orders": 100, "satisfied_orders": good, "day": day, "anchor": day}))
        )
    rule = replace(DAY_RULE, reference="satisfaction_rate", level=0.8, recover_level=0.85)
    (one,) = played(desk, rule)
    assert (one.fired_at, one.ended_at) == (at("2026-03-04 23:30"), at("2026-03-05 23:30"))


def test_pulls_that_failed(sqlite_engine: Engine) -> None:
    desk = AlertDesk(sqlite_engine)
    desk.plain_days(START, date(2026, 3, 2))
    for hour in (9, 10, 11):
        desk.desk.clock.moment = at(f"2026-03-04 {hour:02}:00")
        fail_run(sqlite_engine, desk.desk.run(), "连不上", desk.desk.clock.now())
    desk.plain_days(date(2026, 3, 4), date(2026, 3, 4))
    rule = AlertRule("f", "话务", AlertKind.FAILED_PULL, "calls", operator="<=", level=2, recover_level=0)
    (one,) = played(desk, rule)
    assert (one.fired_at, one.ended_at, one.value) == (at("2026-03-04 11:30"), at("2026-03-05 01:30"), 3)


def test_ordinary_days_are_quiet(sqlite_engine: Engine) -> None:
    desk = AlertDesk(sqlite_engine)
    desk.plain_days(START, END)
    assert played(desk, RULE) == []
