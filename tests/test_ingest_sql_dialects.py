"""The sql source's statements in the words of databases that are not run here, and the errors of all of them."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Dialect, column, make_url, select, text
from sqlalchemy.dialects import registry
from sqlalchemy.exc import DBAPIError

from ingest.errors import SourceError
from ingest.mapping import As, DurationField, OpeningHours, Shape, SourceSpec
from ingest.sources.sql_clock import Clock, Holds, holds_by_values, zone_of
from ingest.sources.sql_connect import explain
from ingest.sources.sql_dialect import (
    DayOf,
    HourOf,
    Later,
    SecondsOfSpan,
    SecondsOfText,
    TextOf,
    TimeInUtc,
    TimeOfEpoch,
    TimeOfText,
    WeekdayOf,
)
from ingest.sources.sql_fields import Typed, fill
from ingest.sources.sql_frames import sums_by
from ingest.sources.sql_layers import ANCHORS, Layers
from ingest.sources.sql_source import Found, Source
from ingest.sources.sql_sums import call_groups, call_totals, order_roles
from tests.foreign_database import CALL_FIELDS, END, ORDER_FIELDS, START, TODAY, cell, spec

MYSQL, MSSQL, ORACLE, SQLITE, POSTGRESQL = (
    registry.load(name)() for name in ("mysql", "mssql", "oracle", "sqlite", "postgresql")
)
HOURS = OpeningHours((((480, 1080),),) * 7)
HOLDS = {"wait": Holds.NUMBER, "talk": Holds.NUMBER, "wrap": Holds.NUMBER}


def sql(expression: Any, dialect: Dialect) -> str:
    return str(expression.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


@pytest.mark.parametrize(
    ("expression", "dialect", "wanted"),
    [
        (DayOf(column("t")), MYSQL, "DATE(t)"),
        (DayOf(column("t")), MSSQL, "CAST(t AS DATE)"),
        (DayOf(column("t")), ORACLE, "TRUNC(t)"),
        (HourOf(column("t")), MYSQL, "HOUR(t)"),
        (HourOf(column("t")), MSSQL, "DATEPART(hour, t)"),
        (HourOf(column("t")), ORACLE, "EXTRACT(HOUR FROM CAST(t AS TIMESTAMP))"),
        (WeekdayOf(column("t")), MYSQL, "WEEKDAY(t)"),
        (WeekdayOf(column("t")), MSSQL, "(DATEDIFF(day, '19000101', t) - 7 * (DATEDIFF(day, '19000101', t) / 7))"),
        (WeekdayOf(column("t")), ORACLE, "(TRUNC(t) - TRUNC(t, 'IW'))"),
        (Later(column("t"), text("60")), MYSQL, "DATE_ADD(t, INTERVAL 60 SECOND)"),
        (Later(column("t"), text("60")), MSSQL, "DATEADD(second, 60, t)"),
        (Later(column("t"), text("60")), ORACLE, "(t + NUMTODSINTERVAL(60, 'SECOND'))"),
        (TimeOfText(column("t")), MYSQL, "CAST(t AS DATETIME)"),
        (TimeOfText(column("t")), MSSQL, "TRY_CONVERT(DATETIME2, t)"),
        (TimeOfText(column("t")), ORACLE, "TO_TIMESTAMP(t DEFAULT NULL ON CONVERSION ERROR, 'YYYY-MM-DD HH24:MI:SS')"),
        (TimeInUtc(column("t")), MSSQL, "CAST(SWITCHOFFSET(t, 0) AS DATETIME2)"),
        (TimeInUtc(column("t")), ORACLE, "CAST(SYS_EXTRACT_UTC(t) AS TIMESTAMP)"),
        (TimeOfEpoch(column("t")), MYSQL, "DATE_ADD('1970-01-01 00:00:00', INTERVAL t SECOND)"),
        (SecondsOfSpan(column("t")), MYSQL, "TIME_TO_SEC(t)"),
        (SecondsOfSpan(column("t")), MSSQL, "DATEDIFF(second, CAST('00:00:00' AS TIME), t)"),
        (TextOf(column("t")), MYSQL, "TRIM(CAST(t AS CHAR))"),
        (TextOf(column("t")), MSSQL, "LTRIM(RTRIM(CAST(t AS NVARCHAR(400))))"),
        (TextOf(column("t")), ORACLE, "TRIM(TO_CHAR(t))"),
    ],
)
def test_it_says_it_in_the_databases_own_words(expression: Any, dialect: Dialect, wanted: str) -> None:
    assert sql(expression, dialect) == wanted


def layers(source_spec: SourceSpec, dialect: Dialect) -> Layers:
    """The statements of a window, for a database that is not there: times are times, texts texts."""
    cells = {}
    for name, field in source_spec.mapping.fields:
        kind = Holds.TIME if name.endswith("_at") else HOLDS.get(field.cell.names[0], Holds.TEXT)
        cells[field.cell] = Found(field.cell.names[0], column(field.cell.names[0]), kind)
    clock = Clock(dialect, ZoneInfo("Asia/Shanghai"), zone_of("UTC"), (2026, 2026))
    typed = Typed(Source(text("calls"), cells), clock, TODAY)
    fill(typed, source_spec)
    return Layers(typed, source_spec, ANCHORS[source_spec.shape], START, END)


@pytest.mark.parametrize("dialect", [MYSQL, MSSQL, ORACLE, SQLITE, POSTGRESQL], ids=lambda d: d.name)
def test_it_can_put_the_whole_question_about_calls(dialect: Dialect) -> None:
    groups = call_groups(layers(spec("", CALL_FIELDS, opening_hours=HOURS), dialect).rows())
    keys = {name: groups.c[name] for name in ("centre", "day", "hour", "queue", "channel")}
    said = str(sums_by(groups, keys, list(call_totals(groups.c))).compile(dialect=dialect))
    assert "answered_within_15" in said and "GROUP BY" in said
    assert ("OFFSET" in said) == (dialect.name in ("sqlite", "postgresql"))  # elsewhere it needs an ORDER BY


@pytest.mark.parametrize("dialect", [MYSQL, MSSQL, ORACLE], ids=lambda d: d.name)
def test_it_can_put_the_whole_question_about_orders(dialect: Dialect) -> None:
    rows = layers(spec("", ORDER_FIELDS, shape=Shape.ORDERS), dialect).rows()
    said = [str(sums_by(rows, {"day": role.day}, role.totals).compile(dialect=dialect)) for role in order_roles(rows.c)]
    assert len(said) == 5
    top = select(rows).limit(5).compile(dialect=dialect)
    assert {"mysql": "LIMIT", "mssql": "TOP", "oracle": "FETCH FIRST"}[dialect.name] in str(top)


@pytest.mark.parametrize("dialect", [MSSQL, ORACLE], ids=lambda d: d.name)
def test_it_asks_for_seconds_where_the_database_cannot_read_a_clock(dialect: Dialect) -> None:
    fields = {
        "asked_at": CALL_FIELDS["asked_at"],
        "answered": CALL_FIELDS["answered"],
        "talk": DurationField(cell("t")),
    }
    with pytest.raises(SourceError, match="‘t’ 在这种数据库里不能直接换算成秒.*请在 query 里换算"):
        layers(spec("", fields), dialect)
    with pytest.raises(SourceError, match="as: minutes"):
        layers(spec("", fields | {"talk": DurationField(cell("t"), As.MINUTES)}), dialect)


def test_it_reads_clocks_in_mysql() -> None:
    said = sql(SecondsOfText(column("t")), MYSQL)
    assert "TIME_TO_SEC" in said and "REGEXP '^[0-9]+:[0-5][0-9]$'" in said


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([None, date(2026, 3, 2)], Holds.TIME),
        ([True], Holds.FLAG),
        ([3.5], Holds.NUMBER),
        (["2026-03-02 08:00:00"], Holds.TEXT),
        (["2026-03-02T08:00:00Z"], Holds.ZONED),
        (["2026-03-02 08:00:00+08:00"], Holds.ZONED),
        ([None], Holds.SPAN),
    ],
)
def test_it_tells_by_values_what_a_column_holds(values: list[Any], wanted: Holds) -> None:
    assert holds_by_values(values, Holds.SPAN) is wanted


class Said(Exception):
    """An error as a driver raises it."""

    def __init__(self, message: str, sqlstate: str = "") -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (Said('connection failed: FATAL:  password authentication failed for user "kpi"'), "用户名或密码不对"),
        (Said("(1045, \"Access denied for user 'kpi'@'10.0.0.1' (using password: YES)\")"), "用户名或密码不对"),
        (Said("('28000', \"Login failed for user 'kpi'. (18456)\")"), "用户名或密码不对"),
        (Said("ORA-01017: invalid username/password; logon denied"), "用户名或密码不对"),
        (Said("canceling statement due to statement timeout", "57014"), "超过 60 秒"),
        (Said("(3024, 'Query execution was interrupted, maximum statement execution time exceeded')"), "超过 60 秒"),
        (Said("DPY-4024: call timeout of 60000 ms exceeded"), "超过 60 秒"),
        (Said("('HYT00', 'Query timeout expired')"), "超过 60 秒"),
        (Said('relation "calls" does not exist', "42P01"), "没有这张表"),
        (Said("(1146, \"Table 'cc.calls' doesn't exist\")"), "没有这张表"),
        (Said("ORA-00942: table or view does not exist"), "没有这张表"),
        (Said('column "wait" does not exist', "42703"), "没有这一列"),
        (Said("(1054, \"Unknown column 'wait' in 'field list'\")"), "没有这一列"),
        (Said("permission denied for table calls", "42501"), "授予查询"),
        (Said("(2003, \"Can't connect to MySQL server on '10.0.0.1'\")"), "连接不上"),
        (Said("ORA-12541: TNS:no listener"), "连接不上"),
        (Said("('08001', 'Unable to connect: Adaptive Server is unavailable')"), "连接不上"),
        (Said('could not translate host name "db" to address'), "连接不上"),
        (Said("something never heard of"), "数据库报错"),
    ],
)
def test_it_explains_what_databases_say_and_keeps_the_password(said: Said, wanted: str) -> None:
    address = make_url("postgresql://kpi:s3cret@db:5432/hotline")
    explained = explain(DBAPIError("SELECT 1", {}, said), address, 60)
    assert wanted in explained and explained.startswith("数据库 postgresql://db:5432/hotline: ")
    assert "s3cret" not in explain(DBAPIError("", {}, Said(f"{said} at postgresql://kpi:s3cret@db")), address, 60)
