"""What contributed most, against figures worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from alerts.blame import causes, worst
from alerts.seen import Subject
from kpi.showing import Showing
from tests.alerts_desk import AlertDesk
from tests.factories import at, batch, calls, orders, seats
from tests.targets_desk import CATALOGUE

DAY = date(2026, 3, 5)
USUAL = [DAY - timedelta(days=n) for n in range(1, 29)]
SPAN = (DAY, DAY)


def subject(kpi: str) -> Subject:
    return Subject("k", CATALOGUE.kpis[kpi].name, "%", kpi=kpi, span=SPAN)


def made(engine: Engine) -> AlertDesk:
    """Usually 9 and 10 o'clock miss 6 and 4 of 100 each, half in queue A; today 10 o'clock misses 45 of 100 in A."""
    desk = AlertDesk(engine)
    desk.desk.clock.moment = at(f"{DAY} 01:00")
    rows = []
    for day in USUAL:
        for hour, missed in ((9, 6), (10, 4)):
            rows += [
                {"day": day, "hour": hour, "queue": queue, "offered": 50, "answered": 50 - missed // 2}
                for queue in ("甲", "乙")
            ]
    desk.desk.write(batch(calls=calls(*rows)))
    today = [
        {"day": DAY, "hour": 9, "queue": "甲", "offered": 50, "answered": 47},
        {"day": DAY, "hour": 9, "queue": "乙", "offered": 50, "answered": 48},
        {"day": DAY, "hour": 10, "queue": "甲", "offered": 50, "answered": 5},
        {"day": DAY, "hour": 10, "queue": "乙", "offered": 50, "answered": 50},
    ]
    desk.desk.write(batch(calls=calls(*today)))
    return desk


def test_hours_and_queues_against_their_usual_share_in_events(engine: Engine) -> None:
    made(engine)
    with engine.connect() as conn:
        parts = worst(conn, CATALOGUE.kpis["answer_rate"], CATALOGUE, "", SPAN)
        said = causes(conn, CATALOGUE, subject("answer_rate"), Showing.ON)
    # 50 missed today: 45 of them at 10 o'clock, which usually has 4 of 10; 48 in 甲, which usually has half.
    assert [(part.grain.value, part.key, part.events, part.usual) for part in parts] == [
        ("hour", "10", 45, 20), ("queue", "甲", 48, 25),
    ]  # fmt: skip
    assert said == (
        "10时漏接 45 个,占 90%(平常 40%),多出 25 个",
        "技能组“甲”漏接 48 个,占 96%(平常 50%),多出 23 个",
    )


def test_seats_and_categories_of_orders(sqlite_engine: Engine) -> None:
    desk = AlertDesk(sqlite_engine)
    desk.desk.clock.moment = at(f"{DAY} 01:00")
    usual = [
        {"day": day, "anchor": day, "category": kind, "rated_orders": 20, "satisfied_orders": 18}
        for day in USUAL
        for kind in ("供水", "噪声")
    ]
    desk.desk.write(batch(orders=orders(*usual)))
    today = [
        {"day": DAY, "anchor": DAY, "category": "供水", "rated_orders": 20, "satisfied_orders": 19},
        {"day": DAY, "anchor": DAY, "category": "噪声", "rated_orders": 20, "satisfied_orders": 9},
    ]
    desk.desk.write(batch(orders=orders(*today)))
    with sqlite_engine.connect() as conn:
        # 12 dissatisfied: 11 about noise, which usually has half.
        assert causes(conn, CATALOGUE, subject("satisfaction_rate"), Showing.ON) == (
            "类别“噪声”不满意 11 件,占 92%(平常 50%),多出 5 件",
        )


def test_a_mean_is_held_against_each_place_s_own(sqlite_engine: Engine) -> None:
    desk = AlertDesk(sqlite_engine)
    desk.desk.clock.moment = at(f"{DAY} 01:00")
    rows = [{"day": day, "seat": seat, "seat_calls": 60} for day in USUAL for seat in ("1001", "1002")]
    desk.desk.write(batch(seats=seats(*rows)))
    today = [{"day": DAY, "seat": "1001", "seat_calls": 20}, {"day": DAY, "seat": "1002", "seat_calls": 61}]
    desk.desk.write(batch(seats=seats(*today)))
    with sqlite_engine.connect() as conn:
        assert causes(conn, CATALOGUE, subject("daily_output"), Showing.ON) == ("座席 1001比平常少 40 件",)


@pytest.mark.parametrize("kpi", ["service_complaints", "accepted_volume", "nope"])
def test_counts_and_unknown_things_have_no_parts(sqlite_engine: Engine, kpi: str) -> None:
    made(sqlite_engine)
    with sqlite_engine.connect() as conn:
        assert causes(conn, CATALOGUE, Subject("k", "n", "", kpi=kpi, span=SPAN), Showing.ON) == ()


def test_where_everything_is_as_usual_nothing_is_named(sqlite_engine: Engine) -> None:
    desk = AlertDesk(sqlite_engine)
    desk.plain_days(USUAL[-1], DAY)
    with sqlite_engine.connect() as conn:
        assert causes(conn, CATALOGUE, subject("answer_rate"), Showing.ON) == ()
