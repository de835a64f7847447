"""The sql source on real SQLite and PostgreSQL databases, held against the same rows read as text from a file."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from sqlalchemy import Engine, create_engine, text

from ingest.batch import CALL_KEYS, ORDER_KEYS, SEAT_KEYS, Batch
from ingest.errors import SourceError
from ingest.frames import to_batch
from ingest.mapping import (
    As,
    Cell,
    Duplicates,
    DurationField,
    Kind,
    MeasureField,
    MomentField,
    OpeningHours,
    RatingField,
    RowField,
    RowMapping,
    Shape,
    SourceSpec,
    SqlOptions,
    TextField,
    YesNoField,
)
from ingest.sources import sql_connect
from ingest.sources.sql import read_window
from ingest.sources.text_rows import TextRows

START, END, TODAY = date(2026, 3, 2), date(2026, 3, 8), date(2026, 3, 9)
YES, NO = ("是", "1", "true"), ("否", "0", "false")

Row = dict[str, Any]


def spec(url: str, fields: dict[str, RowField], *, shape: Shape = Shape.CALLS, **more: Any) -> SourceSpec:
    options = {name: more.pop(name) for name in ("table", "query", "timeout", "time_zone") if name in more}
    measures = more.pop("measures", ())
    return SourceSpec(
        "db",
        "话务库",
        Kind.SQL,
        shape,
        SqlOptions(url=url, **({"table": "calls"} | options if "query" not in options else options)),
        mapping=RowMapping(tuple(fields.items()), measures),
        **({"centre": "city"} | more),
    )


def cell(name: str) -> Cell:
    return Cell((name,))


CALL_FIELDS: dict[str, RowField] = {
    "asked_at": MomentField(cell("asked_at")),
    "answered": YesNoField(cell("answered"), YES, NO),
    "wait": DurationField(cell("wait")),
    "talk": DurationField(cell("talk")),
    "wrap": DurationField(cell("wrap"), As.SECONDS),
    "seat": TextField(cell("seat")),
    "queue": TextField(cell("queue"), (("6", "综合"),)),
    "channel": TextField(cell("channel")),
    "rating": RatingField(cell("rating"), (("满意", 5.0), ("一般", 3.0)), 4.0, (), (), ("未评价",)),
    "recorded": YesNoField(cell("recorded"), YES, NO),
    "to_person": YesNoField(cell("to_person"), YES, NO),
    "lost_in_ivr": YesNoField(cell("lost_in_ivr"), YES, NO),
    "number_known": YesNoField(cell("number_known"), (), (), False, True),
    "returned": YesNoField(cell("returned"), YES, NO),
}
CALL_COLUMNS = (
    "asked_at timestamp, answered varchar(9), wait numeric(9,2), talk integer, wrap double precision, "
    "seat varchar(200), queue varchar(20), channel varchar(20), rating varchar(20), recorded integer, "
    "to_person varchar(9), lost_in_ivr varchar(9), number_known varchar(20), returned varchar(9)"
)


def call_rows(count: int, seed: int = 1) -> list[Row]:
    chance = random.Random(seed)
    rows = []
    for _ in range(count):
        answered = chance.random() < 0.8
        moment = datetime(2026, 3, 1) + timedelta(seconds=chance.randrange(9 * 86400))
        in_ivr = chance.random() < 0.1
        rows.append(
            {
                "asked_at": moment,
                "answered": "是" if answered else "否",
                "wait": chance.choice([None, 0, 5, 10.5, 15, 15.01, 20, 61]),
                "talk": chance.randrange(1, 600) if answered else None,
                "wrap": chance.choice([None, 0.25, 30.5]) if answered else None,
                "seat": f"s{chance.randrange(6)}" if answered else None,
                "queue": chance.choice(["6", "7", None]),
                "channel": chance.choice(["电话", "  APP ", ""]),
                "rating": chance.choice(["满意", "一般", "未评价", None, ""]) if answered else None,
                "recorded": chance.choice([1, 0, None]) if answered else None,
                "to_person": "否" if in_ivr else "是",
                "lost_in_ivr": chance.choice(["是", "否"]) if in_ivr else "否",
                "number_known": chance.choice(["有", None]),
                "returned": chance.choice(["是", "否"]),
            }
        )
    return rows


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty foreign database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'foreign.db'}"
    else:
        url = request.getfixturevalue("new_postgresql")()
    engine = create_engine(url)
    yield engine
    engine.dispose()


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def load(engine: Engine, columns: str, rows: Sequence[Row], table: str = "calls") -> None:
    with engine.begin() as conn:
        conn.execute(text(f"CREATE TABLE {table} ({columns})"))
        if rows:
            names = list(rows[0])
            marks = ", ".join(f":{name}" for name in names)
            stored = [dict(row) for row in rows]
            if engine.dialect.name == "sqlite":
                stored = [{k: str(v) if isinstance(v, datetime) else v for k, v in row.items()} for row in rows]
            conn.execute(text(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"), stored)


def as_file(
    rows: Sequence[Row], source: SourceSpec, start: date = START, end: date = END, by: str = "asked_at"
) -> Batch:
    """The rows of the window as a file would give them, through the ordinary cleaning and roll-up."""
    inside = [row for row in rows if start <= row[by].date() <= end]
    with duckdb.connect() as con:
        table = TextRows(con, "rows", list(rows[0]))
        table.add({name: None if value is None else str(value) for name, value in row.items()} for row in inside)
        return to_batch(con, "rows", source, "f", "", TODAY)


def same(one: pd.DataFrame | None, other: pd.DataFrame | None, keys: Sequence[str]) -> None:
    assert one is not None and other is not None
    assert set(one.columns) == set(other.columns)
    left, right = (frame.sort_values(list(keys)).reset_index(drop=True)[list(other.columns)] for frame in (one, other))
    pd.testing.assert_frame_equal(left, right, check_dtype=False)
    assert [str(left[c].dtype) for c in left if c not in keys] == [str(right[c].dtype) for c in right if c not in keys]


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
    monkeypatch.setattr(sql_connect.sqlite3, "connect", lambda *a, **k: plain(*a, **k, factory=Connection))
    batch = read_window(spec(url_of(engine), CALL_FIELDS), START, START, START)
    assert batch.rows_read == len(rows) > 4000
    assert fetched[0] < 24 + 6 + 100  # 24 hours, 6 seats, and the 50 rows looked at to know what the columns hold
    assert batch.inputs[0]["fetched"] == 24 + 6


BAD = {
    "wait": "-4",
    "answered": "也许",
    "rating": "好极了",
    "seat": "长" * 70,
    "talk": "90000",
}


def test_it_rejects_the_rows_that_a_file_would_reject(database: Engine) -> None:
    rows = call_rows(300, seed=3)
    text_columns = CALL_COLUMNS.replace("numeric(9,2)", "varchar(20)").replace("integer", "varchar(20)")
    rows = [
        row | {name: None if row[name] is None else str(row[name]) for name in ("wait", "talk", "recorded")}
        for row in rows
    ]
    inside = [row for row in rows if START <= row["asked_at"].date() <= END]
    for place, (name, value) in enumerate(BAD.items()):
        inside[place * 7] |= {
            name: value,
            "answered": value if name == "answered" else "是",
            "to_person": "是",
            "lost_in_ivr": "否",
        }
    inside[40] |= {"wait": "0:01:05", "talk": "1分20秒", "answered": "是"}  # the second goes through the cleaning
    inside[41] |= {"wait": "1:05", "talk": "0.5", "answered": "是"}
    inside[42] |= {"answered": " Y ", "to_person": "－"} | {"to_person": "是"}
    inside[43] |= {"wait": "-", "channel": "　微信　"}
    fields = CALL_FIELDS | {"answered": YesNoField(cell("answered"), (*YES, "Y"), NO)}
    load(database, text_columns, rows)
    source = spec(url_of(database), fields)
    batch, wanted = read_window(source, START, END, TODAY), as_file(rows, source)
    assert len(wanted.rejects) == len(BAD)
    assert sorted((r.column, r.value, r.reason) for r in batch.rejects) == sorted(
        (r.column, r.value, r.reason) for r in wanted.rejects
    )
    assert all(reject.row["queue"] in ("6", "7", "") and reject.row_no is None for reject in batch.rejects)
    assert (batch.rows_read, batch.rows_used) == (wanted.rows_read, wanted.rows_used)
    same(batch.calls, wanted.calls, CALL_KEYS)
    same(batch.seats, wanted.seats, SEAT_KEYS)


def test_it_counts_rows_that_belong_to_no_day_once_a_day(database: Engine) -> None:
    fields = {"asked_at": CALL_FIELDS["asked_at"], "answered": CALL_FIELDS["answered"]}
    moments = [datetime(2026, 3, 3, 8), None, datetime(2031, 1, 1), datetime(1970, 1, 1), datetime(2026, 3, 9, 9)]
    load(database, "asked_at timestamp, answered varchar(9)", [{"asked_at": m, "answered": "是"} for m in moments])
    source = spec(url_of(database), fields)
    batch = read_window(source, START, TODAY, TODAY)
    assert (batch.rows_read, batch.rows_used) == (5, 2)
    assert sorted(reject.reason.split(":")[0] for reject in batch.rejects) == [
        "‘asked_at’ 在将来或早于 2000 年",
        "‘asked_at’ 在将来或早于 2000 年",
        "‘asked_at’ 是空的。请在来源数据库里改正,或在 query 里排除这些行",
    ]
    assert (read_window(source, TODAY, TODAY, TODAY).rows_read) == 1


def test_it_gives_a_time_it_cannot_read_to_one_day_only(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'foreign.db'}")
    moments = [
        "2026-03-02 08:00:00",
        "2026-03-03T09:00",
        "2026-02-30 08:00:00",
        "2026/03/04 08:00",
        "x",
        "2026-03-05 25:00",
    ]
    load(engine, "asked_at text, answered text", [{"asked_at": m, "answered": "是"} for m in moments])
    source = spec(url_of(engine), {name: CALL_FIELDS[name] for name in ("asked_at", "answered")})
    days = [date(2026, 2, 26) + timedelta(days=n) for n in range(11)]
    batches = {day: read_window(source, day, day, day) for day in days}
    assert {day: batch.rows_used for day, batch in batches.items() if batch.rows_used} == {
        START: 1,
        date(2026, 3, 3): 1,
    }
    rejected = {day: [reject.value for reject in batch.rejects] for day, batch in batches.items() if batch.rejects}
    assert rejected == {date(2026, 2, 28): ["2026-02-30 08:00:00"], date(2026, 3, 5): ["2026-03-05 25:00"]}
    astray = read_window(source, START, END, TODAY).rejects
    assert sorted(reject.value for reject in astray) == ["2026-03-05 25:00", "2026/03/04 08:00", "x"]


def test_it_refuses_a_mapping_that_fits_almost_no_row(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sources.sql.MOST_DOUBTFUL", 100)
    load(database, CALL_COLUMNS, [row | {"answered": "接通了"} for row in call_rows(400)])
    with pytest.raises(SourceError, match="超过 100 行.*‘answered’ 如 ‘接通了’"):
        read_window(spec(url_of(database), CALL_FIELDS), START, END, TODAY)


def test_it_tells_rows_apart_by_their_id(database: Engine) -> None:
    rows = call_rows(100, seed=5)
    rows = [row | {"id": f"n{place}"} for place, row in enumerate(rows)]
    rows += [dict(rows[50]), dict(rows[51]) | {"answered": "否"}]
    load(database, CALL_COLUMNS + ", id varchar(9)", rows)
    fields = CALL_FIELDS | {"id": TextField(cell("id"))}
    source = spec(url_of(database), fields, duplicates=Duplicates.REJECT)
    batch = read_window(source, START, END, TODAY)
    inside = [row for row in rows if START <= row["asked_at"].date() <= END]
    twice = sum(row["id"] in ("n50", "n51") for row in inside) // 2
    assert (batch.rows_read, batch.rows_used) == (len(inside), len(inside) - twice)
    assert all("重复" in reject.reason for reject in batch.rejects) and len(batch.rejects) == twice


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


ORDER_FIELDS: dict[str, RowField] = {
    "accepted_at": MomentField(cell("accepted_at")),
    "dispatched_at": MomentField(cell("dispatched_at")),
    "due_at": MomentField(cell("due_at")),
    "closed_at": MomentField(cell("closed_at")),
    "called_back_at": MomentField(cell("called_back_at")),
    "dispatch_on_time": YesNoField(cell("in_time"), YES, NO),
    "dispatched_right": YesNoField(cell("right_first"), YES, NO),
    "returned_at_fault": YesNoField(cell("returned"), YES, NO),
    "solved_first": YesNoField(cell("solved"), YES, NO),
    "rating": RatingField(cell("rating"), (), None, ("满意",), ("不满意",), ("未评价",)),
    "department": TextField(cell("department")),
    "category": TextField(cell("category")),
    "seat": TextField(cell("seat")),
}
ORDER_COLUMNS = (
    "accepted_at timestamp, dispatched_at timestamp, due_at timestamp, closed_at timestamp, called_back_at timestamp, "
    "in_time varchar(9), right_first varchar(9), returned varchar(9), solved varchar(9), rating varchar(9), "
    "department varchar(20), category varchar(20), seat varchar(9)"
)


def order_rows(count: int) -> list[Row]:
    chance = random.Random(11)
    rows = []
    for _ in range(count):
        accepted = datetime(2026, 2, 27) + timedelta(seconds=chance.randrange(10 * 86400))

        def later(share: float, start: datetime = accepted) -> datetime | None:
            moment = start + timedelta(seconds=chance.randrange(3 * 86400))
            return min(moment, datetime(2026, 3, 9, 12)) if chance.random() < share else None

        rows.append(
            {
                "accepted_at": accepted,
                "dispatched_at": later(0.9),
                "due_at": accepted + timedelta(days=5) if chance.random() < 0.8 else None,
                "closed_at": later(0.7),
                "called_back_at": later(0.4),
                "in_time": chance.choice(["是", "否", None]),
                "right_first": chance.choice(["是", "否"]),
                "returned": None,
                "solved": chance.choice(["1", "0"]),
                "rating": chance.choice(["满意", "不满意", "未评价", None]),
                "department": chance.choice(["城管局", "交通局", None]),
                "category": chance.choice(["投诉", "咨询"]),
                "seat": chance.choice(["s1", "s2", None]),
            }
        )
    return rows


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


def test_it_reads_day_figures_as_they_are(database: Engine) -> None:
    columns = "day date, offered integer, answered integer, speed varchar(9), share varchar(9)"
    rows = [
        {"day": date(2026, 3, n), "offered": 10 * n, "answered": 9 * n, "speed": "0:00:10", "share": "50%"}
        for n in range(1, 9)
    ] + [{"day": date(2026, 3, 4), "offered": -1, "answered": 1, "speed": None, "share": None}]
    stored = [row | {"day": str(row["day"])} for row in rows] if database.dialect.name == "sqlite" else rows
    load(database, columns, stored, "days")
    measures = (
        ("offered", MeasureField(cell("offered"))),
        ("answered", MeasureField(cell("answered"))),
        ("wait_seconds", MeasureField(cell("speed"), As.DURATION, mean_of="answered")),
        ("answered_within_20", MeasureField(cell("share"), As.PERCENT, share_of="answered")),
    )
    source = spec(
        url_of(database), {"day": MomentField(cell("day"))}, shape=Shape.DAYS, table="days", measures=measures
    )
    batch = read_window(source, START, date(2026, 3, 5), TODAY)
    assert batch.calls is not None and len(batch.calls) == 4
    sums = {code: int(batch.calls[code].sum()) for code, _ in measures}
    assert sums == {
        "offered": 140,
        "answered": 126,
        "wait_seconds": 1260,
        "answered_within_20": 64,
    }  # 9 + 14 + 18 + 23: rounded once a row
    assert [(reject.column, reject.value) for reject in batch.rejects] == [("offered", "-1")]
    assert (batch.rows_read, batch.rows_used) == (5, 4)


def test_it_reads_all_of_the_months_there_are(database: Engine) -> None:
    load(database, "month varchar(7), n integer", [{"month": f"2025-{n:02}", "n": n} for n in range(1, 13)], "months")
    source = spec(
        url_of(database),
        {"month": MomentField(cell("month"))},
        shape=Shape.MONTHS,
        table="months",
        measures=(("accepted", MeasureField(cell("n"))),),
    )
    batch = read_window(source, date(2025, 4, 1), date(2025, 6, 30), TODAY)
    assert batch.months is not None
    assert list(batch.months.sort_values("month")["value"]) == [4, 5, 6]
    assert batch.warnings == []


@pytest.mark.parametrize(
    ("zone", "stored", "column"),
    [
        ("", "2026-03-02 00:30:00", "timestamp"),
        ("UTC", "2026-03-01 16:30:00", "timestamp"),
        ("+09:00", "2026-03-02 01:30:00", "timestamp"),
        ("America/New_York", "2026-03-01 11:30:00", "timestamp"),
        ("", "2026-03-01 16:30:00+00:00", "timestamp with time zone"),
        ("", "2026-03-02 00:30:00", "text"),
        ("UTC", "2026-03-01T16:30:00", "text"),
    ],
)
def test_it_turns_times_of_other_zones_into_the_centres_own(
    database: Engine, zone: str, stored: str, column: str
) -> None:
    load(database, f"asked_at {column}, answered varchar(9)", [{"asked_at": stored, "answered": "是"}])
    fields = {name: CALL_FIELDS[name] for name in ("asked_at", "answered")}
    source = spec(url_of(database), fields, time_zone=zone)
    calls = read_window(source, START, START, TODAY).calls
    assert calls is not None and list(zip(calls["day"], calls["hour"], strict=True)) == [(START, 0)]
    assert read_window(source, date(2026, 3, 1), date(2026, 3, 1), TODAY).rows_read == 0


def test_it_heeds_summer_time_of_the_databases_zone(database: Engine) -> None:
    # New York moves its clocks on 8 March 2026: 01:30 EST is 14:30, 03:30 EDT is 15:30 in Shanghai
    moments = [datetime(2026, 3, 8, 1, 30), datetime(2026, 3, 8, 3, 30)]
    load(database, "asked_at timestamp, answered varchar(9)", [{"asked_at": m, "answered": "是"} for m in moments])
    fields = {name: CALL_FIELDS[name] for name in ("asked_at", "answered")}
    calls = read_window(spec(url_of(database), fields, time_zone="America/New_York"), END, END, TODAY).calls
    assert calls is not None and sorted(calls["hour"]) == [14, 15]


def test_it_reads_seconds_since_1970_and_a_date_beside_a_time(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'foreign.db'}")
    load(
        engine,
        "at integer, d text, t text, answered text",
        [{"at": 1772382600, "d": "2026-03-02", "t": "00:30:00", "answered": "是"}],
    )
    for field in (MomentField(cell("at")), MomentField(cell("d"), (), cell("t"))):
        source = spec(url_of(engine), {"asked_at": field, "answered": CALL_FIELDS["answered"]})
        calls = read_window(source, START, START, TODAY).calls
        assert calls is not None and list(zip(calls["day"], calls["hour"], strict=True)) == [(START, 0)]


def test_it_reads_intervals_and_flags_of_postgresql(new_postgresql: Callable[[], str]) -> None:
    engine = create_engine(new_postgresql())
    row = {"asked_at": datetime(2026, 3, 2, 8), "answered": True, "wait": "00:01:05", "talk": "2:03"}
    load(engine, "asked_at timestamp, answered boolean, wait interval, talk varchar(9)", [row])
    fields = {name: CALL_FIELDS[name] for name in ("asked_at", "answered", "wait", "talk")}
    calls = read_window(spec(url_of(engine), fields), START, START, TODAY).calls
    assert calls is not None and calls[["wait_seconds", "talk_seconds"]].to_numpy().tolist() == [[65, 123]]
    engine.dispose()


def test_it_gives_an_empty_batch_for_a_window_without_rows(database: Engine) -> None:
    load(database, CALL_COLUMNS, call_rows(10))
    batch = read_window(spec(url_of(database), CALL_FIELDS), date(2025, 1, 1), date(2025, 1, 2), TODAY)
    assert (batch.rows_read, batch.rows_used, batch.rejects, batch.first_day) == (0, 0, [], None)


def test_it_says_what_is_wrong_with_the_table_or_its_columns(database: Engine) -> None:
    load(database, CALL_COLUMNS, call_rows(10))
    url = url_of(database)
    with pytest.raises(SourceError, match="没有这张表"):
        read_window(spec(url, CALL_FIELDS, table="missing"), START, END, TODAY)
    with pytest.raises(SourceError, match=r"缺少列: ‘来电时间’.*asked_at"):
        read_window(spec(url, {"asked_at": MomentField(cell("来电时间"))}), START, END, TODAY)
    with pytest.raises(SourceError, match="没有这一列"):
        read_window(spec(url, CALL_FIELDS | {"wait": DurationField(Cell((), "waited"))}), START, END, TODAY)
    with pytest.raises(SourceError, match="语句写错了"):
        read_window(spec(url, CALL_FIELDS, query="SELEC 1"), START, END, TODAY)
    with pytest.raises(SourceError, match="时间列的类型不能用|不是数据库能读|是空的|请在 query 里"):
        fields = CALL_FIELDS | {"asked_at": MomentField(cell("queue"), ("%d/%m/%Y",))}
        read_window(spec(url, fields), START, END, TODAY)


def test_it_can_only_read(database: Engine) -> None:
    load(database, CALL_COLUMNS, call_rows(10))
    delete = {
        "sqlite": "SELECT * FROM calls) src; DELETE FROM calls; --",
        "postgresql": "SELECT c.* FROM calls c, (SELECT pg_notify('a', 'b')) n",
    }[database.dialect.name]
    if database.dialect.name == "postgresql":
        with database.begin() as conn:
            conn.execute(text("CREATE FUNCTION wipe() RETURNS integer LANGUAGE sql AS 'DELETE FROM calls RETURNING 1'"))
        delete = "SELECT c.* FROM calls c WHERE wipe() = 1"
    with pytest.raises(SourceError):
        read_window(spec(url_of(database), CALL_FIELDS, query=delete), START, END, TODAY)
    with database.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM calls")).scalar_one() == 10


def test_it_stops_a_query_that_takes_too_long(database: Engine) -> None:
    load(database, "a integer", [])
    slow = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT max(i) AS asked_at, '是' AS answered FROM n",
        "postgresql": "SELECT now() AS asked_at, '是' AS answered FROM pg_sleep(30)",
    }[database.dialect.name]
    fields = {name: CALL_FIELDS[name] for name in ("asked_at", "answered")}
    with pytest.raises(SourceError, match="超过 1 秒"):
        read_window(spec(url_of(database), fields, query=slow, timeout=1), START, END, TODAY)


def test_it_says_that_the_database_is_not_there(tmp_path: Path, new_postgresql: Callable[[], str]) -> None:
    with pytest.raises(SourceError, match="没有这个 SQLite 数据库文件"):
        read_window(spec(f"sqlite:///{tmp_path / 'no.db'}", CALL_FIELDS), START, END, TODAY)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "text.db").write_text("this is no database " * 100)
    with pytest.raises(SourceError, match="不是 SQLite 数据库"):
        read_window(spec(f"sqlite:///{tmp_path / 'text.db'}", CALL_FIELDS), START, END, TODAY)
    with pytest.raises(SourceError, match="连接不上数据库") as caught:
        read_window(spec("postgresql://kpi:s3cret@127.0.0.1:9/hotline", CALL_FIELDS), START, END, TODAY)
    assert "s3cret" not in str(caught.value) and "127.0.0.1:9/hotline" in str(caught.value)
    with pytest.raises(SourceError, match="没有这个数据库"):
        read_window(spec(new_postgresql().replace("hotline_", "missing_"), CALL_FIELDS), START, END, TODAY)
    with pytest.raises(SourceError, match="地址写错了"):
        read_window(spec("not a url", CALL_FIELDS), START, END, TODAY)
    with pytest.raises(SourceError, match="数据库驱动"):
        read_window(spec("nosuch://host/db", CALL_FIELDS), START, END, TODAY)
