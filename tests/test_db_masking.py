"""No caller's number reaches the facts, whatever column it stands in."""

from __future__ import annotations

from sqlalchemy import Engine, text

from db.masking import mask
from tests.factories import Desk, batch, calls, orders, readings, seats


def _column(engine: Engine, sql: str) -> list[object]:
    with engine.connect() as conn:
        return [tuple(row) for row in conn.execute(text(sql))]


def test_it_masks_numbers_in_names_and_adds_rows_up_that_become_alike(engine: Engine) -> None:
    rows = calls(
        {"queue": "13812345678", "offered": 3, "answered": 2},
        {"queue": "13899995678", "offered": 4},
        {"queue": "综合", "offered": 5, "answered": 5},
    )
    Desk(engine).write(batch(calls=rows, seats=seats({"seat": "8613812345678", "seat_calls": 1})))
    found = _column(engine, "SELECT queue, offered, answered FROM call_stats ORDER BY offered")
    assert found == [("综合", 5, 5), ("138******78", 7, 2)]
    assert _column(engine, "SELECT seat FROM seat_stats") == [("86138******78",)]


def test_it_masks_departments_and_notes(engine: Engine) -> None:
    note = readings({"complaints": 1}).assign(note="来电人 138 1234 5678")
    department = orders({"department": "转 13812345678", "accepted": 1})
    Desk(engine).write(batch(orders=department, readings=note))
    assert _column(engine, "SELECT department FROM order_stats") == [("转 138******78",)]
    assert _column(engine, "SELECT note FROM readings") == [("来电人 138********78",)]


def test_it_leaves_other_digits_alone() -> None:
    assert mask("工号 1001, 队列 12345, 单号 2026030512345678") == "工号 1001, 队列 12345, 单号 2026030512345678"
