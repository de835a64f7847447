"""A whole database into one SQLite file and back, between SQLite and PostgreSQL in either direction.

The file is the portable form: it holds the same tables at the same migration, so a backup of one kind of database
restores into the other, and one of an older version is migrated like any database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import JSON, URL, Connection, Engine, Table, delete, func, insert, inspect, null, select, update
from sqlalchemy.exc import DatabaseError

from db.bulk import bulk_insert
from db.day_memory import forget
from db.engine import data_version, make_engine, migrate, write
from db.schema import centres, leases, meta, metadata, runs, sources

ROWS_AT_ONCE = 5_000
NOT_KEPT = (leases,)
"""Tables that only speak of processes running now: they are not put back, and not counted."""
SET_UP = (meta, centres, sources, leases)
"""Tables that fill by themselves when the product starts; rows in any other mean somebody's data."""
INTERRUPTED = "备份时这次拉取正在进行,其数据不在备份里。"


class DamagedError(Exception):
    """The database file is damaged; the text says how, in SQLite's words."""


def snapshot(engine: Engine, target: Path) -> dict[str, int]:
    """Writes the database as of one moment to a new SQLite file and gives the rows by table.

    Writers go on meanwhile. Raises DamagedError, OSError, sqlalchemy.exc.SQLAlchemyError or sqlite3.Error.
    """
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
        check_file(target)
        with opened(target) as copied, copied.connect() as conn:
            known = set(inspect(conn).get_table_names())
            kept = [table for table in metadata.sorted_tables if table.name in known and table not in NOT_KEPT]
            return {table.name: count(conn, table) for table in kept}
    with opened(target) as copied:
        migrate(copied)
        reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with reading.connect() as source_conn, write(copied) as target_conn:
            return copy_tables(source_conn, target_conn)


@contextmanager
def opened(path: Path) -> Iterator[Engine]:
    """An engine on a SQLite file, disposed of at the end so that the file stands alone."""
    engine = make_engine(URL.create("sqlite", database=str(path)))
    try:
        yield engine
    finally:
        engine.dispose()


def check_file(path: Path) -> None:
    """Raises DamagedError where a SQLite file is not whole."""
    try:
        with closing(sqlite3.connect(f"file:{quote(path.as_posix(), safe='/:')}?mode=ro", uri=True)) as conn:
            findings = [row[0] for row in conn.execute("PRAGMA quick_check(5)")]
    except sqlite3.DatabaseError as error:
        raise DamagedError(str(error)) from None
    if findings != ["ok"]:
        raise DamagedError("; ".join(map(str, findings)))


def restore(engine: Engine, file: Path) -> dict[str, int]:
    """Replaces everything in the (migrated) database by what the file holds; all of it or nothing.

    The file is migrated first. Gives the rows by table. Raises db.errors.SchemaTooNewError for a file made by a
    newer version, or sqlalchemy.exc.SQLAlchemyError.
    """
    with opened(file) as copied:
        migrate(copied)
        with copied.connect() as source, write(engine) as target:
            version = max(data_version(source), data_version(target)) + 1
            for table in reversed(metadata.sorted_tables):
                _empty(target, table)
            rows = copy_tables(source, target)
            target.execute(update(runs).where(runs.c.state == "running").values(state="abandoned", error=INTERRUPTED))
            target.execute(delete(meta).where(meta.c.key == "data_version"))
            target.execute(insert(meta).values(key="data_version", value=str(version)))
    forget(engine)
    return rows


def _empty(conn: Connection, table: Table) -> None:
    if table is centres:
        conn.execute(update(centres).values(parent_id=None))
    conn.execute(delete(table))


def copy_tables(source: Connection, target: Connection) -> dict[str, int]:
    """Copies all rows of all tables into empty ones, in an order that keeps references whole."""
    rows = {table.name: _copy(source, target, table) for table in metadata.sorted_tables if table not in NOT_KEPT}
    parents = source.execute(select(centres.c.id, centres.c.parent_id).where(centres.c.parent_id.is_not(None)))
    for row in parents.all():
        target.execute(update(centres).where(centres.c.id == row.id).values(parent_id=row.parent_id))
    return rows


def _copy(source: Connection, target: Connection, table: Table) -> int:
    # A centre may stand before its parent: parents are set once all are there.
    columns = [column for column in table.columns if column is not centres.c.parent_id]
    json = [isinstance(column.type, JSON) for column in columns]
    copied = 0
    result = source.execution_options(yield_per=ROWS_AT_ONCE).execute(select(*columns))
    for rows in result.partitions():
        across: list[tuple[Any, ...]] = list(zip(*rows, strict=True))
        values = {
            column.name: [null() if value is None else value for value in cells] if is_json else cells
            for column, cells, is_json in zip(columns, across, json, strict=True)
        }
        copied += bulk_insert(target, table, values)
    if target.dialect.name == "postgresql" and copied:
        _move_sequence(target, table)
    return copied


def _move_sequence(conn: Connection, table: Table) -> None:
    """Rows came with their ids: the next new one must not meet them."""
    if table.autoincrement_column is not None:
        name = conn.scalar(select(func.pg_get_serial_sequence(table.name, table.autoincrement_column.name)))
        if name is not None:
            last = select(func.max(table.autoincrement_column)).scalar_subquery()
            conn.execute(select(func.setval(name, last)))


def count(conn: Connection, table: Table) -> int:
    """The number of rows."""
    return conn.scalar(select(func.count()).select_from(table)) or 0


def holds_data(engine: Engine) -> bool:
    """True where anything besides what a start sets up is in the database. Raises DamagedError."""
    try:
        with engine.connect() as conn:
            tables = [table for table in metadata.sorted_tables if table not in SET_UP]
            return any(conn.execute(select(*table.primary_key.columns).limit(1)).first() for table in tables)
    except DatabaseError as error:
        if engine.dialect.name == "sqlite":
            check_file(Path(str(engine.url.database)))
        raise error
