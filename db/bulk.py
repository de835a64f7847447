"""Many rows at once: executemany on SQLite, COPY on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Date, DateTime, Table
from sqlalchemy.exc import DBAPIError


def naive_utc(moment: datetime) -> datetime:
    """An aware moment as the database keeps it: UTC without zone. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment without time zone: {moment}")
    return moment.astimezone(UTC).replace(tzinfo=None)


def bulk_insert(conn: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> int:
    """Inserts rows given column by column (all equally long) and returns their number.

    Columns not named become NULL: defaults of the schema do not apply.
    """
    values: list[Iterable[Any]] = []
    for name, column in columns.items():
        process = table.c[name].type.dialect_impl(conn.dialect).bind_processor(conn.dialect)
        if process is None:
            values.append(column)
        elif isinstance(table.c[name].type, (Date, DateTime)):
            values.append(map(cache(process), column))  # few different days in many rows
        else:
            values.append(map(process, column))
    rows = list(zip(*values, strict=True))
    if not rows:
        return 0
    quote = conn.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    if conn.dialect.name == "postgresql":
        _copy(conn, f"COPY {quote(table.name)} ({names}) FROM STDIN", rows)
    else:
        marks = ", ".join("?" * len(columns))
        conn.exec_driver_sql(f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})", rows)
    return len(rows)


def _copy(conn: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    driver: Any = conn.connection.driver_connection
    failure: Any = conn.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except failure as error:
        raise DBAPIError(statement, None, error) from error


def day_ranges(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """The days as unbroken ranges (first, last), in order: one statement can then speak of many days."""
    first = last = None
    for day in sorted(set(days)):
        if first is None or last is None:
            first = last = day
        elif day - last == timedelta(days=1):
            last = day
        else:
            yield first, last
            first = last = day
    if first is not None and last is not None:
        yield first, last
