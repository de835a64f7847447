"""Totals, restatements and growth, seats known to several sources, work orders whose days move."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text

from db.engine import write
from db.totals_check import check_totals, rebuild_totals
from tests.factories import DAY, Desk, FrozenClock, at, batch, calls, orders, readings, seats
from tests.test_db_store import rows, totals

NEXT = DAY + timedelta(days=1)
RESTATED = "SELECT day, measure, old, new, old_run_id, run_id FROM restatements ORDER BY id"


def test_it_takes_the_growth_of_a_running_day_as_no_restatement(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-05 10:00"))
    for offered in (10, 20, 30):
        assert desk.write(batch(calls=calls({"offered": offered}))).restated == 0
        desk.clock.advance(hours=5)
    assert desk.clock.today() == NEXT
    assert desk.write(batch(calls=calls({"offered": 35}))).restated == 0  # the first figure after the day's end
    assert totals(engine, "offered") == {("city", "2026-03-05"): 35}


def test_it_records_a_figure_that_changes_after_its_day_had_ended(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-06 02:00"))
    desk.write(batch(calls=calls({"offered": 35, "answered": 30, "recorded": 1})))
    desk.clock.advance(days=2)
    assert desk.write(batch(calls=calls({"offered": 36, "answered": 30}))).restated == 2
    assert rows(engine, RESTATED) == [
        ("2026-03-05", "offered", 35, 36, 1, 2),
        ("2026-03-05", "recorded", 1, None, 1, 2),
    ]


def test_it_takes_a_figure_confirmed_after_the_days_end_as_shown(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-05 23:00"))
    desk.write(batch(calls=calls({"offered": 35})))
    desk.clock.moment = at("2026-03-06 02:00")
    desk.write(batch(calls=calls({"offered": 35})))  # nothing came after 23:00: the final figure
    desk.clock.moment = at("2026-03-07 02:00")
    assert desk.write(batch(calls=calls({"offered": 34}))).restated == 1


def test_it_ends_a_day_by_the_local_clock(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-05 23:59"))  # 15:59 UTC
    desk.write(batch(calls=calls({"offered": 1})))
    desk.clock.moment = at("2026-03-06 00:01")  # still 5 March in UTC
    desk.write(batch(calls=calls({"offered": 2})))
    desk.clock.moment = at("2026-03-06 00:02")
    assert desk.write(batch(calls=calls({"offered": 3}))).restated == 1


def test_it_does_not_restate_a_figure_that_was_not_there(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 1})))
    assert desk.write(batch(calls=calls({"offered": 1, "answered": 1}))).restated == 0


def test_it_moves_orders_to_the_days_they_are_now_due(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-20 02:00"))
    due = [DAY + timedelta(days=n) for n in (5, 6, 9)]
    desk.write(batch(orders=orders({"accepted": 3}, {"day": due[0], "due": 2, "closed": 1}, {"day": due[1], "due": 1})))
    assert totals(engine, "due") == {("city", "2026-03-10"): 2, ("city", "2026-03-11"): 1}
    # Accepted on the same day; one deadline was extended: the old due day has to let it go.
    desk.write(batch(orders=orders({"accepted": 3}, {"day": due[0], "due": 2, "closed": 2}, {"day": due[2], "due": 1})))
    assert totals(engine, "due") == {("city", "2026-03-10"): 2, ("city", "2026-03-14"): 1}
    assert rows(engine, RESTATED) == [("2026-03-10", "closed", 1, 2, 1, 2), ("2026-03-11", "due", 1, None, 1, 2)]


def test_it_keeps_orders_of_other_acceptance_days_on_a_shared_due_day(engine: Engine) -> None:
    desk = Desk(engine)
    due = date(2026, 3, 12)
    for anchor, number in ((DAY, 2), (NEXT, 3)):
        desk.write(batch(orders=orders({"anchor": anchor, "day": due, "due": number})))
    desk.write(batch(orders=orders({"anchor": NEXT, "day": due, "due": 4})))
    assert totals(engine, "due") == {("city", "2026-03-12"): 6}


def test_it_does_not_restate_a_due_day_that_has_not_come(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-06 02:00"))
    due = date(2026, 3, 12)
    desk.write(batch(orders=orders({"day": due, "due": 2})))
    assert desk.write(batch(orders=orders({"day": due, "due": 3}))).restated == 0


def test_it_counts_a_seat_known_to_two_sources_once(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(seats=seats({"seat": "1001", "seat_calls": 5}, {"seat": "1002", "seat_calls": 0})), "calls")
    desk.write(batch(seats=seats({"seat": "1001", "seat_orders": 2}, {"seat": "1003", "seat_orders": 1})), "orders")
    assert totals(engine, "items") == {("city", "2026-03-05"): 8}
    assert totals(engine, "seat_days") == {("city", "2026-03-05"): 2}  # 1002 did nothing and did not sign in
    desk.write(batch(seats=seats({"seat": "1002", "signed_in_seconds": 60})), "acd")
    assert totals(engine, "seat_days") == {("city", "2026-03-05"): 3}


def test_it_has_no_items_where_no_source_counts_any(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(seats=seats({"signed_in_seconds": 3600}, {"seat": "1002", "signed_in_seconds": 0})))
    assert totals(engine, "items") == {}
    assert totals(engine, "seat_days") == {("city", "2026-03-05"): 1}
    desk.write(batch(seats=seats({"paused_seconds": 60})))
    assert totals(engine, "seat_days") == {}  # a pause alone does not say whether the seat worked


def test_it_adds_sources_that_give_different_measures(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 10})), "acd")
    desk.write(batch(calls=calls({"recorded": 9})), "recorder")
    desk.write(batch(calls=calls({"offered": 4, "queue": "vip"})), "vip")
    assert totals(engine, "offered") == {("city", "2026-03-05"): 14}
    assert totals(engine, "recorded") == {("city", "2026-03-05"): 9}


def test_it_does_not_restate_for_the_order_in_which_fractions_are_added(engine: Engine) -> None:
    desk = Desk(engine)
    parts = {"a": 0.1, "b": 0.2, "c": 0.3}
    for order in ("abc", "cba", "bca"):
        for part in order:
            assert desk.write(batch(readings=readings({"spent": parts[part]}), part=part)).restated in (0, 1)
    assert totals(engine, "spent")["city", "2026-03-05"] == pytest.approx(0.6)
    grown = rows(engine, "SELECT count(*) FROM restatements WHERE old > 0.5999")
    assert grown == [(0,)]


def test_it_finds_and_mends_totals_that_left_their_facts(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(
        batch(calls=calls({"offered": 5}), seats=seats({"seat_calls": 4}), readings=readings({"red_tickets": 2}))
    )
    with engine.connect() as conn:
        assert check_totals(conn) == []
    assert rebuild_totals(engine, desk.clock.now()) == 0
    with write(engine) as conn:
        conn.execute(text("UPDATE day_totals SET value = 50 WHERE measure = 'offered'"))
        conn.execute(text("DELETE FROM day_totals WHERE measure = 'seat_days'"))
        conn.execute(
            text(
                "INSERT INTO day_totals (centre_id, measure, day, value, updated_at) "
                "VALUES (2, 'red_tickets', '2024-01-01', 1, '2026-03-05 00:00:00.000000')"
            )
        )
    with engine.connect() as conn:
        wrong = [(d.centre, str(d.day), d.measure, d.stored, d.computed) for d in check_totals(conn)]
    assert wrong == [
        ("city", "2026-03-05", "offered", 50, 5),
        ("city", "2026-03-05", "seat_days", None, 1),
        ("district", "2024-01-01", "red_tickets", 1, None),
    ]
    assert rebuild_totals(engine, desk.clock.now()) == 3
    assert rows(engine, RESTATED) == [
        ("2026-03-05", "offered", 50, 5, 1, None),
        ("2024-01-01", "red_tickets", 1, None, None, None),
    ]
    with engine.connect() as conn:
        assert check_totals(conn) == []
