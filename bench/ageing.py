"""Facts of earlier years: copies of what is there with shifted days, made inside the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Engine, Table, cast, func, insert, literal, select

from db.engine import write
from db.schema import call_stats, day_totals, order_stats, seat_stats

TABLES: tuple[Table, ...] = (call_stats, seat_stats, order_stats, day_totals)


def _shifted(column: ColumnElement[Any], days: int, dialect: str) -> ColumnElement[Any]:
    if not isinstance(column.type, Date):
        return column
    if dialect == "sqlite":
        return func.date(column, f"-{days} days")
    return cast(column - literal(timedelta(days=days)), Date)


def _span(conn: Connection) -> int:
    """Days from the first to the last day of the facts, in whole weeks, so that Mondays stay Mondays."""
    ends = [conn.execute(select(func.min(table.c.day), func.max(table.c.day))).one() for table in TABLES]
    days = int((max(last for _, last in ends) - min(first for first, _ in ends)).days) + 1
    return -(-days // 7) * 7


def _rows(conn: Connection) -> int:
    return sum(int(conn.scalar(select(func.count()).select_from(table)) or 0) for table in TABLES)


def copy_back(engine: Engine, years: int) -> int:
    """Add as many earlier years, each a copy of all that is there, and return the rows added."""
    with write(engine) as conn:
        span, before = _span(conn), _rows(conn)
        first = {table: conn.scalar(select(func.min(table.c.day))) for table in TABLES}
        for table in TABLES:
            for year in range(1, years + 1):
                shifted = [_shifted(column, span * year, conn.dialect.name) for column in table.c]
                rows = select(*shifted).where(table.c.day >= first[table])
                conn.execute(insert(table).from_select(list(table.c.keys()), rows))
        return _rows(conn) - before
