"""The sql source sums as a file of the same rows would be summed, and moves only the sums."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from ingest.batch import CALL_KEYS, ORDER_KEYS, SEAT_KEYS
from ingest.mapping import (
    Cell,
    DurationField,
    MomentField,
    OpeningHours,
    RowField,
    Shape,
    TextField,
    YesNoField,
)
from ingest.sources.sql import read_window
from tests.foreign_database import (
    CALL_COLUMNS,
    CALL_FIELDS,
    END,
    NO,
    ORDER_COLUMNS,
    ORDER_FIELDS,
    START,
    TODAY,
    YES,
    as_file,
    call_rows,
    cell,
    foreign,
    load,
    order_rows,
    same,
    spec,
    url_of,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty foreign database."""
    yield from foreign(request, tmp_path)


def test_it_sums_calls_as_a_file_of_the_same_calls_would(database: Engine) -> None:
    rows = call_rows(1500)
    load(database, CALL_COLUMNS, rows)
    source = spec(url_of(database), CALL_FIELDS)
    batch = read_window(source, START, END, TODAY)
    wanted = as_file(rows, source)
    assert batch.rejects == wanted.rejects == []
    assert batch.rows_read == batch.rows_used == wanted.rows_read
    same(batch.calls, wanted.calls, CALL_KEYS)
    same(batch.seats, wanted.seats, SEAT_KEYS)
    assert (batch.first_day, batch.last_day) == (START, END)


def test_it_gives_the_figures_of_hand_written_sql(database: Engine) -> None:
    load(database, CALL_COLUMNS, call_rows(800))
    fields = {name: CALL_FIELDS[name] for name in ("asked_at", "answered", "wait", "talk", "queue", "seat")}
    calls = read_window(spec(url_of(database), fields), START, END, TODAY).calls
    by_hand = (
        "SELECT count(*), sum(CASE WHEN answered = '是' THEN 1 ELSE 0 END), "
        "sum(CASE WHEN answered = '是' AND wait <= 15 THEN 1 ELSE 0 END), "
        "sum(CASE WHEN answered = '否' AND wait < 5 THEN 1 ELSE 0 END), "
        "sum(CASE WHEN answered = '是' THEN talk ELSE 0 END) "
        "FROM calls WHERE asked_at >= '2026-03-02' AND asked_at < '2026-03-09'"
    )
    with database.connect() as conn:
        wanted = tuple(int(value) for value in conn.execute(text(by_hand)).one())
    codes = ("offered", "answered", "answered_within_15", "abandoned_under_5", "talk_seconds")
    assert calls is not None and tuple(int(calls[code].sum()) for code in codes) == wanted


def test_it_keeps_calls_outside_opening_hours_apart(database: Engine) -> None:
    rows = call_rows(600, seed=2)
    load(database, CALL_COLUMNS, rows)
    hours = OpeningHours((((510, 1050),),) * 5 + (((600, 720), (840, 960)),) + ((),))
    source = spec(url_of(database), CALL_FIELDS, opening_hours=hours)
    batch, wanted = read_window(source, START, END, TODAY), as_file(rows, source)
    assert wanted.calls is not None and wanted.calls["closed_calls"].sum() > 50
    same(batch.calls, wanted.calls, CALL_KEYS)


def test_it_moves_sums_and_not_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = [0]

    class Cursor(sqlite3.Cursor):
        def fetchall(self) -> list[Any]:
            rows = super().fetchall()
            fetched[0] += len(rows)
            return rows

        def fetchone(self) -> Any:
            row = super().fetchone()
            fetched[0] += row is not None
            return row

        def fetchmany(self, size: int | None = None) -> list[Any]:
            rows = super().fetchmany(size or 1)
            fetched[0] += len(rows)
            return rows

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

    plain = sqlite3.connect
    engine = create_engine(f"sqlite:///{tmp_path / 'foreign.db'}")
    rows = [row for row in call_rows(40_000) if row["asked_at"].date() == START]
    load(engine, CALL_COLUMNS, [row | {"channel": "电话", "queue": "6"} for row in rows])
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: plain(*a, **k, factory=Connection))
    batch = read_window(spec(url_of(engine), CALL_FIELDS), START, START, START)
    assert batch.rows_read == len(rows) > 4000
    assert fetched[0] < 24 + 6 + 100  # 24 hours, 6 seats, and the 50 rows looked at to know what the columns hold
    assert batch.inputs[0]["fetched"] == 24 + 6


