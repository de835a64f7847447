"""Who works on this database: PostgreSQL's advisory lock, and leases (signs of life of processes)."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, NullPool, create_engine, delete, func, insert, inspect, select, text, update
from sqlalchemy.exc import DatabaseError, DBAPIError

from db.schema import leases

_CONNECT_ARGS = {
    "connect_timeout": 5,
    "application_name": "hotline-scheduler",
    # A holder whose machine or network died has to be noticed in seconds, on both ends of the connection.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_SESSION = text(
    "SELECT set_config(s.name, v.value, false) FROM pg_settings s JOIN (VALUES "
    "('tcp_keepalives_idle', '5'), ('tcp_keepalives_interval', '2'), ('tcp_keepalives_count', '3'), "
    "('idle_session_timeout', '0'), ('statement_timeout', '5000')) AS v (name, value) ON v.name = s.name"
)
_FORGOTTEN_AFTER = timedelta(days=1)


class AdvisoryLock:
    """A lock of PostgreSQL on a connection of its own: the server frees it the moment the connection is gone."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        self._engine = create_engine(
            engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=_CONNECT_ARGS
        )
        self._conn: Connection | None = None
        self._locked = False

    def acquire(self) -> bool:
        """True where the lock is ours now. Raises sqlalchemy.exc.DBAPIError where the server can't be asked."""
        try:
            if self._conn is None:
                self._conn = self._engine.connect()
                self._conn.execute(_SESSION)
            self._locked = self._locked or bool(self._conn.scalar(select(func.pg_try_advisory_lock(self._key))))
        except DBAPIError:
            self._drop()
            raise
        return self._locked

    def held(self) -> bool:
        """True while the connection that holds the lock lives."""
        if self._conn is None or not self._locked:
            return False
        try:
            self._conn.scalar(select(1))
        except DBAPIError:
            self._drop()
            return False
        return True

    def release(self) -> None:
        """Gives the lock up and closes its connection. Does nothing where there is none."""
        if self._conn is not None and self._locked:
            with suppress(DBAPIError):  # a connection that is gone has given it up already
                self._conn.execute(select(func.pg_advisory_unlock(self._key)))
        self._drop()

    def _drop(self) -> None:
        conn, self._conn, self._locked = self._conn, None, False
        if conn is not None:
            conn.invalidate()  # closes the socket even where the connection no longer answers
            conn.close()


@dataclass(frozen=True, slots=True)
class Lease:
    """A sign of life: ``holder`` was there and will have given another by ``expires_at`` (naive UTC)."""

    name: str
    holder: str
    expires_at: datetime


def beat(conn: Connection, name: str, holder: str, expires_at: datetime) -> None:
    """Renews a lease; the one who beats last holds it. Long dead leases are cleared away. The caller commits."""
    until = expires_at.replace(tzinfo=None)
    conn.execute(delete(leases).where(leases.c.expires_at < until - _FORGOTTEN_AFTER))
    changed = conn.execute(update(leases).where(leases.c.name == name).values(holder=holder, expires_at=until))
    if not changed.rowcount:
        conn.execute(insert(leases).values(name=name, holder=holder, expires_at=until))


def forget(conn: Connection, name: str, holder: str) -> None:
    """Ends a lease if it still is this holder's. The caller commits."""
    conn.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))


def list_leases(conn: Connection) -> list[Lease]:
    """All leases, the dead ones too."""
    rows = conn.execute(select(leases.c.name, leases.c.holder, leases.c.expires_at).order_by(leases.c.name))
    return [Lease(row.name, row.holder, row.expires_at) for row in rows]


def leases_in(engine: Engine) -> list[Lease]:
    """All leases; none where the database has no tables yet, or is a SQLite file too damaged to tell."""
    try:
        with engine.connect() as conn:
            return list_leases(conn) if inspect(conn).has_table(leases.name) else []
    except DatabaseError:
        if engine.dialect.name != "sqlite":
            raise
        return []
