"""Stored facts as rows for a table file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from db.order_places import NAMES
from db.order_reads import expanded
from db.order_split import MEASURES
from db.schema import centres, metadata, order_stats, sources
from kpi.measures import BY_CODE

ROWS_AT_ONCE = 5_000
_TITLES = {
    "day": "日期", "hour": "小时", "month": "月份", "anchor": "受理日", "queue": "技能组", "channel": "渠道",
    "seat": "工号", "team": "班组", "shift": "班次", "department": "承办单位", "category": "类别", "part": "文件",
    "measure": "计量", "value": "数值", "note": "说明", "author": "录入人", "run_id": "拉取",
    "updated_at": "更新(UTC)", "entered_at": "录入(UTC)",
}  # fmt: skip


def fact_rows(
    conn: Connection, table_name: str, centre_ids: Sequence[int], start: date, end: date
) -> tuple[list[str], Iterator[Sequence[Any]]]:
    """Chinese titles and the rows of one fact table, of these centres (ids) and days (inclusive), in order of key.

    The rows are read as they are asked for: the connection has to stay open.
    """
    table = metadata.tables[table_name]
    if table is order_stats:
        return _order_rows(conn, centre_ids, start, end)
    day = table.c.month if "month" in table.c else table.c.day
    columns: list[ColumnElement[Any]] = [centres.c.code]
    titles = ["中心"]
    for column in table.c:
        if column.name == "centre_id":
            continue
        shown = sources.c.code if column.name == "source_id" else column
        columns.append(shown)
        titles.append("数据源" if column.name == "source_id" else _title(column.name))
    statement = select(*columns).join_from(table, centres, table.c.centre_id == centres.c.id)
    if "source_id" in table.c:
        statement = statement.outerjoin(sources, table.c.source_id == sources.c.id)
    statement = statement.where(table.c.centre_id.in_(centre_ids), day.between(start, end)).order_by(
        *_order(table, day)
    )
    result = conn.execution_options(yield_per=ROWS_AT_ONCE).execute(statement)
    return titles, (tuple(row) for row in result)


def _order_rows(
    conn: Connection, centre_ids: Sequence[int], start: date, end: date
) -> tuple[list[str], Iterator[Sequence[Any]]]:
    """Work orders by place."""
    o = order_stats.c
    names = [code for code in MEASURES if code in o]
    statement = (
        select(centres.c.code, o.day, o.anchor, sources.c.code.label("source"), o.part, o.run_id, o.split)
        .join_from(order_stats, centres, o.centre_id == centres.c.id)
        .outerjoin(sources, o.source_id == sources.c.id)
        .where(o.centre_id.in_(centre_ids), o.day.between(start, end))
        .order_by(*_order(order_stats, o.day))
    )
    titles = ["day", "anchor", *NAMES]
    rows = (
        (row.code, row.day, row.anchor, *place, row.source, row.part, row.run_id, *values)
        for row, place, values in expanded(conn, statement, names, ROWS_AT_ONCE)
    )
    return ["中心", *map(_title, titles), "数据源", *map(_title, ["part", "run_id", *names])], rows


def _title(column: str) -> str:
    return _TITLES.get(column) or (BY_CODE[column].name if column in BY_CODE else column)


def _order(table: Table, day: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    return [day, *(column for column in table.primary_key.columns if column is not day)]
