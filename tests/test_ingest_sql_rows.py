"""The sql source: rows in doubt, rows without a time, and rows that are sums already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from ingest.batch import CALL_KEYS, SEAT_KEYS
from ingest.mapping import (
    As,
    Duplicates,
    MeasureField,
    MomentField,
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
    START,
    TODAY,
    YES,
    as_file,
    call_rows,
    cell,
    foreign,
    load,
    same,
    spec,
    url_of,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty foreign database."""
    yield from foreign(request, tmp_path)


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
