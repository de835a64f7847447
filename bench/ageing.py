"""Facts of earlier years: copies of what is there with shifted days, made inside the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Engine, Table, cast, func, insert, literal, select

from db.engine import write
from db.schema import call_stats, day_totals, order_stats, seat_stats

TABLES: tuple[Table, ...] = (call_stats, seat_stats, order_stats, day_totals)
YEAR = 364
"""Whole weeks, so that Mondays stay Mondays."""


def _shifted(column: ColumnElement[Any], days: int, dialect: str) -> ColumnElement[Any]:
    if not isinstance(column.type, Date):
        return column
    if dialect == "sqlite":
        return func.date(column, f"-{days} days")
    return cast(column - literal(timedelta(days=days)), Date)


def copy_back(engine: Engine, years: int) -> int:
    """Add ``years`` earlier years of facts and return the rows added."""
    added = 0
    with engine.connect() as conn:
        newest = {table: conn.scalar(select(func.max(table.c.day))) for table in TABLES}
    with write(engine) as conn:
        for table, last in newest.items():
            for year in range(1, years + 1):
                shifted = [_shifted(column, YEAR * year, conn.dialect.name) for column in table.c]
                rows = select(*shifted).where(table.c.day > last - timedelta(days=YEAR))
                added += conn.execute(insert(table).from_select(list(table.c.keys()), rows)).rowcount
    return added
