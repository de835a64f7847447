"""Many rows at once: executemany on SQLite, COPY on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import JSON, Connection, Date, DateTime, LargeBinary, Table, exists, select
from sqlalchemy.exc import DBAPIError

from db.coded import Column, Figures, alike

CHUNK = 20_000
"""Rows turned into Python objects at a time: a year of work orders must not fill the memory."""
COPIED = 2_000
"""The same for COPY: between two lots the thread that sends gets its turn."""
FEW = 1024
"""Values kept as text: codes and days come again and again."""
BOUND = 900
"""Values in one statement: what every SQLite takes."""
MANY = 50_000
"""From so many rows on, an index made at the end is cheaper than one kept up to date, and worth the two statements."""


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
        process = _processor(conn, table, name)
        if process is None:
            values.append(column)
        elif isinstance(table.c[name].type, (Date, DateTime)):
            values.append(map(cache(process), column))  # few different days in many rows
        else:
            values.append(map(process, column))
    count = len(next(iter(columns.values()), ()))
    if not count:
        return 0
    if conn.dialect.name == "postgresql":
        _copy(conn, table, columns, values)
    else:
        _insert(conn, table, columns, "?" * len(values), values)
    return count


def _copy(conn: Connection, table: Table, names: Iterable[str], values: Sequence[Iterable[Any]]) -> None:
    with _copying(conn, table, names) as copy:
        if any(isinstance(table.c[name].type, JSON) for name in names):
            for row in zip(*values, strict=True):
                copy.write_row(row)
            return
        known = lru_cache(maxsize=FEW, typed=True)(_as_text)
        line = "\t".join(["%s"] * len(values)) + "\n"
        lines = map(line.__mod__, zip(*(map(known, column) for column in values), strict=True))
        while lot := "".join(islice(lines, COPIED)):
            copy.write(lot)


def insert_coded(
    conn: Connection,
    table: Table,
    fixed: Mapping[str, int],
    keys: Mapping[str, Column],
    figures: Mapping[str, Figures],
    order: NDArray[np.intp],
    meanwhile: Callable[[], object],
) -> None:
    """Inserts the rows at the positions ``order``: what all rows share, key columns and nullable whole numbers.

    Like ``bulk_insert``, no defaults of the schema apply. ``meanwhile`` is work that needs no connection: done while
    a server takes the rows, and not at all where there is none to wait for.
    """
    shown = {name: _shown(conn, table, name, column.values) for name, column in keys.items()}
    shared = [str(int(value)) for value in fixed.values()]

    def columns_at(codes: Iterable[str], rows: NDArray[np.intp]) -> list[list[Any]]:
        names = [shown[name][column.places[rows]].tolist() for name, column in keys.items()]
        return names + [figures[code].at(rows) for code in codes]

    if conn.dialect.name == "postgresql":
        line = "\t".join([*shared, *["%s"] * (len(keys) + len(figures))]) + "\n"
        with _copying(conn, table, (*fixed, *keys, *figures)) as copy:
            for start in range(0, len(order), COPIED):
                columns = columns_at(figures, order[start : start + COPIED])
                copy.write("".join(map(line.__mod__, zip(*map(_without_none, columns), strict=True))))
            meanwhile()
        return
    for start in range(0, len(order), CHUNK):
        # rows that have the same figures go in one statement that names no others: what is NULL costs nothing
        for codes, rows in alike(figures, order[start : start + CHUNK]):
            columns = columns_at(codes, rows)
            _insert(conn, table, (*fixed, *keys, *codes), [*shared, *"?" * len(columns)], columns)


def _insert(
    conn: Connection, table: Table, names: Iterable[str], marks: Sequence[str], columns: Sequence[Iterable[Any]]
) -> None:
    """Several rows a statement: a statement costs SQLite about as much as binding three values."""
    head, row = f"INSERT INTO {_target(conn, table, names)} VALUES ", f"({', '.join(marks)})"
    flat = tuple(chain.from_iterable(zip(*columns, strict=True)))
    at_once = max(1, BOUND // len(columns))
    begun = 0
    for rows in (at_once, 1):
        values = rows * len(columns)
        whole = range(begun, len(flat) - values + 1, values)
        if whole:
            conn.exec_driver_sql(head + ", ".join([row] * rows), [flat[at : at + values] for at in whole])
            begun = whole[-1] + values


def _target(conn: Connection, table: Table, names: Iterable[str]) -> str:
    quote = conn.dialect.identifier_preparer.quote
    return f"{quote(table.name)} ({', '.join(map(quote, names))})"


def _shown(conn: Connection, table: Table, name: str, values: NDArray[np.object_]) -> NDArray[np.object_]:
    """The distinct values of a column as the driver takes them: text for COPY, bound values for SQLite."""
    process: Any = _as_text if conn.dialect.name == "postgresql" else _processor(conn, table, name)
    shown = np.empty(len(values), dtype=object)
    shown[:] = [process(value) for value in values] if process is not None else list(values)
    return shown


def _processor(conn: Connection, table: Table, name: str) -> Callable[[Any], Any] | None:
    """What makes of a value what the driver takes; None where that is the value itself, as with bytes."""
    kind = table.c[name].type
    return None if isinstance(kind, LargeBinary) else kind.dialect_impl(conn.dialect).bind_processor(conn.dialect)


def _as_text(value: object) -> str:
    """A value in the text format of COPY."""
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    text = str(value)
    for plain, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(plain, escaped)
    return text


def _without_none(column: list[Any]) -> list[Any]:
    return ["\\N" if value is None else value for value in column] if None in column else column


def _sender(cursor: Any) -> Any:
    """Sends in a thread of its own, so that the next rows are made ready while the server takes these."""
    from psycopg.copy import QueuedLibpqWriter

    return QueuedLibpqWriter(cursor)


@contextmanager
def _copying(conn: Connection, table: Table, names: Iterable[str]) -> Iterator[Any]:
    statement = f"COPY {_target(conn, table, names)} FROM STDIN"
    driver: Any = conn.connection.driver_connection
    failure: Any = conn.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement, writer=_sender(cursor)) as copy:
            yield copy
    except failure as error:
        raise DBAPIError(statement, None, error) from error


@contextmanager
def indexes_at_the_end(conn: Connection, table: Table, rows: int) -> Iterator[None]:
    """On SQLite, the indexes of a table that is still empty are made after its first many ``rows``.

    Part of the transaction like all else; readers go on with what they see. On PostgreSQL they would have to wait.
    """
    later = conn.dialect.name == "sqlite" and rows >= MANY and is_empty(conn, table)
    indexes = sorted(table.indexes, key=lambda index: str(index.name)) if later else []
    for index in indexes:
        index.drop(conn)
    yield
    for index in indexes:
        index.create(conn)


def is_empty(conn: Connection, table: Table) -> bool:
    """Whether a table has no rows at all."""
    return not conn.scalar(select(exists(select(1).select_from(table))))


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
