"""A total that changes because a source gives a day for the first time is growth: kept, and told apart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from db.day_series import values_before
from db.first_given import Growth, list_growth
from db.forget import forget_days
from db.journal import list_restatements
from db.report_reads import restated_between
from db.restated import list_restated_days
from kpi.catalogue import build
from tests.factories import DAY, TZ, Desk, FrozenClock, at, batch, calls, orders, seats
from tests.test_db_store import rows

NEXT = DAY + timedelta(days=1)
RESTATED = "SELECT day, measure, old, new, cause FROM restatements ORDER BY day, measure"


def _seats(desk: Desk, source: str, measure: str, seats_of: dict[date, dict[str, int]], trigger: str = "manual") -> int:
    """Writes what seats did, by day and seat; returns how many figures that corrected."""
    made = [{"day": day, "seat": seat, measure: n} for day, ones in seats_of.items() for seat, n in ones.items()]
    return desk.write(batch(seats=seats(*made)), source, trigger).restated


def _grown(engine: Engine) -> list[Growth]:
    with engine.connect() as conn:
        return list_growth(conn)


@pytest.fixture
def desk(engine: Engine) -> Desk:
    """Two days of calls by two seats, loaded on the morning of the tenth: 12 + 8 items, 2 + 2 seat-days."""
    made = Desk(engine, FrozenClock("2026-03-10 02:00"))
    made.source("calls", "话务")
    made.source("orders", "工单")
    _seats(made, "calls", "seat_calls", {DAY: {"1001": 7, "1002": 5}, NEXT: {"1001": 4, "1002": 4}})
    return made


ORDERS = {DAY: {"1001": 3, "1003": 2}, NEXT: {"1002": 1}}


def test_it_takes_sources_that_are_loaded_one_after_the_other_as_one_delivery(engine: Engine, desk: Desk) -> None:
    desk.clock.advance(minutes=40)
    assert _seats(desk, "orders", "seat_orders", ORDERS) == 0
    assert rows(engine, RESTATED) == []
    assert _grown(engine) == []


def test_it_keeps_what_a_new_source_changes_later_as_growth(engine: Engine, desk: Desk) -> None:
    desk.clock.advance(days=3)
    assert _seats(desk, "orders", "seat_orders", ORDERS) == 0
    assert rows(engine, RESTATED) == [
        ("2026-03-05", "items", 12, 17, "first_given"),
        ("2026-03-05", "seat_days", 2, 3, "first_given"),
        ("2026-03-06", "items", 8, 9, "first_given"),
    ]
    with engine.connect() as conn:
        assert list_restated_days(conn, build()) == []
        assert restated_between(conn, list(desk.centres.values()), at("2026-03-01 00:00"), at("2026-04-01 00:00")) == ()
        assert list_restatements(conn, corrections=True) == []
        known = values_before(conn, ["items"], [desk.centres["city"]], NEXT, at("2026-03-12 00:00"))
    assert known == {(desk.centres["city"], "items", DAY): 12, (desk.centres["city"], "items", NEXT): 8}


def test_it_tells_of_growth_in_one_line_a_source_and_measure(engine: Engine, desk: Desk) -> None:
    desk.clock.advance(days=3)
    _seats(desk, "orders", "seat_orders", {DAY: ORDERS[DAY]})
    _seats(desk, "orders", "seat_orders", {NEXT: ORDERS[NEXT]})  # its next file
    items, seat_days = _grown(engine)
    assert (items.source, items.centre_name, items.measure) == ("工单", "市中心", "items")
    assert (items.first, items.last, items.days, items.added) == (DAY, NEXT, 2, 6)
    assert (seat_days.measure, seat_days.days, seat_days.added) == ("seat_days", 1, 1)
    assert (items.run_id, seat_days.run_id) == (3, 2)
    with engine.connect() as conn:
        assert list_growth(conn, [desk.centres["district"]]) == []
        assert [one.days for one in list_growth(conn, start=NEXT, end=NEXT)] == [1]


def test_it_takes_what_that_source_says_of_the_day_again_as_a_correction(engine: Engine, desk: Desk) -> None:
    _seats(desk, "orders", "seat_orders", ORDERS)
    assert _seats(desk, "orders", "seat_orders", {DAY: {"1001": 4, "1003": 2}}) == 2  # seat_orders and items, at once
    desk.clock.advance(days=1)
    assert _seats(desk, "calls", "seat_calls", {DAY: {"1001": 7, "1002": 6}}) == 2
    causes = rows(engine, "SELECT DISTINCT cause FROM restatements")
    assert causes == [("",)]


def test_it_takes_the_rest_of_a_running_day_of_a_second_source_as_growth(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-05 23:55"))
    _seats(desk, "calls", "seat_calls", {DAY: {"1001": 7}})
    _seats(desk, "orders", "seat_orders", {DAY: {"1001": 3}})
    desk.clock.moment = at("2026-03-06 00:01")
    _seats(desk, "calls", "seat_calls", {DAY: {"1001": 8}})
    desk.clock.moment = at("2026-03-06 00:02")
    assert _seats(desk, "orders", "seat_orders", {DAY: {"1001": 4}}) == 0
    assert rows(engine, RESTATED) == []
    desk.clock.advance(hours=5)
    assert _seats(desk, "orders", "seat_orders", {DAY: {"1001": 5}}) == 2


def test_it_tells_of_a_late_day_of_a_known_source(engine: Engine, desk: Desk) -> None:
    _seats(desk, "orders", "seat_orders", {DAY: {"1001": 3}})
    desk.clock.advance(hours=9)
    assert _seats(desk, "orders", "seat_orders", {NEXT: {"1001": 2}}) == 0
    assert rows(engine, RESTATED) == [("2026-03-06", "items", 8, 10, "first_given")]


def test_it_takes_mended_rows_and_deleted_days_as_corrections(engine: Engine, desk: Desk) -> None:
    desk.clock.advance(days=1)
    made = batch(seats=seats({"seat": "1001", "seat_calls": 1}), part="mend::9")
    assert desk.write(made, "calls", "mend").restated == 2
    more = {"reason": "重复", "now": desk.clock.now(), "tz": TZ, "holder": "test:1"}
    assert forget_days(engine, desk.source("calls"), NEXT, NEXT, **more).restated == 3  # type: ignore[arg-type]
    assert rows(engine, "SELECT DISTINCT cause FROM restatements") == [("",)]


def test_it_tells_at_once_what_a_deleted_day_grew_to_when_it_was_given_again(engine: Engine, desk: Desk) -> None:
    """Else the deletion would be the last that is told of a figure that stands as before."""
    _seats(desk, "orders", "seat_orders", {NEXT: {"1001": 2}})
    more = {"reason": "重复", "now": desk.clock.now(), "tz": TZ, "holder": "test:1"}
    forget_days(engine, desk.source("orders"), NEXT, NEXT, **more)  # type: ignore[arg-type]
    desk.clock.advance(minutes=5)
    assert _seats(desk, "orders", "seat_orders", {NEXT: {"1001": 2}}) == 0
    assert rows(engine, "SELECT measure, old, new, cause FROM restatements ORDER BY id") == [
        ("items", 10, 8, ""),
        ("seat_orders", 2, None, ""),
        ("items", 8, 10, "first_given"),
    ]


def test_it_takes_acceptance_days_that_come_first_as_growth_of_a_due_day(engine: Engine) -> None:
    desk = Desk(engine, FrozenClock("2026-03-20 02:00"))
    due = date(2026, 3, 12)
    desk.write(batch(orders=orders({"anchor": DAY, "day": due, "due": 2})), "orders")
    third = NEXT + timedelta(days=1)
    assert desk.write(batch(orders=orders({"anchor": third, "day": due, "due": 1})), "orders").restated == 0
    assert rows(engine, RESTATED) == []  # its next file, at once
    desk.clock.advance(days=1)
    assert desk.write(batch(orders=orders({"anchor": NEXT, "day": due, "due": 3})), "orders").restated == 0
    assert rows(engine, RESTATED) == [("2026-03-12", "due", 3, 6, "first_given")]
    assert desk.write(batch(orders=orders({"anchor": NEXT, "day": due, "due": 4})), "orders").restated == 1


def test_it_takes_a_late_rating_as_a_correction_of_a_day_its_acceptance_day_had_nothing_on(engine: Engine) -> None:
    """Other acceptance days made the total of that day; this one was given before, without the rating."""
    desk = Desk(engine, FrozenClock("2026-03-20 02:00"))
    back = date(2026, 3, 12)
    counted = {"anchor": NEXT, "day": back, "rated_orders": 8, "satisfied_orders": 4}
    desk.write(batch(orders=orders({"accepted": 5}, counted)), "orders")
    desk.clock.advance(minutes=10)
    late = {"day": back, "anchor": DAY, "rated_orders": 1, "satisfied_orders": 1}
    assert desk.write(batch(orders=orders({"accepted": 5}, late)), "orders").restated == 2
    assert rows(engine, RESTATED) == [
        ("2026-03-12", "rated_orders", 8, 9, ""),
        ("2026-03-12", "satisfied_orders", 4, 5, ""),
    ]


def test_it_takes_another_queue_of_a_source_that_is_new_as_growth(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(calls=calls({"offered": 10})), "acd")
    desk.clock.advance(days=1)
    assert desk.write(batch(calls=calls({"offered": 4, "queue": "vip"})), "vip").restated == 0
    assert rows(engine, RESTATED) == [("2026-03-05", "offered", 10, 14, "first_given")]


@pytest.mark.parametrize(("days_later", "told"), [(1, []), (2, [("2026-03-05", "answered", 90, 70, "first_given")])])
def test_it_keeps_what_stood_there_for_a_day_though_it_was_written_on_the_evening_of_its_own_day(
    engine: Engine, days_later: int, told: list[tuple[object, ...]]
) -> None:
    desk = Desk(engine, FrozenClock("2026-03-05 23:35"))
    desk.write(batch(calls=calls({"answered": 90})), "one")
    desk.clock.advance(days=days_later)
    assert desk.write(batch(calls=calls({"answered": 70})), "one").restated == 0
    assert rows(engine, RESTATED) == told
