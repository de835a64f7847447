"""Two sources with the same figure are refused as a whole, in words that say what to do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from db.errors import ConflictError
from ingest.batch import Batch
from tests.factories import DAY, Desk, batch, calls, months, orders, readings, reject, seats
from tests.test_db_store import everything, rows, totals

CLASHES = {
    "calls": (
        batch(calls=calls({"offered": 10, "answered": 9})),
        batch(calls=calls({"offered": 10, "hour": -1})),
        "市中心 2026-03-05 的话务数据(人工请求量)已由来源“话务平台”(first)提供",
    ),
    "seats": (
        batch(seats=seats({"seat_calls": 3})),
        batch(seats=seats({"seat_calls": 3}, {"seat": "1002", "seat_calls": 1})),
        "座席数据(座席接听量)已由来源“话务平台”(first)提供",
    ),
    "orders": (
        batch(orders=orders({"accepted": 3, "channel": "电话"})),
        batch(orders=orders({"accepted": 3, "channel": "电话", "department": "城管局"})),
        "工单数据(受理量)已由来源“话务平台”(first)提供",
    ),
    "readings": (
        batch(readings=readings({"inspected": 3})),
        batch(readings=readings({"inspected": 4})),
        "登记数据(质检量)已由来源“话务平台”(first)提供",
    ),
    "months": (
        batch(months=months({date(2025, 1, 1): {"answered": 3}})),
        batch(months=months({date(2025, 1, 1): {"answered": 3}})),
        "市中心 2025-01-01 的月度数据(接通量)已由来源“话务平台”(first)提供",
    ),
}


@pytest.mark.parametrize("fact", CLASHES)
def test_it_refuses_the_whole_batch_and_keeps_what_was_there(engine: Engine, fact: str) -> None:
    first, second, words = CLASHES[fact]
    desk = Desk(engine)
    desk.source("first", "话务平台")
    desk.write(first, "first")
    before = everything(engine)
    second.rejects = [reject()]
    second.rows_read = second.rows_used + 1
    with pytest.raises(ConflictError) as caught:
        desk.write(second, "second")
    assert words in str(caught.value)
    assert "整批未写入" in str(caught.value)
    assert "停用其中一个来源" in str(caught.value)
    assert everything(engine) == before
    assert rows(engine, "SELECT count(*) FROM rejects") == [(0,)]
    assert rows(engine, "SELECT state FROM runs ORDER BY id") == [("ok",), ("running",)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (calls({"offered": 1}), calls({"offered": 1, "queue": "vip"})),
        (calls({"offered": 1}), calls({"offered": 1, "centre": "district"})),
        (calls({"offered": 1}), calls({"offered": 1, "day": DAY + timedelta(days=1)})),
        (calls({"offered": 1}), calls({"answered": 1})),
        (calls({"offered": 1, "answered": None}), calls({"answered": 1, "offered": None})),
    ],
)
def test_it_accepts_sources_that_share_no_figure(sqlite_engine: Engine, first: Any, second: Any) -> None:
    desk = Desk(sqlite_engine)
    desk.write(batch(calls=first), "first")
    desk.write(batch(calls=second), "second")
    assert rows(sqlite_engine, "SELECT count(*) FROM call_stats") == [(2,)]


def test_it_lets_two_order_systems_serve_different_channels(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(orders=orders({"accepted": 3, "channel": "电话"})), "phone")
    desk.write(batch(orders=orders({"accepted": 2, "channel": "微信"})), "wechat")
    assert totals(engine, "accepted") == {("city", "2026-03-05"): 5}


def test_it_lets_two_sources_know_different_things_of_one_seat(engine: Engine) -> None:
    desk = Desk(engine)
    desk.write(batch(seats=seats({"seat_calls": 3})), "calls")
    desk.write(batch(seats=seats({"signed_in_seconds": 3600})), "acd")
    assert rows(engine, "SELECT seat_calls, signed_in_seconds FROM seat_stats ORDER BY source_id") == [
        (3, None),
        (None, 3600),
    ]


def test_it_names_only_the_source_that_clashes_and_all_clashing_days(engine: Engine) -> None:
    desk = Desk(engine)
    days = [DAY + timedelta(days=n) for n in (0, 1, 2, 5)]
    desk.write(batch(calls=calls(*({"day": day, "offered": 1} for day in days))), "old")
    desk.write(batch(calls=calls(*({"day": day, "recorded": 1} for day in days))), "recorder")
    more = {"offered": 1, "answered": 1, "wait_seconds": 9, "talk_seconds": 9, "abandoned": 0}
    with pytest.raises(ConflictError) as caught:
        desk.write(batch(calls=calls(*({"day": day, **more} for day in days), {"hour": 10, **more})), "new")
    text = str(caught.value)
    assert "2026-03-05 至 2026-03-07" in text
    assert "(old)" in text
    assert "recorder" not in text


def test_it_lets_the_new_source_in_once_the_old_one_is_forgotten(engine: Engine) -> None:
    from db.forget import forget_days
    from tests.factories import TZ

    desk = Desk(engine)
    old, new = batch(calls=calls({"offered": 5})), batch(calls=calls({"offered": 6}))
    desk.write(old, "old")
    with pytest.raises(ConflictError):
        desk.write(new, "new")
    forget_days(engine, desk.source("old"), DAY, DAY, reason="换系统", now=desk.clock.now(), tz=TZ, holder="test:1")
    desk.write(new, "new")
    assert totals(engine, "offered") == {("city", "2026-03-05"): 6}


def test_it_finds_no_conflict_with_itself(engine: Engine) -> None:
    desk = Desk(engine)
    for part in ("a", "b"):
        made: Batch = batch(calls=calls({"offered": 1}), part=part)
        desk.write(made)
    assert totals(engine, "offered") == {("city", "2026-03-05"): 2}
