"""What ``doctor`` asks the database about itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, func, select, text
from sqlalchemy.pool import NullPool

from db.engine import current_revision, head_revision
from db.schema import runs


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """``version`` of the server or library; ``revision`` None where there are no tables; ``size`` in bytes."""

    kind: str
    version: str
    revision: str | None
    head: str
    size: int


def database_state(engine: Engine) -> DatabaseState:
    """Reads it. Raises sqlalchemy.exc.SQLAlchemyError where the database can't be reached."""
    with engine.connect() as conn:
        if conn.dialect.name == "postgresql":
            version = str(conn.scalar(text("SHOW server_version")))
            size = int(conn.scalar(select(func.pg_database_size(func.current_database()))) or 0)
        else:
            version = sqlite3.sqlite_version
            size = sum(path.stat().st_size for path in _files(engine) if path.exists())
        return DatabaseState(conn.dialect.name, version, current_revision(conn), head_revision(), size)


def _files(engine: Engine) -> list[Path]:
    return [Path(f"{engine.url.database}{suffix}") for suffix in ("", "-wal", "-shm")]


def damage(engine: Engine) -> list[str]:
    """What is broken inside: pages and references of a SQLite file. PostgreSQL keeps its own."""
    if engine.dialect.name == "postgresql":
        return []
    try:
        with closing(sqlite3.connect(str(engine.url.database))) as conn:
            found = [str(row[0]) for row in conn.execute("PRAGMA quick_check(5)") if row[0] != "ok"]
            orphans = conn.execute("PRAGMA foreign_key_check").fetchmany(5)
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return found + [f"{table} row {row}: no such {parent}" for table, row, parent, _number in orphans]


def clock_ahead(engine: Engine, now: datetime) -> float:
    """Seconds by which ``now`` (aware) is ahead of what the database last saw: its server's own clock, or the
    latest run recorded in a SQLite file (0 where that lies in the past, as it should)."""
    with engine.connect() as conn:
        if conn.dialect.name == "postgresql":
            there = conn.scalar(select(func.clock_timestamp()))
            return (now - there).total_seconds() if there is not None else 0.0
        return min(0.0, _since_last_run(conn, now))


def _since_last_run(conn: Connection, now: datetime) -> float:
    latest = conn.scalar(select(func.max(runs.c.started_at)))
    return (now - latest.replace(tzinfo=UTC)).total_seconds() if latest is not None else 0.0


def reach(url: str, seconds: int) -> None:
    """Opens a source's own database and asks it for nothing. Raises what SQLAlchemy raises where that fails."""
    options = {"connect_timeout": seconds} if url.startswith(("postgresql", "mysql", "mariadb")) else {}
    engine = create_engine(url, poolclass=NullPool, connect_args=options)
    with engine.connect() as conn:
        conn.execute(select(1))
