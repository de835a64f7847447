"""What a question reads: few statements however many KPIs; which days count as covered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, event

from db.answers import evaluate
from db.closed_days import add_closed_days
from db.day_memory import forget
from db.definitions import add_exclusion
from ingest.batch import Batch
from kpi.catalogue import build
from kpi.model import Ask, Exclusion, Grain, KpiValue, NoValue
from tests.factories import Desk, FrozenClock, calls, orders, readings

CATALOGUE = build()
D1, D4 = date(2026, 3, 2), date(2026, 3, 5)
DAYS = [D1 + timedelta(days=n) for n in range(4)]
CLOCK = FrozenClock("2026-03-06 02:00")


def _statements(engine: Engine, ask: Ask) -> list[str]:
    said: list[str] = []

    def note(*execution: Any) -> None:
        said.append(execution[2])

    forget(engine)
    with engine.connect() as conn:
        event.listen(engine, "before_cursor_execute", note)
        try:
            evaluate(conn, CATALOGUE, ask)
        finally:
            event.remove(engine, "before_cursor_execute", note)
    return [statement for statement in said if "day_totals" in statement]


def _one(engine: Engine, kpi: str, start: date = D1, end: date = D4, **more: Any) -> KpiValue:
    with engine.connect() as conn:
        return evaluate(conn, CATALOGUE, Ask((kpi,), (), start, end, end, **more)).one(kpi)


def _call_days(days: list[date], centre: str = "city") -> Batch:
    rows = [{"day": day, "offered": 100, "answered": 95} for day in days]
    return Batch(calls=calls(*rows, centre=centre), rows_read=len(rows), rows_used=len(rows))


def test_it_asks_for_all_kpis_with_as_many_statements_as_for_a_few(engine: Engine) -> None:
    desk = Desk(engine, CLOCK)
    desk.write(_call_days(DAYS))
    more = readings({"complaints": 1, "seats_opening": 40, "seats_kept": 39}, day=D1)
    desk.write(Batch(readings=more, rows_read=3, rows_used=3), source="hand")
    every = _statements(engine, Ask((), (), D1, D4, D4, Grain.DAY))
    assert len(every) == 3  # the sums, the levels, the first and last days on record
    few = _statements(engine, Ask(("answer_rate", "service_complaints", "retention_rate"), (), D1, D4, D4))
    assert len(few) == 3


def test_it_covers_a_day_on_which_orders_were_delivered_but_none_fell_due(engine: Engine) -> None:
    rows = [
        {"day": DAYS[0], "anchor": DAYS[0], "accepted": 9, "due": 4, "closed": 3},
        {"day": DAYS[1], "anchor": DAYS[1], "accepted": 7},
        {"day": DAYS[3], "anchor": DAYS[3], "accepted": 5, "due": 2, "closed": 2},
    ]
    Desk(engine, CLOCK).write(Batch(orders=orders(*rows), rows_read=3, rows_used=3), source="orders")
    value = _one(engine, "closure_rate")
    assert (value.numerator, value.denominator) == (5, 6)
    assert (value.days_with_data, value.days_passed) == (3, 4)
    assert _one(engine, "closure_rate", DAYS[1], DAYS[1]).reason is NoValue.ZERO_DENOMINATOR
    assert _one(engine, "closure_rate", DAYS[2], DAYS[2]).reason is NoValue.NO_DATA


def test_it_expects_no_data_of_a_day_on_which_the_source_is_closed(engine: Engine) -> None:
    Desk(engine, CLOCK).write(_call_days([DAYS[0], DAYS[3]]))
    assert (_one(engine, "answer_rate").days_with_data, _one(engine, "answer_rate").days_passed) == (2, 4)
    with engine.begin() as conn:
        add_closed_days(conn, "calls", [DAYS[1], DAYS[3]], "不上班")
    value = _one(engine, "answer_rate")
    assert (value.numerator, value.denominator) == (190, 200)
    assert (value.days_with_data, value.days_passed) == (2, 3)  # the last day gave data all the same


def test_it_expects_data_while_another_source_of_the_measure_is_open(engine: Engine) -> None:
    desk = Desk(engine, CLOCK)
    desk.write(_call_days([DAYS[0]]))
    desk.write(_call_days([DAYS[3]]), source="other")
    with engine.begin() as conn:
        add_closed_days(conn, "calls", [DAYS[1]], "不上班")
        add_closed_days(conn, "calls", [DAYS[2]], "不上班")
        add_closed_days(conn, "other", [DAYS[2]], "不上班")
    value = _one(engine, "answer_rate")
    assert (value.days_with_data, value.days_passed) == (2, 3)  # only on the third day were both closed


def test_it_closes_no_centre_that_another_source_serves(engine: Engine) -> None:
    desk = Desk(engine, CLOCK)
    desk.write(_call_days([DAYS[0], DAYS[3]]))
    desk.write(_call_days([DAYS[0], DAYS[3]], centre="district"), source="other")
    with engine.begin() as conn:
        add_closed_days(conn, "calls", DAYS[1:3], "不上班")
    value = _one(engine, "answer_rate")
    assert (value.days_with_data, value.days_passed) == (4, 8 - 2)


def test_it_counts_a_closed_day_that_is_excluded_too_only_once(engine: Engine) -> None:
    Desk(engine, CLOCK).write(_call_days([DAYS[0], DAYS[3]]))
    with engine.begin() as conn:
        add_closed_days(conn, "calls", DAYS[1:3], "不上班")
        away = Exclusion(datetime(2026, 3, 3), datetime(2026, 3, 4), "突发事件", "暴雪", "值班主任")
        add_exclusion(conn, away, CLOCK.now())
    value = _one(engine, "answer_rate", exclude=True)
    assert (value.days_with_data, value.days_passed) == (2, 2)


def test_it_bears_exclusions_by_the_hour_where_nothing_is_on_record(engine: Engine) -> None:
    Desk(engine, CLOCK).write(_call_days([D4]))
    with engine.begin() as conn:
        outage = Exclusion(datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 11), "系统故障", "停电", "值班主任")
        add_exclusion(conn, outage, CLOCK.now())
        answer = evaluate(conn, CATALOGUE, Ask(("answer_rate",), (), D1, DAYS[1], DAYS[1], Grain.HOUR, exclude=True))
    assert answer.values["answer_rate"] == ()
