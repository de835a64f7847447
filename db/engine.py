"""Engines, the write transaction and the data version: the same behaviour on SQLite and PostgreSQL.

One writer at a time on both databases (SQLite: BEGIN IMMEDIATE, PostgreSQL: an advisory lock), readers never wait.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    URL,
    BigInteger,
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    cast,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from db.changes import EVERY_DAY, note_change
from db.errors import SchemaTooNewError, is_passing
from db.schema import meta, metadata
from db.sqlite_file import WatchedFile
from kpi.periods import Period

T = TypeVar("T")

ATTEMPTS = 3
"""How often a write is tried when the database is locked; each try waits up to the engine's lock timeout."""
WRITE_LOCK = 0x484F544C
"""Key of the PostgreSQL advisory lock that every writer of facts holds for its transaction."""
DATA_VERSION = "data_version"
MIGRATIONS = Path(__file__).parent / "migrations"

_PRAGMAS = (
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -32000",  # 32 MB: a year's batch stays in memory until it is committed
    "PRAGMA journal_size_limit = 67108864",  # a big load must not leave a big -wal file behind
)


def make_engine(url: str | URL, *, lock_timeout: float = 30.0) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql://…`` (psycopg 3). Connects only when first used.

    ``lock_timeout``: seconds a writer waits for another one before the attempt fails.
    """
    parsed = make_url(url)
    options: dict[str, Any] = {"execution_options": {"lock_timeout": lock_timeout}}
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": lock_timeout}, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        if parsed.database:
            WatchedFile(engine, parsed.database)
        return engine
    return create_engine(
        parsed,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=10,
        pool_recycle=1800,
        connect_args={"connect_timeout": 10, "application_name": "hotline-kpi"},
        **options,
    )


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is sent by _begin_sqlite, so that DDL is transactional too
    _switch_to_wal(connection)
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Two processes that meet a new file at once: SQLite refuses one of them without waiting, so wait here."""
    for attempt in range(50):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if attempt == 49:
                raise
            time.sleep(0.1)


def _begin_sqlite(conn: Connection) -> None:
    writing = conn.get_execution_options().get("writing", False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def write(engine: Engine) -> Iterator[Connection]:
    """A connection in a write transaction: committed at the end, rolled back where the block raises.

    The write lock is taken before the block starts (tried ``ATTEMPTS`` times), so the block sees the newest data
    and cannot meet another writer. Raises OperationalError when the lock is not given in time.
    """
    with _committed(_persist(lambda: _begin_writing(engine))) as conn:
        yield conn


def transact(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Runs ``work`` in a write transaction; the whole of it again when it meets a passing failure.

    At most ``ATTEMPTS`` times. ``work`` must do nothing but use the connection it is given.
    """

    def attempt() -> T:
        with _committed(_begin_writing(engine)) as conn:
            return work(conn)

    return _persist(attempt)


def _persist(attempt: Callable[[], T]) -> T:
    for number in range(1, ATTEMPTS):
        try:
            return attempt()
        except DBAPIError as error:
            if not is_passing(error):
                raise
            time.sleep(0.2 * number)
    return attempt()


@contextmanager
def _committed(conn: Connection) -> Iterator[Connection]:
    try:
        yield conn
        conn.commit()
    finally:
        conn.close()  # rolls back what was not committed


def _begin_writing(engine: Engine) -> Connection:
    conn = engine.connect()
    try:
        _take_write_lock(conn)
    except BaseException:
        conn.close()
        raise
    return conn


def _take_write_lock(conn: Connection) -> None:
    conn.execution_options(writing=True).begin()
    if conn.dialect.name == "postgresql":
        wait = int(conn.get_execution_options()["lock_timeout"] * 1000)
        conn.exec_driver_sql(f"SET LOCAL lock_timeout = {wait}")
        # A writer that hangs in mid-transaction must not keep everyone out for good.
        conn.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 300000")
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITE_LOCK})


def data_version(conn: Connection) -> int:
    """The number that grows with every change of the facts; 0 for a database without any."""
    return int(conn.scalar(select(meta.c.value).where(meta.c.key == DATA_VERSION)) or 0)


def bump_data_version(conn: Connection, days: Period | None = EVERY_DAY) -> int:
    """Raises the data version by one inside the caller's write transaction and returns it.

    ``days``: those whose figures the transaction changed (first to last); None: it changed no figure of any day.
    """
    raised = cast(cast(meta.c.value, BigInteger) + 1, Text)  # in one statement: no bump may be lost
    changed = update(meta).where(meta.c.key == DATA_VERSION).values(value=raised).returning(meta.c.value)
    version = conn.scalar(changed)
    if version is None:
        version = "1"
        conn.execute(insert(meta).values(key=DATA_VERSION, value=version))
    note_change(conn, int(version), days)
    return int(version)


def head_revision() -> str:
    """The newest migration this version of the product knows (revisions are numbered: 0001, 0002, …)."""
    return max(path.name.partition("_")[0] for path in _revision_files())


def current_revision(conn: Connection) -> str | None:
    """The migration the database is at, None for an empty database."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    found: str | None = conn.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def migrate(engine: Engine) -> None:
    """Brings the database to the newest schema: all of it or nothing, and safe when two processes start at once.

    Creates the folder of a SQLite file. Raises SchemaTooNewError for a database made by a newer version.
    """
    sqlite = engine.dialect.name == "sqlite"
    if sqlite and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    with engine.connect() as conn:
        if current_revision(conn) == head_revision():
            return

    def attempt() -> None:
        with engine.connect() as conn, _without_foreign_keys(conn) if sqlite else nullcontext():
            _take_write_lock(conn)
            _upgrade(conn)
            conn.commit()

    _persist(attempt)


@contextmanager
def _without_foreign_keys(conn: Connection) -> Iterator[None]:
    """Rebuilding a table (batch mode) must not cascade into others. SQLite allows this only between transactions."""
    driver: Any = conn.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        conn.rollback()
        driver.execute("PRAGMA foreign_keys = ON")


def _upgrade(conn: Connection) -> None:
    known = {path.name.partition("_")[0] for path in _revision_files()}
    current = current_revision(conn)
    if current is not None and current not in known:
        raise SchemaTooNewError(
            f"数据库由更新的版本建立(修订 {current}), 本程序只认得到修订 {head_revision()}。"
            "请改用新版程序, 或恢复升级前的备份。"
        )
    if current is None and not inspect(conn).get_table_names():
        _create(conn)
        return
    from alembic import command  # only a database that is behind pays for importing alembic
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def _create(conn: Connection) -> None:
    """Everything as declared, which is what all migrations together lead to: a first start is not kept waiting."""
    metadata.create_all(conn, checkfirst=False)
    version = Table("alembic_version", MetaData(), Column("version_num", String(32), nullable=False))
    version.append_constraint(PrimaryKeyConstraint("version_num", name="alembic_version_pkc"))
    version.create(conn)
    conn.execute(insert(version).values(version_num=head_revision()))


def _revision_files() -> list[Path]:
    return list((MIGRATIONS / "versions").glob("[0-9]*.py"))
