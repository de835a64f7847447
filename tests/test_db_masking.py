"""No caller's number reaches the facts, whatever column it stands in."""

from __future__ import annotations

import pytest
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
    assert _column(engine, "SELECT department FROM order_places") == [("转 138******78",)]
    assert _column(engine, "SELECT note FROM readings") == [("来电人 138********78",)]


def test_it_leaves_other_digits_alone() -> None:
    for plain in (
        "工号 1001, 队列 12345, 单号 2026030512345678",
        "2026-03-05 08:00:00",
        "2026-03-05T08:00:00.0258445123",
        "46082.02083333333",  # a moment of Excel
        "0:02:05",
        "1,234,567,890",
        "20260305000000400123",
        "GD02584451234",
        "SIP/400-1001",
        "0101",
        "组 0512-1001",
        "热线 12345 转 801",
        "(2026) 1 号",
        "3/4/2026 10:00:00",
        "84451234",
        "00000000000",
        "JN-2026-03-05-0001",
    ):
        assert mask(plain) == plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("010-88886666", "010*******66"),
        ("025 8445 1234", "025********34"),
        ("回拨 0512-65211234 转 801。", "回拨 051**************01。"),
        ("0512-65211234转801", "051************01"),
        ("(025)84451234", "(02********34"),
        ("（025）84451234", "（02********34"),
        ("02584451234", "025******34"),
        ("051265211234", "051*******34"),
        ("+86 10 8888 6666", "+86***********66"),
        ("+86-025-84451234", "+86***********34"),
        ("400-820-8820", "400*******20"),
        ("400-8-820-820", "400********20"),
        ("4008208820", "400*****20"),
        ("800 820 8820", "800*******20"),
        ("来电0371-65211234,手机13812345678", "来电037********34,手机138******78"),
    ],
)
def test_it_masks_landlines_too(text: str, shown: str) -> None:
    assert mask(text) == shown


def test_it_masks_landlines_in_the_names_of_facts(engine: Engine) -> None:
    rows = calls({"queue": "010-88886666", "offered": 3}, {"queue": "010-88880066", "offered": 4}, {"queue": "12345"})
    Desk(engine).write(batch(calls=rows, seats=seats({"seat": "张三", "seat_calls": 1}, {"seat": "0512-65211234"})))
    assert _column(engine, "SELECT queue, offered FROM call_stats ORDER BY queue") == [
        ("010*******66", 7),
        ("12345", None),
    ]
    assert _column(engine, "SELECT seat FROM seat_stats ORDER BY seat") == [("051********34",), ("张三",)]