def test_it_reads_a_query_with_expressions_and_colons(database: Engine) -> None:
    load(database, CALL_COLUMNS, call_rows(200))
    query = "SELECT asked_at, answered, 'a:b' AS \"标记\", wait FROM calls WHERE queue = '6' -- 只要综合队列;"
    fields: dict[str, RowField] = {
        "asked_at": MomentField(cell("asked_at")),
        "answered": YesNoField(Cell((), "CASE WHEN answered = '是' THEN 1 ELSE 0 END"), ("1",), ("0",)),
        "queue": TextField(cell("标记")),
        "wait": DurationField(Cell((), "wait * 2")),
    }
    batch = read_window(spec(url_of(database), fields, query=query), START, END, TODAY)
    with database.connect() as conn:
        wanted = conn.execute(
            text(
                "SELECT count(*), sum(CASE WHEN answered = '是' THEN round(wait * 2) ELSE 0 END) FROM calls "
                "WHERE queue = '6' AND asked_at >= '2026-03-02' AND asked_at < '2026-03-09'"
            )
        ).one()
    assert batch.calls is not None and int(batch.calls["offered"].sum()) == wanted[0]
    assert set(batch.calls["queue"]) == {"a:b"}
    assert abs(int(batch.calls["wait_seconds"].sum()) - int(wanted[1])) <= len(batch.calls)


def test_it_finds_the_centre_by_a_column(database: Engine) -> None:
    rows = [row | {"centre": ["江宁", "市区", "别处"][place % 3]} for place, row in enumerate(call_rows(90))]
    load(database, CALL_COLUMNS + ", centre varchar(20)", rows)
    source = spec(
        url_of(database),
        CALL_FIELDS,
        centre=None,
        centre_column=cell("centre"),
        centre_map=(("江宁", "district"), ("市区", "city")),
    )
    batch, wanted = read_window(source, START, END, TODAY), as_file(rows, source)
    assert {reject.value for reject in batch.rejects} == {"别处"}
    assert len(batch.rejects) == len(wanted.rejects)
    same(batch.calls, wanted.calls, CALL_KEYS)


@pytest.mark.parametrize("flags", ["dates", "columns"])
def test_it_sums_orders_by_every_date_they_count_on(database: Engine, flags: str) -> None:
    rows = [row | {"on_time": random.Random(n).choice(["是", "否", None])} for n, row in enumerate(order_rows(700))]
    load(database, ORDER_COLUMNS + ", on_time varchar(9)", rows, "orders")
    fields = dict(ORDER_FIELDS)
    if flags == "columns":
        fields |= {
            "on_time": YesNoField(cell("on_time"), YES, NO),
            "called_back": YesNoField(cell("solved"), YES, NO),
            "to_call_back": YesNoField(cell("right_first"), YES, NO),
        }
    source = spec(url_of(database), fields, shape=Shape.ORDERS, table="orders")
    batch = read_window(source, START, END, TODAY)
    wanted = as_file(rows, source, by="accepted_at")
    assert (batch.rows_read, batch.rows_used) == (wanted.rows_read, wanted.rows_used)
    assert batch.rejects == wanted.rejects == []
    same(batch.orders, wanted.orders, ORDER_KEYS)
    same(batch.seats, wanted.seats, SEAT_KEYS)
    assert sorted(batch.warnings) == sorted(wanted.warnings)
    assert int(batch.inputs[0]["fetched"]) < 600


def test_it_gives_an_empty_batch_for_a_window_without_rows(database: Engine) -> None:
    load(database, CALL_COLUMNS, call_rows(10))
    batch = read_window(spec(url_of(database), CALL_FIELDS), date(2025, 1, 1), date(2025, 1, 2), TODAY)
    assert (batch.rows_read, batch.rows_used, batch.rejects, batch.first_day) == (0, 0, [], None)
